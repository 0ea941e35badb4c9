"""Whatever somebody alters in the record is found, and named."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.model import Locator, Place, ScanResult
from hashmatch.model.locator import File, Member
from hashmatch.sightings.audit import START, sealed
from hashmatch.sightings.database import Database
from hashmatch.sightings.merging import merge
from hashmatch.sightings.verdict import MOST, Verdict
from tests.support import forgeries
from tests.support.casework import METADATA, add_casework, in_part, other_laboratory
from tests.support.hostile_databases import verified
from tests.support.sighting_values import CONFIGURATION, SOURCE, UNREAD, VOLUME, digests, results


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs: one stopped after 48 items, one went on to 100 (batches: rows 3–5 and 8–11)."""
    return record(tmp_path_factory.mktemp("recorded") / "db", range(3), range(3, 7))


def record(path: Path, *runs: range) -> Path:
    """A scan that goes on in each run; batches of 16 items."""
    with Database.open(path) as database:
        for numbers in runs:
            with database.run(
                case="1", source=SOURCE, configuration=CONFIGURATION, resume=bool(database.cases())
            ) as run:
                for number in numbers:
                    run.record([*map(told, results(16, 16 * number))], times={})
                if numbers is runs[-1]:
                    run.record_medium([VOLUME, UNREAD])
                    run.finish()
        database.record_viewed([7, 9], by="A. Meier", why="identification")
        database.record_viewed([7], by="B. Smith", why="second opinion")
        database.note("export", {"file": "report.html"})
    return path


def told(found: ScanResult) -> ScanResult:
    """A result whose matches say what their entries are; some lie in an archive, with a name."""
    where = found.item.locator
    step = Member("zip", 1, where)
    place = Place(locator=Locator((File("a.zip"), step))) if where.endswith("2.JPG") else None
    found = in_part(found)
    return replace(
        found,
        item=replace(
            found.item,
            place=place,
            original_name="HomeDomain/a.jpg" if place else "",
            metadata=METADATA,
        ),
        matches=tuple(
            replace(each, entry_hash="pdq:5a", entry_digests=digests(5), details={"series": "x"})
            for each in found.matches
        ),
    )


class Forger(forgeries.Forger):
    """Somebody who can write the file, and knows SQL."""

    def seal_again(self, seq: int) -> None:
        """Compute an altered audit row's SHA-256 anew."""
        row = self.connection.execute("SELECT * FROM audit WHERE seq = ?", (seq,)).fetchone()
        self("UPDATE audit SET sha256 = ? WHERE seq = ?", sealed(row[:-1]), seq)

    def verify(self, head: str = "") -> Verdict:
        return verified(self.close(), head)


@pytest.fixture
def forge(recorded: Path, tmp_path: Path) -> Iterator[Forger]:
    shutil.copy(recorded, tmp_path / "db")
    forger = Forger(tmp_path / "db")
    yield forger
    forger.connection.close()


def test_an_honest_record_passes(forge: Forger) -> None:
    verdict = forge.verify()
    assert verdict.problems == ()
    assert (verdict.passed, verdict.rows) == (True, 16)


OWNERS = {
    "readings": "pictures",
    "frames": "videos",
    "segments": "sightings",
    "event_values": "events",
    "metadata_fields": "metadata",
    "regions": "region_sets",
}
"""Tables of rows that belong to those of another, in order."""


def columns_of(path: Path, only: str = "%") -> list[tuple[str, str]]:
    connection = sqlite3.connect(path)
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'audit' AND name LIKE ? "
        "ORDER BY name",
        (only,),
    ).fetchall()
    found = [
        (table, row[1])
        for (table,) in tables
        for row in connection.execute(f"PRAGMA table_info({table})")
    ]
    connection.close()
    return found


