"""`hashmatch trace timeline`: when and where one thing was seen."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hashmatch.cli.csv_output import csv_table
from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, printable
from hashmatch.cli.trace import CaseOption, DbOption, ProtectedOption
from hashmatch.cli.trace_opening import check_case, opened
from hashmatch.cli.trace_output import marked, note_handling, of_time, show_coverage
from hashmatch.model.handling import in_words
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.model.moment import Moment
    from hashmatch.tracing.lanes import Lane, Span
    from hashmatch.tracing.marks import Mark
    from hashmatch.tracing.ordering import Rank, SourceOrder
    from hashmatch.tracing.timeline import Timeline

HELP = """Show when and where one thing was seen: files beside uploads and other events.

THING is what `trace who` takes: an entry of a hash list (`entry:LIST/ID`), a cluster (`cluster:N`),
a digest, a hash (`pdq:…`), an account or another identifier (`account:SERVICE/ID`, `imei:…`); or an
exhibit with all that was seen there (`exhibit:CASE/LABEL`).

Every time is shown with its kind (`modified`, `uploaded`, `in-name`, `in-file-captured` and so on)
and as the interval that it can be in; times of different kinds are never merged. Times of the file
system that state no zone are in that of the exhibit, where it is on record; all others without one
may be of any zone, so that their interval is 26 hours wide. For each exhibit stand the first and
the last time of each kind, and what has no time at all. The order of exhibits is told for each
kind, as far as intervals do not meet; of the others it is said that it cannot be told. A file
system's times are those of its clock, which anyone can set.

The exit code is 10 where the thing was seen. --csv has one row for each time.

\b
Examples:
  hashmatch trace timeline entry:vic/12345 --db lab.sightings
  hashmatch trace timeline account:example.org/4711 --db lab.sightings --json
  hashmatch trace timeline exhibit:2026-0417/phone-1 --db lab.sightings --csv > phone-1.csv
"""

CsvOption = Annotated[bool, typer.Option("--csv", help="A table for spreadsheets.")]

_COLUMNS: Final = (
    *("time_kind", "earliest", "latest", "stated", "zone", "case", "exhibit", "role", "what"),
    *("entry", "account", "table", "row", "handling"),
)


def check_one_form(*, as_json: bool, as_csv: bool) -> None:
    """See that one form of output was asked for at most.

    Raises:
        BadParameter: it was not.
    """
    if as_json and as_csv:
        msg = "choose --json or --csv"
        raise typer.BadParameter(msg)


def trace_timeline(
    thing: Annotated[str, typer.Argument(metavar="THING", help="What is asked for.")],
    *,
    db: DbOption,
    case: CaseOption = "",
    protected: ProtectedOption = False,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `trace timeline`."""
    from hashmatch.cli.outcome import end
    from hashmatch.errors import HashmatchError
    from hashmatch.tracing.timeline import timeline

    check_one_form(as_json=as_json, as_csv=as_csv)
    with opened(db, update=False) as database:
        check_case(database, case)
        try:
            found = timeline(database, thing, viewer=case, protected=protected)
        except HashmatchError:
            raise
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="THING") from None
        if as_csv:
            csv_table(_COLUMNS, map(_row, found.marks))
        elif as_json:
            json_line(found.to_dict())
            for each in found.marks:
                json_line(each.to_dict())
        else:
            _show(found)
    end(matched=bool(found.lanes))


def _row(mark: "Mark") -> Sequence[object]:
    from hashmatch.tracing.times import is_clear

    time = mark.time
    when = ("undated", "", "", "", "")
    if time is not None:
        bounds = (
            (time.earliest.isoformat(), time.latest.isoformat()) if is_clear(time) else ("", "")
        )
        when = (time.kind, *bounds, time.stated, time.zone)
    return (
        *(*when, mark.case, mark.exhibit, mark.role, mark.what, mark.entry, mark.account),
        *(mark.table, mark.row, in_words(mark.handling) if mark.handling else ""),
    )


