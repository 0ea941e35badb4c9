"""Which parts of a list are written into one, once there are too many of them."""

from collections.abc import Sequence
from typing import Final

from hashmatch.index.drafting import Draft, merged
from hashmatch.index.reading import LiveSegment
from hashmatch.model.layout import Layout

MOST_PARTS: Final = 8
"""Parts of a list; each is searched by itself."""

_GROWTH: Final = 2
"""How many times as large as all newer parts a part is at most, to be merged with them."""


def first_small(parts: Sequence[LiveSegment]) -> int:
    """The first of the newest parts that are small beside those after them, or mostly taken back.

    Two at least. An entry is written anew only when its part grows by half at least, so that
    updates of a large list cost what they hold, and not what the list holds.

    Args:
        parts: of a list, oldest first; two at least.
    """
    first = len(parts) - 2
    newer = len(parts[-1]) + len(parts[-2])
    while first > 0:
        older = parts[first - 1]
        if len(older) > _GROWTH * newer and 2 * len(older) >= len(older.segment.table):
            break
        first -= 1
        newer += len(older)
    return first


def joined(parts: Sequence[LiveSegment], layout: Layout | None) -> Draft:
    """One segment of the entries that stand in these parts.

    Raises:
        DamagedIndexError: a part is damaged.
    """
    for each in parts:
        each.segment.prove()  # damage must not be written anew, with right checksums
    return merged([(each.segment, each.withdrawn) for each in parts], layout=layout)
