"""What a scan gives."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from hashmatch.errors import Choice
from hashmatch.model.item import Item
from hashmatch.model.match import Match, matches_table
from hashmatch.model.notebook import of_fields
from hashmatch.model.plain import PlainValue, Shape, by_fields


class ItemStatus(Choice):
    """What became of an item of evidence."""

    HASHED = "hashed"
    UNREADABLE = "unreadable"
    """It should have given a hash, and did not."""
    SKIPPED = "skipped"
    """It is neither a picture nor a video."""


class Only(Choice):
    """What alone is decoded."""

    PICTURES = "pictures"
    VIDEOS = "videos"


class RunStatus(Choice):
    """Whether and how a run came to its end."""

    RUNNING = "running"
    """It goes on, or was killed."""
    DONE = "done"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, repr=False)
class ScanResult(PlainValue):
    """One item of a scan with its matches, the nearest first."""

    json_shape: ClassVar = Shape(spread={"item": Item})

    item: Item
    matches: tuple[Match, ...] = ()

    def _repr_html_(self) -> str:
        return matches_table(f"{self.item!r}", self.matches)

    def __repr__(self) -> str:
        return f"<ScanResult {self.item!r}, {len(self.matches)} matches>"

    def to_dict(self, *, every: bool = False) -> dict[str, Any]:
        """The file with its matches: what `scan --json` and `match --json` print of it.

        Args:
            every: give every hash, see `MediaHashes.to_dict`.
        """
        return by_fields(self, item=self.item.to_dict(every=every))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ScanSummary(PlainValue):
    """What a scan saw. `items == hashed + unreadable + skipped`, always.

    Attributes:
        items: files seen, and what was found in them.
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
        bytes: bytes of all files; those of members lie in them, and are not counted again.
        members: of the items, those that lie in others, as in archives.
        alarms: how often a worker was found that gave false answers, in this scan alone.
        reasons: how many items per reason, for everything not hashed.
        in_part: the same, for what is incomplete.
        containers: how many archives, documents, disk images and the like were not opened, per
            kind: those that count as unreadable, and those of whose pictures the first was hashed.
        faults: how many of the unreadable for each fault of hashmatch, named by type and place.
    """

    json_shape: ClassVar = Shape(first={"record": "summary"})

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
    members: int = 0
    alarms: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    in_part: Mapping[str, int] = field(default_factory=dict)
    containers: Mapping[str, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        return of_fields(self)

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
