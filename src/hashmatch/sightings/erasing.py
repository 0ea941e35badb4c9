"""Rows erased by order of a court: selected, shown, taken away, and a tombstone in place of each.

Rows go in one transaction, in which alone the triggers that keep them are away. Their tombstones
are rows that the audit chain proves as all others; each has the digest by which the chain proved
the row, so that the chain is whole before and after, and a row that is missing without a tombstone
is found. What is left of their text in free pages and in the log is overwritten behind.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, Final

from hashmatch.errors import DatabaseBusyError
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.sightings import audit, erasures
from hashmatch.sightings.actions import Action
from hashmatch.sightings.encoding import canonical, digest, to_text
from hashmatch.sightings.erasures import ErasureRecord
from hashmatch.sightings.ledger import COLUMNS
from hashmatch.sightings.rows import ERASABLE, ERASED, Kind, Unit, read, seal, write
from hashmatch.sightings.selecting import ERASING, OWNERS, Selection, elsewhere
from hashmatch.sightings.source_lock import take_lock
from hashmatch.sightings.store import Row, Store
from hashmatch.sightings.telling import Merged
from hashmatch.sightings.triggers import forbids

_AT_ONCE: Final = 10_000
"""Tombstones that one audit row proves."""
_MOST: Final = 2000
"""Characters of an order, a reason or a name."""
_VIEWINGS: Final = "viewings"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePlan(PlainValue):
    """What an order would take, and what it would leave.

    Attributes:
        things: what was named.
        rows: how many rows of each table would go.
        elsewhere: what else on record is of the same content or names it, and would stay; in words.
    """

    json_shape: ClassVar = Shape(first={"record": "erasure-plan"})

    things: tuple[str, ...]
    rows: dict[str, int]
    elsewhere: tuple[str, ...]


def plan(store: Store, things: Sequence[str]) -> ErasurePlan:
    """What would be erased; nothing is changed.

    Raises:
        ValueError: a thing is none that can be erased.
        UnknownNameError: it is not on record.
    """
    with store.transaction(), Selection(store, things) as found:
        return _plan(store, found)


def _plan(store: Store, found: Selection) -> ErasurePlan:
    return ErasurePlan(things=found.told, rows=found.counts(), elsewhere=tuple(elsewhere(store)))


def erase(
    store: Store, things: Sequence[str], *, order: str, why: str, by: str
) -> tuple[ErasureRecord, ErasurePlan]:
    """Erase things, and put on record that they were there: all of them, or none.

    What is left of them in the file is overwritten by `scrub`, which is to follow.

    Args:
        store: the database.
        things: `item:12`, `sighting:7`, `entry:LIST/ID`, `exhibit:CASE/LABEL`, `case:N`,
            `import:3`, `event:4`.
        order: reference of the order of the court.
        why: in words.
        by: who erases.

    Raises:
        ValueError: a thing is none that can be erased, or an order, reason or name is missing.
        UnknownNameError: it is not on record.
        DatabaseBusyError: one of the exhibits is being scanned.
        DatabaseError: it cannot be written.
    """
    for what, words in (("the order", order), ("the reason", why), ("the name", by)):
        if not 0 < len(words.strip()) <= _MOST:
            msg = f"{what} is missing, or longer than {_MOST:,} characters"
            raise ValueError(msg)
    store.execute("PRAGMA secure_delete = ON")
    with ExitStack() as locks, store.transaction(), Selection(store, things) as found:
        for source in found.sources():
            take_lock(locks, store, source)
        planned = _plan(store, found)
        number = int(store.one("SELECT coalesce(max(id), 0) FROM erasures")) + 1
        row = {
            "id": number,
            "at": audit.now(),
            "author": to_text(by.strip()),
            "court_order": to_text(order.strip()),
            "reason": to_text(why.strip()),
            "things": canonical([to_text(each) for each in found.told]),
        }
        _record(store, row, [*_tombstones(store, number)])
        _delete(store)
        erased = next(each for each in erasures.every(store) if each.id == number)
    return erased, planned


def _record(store: Store, row: dict[str, object], tombstones: Sequence[Unit]) -> None:
    """The erasure with its tombstones, proved by as many audit rows as they need."""
    marks = ",".join("?" * len(row))
    store.execute(f"INSERT INTO erasures ({','.join(row)}) VALUES ({marks})", [*row.values()])  # noqa: S608 (our names)
    told: dict[str, object] = {"erasures": [row]}
    for first in range(0, len(tombstones), _AT_ONCE):
        units = [*tombstones[first : first + _AT_ONCE]]
        write(store, ERASED, units)
        sealed = {ERASED.table: {"first": units[0].row[0], **seal(units)}}
        details = {"erasure": row["id"], "rows": told, "units": sealed}
        audit.append(store, Action.ERASURE, details, at=str(row["at"]))
        told = {}


def _tombstones(store: Store, erasure: int) -> Iterator[Unit]:
    """A row for each row that goes: its table, number, exhibit and digest.

    A row that came from other databases has one for each chain that proves it.
    """
    last = erasures.last_number(store, ERASED.table)
    origins = [
        Merged(store, number) for (number,) in store.execute("SELECT id FROM origins ORDER BY id")
    ]
    for table, proofs in [(kind.table, _proofs_of(kind)) for kind in ERASABLE] + [
        (_VIEWINGS, _viewings)
    ]:
        places = {
            number: (source, scan)
            for number, source, scan in store.execute(
                f"SELECT number, source_id, scan_id FROM {ERASING} WHERE kind = ?",  # noqa: S608 (our names)
                (table,),
            )
        }
        for origin, number, sha256 in _of_chains(store, table, sorted(places), origins, proofs):
            last += 1
            yield Unit((last, erasure, table, number, *places[number], origin, sha256))


_Proofs = Callable[[Store, Sequence[int], Merged | None], Iterator[tuple[int, bytes]]]
"""Numbers of rows, and what proves them in the chain of the database or in another one."""


def _of_chains(
    store: Store, table: str, numbers: Sequence[int], origins: Sequence[Merged], proofs: _Proofs
) -> Iterator[tuple[int, int, bytes]]:
    """The chains that tell of each row, by the number of the origin, with its digest."""
    came: set[int] = set()
    for first, count in store.execute(
        "SELECT number, count FROM merged_rows WHERE kind = ? AND added", (table,)
    ):
        came.update(numbers[bisect_left(numbers, first) : bisect_left(numbers, first + count)])
    own = [number for number in numbers if number not in came]
    yield from ((0, *proof) for proof in proofs(store, own, None))
    for made in origins:
        gone = {
            number
            for (number,) in store.execute(
                "SELECT number FROM erased WHERE kind = ? AND origin_id = ?", (table, made.origin)
            )
        }
        theirs = [
            number
            for number in numbers
            if number not in gone and made.numbering.there(table, number) is not None
        ]
        yield from ((made.origin, *proof) for proof in proofs(store, theirs, made))


def _proofs_of(kind: Kind) -> _Proofs:
    def proofs(
        store: Store, numbers: Sequence[int], made: Merged | None
    ) -> Iterator[tuple[int, bytes]]:
        """The digests of units, as the chain has them; numbers ascend."""
        for _, run in groupby(enumerate(numbers), lambda each: each[1] - each[0]):
            together = [number for _, number in run]
            for unit in read(store, kind, together[0], together[-1]):
                told = unit if made is None else made.as_there(kind, unit)
                yield unit.row[0], told.digest

    return proofs


def _viewings(
    store: Store, numbers: Sequence[int], made: Merged | None
) -> Iterator[tuple[int, bytes]]:
    columns = tuple(COLUMNS[_VIEWINGS])
    for number in numbers:
        values: Row
        (values,) = store.execute(
            f"SELECT {','.join(columns)} FROM viewings WHERE id = ?",  # noqa: S608 (our names)
            (number,),
        )
        told = (
            values if made is None else made.numbering.moved(_VIEWINGS, columns, values, back=True)
        )
        yield number, digest(told)


def _delete(store: Store) -> None:
    """Take the rows away, with those that belong to them."""
    # Rows refer to each other in circles: references are looked at when all are gone.
    store.execute("PRAGMA defer_foreign_keys = ON")
    tables = [(kind.table, kind.children) for kind in ERASABLE] + [(_VIEWINGS, "")]
    for table, children in tables:
        chosen = f"SELECT number FROM {ERASING} WHERE kind = '{table}'"  # noqa: S608 (our names)
        if not store.one(f"SELECT 1 FROM ({chosen})"):  # noqa: S608 (likewise)
            continue
        for each, column in ((children, OWNERS.get(children, "")), (table, "id")):
            if each:
                store.execute(f"DROP TRIGGER {each}_no_delete")
                store.execute(f"DELETE FROM {each} WHERE {column} IN ({chosen})")  # noqa: S608 (likewise)
                store.execute(forbids(each, "DELETE"))


def scrub(store: Store) -> None:
    """Overwrite what is left of erased rows in the file and in its log.

    Rows that were moved within the file, before they were erased, leave their text in its free
    space: all of the file is written anew, in memory first.

    Raises:
        DatabaseBusyError: another process has it open; what was erased may still be in the file.
    """
    store.execute("PRAGMA secure_delete = ON")
    _empty_log(store)
    store.execute("VACUUM")
    _empty_log(store)


def _empty_log(store: Store) -> None:
    busy = store.one("PRAGMA wal_checkpoint(TRUNCATE)")
    if busy:
        msg = (
            f"{store.path} is open elsewhere: rows that were erased are gone from its tables, but "
            "their text may still be in the file or its log. End all that uses it, and run "
            "`hashmatch record erase --db FILE` without a thing"
        )
        raise DatabaseBusyError(msg)
