"""Hypotheses of framing: what a known picture may have become before it is the picture at hand.

It was cut, cut to fit a place, mirrored and cut, turned and trimmed, or something lies on it. Both
sides of matching know them, so that a hypothesis is a number: what makes the codes, and what says
which one a match is of.
"""

import math
from collections.abc import Callable
from functools import cache, partial
from itertools import product
from typing import Final, NamedTuple, TypeAlias

from hashmatch.model.orientation import Orientation
from hashmatch.model.region import TURNS

CROPS: Final = "crops"
"""Parts with the same share of both axes: every 1 % above 90 %, every 2 % down to 70 %; anywhere,
in steps of 1 %, below 80 % of 2 %."""
SIDES: Final = "sides"
"""Parts cut on one axis alone: every 1 % above 80 %, every 2 % down to 60 %; anywhere, in steps of
1 %."""
COVERS: Final = "covers"
"""Parts cut on one axis alone, about its middle or at one end, as what is cut to fit a place on a
page; and the middle of both axes."""
CUT_AT_TOP: Final = "cut at the top"
"""Parts that were cut to fit a place on a page and lack up to 40 % at the top of it, where the page
ends; in steps of 4 %, half of the known picture or more."""
CUT_AT_FOOT: Final = "cut at the foot"
"""Likewise, at the foot."""
CUT_AT_LEFT: Final = "cut at the left"
"""Likewise, at the left."""
CUT_AT_RIGHT: Final = "cut at the right"
"""Likewise, at the right."""
MIRRORED_CROPS: Final = "mirrored crops"
"""Likewise down to 80 %, of a picture that was mirrored."""
MIRRORED_SIDES: Final = "mirrored sides"
"""Likewise, in steps of 2 % below 90 %."""
TURNED: Final = "turned"
"""Turned by whole degrees, up to 20: trimmed to the largest rectangle or to one of the same shape,
or not trimmed, with something beside its sides."""
BOXES: Final = "boxes"
"""Something lies on a rectangle of the picture, or on a strip across it."""
SLIGHT_CUTS: Final = "slight cuts"
"""A few parts of most of the picture: 98 % of both axes, 95 % in nine places, and cut by 5, 10, 15
or 20 % on one axis, at either end or at both. Beside regions, not among the framings."""
SLIGHT_TURNS: Final = "slight turns"
"""Turned by 1, 3 or 5° and trimmed to the largest rectangle: likewise."""
AREAS: Final = "areas"
"""Something of one brightness lies on the picture, whatever its shape."""
AREAS_TRIED: Final = 6
"""Levels of brightness that are tried, the most common first."""


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


class Mirrored(NamedTuple):
    """The part of a known picture, left and right exchanged, that the picture at hand shows.

    Attributes:
        framing: the part that it would show if it were mirrored once more.
    """

    framing: Framing

    def __str__(self) -> str:
        return f"mirrored, {self.framing}"


class Turned(NamedTuple):
    """A known picture was turned, and trimmed to a rectangle.

    Attributes:
        degrees: to the right; below 0 to the left.
        keeps_shape: whether it was trimmed to the proportions of the known picture; else to the
            largest rectangle.
    """

    degrees: float
    keeps_shape: bool

    def __str__(self) -> str:
        side = "right" if self.degrees > 0 else "left"
        kept = "to its own proportions" if self.keeps_shape else "to the largest rectangle"
        return f"turned by {abs(self.degrees):g}° to the {side} and trimmed {kept}"


class TurnedWhole(NamedTuple):
    """A known picture was turned, and the picture at hand has all of it, with something around it.

    Attributes:
        degrees: to the right; below 0 to the left.
    """

    degrees: float

    def __str__(self) -> str:
        side = "right" if self.degrees > 0 else "left"
        return f"turned by {abs(self.degrees):g}° to the {side}, with its corners"


class Covered(NamedTuple):
    """Something lies on a known picture.

    Attributes:
        rows: that it covers, from the top.
        columns: that it covers, from the left.
    """

    rows: Span
    columns: Span

    def __str__(self) -> str:
        return f"rows {self.rows}, columns {self.columns} covered"


