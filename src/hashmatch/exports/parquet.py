"""Apache Parquet, for data frames and data warehouses: a row for each sighting and event."""

from collections import Counter
from itertools import islice
from typing import BinaryIO, Final

from hashmatch.exports.facts import Facts
from hashmatch.exports.occurrences import COLUMNS, rows
from hashmatch.tables import arrow

_AT_ONCE: Final = 10_000
"""Rows of a group, which are in memory at once."""


class ParquetExport:
    """A table with the handling mark in its metadata; pyarrow writes it."""

    suffix = ".parquet"
    of_links = False

    def write(self, facts: Facts, out: BinaryIO, /) -> Counter[str]:
        """Write groups of rows as they come.

        Raises:
            MissingExtraError: pyarrow is not installed.
        """
        pa = arrow.needed()
        from pyarrow import parquet

        types = {"text": pa.string(), "number": pa.int64()}
        told = {
            "handling": "; ".join(facts.handling),
            "tool": f"hashmatch {facts.tool}",
            "at": facts.at,
            "record": facts.record,
            "head": facts.head,
        }
        fields = [pa.field(name, types[kind]) for name, kind in COLUMNS.items()]
        schema = pa.schema(fields, metadata=told)
        found = (row for row, _ in rows(facts))
        with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
            while several := [*islice(found, _AT_ONCE)]:
                columns = [
                    pa.array([_plain(row.get(name)) for row in several], types[kind])
                    for name, kind in COLUMNS.items()
                ]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
        return Counter()


def _plain(value: object) -> object:
    """Text that is UTF-8: names on evidence need not be."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value
