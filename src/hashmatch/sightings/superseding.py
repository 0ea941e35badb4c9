"""Which sightings count where a piece of evidence was scanned more than once.

A later scan speaks for an earlier one only where it looked at least as far: it came to its end, it
searched the same files of the same list with as many entries and no narrower rules, and it read the
same bytes at the same place, and decoded them as far. A sighting that it found again it speaks for
whatever it searched. Sightings of the earlier scan that it speaks for are *superseded*: what the
later scan recorded of them counts instead. All others still count, as of another card under the
same label, of a list that lost its entries, of another list of the same name, or of files that the
later scan did not decode, unless the operator says that the later scan replaces all earlier ones.
No sighting counts twice: what a later scan records again of a sighting that counts still is a
*repetition*.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.list_records import COVERAGE
from hashmatch.sightings.records import EarlierRecord
from hashmatch.sightings.rematched import raised
from hashmatch.sightings.store import Store

_RULES: Final = ("minimum_fraction", "probable_fraction", "probable_quality", "qualities", "video")
"""What a profile says beside thresholds: nobody can say which of two is the wider."""

_NONE: Final = -1
"""A threshold that nothing is within."""


@dataclass(slots=True)
class _Searched:
    """One list as a scan searched it."""

    entries: int
    searched: int | None
    files: frozenset[str]
    thresholds: Mapping[str, int]
    minimum_quality: float
    rules: Mapping[str, Any]

    def covers(self, other: "_Searched") -> bool:
        """Whether this search can find all that the other one could."""
        if self.entries < other.entries or not self.files >= other.files:
            return False
        if self.minimum_quality > other.minimum_quality or self.rules != other.rules:
            return False
        if None not in (self.searched, other.searched) and self.searched < other.searched:  # type: ignore[operator]
            return False
        return all(
            self.thresholds.get(name, _NONE) >= bits for name, bits in other.thresholds.items()
        )


@dataclass(slots=True)
class _Scan:
    """A scan of a source.

    Attributes:
        id: in the database.
        done: whether it came to its end.
        replaces: whether the operator said that it replaces all earlier ones.
        lists: what it searched, by the list's name as stored.
    """

    id: int
    done: bool
    replaces: bool
    lists: dict[str, _Searched] = field(default_factory=dict)

    def searched(self, name: str) -> bool:
        """Whether it may speak for sightings of a list, by the list's name as stored."""
        return self.replaces or name in self.lists


@dataclass(frozen=True, slots=True)
class Superseding:
    """Which scans of a case speak for which, ready for a statement.

    Attributes:
        tables: the beginning of a statement that uses `SUPERSEDED` and `REPEATED`.
        values: its first parameters.
        pairs: older scan, newer scan that speaks for it, and the list's name as stored.
        scans: the scans of each source, in their order.
    """

    tables: str
    values: tuple[Any, ...]
    pairs: frozenset[tuple[int, int, str]]
    scans: Mapping[int, Sequence[_Scan]]

    @classmethod
    def of(cls, store: Store, case: int) -> "Superseding":
        """Those of a case."""
        superseding: list[tuple[Any, ...]] = []
        repeating: list[tuple[Any, ...]] = []
        found = _scans(store, case)
        for scans in found.values():
            for at, newer in enumerate(scans):
                for older in scans[:at]:
                    repeating.append((newer.id, older.id))
                    superseding += [
                        (older.id, newer.id, name, int(newer.replaces), int(covered))
                        for name, searched in older.lists.items()
                        if newer.done
                        and ((covered := _covers(newer, name, searched)) or newer.searched(name))
                    ]
        tables = (
            f"WITH superseding(older, newer, list, told, covered) AS ({_rows(superseding, 5)}), "
            f"repeating(newer, older) AS ({_rows(repeating, 2)}) "
        )
        values = (*chain.from_iterable(superseding), *chain.from_iterable(repeating))
        pairs = frozenset((older, newer, name) for older, newer, name, *_ in superseding)
        return cls(tables, values, pairs, found)


def _rows(rows: Sequence[tuple[Any, ...]], columns: int) -> str:
    """A table of these rows, which a statement takes as parameters."""
    marks = f"({', '.join('?' * columns)})"
    if rows:
        return f"VALUES {', '.join([marks] * len(rows))}"
    return f"SELECT {', '.join(['NULL'] * columns)} WHERE 0"


def _covers(newer: _Scan, name: str, searched: _Searched) -> bool:
    return name in newer.lists and newer.lists[name].covers(searched)


def _scans(store: Store, case: int) -> Mapping[int, Sequence[_Scan]]:
    """The scans of each source of a case, in their order."""
    found: dict[int, list[_Scan]] = {}
    for scan, source, done, scan_config in store.execute(
        "SELECT scans.id, source_id, done, binding FROM scans "
        "JOIN sources ON sources.id = source_id WHERE case_id = ? ORDER BY scans.id",
        (case,),
    ):
        replaces = bool(json.loads(scan_config).get("replaces"))
        found.setdefault(source, []).append(_Scan(scan, bool(done), replaces))
    for scans in found.values():
        for scan in scans:
            scan.lists = _lists(store, scan.id)
    return found


