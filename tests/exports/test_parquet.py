"""The Parquet file, as pyarrow reads it."""

import sys
from pathlib import Path

import pytest

from hashmatch.errors import MissingExtraError
from tests.support.exported import ENTRIES, exported, lost, recorded


def test_a_row_for_each_sighting_and_event(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = recorded(tmp_path / "db")
    table = parquet.read_table(exported(path, "parquet"))
    rows = table.to_pylist()
    assert [each["record"] for each in rows].count("sighting") == 2 * ENTRIES
    assert [each["record"] for each in rows].count("event") == 3
    assert {each["case"] for each in rows} == {"1", "2"}
    assert table.schema.metadata[b"handling"] == b"TLP:AMBER; own words"
    assert [each["distance"] for each in rows[:ENTRIES]] == [*range(ENTRIES)]


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recorded(tmp_path / "db")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"\.\[batch\]"):
        lost(path, tmp_path / "out", "parquet")
    assert not (tmp_path / "out").exists()
