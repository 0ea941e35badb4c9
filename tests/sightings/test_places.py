"""Where items lie that no plain path leads to, and what of a medium could not be read."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.errors import DatabaseError, ResumeError
from hashmatch.model import (
    AllocationState,
    Item,
    Locator,
    Place,
    PlaceConfidence,
    ScanResult,
    VolumeStatus,
)
from hashmatch.model.locator import File, FileObject, Member, Page, Volume
from hashmatch.scanning.tally import tally
from hashmatch.sightings import medium, places
from hashmatch.sightings.database import Database
from hashmatch.sightings.recording import Run
from hashmatch.sightings.records import ItemRecord
from hashmatch.sightings.store import Store
from hashmatch.sightings.unchanged import FileState
from tests.sightings.test_golden_databases import opened
from tests.support import forgeries
from tests.support.forgeries import Forger
from tests.support.sighting_values import (
    CONFIGURATION,
    SOURCE,
    TIMES,
    UNREAD,
    VOLUME,
    member,
    result,
    results,
)

ZIP = Locator((File("DCIM/a.zip"),))
ODD = ("a!b.zip", "100%.jpg", "a.zip!zip:0:b.jpg", "file:x", "file:a.zip%21zip:0:b.jpg", "two\n")
"""Paths that look like texts of locators, or hold what these escape."""


def file(path: str, number: int = 1) -> ScanResult:
    found = result(number)
    return replace(found, item=replace(found.item, locator=path))


def scan(database: Database, *found: ScanResult, finish: bool = True, resume: bool = False) -> Run:
    with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=resume) as run:
        run.record(found, times={each.item.locator: TIMES for each in found})
        if finish:
            run.finish()
    return run


def on_record(database: Database) -> list[ItemRecord]:
    return list(database.items("1"))


def test_two_members_of_one_name_are_two_items(tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        scan(database, member(0), member(1), file("DCIM/a.zip"))
        first, second, container = on_record(database)
        assert (first.locator, second.locator) == (
            "DCIM/a.zip!zip:0:b.jpg",
            "DCIM/a.zip!zip:1:b.jpg",
        )
        assert (first.parent, second.parent, container.parent) == (container.id, container.id, None)
        assert first.place == member(0).item.place
        assert container.place is None
        assert first.times == TIMES
        assert database.verify().problems == ()


def test_a_member_is_on_record_once(tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        scan(database, member(0), finish=False)
        with pytest.raises(DatabaseError, match="UNIQUE"):
            scan(database, member(0), resume=True)
        assert len(on_record(database)) == 1


def test_everything_of_a_place_comes_back(tmp_path: Path) -> None:
    chain = Locator(
        (
            File("caf\udce9.E01"),
            Volume("gpt", 2, 1 << 20),
            FileObject("ntfs", 155, 128, 4, "/Users/x!.zip"),
            Member("pdf", 2**70, "\u202e\0"),
            Page(3, 0),
        )
    )
    given = [
        Place(
            locator=replace(chain, steps=chain.steps[: depth + 2]),
            state=state,
            confidence=confidence,
            runs=((0, 1), (2**63 - 1, 2**63 - 1)) * depth,
            weight=2**63 - 1,
            from_source=depth < 2,
        )
        for depth, (state, confidence) in enumerate(
            zip(list(AllocationState)[1:5], list(PlaceConfidence)[1:], strict=True)
        )
    ]
    found = [
        replace(each, item=replace(each.item, place=place))
        for each, place in zip(results(4), given, strict=True)
    ]
    with Database.open(tmp_path / "db") as database:
        run = scan(database, *found)
        assert (run.position, run.files) == (4, 2)
        assert [each.place for each in on_record(database)] == given
        assert [each.locator for each in on_record(database)] == [str(p.locator) for p in given]
        assert database.verify().problems == ()


@pytest.mark.parametrize("path", ODD)
def test_a_plain_file_is_never_taken_for_a_member(tmp_path: Path, path: str) -> None:
    """Not even one whose path is the text of its locator, letter by letter."""
    where = Locator.parse("a.zip!zip:0:b.jpg")
    inner = replace(member(0), item=replace(member(0).item, place=Place(locator=where)))
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record([file(path)])
            assert run.done(path)
            assert run.done(Locator((File(path),)))
            assert not run.done(where)
            run.record([inner])
            assert run.done(where)
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run:
            assert (run.position, run.files) == (2, 1)
            assert not run.done(replace(where, steps=(*where.steps, Page(1, 0))))
            assert [run.done(path), run.done(where), run.done("b")] == [True, True, False]
            assert run.check_unchanged([FileState(path, None, {})]) == 1
            run.finish()
        plain, _ = on_record(database)
        assert (plain.place.locator if plain.place else located(plain)) == Locator((File(path),))
        assert Locator.parse(plain.locator) == Locator((File(path),))
        assert database.verify().problems == ()


def located(item: ItemRecord) -> Locator:
    return places.located(item.locator)


def test_a_plain_file_of_an_older_version_stays_one(tmp_path: Path) -> None:
    """Its locator is its path as it is: no place says otherwise."""
    path = opened(6, tmp_path / "db")
    odd = "a.zip!zip:0:b.jpg"
    forger = Forger(path)
    forger("UPDATE items SET locator = ? WHERE id = 19", odd)
    seq, details = forgeries._told_by(forger, "items", 19)
    last = details["units"]["items"]["first"] + details["units"]["items"]["count"] - 1
    details["units"]["items"] = {"first": 19, **forger.units("items", 19, last)}
    forger.retell(seq, details)
    forger.close()
    where = Locator.parse(odd)
    with Database.open(path) as database:
        assert database.verify().problems == ()
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run:
            assert run.done(odd)
            assert not run.done(where)
            assert run.done(results(5)[1].item.locator)
            files = [FileState(each.item.locator, None, {}) for each in results(5)[1:]]
            assert run.check_unchanged([*files, FileState(odd, None, {})]) == 5
            with pytest.raises(ResumeError, match="1 file that is on record differs"):
                run.check_unchanged([*files, FileState(where, None, {})])


def test_what_is_on_record_of_a_container_can_be_asked(tmp_path: Path) -> None:
    deeper = Locator((*ZIP.steps, Member("zip", 7, "in.zip")))
    inner = ScanResult(
        Item(
            "deep",
            5,
            unreadable=result(3).item.unreadable,
            place=Place(locator=deeper.inside(Member("zip", 0, "x"))),
        )
    )
    with Database.open(tmp_path / "db") as database:
        found = [member(each) for each in range(9)]
        scan(database, file("x.jpg"), *found, inner, member(0, container="b.zip"), finish=False)
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run:
            assert all(run.done(each.item.place.locator) for each in found if each.item.place)
            assert run.done(deeper.inside(Member("zip", 0, "x")))
            assert not run.done(deeper.inside(Member("zip", 1, "x")))
            assert not run.done(ZIP)
            assert not run.done(deeper)
            assert (run.position, run.files) == (12, 1)
            run.record([file("DCIM/a.zip", 2)])
            assert run.done(ZIP)


def test_members_are_no_files_of_the_source(tmp_path: Path) -> None:
    """They are not missing in it, and their bytes are not counted twice."""
    plain = [file("x.jpg", 1), file("DCIM/a.zip", 2)]
    found = [member(0), member(1), *plain]
    with Database.open(tmp_path / "db") as database:
        scan(database, *found, finish=False)
        files = [FileState(each.item.locator, each.item.size, {}) for each in plain]
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run:
            assert run.check_unchanged(files) == 2
            with pytest.raises(ResumeError, match="1 file that is on record differs"):
                run.check_unchanged(files[:1])
            run.expect(2)
            assert [run.done(each.item.locator) for each in plain] == [True, True]
            assert run._expected is None
            run.finish()
        summary = database.summary("1")
        assert summary == tally(found)
        assert (summary.items, summary.members) == (4, 2)
        assert summary.bytes == sum(each.item.size or 0 for each in plain)
        case = database.case("1")
        assert [each.position for each in case.runs] == [2, 2]
        (source,) = case.sources
        assert (source.items, source.members, source.bytes) == (4, 2, summary.bytes)
        assert database.verify().problems == ()


# Media


def test_volumes_and_unread_bytes_are_on_record_once(tmp_path: Path) -> None:
    more = replace(UNREAD, offset=8192)
    gap = replace(VOLUME, kind="gap", locator=UNREAD.locator, status=VolumeStatus.BY_CONTENT)
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record_medium([VOLUME, gap, UNREAD, UNREAD])
            rows = audit_rows(database)
            run.record_medium([VOLUME, gap, UNREAD])
            run.record_medium([])
            assert audit_rows(database) == rows
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run:
            read = replace(VOLUME, status=VolumeStatus.READ, reason="")
            run.record_medium(each for each in (gap, more, UNREAD, read))
        with pytest.raises(DatabaseError, match="has ended"):
            run.record_medium([replace(VOLUME, kind="ext4")])
        (source,) = database.case("1").sources
        assert source.volumes == (read, gap)
        assert source.unread_ranges == (UNREAD, more)
        assert database.verify().problems == ()


def audit_rows(database: Database) -> int:
    return database.case("1").audit_rows


def test_a_volume_that_was_told_otherwise_and_back_is_known_as_it_was_last(tmp_path: Path) -> None:
    read = replace(VOLUME, status=VolumeStatus.READ, reason="")
    with (
        Database.open(tmp_path / "db") as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run,
    ):
        run.record_medium([VOLUME, read, VOLUME])
        (source,) = database.case("1").sources
        assert source.volumes == (VOLUME,)
        assert database.verify().problems == ()


def test_many_unread_ranges_are_told_by_several_rows(tmp_path: Path) -> None:
    found = [replace(UNREAD, offset=4096 * each) for each in range(2 * medium._AT_ONCE + 1)]
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            before = audit_rows(database)
            run.record_medium([*found, VOLUME])
            assert audit_rows(database) == before + 3
        (source,) = database.case("1").sources
        assert source.unread_ranges == tuple(found)
        assert database.verify().problems == ()


# Whoever can write the file. That every column is proved, and every row that is added, removed or
# told anew is found, is shown for all tables in `test_verifying` and `test_forging`.


def elsewhere(forger: Forger) -> str:
    forger("UPDATE places SET steps = replace(steps, 'b.jpg', 'c.jpg') WHERE id = 1")
    return "records another place than the locator of its item"


def another_parent(forger: Forger) -> str:
    forger("UPDATE places SET parent = 'DCIM/b.zip' WHERE id = 1")
    return "records another place than the locator of its item"


def nowhere(forger: Forger) -> str:
    forger("UPDATE places SET steps = '[]' WHERE id = 1")
    return "holds no steps of a locator"


def of_another_item(forger: Forger) -> str:
    forger("UPDATE places SET item_id = 1 WHERE id = 2")
    return "belongs to nothing that the same batch recorded"


def of_another_scan(forger: Forger) -> str:
    forger("UPDATE places SET scan_id = 2 WHERE id = 2")
    return "is in another scan than its item"


SEALED: dict[str, Callable[[Forger], str]] = {
    each.__name__: each
    for each in (elsewhere, another_parent, nowhere, of_another_item, of_another_scan)
}


@pytest.mark.parametrize("what", SEALED)
def test_places_that_no_scan_records_are_found_even_where_they_are_sealed(
    tmp_path: Path, what: str
) -> None:
    forger = Forger(forgeries.recorded(tmp_path / "db"))
    says = SEALED[what](forger)
    seq, details = forgeries._told_by(forger, "places", 2)
    details["units"]["places"] = {"first": 1, **forger.units("places", 1, 2)}
    forger.retell(seq, details)
    with Database.open(forger.close(), read_only=True) as database:
        problems = database.verify().problems
    assert says in {each.what for each in problems}, problems


def test_a_place_that_was_taken_from_the_record_and_the_chain_is_missed(tmp_path: Path) -> None:
    forger = Forger(forgeries.recorded(tmp_path / "db"))
    forger("UPDATE items SET locator = 'a!zip:0:x' WHERE id = 3")
    seq, details = forgeries._told_by(forger, "items", 3)
    details["units"]["items"] = {"first": 1, **forger.units("items", 1, 10)}
    forger.retell(seq, details)
    with Database.open(forger.close(), read_only=True) as database:
        problems = database.verify().problems
    found = [(each.table, each.row, each.what) for each in problems]
    assert ("items", 3, "is no plain file, and has no place on record") in found


def test_volumes_of_another_run_are_found_even_where_they_are_sealed(tmp_path: Path) -> None:
    forger = Forger(forgeries.recorded(tmp_path / "db"))
    forger("UPDATE volumes SET run_id = 3, scan_id = 2")
    seq, details = forgeries._told_by(forger, "volumes", 1)
    details["units"]["volumes"] = {"first": 1, **forger.units("volumes", 1, 1)}
    forger.retell(seq, details)
    with Database.open(forger.close(), read_only=True) as database:
        problems = database.verify().problems
    assert [(each.table, each.row) for each in problems] == [("volumes", 1)]


def test_what_is_recorded_of_places_stays(tmp_path: Path) -> None:
    path = forgeries.recorded(tmp_path / "db")
    with closing(sqlite3.connect(path)) as connection:
        for table in ("places", "volumes", "unread_ranges"):
            for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):  # noqa: S608
                with pytest.raises(sqlite3.IntegrityError, match="stays"):
                    connection.execute(sql)


def test_steps_are_json_for_everyone(tmp_path: Path) -> None:
    path = forgeries.recorded(tmp_path / "db")
    store = Store(path, writable=False)
    ((steps, parent, runs),) = store.execute("SELECT steps, parent, runs FROM places WHERE id = 1")
    store.close()
    assert json.loads(steps) == [
        {"step": "file", "path": "DCIM/a.zip"},
        {"step": "member", "container": "zip", "number": 40, "name": "b.jpg"},
    ]
    assert (parent, runs) == ("DCIM/a.zip", "[[40,50]]")
