r"""The whole record for other programs: one JSON document, or JSON Lines.

Names stay exactly what they are. The text is ASCII, and everything else in it an escape, so that
nothing in a name can steer what shows it; bytes of a name that are no text appear as `\udcXX`.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TextIO, TypeAlias

from hashmatch.model import ItemStatus
from hashmatch.model.plain import plain
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.findings import Findings
from hashmatch.reports.plain import of_recorded, of_sighting
from hashmatch.reports.statement import numbering, statements, warnings
from hashmatch.reports.totals import Totals
from hashmatch.sightings.records import CaseRecord
from hashmatch.sightings.verdict import Verdict

_VERSION: Final = 1
_MANY: Final = {"sightings": "sighting", "unreadable": "unreadable", "incomplete": "incomplete"}
"""Keys of a document that hold any number of records, and what one of them is called."""

_Found: TypeAlias = tuple[str, Any]


class JsonReport:
    """One document, in the order in which it is written: totals come last."""

    suffix = ".json"
    is_stream = True

    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        """Write the document record by record."""
        separator = "{\n"
        for key, group in groupby(_records(database, case, writing), key=itemgetter(0)):
            out.write(f'{separator}"{key}": ')
            separator = ",\n"
            if key not in _MANY:
                out.write(json.dumps(next(group)[1]))
                continue
            comma = "[\n"
            for _, record in group:
                if record is not None:
                    out.write(comma + json.dumps(record))
                    comma = ",\n"
            out.write("[]" if comma == "[\n" else "\n]")
        out.write("\n}\n")
        return Counter()


class JsonLinesReport:
    """One object a line, each with its kind as `record`; the last line holds the totals."""

    suffix = ".jsonl"
    is_stream = True

    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        """Write the lines as they come."""
        for key, record in _records(database, case, writing):
            if record is not None:
                out.write(json.dumps({"record": _MANY.get(key, key), **record}) + "\n")
        return Counter()


def _records(database: CaseReader, name: str, writing: Writing) -> Iterator[_Found]:
    """Everything in order. Of each key with many records the first is None: it may have none."""
    case = database.case(name)
    exhibits = {source.id: source.label for source in case.sources}
    totals = Totals()
    with Findings() as findings:
        yield from _of_case(
            database, case, writing, exhibits=exhibits, totals=totals, findings=findings
        )


def _of_case(
    database: CaseReader,
    case: CaseRecord,
    writing: Writing,
    *,
    exhibits: Mapping[int, str],
    totals: Totals,
    findings: Findings,
) -> Iterator[_Found]:
    name = case.name
    yield (
        "report",
        {
            "format": "hashmatch-report",
            "version": _VERSION,
            "tool": writing.tool,
            "written": writing.at,
            "redacted": writing.redacted,
            "examiner": writing.examiner or None,
            "agency": writing.agency or None,
            "note": writing.note or None,
            "handling": list(case.handling),
            "verification": _of_verdict(writing.verdict),
            "warnings": warnings(case, writing.verdict),
            "numbering": numbering(case),
        },
    )
    yield "case", case.to_dict()
    yield "sightings", None
    for sighting in database.sightings(name):
        standing = totals.add(sighting)
        yield (
            "sightings",
            {
                "standing": standing.value,
                "finding": findings.add(sighting),
                **of_sighting(sighting, exhibits),
            },
        )
    yield "unreadable", None
    for item in database.items(name, status=ItemStatus.UNREADABLE):
        yield "unreadable", of_recorded(item, exhibits)
    yield "incomplete", None
    for item in database.items(name, status=ItemStatus.HASHED, in_part=True):
        yield "incomplete", of_recorded(item, exhibits)
    said = statements(writing, viewed=totals.viewed)
    yield "totals", {**_of_totals(totals, said), **plain(findings.counts())}


def _of_verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    return None if verdict is None else verdict.plain()


def _of_totals(totals: Totals, said: list[str]) -> dict[str, Any]:
    return {
        "sightings": totals.sightings,
        "viewed_by_human": totals.viewed,
        "standings": {standing.value: n for standing, n in sorted(totals.standings.items())},
        "lists": [
            {"list_name": name, "category": category, **counts}
            for (name, category), counts in sorted(totals.by_list.items())
        ],
        "statements": said,
    }
