"""Databases of several laboratories joined into one: nothing twice, all of it proved.

Each database is verified first, and refused if anything in it was altered. Its audit chain comes
whole, its rows get numbers here, and one audit row of this database says who merged what. All of it
is one transaction; a new database is made beside its place, and gets its name at the end.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

from hashmatch.errors import DatabaseError
from hashmatch.files.whole import sync_folder
from hashmatch.sightings import migrating, schema, soundness
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.merge_values import Conflict, Merge, MergedDatabase
from hashmatch.sightings.merging_one import One, Options
from hashmatch.sightings.settling import Key, Voice, names, settle, voices
from hashmatch.sightings.store import Store
from hashmatch.sightings.telling import Told
from hashmatch.sightings.verifying import Verification

_BLOCK: Final = 1 << 20
_MOST: Final = 2000

Progress = Callable[[int, int], None]
"""Called with the rows that are carried, and how many there are."""


class _DryRunError(Exception):
    """Ends a transaction of which nothing is to be recorded."""


def merge(
    databases: Sequence[Path],
    into: Path,
    *,
    by: str,
    why: str = "",
    options: Options | None = None,
    keys: Iterable[bytes] = (),
    dry_run: bool = False,
    on_progress: Progress = lambda _done, _total: None,
) -> Merge:
    """Join databases into one that is there, or is made: all of them, or none.

    Args:
        databases: their paths; they are only read.
        into: the database that they are merged into.
        by: who merges.
        why: the reason.
        options: what is done about cases and exhibits of equal names.
        keys: public keys, 32 bytes each; every database must be signed with one of them.
        dry_run: record nothing; what would be done is told.
        on_progress: called now and then.

    Raises:
        ValueError: nobody merges, nothing is merged, or words are too long.
        DamagedDatabaseError: something in one of them was altered.
        DatabaseError: they cannot be merged; the message says why.
    """
    _check(databases, into, by, why)
    chosen = options or Options()
    with ExitStack() as open_ones:
        origins = [open_ones.enter_context(_opened(path, tuple(keys))) for path in databases]
        total = sum(each.rows for each in origins)
        with _target(into, keep=not dry_run) as store:
            work = _Work(store, by.strip(), why.strip(), chosen, lambda n: on_progress(n, total))
            with suppress(_DryRunError), store.transaction():
                work.merge(origins)
                _end(dry_run=dry_run)
    return Merge(
        into=str(into),
        databases=tuple(work.done),
        conflicts=tuple(work.conflicts),
        dry_run=dry_run,
        clusters=any(each.clusters for each in origins),
    )


def _check(databases: Sequence[Path], into: Path, by: str, why: str) -> None:
    """See that there is something to merge, and somebody who does."""
    if not databases or not 0 < len(by.strip()) <= _MOST or len(why) > _MOST:
        msg = f"what is merged, and who merges it in at most {_MOST:,} characters"
        raise ValueError(msg)
    if any(path.resolve() == into.resolve() for path in databases):
        msg = f"{into} cannot be merged into itself"
        raise DatabaseError(msg)


def _end(*, dry_run: bool) -> None:
    """End the transaction: of a dry run nothing is recorded."""
    if dry_run:
        raise _DryRunError


@dataclass(slots=True)
class _Origin:
    """A database that is merged: verified, and read at one moment.

    Attributes:
        path: of the file.
        sha256: of it.
        store: the connection.
        verification: what walked along its chain.
        rows: how many units it has, about.
        clusters: whether it has clusters.
    """

    path: Path
    sha256: str
    store: Store
    keys: tuple[bytes, ...]
    rows: int = 0
    clusters: bool = False

    def walked(self, stops: tuple[int, ...]) -> Verification:
        """Verify it.

        Raises:
            DamagedDatabaseError: something was altered.
        """
        checked = Verification(self.store, "", None, self.keys, stops)
        verdict = checked.verdict()
        if verdict.problems:
            raise soundness.altered(self.store, verdict.problems[0])
        return checked


@contextmanager
def _opened(path: Path, keys: tuple[bytes, ...]) -> Iterator[_Origin]:
    """A database as it is at this moment.

    Raises:
        DatabaseError: it cannot be read, or is a merged one itself.
    """
    store = Store(path, writable=False)
    try:
        migrating.prepare(store)
        with store.snapshot():
            soundness.check(store, soundness.SMALL)
            if store.one("SELECT 1 FROM merges"):
                msg = (
                    f"{path} was merged from other databases itself: merge these, or merge the "
                    "others into it (--into)"
                )
                raise DatabaseError(msg)
            items, clusters = store.execute(
                "SELECT (SELECT count(*) FROM items) + (SELECT count(*) FROM sightings) "
                "+ (SELECT count(*) FROM pictures) + (SELECT count(*) FROM contents) "
                "+ (SELECT count(*) FROM events), EXISTS (SELECT 1 FROM cluster_members)"
            )[0]
            yield _Origin(path, _sha256(path), store, keys, items, bool(clusters))
    finally:
        store.close()


def _sha256(path: Path) -> str:
    """The SHA-256 of a database file; empty where its last batches are in a log beside it."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        return ""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def _check_newest(into: Path) -> None:
    """See that nothing has to be migrated, as a dry run changes nothing.

    Raises:
        DatabaseError: it is of an older version, or holds nothing yet.
    """
    with Store(into, writable=False) as store:
        if migrating.version_of(store) < len(schema.MIGRATIONS):
            msg = (
                f"{into} is of an older version, and would be migrated before anything is merged "
                "into it: a dry run changes nothing. Copy the file, and try the copy (--into COPY)"
            )
            raise DatabaseError(msg)


