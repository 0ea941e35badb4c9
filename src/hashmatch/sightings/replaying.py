"""A walk along the audit chain: every row in its place, and every change one that can be.

Whoever can write the file can append rows in the right form. They are held to what a scan does:
a run is begun once and ended once, by the same person on the same machine, only a run that is
running records items, ids have no gaps, counts agree, and time goes on.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hashmatch.model import RunStatus
from hashmatch.sightings import audit, schema
from hashmatch.sightings.actions import CLOCK, FORMS, MARKED_SINCE, Action, Form, fault_of
from hashmatch.sightings.batches import Batches
from hashmatch.sightings.ledger import COLUMNS, Ledger, parsed
from hashmatch.sightings.origins import Origins
from hashmatch.sightings.rematch_checks import Rematches
from hashmatch.sightings.starts import begun
from hashmatch.sightings.telling import Told
from hashmatch.sightings.verdict import MOST, Problem

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", re.ASCII)

_OF_TABLES: Final = {Action.CREATION, Action.MIGRATION}


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A row of the chain, its details as they were read from JSON."""

    seq: int
    at: str
    actor: str
    host: str
    action: str
    details: dict[str, Any]


@dataclass(slots=True)
class RunTold:
    """A run, as far as the chain has come."""

    id: int
    scan: int
    actor: str
    host: str


