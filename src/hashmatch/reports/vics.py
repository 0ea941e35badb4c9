"""A case of VICS 2.0, for Griffeye and other tools that read Project VIC's files.

One media per content, with a media file per copy. It holds reportable matches; what is only
probable has no category. VICS cannot say that a file is known to be harmless, so such sightings are
left out, and counted.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TextIO
from uuid import UUID, uuid5

from hashmatch.coverage import searched_in_words
from hashmatch.hashlists.vics import context_of, media_of
from hashmatch.model import (
    AllocationState,
    Band,
    Digests,
    Entry,
    Hash,
    Json,
    KnownHash,
    Match,
    MatchKind,
)
from hashmatch.model.flags import Flag
from hashmatch.reports import flags, placing
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.conditions import conditions
from hashmatch.reports.statement import problem_in_words, statements, verified, warnings
from hashmatch.reports.text import category_of, clock, decoded, known_good_entries, later, meeting
from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord, SourceRecord
from hashmatch.visible import printable

_CASES: Final = UUID("3b0f2a0e-7d5c-5a86-9b1e-6f0a4f1f9c55")
"""The id of a case is made of its name under this one: the same in every file of the case."""

_SCHEME = re.compile(r"VIC(?:_[A-Z0-9-]+)?")
_MIME: Final = {
    **{name: f"image/{name}" for name in ("jpeg", "png", "gif", "webp", "bmp", "tiff", "avif")},
    "heif": "image/heif",
    "jpeg2000": "image/jp2",
    "jpegxl": "image/jxl",
    "psd": "image/vnd.adobe.photoshop",
    "ico": "image/vnd.microsoft.icon",
    **{name: f"video/{name}" for name in ("mp4", "webm", "mpeg", "ogg", "h264")},
    "mov": "video/mp4",
    "hevc": "video/h265",
    "matroska": "video/x-matroska",
    "avi": "video/x-msvideo",
    "asf": "video/x-ms-wmv",
    "flv": "video/x-flv",
    "mpegts": "video/mp2t",
    "mxf": "application/mxf",
}
_TIMES: Final = {"created": "Created", "modified": "Written", "accessed": "Accessed"}
_NOT_SAID: Final = (
    *("VictimIdentified", "OffenderIdentified", "IsDistributed", "IsSuspected", "SelfGenerated"),
)
_MOST_NAMED = 20
"""Matches that the comment on one media names."""

_MOST_SEGMENTS = 5
"""Segments that it names of each."""


class VicsReport:
    """A case file of VICS 2.0, of the region that most categories of the sightings name."""

    suffix = ".vics.json"
    is_stream = False

    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        """Write the file; sightings are gathered by content in a nameless file of SQLite."""
        found = database.case(case)
        with closing(_Gathered(found)) as gathered:
            gathered.add(database.sightings(case))
            for source in found.sources:
                for name, count in source.containers.items():
                    gathered.lost[f"containers not opened: {name}"] += count
            region = json.dumps(context_of(gathered.scheme, "Cases"))
            head = json.dumps(_head(found, gathered, writing))
            out.write(f'{{"@odata.context": {region}, "value": [\n{head[:-1]}, "Media": [')
            separator = "\n"
            for media in gathered.media():
                out.write(separator + media)
                separator = ",\n"
            out.write("\n]}\n]}\n")
            return gathered.lost


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a sighting until its content is written."""

    item: int
    file: Mapping[str, Any]
    digests: Mapping[str, str]
    hash: str
    quality: int | None
    details: Mapping[str, Any]
    match: str
    viewed: Sequence[str]
    list_name: str
    scheme: str
    category: str
    rank: tuple[bool, int] | None
    """The nearest first, equal bytes before all; None if it is only probable."""


