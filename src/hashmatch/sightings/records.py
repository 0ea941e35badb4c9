"""What the database gives back: plain values, no pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, ClassVar, Final

from hashmatch.model import (
    Digests,
    ItemStatus,
    Json,
    Match,
    Place,
    RunStatus,
    Sampling,
    UnreadRange,
    VolumeFacts,
)
from hashmatch.model.plain import PlainValue, Shape, by_fields
from hashmatch.sightings.erasures import ErasureRecord
from hashmatch.sightings.list_records import ListRecord
from hashmatch.sightings.rematch_records import RematchRecord

_IF_ANY: Final = frozenset({"members", "volumes", "unread_ranges"})
"""Keys of a source that are left out where there are none, as of folders without containers."""


@dataclass(frozen=True, slots=True, repr=False)
class RunRecord(PlainValue):
    """One start of a scan, to its end or interruption.

    Attributes:
        id: in the database.
        started: UTC, ISO 8601.
        ended: the same; empty while it runs, or if it was killed.
        status: whether and how it ended.
        tool: version of hashmatch.
        libraries: name and version of every library that reads or compares.
        command: the command line.
        host: name of the machine.
        profile: name, thresholds, minimum qualities and source.
        lists: what was known.
        fingerprint: SHA-256 of configuration, lists and source: what a resume must agree with.
        resumed: id of the run that it went on with; None for a fresh one.
        source: id of the source that it read.
        scan: id of the scan that it is part of: runs that go on with each other share one.
        expected: how many files the source had, as counted before they were read; None where
            nobody counted.
        position: files of the source on record when the run ended, without what lies in them.
        environment: conditions under which it went on, by aspect, as often as they changed:
            `system`, `search`, `sandbox`, `indexes`; empty where an older version did not record
            them.
    """

    json_shape: ClassVar = Shape(
        names={"expected": "files_expected", "position": "files_on_record"},
        null=("ended",),
        omitted=("source", "scan"),
    )

    id: int
    started: str
    ended: str
    status: RunStatus
    tool: str
    libraries: Mapping[str, str]
    command: str
    host: str
    profile: Mapping[str, Json]
    lists: tuple[ListRecord, ...]
    fingerprint: str
    resumed: int | None = None
    source: int = 0
    scan: int = 0
    expected: int | None = None
    position: int = 0
    environment: Mapping[str, tuple[Mapping[str, Json], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class SourceRecord(PlainValue):
    """A piece of evidence.

    Attributes:
        id: in the database.
        label: what the lab calls it: the exhibit.
        kind: as `folder`.
        path: where it lay when it was scanned.
        identity: what tells it from others, as device and file system.
        items: files seen in it.
        hashed: of them, those that gave a hash.
        unreadable: those that should have and did not.
        skipped: those that are no pictures.
        videos: of the hashed, those with a running time: videos and animated pictures.
        incomplete: of the hashed, those of which only a part could be decoded.
        known_good: those that a list says are harmless.
        matched: those with a reportable match.
        bytes: of all files, without what lies in them.
        containers: archives, documents, disk images and the like that were not opened, per kind.
        faults: items that were not read, for each fault of hashmatch.
        members: of the items, those that lie in others, as in archives.
        volumes: into which it is divided, as far as they were looked for.
        unread_ranges: its bytes that could not be read.
        matched_earlier: items of other scans of it with a reportable match that counts still; all
            other figures are of one scan.
    """

    json_shape: ClassVar = Shape(
        names={"faults": "internal_errors", "matched_earlier": "matched_in_other_scans"}
    )

    id: int
    label: str
    kind: str
    path: str
    identity: Mapping[str, Json] = field(default_factory=dict)
    items: int = 0
    hashed: int = 0
    unreadable: int = 0
    skipped: int = 0
    incomplete: int = 0
    known_good: int = 0
    matched: int = 0
    bytes: int = 0
    videos: int = 0
    containers: Mapping[str, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    matched_earlier: int = 0
    members: int = 0
    volumes: tuple[VolumeFacts, ...] = ()
    unread_ranges: tuple[UnreadRange, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The source; without volumes, unread bytes and members where there are none."""
        found = by_fields(self)
        return {key: value for key, value in found.items() if value or key not in _IF_ANY}