@contextmanager
def _target(into: Path, *, keep: bool) -> Iterator[Store]:
    """The database that is merged into; a new one gets its name at the end of the block."""
    is_there = into.exists()
    if is_there and not keep:
        _check_newest(into)
    path = into if is_there else into.with_name(f".{into.name[:80]}.{uuid4().hex}")
    try:
        store = Store(path, writable=True)
        try:
            migrating.prepare(store)
            # What messages and conflicts call it: the name that it will have.
            store.path = into
            if is_there:
                soundness.check(store, soundness.SMALL)
            yield store
            store.checkpoint()
        finally:
            store.close()
        if keep and not is_there:
            if into.exists():
                msg = f"{into} was made by another process meanwhile: nothing was merged"
                raise DatabaseError(msg)
            path.replace(into)
            sync_folder(into.parent)
    finally:
        if not is_there:
            for ending in ("", "-wal", "-shm", "-journal"):
                path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)


@dataclass(slots=True)
class _Work:
    """A merge in the making, within the transaction that will record it."""

    store: Store
    by: str
    why: str
    options: Options
    on_rows: Callable[[int], None]
    done: list[MergedDatabase] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    _carried: int = 0

    def merge(self, origins: Sequence[_Origin]) -> None:
        """Merge them, one behind the other, and settle what they do not agree about."""
        cases, exhibits = names(self.store)
        before = voices(self.store, str(self.store.path), case_of=cases, exhibit_of=exhibits)
        holders = _holders(self.store)
        heard: list[Mapping[Key, Voice]] = []
        having: Counter[str] = Counter()
        for origin in origins:
            one = One(
                self.store,
                Told(origin.store),
                origin.walked,
                self.options,
                path=origin.path,
                on_rows=self._count,
            )
            self.done.append(one.merge(by=self.by, why=self.why, sha256=origin.sha256))
            self.conflicts += one.conflicts
            having.update({*one.cases.values()})
            said = voices(
                origin.store, str(origin.path), case_of=one.cases, exhibit_of=one.exhibits
            )
            heard.append(said)
        self._check_names(having)
        # What was merged before and is merged again speaks for itself.
        now = {each.origin for each in self.done}
        others = {name for name, of in holders.items() if of - now}
        having.update(others)
        heard.insert(
            0, {key: each for key, each in before.items() if not key[1] or key[1] in others}
        )
        self.conflicts += settle(self.store, heard, shared=having, by=self.by)

    def _check_names(self, cases: Iterable[str]) -> None:
        """See that what is said to be one is there: a merge with a wrong number cannot be undone.

        Raises:
            DatabaseError: a name is that of nothing.
        """
        told = self.store.execute(
            "SELECT cases.name, label FROM sources JOIN cases ON cases.id = case_id"
        )
        exhibits = {f"{from_text(case)}/{from_text(label)}" for case, label in told}
        for option, missing in (
            ("--same-case", self.options.same_cases.difference(cases)),
            ("--same-exhibit", self.options.same_exhibits - exhibits),
        ):
            if missing:
                msg = (
                    f"{option} {min(missing)!r}: what is merged has nothing of this name (what was "
                    "merged before keeps the name that it got); nothing was merged"
                )
                raise DatabaseError(msg)

    def _count(self, rows: int) -> None:
        self._carried += rows
        self.on_rows(self._carried)


def _holders(store: Store) -> dict[str, set[int]]:
    """The origins that have each case, by its name; 0 where this database has it itself."""
    found: dict[int, set[int]] = {}
    came = set()
    for number, count, added, origin in store.execute(
        "SELECT number, count, added, origin_id FROM merged_rows "
        "JOIN merges ON merges.id = merge_id WHERE kind = 'cases'"
    ):
        for each in range(number, number + count):
            found.setdefault(each, set()).add(origin)
            came |= {each} if added else set()
    return {
        name: found.get(number, set()) | (set() if number in came else {0})
        for number, name in names(store)[0].items()
    }
