"""Paths that are no file: a pipe, a folder, a device, a socket. Nothing waits, and words say so."""

import sys
from pathlib import Path

import pytest

from hashmatch.sightings import keys
from tests.support import hostile_values, unix
from tests.support.photos import encoded, photo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices have no names")


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HASHMATCH_DB", raising=False)
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "a.jpg").write_bytes(encoded(photo("coffee"), "JPEG"))
    (tmp_path / "known.csv").write_text(f"id,md5\nx,{'ab' * 16}\n")
    keys.make(tmp_path / "lab.key", "")
    code, said = run(*SCAN, "--db", "lab.db", "--case", "1")
    assert code == 0, said
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    """The exit code of a command and what it prints; it is ended after a minute."""

    def give_up(*_: object) -> None:
        raise AssertionError(words)

    before = unix.signal.signal(unix.signal.SIGALRM, give_up)
    unix.signal.alarm(60)
    try:
        return hostile_values.run(words)
    finally:
        unix.signal.alarm(0)
        unix.signal.signal(unix.signal.SIGALRM, before)


SCAN = ("scan", "evidence", "--against", "known.csv", "--workers", "0")
REPORT = ("report", "--db", "lab.db", "--case", "1", "--format", "csv")
VERIFY = ("audit", "verify", "--db", "lab.db")
COMMANDS = {
    "a database that is read": ("cases", "--db", "{}"),
    "a database that is written": (*SCAN, "--case", "1", "--db", "{}"),
    "a database that is signed": ("audit", "sign", "--key", "lab.key", "--db", "{}"),
    "a report": (*REPORT, "--output", "{}", "--force"),
    "a list": ("lists", "export", "known.csv", "--output", "{}", "--force"),
    "a head log that is read": (*VERIFY, "--head-log", "{}"),
    "a head log that is written": (*SCAN, "--db", "new.db", "--case", "2", "--head-log", "{}"),
    "a public key": (*VERIFY, "--key", "{}"),
    "a private key": ("audit", "sign", "--db", "lab.db", "--key", "{}"),
    "a new key": ("audit", "key", "--out", "{}"),
    "an index": ("index", "info", "--index", "{}"),
    "a hash list": ("lists", "check", "{}"),
}
KINDS = {"pipe": "pipe", "folder": "folder", "device": "device", "socket": "socket"}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_no_file_is_named_and_nobody_waits(lab: Path, command: str) -> None:
    unix.os.mkfifo(lab / "pipe")
    (lab / "folder").mkdir()
    listening = unix.socket.socket(unix.socket.AF_UNIX)
    listening.bind("socket")
    told = {}
    for kind in KINDS:
        path = "/dev/null" if kind == "device" else kind
        told[kind] = run(*(word.format(path) for word in COMMANDS[command]))
    listening.close()
    for kind, (code, said) in told.items():
        assert code in {1, 2, 5}, (kind, code, said)
        assert "Traceback" not in said
        if command == "an index":
            assert "index" in said, (kind, said)
        elif not (command == "a hash list" and kind in {"device", "folder"}):
            assert KINDS[kind] in said or "already" in said, (kind, said)


def test_nothing_is_written_among_evidence_that_is_on_record(
    lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever command writes it: the database knows where evidence lay."""
    before = sorted((lab / "evidence").iterdir())
    (lab / "other").mkdir()
    scan_other = ("scan", "other", *SCAN[2:], "--db", "lab.db", "--case", "2")
    monkeypatch.setenv("HASHMATCH_DB", "lab.db")
    for words in (
        (*REPORT, "--output", "evidence/report.csv"),
        (*scan_other, "--head-log", "evidence/heads"),
        ("audit", "sign", "--db", "lab.db", "--key", "lab.key", "--head-log", "evidence/heads"),
        ("audit", "key", "--out", "evidence/key"),
        ("lists", "export", "known.csv", "--output", "evidence/list.csv"),
        ("lists", "import", "known.csv", "--index", "evidence/index"),
    ):
        code, said = run(*words)
        assert code == 2, (words, said)
        assert "lies in the evidence" in said, words
        assert sorted((lab / "evidence").iterdir()) == before, words
    assert run(*REPORT, "--output", "report.csv")[0] == 0
