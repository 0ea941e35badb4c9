"""Thumbnail caches of Windows: `thumbcache_*.db` and `iconcache_*.db` of Vista to 11."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Final

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.streams import window
from hashmatch.sources.inside.view import View

_MAGIC: Final = b"CMMM"
_VISTA: Final = 20
_SEVEN: Final = 21
_EIGHT: Final = 30
_HEADER: Final = 24
_LONGEST: Final = 1 << 12
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class _Layout:
    """The places of facts in an entry.

    Attributes:
        name: place of the length of the identifier; lengths of padding and data follow.
        size: of the entry's header, in bytes.
    """

    name: int
    size: int


_LAYOUTS: Final = {_VISTA: _Layout(24, 56), _SEVEN: _Layout(16, 48)}
_LATER: Final = _Layout(16, 56)
"""The layout since Windows 8: width and height lie behind the lengths."""


class Thumbcache:
    """Gives the thumbnails with their identifiers, also those behind damaged entries."""

    kinds: tuple[str, ...] = ("thumbnail cache (thumbcache)",)
    modules: tuple[str, ...] = ("encodings.utf_16_le",)
    extra = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The thumbnails; entries without one are left out."""
        del passwords
        view = View(file)
        layout = _LAYOUTS.get(view.number(4, 4), _LATER)
        place, number, damaged = _next(view, _HEADER, budget), 0, 0
        while place < view.size:
            budget.check()
            size = view.number(place + 4, 4)
            lengths = [view.number(place + layout.name + 4 * each, 4) for each in range(3)]
            start = place + layout.size + lengths[0] + lengths[1]
            is_whole = size >= layout.size + sum(lengths) and place + size <= view.size
            damaged += not is_whole
            if lengths[2] and start < view.size and lengths[2] < view.size:
                length = min(lengths[2], view.size - start)
                budget.member()
                text = view.at(place + layout.size, min(lengths[0], _LONGEST))
                name = text.decode("utf-16-le", "replace").rstrip("\0")
                opened = partial(window, file, start, length)
                yield Inner(Member("thumbcache", number, name), length, open=opened)
                number += 1
            place = _next(view, place + (size if is_whole else len(_MAGIC)), budget)
        if damaged:
            yield Unreadable(Reason.DAMAGED, f"{damaged} damaged entries of a thumbnail cache")


def _next(view: View, place: int, budget: Budget) -> int:
    """The start of the next entry; the end of the file where there is none."""
    while piece := view.at(place, _PIECE):
        budget.check()
        found = piece.find(_MAGIC)
        if found >= 0:
            return place + found
        if len(piece) < len(_MAGIC):
            break
        place += len(piece) - len(_MAGIC) + 1
    return view.size
