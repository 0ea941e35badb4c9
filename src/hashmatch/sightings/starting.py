"""Whether a scan starts, goes on where it stopped, or is refused."""

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any, Final

from hashmatch.errors import ResumeError, ScanState
from hashmatch.model import RunStatus
from hashmatch.sightings import audit, environment
from hashmatch.sightings.actions import Action
from hashmatch.sightings.batch import RunIds
from hashmatch.sightings.deepening import deepened, nothing_to_deepen
from hashmatch.sightings.encoding import canonical, from_text, to_text
from hashmatch.sightings.list_records import COVERAGE, HANDLING, KNOWN_GOOD_ENTRIES
from hashmatch.sightings.migrating import tool_version
from hashmatch.sightings.provenance import check_resumable
from hashmatch.sightings.scan_config import (
    RunConfig,
    SourceSpec,
    differences,
    hash_config_of,
    in_words,
    scan_config_of,
    scan_fingerprint,
)
from hashmatch.sightings.sealing import is_seal_of, seal
from hashmatch.sightings.source_lock import take_lock
from hashmatch.sightings.store import Store
from hashmatch.sightings.unchanged import FileState, other_evidence

_NAMED: Final = 10
"""Scans that a refusal names."""


@dataclass(frozen=True, slots=True)
class _Scan:
    """A scan of the source that is on record."""

    id: int
    scan_config: Mapping[str, Any]
    fingerprint: str
    done: bool
    items: int


