from pathlib import Path
from typing import Any

import pytest

from tests.support.exchange_records import LONG_AGO, contents, fetch, fill, md5, pdq, stopncii
from tests.support.exchange_server import Handler, Server


def test_everything_that_is_said_of_a_hash_comes_through(server: Server, tmp_path: Path) -> None:
    said = [{"source": "TikTok", "feedbackValue": "Undefined", "tags": ["Tag-One"]}]
    server.records["stopncii"] = [
        stopncii(0, CSPFeedbacks=said, hashRegions=["UK"], hashStatus="Received"),
        stopncii(1, signalType="VideoMD5", hashValue=md5(1)),
        stopncii(2, signalType="VideoTMK", hashValue="QUJD", caseNumbers=[]),
    ]
    assert fetch(tmp_path / "known", "stopncii").entries == 3
    found = contents(tmp_path / "known", "stopncii")
    first = found[f"pdq:{pdq(0)}"]
    assert (first.scheme, first.category, first.hashes[0].hash.hex) == (
        "StopNCII",
        "Received",
        pdq(0),
    )
    record = server.records["stopncii"][0]
    assert first.details == {name: record[name] for name in record if name != "hashValue"}
    assert found[f"md5:{md5(1)}"].digests.md5 == md5(1)
    assert str(found["tmk-pdqf:414243"].hashes[0].hash) == "tmk-pdqf:414243"


@pytest.mark.parametrize("status", ["Withdrawn", "Deleted"])
def test_a_newer_record_replaces_or_withdraws_an_older_one(
    server: Server, tmp_path: Path, status: str
) -> None:
    server.records["stopncii"] = [
        stopncii(0),
        stopncii(1),
        stopncii(0, hashStatus="Received", hashValue=pdq(0).upper()),
        stopncii(1, hashStatus=status),
        stopncii(2),
    ]
    assert fetch(tmp_path / "known", "stopncii").withdrawn == 1
    found = contents(tmp_path / "known", "stopncii")
    assert {entry.hashes[0].hash.hex: entry.category for entry in found.values()} == {
        pdq(0): "Received",
        pdq(2): "Active",
    }


def test_what_is_no_hash_is_set_aside(server: Server, tmp_path: Path) -> None:
    server.records["stopncii"] = [
        stopncii(0, hashValue=md5(0)),
        stopncii(1, signalType="URL", hashValue="https://example.org/"),
        {"signalType": "ImagePDQ"},
        stopncii(2, hashValue=["a", "b"]),
        stopncii(3),
        stopncii(4, hashStatus="OfSomeNewKind"),
    ]
    server.size = 10
    server.faults = [_with_more_records("no object", None)]
    done = fetch(tmp_path / "known", "stopncii")
    assert done.quarantined == 7
    assert set(contents(tmp_path / "known", "stopncii")) == {f"pdq:{pdq(3)}"}


def _with_more_records(*values: Any) -> Any:
    def fault(handler: Handler) -> bool:
        records = handler.server.records["stopncii"]
        page = {"count": 9, "nextSetTimestamp": 5, "hasMoreRecords": False}
        handler.as_json({**page, "hashRecords": [*values, *records]})
        return True

    return fault


def test_the_last_page_says_where_to_start_next_time(server: Server, tmp_path: Path) -> None:
    fill(server, "stopncii")
    fetch(tmp_path / "known", "stopncii")
    server.asked.clear()
    server.records["stopncii"].append(stopncii(50, at=LONG_AGO + 5001))
    assert fetch(tmp_path / "known", "stopncii").entries == 1
    assert f"startTimestamp={LONG_AGO + 5000}&" in server.asked[0]


def test_a_page_that_does_not_say_whether_more_follows_is_an_error(
    server: Server, tmp_path: Path
) -> None:
    pages: list[Any] = [
        {"hashRecords": []},
        {"hashRecords": [], "nextSetTimestamp": 1, "hasMoreRecords": True},
        {"hashRecords": {}, "nextSetTimestamp": 1, "hasMoreRecords": False},
        [],
    ]
    for page in pages:
        server.faults = [lambda handler, page=page: handler.as_json(page) or True]  # type: ignore[misc]
        with pytest.raises(OSError, match="no page of hashes"):
            fetch(tmp_path / "known", "stopncii")
