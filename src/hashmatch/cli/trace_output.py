"""How links, answers and coverage are printed."""

from typing import TYPE_CHECKING

from hashmatch.cli.output import json_line, line, printable
from hashmatch.model.handling import in_words, strictest
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from hashmatch.tracing.links import Links
    from hashmatch.tracing.times import Copy
    from hashmatch.tracing.values import CoveredSource, Occurrence


def note_handling(marks: "Iterable[str]") -> None:
    """A line that says how far what was printed may be passed on; none where nothing is marked."""
    if found := strictest(marks):
        line(printable(f"HANDLING: {in_words(found)}"))


def show_statement(key: str, what: str, numbers: tuple[int, ...], *, as_json: bool) -> None:
    """What was put on record of a key."""
    if as_json:
        json_line({"record": "statement", "subject": key, "state": what, "rows": [*numbers]})
    else:
        rows = ", ".join(map(str, numbers))
        line(printable(f"{key}: {what}; on record as statement {rows}"))


def show_links(found: "Links", *, as_json: bool) -> None:
    """Links, each with where it was seen; how many there are at the end."""
    cases: set[str] = set()
    marks: set[str] = set()
    for each in found:
        if as_json:
            json_line(each.to_dict())
            continue
        known = "known" if each.known else each.grade.value
        rarity = f"in {each.exhibits} of {number_of(each.of, 'exhibit')}"
        said = f"; verdict: {each.verdict.value}" if each.verdict else ""
        said += marked(each.handling)
        why_not = f"; NO LINK: {each.why_not}" if each.why_not else ""
        line(printable(f"{each.key}  {known}, {rarity}{said}{why_not}"))
        show_occurrences(each.occurrences)
        marks.update(each.handling)
        if not each.why_not:
            cases.update(each.cases)
    if not as_json:
        note_handling(marks)
        line(f"{number_of(found.linking, 'link')} between {number_of(len(cases), 'case')}")


def marked(marks: "Sequence[str]") -> str:
    """How far what stands in a line may be passed on; empty where nothing is marked."""
    return f"  [{in_words(marks)}]" if marks else ""


def show_occurrences(found: "Iterable[Occurrence]", when: str = "") -> None:
    """Places, one a line, with the rows that prove them."""
    for each in found:
        if not each.exhibit:
            whom = each.contact or "its lead (no contact is on record)"
            line(printable(f"  case {each.case}: ask {whom}{marked(each.handling)}"))
            continue
        rows = "; ".join(
            f"{table} {', '.join(map(str, numbers))}" for table, numbers in each.rows.items()
        )
        accounts = f" ({', '.join(each.accounts)})" if each.accounts else ""
        before = f"{when}: " if when else ""
        where = f"case {each.case}, {each.exhibit}"
        told = f"{where}: {each.role}{accounts}, {each.count:,}  [{rows}]"
        line(printable(f"  {before}{told}{marked(each.handling)}"))


def show_copies(found: "Iterable[Copy]") -> None:
    """Times of single copies, each as the interval that it can be in."""
    for each in found:
        line(printable(f"  case {each.case}, {each.exhibit}, {each.table} {each.row}:"))
        for time in each.times:
            span = of_time(time.earliest, time.latest)
            line(printable(f"    {time.kind}: {span}  ({time.stated})"))


def of_time(earliest: "datetime", latest: "datetime") -> str:
    """An interval in words, to the second."""
    begin, end = (at.strftime("%Y-%m-%d %H:%M:%S") for at in (earliest, latest))
    return f"{begin} UTC" if begin == end else f"between {begin} and {end} UTC"


def show_coverage(found: "Iterable[CoveredSource]", *, as_json: bool, short: bool) -> None:
    """What was searched; in short only how much, and what was not."""
    covered = [*found]
    if as_json:
        for each in covered:
            json_line(each.to_dict())
        return
    if short:
        items = sum(each.items for each in covered)
        gaps = sum(bool(each.gaps) for each in covered)
        lacking = f", {gaps:,} of them not in full" if gaps else ""
        line(
            f"searched: {number_of(len(covered), 'exhibit')} with {number_of(items, 'item')}"
            f"{lacking}; `hashmatch trace coverage` lists them"
        )
        return
    for each in covered:
        lists = ", ".join(f"{name} ({count:,})" for name, count in each.lists.items()) or "no list"
        line(
            printable(
                f"case {each.case}, {each.exhibit}: {number_of(each.items, 'item')}, {lists}, "
                f"profile {each.profile or 'none'}, {each.clustered:,} compared with others, "
                f"{number_of(each.events, 'event')}{marked(each.handling)}"
            )
        )
        for gap in each.gaps:
            line(printable(f"  NOT SEARCHED: {gap}"))
