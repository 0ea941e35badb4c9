"""Tables of links: what it is, how rare it is, where it was seen."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from hashmatch.markup import Markup, joined, tag
from hashmatch.model.identifier import Grade
from hashmatch.reports.circulation.names import ask, key, marks, name, place
from hashmatch.tracing.values import LinkKind
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.reports.circulation.budget import Budget
    from hashmatch.tracing.values import Link, Occurrence

_PLACES: Final = 6
"""Places of one link that are shown."""
_ROWS: Final = 3

NAMES: Final = {
    LinkKind.ENTRY: "entry of a hash list",
    LinkKind.CLUSTER: "pictures or videos that look alike",
    LinkKind.IDENTIFIER: "account, device or number",
    LinkKind.CAMERA: "camera",
    LinkKind.LENS: "lens",
    LinkKind.EXPOSURE: "id of an exposure",
}
"""What each kind of link is, in words."""


def links_of(found: Sequence["Link"], budget: "Budget") -> Iterator[Markup]:
    """A table of links, in their order, as far as they fit."""
    heads = ("What it is", "How rare", "Where it was seen")
    yield Markup('<div class="chunk"><table class="linked">')
    names = joined(*(tag("th", name, scope="col") for name in heads))
    yield tag("thead", tag("tr", names))
    yield Markup("<tbody>")
    yield from budget.fitting(_row, found)
    yield Markup("</tbody></table></div>")


def _row(link: "Link") -> Markup:
    known = "on a hash list" if link.known and link.kind is not LinkKind.ENTRY else ""
    weak = "" if link.grade is Grade.STRONG else "weak: says little by itself"
    verdict = f"verdict: {link.verdict.value}" if link.verdict else ""
    distance = link.medoid_distance
    bits = f"hashes differ in {distance} of 256 bits at most" if distance is not None else ""
    told = (each for each in (NAMES[link.kind], known, weak, verdict, bits) if each)
    what = tag(
        "td",
        key(link.key),
        tag("small", "; ".join(told)),
        marks(link.handling),
    )
    cases = number_of(len(link.cases), "case")
    rare = tag("td", rarity(link.exhibits, link.of), tag("small", cases), class_="rare")
    return tag("tr", what, rare, tag("td", *places(link.occurrences)))


def rarity(exhibits: int, of: int) -> Markup:
    """The number of exhibits that have something, of all."""
    return joined("in ", tag("b", f"{exhibits:,}"), f" of {number_of(of, 'exhibit')}")


def places(found: Sequence["Occurrence"]) -> Iterator[Markup]:
    """Where something was seen, each with the rows that prove it."""
    for each in found[:_PLACES]:
        yield tag("div", *_place(each), class_="place")
    if (left := len(found) - _PLACES) > 0:
        yield tag("div", f"and {number_of(left, 'more place')}", class_="place more")


def _place(at: "Occurrence") -> Iterator[Markup | str]:
    yield place(at.case, at.exhibit)
    if not at.exhibit:
        yield joined(": ", ask(at.contact))
        yield marks(at.handling)
        return
    rows = "; ".join(
        f"{table} {', '.join(map(str, numbers[:_ROWS]))}{' …' if at.count > _ROWS else ''}"
        for table, numbers in at.rows.items()
    )
    yield tag("small", f"{at.role}, {at.count:,} × [{rows}]", *_accounts(at.accounts))
    yield marks(at.handling)


def _accounts(found: Iterable[str]) -> Iterator[Markup]:
    for each in [*found][:_ROWS]:
        yield joined(" ", name(each))
