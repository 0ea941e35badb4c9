import time
from pathlib import Path
from typing import Any, cast

import pytest

from hashmatch.errors import ExchangeError
from hashmatch.exchanges.ncmec import SETTLED
from hashmatch.index.index import Index
from tests.support import unix
from tests.support.exchange_records import LONG_AGO, contents, fetch, fill, md5, ncmec, pdq
from tests.support.exchange_server import Handler, Server, date, refuse, well

FEEDBACK = """<feedback lastUpdateTimestamp="2023-06-01T12:48:14Z">
<affirmativeFeedback type="Md5"><members timestamp="2023-06-01T12:48:14Z">
<member id="42">Example Member</member></members></affirmativeFeedback>
<negativeFeedback type="Sha1"><reasons><reason guid="0123" name="Reason 1" type="Sha1"/>
<members><member id="43">Other</member></members></reasons></negativeFeedback></feedback>"""


def test_everything_that_is_said_of_an_entry_comes_through(server: Server, tmp_path: Path) -> None:
    prints = {
        "md5": md5(0).upper(),
        "sha1": "a1" * 20,
        "pdq": pdq(0),
        "pdna": "ab" * 144,
        "netclean": "QUJD",
        "ssvh-pdna": "cd" * 10,
        "SSVH_SAFER_HASH": "ef" * 10,
    }
    links = '<tmk-pdqf rel="self" href="/v2/entries/1/fingerprints/TMK_PDQF"/>'
    server.records["ncmec"] = [
        ncmec(0, prints=prints, links=links, inner=FEEDBACK + "<note>as it came</note>"),
        ncmec(1, tag="video", prints={"md5": md5(1)}, category="B2"),
        ncmec(2, prints={}, links=links),
    ]
    done = fetch(tmp_path / "known", "ncmec")
    assert (done.entries, done.withdrawn, done.quarantined, done.whole) == (2, 0, 1, True)
    found = contents(tmp_path / "known", "ncmec")
    first = found["42/e0"]
    assert (first.scheme, first.category, first.known_good) == ("NCMEC", "A1", False)
    assert (first.digests.md5, first.digests.sha1) == (md5(0), "a1" * 20)
    assert {str(each.hash) for each in first.hashes} == {
        f"pdq:{pdq(0)}",
        f"photodna:{'ab' * 144}",
        "netclean:414243",
        f"ssvh-pdna:{'cd' * 10}",
        f"ssvh-safer-hash:{'ef' * 10}",
    }
    assert first.details["type"] == "image"
    assert first.details["member"] == "Member"
    assert first.details["timestamp"] == date(LONG_AGO)
    link = {"rel": "self", "href": "/v2/entries/1/fingerprints/TMK_PDQF"}
    assert first.details["links"] == {"tmk-pdqf": link}
    assert first.details["note"] == ["as it came"]
    (feedback,) = cast("Any", first.details["feedback"])
    assert feedback["affirmativeFeedback"]["members"]["member"] == {
        "id": "42",
        "text": "Example Member",
    }
    assert feedback["negativeFeedback"]["reasons"]["reason"] == {
        "guid": "0123",
        "name": "Reason 1",
        "type": "Sha1",
    }
    assert (found["42/e1"].details["type"], found["42/e1"].category) == ("video", "B2")
    assert "42/e2" not in found


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<queryResult>",
        b"<queryResult><images></queryResult>",
        b"<status/>",
        b'<?xml version="1.0" encoding="klingon"?><queryResult/>',
        b"<queryResult>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</queryResult>",
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "e">]><queryResult>&e;</queryResult>'.encode(
            "utf-16"
        ),
        b"<queryResult><paging><next>http://elsewhere/</next></paging></queryResult>",
    ],
)
def test_answers_that_cannot_be_understood(server: Server, tmp_path: Path, content: bytes) -> None:
    def answer(handler: Handler) -> bool:
        handler.give(200, content)
        return True

    server.faults = [well, answer]
    with pytest.raises(ExchangeError, match="gave an answer that cannot be understood") as caught:
        fetch(tmp_path / "known", "ncmec")
    assert "elsewhere" not in str(caught.value)


def test_members_may_use_the_same_id(server: Server, tmp_path: Path) -> None:
    server.records["ncmec"] = [
        ncmec(0),
        ncmec(0, member="43"),
        ncmec(0, member="43", tag="deletedVideo"),
    ]
    fetch(tmp_path / "known", "ncmec")
    assert set(contents(tmp_path / "known", "ncmec")) == {"42/e0"}


