"""Photoshop's files: the merged picture behind the layers, in the kinds that Pillow does not read.

Follows Adobe's file format specification; PSB is the same with longer lengths.
"""

import struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hashmatch.decoding import pillow, tiff, tiff_colours, tiff_samples
from hashmatch.decoding import tiff_tags as tags
from hashmatch.decoding.decoded import Decoded, Wanted
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pillow_state import quiet
from hashmatch.decoding.pixels import of_light
from hashmatch.errors import Reason, UnreadableImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.limits import Limits

_BITMAP, _GREY, _INDEXED, _RGB, _CMYK, _DUOTONE, _LAB = 0, 1, 2, 3, 4, 8, 9
_MEANINGS: Final = {
    _BITMAP: tiff_colours.WHITE_IS_ZERO,
    _GREY: tiff_colours.BLACK_IS_ZERO,
    _RGB: tiff_colours.RGB,
    _CMYK: tiff_colours.CMYK,
    _DUOTONE: tiff_colours.BLACK_IS_ZERO,
    _LAB: tiff_colours.ICCLAB,
}
_COLOURS: Final = {_RGB: 3, _CMYK: 4, _LAB: 3}
_VERSION_INFO: Final = 1057
_BIG: Final = 2
_BYTE: Final = 8
_PACKBITS: Final = 32773


def decode(data: bytes, wanted: Wanted, limits: "Limits") -> Decoded:
    """The merged picture of a PSD or PSB file.

    Raises:
        UnreadableImageError: it has none, or is of a kind that is not supported.
    """
    try:
        version, channels, height, width, depth, mode = struct.unpack_from(">H6xHIIHH", data, 4)
        palette_end = 30 + struct.unpack_from(">I", data, 26)[0]
        end = palette_end + 4 + struct.unpack_from(">I", data, palette_end)[0]
    except struct.error:
        raise UnreadableImageError(Reason.DAMAGED, "the PSD's header is cut short") from None
    if not _has_picture(data[palette_end + 4 : end]):
        raise UnreadableImageError(
            Reason.UNSUPPORTED, "a PSD that was saved without a merged picture is not supported"
        )
    if version != _BIG and depth in (1, _BYTE) and mode not in (_DUOTONE, _LAB):
        return pillow.decode(data, "psd", wanted, limits)
    check_pixels(width, height, limits)
    count = _COLOURS.get(mode, 1)
    if mode not in _MEANINGS or depth not in (1, 8, 16, 32) or channels < count:
        detail = f"a PSD with mode {mode} and {depth} bits is not supported"
        raise UnreadableImageError(Reason.UNSUPPORTED, detail)
    place = (end, (height, width, count), channels)
    with quiet(limits):
        values, fraction = _values(data, place, depth, big=version == _BIG)
    if depth == 32:  # noqa: PLR2004 (amounts of light)
        values, depth = of_light(values), _BYTE
    if mode == _CMYK:
        values = np.invert(values)
    page = tags.Page(0, ">", {tags.PHOTOMETRIC: (_MEANINGS[mode],), tags.SAMPLES: (count,)})
    return tiff.shown(tiff_samples.Samples(values, depth, fraction), page, wanted)


def _has_picture(resources: bytes) -> bool:
    """Whether the merged picture is real; Photoshop may be told to leave it out."""
    at = 0
    while resources[at : at + 4] == b"8BIM":
        number = int.from_bytes(resources[at + 4 : at + 6])
        at += 6 + (resources[at + 6 : at + 7] or b"\0")[0] // 2 * 2 + 2
        size = int.from_bytes(resources[at : at + 4])
        if number == _VERSION_INFO:
            return resources[at + 8 : at + 9] != b"\0"
        at += 4 + size + size % 2
    return True


def _values(
    data: bytes, place: tuple[int, tuple[int, int, int], int], depth: int, *, big: bool
) -> "tuple[NDArray[Any], float]":
    """(rows, columns, colours) as stored, and the share that is there."""
    end, (height, width, count), channels = place
    word = 8 if big else 4
    at = end + word + int.from_bytes(data[end : end + word])
    compression, at = int.from_bytes(data[at : at + 2]), at + 2
    row = -(-width * depth // _BYTE)
    if compression not in (0, 1) or not data[at:]:
        reason = Reason.UNSUPPORTED if data[at:] else Reason.DAMAGED
        raise UnreadableImageError(reason, f"a PSD with compression {compression} is not supported")
    lengths = np.full(channels * height, row, np.int64)
    if compression == 1:
        size = word // 2
        table = data[at : at + channels * height * size].ljust(channels * height * size, b"\0")
        lengths = np.frombuffer(table, f">u{size}").astype(np.int64)
        at += len(table)
    planes, there = [], 0
    for channel in range(count):
        used = int(lengths[channel * height : (channel + 1) * height].sum())
        content = data[at : at + used]
        at += used
        if compression == 1:
            content = tiff_samples.by_libtiff(content, _PACKBITS, row, height)
        there += min(len(content), row * height)
        stored = content[: row * height].ljust(row * height, b"\0")
        planes.append(_plane(stored, (height, width), depth))
    if not there:
        raise UnreadableImageError(Reason.DAMAGED, "no row of the PSD could be decoded")
    return np.dstack(planes), there / (count * row * height)


def _plane(stored: bytes, size: tuple[int, int], depth: int) -> "NDArray[Any]":
    height, width = size
    if depth == 1:
        rows = np.frombuffer(stored, np.uint8).reshape(height, -1)
        return np.unpackbits(rows, axis=1)[:, :width]
    kind = {8: ">u1", 16: ">u2", 32: ">f4"}[depth]
    return np.frombuffer(stored, kind).reshape(height, width)
