"""Everything on record matched again: the same as a scan from nothing, and nothing twice."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

import hashmatch as hm
from hashmatch.enrolment import enrol, enrolled_list
from hashmatch.errors import DamagedDatabaseError
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Match, MatchKind, Tier
from hashmatch.scanning.rematching import ERASED, MATCHED, REPLACED, rematch
from hashmatch.sightings.database import Database
from hashmatch.sightings.merging import merge
from hashmatch.sightings.rematching import Rematch
from hashmatch.sources.folder import Folder
from tests.support.clips import animation, clip
from tests.support.photos import encoded, photo
from tests.support.program import run

TIERS = (Tier.WHOLE, Tier.REGIONS)


def _card() -> Image.Image:
    """A picture of few colours."""
    random = np.random.default_rng(3)
    card = Image.new("RGB", (640, 480), tuple(random.integers(0, 256, 3).tolist()))
    for _ in range(9):
        x, y, wide, high = random.integers(20, 300, 4).tolist()
        card.paste(tuple(random.integers(0, 256, 3).tolist()), (x, y, x + wide, y + high))
    return card


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evidence, an index with two lists, a list that knows nothing of it, and a scan with that."""
    here = tmp_path_factory.mktemp("ground")
    originals, evidence = here / "originals", here / "evidence"
    originals.mkdir()
    evidence.mkdir()
    coffee, chelsea = photo("coffee"), photo("chelsea")
    (originals / "coffee.png").write_bytes(encoded(coffee, "PNG"))
    (originals / "film.mp4").write_bytes(clip(seconds=13.0))
    (originals / "moving.gif").write_bytes(animation("GIF"))
    (originals / "card.png").write_bytes(encoded(_card(), "PNG"))
    (originals / "chelsea.png").write_bytes(encoded(chelsea, "PNG"))
    (originals / "cut.jpg").write_bytes(encoded(photo("rocket"), "JPEG")[:40])

    shutil.copy(originals / "coffee.png", evidence / "a.png")
    shutil.copy(originals / "coffee.png", evidence / "copy-of-a.png")
    coffee.resize((500, 333)).save(evidence / "near.jpg", quality=70)
    ImageOps.mirror(coffee).save(evidence / "turned.jpg", quality=80)
    ImageOps.invert(coffee.convert("RGB")).save(evidence / "negative.png")
    page = Image.new("RGB", (coffee.width + 200, coffee.height + 500), (20, 20, 20))
    page.paste(coffee, (90, 300))
    page.save(evidence / "page.jpg", quality=88)
    _card().save(evidence / "card.jpg", quality=90)
    (evidence / "film.webm").write_bytes(clip("webm-vp9", seconds=13.0))
    shutil.copy(originals / "moving.gif", evidence)
    shutil.copy(originals / "chelsea.png", evidence / "harmless.png")
    shutil.copy(originals / "cut.jpg", evidence / "cut.jpg")
    (evidence / "note.txt").write_bytes(b"no picture")
    (evidence / "other.png").write_bytes(encoded(photo("astronaut"), "PNG"))

    notable = [each for each in enrol(Folder(originals)) if each.locator != "chelsea.png"]
    known = enrolled_list("LAB", notable)
    good = enrolled_list("good", [e for e in enrol(Folder(originals)) if "chelsea" in e.locator])
    digests = here / "digests.csv"
    lines = [hm.hash_item(evidence / name).digests.sha256 for name in ("note.txt", "cut.jpg")]
    digests.write_text("\n".join(["id,sha256", *(f"d{n},{each}" for n, each in enumerate(lines))]))
    with hm.Index.edit(here / "lab.index") as index:
        index.put(known)
        index.put(good, policy=hm.Policy(known_good=True))
        index.put(hm.read_list(digests))
    (here / "before.csv").write_text(f"id,pdq,quality\nx,{'5a' * 32},100\n")
    _scan(here, here / "before.sightings", here / "before.csv")
    _scan(here, here / "nothing.sightings", here / "lab.index")
    return here


def _scan(ground: Path, db: Path, against: Path, **how: Any) -> None:
    with Matcher(against, tiers=TIERS) as matcher:
        hm.scan(
            ground / "evidence", against=matcher, db=db, case="7", exhibit="e", workers=0, **how
        )


@pytest.fixture
def db(ground: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(ground / "before.sightings", tmp_path / "lab.sightings"))


def _rematch(ground: Path, db: Path, *, against: str = "lab.index", **how: Any) -> Any:
    with Database.open(db) as database, Matcher(ground / against) as matcher:
        return rematch(database, matcher, **how)


