"""Rows of a CSV list many at a time, where they hold plain values: digests, hashes, names.

Whatever is written in any other way (quotes, several values in a cell, digits before which a name
stands) is left to be read row by row.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np

from hashmatch.errors import HashFormatError
from hashmatch.hashlists import families
from hashmatch.hashlists.base import LONGEST_LINE
from hashmatch.hashlists.batches import Batch, Class, Column, digits_of, in_some
from hashmatch.hashlists.columns import Columns
from hashmatch.hashlists.delimited import content
from hashmatch.hashlists.values import quality, truth
from hashmatch.model.entry import QUALITY_UNKNOWN

_FIELDS: Final = frozenset(("id", "category", "scheme", "known_good", "quality"))


@dataclass(frozen=True, slots=True)
class PlainColumns:
    """Columns whose cells hold one plain value each.

    Attributes:
        columns: all of them.
        delimiter: what stands between cells.
        digits: place of each column of digests or hashes to the hex digits of a value.
    """

    columns: Columns
    delimiter: str
    digits: dict[int, int]

    @classmethod
    def of(cls, columns: Columns, delimiter: str) -> "PlainColumns | None":
        """Those of a file; None where some may hold anything else."""
        if not columns.fields.keys() <= _FIELDS:
            return None
        digits: dict[int, int] = {}
        for place, name in (columns.digests | columns.algorithms).items():
            size = None if families.is_family(name) else digits_of(name)
            if size is None or name == families.CROPS:
                return None
            digits[place] = size
        return cls(columns, delimiter, digits)

    def batch(self, lines: Sequence[str], number: int) -> Batch | None:
        """The entries of these lines; None if they have to be read one by one.

        Args:
            lines: without their ends.
            number: of the first, from 1.
        """
        if any(len(line) >= LONGEST_LINE for line in lines):
            return None
        try:
            cells = list(zip(*(line.split(self.delimiter) for line in lines), strict=True))
        except ValueError:
            return None
        if len(cells) > len(self.columns.names):
            return None
        values = self._values(cells, len(lines))
        if values is None:
            return None
        digests = {self.columns.digests[at]: values[at] for at in self.columns.digests}
        hashes = {self.columns.algorithms[at]: values[at] for at in self.columns.algorithms}
        with suppress(HashFormatError):
            return Batch(
                number,
                len(lines),
                _in_order(digests),
                _in_order(hashes),
                qualities=self._qualities(cells) if hashes else None,
                classes=self._classes(cells),
                ids=self._field(cells, "id"),
                details=self._details(cells),
            )
        return None

    def _values(self, cells: list[tuple[str, ...]], count: int) -> dict[int, Column] | None:
        """The digests and hashes by place; None if a row has none, or one cannot be read so."""
        found: dict[int, Column] = {}
        has_any = np.zeros(count, np.bool_)
        for place, digits in self.digits.items():
            if place >= len(cells):
                found[place] = Column(np.empty((0, digits // 2), np.uint8), np.empty(0, np.uint32))
                continue
            column = in_some(cells[place], digits)
            if column is None:
                return None
            found[place] = column
            has_any[slice(None) if column.rows is None else column.rows] = True
        return found if has_any.all() else None

    def _qualities(self, cells: list[tuple[str, ...]]) -> "np.typing.NDArray[np.uint8] | None":
        """The quality of each row, as far as anything is said.

        Raises:
            HashFormatError: a cell is broken.
        """
        said = self._cells(cells, "quality")
        if said is None:
            return None
        meanings = {
            cell: quality(text) if (text := content(cell)) else QUALITY_UNKNOWN
            for cell in set(said)
        }
        return np.array([meanings[cell] for cell in said], np.uint8)

    def _classes(self, cells: list[tuple[str, ...]]) -> list[Class] | None:
        """The class of each row.

        Raises:
            HashFormatError: a cell is broken.
        """
        schemes, categories = self._field(cells, "scheme"), self._field(cells, "category")
        said = self._cells(cells, "known_good")
        if schemes is None and categories is None and said is None:
            return None
        meanings = {cell: bool(truth(content(cell) or None)) for cell in set(said or ())}
        good = [meanings[cell] for cell in said] if said else [False] * len(cells[0])
        nothing = [""] * len(cells[0])
        return list(zip(schemes or nothing, categories or nothing, good, strict=True))

    def _field(self, cells: list[tuple[str, ...]], name: str) -> list[str] | None:
        said = self._cells(cells, name)
        return None if said is None else [cell.strip() for cell in said]

    def _cells(self, cells: list[tuple[str, ...]], name: str) -> tuple[str, ...] | None:
        place = self.columns.fields.get(name, len(cells))
        return cells[place] if place < len(cells) else None

    def _details(self, cells: list[tuple[str, ...]]) -> list[dict[str, str]] | None:
        """All else that rows say."""
        there = [(name, cells[at]) for at, name in self.columns.details.items() if at < len(cells)]
        if not there:
            return None
        names = [name for name, _ in there]
        rows = zip(*(column for _, column in there), strict=True)
        return [
            {name: cell for name, cell in zip(names, row, strict=True) if cell.strip()}
            for row in rows
        ]


def _in_order(found: dict[str, Column]) -> dict[str, Column]:
    """Those that there are, in the order in which rows would bring them."""
    there = {name: column for name, column in found.items() if len(column.codes)}
    return dict(sorted(there.items(), key=lambda each: _first(each[1])))


def _first(column: Column) -> int:
    return 0 if column.rows is None else int(column.rows[0])
