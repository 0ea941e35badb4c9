import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from hashmatch.bench.transforms.base import suite
from hashmatch.cli import interrupt
from hashmatch.cli.app import app
from hashmatch.errors import (
    DamagedIndexError,
    ListFormatError,
    OutputError,
    ThresholdError,
    UnknownNameError,
)
from hashmatch.hashing.items import hash_image
from hashmatch.hashlists.writing import write_list
from hashmatch.model import Entry, KnownHash


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "pictures"
    place.mkdir()
    for seed in range(5):
        noise = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), np.uint8)
        picture = Image.fromarray(noise).resize((160, 120), Image.Resampling.BICUBIC)
        picture.save(place / f"{seed}.png")
    return place


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["bench", *map(str, arguments)])


def refused(done: Result, *kinds: type[Exception]) -> bool:
    """Whether it is wrong use, by Typer or by an error that the program makes a message of."""
    return done.exit_code == 2 or isinstance(done.exception, kinds)


def test_recall_is_printed_and_written(folder: Path, tmp_path: Path) -> None:
    files = ("--json", tmp_path / "a.json", "--html", tmp_path / "a.html")
    few = ("--known", 2, "--group", "dihedral", "--threads", 1)
    done = run("recall", folder, *few, *files)
    assert done.exit_code == 0, done.output
    assert "dihedral/transpose" in done.stdout
    assert "pdq: at most one false match in 10⁶ comparisons within" in done.stdout
    written = json.loads((tmp_path / "a.json").read_text())
    assert written["results"][0]["groups"][-1]["copies"] == 2 * len(suite(0, ["dihedral"]))
    assert (tmp_path / "a.html").read_text().startswith("<!DOCTYPE html>")
    assert {each.name for each in tmp_path.iterdir()} == {"pictures", "a.json", "a.html"}
    again = run("recall", folder, *few, *files)
    assert again.exit_code == 2
    assert "--force replaces it" in again.stderr


def test_a_list_takes_the_place_of_made_up_hashes(folder: Path, tmp_path: Path) -> None:
    theirs = [hash_image(each) for each in sorted(folder.iterdir())]
    entries = [Entry(str(at), hashes=(KnownHash(x.hash, 100),)) for at, x in enumerate(theirs)]
    write_list(entries, tmp_path / "list.jsonl", format="jsonl")
    done = run(
        *("recall", folder, "--known", 1, "--group", "dihedral", "--threads", 1),
        *("--distractors", tmp_path / "list.jsonl", "--threshold", 31),
    )
    assert done.exit_code == 0, done.output
    count = len(suite(0, ["dihedral"]))
    assert f"within 31: {count} copies matched another entry" in done.stdout


def test_pictures_that_are_left_out_are_named(folder: Path) -> None:
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(60))
    for verb in (("recall", "--known", 0), ("hash", "--rounds", 1)):
        done = run(verb[0], folder, *verb[1:])
        assert done.exit_code == 4, done.output
        assert "broken.jpg" in done.stderr


def test_what_was_measured_is_printed_after_ctrl_c(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Five files, five hashes, five pictures that are compared, and before the copies.
    left = iter(range(5 + 5 + 5 + 1))
    monkeypatch.setattr(interrupt.Interruption, "is_requested", lambda _: next(left, None) is None)
    page = tmp_path / "a.json"
    few = ("--known", 2, "--group", "dihedral", "--threads", 1, "--json", page)
    done = run("recall", folder, *few)
    assert done.exit_code == 130
    assert "interrupted" in done.stdout
    written = json.loads(page.read_text())
    assert written["interrupted"]
    assert written["results"][0]["groups"][-1]["copies"] > 0


def test_ctrl_c_before_anything_was_measured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupt.Interruption, "is_requested", lambda _: True)
    done = run("recall", folder)
    assert done.exit_code == 130
    assert done.stdout == ""


@pytest.mark.parametrize(
    "wrong",
    [
        ("--split", "some"),
        ("--threshold", "phash-64=3"),
        ("--threshold", "pdq=257"),
        ("--algorithm", "nothing"),
        ("--tiers", "nothing"),
        ("--group", "nothing"),
        ("--distractors", "missing.csv"),
    ],
)
def test_wrong_use_is_refused(folder: Path, wrong: tuple[str, str]) -> None:
    few = ("--known", 1, "--group", "dihedral", "--threads", 1)
    done = run("recall", folder, *few, *wrong)
    assert refused(done, UnknownNameError, ThresholdError, ListFormatError)
    assert "files" not in done.stderr  # before a picture was read


def test_a_file_that_has_no_folder_is_refused_before_anything_is_measured(
    folder: Path, tmp_path: Path
) -> None:
    for option in ("--json", "--html"):
        done = run("recall", folder, option, tmp_path / "missing" / "a")
        assert isinstance(done.exception, OutputError)
        assert done.stdout == ""
        assert "files" not in done.stderr


def test_pictures_that_show_the_same_are_no_different_ones(folder: Path) -> None:
    for number in range(1, 5):
        (folder / f"{number}.png").write_bytes((folder / "0.png").read_bytes())
    done = run("recall", folder)
    assert "too few different pictures: 1 of three at least" in str(done.exception)


def test_where_there_is_no_other_picture_none_is_the_nearest(folder: Path) -> None:
    for number in range(5):
        Image.new("L", (64 + number, 64), number).save(folder / f"{number}.png")
    done = run("recall", folder, "--known", 1, "--group", "dihedral", "--threads", 1)
    assert done.exit_code == 0, done.output
    assert "None" not in done.output


def test_nothing_is_written_among_the_pictures(folder: Path) -> None:
    for verb in ("recall", "hash"):
        assert run(verb, folder, "--json", folder / "a.json").exit_code == 2
    assert len(list(folder.iterdir())) == 5


def test_transforms_are_listed() -> None:
    done = run("transforms")
    assert done.exit_code == 0
    assert f"{len(suite())} alterations" in done.stdout
    for each in suite():
        assert each.name in done.stdout


def test_searches_of_made_up_hashes_are_measured(folder: Path, tmp_path: Path) -> None:
    done = run("index", "--codes", 1000, "--rounds", 1, "--json", tmp_path / "a.json")
    assert done.exit_code == 0, done.output
    assert "FAISS IndexBinaryMultiHash" in done.stdout
    assert json.loads((tmp_path / "a.json").read_text())["settings"]["codes"] == 1000
    for wrong in ((), ("--codes", 5, tmp_path)):
        assert run("index", *wrong).exit_code == 2
    assert refused(run("index", folder), DamagedIndexError)