class Area(NamedTuple):
    """Something of one brightness lies on a known picture.

    Attributes:
        number: of the brightness, from 0, the most common first.
        encloses: whether what it encloses lies on the picture too.
    """

    number: int
    encloses: bool

    def __str__(self) -> str:
        more = ", with what they enclose" if self.encloses else ""
        return f"areas of one brightness on it (no. {self.number + 1}){more}"


Hypothesis: TypeAlias = Framing | Mirrored | Turned | TurnedWhole | Covered | Area

_WHOLE: Final = Span(0.0, 1.0)
_MOST_DEGREES: Final = 20
_FINE: Final = 20
"""Where no more hundredths are missing, parts are looked for more finely: PDQ reads waves as short
as an eighth of an axis, of which 2 % are a sixth."""
_CUT_STEP: Final = 4
_MOST_CUT: Final = 40
_LEAST_SHOWN: Final = 0.5
_BOX_SIDES: Final = (0.2, 0.3, 0.42, 0.58)
_BOXES: Final = (
    *product(_BOX_SIDES, _BOX_SIDES),
    *((0.15, 0.4), (0.4, 0.15), (0.15, 0.8), (0.25, 0.8), (0.15, 1.0), (0.25, 1.0)),
)
"""Heights and widths, as shares of the picture."""


def hypotheses() -> dict[str, int]:
    """How many hypotheses each plan has, the turns of regions among them."""
    return {TURNS: len(Orientation), **{name: len(plan(name)) for name in _PLANS}}


@cache
def plan(name: str) -> tuple[Hypothesis, ...]:
    """The hypotheses of a plan, in their order.

    Raises:
        KeyError: there is no such plan.
    """
    return _PLANS[name]()


def _crops(most: int = 30) -> tuple[Framing, ...]:
    """Parts that lack at most so many hundredths of both axes."""
    found = []
    for missing in (*range(1, 10), *range(10, most + 1, 2)):
        step = 1 if missing <= _FINE else 2
        spans = [Span(at / 100, 1 - missing / 100) for at in range(0, missing + 1, step)]
        found += [Framing(rows, columns) for rows in spans for columns in spans]
    return tuple(found)


def _sides(step: int = 1) -> tuple[Framing, ...]:
    """Parts of one axis, so many hundredths apart, those that lack less than a tenth by one."""
    found = []
    for missing in (*range(1, 10), *range(10, _FINE, step), *range(_FINE, 41, 2)):
        places = range(0, missing + 1, step if missing >= 10 else 1)  # noqa: PLR2004 (a tenth)
        found += _one_axis([Span(at / 100, 1 - missing / 100) for at in places])
    return tuple(found)


def _covers() -> tuple[Framing, ...]:
    spans = []
    for missing in range(2, 46, 2):
        middle = missing // 2
        places = (middle - 1, middle - 0.5, middle, middle + 0.5, middle + 1)
        spans += [Span(at / 100, 1 - missing / 100) for at in places]
    for missing in (*range(2, 12, 2), *range(12, 49, 4)):
        spans += [Span(at / 100, 1 - missing / 100) for at in (0, missing)]
    middles = [Span((1 - size) / 2, size) for size in (0.97, 0.94, 0.9, 0.85, 0.8)]
    return (*_one_axis(list(dict.fromkeys(spans))), *(Framing(each, each) for each in middles))


def _cut_at(axis: int, *, at_end: bool) -> tuple[Framing, ...]:
    """What is cut to fit a place, about the middle of either axis, and then at one end of one."""
    found = []
    for missing in range(_CUT_STEP, _MOST_CUT + 1, _CUT_STEP):
        left = 1 - missing / 100
        for other in range(_CUT_STEP, 100, _CUT_STEP):
            size = 1 - other / 100
            if left * size < _LEAST_SHOWN:
                break
            start, lost = (1 - size) / 2, 0 if at_end else missing / 100
            fitted = (Span(lost, left), Span(start, size))
            again = (Span(start + lost * size, left * size), _WHOLE)
            found += [Framing(*spans[:: 1 if axis == 0 else -1]) for spans in (fitted, again)]
    return tuple(found)


