"""What is recorded comes back, and every item is accounted for."""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.errors import DatabaseError, Reason, UnknownNameError
from hashmatch.model import Digests, Item, ScanResult, Unreadable
from hashmatch.profiles import DEFAULT
from hashmatch.scanning.tally import tally
from hashmatch.sightings.database import Database
from hashmatch.sightings.records import ItemRecord
from tests.support.sighting_values import (
    CONFIGURATION,
    HOSTILE,
    LIST,
    RESULTS,
    SOURCE,
    TIMES,
    TIMES_OF_ITEMS,
    digests,
    match,
    picture,
    result,
    results,
    scanned,
)

if TYPE_CHECKING:
    from hashmatch.sightings.scan_config import RunConfig


def seen_of(item: ItemRecord) -> tuple[object, ...]:
    """What an item on record shares with the item itself."""
    return item.locator, item.size, item.digests, item.reason, item.detail, item.hash


def seen_in(found: ScanResult) -> tuple[object, ...]:
    item = found.item
    if item.media is None:
        assert item.unreadable is not None
        reason, detail, hashed = item.unreadable.reason.value, item.unreadable.detail, ""
    else:
        reason = item.media.reason.value if item.media.reason else ""
        detail = item.container
        hashed = str(item.media.hash) if item.media.readings[0].time is None else ""
    return item.locator, item.size, item.digests, reason, detail, hashed


def test_whatever_is_recorded_comes_back(tmp_path: Path) -> None:
    configuration = replace(CONFIGURATION, lists=())
    numbers = count()

    def content(each: ScanResult) -> object:
        """Two items with equal digests have equal pictures, which any two made up have not."""
        return each.item.digests.sha256 or each.item.locator

    @given(
        found=st.lists(RESULTS, max_size=6, unique_by=(lambda each: each.item.locator, content)),
        times=TIMES_OF_ITEMS,
    )
    def comes_back(found: list[ScanResult], times: dict[str, str]) -> None:
        case = str(next(numbers))
        with database.run(case=case, source=SOURCE, configuration=configuration) as run:
            run.record(found, times={each.item.locator: times for each in found})
            for each in found:
                assert run.done(each.item.locator)
                if each.item.media is not None and each.item.digests.sha256 is not None:
                    assert run.content(each.item.digests.sha256) == each.item.media
        items = list(database.items(case))
        assert [seen_of(item) for item in items] == [seen_in(each) for each in found]
        assert all(item.times == times for item in items)
        assert [seen.match for seen in database.sightings(case)] == [
            each for one in found for each in one.matches
        ]
        assert database.summary(case) == tally(found)

    with Database.open(tmp_path / "db") as database:
        comes_back()
        assert database.verify().problems == ()


def test_a_case_comes_back_whole(tmp_path: Path) -> None:
    with Database.open(scanned(tmp_path / "db")) as database:
        case = database.case("1")
        items = list(database.items("1"))
        summary = database.summary("1")
        unreadable = list(database.items("1", status="unreadable"))
    assert summary == tally(results(100))
    assert summary.items == summary.hashed + summary.unreadable + summary.skipped == 100
    (source,) = case.sources
    assert (source.label, source.kind, source.path) == ("exhibit 7", "folder", "/evidence/7")
    assert source.identity == {"volume": "1234-ABCD"}
    for name in ("items", "hashed", "unreadable", "skipped", "incomplete", "matched", "bytes"):
        assert getattr(source, name) == getattr(summary, name)
    assert source.known_good == summary.known_good == 10
    (run,) = case.runs
    assert (run.status, run.resumed, run.lists) == ("done", None, (LIST,))
    assert run.started <= run.ended
    assert (run.command, run.libraries) == ("hashmatch scan /evidence/7", {"pillow": "11.3"})
    assert run.profile["thresholds"] == DEFAULT.thresholds
    assert case.lists == (LIST,)
    # Made, started, seven batches, ended.
    assert case.audit_rows == 10
    assert all(item.times == TIMES for item in items)
    assert [item for item in items if item.status == "unreadable"] == unreadable
    assert [item.locator for item in items if HOSTILE in item.locator] == [
        f"{HOSTILE}{number}" for number in range(9, 100, 10)
    ]


