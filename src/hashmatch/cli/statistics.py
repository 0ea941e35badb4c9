"""`hashmatch trace stats`: figures of a record."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hashmatch.cli.csv_output import csv_table
from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.timeline import CsvOption, check_one_form
from hashmatch.cli.trace import CaseOption, DbOption, ProtectedOption
from hashmatch.cli.trace_opening import check_case, covered, opened
from hashmatch.cli.trace_output import marked, note_handling, show_coverage
from hashmatch.model.handling import in_words

if TYPE_CHECKING:
    from hashmatch.tracing.statistics import Group, Statistics

HELP = """Show how many reports, files, contents, entries and children are on record.

Each figure has its rule beside it. No two may be added: a file is a copy, a content is different
bytes, an entry is what a list knows, and one of them may be in several groups. Series and victims
are counted as hash lists name them. --by groups by scheme and category, list, case, source, kind of
source, or new against known; several --by make groups of what agrees in all. --time groups by month
of one kind of time; what has no such time, and what can lie in several months, stand apart.

Of cases that are open to the case that asks all is counted. Of others it is said that they have
something and whom to ask, or nothing at all. --csv has one row for each figure, with its rule.

\b
Examples:
  hashmatch trace stats --db lab.sightings
  hashmatch trace stats --db lab.sightings --case 2026-0417 --by category --by list
  hashmatch trace stats --db lab.sightings --time uploaded --csv > months.csv
"""

_ALL: Final = "(all)"


def trace_stats(
    *,
    db: DbOption,
    case: CaseOption = "",
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="category|list|case|source|source-kind|known",
            help="Group the figures; repeat for groups of what agrees in several.",
        ),
    ] = None,
    time: Annotated[
        str,
        typer.Option(
            "--time",
            metavar="KIND",
            help="Group by month of this kind of time: modified, uploaded, in-name and so on.",
        ),
    ] = "",
    protected: ProtectedOption = False,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `trace stats`."""
    from hashmatch.tracing.counting import UNDATED
    from hashmatch.tracing.statistics import Dimension, statistics

    check_one_form(as_json=as_json, as_csv=as_csv)
    try:
        dimensions = [*map(Dimension, by or ())]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--by") from None
    if Dimension.MONTH in dimensions and not time:
        msg = "months are of a kind of time: name it with --time"
        raise typer.BadParameter(msg, param_hint="--by")
    with opened(db, update=False) as database:
        check_case(database, case)
        found = statistics(database, dimensions, time=time, viewer=case, protected=protected)
        if time and all(each.key["month"] == UNDATED for each in found.groups):
            note(f"no time of the kind {time!r} is on record of what is counted")
        if as_csv:
            names = [each.value for each in found.by]
            csv_table([*names, "figure", "value", "rule", "handling"], _rows(found, names))
        elif as_json:
            json_line(found.to_dict())
        else:
            _show(found)
            show_coverage(covered(database, case), as_json=False, short=True)


def _rows(found: "Statistics", names: Sequence[str]) -> Iterator[Sequence[object]]:
    handling = in_words(found.handling) if found.handling else ""
    for each in (found.total, *found.groups):
        for figure, value in each.figures().items():
            key = [each.key.get(name, _ALL) for name in names]
            yield [*key, figure, value, found.rules[figure], handling]
    for pointer in found.pointers:
        told = [_ALL for _ in names]
        yield [*told, "not counted", pointer.case, f"ask {_whom(pointer.contact)}", handling]


def _whom(contact: str) -> str:
    return contact or "its lead (no contact is on record)"


def _show(found: "Statistics") -> None:
    names = [each.value for each in found.by]
    head = [*names, *found.rules]
    table = [head, *(_cells(each, names) for each in (*found.groups, found.total))]
    wide = [max(len(row[at]) for row in table) for at in range(len(head))]
    for row in table:
        words = [each.ljust(wide[at]) for at, each in enumerate(row[: len(names)])]
        numbers = [row[at].rjust(wide[at]) for at in range(len(names), len(head))]
        line("  ".join([*words, *numbers]).rstrip())
    for name, rule in (*found.meanings.items(), *found.rules.items()):
        kind = f" ({found.time})" if name == "month" else ""
        line(printable(f"{name}{kind}: {rule}"))
    for each in found.pointers:
        line(printable(f"case {each.case}: ask {_whom(each.contact)}{marked(each.handling)}"))
    note_handling(found.handling)


def _cells(group: "Group", names: Sequence[str]) -> list[str]:
    key = [printable(group.key.get(name, _ALL)) for name in names]
    told = group.figures().values()
    return [*key, *("–" if each is None else f"{each:,}" for each in told)]
