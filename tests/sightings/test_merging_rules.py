"""What laboratories stated, marked, erased and signed holds when their databases are joined."""

from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.errors import DamagedDatabaseError, DatabaseError, ErasedError
from hashmatch.sightings import heads, keys
from hashmatch.sightings.database import Database
from hashmatch.sightings.merge_values import ConflictKind
from hashmatch.sightings.merging import merge
from hashmatch.sightings.merging_one import Options
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing import gathering
from hashmatch.tracing.judging import Spoken
from hashmatch.tracing.places import Places
from hashmatch.tracing.updating import update
from tests.sightings.test_golden_databases import opened
from tests.support.casework import UNIT, add_casework, event
from tests.support.laboratories import joined, laboratories, scan, verified


def test_marks_and_access_are_never_weakened(tmp_path: Path) -> None:
    """Whichever of them comes last, and whenever it was stated."""
    strict, lax = tmp_path / "strict", tmp_path / "lax"
    for path, mark, access, unknown in (
        (strict, "TLP:RED", "hidden", "no"),
        (lax, "TLP:GREEN", "open", "yes"),
    ):
        with Database.open(path) as database:
            said_of_case = [Said("access", access), Said("link-unknown", unknown)]
            database.record_statements(Topic.CASE, said_of_case, by="x", case="1")
            database.mark_case("1", mark, by="x")
            database.record_handling("list:vic", mark, by="x")
            database.record_exhibit("1", "phone", {"owner": path.name}, by="x")
            verdict = "not-the-same" if path is strict else "same"
            said_of_link = [Said("verdict", verdict, "entry:vic/1")]
            database.record_statements(Topic.LINK, said_of_link, by="x")
    options = Options(same_cases=frozenset({"1"}), same_exhibits=frozenset({"1/phone"}))
    for number, order in enumerate(((strict, lax), (lax, strict))):
        path = tmp_path / f"all {number}"
        done = joined(path, *order, options=options)
        kinds = {each.kind for each in done.conflicts}
        assert kinds >= {ConflictKind.HANDLING, ConflictKind.ACCESS, ConflictKind.STATEMENT}
        with Database.open(path, read_only=True) as database:
            places = Places.of(database)
            assert places.access["1"] == "hidden"
            assert places.links_unknown == frozenset()
            assert places.marks.cases["1"] == "TLP:RED"
            assert places.marks.lists["vic"] == "TLP:RED"
            # Of all else what was stated last holds: the lax one was made behind the other.
            assert [each.owner for each in database.exhibit_records()] == ["lax"]
            assert Spoken.of(database).verdicts["entry:vic/1"][0] == "same"
        assert verified(path) == ()


