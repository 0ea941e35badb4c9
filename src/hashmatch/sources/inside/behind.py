"""A container behind the end of a picture or film, as programs append one to hide it."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from hashmatch.kinds import appended, pictures
from hashmatch.kinds.videos import sniff_video
from hashmatch.model import Unreadable
from hashmatch.model.locator import Range
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.signatures import SIGNATURES
from hashmatch.sources.inside.streams import window
from hashmatch.sources.inside.view import View

_HEAD: Final = 1 << 16
_FIRST: Final = 16
"""Bytes that are of the picture itself for sure."""


class Behind:
    """Gives all that follows the first container behind a picture or film, with that container."""

    kinds: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    extra = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The range from the beginning of the container to the end of the file."""
        del passwords
        size = file.seek(0, 2)
        place = container_behind(file, budget.check)
        if place is not None:
            budget.member()
            step = Range(place, size - place)
            yield Inner(step, step.length, open=lambda: window(file, place, size - place))


def container_behind(
    file: BinaryIO, check: Callable[[], object] = lambda: None, head: bytes = b""
) -> int | None:
    """The start of the first container behind the picture or film that a file is.

    A picture whose end cannot be told is searched whole, a film is not.

    Args:
        file: opened for reading and seekable; left at any place.
        check: called now and then; raises where it takes too long.
        head: its first bytes, 64 KiB of them or all, where they are known.

    Returns:
        None where there is none, or the file is neither picture nor film.

    Raises:
        OSError: it cannot be read.
    """
    view = View(file)
    end = _end(view, head or view.at(0, _HEAD), check)
    return None if end is None else appended.first(file, end, check)


def _end(view: View, head: bytes, check: Callable[[], object]) -> int | None:
    is_picture = pictures.sniff(head, view.size) is not None
    if not is_picture and sniff_video(head) is None:
        return None
    for signature, before, extent in SIGNATURES:
        if head.startswith(signature, before):
            length = extent(view, 0, check)
            return length if length > 0 else _FIRST if is_picture and not length else None
    return _FIRST if is_picture else None