def test_every_column_of_every_table_is_proved(tmp_path: Path) -> None:
    """One by one, the value of the last row of each table is altered."""
    recorded = record(tmp_path / "with casework", range(1), range(1, 2))
    with Database.open(recorded) as database:
        add_casework(database)
    merge([other_laboratory(tmp_path / "b"), other_laboratory(tmp_path / "c")], recorded, by="x")
    tables = columns_of(recorded)
    assert len({table for table, _ in tables}) == 43
    for table, column in tables:
        path = tmp_path / f"{table} {column}"
        shutil.copy(recorded, path)
        forger = Forger(path)
        which = f"id = (SELECT max(id) FROM {table})"  # noqa: S608 (our names)
        if table in OWNERS:
            owner = columns_of(recorded, table)[0][1]
            last = f"SELECT {owner}, position FROM {table} ORDER BY 1 DESC, 2 DESC LIMIT 1"  # noqa: S608 (our names)
            which = f"({owner}, position) = ({last})"
        if table == "origin_audit":
            which = "(origin_id, seq) = (SELECT 2, max(seq) FROM origin_audit WHERE origin_id = 2)"
        if table == "times":
            forger("INSERT INTO times VALUES (1, 'modified', '2020-01-01')")
        else:
            forger(
                f"UPDATE {table} SET {column} = CASE typeof({column}) "  # noqa: S608 (our names)
                f"WHEN 'integer' THEN {column} + 1 WHEN 'real' THEN {column} / 2 + 1 "
                f"WHEN 'blob' THEN zeroblob(length({column})) WHEN 'null' THEN 1 "
                f"ELSE {column} || 'x' END WHERE {which}"
            )
        verdict = forger.verify()
        named = {problem.table for problem in verdict.problems}
        owner = OWNERS.get(table, "items" if table == "times" else table)
        assert owner in named, (table, column, verdict.problems)


ROWS: dict[str, tuple[str, int]] = {
    "UPDATE sightings SET distance = distance + 1 WHERE id = 7": ("sightings", 7),
    "UPDATE sightings SET viewed_by_human = 1 WHERE id = 7": ("sightings", 7),
    "UPDATE items SET locator = locator || 'x' WHERE id = 20": ("items", 20),
    "UPDATE readings SET quality = 1 WHERE picture_id = 9 AND position = 3": ("pictures", 9),
    "DELETE FROM readings WHERE picture_id = 9 AND position = 3": ("pictures", 9),
    "UPDATE frames SET hash = zeroblob(32) WHERE video_id = 2 AND position = 4": ("videos", 2),
    "UPDATE frames SET time = time + 1e-6 WHERE video_id = 2 AND position = 4": ("videos", 2),
    "UPDATE frames SET position = 12 WHERE video_id = 2 AND position = 4": ("videos", 2),
    "DELETE FROM frames WHERE video_id = 2 AND position = 11": ("videos", 2),
    "INSERT INTO frames SELECT 2, 99, time, part, algorithm, orientation, alpha_dropped, frame, "
    "quality, hash FROM frames WHERE video_id = 2 AND position = 4": ("videos", 2),
    "UPDATE videos SET duration = 1 WHERE id = 2": ("videos", 2),
    "DELETE FROM videos WHERE id = 2": ("videos", 2),
    "UPDATE segments SET known_start = 0 WHERE sighting_id = 4 AND position = 1": ("sightings", 4),
    "UPDATE segments SET grade = 'strong' WHERE sighting_id = 4": ("sightings", 4),
    "DELETE FROM segments WHERE sighting_id = 4 AND position = 1": ("sightings", 4),
    "INSERT INTO segments SELECT 1, 0, 0, 0, 0, 0, 'still', 1, 1, 0, NULL, 1, 1, 1, ''": (
        "sightings",
        1,
    ),
    "UPDATE contents SET md5 = zeroblob(16) WHERE id = 5": ("contents", 5),
    "DELETE FROM sightings WHERE id = 7": ("sightings", 7),
    "DELETE FROM sightings WHERE id = (SELECT max(id) FROM sightings)": ("sightings", 44),
    "DELETE FROM items WHERE id = 3": ("items", 3),
    "INSERT INTO items SELECT 1000, 1, 1, 'new', 0, NULL, NULL, 'skipped', 'empty', '', 0, 0": (
        "items",
        1000,
    ),
    "INSERT INTO items SELECT -5, 1, 1, 'new', 0, NULL, NULL, 'skipped', 'empty', '', 0, 0": (
        "items",
        -5,
    ),
    "INSERT INTO times VALUES (4, 'created', '2020-01-01')": ("items", 4),
    "UPDATE runs SET status = 'done' WHERE id = 1": ("runs", 1),
    "UPDATE runs SET started = '2020-01-01' WHERE id = 2": ("runs", 2),
    "UPDATE run_lists SET sha256 = '[]' WHERE id = 1": ("run_lists", 1),
    "UPDATE scans SET done = 0": ("scans", 1),
    "UPDATE sources SET label = 'exhibit 8'": ("sources", 1),
    "UPDATE cases SET name = '2'": ("cases", 1),
    "UPDATE hashings SET options = '{}'": ("hashings", 1),
    "INSERT INTO cases VALUES (2, 'new')": ("cases", 2),
    "UPDATE viewings SET viewer = 'B. Smith' WHERE id = 1": ("viewings", 1),
    "UPDATE viewings SET sighting_id = 8 WHERE id = 2": ("viewings", 2),
    "DELETE FROM viewings WHERE id = 3": ("viewings", 3),
    "INSERT INTO viewings VALUES (4, 8, '2026-01-01T00:00:00.000+00:00', 'x', 'y')": (
        "viewings",
        4,
    ),
}


