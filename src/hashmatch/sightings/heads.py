"""Heads of audit chains, kept in a file elsewhere: one line of JSON for each.

Whoever rewrites a database cannot rewrite what left it. The file is only appended to, flushed at
once, and readable by its owner alone; it may hold the heads of many databases.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from hashmatch.errors import HeadLogError, OutputError
from hashmatch.files.regular import buffered, open_regular
from hashmatch.sightings import audit
from hashmatch.sightings.actions import Action
from hashmatch.sightings.store import Store
from hashmatch.sightings.verdict import Problem

_OWNER_ALONE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Head:
    """How an audit chain ended at some time.

    Attributes:
        time: when it was read, UTC, ISO 8601.
        database: path of the file.
        chain: SHA-256 of the first row: the same for all heads of a chain, and for no other.
        rows: how many rows the chain had.
        sha256: of the last row.
        case: what was worked on; empty if nothing of one case was.
        key: the public key that signed it, in hex; empty where it was not signed.
        signature: of it, in hex; the same.
    """

    time: str
    database: str
    chain: str
    rows: int
    sha256: str
    case: str = ""
    key: str = ""
    signature: str = ""


def now(store: Store, case: str = "") -> Head:
    """The head of a chain as it is."""
    with store.snapshot():
        rows = store.execute(
            "SELECT seq, action, details, sha256 FROM audit ORDER BY seq DESC LIMIT 1"
        )
        chain = store.one("SELECT sha256 FROM audit ORDER BY seq LIMIT 1") or audit.START
    seq, action, details, sha256 = rows[0] if rows else (0, "", "{}", audit.START)
    told = json.loads(details) if action == Action.SIGNATURE else {}
    path = str(store.path.resolve())
    signed = {name: str(told.get(name, "")) for name in ("key", "signature")}
    return Head(audit.now(), path, chain, seq, sha256, case, **signed)


def append(path: Path, head: Head) -> None:
    """Add a head to the file, which is made if there is none.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        with os.fdopen(_opened(path), "r+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            torn = b""
            if end:
                file.seek(end - 1)
                # A line that a power cut tore is left as it is, and the next begins behind it.
                torn = b"" if file.read(1) == b"\n" else b"\n"
            file.write(torn + json.dumps(asdict(head)).encode("ascii") + b"\n")
            os.fsync(file.fileno())
    except OSError as error:
        msg = f"the head log {path} cannot be written: {error.strerror or error}"
        raise OutputError(msg) from None


def _opened(path: Path) -> int:
    """A descriptor to append to a regular file; to open a pipe could wait without end.

    Raises:
        OutputError: the file holds something else than heads, as a database does.
        OSError: it cannot be opened.
    """
    if path.exists():
        with buffered(open_regular(path)) as file:
            if file.read(1) not in (b"", b"{"):
                msg = f"{path} is no head log: it holds something else, and nothing was added to it"
                raise OutputError(msg)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _OWNER_ALONE)


def check_writable(path: Path) -> None:
    """See that heads can be kept, before any work is done.

    Raises:
        OutputError: they cannot.
    """
    try:
        os.close(_opened(path))
    except OSError as error:
        msg = f"the head log {path} cannot be written: {error.strerror or error}"
        raise OutputError(msg) from None


def read(path: Path) -> tuple[list[Head], list[int]]:
    """All heads in a file, and the numbers of lines that hold none.

    Raises:
        HeadLogError: it cannot be read.
    """
    found, torn = [], []
    try:
        with buffered(open_regular(path)) as file:
            lines = file.read().splitlines()
    except OSError as error:
        msg = f"the head log {path} cannot be read: {error.strerror or error}"
        raise HeadLogError(msg) from None
    for number, line in enumerate(lines, 1):
        try:
            found.append(_head(json.loads(line)))
        except (ArithmeticError, RecursionError, TypeError, ValueError):
            torn.append(number)
    return found, torn


def _head(told: object) -> Head:
    """The head that a line holds.

    Raises:
        TypeError: it holds something else.
    """
    if not isinstance(told, dict) or any(
        type(value) is not (int if name == "rows" else str) for name, value in told.items()
    ):
        msg = "a head is a number of rows and words"
        raise TypeError(msg)
    return Head(**told)


def checked(store: Store, heads: Sequence[Head], torn: Sequence[int]) -> Iterator[Problem]:
    """Heads of this database that are no longer part of its chain."""
    first = store.one("SELECT sha256 FROM audit ORDER BY seq LIMIT 1")
    path = str(store.path.resolve())
    own = [head for head in heads if head.chain == first]
    own += [head for head in heads if head.chain != first and _is_merged(store, head)]
    if not own:
        others = f" and {len(torn)} lines that cannot be read" if torn else ""
        yield Problem(f"the head log has no head of this database{others}", "audit")
    if any(head.database == path and head.chain != first for head in heads):
        yield Problem("the head log has heads of another chain that was in this file", "audit")
    for head in own:
        if head.chain != first and store.one(
            "SELECT 1 FROM origin_audit WHERE sha256 = ? AND seq = ?", (head.sha256, head.rows)
        ):
            continue
        if store.one("SELECT seq FROM audit WHERE sha256 = ?", (head.sha256,)) != head.rows:
            what = f"the head of {head.time} in the head log is not part of the chain"
            yield Problem(what, "audit", head.rows)


def _is_merged(store: Store, head: Head) -> bool:
    """Whether a head is of a chain that was merged, as far as it was."""
    return bool(
        store.one(
            "SELECT 1 FROM origins JOIN merges ON origin_id = origins.id "
            "WHERE chain = ? AND rows >= ?",
            (head.chain, head.rows),
        )
    )
