"""That an item shows a known entry, and how surely."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from operator import attrgetter
from typing import ClassVar

from hashmatch.errors import Choice
from hashmatch.model.alignment import Alignment
from hashmatch.model.digests import Digests
from hashmatch.model.media import Alpha, Mode
from hashmatch.model.notebook import of_fields, table
from hashmatch.model.orientation import Orientation
from hashmatch.model.plain import Json, PlainValue, Shape
from hashmatch.model.region import Outline, Tier


class MatchKind(Choice):
    """How an item matches an entry."""

    EXACT = "exact"
    """Every digest that both sides have is equal."""
    COLLISION = "collision"
    """One digest is equal and another is not: other bytes than those of the entry."""
    PERCEPTUAL = "perceptual"
    """A perceptual hash is within the threshold."""
    VIDEO = "video"
    """Frames match in the order of time."""


class Band(Choice):
    """How sure a match is."""

    MATCH = "match"
    """The distance is within the threshold."""
    PROBABLE = "probable"
    """The distance is only within the profile's wider threshold: a lead, reported apart."""


@dataclass(frozen=True, slots=True, repr=False)
class Similarity(PlainValue):
    """How patches of an item lie as those of the known picture do, turned, scaled and shifted.

    Attributes:
        inliers: how many patches agree.
        scale: pixels of the item for one of the known picture.
        turn: of the known picture, clockwise as the item shows it, in degrees; of one that is
            mirrored, after that.
        overlap: share of the known picture that lies within the item, 0–1.
    """

    json_shape: ClassVar = Shape(decimals={"scale": 4, "turn": 1, "overlap": 4})

    inliers: int
    scale: float
    turn: float
    overlap: float


@dataclass(frozen=True, slots=True, repr=False)
class Match(PlainValue):
    """An item matches an entry of a hash list.

    Attributes:
        list_name: name of the hash list.
        entry_id: id of the entry in it.
        number: of the entry's line or record in the publisher's file.
        list_sha256: SHA-256 of that file: which version of the list.
        category: the publisher's own class, verbatim.
        scheme: the table that the class belongs to.
        kind: by equal bytes, by near hash, or by a digest that collides.
        algorithm: of the hash, or the name of the strongest digest that is equal.
        distance: differing bits; 0 for equal bytes, the rounded mean over frames for videos.
        threshold: the largest distance that still counts, inclusive.
        band: whether it is a match or only probable.
        orientation: how the item was turned to match the entry.
        inverted: whether it was the item's photographic negative that matched.
        alpha: how the item's transparent parts were read.
        frame: which frame or page of the item.
        mode: how the item's luma was computed; None where that is not known.
        quality: of the item's hash, 0–100; None for equal bytes or where it is not known.
        part: what of the known file matched; empty for the whole.
        entry_quality: of the entry's hash, where the list says.
        known_good: the entry is harmless: the item is labelled, and the match not reportable.
        suppressed: not reportable: a perceptual match of an item whose very bytes are known to
            be harmless, or a digest that collides.
        segments: where in time they match, the surest first; empty where neither is a video. Each
            has a distance of its own: a page of an animation may be nearer than its frames.
        fraction: share of the item's picture or video that could be decoded, 0–1; 1 for equal
            bytes, and where only a hash was looked up. Below the profile's minimum a match is at
            most probable.
        tier: whether the whole picture matched, or a part of it, or what it may be cut from.
        outline: of the part that matched; empty for the whole picture or film.
        hypothesis: of which part of the known picture it is, where that was tried; else empty.
        tried: how many codes of this tier were looked for, of this item; 0 for the whole picture.
        similarity: how patches of the two agree, where they were compared; else None.
        entry_hash: the entry's own hash or digest that matched, as `pdq:…` or `sha256:…`. Of two
            videos that of the known frame which `frame` of the item met, the nearest pair of the
            surest segment: others match too.
        entry_digests: of the known file, as far as the list has them.
        details: all else that the publisher says of the entry, verbatim, as JSON values.
    """

    json_shape: ClassVar = Shape(
        decimals={"fraction": 4},
        spread={"similarity": Similarity},
        null=("entry_hash", "hypothesis"),
        computed={"reportable": attrgetter("reportable")},
        behind=("entry_digests", "details", "segments"),
    )

    list_name: str
    entry_id: str
    _: KW_ONLY
    category: str
    kind: MatchKind
    algorithm: str
    distance: int
    threshold: int
    number: int = 0
    list_sha256: str = ""
    scheme: str = ""
    band: Band = Band.MATCH
    orientation: Orientation = Orientation.UPRIGHT
    inverted: bool = False
    alpha: Alpha = Alpha.COMPOSITED
    frame: int = 0
    mode: Mode | None = None
    quality: int | None = None
    part: str = ""
    entry_quality: int | None = None
    known_good: bool = False
    suppressed: bool = False
    segments: tuple[Alignment, ...] = ()
    fraction: float = 1.0
    tier: Tier = Tier.WHOLE
    outline: Outline = ()
    hypothesis: str = ""
    tried: int = 0
    similarity: Similarity | None = None
    entry_hash: str = ""
    entry_digests: Digests = field(default_factory=Digests)
    details: Mapping[str, Json] = field(default_factory=dict, hash=False)

    def _repr_html_(self) -> str:
        return of_fields(self)

    @property
    def reportable(self) -> bool:
        """Whether it says that the item is notable; otherwise it only labels the item."""
        return not (self.known_good or self.suppressed)

    @property
    def settles(self) -> bool:
        """Whether no later tier is asked: it is not only probable, and not of harmless material."""
        return self.band is Band.MATCH and not self.known_good


def matches_table(caption: str, matches: Sequence[Match]) -> str:
    """Matches as a notebook shows them, one in a row, in their order."""
    head = ("list", "entry", "category", "kind", "algorithm", "distance", "band", "reportable")
    rows = (
        (
            *(each.list_name, each.entry_id, each.category, each.kind, each.algorithm),
            *(f"{each.distance} of at most {each.threshold}", each.band, each.reportable),
        )
        for each in matches
    )
    return table(caption, head, rows)