def _show(found: "Timeline") -> None:
    counts = number_of(
        sum(sum(each.counts.values()) for each in found.lanes),
        "sighting or event",
        "sightings and events",
    )
    exhibits = number_of(sum(bool(each.exhibit) for each in found.lanes), "exhibit")
    line(printable(f"{found.asked}: {counts} in {exhibits}{marked(found.handling)}"))
    for lane in found.lanes:
        _show_lane(lane)
    for order in found.orders:
        for each in _in_order(order):
            line(printable(each))
    if found.marks:
        line("times, the earliest first:")
    for mark in found.marks:
        _show_mark(mark)
    note_handling(found.handling)
    show_coverage(found.coverage, as_json=False, short=True)


def _show_lane(lane: "Lane") -> None:
    where = f"case {lane.case}"
    if not lane.exhibit:
        whom = lane.contact or "its lead (no contact is on record)"
        line(printable(f"  {where}: ask {whom}{marked(lane.handling)}"))
        return
    rows = ", ".join(number_of(count, table[:-1]) for table, count in lane.counts.items())
    clock = f"zone {lane.zone}" if lane.zone else "zone not on record"
    told = f"{', '.join(lane.roles)}: {rows}; {clock}{_on_record(lane)}"
    line(printable(f"  {where}, {lane.exhibit}: {told}{marked(lane.handling)}"))
    for span in lane.spans:
        line(printable(f"    {_span(span)}"))
    if lane.undated:
        named = "; ".join(
            f"{table} {', '.join(map(str, numbers))}"
            for table, numbers in lane.undated_rows.items()
        )
        more = " and others" if lane.undated > sum(map(len, lane.undated_rows.values())) else ""
        line(printable(f"    undated: {lane.undated:,}  [{named}{more}]"))


def _on_record(lane: "Lane") -> str:
    """When the exhibit was acquired and scanned, in words."""
    acquired = f"; acquired {_interval(lane.acquired)}" if lane.acquired else ""
    return acquired + (f"; scanned {_interval(lane.scanned)}" if lane.scanned else "")


def _interval(time: "Moment") -> str:
    return of_time(time.earliest, time.latest)


def _span(span: "Span") -> str:
    unclear = f", {span.unclear:,} of them not understood" if span.unclear else ""
    count = f"{number_of(span.count, 'time')}{unclear}"
    if span.first is None or span.last is None:
        return f"{span.kind}: {count}"
    return f"{span.kind}: first {_interval(span.first)}; last {_interval(span.last)}; {count}"


def _in_order(order: "SourceOrder") -> Iterator[str]:
    """The order of exhibits, in lines."""
    if order.total:
        yield f"order by first {order.kind}:"
    else:
        yield f"order by first {order.kind}, as far as it can be told:"
    for number, group in enumerate(order.groups, 1):
        names = _named((each.case, each.exhibit) for each in group)
        if len(group) > 1:
            names += f": cannot be told{_but(group)}"
        yield f"  {number}. {names}"
    if order.without:
        yield f"  cannot be told: {_named(order.without)} (no time of this kind)"


def _but(group: "Sequence[Rank]") -> str:
    """What is told of pairs in a group, in words; empty if nothing is."""
    earlier = sum(each.undecided < len(group) - 1 for each in group)
    return f", but for some pairs of {earlier:,} of them" if earlier else ""


def _named(places: "Iterable[tuple[str, str]]") -> str:
    return "; ".join(f"case {case}, {exhibit}" for case, exhibit in places)


def _show_mark(mark: "Mark") -> None:
    from hashmatch.tracing.times import is_clear

    account = f" ({mark.account})" if mark.account else ""
    entry = f", {mark.entry}" if mark.entry else ""
    where = f"case {mark.case}, {mark.exhibit}: {mark.role}{account}, {mark.what}{entry}"
    when, stated = "undated", ""
    if mark.time is not None:
        clear = is_clear(mark.time)
        when = f"{_interval(mark.time) if clear else 'not understood'}  {mark.time.kind}"
        stated = f"  ({mark.time.stated})"
    proof = f"[{mark.table} {mark.row}]"
    line(printable(f"  {when}  {where}  {proof}{stated}{marked(mark.handling)}"))
