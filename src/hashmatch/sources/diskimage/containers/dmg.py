"""Apple's disk images (DMG, UDIF)."""

import plistlib
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from xml.parsers.expat import ExpatError

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import (
    SECTOR,
    BadRange,
    Bytes,
    Facts,
    UnreadRangeError,
    exactly,
)
from hashmatch.sources.diskimage.beside import Beside
from hashmatch.sources.diskimage.containers import expanding
from hashmatch.sources.diskimage.containers.caching import Cache
from hashmatch.sources.diskimage.reading import Window, clamped
from hashmatch.sources.diskimage.spans import Span, merged, without

SIGNATURE: Final = b"koly"
TRAILER: Final = 512
_LONGEST_LIST: Final = 64 << 20
_LARGEST_PIECE: Final = 16 << 20
_BLOCK_HEADER: Final = 204
_KEPT: Final = 4
_STORED, _IGNORED, _ZEROS, _COMMENT, _END = 1, 2, 0, 0x7FFFFFFE, 0xFFFFFFFF
_EXPAND: Final[dict[int, Callable[[bytes, int], bytes]]] = {
    0x80000005: expanding.inflate,
    0x80000006: expanding.expand_bzip2,
    0x80000008: expanding.expand_xz,
}
_REFUSED: Final = {0x80000004: "ADC", 0x80000007: "LZFSE"}

_ODD: Final = (
    *(ExpatError, plistlib.InvalidFileException),
    *(KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError),
)
"""What a property list raises that has other values than those of a disk image."""


class _Piece(NamedTuple):
    """Some sectors that are kept together.

    Attributes:
        start: of them on the medium, in bytes.
        size: of them, in bytes.
        kind: how they are kept.
        place: where in the file.
        stored: their bytes there.
    """

    start: int
    size: int
    kind: int
    place: int
    stored: int