class RunStart:
    """One attempt to start a run, within a transaction."""

    def __init__(
        self, store: Store, *, case: str, source: SourceSpec, configuration: RunConfig
    ) -> None:
        self._store = store
        self._case = case
        self._source = source
        self._configuration = configuration
        self._at = ""
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._scan_config = json.loads(canonical(scan_config_of(source, configuration)))
        if configuration.passwords:
            self._seal(seal(configuration.passwords))
        self.fingerprint = scan_fingerprint(self._scan_config)

    def other_evidence(self, files: Iterable[FileState]) -> ResumeError | None:
        """Why what lies there now is not what was scanned to its end under this label.

        None where nothing differs, or no such scan is on record. Called outside of a transaction:
        other scans record meanwhile.

        Args:
            files: every file of the source.
        """
        source = self._on_record()
        before = self._scans(source) if source is not None else []
        same = [scan for scan in before if scan.fingerprint == self.fingerprint]
        newest = next(iter(same or before), None)
        if newest is None or not newest.done or _moved(newest.scan_config, self._scan_config):
            return None
        if newest.scan_config["source"].get("locators") != self._scan_config["source"]["locators"]:
            return None
        return other_evidence(self._store, newest.id, files, label=self._source.label)

    def _on_record(self) -> int | None:
        """The number of the source; None where it is on no record."""
        found: int | None = self._store.one(
            "SELECT sources.id FROM sources JOIN cases ON cases.id = case_id "
            "WHERE name = ? AND label = ?",
            (to_text(self._case), to_text(self._source.label)),
        )
        return found

    def record(
        self,
        lock: ExitStack,
        *,
        resume: bool,
        rescan: bool,
        other: ResumeError | None = None,
    ) -> RunIds:
        """Record the start of a run.

        A refusal is recorded as well.

        Args:
            lock: takes over the lock on the source.
            resume: go on with the scan that stopped.
            rescan: start anew whatever is on record.
            other: what `other_evidence` found.

        Raises:
            ResumeError: the scan cannot be gone on with, or is done.
            DatabaseBusyError: another process is scanning this source.
        """
        refusal: ResumeError | None = None
        with self._store.transaction():
            # Within it: another process may have recorded something while this one waited.
            self._at = audit.now()
            try:
                if resume and not rescan:
                    self._check_scanned_before()
                # A refusal records no row: this comes before one is made.
                shallower = self._shallower()
                case = self._row("cases", name=to_text(self._case))
                source = self._row("sources", case_id=case, label=to_text(self._source.label))
                take_lock(lock, self._store, source)
                if other is not None and not rescan:
                    raise other
                going_on = _decide(
                    self._scans(source),
                    self._scan_config,
                    self.fingerprint,
                    resume=resume,
                    rescan=rescan,
                )
                if going_on is not None:
                    check_resumable(self._store, going_on.id)
            except ResumeError as error:
                refusal = error
                self._refuse(error)
            else:
                ids = self._record(case, source, going_on, shallower)
        if refusal is not None:
            raise refusal
        return ids

    def _shallower(self) -> tuple[int, ...]:
        """The hash configurations of scans that this one deepens.

        Raises:
            ResumeError: it is to deepen some, there is none, and it was not begun before.
        """
        if not self._configuration.deepens:
            return ()
        source = self._on_record()
        if source is None:
            raise nothing_to_deepen(self._source.label)
        found = deepened(self._store, source, self._configuration)
        # With other decoders hashes of before are not used, and a scan that was begun goes on.
        begun = any(each.fingerprint == self.fingerprint for each in self._scans(source))
        if not (found or begun):
            raise nothing_to_deepen(self._source.label)
        return found

    def _check_scanned_before(self) -> None:
        """Refuse to resume what was never begun, before a row is made for it.

        Raises:
            ResumeError: no scan of this source is on record; the message names those that are.
        """
        rows = self._store.execute(
            "SELECT cases.name, sources.label, max(scans.id), max(scans.done) FROM scans "
            "JOIN sources ON sources.id = source_id JOIN cases ON cases.id = case_id "
            "GROUP BY sources.id ORDER BY max(scans.id) DESC"
        )
        on_record = [(from_text(name), from_text(label), done) for name, label, _, done in rows]
        if (self._case, self._source.label) in [each[:2] for each in on_record]:
            return
        lines = [
            f"  case {name!r}, exhibit {label!r}: {'done' if done else 'stopped'}"
            for name, label, done in on_record[:_NAMED]
        ]
        if len(on_record) > _NAMED:
            lines.append(f"  and {len(on_record) - _NAMED:,} more")
        found = ["On record:", *lines] if lines else ["No scan is on record at all."]
        msg = (
            f"no scan of exhibit {self._source.label!r} in case {self._case!r} is on record, so "
            "there is nothing to resume, and nothing was started."
        )
        raise ResumeError("\n".join([msg, *found]), state=ScanState.NOT_BEGUN)

    def _scans(self, source: int) -> list[_Scan]:
        """What is on record of this source, the newest first."""
        rows = self._store.execute(
            "SELECT id, binding, fingerprint, done, "
            "(SELECT count(*) FROM items WHERE scan_id = scans.id) "
            "FROM scans WHERE source_id = ? ORDER BY id DESC",
            (source,),
        )
        scans = [
            _Scan(number, json.loads(scan_config), fingerprint, bool(done), items)
            for number, scan_config, fingerprint, done, items in rows
        ]
        self._recognise_passwords(scans)
        return scans

    def _recognise_passwords(self, scans: list[_Scan]) -> None:
        """Seal the passwords as a scan on record has them, where they are the same."""
        if not self._configuration.passwords:
            return
        sealed = (str(scan.scan_config.get("reading", {}).get("passwords", "")) for scan in scans)
        for each in dict.fromkeys(filter(None, sealed)):
            if is_seal_of(self._configuration.passwords, each):
                self._seal(each)
                self.fingerprint = scan_fingerprint(self._scan_config)
                return

    def _seal(self, sealed: str) -> None:
        self._scan_config.setdefault("reading", {})["passwords"] = sealed

    def _refuse(self, error: ResumeError) -> None:
        details = {
            "case": self._case,
            "source": self._source.label,
            "message": str(error),
            "command": self._configuration.command,
            "rows": self._rows,
        }
        audit.append(self._store, Action.REFUSAL, details, at=self._at)

    def _record(
        self, case: int, source: int, going_on: _Scan | None, shallower: tuple[int, ...]
    ) -> RunIds:
        hash_config = self._row("hashings", options=hash_config_of(self._configuration))
        resumed = None
        if going_on is None:
            scan = self._add(
                "scans",
                source_id=source,
                hashing_id=hash_config,
                kind=to_text(self._source.kind),
                path=to_text(self._source.path),
                identity=canonical(self._source.identity),
                binding=canonical(self._scan_config),
                fingerprint=self.fingerprint,
                done=0,
            )
        else:
            scan = going_on.id
            resumed = self._last_run(scan)
        self._end_killed(source)
        run = self._run(scan, resumed)
        action = Action.START if going_on is None else Action.RESUME
        details = {
            "run": run,
            "case": self._case,
            "source": self._source.label,
            "fingerprint": self.fingerprint,
            "rows": self._rows,
        }
        if going_on is not None:
            details |= {"resumed": resumed, "items": going_on.items}
        audit.append(self._store, action, details, at=self._at)
        return RunIds(case, scan, run, hash_config, shallower)

    def _last_run(self, scan: int) -> int:
        """The run to go on with."""
        return int(self._store.one("SELECT max(id) FROM runs WHERE scan_id = ?", (scan,)))

    def _end_killed(self, source: int) -> None:
        """Put on record which runs of the source were killed: with its lock none is running."""
        killed = self._store.execute(
            "SELECT runs.id FROM runs JOIN scans ON scans.id = scan_id "
            "WHERE source_id = ? AND status = ? ORDER BY runs.id",
            (source, RunStatus.RUNNING.value),
        )
        ended = RunStatus.INTERRUPTED.value
        for (number,) in killed:
            self._store.execute("UPDATE runs SET status = ? WHERE id = ?", (ended, number))
            change = {"id": number, "status": ended, "ended": ""}
            self._rows.setdefault("runs", []).append(change)

    def _run(self, scan: int, resumed: int | None) -> int:
        configuration = self._configuration
        run = self._add(
            "runs",
            scan_id=scan,
            started=self._at,
            ended="",
            status=RunStatus.RUNNING.value,
            tool=tool_version(),
            libraries=canonical(configuration.libraries),
            command=to_text(configuration.command),
            host=to_text(environment.host()),
            profile=canonical(asdict(configuration.profile)),
            resumed=resumed,
        )
        for aspect, facts in {**environment.at_start(), **configuration.environment}.items():
            self._add("environments", run_id=run, aspect=aspect, facts=canonical(facts))
        for known in configuration.lists:
            self._add(
                "run_lists",
                run_id=run,
                name=to_text(known.name),
                sha256=canonical(known.sha256),
                version=to_text(known.version),
                entries=known.entries,
                known_good=int(known.known_good),
                policy=canonical(
                    {
                        **known.policy,
                        KNOWN_GOOD_ENTRIES: known.known_good_entries,
                        COVERAGE: known.coverage.to_dict() if known.coverage else None,
                        **({HANDLING: known.handling} if known.handling else {}),
                    }
                ),
            )
        return run

    def _row(self, table: str, **columns: Any) -> int:  # noqa: ANN401 (values of columns)
        """The id of the row with these values, which may be on record already."""
        where = " AND ".join(f"{name} = ?" for name in columns)
        found = self._store.one(
            f"SELECT id FROM {table} WHERE {where}",  # noqa: S608 (our names)
            tuple(columns.values()),
        )
        return self._add(table, **columns) if found is None else int(found)

    def _add(self, table: str, **columns: Any) -> int:  # noqa: ANN401 (values of columns)
        number: int = (self._store.one(f"SELECT max(id) FROM {table}") or 0) + 1  # noqa: S608 (our names)
        row = {"id": number, **columns}
        marks = ",".join("?" * len(row))
        self._store.execute(
            f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})",  # noqa: S608 (our names)
            tuple(row.values()),
        )
        self._rows.setdefault(table, []).append(row)
        return number


