"""The one door to SQLite: connections, transactions, and its errors in our own words."""

import errno
import os
import shlex
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from traceback import walk_tb
from typing import Any, Final, Self, TypeAlias
from urllib.parse import quote

from hashmatch.errors import (
    DamagedDatabaseError,
    DatabaseBusyError,
    DatabaseError,
    DatabaseFullError,
    MissingDatabaseError,
    ReadOnlyDatabaseError,
)
from hashmatch.files.regular import check_regular
from hashmatch.sightings.filesystem import network_filesystem

Row: TypeAlias = tuple[Any, ...]
Connection: TypeAlias = sqlite3.Connection

WAIT_SECONDS: Final = 30.0
"""How long a writer waits for another one's batch."""

_NEEDED = (3, 38, 0)
"""STRICT tables came with SQLite 3.37, JSON functions as a standard part with 3.38."""

_CACHE_KIB = 32 * 1024
_TOGETHER: Final = 32
"""Rows of one statement: each takes half as long then. SQLite takes 32,766 values."""
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_OF_VALUES = ("JSON", "integer overflow", "too big")
"""Words of SQLite's errors about values that its functions cannot take; none is recorded."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG})
_FORBIDDEN = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_PRIMARY = 0xFF
"""The bits of an extended error code that say which kind it is."""


class Store:
    """A connection to one database file.

    Attributes:
        path: of the file.
        writable: whether it was opened for writing.
        notes: what the operator should know about how the file is kept; mostly nothing.
    """

    def __init__(self, path: Path, *, writable: bool, wait: float = WAIT_SECONDS) -> None:
        """Connect to a file; one for writing is made if there is none.

        Raises:
            DatabaseError: it cannot be opened.
            DamagedDatabaseError: it is no SQLite database.
        """
        if sqlite3.sqlite_version_info < _NEEDED:
            msg = f"SQLite 3.38 or newer is needed; Python brings {sqlite3.sqlite_version}"
            raise DatabaseError(msg)
        self.path = path
        self.writable = writable
        self.notes: tuple[str, ...] = ()
        self._wait = wait
        self._writing = False
        is_there = _is_file(path)
        if writable:
            _make_private(path)
        elif not is_there:
            made = f"hashmatch scan --db {shlex.quote(str(path))} --case N"
            msg = f"there is no database {path}: `{made}` makes one"
            raise MissingDatabaseError(msg)
        with self._translated():
            self._connection = self._writer() if writable else self._reader()

    def _connect(self, query: str) -> sqlite3.Connection:
        # `Path.as_uri` imports a module when it is called, which may be too late: rights may have
        # been given up by then.
        name = quote(os.fsencode(self.path.absolute().as_posix()), safe="/:")
        uri = f"file://{'' if name.startswith('/') else '/'}{name}?{query}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=self._wait)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            # What is sorted holds names from the evidence: no temporary files of it.
            connection.execute("PRAGMA temp_store = MEMORY")
        except BaseException:
            connection.close()
            raise
        return connection

    def _writer(self) -> sqlite3.Connection:
        connection = self._connect("mode=rw")
        try:
            connection.execute("PRAGMA synchronous = FULL")
            # Without these, macOS leaves data in the disk's own cache.
            connection.execute("PRAGMA fullfsync = ON")
            connection.execute("PRAGMA checkpoint_fullfsync = ON")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _reader(self) -> sqlite3.Connection:
        """A connection that cannot write; on read-only media one that takes no locks either."""
        if (connection := self._tidy_reader()) is not None:
            return connection
        connection = self._connect("mode=ro")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            connection.close()
            code = error.sqlite_errorcode & _PRIMARY
            if code not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise
            if self._has_log():
                msg = (
                    f"{self.path} was not closed properly and its last batches are in "
                    f"{self.path.name}-wal: copy both to a folder that can be written"
                )
                raise DatabaseError(msg) from None
            connection = self._connect("mode=ro&immutable=1")
        except BaseException:
            connection.close()
            raise
        return connection

    def _tidy_reader(self) -> sqlite3.Connection | None:
        """A connection that writes nothing and leaves no file of SQLite's own beside the database.

        One opened with `mode=ro` must make `-wal` and `-shm` to read, and cannot remove them. None
        where the file cannot be written, or where what a writer left behind would be cleared up.
        """
        journal = self.path.with_name(f"{self.path.name}-journal")
        if self._has_log() or journal.exists():
            return None
        if not (os.access(self.path, os.W_OK) and os.access(self.path.absolute().parent, os.W_OK)):
            return None
        connection = self._connect("mode=rw")
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            return None
        except BaseException:
            connection.close()
            raise
        return connection

    def _has_log(self) -> bool:
        log = self.path.with_name(f"{self.path.name}-wal")
        return log.exists() and log.stat().st_size > 0

    def choose_log(self) -> None:
        """Let readers and a writer work at once, where the file system can."""
        shared = network_filesystem(self.path)
        kept = self.one(f"PRAGMA journal_mode = {'DELETE' if shared else 'WAL'}")
        if kept != "wal":
            where = f"lies on a network share ({shared})" if shared else "cannot have a WAL"
            self.notes = (f"{self.path} {where}: readers wait while a batch is written",)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows that a statement gives.

        Raises:
            DatabaseError: or one of its kinds, for whatever SQLite says.
        """
        try:
            return self._connection.execute(sql, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._translation(error) from None

    def one(self, sql: str, values: Sequence[Any] = ()) -> Any:  # noqa: ANN401 (a column's value)
        """The first column of the first row; None if there is no row."""
        try:
            row = self._connection.execute(sql, values).fetchone()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._translation(error) from None
        return row[0] if row else None

    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows that a statement gives, as they are read."""
        with self._translated():
            # `yield from` would close the cursor when this is given up, perhaps on a closed file.
            for row in self._connection.execute(sql, values):  # noqa: UP028 (see above)
                yield row

    def insert(self, sql: str, rows: Iterable[Row]) -> None:
        """Record many rows.

        Args:
            sql: the statement for one of them, which ends with `VALUES (?,…)`.
            rows: as many values each.
        """
        before, values, marks = sql.rpartition(" VALUES ")
        many = f"{before}{values}{','.join([marks] * _TOGETHER)}"
        rest: list[Row] = []
        with self._translated():
            self._connection.executemany(many, _together(iter(rows), rest))
            self._connection.executemany(sql, rest)

    @contextmanager
    def tables_made_anew(self) -> Iterator[None]:
        """While a table is replaced by another of its name, rows may refer to one that is gone."""
        with self._translated():
            self._connection.execute("PRAGMA foreign_keys = OFF")
        try:
            yield
        finally:
            with self._translated():
                self._connection.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written in the block is recorded at its end, or nothing of it.

        In such a block another one is part of it.

        Raises:
            DatabaseBusyError: another process was writing for too long.
            DatabaseFullError: there is no space.
        """
        if not self.writable:
            msg = f"{self.path} was opened for reading only"
            raise DatabaseError(msg)
        if self._writing:
            yield
            return
        with self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            self._writing = True
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._writing = False

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read in the block is of one moment, whatever others write meanwhile."""
        if self._connection.in_transaction:
            yield
            return
        with self._translated():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._roll_back()

    def _roll_back(self) -> None:
        # SQLite has already rolled back after some errors, as a full disk.
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")

    def checkpoint(self) -> None:
        """Bring what was committed from the log to the file, unless readers still need it.

        Where the disk is full it stays in the log, and is as safe there.
        """
        with suppress(DatabaseBusyError, DatabaseFullError):
            self.execute("PRAGMA busy_timeout = 0")
            self.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.execute(f"PRAGMA busy_timeout = {round(self._wait * 1000)}")

    @contextmanager
    def bounded(self, most: int) -> Iterator[None]:
        """A block in which reading a value of more than so many bytes is an error."""
        before = self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, most)
        try:
            yield
        finally:
            self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._translation(error) from None

    def _translation(self, error: sqlite3.Error | UnicodeDecodeError) -> Exception:
        """What is raised instead of an error of SQLite; of who uses the database, itself."""
        if isinstance(error, sqlite3.Error):
            return _translation(self.path, error)
        if [*walk_tb(error.__traceback__)][-1][0].f_code.co_filename != __file__:
            return error
        # Python cannot read what SQLite says of a name in the file that is no text.
        return DamagedDatabaseError(f"{self.path} was altered or damaged: a name in it is no text")


def _together(rows: Iterator[Row], rest: list[Row]) -> Iterator[Row]:
    """The values of as many rows as one statement takes, again and again; those left are `rest`."""
    while len(some := [*islice(rows, _TOGETHER)]) == _TOGETHER:
        yield tuple(chain.from_iterable(some))
    rest += some


@contextmanager
def scratch() -> Iterator[Connection]:
    """A database in memory, gone at the end of the block."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _translation(path: Path, error: sqlite3.Error) -> DatabaseError:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if what := _in_values(code, str(error)):
        return DamagedDatabaseError(f"{path} was altered or damaged: {what}")
    if code in _BUSY:
        return DatabaseBusyError(f"{path}: another process is writing it, and did not end in time")
    if code in _FULL:
        return DatabaseFullError(
            f"{path} cannot be written ({error}): what was recorded before is safe; "
            "make space there"
        )
    if code in _FORBIDDEN:
        return ReadOnlyDatabaseError(
            f"{path} cannot be written: {_why_not(path, error)}. Nothing was recorded; correct the "
            "rights of the file and of its folder, or copy it to a place that can be written"
        )
    if code in _DAMAGED:
        return DamagedDatabaseError(f"{path} is damaged, or no database of sightings: {error}")
    return DatabaseError(f"{path}: {error}")


def _in_values(code: int, text: str) -> str:
    """What is wrong with a value that was read; empty if something else is wrong."""
    if not code and "decode" in text:
        return "it holds text that is not UTF-8"  # Python's own words quote the text
    return text if code == sqlite3.SQLITE_ERROR and any(map(text.__contains__, _OF_VALUES)) else ""


def _is_file(path: Path) -> bool:
    """Whether there is a file.

    Raises:
        DatabaseError: there is something else, as a pipe, which nobody could wait for.
    """
    try:
        check_regular(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        msg = f"{path} is no database of sightings: {error.strerror or error}"
        raise DatabaseError(msg) from None
    return True


def _make_private(path: Path) -> None:
    """Make an empty file that only its owner can read; SQLite gives its log the same rights."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        msg = (
            f"the database {path} cannot be made: {error.strerror}; name a place that is there and "
            "can be written"
        )
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            raise DatabaseFullError(msg) from None
        raise ReadOnlyDatabaseError(msg) from None


def _why_not(path: Path, error: sqlite3.Error) -> str:
    """Why a file cannot be written, in the system's words; SQLite's where it knows no reason."""
    try:
        os.close(os.open(path, os.O_RDWR))
        if not os.access(path.parent, os.W_OK):
            return f"{path.parent}: {os.strerror(errno.EACCES)}"
    except OSError as problem:
        return problem.strerror or str(error)
    return str(error)