class _Gathered:
    """Raised sightings by content, on disk as far as memory would be too small."""

    def __init__(self, case: CaseRecord) -> None:
        self.lost: Counter[str] = Counter()
        self.files = self.categorized = self.viewed = 0
        self.scheme = "VIC"
        self._sources = {source.id: source for source in case.sources}
        # An empty name is a file without one, which is gone when it is closed.
        self._store = sqlite3.connect("")
        try:
            self._store.execute("CREATE TABLE seen (content TEXT, number INTEGER, said TEXT)")
        except BaseException:
            self._store.close()
            raise

    def close(self) -> None:
        """Forget everything."""
        self._store.close()

    def add(self, sightings: Iterable[SightingRecord]) -> None:
        """Take in all sightings of the case."""
        schemes: Counter[str] = Counter()
        for number, sighting in enumerate(sightings):
            item, match = sighting.item, sighting.match
            if not match.reportable:
                self.lost["sightings of files known to be harmless, left out"] += 1
                continue
            self.viewed += sighting.viewed_by_human
            if match.category and _SCHEME.fullmatch(match.scheme):
                schemes[match.scheme] += 1
            content = next((text for _, text in item.digests.items()), f"item {item.id}")
            said = json.dumps(self._seen(sighting))
            self._store.execute("INSERT INTO seen VALUES (?, ?, ?)", (content, number, said))
        self._store.execute(
            "CREATE TABLE media AS SELECT content, MIN(number) AS first FROM seen GROUP BY content"
        )
        self.scheme = min(schemes, key=lambda name: (-schemes[name], name), default="VIC")
        for copies in self._contents():
            self.files += len({seen.item for seen in copies})
            self.categorized += len(_category(copies, self.scheme)) == 1

    def media(self) -> Iterator[str]:
        """Media objects as JSON, in the order of their first sightings."""
        for number, content in enumerate(self._contents(), 1):
            media = media_of(
                _entry(number, content, self.scheme, self.lost), self.scheme, self.lost
            )
            if media is not None:
                yield media

    def _contents(self) -> Iterator[list[_Seen]]:
        rows = self._store.execute(
            "SELECT content, said FROM seen JOIN media USING (content) ORDER BY first, number"
        )
        for _, group in groupby(rows, key=itemgetter(0)):
            yield [_Seen(*json.loads(said)) for _, said in group]

    def _seen(self, sighting: SightingRecord) -> list[Any]:
        """The fields of a `_Seen`, in their order."""
        item, match = sighting.item, sighting.match
        exact = match.kind is MatchKind.EXACT
        return [
            item.id,
            self._file(item),
            dict(item.digests.items()),
            item.hash,
            item.quality,
            _details(item, sighting.at),
            _in_words(match),
            [
                *later(sighting.rematch),
                *(
                    printable(f"viewed {each.at} by {each.by}: {each.why}")
                    for each in sighting.viewings
                ),
            ],
            match.list_name,
            match.scheme,
            match.category,
            (not exact, match.distance) if match.band is Band.MATCH else None,
        ]

    def _file(self, item: ItemRecord) -> dict[str, Json]:
        source = self._sources.get(item.source)
        folder, name = placing.folder_and_name(item)
        return {
            **({"MD5": item.digests.md5.upper()} if item.digests.md5 else {}),
            "FileName": printable(name),
            "FilePath": printable(folder),
            **{theirs: item.times[ours] for ours, theirs in _TIMES.items() if ours in item.times},
            **_lying(item, source),
            "SourceID": printable(source.label) if source else str(item.source),
        }


def _head(case: CaseRecord, gathered: _Gathered, writing: Writing) -> dict[str, Any]:
    """The fields of the case before its media."""
    id_ = str(uuid5(_CASES, printable(case.name)))
    said = statements(writing, viewed=gathered.viewed)
    return {
        "CaseID": id_,
        "CaseNumber": printable(case.name),
        "ContactName": printable(writing.examiner),
        **dict.fromkeys(("ContactEmail", "ContactPhone", "ContactTitle"), ""),
        "ContactOrganization": printable(writing.agency),
        "SeizureDate": "",
        "SourceApplicationName": "hashmatch",
        "SourceApplicationVersion": writing.tool,
        "TotalMediaFiles": gathered.files,
        "TotalPrecategorized": gathered.categorized,
        "CaseMetadata": [
            {"CaseID": id_, "PropertyName": name, "PropertyValue": printable(value)}
            for name, value in (
                *(("Handling", each) for each in case.handling),
                *(("Statement", each) for each in said),
                *(("Warning", each) for each in warnings(case, writing.verdict)),
                *((("Note", writing.note),) if writing.note else ()),
                ("Verification", verified(writing.verdict)),
                *_remarks(writing),
                *_provenance(case, writing),
            )
        ],
    }


def _remarks(writing: Writing) -> Iterator[tuple[str, str]]:
    if writing.verdict:
        yield from (("Remark", problem_in_words(each)) for each in writing.verdict.remarks)


def _provenance(case: CaseRecord, writing: Writing) -> Iterator[tuple[str, str]]:
    yield "Written", writing.at
    yield "AuditChain", f"{case.audit_rows} rows, head {case.audit_head}"
    for each in case.lists:
        good = known_good_entries(each.known_good_entries, each.entries)
        good += f", {each.handling}" if each.handling else ""
        yield "HashList", f"{each.name} {each.version}, {good}, SHA-256 {', '.join(each.sha256)}"
        for words in searched_in_words(each.coverage) if each.coverage else ():
            yield "HashList", f"{each.name}: {words}"
    for run in case.runs:
        profile = json.dumps(dict(run.profile))
        yield "Run", f"{run.id}: hashmatch {run.tool}, {run.started} to {run.ended}, {run.command}"
        yield "Profile", f"of run {run.id}: {profile}"
        for aspect, words in conditions(run).items():
            yield "Environment", f"of run {run.id}, {aspect}: {words}"


