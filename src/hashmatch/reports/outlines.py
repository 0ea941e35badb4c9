"""Where in a picture the part lies that matched: an outline, never what it shows."""

import math
from typing import Final

from hashmatch.markup import Markup, tag
from hashmatch.model.region import Outline

_LONGER: Final = 96
"""Units of the longer side of the drawing."""

_MARGIN: Final = 2
_MOST: Final = 1e7
"""Pixels beyond which a corner is none that a picture has."""


def outline_of(outline: Outline, width: int, height: int) -> Markup | str:
    """A picture as an empty frame, with the part in it; empty where there is nothing to draw.

    Args:
        outline: of the part, in pixels of the picture as shown.
        width: of the picture as shown.
        height: of it.
    """
    corners = [place for corner in outline for place in corner]
    sound = all(math.isfinite(place) and abs(place) < _MOST for place in corners)
    if not corners or not sound or min(width, height) < 1:
        return ""
    scale = _LONGER / max(width, height)
    wide, tall = max(width * scale, 1), max(height * scale, 1)
    points = " ".join(
        f"{_MARGIN + column * scale:.1f},{_MARGIN + row * scale:.1f}" for column, row in outline
    )
    title = "Where the part lies in the picture"
    return tag(
        "svg",
        tag("title", title),
        tag(
            "rect",
            class_="whole",
            x=str(_MARGIN),
            y=str(_MARGIN),
            width=f"{wide:.1f}",
            height=f"{tall:.1f}",
        ),
        tag("polygon", class_="part", points=points),
        class_="outline",
        role="img",
        aria_label=title,
        # An upright picture is as narrow as it is in a square of the page's.
        viewBox=f"0 0 {_LONGER + 2 * _MARGIN} {tall + 2 * _MARGIN:.1f}",
    )