@pytest.mark.parametrize("sql", ROWS)
def test_the_row_that_was_forged_is_named(forge: Forger, sql: str) -> None:
    verdict = forge(sql).verify()
    named = [(problem.table, problem.row) for problem in verdict.problems]
    assert ROWS[sql] in named
    assert not verdict.passed


def swapped(forge: Forger) -> None:
    """Rows 4 and 5 change places, with all that is in them but their number."""
    forge("CREATE TEMP TABLE kept AS SELECT * FROM audit WHERE seq IN (4, 5)")
    forge("DELETE FROM audit WHERE seq IN (4, 5)")
    forge(
        "INSERT INTO audit SELECT 9 - seq, at, actor, host, action, details, previous, sha256 "
        "FROM kept ORDER BY seq DESC"
    )


def inserted(forge: Forger) -> None:
    """A row of one's own between 5 and 6, all behind it numbered anew."""
    forge("UPDATE audit SET seq = -seq - 1 WHERE seq > 5")
    forge("UPDATE audit SET seq = -seq WHERE seq < 0")
    (previous,) = forge.connection.execute("SELECT sha256 FROM audit WHERE seq = 5").fetchone()
    row = (6, "2026-01-01", "me", "here", "batch", "{}", previous)
    forge("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", *row, sealed(row))


def sealed_again(forge: Forger) -> None:
    """Row 4 tells of other matches, and its own SHA-256 agrees with that."""
    forge("UPDATE audit SET details = replace(details, 'hashed', 'hidden') WHERE seq = 4")
    forge.seal_again(4)


CHAIN: dict[str, tuple[Callable[[Forger], object], int, str]] = {
    "changed": (
        lambda forge: forge("UPDATE audit SET actor = 'nobody' WHERE seq = 5"),
        5,
        "audit row 5 was altered",
    ),
    "made earlier": (
        lambda forge: forge("UPDATE audit SET at = '2020-01-01' WHERE seq = 1"),
        1,
        "audit row 1 was altered",
    ),
    "removed": (
        lambda forge: forge("DELETE FROM audit WHERE seq = 4"),
        4,
        "audit row 4 was removed",
    ),
    "several removed": (
        lambda forge: forge("DELETE FROM audit WHERE seq IN (4, 5, 6)"),
        4,
        "audit row 4 to 6 was removed",
    ),
    "first removed": (
        lambda forge: forge("DELETE FROM audit WHERE seq = 1"),
        1,
        "audit row 1 was removed",
    ),
    "inserted": (inserted, 6, "audit row 6 has other details than this kind of row has"),
    "reordered": (swapped, 4, "audit row 4 was altered"),
    "sealed again": (sealed_again, 4, "audit row 4 has other details than this kind of row has"),
    "no longer JSON": (
        lambda forge: forge("UPDATE audit SET details = 'x' WHERE seq = 2"),
        2,
        "audit row 2 was altered",
    ),
}


