"""Timelines of records made by chance hold every time that the rows have, and nothing of others."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hashmatch.model import Item, ScanResult
from hashmatch.model.event import Event, EventKind, Role
from hashmatch.model.identifier import Identifier
from hashmatch.model.moment import Moment, Order
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.asking import who
from hashmatch.tracing.ordering import ordered
from hashmatch.tracing.timeline import Timeline, timeline
from hashmatch.tracing.updating import update
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests, match, picture
from tests.tracing.test_links import allow_unknown, imported, scan
from tests.tracing.test_links import event as upload
from tests.tracing.test_links import picture as hashed
from tests.tracing.test_links_truth import CASES, ENTRIES, Place, World, made

ZONES = ("", "+02:00", "-05:00")
_SECOND = timedelta(microseconds=999_999)


_NEVER = datetime.max.replace(tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        yield opened


@dataclass(frozen=True, order=True)
class Fact:
    """A time of a row, worked out by hand; of a row without a time it is of no kind."""

    place: Place
    role: str
    table: str
    row: int
    kind: str = ""
    earliest: datetime = _NEVER
    latest: datetime = _NEVER


def interval(words: str, zone: str) -> tuple[datetime, datetime]:
    """Of a time of the file system, by the rules of docs/examiners/circulation.md."""
    if words.endswith(" or so"):
        return (
            datetime(1, 1, 1, tzinfo=UTC),
            datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        )
    told = words[19:].replace("Z", "+00:00") or zone
    if told:
        at = datetime.fromisoformat(words[:19] + told)
        return at, at + _SECOND
    at = datetime.fromisoformat(words[:19] + "+00:00")
    return at - timedelta(hours=14), at + _SECOND + timedelta(hours=12)


def facts(database: Database, world: World, entry: int, zones: dict[Place, str]) -> Iterator[Fact]:
    """All times of an entry, whoever may know of them."""
    for place, rows in world.seen.get(entry, {}).items():
        for row in rows:
            told = database.store.execute(
                "SELECT kind, at FROM times WHERE item_id = "
                "(SELECT item_id FROM sightings WHERE id = ?)",
                (row,),
            )
            for kind, at in told:
                yield Fact(place, "holder", "sightings", row, kind, *interval(at, zones[place]))
            if not told:
                yield Fact(place, "holder", "sightings", row)
    for (place, role), rows in world.told.get(entry, {}).items():
        for row in rows if entry in world.ever else ():
            ((stated,),) = database.store.execute("SELECT stated FROM events WHERE id = ?", (row,))
            if stated:
                at = datetime.fromisoformat(f"{stated[:16]}:00+00:00")
                until = at + timedelta(minutes=1, microseconds=-1)
                yield Fact(place, role, "events", row, "uploaded", at, until)
            else:
                yield Fact(place, role, "events", row)


def of_marks(found: Timeline) -> list[Fact]:
    return [
        Fact(
            (each.case, each.exhibit),
            each.role,
            each.table,
            each.row,
            *((each.time.kind, each.time.earliest, each.time.latest) if each.time else ()),
        )
        for each in found.marks
    ]


def check_spans(found: Timeline, shown: Sequence[Fact]) -> None:
    """First and last times by brute force, for each exhibit and for all."""
    wholes = [(found.spans, shown)]
    wholes += [
        (lane.spans, [each for each in shown if each.place == lane.place])
        for lane in found.lanes
        if lane.exhibit
    ]
    for spans, own in wholes:
        assert [each.kind for each in spans] == sorted({each.kind for each in own} - {""})
        for span in spans:
            times = [each for each in own if each.kind == span.kind]
            clear = [each for each in times if each.earliest.year > 1]
            assert (span.count, span.unclear) == (len(times), len(times) - len(clear))
            if not clear:
                assert span.first is span.last is None
                continue
            assert span.first is not None
            assert span.last is not None
            bounds = (min(x.earliest for x in clear), min(x.latest for x in clear))
            assert (span.first.earliest, span.first.latest) == bounds
            bounds = (max(x.earliest for x in clear), max(x.latest for x in clear))
            assert (span.last.earliest, span.last.latest) == bounds
            assert span.last.order(span.first) is not Order.BEFORE


def named(told: object) -> Iterator[tuple[str, str | None]]:
    """Each case with its exhibit that JSON names anywhere."""
    if isinstance(told, dict):
        if "case" in told:
            yield told["case"], told["exhibit"]
        told = [*told.values()]
    for each in told if isinstance(told, list) else ():
        yield from named(each)


@pytest.mark.parametrize("seed", range(3))
def test_timelines_are_those_of_brute_force(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    world = made(database, chance)
    zones = {(each.case, each.label): chance.choice(ZONES) for each in database.exhibit_records()}
    for (case, label), zone in zones.items():
        if zone:
            database.record_exhibit(case, label, {"zone": zone}, by="A")
    seen = 0
    for entry in range(ENTRIES):
        every = [*facts(database, world, entry, zones)]
        for viewer, protected in (("", False), ("1", True), ("2", False)):
            access = {
                case: "open" if case == viewer else world.access.get(case, "open") for case in CASES
            }
            told = [each for each in every if protected or each.role not in {"victim", "reporter"}]
            shown = [each for each in told if access[each.place[0]] == "open"]
            pointed = {each.place[0] for each in told if access[each.place[0]] == "pointer"}
            asked = f"entry:vic/entry-{entry}"
            try:
                found = timeline(database, asked, viewer=viewer, protected=protected)
            except ValueError:
                # Nobody had it, as far as this case may know.
                holders = [each.place[0] for each in every if each.table == "sightings"]
                assert all(access[case] == "hidden" for case in holders)
                continue
            assert sorted(of_marks(found)) == sorted(shown)
            clear = [each.time for each in found.marks if each.time]
            assert clear == sorted(
                clear, key=lambda x: (x.earliest.year == 1, x.earliest, x.latest, x.kind)
            )
            assert {x.case for x in found.lanes if not x.exhibit} == pointed
            assert all(
                (x.counts, x.contact, x.zone) == ({}, f"contact {x.case}", "")
                for x in found.lanes
                if not x.exhibit
            )
            rows = {(each.table, each.row) for each in shown}
            assert sum(sum(x.counts.values()) for x in found.lanes) == len(rows)
            assert sum(x.undated for x in found.lanes) == sum(not each.kind for each in shown)
            check_spans(found, shown)
            told_of = [*named([found.to_dict(), *(each.to_dict() for each in found.marks)])]
            assert {access[case] for case, _ in told_of} <= {"open", "pointer"}
            assert {access[case] for case, label in told_of if label} <= {"open"}
            seen += len(shown)
    assert seen > 150


def test_orders_are_those_of_all_pairs() -> None:
    chance = random.Random(5)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    partial = whole = 0
    for _ in range(200):
        firsts = {}
        for one in range(chance.randrange(1, 9)):
            at = begin + timedelta(hours=chance.randrange(40))
            until = at + timedelta(hours=chance.randrange(chance.choice((1, 12))))
            firsts["1", str(one)] = Moment(earliest=at, latest=until, kind="modified")
        found = ordered("modified", firsts, ())
        ranks = [rank for group in found.groups for rank in group]
        assert {(each.case, each.exhibit) for each in ranks} == {*firsts}
        for rank in ranks:
            own = firsts[rank.case, rank.exhibit]
            said = [own.order(each) for each in firsts.values() if each is not own]
            assert (rank.before, rank.after, rank.undecided) == tuple(
                map(said.count, (Order.AFTER, Order.BEFORE, Order.UNDECIDED))
            )
        for number, group in enumerate(found.groups, 1):
            for later in found.groups[number:]:
                assert all(
                    firsts[x.case, x.exhibit].latest < firsts[y.case, y.exhibit].earliest
                    for x in group
                    for y in later
                )
            # No group can be told apart into two that follow each other.
            assert len(group) == 1 or all(each.undecided for each in group)
        assert found.total == all(not rank.undecided for rank in ranks)
        partial += not found.total
        whole += found.total
        shuffled = dict(chance.sample([*firsts.items()], len(firsts)))
        assert ordered("modified", shuffled, ()) == found
    assert min(partial, whole) > 20
    assert not replace(found, without=(("1", "x"),)).total


def test_times_in_names_and_in_files_stand_beside_those_of_the_file_system(
    database: Database,
) -> None:
    """Each of its own kind; the zone of the device is that of its file system alone."""
    database.record_exhibit("1", "phone", {"zone": "+02:00", "acquired": "2026-05-01"}, by="A")
    source = replace(SOURCE, label="phone", path="/evidence/phone")
    told = (
        *(("captured", "2026:04:17 10:20:30"), ("captured-offset", "+01:00")),
        *(("digitized", "2026:04:17 10:20:30"), ("modified", "soon"), ("modified-offset", "x")),
        ("created", "2026-04-17T10:20:30"),
    )
    with database.run(case="1", source=source, configuration=CONFIGURATION) as run:
        name = "IMG-20260417-WA0003.jpg"
        item = Item(name, 9, digests=digests(1), media=picture(1), metadata=told)
        times = {name: {"modified": "2026-04-18T10:00:00"}}
        run.record([ScanResult(item, (match(5),))], times=times)
        run.finish()
    found = timeline(database, "vic/entry-5")
    noon = datetime(2026, 4, 17, 10, 20, 30, tzinfo=UTC)
    assert {
        each.time.kind: (each.time.earliest, each.time.zone) for each in found.marks if each.time
    } == {
        "modified": (datetime(2026, 4, 18, 8, tzinfo=UTC), "+02:00"),
        "in-name": (datetime(2026, 4, 16, 10, tzinfo=UTC), ""),
        "in-file-captured": (noon - timedelta(hours=1), "+01:00"),
        "in-file-digitized": (noon - timedelta(hours=14), ""),
        "in-file-modified": (datetime(1, 1, 1, tzinfo=UTC), ""),
        "in-file-created": (noon, "UTC"),
    }
    (lane,) = found.lanes
    assert (lane.zone, lane.files, lane.undated) == ("+02:00", 1, 0)
    assert lane.acquired is not None
    assert lane.acquired.earliest == datetime(2026, 4, 30, 22, tzinfo=UTC)
    assert lane.scanned is not None
    assert [(x.kind, x.unclear) for x in lane.spans if x.first is None] == [("in-file-modified", 1)]


def test_clusters_accounts_and_exhibits_have_timelines(database: Database) -> None:
    scan(database, "1", "phone", [(1, hashed(1), 5), (2, hashed(2), 6), (3, hashed(3), None)])
    scan(database, "2", "a/b", [(4, hashed(1, 3), None)])
    allow_unknown(database, "1", "2")
    update(database)
    at = Moment.of("2026-04-17 12:00Z", kind="uploaded")
    account = (Identifier.of("account", "7", "kik"),)
    told = upload(Role.UPLOADER, 4, moment=at, identifiers=account)
    login = Event(
        kind=EventKind.LOGIN,
        role=Role.VICTIM,
        identifiers=(Identifier.of("account", "99", "kik"),),
        counterparts=account,
    )
    imported(database, "2", "tip", told, login)

    def rows(asked: str, **more: object) -> list[tuple[str, str, str, str, int]]:
        marks = timeline(database, asked, **more).marks  # type: ignore[arg-type]
        return sorted((x.exhibit, x.role, x.what, x.table, x.row) for x in marks)

    lain = [("a/b", "holder", "file", "items", 4), ("phone", "holder", "file", "items", 1)]
    both = [*lain, ("tip", "uploader", "upload", "events", 1)]
    assert rows("cluster:1") == both
    assert rows(digests(4).md5 or "") == [both[0], both[2]]
    assert rows("account:kik/7") == [("tip", "counterpart", "login", "events", 2), both[2]]
    marks = timeline(database, "account:kik/7").marks
    # Whose account it is on the other side is told by no counterpart.
    assert {each.row: each.account for each in marks} == {1: "kik/7", 2: ""}
    assert rows("exhibit:2/tip") == both[2:]
    assert len(rows("exhibit:2/tip", protected=True)) == 2
    assert rows("exhibit:2/a/b") == []
    found = timeline(database, "exhibit:1/phone")
    assert [each.entry for each in found.marks] == ["entry:vic/entry-5", "entry:vic/entry-6"]
    assert [each.exhibit for each in who(database, "cluster:1").occurrences] == [
        *("phone", "a/b", "tip")
    ]
    for wrong in ("cluster:2222", "cluster:x", "exhibit:1/none", "entry:vic/none"):
        with pytest.raises(ValueError, match=r"on record|was seen"):
            timeline(database, wrong)
    with pytest.raises(ValueError, match="trace timeline"):
        who(database, "exhibit:1/phone")


def test_hidden_cases_are_as_if_they_were_not_on_record(database: Database) -> None:
    scan(database, "1", "phone", [(1, hashed(1), 5)])
    scan(database, "3", "tablet", [(1, hashed(1), 5), (2, hashed(2), 6)])
    update(database)
    seen = timeline(database, "entry:vic/entry-5", viewer="1")
    assert len(seen.lanes) == 2
    database.record_statements(Topic.CASE, [Said("access", "hidden")], by="A", case="3")
    for asked in ("exhibit:3/tablet", "entry:vic/entry-6", "entry-6", "cluster:2"):
        with pytest.raises(ValueError, match=r"on record|was seen") as hidden:
            timeline(database, asked, viewer="1")
        changed = {"tablet": "none", "entry-6": "entry-9", "cluster:2": "cluster:9", "'2'": "'9'"}
        unknown, words = asked, str(hidden.value)
        for old, new in changed.items():
            unknown, words = unknown.replace(old, new), words.replace(old, new)
        with pytest.raises(ValueError, match=r"on record|was seen") as none:
            timeline(database, unknown, viewer="1")
        assert words == str(none.value)
    text = json.dumps(timeline(database, "entry:vic/entry-5", viewer="1").to_dict())
    assert "tablet" not in text
    own = timeline(database, "entry:vic/entry-5", viewer="3")
    assert own.lanes == seen.lanes
    database.record_statements(
        Topic.CASE, [Said("access", "pointer"), Said("contact", "K 12")], by="A", case="3"
    )
    with pytest.raises(ValueError, match="no exhibit '3/tablet' on record"):
        timeline(database, "exhibit:3/tablet", viewer="1")
    _, pointer = timeline(database, "entry:vic/entry-5", viewer="1").lanes
    assert {key: held for key, held in pointer.to_dict().items() if held} == {
        "case": "3",
        "contact": "K 12",
    }
