"""Exhibits beside each other: shaded tables in blocks, and lists where a screen is narrow."""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING, Final

from hashmatch.markup import Markup, joined, tag
from hashmatch.model.identifier import Grade
from hashmatch.reports.circulation.names import key, place
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.tracing.reported import SideBySide
    from hashmatch.tracing.source_matrix import Cell, MatrixSource

_WIDEST: Final = 20
"""Exhibits of one table: so many columns are read on paper."""
_PAIRS: Final = 40
"""Pairs of one list."""
_SHADES: Final = (2, 3, 5, 10)
"""Up to so many exhibits the rarest link of a pair is in, the darkest first."""


def blocks(sources: Sequence["MatrixSource"]) -> list[range]:
    """Exhibits of one table each: linked ones together, small groups beside each other."""
    found: list[range] = []
    for _, members in groupby(range(len(sources)), key=lambda at: sources[at].group):
        group = [*members]
        start, stop = group[0], group[-1] + 1
        if found and stop - found[-1].start <= _WIDEST:
            found[-1] = range(found[-1].start, stop)
            continue
        found += [range(at, min(at + _WIDEST, stop)) for at in range(start, stop, _WIDEST)]
    return found


def tables(beside: "SideBySide") -> Iterator[Markup]:
    """All blocks, and the rarest pairs between them."""
    cells = {(each.row, each.column): each for each in beside.cells}
    drawn = blocks(beside.sources)
    for number, block in enumerate(drawn, 1):
        own = [cell for pair, cell in cells.items() if pair[0] in block and pair[1] in block]
        title = tag("h3", f"Block {number} of {len(drawn)}") if len(drawn) > 1 else ""
        table = _table(beside.sources, block, cells)
        yield joined(title, table, _list(beside.sources, own, "narrow"))
    of_block = {at: number for number, block in enumerate(drawn) for at in block}
    across = [each for each in beside.cells if of_block[each.row] != of_block[each.column]]
    if across:
        title = tag("h3", f"Between blocks: {number_of(len(across), 'pair')}, the rarest first")
        yield joined(title, _list(beside.sources, across, ""))


def _table(
    sources: Sequence["MatrixSource"], block: range, cells: dict[tuple[int, int], "Cell"]
) -> Markup:
    numbers = (tag("th", at + 1, scope="col") for at in block)
    head = tag("tr", tag("th", "Exhibit", scope="col"), *numbers)
    rows = (
        tag(
            "tr",
            tag("th", tag("b", at + 1), " ", _name(sources[at]), scope="row"),
            *(_cell(cells.get((min(at, other), max(at, other))), at == other) for other in block),
        )
        for at in block
    )
    return tag("table", tag("thead", head), tag("tbody", *rows), class_="beside")


def _name(source: "MatrixSource") -> Markup:
    return place(source.case, source.exhibit)


def _cell(cell: "Cell | None", is_same: bool) -> Markup:  # noqa: FBT001 (its only caller is above)
    if is_same:
        return tag("td", class_="same")
    if cell is None:
        return tag("td")
    return tag("td", f"{cell.links:,}", class_=shade(cell))


def shade(cell: "Cell") -> str:
    """The class of a cell: the rarer its rarest link, the darker; weak ones are light."""
    if cell.grade is not Grade.STRONG:
        return "s4"
    return f"s{sum(cell.exhibits > most for most in _SHADES)}"


def key_to_shades() -> Markup:
    """What the shades mean."""
    bounds = [*zip((1, *_SHADES), _SHADES, strict=False)]
    words = [f"{low + 1} to {high}" if high - low > 1 else f"{high}" for low, high in bounds]
    named = chain(words, [f"more than {_SHADES[-1]}, or weak"])
    entries = (
        tag("li", tag("span", "1", class_=f"shade s{at}"), f" {each}")
        for at, each in enumerate(named)
    )
    return joined(
        tag("p", "The rarest of what two exhibits share is in so many exhibits:", class_="soft"),
        tag("ul", *entries, class_="legend"),
    )


def _list(sources: Sequence["MatrixSource"], cells: Sequence["Cell"], class_: str) -> Markup:
    entries = [
        tag(
            "li",
            joined(_name(sources[each.row]), " – ", _name(sources[each.column])),
            tag(
                "small",
                f"{number_of(each.links, 'link')}, the rarest in {each.exhibits:,} exhibits: ",
                key(each.key),
            ),
        )
        for each in cells[:_PAIRS]
    ]
    if left := len(cells) - len(entries):
        entries.append(
            tag(
                "li", f"and {number_of(left, 'more pair')}: ", tag("code", "hashmatch trace matrix")
            )
        )
    return tag("ul", *entries, class_=f"pairs {class_}".strip()) if entries else Markup("")
