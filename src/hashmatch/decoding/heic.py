"""HEIC pictures through FFmpeg's HEVC decoder, which gives luma without converting it to RGB.

It takes half the time of libheif, and hashes are those of RGB but for rounding, at most 4 bits, as
with a JPEG's luma: luma of BT.601, in which photographs are stored, is what hashers read. Only
coded pictures reach FFmpeg, never a container: pi-heif says what the file is, and reads all that is
not certain here.
"""

from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from av.codec.context import ThreadType

from hashmatch.decoding import pillow
from hashmatch.decoding.decoded import Decoded, Wanted
from hashmatch.decoding.failures import LIBAV_ERRORS, raise_if_ours
from hashmatch.decoding.heic_layout import Stored, Tile, cropped, layout_of, unsure
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.libav import full_range, plane_of
from hashmatch.decoding.pillow_state import quiet
from hashmatch.decoding.refusals import DECODER_ERRORS
from hashmatch.decoding.shown import frame_of
from hashmatch.limits import Limits
from hashmatch.model import Decoder, Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

_UNSPECIFIED: Final = 2
_BT601: Final = frozenset({_UNSPECIFIED, 5, 6})
"""Matrices between RGB and luma whose luma is that of PDQ, as ITU-T H.273 numbers them; where none
is given, libheif takes the same."""
_FULL: Final = 2
"""FFmpeg's number of the range whose black is 0."""
_BITS: Final = (8, 10, 12)
_PLAIN: Final = frozenset({"L", "RGB"})
"""Pillow's modes of pictures without alpha, of at most 8 bits as pi-heif gives them."""


def decode(data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    """A HEIC file with one picture, of which its luma tells all that is wanted.

    Args:
        data: the file.
        wanted: what the hashers need.
        limits: of pixels.

    Raises:
        UnreadableImageError: too large, or left to the next decoder.
    """
    if wanted.exact or wanted.rgb:
        unsure()
    stored = layout_of(data)
    try:
        with quiet(limits), pillow.opened(data, "heif") as image:
            mode, size, count = image.mode, image.size, getattr(image, "n_frames", 1)
            orientation = pillow.orientation_of(image)
    except DECODER_ERRORS as error:
        raise_if_ours(error)
        unsure()
    check_pixels(*size, limits)
    if mode not in _PLAIN or count != 1:
        unsure()
    check_pixels(stored.width, stored.height, limits)
    luma = _picture(stored, limits)
    if luma.shape[::-1] != size:
        unsure()
    frame, flags = frame_of(None, None, wanted, orientation, luma=luma)
    return Decoded((frame,), Decoder.LIBAV, Mode.FAST, flags=flags)


def _picture(stored: Stored, limits: Limits) -> "NDArray[Any]":
    """(rows, columns) uint8 of a picture as shown."""
    whole: NDArray[np.uint8] | None = None
    across = -(-stored.width // stored.tile_width)
    if len(stored.tiles) * stored.tile_width * stored.tile_height > limits.max_pixels:
        unsure()  # Tiles far larger than the picture: decoding them is no work for two decoders.
    for number, frame in _frames(stored.tiles, limits):
        if (frame.width, frame.height) != (stored.tile_width, stored.tile_height):
            unsure()
        tile = _luma(frame, stored)
        if len(stored.tiles) == 1:
            whole = tile
            break
        if whole is None:
            whole = np.empty((stored.height, stored.width), np.uint8)
        row, column = divmod(number, across)
        top, left = row * stored.tile_height, column * stored.tile_width
        part = whole[top : top + stored.tile_height, left : left + stored.tile_width]
        part[:] = tile[: part.shape[0], : part.shape[1]]
    return unsure() if whole is None else _turned(whole, stored.turns)


def _frames(tiles: tuple[Tile, ...], limits: Limits) -> "Iterator[tuple[int, VideoFrame]]":
    """The number of each tile with its picture, each once, in any order."""
    missing = set(range(len(tiles)))
    numbers: dict[bytes, list[int]] = {}
    for number, tile in enumerate(tiles):
        numbers.setdefault(tile.config, []).append(number)
    try:
        for config, own in numbers.items():
            context = _context(config, limits)
            for place in (*own, None):
                packet = None if place is None else av.Packet(tiles[place].data)
                if packet is not None:
                    packet.pts = place
                for frame in context.decode(packet):
                    if frame.pts not in missing:
                        unsure()
                    missing.remove(frame.pts)
                    yield frame.pts, frame
    except (av.FFmpegError, *LIBAV_ERRORS) as error:
        raise_if_ours(error)
        unsure()
    if missing:
        unsure()


def _context(config: bytes, limits: Limits) -> "VideoCodecContext":
    context: VideoCodecContext = av.CodecContext.create("hevc", "r")
    context.thread_type = ThreadType.NONE
    context.extradata = config
    context.options = {
        "max_pixels": str(limits.max_pixels),
        "err_detect": "crccheck+bitstream+buffer+explode",
        "flags": "unaligned",  # Cropped to the pixel, not to what suits a processor.
    }
    return context


def _luma(frame: "VideoFrame", stored: Stored) -> "NDArray[np.uint8]":
    """(rows, columns) of 0–255."""
    matrix, is_full = stored.colours or (frame.colorspace, frame.color_range == _FULL)
    is_grey = frame.format.name.startswith("gray")
    is_cut = any(name == b"clap" for name, _ in stored.turns)
    # libheif takes grey for full range, whatever the file says; of what it crops it forgets that.
    if (not is_full and (is_grey or is_cut)) or (is_cut and frame.color_range != _FULL):
        unsure()
    if not is_grey:
        if not frame.format.name.startswith("yuv") or matrix not in _BT601:
            unsure()
        if frame.color_range == _FULL and not is_full:
            unsure()
    samples = _samples(frame)
    return samples if is_full else full_range(samples)


def _samples(frame: "VideoFrame") -> "NDArray[np.uint8]":
    """(rows, columns) of the first plane, the highest 8 bits of each sample."""
    bits = frame.format.components[0].bits
    if bits not in _BITS:
        unsure()
    if bits == _BITS[0]:
        return plane_of(frame, 1)
    return (plane_of(frame, 2).copy().view("<u2") >> (bits - _BITS[0])).astype(np.uint8)


def _turned(pixels: "NDArray[Any]", turns: tuple[tuple[bytes, bytes], ...]) -> "NDArray[Any]":
    for name, body in turns:
        if name == b"clap":
            left, top, columns, rows = cropped(body, pixels.shape[1], pixels.shape[0])
            pixels = pixels[top : top + rows, left : left + columns]
        elif len(body) != 1:
            unsure()
        elif name == b"irot":
            pixels = np.rot90(pixels, body[0] & 3)
        else:
            pixels = pixels[:, ::-1] if body[0] & 1 else pixels[::-1]
    return np.ascontiguousarray(pixels)
