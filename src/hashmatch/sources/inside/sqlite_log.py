"""Pictures and containers in the write-ahead log of an SQLite database.

What a program writes into a database lies there first, and may never get into the database itself.
The database that lies beside the log is read with it: a row may begin on a page of the one and go
on on pages of the other. What the file of the database holds by itself is not given again.
"""

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, Final, TypeAlias

from hashmatch.errors import Reason, UnreadableError
from hashmatch.kinds.sqlite_log import SUFFIX
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Beside, Budget, Inner, nothing_beside
from hashmatch.sources.inside.sqlite import all_rows, inner_of, is_promising, name_of
from hashmatch.sources.inside.sqlite_frames import Log, Snapshot
from hashmatch.sources.inside.sqlite_pages import FilePages, Pages, Row, Table
from hashmatch.sources.inside.view import View

_Placed: TypeAlias = tuple[str, Snapshot, Pages, Table | None, Row]
"""What the name begins with, the state of the database, its pages, and a row in it."""
_MAGIC: Final = b"SQLite format 3\0"
_ALONE: Final = Unreadable(
    Reason.MISSING,
    "it was read without its database, which is not beside it or cannot be opened there, as in a "
    "compressed archive: values that go on in the database were not read; put both in one folder",
)
_MOST_PAGES: Final = 1 << 22
"""Pages of a database that is not there."""


class SqliteLog:
    """Gives what the database holds with its log and not without it, and older states of it.

    First come the rows of the last finished transaction; then, frame by frame, rows of pages that
    were written over later, of transactions that were not finished, and of an earlier round of the
    log.
    """

    kinds: tuple[str, ...] = ("SQLite write-ahead log",)
    modules: tuple[str, ...] = ("encodings.utf_16_le", "encodings.utf_16_be", "numpy")
    extra = ""
    ending = SUFFIX

    def __call__(
        self,
        file: BinaryIO,
        budget: Budget,
        passwords: tuple[str, ...] = (),
        *,
        beside: Beside = nothing_beside,
    ) -> Iterator[Inner | Unreadable]:
        """The values.

        Args:
            file: the log.
            budget: as for all parsers.
            passwords: as for all parsers.
            beside: opens the database; gives None where there is none.
        """
        del passwords
        log = Log(View(file), budget.check)
        database, problem = _database(beside, log.page_size)
        if problem is not None and log.count:
            yield problem
        number, given = 0, set[int]()
        in_file = _rows_in_file(log, database, budget)
        found = chain(_current(log, database, budget), _earlier(log, database, budget))
        for name, snapshot, pages, table, row in found:
            versions = tuple(map(snapshot.version, pages.further_pages(row)))
            if max(versions, default=-1) < 0 and (
                snapshot.version(row.page) < 0 or _key(row) in in_file
            ):
                continue
            key = hash((_key(row), versions))
            if name and key in given:
                continue
            given.add(key)
            for value in pages.values(row):
                if is_promising(pages, row, value):
                    budget.member()
                    step = Member("wal", number, name + name_of(table, row, value))
                    number += 1
                    yield inner_of(step, pages, row, value, budget)
        if log.is_cut:
            yield Unreadable(Reason.TOO_MUCH, f"more than {log.count:,} frames of a log")


def _database(beside: Beside, page_size: int) -> tuple[FilePages | None, Unreadable | None]:
    """The database of a log, or why it is not read with it; neither where it is empty."""
    try:
        file = beside()
        if file is None:
            return None, _ALONE
        view = View(file)
        if view.at(0, len(_MAGIC)) != _MAGIC:
            # One that nothing was copied to as yet is empty.
            return None, None
        pages = FilePages(view)
    except UnreadableError as error:
        return None, Unreadable(error.reason, f"the database beside it: {error.detail}")
    except OSError as error:
        what = error.strerror or type(error).__name__
        return None, Unreadable(Reason.IO_ERROR, f"the database beside it: {what}")
    if pages.page_size != page_size:
        detail = "the database beside it has pages of another size, and is not its own"
        return None, Unreadable(Reason.DAMAGED, detail)
    return pages, None


def _current(log: Log, database: FilePages | None, budget: Budget) -> Iterator[_Placed]:
    """All rows of the last transaction that was finished."""
    if log.last < 0:
        return
    there = _MOST_PAGES if database is None else database.count + log.count
    snapshot = Snapshot(log, database, log.last, min(log.size, there))
    pages = Pages(snapshot, budget.check)
    for table, row in all_rows(pages, pages.tables()):
        yield "", snapshot, pages, table, row


def _earlier(log: Log, database: FilePages | None, budget: Budget) -> Iterator[_Placed]:
    """Rows on the page in each frame, each as its transaction left it."""
    there = max(log.numbers, default=0)
    for frame in range(log.count):
        budget.check()
        snapshot = Snapshot(log, database, log.ends[frame], there, first=frame)
        pages = Pages(snapshot, budget.check)
        for row in pages.rows_on(log.numbers[frame]):
            yield f"frame {frame}/", snapshot, pages, None, row


def _rows_in_file(log: Log, database: FilePages | None, budget: Budget) -> frozenset[int]:
    """Keys of rows that the file of the database has on pages that the log has too.

    A row that is on another page in the log than in the file was on a page that changed.
    """
    if database is None:
        return frozenset()
    pages = Pages(database, budget.check)
    numbers = sorted({each for each in log.numbers if 0 < each <= database.count})
    return frozenset(_key(row) for number in numbers for row in pages.rows_on(number))


def _key(row: Row) -> int:
    """The same of a row on any page."""
    return hash((row.rowid, row.size, row.local, row.overflow))
