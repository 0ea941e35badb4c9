"""CSV with a header that names its columns."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TextIO
from urllib.parse import quote

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row, as_text
from hashmatch.hashlists.batches import Batch
from hashmatch.hashlists.columns import DEEPEST, Columns, depth_of, entry_of, names_hashes
from hashmatch.hashlists.csv_batches import PlainColumns
from hashmatch.hashlists.delimited import (
    HeaderRow,
    Lines,
    Record,
    find_header,
    next_records,
    read_records,
    require,
)
from hashmatch.model import Entry, KnownHash
from hashmatch.model.confidence import Confidence
from hashmatch.model.digests import DIGESTS

_WRITTEN = (
    *("id", "md5", "sha1", "sha256", "pdq", "quality", "hashes"),
    *("category", "scheme", "known_good", "details"),
)
_LONGEST_HASHES = 300_000
"""Characters of hashes in one row, if there are several: longer lines would not be read."""

_FEWEST, _MOST = 32, 8192
"""Lines that are read one by one, if they cannot be read at once; and as many as are."""

_LONGEST_HASH, _LONGEST_DETAILS = 600_000, 200_000


class CsvFormat:
    """Columns for digests, hashes and what a publisher says of them.

    Names are compared without case. `hashes` (or `hash`) holds any values, several with spaces
    between: a bare or named digest, or a hash as `pdq:f8f8…@88@12.5@centre`: with its quality,
    its time in seconds and what part of the file it is of, each of which may be left out. A
    column of the name of an algorithm may hold several hashes in the same way. imagehash's names,
    as `phash`, `average_hash` or `dHash`, mean the algorithm that a value's length says; a column
    `algorithm` says it of values in `hashes` that do not. `quality`, `time` and `part` speak for
    those hashes of such columns that do not say it themselves. `details` holds a JSON object. Every
    other column is kept verbatim in the entry's details.
    """

    title = "CSV with a header that names md5, sha1, sha256, pdq or another algorithm"
    keyed = False

    def detect(self, head: bytes) -> Confidence:
        """Whether the first line names a column of hashes."""
        header = find_header(as_text(head).split("\n"), names_hashes)
        return Confidence.STRUCTURE if header else Confidence.NONE

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per row; a row with a broken cell is quarantined whole.

        Raises:
            ListFormatError: the header is missing, names a column twice, or lacks a column that
                `file.columns` names.
        """
        header = require(_header(file), file, self.title)
        columns = Columns.of(header.columns, file)
        yield from _each(columns, file, header)

    def read_bulk(self, file: ListFile) -> Iterator[Row | Batch]:
        """What `read` gives, but rows of plain values come in batches.

        Raises:
            ListFormatError: as by `read`.
        """
        header = require(_header(file), file, self.title)
        columns = Columns.of(header.columns, file)
        plain = PlainColumns.of(columns, header.delimiter)
        if plain is None:
            yield from _each(columns, file, header)
        else:
            yield from _bulk(plain, Lines(file, header.number))

    def write(self, entries: Iterable[Entry], about: About, out: TextIO) -> Counter[str]:
        """One row per entry, in UTF-8, lines ending in line feeds.

        Cells are written as they are, also where a spreadsheet would take them for a formula:
        this is a file for programs. Times are rounded to the millisecond.

        Returns:
            What was lost: what the list says of itself; spaces around and line breaks inside of
            names; entries with very many hashes, which become several rows of one id.
        """
        lost: Counter[str] = Counter()
        if about != About():
            lost["name, version or owner of the list"] += 1
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(_WRITTEN)
        for entry in entries:
            rows.writerows(_rows(entry, lost))
        return lost


def _row(columns: Columns, record: Record) -> Row:
    """The entry of a row, or why it makes none."""
    try:
        return entry_of(columns, record.cells, record.number)
    except HashFormatError as error:
        return Quarantined(record.number, str(error))


