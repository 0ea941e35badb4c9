"""Handling marks: how far something may be passed on, by FIRST's TLP 2.0 or in own words."""

from collections.abc import Iterable
from typing import Final

TLP: Final = ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR")
"""The marks of the Traffic Light Protocol 2.0 (https://www.first.org/tlp/), the strictest first."""

RED: Final = TLP[0]
LONGEST: Final = 200
"""Characters of a mark: it stands on every page."""

_EARLIER: Final = {"TLP:WHITE": "TLP:CLEAR"}
"""What version 1 called it."""


def mark_of(words: str) -> str:
    """A mark in the form in which it is kept.

    >>> mark_of(" tlp: amber+strict"), mark_of("Only for  K 12")
    ('TLP:AMBER+STRICT', 'Only for K 12')

    Raises:
        ValueError: it is empty, too long, or begins as a mark of TLP and is none.
    """
    mark = " ".join(words.split())
    if not mark or len(mark) > LONGEST:
        msg = f"a handling mark has 1 to {LONGEST} characters"
        raise ValueError(msg)
    if not mark.isprintable():
        msg = "a handling mark holds printable characters alone"
        raise ValueError(msg)
    label = mark.upper().replace(" ", "")
    if label.partition(":")[0].partition("-")[0] != "TLP":
        return mark
    label = _EARLIER.get(label, label)
    if label not in TLP:
        msg = f"{mark[:60]!r} is no mark of TLP 2.0: {', '.join(TLP)}"
        raise ValueError(msg)
    return label


def strictest(marks: Iterable[str]) -> tuple[str, ...]:
    """The strictest mark of TLP, and behind it all words that are of no order.

    >>> strictest(["TLP:GREEN", "court file", "TLP:RED", "", "court file"])
    ('TLP:RED', 'court file')
    """
    found = set(filter(None, marks))
    of_tlp = [mark for mark in TLP if mark in found][:1]
    return (*of_tlp, *sorted(found.difference(TLP)))


def in_words(marks: Iterable[str]) -> str:
    """Marks beside each other, as they are printed."""
    return "; ".join(marks)
