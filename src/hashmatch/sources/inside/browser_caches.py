"""Entries of browsers' caches: one file each, in which facts lie behind or around the content.

Blocks in which Chromium keeps many small entries (`data_1` to `data_3`) hold them as they are: they
are searched as other files are.
"""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, Final

from hashmatch.errors import Reason
from hashmatch.kinds.firefox import firefox_entry
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.carving import Carving
from hashmatch.sources.inside.streams import window
from hashmatch.sources.inside.view import View

SIMPLE: Final = bytes.fromhex("305c72a71b6dfbfc")
"""What an entry of Chromium's simple cache begins with."""
_END: Final = bytes.fromhex("d8410d97456ffaf4")
_HEADER: Final = 24
_HAS_DIGEST: Final = 2
_DIGEST: Final = 32
_LONGEST: Final = 1 << 14


class ChromiumCache:
    """Gives the content of an entry of the simple cache by its address; searches other files."""

    kinds: tuple[str, ...] = ("Chromium cache",)
    modules: tuple[str, ...] = ("numpy", "numpy.ma")
    extra = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The content, and the answer's headers are left out."""
        del passwords
        view = View(file)
        if view.at(0, 8) != SIMPLE:
            yield from Carving()(file, budget)
            return
        length = min(view.number(12, 4), view.size)
        start = _HEADER + length
        name = view.at(_HEADER, min(length, _LONGEST)).decode("utf-8", "replace")
        end = _content_end(view)
        budget.member()
        if not start <= end:
            yield Unreadable(Reason.TRUNCATED, "an entry of a Chromium cache that is cut")
            end = view.size
        if start < end:
            opened = partial(window, file, start, end - start)
            yield Inner(Member("chromium-cache", 0, name), end - start, open=opened)


def _content_end(view: View) -> int:
    """The end of the content: before its mark, the answer's headers and their mark; or -1."""
    last = view.size - _HEADER
    if view.at(last, 8) != _END:
        return -1
    digest = _DIGEST if view.number(last + 8, 4) & _HAS_DIGEST else 0
    first = last - digest - view.number(last + 16, 4) - _HEADER
    return first if view.at(first, 8) == _END else -1


class FirefoxCache:
    """Gives the content of an entry by its address."""

    kinds: tuple[str, ...] = ("Firefox cache",)
    modules: tuple[str, ...] = ()
    extra = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The content."""
        del passwords
        entry = firefox_entry(file)
        if entry is None:
            return
        size, key = entry
        budget.member()
        name = key.decode("utf-8", "replace")
        opened = partial(window, file, 0, size)
        yield Inner(Member("firefox-cache", 0, name), size, open=opened)
