"""What the record says of retroactive matching: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from hashmatch.model import Json
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.sightings.list_records import ListRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What became of items on record that were matched again.

    Attributes:
        hashed: pictures and videos that were matched by their hashes.
        digests_only: items without hashes that were matched by their digests.
        unreadable: of all, those that should have hashes and could not be read.
        unmatched: of these, those without digests too: nothing could be matched.
        without: of the hashed, those without hashes of an algorithm that lists have, by algorithm.
        repeated: matches that are on record already, by this or another list of the same name.
        surer: of these, those that are on record as less sure than they would be now.
        reportable: reportable matches, whether they were on record or not.
    """

    hashed: int = 0
    digests_only: int = 0
    unreadable: int = 0
    unmatched: int = 0
    without: Mapping[str, int] = field(default_factory=dict)
    repeated: int = 0
    surer: int = 0
    reportable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RematchedScan(PlainValue):
    """A scan of which all items on record were matched again.

    Attributes:
        scan: its number.
        source: number of its exhibit.
        at: when its last item was matched, UTC, ISO 8601.
        items: that it had on record.
        sightings: that were not on record before.
        hashed: as in `Matched`.
        digests_only: likewise.
        unreadable: likewise.
        unmatched: likewise.
        without: likewise.
        repeated: likewise.
        surer: likewise.
        reportable: likewise.
        lacking: what these lists ask for and the record does not have, in words.
    """

    scan: int
    source: int
    at: str
    items: int
    sightings: int
    hashed: int = 0
    digests_only: int = 0
    unreadable: int = 0
    unmatched: int = 0
    without: Mapping[str, int] = field(default_factory=dict)
    repeated: int = 0
    surer: int = 0
    reportable: int = 0
    lacking: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all was matched that a scan from nothing would match."""
        return not (self.unreadable or self.without or self.lacking)


@dataclass(frozen=True, slots=True, kw_only=True)
class RematchRecord(PlainValue):
    """One start of a rematch, as far as it concerns one case.

    Attributes:
        id: in the database; retroactive sightings name it.
        at: when it was begun, UTC, ISO 8601.
        tool: version of hashmatch.
        libraries: name and version of every library that compares.
        command: the command line.
        host: name of the machine.
        profile: name, thresholds, minimum qualities and source.
        lists: what was known.
        facts: the system, the files of indexes with their SHA-256, and the tiers.
        scans: of the case that were matched to their end; of one that was stopped there is no row.
    """

    json_shape: ClassVar = Shape()

    id: int
    at: str
    tool: str
    libraries: Mapping[str, str]
    command: str
    host: str
    profile: Mapping[str, Json]
    lists: tuple[ListRecord, ...]
    facts: Mapping[str, Any]
    scans: tuple[RematchedScan, ...] = ()
