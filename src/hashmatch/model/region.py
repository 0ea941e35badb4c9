"""Parts of a picture that may be known pictures, and how hard they are looked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from hashmatch.errors import Choice, UnknownNameError, there_is
from hashmatch.model.patch import places_in
from hashmatch.model.plain import PlainValue, by_fields

Outline: TypeAlias = tuple[tuple[float, float], ...]
"""Four corners, each with its column and row in pixels of the picture as shown: of the part as it
lies there, clockwise from its top left."""

CODE: Final = 32
"""Bytes of one PDQ hash."""

MOST_CODES: Final = 1_000_000
"""The most codes of all regions of one file, its pages included: all parts and patches of 500 pages
full of pictures."""
MOST_FRAMED: Final = 500_000
"""The most of them that are of framings: those of eight such pages."""


class Tier(Choice):
    """How hard known pictures are looked for in a picture; each tier costs more than the last."""

    WHOLE = "whole"
    """The whole picture, in all its turns."""
    REGIONS = "regions"
    """Parts of it: what borders, captions, screenshots, collages and frames are put around."""
    FRAMING = "framing"
    """What the known picture would be if the picture, or a part of it, were cut from it."""
    PATCHES = "patches"
    """Patches of known pictures, turned, scaled and shifted as one: of lists that have them."""


ORDER: Final = (Tier.WHOLE, Tier.REGIONS, Tier.FRAMING, Tier.PATCHES)
"""The tiers in the order in which they are tried."""


EFFORTS: Final = {
    "quick": (Tier.WHOLE,),
    "normal": (Tier.WHOLE, Tier.REGIONS),
    "thorough": ORDER,
}
"""What people call the tiers up to each."""


def tiers_of(given: Iterable[Tier | str]) -> tuple[Tier, ...]:
    """Tiers in their order, each once; the whole picture is always among them.

    Raises:
        TypeError: one text instead of several.
        ValueError: there is no such tier.
    """
    if isinstance(given, str):
        msg = f"tiers are several, as ('whole', 'regions'), not {given!r}"
        raise TypeError(msg)
    named = {Tier(each) for each in given}
    return tuple(each for each in ORDER if each in named or each is Tier.WHOLE)


def tiers_named(names: Iterable[str]) -> tuple[Tier, ...]:
    """Tiers by their names, as users give them.

    Raises:
        UnknownNameError: there is no such tier; the message names those there are.
    """
    given = [each.strip() for each in names]
    for name in given:
        if name not in {each.value for each in ORDER}:
            msg = f"no tier is called {name!r}"
            raise UnknownNameError(there_is(msg, [each.value for each in ORDER]))
    return tiers_of(given)


@dataclass(frozen=True, slots=True, repr=False)
class Region(PlainValue):
    """A part of a picture with its codes, one for each hypothesis of what a known picture is.

    Of patches it is the whole picture, with one code for each patch.

    Attributes:
        tier: that it is of.
        outline: where it lies.
        quality: of the part, 0–100.
        plan: which hypotheses: `turns` are the eight of `Orientation`, `patches` and
            `mirrored-patches` are patches; all others are those of `hashmatch.model.framing`.
        codes: one after the other, 32 bytes each, in the order of the plan.
        frame: number of the page in the file, from 0.
        places: where patches lie, one after the other, as `hashmatch.model.patch` packs them;
            empty for all others.
    """

    tier: Tier
    outline: Outline
    quality: int
    plan: str
    codes: bytes
    frame: int = 0
    places: bytes = b""

    @property
    def count(self) -> int:
        """How many codes it has."""
        return len(self.codes) // CODE

    def to_dict(self) -> dict[str, Any]:
        """Its fields as a dictionary that JSON can hold, each code as hexadecimal digits."""
        starts = range(0, len(self.codes), CODE)
        codes = [self.codes[at : at + CODE].hex() for at in starts]
        return by_fields(self, codes=codes, places=[list(each) for each in places_in(self.places)])


TURNS: Final = "turns"
