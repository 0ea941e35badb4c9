"""`hashmatch trace origin`: which copy is likely nearest to the source, as a hypothesis."""

from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, printable
from hashmatch.cli.trace import CaseOption, DbOption, ProtectedOption
from hashmatch.cli.trace_opening import check_case, opened
from hashmatch.cli.trace_output import marked, show_coverage, show_occurrences
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hashmatch.tracing.lineage import Copy, Descent, Origin, Reason

HELP = """Show which copy of a picture or video is likely nearest to the source: a hypothesis.

THING is a cluster (`cluster:12`), an entry of a hash list (`entry:LIST/ID`), or the SHA-256 of a
copy (`sha256:…`), for all copies in its cluster and all that the same entries met. Copies are
ranked, with reasons; below stands from which copy each was likely made. "Cannot be told" is an
answer. Nothing here is proof: what files say of themselves and times can be forged, and the first
copy of all need not be on record.

\b
Examples:
  hashmatch trace origin cluster:12 --db lab.sightings
  hashmatch trace origin entry:vic/123 --db lab.sightings --json
"""


def trace_origin(
    thing: Annotated[str, typer.Argument(metavar="THING", help="What is asked for.")],
    *,
    db: DbOption,
    case: CaseOption = "",
    protected: ProtectedOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `trace origin`."""
    from hashmatch.errors import HashmatchError
    from hashmatch.tracing.origin import origin

    with opened(db, update=False) as database:
        check_case(database, case)
        try:
            found = origin(database, thing, viewer=case, protected=protected)
        except HashmatchError:
            raise
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="THING") from None
    if as_json:
        json_line(found.to_dict())
    else:
        _show(found)


def _show(found: "Origin") -> None:
    copies = {each.number: each for each in found.copies}
    line(
        printable(f"{found.asked}: {number_of(len(copies), 'copy', 'copies')} compared")
        + marked(found.handling)
    )
    if found.candidates:
        first = found.candidates[0]
        verdict = (
            f"likely nearest to the source: copy {first.copy} ({first.confidence:.0%})"
            if found.told
            else "which one is nearest to the source cannot be told"
        )
        line(f"{verdict}. This is a hypothesis.")
    for each in found.candidates:
        line(printable(f"copy {each.copy} ({each.confidence:.0%}): {_facts(copies[each.copy])}"))
        _show_reasons(each.reasons)
        show_occurrences(copies[each.copy].occurrences)
    for descent in found.descents:
        line(printable(_descent(descent)))
        if descent.told:
            _show_reasons(descent.reasons)
    if found.siblings:
        numbers = ", ".join(map(str, found.siblings))
        line(
            f"copies {numbers} were made from a common one, or from several, that is not on record"
        )
    if found.left_out:
        line(f"{number_of(found.left_out, 'copy', 'copies')} NOT COMPARED: there are too many")
    if found.elsewhere:
        line("further copies, NOT COMPARED:")
        show_occurrences(found.elsewhere)
    show_coverage(found.coverage, as_json=False, short=True)


def _facts(copy: "Copy") -> str:
    told = [f"{copy.width}×{copy.height}", copy.format, f"{copy.size:,} bytes"]
    told += [copy.written[name] for name in ("sampling", "coding") if name in copy.written]
    if copy.duration is not None:
        told.append(f"{copy.duration:.1f} s {copy.codec}".strip())
    if copy.encoder:
        told.append(copy.encoder)
        if copy.encoder.startswith("own") and "quality" in copy.written:
            told.append(f"nearest to quality {copy.written['quality']}")
    elif not copy.written:
        told.append("how it was written is not on record")
    if copy.turned != "upright":
        told.append(copy.turned)
    return f"{', '.join(told)}  [sha256 {copy.sha256[:16]}…]"


def _descent(each: "Descent") -> str:
    if not each.told:
        return f"copy {each.child}: what it was made from cannot be told"
    if each.parent is None:
        return f"copy {each.child} was made from none of the others ({each.confidence:.0%})"
    turned = f", {each.turned}" if each.turned not in ("", "upright") else ""
    ratio = f", {each.ratio:.2f} of its pixels" if each.ratio is not None else ""
    bits = f", {each.distance} bits away" if each.distance is not None else ""
    told = f"copy {each.child} was likely made from copy {each.parent} ({each.confidence:.0%})"
    return f"{told}{ratio}{bits}{turned}"


def _show_reasons(reasons: "Sequence[Reason]") -> None:
    for each in reasons:
        line(printable(f"  {each.weight:+.1f} {each.words}"))
