r"""A table for spreadsheets: UTF-8 with its mark, commas, every field quoted.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@`. Such text gets an apostrophe in
front, also where it follows a semicolon, at which some countries' spreadsheets cut. What is no
visible character is written as its escape, `\u202e`. Who needs names exactly reads the JSON.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, TextIO

from hashmatch.coverage import searched_in_words
from hashmatch.model import Alignment, ItemStatus, Match
from hashmatch.reports import flags
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.conditions import conditions
from hashmatch.reports.findings import Findings
from hashmatch.reports.statement import (
    numbering,
    problem_in_words,
    statements,
    verified,
    warnings,
)
from hashmatch.reports.text import printable, shortened
from hashmatch.reports.totals import Standing
from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord
from hashmatch.wording import number_of

_TIMES: Final = ("modified", "accessed", "changed", "created")
_DIGESTS: Final = ("md5", "sha1", "sha256")
_OF_ITEM: Final = (
    *("item", "exhibit", "path", "size", *_DIGESTS, *_TIMES, "other_times"),
    *("status", "format", "width", "height", "fraction", "hash", "hash_quality", "item_known_good"),
)
_OF_MATCH: Final = (
    *("list_name", "list_sha256", "entry_id", "number", "scheme", "category"),
    *("kind", "band", "algorithm", "distance", "threshold"),
    *("orientation", "inverted", "alpha", "frame", "mode", "part"),
    *("quality", "entry_quality", "known_good", "suppressed"),
)
_OF_SEGMENTS: Final = (
    *("segments", "segment_start", "segment_end", "segment_known_start", "segment_known_end"),
    *("segment_grade", "segment_speed", "segment_frames", "segment_pictures"),
    *("segment_distance", "segment_coverage", "segment_known_coverage"),
    *("segment_orientation", "segment_part", "segment_times_estimated"),
)
"""How many there are, and the surest of them; times in seconds."""

COLUMNS: Final = (
    *("record", "case", "sighting", "standing", *_OF_ITEM, *_OF_MATCH),
    *("viewed_by_human", "run", "recorded", "reason", "detail"),
    *("frames", "duration", "codec", "sampling", "damaged_packets", *_OF_SEGMENTS),
    *("finding", "entry_hash", "entry_md5", "entry_sha1", "entry_sha256", "entry_details"),
    *("flags", "other_name", "viewed_at", "viewed_by", "viewed_why"),
)

_BYTE_ORDER_MARK = "\ufeff"
_LONGEST = 32_000
"""Characters of a cell; Excel cuts at 32,767, and moves the rest to the next row."""

_FORMULA = re.compile(r"(^|;)(?=[\s\"']*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def cell(value: object) -> str:
    """The value as the text of a cell that no spreadsheet runs.

    >>> cell("=cmd|'/c calc'!A1.jpg")
    "'=cmd|'/c calc'!A1.jpg"
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return _FORMULA.sub(r"\1'", printable(shortened(str(value), _LONGEST)))


class CsvReport:
    """One row per sighting, then per unreadable and incomplete item, then what led to them."""

    suffix = ".csv"
    is_stream = True

    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        """Write the rows as they come. `record` says what a row is."""
        found = database.case(case)
        exhibits = {source.id: source.label for source in found.sources}
        out.write(_BYTE_ORDER_MARK)
        writer = csv.DictWriter(
            out, COLUMNS, restval="", quoting=csv.QUOTE_ALL, lineterminator="\r\n"
        )
        writer.writeheader()
        viewed = 0
        with Findings() as findings:
            for sighting in database.sightings(case):
                viewed += sighting.viewed_by_human
                finding = {"finding": findings.add(sighting)}
                writer.writerow(_row("sighting", case, _of_sighting(sighting, exhibits) | finding))
            totals = findings.counts().in_words
        for item in database.items(case, status=ItemStatus.UNREADABLE):
            writer.writerow(_row("unreadable", case, _of_item(item, exhibits)))
        for item in database.items(case, status=ItemStatus.HASHED):
            if item.reason:
                writer.writerow(_row("incomplete", case, _of_item(item, exhibits)))
        for reason, detail in (("findings", totals), *_about(found, writing, viewed)):
            writer.writerow(_row("about", case, {"reason": reason, "detail": detail}))
        return Counter()


def _row(record: str, case: str, values: Mapping[str, object]) -> dict[str, str]:
    row = {"record": record, "case": case, **values}
    return {name: cell(value) for name, value in row.items()}


def _of_item(item: ItemRecord, exhibits: Mapping[int, str]) -> dict[str, Any]:
    others = (f"{kind}={time}" for kind, time in item.times.items() if kind not in _TIMES)
    return {
        "item": item.id,
        "exhibit": exhibits.get(item.source, f"source {item.source}"),
        "path": item.locator,
        "size": item.size,
        **dict(item.digests.items()),
        **{kind: item.times[kind] for kind in _TIMES if kind in item.times},
        "other_times": "; ".join(others),
        "status": item.status,
        "format": item.format,
        "width": item.width or None,
        "height": item.height or None,
        "fraction": round(item.fraction, 4) if item.status is ItemStatus.HASHED else None,
        "hash": item.hash,
        "hash_quality": item.quality,
        "item_known_good": item.known_good,
        "frames": item.frames or None,
        "duration": None if item.duration is None else round(item.duration, 3),
        "codec": item.codec,
        "sampling": item.sampling,
        "damaged_packets": item.damaged if item.is_video else None,
        "reason": item.reason,
        "detail": item.detail,
        "flags": "; ".join(item.flags),
        "other_name": flags.other_name(item),
    }


