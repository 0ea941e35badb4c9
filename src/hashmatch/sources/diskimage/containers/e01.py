"""EnCase images (E01, EWF): chunks with checksums in segments."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import BadRange, Bytes, UnreadRangeError, exactly
from hashmatch.sources.diskimage.beside import Beside
from hashmatch.sources.diskimage.containers import e01_sections as parts
from hashmatch.sources.diskimage.containers.caching import Cache
from hashmatch.sources.diskimage.containers.e01_layout import Layout
from hashmatch.sources.diskimage.containers.e01_tables import Chunks, ZeroChunks, load
from hashmatch.sources.diskimage.containers.expanding import ExpandError, adler32, inflate
from hashmatch.sources.diskimage.reading import clamped
from hashmatch.sources.diskimage.spans import Span, merged, of_blocks, within, without

_KEPT: Final = 4 << 20
"""Bytes of chunks that are kept."""
_TABLES: Final = 8
_SMALL: Final = 512
_LEAST_HOLE: Final = 1 << 20
_MOST_REPEATED: Final = 32
"""Chunks of few bytes that are kept expanded: on disks they repeat, as zeros above all."""
_MOST_MORE: Final = 64
"""Bytes that a chunk may be longer than the medium's: what does not get smaller gets longer."""


class E01:
    """A medium in an EnCase image.

    Attributes:
        name: of its first segment.
        size: of the medium, in bytes.
        facts: what the image says of it.
        problems: what is wrong though it can be read.
        unread: what could not be read when it was made, and what is missing in it now.
    """

    def __init__(self, segments: list[Bytes]) -> None:
        """Look at the sections of all segments.

        Raises:
            OSError: one cannot be read.
            UnreadableError: the image does not say what lies in it.
        """
        layout = Layout.of(segments)
        self.name = segments[0].name
        self.problems, self.facts = layout.problems, layout.facts
        self.unread: list[BadRange] = []
        self._chunk, self._is_smart = layout.volume.chunk, layout.volume.is_smart
        self._tables = layout.tables
        self._starts = [table.first for table in self._tables]
        self._loaded: Cache[Chunks] = Cache(_TABLES)
        self._repeated: dict[bytes, bytes] = {}
        self._chunks: Cache[bytes] = Cache(_KEPT // self._chunk)
        last = self._tables[-1] if self._tables else None
        self.size = layout.volume.size or (last.first + last.count if last else 0) * self._chunk
        self._note_missing()
        for first, count in layout.bad:
            begin = first * layout.volume.sector
            length = min(count * layout.volume.sector, self.size - begin)
            if length > 0:
                why = "the medium could not be read there when its image was made"
                self.unread.append(BadRange(begin, length, why))

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: they cannot be read.
            UnreadRangeError: a chunk of them is damaged or missing.
        """
        size = clamped(self.size, offset, size)
        if not size:
            return b""
        first, start = divmod(offset, self._chunk)
        last = (offset + size - 1) // self._chunk
        if first == last:
            return self._get(first)[start : start + size]
        pieces = [self._get(number) for number in range(first, last + 1)]
        pieces[0] = pieces[0][start:]
        pieces[-1] = pieces[-1][: offset + size - last * self._chunk]
        return b"".join(pieces)

    def holes(self) -> Iterator[Span]:
        """Rows of chunks that are zeros, of a mebibyte or more: few bytes are stored of them."""
        return merged(within(self._zeros(), 0, self.size))

    def _zeros(self) -> Iterator[Span]:
        zeros = ZeroChunks(self._whole, _SMALL, max(_LEAST_HOLE // self._chunk, 1))
        for which, table in enumerate(self._tables):
            try:
                found = zeros.find(table.file, self._load(which))
            except UnreadableError:
                continue
            yield from of_blocks(table.first * self._chunk, found, self._chunk)

    def _whole(self, stored: bytes) -> bytes:
        """What a compressed chunk expands to, if that is a whole one."""
        data = self._inflated(stored)
        return data if len(data) == self._chunk else b""

    def _load(self, which: int) -> Chunks:
        table = self._tables[which]
        return self._loaded.get(which, lambda: load(table, is_smart=self._is_smart))

    def _note_missing(self) -> None:
        there = ((table.first, table.count) for table in self._tables)
        for first, count in without(0, -(-self.size // self._chunk), there):
            begin = first * self._chunk
            length = min(count * self._chunk, self.size - begin)
            why = f"no segment of {self.name} holds these bytes: one is cut or missing"
            self.unread.append(BadRange(begin, length, why))
            self.problems.append(
                f"{length:,} of {self.size:,} bytes, from {begin:,} on, are missing in "
                f"{self.name}: copy its segments again from where they were made"
            )

    def _get(self, number: int) -> bytes:
        return self._chunks.get(number, lambda: self._read_chunk(number))

    def _read_chunk(self, number: int) -> bytes:
        begin = number * self._chunk
        length = min(self._chunk, self.size - begin)
        try:
            return self._expanded(number, length)
        except UnreadableError as error:
            raise UnreadRangeError(error.reason, error.detail, begin, length) from None

    def _expanded(self, number: int, length: int) -> bytes:
        which = bisect_right(self._starts, number) - 1
        table = self._tables[which] if which >= 0 else None
        if table is None or number >= table.first + table.count:
            detail = f"no segment of {self.name} holds chunk {number:,}: one is cut or missing"
            raise UnreadableError(Reason.TRUNCATED, detail)
        loaded = self._load(which)
        index = number - table.first
        start, end = loaded.starts[index], loaded.ends[index]
        if not 0 < end - start <= self._chunk + self._chunk // 1024 + _MOST_MORE:
            raise UnreadableError(
                Reason.DAMAGED,
                f"{table.file.name}: its table of chunks is damaged at chunk {number:,}",
            )
        stored = exactly(table.file, start, end - start)
        data = self._inflated(stored) if loaded.packed[index] else _checked(stored)
        # The last chunk may be stored whole or as far as the medium goes.
        if len(data) < length:
            raise UnreadableError(
                Reason.DAMAGED, f"{table.file.name}: chunk {number:,} is not as its checksum says"
            )
        return data[:length]

    def _inflated(self, stored: bytes) -> bytes:
        """What a compressed chunk expands to; nothing where it is damaged."""
        known = self._repeated.get(stored)
        if known is not None:
            return known
        try:
            data = inflate(stored, self._chunk)
        except ExpandError:
            return b""
        if len(stored) <= _SMALL and len(self._repeated) < _MOST_REPEATED:
            self._repeated[stored] = data
        return data


def _checked(stored: bytes) -> bytes:
    """A chunk that is not compressed, without its checksum; nothing where that is wrong."""
    data = stored[:-4]
    return data if adler32(data) == int.from_bytes(stored[-4:], "little") else b""


def open_e01(file: Bytes, beside: Beside) -> E01:
    """The medium in an EnCase image, of which this is the first segment.

    Raises:
        OSError: a segment cannot be opened.
        UnreadableError: a segment is missing, is no segment of this image, or nothing in it says
            what it holds.
    """
    number = parts.segment_number(file)
    if number != 1:
        raise UnreadableError(
            Reason.DAMAGED,
            f"{file.name} is segment {number} of its image, and none that leads to it lies here: "
            "put all segments in one folder, and scan that",
        )
    segments = [file]
    while _goes_on(segments, beside):
        wanted = len(segments) + 1
        segment = beside.find(segment_name(file.name, wanted), f"segment {wanted}")
        number = parts.segment_number(segment)
        if number != wanted:
            detail = (
                f"{segment.name} should be segment {wanted} of {file.name}, and is segment "
                f"{number}: it has the wrong name"
            )
            raise UnreadableError(Reason.DAMAGED, detail)
        segments.append(segment)
    return E01(segments)


def _goes_on(segments: list[Bytes], beside: Beside) -> bool:
    """Whether another segment follows: of one that is cut, if there is a file of that name."""
    last = _last_section(segments[-1])
    if last:
        return last == "next"
    return beside.has(segment_name(segments[0].name, len(segments) + 1)) is not None


def _last_section(file: Bytes) -> str:
    """`next` where another segment follows, `done` where none does; nothing where it is cut."""
    kind = ""
    try:
        for section in parts.sections(file):
            kind = section.kind
    except UnreadableError:
        return ""
    return kind


def segment_name(first: str, number: int) -> str:
    """The name of a segment, by that of the first: `.E01` to `.E99`, then `.EAA` to `.ZZZ`.

    Raises:
        UnreadableError: there are no more names, or the first one is of another form.

    >>> [segment_name("disk.E01", number) for number in (2, 99, 100, 101, 126, 775, 776)]
    ['disk.E02', 'disk.E99', 'disk.EAA', 'disk.EAB', 'disk.EBA', 'disk.EZZ', 'disk.FAA']
    """
    stem, dot, ending = first.rpartition(".")
    letter = ending[:1]
    further = max(number - 100, 0)
    most = (ord("Z") - ord(letter.upper() or "Z") + 1) * 26 * 26
    if not dot or len(ending) != 3 or not letter.isalpha() or further >= most:  # noqa: PLR2004
        raise UnreadableError(
            Reason.UNSUPPORTED,
            f"{first} goes on in segment {number}, whose name does not follow from its own: put "
            "all segments in one folder, called .E01, .E02 and so on, and scan that",
        )
    if number < 100:  # noqa: PLR2004 (as two digits go)
        return f"{stem}.{letter}{number:02}"
    above, low = divmod(further, 26)
    above, middle = divmod(above, 26)
    letters = (ord(letter) + above, ord(letter) - ord(letter.upper()) + ord("A") + middle)
    last = letters[1] - middle + low
    return f"{stem}.{''.join(map(chr, (*letters, last)))}"
