"""Tables for spreadsheets and for programs that import nodes and edges."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import BinaryIO

from hashmatch.exports.facts import Facts
from hashmatch.exports.graph import EDGE_COLUMNS, NODE_COLUMNS, edges, nodes
from hashmatch.reports.csv import cell


def write_rows(
    out: BinaryIO,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, object]],
    *,
    mark: bool = True,
) -> None:
    """A table: every field quoted, none that a spreadsheet runs.

    Args:
        out: where to.
        columns: in their order; a column that a row does not have is empty.
        rows: as they come.
        mark: whether it begins with the mark of UTF-8, which spreadsheets look for.
    """
    text = io.TextIOWrapper(out, "utf-8", "backslashreplace", newline="", write_through=True)
    try:
        if mark:
            text.write("\ufeff")
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([cell(row.get(name)) for name in columns])
    finally:
        text.detach()


class NodesExport:
    """A row for each thing, exhibit, case and account."""

    suffix = ".nodes.csv"
    of_links = True

    def write(self, facts: Facts, out: BinaryIO, /) -> Counter[str]:
        """Write the rows as they come."""
        rows = ({"id": each.id, "kind": each.kind, **each.told} for each in nodes(facts))
        write_rows(out, NODE_COLUMNS, rows)
        return Counter()


class EdgesExport:
    """A row for each place where a thing was seen, and for each exhibit in its case."""

    suffix = ".edges.csv"
    of_links = True

    def write(self, facts: Facts, out: BinaryIO, /) -> Counter[str]:
        """Write the rows as they come."""
        numbers = count(1)
        rows = (
            {
                "id": f"e{next(numbers)}",
                "source": each.source,
                "target": each.target,
                "kind": each.kind,
                **each.told,
            }
            for each in edges(facts)
        )
        write_rows(out, EDGE_COLUMNS, rows)
        return Counter()
