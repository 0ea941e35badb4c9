"""What a court orders to erase is gone from the file; that it was there, and by whom, is not."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashmatch.errors import DatabaseBusyError, ErasedError, ResumeError, UnknownNameError
from hashmatch.model import Locator, Place, ScanResult
from hashmatch.model.event import Event, QuarantinedRow
from hashmatch.model.locator import File, Member, Step
from hashmatch.sightings.database import Database
from hashmatch.sightings.rows import ERASABLE, EVERY
from tests.support.casework import METADATA, UNIT, add_casework, event, in_part
from tests.support.forgeries import Forger
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests, match, result, results

ORDER = {"order": "3 Gs 12/26", "why": "not covered by the warrant", "by": "A. Meier"}
TELLING = "holiday-photograph-of-somebody"


def _secret(number: int = 1001) -> ScanResult:
    """An item whose every text says the same."""
    found = result(number)
    seen = match(77, entry_id=TELLING, entry_digests=digests(77), details={"series": TELLING})
    item = replace(found.item, locator=f"/evidence/{TELLING}.jpg", original_name=f"x/{TELLING}")
    return replace(found, item=replace(item, metadata=(("owner", TELLING),)), matches=(seen,))


def _recorded(path: Path, *found: ScanResult, case: str = "1", rescan: bool = False) -> None:
    with (
        Database.open(path) as database,
        database.run(case=case, source=SOURCE, configuration=CONFIGURATION, rescan=rescan) as run,
    ):
        run.record(found)
        run.finish()


def _bytes(path: Path) -> bytes:
    """All that lies in the file and beside it."""
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))


def _item(database: Database, locator: str) -> int:
    found = database.store.one("SELECT id FROM items WHERE locator LIKE ?", (f"%{locator}%",))
    return int(found)


def test_nothing_of_an_item_is_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "db"
    found = results(300, 2000)
    # Rows are written before and behind it: pages that hold it are split, and moved cells stay in
    # their free space, unless SQLite was built to overwrite it.
    with Database.open(path) as database:
        database.store.execute("PRAGMA secure_delete = OFF")
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            for number in range(0, 300, 30):
                more = [_secret()] if number == 60 else []
                run.record([*found[number : number + 30], *more])
            run.finish()
    secret = _secret().item.digests
    texts = [TELLING.encode(), bytes.fromhex(str(secret.sha256)), bytes.fromhex(str(secret.md5))]
    hashed = _secret().item.media
    assert hashed is not None
    texts += [each.hash.value for each in hashed.readings]
    assert all(text in _bytes(path) for text in texts)
    with Database.open(path) as database:
        before = database.verify()
        planned = database.plan_erasure([f"item:{_item(database, TELLING)}"])
        assert database.verify() == before
        done, _ = database.erase([f"item:{_item(database, TELLING)}"], **ORDER)
        assert done.rows == planned.rows
        # Of the entry nothing else was a sighting.
        assert done.rows == {
            **dict.fromkeys(("contents", "entries", "items", "metadata", "original_names"), 1),
            **dict.fromkeys(("pictures", "sighted", "sightings"), 1),
        }
        assert (done.order, done.by, done.why) == (ORDER["order"], ORDER["by"], ORDER["why"])
        after = database.verify()
        assert after.passed
        # What was handed out before is part of the chain still.
        assert database.verify(head=before.head).passed
        assert any("erased by order" in each.what for each in after.remarks)
        assert [text for text in texts if text in _bytes(path)] == []
        (told,) = database.case("1").erasures
        assert told.rows["items"] == 1
    assert [text for text in texts if text in _bytes(path)] == []
    assert not path.with_name("db-wal").exists()


def test_every_kind_of_row_can_be_erased_and_proved(tmp_path: Path) -> None:
    """A whole case, with rows in every table; other cases stay as they were."""
    path = tmp_path / "db"
    inside = Place(locator=Locator((File("a.zip"), Member("zip", 1, "b.jpg"))))
    found = [replace(each, item=replace(each.item, metadata=METADATA)) for each in results(12)]
    found = [*map(in_part, found)]
    found[2] = replace(found[2], item=replace(found[2].item, place=inside, original_name="D/a"))
    _recorded(path, *found)
    _recorded(path, *results(5), case="other")
    with Database.open(path) as database:
        add_casework(database)
        database.record_viewed([1], by="A. Meier", why="identification")
        others = [*database.sightings("other")]
        done, _ = database.erase(["case:1"], **ORDER)
        tables = {kind.table for kind in ERASABLE} - {"volumes", "unread_ranges", "videos"}
        assert {*done.rows} >= tables - {"entries", "sighted"}
        assert done.rows["viewings"] == 1
        assert database.verify().passed
        assert [*database.sightings("1"), *database.items("1"), *database.events("1")] == []
        assert [*database.sightings("other")] == others
        assert [source.items for source in database.case("1").sources] == [0]
        # Numbers are not given again.
        last = database.store.one("SELECT max(number) FROM erased WHERE kind = 'events'")
        unit = replace(UNIT, sha256="ef" * 32)
        database.record_import(unit, [event(50)], case="1", exhibit="return 1")
        assert database.store.one("SELECT max(id) FROM events") > last - 1
        assert database.verify().passed
    _recorded(path, *results(3), rescan=True)
    with Database.open(path) as database:
        assert database.verify().passed
        assert len([*database.items("1")]) == 3


@pytest.mark.parametrize("things", [["import:1"], ["exhibit:1/return 1"], ["case:1"]])
def test_an_erased_unit_is_not_imported_again(tmp_path: Path, things: list[str]) -> None:
    """Whatever it is called then, and into whichever case; others are."""
    no_time = QuarantinedRow(where="row 3", reason="no time")
    records: list[Event | QuarantinedRow] = [event(1), event(2, name="café"), no_time]
    empty = replace(UNIT, sha256="cd" * 32)
    with Database.open(tmp_path / "db") as database:
        database.record_import(UNIT, records, case="1", exhibit="return 1")
        database.record_import(empty, records[2:], case="1", exhibit="return 1")
        last = 1 if things == ["import:1"] else 2
        database.erase(things, **ORDER)
        rows = [*database.store.execute("SELECT count(*), max(seq) FROM audit")]
        for case, name in (("1", "tip.xml"), ("2", "other.xml")):
            again = replace(UNIT, name=name, sha256="0" * 64)
            with pytest.raises(ErasedError, match="erased by order 3 Gs 12/26"):
                database.record_import(again, iter(records), case=case, exhibit="return 1")
        if last > 1:
            with pytest.raises(ErasedError):
                database.record_import(empty, records[2:], case="1", exhibit="return 1")
        assert [*database.store.execute("SELECT count(*), max(seq) FROM audit")] == rows
        other = replace(UNIT, sha256="ef" * 32)
        assert not database.record_import(other, [event(7)], case="1", exhibit="return 1").notes
        found = database.record_import(
            UNIT, records, case="1", exhibit="return 1", despite_erasure=True
        )
        assert (found.events, found.known) == (2, False)
        assert found.notes[0].startswith("recorded again, though erased by order 3 Gs 12/26")
        assert database.verify().passed
        # It is on record now: nothing is to be said when it comes once more.
        assert database.record_import(UNIT, records, case="1", exhibit="return 1").known


def test_what_shares_bytes_stays_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "db"
    copy = replace(result(5), item=replace(result(5).item, locator="copy.jpg"))
    _recorded(path, result(5), copy, result(2))
    _recorded(path, result(5), case="2")
    with Database.open(path) as database:
        entry = database.sighting(1).match
        known = ((entry.list_name, entry.entry_id),)
        named = [event(1, digests=digests(5)), event(2, digests=digests(2))]
        named.append(event(3, digests=digests(3), entries=known))
        database.record_import(UNIT, named, case="3", exhibit="tip")
        done, planned = database.erase(["item:1"], **ORDER)
        assert "contents" not in done.rows
        assert planned.elsewhere == (
            "item 2, 4: of the same bytes",
            "event 1: with a digest of the same bytes",
            "event 3: of an entry that was seen there",
        )
        with pytest.raises(UnknownNameError, match="not on record any more"):
            database.erase(["item:1"], **ORDER)
        done, planned = database.erase(["item:2", "item:4", "event:1"], **ORDER)
        assert (done.rows["contents"], done.rows["events"]) == (2, 1)
        assert planned.elsewhere == ("event 3: of an entry that was seen there",)
        assert database.verify().passed
        left = [each.digests.md5 for _, each in database.events("3")]
        assert left == [digests(2).md5, digests(3).md5]


def test_an_archive_goes_with_what_lies_in_it_in_all_scans(tmp_path: Path) -> None:
    path = tmp_path / "db"
    above = replace(result(5), item=replace(result(5).item, locator="a%.zip"))
    steps: tuple[Step, ...] = (File("a%.zip"), Member("zip", 1, "b.zip"))
    middle = replace(result(6), item=replace(result(6).item, place=Place(locator=Locator(steps))))
    steps = (*steps, Member("zip", 2, "c.jpg"))
    below = replace(result(7), item=replace(result(7).item, place=Place(locator=Locator(steps))))
    found = [below, middle, above, result(8)]
    _recorded(path, *found)
    _recorded(path, *found, rescan=True)
    with Database.open(path) as database:
        done, _ = database.erase(["item:3"], **ORDER)
        assert done.rows["items"] == 6
        assert database.verify().passed
        left = [row[0] for row in database.store.execute("SELECT id FROM items")]
        assert left == [4, 8]


def test_a_scan_of_which_items_were_erased_is_not_resumed(tmp_path: Path) -> None:
    path = tmp_path / "db"
    with (
        Database.open(path) as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run,
    ):
        run.record(results(4))
        with pytest.raises(DatabaseBusyError), Database.open(path) as other:
            other.erase(["item:2"], **ORDER)
    with Database.open(path) as database:
        database.erase(["item:2"], **ORDER)
        with (
            pytest.raises(ResumeError, match="erased by order of a court"),
            database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True),
        ):
            pass
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, rescan=True) as run:
            run.record(results(4))
            run.finish()
        assert database.verify().passed


def test_a_medoid_takes_its_cluster_and_others_are_clustered_anew(tmp_path: Path) -> None:
    from hashmatch.tracing.updating import update
    from tests.tracing.test_links import picture, scan

    with Database.open(tmp_path / "db") as database:
        scan(database, "1", "phone", [(1, picture(1), None), (2, picture(9), None)])
        scan(database, "2", "card", [(3, picture(1, 4), None), (4, picture(1, 6), None)])
        assert update(database) == 4
        assert database.plan_erasure(["item:3"]).elsewhere == (
            "2 near-duplicates in the same cluster",
        )
        done, _ = database.erase(["item:1"], **ORDER)
        assert done.rows["cluster_members"] == 3
        assert update(database) == 2
        assert update(database) == 0
        rows = database.store.execute("SELECT id, cluster_id, picture_id FROM cluster_members")
        assert rows == [(2, 2, 2), (5, 5, 3), (6, 5, 4)]
        assert database.verify().passed


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("erased") / "db"
    _recorded(path, *results(6))
    with Database.open(path) as database:
        database.record_viewed([1, 2], by="A. Meier", why="identification")
        done, _ = database.erase(["item:2", "sighting:1"], **ORDER)
        assert done.rows["viewings"] > 0
        assert database.verify().passed
    return path


def _without_tombstone(forger: Forger) -> None:
    forger("DELETE FROM items WHERE id = 4")


def _said_there(forger: Forger) -> None:
    forger("DELETE FROM erased WHERE kind = 'items'")


def _of_another_row(forger: Forger) -> None:
    forger("UPDATE erased SET sha256 = zeroblob(32) WHERE kind = 'items'")


def _planted(forger: Forger) -> None:
    """A row is removed, and a tombstone put in its place that no audit row tells of."""
    forger("DELETE FROM items WHERE id = 4")
    forger(
        "INSERT INTO erased SELECT max(id) + 1, 1, 'items', 4, 1, 1, 0, zeroblob(32) FROM erased"
    )


def _forged(forger: Forger) -> None:
    """The same, and a row behind the chain tells of it in the right form."""
    _planted(forger)
    ((number,),) = forger.all("SELECT max(id) FROM erased")
    sealed = {"erased": {"first": number, **forger.units("erased", number, number)}}
    forger.append("erasure", {"erasure": 1, "rows": {}, "units": sealed})


def _still_there(forger: Forger) -> None:
    """A tombstone of a row that is on record, with its own digest, told in the right form."""
    store_rows = forger.units("items", 4, 4)
    forger(
        "INSERT INTO erased SELECT max(id) + 1, 1, 'items', 4, 1, 1, 0, ? FROM erased",
        bytes.fromhex(store_rows["sha256"]),
    )
    ((number,),) = forger.all("SELECT max(id) FROM erased")
    sealed = {"erased": {"first": number, **forger.units("erased", number, number)}}
    forger.append("erasure", {"erasure": 1, "rows": {}, "units": sealed})


def _other_order(forger: Forger) -> None:
    forger("UPDATE erasures SET court_order = 'another'")


def _put_back(forger: Forger) -> None:
    forger("INSERT INTO viewings VALUES (1, 3, '2026-01-01T00:00:00.000+00:00', 'x', 'y')")


@pytest.mark.parametrize(
    "act",
    [
        *(_without_tombstone, _said_there, _of_another_row, _planted, _forged, _still_there),
        *(_other_order, _put_back),
    ],
)
def test_forged_and_missing_tombstones_are_found(
    erased: Path, tmp_path: Path, act: Callable[[Forger], Any]
) -> None:
    path = tmp_path / "db"
    path.write_bytes(erased.read_bytes())
    forger = Forger(path)
    act(forger)
    forger.close()
    with Database.open(path, read_only=True) as database:
        assert not database.verify().passed


def test_nothing_is_erased_by_a_slip(erased: Path, tmp_path: Path) -> None:
    path = tmp_path / "db"
    path.write_bytes(erased.read_bytes())
    with Database.open(path, wait=0.1) as database:
        before = database.verify()
        for words in ("order", "why", "by"):
            with pytest.raises(ValueError, match="is missing"):
                database.erase(["item:3"], **{**ORDER, words: " "})
        for thing in ("run:1", "item:x", "", "exhibit:1"):
            with pytest.raises(ValueError, match="cannot be erased"):
                database.erase([thing], **ORDER)
        with pytest.raises(UnknownNameError, match="no case"):
            database.erase(["item:3", "case:9"], **ORDER)
        assert database.verify() == before
        # While others read, what is left cannot be overwritten, and that is said.
        with Database.open(path, read_only=True) as reader, reader.snapshot():
            reader.cases()
            with pytest.raises(DatabaseBusyError, match="may still be in the file"):
                database.erase(["item:3"], **ORDER)
        database.scrub()
        assert database.verify().passed
    with closing(sqlite3.connect(path)) as connection:
        for kind in EVERY:
            if connection.execute(f"SELECT count(*) FROM {kind.table}").fetchone()[0]:  # noqa: S608 (our names)
                with pytest.raises(sqlite3.IntegrityError, match="stays"):
                    connection.execute(f"DELETE FROM {kind.table}")  # noqa: S608 (likewise)
