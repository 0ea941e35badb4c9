"""Videos made by code from public photos: every container and codec that the encoder here knows."""

import io
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import av
import numpy as np
from PIL import Image

from tests.support.photos import photo

_SCENES = ("astronaut", "chelsea", "coffee", "rocket", "china", "flower", "hubble", "motorcycle")

KINDS: Mapping[str, tuple[str, str]] = {
    "mp4-h264": ("mp4", "libx264"),
    "mp4-hevc": ("mp4", "libx265"),
    "mkv-h264": ("matroska", "libx264"),
    "mkv-ffv1": ("matroska", "ffv1"),
    "webm-vp8": ("webm", "libvpx"),
    "webm-vp9": ("webm", "libvpx-vp9"),
    "avi-mpeg4": ("avi", "mpeg4"),
    "avi-mjpeg": ("avi", "mjpeg"),
    "mpg-mpeg2": ("mpeg", "mpeg2video"),
    "ts-h264": ("mpegts", "libx264"),
    "flv-flv1": ("flv", "flv"),
    "asf-wmv2": ("asf", "wmv2"),
    "mxf-mpeg2": ("mxf", "mpeg2video"),
    "nut-mpeg4": ("nut", "mpeg4"),
    "ivf-vp8": ("ivf", "libvpx"),
    "h264-raw": ("h264", "libx264"),
}
"""Container and codec by name."""

_PIXELS = {"mjpeg": "yuvj420p"}
_OPTIONS = {
    "libx265": {"x265-params": "log-level=none", "preset": "ultrafast"},
    "libx264": {"preset": "veryfast"},
    # Below 0, VP8 does not become faster or slower with the machine.
    "libvpx": {"deadline": "realtime", "cpu-used": "-8"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}
_REPEATABLE = {"fflags": "+bitexact"}
"""Containers without numbers by chance: the same pictures give the same bytes in every process."""


def pictures(
    seconds: float = 6.0, fps: int = 25, size: tuple[int, int] = (192, 144), first: int = 0
) -> Iterator[Image.Image]:
    """The frames: a camera that moves over photos, another one every two seconds."""
    for number in range(round(seconds * fps)):
        scene, step = divmod(number, 2 * fps)
        image = photo(_SCENES[(first + scene) % len(_SCENES)])
        moved = step / (2 * fps)
        share = 0.7 + 0.1 * moved
        width, height = image.width * share, image.height * share
        left = (image.width - width) * (0.3 + 0.4 * moved)
        top = (image.height - height) * (0.5 + 0.2 * np.sin(scene + 2 * moved))
        yield image.resize(size, Image.Resampling.BOX, (left, top, left + width, top + height))


@cache
def clip(
    kind: str = "mp4-h264",
    *,
    seconds: float = 6.0,
    fps: int = 25,
    size: tuple[int, int] = (192, 144),
    first: int = 0,
    gop: int = 50,
    change: Callable[[Image.Image], Image.Image] | None = None,
) -> bytes:
    """One video of these pictures, each changed on the way."""
    container, codec = KINDS[kind]
    shown = (change(each) if change else each for each in pictures(seconds, fps, size, first))
    return encoded(shown, container, codec, fps=fps, gop=gop)


def encoded(
    shown: Iterator[Image.Image],
    container: str,
    codec: str,
    *,
    fps: int = 25,
    gop: int = 50,
    pixels: str = "",
    options: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """A video of these pictures; the options are the encoder's."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container, options=_REPEATABLE) as out:
        stream: Any = None
        for image in shown:
            if stream is None:
                stream = out.add_stream(
                    codec, rate=fps, options={**_OPTIONS.get(codec, {}), **options}
                )
                stream.width, stream.height = image.size
                stream.pix_fmt = pixels or _PIXELS.get(codec, "yuv420p")
                stream.codec_context.gop_size = gop
                stream.codec_context.thread_count = 1
            frame = av.VideoFrame.from_ndarray(np.asarray(image.convert("RGB")), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return buffer.getvalue()


@cache
def fragmented() -> bytes:
    """An MP4 whose boxes say nothing of where in the file they lie."""
    buffer = io.BytesIO()
    flags = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(buffer, "w", format="mp4", options=flags) as out:
        stream: Any = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 176, 144, "yuv420p"
        stream.codec_context.thread_count = 1
        for image in pictures(1.6, 25, (176, 144)):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")))
        out.mux(stream.encode(None))
    return buffer.getvalue()


@cache
def animation(kind: str) -> bytes:
    """An animated GIF, PNG or WEBP of the same pictures, ten a second."""
    first, *rest = pictures(4.0, 10, (128, 96))
    buffer = io.BytesIO()
    first.save(buffer, kind, save_all=True, append_images=rest, duration=100, loop=0)
    return buffer.getvalue()


@cache
def video_files() -> dict[str, bytes]:
    """Bytes by name: a short video of every kind, and animated pictures."""
    made = {kind: clip(kind, seconds=3.0, size=(128, 96)) for kind in KINDS}
    return made | {f"{kind.lower()}-animated": animation(kind) for kind in ("GIF", "PNG", "WEBP")}
