import json
from typing import Any

import pytest

from hashmatch.hashlists.base import About, Quarantined, Row, Withdrawn
from hashmatch.hashlists.tat import TatFormat
from hashmatch.model import Digests, Entry, Hash, KnownHash
from tests.support.json_list_seeds import MD5, PDQ, SHA1, SHA256, InMemory, tat, tat_record

FORMAT = TatFormat()


def read(data: bytes) -> list[Row]:
    assert FORMAT.detect(data)
    return list(FORMAT.read(InMemory(data)))


def test_a_record_gives_all_that_it_says() -> None:
    assert read(tat(tat_record()))[0] == Entry(
        id="3",
        number=1,
        hashes=(KnownHash(Hash.fromhex("pdq", PDQ)),),
        category="far-right",
        scheme="TAT",
        details={
            "file_type": "jpg",
            "updated_on": "2024-01-01T00:00:00Z",
            "created_on": "2023-01-01T00:00:00Z",
        },
    )


@pytest.mark.parametrize(
    ("algorithm", "text", "digests"),
    [
        ("MD5", MD5, Digests(md5=MD5.lower())),
        ("sha-1", SHA1, Digests(sha1=SHA1)),
        ("SHA256", SHA256, Digests(sha256=SHA256)),
    ],
)
def test_digests(algorithm: str, text: str, digests: Digests) -> None:
    row = read(tat(tat_record(algorithm=algorithm, hash_digest=text)))[0]
    assert isinstance(row, Entry)
    assert row.digests == digests


@pytest.mark.parametrize("deleted", [True, "true", 1])
def test_deleted_records_are_withdrawn(deleted: object) -> None:
    row = read(tat(tat_record(deleted=deleted, hash_digest=None)))[0]
    assert row == Withdrawn("3", 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"hash_digest": "f8" * 16},
        {"hash_digest": None},
        {"algorithm": None},
        {"algorithm": "MD5"},
        {"deleted": "perhaps"},
        {"id": None},
        {"id": {"a": 1}},
        {"ideology": ["far-right"]},
    ],
)
def test_what_cannot_be_understood_is_set_aside(changed: dict[str, Any]) -> None:
    rows = read(tat(tat_record(**changed), tat_record()))
    assert [type(row) for row in rows] == [Quarantined, Entry, About]


@pytest.mark.parametrize("around", ['{"next": "ts,9", "results": %s}', '{"Hashes": %s, "next": 1}'])
def test_records_in_an_answer(around: str) -> None:
    data = (around % json.dumps([tat_record(), tat_record(id=5)])).encode()
    first, second, about = read(data)
    assert isinstance(first, Entry)
    assert isinstance(second, Entry)
    assert isinstance(about, About)
    assert (first.id, second.id, list(about.details)) == ("3", "5", ["next"])


def test_one_record_a_line() -> None:
    data = "\n".join(json.dumps(tat_record(id=number)) for number in (1, 2)).encode()
    assert [type(row) for row in read(data)] == [Entry, Entry, About]
