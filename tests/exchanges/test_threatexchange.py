from pathlib import Path
from typing import Any

import pytest

from hashmatch.exchanges import fetching
from tests.support.exchange_records import LONG_AGO, contents, fetch, fill, md5, pdq, threatexchange
from tests.support.exchange_server import GROUP, Handler, Server


def test_everything_that_is_said_of_an_indicator_comes_through(
    server: Server, tmp_path: Path
) -> None:
    opinions: list[dict[str, Any]] = [
        {"id": "91", "status": "MALICIOUS", "tags": {"data": [{"id": "1", "text": "seen"}]}},
        {
            "id": "92",
            "status": "NON_MALICIOUS",
            "owner": {"id": "8"},
            "reactions": [{"key": "HELPFUL"}],
        },
    ]
    server.records["threatexchange"] = [
        threatexchange(0),
        threatexchange(1, type="HASH_MD5", indicator=md5(1), descriptors={"data": opinions}),
        threatexchange(
            2, type="HASH_VIDEO_MD5", indicator=md5(2), descriptors={"data": opinions[1:]}
        ),
        threatexchange(3, type="HASH_SHA256", indicator=pdq(3)),
        threatexchange(4, type="HASH_PHOTODNA", indicator="ab" * 144),
    ]
    assert fetch(tmp_path / "known", "threatexchange").entries == 5
    first, second, third, fourth, fifth = contents(tmp_path / "known", "threatexchange").values()
    assert (first.id, first.scheme, first.category) == (
        "3058061737574000",
        "ThreatExchange",
        "MALICIOUS",
    )
    record = server.records["threatexchange"][0]
    assert first.details == {each: record[each] for each in ("type", "last_updated", "descriptors")}
    assert (second.digests.md5, second.category, second.known_good) == (md5(1), "", False)
    assert second.details["descriptors"] == {"data": opinions}
    assert (third.digests.md5, third.category, third.known_good) == (md5(2), "NON_MALICIOUS", True)
    assert fourth.digests.sha256 == pdq(3)
    assert str(fifth.hashes[0].hash) == f"photodna:{'ab' * 144}"


def test_an_indicator_without_descriptors_is_gone(server: Server, tmp_path: Path) -> None:
    without = threatexchange(0)
    del without["descriptors"]
    empty = threatexchange(1, descriptors={"data": []})
    server.records["threatexchange"] = [*map(threatexchange, range(3)), without, empty]
    assert fetch(tmp_path / "known", "threatexchange").withdrawn == 2
    assert len(contents(tmp_path / "known", "threatexchange")) == 1


def test_what_is_no_hash_is_set_aside(server: Server, tmp_path: Path) -> None:
    server.records["threatexchange"] = [
        threatexchange(0, type="URI", indicator="https://example.org/"),
        threatexchange(1, indicator=md5(1)),
        threatexchange(2, descriptors={"data": 7}),
        threatexchange(3, descriptors=[1]),
        threatexchange(4, id=None),
        threatexchange(5, type="HASH_"),
        threatexchange(6),
    ]
    server.size = 10
    assert fetch(tmp_path / "known", "threatexchange").quarantined == 6
    assert len(contents(tmp_path / "known", "threatexchange")) == 1


def test_the_token_is_not_in_the_checkpoint_and_pages_go_on_all_the_same(
    server: Server, tmp_path: Path
) -> None:
    fill(server, "threatexchange")
    assert fetch(tmp_path / "known", "threatexchange", stop=lambda: True).interrupted
    (source,) = fetching._sources(tmp_path / "known", "threatexchange")
    checkpoint = source.details["checkpoint"]
    assert isinstance(checkpoint, dict)
    assert str(checkpoint["next"]).startswith(f"/graph/v26.0/{GROUP}/threat_updates/?start_time=0&")
    assert "token" not in str(checkpoint)
    server.asked.clear()
    assert fetch(tmp_path / "known", "threatexchange").pages == 3
    assert "after=3" in server.asked[0]
    assert len(contents(tmp_path / "known", "threatexchange")) == 9
    server.asked.clear()
    fetch(tmp_path / "known", "threatexchange")
    assert f"start_time={LONG_AGO + 5000}&" in server.asked[0]


def test_the_newest_time_counts_only_at_the_end(server: Server, tmp_path: Path) -> None:
    newest = threatexchange(0, at=LONG_AGO + 9999)
    server.records["threatexchange"] = [newest, *map(threatexchange, range(1, 8))]
    assert fetch(tmp_path / "known", "threatexchange", stop=lambda: True).interrupted
    server.expired.add("3")
    done = fetch(tmp_path / "known", "threatexchange", stop=lambda: True)
    server.expired.clear()
    assert (done.entries, fetch(tmp_path / "known", "threatexchange").entries) == (3, 5)
    assert len(contents(tmp_path / "known", "threatexchange")) == 8


def test_another_server_is_not_followed(server: Server, tmp_path: Path) -> None:
    def elsewhere(handler: Handler) -> bool:
        url = "http://localhost:1/graph/?access_token=x"
        handler.as_json({"data": [threatexchange(0)], "paging": {"next": url}})
        return True

    server.faults = [elsewhere]
    with pytest.raises(OSError, match=r"redirects to another server \(localhost\): not followed"):
        fetch(tmp_path / "known", "threatexchange")
