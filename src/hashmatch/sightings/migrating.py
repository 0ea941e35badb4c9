"""Making a database, recognising one, and bringing an older one to the newest version."""

from importlib.metadata import version

from hashmatch.errors import DatabaseError, DatabaseVersionError
from hashmatch.sightings import audit, schema
from hashmatch.sightings.store import Store


def tool_version() -> str:
    """The version of hashmatch."""
    return version("hashmatch")


def prepare(store: Store) -> None:
    """See that an opened file is a database of sightings of the newest version.

    A file for writing that holds nothing yet gets the tables; an older one is migrated, in one
    transaction.

    Raises:
        DatabaseError: it is the file of another program.
        DatabaseVersionError: a newer hashmatch wrote it, or an older one and it is read only.
        DamagedDatabaseError: it is no database.
    """
    newest = len(schema.MIGRATIONS)
    found = _version(store)
    if store.writable:
        store.choose_log()
    if found == newest:
        return
    if not store.writable:
        msg = f"{store.path} is of an older version: open it for writing once"
        raise DatabaseVersionError(msg)
    with store.transaction():
        # Asked again: another process may have been first.
        found = _version(store)
        if found == newest:
            return
        for statements in schema.MIGRATIONS[found:]:
            for statement in statements:
                store.execute(statement)
        store.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        store.execute(f"PRAGMA user_version = {newest}")
        details = {"from": found, "to": newest, "tool": tool_version()}
        audit.append(store, "migration" if found else "creation", details, at=audit.now())


def _version(store: Store) -> int:
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