def _found(db: Path) -> list[tuple[str, Match]]:
    """Every sighting with all that is told of it, but where it is on record.

    How many codes of regions were tried is left out: slight cuts and turns are on no record.
    """
    with Database.open(db, read_only=True) as database:
        verdict = database.verify()
        assert verdict.passed, verdict.problems
        told = [
            (each.item.locator, replace(each.match, tried=0)) for each in database.sightings("7")
        ]
    return sorted(told, key=repr)


def test_the_same_is_found_as_by_a_scan_from_nothing(ground: Path, db: Path) -> None:
    done = _rematch(ground, db)
    found, nothing = _found(db), _found(ground / "nothing.sightings")
    assert found == nothing
    kinds = {(where, match.kind, match.known_good) for where, match in nothing}
    assert {kind for _, kind, _ in kinds} >= {
        MatchKind.EXACT, MatchKind.PERCEPTUAL, MatchKind.VIDEO
    }  # fmt: skip
    assert {where for where, *_ in kinds} == {
        path.name for path in (ground / "evidence").iterdir() if path.name != "other.png"
    }, "the material tries every way of matching"
    assert ("harmless.png", MatchKind.EXACT, True) in kinds
    assert any(match.tier is Tier.REGIONS for _, match in nothing)
    assert any(match.part == "flat-card" for _, match in nothing)
    assert done.new == len(found)
    with (
        Database.open(db, read_only=True) as one,
        Database.open(ground / "nothing.sightings", read_only=True) as two,
    ):
        assert one.summary("7") == two.summary("7"), "figures count what was found later"
        assert {each.rematch for each in one.sightings("7")} == {1}
        assert {each.rematch for each in two.sightings("7")} == {None}
        (record,) = one.case("7").rematches
        (scan,) = record.scans
        assert (scan.items, scan.sightings, scan.unreadable) == (13, done.new, 1)
        assert [known.name for known in record.lists] == ["LAB", "good", "digests"]
        assert set(record.facts) >= {"system", "indexes", "tiers"}


def test_again_finds_nothing_new(ground: Path, db: Path) -> None:
    _rematch(ground, db)
    before = _found(db)
    again = _rematch(ground, db)
    assert [why for _, why in again.skipped] == [MATCHED]
    # With another profile all is matched, and what is on record is not recorded again.
    with Database.open(db) as database, Matcher(ground / "lab.index", profile="wide") as matcher:
        wider = rematch(database, matcher)
    assert wider.total.repeated >= len(before)
    found = _found(db)
    assert len(found) == len(before) + wider.new
    keys = {(where, match.list_name, match.entry_id) for where, match in found}
    assert len(keys) == len(found)


