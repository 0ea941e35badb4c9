"""Where each thing was seen, straight from the tables: sums by thing and exhibit, few rows of each.

A sighting that a later scan of the same exhibit speaks for counts no more, and one that it recorded
again counts once, as in reports.
"""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from hashmatch.model.entry import FLAT_CARD
from hashmatch.model.event import Role
from hashmatch.model.flags import Flag
from hashmatch.sightings import rematched
from hashmatch.sightings.encoding import from_text, to_text
from hashmatch.sightings.superseding import REPEATED, SUPERSEDED, Superseding

if TYPE_CHECKING:
    from hashmatch.sightings.store import Store
    from hashmatch.tracing.places import Places

_HOLDER: Final = Role.HOLDER.value
_FLAT_ENTRY: Final = f'"{FLAT_CARD}":true'
_FLAT_PICTURE: Final = f'"{Flag.FLAT_CARD}"'
_ROWS: Final = 5
_ACCOUNTS: Final = 10


@dataclass(slots=True)
class Seen:
    """A thing in one exhibit, in one role."""

    count: int = 0
    rows: dict[str, list[int]] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)

    def add(self, count: int, table: str, row: int, account: str = "") -> None:
        """Count more of it."""
        self.count += count
        rows = self.rows.setdefault(table, [])
        if len(rows) < _ROWS:
            rows.append(row)
        if account and account not in self.accounts and len(self.accounts) < _ACCOUNTS:
            self.accounts.append(account)


Where = dict[tuple[int, str], Seen]
"""What was seen, by the number of the exhibit and the role."""
Packed: TypeAlias = "array[int]"
"""The same of what scans found, in little memory: the number of each run, how often it saw it, and
the row of the first sighting."""


def joined(where: Where, further: Where) -> Where:
    """Both together."""
    found = dict(where)
    for place, seen in further.items():
        if (before := found.get(place)) is None:
            found[place] = seen
            continue
        both = found[place] = Seen(before.count + seen.count, dict(before.rows), before.accounts)
        for table, rows in seen.rows.items():
            both.rows[table] = [*dict.fromkeys([*both.rows.get(table, ()), *rows])][:_ROWS]
        both.accounts = [*dict.fromkeys([*before.accounts, *seen.accounts])][:_ACCOUNTS]
    return found


def entries(store: "Store") -> Iterator[tuple[tuple[str, str], Packed]]:
    """Each entry of each hash list that was seen more than once, by list and entry.

    Most entries of a large record were seen once: these are passed by in the database, in one pass
    over its index. Of each of the others the runs come in one text, as a row for each run would
    take as long to read as all entries.
    """
    gone = _uncounted_by_run(store)
    rows = store.rows(
        "WITH several AS MATERIALIZED (SELECT entry, list FROM sightings "
        "WHERE known_good = 0 AND suppressed = 0 GROUP BY entry, list HAVING count(*) > 1) "
        "SELECT list, entry, (SELECT group_concat(run, ' ') FROM ("
        "SELECT run_id || ' ' || count(*) || ' ' || min(id) AS run FROM sightings "
        "WHERE sightings.entry = several.entry AND sightings.list = several.list "
        "AND known_good = 0 AND suppressed = 0 GROUP BY run_id)) FROM several"
    )
    for name, entry, told in rows:
        where = array("q", map(int, told.split()))
        yield (
            (from_text(name), from_text(entry)),
            _left(where, gone, name, entry) if gone else where,
        )


def _left(told: Packed, gone: "Counter[tuple[str, str, int]]", name: str, entry: str) -> Packed:
    """The same without sightings that count no more."""
    where = array("q")
    for run, count, first in _threes(told):
        if (left := count - gone[name, entry, run]) > 0:
            where.extend((run, left, first))
    return where


def unpacked(told: Packed, places: "Places") -> Where:
    """The same by exhibit and role."""
    where: Where = {}
    for run, count, first in _threes(told):
        place = (places.source_of_run[run], _HOLDER)
        if (seen := where.get(place)) is None:
            where[place] = Seen(count, {"sightings": [first]}, [])
        else:
            seen.add(count, "sightings", first)
    return where


def _threes(told: Packed) -> Iterator[tuple[int, int, int]]:
    each = iter(told)
    return zip(each, each, each, strict=True)


