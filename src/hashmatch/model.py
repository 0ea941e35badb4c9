"""The nouns: hashes, digests, entries, items and matches. Frozen values, no pixels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from hashmatch.containers import is_container, name_in
from hashmatch.digests import Digests
from hashmatch.errors import HashFormatError, Reason
from hashmatch.hashes import Hash, bits_of
from hashmatch.orientation import Orientation
from hashmatch.segments import Grade, Segment

__all__ = [
    "Alpha",
    "Band",
    "Digests",
    "Entry",
    "Grade",
    "Hash",
    "ImageHashes",
    "Item",
    "Json",
    "KnownHash",
    "Match",
    "MatchKind",
    "Reading",
    "Sampling",
    "ScanResult",
    "ScanSummary",
    "Segment",
    "Unreadable",
    "VideoHashes",
    "bits_of",
]

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""What a JSON document can hold."""

Sampling: TypeAlias = Literal["query", "thorough", "adaptive", "reference", "triage"]
"""Which frames of a video are hashed, see `hashmatch.hashing.sampling`."""

_PER_CENT = 100


class Alpha(StrEnum):
    """How the transparent parts of a picture were read."""

    COMPOSITED = "composited"
    """On white, as a viewer shows it."""
    DROPPED = "dropped"
    """Ignored, hidden colours kept: the reading of the tools that filled many lists."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One hash of one picture, or of one frame of a video, and which reading of it that is.

    Attributes:
        hash: the bits.
        quality: 0–100, how much structure the picture has.
        orientation: how the upright picture was turned before hashing.
        alpha: how transparent parts were read.
        frame: number of the frame or page in the file, from 0; a HEIF file says itself which
            of its pictures is the canonical one.
        time: of a video's frame, in seconds from the first; None for a picture.
        part: what of the frame was read; empty for the whole, `content` for what is inside
            borders, or `widened` for the whole with its edges drawn outwards. In front of it what
            in the file it is of, if that is not the picture or film itself: `clip`, `cover`,
            `behind`, `stream-2`, as in `clip.content`.
    """

    hash: Hash
    quality: int
    orientation: Orientation = Orientation.UPRIGHT
    alpha: Alpha = Alpha.COMPOSITED
    frame: int = 0
    time: float | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class ImageHashes:
    """All hashes of one picture file. The first reading is the canonical one.

    Attributes:
        readings: one per algorithm, frame, orientation and alpha reading asked for.
        mode: how luma was computed: `fast`, `exact` or `centred`.
        width: of the picture as shown, in pixels.
        height: of the picture as shown, in pixels.
        format: what the first bytes say, as `jpeg`.
        decoder: which decoder read it: `turbo`, `libav`, `pillow`, `numpy`,
            `pi-heif` or `libjxl`.
        frames: how many frames or pages the file has, as far as they were counted.
        flags: what is special about it: `oriented`, `alpha`, `frames`, `cmyk`, `deep`,
            `raw-preview`, `leading-garbage`, `motion-photo`, `cover-art`, `streams`; of videos also
            `times-estimated` (when frames are shown was counted, or follows a clock that was set),
            `thinned` and others.
        fraction: share of the picture's area that could be decoded, 0–1, an estimate below 1.
        reason: why not all of it could be decoded; None for a whole picture.
    """

    readings: tuple[Reading, ...]
    mode: str
    width: int
    height: int
    format: str
    decoder: str
    frames: int = 1
    flags: tuple[str, ...] = ()
    fraction: float = 1.0
    reason: Reason | None = None

    @property
    def complete(self) -> bool:
        """Whether the whole picture was decoded; otherwise the hash is of a part."""
        return self.reason is None

    @property
    def hash(self) -> Hash:
        """The canonical hash: of the first algorithm, of what a viewer shows."""
        return self.readings[0].hash

    @property
    def quality(self) -> int:
        """The canonical hash's quality, 0–100."""
        return self.readings[0].quality

    @property
    def hashes(self) -> Mapping[str, Hash]:
        """The canonical hash of every algorithm; of a set of hashes, the first."""
        found: dict[str, Hash] = {}
        for reading in self.readings:
            found.setdefault(reading.hash.algorithm, reading.hash)
        return found