def _of_sighting(sighting: SightingRecord, exhibits: Mapping[int, str]) -> dict[str, Any]:
    return {
        "sighting": sighting.id,
        "standing": Standing.of(sighting.match).value,
        **_of_item(sighting.item, exhibits),
        **_of_match(sighting.match),
        **_of_segments(sighting.match.segments),
        "viewed_by_human": sighting.viewed_by_human,
        **{
            f"viewed_{name}": "; ".join(getattr(each, name) for each in sighting.viewings)
            for name in ("at", "by", "why")
        },
        "run": sighting.run,
        "recorded": sighting.at,
    }


def _of_match(match: Match) -> dict[str, Any]:
    return {
        "list_name": match.list_name,
        "list_sha256": match.list_sha256,
        "entry_id": match.entry_id,
        "number": match.number,
        "scheme": match.scheme,
        "category": match.category,
        "kind": match.kind.value,
        "band": match.band.value,
        "algorithm": match.algorithm,
        "distance": match.distance,
        "threshold": match.threshold,
        "orientation": match.orientation.label,
        "inverted": match.inverted,
        "alpha": match.alpha.value,
        "frame": match.frame,
        "mode": match.mode,
        "part": match.part,
        "quality": match.quality,
        "entry_quality": match.entry_quality,
        "known_good": match.known_good,
        "suppressed": match.suppressed,
        "entry_hash": match.entry_hash,
        **{f"entry_{name}": value for name, value in match.entry_digests.items()},
        "entry_details": json.dumps(dict(match.details)) if match.details else None,
    }


def _of_segments(segments: tuple[Alignment, ...]) -> dict[str, Any]:
    if not segments:
        return {}
    first = segments[0]
    return {
        "segments": len(segments),
        "segment_start": round(first.start, 3),
        "segment_end": round(first.end, 3),
        "segment_known_start": round(first.known_start, 3),
        "segment_known_end": round(first.known_end, 3),
        "segment_grade": first.grade.value,
        "segment_speed": None if first.speed is None else round(first.speed, 4),
        "segment_frames": first.frames,
        "segment_pictures": first.pictures,
        "segment_distance": round(first.distance, 2),
        "segment_coverage": round(first.coverage, 4),
        "segment_known_coverage": round(first.known_coverage, 4),
        "segment_orientation": first.orientation.label,
        "segment_part": first.part,
        "segment_times_estimated": first.times_estimated,
    }


def _about(case: CaseRecord, writing: Writing, viewed: int) -> Iterator[tuple[str, object]]:
    """Provenance as rows: what it is about as reason, what there is to say as detail."""
    yield from (("statement", each) for each in statements(writing, viewed=viewed))
    yield from (("warning", each) for each in warnings(case, writing.verdict))
    yield from (("numbering", each) for each in numbering(case))
    told = {"examiner": writing.examiner, "agency": writing.agency, "note": writing.note}
    yield from ((name, words) for name, words in told.items() if words)
    yield "written", f"{writing.at} by hashmatch {writing.tool}"
    yield "verification", verified(writing.verdict)
    if writing.verdict:
        yield from (("problem", problem_in_words(each)) for each in writing.verdict.problems)
        yield from (("remark", problem_in_words(each)) for each in writing.verdict.remarks)
    yield "audit", f"{case.audit_rows} rows, head {case.audit_head}"
    for each in case.lists:
        yield "list", f"{each.name} {each.version}: {', '.join(each.sha256)}"
        for words in searched_in_words(each.coverage) if each.coverage else ():
            yield "list", f"{each.name}: {words}"
    for run in case.runs:
        name = f"run {run.id}"
        yield from ((f"{name} {aspect}", words) for aspect, words in conditions(run).items())
        libraries = " ".join(f"{library} {version}" for library, version in run.libraries.items())
        of = "a number of files not counted"
        if run.expected is not None:
            of = number_of(run.expected, "file")
        yield name, f"{run.status}, {run.started} to {run.ended or 'no end on record'}"
        yield name, f"{run.position:,} of {of} on record"
        yield name, f"hashmatch {run.tool} on {run.host}: {libraries}"
        yield name, f"command: {run.command}"
        yield name, f"profile: {'; '.join(f'{key} {said}' for key, said in run.profile.items())}"
    for source in case.sources:
        name = f"source {source.label}"
        yield name, f"{source.kind} {source.path}, {source.items} items"
        yield name, f"{source.hashed} hashed, {source.unreadable} unreadable"
        yield name, f"{source.videos} of the hashed are videos or animated pictures"
        yield name, f"{source.skipped} skipped, {source.incomplete} decoded in part"
