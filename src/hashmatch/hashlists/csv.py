"""CSV with a header that names its columns."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress

from hashmatch import registry
from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.hashlists.base import ListFile, Quarantined, Row, as_text
from hashmatch.hashlists.values import digest
from hashmatch.model import Digests, Entry, Hash, KnownHash

_DIGESTS = ("md5", "sha1", "sha256")
_PER_CENT = re.compile(r"100|\d{1,2}", re.ASCII)
_MOST_LINES = 20
_DELIMITERS = ",;\t|"
_NAMES = {"sha-1": "sha1", "sha-256": "sha256", "pdq_hash": "pdq", "entry": "id", "cat": "category"}


class CsvFormat:
    """Columns `md5`, `sha1`, `sha256`, any algorithm id, `id`, `category` and `quality`.

    Names are compared without case; other columns are left alone.
    """

    title = "CSV with a header that names md5, sha1, sha256, pdq or another algorithm"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether the first line names a column of hashes."""
        header, _ = _header(as_text(head))
        return any(_holds_hashes(column) for column in header)

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per row; a row with a broken cell is rejected whole."""
        text = "\n".join(line for _, line in file.lines())
        columns, delimiter = _header(text)
        repeated = {name for name in columns if name and columns.count(name) > 1}
        if repeated:
            msg = f"two columns of the list are both {', '.join(sorted(repeated))}"
            raise ListFormatError(msg)
        lines = text.split("\n")
        number = 1 + next((n for n, line in enumerate(lines) if line.strip()), 0)
        while number < len(lines):
            number += 1
            if not lines[number - 1].strip():
                continue
            cells, length = _cells(lines, number - 1, delimiter)
            try:
                yield _entry(columns, cells, number)
            except HashFormatError as error:
                yield Quarantined(number, str(error))
            number += length - 1


def _cells(lines: list[str], at: int, delimiter: str) -> tuple[list[str], int]:
    """The cells of the row that starts at this line, and how many lines it takes.

    A quoted cell may hold line breaks. A quote that nobody closes soon spoils its own line only.
    """
    for length in range(1, 1 + (_MOST_LINES if '"' in lines[at] else 1)):
        row = "\n".join(lines[at : at + length]).rstrip("\r")
        with suppress(csv.Error):
            return next(
                csv.reader(io.StringIO(row, newline=""), delimiter=delimiter, strict=True)
            ), length
    return [], 1


def _header(text: str) -> tuple[list[str], str]:
    """The names of the columns, in lower case, and what stands between cells."""
    line = next((line for line in text.split("\n") if line.strip()), "")
    delimiter = max(_DELIMITERS, key=line.count)
    try:
        cells = next(csv.reader([line.rstrip("\r")], delimiter=delimiter), [])
    except csv.Error:
        return [], delimiter
    plain = (cell.strip().lower() for cell in cells)
    return [_NAMES.get(name, name) for name in plain], delimiter


def _holds_hashes(column: str) -> bool:
    return column in _DIGESTS or column in registry.names("hashers")


def _entry(columns: list[str], cells: list[str], number: int) -> Entry:
    if not cells:
        msg = "a quote in the row is not closed, or stands where none may"
        raise HashFormatError(msg)
    cells = [cell.strip() for cell in cells]
    if any(cells[len(columns) :]):
        msg = "the row has more cells than the header"
        raise HashFormatError(msg)
    if any("\ufffd" in cell for cell in cells):
        msg = "the row is not UTF-8"
        raise HashFormatError(msg)
    row = {name: cell for name, cell in zip(columns, cells, strict=False) if cell}
    known = {name: digest(name, row[name]) for name in _DIGESTS if name in row}
    quality = _quality(row.get("quality"))
    hashes = tuple(
        KnownHash(Hash.fromhex(name, cell.lower().removeprefix(f"{name}:")), quality)
        for name, cell in row.items()
        if name not in _DIGESTS and _holds_hashes(name)
    )
    if not known and not hashes:
        msg = "the row has neither a digest nor a hash"
        raise HashFormatError(msg)
    return Entry(
        id=row.get("id", str(number)),
        number=number,
        digests=Digests(**known),
        hashes=hashes,
        category=row.get("category", ""),
    )


def _quality(cell: str | None) -> int | None:
    if cell is None:
        return None
    if not _PER_CENT.fullmatch(cell):
        msg = "quality is a whole number from 0 to 100"
        raise HashFormatError(msg)
    return int(cell)