class Dmg:
    """A medium in a DMG.

    Attributes:
        name: of its file.
        size: of the medium, in bytes.
        facts: none are known.
        problems: what is wrong though it can be read.
        unread: ranges that no piece of it holds.
    """

    def __init__(self, file: Bytes) -> None:
        """Read the list of its pieces.

        Raises:
            OSError: it cannot be read.
            UnreadableError: it is damaged, or of a kind that is not read.
        """
        trailer = exactly(file, max(file.size - TRAILER, 0), min(TRAILER, file.size))
        if trailer[:4] != SIGNATURE or len(trailer) < TRAILER:
            raise UnreadableError(
                Reason.DAMAGED,
                f"{file.name} is no Apple disk image (DMG) with a list of its pieces",
            )
        (data_at,) = struct.unpack_from(">Q", trailer, 24)
        number, count = struct.unpack_from(">LL", trailer, 56)
        place, length = struct.unpack_from(">QQ", trailer, 216)
        (sectors,) = struct.unpack_from(">Q", trailer, 492)
        if count > 1 or number > 1:
            raise UnreadableError(
                Reason.UNSUPPORTED,
                f"{file.name} is one of {count} segments (dmgpart): join them first",
            )
        if not length or length > _LONGEST_LIST:
            raise UnreadableError(
                Reason.UNSUPPORTED,
                f"{file.name} is an Apple disk image (DMG) without a property list",
            )
        self.name, self._file = file.name, file
        self.facts = Facts()
        self.problems: list[str] = []
        self.unread: list[BadRange] = []
        self._pieces = sorted(_pieces(file, exactly(file, place, length), data_at))
        self._starts = [piece.start for piece in self._pieces]
        end = max((piece.start + piece.size for piece in self._pieces), default=0)
        self.size = min(sectors * SECTOR, end) or end
        self._expanded: Cache[bytes] = Cache(_KEPT)
        self._check()

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: they cannot be read.
            UnreadRangeError: a piece of them is damaged, missing or compressed in a way that is
                not read.
        """
        size = clamped(self.size, offset, size)
        found = []
        while size:
            index = bisect_right(self._starts, offset) - 1
            piece = self._pieces[index] if index >= 0 else None
            if piece is None or offset >= piece.start + piece.size:
                following = self._starts[index + 1] if index + 1 < len(self._starts) else self.size
                why = f"no piece of {self.name} holds these bytes"
                raise UnreadRangeError(Reason.DAMAGED, why, offset, following - offset)
            # Pieces that overlap are damage: the later one counts from where it begins.
            end = min(
                (piece.start + piece.size, offset + size, *self._starts[index + 1 : index + 2])
            )
            found.append(self._read(index, piece, offset - piece.start, end - offset))
            offset, size = end, size - (end - offset)
        return found[0] if len(found) == 1 else b"".join(found)

    def holes(self) -> Iterator[Span]:
        """Pieces of which nothing is stored."""
        empty = (_ZEROS, _IGNORED)
        return merged((each.start, each.size) for each in self._pieces if each.kind in empty)

    def _read(self, index: int, piece: _Piece, start: int, size: int) -> bytes:
        try:
            if piece.kind in (_ZEROS, _IGNORED):
                return bytes(size)
            if piece.kind == _STORED:
                return exactly(Window(self._file, piece.place, piece.stored), start, size)
            data = self._expanded.get(index, lambda: self._expand(piece))
        except UnreadableError as error:
            raise UnreadRangeError(error.reason, error.detail, piece.start, piece.size) from None
        return data[start : start + size]

    def _expand(self, piece: _Piece) -> bytes:
        if piece.kind in _REFUSED:
            detail = (
                f"{self.name} is compressed with {_REFUSED[piece.kind]}, which is not read: "
                "convert it with `hdiutil convert -format UDZO`"
            )
            raise UnreadableError(Reason.UNSUPPORTED, detail)
        made = b""
        if piece.size <= _LARGEST_PIECE and piece.stored <= 2 * _LARGEST_PIECE:
            stored = exactly(self._file, piece.place, piece.stored)
            try:
                made = _EXPAND[piece.kind](stored, piece.size)
            except (KeyError, expanding.ExpandError):
                made = b""
        if len(made) != piece.size:
            raise UnreadableError(
                Reason.DAMAGED, f"{self.name}: the compressed piece at {piece.start:,} is damaged"
            )
        return made

    def _check(self) -> None:
        """Say what no piece holds, and what is compressed in a way that is not read."""
        spans = [(piece.start, piece.size) for piece in self._pieces]
        for start, length in without(0, self.size, spans):
            why = f"no piece of {self.name} holds these bytes"
            self.unread.append(BadRange(start, length, why))
        for kind, what in _REFUSED.items():
            of_kind = [piece for piece in self._pieces if piece.kind == kind]
            size = sum(piece.size for piece in of_kind)
            if size:
                self.problems.append(
                    f"{size:,} of {self.size:,} bytes in {self.name} are compressed with {what}, "
                    "which is not read: convert it with `hdiutil convert -format UDZO`"
                )
            spans = [(piece.start, piece.size) for piece in of_kind]
            why = f"compressed with {what}"
            self.unread += [BadRange(start, length, why) for start, length in merged(spans)]


def _pieces(file: Bytes, text: bytes, data_at: int) -> Iterator[_Piece]:
    """The pieces that the property list has.

    Raises:
        UnreadableError: it is damaged.
    """
    try:
        blocks = plistlib.loads(text, fmt=plistlib.FMT_XML)["resource-fork"]["blkx"]
        tables = [bytes(block["Data"]) for block in blocks]
    except _ODD as error:
        raise UnreadableError(
            Reason.DAMAGED, f"{file.name}: its property list is damaged ({type(error).__name__})"
        ) from None
    for table in tables:
        if table[:4] != b"mish" or len(table) < _BLOCK_HEADER:
            raise UnreadableError(Reason.DAMAGED, f"{file.name}: a table of its pieces is damaged")
        first, _, shift = struct.unpack_from(">QQQ", table, 8)
        for at in range(_BLOCK_HEADER, len(table) - 39, 40):
            kind, _, sector, count, place, stored = struct.unpack_from(">LLQQQQ", table, at)
            if kind == _END:
                break
            if kind != _COMMENT and count:
                start = (first + sector) * SECTOR
                yield _Piece(start, count * SECTOR, kind, place + data_at + shift, stored)


def open_dmg(file: Bytes, beside: Beside) -> Dmg:
    """The medium in a DMG.

    Raises:
        OSError: it cannot be read.
        UnreadableError: it is damaged, or of a kind that is not read.
    """
    del beside
    return Dmg(file)
