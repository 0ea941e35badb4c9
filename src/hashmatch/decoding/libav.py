"""Still PNG and WebP, and the JPEGs that libjpeg-turbo refuses, read by FFmpeg's decoders.

FFmpeg reads a PNG in about half the time that Pillow takes, and gives a lossy WebP's luma without
converting it to RGB. VP8's deblocking is left out: it costs a tenth of the time, and at most 4 of
256 bits of PDQ differ without it. Only single-picture codecs are opened, never a container.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.codec.context import ThreadType
from av.video.reformatter import Interpolation, VideoReformatter

from hashmatch.decoding import exif, png, radiance
from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.decoding.failures import LIBAV_ERRORS, raise_if_ours
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pixels import REPEATABLE, luma_of, of_light, on_white, to_byte_range
from hashmatch.decoding.shown import frame_of
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.model import Decoder, Mode
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

av.logging.set_level(None)

_BLACK, _WHITE = 16, 235
"""What lossy WebP stores for them."""
_STRETCHED = bytes(
    (255 * (min(max(each, _BLACK), _WHITE) - _BLACK) + (_WHITE - _BLACK) // 2) // (_WHITE - _BLACK)
    for each in range(256)
)
"""0–255 for each value between them."""


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What a PNG's or WebP's chunks say.

    Attributes:
        width: columns, in pixels.
        height: rows, in pixels.
        simple: whether it is a still picture of a kind that this module reads.
        orientation: EXIF's.
        complete: whether the file reaches the end that its chunks announce.
        lossy: where a WebP's VP8 data begins; 0 where it has none.
    """

    width: int
    height: int
    simple: bool
    orientation: Orientation
    complete: bool
    lossy: int = 0


_GREY, _RGB, _RGBA = 0, 2, 6


def read_png_header(data: bytes) -> PictureHeader:
    """The size, kind and orientation of a PNG, from a walk over its chunks.

    Raises:
        UnreadableImageError: it does not start with a whole IHDR chunk.
    """
    if png.is_apples(data):
        raise UnreadableImageError(Reason.UNSUPPORTED, "left to the next decoder")
    if data[12:16] != b"IHDR" or len(data) < 33:  # noqa: PLR2004 (signature and IHDR)
        raise UnreadableImageError(Reason.DAMAGED, "the PNG has no IHDR chunk")
    depth, colour = data[24], data[25]
    simple = depth == 8 and colour in (_GREY, _RGB, _RGBA)  # noqa: PLR2004 (bits)
    turned, complete = Orientation.UPRIGHT, False
    for chunk in png.chunks(data):
        if chunk.name in (b"tRNS", b"acTL"):
            simple = False
        elif chunk.name == b"eXIf":
            turned = exif.orientation(chunk.body(data))
        elif chunk.name == b"IEND":
            complete = chunk.end <= len(data)
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    return PictureHeader(width, height, simple, turned, complete)


_VP8X_ALPHA_OR_ANIMATION = 0x12


def read_webp_header(data: bytes) -> PictureHeader:
    """The size, kind and orientation of a WebP, from a walk over its chunks.

    Raises:
        UnreadableImageError: no chunk says what size it is.
    """
    width = height = 0
    lossy, turned, at = 0, Orientation.UPRIGHT, 12
    while at + 8 <= len(data):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + min(length, 10)]
        if name == b"VP8X" and len(body) == 10:  # noqa: PLR2004 (its length)
            width = 1 + int.from_bytes(body[4:7], "little")
            height = 1 + int.from_bytes(body[7:10], "little")
            if body[0] & _VP8X_ALPHA_OR_ANIMATION:
                return PictureHeader(width, height, simple=False, orientation=turned, complete=True)
        elif name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
            lossy = at + 8
            width = int.from_bytes(body[6:8], "little") & 0x3FFF
            height = int.from_bytes(body[8:10], "little") & 0x3FFF
        elif name == b"VP8L" and len(body) >= 5:  # noqa: PLR2004 (signature and size)
            size = int.from_bytes(body[1:5], "little")
            width, height = 1 + (size & 0x3FFF), 1 + (size >> 14 & 0x3FFF)
        elif name == b"EXIF":
            tiff = data[at + 8 : at + 8 + length]
            turned = exif.orientation(tiff.removeprefix(b"Exif\0\0"))
        at += 8 + length + length % 2
    if not width:
        raise UnreadableImageError(Reason.DAMAGED, "the WebP has no picture chunk")
    complete = int.from_bytes(data[4:8], "little") + 8 <= len(data) + 1
    return PictureHeader(width, height, bool(lossy), turned, complete, lossy)


