"""A sign for each case: a colour and a shape, so that neither is needed to tell two apart."""

from collections.abc import Iterable
from typing import Final

from hashmatch.markup import Markup, joined, tag

_COUNT: Final = 8
_SIDE: Final = 12
_POLYGONS: Final = (
    "-4.4,-4.4 4.4,-4.4 4.4,4.4 -4.4,4.4",
    "0,-5.6 5.4,4.2 -5.4,4.2",
    "0,-6 6,0 0,6 -6,0",
    "0,5.6 5.4,-4.2 -5.4,-4.2",
    "-2,-5.5 2,-5.5 2,-2 5.5,-2 5.5,2 2,2 2,5.5 -2,5.5 -2,2 -5.5,2 -5.5,-2 -2,-2",
    "0,-6.2 1.6,-2 6,-2 2.5,0.8 3.8,5.2 0,2.6 -3.8,5.2 -2.5,0.8 -6,-2 -1.6,-2",
    "-2.8,-5 2.8,-5 5.6,0 2.8,5 -2.8,5 -5.6,0",
)
"""Shapes around the origin; the first one of all is a circle."""


class Signs:
    """The signs of cases, in the order in which they first appear."""

    def __init__(self, cases: Iterable[str]) -> None:
        """Give each case its sign; 64 are different, and names stand beside them."""
        self._numbers = {case: at for at, case in enumerate(dict.fromkeys(cases))}

    def __len__(self) -> int:
        return len(self._numbers)

    def colour(self, case: str) -> str:
        """The class of its colour."""
        number = self._numbers[case]
        return f"k{(number + number // _COUNT) % _COUNT}"

    def mark(self, case: str, x: str, y: int, *title: Markup) -> Markup:
        """The sign at a place in a drawing."""
        shape = f"#sign{self._numbers[case] % _COUNT}"
        return tag("use", *title, href=shape, class_=self.colour(case), x=x, y=y)

    def alone(self, case: str) -> Markup:
        """The sign in a line of text."""
        half = _SIDE // 2
        return tag(
            "svg", self.mark(case, f"{half}", half), class_="sign", width=_SIDE, height=_SIDE
        )

    def shapes(self) -> Markup:
        """What the signs are drawn from; once on a page."""
        circle = tag("circle", id="sign0", r="5")
        others = (
            tag("polygon", id=f"sign{at}", points=points) for at, points in enumerate(_POLYGONS, 1)
        )
        return tag("svg", tag("defs", circle, *others), class_="shapes", width=0, height=0)


def sign_of_interval() -> Markup:
    """How an interval is drawn, in a line of text."""
    bar = tag("rect", class_="bar k0", x=0, y=3, width=26, height=7)
    return joined(tag("svg", bar, class_="sign", width=26, height=_SIDE))
