"""Making a database, recognising one, and bringing an older one to the newest version."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version

from hashmatch.errors import DatabaseError, DatabaseVersionError
from hashmatch.sightings import audit, schema
from hashmatch.sightings.actions import Action
from hashmatch.sightings.store import Connection, Store, scratch


def tool_version() -> str:
    """The version of hashmatch."""
    return version("hashmatch")


def prepare(store: Store) -> None:
    """See that an opened file is a database of sightings of the newest version.

    A file for writing that holds nothing yet gets the tables; an older one is migrated, in one
    transaction. An older one that is only read stays as it is, and is read as if it were migrated.

    Raises:
        DatabaseError: it is the file of another program.
        DatabaseVersionError: a newer hashmatch wrote it.
        DamagedDatabaseError: it is no database.
    """
    newest = len(schema.MIGRATIONS)
    found = version_of(store)
    if store.writable:
        store.choose_log()
    if found == newest:
        return
    if not store.writable:
        # Temporary tables are made; nothing is written to the file.
        store.execute("PRAGMA query_only = OFF")
        _complete(store)
        store.execute("PRAGMA query_only = ON")
        return
    with store.tables_made_anew(), store.transaction():
        # Asked again: another process may have been first.
        found = version_of(store)
        if found == newest:
            return
        for statements in schema.MIGRATIONS[found:]:
            for statement in statements:
                store.execute(statement)
        store.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        store.execute(f"PRAGMA user_version = {newest}")
        details = {"from": found, "to": newest, "tool": tool_version()}
        audit.append(store, Action.MIGRATION if found else Action.CREATION, details, at=audit.now())


@contextmanager
def made(migrations: Iterable[Iterable[str]]) -> Iterator[Connection]:
    """An empty database after these migrations, in memory, gone at the end of the block."""
    with scratch() as fresh:
        for statements in migrations:
            for statement in statements:
                fresh.execute(statement)
        yield fresh


def _complete(store: Store) -> None:
    """Give an older database that is only read what newer ones have, empty, and in memory alone.

    SQLite looks for a table among the temporary ones first: a table that is missing becomes an
    empty one, and one that lacks columns a view with their defaults.
    """
    with made(schema.MIGRATIONS) as newest:
        tables = newest.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        for name, sql in tables.fetchall():
            there = {row[1] for row in store.execute(f"PRAGMA main.table_info({name})")}
            if not there:
                store.execute(re.sub(r"CREATE TABLE", "CREATE TEMP TABLE", sql, count=1))
                continue
            columns = newest.execute(f"PRAGMA table_info({name})").fetchall()
            defaults = {each: default or "NULL" for _, each, _, _, default, _ in columns}
            if not there.issuperset(defaults):
                listed = ", ".join(
                    each if each in there else f"{default} AS {each}"
                    for each, default in defaults.items()
                )
                store.execute(f"CREATE TEMP VIEW {name} AS SELECT {listed} FROM main.{name}")  # noqa: S608 (our names)


def version_of(store: Store) -> int:
    """The version of the tables; 0 where there are none yet."""
    application = store.one("PRAGMA application_id")
    found = int(store.one("PRAGMA user_version"))
    if application == schema.APPLICATION_ID:
        if found > len(schema.MIGRATIONS):
            msg = f"{store.path} was written by a newer hashmatch"
            raise DatabaseVersionError(msg)
        return found
    if application or found or store.one("SELECT count(*) FROM sqlite_master"):
        msg = f"{store.path} is a database of another program"
        raise DatabaseError(msg)
    if not store.writable:
        msg = f"{store.path} holds no sightings yet"
        raise DatabaseError(msg)
    return 0
