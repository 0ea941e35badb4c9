"""Hashes are those that were written down: see `golden_values`."""

import hashlib
from pathlib import Path

import pytest

from tests.support import golden_values
from tests.support.golden_values import BITS, INEXACT, files, kept, names, readings
from tests.support.places import FIXTURES

ADD = "python -m tests.support.golden_values --add"


@pytest.mark.parametrize("name", names())
def test_hashes_are_those_that_were_written_down(name: str) -> None:
    known, drifted = kept(name), []
    for path in files(name):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest in known, f"{path.name} has no golden values: {ADD}"
        expected = known[digest]["readings"]
        assert isinstance(expected, list)
        found = readings(name, path)
        if path.name in INEXACT and name != "crop-resistant":
            same = len(found) == len(expected) and all(map(near, found, expected))
        else:
            same = found == expected or path.name in INEXACT
        if not same:
            drifted.append((path.name, expected, found))
    assert drifted == []


def near(reading: str, other: str) -> bool:
    """Whether readings differ by no more than decoders do that compute with fractions."""
    *place, quality, code = reading.split()
    *its_place, its_quality, its_code = other.split()
    bits = (int(code, 16) ^ int(its_code, 16)).bit_count()
    return place == its_place and abs(int(quality) - int(its_quality)) <= 1 and bits <= BITS


def test_every_value_has_its_file() -> None:
    for name in names():
        assert kept(name), name
        for digest, value in kept(name).items():
            path = FIXTURES / str(value["file"])
            assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, path.name


def test_what_differs_is_replaced_only_for_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(golden_values, "GOLDEN", tmp_path)
    monkeypatch.setattr(golden_values, "names", lambda: ["dhash-64"])
    monkeypatch.setattr(golden_values, "_PICTURES", ("jpeg",))

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["golden_values.py", *arguments])
        return golden_values.main()

    assert run() == 1
    assert run("--add") == run() == 0
    path = tmp_path / "dhash-64.json"
    right = path.read_text()
    path.write_text(right.replace(" 100 ", " 99 ", 1))
    assert run() == run("--add") == 1
    assert path.read_text() != right
    with pytest.raises(SystemExit):
        run("--replace", " ")
    assert run("--replace", "a test") == 0
    assert path.read_text() == right
