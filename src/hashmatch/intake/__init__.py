"""Reports, provider returns and logs, read into events.

A file, a folder or a ZIP archive becomes one or more units, each of which is imported wholly or
not at all. What a file is is seen in its content, never in its name. Nothing here reaches a picture
or a database.

    for unit in units(Path("return.zip")):
        for record in unit.records():  # an Event, or a QuarantinedRow
            ...
        unit.notes
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from hashmatch.errors import IntakeError
from hashmatch.intake.cybertip.documents import JSON, XML, Document, is_of_a_report, read_documents
from hashmatch.intake.cybertip.grouping import report_units
from hashmatch.intake.maps import Mapping
from hashmatch.intake.members import Member, members_of
from hashmatch.intake.tables import Recognised, recognise, table_unit
from hashmatch.intake.unit import Record, Unit

__all__ = ["Mapping", "Record", "Unit", "units"]


def units(
    path: Path, *, mapping: Mapping | None = None, zone: str = "", format: str = ""
) -> Iterator[Unit]:
    """What a file, a folder or a ZIP archive holds.

    Args:
        path: of it.
        mapping: what the columns of its tables are; by default the ready map that fits each.
        zone: of times without one, as `Europe/Berlin`; by default their interval stays wide.
        format: name of a ready map, for tables that several fit; or `cybertipline-xml` or
            `cybertipline-json`, by which no tables are read.

    Raises:
        IntakeError: something in it cannot be understood; the message says what to do. Nothing
            was yielded.
        OSError: it cannot be read.
    """
    found = members_of(path)
    documents: list[Document] = []
    tables: list[tuple[Member, Recognised]] = []
    others = 0
    reports = format in {XML, JSON} or not (format or mapping)
    for each in found.files:
        if reports and is_of_a_report(each.head()):
            documents += read_documents(each)
        elif format not in {XML, JSON} and (recognised := recognise(each, mapping, format)):
            tables.append((each, recognised))
        elif found.alone:
            raise IntakeError(_not_understood(each, mapping))
        else:
            others += 1
        each.forget()
    if not documents and not tables:
        msg = f"{found.name} holds no report and no table that is understood: {_WHAT_TO_DO}"
        raise IntakeError(msg)
    found.notes.count("files that are no report and no table, left out", others)
    made = chain(
        report_units(found.name, documents, zone),
        (table_unit(each, recognised, zone) for each, recognised in tables),
    )
    for unit in made:
        unit.note(found.notes.lines)
        yield unit


_WHAT_TO_DO = "describe the columns of a table with --map (docs/reference/imports.md)"


def _not_understood(member: Member, mapping: Mapping | None) -> str:
    if mapping is not None:
        columns = ", ".join(map(repr, mapping.required))
        return f"{member.shown} is no table with the columns that the map names: {columns}"
    return f"{member.shown} is no report, and no table that a ready map fits: {_WHAT_TO_DO}"
