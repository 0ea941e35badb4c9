"""PNG files that are not as decoders want them: chunks nobody needs, damage, Apple's own kind."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.decoding.inputs import check_pixels
from hashmatch.errors import Reason, UnreadableImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.limits import Limits

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CRITICAL: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_KEPT: Final = frozenset({b"tRNS", b"acTL", b"fcTL", b"fdAT", b"eXIf"})
_NEXT: Final = (b"IDAT", b"IEND")
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PALETTE: Final = 3
_DEPTHS: Final = (1, 2, 4, 8, 16)
_PASSES: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_PIECE: Final = 4096


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk.

    Attributes:
        start: offset of its length.
        name: four bytes.
        end: offset behind it, which may lie behind the end of the file.
    """

    start: int
    name: bytes
    end: int

    def body(self, data: bytes) -> bytes:
        """What it holds, as far as the file goes."""
        return data[self.start + 8 : self.end - 4]

    def is_sound(self, data: bytes) -> bool:
        """Whether it is all there and its checksum is right."""
        if self.end > len(data):
            return False
        return zlib.crc32(data[self.start + 4 : self.end - 4]) == _number(data, self.end - 4)


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4])


def chunks(data: bytes) -> Iterator[Chunk]:
    """All chunks up to the end of the picture, the last possibly cut.

    Where one has no name, the next that holds pixels or ends the picture is looked for.
    """
    at = 8
    while at + 8 <= len(data):
        name = data[at + 4 : at + 8]
        if not name.isalpha():
            found = [start for start in (data.find(each, at) for each in _NEXT) if start >= 0]
            if not found:
                return
            at = min(found) - 4
            continue
        chunk = Chunk(at, name, at + 12 + _number(data, at))
        yield chunk
        if name == b"IEND":
            return
        at = chunk.end


def plain(data: bytes) -> bytes:
    """A PNG with only those chunks that say what is shown, the header first.

    Texts and colour profiles change no pixel; FFmpeg inflates them without any limit, Pillow
    refuses the picture where they are long, and both refuse it where a checksum is wrong.
    Ancillary chunks with a wrong checksum are left out, as libpng does it.
    """
    found = list(chunks(data))
    header = next((chunk for chunk in found if chunk.name == b"IHDR"), None)
    if header is None:
        return data
    kept = [header] if header is not found[0] else []
    for chunk in found:
        if chunk is header and kept:
            continue
        if chunk.name in _CRITICAL or (chunk.name in _KEPT and chunk.is_sound(data)):
            kept.append(chunk)
    if kept == found:
        return data
    return b"".join((_SIGNATURE, *(data[chunk.start : chunk.end] for chunk in kept)))


def is_apples(data: bytes) -> bool:
    """Whether Apple's tools rewrote it for iOS: raw deflate, and blue and red exchanged."""
    return data[12:16] == b"CgBI"


