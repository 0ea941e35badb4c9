"""A scan goes on exactly where it stopped, with what it was begun with, or says what differs."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.errors import DatabaseBusyError, DatabaseError, ResumeError
from hashmatch.index.reading import KnownList
from hashmatch.profiles import STRICT, Policy
from hashmatch.scanning.tally import tally
from hashmatch.sightings import places
from hashmatch.sightings.database import Database
from hashmatch.sightings.scan_config import RunConfig, SourceSpec, in_words, list_record
from hashmatch.sightings.store import Store
from tests.support.known_lists import entry, hash_list
from tests.support.sighting_values import (
    CONFIGURATION,
    LIST,
    SOURCE,
    batches,
    result,
    results,
    scanned,
)


def start(
    database: Database,
    *,
    source: SourceSpec = SOURCE,
    configuration: RunConfig = CONFIGURATION,
    resume: bool = False,
    rescan: bool = False,
) -> tuple[int, int]:
    """Start and end a run: its id and how many items it found on record."""
    with database.run(
        case="1", source=source, configuration=configuration, resume=resume, rescan=rescan
    ) as run:
        return run.id, run.position


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A database of one scan that stopped after 40 items."""
    path = tmp_path / "db"
    with (
        Database.open(path) as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run,
    ):
        for batch in batches(results(40)):
            run.record(batch)
    return path


