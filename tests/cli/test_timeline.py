"""`trace timeline` as a user runs it."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashmatch.cli.app import app
from hashmatch.model.event import Role
from hashmatch.model.moment import Moment
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from tests.support.sighting_values import digests
from tests.tracing.test_links import event, imported, picture, scan


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """One picture on two exhibits, uploaded twice; and in a case that only says so."""
    path = tmp_path / "lab.sightings"
    with Database.open(path) as database:
        scan(database, "1", "phone", [(1, picture(1), 5)])
        scan(database, "2", "tablet", [(1, picture(1), 5)])
        scan(database, "3", "card", [(1, picture(1), 5)])
        for number, day in enumerate((17, 19)):
            at = Moment.of(f"2026-04-{day} 12:00:00Z", kind="uploaded")
            told = event(Role.UPLOADER, 1, moment=at, name="=1.jpg")
            imported(database, "1", f"tip {number}", told)
        said = [Said("access", "pointer"), Said("contact", "K 12")]
        database.record_statements(Topic.CASE, said, by="A", case="3")
        database.record_handling("case:1", "TLP:RED", by="A")
    return path


def run(lab: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["trace", "timeline", *words, "--db", str(lab)])
    return result.exit_code, result.stdout


def test_lines_of_a_timeline(lab: Path) -> None:
    code, shown = run(lab, digests(1).md5 or "", "--case", "2")
    lines = shown.splitlines()
    assert code == 10
    assert lines[0].endswith(": 4 sightings and events in 4 exhibits  [TLP:RED]")
    assert "  case 3: ask K 12" in lines
    first = "2026-04-17 12:00:00 UTC"
    span = f"    uploaded: first {first}; last {first}; 1 time"
    assert span in lines
    order = lines.index("order by first uploaded, as far as it can be told:")
    assert lines[order + 1 : order + 4] == [
        "  1. case 1, tip 0",
        "  2. case 1, tip 1",
        "  cannot be told: case 1, phone; case 2, tablet (no time of this kind)",
    ]
    times = lines.index("times, the earliest first:")
    upload = "case 1, tip 0: uploader (kik/user-uploader), upload  [events 1]"
    assert lines[times + 1] == f"  {first}  uploaded  {upload}  (2026-04-17 12:00:00Z)  [TLP:RED]"
    assert lines[times + 4] == "  undated  case 2, tablet: holder, file  [items 2]"
    assert "card" not in shown.partition("searched:")[0]
    assert run(lab, "00" * 16)[0] == 0


def test_json_and_csv_hold_the_same(lab: Path) -> None:
    code, shown = run(lab, digests(1).md5 or "", "--json")
    whole, *marks = map(json.loads, shown.splitlines())
    assert (code, whole["record"], {each["record"] for each in marks}) == (10, "timeline", {"mark"})
    code, table = run(lab, digests(1).md5 or "", "--csv")
    rows = [*csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))]
    assert code == 10
    assert [each["row"] for each in rows] == [str(each["row"]) for each in marks]
    assert [each["earliest"] for each in rows] == [
        each["time"]["earliest"] if each["time"] else "" for each in marks
    ]
    assert {each["handling"] for each in rows} == {"TLP:RED", ""}


def test_wrong_questions_are_refused(lab: Path) -> None:
    assert run(lab, "exhibit:1/phone", "--json", "--csv")[0] == 2
    assert run(lab, "exhibit:1/none")[0] == 2
    assert run(lab, f"cluster:{2**63}")[0] == 2
