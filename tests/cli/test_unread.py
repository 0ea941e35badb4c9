"""What verbs other than `scan` could not read is counted, and makes the exit code 4."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import hashmatch as hm
from hashmatch.cli.app import app
from tests.support.photos import encoded, photo


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HASHMATCH_INDEX", raising=False)
    Path("good").mkdir()
    Path("good/a.png").write_bytes(encoded(photo("coffee"), "PNG"))
    Path("good/notes.txt").write_text("no picture")
    Path("cut").mkdir()
    Path("cut/a.png").write_bytes(encoded(photo("rocket"), "PNG"))
    Path("cut/half.jpg").write_bytes(encoded(photo("chelsea"), "JPEG")[:9000])
    Path("known.csv").write_text(f"id,pdq\nx,{hm.hash_image(photo('astronaut')).hash.hex}\n")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_an_original_that_is_read_in_part_is_counted() -> None:
    done = run("lists", "enrol", "good", "--index", "one", "--name", "LAB")
    assert done.exit_code == 0
    assert "0 read in part only, 0 unreadable" in done.stderr
    done = run("lists", "enrol", "cut", "--index", "two", "--name", "LAB")
    assert done.exit_code == 4
    assert "1 read in part only, 0 unreadable" in done.stderr
    done = run("lists", "enrol", "cut", "--index", "two", "--name", "LAB", "--json")
    assert '"in_part": "truncated"' in done.stdout


def test_a_video_that_is_read_in_part_is_counted() -> None:
    film = (Path(__file__).parents[1] / "fixtures/films/avi-mpeg4.avi").read_bytes()
    Path("good/film.avi").write_bytes(film[: len(film) * 3 // 4])
    done = run("lists", "enrol", "good", "--index", "one", "--name", "LAB")
    assert done.exit_code == 4
    assert "1 read in part only, 0 unreadable" in done.stderr


def test_pictures_that_calibrate_leaves_out_are_counted() -> None:
    assert run("lists", "import", "known.csv", "--index", "lab").exit_code == 0
    done = run("calibrate", "good", "--against", "lab")
    assert (done.exit_code, "left out" in done.stderr) == (0, False)
    done = run("calibrate", "cut", "--against", "lab")
    assert done.exit_code == 4
    assert "left out, unreadable or read in part only: 1 file" in done.stderr
