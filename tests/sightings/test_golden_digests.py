"""The digests of batches: the same values recorded now give those that earlier code wrote."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hashmatch.sightings import audit
from hashmatch.sightings.database import Database
from tests.sightings.test_golden_databases import opened
from tests.support.golden_story import seen
from tests.support.sighting_values import CONFIGURATION, SOURCE, TIMES


def batches(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """When each batch was recorded, and what its audit row says."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT at, details FROM audit WHERE action = 'batch' ORDER BY seq"
        ).fetchall()
    return [(at, json.loads(details)) for at, details in rows]


def test_the_digests_of_batches_are_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = batches(opened(5, tmp_path / "golden"))
    moments = [at for at, _ in wanted]
    monkeypatch.setattr(audit, "now", lambda: moments[0])
    found, path = seen(), tmp_path / "db"
    with Database.open(path) as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record(found[:6], times={each.item.locator: TIMES for each in found[:6]})
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run:
            for part in (found[6:12], found[12:]):
                moments.pop(0)
                run.record(part, times={each.item.locator: TIMES for each in part})
            run.finish()
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, rescan=True) as run:
            moments.pop(0)
            run.record(found[:5])
    now = batches(path)
    for (at, old), (_, new) in zip(wanted, now, strict=True):
        assert {k: v["sha256"] for k, v in old["units"].items()} == {
            k: v["sha256"] for k, v in new["units"].items()
        }, at
    assert now == wanted
