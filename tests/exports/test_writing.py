"""What no export may show, and how it is written."""

from pathlib import Path

import pytest

from hashmatch import registry
from hashmatch.errors import DamagedDatabaseError, UnknownNameError
from hashmatch.exports.writing import write_export
from hashmatch.hashlists.reading import read_list
from hashmatch.sightings.database import Database
from tests.support.exported import (
    FORMATS,
    HIDDEN,
    POINTER,
    UPLOADER,
    VICTIM,
    exported,
    lost,
    recorded,
)
from tests.support.forgeries import Forger


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("recorded") / "db")


def _needs(format: str) -> None:
    if format == "parquet":
        pytest.importorskip("pyarrow", reason="the extra parquet is not installed")


def read(path: Path, format: str) -> str:
    """All that a file says; Parquet is compressed."""
    if format == "parquet":
        from pyarrow import parquet

        table = parquet.read_table(path)
        return f"{table.to_pylist()} {table.schema.metadata}"
    return path.read_text("utf-8-sig")


def test_every_format_is_tested() -> None:
    assert {*FORMATS, "vics"} == set(registry.built_in("exports"))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("case", ["", "1"])
def test_what_access_rules_withhold_is_in_no_export(record: Path, format: str, case: str) -> None:
    """Of hidden cases nothing, of pointers no more than whom to ask, of victims nothing."""
    _needs(format)
    told = read(exported(record, format, case=case), format)
    for withheld in (HIDDEN, "disk 9", "ask of hidden", "disk 8", f"{POINTER} 1.jpg", VICTIM):
        assert withheld not in told
    is_graph = registry.load("exports", format).of_links
    assert (POINTER in told) == (is_graph and format != "parquet")
    assert ("ask of pointer" in told) == (format in ("graphml", "nodes-csv"))
    assert "own words" in told
    assert "<img" not in told
    assert "data:" not in told


@pytest.mark.parametrize("format", FORMATS)
def test_a_hidden_case_exports_its_own(record: Path, format: str) -> None:
    _needs(format)
    assert HIDDEN in read(exported(record, format, case=HIDDEN), format)


@pytest.mark.parametrize("format", ["timesketch", "case-uco", "parquet"])
def test_victims_are_exported_where_they_are_asked_for(record: Path, format: str) -> None:
    _needs(format)
    assert VICTIM in read(exported(record, format, protected=True), format)
    assert UPLOADER in read(exported(record, format), format)


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_record_gives_the_same_bytes(record: Path, format: str, tmp_path: Path) -> None:
    _needs(format)
    first = exported(record, format).read_bytes()
    lost(record, tmp_path / "again", format)
    assert (tmp_path / "again").read_bytes() == first
    assert (tmp_path / "again").stat().st_mode & 0o77 == 0


def test_vics_is_the_report_of_a_case(record: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="of one case"):
        lost(record, tmp_path / "none", "vics")
    assert not (tmp_path / "none").exists()
    lost(record, tmp_path / "one.json", "vics", case="1")
    assert len([*read_list(tmp_path / "one.json").entries]) == 6


def test_nothing_is_exported_of_a_record_that_was_altered(tmp_path: Path) -> None:
    path = recorded(tmp_path / "db")
    Forger(path)("UPDATE sightings SET distance = 0 WHERE id = 3").close()
    with pytest.raises(DamagedDatabaseError, match="altered"):
        lost(path, tmp_path / "out", "stix")
    assert not (tmp_path / "out").exists()


def test_what_there_is_not_is_said(record: Path, tmp_path: Path) -> None:
    with Database.open(record, read_only=True) as database:
        with pytest.raises(UnknownNameError, match="graphml"):
            write_export(database, tmp_path / "x", format="maltego")
        with pytest.raises(UnknownNameError, match="no case"):
            write_export(database, tmp_path / "x", format="stix", case="77")