@dataclass(frozen=True, slots=True)
class VideoHashes(ImageHashes):
    """The hashes of the sampled frames of one video, in their order of time.

    The readings are of upright frames, each with its time; those of the same frame follow each
    other, the whole frame first. `frames` is how many were decoded, `fraction` the share of the
    packets that could be.

    Attributes:
        sampling: how frames were chosen: `query`, `thorough`, `adaptive`, `reference` or
            `triage`.
        duration: in seconds, of what was decoded.
        codec: as `h264`.
        damaged: packets that could not be decoded.
    """

    sampling: str = "query"
    duration: float = 0.0
    codec: str = ""
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why an item gave no hash: what an exception says, as a value."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One file of evidence, read.

    Attributes:
        locator: where it lies; text that leads back to it.
        size: in bytes; None where it could not be read.
        digests: of its bytes; empty where it could not be read.
        image: its hashes; None where it gave none. Those of a video are `VideoHashes`.
        unreadable: why it gave none. Beside hashes it names the fault of hashmatch because of
            which what else the file holds was not read.
    """

    locator: str
    size: int | None = None
    digests: Digests = field(default_factory=Digests)
    image: ImageHashes | None = None
    unreadable: Unreadable | None = None

    @property
    def fault(self) -> str | None:
        """The fault of hashmatch because of which it was not read, or only in part."""
        why = self.unreadable
        return why.detail if why is not None and why.reason is Reason.INTERNAL_ERROR else None

    @property
    def left_unread(self) -> bool:
        """Whether anything in it was not read: all of it, a part, or what else its file holds."""
        return self.unreadable is not None or (self.image is not None and not self.image.complete)

    @property
    def container(self) -> str:
        """Which kind of container it is that was not opened; empty if it is none.

        As `zip archive` or `encrypted PDF document`. Such an item is unreadable, or its image is
        that of the first picture found in it.
        """
        if self.unreadable is not None:
            return self.unreadable.detail if is_container(self.unreadable.detail) else ""
        return name_in(self.image.flags) if self.image is not None else ""


@dataclass(frozen=True, slots=True)
class KnownHash:
    """One hash of an entry, with what its publisher says of it.

    Attributes:
        hash: the bits.
        quality: 0–100; None where the publisher does not say.
        part: what of the known file it is of; empty for the whole, or a name as `centre`.
        time: seconds into a video; None for a picture.
    """

    hash: Hash
    quality: int | None = None
    part: str = ""
    time: float | None = None

    def __post_init__(self) -> None:
        if self.quality is not None and not 0 <= self.quality <= _PER_CENT:
            msg = "quality is a whole number from 0 to 100"
            raise HashFormatError(msg)


@dataclass(frozen=True, slots=True)
class Entry:
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
    digests: Digests = field(default_factory=Digests)
    hashes: tuple[KnownHash, ...] = ()
    category: str = ""
    scheme: str = ""
    known_good: bool = False
    details: Mapping[str, Json] = field(default_factory=dict)


class MatchKind(StrEnum):
    """How an item met an entry."""

    EXACT = "exact"
    """Every digest that both sides have is equal."""
    COLLISION = "collision"
    """One digest is equal and another is not: other bytes than those of the entry."""
    PERCEPTUAL = "perceptual"
    """A perceptual hash is within the threshold."""
    VIDEO = "video"
    """Frames match in the order of time."""


class Band(StrEnum):
    """How sure a match is."""

    MATCH = "match"
    """Within the threshold."""
    PROBABLE = "probable"
    """Only within the profile's wider threshold: a lead, to be reported apart."""