def entry(store: "Store", places: "Places", key: tuple[str, str]) -> Where:
    """Where one entry was seen, by list and entry."""
    where: Where = {}
    name, number = map(to_text, key)
    gone = _uncounted_by_run(store, "sightings.entry = ? AND sightings.list = ?", (number, name))
    for run, count, first in store.execute(
        "SELECT run_id, count(*), min(id) FROM sightings WHERE entry = ? AND list = ? "
        "AND NOT (known_good OR suppressed) GROUP BY run_id",
        (number, name),
    ):
        left = count - gone[name, number, run]
        if left > 0:
            place = (places.source_of_run[run], _HOLDER)
            where.setdefault(place, Seen()).add(left, "sightings", first)
    return where


def flat_cards(store: "Store") -> frozenset[tuple[str, str]]:
    """Entries, by list and entry, whose originals are flat cards, as their enrolment says."""
    # The condition is written as in the index that answers it.
    rows = store.execute(
        f"SELECT DISTINCT list, entry FROM entries WHERE instr(details, '{_FLAT_ENTRY}') > 0"  # noqa: S608 (our words)
    )
    return frozenset((from_text(name), from_text(entry)) for name, entry in rows)


def is_flat_card(store: "Store", key: tuple[str, str]) -> bool:
    """Whether one entry, by list and entry, is among `flat_cards`."""
    name, number = map(to_text, key)
    return bool(
        store.execute(
            "SELECT 1 FROM entries WHERE entry = ? AND list = ? AND instr(details, ?) LIMIT 1",
            (number, name, _FLAT_ENTRY),
        )
    )


def _uncounted_by_run(
    store: "Store", condition: str = "1", values: tuple[object, ...] = ()
) -> Counter[tuple[str, str, int]]:
    """How many of the sightings that `uncounted` tells, by list, entry and run."""
    gone: Counter[tuple[str, str, int]] = Counter()
    for found, several in _scanned_again(store):
        rows = store.rows(
            f"{found.tables} SELECT sightings.list, entry, sightings.run_id, count(*) FROM items "  # noqa: S608 (our words)
            f"JOIN sightings ON sightings.item_id = items.id WHERE {condition} "
            "AND items.scan_id IN (SELECT value FROM json_each(?)) "
            f"AND ({SUPERSEDED} OR {REPEATED}) GROUP BY 1, 2, 3",
            (*found.values, *values, several),
        )
        for name, entry, run, count in rows:
            gone[name, entry, run] += count
    return gone


def _scanned_again(store: "Store") -> Iterator[tuple[Superseding, str]]:
    """Cases with exhibits that were scanned again: which scans speak for which, and these scans.

    The scans are a list in JSON.
    """
    rows = store.execute(
        "SELECT DISTINCT case_id FROM sources WHERE id IN "
        "(SELECT source_id FROM scans GROUP BY source_id HAVING count(*) > 1) ORDER BY case_id"
    )
    for (case,) in rows:
        found = Superseding.of(store, case)
        several = [each.id for scans in found.scans.values() if len(scans) > 1 for each in scans]
        yield found, json.dumps(several)


def uncounted(store: "Store", condition: str, values: tuple[object, ...]) -> frozenset[int]:
    """Sightings that count no more, or a second time, by number; of exhibits scanned again.

    Args:
        store: the database.
        condition: on `items` and `sightings`: those that are asked for.
        values: of its parameters.
    """
    gone: set[int] = set()
    for found, several in _scanned_again(store):
        rows = store.rows(
            f"{found.tables} SELECT sightings.id FROM sightings "  # noqa: S608 (our words)
            f"JOIN items ON items.id = sightings.item_id WHERE {condition} "
            f"AND items.scan_id IN (SELECT value FROM json_each(?)) "
            f"AND ({SUPERSEDED} OR {REPEATED})",
            (*found.values, *values, several),
        )
        gone.update(number for (number,) in rows)
    return frozenset(gone)


@dataclass(slots=True)
class Near:
    """A cluster, as far as it was seen.

    Attributes:
        where: exhibits in which it lies.
        distance: the largest one of a member to the medoid.
        known: whether a hash list has a member.
        harmless: whether a hash list says of a member that it is harmless.
        flat: whether its members are flat cards.
        contents: how many different ones.
    """

    where: Where = field(default_factory=dict)
    distance: int = 0
    known: bool = False
    harmless: bool = False
    flat: bool = False
    contents: int = 0


