"""The Parquet report, as pyarrow reads it, has what the JSON report has."""

import io
import json
import sys
from pathlib import Path

import pytest

from hashmatch.errors import MissingExtraError, ReportError
from hashmatch.reports.parquet import FURTHER
from hashmatch.reports.writing import write_report
from hashmatch.tables.columns import COLUMNS
from tests.support.case_records import example

CASE = "2026-0417"


def test_every_sighting_and_every_item_of_the_json_report_is_there_once(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    write_report(example(), CASE, format="parquet", out=tmp_path / "r.parquet", note="a note")
    write_report(example(), CASE, format="json", out=tmp_path / "r.json")
    table = parquet.read_table(tmp_path / "r.parquet")
    assert table.schema.names == [*COLUMNS, *FURTHER]
    rows = table.to_pylist()
    told = json.loads((tmp_path / "r.json").read_text())
    sightings = told["sightings"]
    assert sightings
    assert sorted(number for each in rows for number in each["sightings"]) == sorted(
        each["sighting"] for each in sightings
    )
    by_item = {each["item"]: each for each in rows}
    assert len(by_item) == len(rows)
    for each in sightings:
        row = by_item[each["item"]["item"]]
        assert row["sha256"] == each["item"].get("sha256")
        match = row["matches"][row["sightings"].index(each["sighting"])]
        for name in ("list_name", "entry_id", "distance", "band", "reportable"):
            assert match[name] == each["match"][name]
    unread = [each for each in rows if each["status"] == "unreadable"]
    assert {each["item"] for each in unread} >= {each["item"] for each in told["unreadable"]}
    about = json.loads(parquet.read_metadata(tmp_path / "r.parquet").metadata[b"hashmatch"])
    assert (about["case"], about["note"]) == (CASE, "a note")
    assert about["audit_head"]


def test_it_is_no_text_and_its_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(ReportError, match="Parquet is no text"):
        write_report(example(), CASE, format="parquet", out=io.StringIO())
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"\.\[batch\]"):
        write_report(example(), CASE, format="parquet", out=tmp_path / "r")
    assert not list(tmp_path.iterdir())
