"""Of small films every frame that differs is hashed: counted by frames that PyAV decodes alone."""

import io
from itertools import product
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from hashmatch import HashOptions, MediaHashes, hash_image, hash_video
from hashmatch.model import Hash, Reading, Sampling
from tests.support.clips import KINDS, clip, encoded, pictures

STEP = 24
"""Bits between two frames above which they differ."""


def whole(video: MediaHashes) -> list[Reading]:
    return [each for each in video.readings if not each.part]


def decoded(data: bytes) -> list[Hash]:
    """The hash of every frame, decoded by hand, as a picture."""
    found = []
    with av.open(io.BytesIO(data), "r") as container:
        for frame in container.decode(video=0):
            grey = Image.fromarray(frame.to_ndarray(format="gray").astype(np.uint8, copy=False))
            buffer = io.BytesIO()
            grey.save(buffer, "PNG")
            found.append(hash_image(buffer.getvalue()).hash)
    return found


def remuxed(data: bytes, container: str, options: dict[str, str]) -> bytes:
    """The same packets in another container."""
    buffer = io.BytesIO()
    with (
        av.open(io.BytesIO(data), "r") as source,
        av.open(buffer, "w", format=container, options=options) as out,
    ):
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    return buffer.getvalue()


def claiming(frames: int) -> bytes:
    """An AVI whose header says that it has so many frames."""
    data = bytearray(clip("avi-mpeg4"))
    for mark, place in ((b"avih", 24), (b"strh", 40)):
        at = data.index(mark) + place
        assert int.from_bytes(data[at : at + 4], "little") == 150
        data[at : at + 4] = frames.to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("kind", "sampling"),
    [
        *((kind, "query") for kind in KINDS),
        *product(("mp4-h264", "webm-vp9"), ("thorough", "adaptive", "reference")),
    ],
)
def test_any_frame_is_near_one_that_is_hashed(kind: str, sampling: Sampling) -> None:
    data = clip(kind)
    found, every = hash_video(data, HashOptions(sampling=sampling)), decoded(data)
    # Frames that no other refers to, too.
    assert found.frames == len(every)
    hashes = [each.hash for each in whole(found)]
    nearest = [min(frame - each for each in hashes) for frame in every]
    # A hash of the full frame is a little off that of the frame shrunk first. Pictures match to 31.
    assert max(nearest) <= STEP + 14
    assert np.quantile(nearest, 0.9) <= 31


@pytest.mark.parametrize("kind", ["mp4-h264", "webm-vp9", "ts-h264"])
def test_frames_that_hardly_differ_are_left_out(kind: str) -> None:
    hashes = [each.hash for each in whole(hash_video(clip(kind)))]
    every = [each.hash for each in whole(hash_video(clip(kind), HashOptions(sampling="adaptive")))]
    assert len(hashes) < 0.5 * 150
    assert len(hashes) <= len(every)
    still = encoded((next(pictures()) for _ in range(150)), "mp4", "libx264")
    assert len(whole(hash_video(still))) == 6


def test_frames_of_the_clock_and_their_content_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def boxed(image: Image.Image) -> Image.Image:
        ground = Image.new("RGB", (192, 216))
        ground.paste(image, (0, 36))
        return ground

    # Neither keyframes nor frames that others do not refer to: nothing is passed over.
    options = {"x264-params": "bframes=0:keyint=1000:scenecut=0"}
    data = encoded(map(boxed, pictures()), "mp4", "libx264", options=options)
    for sampling in ("query", "thorough", "adaptive", "reference"):
        chosen = HashOptions(sampling=sampling)
        small = {(r.frame, r.part): r.hash for r in hash_video(data, chosen).readings}
        with monkeypatch.context() as patched:
            patched.setattr("hashmatch.decoding.small._FRAMES", 0)
            usual = {(r.frame, r.part): r.hash for r in hash_video(data, chosen).readings}
        assert usual.items() < small.items()
        assert any(part == "content" for _, part in usual)


def test_films_that_are_not_small() -> None:
    # More than 300 frames, and more than 24 million pixels in all.
    assert len(whole(hash_video(clip(seconds=12.04)))) == 13
    assert len(whole(hash_video(clip(seconds=12.0)))) > 13
    large: Any = {"seconds": 2.0, "size": (800, 608)}
    assert len(whole(hash_video(clip(**large)))) == 2
    triage = hash_video(clip("webm-vp9", gop=20), HashOptions(sampling="triage"))
    assert triage.frames == len(whole(triage)) < 13


def test_the_length_that_a_header_claims_is_not_believed() -> None:
    honest = [each.hash for each in whole(hash_video(clip("avi-mpeg4")))]
    assert [each.hash for each in whole(hash_video(claiming(100_000)))] == honest
    live = remuxed(clip("webm-vp9"), "webm", {"live": "1", "fflags": "+bitexact"})
    with av.open(io.BytesIO(live), "r") as container:
        assert container.duration is None
    found = [each.hash for each in whole(hash_video(live))]
    assert found == [each.hash for each in whole(hash_video(clip("webm-vp9")))]


def test_what_is_decoded_counts_where_the_packets_say_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hashmatch.decoding.video.is_small", lambda *_, **__: True)
    found = hash_video(clip(seconds=16.0, size=(320, 240)))
    times = np.array([each.time for each in whole(found)])
    # As a small film for 300 frames, then by the second.
    assert np.diff(times[times < 11.9]).min() < 0.3
    assert np.diff(times[times > 12.05]).min() > 0.9
    assert times[-1] >= 15