def test_sightings_can_be_asked_for_that_raise_an_item(tmp_path: Path) -> None:
    with Database.open(scanned(tmp_path / "db")) as database:
        everything = list(database.sightings("1"))
        raised = list(database.sightings("1", reportable_only=True))
    assert (len(everything), len(raised)) == (40, 30)
    assert [each for each in everything if each.match.reportable] == raised
    assert not any(each.viewed_by_human for each in everything)


def test_a_content_is_kept_once_per_case_and_a_copy_sighted_each_time(tmp_path: Path) -> None:
    first = result(1)
    sha256 = str(first.item.digests.sha256)
    copies = [
        ScanResult(replace(first.item, locator=f"copy {number}"), (match(number),))
        for number in range(5)
    ]
    with Database.open(tmp_path / "db") as database:
        for label in ("7", "8"):
            source = replace(SOURCE, label=label)
            with database.run(case="1", source=source, configuration=CONFIGURATION) as run:
                run.record(copies[:2])
                run.record(copies[2:])
        assert len(list(database.sightings("1"))) == 10
        with database.run(case="2", source=SOURCE, configuration=CONFIGURATION) as run:
            assert run.content(sha256) is None, "of another case"
            run.record(copies)
            assert run.content(sha256) is not None
        assert len(list(database.sightings("2"))) == 5
    connection = sqlite3.connect(tmp_path / "db")
    assert connection.execute("SELECT count(*) FROM contents").fetchone() == (2,)
    assert connection.execute("SELECT count(*) FROM pictures").fetchone() == (2,)
    connection.close()


def test_which_of_many_contents_a_case_has_on_record_is_told(tmp_path: Path) -> None:
    recorded = [each.item.digests.sha256 or "" for each in results(4)]
    others = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(1200)]
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            assert run.seen([*others, *recorded]) == []
            run.record(results(4))
            assert {*run.seen([*others, *recorded, *recorded])} == {*recorded} - {""}
            assert run.seen([]) == run.seen(others) == []
        with database.run(case="2", source=SOURCE, configuration=CONFIGURATION) as run:
            assert run.seen(recorded) == []


def test_hashes_are_used_again_only_if_they_would_be_the_same(tmp_path: Path) -> None:
    sha256 = result(1).item.digests.sha256
    assert sha256 is not None
    others: list[RunConfig] = [
        replace(CONFIGURATION, options={"algorithms": ["pdq"], "mode": "exact"}),
        replace(CONFIGURATION, hash_version="2"),
    ]
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            assert run.content(sha256) is None
            run.record(results(4))
            run.finish()
            damaged = result(3).item.digests.sha256 or ""
            assert run.content(damaged) is None
        for number, configuration in enumerate(others):
            source = replace(SOURCE, label=str(number))
            with database.run(case="1", source=source, configuration=configuration) as run:
                assert run.content(sha256) is None
        with database.run(case="2", source=SOURCE, configuration=CONFIGURATION) as run:
            assert run.content(sha256) is None
        again = replace(SOURCE, label="again")
        with database.run(case="1", source=again, configuration=CONFIGURATION) as run:
            assert run.content(sha256) == result(1).item.media


def test_of_decoders_that_do_not_agree_none_is_believed(tmp_path: Path) -> None:
    first = result(1)
    other = replace(first.item, locator="copy", media=picture(2))
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record([first, ScanResult(other)])
            run.record([ScanResult(replace(other, locator="third"))])
            assert run.content(first.item.digests.sha256 or "") is None
        hashes = [str(picture(number).hash) for number in (1, 2, 2)]
        assert [item.hash for item in database.items("1")] == hashes
        assert database._store.one("SELECT count(*) FROM pictures") == 2


def test_a_batch_is_recorded_whole_or_not_at_all(tmp_path: Path) -> None:
    wrong = [
        (ScanResult(Item("silent", 1, digests=Digests())), ValueError),
        (result(5), DatabaseError),
        (
            ScanResult(
                Item("x", 1, digests=result(1).item.digests, unreadable=Unreadable(Reason.DAMAGED))
            ),
            DatabaseError,
        ),
    ]
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record(results(10))
            for bad, error in wrong:
                with pytest.raises(error):
                    run.record([result(100), bad])
            assert run.position == 10
            assert not run.done(result(100).item.locator)
            assert run.summary() == tally(results(10))
            run.record([result(100)])
            assert run.position == 11
        assert database.verify().passed