def is_sound(data: bytes) -> bool:
    """Whether all critical chunks are whole and the last one is there."""
    needed = [chunk for chunk in chunks(data) if chunk.name in _CRITICAL]
    ended = bool(needed) and needed[-1].name == b"IEND"
    return ended and all(chunk.is_sound(data) for chunk in needed)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A PNG written anew around the rows that could be inflated.

    Attributes:
        data: the file; rows that are missing are zeros.
        fraction: share of the rows that were there.
        reason: why the picture is not known to be whole; None if it is.
    """

    data: bytes
    fraction: float
    reason: Reason | None


def rebuilt(data: bytes, limits: "Limits") -> Rebuilt:
    """A sound PNG around all rows of a damaged one, or of Apple's.

    The sum behind the compressed pixels proves them where checksums of chunks are wrong, and the
    other way round.

    Raises:
        UnreadableImageError: no header or no row is left, too large, or of a kind that is better
            left to a decoder that goes as far as it can: animated, or interlaced and not whole.
    """
    found = {chunk.name: chunk for chunk in reversed(list(chunks(data)))}
    header = found[b"IHDR"].body(data) if b"IHDR" in found else b""
    if len(header) < 13 or header[9] not in _CHANNELS or header[8] not in _DEPTHS:  # noqa: PLR2004 (its length)
        raise UnreadableImageError(Reason.DAMAGED, "the PNG has no valid header")
    if b"acTL" in found and not is_apples(data):
        raise UnreadableImageError(Reason.UNSUPPORTED, "left to Pillow")
    width, height = _number(header, 0), _number(header, 4)
    check_pixels(width, height, limits)
    lines = _lines(width, height, header[8] * _CHANNELS[header[9]], interlaced=header[12] != 0)
    expected = sum(rows * length for rows, length in lines)
    pixels, proven = _inflated(data, expected, raw=is_apples(data))
    whole = len(pixels) == expected
    if not whole and len(lines) > 1:
        raise UnreadableImageError(Reason.UNSUPPORTED, "left to Pillow")
    fraction = 1.0 if whole else len(pixels) // lines[0][1] / height
    if not fraction:
        raise UnreadableImageError(Reason.DAMAGED, "no row of the PNG could be decoded")
    colours_sound = header[9] != _PALETTE or (b"PLTE" in found and found[b"PLTE"].is_sound(data))
    reason = None if whole and proven and colours_sound else Reason.CORRUPT_DATA
    if not whole and b"IEND" not in found:
        reason = Reason.TRUNCATED
    kept = [_chunk(b"IHDR", header[:13])]
    others = (name for name in (b"PLTE", b"tRNS", b"eXIf") if name in found)
    kept += (_chunk(name, found[name].body(data)) for name in others)
    kept.append(_chunk(b"IDAT", zlib.compress(pixels + bytes(expected - len(pixels)), 1)))
    return Rebuilt(b"".join((_SIGNATURE, *kept, _chunk(b"IEND", b""))), fraction, reason)


def _lines(width: int, height: int, bits: int, *, interlaced: bool) -> list[tuple[int, int]]:
    """Rows, and bytes of a row with its filter, of each pass."""
    if not interlaced:
        return [(height, 1 + -(-width * bits // 8))]
    passes = [
        (-(-(height - top) // down), -(-(width - left) // right))
        for left, top, right, down in _PASSES
    ]
    return [(rows, 1 + -(-columns * bits // 8)) for rows, columns in passes if rows > 0 < columns]


def _inflated(data: bytes, expected: int, *, raw: bool) -> tuple[bytes, bool]:
    """The filtered rows as far as they can be inflated, and whether a checksum proves them."""
    pieces = [chunk for chunk in chunks(data) if chunk.name == b"IDAT"]
    stream = b"".join(chunk.body(data) for chunk in pieces)
    sound = all(chunk.is_sound(data) for chunk in pieces)
    inflater = zlib.decompressobj(-15 if raw else 15)
    found, size, broken, at = list[bytes](), 0, False, 0
    for at in range(0, len(stream), _PIECE):
        before = inflater.copy()
        piece = stream[at : at + _PIECE]
        try:
            found.append(inflater.decompress(piece, max(1, expected - size)))
        except zlib.error:
            found.append(_up_to_error(before, piece, expected - size))
            broken = True
        size += len(found[-1])
        if broken or inflater.eof or size >= expected:
            break
    if not broken and not inflater.eof:
        broken = not _ends_well(inflater, stream[at + _PIECE :])
    return b"".join(found)[:expected], sound or not (broken or raw)


def _ends_well(inflater: "zlib._Decompress", rest: bytes) -> bool:
    """Whether the compressed rows end here, with the right sum."""
    try:
        inflater.decompress(inflater.unconsumed_tail + rest[:_PIECE], 1)
    except zlib.error:
        return False
    return inflater.eof


def _up_to_error(inflater: "zlib._Decompress", piece: bytes, most: int) -> bytes:
    """What a piece inflates to before the byte at which it fails."""
    found = b""
    for at in range(len(piece)):
        try:
            found += inflater.decompress(piece[at : at + 1], max(1, most - len(found)))
        except zlib.error:
            break
    return found


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


def as_shown(stored: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """Red, green, blue and alpha of Apple's pixels.

    Args:
        stored: (rows, columns, 3 or 4) uint8: blue, green and red, multiplied by alpha.
    """
    rgba = stored.copy()
    rgba[:, :, 0], rgba[:, :, 2] = stored[:, :, 2], stored[:, :, 0]
    if rgba.shape[2] == 4:  # noqa: PLR2004 (alpha)
        alpha = np.maximum(rgba[:, :, 3:], 1).astype(np.uint16)
        colours = (rgba[:, :, :3].astype(np.uint16) * 255 + alpha // 2) // alpha
        rgba[:, :, :3] = np.minimum(colours, 255)
    return rgba
