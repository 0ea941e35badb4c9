"""Containers that were not opened are named in every summary and report."""

import csv
import html
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.sightings.database import Database
from tests.support import unix
from tests.support.photos import encoded, photo
from tests.support.program import run

WORDS = "4 containers not opened: 2 zip archives, 1 PDF document, 1 encrypted Android backup"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    evidence = folder / "evidence"
    evidence.mkdir()
    with zipfile.ZipFile(evidence / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "abc")
    (evidence / "copy of a.zip").write_bytes((evidence / "a.zip").read_bytes())
    (evidence / "b.ab").write_bytes(b"ANDROID BACKUP\n5\n1\nAES-256\n" + bytes(90))
    photo("coffee").save(
        evidence / "c.pdf", "PDF", save_all=True, append_images=[photo("rocket")], quality=90
    )
    (evidence / "text").write_bytes(b"text")
    coffee = hm.hash_image(encoded(photo("coffee"), "JPEG")).hash.hex
    (folder / "known.csv").write_text(f"id,pdq\nx,{coffee}\n")
    return folder


@pytest.fixture(scope="module")
def scanned(lab: Path) -> subprocess.CompletedProcess[str]:
    on_record = ("--db", "lab.db", "--case", "7", "--workers", "1", "--no-inside")
    return run("scan", "evidence", "--against", "known.csv", *on_record, folder=lab)


def test_a_scan_names_them_and_the_first_picture_still_matches(
    scanned: subprocess.CompletedProcess[str],
) -> None:
    assert scanned.returncode == 4
    assert WORDS in scanned.stderr
    assert "container (zip archive): " in scanned.stderr
    assert "(container, PDF document): " in scanned.stderr
    assert "encrypted (encrypted Android backup): " in scanned.stderr
    assert scanned.stdout.startswith("MATCH")
    assert "c.pdf" in scanned.stdout


@pytest.mark.usefixtures("scanned")
def test_the_summary_on_record_is_that_of_the_scan(lab: Path) -> None:
    seen = hm.scan(lab / "evidence", against=lab / "known.csv", workers=0, inside=None)
    assert seen.containers == {
        "PDF document": 1,
        "encrypted Android backup": 1,
        "zip archive": 2,
    }
    assert seen.items == seen.hashed + seen.unreadable + seen.skipped == 5
    assert (seen.hashed, seen.incomplete, seen.unreadable, seen.skipped) == (1, 1, 3, 1)
    with Database.open(lab / "lab.db", read_only=True) as database:
        (source,) = database.case("7").sources
    assert source.containers == seen.containers
    assert (source.hashed, source.unreadable) == (seen.hashed, seen.unreadable)


@pytest.mark.usefixtures("scanned")
def test_every_report_says_so(lab: Path) -> None:
    def report(form: str) -> str:
        done = run(
            *("report", "--db", "lab.db", "--case", "7", "--format", form, "--output", f"r.{form}"),
            folder=lab,
        )
        assert done.returncode == 0, done.stderr
        return done.stderr + (lab / f"r.{form}").read_text()

    page = html.unescape(report("html"))
    assert WORDS in page
    assert "PDF document: of what it holds, the first picture alone was hashed" in page
    assert json.loads(report("json"))["case"]["sources"][0]["containers"]["zip archive"] == 2
    rows = list(csv.DictReader(io.StringIO(report("csv").removeprefix("\ufeff"))))
    assert any(WORDS in row["detail"] for row in rows)
    assert sum(row["detail"] == "zip archive" for row in rows) == 2
    assert "vics cannot carry: containers not opened: zip archive (2)" in report("vics")


def test_hash_says_that_only_the_first_picture_was_read(lab: Path) -> None:
    done = run("hash", "evidence/c.pdf", folder=lab)
    assert done.returncode == 4
    assert "inside-pdf-document" in done.stdout
    assert "only the first picture was read: evidence/c.pdf: PDF document" in done.stderr


def test_a_scan_opens_them_and_names_only_what_stays_closed(lab: Path) -> None:
    done = run("scan", "evidence", "--against", "known.csv", "--workers", "1", folder=lab)
    assert done.returncode == 4, done.stderr
    assert "1 container not opened: 1 encrypted Android backup" in done.stderr
    assert "opened-container: 3" in done.stderr
    assert "c.pdf!" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_pipe_of_passwords_keeps_nobody_waiting(lab: Path) -> None:
    unix.os.mkfifo(lab / "pipe")
    done = run(
        *("scan", "evidence", "--against", "known.csv", "--passwords", "pipe"),
        folder=lab,
    )
    assert done.returncode == 2
    assert "cannot read pipe: it is a pipe" in done.stderr


def test_wrong_sizes_and_passwords_are_refused(lab: Path) -> None:
    scan = ("scan", "evidence", "--against", "known.csv")
    (lab / "none.txt").write_text("\n")
    for options, words in (
        (("--min-size", "4 pounds"), "'4 pounds' is no size"),
        (("--passwords", "missing.txt"), "cannot read missing.txt"),
        (("--passwords", "none.txt"), "none.txt holds no password"),
        (("--no-inside", "--depth", "2"), "--no-inside reads nothing inside files"),
    ):
        done = run(*scan, *options, folder=lab)
        assert done.returncode == 2
        assert words in done.stderr
