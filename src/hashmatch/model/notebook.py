"""Values as a notebook shows them: small tables in HTML, in which all text is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from hashmatch.markup import Markup, joined, tag
from hashmatch.model.shown import brief, told

MOST_ROWS: Final = 50
"""Rows of a table; how many more there are stands below."""


def of_fields(value: Any, **instead: object) -> str:  # noqa: ANN401 (any dataclass)
    """A table of the fields of a value that are not as they are by default.

    Args:
        value: of a dataclass.
        **instead: what is shown instead of a field's value.
    """
    rows = [(name.replace("_", " "), instead.get(name, held)) for name, held in told(value)]
    return table(type(value).__name__, (), rows, most=len(rows))


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    most: int = MOST_ROWS,
) -> str:
    """A table.

    Args:
        caption: above it.
        head: titles of the columns; none where it is empty.
        rows: values of each row.
        most: rows that are shown; the others are counted.
    """
    taken = list(rows)
    lines = [tag("tr", *(tag("td", _cell(each)) for each in row)) for row in taken[:most]]
    if head:
        lines.insert(0, tag("tr", *(tag("th", each) for each in head)))
    if len(taken) > most:
        left = f"… and {len(taken) - most:,} more"
        lines.append(tag("tr", tag("td", left, colspan=max(len(head), 1))))
    return str(tag("table", tag("caption", brief(caption)), joined(*lines)))


def _cell(value: object) -> Markup:
    if isinstance(value, bool):
        return joined("yes" if value else "no")
    if isinstance(value, int):
        return joined(f"{value:,}")
    if isinstance(value, Mapping) and value:
        return tag(
            "ul", *(tag("li", f"{brief(str(name))}: {brief(each)}") for name, each in value.items())
        )
    return joined("" if value is None else brief(value))
