"""A publisher's records mean the same from a saved file and from a fetch."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hashmatch.exchanges.fetching import open_exchange
from hashmatch.hashlists.base import About, Row
from tests.support.exchange_records import MAKE, md5, pdq
from tests.support.exchange_server import PATHS, Server, ncmec_page
from tests.support.list_files import rows

FORMATS = {
    "ncmec": "ncmec",
    "stopncii": "stopncii",
    "tat": "tat",
    "threatexchange": "threatexchange-json",
}

CHANGES: dict[str, list[dict[str, Any]]] = {
    "ncmec": [
        {"tag": "video", "prints": {"md5": md5("a").upper()}},
        {"tag": "deletedImage"},
        {"tag": "deletedVideo", "prints": {}},
        {"tag": "imageOfAnotherKind"},
        {"member": ""},
        {"id": ""},
        {"category": ""},
        {"prints": {}},
        {"prints": {"md5": "", "pdq": pdq("b")}},
        {"prints": {"md5": ""}},
        {"prints": {"pdq": md5("c"), "md5": md5("c")}},
        {"prints": {"phash-64": "ab" * 8, "dhash": "ab" * 8, "md5": md5("d")}},
        {"prints": {"PDNA": "ab" * 144, "netclean": "QUJD", "ssvh-pdna": "cd" * 10}},
        {"inner": "<note/><note>a</note><other kind='x'/>"},
        {"inner": f"<fingerprints><md5>{md5('e')}</md5></fingerprints>"},
        {"links": '<tmk-pdqf rel="self" href="/v2/entries/1"/>'},
    ],
    "stopncii": [
        {"signalType": "VideoMD5", "hashValue": md5("a").upper()},
        {"signalType": "VideoTMK", "hashValue": "00ff"},
        {"signalType": "imagepdq"},
        {"signalType": "URL"},
        {"signalType": None},
        {"hashStatus": "Withdrawn"},
        {"hashStatus": "deleted"},
        {"hashStatus": "Paused"},
        {"hashStatus": ["Active"]},
        {"hashValue": "f8" * 16},
        {"hashValue": None},
        {"caseNumbers": []},
        {"CSPFeedbacks": [{"feedbackValue": "Blocked", "tags": ["x"]}], "new": 0, "odd": False},
        {"HASHVALUE": pdq("other")},
        {"@odata.id": "x"},
    ],
    "tat": [
        {"algorithm": "SHA256", "hash_digest": pdq("a")},
        {"algorithm": "PDQ", "hash_digest": pdq("b").upper()},
        {"algorithm": "dhash", "hash_digest": "ab" * 8},
        {"algorithm": "phash-64", "hash_digest": "ab" * 8},
        {"algorithm": "tomorrow", "hash_digest": "ab" * 8},
        {"algorithm": None},
        {"deleted": True},
        {"deleted": "true", "hash_digest": None},
        {"deleted": "perhaps"},
        {"id": None},
        {"id": "text"},
        {"id": 1.5},
        {"id": True},
        {"ideology": None},
        {"ideology": ["x"]},
        {"Hash_Digest": md5("other")},
        {"file_type": ""},
    ],
    "threatexchange": [
        {"type": "HASH_MD5", "indicator": md5("a")},
        {"type": "hash_pdq"},
        {"type": "HASH_SSDEEP"},
        {"type": None},
        {"indicator": None},
        {"indicator": {"indicator": pdq("b"), "type": "HASH_PDQ"}},
        {"should_delete": True},
        {"should_delete": "perhaps"},
        {"descriptors": None},
        {"descriptors": {"data": []}},
        {"descriptors": {"data": "odd"}},
        {"descriptors": {"data": ["odd"]}},
        {"descriptors": "odd"},
        {"descriptors": [{"status": "MALICIOUS"}]},
        {"descriptors": {"data": [{"status": "non_malicious"}, {"status": "NON_MALICIOUS"}]}},
        {"descriptors": {"data": [{"status": "NON_MALICIOUS"}, {"status": "MALICIOUS"}]}},
        {"descriptors": {"data": [{"status": 7}, {}]}},
        {"descriptors": {"data": [{"status": ["odd"]}]}},
        {"id": ""},
        {"id": {"a": 1}},
        {"tags": {"data": [{"id": "5", "text": "t"}]}},
        {"ID": "other"},
    ],
}


def saved(exchange: str, records: list[dict[str, Any]]) -> bytes:
    """The records as a user saves them from the server."""
    if exchange == "ncmec":
        return ncmec_page(records, "").encode()
    around = {"stopncii": "hashRecords", "tat": "results", "threatexchange": "data"}[exchange]
    return json.dumps({around: records}).encode()


def fetched(exchange: str) -> Iterator[Row]:
    opened = open_exchange(exchange)
    for page in opened.pages(opened.start(0)):
        yield from page.rows


@pytest.mark.parametrize("exchange", PATHS)
def test_a_file_and_a_fetch_agree(exchange: str, server: Server) -> None:
    make = MAKE[exchange]
    records = [make(0), *(make(n, **changed) for n, changed in enumerate(CHANGES[exchange], 1))]
    if exchange == "ncmec":  # the server gives images first
        records.sort(key=lambda each: "video" in each["tag"].lower())
    server.records[exchange] = records
    server.size = 100
    told = list(fetched(exchange))
    read = [
        row
        for row in rows(FORMATS[exchange], saved(exchange, records))
        if not isinstance(row, About)
    ]
    assert len(told) >= len(records)
    assert told == read


def test_what_they_agree_on(server: Server) -> None:
    """Where they once differed, and which of them was right."""

    def one(exchange: str, **changed: Any) -> Row:
        server.records[exchange] = [MAKE[exchange](1, **changed)]
        (row,) = fetched(exchange)
        return row

    assert type(one("threatexchange", descriptors={"data": []})).__name__ == "Withdrawn"
    assert type(one("tat", algorithm="dhash", hash_digest="ab" * 8)).__name__ == "Quarantined"
    harmless = one("threatexchange", descriptors={"data": [{"status": "non_malicious"}]})
    assert getattr(harmless, "known_good", None) is True
    assert type(one("stopncii", SIGNALTYPE="ImagePDQ", signalType=None)).__name__ == "Entry"
    assert "note" not in getattr(one("ncmec", inner="<note/>"), "details", {"note": 1})
