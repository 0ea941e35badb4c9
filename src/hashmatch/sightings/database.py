"""The database of sightings: one SQLite file that many cases share."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from hashmatch.errors import (
    DamagedDatabaseError,
    DatabaseError,
    UnknownNameError,
    there_is,
)
from hashmatch.model import ItemStatus, Json, ScanSummary
from hashmatch.sightings import (
    audit,
    cases,
    heads,
    migrating,
    reading,
    signing,
    soundness,
    verifying,
    viewing,
)
from hashmatch.sightings.actions import Action
from hashmatch.sightings.casework import Casework
from hashmatch.sightings.encoding import to_text
from hashmatch.sightings.recording import Run
from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord, Viewing
from hashmatch.sightings.store import WAIT_SECONDS, Store

if TYPE_CHECKING:
    from os import PathLike
    from types import TracebackType

    from hashmatch.sightings.heads import Head
    from hashmatch.sightings.keys import Signer
    from hashmatch.sightings.scan_config import RunConfig, SourceSpec
    from hashmatch.sightings.unchanged import FileState
    from hashmatch.sightings.verdict import Verdict


_OF_VALUES = (
    *(ArithmeticError, AttributeError, LookupError, MemoryError),
    *(RecursionError, TypeError, ValueError),
)
"""What a value of the wrong type, range or form raises where it is used."""

_TOLD = (DatabaseError, UnknownNameError)
"""Errors that say what is wrong already."""

_SHOWN = soundness.SMALL | {
    *("items", "videos", "sightings", "segments", "sighted", "entries"),
    *("places", "original_names", "volumes", "unread_ranges", "matched_parts", "retroactive"),
}
"""Tables that tell which cases there are and what was found in them."""


class Database(Casework):
    """An open database of sightings.

    Readers never wait; a second writer waits for the batch of the first to end. Opening looks at
    the header and the tables only: `verify` reads everything.

    Attributes:
        path: of the file.
        notes: what the operator should know about how the file is kept; mostly nothing.
    """

    def __init__(self, store: Store) -> None:
        """Wrap a connection that was prepared: use `open`."""
        self._store = store
        self.path = store.path
        self.notes = store.notes

    def __repr__(self) -> str:
        where = ascii(str(self.path)[-60:])[:100]
        return f"<Database {where}, {'read and written' if self._store.writable else 'read only'}>"

    @classmethod
    def open(
        cls,
        path: "str | PathLike[str]",
        *,
        read_only: bool = False,
        wait: float = WAIT_SECONDS,
    ) -> Self:
        """Open a database; one for writing is made if there is none.

        Args:
            path: of the file.
            read_only: never write to the file; it may lie on read-only media.
            wait: seconds to wait for other writers.

        Raises:
            DatabaseError: it cannot be opened, or is the file of another program.
            DatabaseVersionError: a newer hashmatch wrote it.
            DamagedDatabaseError: it is no database.
        """
        store = Store(Path(path), writable=not read_only, wait=wait)
        try:
            migrating.prepare(store)
        except BaseException:
            store.close()
            raise
        return cls(store)

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _where: "TracebackType | None",
    ) -> None:
        """Let the file go.

        Raises:
            DamagedDatabaseError: instead of the error that ends the block, where a value on record
                raised it: whoever alters a file chooses values that nobody expects.
        """
        try:
            if isinstance(error, _OF_VALUES) and not isinstance(error, _TOLD):
                self._blame()
        finally:
            self.close()

    def _blame(self) -> None:
        """Raise an error if the record is not as it was recorded; if it is, the fault is ours."""
        try:
            found = self.verify().problems
        except DatabaseError:
            return
        if found:
            raise soundness.altered(self._store, found[0]) from None

    def run(
        self,
        *,
        case: str,
        source: "SourceSpec",
        configuration: "RunConfig",
        resume: bool = False,
        rescan: bool = False,
        files: "Iterable[FileState] | None" = None,
    ) -> AbstractContextManager[Run]:
        """A block in which a scan of one source is recorded.

        If `Run.finish` is not called in it, the run is on record as interrupted. A source that was
        scanned to its end may be scanned with another configuration; what is on record stays.

        Args:
            case: the lab's own number.
            source: the evidence; its label must always mean the same piece.
            configuration: lists, thresholds and options.
            resume: continue the scan that stopped; refused if none is on record.
            rescan: start a new scan, whatever is on record.
            files: every file of the source, walked only where a scan of this label is done: its
                files must be the same, or it was of another exhibit, or of another state of it.

        Raises:
            ResumeError: there is a scan on record that does not agree, is done already, is of
                other files, or stopped and was not asked to go on. The refusal is on record too.
            DatabaseBusyError: another process is scanning this source.
        """
        resumed = {"items", "times", "places", "volumes", "unread_ranges"} if resume else set()
        self._check_tables(soundness.SMALL | resumed)
        return Run.begun(
            self._store,
            case=case,
            source=source,
            configuration=configuration,
            resume=resume,
            rescan=rescan,
            files=files,
        )

    def snapshot(self) -> AbstractContextManager[None]:
        """A block in which everything is read from one state of the database, for a report."""
        return self._store.snapshot()

    def cases(self) -> tuple[str, ...]:
        """The names of all cases, in the order in which they were recorded.

        Raises:
            DamagedDatabaseError: the tables are not those of hashmatch, or hold what it never
                records.
        """
        self._check_tables(_SHOWN)
        return cases.names(self._store)

    def exhibits(self) -> tuple[str, ...]:
        """The paths of the evidence of all cases at the time of the scans.

        Raises:
            DamagedDatabaseError: the tables are not those of hashmatch, or hold what it never
                records.
        """
        self._check_tables()
        return cases.paths(self._store)

    def case(self, name: str) -> CaseRecord:
        """A case with its runs, sources and lists.

        Raises:
            UnknownNameError: there is none of this name.
        """
        with self._store.snapshot():
            return cases.record(self._store, name, self._id(name))

    def summary(self, case: str) -> ScanSummary:
        """What was seen in a case: its sources together, each in its newest scan.

        Raises:
            UnknownNameError: there is no such case.
        """
        with self._store.snapshot():
            scans = cases.current_scans(self._store, self._id(case))
            return reading.summary(self._store, [*scans.values()])

    def items(
        self, case: str, *, status: ItemStatus | str | None = None, in_part: bool = False
    ) -> Iterator[ItemRecord]:
        """The items of a case as they are read, source by source, each in its newest scan.

        The newest scan that is done counts; where none is, the newest.

        Args:
            case: its name.
            status: of the items; any by default.
            in_part: whether to leave out items that were read completely: all without a reason.

        Raises:
            UnknownNameError: there is no such case.
        """
        wanted = None if status is None else ItemStatus(status)
        return cases.items(self._store, self._id(case), status=wanted, in_part=in_part)

    def sightings(
        self, case: str, *, reportable_only: bool = False, every_scan: bool = False
    ) -> Iterator[SightingRecord]:
        """The sightings of a case as they are read, in the order in which they were recorded.

        Args:
            case: its name.
            reportable_only: leave out those that only label an item.
            every_scan: also those by a list with which the same source was scanned to its end
                again later.

        Raises:
            UnknownNameError: there is no such case.
        """
        return cases.sightings(
            self._store, self._id(case), reportable_only=reportable_only, every_scan=every_scan
        )

    def sighting(self, number: int) -> SightingRecord:
        """One sighting, whatever its case.

        Raises:
            UnknownNameError: there is none of this number.
        """
        return cases.sighting(self._store, number)

    def place_of(self, sighting: int) -> tuple[str, str]:
        """The names of the case and of the exhibit that a sighting belongs to.

        Raises:
            UnknownNameError: there is none of this number.
        """
        return cases.place_of(self._store, sighting)

    def record_viewed(self, sightings: Sequence[int], *, by: str, why: str) -> Viewing:
        """Put on record that a person viewed the files of sightings: all of them, or none.

        Nothing else marks a sighting as viewed. What is recorded stays; to view it again, or by
        somebody else, is recorded again.

        Args:
            sightings: their numbers, as reports show them.
            by: who.
            why: the reason for it, in words that may stand in a report.

        Raises:
            UnknownNameError: one of them is not on record.
            ValueError: no sighting, name or reason, or one of more than 2,000 characters.
            DatabaseError: it was opened for reading only.
        """
        self._check_tables(_SHOWN)
        return viewing.record(self._store, sightings, by=by, why=why)

    def note(self, action: str, details: Mapping[str, Json]) -> None:
        """Put on record that something was done with the database, as an export.

        Args:
            action: what was done, in a word.
            details: what a reader should know about it.

        Raises:
            DatabaseError: it was opened for reading only.
        """
        self._check_tables()
        with self._store.transaction():
            told = {"what": action, "details": details}
            audit.append(self._store, Action.NOTE, told, at=audit.now())

    def verify(
        self,
        *,
        head: str = "",
        head_log: "str | PathLike[str] | None" = None,
        keys: "Iterable[bytes]" = (),
    ) -> "Verdict":
        """Whether all that is on record is as it was recorded; see `verifying`.

        Args:
            head: of the audit chain, as a report printed it; it must still be part of it.
            head_log: a file of heads: those of this database must all be part of the chain.
            keys: public keys, 32 bytes each: all rows must be signed with one of them.

        Raises:
            HeadLogError: the file of heads cannot be read.
            SigningError: `cryptography` is missing.
        """
        log = None if head_log is None else Path(head_log)
        return verifying.verify(self._store, head=head, head_log=log, keys=keys)

    def head(self, case: str = "") -> "Head":
        """The newest head of the audit chain, to be kept elsewhere.

        Args:
            case: what was worked on, for the reader.
        """
        return heads.now(self._store, case)

    def sign(self, signer: "Signer") -> None:
        """Sign all that is on record so far.

        Args:
            signer: what holds the key of the laboratory, as `keys.private` gives it.

        Raises:
            DatabaseError: it was opened for reading only.
            SigningError: the key cannot be used.
        """
        self._check_tables()
        signing.sign(self._store, signer)

    def _check_tables(self, tables: Collection[str] = soundness.SMALL) -> None:
        """See that tables are ours, no trigger writes what it likes, and values can be read."""
        from hashmatch.sightings.structure import compared

        problems = compared(self._store).problems
        # An index more or less changes how fast a search is, not what it finds.
        if found := [each for each in problems if not each.what.startswith("the index ")]:
            msg = (
                f"{self._store.path} is not as hashmatch made it ({found[0].what}): nothing in it "
                "can be relied on; `hashmatch audit verify` lists all faults"
            )
            raise DamagedDatabaseError(msg)
        soundness.check(self._store, tables)

    def _id(self, case: str) -> int:
        found = self._store.one("SELECT id FROM cases WHERE name = ?", (to_text(case),))
        if found is None:
            msg = f"no case {case!r} is on record in {self.path}"
            self._check_tables()
            raise UnknownNameError(there_is(msg, map(repr, cases.shown(self._store))))
        return int(found)
