"""Hypotheses of framing: which part of a known picture a picture at hand may show.

Both sides of matching know them, so that a hypothesis is a number: what makes the codes, and what
says of a match which part it was.
"""

from functools import cache
from typing import Final, NamedTuple

from hashmatch.model.orientation import Orientation
from hashmatch.model.region import TURNS

CROPS: Final = "crops"
"""Parts with the same share of both axes, of at least 70 %, every 2 %."""
SIDES: Final = "sides"
"""Parts cut on one axis alone, anywhere, of at least 60 %, every 2.5 %."""
COVERS: Final = "covers"
"""Parts cut on one axis alone, in its middle or at one end: what was cut to fit a place on a page;
and the middle of both axes."""


class Span(NamedTuple):
    """The part of an axis of the known picture that the picture at hand shows.

    Attributes:
        start: where it begins, as a share of the axis, 0–1.
        size: how long it is, likewise; above 0.
    """

    start: float
    size: float

    def __str__(self) -> str:
        return f"{100 * self.start:.0f}–{100 * (self.start + self.size):.0f} %"


class Framing(NamedTuple):
    """The part of a known picture that the picture at hand shows.

    Attributes:
        rows: of it, from its top.
        columns: of it, from its left.
    """

    rows: Span
    columns: Span

    def __str__(self) -> str:
        return f"rows {self.rows}, columns {self.columns} of the known picture"


_WHOLE: Final = Span(0.0, 1.0)


def hypotheses() -> dict[str, int]:
    """How many hypotheses each plan has, the turns of regions among them."""
    return {TURNS: len(Orientation), **{name: len(plan(name)) for name in (CROPS, SIDES, COVERS)}}


@cache
def plan(name: str) -> tuple[Framing, ...]:
    """The hypotheses of a plan, in their order.

    Raises:
        KeyError: there is no such plan.
    """
    return {CROPS: _crops, SIDES: _sides, COVERS: _covers}[name]()


def _crops() -> tuple[Framing, ...]:
    found = []
    for missing in range(1, 16):
        size = 1 - missing / 50
        spans = [Span(at / 50, size) for at in range(missing + 1)]
        found += [Framing(rows, columns) for rows in spans for columns in spans]
    return tuple(found)


def _sides() -> tuple[Framing, ...]:
    found = []
    for missing in range(1, 17):
        size = 1 - missing / 40
        found += _one_axis([Span(at / 40, size) for at in range(missing + 1)])
    return tuple(found)


def _covers() -> tuple[Framing, ...]:
    found = []
    for missing in range(1, 13):
        size = 1 - missing / 24
        found += _one_axis([Span((1 - size) * at, size) for at in (0.0, 0.5, 1.0)])
    for size in (0.97, 0.94, 0.9, 0.85, 0.8):
        middle = Span((1 - size) / 2, size)
        found.append(Framing(middle, middle))
    return tuple(found)


def _one_axis(spans: list[Span]) -> list[Framing]:
    return [
        *(Framing(span, _WHOLE) for span in spans),
        *(Framing(_WHOLE, span) for span in spans),
    ]