def test_a_mark_that_one_took_back_holds_where_another_has_it(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path, marks in zip(paths, (("TLP:RED",), ("TLP:AMBER", "none")), strict=True):
        with Database.open(path) as database:
            for mark in marks:
                database.record_handling("list:vic", mark, by="x")
    joined(tmp_path / "all", *paths)
    with Database.open(tmp_path / "all", read_only=True) as database:
        assert Places.of(database).marks.lists == {"vic": "TLP:RED"}


def test_marks_without_an_order_are_not_guessed(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path, mark in zip(paths, ("TLP:RED", "court file"), strict=True):
        with Database.open(path) as database:
            database.record_handling("list:vic", mark, by="x")
    with pytest.raises(DatabaseError, match="no order"):
        joined(tmp_path / "all", *paths)
    assert not (tmp_path / "all").exists()


def test_what_was_erased_stays_so(tmp_path: Path) -> None:
    north = scan(tmp_path / "north", case="1", exhibit="exhibit 7", numbers=range(40))
    south = scan(tmp_path / "south", case="1", exhibit="exhibit 8", numbers=range(20, 60))
    order = {"order": "3 Gs 12/26", "why": "not covered", "by": "A. Meier"}
    with Database.open(north) as database:
        add_casework(database)
        database.erase(["item:3", "import:1"], **order)
    path = tmp_path / "all"
    options = Options(same_cases=frozenset({"1"}))
    joined(path, south, north, options=options)
    assert verified(path) == ()
    with Database.open(path) as database:
        assert [dict(each.rows)["items"] for each in database.erasures() if "items" in each.rows]
        with pytest.raises(ErasedError):
            database.record_import(
                UNIT, [*map(event, (1, 2, 3, 4, 5, 6, 7, 8))], case="7", exhibit="x"
            )
        # Here it is of both, so that each chain has its tombstone.
        number = database.store.one("SELECT id FROM items WHERE content_id = 10")
        other = database.store.one("SELECT max(id) FROM items WHERE content_id = 10")
        assert number != other
        database.erase([f"item:{number}", f"item:{other}"], **order)
        assert not database.store.one("SELECT 1 FROM contents WHERE id = 10")
    assert verified(path) == ()
    # What is erased there later is to be erased here first, by a person.
    with Database.open(north) as database:
        database.erase(["item:5"], **order)
    with pytest.raises(DatabaseError, match=r"record erase item:\d+") as refused:
        joined(path, north, options=options)
    named = str(refused.value).partition("record erase ")[2].split()[0]
    with Database.open(path) as database:
        database.erase([named], **order)
    joined(path, north, options=options)
    assert verified(path) == ()


def test_a_report_that_both_imported_into_one_case_is_on_record_once(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        with Database.open(path) as database:
            database.record_import(
                UNIT, [event(1), event(2)], case="1", exhibit=f"tip of {path.name}"
            )
    joined(tmp_path / "all", *paths, options=Options(same_cases=frozenset({"1"})))
    with Database.open(tmp_path / "all", read_only=True) as database:
        assert len([*database.events("1")]) == 2
        assert [each.instead for each in database.came_from("events", 2)] == [False, True]
    assert verified(tmp_path / "all") == ()


def test_heads_and_signatures_of_what_was_merged_are_checked(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    north, south, *_ = laboratories(tmp_path)
    public = keys.make(tmp_path / "key")
    with Database.open(north) as database:
        head = database.head().sha256
        database.sign(keys.private(tmp_path / "key"))
    with pytest.raises(DamagedDatabaseError, match="signed"):
        merge([north, south], tmp_path / "all", by="x", keys=[public])
    merge([north], tmp_path / "all", by="x", keys=[public])
    assert verified(tmp_path / "all", head=head) == ()
    assert verified(tmp_path / "all", head="ab" * 32) != ()
    log = tmp_path / "heads.jsonl"
    with Database.open(north) as database:
        heads.append(log, database.head())
    assert verified(tmp_path / "all", head_log=log) == ()
    heads.append(log, replace(heads.read(log)[0][0], sha256="ab" * 32))
    (found,) = verified(tmp_path / "all", head_log=log)
    assert "in the head log is not part of the chain" in str(found)


def test_clusters_are_made_anew_and_verdicts_on_them_hold(tmp_path: Path) -> None:
    north, south, *_ = laboratories(tmp_path)
    for path in (north, south):
        with Database.open(path) as database:
            update(database)
            medoid = gathering.medoids(database.store, [1])[1]
            said = [Said("verdict", "same", f"sha256:{medoid}")]
            database.record_statements(Topic.LINK, said, by=path.name)
    done = joined(tmp_path / "all", north, south)
    assert done.clusters
    with Database.open(tmp_path / "all") as database:
        pictures = database.store.one("SELECT count(*) FROM pictures")
        assert update(database) == pictures
        numbers = database.store.execute("SELECT DISTINCT cluster_id FROM cluster_members")
        medoids = gathering.medoids(database.store, [number for (number,) in numbers])
        spoken = {key.removeprefix("sha256:") for key in Spoken.of(database).verdicts}
        assert spoken <= {*medoids.values()}
    assert verified(tmp_path / "all") == ()


def test_what_is_said_to_be_one_must_be_there(tmp_path: Path) -> None:
    """Nobody can part again what a wrong number left apart."""
    north, south = (
        scan(tmp_path / name, case="1", exhibit="card", numbers=range(3))
        for name in ("north", "south")
    )
    for cases, exhibits, told in (
        ({"2"}, set(), "--same-case '2'"),
        ({"1"}, {"1/phone"}, "--same-exhibit '1/phone'"),
        (set(), {"1/card"}, "--same-case"),
    ):
        options = Options(same_cases=frozenset(cases), same_exhibits=frozenset(exhibits))
        with pytest.raises(DatabaseError, match=told):
            joined(tmp_path / "all", north, south, options=options)
        assert not (tmp_path / "all").exists()
    options = Options(same_cases=frozenset({"1"}), same_exhibits=frozenset({"1/card"}))
    for _ in range(2):
        joined(tmp_path / "all", north, south, options=options)


def test_a_dry_run_migrates_nothing(tmp_path: Path) -> None:
    north = scan(tmp_path / "north", case="1", exhibit="card", numbers=range(3))
    older = opened(6, tmp_path / "older")
    before = older.read_bytes()
    with pytest.raises(DatabaseError, match="older version"):
        merge([north], older, by="x", dry_run=True)
    assert older.read_bytes() == before
    assert not merge([north], older, by="x").dry_run


def test_messages_name_the_database_that_was_asked_for(tmp_path: Path) -> None:
    north = scan(tmp_path / "north", case="1", exhibit="card", numbers=range(3))
    erased = tmp_path / "erased"
    erased.write_bytes(north.read_bytes())
    with Database.open(erased) as database:
        database.erase(["item:1"], order="X", by="A. Meier", why="x")
    with pytest.raises(DatabaseError, match=r"--db \S+all`"):
        joined(tmp_path / "all", north, erased)
    joined(tmp_path / "all", erased, north)