def decode(data: bytes, codec: str, wanted: Wanted, limits: Limits) -> Decoded:
    """One still PNG or WebP that is whole as far as FFmpeg can tell.

    Args:
        data: the file.
        codec: `png` or `webp`.
        wanted: what the hashers need.
        limits: of pixels.

    Raises:
        UnreadableImageError: not of a kind that this module reads, damaged, or too large.
    """
    header = read_png_header(data) if codec == "png" else read_webp_header(data)
    check_pixels(header.width, header.height, limits)
    if not header.simple or not (header.complete or header.lossy):
        raise UnreadableImageError(Reason.UNSUPPORTED, "left to the next decoder")
    if codec == "webp" and header.complete and (wanted.exact or wanted.rgb):
        raise UnreadableImageError(Reason.UNSUPPORTED, "FFmpeg gives no RGB of a lossy WebP")
    whole = data
    if not header.complete:
        data = _closed(data[header.lossy :])
    frame = _decode_frame(data, codec, limits)
    if (frame.width, frame.height) != (header.width, header.height):
        raise UnreadableImageError(
            Reason.DAMAGED, "the decoded picture has another size than the header says"
        )
    shown, dropped, rgb, flags = _planes(frame, wanted)
    size = (header.width, header.height, 1, header.orientation)
    fast = frame.format.name == "yuv420p"
    hidden = None if dropped is None else Raster(dropped, *size)
    fraction = 1.0
    if not header.complete:
        by_rows = float((np.ptp(shown, axis=1) > 0).mean())
        if not by_rows:
            raise UnreadableImageError(Reason.DAMAGED, "no part of the WebP could be decoded")
        fraction = max(by_rows, len(data) / (int.from_bytes(whole[4:8], "little") + 8))
    return Decoded(
        (Frame(Raster(shown, *size, rgb=rgb), hidden),),
        decoder=Decoder.LIBAV,
        mode=Mode.FAST if fast else Mode.EXACT,
        flags=flags,
        fraction=fraction,
        reason=None if header.complete else Reason.TRUNCATED,
    )


def _closed(lossy: bytes) -> bytes:
    """A WebP file around the VP8 data that is left of a truncated one."""
    size = len(lossy).to_bytes(4, "little")
    return b"RIFF" + (len(lossy) + 12).to_bytes(4, "little") + b"WEBPVP8 " + size + lossy


def _decode_frame(data: bytes, codec: str, limits: Limits) -> "VideoFrame":
    try:
        context: VideoCodecContext = av.CodecContext.create(codec, "r")  # type: ignore[assignment]
        context.thread_type = ThreadType.NONE
        context.options = {
            "max_pixels": str(limits.max_pixels),
            "err_detect": "crccheck+bitstream+buffer+explode",
            "skip_loop_filter": "all",
            "idct": "simple",  # The default one of 12-bit JPEGs depends on the processor.
        }
        frames = [*context.decode(av.Packet(data)), *context.decode(None)]
    except (av.FFmpegError, *LIBAV_ERRORS) as error:
        raise_if_ours(error)
        raise UnreadableImageError(Reason.DAMAGED, "FFmpeg could not read it") from error
    if not frames:
        raise UnreadableImageError(Reason.DAMAGED, "FFmpeg found no picture in it")
    return frames[0]


def _planes(
    frame: "VideoFrame", wanted: Wanted
) -> "tuple[NDArray[Any], NDArray[Any] | None, NDArray[np.uint8] | None, tuple[str, ...]]":
    """Luma as shown, luma with alpha dropped, colours, and flags."""
    kind = frame.format.name
    if kind == "yuv420p":
        rgb = _colours(frame) if wanted.rgb else None
        return full_range(plane_of(frame, 1)), None, rgb, ()
    if kind.startswith(("gray", "yuvj420p")) and "16" not in kind:
        grey = plane_of(frame, 1)
        rgb = np.repeat(grey[:, :, None], 3, axis=2) if wanted.rgb else None
        return grey, None, rgb, ()
    if kind == "rgb24":
        rgb = plane_of(frame, 3).reshape(frame.height, frame.width, 3)
        return luma_of(rgb), None, rgb if wanted.rgb else None, ()
    if kind == "rgba":
        rgba = plane_of(frame, 4).reshape(frame.height, frame.width, 4)
        rgb, alpha = rgba[:, :, :3], rgba[:, :, 3]
        luma = luma_of(rgb)
        if alpha.min() == 255:  # noqa: PLR2004 (opaque)
            return luma, None, rgb if wanted.rgb else None, ()
        shown = on_white(luma, alpha)
        colours = on_white(rgb, alpha) if wanted.rgb else None
        return shown, luma if wanted.dropped else None, colours, (Flag.ALPHA,)
    raise UnreadableImageError(Reason.UNSUPPORTED, f"pixels of the format {kind} are not supported")