def test_a_run_that_ended_takes_no_more(tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.finish()
            with pytest.raises(DatabaseError, match="has ended"):
                run.record(results(1))
            with pytest.raises(DatabaseError, match="has ended"):
                run.finish()
        assert database.case("1").runs[0].status == "done"


def test_a_report_sees_one_moment(tmp_path: Path) -> None:
    path = scanned(tmp_path / "db")
    with Database.open(path) as writer, Database.open(path, read_only=True) as reader:
        other = replace(SOURCE, label="8")
        with reader.snapshot():
            before = reader.case("1")
            with writer.run(case="1", source=other, configuration=CONFIGURATION) as run:
                run.record(results(10))
            assert reader.case("1") == before
            assert reader.summary("1").items == 100
        assert reader.summary("1").items == 110


def test_a_newer_scan_of_a_source_counts_once_it_is_done(tmp_path: Path) -> None:
    longer = replace(LIST, sha256=(*LIST.sha256, "cd" * 32), version="2027-01")
    newer = replace(CONFIGURATION, lists=(longer,))
    other = replace(CONFIGURATION, lists=(replace(LIST, name="other"),))
    found = results(20)
    with Database.open(scanned(tmp_path / "db", 20)) as database:
        sightings = list(database.sightings("1"))
        with database.run(case="1", source=SOURCE, configuration=other) as run:
            run.record([ScanResult(each.item) for each in found])
            run.finish()
        # Another list says nothing about the matches of the first.
        assert list(database.sightings("1")) == sightings
        with database.run(case="1", source=SOURCE, configuration=newer) as run:
            run.record([ScanResult(each.item) for each in found[:10]])
        assert list(database.sightings("1")) == sightings
        assert database.summary("1").items == 20
        with database.run(case="1", source=SOURCE, configuration=newer, resume=True) as run:
            run.record([ScanResult(found[10].item, (match(10, list_name="vic"),))])
            run.finish()
        # The newer scan speaks for what it read; eleven files are not in it.
        read = {each.item.locator for each in found[:11]}
        left = [each.match.number for each in sightings if each.item.locator not in read]
        assert [each.match.number for each in database.sightings("1")] == [*left, 10]
        assert len(list(database.sightings("1", every_scan=True))) == 1 + len(sightings)
        assert database.summary("1").items == 11
        assert [known.version for known in database.case("1").lists] == [
            *("2026-11", "2026-11", "2027-01")
        ]


def test_unknown_cases_are_named(tmp_path: Path) -> None:
    with Database.open(scanned(tmp_path / "db", 1)) as database:
        assert database.cases() == ("1",)
        for ask in (database.case, database.summary, database.items, database.sightings):
            with pytest.raises(UnknownNameError, match=r"no case 'x' .*; there is:\n  '1'"):
                ask("x")


def test_contents_on_record_are_found_however_many_come_at_once(tmp_path: Path) -> None:
    """The second exhibit has other names for the same 1,100 contents, and 100 further ones."""
    first = [hashed(number) for number in range(1100)]
    second = [hashed(number, f"copy {number}") for number in range(1200)]
    path = tmp_path / "record.db"
    with Database.open(path) as database:
        for label, found in (("a", first), ("b", second)):
            source = replace(SOURCE, label=label)
            with database.run(case="1", source=source, configuration=CONFIGURATION) as run:
                run.record(found)
                run.finish()
        assert not database.verify().problems
    with closing(sqlite3.connect(path)) as connection:
        counted = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("items", "contents", "pictures", "readings")
        ]
    assert counted == [2300, 1200, 1200, 4800]


def hashed(number: int, locator: str = "") -> ScanResult:
    """A picture that follows from a number."""
    item = Item(locator or str(number), number, digests=digests(number), media=picture(number, 4))
    return ScanResult(item, ())