class Replay:
    """The walk, with what the chain says that the tables hold.

    Attributes:
        ledger: the small tables.
        signatures: the audit rows that sign what is before them, with their `previous`.
        remarks: what is no problem by itself.
        origins: chains of other databases that were merged.
        counts_at: the numbers of the last rows at audit rows that were asked for.
    """

    def __init__(self, told: Told, stops: Iterable[int] = ()) -> None:
        """Begin before the first row.

        Args:
            told: the chain, and the rows that it tells of.
            stops: numbers of audit rows, for `counts_at`.
        """
        self._told = told
        self._store = told.store
        self._end = (0, audit.START)
        self.counts_at: dict[int, Mapping[str, int]] = {each: {} for each in stops}
        self.ledger = Ledger()
        self.signatures: list[tuple[AuditRow, str]] = []
        self.remarks: list[Problem] = []
        self._batches = Batches(told, self.ledger)
        self.origins: Origins[Replay] = Origins(self._store, self.ledger, self._batches, Replay)
        self._rematches = Rematches(self.ledger, self._batches)
        self._runs: dict[int, RunTold] = {}
        self._last = ""
        self._of_import: dict[str, list[Any]] = {}
        self._acts: dict[str, Callable[[AuditRow], Iterator[Problem]]] = {
            "creation": self._made,
            "migration": self._made,
            "start": self._started,
            "resume": self._started,
            "refusal": self._refused,
            "count": self._counted,
            "batch": self._recorded,
            "end": self._ended,
            "environment": self._told_more,
            "viewed": self._viewed,
            "medium": self._surveyed,
            "statement": self._stated,
            "import": self._imported,
            "clustering": self._clustered,
            "erasure": self._erased,
            "merge": self._merged,
            "rematch": self._rematched,
        }

    def problems(self) -> Iterator[Problem]:
        """All of them, in the order of the chain, then those of tables against it."""
        yield from self.walk()
        yield from self.origins.untold()
        if self.ledger.version != (file := self._store.one("PRAGMA main.user_version")):
            what = f"the file says version {file}, the chain {self.ledger.version}"
            yield Problem(what, "audit")
        yield from self._batches.untold()
        for table, columns in COLUMNS.items():
            if min(columns.values()) <= self.ledger.version:
                yield from self.ledger.compare(self._store, table)
        yield from self._batches.mixed()

    def walk(self, until: int | None = None) -> Iterator[Problem]:
        """Problems of the chain, from where it was walked to up to a row, or to its end."""
        for values in self._told.audit(self._end[0], until):
            seq, *texts = values
            if not all(isinstance(each, str) for each in texts):
                yield Problem(f"audit row {seq} was altered", "audit", seq, seq)
                continue
            yield from self._link(values, *self._end)
            self._end = seq, values[-1]
            try:
                yield from self._row(values)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError):
                yield Problem("its details cannot be understood", "audit", seq, seq)
            if seq in self.counts_at:
                self.counts_at[seq] = self.counts()

    @property
    def end(self) -> tuple[int, str]:
        """Number and SHA-256 of the last row that was walked."""
        return self._end

    def counts(self) -> Mapping[str, int]:
        """The number of the last row of each table, as far as the chain was walked."""
        small = {table: max(rows, default=0) for table, rows in self.ledger.rows.items()}
        return {**small, **self._batches.counts()}

    def every_remark(self) -> Iterator[Problem]:
        """What is no problem by itself, of this chain and of those of origins."""
        yield from self.remarks
        for origin, (_, walk) in self.origins.walks.items():
            for each in walk.remarks:
                yield Problem(f"{each.what} (origin {origin})", "origin_audit", each.row)

    def signatures_of_origins(self) -> Iterator[tuple[int, list[tuple[AuditRow, str]]]]:
        """The audit rows that sign chains of origins, by the numbers of these."""
        for origin, (_, walk) in self.origins.walks.items():
            yield origin, walk.signatures

    def _link(self, values: tuple[Any, ...], number: int, previous: str) -> Iterator[Problem]:
        """Problems of one audit row and its place behind the one before."""
        seq, *_, carried, sha256 = values
        if seq != number + 1:
            lost = f"{number + 1}" if seq == number + 2 else f"{number + 1} to {seq - 1}"
            yield Problem(f"audit row {lost} was removed", "audit", number + 1, number + 1)
        if audit.sealed(values[:-1]) != sha256:
            yield Problem(f"audit row {seq} was altered", "audit", seq, seq)
        if carried != previous:
            follows = self._told.place_of(carried)
            what = "does not follow the row before it: one was altered, removed or inserted"
            if follows is not None:
                what = f"is out of order: it was recorded behind row {follows}"
            yield Problem(f"audit row {seq} {what}", "audit", seq, seq)

    def _row(self, values: tuple[Any, ...]) -> Iterator[Problem]:
        """Problems of what one audit row says."""
        seq, at, actor, host, action, text, previous, _ = values
        details = parsed(text)
        if not isinstance(details, dict):
            msg = "details are names with values"
            raise TypeError(msg)
        row = AuditRow(seq, at, actor, host, action, details)
        if action in _OF_TABLES:
            yield from self._made(row)
        elif not self.ledger.version:
            yield Problem("records something before the database was made", "audit", seq, seq)
        if fault := fault_of(action, details, self.ledger.version):
            yield Problem(f"audit row {seq} {fault}", "audit", seq, seq)
            return
        yield from self._time(row)
        if action == Action.SIGNATURE:
            self.signatures.append((row, previous))
        form = FORMS.get(action, Form(frozenset()))
        if form.of_run and (fault := self._belongs(row)):
            yield Problem(f"audit row {seq} {fault}", "audit", seq, seq)
            return
        if action in self._acts and action not in _OF_TABLES:
            yield from self._acts[action](row)

    def _time(self, row: AuditRow) -> Iterator[Problem]:
        before, self._last = self._last, row.at
        told = row.details.get(CLOCK) if self.ledger.version >= MARKED_SINCE else None
        if not _TIME.fullmatch(row.at):
            yield Problem(f"audit row {row.seq} has no time", "audit", row.seq, row.seq)
        elif row.at >= before:
            if told is not None:
                what = f"audit row {row.seq} says that the clock was set back, and it was not"
                yield Problem(what, "audit", row.seq, row.seq)
        elif told == before or self.ledger.version < MARKED_SINCE:
            what = f"the clock was set back, or is another machine's: from {before} to {row.at}"
            if len(self.remarks) < MOST:
                self.remarks.append(Problem(what, "audit", row.seq, row.seq))
        else:
            what = f"audit row {row.seq} is dated before the row that it follows"
            yield Problem(what, "audit", row.seq, row.seq)

    def _belongs(self, row: AuditRow) -> str:
        """What is wrong with the run that a row names; empty if nothing is."""
        run = self._runs.get(row.details["run"])
        if run is None:
            return "is of a run that was never begun"
        if self.ledger.rows["runs"][run.id]["status"] != RunStatus.RUNNING:
            return f"is of run {run.id}, which had ended"
        if (run.actor, run.host) != (row.actor, row.host):
            return f"is of run {run.id}, which another user or machine began"
        return ""

    def _wrong(self, row: AuditRow, what: str) -> Problem:
        return Problem(f"audit row {row.seq} {what}", "audit", row.seq, row.seq)

    def _made(self, row: AuditRow) -> Iterator[Problem]:
        was, now = row.details["from"], row.details["to"]
        first, newest = row.action == Action.CREATION, len(schema.MIGRATIONS)
        if first != (row.seq == 1) or was != self.ledger.version or not was < now <= newest:
            yield self._wrong(row, "records a version that the tables did not get here")
        if type(now) is int:
            self.ledger.version = max(self.ledger.version, min(now, newest))

    def _started(self, row: AuditRow) -> Iterator[Problem]:
        start = begun(row.details["rows"], self.ledger)
        for table, told in start.new:
            yield from self.ledger.add(row.seq, table, told)
        for what in start.problems(
            row.details, at=row.at, host=row.host, recorded=self._batches.items
        ):
            yield self._wrong(row, what)
        for number in start.ended:
            self.ledger.change(
                row.seq, "runs", number, status=RunStatus.INTERRUPTED.value, ended=""
            )
        number = row.details["run"]
        scan = self.ledger.rows["runs"][number]["scan_id"]
        self._runs[number] = RunTold(number, scan, row.actor, row.host)

    def _refused(self, row: AuditRow) -> Iterator[Problem]:
        for table, rows in row.details["rows"].items():
            if table not in FORMS["refusal"].tables or self.ledger.version >= MARKED_SINCE:
                yield self._wrong(row, f"records rows of {table}, which it cannot")
                continue
            for told in rows:
                yield from self.ledger.add(row.seq, table, told)

    def _told_more(self, row: AuditRow) -> Iterator[Problem]:
        if set(row.details["rows"]) != {"environments"}:
            yield self._wrong(row, "records rows that it cannot")
            return
        for told in row.details["rows"]["environments"]:
            yield from self.ledger.add(row.seq, "environments", told)
            if told["run_id"] != row.details["run"]:
                yield self._wrong(row, "records another run")

    def _viewed(self, row: AuditRow) -> Iterator[Problem]:
        told = row.details["rows"]
        if set(told) != {"viewings"} or not told["viewings"]:
            yield self._wrong(row, "records rows that it cannot")
            return
        for each in told["viewings"]:
            yield from self.ledger.add(row.seq, "viewings", each)
            if each["at"] != row.at:
                yield self._wrong(row, "records something that was viewed at another time")
            if not (each["viewer"] and each["reason"]):
                yield self._wrong(row, "does not tell who viewed something, and why")
            if not 1 <= each["sighting_id"] <= self._batches.sightings:
                yield self._wrong(row, "records a sighting that was not on record yet")

    def _stated(self, row: AuditRow) -> Iterator[Problem]:
        told = row.details["rows"]
        yield from self._places_of(row, told, {"statements"})
        if not told.get("statements"):
            yield self._wrong(row, "records rows that it cannot")
            return
        yield from self._unused(row, told, told["statements"])
        for each in told["statements"]:
            yield from self.ledger.add(row.seq, "statements", each)
            if each["at"] != row.at:
                yield self._wrong(row, "records something that was stated at another time")
            source = self.ledger.rows["sources"].get(each["source_id"])
            if each["source_id"] is not None and source is None:
                yield self._wrong(row, "states something of an exhibit that is not on record")
            elif each["case_id"] is not None and each["case_id"] not in self.ledger.rows["cases"]:
                yield self._wrong(row, "states something of a case that is not on record")

    def _places_of(self, row: AuditRow, told: dict[str, Any], more: set[str]) -> Iterator[Problem]:
        """The case and the exhibit that a row may tell of for the first time."""
        if not told.keys() <= {"cases", "sources"} | more:
            yield self._wrong(row, "records rows that it cannot")
        for table in ("cases", "sources"):
            for each in told.get(table, ()):
                yield from self.ledger.add(row.seq, table, each)

    def _unused(
        self, row: AuditRow, told: dict[str, Any], users: Iterable[dict[str, Any]]
    ) -> Iterator[Problem]:
        """Cases and exhibits that a row tells of, and that nothing in it is about."""
        users = list(users)
        for table, column in (("cases", "case_id"), ("sources", "source_id")):
            used = {each[column] for each in users}
            if any(each["id"] not in used for each in told.get(table, ())):
                yield self._wrong(row, f"records rows of {table} that it does not use")

    def _imported(self, row: AuditRow) -> Iterator[Problem]:
        told = row.details["rows"]
        yield from self._places_of(row, told, set())
        for table, rows in told.items():
            self._of_import.setdefault(table, []).extend(rows)
        yield from self._batches.check_import(row.seq, row.details, at=row.at)
        if recorded := self._batches.imported:
            yield from self._unused(row, self._of_import, recorded)
        if recorded or self._batches.import_erased:
            self._of_import = {}

    def _clustered(self, row: AuditRow) -> Iterator[Problem]:
        yield from self._batches.check_clusters(row.seq, row.details)

    def _erased(self, row: AuditRow) -> Iterator[Problem]:
        number = row.details["erasure"]
        for each in row.details["rows"].get("erasures", ()):
            yield from self.ledger.add(row.seq, "erasures", each)
            if (each["id"], each["at"]) != (number, row.at):
                yield self._wrong(row, "records another erasure, or one of another time")
            if not (each["author"] and each["court_order"] and each["reason"]):
                yield self._wrong(row, "does not tell who erased something, by which order")
            if len(self.remarks) < MOST:
                what = f"rows were erased by order of a court: erasure {number}"
                self.remarks.append(Problem(what, "audit", row.seq, row.seq))
        if set(row.details["rows"]) - {"erasures"}:
            yield self._wrong(row, "records rows that it cannot")
        if number != max(self.ledger.rows["erasures"], default=0):
            yield self._wrong(row, "goes on with another erasure than the last")
        yield from self._batches.check_erasure(row.seq, row.details)

    def _merged(self, row: AuditRow) -> Iterator[Problem]:
        if self._told.origin:
            yield self._wrong(row, "merges something into a database that was merged itself")
            return
        yield from self.origins.check(row.seq, row.details, at=row.at)

    def _rematched(self, row: AuditRow) -> Iterator[Problem]:
        by = row.actor, row.host
        yield from self._rematches.check(row.seq, row.details, at=row.at, by=by)

    def _counted(self, row: AuditRow) -> Iterator[Problem]:
        number = row.details["run"]
        expected = row.details["rows"]["runs"][0]["expected"]
        run = self.ledger.rows["runs"][number]
        if row.details["rows"] != {"runs": [{"id": number, "expected": expected}]}:
            yield self._wrong(row, "records more than the number of files")
        elif type(expected) is not int or expected < 0:
            yield self._wrong(row, "records no number of files")
        elif run.get("expected") is not None:
            yield self._wrong(row, f"counts the files of run {number} again")
        else:
            self.ledger.change(row.seq, "runs", number, expected=expected)

    def _recorded(self, row: AuditRow) -> Iterator[Problem]:
        run = self._runs[row.details["run"]]
        yield from self._batches.check(row.seq, row.details, at=row.at, run=run.id, scan=run.scan)

    def _surveyed(self, row: AuditRow) -> Iterator[Problem]:
        run = self._runs[row.details["run"]]
        yield from self._batches.check_medium(row.seq, row.details, run=run.id, scan=run.scan)

    def _ended(self, row: AuditRow) -> Iterator[Problem]:
        run = self._runs[row.details["run"]]
        told = row.details["rows"]
        status = told["runs"][0]["status"]
        expected: dict[str, Any] = {"runs": [{"id": run.id, "ended": row.at, "status": status}]}
        if status == RunStatus.DONE:
            expected["scans"] = [{"id": run.scan, "done": 1}]
        if told != expected or status not in tuple(RunStatus)[1:]:
            yield self._wrong(row, f"does not tell how run {run.id} ended, and no more")
            return
        if row.details["items"] != self._batches.items[run.scan]:
            yield self._wrong(row, "has another number of items than were recorded")
        self.ledger.change(row.seq, "runs", run.id, ended=row.at, status=status)
        if status == RunStatus.DONE:
            self.ledger.change(row.seq, "scans", run.scan, done=1)
