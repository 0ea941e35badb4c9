"""Pages and rows of SQLite databases, read without SQL: also of damaged ones, and rows deleted.

The library would need the whole database in memory, or a file that it may write a journal beside;
and it gives nothing of a page that it takes for damaged.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from hashmatch.sources.inside.view import View

_SMALLEST_PAGE: Final = 512
_USUAL_PAGE: Final = 4096
_LARGEST_PAGE: Final = 65536
_HEAD: Final = 100
"""Bytes of the first page that are of the file."""
_INTERIOR_INDEX: Final = 2
_INTERIOR: Final = 5
_LEAF_INDEX: Final = 10
_LEAF: Final = 13
_SIZES: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8}
"""Bytes of numbers, by type."""
_LENGTHS: Final = 12
_TEXT: Final = 1
_ENCODINGS: Final = {1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
_CONTINUES: Final = 0x80
_MOST_COLUMNS: Final = 1 << 15
_NAMES: Final = 1 << 20
"""Bytes of the text that makes a table, at most."""


@dataclass(frozen=True, slots=True)
class Value:
    """Bytes or text of a row: where they lie in its record."""

    column: int
    start: int
    size: int
    is_text: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    Attributes:
        page: that holds its beginning.
        rowid: its number; the place in the page where it has none.
        local: the bytes of its record that lie in the page.
        size: of its record.
        overflow: page of the further bytes; 0 where there are none.
    """

    page: int
    rowid: int
    local: bytes
    size: int
    overflow: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, its first page and the names of its columns, as far as known."""

    name: str
    root: int
    columns: tuple[str, ...]


class Store(Protocol):
    """The store that the pages of a database come from.

    Attributes:
        page_size: in bytes.
        count: number of the last page.
    """

    page_size: int
    count: int

    def page(self, number: int, /) -> bytes:
        """A page, by its number from 1; fewer bytes, or none, where it is not there.

        Raises:
            OSError: it cannot be read.
        """
        ...


class FilePages:
    """The pages of a database, as its file has them."""

    def __init__(self, view: View) -> None:
        """Read the header.

        Args:
            view: of the file.

        Raises:
            OSError: it cannot be read.
        """
        self._view = view
        size = view.number(16, 2, big=True)
        size = _LARGEST_PAGE if size == 1 else size
        is_size = size >= _SMALLEST_PAGE and not size & size - 1
        self.page_size = size if is_size else _USUAL_PAGE
        self.count = -(-view.size // self.page_size)

    def page(self, number: int, /) -> bytes:
        """A page.

        Raises:
            OSError: it cannot be read.
        """
        return self._view.at((number - 1) * self.page_size, self.page_size)


class Pages:
    """The rows on the pages of one database.

    Attributes:
        count: number of the last page.
        damaged: pages and rows that could not be read so far.
    """

    def __init__(self, store: Store, check: Callable[[], None]) -> None:
        """Read the header.

        Args:
            store: of the pages.
            check: called now and then; raises where it takes too long.

        Raises:
            OSError: it cannot be read.
        """
        self._store, self._check = store, check
        self.count = store.count
        head = store.page(1)[:_HEAD]
        self._usable = max(480, store.page_size - (head[20] if len(head) == _HEAD else 0))
        self.encoding = _ENCODINGS.get(int.from_bytes(head[56:60], "big"), "utf-8")
        self._seen = bytearray()
        self.damaged = 0

    def tables(self) -> list[Table]:
        """What the schema names."""
        found = []
        for row in self.rows(1):
            kind, name, _, root, text = (self.fields(row) + [None] * 5)[:5]
            if kind == "table" and isinstance(root, int) and 1 < root <= self.count:
                found.append(Table(str(name or ""), root, column_names(str(text or ""))))
        return found

    def rows(self, root: int) -> Iterator[Row]:
        """Rows of the tree with this first page, in its order; those of an index too."""
        seen, waiting = self._marks(), [root]
        while waiting:
            number = waiting.pop()
            if not 0 < number <= self.count or seen[number]:
                self.damaged += 1
                continue
            seen[number] = 1
            self._check()
            page, head = self._page(number)
            kind = page[head] if len(page) > head else 0
            if kind in (_INTERIOR, _INTERIOR_INDEX):
                below = [int.from_bytes(page[at : at + 4], "big") for at in _cells(page, head)]
                waiting += [int.from_bytes(page[head + 8 : head + 12], "big"), *reversed(below)]
            if kind in (_LEAF, _LEAF_INDEX, _INTERIOR_INDEX):
                yield from self._rows_of(number, page, head)
            elif kind != _INTERIOR:
                self.damaged += 1

    def lost_rows(self) -> Iterator[Row]:
        """Rows in pages that no tree leads to: deleted, or behind what is damaged."""
        seen = self._marks()
        for number in range(1, self.count + 1):
            if seen[number]:
                continue
            self._check()
            page, head = self._page(number)
            if len(page) > head + 8 and page[head] == _LEAF and _cells(page, head):
                seen[number] = 1
                yield from self._rows_of(number, page, head)

    def rows_on(self, number: int) -> Iterator[Row]:
        """Rows that begin on one page, whatever leads to it; none of a page that holds none."""
        page, head = self._page(number)
        if len(page) > head + 8 and page[head] in (_LEAF, _LEAF_INDEX, _INTERIOR_INDEX):
            yield from self._rows_of(number, page, head)

    def further_pages(self, row: Row) -> Iterator[int]:
        """Numbers of the pages on which a row goes on, as far as they lead."""
        number, left = row.overflow, row.size - len(row.local)
        while left > 0 and 0 < number <= self.count:
            yield number
            number = int.from_bytes(self._store.page(number)[:4], "big")
            left -= self._usable - 4

    def _marks(self) -> bytearray:
        """Which pages were read, by number."""
        if not self._seen:
            self._seen = bytearray(self.count + 1)
        return self._seen

    def _page(self, number: int) -> tuple[bytes, int]:
        """A page, and where its head begins."""
        return self._store.page(number), _HEAD if number == 1 else 0

    def _rows_of(self, number: int, page: bytes, head: int) -> Iterator[Row]:
        kind = page[head]
        for at in _cells(page, head):
            place = at + 4 if kind == _INTERIOR_INDEX else at
            size, place = varint(page, place)
            rowid = at
            if kind == _LEAF:
                rowid, place = varint(page, place)
                rowid -= 1 << 64 if rowid >> 63 else 0
            local = self._local(size, is_table=kind == _LEAF)
            data = page[place : place + local]
            overflow = 0
            if size > local:
                overflow = int.from_bytes(page[place + local : place + local + 4], "big")
            if len(data) < local or not 0 < size <= self.count * self._store.page_size:
                self.damaged += 1
                continue
            yield Row(number, rowid, data, size, overflow)

    def _local(self, size: int, *, is_table: bool) -> int:
        """Bytes of a record of this size that lie in its page."""
        usable = self._usable
        most = usable - 35 if is_table else (usable - 12) * 64 // 255 - 23
        if size <= most:
            return size
        least = (usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (usable - 4)
        return local if local <= most else least

    def bytes_of(self, row: Row, start: int, size: int) -> Iterator[bytes]:
        """Bytes of a record, piece by piece: fewer where pages are missing."""
        end, place = min(start + size, row.size), len(row.local)
        if start < place and (near := row.local[start:end]):
            yield near
        number, step = row.overflow, self._usable - 4
        while place < end and 0 < number <= self.count:
            self._check()
            page, _ = self._page(number)
            number = int.from_bytes(page[:4], "big")
            piece = page[4 + max(0, start - place) : 4 + min(step, end - place)]
            if piece and place + step > start:
                yield piece
            place += step

    def values(self, row: Row) -> Iterator[Value]:
        """Bytes and texts of a row."""
        for column, kind, start, size in self._columns(row):
            if kind >= _LENGTHS:
                yield Value(column, start, size, bool(kind & _TEXT))

    def fields(self, row: Row) -> list[str | int | bytes | None]:
        """The values of a row that is small: numbers, texts, bytes."""
        found: list[str | int | bytes | None] = []
        for _, kind, start, size in self._columns(row):
            data = b"".join(self.bytes_of(row, start, min(size, _NAMES)))
            if kind in (8, 9):
                found.append(kind - 8)
            elif kind >= _LENGTHS:
                found.append(data.decode(self.encoding, "replace") if kind & _TEXT else data)
            else:
                found.append(int.from_bytes(data, "big", signed=True) if data else None)
        return found

    def _columns(self, row: Row) -> Iterator[tuple[int, int, int, int]]:
        """Number, type, place and size of each column."""
        length, place = varint(row.local, 0)
        if not 0 < length <= min(row.size, 9 * _MOST_COLUMNS):
            self.damaged += 1
            return
        head = row.local
        if length > len(head):
            head = b"".join(self.bytes_of(row, 0, length))
        column, start = 0, length
        end = min(length, len(head))
        while place < end and start <= row.size:
            kind = head[place]
            if kind < _CONTINUES:
                place += 1
            else:
                kind, place = varint(head, place)
            size = (kind - _LENGTHS) // 2 if kind >= _LENGTHS else _SIZES.get(kind, 0)
            yield column, kind, start, min(size, row.size - start)
            start += size
            column += 1


def _cells(page: bytes, head: int) -> list[int]:
    """The starts of a page's cells."""
    count = int.from_bytes(page[head + 3 : head + 5], "big")
    first = head + (12 if page[head] in (_INTERIOR, _INTERIOR_INDEX) else 8)
    if first + 2 * count > len(page):
        return []
    places = [int.from_bytes(page[at : at + 2], "big") for at in range(first, first + 2 * count, 2)]
    return [at for at in places if first + 2 * count <= at < len(page) - 3]


