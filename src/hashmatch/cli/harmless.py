"""How many entries of a list count as harmless, in words: matches with them are not reportable."""

import shlex
from typing import TYPE_CHECKING

from hashmatch.reports.text import known_good_entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from hashmatch.index.reading import KnownList

_UNDO = ("hashmatch", "lists", "policy", "--notable")


def known_good_notes(lists: "Iterable[KnownList]", index: "Path | None" = None) -> "Iterator[str]":
    """A line about every list of which some entry counts as harmless.

    Args:
        lists: those that are matched.
        index: where they lie; None for lists from a file.
    """
    for known in lists:
        if not (count := known.known_good_entries):
            continue
        words = known_good_entries(count, len(known))
        where = (
            f"to undo: {shlex.join([*_UNDO, known.name, '--index', str(index)])}"
            if index is not None
            else f"to undo: import it into an index, and there {shlex.join([*_UNDO, known.name])}"
        )
        yield (
            f"list {known.name}: {words}. Files with the bytes of these raise no match, and "
            f"similarities of such files are suppressed; {where}"
        )
