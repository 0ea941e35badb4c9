"""Places in many bytes at which a picture may begin: an expression alone searches 4 MB a second."""

import re
from collections.abc import Iterator
from typing import Final

from hashmatch.decoding.formats import INSIDE
from hashmatch.kinds.pairs import pairs_of, places

_PICTURE: Final = re.compile(
    # A JPEG goes on with one of these segments.
    rb"(?P<jpeg>\xff\xd8\xff[\xc0-\xc4\xdb\xdd\xe0-\xef\xfe])|" + INSIDE,
    re.DOTALL,
)
_BEGIN: Final = (b"\xff\xd8", b"\x89P", b"GI", b"RI", b"BM", b"II", b"MM", b"8B")
_LATER: Final = {b"ft": 4, b"\x0cj": 3, b"\x0cJ": 3}
"""Two bytes of each picture, and how many come before them: any that begins does so with these."""
_PAIRS: Final = pairs_of(*_BEGIN, *_LATER)
_MOST_BEFORE: Final = max(_LATER.values())
_FIRST: Final = 1 << 14
_PIECE: Final = 1 << 22
"""Bytes that are searched at first, and at most, before what was found is given."""


def picture_starts(data: bytes, place: int = 0) -> Iterator["re.Match[bytes]"]:
    """What looks like the begin of a picture, in order; none overlaps another.

    Args:
        data: that is searched.
        place: from which on.
    """
    piece, behind = _FIRST, place
    while place < len(data):
        end = min(place + piece, len(data))
        # The pair of a picture that begins before the end may lie behind it.
        shown = data[place : end + _MOST_BEFORE + 2]
        starts = set[int]()
        for each in places(shown, _PAIRS, min(len(shown), end - place + _MOST_BEFORE)).tolist():
            at = place + each - _LATER.get(shown[each : each + 2], 0)
            if place <= at < end:
                starts.add(at)
        for at in sorted(starts):
            if at >= behind and (found := _PICTURE.match(data, at)):
                yield found
                behind = found.end()
        place, piece = end, min(2 * piece, _PIECE)
