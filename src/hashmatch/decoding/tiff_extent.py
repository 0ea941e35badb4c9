"""The place where a TIFF ends: behind the last byte that its directories name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

_SIZES: Final = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
"""Bytes of a value, by its type."""
_MOST_DIRECTORIES: Final = 4000
_MOST_ENTRIES: Final = 4000
_MOST_VALUES: Final = 1_000_000
_DIRECTORIES: Final = frozenset({330, 34665, 34853, 40965})
"""Tags that name further directories: pages below this one, EXIF."""
_DATA: Final = ((273, 279), (324, 325), (513, 514), (288, 289))
"""Tags that say where data is, and how many bytes of it: strips, tiles, a JPEG, free space."""
_WIDTH, _HEIGHT = 256, 257


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    count: int
    place: int


class _File:
    """The bytes, and how their numbers are written."""

    def __init__(self, data: bytes, start: int) -> None:
        self._data, self._start = data, start
        self._order: Literal["little", "big"] = (
            "little" if data[start : start + 1] == b"I" else "big"
        )
        self.is_big = self.number(2, 2) == 43  # noqa: PLR2004 (BigTIFF)
        self.word = 8 if self.is_big else 4
        self.size = len(data) - start

    def number(self, at: int, length: int) -> int:
        return int.from_bytes(self._data[self._start + at : self._start + at + length], self._order)

    def directory(self, at: int) -> tuple[dict[int, _Entry], int, int]:
        """Its entries, where the next one is, and where it ends."""
        head, size = (8, 20) if self.is_big else (2, 12)
        count = self.number(at, head)
        if not 0 < count <= _MOST_ENTRIES:
            return {}, 0, at
        entries: dict[int, _Entry] = {}
        for number in range(count):
            place = at + head + number * size
            kind, values = self.number(place + 2, 2), self.number(place + 4, self.word)
            inline = place + 4 + self.word
            fits = values * _SIZES.get(kind, 0) <= self.word
            where = inline if fits else self.number(inline, self.word)
            entries.setdefault(self.number(place, 2), _Entry(kind, values, where))
        end = at + head + count * size + self.word
        return entries, self.number(end - self.word, self.word), end

    def values(self, entry: _Entry | None) -> Iterator[int]:
        if entry is None:
            return
        size = _SIZES.get(entry.kind, 0)
        for number in range(min(entry.count, _MOST_VALUES) if size else 0):
            yield self.number(entry.place + number * size, size)


def end_of_tiff(data: bytes, start: int = 0) -> int:
    """The byte behind the last one that belongs to it, from its begin; 0 where none is told."""
    file = _File(data, start)
    end, seen = 0, set[int]()
    waiting = [file.number(8 if file.is_big else 4, file.word)]
    while waiting and len(seen) < _MOST_DIRECTORIES:
        at = waiting.pop()
        if not 0 < at < file.size or at in seen:
            continue
        seen.add(at)
        entries, following, behind = file.directory(at)
        end = max(end, behind)
        waiting.append(following)
        for tag, entry in entries.items():
            end = max(end, entry.place + entry.count * _SIZES.get(entry.kind, 0))
            if tag in _DIRECTORIES:
                waiting += file.values(entry)
        if 273 in entries and 279 not in entries:  # noqa: PLR2004 (strips of untold length)
            return 0
        for places, lengths in _DATA:
            pairs = zip(
                file.values(entries.get(places)), file.values(entries.get(lengths)), strict=False
            )
            end = max([end, *(place + length for place, length in pairs)])
    return end


def is_tiff(data: bytes, start: int) -> bool:
    """Whether what looks like the begin of a TIFF is followed by a directory of a picture."""
    file = _File(data, start)
    at = file.number(8 if file.is_big else 4, file.word)
    if not 0 < at < file.size:
        return False
    entries, _, _ = file.directory(at)
    return {_WIDTH, _HEIGHT} <= entries.keys() and bool({273, 324} & entries.keys())
