"""Passwords on record: the same ones are recognised, and none can be read or quickly guessed."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.errors import ResumeError
from hashmatch.sightings.database import Database
from hashmatch.sightings.encoding import canonical
from hashmatch.sightings.sealing import is_seal_of, seal
from tests.support.sighting_values import CONFIGURATION, SOURCE, batches, results

WORDS = ("swordfish", "größe", "\udcff")
LOCKED = replace(CONFIGURATION, reading={"inside": True, "passwords": ""}, passwords=WORDS)


def test_a_seal_is_that_of_the_same_passwords_in_any_order() -> None:
    sealed = seal(WORDS)
    assert is_seal_of(reversed(WORDS), sealed)
    assert not is_seal_of(WORDS[:2], sealed)
    assert not is_seal_of((*WORDS[:2], "swordfisH"), sealed)


def test_every_seal_has_a_salt_of_its_own() -> None:
    assert seal(WORDS) != seal(WORDS)


def test_a_seal_is_what_scrypt_gives() -> None:
    name, salt, key = seal(WORDS[:1]).split(":")
    expected = hashlib.scrypt(
        b'["swordfish"]', salt=bytes.fromhex(salt), n=32768, r=8, p=1, maxmem=1 << 26, dklen=32
    )
    assert (name, key) == ("scrypt", expected.hex())


@pytest.mark.parametrize("text", ["", "scrypt", "scrypt::", "scrypt:zz:00", "ab" * 32])
def test_what_is_no_seal_is_that_of_nothing(text: str) -> None:
    assert not is_seal_of(WORDS, text)


def stopped(path: Path) -> None:
    with (
        Database.open(path) as database,
        database.run(case="1", source=SOURCE, configuration=LOCKED) as run,
    ):
        for batch in batches(results(5)):
            run.record(batch)


def test_a_scan_goes_on_with_the_same_passwords(tmp_path: Path) -> None:
    stopped(tmp_path / "db")
    same = replace(LOCKED, passwords=WORDS[::-1])
    with (
        Database.open(tmp_path / "db") as database,
        database.run(case="1", source=SOURCE, configuration=same, resume=True) as run,
    ):
        assert run.position == 5
    with Database.open(tmp_path / "db") as database:
        assert not database.verify().problems


@pytest.mark.parametrize("words", [(), ("swordfish",)])
def test_a_scan_does_not_go_on_with_others(words: tuple[str, ...], tmp_path: Path) -> None:
    stopped(tmp_path / "db")
    other = replace(LOCKED, passwords=words)
    with Database.open(tmp_path / "db") as database, pytest.raises(ResumeError) as refused:  # noqa: SIM117
        with database.run(case="1", source=SOURCE, configuration=other, resume=True):
            pass
    assert "passwords (--passwords)" in str(refused.value)


def test_no_quick_digest_of_passwords_is_on_record(tmp_path: Path) -> None:
    stopped(tmp_path / "db")
    data = b"".join(each.read_bytes() for each in tmp_path.glob("db*") if each.is_file())
    for text in (canonical(sorted(WORDS)), json.dumps(sorted(WORDS)), *WORDS):
        raw = text.encode("utf-8", "surrogatepass")
        assert raw not in data
        assert hashlib.sha256(raw).hexdigest().encode() not in data
