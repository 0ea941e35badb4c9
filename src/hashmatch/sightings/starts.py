"""What an audit row says of a run that begins."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hashmatch.model import RunStatus
from hashmatch.sightings.actions import FORMS, MARKED_SINCE
from hashmatch.sightings.agreement import differing, same_hashing
from hashmatch.sightings.encoding import to_text
from hashmatch.sightings.ledger import Ledger, Told

_ORDER = ("cases", "sources", "hashings", "scans", "runs", "run_lists", "environments")


@dataclass(frozen=True, slots=True)
class Begun:
    """The rows that a start tells.

    Attributes:
        ledger: what was told before, and by then of the new rows too.
        new: rows with their tables.
        ended: ids of runs that were killed: their end is told with the start of another.
        odd: what else it tells, in words.
    """

    ledger: Ledger
    new: tuple[tuple[str, Told], ...]
    ended: tuple[int, ...]
    odd: tuple[str, ...]

    def problems(
        self, details: Mapping[str, Any], *, at: str, host: str, recorded: Mapping[int, int]
    ) -> Iterator[str]:
        """What does not agree with the rest of the row or of the chain, in words."""
        yield from self.odd
        run = self.ledger.rows["runs"][details["run"]]
        new: dict[str, list[Told]] = {}
        for table, told in self.new:
            new.setdefault(table, []).append(told)
        if [each["id"] for each in new["runs"]] != [details["run"]]:
            yield "begins another run than it says"
        if any(
            each["run_id"] != run["id"]
            for table in ("run_lists", "environments")
            for each in new.get(table, ())
        ):
            yield "records rows of another run"
        scan = self.ledger.rows["scans"][run["scan_id"]]
        if (run["started"], run["host"]) != (at, host):
            yield "records a run that was begun at another time or on another machine"
        if (run["status"], run["ended"], scan["done"]) != (RunStatus.RUNNING, "", 0):
            yield "records a run that had ended when it began"
        if "items" in details and details["items"] != recorded.get(run["scan_id"], 0):
            yield "has another number of items than were recorded"
        yield from self._names(details, scan)
        yield from self._place(details, run, new)
        if self.ledger.version >= MARKED_SINCE:
            yield from self._configured(scan, run, new)

    def _names(self, details: Mapping[str, Any], scan: Told) -> Iterator[str]:
        """Whether its words are those of its rows."""
        rows = self.ledger.rows
        source = rows["sources"][scan["source_id"]]
        if rows["cases"][source["case_id"]]["name"] != to_text(details["case"]):
            yield "names another case than its rows"
        if source["label"] != to_text(details["source"]):
            yield "names another exhibit than its rows"
        if scan["fingerprint"] != details["fingerprint"]:
            yield "names another fingerprint than its rows"
        if hashlib.sha256(scan["binding"].encode()).hexdigest() != scan["fingerprint"]:
            yield "has a fingerprint that is not that of its configuration"
        if scan["hashing_id"] not in rows["hashings"]:
            yield "names options of hashing that are not there"

    def _configured(self, scan: Told, run: Told, new: Mapping[str, list[Told]]) -> Iterator[str]:
        """Whether its rows are those of its scan, and no others."""
        rows = self.ledger.rows
        source = rows["sources"][scan["source_id"]]
        used: dict[str, frozenset[int]] = {
            "cases": frozenset({source["case_id"]}),
            "sources": frozenset({source["id"]}),
            "hashings": same_hashing(rows["hashings"], scan["hashing_id"]),
            "scans": frozenset({scan["id"]}),
        }
        for table, numbers in used.items():
            told = [each["id"] for each in new.get(table, ())]
            if len(told) > 1 or not numbers.issuperset(told):
                yield f"records rows of {table} that it does not use"
        hashing = rows["hashings"][scan["hashing_id"]]
        yield from differing(scan, hashing, run, new.get("run_lists", []))

    def _place(
        self, details: Mapping[str, Any], run: Told, new: Mapping[str, list[Told]]
    ) -> Iterator[str]:
        """Whether the scan is new, or goes on; and which runs were killed before."""
        rows = self.ledger.rows
        earlier = [each for each in rows["runs"].values() if each["id"] != run["id"]]
        of_scan = [each["id"] for each in earlier if each["scan_id"] == run["scan_id"]]
        if run["resumed"] != details.get("resumed"):
            yield "goes on with another run than it says"
        if "resumed" in details:
            if new.get("scans") or details["resumed"] != max(of_scan, default=None):
                yield "does not go on with the last run of its scan"
        elif of_scan or [each["id"] for each in new.get("scans", ())] != [run["scan_id"]]:
            yield "begins a scan that was begun before"
        source = rows["scans"][run["scan_id"]]["source_id"]
        running = {
            each["id"]
            for each in earlier
            if each["status"] == RunStatus.RUNNING
            and rows["scans"][each["scan_id"]]["source_id"] == source
        }
        if not running.issuperset(self.ended):
            yield "ends a run that was not running"
        if self.ledger.version >= MARKED_SINCE and running.difference(self.ended):
            yield "begins a run while another of the same exhibit is running"


def begun(rows: Mapping[str, list[Told]], ledger: Ledger) -> Begun:
    """The rows that a start tells, in an order in which each refers to earlier ones."""
    new, ended, odd = [], [], []
    odd += [f"records rows of {table}" for table in rows if table not in FORMS["start"].tables]
    for table in _ORDER:
        for told in rows.get(table, ()):
            killed = {"id": told["id"], "status": RunStatus.INTERRUPTED, "ended": ""}
            if table == "runs" and told == killed and told["id"] in ledger.rows["runs"]:
                ended.append(told["id"])
            else:
                new.append((table, told))
    return Begun(ledger, tuple(new), tuple(ended), tuple(odd))
