"""The audit chain: every change of the record is a row that carries the one before it.

A row's SHA-256 is over the canonical JSON of `[seq, at, actor, host, action, details, previous]`:
ASCII, no spaces, `details` as the text that is stored. `previous` is the SHA-256 of the row
before; 64 zeros for the first.

Whoever can write the file can also write a whole new chain. Against that, the head of the chain
goes into every report: `verify` can be told to look for it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from hashmatch.errors import DamagedDatabaseError
from hashmatch.sightings.actions import CLOCK
from hashmatch.sightings.encoding import canonical, digest, to_text
from hashmatch.sightings.environment import actor, host
from hashmatch.sightings.store import Row, Store

START: Final = "0" * 64
"""What the first row carries."""


def now() -> str:
    """The time, UTC, ISO 8601 to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def sealed(row: Row) -> str:
    """The SHA-256 of an audit row, of its columns but this."""
    return digest(row).hex()


def append(store: Store, action: str, details: Mapping[str, Any], *, at: str) -> None:
    """Add a row to the chain, within a transaction.

    Where the clock was set back since the row before, or that row was recorded by a machine whose
    clock is ahead, the row says so: a time that runs backwards without that was forged.

    Args:
        store: the database.
        action: what was done, as `batch`.
        details: what it was done to.
        at: when.
    """
    insert(store, prepared(store, action, details, at=at))


def prepared(store: Store, action: str, details: Mapping[str, Any], *, at: str) -> Row:
    """A row that goes on with the chain, all but its SHA-256; its details are not yet text."""
    last = store.execute("SELECT seq, at, sha256 FROM audit ORDER BY seq DESC LIMIT 1")
    seq, before, previous = last[0] if last else (0, "", START)
    told = {**details, **({CLOCK: before} if at < before else {})}
    return (seq + 1, at, to_text(actor()), to_text(host()), action, told, previous)


def insert(store: Store, row: Row) -> None:
    """Put a row that was prepared at the end of the chain."""
    text = (*row[:5], canonical(row[5]), row[6])
    store.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", (*text, sealed(text)))


def head(store: Store) -> tuple[str, int]:
    """The SHA-256 of the last row, and how many rows there are.

    Raises:
        DamagedDatabaseError: the last row holds none.
    """
    last = store.execute("SELECT sha256, seq FROM audit ORDER BY seq DESC LIMIT 1")
    sha256, rows = last[0] if last else (START, 0)
    if not isinstance(sha256, str):
        msg = f"{store.path} was altered or damaged: audit row {rows} has no SHA-256"
        raise DamagedDatabaseError(msg)
    return sha256, rows
