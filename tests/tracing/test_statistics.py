"""Figures of records made by chance are those of sets of rows; what is hidden is in none."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from hashmatch.model import Item, ScanResult
from hashmatch.model.event import ImportedUnit, Role
from hashmatch.model.moment import Moment
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.counting import SPANNING, UNDATED, month_of
from hashmatch.tracing.statistics import RULES, Statistics, statistics
from hashmatch.tracing.times import of_words
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests, match, picture
from tests.tracing.test_links import event, scan
from tests.tracing.test_links import picture as hashed
from tests.tracing.test_links_truth import CASES, Place, World, made
from tests.tracing.test_timeline import interval

OF_SOURCES = {"case", "source", "source-kind"}
GROUPINGS = (
    ((), ""),
    (("case",), ""),
    (("source",), ""),
    (("source-kind", "case"), ""),
    (("category",), ""),
    (("known", "source"), ""),
    (("list",), "modified"),
    (("case",), "uploaded"),
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        yield opened


class Row(NamedTuple):
    """A sighting that counts, with all that it can be grouped by."""

    key: tuple[str, ...]
    place: Place
    number: int
    item: int
    content: bytes
    entry: int


def month(words: Sequence[str], zone: str) -> str:
    if not words or words[0].endswith(" or so"):
        return "undated"
    first, last = interval(words[0], zone)
    return f"{first:%Y-%m}" if first.month == last.month else "between months"


class Brute:
    """What one case may see of a world, counted row by row."""

    def __init__(self, database: Database, world: World, viewer: str) -> None:
        self.store = database.store
        self.world = world
        self.exhibits = {
            (each.case, each.label): each
            for each in database.exhibit_records()
            if each.case == viewer or world.access.get(each.case, "open") == "open"
        }
        self.began = {
            (case, label): run
            for case, label, run in reversed(
                self.store.execute(
                    "SELECT cases.name, label, runs.id FROM runs JOIN scans ON scans.id = scan_id "
                    "JOIN sources ON sources.id = source_id JOIN cases ON cases.id = case_id "
                    "ORDER BY runs.id"
                )
            )
        }

    def word(self, name: str, place: Place) -> str:
        kind = self.exhibits[place].kind
        told = {"case": place[0], "source": "/".join(place), "source-kind": kind or "not stated"}
        return str(told.get(name, ""))

    def rows(self, by: Sequence[str], time: str) -> Iterator[Row]:
        for entry, where in self.world.seen.items():
            shown = {place: rows for place, rows in where.items() if place in self.exhibits}
            first = min((self.began[place] for place, rows in shown.items() if rows), default=0)
            for place, numbers in shown.items():
                for number in numbers:
                    ((item, content),) = self.store.execute(
                        "SELECT item_id, sha256 FROM sightings JOIN items ON items.id = item_id "
                        "JOIN contents ON contents.id = content_id WHERE sightings.id = ?",
                        (number,),
                    )
                    words = [
                        at
                        for (at,) in self.store.execute(
                            "SELECT at FROM times WHERE item_id = ? AND kind = ?", (item, time)
                        )
                    ]
                    told = {
                        "category": f"VIC_US/{entry % 3}",
                        "list": "vic",
                        "known": "new" if self.began[place] == first else "known",
                        "month": month(words, self.exhibits[place].zone),
                    }
                    key = tuple(told.get(name) or self.word(name, place) for name in by)
                    yield Row(key, place, number, item, content, entry)

    def unknown(self, by: Sequence[str]) -> Iterator[tuple[str, ...]]:
        for place in self.exhibits:
            scans = self.store.execute(
                "SELECT scans.id FROM scans JOIN sources ON sources.id = source_id "
                "JOIN cases ON cases.id = case_id WHERE name = ? AND label = ? ORDER BY 1",
                place,
            )
            seen = {item for (item,) in self.store.execute("SELECT item_id FROM sightings")}
            for (item,) in self.store.execute(
                "SELECT id FROM items WHERE scan_id = ?", scans[-1] if scans else (0,)
            ):
                if item not in seen:
                    yield tuple(self.word(name, place) for name in by)

    def events(
        self, by: Sequence[str], time: str, *, protected: bool
    ) -> Iterator[tuple[tuple[str, ...], Place, int]]:
        for entry, told in self.world.told.items():
            for (place, role), numbers in told.items():
                if place not in self.exhibits:
                    continue
                if role in {"victim", "reporter"} and not protected:
                    continue
                if "list" in by and entry not in self.world.ever:
                    continue
                for number in numbers:
                    ((kind, earliest),) = self.store.execute(
                        "SELECT time_kind, earliest FROM events WHERE id = ?", (number,)
                    )
                    at = earliest[:7] if kind == time and earliest else "undated"
                    words = {"list": "vic", "month": at}
                    yield (
                        tuple(words.get(name) or self.word(name, place) for name in by),
                        place,
                        number,
                    )


def named(entry: int) -> tuple[set[str], set[str], bool]:
    """Series, victims, and whether one is identified, as the world's list says."""
    if entry % 5 == 0:
        return set(), set(), False
    return {f"S{entry % 4}"}, {f"v{entry % 7}", f"v{entry % 3}"}, entry % 3 == 0


