"""What was compared and what that means, in words for everybody; what was not searched."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from hashmatch.markup import Markup, joined, tag
from hashmatch.reports.circulation.names import key, marks, name, place
from hashmatch.reports.overview import number, table
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.reports.circulation.budget import Budget
    from hashmatch.tracing.reported import Circulation
    from hashmatch.tracing.values import CoveredSource

_MEANS: Final = (
    "“In common” means one of three things. Files have the same bytes, or pictures and videos look "
    "alike by numbers that were computed from them. Reports, accounts or devices name the same "
    "account, device or number. Files name the same camera."
)
_MEANS_NOT: Final = (
    "It does not mean that people know each other, that one of them sent something to another, or "
    "that anybody knew of it. It does not mean that something is illegal. A link is a hint of what "
    "to look at; it says nothing about a person. The rarer it is, the more it says."
)
_NO_PICTURES: Final = (
    "This page is made from numbers on record. It contains no picture, and nobody had to look at "
    "one to make it."
)


_LISTS: Final = 8
"""Lists of one exhibit that are named."""


def summary(found: "Circulation") -> Iterator[Markup]:
    """The first paragraph."""
    yield tag("p", _compared(found))
    yield tag("p", *_in_common(found))
    yield tag("p", _MEANS)
    yield tag("p", _MEANS_NOT)
    yield tag("p", joined(tag("b", "Not searched: "), _not_searched(found)))
    yield tag("p", _NO_PICTURES)


def _compared(found: "Circulation") -> Markup:
    scope = found.scope
    exhibits = f"{number_of(scope.exhibits, 'exhibit')} of {number_of(scope.cases, 'case')}"
    of = joined("Case ", name(found.viewer), " was compared with all others: ")
    begin = of if found.viewer else Markup("hashmatch compared what is on record of ")
    things = number_of(found.linking, "thing is", "things are")
    has = f"{things} on more than one exhibit" + (
        " and on one of this case." if found.viewer else "."
    )
    files = number_of(scope.items, "file")
    told = f", with {files} and {number_of(scope.events, 'event')} from reports."
    return joined(begin, f"{exhibits}{told} ", has[0].upper(), has[1:])


def _in_common(found: "Circulation") -> Iterator[Markup | str]:
    if not found.linking:
        yield (
            "Nothing links them. That means no more than what was searched, and is not proof that "
            "there is nothing."
        )
        return
    exhibits = number_of(found.linked_exhibits, "exhibit")
    yield f"They connect {exhibits} of {number_of(found.linked_cases, 'case')}"
    known = sum(each.known for each in found.counts)
    yield f"; {number_of(known, 'of them is', 'of them are')} on a hash list. "
    if found.links:
        rarest = min(found.links, key=lambda each: each.exhibits)
        yield joined("The rarest, ", key(rarest.key), f", is in {rarest.exhibits:,} of them.")


def _not_searched(found: "Circulation") -> str:
    scope = found.scope
    told = [
        f"{number_of(count, one, many)}"
        for count, one, many in (
            (scope.unscanned, "exhibit was not scanned", "exhibits were not scanned"),
            (scope.unfinished, "scan did not come to its end", "scans did not come to their end"),
            (
                scope.unread,
                "file could not be read or decoded",
                "files could not be read or decoded",
            ),
        )
        if count
    ]
    gaps = number_of(scope.gaps, "exhibit was", "exhibits were")
    why = f" ({'; '.join(told)})" if told else ""
    begin = f"{gaps} not searched in full{why}; see Coverage."
    if not scope.gaps:
        begin = "nothing that is known of; see Coverage for what was searched."
    if scope.unshown:
        begin += f" What was searched of {number_of(scope.unshown, 'exhibit')} is not shown here."
    unknown = (
        "What is on no list makes links only in cases that allow it: "
        f"{scope.links_unknown:,} of {number_of(scope.cases, 'case')} allow it."
    )
    return f"{begin} {unknown}"


def coverage(found: "Circulation", budget: "Budget") -> Iterator[Markup]:
    """What was searched, exhibit by exhibit."""
    if not found.coverage:
        yield tag("p", "No exhibit is shown to the case that asks.")
        return
    heads = (("Exhibit", ""), ("Files", "n"), ("Events", "n"), ("Compared", "n"), ("Lists", ""))
    yield table(
        "What was searched",
        (*heads, ("Not searched", "")),
        [*budget.fitting(_covered, found.coverage)],
        note="“Compared” counts pictures and videos that were compared with those of others.",
        class_="wide covered",
    )


def _covered(each: "CoveredSource") -> Markup:
    lists = [joined(name(of), f" ({count:,})") for of, count in each.lists.items()]
    if left := lists[_LISTS:]:
        lists[_LISTS:] = [joined(f"and {number_of(len(left), 'more list')}")]
    gaps = [tag("div", name(gap)) for gap in each.gaps]
    return tag(
        "tr",
        tag("th", place(each.case, each.exhibit), marks(each.handling), scope="row"),
        number(each.items),
        number(each.events),
        number(each.clustered),
        tag("td", *(tag("div", one) for one in lists)) if lists else tag("td", "none"),
        tag("td", *gaps) if gaps else tag("td", "–", class_="zero"),
    )
