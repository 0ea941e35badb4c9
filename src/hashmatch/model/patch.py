"""Patches: small turned squares of a picture, each with a code, and where in it they lie.

A known picture that a laboratory holds is listed with the codes of its patches; a picture at hand
that shows a part of it, turned, cut or among others, has patches with near codes in like places.
"""

import struct
from typing import Final, NamedTuple

ALGORITHM: Final = "patch-256"
"""What the codes of patches are called: they are compared with each other, and with no hash of a
whole picture."""

PLACE: Final = 12
"""Bytes of one place."""

_CODE: Final = 32
MOST: Final = 400
"""The most patches of one page of a picture at hand."""

MOST_KNOWN: Final = 48
"""The most patches of a known picture."""

VOTE: Final = 76
"""Bits in which the codes of two patches may differ to be a vote for a known picture."""

PLAIN: Final = "patches"
"""Patches as the picture shows them."""
MIRRORED: Final = "mirrored-patches"
"""The same patches in the mirror."""

STEPS: Final = 0xFFFF
"""Steps in which places and sizes are told."""
TURN: Final = STEPS + 1
"""Steps of a full turn."""

_NUMBERS: Final = struct.Struct(">6H")


class PatchPlace(NamedTuple):
    """Where in a picture a patch lies; each number is from 0 to 65,535.

    Attributes:
        column: of its middle, in 65,535ths of the width of the picture as shown.
        row: of its middle, in 65,535ths of the height.
        size: of the keypoint that it lies around, in 65,535ths of the longer side.
        turn: of the keypoint, in 65,536ths of a full turn, from the right downwards.
        width: of the picture as shown, in pixels; at least 1.
        height: of the picture as shown, in pixels; at least 1.
    """

    column: int
    row: int
    size: int
    turn: int
    width: int
    height: int

    @property
    def is_possible(self) -> bool:
        """Whether a patch can lie there."""
        return min(self) >= 0 and max(self) <= STEPS and min(self.size, *self[4:]) > 0


def packed(place: PatchPlace) -> bytes:
    """The place in 12 bytes: its six numbers, each in two bytes, the higher first."""
    return _NUMBERS.pack(*place)


def places_in(data: bytes) -> list[PatchPlace]:
    """The places in bytes that hold one after the other.

    Raises:
        ValueError: the bytes hold no whole number of them.
    """
    try:
        return [PatchPlace(*each) for each in _NUMBERS.iter_unpack(data)]
    except struct.error:
        msg = f"places are {PLACE} bytes each"
        raise ValueError(msg) from None


def are_patches(plan: object, codes: bytes, places: bytes) -> bool:
    """Whether these can be patches of a page: a code and a place each, and not too many."""
    count = len(places) // PLACE
    return (
        plan in (PLAIN, MIRRORED)
        and 0 < count <= MOST
        and (len(codes), len(places)) == (count * _CODE, count * PLACE)
        and all(each.is_possible for each in places_in(places))
    )