def _each(columns: Columns, file: ListFile, header: HeaderRow) -> Iterator[Row]:
    """The rows behind the header, one by one."""
    for record in read_records(file, header):
        yield record if isinstance(record, Quarantined) else _row(columns, record)


def _bulk(plain: PlainColumns, lines: Lines) -> Iterator[Row | Batch]:
    """Lines at once if their cells are plain, else fewer, at last one by one."""
    size = _MOST
    while some := lines.some(size):
        batch = plain.batch(some, lines.number)
        if batch is not None:
            yield batch
            lines.skip(len(some))
            size = min(2 * size, _MOST)
        elif len(some) > _FEWEST:
            size = len(some) // 2
        else:
            end = lines.number + len(some)
            while lines.number < end and lines.some(1):
                for record in next_records(lines, plain.delimiter):
                    yield record if isinstance(record, Quarantined) else _row(plain.columns, record)


def _header(file: ListFile) -> HeaderRow | None:
    """The header; if columns are named, whatever comes first is one."""
    if not file.columns:
        return find_header((line for _, line in file.lines()), names_hashes)
    wanted = {column.strip().casefold() for column in file.columns.values()}

    def has_all(names: list[str]) -> bool:
        return wanted <= {name.casefold() for name in names}

    right = find_header((line for _, line in file.lines()), has_all)
    return right or find_header((line for _, line in file.lines()), bool)


def _rows(entry: Entry, lost: Counter[str]) -> Iterator[list[str]]:
    """The rows of an entry: one, unless it has very many hashes."""
    rest = list(entry.hashes)
    plain = [known for known in rest if known.hash.algorithm == "pdq"]
    first = plain[0] if len(plain) == 1 else None
    if first and (first.part or first.time is not None):
        first = None
    if first:
        rest.remove(first)
    cells = _packed(rest, lost)
    if len(cells) > 1:
        lost["one row for all hashes of an entry with very many: written in several"] += 1
    if not entry.hashes and not list(entry.digests.items()):
        lost["an entry without digest or hash"] += 1
        return
    digests = [getattr(entry.digests, name) or "" for name in DIGESTS]
    details = json.dumps(entry.details, separators=(",", ":")) if entry.details else ""
    if len(details) > _LONGEST_DETAILS or depth_of(entry.details) > DEEPEST:
        lost[f"details of more than {_LONGEST_DETAILS} characters, or very deep ones"] += 1
        details = ""
    names = [_line(entry.category, lost), _line(entry.scheme, lost)]
    good = "true" if entry.known_good else ""
    rating = str(first.quality) if first and first.quality is not None else ""
    own = [*digests, first.hash.hex if first else "", rating]
    for cell in cells:
        yield [_line(entry.id, lost), *own, cell, *names, good, details]
        own, details = [""] * len(own), ""


def _packed(hashes: list[KnownHash], lost: Counter[str]) -> list[str]:
    """The cells that these hashes fill, one for nearly every entry."""
    cells: list[str] = []
    tokens: list[str] = []
    size = 0
    for known in hashes:
        token = _token(known)
        if len(token) > _LONGEST_HASH:
            lost[f"a hash of more than {_LONGEST_HASH} characters"] += 1
            continue
        if tokens and size + len(token) > _LONGEST_HASHES:
            cells.append(" ".join(tokens))
            tokens, size = [], 0
        tokens.append(token)
        size += len(token) + 1
    return [*cells, " ".join(tokens)]


def _token(known: KnownHash) -> str:
    rating = "" if known.quality is None else str(known.quality)
    time = "" if known.time is None else f"{known.time:.3f}"
    return f"{known.hash}@{rating}@{time}@{quote(known.part, safe='')}".rstrip("@")


def _line(text: str, lost: Counter[str]) -> str:
    """A name on one line, without what a reader would take away."""
    plain = " ".join(text.splitlines()).strip()
    if plain != text:
        lost["spaces around a name, or line breaks in it"] += 1
    return plain