def clusters(
    store: "Store", places: "Places", numbers: Iterable[int] | None = None
) -> Iterator[tuple[int, Near]]:
    """Each cluster whose members make links, by its number.

    Args:
        store: the database.
        places: cases and exhibits.
        numbers: of clusters; all by default.
    """
    those = "" if numbers is None else "AND cluster_id IN (SELECT value FROM json_each(?)) "
    values = () if numbers is None else (json.dumps([*numbers]),)
    current = json.dumps([*places.current.values()])
    source_of = {scan: source for source, scan in places.current.items()}
    rows = store.rows(
        "SELECT cluster_id, items.scan_id, count(*), min(items.id), max(distance), "  # noqa: S608 (our words)
        f"max({rematched.raised()}), max({rematched.harmless()}), max(instr(flags, ?) > 0), "
        "count(DISTINCT items.content_id) "
        "FROM cluster_members "
        "CROSS JOIN pictures ON pictures.id = cluster_members.picture_id "
        "CROSS JOIN items ON items.content_id = pictures.content_id "
        "WHERE cluster_members.reason = '' AND items.picture_id = pictures.id "
        f"AND items.scan_id IN (SELECT value FROM json_each(?)) {those}"
        "GROUP BY cluster_id, items.scan_id ORDER BY cluster_id",
        (_FLAT_PICTURE, current, *values),
    )
    last, near = 0, Near()
    for number, scan, count, first, distance, raised, harmless, flat, contents in rows:
        if number != last:
            if last:
                yield last, near
            last, near = number, Near()
        place = (source_of[scan], _HOLDER)
        near.where.setdefault(place, Seen()).add(count, "items", first)
        near.distance = max(near.distance, distance)
        near.known |= bool(raised)
        near.harmless |= bool(harmless)
        near.flat |= bool(flat)
        near.contents += contents
    if last:
        yield last, near


def runs_of_clusters(store: "Store", first: int, last: int) -> dict[int, set[int]]:
    """The runs that found members of each cluster to which runs of these numbers added one."""
    rows = store.rows(
        "WITH grown AS MATERIALIZED (SELECT DISTINCT cluster_id FROM items "
        "JOIN cluster_members ON cluster_members.picture_id = items.picture_id "
        "WHERE items.scan_id IN (SELECT scan_id FROM runs WHERE id BETWEEN ?1 AND ?2) "
        "AND items.run_id BETWEEN ?1 AND ?2 AND cluster_members.reason = '') "
        "SELECT DISTINCT cluster_id, items.run_id FROM grown "
        "CROSS JOIN cluster_members USING (cluster_id) "
        "CROSS JOIN pictures ON pictures.id = cluster_members.picture_id "
        "CROSS JOIN items ON items.content_id = pictures.content_id "
        "WHERE cluster_members.reason = '' AND items.picture_id = pictures.id",
        (first, last),
    )
    found: dict[int, set[int]] = {}
    for number, run in rows:
        found.setdefault(number, set()).add(run)
    return found


def medoids(store: "Store", numbers: "list[int]") -> dict[int, str]:
    """The SHA-256 of the medoid of each cluster, in hex."""
    rows = store.execute(
        "SELECT cluster_members.id, sha256 FROM cluster_members "
        "JOIN pictures ON pictures.id = picture_id JOIN contents ON contents.id = content_id "
        "WHERE cluster_members.id IN (SELECT value FROM json_each(?))",
        (json.dumps(numbers),),
    )
    return {number: sha256.hex() for number, sha256 in rows if sha256 is not None}


Identified = tuple[str, str, str]
"""The kind, value and service of an identifier."""


def identifiers(store: "Store", places: "Places") -> dict[Identified, Where]:
    """Each identifier of exhibits and of events, with where and in which role."""
    found: dict[Identified, Where] = {}
    for exhibit in places.exhibits.values():
        for each in exhibit.identifiers:
            where = found.setdefault((each.kind.value, each.value, each.service), {})
            seen = where.setdefault((exhibit.id, _HOLDER), Seen())
            for row in exhibit.statements[:1]:
                seen.add(1, "statements", row)
    rows = store.rows(
        "SELECT event_values.kind, value, event_values.service, part, role, import_id, "
        "count(*), min(event_id) FROM event_values JOIN events ON events.id = event_id "
        "WHERE part IN ('subject', 'counterpart') GROUP BY 1, 2, 3, 4, 5, 6"
    )
    for kind, value, service, part, role, unit, count, first in rows:
        where = found.setdefault((kind, from_text(value), from_text(service)), {})
        place = (places.source_of_import[unit], role if part == "subject" else "counterpart")
        where.setdefault(place, Seen()).add(count, "events", first)
    return found
