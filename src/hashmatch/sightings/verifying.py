"""Proof that the record is as it was recorded, or the first place where it is not.

What is checked: the file itself, tables and triggers, every row of the audit chain, whether each
is a change that can be made there, and every row of every table against what the chain says of
it. Whatever a database does to these checks is an answer too: it never ends them with an error.

What cannot be seen from within: a chain that somebody wrote anew as a whole, rows in the right
form behind its end, or an end that was cut off together with all that it recorded. Against that,
compare with heads that were kept elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from hashmatch.errors import DatabaseError, SigningError
from hashmatch.sightings import audit, heads, signing, soundness, structure
from hashmatch.sightings.replaying import Replay
from hashmatch.sightings.store import Store
from hashmatch.sightings.telling import Told
from hashmatch.sightings.verdict import MOST, Problem, Verdict

_LARGEST: Final = 256 << 20
"""Bytes of a value on record that are read; those of a batch are some thousands."""


def verify(
    store: Store, *, head: str = "", head_log: Path | None = None, keys: Iterable[bytes] = ()
) -> Verdict:
    """Check everything; see the module.

    Args:
        store: the database.
        head: an older head of the chain that must still be part of it; not asked if empty.
        head_log: a file of older heads; see `heads`.
        keys: public keys, 32 bytes each; the whole chain must be signed with them.

    Raises:
        HeadLogError: the file of heads cannot be read.
        SigningError: signatures cannot be checked: `cryptography` is missing.
    """
    kept = heads.read(head_log) if head_log is not None else None
    return Verification(store, head, kept, tuple(keys)).verdict()


class Verification:
    """One look at the whole database."""

    def __init__(
        self,
        store: Store,
        head: str,
        kept: tuple[list[heads.Head], list[int]] | None,
        keys: tuple[bytes, ...],
        stops: tuple[int, ...] = (),
    ) -> None:
        """Look at nothing yet."""
        self._store = store
        self._head = head
        self._kept = kept
        self._keys = keys
        self.replay = Replay(Told(store), stops)
        self._readable = True

    def verdict(self) -> Verdict:
        """What was found, of one moment of the database."""
        found: list[Problem] = []
        last, rows = audit.START, 0
        try:
            with self._store.snapshot(), self._store.bounded(_LARGEST):
                found.extend(islice(self._problems(), MOST))
                last, rows = audit.head(self._store)
        except DatabaseError as error:
            found.append(Problem(str(error)))
        remarks = (*self.replay.every_remark(), *self._unchecked())[:MOST]
        return Verdict(rows, last, tuple(found), remarks, readable=self._readable)

    def _problems(self) -> Iterator[Problem]:
        yield from _answered("the file", lambda: structure.integrity(self._store))
        yield from _answered("its tables", self._structure)
        if not self._readable:
            yield Problem("the rows were not read: the tables are not those of hashmatch")
            return
        yield from _answered("the audit chain", self.replay.problems)
        yield from _answered("its values", lambda: soundness.problems(self._store, checked=True))
        yield from _answered("its references", lambda: structure.references(self._store))
        yield from _answered("its heads", self._asked)

    def _structure(self) -> Iterator[Problem]:
        self._readable = False
        found = structure.compared(self._store)
        self._readable = found.readable
        yield from found.problems

    def _asked(self) -> Iterator[Problem]:
        # What was handed out of a database before it was merged proves that it came whole.
        merged = (
            "SELECT 1 FROM audit WHERE sha256 = ?1 "
            "UNION SELECT 1 FROM origin_audit WHERE sha256 = ?1"
        )
        if self._head and not self._store.one(merged, (self._head.lower(),)):
            yield Problem("the head that was asked for is not part of the chain", "audit")
        if self._kept is not None:
            yield from heads.checked(self._store, *self._kept)
        if self._keys:
            _, rows = audit.head(self._store)
            yield from signing.checked(self.replay.signatures, rows, self._keys)
            for origin, signatures in self.replay.signatures_of_origins():
                for problem in signing.wrong(signatures, self._keys):
                    yield replace(
                        problem,
                        what=f"{problem.what} (origin {origin})",
                        table="origin_audit",
                        seq=None,
                    )

    def _unchecked(self) -> Iterator[Problem]:
        if self._kept is not None:
            yield from (Problem(f"line {each} of the head log is torn") for each in self._kept[1])
        if not self._keys:
            yield from _answered(
                "its signatures", lambda: signing.unchecked(self.replay.signatures)
            )


def _answered(what: str, look: Callable[[], Iterator[Problem]]) -> Iterator[Problem]:
    """The problems, and as the last one that the search for them could not go on."""
    try:
        yield from look()
    except SigningError:
        raise
    except DatabaseError as error:
        yield Problem(f"{what} cannot be checked: {error}")
    except Exception as error:  # noqa: BLE001 (a forged database must not end its own check)
        yield Problem(f"{what} cannot be checked: {type(error).__name__}")
