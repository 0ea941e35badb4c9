"""A TIFF page's strips or tiles to its samples, of any depth and in any byte order.

Pillow's libtiff inflates what Python cannot: each piece is given to it as a grey picture whose
rows are the piece's bytes, so that it neither knows nor cares what they mean.
"""

import lzma
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hashmatch.decoding import tiff_tags as tags
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pillow import opened
from hashmatch.decoding.refusals import DECODER_ERRORS
from hashmatch.errors import Reason, UnreadableImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.decoding.tiff_tags import Page
    from hashmatch.limits import Limits

_NONE, _LZW, _PACKBITS, _LZMA, _ZSTD = 1, 5, 32773, 34925, 50000
_DEFLATE: Final = (8, 32946)
READ: Final = frozenset({_NONE, _LZW, *_DEFLATE, _PACKBITS, _LZMA, _ZSTD})
"""Compressions of bytes, whatever they mean."""

_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3
_KINDS: Final = {_UNSIGNED: "u", _SIGNED: "i", _FLOAT: "f", 4: "u"}
_HORIZONTAL, _OF_FLOATS = 2, 3
_BYTE: Final = 8
_REVERSED: Final = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
_MOST_BITS: Final = 64
_YCBCR: Final = 6
_FACTORS: Final = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Samples:
    """A page's samples.

    Attributes:
        values: (rows, columns, samples): unsigned, signed or float, as stored.
        bits: of each sample; of unsigned ones the largest value is 2**bits - 1.
        fraction: share of the rows or tiles that were there, 0–1.
    """

    values: "NDArray[Any]"
    bits: int
    fraction: float


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a page is cut into pieces.

    Attributes:
        width: columns of a piece.
        height: rows of a piece.
        samples: in each pixel of a piece.
        bits: of each sample.
        kind: `u`, `i` or `f`.
    """

    width: int
    height: int
    samples: int
    bits: int
    kind: str

    @property
    def row(self) -> int:
        """Bytes of a row."""
        return -(-self.width * self.samples * self.bits // _BYTE)


def read(data: bytes, page: "Page", limits: "Limits") -> Samples:
    """The samples of a page that is compressed in one of the ways of `READ`.

    Raises:
        UnreadableImageError: too large, of depths that are mixed or unknown, or nothing is there.
    """
    width, height = page.number(tags.WIDTH), page.number(tags.HEIGHT)
    check_pixels(width, height, limits)
    bits, count = page.bits, page.number(tags.SAMPLES, len(page.bits))
    kind = _KINDS.get(page.number(tags.FORMAT, _UNSIGNED))
    if not bits or len(set(bits)) > 1 or not 0 < bits[0] <= _MOST_BITS or kind is None:
        raise UnreadableImageError(
            Reason.UNSUPPORTED, f"a TIFF with samples of {bits} bits is not supported"
        )
    if (bits[0] not in (8, 16, 24, 32, 64) and kind != "u") or (kind == "f" and bits[0] in (8, 24)):
        raise UnreadableImageError(
            Reason.UNSUPPORTED, f"a TIFF with samples of the type {kind}{bits[0]} is not supported"
        )
    if width * height * count > limits.max_pixels * 8:
        raise UnreadableImageError(Reason.TOO_MANY_PIXELS, f"each pixel has {count} samples")
    planes = count if page.number(tags.PLANAR, 1) == 2 else 1  # noqa: PLR2004 (plane by plane)
    layout = _layout(page, count // planes, bits[0], kind)
    values = np.zeros((height, width, count), _dtype(layout))
    there = total = 0
    units = _units(page, layout)
    for number, (plane, top, left) in enumerate(_places(page, planes, layout)):
        rows = min(layout.height, height - top)
        columns = min(layout.width, width - left)
        total += rows * columns
        read_piece = _piece if units == (1, 1) else _subsampled
        piece, whole_rows = read_piece(data, page, number, layout, rows)
        whole_rows = min(whole_rows, rows)
        there += whole_rows * columns
        last = plane + layout.samples
        begun = min(rows, len(piece))
        values[top : top + begun, left : left + columns, plane:last] = piece[:begun, :columns]
    if not there:
        raise UnreadableImageError(Reason.DAMAGED, "no row of the TIFF could be decoded")
    return Samples(values, bits[0], there / total)


def _layout(page: "Page", samples: int, bits: int, kind: str) -> _Layout:
    if page.numbers(tags.TILES):
        width, height = page.number(tags.TILE_WIDTH), page.number(tags.TILE_HEIGHT)
    else:
        whole = page.number(tags.HEIGHT)
        width, height = page.number(tags.WIDTH), min(page.number(tags.ROWS, whole), whole)
    if width < 1 or height < 1 or width * height > 1 << 31:
        raise UnreadableImageError(Reason.DAMAGED, "the TIFF's tiles have no size")
    return _Layout(width, height, samples, bits, kind)


def _places(page: "Page", planes: int, layout: _Layout) -> Iterator[tuple[int, int, int]]:
    """First sample, first row and first column of each piece, in the order of the file."""
    for plane in range(planes):
        for top in range(0, page.number(tags.HEIGHT), layout.height):
            for left in range(0, page.number(tags.WIDTH), layout.width):
                yield plane, top, left


def _dtype(layout: _Layout) -> "np.dtype[Any]":
    size = next(size for size in (8, 16, 32, 64) if layout.bits <= size)
    return np.dtype(f"{layout.kind}{size // _BYTE}")


def _piece(
    data: bytes, page: "Page", number: int, layout: _Layout, rows: int
) -> "tuple[NDArray[Any], int]":
    """(rows, columns, samples) of a strip or tile, and how many rows were whole."""
    whole = rows if not page.numbers(tags.TILES) else layout.height
    content = segment(data, page, number, layout.row, whole)
    begun = min(whole, -(-len(content) // layout.row))
    rows_there = len(content) // layout.row
    content = content[: begun * layout.row].ljust(begun * layout.row, b"\0")
    stored = np.frombuffer(content, np.uint8).reshape(begun, layout.row)
    return _values(stored, page, layout), rows_there


def _units(page: "Page", layout: _Layout) -> tuple[int, int]:
    """Columns and rows that share a pair of colour differences; 1 and 1 where none do."""
    if page.number(tags.PHOTOMETRIC) != _YCBCR:
        return 1, 1
    across, down = (page.numbers(tags.SUBSAMPLING) or (2, 2))[:2]
    if (across, down) != (1, 1) and (layout.bits != _BYTE or layout.samples != 3):  # noqa: PLR2004 (Y, Cb, Cr)
        raise UnreadableImageError(
            Reason.UNSUPPORTED, "a TIFF with subsampled planes is not supported"
        )
    if across not in _FACTORS or down not in _FACTORS:
        raise UnreadableImageError(Reason.DAMAGED, "the TIFF's subsampling is not valid")
    return across, down


def _subsampled(
    data: bytes, page: "Page", number: int, layout: _Layout, rows: int
) -> "tuple[NDArray[Any], int]":
    """What `_piece` gives, for subsampled YCbCr: units of luma, then one Cb and one Cr."""
    across, down = _units(page, layout)
    high = rows if not page.numbers(tags.TILES) else layout.height
    columns, lines = -(-layout.width // across), -(-high // down)
    size = across * down + 2
    content = segment(data, page, number, columns * size, lines)
    there = len(content) // (columns * size) * down
    lines = min(lines, -(-len(content) // (columns * size)))
    content = content[: lines * columns * size].ljust(lines * columns * size, b"\0")
    units = np.frombuffer(content, np.uint8).reshape(lines, columns, size)
    luma = units[:, :, :-2].reshape(lines, columns, down, across).transpose(0, 2, 1, 3)
    planes = [luma.reshape(lines * down, columns * across)]
    planes += (units[:, :, i].repeat(down, axis=0).repeat(across, axis=1) for i in (-2, -1))
    return np.dstack(planes)[:high, : layout.width], there


def segment(data: bytes, page: "Page", number: int, row: int, rows: int) -> bytes:
    """The inflated bytes of a strip or tile, as far as they go.

    Args:
        data: the file.
        page: whose piece.
        number: of the piece.
        row: bytes that a row takes.
        rows: of the piece.
    """
    tiled = page.numbers(tags.TILES)
    offsets = tiled or page.numbers(tags.STRIPS)
    lengths = page.numbers(tags.TILE_BYTES if tiled else tags.STRIP_BYTES)
    if number >= len(offsets):
        return b""
    compression = page.number(tags.COMPRESSION, _NONE)
    stored = lengths[number] if number < len(lengths) else 0
    stored = stored or (row * rows if compression == _NONE else len(data))
    content = data[offsets[number] : offsets[number] + stored]
    backwards = page.number(tags.FILL_ORDER, 1) == 2  # noqa: PLR2004 (lowest bit first)
    if compression in (_LZW, _PACKBITS, _ZSTD):
        return by_libtiff(content, compression, row, rows, backwards=backwards)
    if backwards:
        content = content.translate(_REVERSED)
    if compression in _DEFLATE:
        return _inflated(content, row * rows)
    if compression == _LZMA:
        return _unpacked(content, row * rows)
    return content


def _inflated(content: bytes, most: int) -> bytes:
    inflater, found = zlib.decompressobj(), []
    size = 0
    for at in range(0, len(content), 1024):
        try:
            found.append(inflater.decompress(content[at : at + 1024], max(1, most - size)))
        except zlib.error:
            break
        size += len(found[-1])
        if size >= most:
            break
    return b"".join(found)


def _unpacked(content: bytes, most: int) -> bytes:
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=1 << 28).decompress(content, most)
    except lzma.LZMAError:
        return b""


def by_libtiff(
    content: bytes, compression: int, row: int, rows: int, *, backwards: bool = False
) -> bytes:
    """Bytes that Pillow's libtiff inflates; nothing where it cannot."""
    entries = {
        tags.WIDTH: row,
        tags.HEIGHT: rows,
        tags.BITS: _BYTE,
        tags.COMPRESSION: compression,
        tags.PHOTOMETRIC: 1,
        tags.FILL_ORDER: 2 if backwards else 1,
        tags.STRIPS: 8 + 2 + 12 * 10 + 4,
        tags.SAMPLES: 1,
        tags.ROWS: rows,
        tags.STRIP_BYTES: len(content),
    }
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, entries[tag]) for tag in sorted(entries))
    file = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + directory + bytes(4) + content
    try:
        with opened(file, "tiff") as image:
            image.load()
            return image.tobytes()
    except DECODER_ERRORS as error:
        raise_if_ours(error)
        return b""


