"""Which rows of a database another one has already: they are not recorded twice.

One case has each content once, its hashes once for each set of options, and what a list says of an
entry is on record once. Such rows are the same in every column, and each chain proves them. A
report that two laboratories imported into one case has two rows that differ in time and name: the
one that was there stands for the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from hashmatch.errors import ContradictionError
from hashmatch.sightings.rows import (
    CONTENTS,
    ENTRIES,
    EVENTS,
    IMPORTS,
    METADATA,
    PICTURES,
    QUARANTINED_ROWS,
    REGION_SETS,
    VIDEOS,
    Kind,
    Unit,
    read,
)
from hashmatch.sightings.store import Row, Store
from hashmatch.sightings.telling import INSTEAD, SAME, Numbers


class _Placed(Protocol):
    prior: Numbers
    start: int


_NONE = (0, SAME)


class SameRows:
    """A look for rows that are there.

    Attributes:
        repeated: reports that are on record of a case twice, as they were read differently: the
            numbers of the import there and here.
    """

    def __init__(self, store: Store, origin: Store, placed: Mapping[str, _Placed]) -> None:
        """Look at nothing yet.

        Args:
            store: where rows are looked for.
            origin: where they come from.
            placed: numbers of rows, by table.
        """
        self._store = store
        self._origin = origin
        self._placed = placed
        self._taken: dict[str, set[int]] = {}
        self._instead: dict[tuple[str, int], int] = {}
        self.repeated: list[tuple[int, int]] = []

    def hashing(self, options: str) -> int:
        """The number of a set of options; 0 where it is new."""
        return int(self._store.one("SELECT id FROM hashings WHERE options = ?", (options,)) or 0)

    def find(self, kind: Kind, unit: Unit, row: Row) -> tuple[int, int]:
        """The number of the same row here, and how it is the same; 0 where there is none.

        Args:
            kind: of it.
            unit: as it is in the origin.
            row: its columns with the numbers of other rows here; its own is still that of there.
        """
        if kind is ENTRIES:
            where = " AND ".join(f"{name} IS ?" for name in ENTRIES.columns[1:])
            sql = f"SELECT id FROM entries WHERE {where}"  # noqa: S608 (our names)
            return self._first(kind, (number for (number,) in self._store.execute(sql, row[1:])))
        if kind is CONTENTS:
            return self._content(row)
        if kind is PICTURES:
            return self._first(kind, self._pictures(unit, row))
        if kind in (VIDEOS, REGION_SETS, METADATA):
            return self._first(kind, self._of_owner(kind, unit, row))
        if kind is IMPORTS:
            return self._import(unit, row)
        return self._instead.get((kind.table, unit.row[0]), 0), INSTEAD

    def _is_old(self, table: str, number: int) -> bool:
        """Whether a row was here before this origin came."""
        return number <= self._placed[table].start

    def _first(self, kind: Kind, numbers: Iterator[int]) -> tuple[int, int]:
        """The first of these rows that no other one of the origin is."""
        taken = self._taken.setdefault(kind.table, set())
        for number in numbers:
            theirs = self._placed[kind.table].prior.there(number) is not None
            if self._is_old(kind.table, number) and not theirs and number not in taken:
                taken.add(number)
                return number, SAME
        return _NONE

    def _content(self, row: Row) -> tuple[int, int]:
        case, sha256 = row[1], row[2]
        if sha256 is None or not self._is_old("cases", case):
            return _NONE
        found = self._store.execute(
            "SELECT * FROM contents WHERE sha256 = ? AND case_id = ?", (sha256, case)
        )
        if not found:
            return _NONE
        if found[0][1:] != row[1:]:
            msg = (
                f"{self._origin.path}: content {row[0]} has the SHA-256 of content {found[0][0]} "
                "of the same case, but not its size or other digests: nothing was merged"
            )
            raise ContradictionError(msg)
        return self._first(CONTENTS, iter((found[0][0],)))

    def _pictures(self, unit: Unit, row: Row) -> Iterator[int]:
        content, hashing = row[1], row[2]
        if not self._is_old("contents", content):
            return
        for (number,) in self._store.execute(
            "SELECT id FROM pictures WHERE content_id = ? AND hashing_id = ? ORDER BY id",
            (content, hashing),
        ):
            other = next(read(self._store, PICTURES, number, number))
            if _says(unit, 3) == _says(other, 3) and all(
                self._parts(self._origin, kind, unit.row[0])
                == self._parts(self._store, kind, number)
                for kind in (VIDEOS, REGION_SETS)
            ):
                yield number

    @staticmethod
    def _parts(store: Store, kind: Kind, picture: int) -> list[object]:
        sql = f"SELECT id FROM {kind.table} WHERE picture_id = ?"  # noqa: S608 (our names)
        return [
            _says(unit, 2)
            for (number,) in store.execute(sql, (picture,))
            for unit in read(store, kind, number, number)
        ]

    def _of_owner(self, kind: Kind, unit: Unit, row: Row) -> Iterator[int]:
        """Rows of this kind that belong to the same one and say the same."""
        owner = "contents" if kind is METADATA else "pictures"
        if not self._is_old(owner, row[1]):
            return
        sql = f"SELECT id FROM {kind.table} WHERE {kind.columns[1]} = ? ORDER BY id"  # noqa: S608 (our names)
        for (number,) in self._store.execute(sql, (row[1],)):
            if _says(unit, 2) == _says(next(read(self._store, kind, number, number)), 2):
                yield number

    def _import(self, unit: Unit, row: Row) -> tuple[int, int]:
        """The import of the same bytes into the same case, if it was read in the same way."""
        case, form, sha256 = row[1], row[5], row[6]
        if not self._is_old("cases", case):
            return _NONE
        for (number,) in self._store.execute(
            "SELECT id FROM imports WHERE sha256 = ? AND case_id = ? AND format = ?",
            (sha256, case, form),
        ):
            if not self._is_old("imports", number):
                continue
            pairs = [
                (kind, _of_import(self._origin, kind, unit.row[0]), self._ours(kind, number))
                for kind in (EVENTS, QUARANTINED_ROWS)
            ]
            if all(
                [_says(each, 2) for each in there] == [_says(each, 2) for each in here]
                for _, there, here in pairs
            ):
                self._instead |= {
                    (kind.table, one.row[0]): other.row[0]
                    for kind, there, here in pairs
                    for one, other in zip(there, here, strict=True)
                }
                return number, INSTEAD
            self.repeated.append((unit.row[0], number))
        return _NONE

    def _ours(self, kind: Kind, number: int) -> Sequence[Unit]:
        return _of_import(self._store, kind, number)


def _of_import(store: Store, kind: Kind, number: int) -> Sequence[Unit]:
    sql = f"SELECT id FROM {kind.table} WHERE import_id = ? ORDER BY id"  # noqa: S608 (our names)
    return [
        unit for (each,) in store.execute(sql, (number,)) for unit in read(store, kind, each, each)
    ]


def _says(unit: Unit, behind: int) -> object:
    """What a unit says, without its number and those of what it belongs to."""
    return unit.row[behind:], tuple(child[1:] for child in unit.children)
