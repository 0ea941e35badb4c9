"""What is kept of videos, entries, runs and labels, and what never is."""

import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.model import Grade, ItemStatus, MatchKind, ScanResult
from hashmatch.model.orientation import Orientation
from hashmatch.scanning.tally import tally
from hashmatch.sightings.database import Database
from hashmatch.sightings.scan_config import RunConfig, SourceSpec
from tests.support import unix
from tests.support.casework import add_casework, in_part
from tests.support.films import facts as facts_of
from tests.support.laboratories import scan
from tests.support.sighting_values import (
    CONFIGURATION,
    HOSTILE,
    SOURCE,
    batches,
    clip,
    digests,
    match,
    picture,
    result,
    results,
    scanned,
    video,
)


def test_a_video_and_its_segments_come_back_exactly(tmp_path: Path) -> None:
    first, second = clip(1), clip(2, frames=3)
    copied = ScanResult(replace(first.item, locator="copy"), first.matches)
    sha256 = str(first.item.digests.sha256)
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record([result(1), first, second])
            assert run.content(sha256) == first.item.media
            run.record([copied])
            run.record(results(3, 2))
            assert run.content(str(result(1).item.digests.sha256)) == picture(1)
            run.finish()
        assert database._store.one("SELECT count(*) FROM videos") == 2
        assert database._store.one("SELECT count(*) FROM frames") == 15
        items = list(database.items("1"))
        seen = list(database.sightings("1"))
        (source,) = database.case("1").sources
        assert database.verify().problems == ()
    assert [each.match for each in seen] == [*first.matches, *second.matches, *copied.matches]
    back = seen[0].match.segments[0]
    assert (type(back.grade), type(back.orientation)) == (Grade, Orientation)
    assert (source.videos, source.hashed) == (3, 6)
    facts = {item.locator: item for item in items}
    assert seen[0].item == facts[first.item.locator]
    told = facts[first.item.locator]
    assert (told.is_video, told.codec, told.sampling) == (True, "h264", "query")
    assert (told.duration, told.frames, told.damaged) == (facts_of(video(1)).duration, 360, 2)
    assert (told.hash, told.quality) == ("", None)
    plain = facts[result(1).item.locator]
    assert (plain.is_video, plain.codec, plain.sampling, plain.frames) == (False, "", None, 1)
    assert facts[result(3).item.locator].frames == 0


