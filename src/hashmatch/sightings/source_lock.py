"""The lock on a source: one process at a time scans it, or erases what is on record of it."""

from contextlib import ExitStack, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from hashmatch.errors import DatabaseBusyError, DatabaseError, ReadOnlyDatabaseError
from hashmatch.sightings.store import Store


def take_lock(lock: ExitStack, store: Store, source: int) -> None:
    """Lock a source: the system lets go of it when the process ends, however it does."""
    path = store.path.with_name(f"{store.path.name}-source-{source}.lock")
    try:
        lock.enter_context(FileLock(path, timeout=0, mode=0o600))
    except Timeout:
        msg = f"{store.path}: another process is scanning this source right now"
        raise DatabaseBusyError(msg) from None
    except OSError as error:
        msg = f"{path} cannot be made: {error.strerror}; nothing was recorded"
        raise ReadOnlyDatabaseError(msg) from None
    lock.callback(_remove, store, path)


def _remove(store: Store, path: Path) -> None:
    """Remove the file of a lock that is still held; one that a killed process leaves stays.

    Within a transaction, as locks are taken in one: nobody is just then between opening the file
    and locking it, and would lock one that has no name any more.
    """
    with suppress(DatabaseError, OSError), store.transaction():
        path.unlink(missing_ok=True)
