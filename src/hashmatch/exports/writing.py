"""An export to a file: whole or not at all, and for its owner alone."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from hashmatch import registry
from hashmatch.errors import DamagedDatabaseError, HashmatchError, OutputError
from hashmatch.exports.facts import Facts
from hashmatch.files.whole import cannot_write, whole_file
from hashmatch.sightings.database import Database

if TYPE_CHECKING:
    from hashmatch.exports.base import Export


def write_export(
    database: Database,
    out: Path,
    *,
    format: str,
    case: str = "",
    protected: bool = False,
    every: bool = False,
    on_marks: Callable[[tuple[str, ...]], None] = lambda _marks: None,
    at: datetime | None = None,
) -> Counter[str]:
    """Write what is on record in a format for other programs. The record is verified first.

    Args:
        database: the record.
        out: the file, which is written beside and renamed.
        format: `graphml`, `nodes-csv`, `edges-csv`, `timesketch`, `case-uco`, `stix`, `parquet` or
            `vics`, or a registered one.
        case: the case that asks, by the lab's own number: its own sightings and events, and links
            that it is part of; all cases by default.
        protected: whether victims and reporters are exported too.
        every: also what makes no link by default.
        on_marks: called with the handling marks of what is exported, before it is written; an error
            that it raises ends the export.
        at: when, with its time zone; now by default.

    Returns:
        What the format could not carry, in words, and how often.

    Raises:
        UnknownNameError: no such format, or no such case.
        ValueError: the format needs a case.
        DamagedDatabaseError: something on record was altered.
        MissingExtraError: the format needs a library that is not installed.
        OutputError: the file cannot be written.
    """
    export: Export = registry.load("exports", format)
    when = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    with database.snapshot():
        if case:
            database.case(case)
        if problems := database.verify().problems:
            msg = (
                f"the record was altered ({problems[0].what}), and nothing is exported: `hashmatch "
                "audit verify` shows all that is wrong"
            )
            raise DamagedDatabaseError(msg)
        facts = Facts(
            database,
            case=case,
            protected=protected,
            every=every,
            tool=version("hashmatch"),
            at=when.replace("+00:00", "Z"),
        )
        on_marks(facts.handling_of_links if export.of_links else facts.handling)
        try:
            with whole_file(out) as file:
                lost = export.write(facts, file.buffer)
        except HashmatchError:
            raise
        except OSError as error:
            raise OutputError(str(cannot_write(out, error))) from None
    # A graph has the cases that are pointers.
    return lost if export.of_links else lost + facts.withheld
