"""The index of a JPEG file of several pictures (CIPA DC-007, "MPO"): where each of them begins."""

import re
from typing import Final, Literal

from hashmatch.decoding.behind import FoundPart, FoundPicture, all_behind

_INDEX: Final = re.compile(rb"\xff\xe2..MPF\0(?=II\x2a\0|MM\0\x2a)", re.DOTALL)
_HEADER: Final = 1 << 18
"""Bytes at the begin of the file that the index lies in."""
_ENTRIES: Final = 0xB002
_MOST: Final = 4096
"""Pictures of one file."""
_JPEG: Final = b"\xff\xd8\xff"


def pictures(data: bytes) -> tuple[tuple[int, ...], int]:
    """The starts of pictures behind the first in a file with an index, and how many are missing.

    Pillow writes wrong places of all pictures behind the third, and editors leave indexes of what
    is no longer there. Where nothing begins at a place, pictures are looked for, also those that
    the index does not name.
    """
    places = named(data)
    there = {each for each in places if data[each : each + 3] == _JPEG}
    if len(there) < len(places):
        behind = all_behind(data, "jpeg").parts
        there.update(each.start for each in behind if _is_jpeg(each))
    return tuple(sorted(there)), max(0, len(places) - len(there))


def _is_jpeg(part: FoundPart) -> bool:
    return isinstance(part, FoundPicture) and part.kind == "jpeg"


def named(data: bytes) -> tuple[int, ...]:
    """The starts of pictures behind the first, as the file's index says; empty if it has none.

    Nothing may begin there, or it may lie behind the end: editors leave indexes that are no
    longer true.
    """
    head = data[:_HEADER]
    found = _INDEX.search(head)
    if found is None:
        return ()
    base = found.end()
    order: Literal["little", "big"] = "little" if head[base : base + 2] == b"II" else "big"

    def number(at: int, length: int) -> int:
        return int.from_bytes(head[at : at + length], order)

    at = base + number(base + 4, 4)
    for place in range(at + 2, at + 2 + 12 * number(at, 2), 12):
        if number(place, 2) != _ENTRIES:
            continue
        count = min(number(place + 4, 4) // 16, _MOST)
        entries = base + number(place + 8, 4)
        starts = (number(each + 8, 4) for each in range(entries, entries + 16 * count, 16))
        return tuple(dict.fromkeys(base + start for start in starts if start))
    return ()