@dataclass(frozen=True, slots=True)
class Match:
    """An item met an entry of a hash list.

    Attributes:
        list: name of the hash list.
        entry: id of the entry in it.
        number: of the entry's line or record in the publisher's file.
        source: SHA-256 of that file: which version of the list.
        category: the publisher's own class, verbatim.
        scheme: the table that the class belongs to.
        kind: by equal bytes, by near hash, or by a digest that collides.
        algorithm: of the hash, or the name of the strongest digest that is equal.
        distance: differing bits; 0 for equal bytes, the rounded mean over frames for videos.
        threshold: the largest distance that still counts, inclusive.
        band: whether it is a match or only probable.
        orientation: how the item was turned to meet the entry.
        complement: whether it was the item's photographic negative that met the entry.
        alpha: how the item's transparent parts were read.
        frame: which frame or page of the item.
        mode: how the item's luma was computed; empty where that is not known.
        quality: of the item's hash, 0–100; None for equal bytes or where it is not known.
        part: what of the known file was met; empty for the whole.
        entry_quality: of the entry's hash, where the list says.
        known_good: the entry is harmless: the item is labelled, not raised.
        suppressed: it raises nothing: a perceptual match of an item whose very bytes are known to
            be harmless, or a digest that collides.
        segments: where in time they meet, the surest first; empty where neither is a video. Each
            has a distance of its own: a page of an animation may be nearer than its frames.
        fraction: share of the item's picture or video that could be decoded, 0–1; 1 for equal
            bytes, and where only a hash was looked up. Below the profile's minimum a match is at
            most probable.
        entry_hash: the entry's own hash or digest that matched, as `pdq:…` or `sha256:…`. Of two
            videos that of the known frame which `frame` of the item met, the nearest pair of the
            surest segment: others match too.
        entry_digests: of the known file, as far as the list has them.
        details: all else that the publisher says of the entry, verbatim, as JSON values.
    """

    list: str
    entry: str
    category: str
    kind: MatchKind
    algorithm: str
    distance: int
    threshold: int
    number: int = 0
    source: str = ""
    scheme: str = ""
    band: Band = Band.MATCH
    orientation: Orientation = Orientation.UPRIGHT
    complement: bool = False
    alpha: Alpha = Alpha.COMPOSITED
    frame: int = 0
    mode: str = ""
    quality: int | None = None
    part: str = ""
    entry_quality: int | None = None
    known_good: bool = False
    suppressed: bool = False
    segments: tuple[Segment, ...] = ()
    fraction: float = 1.0
    entry_hash: str = ""
    entry_digests: Digests = field(default_factory=Digests)
    details: Mapping[str, Json] = field(default_factory=dict, hash=False)

    @property
    def raised(self) -> bool:
        """Whether it says that the item is notable; otherwise it only labels the item."""
        return not (self.known_good or self.suppressed)


@dataclass(frozen=True, slots=True)
class ScanResult:
    """One item of a scan with its matches, the nearest first."""

    item: Item
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """What a scan saw. `items == hashed + unreadable + skipped`, always.

    Attributes:
        items: files seen.
        hashed: of them, pictures and videos that gave a hash.
        videos: of the hashed, videos and animated pictures.
        unreadable: of them, those that should have given one and did not.
        skipped: of them, those that are neither: other files, whose digests are matched
            all the same, empty files, links and special files.
        incomplete: of the hashed, those of which only a part could be decoded, and those whose file
            holds something else that could not be read, as a clip behind a picture.
        matched: items with at least one match that raises them.
        matches: such matches of all items.
        known_good: items that a list says are harmless.
        bytes: bytes read.
        alarms: how often a worker was found that gave false answers, in this scan alone.
        reasons: how many items per reason, for everything not hashed.
        in_part: the same, for what is incomplete.
        containers: how many archives, documents, disk images and the like were not opened, per
            kind: those that count as unreadable, and those of whose pictures the first was hashed.
        faults: how many of the unreadable for each fault of hashmatch, named by type and place.
    """

    items: int = 0
    hashed: int = 0
    videos: int = 0
    unreadable: int = 0
    skipped: int = 0
    incomplete: int = 0
    matched: int = 0
    matches: int = 0
    known_good: int = 0
    bytes: int = 0
    alarms: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    in_part: Mapping[str, int] = field(default_factory=dict)
    containers: Mapping[str, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "ScanSummary") -> "ScanSummary":
        """Both scans together."""
        sums: dict[str, Any] = {}
        for name, one in asdict(self).items():
            two = getattr(other, name)
            counted = isinstance(one, dict)
            sums[name] = (
                dict(sorted((Counter(one) + Counter(two)).items())) if counted else one + two
            )
        return ScanSummary(**sums)
