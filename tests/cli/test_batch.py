"""The command `batch`: what it prints, its exit codes, and errors that say what to do."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.batches import index_of, pictures, rows_in
from tests.support.program import run

pytest.importorskip("pyarrow")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    photos = pictures(folder / "photos", 6)
    (photos / "broken.jpg").write_bytes((photos / "0000.jpg").read_bytes()[:60])
    index_of(folder / "index", photos / "0000.jpg")
    return folder


def test_what_is_found_is_counted_and_in_the_exit_code(lab: Path) -> None:
    words = ["batch", "photos", "--against", "index", "--out", "out", "--workers", "1", "--json"]
    done = run(*words, "--rows-per-part", "4", folder=lab)
    assert done.returncode == 4
    first, second, summary = map(json.loads, done.stdout.splitlines())
    assert (first["record"], first["file"], first["items"]) == ("part", "part-00000000.parquet", 4)
    assert second["items"] == 3
    assert summary["record"] == "summary"
    assert (summary["items"], summary["matched"], summary["unreadable"]) == (7, 2, 1)
    assert "unreadable: " in done.stderr
    assert "broken.jpg: " in done.stderr
    again = run(*words, "--fail-on-match", folder=lab)
    assert again.returncode == 10
    assert "goes on with a job of" in again.stderr
    assert len(again.stdout.splitlines()) == 1
    assert json.loads(again.stdout) == summary
    assert len(rows_in(lab / "out")) == 7


def test_a_job_says_that_its_index_went_on(lab: Path) -> None:
    index_of(lab / "moving", lab / "photos/0000.jpg")
    words = ["batch", "photos", "--against", "moving", "--out", "moved", "--workers", "1"]
    assert "by now" not in run(*words, folder=lab).stderr
    index_of(lab / "moving", lab / "photos/0001.jpg")
    assert "holds generation 2 by now, and this job keeps 1" in run(*words, folder=lab).stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["photos", "--out", "x"], 2, "--hashes-only to match later"),
        (["photos", "--out", "x", "--hashes-only", "--against", "index"], 2, "or --against"),
        (["photos", "--out", "photos/x", "--against", "index"], 2, "lies in the evidence"),
        (["photos", "--out", "index/x", "--against", "index"], 2, "lies in the index"),
        (["photos", "--out", "full/letter", "--against", "index"], 1, "is a file, or lies below"),
        (["s3://a/b", "--out", "s3://a/b/c", "--against", "index"], 2, "lies in SOURCE"),
        (["photos", "--out", "x", "--against", "index", "--engine", "spark"], 2, "local or ray"),
        (["table.csv", "--out", "x", "--against", "index"], 2, "there is: url, n. Rename"),
        (["nothing", "--out", "x", "--against", "index"], 2, "is not there: a source is"),
        (["photos", "--out", "full", "--against", "index"], 1, "Name a new folder"),
        (["photos", "--out", "x", "--against", "missing"], 2, "cannot read the hash list missing"),
    ],
)
def test_errors_say_what_to_do(lab: Path, words: list[str], code: int, told: str) -> None:
    (lab / "table.csv").write_text("url,n\na,1\n")
    (lab / "full").mkdir(exist_ok=True)
    (lab / "full/letter").touch()
    done = run("batch", *words, folder=lab)
    assert told in done.stderr
    assert done.returncode == code
    assert not (lab / "x/manifest.json").exists()


@pytest.mark.parametrize(
    ("package", "words", "told"),
    [
        ("pyarrow", [], r".[batch]"),
        ("ray", ["--engine", "ray"], r".[ray]"),
    ],
)
def test_a_package_that_is_not_installed_is_named(
    lab: Path, package: str, words: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    done = run("batch", "photos", "--against", "index", "--out", "x", *words, folder=lab)
    assert done.returncode == 2
    assert f"pip install '{told}'" in done.stderr


def test_stores_take_packages_of_their_own(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    done = run("batch", "gs://bucket/x", "--against", "index", "--out", "x", folder=lab)
    assert done.returncode == 2
    assert "gs:// is read by gcsfs, which is not installed: pip install gcsfs" in done.stderr