def _mirrored_crops() -> tuple[Mirrored, ...]:
    return tuple(map(Mirrored, _crops(most=_FINE)))


def _mirrored_sides() -> tuple[Mirrored, ...]:
    return tuple(map(Mirrored, _sides(step=2)))


def turned() -> tuple[Turned | TurnedWhole, ...]:
    """The hypotheses of `TURNED`."""
    angles = [sign * angle for angle in range(1, _MOST_DEGREES + 1) for sign in (1, -1)]
    trimmed = [Turned(angle, kept) for kept in (False, True) for angle in angles]
    return (*trimmed, *map(TurnedWhole, angles))


def _slight_cuts() -> tuple[Framing, ...]:
    places = (0.0, 0.5, 1.0)
    middle = Span(0.01, 0.98)
    most = [Span(0.05 * at, 0.95) for at in places]
    one_axis = [
        Framing(*each)
        for missing in (0.05, 0.1, 0.15, 0.2)
        for span in (Span(missing * at, 1 - missing) for at in places)
        for each in ((span, _WHOLE), (_WHOLE, span))
    ]
    both = [Framing(rows, columns) for rows in most for columns in most]
    return (Framing(middle, middle), *both, *one_axis)


def slightly_turned() -> tuple[Turned, ...]:
    """The hypotheses of `SLIGHT_TURNS`."""
    return tuple(Turned(sign * angle, keeps_shape=False) for angle in (1, 3, 5) for sign in (1, -1))


def _boxes() -> tuple[Covered, ...]:
    return tuple(
        Covered(Span(top, tall), Span(left, wide))
        for tall, wide in _BOXES
        for top in _steps(tall)
        for left in _steps(wide)
    )


def _areas() -> tuple[Area, ...]:
    return tuple(Area(number, kept) for number in range(AREAS_TRIED) for kept in (False, True))


def _steps(size: float) -> list[float]:
    """Where a box may begin on an axis, as shares of it: a third of its size apart."""
    count = math.ceil(3 * (1 - size) / size - 1e-9)
    return [(1 - size) * at / count for at in range(count + 1)] if count else [0.0]


def _one_axis(spans: list[Span]) -> list[Framing]:
    return [
        *(Framing(span, _WHOLE) for span in spans),
        *(Framing(_WHOLE, span) for span in spans),
    ]


OF_WHOLE: Final = (
    CROPS,
    SIDES,
    BOXES,
    TURNED,
    MIRRORED_CROPS,
    MIRRORED_SIDES,
)
"""Plans of the tier `framing` that are tried of the whole picture, but for `AREAS`."""
AT_EDGES: Final = (CUT_AT_TOP, CUT_AT_FOOT, CUT_AT_LEFT, CUT_AT_RIGHT)
"""Plans of the tier `framing` that are tried of parts that reach to this edge of a page."""
SLIGHT: Final = (SLIGHT_CUTS, SLIGHT_TURNS)
"""Plans of the tier `regions` that are tried of the whole picture."""

_PLANS: Final[dict[str, Callable[[], tuple[Hypothesis, ...]]]] = {
    CROPS: _crops,
    SIDES: _sides,
    COVERS: _covers,
    CUT_AT_TOP: partial(_cut_at, 0, at_end=False),
    CUT_AT_FOOT: partial(_cut_at, 0, at_end=True),
    CUT_AT_LEFT: partial(_cut_at, 1, at_end=False),
    CUT_AT_RIGHT: partial(_cut_at, 1, at_end=True),
    MIRRORED_CROPS: _mirrored_crops,
    MIRRORED_SIDES: _mirrored_sides,
    TURNED: turned,
    BOXES: _boxes,
    AREAS: _areas,
    SLIGHT_CUTS: _slight_cuts,
    SLIGHT_TURNS: slightly_turned,
}
