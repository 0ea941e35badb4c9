"""Where scans start, what they leave out, and where they must not write."""

import json
import os
import subprocess
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.sightings.database import Database
from tests.support import program
from tests.support.clips import clip
from tests.support.photos import encoded, photo


def run(*words: str | Path, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return program.run(*words, folder=folder, variables={**os.environ, **variables})


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    for name in ("card", "phone", "laptop"):
        (tmp_path / name / "DCIM").mkdir(parents=True)
        (tmp_path / name / "DCIM" / "a.jpg").write_bytes(encoded(photo("coffee"), "JPEG"))
        (tmp_path / name / "b.png").write_bytes(encoded(photo("chelsea"), "PNG"))
    hashed = hm.hash_image(tmp_path / "card" / "DCIM" / "a.jpg").hash.hex
    (tmp_path / "known.csv").write_text(f"id,pdq\nx,{hashed}\n")
    return tmp_path


SCAN = ("scan", "--against", "known.csv", "--workers", "0")
RECORD = ("--db", "lab.db", "--case", "7")


def test_an_index_or_a_database_among_evidence_is_refused(lab: Path) -> None:
    made = run("lists", "import", "known.csv", "--index", "card/lab.index", folder=lab)
    assert made.returncode == 0
    before = sorted(lab.rglob("*"))
    (lab / "link").symlink_to(lab / "card")
    for words in (
        ("scan", "card", "--against", "card/lab.index"),
        ("scan", "card", "--against", "link/lab.index"),
        ("scan", "link", "--against", "card/lab.index"),
        ("scan", "card", "--against", "card"),
        ("lists", "enrol", "card", "--index", "card/lab.index", "--name", "own"),
        ("lists", "enrol", "card", "--index", "card/new", "--name", "own"),
        ("calibrate", "card", "--against", "card/lab.index"),
        (*SCAN, "card", "--db", "link/DCIM/new/lab.db", "--case", "7"),
        (*SCAN, "phone", "card", "--db", "card/lab.db", "--case", "7"),
    ):
        done = run(*words, folder=lab)
        assert done.returncode == 2, words
        assert "in the evidence" in done.stderr.replace("\n", " "), words
    (lab / "link").unlink()
    assert sorted(lab.rglob("*")) == before


def test_no_index_is_made_among_evidence(lab: Path) -> None:
    before = sorted(lab.rglob("*"))
    for words in (
        ("lists", "import", "known.csv", "--index", "card"),
        ("lists", "enrol", "phone", "--index", "card", "--name", "own"),
    ):
        done = run(*words, folder=lab)
        assert done.returncode == 2, words
        assert "neither an empty folder nor an index" in done.stderr
    assert sorted(lab.rglob("*")) == before


def test_evidence_that_holds_nothing_is_no_success(lab: Path) -> None:
    (lab / "mnt" / "empty").mkdir(parents=True)
    done = run(*SCAN, "mnt", folder=lab)
    assert done.returncode == 4
    assert "mnt holds no file: is the exhibit mounted?" in done.stderr
    both = run(*SCAN, "card", "mnt", *RECORD, folder=lab)
    assert both.returncode == 4
    assert "mnt holds no file" in both.stderr
    assert both.stdout.count("MATCH") == 1


def test_several_folders_are_scanned_one_after_the_other(lab: Path) -> None:
    done = run(*SCAN, "card", "phone", *RECORD, folder=lab)
    assert done.returncode == 0, done.stderr
    assert [line.split()[-1] for line in done.stdout.splitlines()] == [
        "card/DCIM/a.jpg",
        "phone/DCIM/a.jpg",
    ]
    assert "4 files: 4 hashed" in done.stderr
    shown = run("report", *RECORD, "--format", "json", folder=lab)
    labels = [source["label"] for source in json.loads(shown.stdout)["case"]["sources"]]
    assert labels == [str(lab / "card"), str(lab / "phone")]
    resumed = run(*SCAN, "card", "phone", "laptop", *RECORD, "--resume", folder=lab)
    assert resumed.returncode == 0, resumed.stderr
    assert resumed.stderr.count("already scanned to its end") == 2
    assert [line.split()[-1] for line in resumed.stdout.splitlines()] == ["laptop/DCIM/a.jpg"]


def test_folders_that_overlap_are_refused(lab: Path) -> None:
    for words in (("card", "card/DCIM"), ("card/DCIM", "card"), ("card", "./card")):
        done = run(*SCAN, *words, folder=lab)
        assert done.returncode == 2
        assert "counted twice" in done.stderr.replace("\n", " ")
    labelled = run(*SCAN, "card", "phone", *RECORD, "--exhibit", "A", folder=lab)
    assert labelled.returncode == 2
    assert not (lab / "lab.db").exists()


def test_nothing_to_resume_is_refused_and_named(lab: Path) -> None:
    fresh = run(*SCAN, "card", *RECORD, "--resume", folder=lab)
    assert fresh.returncode == 2
    assert "there is no database" in fresh.stderr.replace("\n", " ")
    assert not (lab / "lab.db").exists()
    assert run(*SCAN, "card", *RECORD, "--exhibit", "A-1", folder=lab).returncode == 0
    wrong = run(*SCAN, "card", *RECORD, "--exhibit", "A-l", "--resume", folder=lab)
    assert wrong.returncode == 2
    assert "nothing to resume" in wrong.stderr
    assert "\n  case '7', exhibit 'A-1': done\n" in wrong.stderr
    several = run(*SCAN, "phone", "laptop", *RECORD, "--resume", folder=lab)
    assert several.returncode == 2


def test_what_is_left_out_is_counted_and_on_record(lab: Path) -> None:
    words = (*SCAN, "card", *RECORD, "--exclude", "*.png")
    done = run(*words, folder=lab)
    assert done.returncode == 0, done.stderr
    assert "2 files: 1 hashed" in done.stderr
    assert "  excluded: 1" in done.stderr
    wider = run(*SCAN, "card", *RECORD, "--resume", folder=lab)
    assert wider.returncode == 2
    assert "files left out (--exclude)" in wider.stderr


def test_the_database_may_be_named_by_the_environment(lab: Path) -> None:
    named = {"HASHMATCH_DB": str(lab / "named.db")}
    assert run(*SCAN, "card", folder=lab, **named).returncode == 0
    assert not (lab / "named.db").exists()
    assert run(*SCAN, "card", "--case", "7", folder=lab, **named).returncode == 0
    for words in (("report", "--case", "7", "--format", "json"), ("audit", "verify")):
        assert run(*words, folder=lab, **named).returncode == 0


def test_quarantined_rows_are_not_printed_by_the_thousand(lab: Path) -> None:
    with (lab / "known.csv").open("a") as file:
        file.write("y,zz\n" * 100)
    done = run(*SCAN, "card", folder=lab)
    assert done.stderr.count("quarantined: ") == 20
    assert "80 more" in done.stderr


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (encoded(photo("coffee"), "JPEG") + clip()[:3000], "unread-clip"),
        (encoded(photo("coffee"), "PNG") + encoded(photo("coffee"), "PNG")[:80], "unread-picture"),
        (encoded(photo("coffee"), "JPEG")[:-20_000], "truncated"),
    ],
)
def test_what_could_be_read_only_in_part_is_in_the_exit_code(
    lab: Path, data: bytes, words: str
) -> None:
    name = "a.jpg"
    (lab / "card" / "DCIM" / name).write_bytes(data)
    sound = run(*SCAN, "phone", folder=lab)
    assert sound.returncode == 0
    done = run(*SCAN, "card", folder=lab)
    assert done.returncode == 4
    assert words in done.stderr
    assert "1 only in part" in done.stderr
    assert "  only in part, " in done.stderr
    assert run("hash", f"card/DCIM/{name}", folder=lab).returncode == 4
    matched = run("match", f"card/DCIM/{name}", "--against", "known.csv", folder=lab)
    assert matched.returncode == 4
    assert run(*SCAN, *RECORD, "card", folder=lab).returncode == 4
    again = run(*SCAN, *RECORD, "--json", "--rescan", "card", folder=lab)
    (reasons,) = json.loads(again.stdout.splitlines()[-1])["in_part"].items()
    assert reasons[1] == 1


def test_a_scan_says_what_others_had_before_unknown_pictures_too(lab: Path) -> None:
    """Where a case lets them link. The head that it prints is the last one all the same."""
    done = run(*SCAN, "phone", "card", *RECORD, folder=lab)
    assert "1 item was seen before, in case 7" in done.stderr
    stated = ("record", "case", "8", "--db", "lab.db", "--by", "A", "--link-unknown", "yes")
    assert run(*stated, folder=lab).returncode == 0
    done = run(*SCAN, "laptop", "--db", "lab.db", "--case", "8", folder=lab)
    assert "2 items were seen before, in case 7" in done.stderr
    with Database.open(lab / "lab.db", read_only=True) as database:
        assert database.verify().head in done.stderr
