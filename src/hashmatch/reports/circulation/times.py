"""When things were seen: all of them together, and each on lines of its own."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

from hashmatch.markup import Markup, joined, tag
from hashmatch.reports.circulation.lanes import Rows, add_rows, has_cuts, legend, panels
from hashmatch.reports.circulation.linked import rarity
from hashmatch.reports.circulation.names import ask, key, marks, name, place
from hashmatch.reports.circulation.signs import Signs, sign_of_interval
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.reports.circulation.budget import Budget
    from hashmatch.tracing.ordering import SourceOrder
    from hashmatch.tracing.reported import Circulation, Drawn
    from hashmatch.tracing.values import Link

_GROUPS: Final = 8
_NAMED: Final = 4
"""Exhibits of one group, and groups of one order, that are named."""


def timelines(found: "Circulation", budget: "Budget") -> Iterator[Markup]:
    """All drawings of times, as far as they fit."""
    if not found.drawn:
        yield tag("p", "No times are drawn: nothing that was seen on several exhibits has any.")
        return
    cases = [lane.case for each in found.drawn for lane in each.lanes if lane.exhibit]
    signs = Signs(cases)
    yield signs.shapes()
    yield tag(
        "p",
        "A sign is a time that is known to the minute; a bar ",
        sign_of_interval(),
        " is an interval: the time lies somewhere in it. Equal times are drawn once. A thin line "
        "joins the first and the last of many times. Colours and shapes tell cases apart:",
        class_="soft",
    )
    yield from budget.fitting(joined, [legend(dict.fromkeys(cases), signs)])
    together: Rows = {}
    for each in found.drawn:
        add_rows(together, each, by_case=True)
    if has_cuts(together):
        yield tag("p", "Where lines are cut, a long time without marks is left out.", class_="soft")
    title = tag("h3", f"All {number_of(len(found.drawn), 'thing')} together, by case")
    every = panels(together, signs, what="times of all things in one case")
    yield from budget.fitting(joined, [joined(title, *every)])
    links = {each.key: each for each in found.links}
    yield from budget.fitting(
        lambda each: joined(*_thing(each, links[each.link], signs)), found.drawn
    )


def _thing(drawn: "Drawn", link: "Link", signs: Signs) -> Iterator[Markup]:
    yield Markup('<section class="thing">')
    yield tag("h3", key(drawn.link))
    yield tag("p", rarity(link.exhibits, link.of), f"; {_counted(drawn)}", class_="soft")
    if mark := marks(drawn.handling):
        yield tag("p", mark)
    rows: Rows = {}
    add_rows(rows, drawn)
    yield from panels(rows, signs, what="times on one exhibit")
    told = [*_undated(drawn), *_pointers(drawn), *chain.from_iterable(map(_order, drawn.orders))]
    if drawn.lanes_left_out:
        told.append(joined(f"{number_of(drawn.lanes_left_out, 'more exhibit')} not drawn."))
    if told:
        yield tag("ul", *(tag("li", each) for each in told), class_="told")
    yield Markup("</section>")


def _counted(drawn: "Drawn") -> str:
    undated = sum(each.undated for each in drawn.lanes)
    dated = sum(each.count for each in drawn.spans)
    told = f"{number_of(dated, 'time')} of {_rows(drawn)}"
    if undated:
        told += f", {undated:,} undated"
    return told if drawn.marks or not dated else f"{told}: first and last are drawn"


def _rows(drawn: "Drawn") -> str:
    count = sum(sum(each.counts.values()) for each in drawn.lanes)
    return number_of(count, "sighting or event", "sightings and events")


def _undated(drawn: "Drawn") -> Iterator[Markup]:
    for lane in drawn.lanes:
        if lane.undated:
            rows = "; ".join(
                f"{table} {', '.join(map(str, numbers))}"
                for table, numbers in lane.undated_rows.items()
            )
            more = " …" if lane.undated > sum(map(len, lane.undated_rows.values())) else ""
            yield joined(
                f"{lane.undated:,} without any time: ",
                place(lane.case, lane.exhibit),
                f" [{rows}{more}]",
            )


def _pointers(drawn: "Drawn") -> Iterator[Markup]:
    for lane in drawn.lanes:
        if not lane.exhibit:
            yield joined(place(lane.case, ""), " has it too: ", ask(lane.contact))


def _order(order: "SourceOrder") -> Iterator[Markup]:
    """The order in which exhibits had it, by one kind of time."""
    groups = order.groups[:_GROUPS]
    steps = []
    for group in groups:
        names = _named((each.case, each.exhibit) for each in group)
        unclear = " (which of them was first cannot be told)" if len(group) > 1 else ""
        steps.append(joined(names, unclear))
    words = joined(*_between(steps, ", then "))
    more = " …" if len(order.groups) > len(groups) else ""
    yield joined("By first ", name(order.kind), ": ", words, more)
    if order.without:
        yield joined("By ", name(order.kind), " cannot be told: ", _named(order.without))


def _between(parts: Iterable[Markup], words: str) -> Iterator[Markup | str]:
    for at, part in enumerate(parts):
        if at:
            yield words
        yield part


def _named(places: Iterable[tuple[str, str]]) -> Markup:
    every = [*places]
    named = [place(*each) for each in every[:_NAMED]]
    more = f" and {len(every) - len(named):,} more" if len(every) > len(named) else ""
    return joined(*_between(named, "; "), more)
