from pathlib import Path

import pytest

from tests.support.exchange_records import contents, fetch, fill, md5, pdq, tat
from tests.support.exchange_server import Server, refuse, well


def test_everything_that_is_said_of_a_hash_comes_through(server: Server, tmp_path: Path) -> None:
    server.records["tat"] = [
        tat(1, something_new=[1, 2]),
        tat(2, algorithm="PDQ", hash_digest=pdq(2), ideology="islamist"),
        tat(3, algorithm="SHA256", hash_digest=pdq(3)),
        tat(4, algorithm="PDQ"),
        tat(5, id=None),
        tat(6, deleted="perhaps"),
        tat(7, algorithm="something"),
    ]
    server.size = 10
    done = fetch(tmp_path / "known", "tat")
    assert (done.entries, done.quarantined) == (3, 4)
    found = contents(tmp_path / "known", "tat")
    assert (found["1"].digests.md5, found["1"].scheme, found["1"].category) == (
        md5(1),
        "TAT",
        "far-right",
    )
    assert found["1"].details["file_type"] == "mp4"
    assert found["1"].details["something_new"] == [1, 2]
    assert found["2"].hashes[0].hash.hex == pdq(2)
    assert found["3"].digests.sha256 == pdq(3)


def test_it_signs_in_once_and_again_when_the_token_ends(server: Server, tmp_path: Path) -> None:
    fill(server, "tat")
    server.faults = [well, well, well, refuse(401)]
    assert fetch(tmp_path / "known", "tat").whole
    assert sum("token-auth" in asked for asked in server.asked) == 2
    assert set(contents(tmp_path / "known", "tat")) == {str(n) for n in range(10) if n != 1}


def test_pages_go_on_behind_the_last_record(server: Server, tmp_path: Path) -> None:
    fill(server, "tat")
    fetch(tmp_path / "known", "tat")
    assert sum("hash-list" in asked for asked in server.asked) == 4
    server.asked.clear()
    assert fetch(tmp_path / "known", "tat").pages == 1


def test_pages_that_go_round_in_a_circle_are_an_error(server: Server, tmp_path: Path) -> None:
    page = {"next": "again", "checkpoint": "", "results": []}
    server.faults = [well, lambda handler: handler.as_json(page) or True]  # type: ignore[func-returns-value]
    with pytest.raises(OSError, match="same page again as the next one"):
        fetch(tmp_path / "known", "tat")
