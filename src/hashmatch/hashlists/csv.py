"""CSV with a header that names its columns."""

import csv
from collections.abc import Iterable, Iterator

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import Rejected, Row, parse_digest
from hashmatch.model import Digests, Entry, Hash, bits_of

_DIGESTS = ("md5", "sha1", "sha256")
_DELIMITERS = ",;\t|"
_NAMES = {"sha-1": "sha1", "sha-256": "sha256", "pdq_hash": "pdq", "entry": "id", "cat": "category"}


class CsvFormat:
    """Columns `md5`, `sha1`, `sha256`, any algorithm id, `id`, `category` and `quality`.

    Names are compared without case; other columns are left alone.
    """

    def detect(self, head: str) -> bool:
        """Whether the first line names a column of hashes."""
        line = next(iter(head.lstrip().splitlines()), "")
        columns = _columns(line, _delimiter(line))
        return any(column in _DIGESTS or bits_of(column) is not None for column in columns)

    def read(self, lines: Iterable[str]) -> Iterator[Row]:
        """One entry per row; a row with a broken cell is rejected whole."""
        rows = enumerate(lines, 1)
        header = next((line for _, line in rows if line.strip()), "")
        delimiter = _delimiter(header)
        columns = _columns(header, delimiter)
        for number, line in rows:
            if not line.strip():
                continue
            try:
                cells = next(csv.reader([line], delimiter=delimiter, strict=True))
                yield _entry(dict(zip(columns, cells, strict=False)), number)
            except (HashFormatError, csv.Error) as error:
                yield Rejected(number, str(error))


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _columns(line: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
    plain = (cell.strip().lower() for cell in cells)
    return [_NAMES.get(name, name) for name in plain]


def _entry(cells: dict[str, str], number: int) -> Entry:
    cells = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    known = {
        name: getattr(parse_digest(name, cells[name]), name) for name in _DIGESTS if name in cells
    }
    hashes = tuple(
        Hash.fromhex(name, cell.removeprefix(f"{name}:"))
        for name, cell in cells.items()
        if name not in _DIGESTS and bits_of(name) is not None
    )
    if not known and not hashes:
        msg = "the row has neither a digest nor a hash"
        raise HashFormatError(msg)
    return Entry(
        id=cells.get("id", str(number)),
        digests=Digests(**known),
        hashes=hashes,
        category=cells.get("category", ""),
        quality=_quality(cells.get("quality")),
    )


def _quality(cell: str | None) -> int | None:
    if cell is None:
        return None
    if not cell.isdecimal() or int(cell) > 100:  # noqa: PLR2004 (per cent)
        msg = "quality is a whole number from 0 to 100"
        raise HashFormatError(msg)
    return int(cell)