Sets = dict[tuple[str, ...], dict[str, set[object]]]


def sets(brute: Brute, by: Sequence[str], time: str, *, protected: bool) -> Sets:
    """What is in each group, by figure."""
    found: Sets = {}

    def add(key: tuple[str, ...], **values: set[object]) -> None:
        figures = found.setdefault(key, {})
        for name, value in values.items():
            figures.setdefault(name, set()).update(value)

    for row in brute.rows(by, time):
        series, children, identified = named(row.entry)
        add(row.key, sightings={row.number}, files={row.item}, contents={row.content})
        add(row.key, entries={row.entry}, series={*series}, children={*children})
        add(row.key, identified={row.entry} if identified else set())
    if not {"category", "known"} & {*by}:
        for key, place, number in brute.events(by, time, protected=protected):
            add(key, events={number}, reports={place})
    if {*by} <= OF_SOURCES:
        for at, key in enumerate(brute.unknown(by)):
            add(key, unknown={at})
        for place in brute.exhibits:
            if place[1].startswith("tip"):
                add(tuple(brute.word(name, place) for name in by), reports={place})
    return found


def expected(
    brute: Brute, by: Sequence[str], time: str, *, protected: bool
) -> dict[tuple[str, ...], dict[str, int | None]]:
    absent = {"events", "reports"} if {"category", "known"} & {*by} else set()
    absent |= set() if {*by} <= OF_SOURCES else {"unknown"}
    return {
        key: {name: None if name in absent else len(figures.get(name, ())) for name in RULES}
        for key, figures in sets(brute, by, time, protected=protected).items()
    }


def of(found: Statistics) -> dict[tuple[str, ...], dict[str, int | None]]:
    return {tuple(each.key.values()): each.figures() for each in found.groups}


