"""Links of records made by chance are those that every exhibit, looked at one by one, has."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from hashmatch.model import Digests, Item, ScanResult
from hashmatch.model.event import Event, EventKind, ImportedUnit, Role
from hashmatch.model.identifier import Identifier
from hashmatch.model.moment import Moment
from hashmatch.model.plain import Json
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.links import Question, links
from hashmatch.tracing.values import LinkKind, Occurrence
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests, match, picture

ENTRIES = 30
CASES = ("1", "2", "3", "4")
Place = tuple[str, str]


@dataclass
class World:
    """What was put on record.

    Attributes:
        seen: by entry and exhibit, the rows of sightings that count.
        told: by entry, exhibit and role, the rows of events.
        ever: entries that somebody had, so that the record knows their digests.
        access: of cases.
        barred: entries that make no links, and why.
    """

    seen: dict[int, dict[Place, list[int]]] = field(default_factory=dict)
    told: dict[int, dict[tuple[Place, str], list[int]]] = field(default_factory=dict)
    ever: set[int] = field(default_factory=set)
    access: dict[str, str] = field(default_factory=dict)
    barred: dict[int, str] = field(default_factory=dict)


def made(database: Database, chance: random.Random) -> World:
    """Exhibits with entries in common, some of them scanned again; events; statements."""
    world = World()
    for at in range(8):
        for again in range(chance.choice((1, 1, 2))):
            place = (chance.choice(CASES), f"exhibit {at}")
            scan(database, world, place, chance, again=bool(again))
    for at in range(5):
        report(database, world, (chance.choice(CASES), f"tip {at}"), chance)
    for case in CASES[1:]:
        access = chance.choice(("open", "pointer", "hidden"))
        world.access[case] = access
        said = [Said("access", access), Said("contact", f"contact {case}")]
        database.record_statements(Topic.CASE, said, by="A", case=case)
    for entry in range(ENTRIES):
        key = f"entry:vic/entry-{entry}"
        what = chance.choice(("", "", "", "excluded", "same", "explained"))
        if what == "excluded":
            database.record_statements(Topic.EXCLUSION, [Said("excluded", "yes", key)], by="A")
            world.barred[entry] = what
        elif what:
            database.record_statements(Topic.LINK, [Said("verdict", what, key)], by="A")
            world.barred |= {} if what == "same" else {entry: f"verdict: {what}"}
    return world


def scan(
    database: Database, world: World, place: Place, chance: random.Random, *, again: bool
) -> None:
    source = replace(SOURCE, label=place[1], path=f"/evidence/{place[1]}")
    options = replace(CONFIGURATION, replaces=again)
    found = [
        tuple(
            match(
                entry,
                entry_digests=digests(1000 + entry),
                known_good=chance.random() < 0.1,
                category=f"{entry % 3}",
                details=details(entry),
            )
            for entry in chance.sample(range(ENTRIES), chance.choice((0, 1, 1, 2)))
        )
        for _ in range(6)
    ]
    with database.run(case=place[0], source=source, configuration=options, rescan=again) as run:
        items = [
            Item(f"{at}.jpg", 9, digests=digests(at), media=picture(at)) for at in range(len(found))
        ]
        times = {each.locator: told for each in items if (told := stated(chance))}
        run.record([*map(ScanResult, items, found)], times=times)
        run.finish()
    # A scan that replaces those before it is all that counts of its exhibit.
    for where in world.seen.values():
        where.pop(place, None)
    rows = database.store.execute(
        "SELECT id, number, known_good FROM sightings WHERE run_id = ? ORDER BY id", (run.id,)
    )
    for row, entry, good in rows:
        if not good:
            world.ever.add(entry)
            world.seen.setdefault(entry, {}).setdefault(place, []).append(row)


def details(entry: int) -> dict[str, Json]:
    """What the list says of an entry, as other lists write it."""
    if entry % 5 == 0:
        return {"comments": "of the series"}
    return {
        "Series" if entry % 2 else "Series name": f" S{entry % 4}",
        "Victim ID": [f"v{entry % 7}", f"v{entry % 3}"],
        "VictimIdentified": "false" if entry % 3 else True,
    }


def stated(chance: random.Random) -> dict[str, str]:
    """Times of a file: of no kind, of one or of two, some without a zone, some that are none."""
    kinds = chance.sample(("modified", "created"), chance.choice((0, 1, 1, 2)))
    ends = ("", "", "Z", "+01:00", " or so")
    return {
        kind: f"2026-04-{chance.randrange(10, 30)}T10:20:30{chance.choice(ends)}" for kind in kinds
    }


def report(database: Database, world: World, place: Place, chance: random.Random) -> None:
    told = [(chance.randrange(ENTRIES), chance.choice([*Role])) for _ in range(4)]
    events = [
        Event(
            kind=EventKind.UPLOAD,
            role=role,
            digests=Digests(md5=digests(1000 + entry).md5),
            moment=chance.choice((None, Moment.of(f"2026-04-1{at} 10:20Z", kind="uploaded"))),
            identifiers=(Identifier.of("account", f"{place[1]} {at}", "kik"),),
        )
        for at, (entry, role) in enumerate(told)
    ]
    unit = ImportedUnit(name="tip", format="x", sha256=digests(sum(place[1].encode())).sha256 or "")
    first = 1 + int(database.store.one("SELECT count(*) FROM events"))
    database.record_import(unit, events, case=place[0], exhibit=place[1])
    for row, (entry, role) in enumerate(told, first):
        world.told.setdefault(entry, {}).setdefault((place, role.value), []).append(row)


def expected(
    world: World, asked: Question, exhibits: list[Place]
) -> Iterator[tuple[str, int, str, tuple[Occurrence, ...]]]:
    """Key, number of exhibits, why not, and places of each link."""
    for entry in range(ENTRIES):
        shown = [*places(world, entry, asked, exhibits)]
        pointed = [each for _, each in shown if not each.exhibit]
        cases = [each.case for each in pointed]
        # A case that is a pointer is named once.
        again = [each for at, each in enumerate(pointed) if each.case in cases[:at]]
        found = tuple(each for _, each in shown if not any(each is one for one in again))
        why_not = world.barred.get(entry, "")
        several = len({each.place for each in found}) > 1
        concerned = not asked.case or asked.case in {each.case for each in found}
        if several and concerned and (asked.every or not why_not):
            yield f"entry:vic/entry-{entry}", len({place for place, _ in shown}), why_not, found


def places(
    world: World, entry: int, asked: Question, exhibits: list[Place]
) -> Iterator[tuple[Place, Occurrence]]:
    """Each exhibit in which the entry was seen, and what is shown of it."""
    for place in exhibits:
        rows = {("holder", "sightings"): world.seen.get(entry, {}).get(place, [])}
        for (where, role), events in world.told.get(entry, {}).items():
            if where == place and entry in world.ever:
                rows[role, "events"] = events
        access = world.access.get(place[0], "open") if place[0] != asked.case else "open"
        roles = {role for (role, _), numbers in rows.items() if numbers}
        for role in sorted(roles - (set() if asked.protected else {"victim", "reporter"})):
            if access == "open":
                yield place, occurrence(place, role, rows)
            elif access == "pointer":
                contact = f"contact {place[0]}"
                yield place, Occurrence(case=place[0], exhibit="", role=role, contact=contact)


def occurrence(place: Place, role: str, rows: dict[tuple[str, str], list[int]]) -> Occurrence:
    of_role = {table: numbers for (each, table), numbers in rows.items() if each == role}
    sighted, events = of_role.get("sightings", []), of_role.get("events", [])
    told = {"sightings": tuple(sighted[:1]), "events": tuple(events)}
    return Occurrence(
        case=place[0],
        exhibit=place[1],
        role=role,
        accounts=tuple(f"kik/{place[1]} {(number - 1) % 4}" for number in events),
        count=len(sighted) + len(events),
        rows={table: numbers for table, numbers in told.items() if numbers},
    )


@pytest.mark.parametrize("seed", range(3))
def test_links_are_those_that_brute_force_finds(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    linked = 0
    with Database.open(tmp_path / "db") as database:
        world = made(database, chance)
        exhibits = [(each.case, each.label) for each in database.exhibit_records()]
        for case in ("", *CASES):
            for every, protected in ((False, False), (True, False), (True, True)):
                asked = Question(
                    case=case, kinds={LinkKind.ENTRY}, every=every, protected=protected
                )
                found = links(database, asked)
                told = [(x.key, x.exhibits, x.why_not, x.occurrences) for x in found]
                truth = expected(world, asked, exhibits)
                assert told == sorted(truth, key=lambda x: (bool(x[2]), x[1], x[0]))
                assert found.linking == sum(not each.why_not for each in found)
                assert [*found[1:3]] == [*found][1:3]
                linked += len(found)
    assert linked > 100
