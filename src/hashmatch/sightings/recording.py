"""A run: what a scan saw, recorded batch by batch."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TypeAlias

from hashmatch.errors import DatabaseError, Reason
from hashmatch.model import (
    Json,
    Locator,
    MediaHashes,
    RunStatus,
    ScanResult,
    ScanSummary,
    UnreadRange,
    VolumeFacts,
)
from hashmatch.sightings import audit, medium, places, reading
from hashmatch.sightings.actions import Action
from hashmatch.sightings.batch import Batch, RunIds, contents_of, pictures_of
from hashmatch.sightings.encoding import canonical
from hashmatch.sightings.opening import OPENING, opened_before
from hashmatch.sightings.rows import KINDS, seal, write
from hashmatch.sightings.scan_config import RunConfig, SourceSpec
from hashmatch.sightings.starting import RunStart
from hashmatch.sightings.store import Store
from hashmatch.sightings.taught import taught
from hashmatch.sightings.unchanged import FileState, check_unchanged

"""How a run ends; only one that is done is not resumed."""

Times: TypeAlias = Mapping[str, Mapping[str, str]]
"""Times of items, UTC, ISO 8601, by locator and kind."""

_NO_TIMES: Mapping[str, str] = {}


class Run:
    """One start of a scan, to its end. `Database.run` makes it; not for several threads.

    Attributes:
        id: in the database.
        fingerprint: SHA-256 of all that a resume must agree with.
        position: how many items of the scan are on record, with those that lie in others.
        files: of them, those that the source itself gave.
        expected: how many files the source has; None until `expect` says so.
    """

    def __init__(self, store: Store, ids: RunIds, fingerprint: str, *, anew: bool = False) -> None:
        """Go on behind the last batch on record; anew: no hashes on record are used again."""
        self._anew = anew
        self._settled: dict[int, int] = {}
        self._store = store
        self._ids = ids
        self.id = ids.run
        self.fingerprint = fingerprint
        self.position: int = store.one("SELECT count(*) FROM items WHERE scan_id = ?", (ids.scan,))
        inside = places.count_inside(store, ids.scan) if self.position else 0
        self.files: int = self.position - inside
        self.expected: int | None = None
        self._ended = False
        self._opening: set[str] | None = None
        self._recorded = self._locators() if self.position else iter(())
        self._expected = next(self._recorded, None)

    @classmethod
    @contextmanager
    def begun(
        cls,
        store: Store,
        *,
        case: str,
        source: SourceSpec,
        configuration: RunConfig,
        resume: bool = False,
        rescan: bool = False,
        files: Iterable[FileState] | None = None,
    ) -> "Iterator[Run]":
        """A run on record; see `Database.run`."""
        with ExitStack() as lock:
            start = RunStart(store, case=case, source=source, configuration=configuration)
            other = None if files is None or rescan else start.other_evidence(files)
            ids = start.record(lock, resume=resume, rescan=rescan, other=other)
            run = cls(store, ids, start.fingerprint, anew=rescan)
            try:
                yield run
            except BaseException:
                # What went wrong matters more than that it could not be noted; a resume will.
                with suppress(DatabaseError):
                    run._interrupt()
                raise
            run._interrupt()

    def _locators(self) -> Iterator[str]:
        """The locators of what the source gave, in the order in which it was recorded."""
        return (locator for _, locator in places.from_source(self._store, self._ids.scan))

    def check_unchanged(self, files: Iterable[FileState]) -> int:
        """See that every file on record is still there as it was; how many files there are.

        Raises:
            ResumeError: some differ; the message names them and says what differs.
        """
        return check_unchanged(self._store, self._ids.scan, files)

    def done(self, where: Locator | str) -> bool:
        """Whether the item that lies there is on record.

        A container is recorded behind all that lies in it: once it is done, so is that. Asked in
        the order of the source, as a resume does, this costs next to nothing; in any other order,
        and of what lies in an item, it is a look into an index.

        Args:
            where: its locator; of a plain file its path will do.
        """
        if self.position == 0:
            return False
        locator = places.located(where)
        if str(locator) == self._expected:
            self._expected = next(self._recorded, None)
            return True
        return places.number_of(self._store, self._ids.scan, locator) is not None

    def content(self, sha256: str) -> MediaHashes | None:
        """The hashes of a content that this case has on record, computed with these options.

        None where there are none, whether it was never seen or could not be read, or only in
        part because of a fault: what failed once may work the next time. None too in a rescan,
        and where decoding it more than once gave different hashes: it is decoded again.
        """
        if self._anew:
            return None
        content = self._content(sha256)
        if content is None:
            return None
        pictures = pictures_of(self._store, content, self._ids.hash_config)
        whole = [each for _, each in pictures if each.reason is not Reason.INTERNAL_ERROR]
        return whole[0] if len(whole) == 1 else None

    def seen(self, contents: Sequence[str]) -> list[str]:
        """Which of these contents this case has on record, by their SHA-256: many at a time."""
        return list(contents_of(self._store, self._ids.case, contents))

    def taught(self) -> Iterator[tuple[str, int, bool]]:
        """Path, size and whether it matched, of the newest files on record: see `taught`."""
        return taught(self._store, self._ids.case)

    @property
    def deepens(self) -> bool:
        """Whether scans with fewer tiers are gone on with: see `settled`."""
        return bool(self._ids.shallower)

    def settled(self, sha256: str, met: Callable[[MediaHashes], bool]) -> MediaHashes | None:
        """The hashes of a content that a scan with fewer tiers computed, if something meets them.

        None where nothing does, or there are none: the content is decoded. What is given goes on
        record as the hashes that they are, of fewer tiers.

        Args:
            sha256: of the content.
            met: whether anything that is known meets hashes.
        """
        content = self._content(sha256)
        if content is None:
            return None
        for shallower in self._ids.shallower:
            pictures = pictures_of(self._store, content, shallower)
            whole = [each for each in pictures if each[1].reason is not Reason.INTERNAL_ERROR]
            if len(whole) == 1 and met(whole[0][1]):
                self._settled[content], media = whole[0]
                return media
        return None

    def _content(self, sha256: str) -> int | None:
        found: int | None = self._store.one(
            "SELECT id FROM contents WHERE sha256 = ? AND case_id = ?",
            (bytes.fromhex(sha256), self._ids.case),
        )
        return found

    def record(self, results: Sequence[ScanResult], *, times: Times | None = None) -> None:
        """Put results on record, all in one transaction or none.

        Once this returns they are on the disk, their items count as done, and the audit chain
        proves them.

        What lies in an item is recorded before the item itself: an item on record is done, with
        all that is in it. Where an item lies is what its `place` says, and in an item without one
        its locator, which is the path of a plain file.

        Args:
            results: in the order of the source.
            times: of their items, by the locators that these have.

        Raises:
            DatabaseFullError: there is no space.
            DatabaseBusyError: another process was writing for too long.
            DatabaseError: an item is on record already, or another process took the scan over.
            ValueError: an item neither has hashes nor says why.
        """
        if not results:
            return
        with self._store.transaction():
            self._still_running()
            batch = Batch(self._store, self._ids, audit.now(), self._settled)
            batch.look_up(result.item for result in results)
            counts: Counter[str] = Counter(hashed=0, unreadable=0, skipped=0)
            for result in results:
                of_item = times.get(result.item.locator, _NO_TIMES) if times else _NO_TIMES
                counts[batch.add(result, of_item)] += 1
            units: dict[str, Any] = {}
            for kind in KINDS:
                if made := batch.units[kind]:
                    write(self._store, kind, made)
                    units[kind.table] = {"first": batch.first(kind), **seal(made)}
            details = {"run": self.id, **counts, "units": units}
            audit.append(self._store, Action.BATCH, details, at=batch.at)
        self.position += len(results)
        self.files += sum(not (each.item.place and each.item.place.is_inside) for each in results)

    def record_medium(self, found: Iterable[VolumeFacts | UnreadRange]) -> None:
        """Put volumes, and bytes that could not be read, on record: all of them or none.

        What is on record of the scan already is not recorded again, so that a resume can tell it
        anew. A volume about which something else is told is recorded once more.

        Raises:
            DatabaseError: the run has ended, or it cannot be written.
        """
        with self._store.transaction():
            self._still_running()
            medium.record(self._store, self._ids, found, at=audit.now())

    def expect(self, files: int) -> None:
        """Put on record how many files the source has, before they are read.

        Should the run be interrupted, that says how much is missing. It is said once.

        Raises:
            DatabaseError: another process took the scan over, or it cannot be written.
            ValueError: another number is on record.
        """
        if self.expected is not None:
            if files != self.expected:
                msg = f"run {self.id} expects {self.expected} files already"
                raise ValueError(msg)
            return
        with self._store.transaction():
            self._still_running()
            self._store.execute("UPDATE runs SET expected = ? WHERE id = ?", (files, self.id))
            rows = {"runs": [{"id": self.id, "expected": files}]}
            audit.append(self._store, Action.COUNT, {"run": self.id, "rows": rows}, at=audit.now())
        self.expected = files

    def note_opening(self, containers: Iterable[FileState]) -> None:
        """Put on record which files members are put on record of before they are themselves.

        A resume refuses such a file if it is another one by then: members of two states of one
        file would stand beside each other. Each is noted once.

        Raises:
            DatabaseError: the run has ended, or it cannot be written.
        """
        new = {str(each.locator): each for each in containers}
        if not new:
            return
        if self._opening is None:
            self._opening = set(opened_before(self._store, self._ids.scan))
        new = {name: each for name, each in new.items() if name not in self._opening}
        if new:
            facts: dict[str, Json] = {
                name: {"size": each.size, **each.times} for name, each in new.items()
            }
            self.note_environment(OPENING, facts)
            self._opening.update(new)

    def note_environment(self, aspect: str, facts: Mapping[str, Json]) -> None:
        """Put a condition on record under which the run goes on, as soon as it is known.

        Args:
            aspect: `sandbox` for what workers are locked down with, `indexes` for the SHA-256 of
                index files in force, `search` for kernels, `triage` for the order of files,
                `unread` for what it left; `system` is on record already. What changes is noted
                again.
            facts: of it; of the sandbox those under `notices` are sentences for the reader.

        Raises:
            DatabaseError: the run has ended, or it cannot be written.
        """
        with self._store.transaction():
            self._still_running()
            number = (self._store.one("SELECT max(id) FROM environments") or 0) + 1
            row = {"id": number, "run_id": self.id, "aspect": aspect, "facts": canonical(facts)}
            self._store.execute(
                "INSERT INTO environments (id, run_id, aspect, facts) VALUES (?, ?, ?, ?)",
                tuple(row.values()),
            )
            details = {"run": self.id, "rows": {"environments": [row]}}
            audit.append(self._store, Action.ENVIRONMENT, details, at=audit.now())

    def summary(self) -> ScanSummary:
        """What the scan saw so far, in this run and those it goes on with."""
        return reading.summary(self._store, (self._ids.scan,))

    def finish(self, status: RunStatus = RunStatus.DONE) -> None:
        """Put the end of the run on record.

        Raises:
            DatabaseError: it has ended already.
        """
        with self._store.transaction():
            self._still_running()
            at = audit.now()
            self._store.execute(
                "UPDATE runs SET ended = ?, status = ? WHERE id = ?", (at, status.value, self.id)
            )
            rows: dict[str, list[dict[str, Any]]] = {
                "runs": [{"id": self.id, "ended": at, "status": status.value}]
            }
            if status is RunStatus.DONE:
                scan = self._ids.scan
                self._store.execute("UPDATE scans SET done = 1 WHERE id = ?", (scan,))
                rows["scans"] = [{"id": scan, "done": 1}]
            details = {"run": self.id, "items": self.position, "rows": rows}
            audit.append(self._store, Action.END, details, at=at)
        self._ended = True
        self._store.checkpoint()

    def _interrupt(self) -> None:
        """Nobody said that the scan is done: then it is not."""
        if not self._ended:
            self.finish(RunStatus.INTERRUPTED)

    def _still_running(self) -> None:
        """No other process may have taken the scan over, on a machine whose locks we cannot see."""
        if self._store.one("SELECT status FROM runs WHERE id = ?", (self.id,)) != RunStatus.RUNNING:
            msg = f"{self._store.path}: run {self.id} has ended, or another process took it over"
            raise DatabaseError(msg)
