"""How sure a share is that was counted."""

import math
from typing import Final

_TWO_SIDED_95: Final = 1.959963984540054


def wilson(found: int, of: int) -> tuple[float, float]:
    """The interval that holds a share with 95 %, by Wilson (1927), without continuity correction.

    Args:
        found: how many were found.
        of: how many there were; of none, the share is anything.

    Returns:
        Its lower and upper end, 0–1.
    """
    if not of:
        return 0.0, 1.0
    share, square = found / of, _TWO_SIDED_95**2
    middle = share + square / (2 * of)
    half = _TWO_SIDED_95 * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    below = 1 + square / of
    low, high = (middle - half) / below, (middle + half) / below
    return (0.0 if not found else low, 1.0 if found == of else high)