def varint(data: bytes, place: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for number in range(9):
        if place >= len(data):
            break
        byte = data[place]
        place += 1
        if number == 8:  # noqa: PLR2004
            return value << 8 | byte, place
        value = value << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004
            break
    return value, place


_TOKEN: Final = re.compile(
    r"--[^\n]*|/\*.*?\*/|\"((?:[^\"]|\"\")*)\"|`((?:[^`]|``)*)`|\[([^]]*)\]|'((?:[^']|'')*)'"
    r"|([\w$]+)|([(),])",
    re.DOTALL,
)
_NO_COLUMN: Final = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})


def column_names(text: str) -> tuple[str, ...]:
    """The columns that a text makes a table of; none where it cannot be told.

    >>> column_names('CREATE TABLE a (id INTEGER, "b c" BLOB DEFAULT (1,2), PRIMARY KEY (id))')
    ('id', 'b c')
    """
    if "WITHOUT" in text[-200:].upper():
        # Its records begin with the key.
        return ()
    names: list[str] = []
    depth, awaited = 0, False
    for found in _TOKEN.finditer(text[:_NAMES]):
        quoted = next((each for each in found.groups()[:4] if each is not None), None)
        word, mark = found.group(5), found.group(6)
        if mark:
            depth += (mark == "(") - (mark == ")")
            awaited = depth == 1 and mark in "(,"
        elif awaited and depth == 1 and (quoted is not None or word):
            awaited = False
            if quoted is not None or word.upper() not in _NO_COLUMN:
                names.append(quoted if quoted is not None else word)
    return tuple(names)