def _lists(store: Store, scan: int) -> dict[str, _Searched]:
    """What a scan searched: of its runs, which agree, the last."""
    found: dict[str, _Searched] = {}
    for name, entries, files, said, profile, options in store.execute(
        "SELECT name, entries, sha256, policy, profile, json_extract(binding, '$.options') "
        "FROM run_lists JOIN runs ON runs.id = run_id JOIN scans ON scans.id = scan_id "
        "WHERE scan_id = ? ORDER BY run_lists.id",
        (scan,),
    ):
        policy, bands = json.loads(said), json.loads(profile)
        rules = {key: bands.get(key) for key in _RULES}
        widest = {**bands["thresholds"], **policy.get("thresholds", {})}
        for algorithm, bits in bands.get("probable", {}).items():
            widest[algorithm] = max(widest.get(algorithm, _NONE), bits)
        found[name] = _Searched(
            entries,
            _count(policy.get(COVERAGE)),
            frozenset(json.loads(files)),
            widest,
            bands.get("minimum_quality", 0),
            {**rules, "categories": policy.get("categories"), "options": json.loads(options)},
        )
    return found


def _count(coverage: Mapping[str, Any] | None) -> int | None:
    """How many hashes and digests of a list could match; None where that is not on record."""
    if not coverage:
        return None
    hashes = coverage.get("hashes", ())
    return sum(int(each.get("searched", 0)) for each in hashes)


def _superseded(items: str, sightings: str) -> str:
    return f"""
        EXISTS (
            SELECT 1 FROM superseding AS by
            WHERE by.older = {items}.scan_id AND by.list = {sightings}.list AND (
                by.told OR EXISTS (
                    SELECT 1 FROM items AS later
                    WHERE later.scan_id = by.newer AND later.locator = {items}.locator
                        AND later.content_id = {items}.content_id
                        AND (
                            by.covered AND (
                                {sightings}.kind IN ('exact', 'collision')
                                OR later.status = 'hashed' AND later.reason IN ('', {items}.reason)
                            )
                            OR EXISTS (
                                SELECT 1 FROM sightings AS again
                                WHERE again.item_id = later.id AND again.list = by.list
                                    AND again.entry = {sightings}.entry
                                    AND again.kind = {sightings}.kind
                                    AND again.band IN ('match', {sightings}.band)
                                    AND again.known_good <= {sightings}.known_good
                                    AND again.suppressed <= {sightings}.suppressed
                            )
                        )
                )
            )
        )
    """  # noqa: S608 (our words)


SUPERSEDED: Final = _superseded("items", "sightings")
"""Whether a later scan speaks for a sighting, in a statement with the tables above."""

REPEATED: Final = f"""
    EXISTS (
        SELECT 1 FROM repeating AS pair
        JOIN items AS first ON first.scan_id = pair.older AND first.locator = items.locator
            AND first.content_id = items.content_id
        JOIN sightings AS seen ON seen.item_id = first.id AND seen.list = sightings.list
            AND seen.entry = sightings.entry AND seen.number = sightings.number
        WHERE pair.newer = items.scan_id AND NOT {_superseded("first", "seen")}
    )
"""  # noqa: S608 (our words)
"""Whether an earlier scan recorded the same sighting, and it counts still."""


def earlier(store: Store, case: int, current: Mapping[int, int]) -> Iterator[EarlierRecord]:
    """How many sightings of each scan count, for sources that were scanned more than once.

    Args:
        store: the database.
        case: id of the case.
        current: the scan of each source whose items count.
    """
    found = Superseding.of(store, case)
    for source, scans in found.scans.items():
        for scan in scans if len(scans) > 1 else ():
            runs = _runs(store, scan.id)
            rows = store.execute(
                f"{found.tables} SELECT sightings.list, count(*), sum({SUPERSEDED}), "  # noqa: S608 (our words)
                f"sum(NOT {SUPERSEDED} AND {REPEATED}) FROM items "
                "JOIN sightings ON sightings.item_id = items.id "
                "WHERE items.scan_id = ? GROUP BY sightings.list ORDER BY sightings.list",
                (*found.values, scan.id),
            )
            for name, count, superseded, repeated in rows:
                by = [
                    _runs(store, newer.id)
                    for newer in scans
                    if superseded and (scan.id, newer.id, name) in found.pairs
                ]
                yield EarlierRecord(
                    source=source,
                    runs=runs,
                    list_name=from_text(name),
                    sightings=count,
                    superseded=superseded,
                    by=tuple(chain.from_iterable(by)),
                    repeated=repeated,
                    current=scan.id == current[source],
                )


def matched_elsewhere(store: Store, case: int, current: Mapping[int, int]) -> dict[int, int]:
    """How many files have a reportable match that counts and are not among those of the shown scan.

    Args:
        store: the database.
        case: id of the case.
        current: the scan of each source whose figures are shown.

    Returns:
        Their number by source, of sources that were scanned more than once.
    """
    found = Superseding.of(store, case)
    return {
        source: store.one(
            f"{found.tables} SELECT count(*) FROM ("  # noqa: S608 (our words, and numbers)
            "SELECT DISTINCT items.locator, items.content_id FROM items "
            "JOIN sightings ON sightings.item_id = items.id "
            f"WHERE items.scan_id IN ({','.join(str(each.id) for each in scans)}) "
            "AND items.scan_id <> ? "
            "AND NOT (sightings.known_good OR sightings.suppressed) "
            f"AND NOT ({SUPERSEDED} OR {REPEATED}) AND NOT EXISTS ("
            f"SELECT 1 FROM items AS shown WHERE shown.scan_id = ? AND {raised('shown')} "
            "AND shown.locator = items.locator AND shown.content_id IS items.content_id))",
            (*found.values, current[source], current[source]),
        )
        for source, scans in found.scans.items()
        if len(scans) > 1
    }


def _runs(store: Store, scan: int) -> tuple[int, ...]:
    rows = store.execute("SELECT id FROM runs WHERE scan_id = ? ORDER BY id", (scan,))
    return tuple(number for (number,) in rows)