def plane_of(frame: "VideoFrame", bytes_per_pixel: int) -> "NDArray[np.uint8]":
    """(rows, columns × bytes) of the first plane, which shares the frame's memory."""
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width * bytes_per_pixel]


def full_range(limited: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """The nearest of 0–255, read-only: by a table, in half the time of arithmetic on arrays."""
    return np.frombuffer(limited.tobytes().translate(_STRETCHED), np.uint8).reshape(limited.shape)


def _colours(frame: "VideoFrame") -> "NDArray[np.uint8]":
    shown = VideoReformatter().reformat(
        frame, format="rgb24", interpolation=Interpolation.BILINEAR | REPEATABLE, threads=1
    )
    return np.asarray(shown.to_ndarray(), np.uint8)


def decode_deep_jpeg(
    data: bytes, size: tuple[int, int, Orientation], wanted: Wanted, limits: Limits
) -> Decoded:
    """A JPEG of more than 8 bits per sample.

    Args:
        data: the file from its first marker on.
        size: columns, rows and orientation that the header gives.
        wanted: what the hashers need.
        limits: of pixels.

    Raises:
        UnreadableImageError: FFmpeg cannot read it either.
    """
    width, height, turned = size
    check_pixels(width, height, limits)
    frame = _decode_frame(data, "mjpeg", limits)
    if (frame.width, frame.height) != (width, height):
        raise UnreadableImageError(
            Reason.DAMAGED, "the decoded picture has another size than the header says"
        )
    rgb = _colours(frame) if wanted.rgb else None
    if frame.format.name.endswith("16le"):
        luma = to_byte_range(plane_of(frame, 2).copy().view("<u2").astype(np.uint16))
    elif frame.format.name in ("bgr24", "bgr0", "gbrp", "yuvj444p"):
        luma = luma_of(_colours(frame))
    else:
        raise UnreadableImageError(
            Reason.UNSUPPORTED, f"pixels of the format {frame.format.name} are not supported"
        )
    raster = Raster(luma, width, height, 1, turned, rgb=rgb)
    return Decoded((Frame(raster),), decoder=Decoder.LIBAV, mode=Mode.EXACT, flags=(Flag.DEEP,))


def decode_apples_png(data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    """A PNG whose pixels are stored as Apple's tools store them for iOS.

    Args:
        data: a file that `png.rebuilt` gave, of 8-bit grey, RGB or RGBA.
        wanted: what the hashers need.
        limits: of pixels.

    Raises:
        UnreadableImageError: FFmpeg cannot read it.
    """
    header = read_png_header(data)
    frame = _decode_frame(data, "png", limits)
    channels = {"gray": 1, "rgb24": 3, "rgba": 4}[frame.format.name]
    stored = plane_of(frame, channels).reshape(frame.height, frame.width, channels)
    rgba = png.as_shown(stored) if channels > 1 else np.repeat(stored, 3, axis=2)
    alpha = rgba[:, :, 3] if channels == 4 else None  # noqa: PLR2004 (RGBA)
    shown, flags = frame_of(rgba[:, :, :3], alpha, wanted, header.orientation)
    return Decoded((shown,), Decoder.LIBAV, flags=flags)


def decode_further(data: bytes, codec: str, wanted: Wanted, limits: Limits) -> Decoded:
    """A picture in a format that is seldom met.

    Args:
        data: the file.
        codec: FFmpeg's decoder for it.
        wanted: what the hashers need.
        limits: of pixels.

    Raises:
        UnreadableImageError: FFmpeg cannot read it.
    """
    turned = Orientation.UPRIGHT
    if codec == "hdr":
        data, turned = radiance.as_stored(data)
    frame = _decode_frame(data, codec, limits)
    check_pixels(frame.width, frame.height, limits)
    alpha: NDArray[np.uint8] | None = None
    if "f32" in frame.format.name:
        light = np.atleast_3d(frame.to_ndarray())[:, :, :3]
        gamma = radiance.gamma_of(data) if codec == "hdr" else 1.0
        rgb = of_light(light if gamma == 1 else np.maximum(light, 0) ** (1 / gamma))
        rgb = np.ascontiguousarray(np.broadcast_to(rgb, (*rgb.shape[:2], 3)))
    else:
        rgba = np.asarray(frame.to_ndarray(format="rgba"), np.uint8)
        rgb = np.ascontiguousarray(rgba[:, :, :3])
        # What FFmpeg takes for alpha in a dump of a window is what fills its pixels up.
        alpha = None if codec == "xwd" else rgba[:, :, 3]
    shown, flags = frame_of(rgb, alpha, wanted, turned)
    deep = len(frame.format.components) > 0 and frame.format.components[0].bits > 8  # noqa: PLR2004 (bits)
    return Decoded((shown,), Decoder.LIBAV, flags=(*flags, Flag.DEEP) if deep else flags)
