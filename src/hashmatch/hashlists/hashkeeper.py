"""HashKeeper's `.hsh`: MD5 digests with names, folders and times of files."""

from collections.abc import Iterator

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import ListFile, Quarantined, Row, as_text
from hashmatch.hashlists.delimited import (
    Record,
    check_width,
    find_header,
    read_records,
    require,
)
from hashmatch.hashlists.values import digest
from hashmatch.model import Digests, Entry

_SURE = frozenset(("file_id", "hashset_id", "hash"))


class HashkeeperFormat:
    """One file per row, `file_id` as id; all else stays in the details.

    Whether a set is notable stands in the `.hke` file beside it, which is not read: entries match,
    as those of any list. For sets of harmless files there is `lists import --known-good`.
    """

    title = "HashKeeper (.hsh)"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether the header names HashKeeper's columns."""
        return find_header(as_text(head).split("\n"), _is_header, ",") is not None

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per row; a row with a broken digest is quarantined."""
        lines = (line for _, line in file.lines())
        header = require(find_header(lines, _is_header, ","), file, self.title)
        for record in read_records(file, header):
            yield _row(record, header.columns)


def _is_header(names: list[str]) -> bool:
    return {name.lower() for name in names} >= _SURE


def _row(record: Record | Quarantined, columns: tuple[str, ...]) -> Row:
    if isinstance(record, Quarantined):
        return record
    try:
        check_width(record.cells, len(columns))
        cells = {
            name.lower(): cell.strip()
            for name, cell in zip(columns, record.cells, strict=False)
            if cell.strip()
        }
        value = digest("md5", cells.pop("hash", ""))
    except HashFormatError as error:
        return Quarantined(record.number, str(error))
    number = record.number
    return Entry(
        cells.pop("file_id", str(number)), number, digests=Digests(md5=value), details=dict(cells)
    )