def _values(stored: "NDArray[np.uint8]", page: "Page", layout: _Layout) -> "NDArray[Any]":
    """Bytes of rows to (rows, columns, samples)."""
    shape = (stored.shape[0], layout.width, layout.samples)
    predicted = page.number(tags.COMPRESSION, _NONE) not in (_NONE, _PACKBITS)
    predictor = page.number(tags.PREDICTOR, 1) if predicted else 1
    order = page.order
    if predictor == _OF_FLOATS:
        stored, order = _floats(stored, layout), ">"
    size = layout.bits // _BYTE
    if layout.bits in (8, 16, 32, 64):
        values = np.ascontiguousarray(stored).view(f"{order}{layout.kind}{size}").reshape(shape)
    elif layout.bits == 24:  # noqa: PLR2004 (three bytes)
        triples = stored.reshape(*shape, 3).astype(np.uint32)
        weights = np.array([1, 256, 65536] if order == "<" else [65536, 256, 1], np.uint32)
        values = (triples * weights).sum(axis=3, dtype=np.uint32)
        if layout.kind == "i":
            values = (values << 8).view(np.int32) >> 8
    else:
        values = _packed(stored, layout).reshape(shape)
    if predictor == _HORIZONTAL:
        if layout.bits not in (8, 16, 32, 64):
            detail = f"a TIFF with a predictor for {layout.bits}-bit samples is not supported"
            raise UnreadableImageError(Reason.UNSUPPORTED, detail)
        whole = values.astype(values.dtype.newbyteorder("=")).view(f"u{size}")
        values = np.cumsum(whole, axis=1, dtype=whole.dtype).view(f"{layout.kind}{size}")
    return values


def _packed(stored: "NDArray[np.uint8]", layout: _Layout) -> "NDArray[Any]":
    """Samples of any number of bits, the highest bit first, rows beginning with a byte."""
    count = layout.width * layout.samples
    kind = _dtype(layout)
    found = np.empty((stored.shape[0], count), kind)
    for number, row in enumerate(stored):
        bits = np.unpackbits(row)[: count * layout.bits].reshape(count, layout.bits)
        total = np.zeros(count, np.uint64)
        for place in range(layout.bits):
            total = total << np.uint64(1) | bits[:, place]
        found[number] = total
    return found


def _floats(stored: "NDArray[np.uint8]", layout: _Layout) -> "NDArray[np.uint8]":
    """Rows of floats as Adobe's third predictor stores them, to big-endian ones."""
    size = layout.bits // _BYTE
    rows = stored.reshape(stored.shape[0], -1, layout.samples)
    summed = np.cumsum(rows, axis=1, dtype=np.uint8).reshape(stored.shape[0], size, -1)
    return np.ascontiguousarray(summed.transpose(0, 2, 1)).reshape(stored.shape)
