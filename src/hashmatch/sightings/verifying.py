"""Proof that the record is as it was recorded, or the first place where it is not.

What is checked: the file itself, tables and triggers, every row of the audit chain, whether each
is a change that can be made there, and every row of every table against what the chain says of
it. Whatever a database does to these checks is an answer too: it never ends them with an error.

What cannot be seen from within: a chain that somebody wrote anew as a whole, rows in the right
form behind its end, or an end that was cut off together with all that it recorded. Against that,
compare with heads that were kept elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from hashmatch.errors import DatabaseError
from hashmatch.sightings import audit, structure
from hashmatch.sightings.replaying import Replay
from hashmatch.sightings.store import Store
from hashmatch.sightings.verdict import MOST, Problem, Verdict

_LARGEST: Final = 256 << 20
"""Bytes of a value on record that are read; those of a batch are some thousands."""


def verify(store: Store, *, head: str = "") -> Verdict:
    """Check everything; see the module.

    Args:
        store: the database.
        head: an older head of the chain that must still be part of it; not asked if empty.
    """
    return Verification(store, heads=(head,) if head else ()).verdict()


class Verification:
    """One look at the whole database."""

    def __init__(self, store: Store, *, heads: Iterable[str] = ()) -> None:
        """Look at nothing yet."""
        self._store = store
        self._heads = tuple(heads)
        self._replay = Replay(store)
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
        remarks = tuple(self._replay.remarks[:MOST])
        return Verdict(rows, last, tuple(found), remarks, readable=self._readable)

    def _problems(self) -> Iterator[Problem]:
        yield from _answered("the file", lambda: structure.integrity(self._store))
        yield from _answered("its tables", self._structure)
        if not self._readable:
            yield Problem("the rows were not read: the tables are not those of hashmatch")
            return
        yield from _answered("the audit chain", self._replay.problems)
        yield from _answered("its references", lambda: structure.references(self._store))
        yield from _answered("its heads", self._asked)

    def _structure(self) -> Iterator[Problem]:
        self._readable = False
        found = structure.compared(self._store)
        self._readable = found.readable
        yield from found.problems

    def _asked(self) -> Iterator[Problem]:
        for head in self._heads:
            if not self._store.one("SELECT 1 FROM audit WHERE sha256 = ?", (head.lower(),)):
                yield Problem("the head that was asked for is not part of the chain", "audit")


def _answered(what: str, look: Callable[[], Iterator[Problem]]) -> Iterator[Problem]:
    """The problems, and as the last one that the search for them could not go on."""
    try:
        yield from look()
    except DatabaseError as error:
        yield Problem(f"{what} cannot be checked: {error}")
    except Exception as error:  # noqa: BLE001 (a forged database must not end its own check)
        yield Problem(f"{what} cannot be checked: {type(error).__name__}")
