"""What a hash list knows."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar, Final

from hashmatch.errors import HashFormatError
from hashmatch.model.digests import Digests
from hashmatch.model.hash import Hash
from hashmatch.model.patch import ALGORITHM as PATCH
from hashmatch.model.patch import PatchPlace
from hashmatch.model.plain import Json, PlainValue, Shape

_PER_CENT = 100

QUALITY_UNKNOWN: Final = 255
"""Stands in arrays of qualities, which are uint8, for one that the publisher does not say."""

FLAT_CARD: Final = "flat-card"
"""The part of a hash of a picture of few colours, as a logo or a page of text, or how the part of
a piece of one begins: `flat-card/centre`. A match with it needs a smaller distance."""


def of_flat_card(part: str) -> bool:
    """Whether a hash of this part is of a flat card, or of a piece of one."""
    return part.partition("/")[0] == FLAT_CARD


@dataclass(frozen=True, slots=True, repr=False)
class KnownHash(PlainValue):
    """One hash of an entry, with what its publisher says of it.

    Attributes:
        hash: the bits.
        quality: 0–100; None where the publisher does not say.
        part: what of the known file it is of; empty for the whole, or a name as `centre`. Of flat
            cards it is `FLAT_CARD`, or begins so.
        time: seconds into a video; None for a picture.
        place: where in the known picture a patch lies; None for all other hashes.
    """

    json_shape: ClassVar = Shape(spread={"hash": Hash})

    hash: Hash
    quality: int | None = None
    part: str = ""
    time: float | None = None
    place: PatchPlace | None = None

    def __post_init__(self) -> None:
        if self.quality is not None and not 0 <= self.quality <= _PER_CENT:
            msg = "quality is a whole number from 0 to 100"
            raise HashFormatError(msg)
        if (self.place is None) is (self.hash.algorithm == PATCH):
            msg = f"a {PATCH} hash has a place, and no other has one"
            raise HashFormatError(msg)
        if self.place is not None and not self.place.is_possible:
            msg = "the place of a patch is six numbers from 0 to 65535"
            raise HashFormatError(msg)


@dataclass(frozen=True, slots=True, repr=False)
class Entry(PlainValue):
    """One known file on a hash list, as its publisher described it.

    Attributes:
        id: the publisher's own id, or its number as text where it has none.
        number: of its line, or of its record where the format has no lines, from 1.
        digests: of the known file's bytes.
        hashes: its perceptual hashes, opaque ones too.
        category: the publisher's own class, verbatim; empty where none was given.
        scheme: the table that the class belongs to, as `VIC_US`; empty where unknown.
        known_good: whether the publisher says that it is harmless.
        details: all else that the publisher said, verbatim, as JSON values.
    """

    id: str
    number: int = 0
    _: KW_ONLY
    digests: Digests = field(default_factory=Digests)
    hashes: tuple[KnownHash, ...] = ()
    category: str = ""
    scheme: str = ""
    known_good: bool = False
    details: Mapping[str, Json] = field(default_factory=dict)
