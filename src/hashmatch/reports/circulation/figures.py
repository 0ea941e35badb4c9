"""Figures of the record, each with its rule beside it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from hashmatch.markup import Markup, tag
from hashmatch.reports.circulation.names import name
from hashmatch.reports.overview import table

if TYPE_CHECKING:
    from hashmatch.tracing.statistics import Group, Statistics

_SHOWN: Final = 15
"""Groups of one table."""
_COLUMNS: Final = ("sightings", "files", "contents", "entries")
_TITLES: Final = {
    "known": "New and known",
    "category": "By scheme and category",
    "list": "By hash list",
}


def totals(found: "Statistics") -> Markup:
    """All figures together, with their rules."""
    rows = [
        tag(
            "tr",
            tag("th", figure, scope="row"),
            _count(count),
            tag("td", found.rules[figure]),
        )
        for figure, count in found.total.figures().items()
    ]
    heads = (("Figure", ""), ("Count", "n"), ("What is counted", ""))
    note = "No two of them may be added."
    return table("All together", heads, rows, note=note, class_="figure")


def groups(found: Sequence["Statistics"]) -> Iterator[Markup]:
    """Figures by one property each."""
    for each in found:
        if not each.groups:
            continue
        (by,) = each.by
        most = sorted(each.groups, key=lambda group: -group.sightings)[:_SHOWN]
        left = len(each.groups) - len(most)
        note = " ".join(each.meanings.values())
        if left:
            note += f" {left:,} more groups: hashmatch trace stats --by {by.value}"
        heads = ((_TITLES[by.value], ""), *((each, "n") for each in _COLUMNS))
        yield table(_TITLES[by.value], heads, [*map(_group, most)], note=note, class_="figure")


def _group(group: "Group") -> Markup:
    words = ", ".join(group.key.values()) or "none"
    figures = group.figures()
    cells = (_count(figures[column]) for column in _COLUMNS)
    return tag("tr", tag("th", name(words), scope="row"), *cells)


def _count(count: int | None) -> Markup:
    if count is None:
        return tag("td", "–", class_="n zero")
    return tag("td", f"{count:,}", class_="n" if count else "n zero")