def actions(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT action FROM audit ORDER BY seq").fetchall()
    connection.close()
    return [action for (action,) in found]


def test_a_scan_goes_on_where_it_stopped(stopped: Path) -> None:
    found = results(100)
    with (
        Database.open(stopped) as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run,
    ):
        assert run.position == 40
        left = [each for each in found if not run.done(each.item.locator)]
        assert left == found[40:]
        assert run.summary() == tally(found[:40])
        run.record(left)
        run.finish()
    with Database.open(stopped) as database:
        assert database.summary("1") == tally(found)
        first, second = database.case("1").runs
        assert (first.status, second.status, second.resumed) == ("interrupted", "done", first.id)
        assert first.fingerprint == second.fingerprint
        assert database.verify().passed
    assert actions(stopped) == [
        *("creation", "start", "batch", "batch", "batch", "end", "resume", "batch", "end")
    ]


def test_items_on_record_are_found_in_any_order(stopped: Path) -> None:
    found = results(60)
    with (
        Database.open(stopped) as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run,
    ):
        for order in (found[::-1], found[::3], found):
            for each in order:
                assert run.done(each.item.locator) == (each in found[:40])


def test_items_on_record_are_passed_by_without_looking_each_up(
    stopped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_PAGE", 7)
    with (
        Database.open(stopped) as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run,
    ):
        with monkeypatch.context() as nothing:
            nothing.setattr(Store, "one", None)
            assert all(run.done(each.item.locator) for each in results(40))
        assert run._expected is None


def test_an_exception_interrupts(tmp_path: Path) -> None:
    def broken(database: Database) -> None:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record(results(5))
            raise KeyboardInterrupt

    with Database.open(tmp_path / "db") as database:
        with pytest.raises(KeyboardInterrupt):
            broken(database)
        assert database.case("1").runs[0].status == "interrupted"
        assert start(database, resume=True) == (2, 5)


CHANGES: dict[str, tuple[Callable[[], dict[str, object]], str, str, str]] = {
    "threshold": (
        lambda: {"configuration": replace(CONFIGURATION, profile=STRICT)},
        "profile.thresholds.pdq",
        "31",
        "22",
    ),
    "option": (
        lambda: {"configuration": replace(CONFIGURATION, options={"algorithms": ["pdq"]})},
        "options.mode",
        "fast",
        "nothing",
    ),
    "hashing": (
        lambda: {"configuration": replace(CONFIGURATION, hash_version="2")},
        "hashing",
        "1",
        "2",
    ),
    "file of a list": (
        lambda: {
            "configuration": replace(CONFIGURATION, lists=(replace(LIST, sha256=("c" * 64,)),))
        },
        "lists.vic.files",
        "abababababababab…",
        "cccccccccccccccc…",
    ),
    "entries withdrawn": (
        lambda: {"configuration": replace(CONFIGURATION, lists=(replace(LIST, entries=999),))},
        "lists.vic.entries",
        "1000",
        "999",
    ),
    "policy": (
        lambda: {"configuration": replace(CONFIGURATION, lists=(replace(LIST, policy={}),))},
        "lists.vic.policy.thresholds.pdq",
        "20",
        "nothing",
    ),
    "a further list": (
        lambda: {"configuration": replace(CONFIGURATION, lists=(LIST, LIST))},
        "lists.vic (2).entries",
        "nothing",
        "1000",
    ),
    "path": (
        lambda: {"source": replace(SOURCE, path="/mnt")},
        "source.path",
        "/evidence/7",
        "/mnt",
    ),
    "identity": (
        lambda: {"source": replace(SOURCE, identity={"volume": "0000-0000"})},
        "source.identity.volume",
        "1234-ABCD",
        "0000-0000",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_resume_that_differs_is_refused_and_says_how(stopped: Path, change: str) -> None:
    make, field, was, now = CHANGES[change]
    changed = make()
    with Database.open(stopped) as database:
        for resume in (True, False):
            with pytest.raises(ResumeError) as caught:
                start(database, resume=resume, **changed)  # type: ignore[arg-type]
            assert (field, was, now) in caught.value.differences
            assert f"{in_words(field)}: {was} → {now}" in str(caught.value)
            assert "profile." not in str(caught.value)
            assert "after 40 items" in str(caught.value)
        assert len(database.case("1").runs) == 1
        assert start(database, resume=True) == (2, 40)
        assert start(database, rescan=True, **changed) == (3, 0)  # type: ignore[arg-type]
        assert database.verify().passed
    assert actions(stopped).count("refusal") == 2


def test_order_of_lists_and_words_about_a_profile_do_not_matter(tmp_path: Path) -> None:
    other = replace(LIST, name="other")
    one = replace(CONFIGURATION, lists=(LIST, other))
    same = replace(
        CONFIGURATION,
        lists=(other, LIST),
        profile=replace(CONFIGURATION.profile, source="said otherwise"),
        command="hashmatch scan --resume",
        libraries={},
    )
    with Database.open(tmp_path / "db") as database:
        start(database, configuration=one)
        assert start(database, configuration=same, resume=True) == (2, 0)


def test_a_scan_that_stopped_is_not_silently_begun_anew(stopped: Path) -> None:
    with Database.open(stopped) as database:
        with pytest.raises(ResumeError, match="stopped after 40 items: resume it"):
            start(database)
        assert start(database, rescan=True) == (2, 0)


def test_a_scan_that_is_done_says_so(tmp_path: Path) -> None:
    with Database.open(scanned(tmp_path / "db")) as database:
        for resume in (True, False):
            done = r"already scanned completely .*, with 100 items on record; --rescan"
            with pytest.raises(ResumeError, match=done):
                start(database, resume=resume)
        wider = replace(CONFIGURATION, profile=STRICT)
        with pytest.raises(ResumeError, match=r"use another label .*, or start without resuming"):
            start(database, configuration=wider, resume=True)
        assert start(database, configuration=wider) == (2, 0)
        assert start(database, rescan=True) == (3, 0)


def test_a_label_means_one_piece_of_evidence(tmp_path: Path) -> None:
    elsewhere = replace(SOURCE, path="/mnt/7")
    unknown = replace(SOURCE, identity={})
    with Database.open(scanned(tmp_path / "db")) as database:
        assert start(database, source=elsewhere)[1] == 0
        assert start(database, source=elsewhere, rescan=True)[1] == 0
    for source in (
        replace(SOURCE, identity={"volume": "0000-0000"}),
        replace(unknown, path="/mnt/7"),
    ):
        with Database.open(scanned(tmp_path / f"db {len(source.path)}")) as database:
            with pytest.raises(ResumeError, match=r"use another label .*, or rescan"):
                start(database, source=source)
            assert start(database, source=replace(source, label="8"))[1] == 0
            assert start(database, source=source, rescan=True)[1] == 0


def test_a_source_is_scanned_by_one_process_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "db"
    with Database.open(path) as one, Database.open(path) as other:
        with one.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            for resume, rescan in ((False, False), (True, False), (False, True)):
                with pytest.raises(DatabaseBusyError, match="scanning this source right now"):
                    start(other, resume=resume, rescan=rescan)
            run.record(results(3))
            start(other, source=replace(SOURCE, label="8"))
        assert start(other, resume=True)[1] == 3
        assert other.verify().passed


def test_a_run_that_was_taken_over_records_no_more(tmp_path: Path) -> None:
    path = tmp_path / "db"
    with Database.open(path) as one, Database.open(path) as other:
        with one.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record(results(3))
            # Another machine on the same share does not see the lock.
            (path.parent / "db-source-1.lock").unlink()
            with other.run(
                case="1", source=SOURCE, configuration=CONFIGURATION, resume=True
            ) as second:
                with pytest.raises(DatabaseError, match="took it over"):
                    run.record([result(3)])
                second.record([result(3)])
                with pytest.raises(DatabaseError, match="took it over"):
                    run.finish()
                second.finish()
            run._ended = True
        assert other.summary("1") == tally(results(4))
        assert other.verify().passed


def test_lists_in_force_go_on_record() -> None:
    known = KnownList.of(
        hash_list([entry(1), entry(2)]),
        policy=Policy(known_good=True, categories={"2": Policy(thresholds={"pdq": 10})}),
    )
    record = list_record(known)
    assert (record.name, record.entries, record.known_good) == ("lab", 2, True)
    assert record.sha256 == (known.sources[0].sha256,)
    assert json.loads(json.dumps(record.policy))["categories"]["2"]["thresholds"] == {"pdq": 10}


def test_what_was_never_begun_is_not_resumed(tmp_path: Path, stopped: Path) -> None:
    other = replace(SOURCE, label="exhibit 8")
    with Database.open(stopped) as database:
        with pytest.raises(ResumeError, match="nothing to resume") as refused:
            start(database, source=other, resume=True)
        assert f"  case '1', exhibit {SOURCE.label!r}: stopped" in str(refused.value).splitlines()
        assert [source.label for source in database.case("1").sources] == [SOURCE.label]
        assert actions(stopped)[-1] == "refusal"
        assert start(database, resume=True) == (2, 40)
        assert database.verify().passed
    with Database.open(tmp_path / "new") as database:
        with pytest.raises(ResumeError, match="No scan is on record at all"):
            start(database, resume=True)
        assert database.cases() == ()


def test_nothing_is_left_beside_the_database(tmp_path: Path) -> None:
    path = scanned(tmp_path / "db")
    assert [each.name for each in tmp_path.iterdir()] == ["db"]
    before = path.read_bytes(), path.stat().st_mtime_ns
    for _ in range(2):
        with Database.open(path, read_only=True) as database:
            assert database.verify().passed
        assert [each.name for each in tmp_path.iterdir()] == ["db"]
        assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_difference_is_said_in_words() -> None:
    assert in_words("profile.thresholds.phash-64") == "threshold of phash-64 in bits"
    assert in_words("source.path") == "path of the evidence"
    assert in_words("lists.vic.us.json.known good") == "hash list vic.us.json, known good"
    assert in_words("profile.video.minimum_quality") == "rule for videos, minimum quality"
