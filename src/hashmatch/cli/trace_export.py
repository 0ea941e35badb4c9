"""`hashmatch trace export`: what is on record, in the formats of other programs."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from hashmatch.cli.completing import registered
from hashmatch.cli.handling import ReleaseMarkedOption
from hashmatch.cli.options import ForceOption
from hashmatch.cli.output import line, note, printable
from hashmatch.cli.places import check_exhibits, check_output
from hashmatch.cli.standard_input import DASH
from hashmatch.cli.trace import CaseOption, DbOption, ProtectedOption, UpdateOption
from hashmatch.cli.trace_opening import opened
from hashmatch.model.handling import RED, in_words

HELP = """Write what is on record in a format of other programs.

graphml, nodes-csv and edges-csv hold links as `trace links` shows them: entries, clusters,
identifiers and cameras beside exhibits, cases and accounts. timesketch holds every time of every
sighting and event, each a row of its own. case-uco (CASE/UCO 1.5, JSON-LD), stix (STIX 2.1), and
parquet (extra `parquet`) hold sightings and events; vics is the report of one case.

With --case it is what that case may learn: its own sightings and events, and links that it is part
of. Of cases that are pointers an export says that they have something and whom to ask, of hidden
ones nothing. Victims and reporters are left out unless --protected asks for them.

Handling marks are in every format. What is marked TLP:RED is written only with --release-red. The
record is verified first; if anything was altered, nothing is written.

\b
Examples:
  hashmatch trace export --db lab.sightings --format graphml --out links.graphml
  hashmatch trace export --db lab.sightings --case 2026-0417 --format timesketch --out times.csv
  hashmatch trace export --db lab.sightings --format stix --out sightings.json
"""


FormatOption = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        autocompletion=registered("exports"),
        help="graphml, nodes-csv, edges-csv, timesketch, case-uco, stix, parquet or vics.",
    ),
]
OutOption = Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.")]
EveryOption = Annotated[
    bool, typer.Option("--all", help="Also what makes no link, with the reason.")
]


def trace_export(
    *,
    db: DbOption,
    format: FormatOption,
    out: OutOption,
    case: CaseOption = "",
    every: EveryOption = False,
    protected: ProtectedOption = False,
    force: ForceOption = False,
    release: ReleaseMarkedOption = False,
    update: UpdateOption = True,
) -> None:
    """The command `trace export`."""
    from hashmatch import registry
    from hashmatch.errors import HashmatchError
    from hashmatch.exports.writing import write_export

    of_links = bool(registry.load("exports", format).of_links)
    if out == DASH:
        msg = "an export is whole or not at all, and goes to no standard output: name a file"
        raise typer.BadParameter(msg, param_hint="--out")
    check_output(out, force=force)
    with opened(db, update=update and of_links) as database:
        check_exhibits([("the export", out)], database)
        asked: dict[str, Any] = {"case": case, "protected": protected, "every": every}
        asked["on_marks"] = partial(_check, release)
        try:
            lost = write_export(database, out, format=format, **asked)
        except HashmatchError:
            raise
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--case") from None
    for what, count in lost.most_common():
        note(f"{format} cannot carry: {what} ({count:,})")
    line(printable(str(out)))


def _check(release: bool, marks: tuple[str, ...]) -> None:  # noqa: FBT001 (bound before)
    """See that what is marked TLP:RED is released, and say how far the file may be passed on.

    Raises:
        BadParameter: nobody released it.
    """
    if RED in marks and not release:
        msg = (
            f"what would be written is marked {in_words(marks)}: it is for named recipients alone. "
            "--release-red writes it all the same"
        )
        raise typer.BadParameter(msg)
    if marks:
        note(f"HANDLING: {in_words(marks)}")
