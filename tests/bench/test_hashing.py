from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hashmatch.bench import hashing
from hashmatch.bench.hashing import OURS, HashBenchOptions, hash_lines, measure_hashing
from hashmatch.bench.recall import Watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(1)
    for number in range(4):
        noise = Image.fromarray(random.integers(0, 256, (20, 30, 3), np.uint8))
        noise.resize((200, 150)).save(tmp_path / f"{number}.jpg")
    noise.resize((700, 500)).save(tmp_path / "large.png")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(60))
    return tmp_path


def test_pictures_are_classed_by_format_and_size(folder: Path) -> None:
    result = measure_hashing([folder], HashBenchOptions(rounds=1))
    found = {each["class"]: each for each in result["classes"]}
    assert {name: each["pictures"] for name, each in found.items()} == {
        "jpeg, up to 0.1 MP": 4,
        "png, 0.1–0.5 MP": 1,
    }
    assert found["png, 0.1–0.5 MP"]["megapixels"] == 0.35
    for each in found.values():
        assert set(each["programs"]) == set(hashing.contenders())
        assert all(facts["per_second"] > 0 for facts in each["programs"].values())
    assert [Path(each["picture"]).name for each in result["unread"]] == ["broken.jpg"]
    lines = list(hash_lines(result))
    assert sum(each.startswith(f"  {OURS}   ") for each in lines) == 2


def test_fewer_pictures_are_enough(folder: Path) -> None:
    result = measure_hashing([folder], HashBenchOptions(rounds=1, most=2))
    assert [each["pictures"] for each in result["classes"]] == [2, 1]


def test_a_program_that_fails_is_left_out_of_the_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(data: bytes) -> object:
        msg = "not this one"
        if data[:1] == b"\xff":
            raise ValueError(msg)
        return data

    monkeypatch.setattr(hashing, "contenders", lambda: {OURS: len, "theirs": broken})
    result = measure_hashing([folder], HashBenchOptions(rounds=1))
    jpeg = next(each for each in result["classes"] if each["class"].startswith("jpeg"))
    assert jpeg["programs"]["theirs"]["failed"] == 4
    assert jpeg["programs"]["theirs"]["per_second"] is None
    assert "none could be hashed" in "\n".join(hash_lines(result))


def test_a_stop_keeps_what_was_measured(folder: Path) -> None:
    answers = iter(range(1))
    watch = Watch(stop=lambda: next(answers, None) is None)
    result = measure_hashing([folder], HashBenchOptions(rounds=1), watch=watch)
    assert result["interrupted"]
    assert [bool(each["programs"]) for each in result["classes"]] == [True, False]
    assert list(hash_lines(result))
