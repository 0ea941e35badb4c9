"""NIST's National Software Reference Library: files known to be harmless."""

import re
import sqlite3
from collections.abc import Iterator

from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row, as_text
from hashmatch.hashlists.delimited import (
    Record,
    check_width,
    find_header,
    read_records,
    require,
)
from hashmatch.hashlists.foreign import is_sightings
from hashmatch.hashlists.sqlite_files import columns_of, patient_rows, publishers_database
from hashmatch.hashlists.values import digest
from hashmatch.model import Digests, Entry, Json
from hashmatch.model.confidence import Confidence
from hashmatch.model.digests import DIGESTS

_MAGIC = b"SQLite format 3\0"
_SCHEME = "NSRL"
_SPELLINGS = {"sha-1": "sha1", "md5": "md5"}
_PRODUCT = ("filename", "filesize", "productcode", "opsystemcode")
_LAYOUTS = (
    ("sha-1", "md5", "crc32", *_PRODUCT, "specialcode"),
    ("sha-1", *_PRODUCT, "md4", "md5", "crc32", "specialcode"),
)
"""The columns of `NSRLFile.txt`, in their order: since 2.0, and in 1.x."""

_CRC32 = re.compile(r"[0-9a-fA-F]{8}")
_TABLES = {"PKG": {"package_id", "name"}, "VERSION": {"version", "release_date"}}
"""What stands beside `FILE` in every release of version 3, and columns of it."""


class NsrlFormat:
    """RDS version 3: the digests in `FILE`, a table or a view of an SQLite file.

    All entries are known-good if NIST's other tables stand beside it. Without these it is a list
    of somebody else in the same columns, and its entries match as those of any list. Names of
    files and packages are left out: there are hundreds of millions, and they say nothing more.
    The file is opened read-only, without locks or journals.
    """

    title = "NSRL RDSv3 (SQLite)"
    keyed = False

    def detect(self, head: bytes) -> Confidence:
        """Whether this is an SQLite file, and not one of hashmatch."""
        publishers = head.startswith(_MAGIC) and not is_sightings(head)
        return Confidence.MAGIC if publishers else Confidence.NONE

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per set of digests; rows that repeat the one before are passed over.

        Raises:
            ListFormatError: no SQLite file, without `FILE`, or not closed properly.
        """
        with publishers_database(file, self.title) as database:
            genuine = _is_of_nist(database)
            if genuine:
                yield from _about(database)
            yield from _entries(database, file, known_good=genuine)


class NsrlTextFormat:
    """RDS version 2 (or 1): `NSRLFile.txt`, CSV with exactly NIST's columns.

    A row is known-good if it has a CRC-32, as all of NIST's have, and no `SpecialCode`: `M` is
    malicious, `S` special. Other rows match as those of any list, with the code as category.
    Names of files and codes of products are left out, as in version 3.
    """

    title = "NSRL RDSv2 (NSRLFile.txt)"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether the header is that of `NSRLFile.txt`, column by column."""
        return find_header(as_text(head).split("\n"), _is_header, ",") is not None

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per row; a row with a broken digest is quarantined."""
        lines = (line for _, line in file.lines())
        header = require(find_header(lines, _is_header, ","), file, self.title)
        columns = [name.lower() for name in header.columns]
        for record in read_records(file, header):
            yield _text_row(record, columns)


def _is_header(names: list[str]) -> bool:
    return tuple(name.lower() for name in names) in _LAYOUTS


def _text_row(record: Record | Quarantined, columns: list[str]) -> Row:
    if isinstance(record, Quarantined):
        return record
    try:
        check_width(record.cells, len(columns))
        cells = {name: cell.strip() for name, cell in zip(columns, record.cells, strict=False)}
        known = {
            ours: digest(ours, text)
            for name, ours in _SPELLINGS.items()
            if (text := cells.get(name, ""))
        }
        code = cells.get("specialcode", "")
        good = "specialcode" in cells and not code and bool(_CRC32.fullmatch(cells["crc32"]))
        return _entry(known, record.number, known_good=good, category=code)
    except HashFormatError as error:
        return Quarantined(record.number, str(error))


def _entry(known: dict[str, str], number: int, *, known_good: bool, category: str = "") -> Entry:
    if not known:
        msg = "the row has no digest"
        raise HashFormatError(msg)
    scheme = _SCHEME if known_good or category else ""
    return Entry(
        str(number),
        number,
        digests=Digests(**known),
        category=category,
        scheme=scheme,
        known_good=known_good,
    )


def _is_of_nist(database: sqlite3.Connection) -> bool:
    """Whether the tables of NIST's releases are there, not just their `FILE`."""
    return all(columns <= columns_of(database, name).keys() for name, columns in _TABLES.items())


def _about(database: sqlite3.Connection) -> Iterator[About]:
    """What the first row of `VERSION` says, if there is one."""
    names = columns_of(database, "VERSION")
    row = database.execute("SELECT * FROM VERSION LIMIT 1").fetchone() or ()
    details: dict[str, Json] = {
        name: value if isinstance(value, str | int | float) else None
        for name, value in zip(names, row, strict=False)
    }
    yield About(
        name="NSRL", version=str(details.get("version") or ""), owner="NIST", details=details
    )


def _entries(database: sqlite3.Connection, file: ListFile, *, known_good: bool) -> Iterator[Row]:
    there = columns_of(database, "FILE")
    names = [name for name in DIGESTS if name in there]
    if not names:
        msg = f"{file.path} is an SQLite file without a table FILE of digests"
        raise ListFormatError(msg)
    chosen = ", ".join('"' + there[name].replace('"', '""') + '"' for name in names)
    before: tuple[object, ...] | Quarantined = ()
    for number, row in patient_rows(database, f"SELECT {chosen} FROM FILE", file):  # noqa: S608 (names from the schema)
        if isinstance(row, Quarantined):
            yield row
        elif row != before:
            yield _row(names, row, number, known_good=known_good)
        before = row


def _row(names: list[str], row: tuple[object, ...], number: int, *, known_good: bool) -> Row:
    try:
        known = {
            name: digest(name, value)
            for name, value in zip(names, row, strict=True)
            if isinstance(value, str) and value.strip()
        }
        return _entry(known, number, known_good=known_good)
    except HashFormatError as error:
        return Quarantined(number, str(error))
