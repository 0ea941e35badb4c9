"""The table for Timesketch, as a reader of CSV opens it."""

import csv
from datetime import datetime
from pathlib import Path

from hashmatch.exports.occurrences import COLUMNS
from tests.support.exported import ENTRIES, exported, lost, recorded
from tests.support.sighting_values import TIMES


def test_every_time_is_a_row_of_its_own(tmp_path: Path) -> None:
    path = recorded(tmp_path / "db")
    with exported(path, "timesketch").open(newline="", encoding="utf-8") as file:
        rows = [*csv.DictReader(file)]
    assert {"message", "datetime", "timestamp_desc", *COLUMNS} <= rows[0].keys()
    seen = [each for each in rows if each["record"] == "sighting"]
    # Two times of the file system, and that of recording; of two exhibits that are open.
    assert len(seen) == 2 * ENTRIES * (len(TIMES) + 1)
    assert {each["time_kind"] for each in seen} == {*TIMES, "recorded"}
    for each in rows:
        at = datetime.fromisoformat(each["datetime"])
        assert at.utcoffset() is not None
        assert len(each["datetime"].partition(".")[2]) == len("000000+00:00")
        assert int(each["timestamp"]) == round(at.timestamp() * 1_000_000)
        assert each["message"]
    clear, vague = [each for each in rows if each["record"] == "event"]
    assert (clear["datetime"], clear["timestamp_desc"]) == (
        "2026-04-17T10:20:30.000000+00:00",
        "uploaded",
    )
    # Without a zone it may be that of any place on Earth.
    assert vague["timestamp_desc"] == "uploaded (earliest)"
    width = datetime.fromisoformat(vague["latest"]) - datetime.fromisoformat(vague["datetime"])
    assert round(width.total_seconds()) == 26 * 3600 + 1
    assert lost(path, tmp_path / "again", "timesketch")["events without a time"] == 1
    assert not any(value[:1] in "=+-@" for each in rows for value in each.values() if value)
