"""What a fault, or a false answer, would lose of a batch."""

from dataclasses import replace
from pathlib import Path

from hashmatch.errors import Reason
from hashmatch.model import Digests
from hashmatch.scanning.faulty import put_on_record
from hashmatch.sightings.database import Database
from hashmatch.sources.base import Found
from tests.support.sighting_values import CONFIGURATION, SOURCE, results


def test_digests_that_contradict_those_on_record_end_no_scan(tmp_path: Path) -> None:
    first, second, third = results(100)[1:4]
    false = replace(second.item.digests, sha256=first.item.digests.sha256)
    batch = [first, replace(second, item=replace(second.item, digests=false)), third]
    files = [
        Found(each.item.locator, each.item.locator, within=f"{n}") for n, each in enumerate(batch)
    ]
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            done = put_on_record(run, files, batch)
            assert put_on_record(run, [replace(files[1], within="x")], [batch[1]])
        items = list(database.items("1"))
        assert database.verify().problems == ()
    assert [each.item.digests for each in done[::2]] == [first.item.digests, third.item.digests]
    assert [each.reason for each in items[1::2]] == [Reason.INTERNAL_ERROR, Reason.INTERNAL_ERROR]
    assert items[1].digests == items[3].digests == Digests()
    assert "reported falsely" in items[1].detail
    assert not done[1].matches
