"""`hashmatch audit verify` says what the database says."""

import json
import sqlite3
from pathlib import Path

import pytest
import typer

from hashmatch.cli import EXIT_INTEGRITY
from hashmatch.cli.audit import verify_audit
from hashmatch.sightings.database import Database
from tests.support.sighting_values import scanned


def test_an_honest_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = scanned(tmp_path / "db", 20)
    with Database.open(path, read_only=True) as database:
        head = database.case("1").audit_head
    verify_audit(db=path, head=head)
    assert capsys.readouterr().out == f"ok     5 audit rows, head {head}\n"
    verify_audit(db=path, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said == {"rows": 5, "head": head, "problems": [], "remarks": [], "passed": True}


def test_a_forged_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = scanned(tmp_path / "db", 20)
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER sightings_no_update")
    connection.execute("UPDATE sightings SET distance = 0 WHERE id = 2")
    connection.commit()
    connection.close()
    for as_json in (False, True):
        with pytest.raises(typer.Exit) as caught:
            verify_audit(db=path, as_json=as_json)
        assert caught.value.exit_code == EXIT_INTEGRITY
        shown = capsys.readouterr()
        assert "2 problems" in shown.err
        if as_json:
            problems = json.loads(shown.out)["problems"]
            assert {"what": "was altered", "table": "sightings", "row": 2, "seq": 3} in problems
        else:
            assert "WRONG  sightings 2: was altered  (audit row 3)\n" in shown.out
            assert "WRONG  the trigger sightings_no_update is missing\n" in shown.out


@pytest.mark.parametrize("head", ["123", "3f1c…", "g" * 64, "0" * 63])
def test_half_a_head_is_wrong_use_and_not_a_forged_record(head: str, tmp_path: Path) -> None:
    path = scanned(tmp_path / "db", 20)
    with pytest.raises(typer.BadParameter, match="64 hex digits"):
        verify_audit(db=path, head=head)


def test_a_head_may_be_in_capitals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = scanned(tmp_path / "db", 20)
    with Database.open(path, read_only=True) as database:
        head = database.case("1").audit_head
    verify_audit(db=path, head=f" {head.upper()}\n")
    assert capsys.readouterr().out.startswith("ok ")
