"""Rows of a CSV list many at a time, where they hold plain values: digests, hashes, names.

Whatever is written in any other way (several values in a cell, cells over several lines, digits
before which a name stands) is left to be read row by row.
"""

import csv
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np

from hashmatch.errors import HashFormatError
from hashmatch.hashlists import families
from hashmatch.hashlists.base import LONGEST_LINE
from hashmatch.hashlists.batches import Batch, Class, Classes, Column, as_json, digits_of, in_some
from hashmatch.hashlists.columns import Columns, said_as_json
from hashmatch.hashlists.delimited import content, has_spaced_quote
from hashmatch.hashlists.values import quality, truth
from hashmatch.model.entry import QUALITY_UNKNOWN

_FIELDS: Final = frozenset(("id", "category", "scheme", "known_good", "quality", "details"))
_EMPTY: Final = ("hashes", "algorithm", "part", "time")
"""Columns whose cells are only read at once where nothing is in them."""

_Cells = Sequence[Sequence[str]]


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
        if columns.fields.keys() - _FIELDS - {*_EMPTY}:
            return None
        digits: dict[int, int] = {}
        for place, name in (columns.digests | columns.algorithms).items():
            size = None if families.is_family(name) else digits_of(name)
            if size is None or name == families.CROPS:
                return None
            digits[place] = size
        return cls(columns, delimiter, digits) if digits else None

    def batch(self, lines: Sequence[str], number: int) -> Batch | None:
        """The entries of these lines; None if they have to be read one by one.

        Args:
            lines: without their ends.
            number: of the first, from 1.
        """
        if max(map(len, lines)) >= LONGEST_LINE:
            return None
        cells = _cells_of(lines, self.delimiter)
        if not cells or len(cells) > len(self.columns.names) or not self._is_plain(cells):
            return None
        values = self._values(cells, len(lines))
        if values is None:
            return None
        digests = {self.columns.digests[at]: values[at] for at in self.columns.digests}
        hashes = {self.columns.algorithms[at]: values[at] for at in self.columns.algorithms}
        with suppress(HashFormatError):
            qualities = self._qualities(cells)
            return Batch(
                number,
                len(lines),
                _in_order(digests),
                _in_order(hashes),
                qualities=qualities if hashes else None,
                classes=self._classes(cells),
                ids=self._field(cells, "id"),
                details=self._details(cells),
            )
        return None

    def _is_plain(self, cells: _Cells) -> bool:
        """Whether nothing is in the columns that may hold anything."""
        for name in _EMPTY:
            said = self._cells(cells, name)
            if said is not None and any(cell.strip() for cell in set(said)):
                return False
        return True

    def _values(self, cells: _Cells, count: int) -> dict[int, Column] | None:
        """The digests and hashes by place; None if a row has none, or one cannot be read so."""
        found: dict[int, Column] = {}
        has_any = np.zeros(count, np.bool_)
        for place, digits in self.digits.items():
            if place >= len(cells):
                found[place] = Column(np.empty((0, digits // 2), np.uint8), np.empty(0, np.uint32))
                continue
            column = in_some(cells[place], digits)
            if column is None:
                column = in_some([content(cell) for cell in cells[place]], digits)
            if column is None:
                return None
            found[place] = column
            has_any[slice(None) if column.rows is None else column.rows] = True
        return found if has_any.all() else None

    def _qualities(self, cells: _Cells) -> "np.typing.NDArray[np.uint8] | None":
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

    def _classes(self, cells: _Cells) -> Classes | None:
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
        codes: dict[Class, int] = {}
        rows = zip(schemes or nothing, categories or nothing, good, strict=True)
        each = [codes.setdefault(row, len(codes)) for row in rows]
        return Classes(tuple(codes), np.array(each, np.uint32))

    def _field(self, cells: _Cells, name: str) -> list[str] | None:
        said = self._cells(cells, name)
        return None if said is None else [cell.strip() for cell in said]

    def _cells(self, cells: _Cells, name: str) -> Sequence[str] | None:
        place = self.columns.fields.get(name, len(cells))
        return cells[place] if place < len(cells) else None

    def _details(self, cells: _Cells) -> list[str] | None:
        """All else that rows say."""
        there = [(name, cells[at]) for at, name in self.columns.details.items() if at < len(cells)]
        given = self._field(cells, "details")
        if given and any(given):
            names = [name for name, _ in there]
            rows = zip(given, *(column for _, column in there), strict=True)
            return [_with_given(text, names, row) for text, *row in rows]
        if not there:
            return None
        fields = [_as_fields(name, column) for name, column in there]
        if len(fields) == 1:
            return [f"{{{said}}}" if said else "" for said in fields[0]]
        return [
            f"{{{','.join(filter(None, row))}}}" if any(row) else ""
            for row in zip(*fields, strict=True)
        ]


def _cells_of(lines: Sequence[str], delimiter: str) -> _Cells:
    """The cells of each column; none if lines have not equally many, or have to be read one by one.

    Those are lines with a quote that is not closed, or stands where it may mean nothing.
    """
    text = "\n".join(lines) + "\n"
    if '"' in text:
        return _quoted_cells(lines, text, delimiter)
    # One cut for all lines: each must end with the cell that is the last of a row then.
    width = lines[0].count(delimiter) + 1
    cells = text.replace("\n", f"\n{delimiter}").split(delimiter)
    last = cells[width - 1 :: width]
    if len(cells) != len(lines) * width + 1 or "".join(last).count("\n") != len(lines):
        return []
    ends = [cell[:-1] for cell in last]
    return [*(cells[place:-1:width] for place in range(width - 1)), ends]


def _quoted_cells(lines: Sequence[str], text: str, delimiter: str) -> _Cells:
    if has_spaced_quote(text, delimiter):
        return []
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
        return list(zip(*rows, strict=True)) if len(rows) == len(lines) else []
    except (csv.Error, ValueError):
        return []


def _as_fields(name: str, column: Sequence[str]) -> list[str]:
    """A column as fields of JSON objects; empty where nothing is said."""
    key = as_json(name)
    written = {cell: f"{key}:{as_json(cell)}" if cell.strip() else "" for cell in set(column)}
    return [written[cell] for cell in column]


def _with_given(text: str, names: Sequence[str], row: Sequence[str]) -> str:
    """The details of a row with a column of details, as JSON."""
    cells = zip(names, row, strict=True)
    details = {name: cell for name, cell in cells if cell.strip()} | said_as_json(text)
    return as_json(details) if details else ""


def _in_order(found: dict[str, Column]) -> dict[str, Column]:
    """Those that there are, in the order in which rows would bring them."""
    there = {name: column for name, column in found.items() if len(column.codes)}
    return dict(sorted(there.items(), key=lambda each: _first(each[1])))


def _first(column: Column) -> int:
    return 0 if column.rows is None else int(column.rows[0])