@dataclass(frozen=True, slots=True, repr=False)
class ItemRecord(PlainValue):
    """One file of evidence.

    Attributes:
        id: in the database.
        source: id of its source.
        locator: where it lies; bytes that are no text as surrogate escapes.
        size: in bytes; None where it could not be read.
        digests: of its bytes.
        times: UTC, ISO 8601, by kind: `modified`, `accessed`, `changed`, `created`.
        status: what became of it.
        reason: why it gave no hash, or less than a whole one; empty for a whole picture.
        detail: one sentence about the reason.
        hash: the canonical perceptual hash, as `pdq:…`; empty if there is none, as of a video,
            whose frames have one each. An animated picture has one too.
        quality: of it, 0–100; None if there is none.
        width: of the picture as shown, in pixels; 0 if there is none.
        height: the same.
        format: what the first bytes say, as `jpeg`.
        fraction: share of the picture that could be decoded, 0–1.
        known_good: whether a list says that its bytes are harmless.
        duration: of a video or an animated picture, in seconds; None for all else.
        codec: of a video, as `h264`; empty for all else, and where it is not known.
        sampling: how frames of a video were chosen; None for all else.
        frames: how many it has, as far as they were counted; 0 if nothing could be decoded.
        damaged: packets of a video that could not be decoded.
        flags: what is special about it, as `times-estimated`.
        place: where it lies; None of a plain file.
        original_name: what it was called where it came from, as the manifest of its backup says;
            empty where nothing tells it.
        parent: id of the item that it lies in; None of what lies in no other item, and where that
            one is not on record: it is recorded last.
        parent_md5: of the bytes of that item, as far as it has any.
        parent_offset: where these begin on the medium of their disk image, in bytes; None of what
            lies on none, or in several containers.
    """

    json_shape: ClassVar = Shape(
        names={"id": "item", "locator": "path"},
        decimals={"fraction": 4, "duration": 3},
        null=("reason", "detail", "hash", "format", "codec", "original_name", "parent_md5"),
    )

    id: int
    source: int
    locator: str
    size: int | None
    digests: Digests
    times: Mapping[str, str]
    status: ItemStatus
    reason: str = ""
    detail: str = ""
    hash: str = ""
    quality: int | None = None
    width: int = 0
    height: int = 0
    format: str = ""
    fraction: float = 1.0
    known_good: bool = False
    duration: float | None = None
    codec: str = ""
    sampling: Sampling | None = None
    frames: int = 0
    damaged: int = 0
    flags: tuple[str, ...] = ()
    place: Place | None = None
    parent: int | None = None
    parent_md5: str = ""
    parent_offset: int | None = None
    original_name: str = ""

    @property
    def is_video(self) -> bool:
        """Whether it has a running time: a video or an animated picture."""
        return self.duration is not None


@dataclass(frozen=True, slots=True, repr=False)
class Viewing(PlainValue):
    """That a person looked at the file of a sighting.

    Attributes:
        at: when it was recorded, UTC, ISO 8601.
        by: who, as it was said.
        why: likewise.
    """

    at: str
    by: str
    why: str


@dataclass(frozen=True, slots=True, repr=False)
class SightingRecord(PlainValue):
    """A match on record.

    Attributes:
        id: in the database.
        item: where it was seen.
        match: which entry, how near, by which reading.
        run: id of the run that recorded it; of a retroactive sighting, the run that recorded the
            item.
        at: when it was recorded, UTC, ISO 8601.
        viewings: by whom the item was looked at, the first one first; hashmatch shows nobody
            anything, so that only a person says so.
        rematch: id of the rematch that recorded it: it is *retroactive*, found on record later,
            without a look at the evidence; None of what the scan itself found.
    """

    json_shape: ClassVar = Shape(
        names={"id": "sighting", "rematch": "retroactive_rematch"},
        computed={"viewed_by_human": attrgetter("viewed_by_human")},
        behind=("item", "match"),
    )

    id: int
    item: ItemRecord
    match: Match
    run: int
    at: str
    viewings: tuple[Viewing, ...] = ()
    rematch: int | None = None

    @property
    def viewed_by_human(self) -> bool:
        """Whether it is on record that somebody looked at the item."""
        return bool(self.viewings)


@dataclass(frozen=True, slots=True, repr=False)
class EarlierRecord(PlainValue):
    """What counts of the sightings that one scan of several of a source recorded, of one list.

    Attributes:
        source: id of the source.
        runs: of the scan.
        list_name: name of the hash list.
        sightings: that the scan recorded.
        superseded: of them, those that a later scan speaks for.
        by: the runs of that scan.
        repeated: those that an earlier scan recorded already, and that count there.
        current: whether the figures of the source are those of this scan.
    """

    json_shape: ClassVar = Shape(computed={"counted": attrgetter("counted")})

    source: int
    runs: tuple[int, ...]
    list_name: str
    sightings: int
    superseded: int
    by: tuple[int, ...]
    repeated: int
    current: bool = False

    @property
    def counted(self) -> int:
        """Those that count."""
        return self.sightings - self.superseded - self.repeated


@dataclass(frozen=True, slots=True, repr=False)
class CaseRecord(PlainValue):
    """A case with all that a report needs but the sightings and items themselves.

    Attributes:
        name: the lab's own number.
        runs: in their order.
        sources: in their order.
        lists: every list that a run used, each version once.
        audit_head: SHA-256 of the last row of the audit chain.
        audit_rows: how many rows it has.
        earlier: where a source was scanned more than once, what counts of each scan.
        handling: the strictest mark of TLP of the case, its exhibits and its lists, and behind it
            all marks in own words; empty where nothing is marked.
        erasures: what was erased of it by order of a court.
        rematches: the rematches that matched items of it again.
    """

    json_shape: ClassVar = Shape(names={"earlier": "scans_of_one_source"})

    name: str
    runs: tuple[RunRecord, ...]
    sources: tuple[SourceRecord, ...]
    lists: tuple[ListRecord, ...]
    audit_head: str
    audit_rows: int
    earlier: tuple[EarlierRecord, ...] = ()
    handling: tuple[str, ...] = ()
    erasures: tuple[ErasureRecord, ...] = ()
    rematches: tuple[RematchRecord, ...] = ()