def test_broken_values_cost_themselves_only(server: Server, tmp_path: Path) -> None:
    server.records["ncmec"] = [
        ncmec(0, prints={"pdq": md5(0), "md5": md5(0)}),
        ncmec(1, prints={"pdna": "a1a1a1..."}),
        ncmec(2, member=""),
        ncmec(3, tag="imageOfAnotherKind"),
        ncmec(4, prints={}),
        ncmec(5, prints={"md5": md5(5), "phash-64": "ab" * 8}),
    ]
    done = fetch(tmp_path / "known", "ncmec")
    found = contents(tmp_path / "known", "ncmec")
    assert set(found) == {"42/e0", "42/e5"}
    assert (found["42/e0"].digests.md5, found["42/e0"].hashes) == (md5(0), ())
    assert done.quarantined == 6
    assert done.reasons["a pdq hash is written with 64 hex digits, not 32"] == 1
    listed = [
        each
        for part in Index(tmp_path / "known")["ncmec"].parts
        for each in part.segment.quarantined
    ]
    assert [number for number, _ in listed] == [1, 2, 3, 4, 5, 6]
    assert all(md5(0) not in reason for _, reason in listed)


def test_a_range_keeps_its_ends_while_it_is_read(server: Server, tmp_path: Path) -> None:
    fill(server, "ncmec")
    clock = iter(range(int(time.time()), 1 << 40, 1000))
    server.clock = lambda: next(clock)
    fetch(tmp_path / "known", "ncmec")
    pages = [asked.partition("&start")[0] for asked in server.asked if "entries" in asked]
    assert len(pages) == 4
    assert len(set(pages)) == 1


def test_the_range_is_in_utc_and_ends_by_the_servers_clock(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    unix.time.tzset()
    try:
        server.clock = lambda: LONG_AGO
        server.records["ncmec"] = [ncmec(0, at=LONG_AGO - SETTLED), ncmec(1, at=LONG_AGO - 5)]
        assert fetch(tmp_path / "known", "ncmec").entries == 1
        server.clock = lambda: LONG_AGO + 3600
        server.asked.clear()
        assert fetch(tmp_path / "known", "ncmec").entries == 2
        assert f"from={date(LONG_AGO - SETTLED - 1).replace(':', '%3A')}" in server.asked[1]
    finally:
        monkeypatch.delenv("TZ")
        unix.time.tzset()


def test_a_page_that_is_no_longer_valid_starts_the_range_again(
    server: Server, tmp_path: Path
) -> None:
    fill(server, "ncmec")
    pages = iter((False, True))
    assert fetch(tmp_path / "known", "ncmec", stop=lambda: next(pages)).interrupted
    server.faults = [well, refuse(410)]
    server.asked.clear()
    assert fetch(tmp_path / "known", "ncmec").pages == 4
    assert "start=6" in server.asked[1]
    assert "start=" not in server.asked[2]
    assert len(contents(tmp_path / "known", "ncmec")) == 9
    server.clock = lambda: time.time() + 3600
    server.faults = [well, refuse(410)]
    with pytest.raises(OSError, match="HTTP 410"):
        fetch(tmp_path / "known", "ncmec")


def test_an_address_that_expired_is_not_tried(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server, "ncmec")
    assert fetch(tmp_path / "known", "ncmec", stop=lambda: True).interrupted
    monkeypatch.setattr("hashmatch.exchanges.base.PAGE_LIFE", -1)
    server.asked.clear()
    assert fetch(tmp_path / "known", "ncmec").whole
    assert all("start=3" not in asked for asked in server.asked[:2])


def test_an_answer_of_another_kind_is_an_error(server: Server, tmp_path: Path) -> None:
    def answer(body: bytes):  # type: ignore[no-untyped-def] # noqa: ANN202
        return lambda handler: handler.give(200, body) or True

    for body in (
        b"<html><body/></html>",
        b"<html>",
        b"{}",
        b'<!DOCTYPE x [<!ENTITY a "b">]><queryResult/>',
        b"<queryResult><paging><next>//e/</next></paging>",
    ):
        server.faults[:] = [well, answer(body)]
        with pytest.raises(OSError, match=r"gave an answer that|a page for people"):
            fetch(tmp_path / "known", "ncmec")
    server.faults[:] = [refuse(404)]
    with pytest.raises(OSError, match="no such collection"):
        fetch(tmp_path / "known", "ncmec")
