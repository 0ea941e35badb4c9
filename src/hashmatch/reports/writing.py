"""A report to a file: whole or not at all, and for its owner alone."""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Final, TextIO

from hashmatch import registry
from hashmatch.errors import DamagedDatabaseError, HashmatchError, ReportError
from hashmatch.files.whole import cannot_write
from hashmatch.reports.base import CaseReader, PagedReport, Report, Verifiable, Writing
from hashmatch.reports.files import several_files
from hashmatch.reports.redaction import Redacted, without_paths
from hashmatch.reports.statement import problem_in_words
from hashmatch.sightings.verdict import Verdict

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME: Final = 100


def default_name(case: str, report: Report) -> str:
    """The name of a file for the report of a case, made of harmless characters.

    >>> from hashmatch.reports.html import HtmlReport
    >>> default_name("2026/0417 <a>", HtmlReport())
    '2026-0417-a.html'
    """
    name = _UNSAFE.sub("-", case).strip(".-")[:_LONGEST_NAME]
    return f"{name or 'case'}{report.suffix}"


def write_report(
    database: CaseReader,
    case: str,
    *,
    format: str,
    out: TextIO | str | PathLike[str],
    redact_paths: bool = False,
    examiner: str = "",
    agency: str = "",
    note: str = "",
    verdict: Verdict | None = None,
    at: datetime | None = None,
    on_file: Callable[[Path], object] = lambda _: None,
) -> Counter[str]:
    """Write the report of a case. The record is verified first, and the report says the outcome.

    A page for people that would be too large to be opened goes to several files, which link to one
    another: the one that was named, and further ones beside it.

    Args:
        database: what is on record.
        case: the lab's own number.
        format: `html`, `json`, `jsonl`, `csv`, `vics` or `parquet`, or a registered one.
        out: a file to be written beside and renamed, readable by its owner alone; or a stream.
        redact_paths: whether names of folders and files are withheld.
        examiner: who hands the report out, for its cover.
        agency: for which the examiner works.
        note: a text for the cover.
        verdict: what `Database.verify` found of this state of the database; by default it is
            verified now, where the reader can do that.
        at: when the report is written, with its time zone; now by default. The same database and
            the same time give the same bytes.
        on_file: told each file before anything is written to it. If it raises, nothing is written.

    Returns:
        What the format could not carry, in words, and how often.

    Raises:
        UnknownNameError: no such format.
        ReportError: the file cannot be written, or the database changed meanwhile.
        DamagedDatabaseError: its tables are not those of hashmatch.
    """
    report: Report = registry.load("reports", format)
    when = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    with database.snapshot() if isinstance(database, Verifiable) else nullcontext():
        if verdict is None and isinstance(database, Verifiable):
            verdict = database.verify()
        if verdict is not None and not verdict.readable:
            msg = (
                f"the tables of the database are not those of hashmatch ({verdict.problems[0].what}"
                "): what they hold is not to be trusted, and no report is written from it"
            )
            raise DamagedDatabaseError(msg)
        writing = Writing(
            version("hashmatch"),
            when.replace("+00:00", "Z"),
            redact_paths,
            examiner=examiner.strip(),
            agency=agency.strip(),
            note=note.strip(),
            verdict=without_paths(verdict) if verdict and redact_paths else verdict,
        )
        reader = Redacted(database) if redact_paths else database
        try:
            place = Path(out) if isinstance(out, str | PathLike) else out
            return _written(report, reader, case, place, writing=writing, on_file=on_file)
        except (HashmatchError, OSError):
            raise
        except Exception as error:
            if verdict is None or verdict.passed:
                raise
            # What somebody wrote into the record can be anything.
            msg = (
                "the record was altered and cannot be read, and no report is written: "
                f"{problem_in_words(verdict.problems[0])}"
            )
            raise DamagedDatabaseError(msg) from error


def _written(
    report: Report,
    reader: CaseReader,
    case: str,
    out: TextIO | Path,
    *,
    writing: Writing,
    on_file: Callable[[Path], object],
) -> Counter[str]:
    if not isinstance(out, Path):
        return report.write(reader, case, out, writing=writing)
    try:
        with several_files(out, on_file) as files:
            if isinstance(report, PagedReport):
                return report.write_pages(reader, case, files, writing=writing)
            return report.write(reader, case, files.open(), writing=writing)
    except HashmatchError:
        raise  # of the record, though errors of databases are OSErrors too
    except OSError as error:
        raise ReportError(str(cannot_write(out, error))) from None
