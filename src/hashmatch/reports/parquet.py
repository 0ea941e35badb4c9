"""Parquet, in the columns of `MatchBatch` and `batch`: a row for each item that a report names."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, BinaryIO, Final, TextIO

from hashmatch.errors import ReportError
from hashmatch.model import ItemStatus
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.statement import numbering, statements, verified, warnings
from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord
from hashmatch.tables import arrow
from hashmatch.tables.columns import COLUMNS, Type
from hashmatch.tables.rows import match_of

FURTHER: Final[Mapping[str, Type]] = {
    "case": "text",
    "exhibit": "text",
    "item": "int",
    "original_name": "text",
    "known_good": "flag",
    "sightings": ["int"],
    "runs": ["int"],
    "viewed_by": ["text"],
    **dict.fromkeys(("modified", "accessed", "changed", "created"), "text"),
}
"""Columns of the record, behind those of every table of results."""


class ParquetReport:
    """Items with sightings, then unreadable and incomplete ones.

    What led to them is in the metadata of the file, as JSON under the key `hashmatch`.
    """

    suffix = ".parquet"
    is_stream = False
    is_binary = True

    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        """Write rows as they come, to the buffer of the stream.

        Raises:
            MissingExtraError: pyarrow is not installed.
            ReportError: the stream has none: it takes text alone.
        """
        arrow.needed()
        whole = database.case(case)
        viewed: Counter[str] = Counter()

        def about() -> dict[str, Any]:
            return _about(whole, writing, viewed.total())

        out.flush()
        arrow.write_rows(_binary(out), _rows(database, whole, viewed), about, FURTHER)
        return Counter()


def _binary(out: TextIO) -> BinaryIO:
    below: BinaryIO | None = getattr(out, "buffer", None)
    if below is None:
        msg = "Parquet is no text: give the path of a file, or a stream with a `buffer`"
        raise ReportError(msg)
    return below


def _rows(
    database: CaseReader, whole: CaseRecord, viewed: Counter[str]
) -> Iterator[dict[str, Any]]:
    """A row for each item, with all its sightings; each item once."""
    exhibits = {each.id: each.label for each in whole.sources}
    told: set[int] = set()
    for number, several in groupby(database.sightings(whole.name), lambda each: each.item.id):
        sightings = [*several]
        told.add(number)
        viewed.update(by=sum(each.viewed_by_human for each in sightings))
        yield _row(sightings[0].item, sightings, whole.name, exhibits)
    for status in (ItemStatus.UNREADABLE, ItemStatus.HASHED):
        for item in database.items(whole.name, status=status, in_part=True):
            if item.id not in told:
                yield _row(item, [], whole.name, exhibits)


def _row(
    item: ItemRecord,
    sightings: list[SightingRecord],
    case: str,
    exhibits: Mapping[int, str],
) -> dict[str, Any]:
    plain = item.to_dict()
    kind = "video" if item.is_video else "picture"
    viewings = [f"{each.at} {each.by}: {each.why}" for one in sightings for each in one.viewings]
    return {
        **{name: value for name, value in plain.items() if name in {*COLUMNS, *FURTHER}},
        **dict(item.digests.items()),
        **{name: item.times.get(name) for name in ("modified", "accessed", "changed", "created")},
        "uri": item.locator,
        "kind": kind if item.status is ItemStatus.HASHED else None,
        "matches": [match_of(each.match) for each in sightings],
        "case": case,
        "exhibit": exhibits.get(item.source, f"source {item.source}"),
        "item": item.id,
        "sightings": [each.id for each in sightings],
        "runs": sorted({each.run for each in sightings}),
        "viewed_by": viewings,
    }


def _about(whole: CaseRecord, writing: Writing, viewed: int) -> dict[str, Any]:
    """Provenance: which record it is of, and what a reader must know of it."""
    return {
        "case": whole.name,
        "written": writing.at,
        "tool": f"hashmatch {writing.tool}",
        "handling": [*whole.handling],
        "statements": [*statements(writing, viewed=viewed)],
        "warnings": [*warnings(whole, writing.verdict)],
        "numbering": [*numbering(whole)],
        "verification": verified(writing.verdict),
        "audit_rows": whole.audit_rows,
        "audit_head": whole.audit_head,
        "examiner": writing.examiner,
        "agency": writing.agency,
        "note": writing.note,
        "runs": [{"run": each.id, "status": each.status, "tool": each.tool} for each in whole.runs],
        "lists": [
            {"name": each.name, "version": each.version, "sha256": [*each.sha256]}
            for each in whole.lists
        ],
    }
