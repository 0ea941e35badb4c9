"""Every column of every table holds a value that nobody expects, and every command is run."""

from itertools import count
from pathlib import Path

import pytest

from hashmatch.errors import DamagedDatabaseError
from hashmatch.sightings.database import Database
from tests.support.hostile_values import VALUES, columns, commands, fault, prepared, replaced, run
from tests.support.sighting_values import CONFIGURATION, SOURCE, scanned

_TABLES = (
    *("audit", "cases", "contents", "entries", "environments", "frames", "hashings", "items"),
    *("pictures", "readings", "run_lists", "runs", "scans", "segments", "sighted", "sightings"),
    *(
        "original_names",
        "places",
        "sources",
        "times",
        "unread_ranges",
        "videos",
        "viewings",
        "volumes",
    ),
    *("statements", "imports", "events", "event_values", "quarantined_rows", "metadata"),
    *("metadata_fields", "cluster_members", "erasures", "erased"),
    *("region_sets", "regions", "matched_parts"),
    *("origins", "merges", "merged_rows", "origin_audit"),
    *("rematches", "rematched_scans", "retroactive"),
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("lab"))


def test_no_table_is_left_out(lab: Path) -> None:
    assert {table for table, _ in columns(lab)} == set(_TABLES)


@pytest.mark.parametrize("table", _TABLES)
def test_no_value_ends_a_command_with_a_fault(lab: Path, tmp_path: Path, table: str) -> None:
    """Every column holds a third of the values, each with another command; `main` runs all."""
    path, turn, wrong = tmp_path / "db", count(), []
    named = [name for each, name in columns(lab) if each == table]
    for number, column in enumerate(named):
        for value in VALUES[number % 3 :: 3]:
            legal = replaced(lab, path, table, column, value)
            if legal is None:
                continue
            names = list(commands(path, lab.parent))
            name = names[next(turn) % len(names)]
            code, said = run(commands(path, lab.parent)[name])
            if found := fault(name, table, code, said, legal=legal):
                wrong.append((column, repr(value)[:20], name, found, said[-200:]))
    assert wrong == []


def test_an_audit_row_with_the_last_number_there_is_takes_no_scan(tmp_path: Path) -> None:
    path = scanned(tmp_path / "db", 3)
    altered = tmp_path / "altered"
    assert replaced(path, altered, "audit", "seq", 2**63 - 1) is not None
    with (
        pytest.raises(DamagedDatabaseError, match="not numbered from 1"),
        Database.open(altered) as database,
        database.run(case="2", source=SOURCE, configuration=CONFIGURATION),
    ):
        pass


def test_a_fault_of_ours_is_not_blamed_on_the_database(tmp_path: Path) -> None:
    path = scanned(tmp_path / "db", 3)
    with pytest.raises(ZeroDivisionError), Database.open(path, read_only=True):
        raise ZeroDivisionError
    altered = tmp_path / "altered"
    replaced(path, altered, "pictures", "width", 7)
    with (
        pytest.raises(DamagedDatabaseError, match="was altered"),
        Database.open(altered, read_only=True),
    ):
        raise ZeroDivisionError
