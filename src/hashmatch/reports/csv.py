r"""A table for spreadsheets: UTF-8 with its mark, commas, every field quoted.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@`. Such text gets an apostrophe in
front, also where it follows a semicolon, at which some countries' spreadsheets cut. What is no
visible character is written as its escape, `\u202e`. Who needs names exactly reads the JSON.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TextIO

from hashmatch.coverage import searched_in_words
from hashmatch.model import ItemStatus
from hashmatch.model.digests import DIGESTS
from hashmatch.reports import media
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.conditions import conditions
from hashmatch.reports.findings import Findings
from hashmatch.reports.plain import of_recorded, of_sighting
from hashmatch.reports.rematches import rematch_in_words
from hashmatch.reports.statement import (
    numbering,
    problem_in_words,
    statements,
    verified,
    warnings,
)
from hashmatch.reports.text import shortened
from hashmatch.reports.totals import Standing
from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord
from hashmatch.visible import printable
from hashmatch.wording import number_of

_TIMES: Final = ("modified", "accessed", "changed", "created")


def _at(place: str, *names: str) -> Iterator[tuple[str, str]]:
    """Columns that are called as what lies at this place."""
    return ((name, f"{place}.{name}") for name in names)


PATHS: Final = (
    *((name, name) for name in ("record", "case", "sighting", "standing")),
    *_at("item", "item", "exhibit", "path", "size", *DIGESTS),
    *_at("item.times", *_TIMES),
    *_at("item", "other_times", "status", "format", "width", "height", "fraction", "hash"),
    ("hash_quality", "item.quality"),
    ("item_known_good", "item.known_good"),
    *_at("match", "list_name", "list_sha256", "entry_id", "number", "scheme", "category"),
    *_at("match", "kind", "band", "algorithm", "distance", "threshold"),
    *_at("match", "orientation", "inverted", "alpha", "frame", "mode", "part"),
    *_at("match", "quality", "entry_quality", "known_good", "suppressed"),
    *(("viewed_by_human", "viewed_by_human"), ("run", "run"), ("recorded", "at")),
    *_at("item", "reason", "detail", "frames", "duration", "codec", "sampling"),
    ("damaged_packets", "item.damaged"),
    # How many there are, and the surest of them; times in seconds.
    ("segments", "match.segments"),
    *(
        (f"segment_{name}", f"match.segments.0.{name}")
        for name in (
            *("start", "end", "known_start", "known_end", "grade", "speed", "frames", "pictures"),
            *("distance", "coverage", "known_coverage", "orientation", "part", "times_estimated"),
        )
    ),
    ("finding", "finding"),
    ("entry_hash", "match.entry_hash"),
    *((f"entry_{name}", f"match.entry_digests.{name}") for name in DIGESTS),
    ("entry_details", "match.details"),
    *_at("item", "flags", "other_name"),
    *((f"viewed_{name}", f"viewings.{name}") for name in ("at", "by", "why")),
    # Columns of items that no plain path leads to; steps and runs as JSON.
    ("parent_item", "item.parent"),
    *((name, f"item.{name}") for name in ("parent_md5", "parent_offset")),
    *(
        (f"place_{name}", f"item.place.{name}")
        for name in ("parent", "steps", "state", "confidence", "runs", "weight")
    ),
    ("original_name", "item.original_name"),
    # Which part of a picture matched; corners as JSON.
    *_at("match", "tier", "outline", "hypothesis", "tried"),
    *_at("match", "inliers", "scale", "turn", "overlap"),
    # The rematch that found it later, without the evidence; empty of what the scan itself found.
    ("retroactive_rematch", "retroactive_rematch"),
)
"""Every column, and where in the JSON of its row that lies which it holds."""

COLUMNS: Final = tuple(column for column, _ in PATHS)

_STEPS: Final = tuple((column, tuple(path.split("."))) for column, path in PATHS)
_MADE: Final[Mapping[str, Callable[[Any], object]]] = {
    "segments": lambda segments: len(segments) or None,
    "entry_details": lambda details: json.dumps(details) if details else None,
    **dict.fromkeys(("place_steps", "place_runs"), json.dumps),
    **dict.fromkeys(("width", "height", "frames"), lambda count: count or None),
    **dict.fromkeys(("flags", "viewed_at", "viewed_by", "viewed_why"), "; ".join),
}
"""What is not written as it is in JSON."""

BYTE_ORDER_MARK = "\ufeff"
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
    text = str(value)
    if text.isascii() and text.isalnum() and len(text) <= _LONGEST:
        return text
    return _FORMULA.sub(r"\1'", printable(shortened(text, _LONGEST)))


class CsvReport:
    """One row per sighting, then per unreadable and incomplete item, then what led to them."""

    suffix = ".csv"
    is_stream = True

    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        """Write the rows as they come. `record` says what a row is."""
        whole = database.case(case)
        exhibits = {source.id: source.label for source in whole.sources}
        out.write(BYTE_ORDER_MARK)
        writer = csv.DictWriter(
            out, COLUMNS, restval="", quoting=csv.QUOTE_ALL, lineterminator="\r\n"
        )
        writer.writeheader()
        viewed = 0
        with Findings() as findings:
            for sighting in database.sightings(case):
                viewed += sighting.viewed_by_human
                found = _of_sighting(sighting, exhibits) | {"finding": findings.add(sighting)}
                writer.writerow(_row("sighting", case, found))
            totals = findings.counts().in_words
        for item in database.items(case, status=ItemStatus.UNREADABLE):
            writer.writerow(_row("unreadable", case, _of_item(item, exhibits)))
        for item in database.items(case, status=ItemStatus.HASHED, in_part=True):
            writer.writerow(_row("incomplete", case, _of_item(item, exhibits)))
        for reason, detail in (("findings", totals), *_about(whole, writing, viewed)):
            writer.writerow(_row("about", case, {"item": {"reason": reason, "detail": detail}}))
        return Counter()


def _row(record: str, case: str, found: Mapping[str, Any]) -> dict[str, str]:
    whole = {"record": record, "case": case, **found}
    return {column: cell(_held(whole, column, steps)) for column, steps in _STEPS}


def _held(whole: Any, column: str, steps: Sequence[str]) -> object:  # noqa: ANN401 (JSON)
    """What a column holds: what lies at its path, None where there is nothing."""
    found = whole
    for step in steps:
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, list) and step.isdigit():
            found = found[int(step)] if int(step) < len(found) else None
        elif isinstance(found, list):
            found = [each[step] for each in found]
    make = _MADE.get(column)
    return found if make is None or found is None else make(found)


def _of_item(item: ItemRecord, exhibits: Mapping[int, str]) -> dict[str, Any]:
    found = of_recorded(item, exhibits)
    others = (f"{kind}={time}" for kind, time in item.times.items() if kind not in _TIMES)
    found["other_times"] = "; ".join(others)
    if item.status is not ItemStatus.HASHED:
        found["fraction"] = None
    if not item.is_video:
        found["damaged"] = None
    return {"item": found}


def _of_sighting(sighting: SightingRecord, exhibits: Mapping[int, str]) -> dict[str, Any]:
    standing = {"standing": Standing.of(sighting.match).value}
    return of_sighting(sighting, exhibits) | standing | _of_item(sighting.item, exhibits)


def _about(case: CaseRecord, writing: Writing, viewed: int) -> Iterator[tuple[str, object]]:
    """Provenance as rows: what it is about as reason, what there is to say as detail."""
    yield from (("handling", each) for each in case.handling)
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
        marked = f", {each.handling}" if each.handling else ""
        yield "list", f"{each.name} {each.version}: {', '.join(each.sha256)}{marked}"
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
    for rematch in case.rematches:
        for words in rematch_in_words(rematch):
            yield f"rematch {rematch.id}", words
    for source in case.sources:
        name = f"source {source.label}"
        yield name, f"{source.kind} {source.path}, {source.items} items"
        yield name, f"{source.hashed} hashed, {source.unreadable} unreadable"
        yield name, f"{source.videos} of the hashed are videos or animated pictures"
        yield name, f"{source.skipped} skipped, {source.incomplete} decoded in part"
        if source.members:
            yield name, f"{source.members} of the items lie in others"
        yield from ((f"{name} {topic}", words) for topic, words in media.lines(source))