def _lying(item: ItemRecord, source: SourceRecord | None) -> dict[str, Json]:
    """Whether it was deleted, or found where no file lies, where on the medium, and in what.

    Nothing where that is not known.
    """
    place = item.place
    if place is None:
        # Whoever reads a folder sees live files only.
        is_folder = source is not None and source.kind == "folder"
        return {"Unallocated": False, "Deleted": False} if is_folder else {}
    found: dict[str, Json] = {
        "Unallocated": place.state is not AllocationState.ALLOCATED,
        "Deleted": place.state in (AllocationState.DELETED, AllocationState.ORPHANED),
    }
    if place.runs:
        found["PhysicalLocation"] = place.runs[0][0]
    if parent := placing.folder_and_name_around(item):
        folder, name = parent
        found |= {"ParentFileName": printable(name), "ParentFilePath": printable(folder)}
        if item.parent_md5:
            found["ParentMD5"] = item.parent_md5.upper()
        if item.parent_offset is not None:
            found["ParentPhysicalLocation"] = item.parent_offset
    return found


def _details(item: ItemRecord, at: str) -> dict[str, Json]:
    """Fields of a media that are the same for every copy, but for the first path."""
    mime = _MIME.get(item.format)
    about = {"Duration": clock(item.duration), "Codec": item.codec} if item.duration else {}
    if Flag.TIMES_ESTIMATED in item.flags:
        about["Times"] = "estimated"
    if words := flags.in_words(item):
        about["Flags"] = "; ".join(words)
    if words := placing.in_words(item):
        about["Place"] = "; ".join(words)
    if other := flags.other_name(item):
        about["FileName"] = other
    return {
        **({} if item.size is None else {"MediaSize": item.size}),
        **({"MimeType": mime} if mime else {}),
        "DateUpdated": at,
        "RelativeFilePath": printable(item.locator),
        **dict.fromkeys(_NOT_SAID),
        **({"Exifs": [_property(name, value) for name, value in about.items()]} if about else {}),
    }


def _property(name: str, value: str) -> dict[str, Json]:
    return {"PropertyName": name, "PropertyValue": printable(value)}


def _in_words(match: Match) -> str:
    video = "video " if match.kind is MatchKind.VIDEO else ""
    near = (
        f"equal {match.algorithm}"
        if match.kind in (MatchKind.EXACT, MatchKind.COLLISION)
        else f"{video}{match.band.value}, {match.algorithm} {match.distance} of {match.threshold}"
    )
    category = f" {category_of(match)}" if match.category else ""
    own = "" if match.kind is MatchKind.EXACT or not match.entry_hash else f", {match.entry_hash}"
    met = list(map(meeting, match.segments[:_MOST_SEGMENTS]))
    if match.fraction < 1:
        met.append(decoded(match.fraction))
    if more := match.segments[_MOST_SEGMENTS:]:
        met.append(f"{len(more):,} more segments")
    return printable(
        f"{match.list_name}/{match.entry_id}{category} ({', '.join([near, *met])}{own})"
    )


def _entry(number: int, content: list[_Seen], scheme: str, lost: Counter[str]) -> Entry:
    """One content as the entry of a hash set that it would be."""
    first = content[0]
    nearest = _category(content, scheme)
    if len(nearest) > 1:
        lost["categories on which the nearest entries disagree: named in the comments"] += 1
    category = next(iter(nearest)) if len(nearest) == 1 else ""
    words = list(dict.fromkeys(seen.match for seen in content))
    more = [f"{len(words) - _MOST_NAMED} more"] if len(words) > _MOST_NAMED else []
    viewed = list(dict.fromkeys(words for seen in content for words in seen.viewed))
    hashes = (KnownHash(Hash.parse(first.hash), first.quality),) if first.hash else ()
    details = {
        **first.details,
        "Comments": "; ".join(["hashmatch", *words[:_MOST_NAMED], *more, *viewed]),
        "IsPrecategorized": bool(category),
        "PrecategorizationSource": printable(", ".join(sorted(nearest[category])))
        if category
        else "",
        "MediaFiles": list({seen.item: dict(seen.file) for seen in content}.values()),
    }
    return Entry(
        id=str(number),
        number=number,
        digests=Digests(**first.digests),
        hashes=hashes,
        category=category,
        scheme=scheme,
        details=details,
    )


def _category(content: list[_Seen], scheme: str) -> dict[str, set[str]]:
    """Categories of the file's scheme that the nearest entries have, and the lists they are on."""
    ranks = [seen.rank for seen in content if _has_category(seen, scheme) and seen.rank]
    found: dict[str, set[str]] = {}
    for seen in content:
        if _has_category(seen, scheme) and ranks and seen.rank == min(ranks):
            found.setdefault(seen.category, set()).add(seen.list_name)
    return found


def _has_category(seen: _Seen, scheme: str) -> bool:
    return bool(seen.category) and seen.scheme == scheme and seen.rank is not None
