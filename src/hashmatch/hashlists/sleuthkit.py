"""Hash sets of The Sleuth Kit and Autopsy: their SQLite databases, and `hfind`'s index files."""

import re
from collections.abc import Iterator
from typing import Final

from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row, as_text
from hashmatch.hashlists.foreign import is_sightings
from hashmatch.hashlists.sqlite_files import columns_of, patient_rows, publishers_database
from hashmatch.hashlists.values import digest
from hashmatch.model import Digests, Entry, Json
from hashmatch.model.confidence import Confidence
from hashmatch.model.digests import DIGESTS

_SCHEMA: Final = re.compile(rb"CREATE TABLE hashes ?\(id INTEGER PRIMARY KEY.{0,80}md5 BINARY")
_MAGIC: Final = b"SQLite format 3\0"
_COLUMNS: Final = {"md5": "md5", "sha1": "sha1", "sha256": "sha2_256"}

_INDEX: Final = re.compile(r"0{32,64}\|[\w-]+\n")
_LINE: Final = re.compile(r"([0-9a-fA-F]{32,64})\|(\d{1,20})", re.ASCII)
_SET: Final = re.compile(r"0+(1?)\|(.*)")


class SleuthkitFormat:
    """`.kdb`: the table `hashes`, with names of files and comments in the details.

    Whether a set is notable or known is a setting of Autopsy, not of the file: entries match, as
    those of any list.
    """

    title = "The Sleuth Kit's or Autopsy's hash database (.kdb)"
    keyed = False

    def detect(self, head: bytes) -> Confidence:
        """Whether this is an SQLite file with the table that The Sleuth Kit makes."""
        found = head.startswith(_MAGIC) and not is_sightings(head) and _SCHEMA.search(head)
        return Confidence.MAGIC if found else Confidence.NONE

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per row of `hashes`.

        Raises:
            ListFormatError: no SQLite file, without `hashes`, or not closed properly.
        """
        with publishers_database(file, self.title) as database:
            there = columns_of(database, "hashes")
            if "md5" not in there or "id" not in there:
                msg = f"{file} has no table hashes of The Sleuth Kit"
                raise ListFormatError(msg)
            names = [name for name, column in _COLUMNS.items() if column in there]
            chosen = ", ".join(_COLUMNS[name] for name in names)
            texts = [
                f"(SELECT group_concat({column}, char(10)) FROM {table} WHERE hash_id = hashes.id)"  # noqa: S608 (our names)
                if {column, "hash_id"} <= columns_of(database, table).keys()
                else "NULL"
                for table, column in (("file_names", "name"), ("comments", "comment"))
            ]
            query = f"SELECT id, {', '.join(texts)}, {chosen} FROM hashes ORDER BY id"  # noqa: S608 (our names)
            for number, row in patient_rows(database, query, file):
                yield row if isinstance(row, Quarantined) else _entry(names, row, number)


class SleuthkitIndexFormat:
    """`…-md5.idx`, `…-sha1.idx`: the digests of a list that `hfind` has sorted, without names."""

    title = "index of The Sleuth Kit's hfind (.idx)"
    keyed = False

    def detect(self, head: bytes) -> Confidence:
        """Whether the first line is that of an index."""
        return Confidence.MAGIC if _INDEX.match(as_text(head)) else Confidence.NONE

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per digest; the two lines at the start say what was indexed."""
        about: dict[str, Json] = {}
        for number, line in file.lines():
            text = line.strip()
            if number <= 2 and (head := _SET.fullmatch(text)):  # noqa: PLR2004 (lines at the start)
                about["indexed" if head[1] else "type"] = head[2]
            elif found := _LINE.fullmatch(text):
                yield _indexed(found[1], number)
            elif text:
                yield Quarantined(number, "the line is not a digest and a place")
        yield About(details=about)


def _indexed(value: str, number: int) -> Row:
    name = {32: "md5", 40: "sha1", 64: "sha256"}.get(len(value))
    if name is None:
        return Quarantined(number, "the digest is of no length that is known")
    return Entry(str(number), number, digests=Digests(**{name: digest(name, value)}))


def _entry(names: list[str], row: tuple[object, ...], number: int) -> Row:
    identity, files, comments, *values = row
    known: dict[str, str] = {}
    try:
        for name, value in zip(names, values, strict=True):
            if value is not None:
                known[name] = digest(name, value.hex() if isinstance(value, bytes) else str(value))
    except HashFormatError as error:
        return Quarantined(number, str(error))
    if not known:
        return Quarantined(number, f"the row has none of {', '.join(DIGESTS)}")
    details: dict[str, Json] = {}
    for name, text in (("filenames", files), ("comments", comments)):
        if isinstance(text, str) and text:
            details[name] = text.split("\n")
    return Entry(str(identity), number, digests=Digests(**known), details=details)
