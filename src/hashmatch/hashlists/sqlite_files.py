"""SQLite files of publishers, read as what they are: programs of somebody else.

A view is a query that its author wrote. A few kilobytes of it can ask for any time and any memory.
What is read is bounded by the size of the file: its rows, the steps that SQLite takes, the length
of a value, and the memory that all of it needs.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Final
from urllib.parse import quote

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.base import ListFile, Quarantined

_LONGEST_VALUE: Final = 1 << 20
"""Bytes of a text, blob or row."""

_STEPS: Final = 2000
"""Steps of SQLite's virtual machine between two looks at what it needs."""

_FREE_STEPS: Final = 50_000_000
_STEPS_PER_BYTE: Final = 500
"""A row of NIST's views takes some hundred steps, and has more than a hundred bytes."""

_FREE_MEMORY: Final = 512 << 20
"""Bytes that a file may take beside its own size."""

_PLAIN_FUNCTIONS: Final = frozenset(
    (
        *("coalesce", "count", "hex", "ifnull", "iif", "length", "lower", "ltrim", "max", "min"),
        *("nullif", "rtrim", "substr", "substring", "sum", "total", "trim", "typeof", "upper"),
    )
)
"""What a view may call. None of them makes a long value of a short one."""

_VIEWS: Final = frozenset(("file", "version", "pkg", "hashes", "file_names", "comments"))
"""Names that are asked for: any of them may be a view, and what it reads are tables."""

_LONGEST_VIEW: Final = 8192
_MOST_SELECTS: Final = 3
"""Characters of a view, and queries in it: NIST's have some hundred, and one."""

_LIMITS: Final = (
    (sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE),
    (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
    (sqlite3.SQLITE_LIMIT_VDBE_OP, 100_000),
    (sqlite3.SQLITE_LIMIT_COLUMN, 500),
    (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 100),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
)


@contextmanager
def publishers_database(file: ListFile, title: str) -> Iterator[sqlite3.Connection]:
    """A connection to an SQLite file of a publisher, which is never written.

    Raises:
        ListFormatError: the file is compressed or was not closed properly, SQLite cannot read it,
            then or later, or it asks for more than a hash list of its size can need.
    """
    if file.packed:
        msg = f"{file} is an SQLite database, which cannot be read compressed: unpack it first"
        raise ListFormatError(msg)
    log = file.path.with_name(f"{file.path.name}-wal")
    if log.exists() and log.stat().st_size:
        msg = f"{file.path} was not closed: {log.name} beside it holds a part of it"
        raise ListFormatError(msg)
    try:
        with closing(_connect(file.path)) as database:
            yield database
    except (sqlite3.Error, UnicodeDecodeError) as error:
        why = "it needs too much time or memory" if _is_stopped(error) else _in_words(error)
        msg = f"{file.path} cannot be read as an SQLite file ({title}): {why}"
        raise ListFormatError(msg) from None
    except MemoryError:
        msg = f"{file.path} needs more memory than there is"
        raise ListFormatError(msg) from None


def columns_of(database: sqlite3.Connection, table: str) -> dict[str, str]:
    """Names of the columns in lower case, to their spelling in the file."""
    names = database.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return {str(name).lower(): str(name) for (name,) in names}


def patient_rows(
    database: sqlite3.Connection, query: str, file: ListFile
) -> Iterator[tuple[int, tuple[object, ...] | Quarantined]]:
    """The rows of a query with their numbers, from 1; if it breaks, a quarantined one at the end.

    Raises:
        ListFormatError: it gives more rows than the file has bytes.
    """
    most = file.path.stat().st_size
    rows = database.execute(query)
    number = 0
    while True:
        number += 1
        try:
            row = next(rows, None)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            what = _in_words(error)
            if _is_stopped(error):
                what = "what is asked for takes too much time or memory"
            yield number, Quarantined(number, f"the file cannot be read from this row on: {what}")
            return
        if row is None:
            return
        if number > most:
            msg = f"{file.path} gives more rows than it has bytes"
            raise ListFormatError(msg)
        yield number, row


def _connect(path: Path) -> sqlite3.Connection:
    """A connection that cannot write and trusts nothing in the file."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    database = sqlite3.connect(address, uri=True)
    try:
        database.text_factory = lambda text: text.decode("utf-8", "replace")
        for category, limit in _LIMITS:
            database.setlimit(category, limit)
        size = path.stat().st_size
        for setting in ("query_only = 1", "trusted_schema = 0", "cell_size_check = 1"):
            database.execute(f"PRAGMA {setting}")
        # What a small file asks to be sorted must not fill the disk.
        database.execute(f"PRAGMA temp_store = {2 if size < _FREE_MEMORY else 1}")
        _check_views(database)
        database.set_authorizer(_Authorizer())
        database.set_progress_handler(_guard(size), _STEPS)
    except BaseException:
        database.close()
        raise
    return database


class _Authorizer:
    """Whether SQLite may do what a query, or a view that it reads, asks for."""

    def __init__(self) -> None:
        self._view: str | None = None

    def __call__(
        self,
        action: int,
        _first: str | None,
        second: str | None,
        _database: str | None,
        view: str | None,
    ) -> int:
        if action == sqlite3.SQLITE_RECURSIVE:
            return sqlite3.SQLITE_DENY
        if view is None:
            if action == sqlite3.SQLITE_SELECT:
                self._view = None  # a new query of ours
            return sqlite3.SQLITE_OK
        # What views of views take doubles with every level.
        self._view = self._view or view
        if view != self._view or view.lower() not in _VIEWS:
            return sqlite3.SQLITE_DENY
        called = action == sqlite3.SQLITE_FUNCTION
        plain = (second or "").lower() in _PLAIN_FUNCTIONS
        return sqlite3.SQLITE_DENY if called and not plain else sqlite3.SQLITE_OK


def _check_views(database: sqlite3.Connection) -> None:
    """Refuse views whose queries lie in each other: SQLite writes all of them out before it starts.

    Raises:
        DatabaseError: there is one.
    """
    for name, sql in database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'"):
        text = str(sql).upper()
        if str(name).lower() not in _VIEWS:
            continue
        if len(text) > _LONGEST_VIEW or text.count("SELECT") > _MOST_SELECTS:
            msg = f"the view {name} needs too much time or memory"
            raise sqlite3.DatabaseError(msg)


def _guard(size: int) -> Callable[[], bool]:
    """What ends a query that takes more steps or memory than a file of this size can need."""
    most = _FREE_STEPS + size * _STEPS_PER_BYTE
    room = _FREE_MEMORY + size
    before, steps = _memory(), 0

    def is_too_much() -> bool:
        nonlocal steps
        steps += _STEPS
        return steps > most or _memory() - before > room

    return is_too_much


def _memory() -> int:
    """The most bytes of memory that this process has had; 0 where the system does not say."""
    try:
        used: int = import_module("resource").getrusage(0).ru_maxrss
    except ImportError:
        return 0
    return used if sys.platform == "darwin" else used << 10


def _in_words(error: Exception) -> str:
    """What is wrong, in words that hold no bytes of the file.

    Python cannot read what SQLite says of a name in the file that is no text.
    """
    return "a name in it is no text" if isinstance(error, UnicodeDecodeError) else str(error)


def _is_stopped(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