def test_circulation_shows_videos_too(tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record([clip(1), result(5)])
        found = database._store.execute("SELECT entry, case_name, label, kind FROM circulation")
    assert found == [
        ("entry-1", "1", "exhibit 7", "video"),
        ("entry-5", "1", "exhibit 7", "perceptual"),
        ("entry-5", "1", "exhibit 7", "perceptual"),
    ]


def test_what_an_entry_says_is_kept_once(tmp_path: Path) -> None:
    told = match(
        1,
        entry_hash="pdq:" + "5a" * 32,
        entry_digests=digests(77),
        details={"series": "x", "odd": [float("nan"), -float("inf")], "deep": {"k": None}},
    )
    other = replace(told, list_sha256="cd" * 32)
    found = [replace(result(1), matches=(told,)), replace(result(2), matches=(told, other))]
    more = [replace(result(4), matches=(told, replace(told, entry_hash="pdq:" + "00" * 32)))]
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record(found)
            run.record(more)
        seen = [each.match for each in database.sightings("1")]
        assert database.verify().problems == ()
    # JSON has no numbers like these: they become their words.
    said = {**told.details, "odd": ["NaN", "-Infinity"]}
    matches = [each for one in (*found, *more) for each in one.matches]
    assert seen == [replace(each, details=said) for each in matches]
    connection = sqlite3.connect(tmp_path / "db")
    (kept,) = connection.execute("SELECT count(*) FROM entries").fetchone()
    connection.execute("DROP TRIGGER entries_no_update")
    connection.execute("""UPDATE entries SET details = '{"series":"y"}' WHERE id = 2""")
    connection.commit()
    connection.close()
    assert kept == 2
    with Database.open(tmp_path / "db", read_only=True) as database:
        assert ("entries", 2, "was altered") in [
            (each.table, each.row, each.what) for each in database.verify().problems
        ]


def test_a_run_says_of_how_many_files(tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.expect(5_300)
            run.record(results(20))
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run:
            assert run.expected is None
            run.record(results(20, 20))
        assert [(each.expected, each.position) for each in database.case("1").runs] == [
            (5_300, 20),
            (None, 40),
        ]
        assert database.verify().passed
    connection = sqlite3.connect(tmp_path / "db")
    connection.execute("DROP TRIGGER runs_expect_once")
    connection.execute("UPDATE runs SET expected = 20")
    connection.commit()
    connection.close()
    with Database.open(tmp_path / "db", read_only=True) as database:
        problems = database.verify().problems
    assert [each.what for each in problems] == [
        "the trigger runs_expect_once is missing",
        *["was altered: expected"] * 2,
    ]


def test_a_run_says_once_of_how_many_files(tmp_path: Path) -> None:
    with (
        Database.open(tmp_path / "db") as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run,
    ):
        run.expect(20)
        run.expect(20)
        with pytest.raises(ValueError, match="expects 20 files already"):
            run.expect(21)
        assert database.verify().rows == 3


def test_no_table_holds_a_picture(tmp_path: Path) -> None:
    scanned(tmp_path / "db")
    with (
        Database.open(tmp_path / "db") as database,
        database.run(case="2", source=SOURCE, configuration=CONFIGURATION) as run,
    ):
        told = match(1, entry_digests=digests(77), entry_hash="pdq:" + "5a" * 32)
        run.record([in_part(replace(result(1), matches=(told,)))])
    with Database.open(tmp_path / "db") as database:
        add_casework(database)
    connection = sqlite3.connect(tmp_path / "db")
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    blobs = {}
    for (table,) in tables:
        for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({table})").fetchall():
            if kind == "BLOB":
                sql = f"SELECT max(length({column})) FROM {table}"  # noqa: S608 (our names)
                (blobs[table, column],) = connection.execute(sql).fetchone()
    connection.close()
    assert blobs == {
        ("contents", "sha256"): 32,
        ("contents", "sha1"): 20,
        ("contents", "md5"): 16,
        ("entries", "sha256"): 32,
        ("entries", "sha1"): 20,
        ("entries", "md5"): 16,
        ("readings", "hash"): 32,
        ("frames", "hash"): 32,
        # One hash for each turn of a part of a picture.
        ("regions", "codes"): 8 * 32,
        ("erased", "sha256"): 32,
        ("imports", "sha256"): 32,
        ("events", "sha256"): 32,
        ("events", "sha1"): 20,
        ("events", "md5"): 16,
    }


def test_labels_and_paths_may_hold_anything(tmp_path: Path) -> None:
    source = SourceSpec('"7"', "fol\0der", HOSTILE, {"na\udcffme": "\udcfe"})
    with Database.open(tmp_path / "db") as database:
        with database.run(case=HOSTILE, source=source, configuration=CONFIGURATION) as run:
            for batch in batches(results(10), 4):
                run.record(batch)
        assert database.cases() == (HOSTILE,)
        (back,) = database.case(HOSTILE).sources
        assert (back.label, back.kind, back.path) == (source.label, source.kind, source.path)
        assert back.identity == source.identity
        assert database.verify().passed


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no sizes of files")
def test_a_disk_that_is_full_at_the_very_end_takes_nothing_back(tmp_path: Path) -> None:

    path = tmp_path / "db"
    found = results(300)
    soft, hard = unix.resource().getrlimit(unix.resource().RLIMIT_FSIZE)
    with Database.open(path) as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record(found[:290])
            run._store.checkpoint()
            run.record(found[290:])
            log = path.with_name("db-wal")
            assert 0 < log.stat().st_size < path.stat().st_size
            # The end fits into the log; the log does not fit into the file.
            unix.resource().setrlimit(unix.resource().RLIMIT_FSIZE, (path.stat().st_size, hard))
            try:
                run.finish()
            finally:
                unix.resource().setrlimit(unix.resource().RLIMIT_FSIZE, (soft, hard))
            assert log.stat().st_size > 0
        assert database.case("1").runs[0].status == "done"
        assert database.summary("1") == tally(found)
        assert database.verify().passed


def test_hashes_are_used_again_only_where_they_would_be_the_same(tmp_path: Path) -> None:
    """Not in a rescan, with other versions of decoders, nor where two decodings did not agree."""
    seen = result(1)
    sha256 = str(seen.item.digests.sha256)
    other = replace(CONFIGURATION, decoders={"pillow": "12.0"})
    with Database.open(tmp_path / "db") as database:

        def known(
            label: str, configuration: RunConfig, *given: ScanResult, rescan: bool = False
        ) -> bool:
            source = replace(SOURCE, label=label)
            with database.run(
                case="1", source=source, configuration=configuration, rescan=rescan
            ) as run:
                found = run.content(sha256) is not None
                run.record(given)
                run.finish()
            return found

        assert not known("1", CONFIGURATION, seen)
        assert known("2", CONFIGURATION)
        assert not known("1", CONFIGURATION, seen, rescan=True)
        assert known("3", CONFIGURATION)
        assert not known("4", other, seen)
        assert known("5", other)
        forged = replace(seen, item=replace(seen.item, media=picture(9)))
        assert not known("1", CONFIGURATION, forged, rescan=True)
        assert not known("6", CONFIGURATION)
        assert known("7", other)
        assert database.verify().passed


def test_sizes_of_sparse_files_add_up_beyond_64_bits(tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            made = [result(number) for number in range(3)]
            vast = [replace(each, item=replace(each.item, size=2**63 - 7)) for each in made]
            run.record(vast)
            run.finish()
        assert database.summary("1").bytes == 3 * (2**63 - 7)


def test_a_file_with_a_match_does_not_count_as_harmless_too(tmp_path: Path) -> None:
    """As where a known-good list says no more than an MD5, which proves nothing."""
    exact = match(1, kind=MatchKind.EXACT, algorithm="md5", distance=0, known_good=True)
    both = replace(result(1), matches=(exact, match(2)))
    harmless = replace(result(2), matches=(exact,))
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record([both, harmless])
            run.finish()
        seen = database.summary("1")
        assert (seen.matched, seen.known_good) == (1, 1)
        assert seen == tally([both, harmless])
        assert database.verify().passed


def test_items_that_were_read_completely_can_be_left_out(tmp_path: Path) -> None:
    path = scan(tmp_path / "lab", case="1", exhibit="1", numbers=range(60))
    with Database.open(path, read_only=True) as database:
        every = list(database.items("1"))
        partly = [each for each in every if each.reason]
        assert 0 < len(partly) < len(every)
        assert list(database.items("1", in_part=True)) == partly
        hashed = [each for each in partly if each.status is ItemStatus.HASHED]
        assert hashed
        assert list(database.items("1", status="hashed", in_part=True)) == hashed