@pytest.mark.parametrize("seed", range(2))
def test_figures_are_those_of_sets(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    world = made(database, chance)
    for each in [*database.exhibit_records()]:
        facts = {
            "kind": chance.choice(("phone", "card", "")),
            "zone": chance.choice(("", "+02:00")),
        }
        if told := {name: value for name, value in facts.items() if value}:
            database.record_exhibit(each.case, each.label, told, by="A")
    for viewer, protected in (("", False), ("1", True), ("2", False)):
        brute = Brute(database, world, viewer)
        whole = expected(brute, (), "", protected=protected)[()]
        for by, time in GROUPINGS:
            found = statistics(database, by, time=time, viewer=viewer, protected=protected)
            asked = [each.value for each in found.by]
            truth = expected(brute, asked, time, protected=protected) if asked else {}
            assert of(found) == truth
            assert found.total.figures() == whole
            assert list(of(found)) == sorted(
                truth, key=lambda key: [(x in {UNDATED, SPANNING}, x) for x in key]
            )
            pointed = {
                case for case in CASES if case != viewer and world.access.get(case) == "pointer"
            }
            assert {each.case for each in found.pointers} <= pointed
            check_laws(found)


def check_laws(found: Statistics) -> None:
    """What parts a whole adds up; what may be in several parts is at least that much."""
    for name in ("sightings", "files", "contents", "entries", "series", "children"):
        parts = [each.figures()[name] or 0 for each in found.groups]
        whole = found.total.figures()[name] or 0
        assert not found.groups or max(parts) <= whole <= sum(parts)
        apart = name == "sightings" or (name == "files" and {*found.by} <= {"case", "source"})
        assert not found.groups or not apart or whole == sum(parts)


def test_hidden_cases_change_no_figure(database: Database) -> None:
    """Nor does one that is a pointer, but that it is named with whom to ask."""
    scan(database, "1", "phone", [(1, hashed(1), 5), (2, hashed(2), None)])
    asked = [("known",), ("case", "source", "category"), ("list",), ()]
    before = [statistics(database, by, viewer="1").to_dict() for by in asked]
    scan(database, "3", "card", [(1, hashed(1), 5), (3, hashed(3), 6)])
    source = replace(SOURCE, label="disk", path="/evidence/disk")
    with database.run(case="3", source=source, configuration=CONFIGURATION) as run:
        item = Item("x.jpg", 9, digests=digests(9), media=picture(9))
        run.record([ScanResult(item, (match(7, list_name="other list"),))])
        run.finish()
    database.record_handling("case:3", "TLP:RED", by="A")
    assert [statistics(database, by, viewer="1").to_dict() for by in asked] != before
    database.record_statements(Topic.CASE, [Said("access", "hidden")], by="A", case="3")
    assert [statistics(database, by, viewer="1").to_dict() for by in asked] == before
    said = [Said("access", "pointer"), Said("contact", "K 12")]
    database.record_statements(Topic.CASE, said, by="A", case="3")
    found = [statistics(database, by, viewer="1").to_dict() for by in asked]
    assert [each.pop("pointers") for each in found] == [
        [{"case": "3", "contact": "K 12", "handling": ["TLP:RED"]}]
    ] * len(asked)
    assert [{**each, "pointers": []} for each in found] == before
    assert statistics(database, viewer="3").total.entries == 3


def test_one_report_counts_once_in_whatever_cases_it_came(database: Database) -> None:
    at = Moment.of("2026-04-30 23:00", kind="uploaded")
    for number, (case, report) in enumerate((("1", "7"), ("2", "7"), ("2", "8"), ("2", ""))):
        unit = ImportedUnit(
            name="t", format="x", sha256=digests(number).sha256 or "", service="kik", report=report
        )
        told = event(Role.UPLOADER, number, moment=at, where=str(number))
        database.record_import(unit, [told], case=case, exhibit=f"tip {number}")
    found = statistics(database, ["case"], time="uploaded")
    assert (found.total.reports, found.total.events) == (3, 4)
    assert {key: (told["reports"], told["events"]) for key, told in of(found).items()} == {
        ("1", SPANNING): (1, 1),
        ("2", SPANNING): (3, 3),
    }


def test_months_are_those_of_the_whole_interval() -> None:
    """By hand for times near the end of a month, and as fast for those that are not."""
    for words, zone, month in (
        ("2026-04-30T23:00:00Z", "", "2026-04"),
        ("2026-04-30T23:00:00", "", SPANNING),
        ("2026-04-30T23:00:00", "-02:00", "2026-05"),
        ("2026-04", "", SPANNING),
        ("2026-04", "UTC", "2026-04"),
        ("never", "", UNDATED),
    ):
        assert month_of([of_words(words, "modified", zone)]) == month
    at = datetime(2026, 4, 30, tzinfo=UTC)
    early = Moment(earliest=at, latest=at, kind="in-name")
    late = Moment(earliest=at, latest=at + timedelta(days=2), kind="in-name")
    assert month_of([early, late]) == SPANNING


def test_months_are_the_same_the_fast_way(database: Database) -> None:
    """Most times are never made into values: what is decided by their words is what these say."""
    chance = random.Random(3)
    words = {
        f"2024-{chance.randrange(14):02}-{chance.randrange(33):02}{chance.choice('T ')}"
        f"{chance.randrange(25):02}:{chance.randrange(61):02}:30"
        + chance.choice(("", ".5", "Z", "+00:00", "-13:30", "+14:00", "+0200"))
        for _ in range(1500)
    }
    times = {f"{at}.jpg": {"modified": each} for at, each in enumerate(sorted(words))}
    source = replace(SOURCE, label="phone", path="/evidence/phone")
    with database.run(case="1", source=source, configuration=CONFIGURATION) as run:
        items = [Item(name, 9, digests=digests(1), media=picture(1)) for name in times]
        run.record([ScanResult(each, (match(1),)) for each in items], times=times)
        run.finish()
    for zone in ("", "-11:00"):
        database.record_exhibit("1", "phone", {"zone": zone}, by="A")
        slow = Counter(month_of([of_words(each, "modified", zone)]) for each in words)
        found = statistics(database, time="modified")
        assert {key: told["files"] for (key,), told in of(found).items()} == slow


def test_wrong_questions_are_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="kind of time"):
        statistics(database, ["month"])
    with pytest.raises(ValueError, match="colour"):
        statistics(database, ["colour"])
    empty = statistics(database, ["list", "known"])
    assert (empty.groups, empty.total.files, empty.total.unknown) == ((), 0, 0)
