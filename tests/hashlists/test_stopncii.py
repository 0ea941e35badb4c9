import json
from typing import Any

import pytest

from hashmatch.hashlists.base import About, Quarantined, Row, Withdrawn
from hashmatch.hashlists.stopncii import StopNciiFormat
from hashmatch.model import Digests, Entry, Hash, Json, KnownHash
from tests.support.json_list_seeds import MD5, PDQ, InMemory, stopncii, stopncii_record

FORMAT = StopNciiFormat()


def read(data: bytes) -> list[Row]:
    assert FORMAT.detect(data)
    return list(FORMAT.read(InMemory(data)))


def one(**changed: Any) -> Row:
    return read(stopncii(stopncii_record(**changed)))[0]


def test_a_record_gives_all_that_it_says() -> None:
    entry, about = read(stopncii(stopncii_record()))
    assert entry == Entry(
        id=f"pdq:{PDQ}",
        number=1,
        hashes=(KnownHash(Hash.fromhex("pdq", PDQ)),),
        category="Active",
        scheme="StopNCII",
        details={
            "lastModtimestamp": 1700000000,
            "signalType": "ImagePDQ",
            "hashStatus": "Active",
            "caseNumbers": {"c1": "Active"},
            "CSPFeedbacks": [{"feedbackValue": "Blocked", "tags": ["x"], "source": "s"}],
        },
    )
    details: dict[str, Json] = {"count": 1, "nextPageToken": "t", "hasMoreRecords": False}
    assert about == About(details=details)


def test_kinds_of_signals() -> None:
    video = one(signalType="VideoMD5", hashValue=MD5)
    assert isinstance(video, Entry)
    assert (video.id, video.digests) == (f"md5:{MD5.lower()}", Digests(md5=MD5.lower()))
    tmk = one(signalType="VideoTMK", hashValue="00ff")
    assert isinstance(tmk, Entry)
    assert tmk.hashes == (KnownHash(Hash("tmk-pdqf", b"\x00\xff")),)


@pytest.mark.parametrize("status", ["Withdrawn", "Deleted", "deleted"])
def test_what_was_taken_back_is_withdrawn_under_the_id_of_the_entry(status: str) -> None:
    assert one(hashStatus=status, hashValue=PDQ.upper()) == Withdrawn(f"pdq:{PDQ}", 1)


@pytest.mark.parametrize("status", ["Received", "active"])
def test_what_is_live(status: str) -> None:
    found = one(hashStatus=status)
    assert isinstance(found, Entry)
    assert (found.id, found.details["hashStatus"]) == (f"pdq:{PDQ}", status)


@pytest.mark.parametrize(
    "changed",
    [
        {"hashValue": "f8" * 16},
        {"hashValue": None},
        {"hashStatus": "Paused"},
        {"hashStatus": None},
        {"signalType": "URL"},
        {"signalType": "Text"},
        {"signalType": "Unknown"},
        {"signalType": "VideoMD5"},
        {"signalType": ["ImagePDQ"]},
    ],
)
def test_what_cannot_be_understood_is_set_aside(changed: dict[str, Any]) -> None:
    row = one(**changed)
    assert isinstance(row, Quarantined)
    assert "f8f8" not in row.reason


def test_several_answers_and_bare_records() -> None:
    answer = stopncii(stopncii_record())
    for data in (answer + b"\n" + answer, b"[" + answer + b"," + answer + b"]"):
        assert [type(row) for row in read(data)] == [Entry, Entry, About]
    assert isinstance(read(json.dumps([stopncii_record()]).encode())[0], Entry)
