"""`hashmatch trace report`: what exhibits have in common, as one page for people."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hashmatch.cli.csv_output import text_output
from hashmatch.cli.handling import ReleaseMarkedOption
from hashmatch.cli.options import ForceOption, JsonOption
from hashmatch.cli.output import json_line, line, note, printable, standard_output
from hashmatch.cli.places import check_exhibits, check_output
from hashmatch.cli.standard_input import DASH
from hashmatch.cli.trace import CaseOption, DbOption, ProtectedOption, UpdateOption
from hashmatch.cli.trace_opening import check_case, opened
from hashmatch.model.handling import RED, in_words
from hashmatch.reports.circulation.writing import NAME, write_circulation

if TYPE_CHECKING:
    from hashmatch.tracing.reported import Circulation

HELP: Final = """Write a page for people: what exhibits and cases have in common, and when.

One file without scripts, pictures and requests, for screens and for A4: what was compared and what
"in common" means, links with the rarest first, exhibits beside each other, the times of each thing
on lines by case, cameras, figures, coverage, and the words explained. It has 5 MB at most; what is
left out is counted, with the command that shows it. --json prints all that the page shows.

Of other cases the page shows what they allow, as `trace links` and `trace who` do. The strictest
mark of what it shows stands above and below each sheet. Where that is TLP:RED the page is written
with --release-red alone: a page of several cases comes into more hands than one of them.

\b
Examples:
  hashmatch trace report --db lab.sightings
  hashmatch trace report --db lab.sightings --case 2026-0417 --output circulation-0417.html
  hashmatch trace report --db lab.sightings --case 2026-0417 --json > page.json
"""

_OutputOption = Annotated[
    Path, typer.Option("--output", metavar="FILE", help="File to write; - for standard output.")
]
_ExaminerOption = Annotated[
    str, typer.Option(metavar="NAME", help="Who hands the page out; shown on its cover.")
]
_AgencyOption = Annotated[
    str, typer.Option(metavar="NAME", help="The agency or lab; shown on its cover.")
]
_RemarkOption = Annotated[
    str, typer.Option("--note", metavar="TEXT", help="A note; shown on its cover.")
]


def trace_report(
    *,
    db: DbOption,
    case: CaseOption = "",
    output: _OutputOption = Path(NAME),
    force: ForceOption = False,
    protected: ProtectedOption = False,
    release: ReleaseMarkedOption = False,
    examiner: _ExaminerOption = "",
    agency: _AgencyOption = "",
    remark: _RemarkOption = "",
    update: UpdateOption = True,
    as_json: JsonOption = False,
) -> None:
    """The command `trace report`."""
    from hashmatch.tracing.circulation import circulation

    if not as_json:
        check_output(output, force=force)
    with opened(db, update=update) as database:
        check_case(database, case)
        if not as_json:
            check_exhibits([("the page", output)], database)
        found = circulation(database, viewer=case, protected=protected)
    if as_json:
        json_line(found.to_dict())
        return
    _check_red(found, released=release)
    out = text_output() if output == DASH else output
    with standard_output():
        write_circulation(found, out, examiner=examiner, agency=agency, note=remark)
    if found.handling:
        note(f"HANDLING: {in_words(found.handling)}")
    if out is output:
        line(printable(str(output)))


def _check_red(found: "Circulation", *, released: bool) -> None:
    """See that somebody said so where something on the page is for named recipients alone.

    Raises:
        BadParameter: nobody did.
    """
    if RED in found.handling and not released:
        msg = (
            f"what the page shows is marked {in_words(found.handling)}: it is for named recipients "
            "alone. --release-red writes the page, with the mark on each sheet"
        )
        raise typer.BadParameter(msg)
