"""Scans on record, reports and audit, as a user meets them."""

import hashlib
import json
import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest

import hashmatch as hm
from tests.support.photos import encoded, photo
from tests.support.program import run


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "a.jpg").write_bytes(encoded(photo("coffee"), "JPEG"))
    (evidence / "copy.jpg").write_bytes((evidence / "a.jpg").read_bytes())
    hostile = evidence / "<script>alert(1)</script>.jpg"
    hostile.parent.mkdir()
    hostile.write_bytes(b"\xff\xd8\xff broken")
    (evidence / "=cmd|'calc'!A1.jpg").write_bytes(encoded(photo("coffee"), "PNG"))
    hashed = hm.hash_image(evidence / "a.jpg").hash.hex
    (tmp_path / "known.csv").write_text(f"id,pdq,category,scheme\nx,{hashed},1,VIC_US\n")
    return tmp_path


SCAN = ("scan", "evidence", "--against", "known.csv", "--db", "lab.db", "--case", "7/26")


def test_a_scan_on_record_is_reported_and_proved(lab: Path) -> None:
    done = run(*SCAN, "--exhibit", "A-1", "--workers", "1", "--json", folder=lab)
    assert done.returncode == 4, done.stderr
    assert len(done.stdout.splitlines()) == 5
    assert "3 matches in 3 files" in done.stderr
    again = run(*SCAN, "--exhibit", "A-1", folder=lab)
    assert again.returncode == 2
    assert "rescan" in again.stderr
    wider = run(*SCAN, "--exhibit", "A-1", "--threshold", "9", "--resume", folder=lab)
    assert wider.returncode == 2
    assert "threshold of pdq in bits: 31 → 9" in wider.stderr
    failing = run(
        *SCAN, "--exhibit", "A-1", "--rescan", "--fail-on-match", "--workers", "1", folder=lab
    )
    assert failing.returncode == 10

    page = run("report", "--db", "lab.db", "--case", "7/26", "--output", "r.html", folder=lab)
    assert page.returncode == 0, page.stderr
    text = (lab / "r.html").read_text()
    assert "<script" not in text
    assert "<img" not in text
    assert "data:" not in text
    as_json = run("report", "--db", "lab.db", "--case", "7/26", "--format", "json", folder=lab)
    assert json.loads(as_json.stdout)
    as_csv = run("report", "--db", "lab.db", "--case", "7/26", "--format", "csv", folder=lab)
    assert not any(line.startswith(("=", "+", "@")) for line in as_csv.stdout.splitlines())
    vics = run(
        "report",
        "--db",
        "lab.db",
        "--case",
        "7/26",
        "--format",
        "vics",
        "--output",
        "v",
        folder=lab,
    )
    assert vics.returncode == 0, vics.stderr
    assert len(hm.read_list(lab / "v").entries) == 2

    assert run("audit", "verify", "--db", "lab.db", folder=lab).stdout.startswith("ok")
    with closing(sqlite3.connect(lab / "lab.db")) as connection, connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'sightings'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE sightings SET distance = 1 WHERE id = 1")
    altered = run("audit", "verify", "--db", "lab.db", folder=lab)
    assert altered.returncode == 5
    assert "sightings 1" in altered.stdout


def test_wrong_use_is_said_before_anything_is_read(lab: Path) -> None:
    assert "--case is missing" in run(*SCAN[:-2], folder=lab).stderr
    inside = run(*SCAN[:5], "evidence/lab.db", *SCAN[6:], folder=lab)
    assert inside.returncode == 2
    assert "lies in the evidence" in inside.stderr
    assert not (lab / "evidence" / "lab.db").exists()
    missing = run("report", "--db", "none.db", "--case", "1", folder=lab)
    assert missing.returncode == 5
    assert not (lab / "none.db").exists()


def test_what_a_report_cannot_be_written_to_is_an_error_of_output(lab: Path) -> None:
    (lab / "evidence" / "empty").mkdir()
    scan = ("scan", "evidence/empty", *SCAN[2:])
    assert run(*scan, folder=lab).returncode == 4
    words = ("report", "--db", "lab.db", "--case", "7/26", "--format", "json")
    done = run(*words, "--output", "none/r.json", folder=lab)
    assert done.returncode == 1
    shown = run(*words, folder=lab)
    assert "held no file" in shown.stdout


def test_heads_leave_the_database_and_are_signed(lab: Path) -> None:
    pytest.importorskip("cryptography", reason="the extra signing is not installed")
    made = run("audit", "key", "--out", "lab.key", folder=lab)
    assert made.returncode == 0, made.stderr
    public = made.stdout.split()[2].rstrip(":")
    keys = ("--sign", "lab.key", "--head-log", "heads.jsonl")
    done = run(*SCAN, "--exhibit", "A-1", "--workers", "1", "--json", *keys, folder=lab)
    assert done.returncode == 4, done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    head, rows = summary["audit_head"], summary["audit_rows"]
    assert f"audit chain: {rows} rows, head {head}, signed with the key {public}\n" in done.stderr
    (kept,) = map(json.loads, (lab / "heads.jsonl").read_text().splitlines())
    assert (kept["rows"], kept["sha256"], kept["key"]) == (rows, head, public)
    assert (kept["database"], kept["case"]) == (str(lab / "lab.db"), "7/26")
    verify = ("audit", "verify", "--db", "lab.db", "--key", "lab.key.pub")
    proved = run(*verify, "--head-log", "heads.jsonl", folder=lab)
    assert (proved.returncode, proved.stdout) == (0, f"ok     {rows} audit rows, head {head}\n")

    refused = run(*SCAN, "--exhibit", "A-1", folder=lab)
    assert refused.returncode == 2
    assert f"audit chain: {rows + 1} rows" in refused.stderr
    unsigned = run(*verify, folder=lab)
    assert unsigned.returncode == 5
    assert f"audit row {rows + 1} is not signed" in unsigned.stdout
    signed = run("audit", "sign", "--db", "lab.db", "--key", "lab.key", folder=lab)
    assert signed.returncode == 0, signed.stderr
    assert run(*verify, folder=lab).returncode == 0

    for form in ("html", "json", "jsonl", "csv", "vics"):
        name = f"report.{form}"
        told = run(
            *("report", "--db", "lab.db", "--case", "7/26", "--format", form, "--output", name),
            folder=lab,
        )
        assert told.returncode == 0, told.stderr
        with closing(sqlite3.connect(lab / "lab.db")) as record:
            ((newest,),) = record.execute("SELECT sha256 FROM audit ORDER BY seq DESC LIMIT 1")
        assert newest in (lab / name).read_text(encoding="utf-8")