def test_killed_in_the_middle_and_run_again_equals_once(
    ground: Path, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of two items at a time; it is stopped before, within and behind each transaction."""
    monkeypatch.setattr("hashmatch.sightings.rematching._PAGE", 2)
    record, finish = Rematch.record, Rematch.finish

    def dying(at: int, step: Callable[..., Any]) -> Callable[..., Any]:
        count = 0

        def stepping(*args: Any, **more: Any) -> Any:
            nonlocal count
            count += 1
            result = step(*args, **more)
            if count == at:
                raise KeyboardInterrupt
            return result

        return stepping

    steps = [("record", record, at) for at in (1, 3, 6)] + [("finish", finish, 1)]
    for name, step, at in steps:
        with monkeypatch.context() as patch:
            patch.setattr(Rematch, name, dying(at, step))
            with pytest.raises(KeyboardInterrupt):
                _rematch(ground, db)
    assert _found(db) == _found(ground / "nothing.sightings")
    assert [why for _, why in _rematch(ground, db).skipped] == [MATCHED]
    asked = iter([False, True])
    stopped = _rematch(ground, _fresh(ground, db), stop=lambda: next(asked))
    assert (stopped.interrupted, stopped.items) == (True, 2)


def _fresh(ground: Path, db: Path) -> Path:
    return Path(shutil.copy(ground / "before.sightings", db.with_name("fresh.sightings")))


def test_a_dry_run_records_nothing(ground: Path, db: Path) -> None:
    before = db.read_bytes()
    told: list[Any] = []
    with Database.open(db, read_only=True) as database, Matcher(ground / "lab.index") as matcher:
        done = rematch(database, matcher, record=False, on_found=told.append)
    assert db.read_bytes() == before
    assert (
        done.new == sum(len(each.new) for each in told) == len(_found(ground / "nothing.sightings"))
    )


def test_what_somebody_altered_is_not_matched(ground: Path, db: Path) -> None:
    """Hashes that were changed or taken away would match nothing, and nobody would be told."""
    with closing(sqlite3.connect(db)) as connection, connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE readings SET hash = zeroblob(length(hash))")
    with pytest.raises(DamagedDatabaseError, match=r"nothing was matched.*audit verify"):
        _rematch(ground, db)


def test_what_is_not_on_record_is_named_and_counted(ground: Path, db: Path, tmp_path: Path) -> None:
    known = tmp_path / "other.csv"
    known.write_text(f"id,phash-64\ny,{'5a' * 8}\n")
    with Database.open(db) as database, Matcher(known) as matcher:
        done = rematch(database, matcher)
    assert done.total.without == {"phash-64": done.total.hashed}
    with Database.open(db, read_only=True) as database:
        (record,) = database.case("7").rematches
    assert record.scans[0].without == done.total.without
    assert not record.scans[0].is_whole


def test_what_was_erased_or_replaced_stays_so(ground: Path, db: Path) -> None:
    _rematch(ground, db)
    with Database.open(db) as database:
        near = [each for each in database.sightings("7") if each.item.locator == "near.jpg"]
        court = {"order": "3 Gs 12", "why": "not covered", "by": "A. Meier"}
        database.erase([f"sighting:{near[0].id}"], **court)
    assert len(_found(db)) == len(_found(ground / "nothing.sightings")) - 1
    with Database.open(db) as database, Matcher(ground / "lab.index", profile="wide") as matcher:
        refused = rematch(database, matcher)
        assert [why for _, why in refused.skipped] == [ERASED]
        assert not refused.new
        again = rematch(database, matcher, despite_erasure=True)
        assert again.new >= 1
    _scan(ground, db, ground / "before.csv", rescan=True)
    with Database.open(db) as database:
        # Items that are gone are matched no more.
        item = next(each for each in database.items("7") if each.locator == "a.png")
        database.erase([f"item:{item.id}"], **court)
    done = _rematch(ground, db)
    assert [why for _, why in done.skipped] == [ERASED]
    assert not any(where == "a.png" for where, _ in _found(db))


def test_scans_that_a_later_one_replaces_are_passed_by(ground: Path, db: Path) -> None:
    words = ("--against", "before.csv", "--workers", "0", "--db", db, "--case", "7")
    how = ("--exhibit", "e", "--rescan", "--replace-earlier")
    assert run("scan", "evidence", *words, *how, folder=ground).returncode == 4
    done = _rematch(ground, db)
    assert [(scan.id, why) for scan, why in done.skipped] == [(1, REPLACED)]
    assert [scan.id for scan, _ in done.scans] == [2]


def test_a_merged_record_is_matched_in_its_own_chain(
    ground: Path, db: Path, tmp_path: Path
) -> None:
    """Rows of other databases get sightings that the chain of the merged one proves."""
    matched = Path(shutil.copy(ground / "before.sightings", tmp_path / "b.sightings"))
    _rematch(ground, matched)
    whole = tmp_path / "whole.sightings"
    merge([matched], whole, by="x")
    assert _found(whole) == _found(matched), "what was found elsewhere comes with its chain"
    with Database.open(whole, read_only=True) as database:
        assert {each.rematch for each in database.sightings("7")} == {1}
    empty = tmp_path / "empty.sightings"
    merge([db], empty, by="x")
    _rematch(ground, empty)
    assert _found(empty) == _found(ground / "nothing.sightings")
    # Both once more into one: their chains are kept, and their rows are not doubled.
    merge([matched], empty, by="x", options=_same())
    with Database.open(empty, read_only=True) as database:
        verdict = database.verify()
        assert verdict.passed, verdict.problems


def _same() -> Any:
    from hashmatch.sightings.merging_one import Options

    return Options(same_cases=frozenset({"7"}), same_exhibits=frozenset({"7/e"}))


def test_the_command_and_every_report_say_that_it_is_retroactive(ground: Path, db: Path) -> None:
    words = ("--db", db, "--against", "lab.index")
    done = run("rematch", *words, "--json", "--fail-on-match", folder=ground)
    assert done.returncode == 10, done.stderr
    *found, summary = map(json.loads, done.stdout.splitlines())
    assert {each["path"] for each in found} > {"a.png", "near.jpg"}
    assert summary["rematch"] == 1
    assert summary["new_sightings"] == len(_found(ground / "nothing.sightings"))
    assert run("rematch", *words, folder=ground).returncode == 4, "as the first: a file is unread"
    again = run("rematch", *words, "--fail-on-match", folder=ground)
    assert again.returncode == 10, "as the first: whoever lost its exit code runs it again"
    assert "no case 'x'" in run("rematch", *words, "--case", "x", folder=ground).stderr
    out = db.parent
    with Database.open(db, read_only=True) as database:
        for form in ("html", "json", "csv", "vics"):
            hm.write_report(database, "7", format=form, out=out / form)
            assert "retroactive" in (out / form).read_text("utf-8").casefold(), form
