"""`hashmatch trace matrix`: how many links each two exhibits have, and the rarest."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hashmatch.cli.csv_output import csv_table
from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.timeline import CsvOption, check_one_form
from hashmatch.cli.trace import CaseOption, DbOption, ProtectedOption, UpdateOption
from hashmatch.cli.trace_opening import check_case, covered, opened
from hashmatch.cli.trace_output import marked, note_handling, show_coverage
from hashmatch.model.handling import in_words
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.tracing.source_matrix import Matrix

HELP = """Show how many links each two exhibits have, by kind, and the rarest of them.

Links are those of `trace links`. Exhibits that are linked stand together and form a group; within
it those with strong and rare links are neighbours. Of each pair the rarest link is named, with the
number of all exhibits that it is in: what lies on many says little. Pairs with the rarest links
come first; without --json and --csv the first 200 are shown.

\b
Examples:
  hashmatch trace matrix --db lab.sightings
  hashmatch trace matrix --db lab.sightings --case 2026-0417 --csv > pairs.csv
"""

_SHOWN: Final = 200
_DEFAULT: Final = 500


def trace_matrix(
    *,
    db: DbOption,
    case: CaseOption = "",
    most: Annotated[
        int,
        typer.Option(
            "--most",
            min=2,
            metavar="N",
            help="Exhibits that are shown: those with the most and the rarest links.",
        ),
    ] = _DEFAULT,
    protected: ProtectedOption = False,
    update: UpdateOption = True,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `trace matrix`."""
    from hashmatch.tracing.links import Question
    from hashmatch.tracing.source_matrix import matrix
    from hashmatch.tracing.values import LinkKind

    check_one_form(as_json=as_json, as_csv=as_csv)
    with opened(db, update=update) as database:
        check_case(database, case)
        found = matrix(database, Question(case=case, protected=protected), most=most)
        if as_csv:
            kinds = [each.value for each in LinkKind]
            pair = ["case", "exhibit", "other_case", "other_exhibit"]
            rarest = ["rarest", "kind", "grade", "exhibits", "of", "handling"]
            csv_table([*pair, *kinds, *rarest], _rows(found, kinds))
        elif as_json:
            json_line(found.to_dict())
            for each in found.cells:
                json_line(each.to_dict())
        else:
            _show(found)
            show_coverage(covered(database, case), as_json=False, short=True)
    if found.left_out:
        more = number_of(len(found.left_out), "exhibit")
        note(f"{more} more have links and are not shown: --most {most + len(found.left_out)}")


def _rows(found: "Matrix", kinds: Sequence[str]) -> Iterator[Sequence[object]]:
    handling = in_words(found.handling) if found.handling else ""
    for each in found.cells:
        one, other = found.sources[each.row], found.sources[each.column]
        counts = [each.counts.get(kind, 0) for kind in kinds]
        rarest = (each.key, each.kind.value, each.grade.value, each.exhibits, found.of, handling)
        yield [one.case, one.exhibit, other.case, other.exhibit, *counts, *rarest]


def _show(found: "Matrix") -> None:
    links = number_of(found.links, "link")
    line(f"{links} between {number_of(len(found.sources), 'exhibit')} of {found.of:,}")
    for number, source in enumerate(found.sources, 1):
        told = f"{number_of(source.links, 'link')} with {source.linked:,}"
        where = f"case {source.case}, {source.exhibit}: {told}{marked(source.handling)}"
        line(printable(f"  {number}. group {source.group}, {where}"))
    for each in found.cells[:_SHOWN]:
        counts = ", ".join(f"{kind} {count:,}" for kind, count in each.counts.items())
        rarity = f"{each.grade.value}, in {each.exhibits:,} of {number_of(found.of, 'exhibit')}"
        pair = f"{each.row + 1} and {each.column + 1}"
        line(printable(f"  {pair}: {counts}; rarest {each.key} ({rarity})"))
    if more := max(len(found.cells) - _SHOWN, 0):
        line(f"  {number_of(more, 'pair')} more: --json and --csv write all")
    for pointer in found.pointers:
        whom = pointer.contact or "its lead (no contact is on record)"
        line(printable(f"  case {pointer.case}: ask {whom}{marked(pointer.handling)}"))
    note_handling(found.handling)