def test_a_key_or_head_log_that_cannot_be_used_ends_a_scan_before_it_begins(lab: Path) -> None:
    for words in (("--sign", "nowhere.key"), ("--head-log", "no/such/folder")):
        done = run(*SCAN, *words, folder=lab)
        assert done.returncode in {1, 2}
        assert "no such file" in done.stderr.lower()
        assert not (lab / "lab.db").exists()
    among = run(*SCAN, "--head-log", "evidence/heads", folder=lab)
    assert among.returncode == 2
    assert "the head log evidence/heads lies in the evidence" in among.stderr


def test_what_locks_workers_down_less_is_among_the_warnings(lab: Path) -> None:
    from hashmatch.sightings.database import Database
    from tests.support.sighting_values import CONFIGURATION, SOURCE, results

    with (
        Database.open(lab / "db") as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as running,
    ):
        words = "workers run without Landlock: not permitted"
        running.note_environment("sandbox", {"notices": [words]})
        running.record(results(3))
        running.finish()
    for form in ("html", "json", "csv", "vics"):
        told = run(
            *("report", "--db", "db", "--case", "1", "--format", form, "--output", form),
            folder=lab,
        )
        assert told.returncode == 0, told.stderr
        assert f"{words}." in unescape((lab / form).read_text(encoding="utf-8"))


def test_index_files_in_force_are_on_record(lab: Path) -> None:
    assert run("lists", "import", "known.csv", "--index", "lab.index", folder=lab).returncode == 0
    words = ("scan", "evidence", "--against", "lab.index", "--db", "lab.db", "--case", "1")
    done = run(*words, "--workers", "1", folder=lab)
    assert done.returncode == 4, done.stderr
    told = run("report", "--db", "lab.db", "--case", "1", "--format", "json", folder=lab)
    (scanned,) = json.loads(told.stdout)["case"]["runs"]
    # At the start as they were opened, at the end as they were proven.
    *_, files = scanned["environment"]["indexes"]
    assert files["verified"]
    assert files["files"]
    for path, digest in files["files"].items():
        assert hashlib.sha256((lab / path).read_bytes()).hexdigest() == digest


def cards(lab: Path) -> None:
    """A card that is scanned to its end, and another with files of the same names."""
    for name, photos in {"card": ("coffee", "rocket"), "other": ("rocket", "coffee")}.items():
        (lab / name).mkdir()
        for number, each in enumerate(photos):
            (lab / name / f"IMG_{number}.jpg").write_bytes(encoded(photo(each), "JPEG"))


SCAN_CARD = ("scan", "card", *SCAN[2:], "--workers", "1")


def test_another_card_at_the_same_path_is_not_taken_for_the_one_that_was_scanned(
    lab: Path,
) -> None:
    cards(lab)
    assert run(*SCAN_CARD, folder=lab).returncode == 0
    again = run(*SCAN_CARD, folder=lab)
    assert again.returncode == 2
    assert "was already scanned completely in this way" in again.stderr
    (lab / "card").rename(lab / "first")
    (lab / "other").rename(lab / "card")
    for more in ((), ("--resume",), ("--threshold", "9")):
        other = run(*SCAN_CARD, *more, folder=lab)
        assert other.returncode == 2, more
        assert "2 differ" in other.stderr
        assert "IMG_0.jpg: size" in other.stderr
        assert "--exhibit" in other.stderr
        assert "--rescan" in other.stderr
    labelled = run(*SCAN_CARD, "--exhibit", "card 2", folder=lab)
    assert labelled.returncode == 0, labelled.stderr
    rescanned = run(*SCAN_CARD, "--rescan", folder=lab)
    assert rescanned.returncode == 0, rescanned.stderr
    shown = run("cases", "--db", "lab.db", folder=lab)
    assert "1 more file matched in other scans of it" in shown.stdout


def test_files_added_and_removed_since_a_scan_are_told(lab: Path) -> None:
    cards(lab)
    assert run(*SCAN_CARD, folder=lab).returncode == 0
    (lab / "card" / "new.jpg").write_bytes(b"")
    (lab / "card" / "IMG_1.jpg").unlink()
    done = run(*SCAN_CARD, folder=lab)
    assert done.returncode == 2
    assert "1 no longer there, 1 not on record" in done.stderr
    assert "new.jpg: not on record → there" in done.stderr
    assert "IMG_1.jpg: on record → not there" in done.stderr
