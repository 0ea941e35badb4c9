"""`hashmatch report`: what is on record of a case, for people and for other programs."""

import shlex
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.completing import registered
from hashmatch.cli.csv_output import text_output
from hashmatch.cli.exit_codes import EXIT_INTEGRITY
from hashmatch.cli.options import ForceOption
from hashmatch.cli.output import line, note, printable, standard_output
from hashmatch.cli.places import check_exhibits, check_output
from hashmatch.cli.signing import CheckedHeadLogOption, PublicKeyOption
from hashmatch.cli.standard_input import DASH
from hashmatch.model.handling import in_words
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from hashmatch.sightings.verdict import Verdict

_SHOWN = 10
"""Problems of the record that are printed."""

HELP = """Write a report of a case from the record. It contains no picture.

html is one page to read and print, or several that link to each other where one would be too large
for a browser; vics is a case file of Project VIC's VICS 2.0, for Griffeye
and the like; json, jsonl (one object a line) and csv hold everything for other programs; parquet
has a row for each item, in the columns of `batch`.

html, vics and parquet go to a file named after the case; json, jsonl and csv to standard output.
--output names another file, beside which further pages go, or - for standard output. A file that
is there already is replaced only with --force. Files are readable by their owner alone.

The record is verified first, as `hashmatch audit verify` does: every report says the outcome, and
exit code 5 that something on record is not as it was recorded. --examiner, --agency and --note are
shown on the cover.

\b
Examples:
  hashmatch report --db lab.sightings --case 2026-0417
  hashmatch report --db lab.sightings --case 2026-0417 --redact-paths --output for-court.html
  hashmatch report --db lab.sightings --case 2026-0417 --examiner 'A. Meier' --agency 'LKA 4'
  hashmatch report --db lab.sightings --case 2026-0417 --key lab.key.pub
  hashmatch report --db lab.sightings --case 2026-0417 --format csv > sightings.csv
  hashmatch report --db lab.sightings --case 2026-0417 --format vics
"""


_DbOption = Annotated[
    Path,
    typer.Option("--db", metavar="FILE", envvar="HASHMATCH_DB", help="The database of sightings."),
]

_CaseOption = Annotated[str, typer.Option("--case", metavar="N", help="The lab's own case number.")]

_FormOption = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="html|json|jsonl|csv|vics|parquet",
        autocompletion=registered("reports"),
        help="Kind of report.",
    ),
]

_OutputOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="File to write; - for standard output.")
]

_RedactPathsOption = Annotated[
    bool,
    typer.Option("--redact-paths", help="Withhold names of folders and files."),
]

_ExaminerOption = Annotated[
    str, typer.Option(metavar="NAME", help="Who hands the report out; shown on its cover.")
]

_AgencyOption = Annotated[
    str, typer.Option(metavar="NAME", help="The agency or lab; shown on its cover.")
]

_RemarkOption = Annotated[
    str, typer.Option("--note", metavar="TEXT", help="A note; shown on its cover.")
]


def report_case(
    *,
    db: _DbOption,
    case: _CaseOption,
    format: _FormOption = "html",
    output: _OutputOption = None,
    force: ForceOption = False,
    redact_paths: _RedactPathsOption = False,
    examiner: _ExaminerOption = "",
    agency: _AgencyOption = "",
    remark: _RemarkOption = "",
    head_log: CheckedHeadLogOption = None,
    key: PublicKeyOption = None,
) -> None:
    """The command `report`."""
    from hashmatch import registry
    from hashmatch.errors import DatabaseError
    from hashmatch.reports.writing import default_name, write_report
    from hashmatch.sightings import keys
    from hashmatch.sightings.database import Database

    wanted = [keys.public(path) for path in key or ()]
    report = registry.load("reports", format)
    named = DASH if report.is_stream else Path(default_name(case, report))
    path = output or named
    check_output(path, force=force)
    out = text_output() if path == DASH else path
    written: list[Path] = []
    # One moment of the database, whatever a scan records meanwhile.
    with Database.open(db, read_only=True) as database, database.snapshot():
        # A report of a record that was altered is written all the same, and says so.
        with suppress(DatabaseError):
            check_exhibits([("the report", path)], database)
        verdict = database.verify(head_log=head_log, keys=wanted)
        with standard_output():
            lost = write_report(
                database,
                case,
                format=format,
                out=out,
                redact_paths=redact_paths,
                examiner=examiner,
                agency=agency,
                note=remark,
                verdict=verdict,
                on_file=_beginner(path, written, force=force),
            )
        if marks := database.case(case).handling:
            note(f"HANDLING: {in_words(marks)}")
    _tell(written, lost, format)
    _end(verdict, db)


def _beginner(named: Path, written: list[Path], *, force: bool) -> "Callable[[Path], None]":
    """What is told each file before it is written: its place must be free, as of the one named."""

    def begin(file: Path) -> None:
        if file != named:
            check_output(file, force=force)
        written.append(file)

    return begin


def _tell(written: list[Path], lost: "Counter[str]", format: str) -> None:
    """Say which files there are, and what they lack."""
    for file in written:
        line(printable(str(file)))
    for what, count in lost.most_common():
        note(f"{format} cannot carry: {what} ({count:,})")


def _end(verdict: "Verdict", db: Path) -> None:
    """Say what is wrong with the record, and end."""
    from hashmatch.reports.statement import problem_in_words

    if not verdict.passed:
        for problem in verdict.problems[:_SHOWN]:
            note(f"WRONG  {problem_in_words(problem)}")
        found = number_of(len(verdict.problems), "problem")
        note(
            f"error: verification of the record failed, with {found}; the report says so. "
            f"All of them: hashmatch audit verify --db {shlex.quote(str(db))}"
        )
        raise typer.Exit(EXIT_INTEGRITY)
