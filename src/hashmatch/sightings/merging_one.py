"""One database merged into another, within the transaction that will record it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hashmatch.errors import DatabaseError
from hashmatch.sightings import audit
from hashmatch.sightings.actions import Action
from hashmatch.sightings.carrying import Carrier
from hashmatch.sightings.encoding import from_text, to_text
from hashmatch.sightings.merge_values import Conflict, ConflictKind, MergedDatabase
from hashmatch.sightings.rows import MERGED_ROWS, Unit, seal, write
from hashmatch.sightings.store import Store
from hashmatch.sightings.telling import (
    CAME,
    INSTEAD,
    SAME,
    WITHOUT,
    Merged,
    Numbering,
    Numbers,
    Span,
    Told,
)
from hashmatch.sightings.verifying import Verification

_AT_ONCE: Final = 10_000
"""Spans of numbers that one audit row proves."""

_Spans = list[tuple[str, int, int, int, int]]
"""Table, first number there and here, how many, and how they came."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is done where databases have cases or exhibits of equal names.

    Attributes:
        prefix: in front of the name of a case or an exhibit that is another one than that which is
            there; by default the name of the database file.
        same_cases: cases that are one in all databases.
        same_exhibits: exhibits of these, as case and label with a slash between, that are one.
    """

    prefix: str = ""
    same_cases: frozenset[str] = frozenset()
    same_exhibits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Begin:
    """The place from which on a chain is merged.

    Attributes:
        origin: number of it here.
        known: whether it is on record.
        common: the last audit row that is here already.
        copy_of: the origin that it is a copy of; None of this database itself, and of no copy.
        numbering: of the rows up to there.
    """

    origin: int
    known: bool = False
    common: int = 0
    copy_of: int | None = None
    numbering: Numbering | None = None


class One:
    """A database that is merged.

    Attributes:
        cases: names of its cases here, by their numbers there.
        exhibits: labels of its exhibits, likewise.
        conflicts: that were found.
    """

    def __init__(
        self,
        store: Store,
        told: Told,
        walked: Callable[[tuple[int, ...]], Verification],
        options: Options,
        *,
        path: Path,
        on_rows: Callable[[int], None],
    ) -> None:
        """Merge nothing yet.

        Args:
            store: where to.
            told: the database.
            walked: verifies it, and notes how many rows there were at these audit rows.
            options: what is done about equal names.
            path: of the database.
            on_rows: called with the number of rows that were carried.
        """
        self._store = store
        self._told = told
        self._walked = walked
        self._options = options
        self._path = path
        self._on_rows = on_rows
        self._start = int(store.one("SELECT coalesce(max(id), 0) FROM cases"))
        self.cases: dict[int, str] = {}
        self.exhibits: dict[int, str] = {}
        self.conflicts: list[Conflict] = []

    def merge(self, *, by: str, why: str, sha256: str) -> MergedDatabase:
        """Carry what is not here yet, and put on record that it was merged."""
        begin = self._begin()
        stops = (begin.common,) if begin.common else ()
        replay = self._walked(stops).replay
        rows, head = replay.end
        chain = str(self._told.store.one("SELECT sha256 FROM audit WHERE seq = 1"))
        before = replay.counts_at.get(begin.common, {})
        prior = Numbering({table: _same(to) for table, to in before.items()})
        if begin.numbering is not None:
            tables = begin.numbering.tables
            prior = Numbering({table: tables[table].up_to(to) for table, to in before.items()})
        carrier = Carrier(
            self._store,
            self._told,
            replay,
            prior=prior,
            before=before,
            named=self._named,
            on_rows=self._on_rows,
        )
        carrier.carry(begin.origin)
        self._hear(carrier)
        spans = [
            (table, *span) for table, placed in carrier.placed.items() for span in placed.spans()
        ]
        if begin.common < rows or not begin.known:
            if not begin.known:
                spans = [*_taken_over(prior, before), *spans]
            row = {
                "id": int(self._store.one("SELECT coalesce(max(id), 0) FROM merges")) + 1,
                "origin_id": begin.origin,
                "at": audit.now(),
                "author": to_text(by),
                "reason": to_text(why),
                "path": to_text(str(self._path)),
                "sha256": sha256,
                "rows": rows,
                "head": head,
            }
            self._record(begin, chain, row, spans, carrier.renamed)
        return self._done(begin.origin, chain, (rows, head), sha256=sha256, spans=spans)

    def _done(
        self, origin: int, chain: str, end: tuple[int, str], *, sha256: str, spans: _Spans
    ) -> MergedDatabase:
        """What came of it."""
        counted: dict[int, dict[str, int]] = {CAME: {}, SAME: {}, INSTEAD: {}, WITHOUT: {}}
        for table, _, _, count, way in spans:
            counted[way][table] = counted[way].get(table, 0) + count
        here = counted[SAME]
        here.update({table: here.get(table, 0) + n for table, n in counted[INSTEAD].items()})
        return MergedDatabase(
            path=str(self._path),
            sha256=sha256,
            origin=origin,
            chain=chain,
            rows=end[0],
            head=end[1],
            added=counted[CAME],
            here=here,
        )

    def _begin(self) -> _Begin:
        """Where the chain goes on that is here already, of this database or of a copy of it."""
        theirs = self._told.store
        chain = theirs.one("SELECT sha256 FROM audit WHERE seq = 1")
        length = int(theirs.one("SELECT max(seq) FROM audit") or 0)
        new = int(self._store.one("SELECT coalesce(max(id), 0) FROM origins")) + 1
        longest = _Begin(new)
        for (origin,) in self._store.execute(
            "SELECT id FROM origins WHERE chain = ? ORDER BY id", (chain,)
        ):
            here = "SELECT max(seq) FROM origin_audit WHERE origin_id = ?"
            last = int(self._store.one(here, (origin,)))
            sql = "SELECT sha256 FROM origin_audit WHERE seq = ? AND origin_id = ?"
            common = self._common(sql, (origin,), min(length, last))
            if common in (last, length):
                numbering = Merged(self._store, origin).numbering
                return _Begin(origin, known=True, common=min(last, length), numbering=numbering)
            if common > longest.common:
                numbering = Merged(self._store, origin).numbering
                longest = _Begin(new, common=common, copy_of=origin, numbering=numbering)
        if chain == self._store.one("SELECT sha256 FROM audit WHERE seq = 1"):
            last = int(self._store.one("SELECT max(seq) FROM audit"))
            sql = "SELECT sha256 FROM audit WHERE seq = ?"
            common = self._common(sql, (), min(length, last))
            if common > longest.common:
                longest = _Begin(new, common=common)
        if 0 < longest.common < length:
            thing = str(self._path)
            rule = f"what they have in common ({longest.common:,} audit rows) is on record once"
            self.conflicts.append(Conflict(kind=ConflictKind.COPY, thing=thing, settled=rule))
        return longest

    def _common(self, sql: str, values: tuple[int, ...], last: int) -> int:
        """The last audit row that both chains have: as each seals all before it, by halves."""
        low, high = 0, last
        while low < high:
            middle = (low + high + 1) // 2
            there = self._told.store.one("SELECT sha256 FROM audit WHERE seq = ?", (middle,))
            if there == self._store.one(sql, (middle, *values)):
                low = middle
            else:
                high = middle - 1
        return low

    def _named(self, table: str, case: int, name: str) -> int | str:
        """What a case or an exhibit is here; see `carrying.Named`."""
        if table == "cases":
            found = self._store.one("SELECT id FROM cases WHERE name = ?", (name,))
            if found is None:
                return name
            if from_text(name) in self._options.same_cases:
                self._note(
                    ConflictKind.CASE, from_text(name), "it is one case, as --same-case says"
                )
                return int(found)
            self._check_apart(from_text(name))
            other = self._other_name(name, "SELECT 1 FROM cases WHERE name = ?", ())
            told = f"another case of the same number: here it is {from_text(other)!r}"
            self._note(ConflictKind.CASE, from_text(name), told)
            return other
        sql = "SELECT id FROM sources WHERE label = ? AND case_id = ?"
        found = self._store.one(sql, (name, case)) if case <= self._start else None
        if found is None:
            return name
        of = from_text(str(self._store.one("SELECT name FROM cases WHERE id = ?", (case,))))
        thing = f"{of}/{from_text(name)}"
        if thing in self._options.same_exhibits:
            self._note(ConflictKind.EXHIBIT, thing, "it is one exhibit, as --same-exhibit says")
            return int(found)
        other = self._other_name(name, sql, (case,))
        told = f"another exhibit of the same label: here it is {from_text(other)!r}"
        self._note(ConflictKind.EXHIBIT, thing, told)
        return other

    def _check_apart(self, case: str) -> None:
        """See that no exhibit is said to be one of a case that is another one.

        Raises:
            DatabaseError: one is.
        """
        whole = tuple(f"{each}/" for each in self._options.same_cases)
        for each in sorted(self._options.same_exhibits):
            if each.startswith(f"{case}/") and not each.startswith(whole):
                msg = (
                    f"--same-exhibit {each!r}: the cases {case!r} are different ones; say that "
                    f"they are one too (--same-case), and nothing is merged until then"
                )
                raise DatabaseError(msg)

    def _other_name(self, name: str, sql: str, values: tuple[int, ...]) -> str:
        """A name with the prefix in front that is not in use."""
        prefix = self._options.prefix or self._path.stem
        made, number = to_text(f"{prefix}/{from_text(name)}"), 1
        while self._store.one(sql, (made, *values)) is not None:
            number += 1
            made = to_text(f"{prefix} {number}/{from_text(name)}")
        return made

    def _note(self, kind: ConflictKind, thing: str, settled: str) -> None:
        said = {str(self._path): thing}
        self.conflicts.append(Conflict(kind=kind, thing=thing, said=said, settled=settled))

    def _hear(self, carrier: Carrier) -> None:
        """What cases and exhibits are called here, and which reports are on record twice."""
        store = self._told.store
        for table, name, found in (
            ("cases", "name", self.cases),
            ("sources", "label", self.exhibits),
        ):
            for (number,) in store.execute(f"SELECT id FROM {table}"):  # noqa: S608 (our names)
                here = carrier.placed[table].here(number)
                sql = f"SELECT {name} FROM {table} WHERE id = ?"  # noqa: S608 (likewise)
                found[number] = from_text(str(self._store.one(sql, (here,))))
        for there, here in carrier.repeated:
            thing = f"import {there} of {self._path}"
            settled = f"import {here} has the same bytes, and was read differently: both stay"
            self.conflicts.append(Conflict(kind=ConflictKind.IMPORT, thing=thing, settled=settled))

    def _record(
        self,
        begin: _Begin,
        chain: str,
        merge: dict[str, Any],
        spans: _Spans,
        renamed: Mapping[str, Mapping[str, str]],
    ) -> None:
        """The chain, the numbers that its rows got, and who merged it."""
        told: dict[str, list[dict[str, Any]]] = {}
        if not begin.known:
            origin = {
                "id": begin.origin,
                "chain": chain,
                "copy_of": begin.copy_of,
                "common": begin.common,
            }
            _insert(self._store, "origins", origin)
            told["origins"] = [origin]
        told["merges"] = [merge]
        _insert(self._store, "merges", merge)
        after = begin.common if begin.known else 0
        rows = ((begin.origin, *row) for row in self._told.audit(after))
        self._store.insert("INSERT INTO origin_audit VALUES (?,?,?,?,?,?,?,?,?)", rows)
        last = int(self._store.one("SELECT coalesce(max(id), 0) FROM merged_rows"))
        units = [Unit((number, merge["id"], *span)) for number, span in enumerate(spans, last + 1)]
        parts = [units[at : at + _AT_ONCE] for at in range(0, len(units), _AT_ONCE)] or [[]]
        for part in parts:
            write(self._store, MERGED_ROWS, part)
            is_last = part is parts[-1]
            sealed = {MERGED_ROWS.table: {"first": part[0].row[0], **seal(part)}} if part else {}
            details = {
                "merge": merge["id"],
                "rows": told if is_last else {},
                "units": sealed,
                "renamed": renamed if is_last else {},
            }
            audit.append(self._store, Action.MERGE, details, at=merge["at"])


def _insert(store: Store, table: str, row: Mapping[str, Any]) -> None:
    marks = ",".join("?" * len(row))
    sql = f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})"  # noqa: S608 (our names)
    store.execute(sql, [*row.values()])


def _same(last: int) -> Numbers:
    """Numbers of rows that are the same here as there."""
    return Numbers([(1, 1, last)] if last else [])


def _taken_over(prior: Numbering, before: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    """The numbers of rows that a copy has in common with what is here."""
    for table, last in before.items():
        numbers = prior.tables[table]
        left: set[Span] = {*numbers.left}
        for there, _, count in numbers.without:
            if there <= last:
                yield (table, there, 0, min(count, last - there + 1), WITHOUT)
        for span in numbers.spans(1, last):
            yield (table, *span, INSTEAD if span in left else SAME)
