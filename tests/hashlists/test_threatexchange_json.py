import json
from typing import Any

import pytest

from hashmatch.hashlists.base import About, Quarantined, Row, Withdrawn
from hashmatch.hashlists.threatexchange_json import ThreatExchangeFormat
from hashmatch.model import Digests, Entry, Hash, KnownHash
from tests.support.json_list_seeds import (
    MD5,
    PDQ,
    SHA1,
    SHA256,
    InMemory,
    descriptor,
    threatexchange,
)

FORMAT = ThreatExchangeFormat()


def read(data: bytes) -> list[Row]:
    assert FORMAT.detect(data)
    return list(FORMAT.read(InMemory(data)))


def one(**changed: Any) -> Row:
    return read(threatexchange(descriptor(**changed)))[0]


def entry(**changed: Any) -> Entry:
    row = one(**changed)
    assert isinstance(row, Entry)
    return row


def test_a_descriptor_gives_all_that_it_says() -> None:
    found, about = read(threatexchange(descriptor()))
    assert found == Entry(
        id="41",
        number=1,
        hashes=(KnownHash(Hash.fromhex("pdq", PDQ)),),
        category="MALICIOUS",
        scheme="ThreatExchange",
        details={
            "type": "HASH_PDQ",
            "owner": {"id": "9", "name": "a platform"},
            "tags": ["t1", "t2"],
            "added_on": "2020-07-01T00:00:00+0000",
        },
    )
    assert about == About(details={"paging": {"cursors": {"after": "x"}}})


@pytest.mark.parametrize(
    ("kind", "text", "digests"),
    [
        ("HASH_MD5", MD5, Digests(md5=MD5.lower())),
        ("HASH_VIDEO_MD5", MD5, Digests(md5=MD5.lower())),
        ("hash_sha1", SHA1, Digests(sha1=SHA1)),
        ("HASH_SHA256", SHA256, Digests(sha256=SHA256)),
    ],
)
def test_digests(kind: str, text: str, digests: Digests) -> None:
    found = entry(type=kind, raw_indicator=text)
    assert (found.digests, found.hashes) == (digests, ())


def test_opaque_hashes_are_carried() -> None:
    assert entry(type="HASH_TMK", raw_indicator="00ff").hashes == (
        KnownHash(Hash("tmk-pdqf", b"\x00\xff")),
    )


@pytest.mark.parametrize("indicator", [PDQ.upper(), {"id": "1", "indicator": PDQ}])
def test_the_indicator_in_its_other_field(indicator: object) -> None:
    assert entry(raw_indicator=..., indicator=indicator).hashes == entry().hashes


def test_statuses_say_whether_it_is_harmless() -> None:
    assert entry(status="NON_MALICIOUS").known_good
    assert not entry(status="MALICIOUS").known_good
    assert (entry(status="UNKNOWN").category, entry(status=None).scheme) == ("UNKNOWN", "")


def test_an_update_is_harmless_only_if_all_its_descriptors_say_so() -> None:
    good, bad = {"status": "NON_MALICIOUS"}, {"status": "MALICIOUS"}
    assert entry(status=..., descriptors={"data": [good, good]}).known_good
    mixed = entry(status=..., descriptors={"data": [good, bad]})
    assert (mixed.known_good, mixed.category) == (False, "")
    assert mixed.details["descriptors"] == {"data": [good, bad]}


def test_tags_as_texts_stay_as_they_are() -> None:
    assert entry(tags=["a"]).details["tags"] == ["a"]


def test_deleted_descriptors_are_withdrawn() -> None:
    assert one(should_delete="true", raw_indicator=None) == Withdrawn("41", 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"raw_indicator": "f8" * 16},
        {"raw_indicator": None},
        {"indicator": "0" * 64},
        {"type": "HASH_SSDEEP"},
        {"type": None},
        {"id": ""},
        {"should_delete": "perhaps"},
        {"status": {"a": 1}},
    ],
)
def test_what_cannot_be_understood_is_set_aside(changed: dict[str, Any]) -> None:
    rows = read(threatexchange(descriptor(**changed), descriptor()))
    assert [type(row) for row in rows] == [Quarantined, Entry, About]


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(descriptor()),
        json.dumps([descriptor()]),
        json.dumps([{"data": [descriptor()]}]),
        json.dumps(descriptor()) + "\n",
    ],
)
def test_every_frame_around_descriptors(data: str) -> None:
    assert [type(row) for row in read(data.encode())] == [Entry, About]


def test_one_descriptor_a_line() -> None:
    data = "\r\n".join(json.dumps(descriptor(id=str(number))) for number in range(3))
    assert [row.id for row in read(data.encode()) if isinstance(row, Entry)] == ["0", "1", "2"]
