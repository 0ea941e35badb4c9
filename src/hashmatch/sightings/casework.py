"""What people, reports and returns add to the record, beside scans."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hashmatch.sightings import (
    clusters,
    erasing,
    erasures,
    exhibits,
    importing,
    provenance,
    soundness,
    statements,
)
from hashmatch.sightings import handling as marks

if TYPE_CHECKING:
    from hashmatch.model import Json
    from hashmatch.model.event import Event, ImportedUnit, QuarantinedRow
    from hashmatch.model.identifier import Identifier
    from hashmatch.sightings.clusters import Member
    from hashmatch.sightings.erasing import ErasurePlan
    from hashmatch.sightings.erasures import ErasureRecord
    from hashmatch.sightings.exhibits import ExhibitRecord
    from hashmatch.sightings.importing import ImportRecord
    from hashmatch.sightings.provenance import Came, MergeRecord
    from hashmatch.sightings.rematching import Rematch
    from hashmatch.sightings.scan_config import RunConfig
    from hashmatch.sightings.statements import Said, Statement, Topic
    from hashmatch.sightings.store import Store


class Casework:
    """Part of `Database`: exhibits, imports, statements and clusters."""

    _store: "Store"

    def _check_tables(self, tables: Collection[str] = soundness.SMALL) -> None:
        raise NotImplementedError

    @property
    def store(self) -> "Store":
        """The connection, for what reads tables itself, as tracing does."""
        return self._store

    def rematch(self, configuration: "RunConfig", facts: Mapping[str, "Json"]) -> "Rematch":
        """What matches items on record again; see `hashmatch.scanning.rematching`.

        Args:
            configuration: lists, profile, libraries and command, as of a scan.
            facts: under `tiers` how hard is looked, under `indexes` the files of indexes.

        Raises:
            DamagedDatabaseError: the tables are not those of hashmatch, or hold what it never
                records.
        """
        from hashmatch.sightings.rematching import Rematch

        self._check_tables(soundness.ALL - {"origin_audit", "merged_rows"})
        return Rematch(self._store, configuration, facts)

    def record_exhibit(
        self,
        case: str,
        label: str,
        facts: Mapping[str, str],
        identifiers: Iterable["Identifier"] = (),
        *,
        by: str,
        why: str = "",
        withdrawn: Iterable["Identifier"] = (),
        handling: str = "",
    ) -> "ExhibitRecord":
        """Put on record what an exhibit is; what was recorded before stays, and the newest counts.

        Args:
            case: the lab's own number; it is recorded if it is new.
            label: of the exhibit, as scans have it; it is recorded if it is new.
            facts: `kind`, `owner`, `make`, `model`, `zone`, `acquired` (when), `acquired-with` (a
                tool); an empty value takes back what was stated.
            identifiers: of the device or account, beside those on record.
            by: who states it.
            why: the reason.
            withdrawn: identifiers that were stated and are wrong.
            handling: how far it may be passed on; `none` takes a mark back.

        Raises:
            ValueError: nothing is stated, or a value is none of its kind.
            DatabaseError: it was opened for reading only, or cannot be written.
        """
        self._check_tables()
        place = {"case": case.strip(), "exhibit": label.strip()}
        said = exhibits.said(facts, identifiers, withdrawn=withdrawn)
        if said or not handling:
            topic = statements.Topic.EXHIBIT
            statements.record(self._store, topic, said, by=by, why=why, **place)
        if handling:
            marks.stated(self._store, handling, by=by, why=why, **place)
        return next(
            each
            for each in self.exhibit_records()
            if (each.case, each.label) == (case.strip(), label.strip())
        )

    def exhibit_records(self) -> "Iterator[ExhibitRecord]":
        """All exhibits of all cases, with what was stated of them."""
        self._check_tables()
        return exhibits.every(self._store)

    def record_statements(
        self, topic: "Topic", said: Sequence["Said"], *, by: str, why: str = "", case: str = ""
    ) -> tuple[int, ...]:
        """Put statements on record; see `statements.record`."""
        self._check_tables()
        return statements.record(self._store, topic, said, by=by, why=why, case=case)

    def statements(self, topic: "Topic") -> "Iterator[Statement]":
        """All statements about a topic, the oldest first."""
        self._check_tables()
        return statements.every(self._store, topic)

    def record_handling(self, thing: str, mark: str, *, by: str, why: str = "") -> tuple[int, ...]:
        """Mark how far a thing on record may be passed on; see `handling.record`."""
        self._check_tables(soundness.SMALL | {"imports"})
        return marks.record(self._store, thing, mark, by=by, why=why)

    def mark_case(self, case: str, mark: str, *, by: str, why: str = "") -> tuple[int, ...]:
        """Mark how far all of a case may be passed on; it is recorded if it is new."""
        self._check_tables()
        return marks.stated(self._store, mark, by=by, why=why, case=case)

    def mark_unit(
        self, sha256: str, mark: str, *, case: str, exhibit: str, by: str, why: str = ""
    ) -> tuple[int, ...]:
        """Mark a unit before it is imported, so that it is never on record without its mark."""
        self._check_tables()
        subject = marks.of_unit(sha256)
        return marks.stated(
            self._store, mark, by=by, why=why, case=case, exhibit=exhibit, subject=subject
        )

    def plan_erasure(self, things: Sequence[str]) -> "ErasurePlan":
        """What an order of a court would take; nothing is changed; see `erasing.plan`."""
        self._check_tables(soundness.ALL)
        return erasing.plan(self._store, things)

    def erase(
        self, things: Sequence[str], *, order: str, why: str, by: str
    ) -> tuple["ErasureRecord", "ErasurePlan"]:
        """Erase by order of a court, and overwrite what is left in the file.

        Args:
            things: `item:12`, `sighting:7`, `entry:LIST/ID`, `exhibit:CASE/LABEL`, `case:N`,
                `import:3`, `event:4`.
            order: reference of the order.
            why: in words.
            by: who erases.

        Raises:
            ValueError: a thing is none of these, or words are missing.
            UnknownNameError: it is not on record.
            DatabaseBusyError: it is being scanned; or rows are gone, and another process has the
                file open, so that their text may still be in it: `scrub` is to follow.
            DatabaseError: it cannot be written.
        """
        self._check_tables(soundness.ALL)
        done = erasing.erase(self._store, things, order=order, why=why, by=by)
        erasing.scrub(self._store)
        return done

    def scrub(self) -> None:
        """Overwrite what is left of erased rows in the file and in its log; see `erasing.scrub`."""
        erasing.scrub(self._store)

    def erasures(self) -> "Iterator[ErasureRecord]":
        """What was erased by order of a court, the oldest first."""
        self._check_tables(soundness.SMALL | {"erased"})
        return erasures.every(self._store)

    def record_import(
        self,
        unit: "ImportedUnit",
        records: Iterable["Event | QuarantinedRow"],
        notes: Iterable[str] = (),
        *,
        case: str,
        exhibit: str,
        despite_erasure: bool = False,
    ) -> "ImportRecord":
        """Put a report, a return or a log on record, all of it or nothing; see `importing`."""
        self._check_tables(soundness.SMALL | {"imports"})
        place = {"case": case, "exhibit": exhibit}
        return importing.record(
            self._store, unit, records, notes, **place, despite_erasure=despite_erasure
        )

    def imports(self, case: str = "") -> "Iterator[ImportRecord]":
        """The imports of a case, or of all."""
        self._check_tables(soundness.SMALL | {"imports"})
        return importing.every(self._store, case=case)

    def events(self, case: str = "") -> "Iterator[tuple[int, Event]]":
        """The events of a case, or of all, with the numbers of their rows."""
        self._check_tables(soundness.SMALL | {"imports", "events", "event_values"})
        return importing.events_of(self._store, case)

    def merges(self) -> "Iterator[MergeRecord]":
        """What was merged from other databases, the oldest first; see `merging.merge`."""
        self._check_tables(soundness.SMALL | {"merged_rows"})
        return provenance.merges(self._store)

    def came_from(self, table: str, number: int) -> "Iterator[Came]":
        """The databases that a row came from; none of what was recorded here."""
        self._check_tables(soundness.SMALL | {"merged_rows"})
        return provenance.came_from(self._store, table, number)

    def record_clusters(self, members: Sequence["Member"], *, threshold: int) -> None:
        """Put on record which pictures are near to which medoid; see `clusters.record`."""
        clusters.record(self._store, members, threshold=threshold)