@pytest.mark.parametrize("how", CHAIN)
def test_the_audit_row_that_was_forged_is_named(forge: Forger, how: str) -> None:
    act, seq, says = CHAIN[how]
    act(forge)
    first = forge.verify().problems[0]
    assert (first.table, first.row) == ("audit", seq)
    assert first.what.startswith(says)


def test_rows_out_of_order_are_called_that(forge: Forger) -> None:
    swapped(forge)
    assert any("is out of order" in problem.what for problem in forge.verify().problems)


def test_a_chain_cut_at_its_end_leaves_items_that_nothing_tells_of(forge: Forger) -> None:
    problems = forge("DELETE FROM audit WHERE seq > 10").verify().problems
    assert ("items", 97) in [(problem.table, problem.row) for problem in problems]


def test_only_an_older_head_shows_that_all_was_cut(forge: Forger, recorded: Path) -> None:
    """The end of the chain and all that it recorded are gone: what is left is honest."""
    with Database.open(recorded, read_only=True) as database:
        head = database.case("1").audit_head
        assert database.verify(head=head).passed
    forge("DELETE FROM audit WHERE seq = 16")
    verdict = forge.verify(head=head)
    assert [problem.what for problem in verdict.problems] == [
        "the head that was asked for is not part of the chain"
    ]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DROP INDEX sightings_by_entry", "the index sightings_by_entry is missing"),
        ("CREATE TABLE pixels (a BLOB)", "the table pixels does not belong here"),
    ],
)
def test_tables_are_those_that_belong_here(forge: Forger, sql: str, says: str) -> None:
    assert says in [problem.what for problem in forge(sql).verify().problems]


def test_triggers_that_were_dropped_are_missed(forge: Forger) -> None:
    forge.triggers = forge.triggers[1:]
    (problem,) = forge.verify().problems
    assert problem.what.startswith("the trigger ")


def test_the_search_ends_somewhere(forge: Forger) -> None:
    forge("UPDATE items SET detail = 'x'")
    forge("UPDATE contents SET size = 1")
    assert len(forge.verify().problems) == MOST


def test_a_damaged_page_is_a_finding(forge: Forger) -> None:
    assert forge.verify().passed
    connection = sqlite3.connect(forge.path)
    ((root,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'items'")
    ((size,),) = connection.execute("PRAGMA page_size")
    connection.close()
    data = bytearray(forge.path.read_bytes())
    data[(root - 1) * size : root * size] = b"\xff" * size
    forge.path.write_bytes(data)
    with Database.open(forge.path, read_only=True) as database:
        assert not database.verify().passed


@pytest.mark.parametrize(
    "table",
    [*("audit", "items", "sightings", "readings", "run_lists"), *("videos", "frames", "segments")],
)
def test_the_database_itself_refuses_changes(recorded: Path, tmp_path: Path, table: str) -> None:
    shutil.copy(recorded, tmp_path / "db")
    connection = sqlite3.connect(tmp_path / "db")
    column = connection.execute(f"PRAGMA table_info({table})").fetchall()[2][1]
    for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):  # noqa: S608 (our names)
        with pytest.raises(sqlite3.IntegrityError, match=f"what was recorded in {table} stays"):
            connection.execute(sql)
    connection.close()


def test_audit_rows_cannot_be_replaced(recorded: Path, tmp_path: Path) -> None:
    shutil.copy(recorded, tmp_path / "db")
    connection = sqlite3.connect(tmp_path / "db")
    for seq in (3, 100, None):
        with pytest.raises(sqlite3.IntegrityError, match="only appended"):
            connection.execute(
                "REPLACE INTO audit VALUES (?, '', '', '', '', '{}', ?, ?)", (seq, START, START)
            )
    connection.close()