def _decide(
    before: list[_Scan],
    scan_config: Mapping[str, Any],
    fingerprint: str,
    *,
    resume: bool,
    rescan: bool,
) -> _Scan | None:
    """The scan to go on with; None to start a new one."""
    if rescan or not before:
        return None
    same = [scan for scan in before if scan.fingerprint == fingerprint]
    newest = (same or before)[0]
    changes = differences(newest.scan_config, scan_config)
    if same and newest.done:
        msg = (
            f"this source was already scanned completely in this way, with {newest.items:,} items "
            "on record; --rescan scans it again. Another exhibit that lies at the same path needs "
            "its own label (--exhibit)"
        )
        raise ResumeError(msg, state=ScanState.DONE)
    if same and resume:
        return newest
    if newest.done and not resume and not _moved(newest.scan_config, scan_config):
        return None
    if newest.done:
        moved = _moved(newest.scan_config, scan_config)
        way = "rescan it (--rescan)" if moved else "start without resuming"
        msg = (
            "the scan on record is finished, and this one differs; use another label (--exhibit), "
            f"or {way}:"
        )
        raise ResumeError(msg, changes, in_words=in_words)
    stopped = (
        f"a scan of this source stopped after {newest.items:,} item{'s' * (newest.items != 1)}"
    )
    if same:
        msg = f"{stopped}: resume it (--resume), or rescan it (--rescan)"
        raise ResumeError(msg)
    msg = (
        f"{stopped}, and this one differs; resume it as it was (--resume), or rescan it (--rescan):"
    )
    raise ResumeError(msg, changes, in_words=in_words)


def _moved(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether another piece of evidence has the same label."""
    old, new = was["source"], now["source"]
    if old["identity"] and new["identity"]:
        return bool(old["identity"] != new["identity"])
    return bool(old["path"] != new["path"])
