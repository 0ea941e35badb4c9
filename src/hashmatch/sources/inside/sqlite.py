"""Pictures and containers in SQLite databases.

What its write-ahead log holds lies in another file beside it: see `sqlite_log`.
"""

import io
from collections.abc import Iterator
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.kinds import pictures, sniffing
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.sqlite_pages import FilePages, Pages, Row, Table, Value
from hashmatch.sources.inside.streams import Stream
from hashmatch.sources.inside.view import View

_SMALLEST: Final = 26
_HEAD: Final = 4096
_SMALLEST_OTHER: Final = 128
"""Bytes of a picture of a rare format or of a container that is looked for: a database has many
short values."""
_WITHIN: Final = (
    *(b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF89a", b"GIF87a", b"WEBP", b"ftyp"),
    *(b"/9j/", b"iVBORw0KGgo", b"base64,"),
)
"""What may begin behind other bytes, as in a message of a program's own format, or is a picture in
text."""


class Sqlite:
    """Gives what begins like a picture or a container, or holds a picture near its beginning.

    Rows of every table come first, then those of pages that no table leads to: they were deleted,
    or what led to them is damaged.
    """

    kinds: tuple[str, ...] = ("SQLite database",)
    modules: tuple[str, ...] = ("encodings.utf_16_le", "encodings.utf_16_be")
    extra = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The values."""
        del passwords
        pages = Pages(FilePages(View(file)), budget.check)
        tables = pages.tables()
        number = 0
        for table, row in all_rows(pages, tables):
            for value in pages.values(row):
                if is_promising(pages, row, value):
                    budget.member()
                    name = name_of(table, row, value)
                    step = Member("sqlite", number, name)
                    number += 1
                    yield inner_of(step, pages, row, value, budget)
        if pages.damaged:
            yield Unreadable(Reason.DAMAGED, f"{pages.damaged} damaged pages or rows of a database")


def all_rows(pages: Pages, tables: list[Table]) -> Iterator[tuple[Table | None, Row]]:
    """Rows of every table, then those of pages that no table leads to."""
    for table in tables:
        for row in pages.rows(table.root):
            yield table, row
    for row in pages.lost_rows():
        yield None, row


def name_of(table: Table | None, row: Row, value: Value) -> str:
    """What a value is called: table, column and number of the row, as far as they are known."""
    columns = table.columns if table else ()
    column = columns[value.column] if value.column < len(columns) else str(value.column)
    return f"{table.name if table else f'page {row.page}'}/{column}/{row.rowid}"


def is_promising(pages: Pages, row: Row, value: Value) -> bool:
    """Whether a value may be or hold a picture or a container."""
    if value.size < _SMALLEST:
        return False
    head = b"".join(pages.bytes_of(row, value.start, min(value.size, _HEAD)))
    if any(mark in head for mark in _WITHIN):
        return True
    if value.is_text or value.size < _SMALLEST_OTHER:
        return False
    return (
        pictures.sniff(head, value.size) is not None
        or sniffing.sniff_container(io.BytesIO(head), head) is not None
    )


def inner_of(step: Member, pages: Pages, row: Row, value: Value, budget: Budget) -> Inner:
    """A value as a member."""
    return Inner(step, value.size, open=lambda: _Bytes(pages, row, value, budget).as_file())


class _Bytes(Stream):
    """A value, page by page."""

    def __init__(self, pages: Pages, row: Row, value: Value, budget: Budget) -> None:
        self._pieces = pages.bytes_of(row, value.start, value.size)
        self._left = value.size
        self._rest = b""
        self._budget = budget

    def piece(self, size: int) -> bytes:
        """The next bytes.

        Raises:
            UnreadableError: pages are missing.
        """
        if not self._rest:
            self._rest = next(self._pieces, b"")
            self._budget.bytes(len(self._rest))
            if not self._rest and self._left:
                raise UnreadableError(Reason.TRUNCATED, "pages of its database are missing")
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._left -= len(piece)
        return piece
