"""`record erase` shows first, erases only when told, and all that reads the record says so."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashmatch.cli.app import app
from hashmatch.sightings.database import Database
from tests.tracing.test_links import picture, scan

ORDER = ("--order", "3 Gs 12/26", "--why", "not covered", "--by", "A. Meier")


def run(*words: object) -> tuple[int, list[str], str]:
    """The exit code, the lines on standard output, and standard error."""
    result = CliRunner().invoke(app, [*map(str, words)])
    return result.exit_code, result.stdout.splitlines(), result.stderr


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "db"
    with Database.open(path) as database:
        scan(database, "1", "phone", [(1, picture(1), 5), (2, picture(2), 6)])
        scan(database, "2", "card", [(1, picture(1), 5)])
    return path


def test_what_would_go_is_shown_and_only_yes_erases(db: Path) -> None:
    code, lines, errors = run("record", "erase", "item:1", "--db", db)
    assert code == 0
    assert "would go: 1 items" in lines
    assert "NOT ERASED: item 3: of the same bytes" in lines
    assert "nothing was erased" in errors
    code, lines, _ = run("record", "erase", "item:1", "--db", db, "--json")
    assert (code, json.loads(lines[0])["rows"]["sightings"]) == (0, 1)
    assert run("record", "erase", "item:1", "--db", db, "--yes")[0] == 2
    assert run("record", "erase", "item", "--db", db, "--yes", *ORDER)[0] == 2
    assert run("trace", "who", "entry:vic/entry-5", "--db", db)[1][0].endswith("2 places")
    code, lines, _ = run("record", "erase", "item:1", "--db", db, "--yes", *ORDER)
    assert code == 0
    assert "by order 3 Gs 12/26" in lines[0]
    assert run("record", "erase", "--db", db)[0] == 0
    code, lines, _ = run("audit", "verify", "--db", db)
    assert code == 0
    assert "erased by order of a court" in lines[0]


def test_reports_and_answers_say_what_was_erased(db: Path) -> None:
    assert run("record", "erase", "exhibit:1/phone", "--db", db, "--yes", *ORDER)[0] == 0
    for form in ("html", "json", "jsonl", "csv", "vics"):
        case = ["report", "--db", db, "--case", "1", "--format", form, "--output", "-"]
        code, lines, _ = run(*case)
        assert code == 0
        assert "3 Gs 12/26" in "".join(lines), form
        assert "may not have been mounted" not in "".join(lines), form
        case[4] = "2"
        assert "3 Gs 12/26" not in "".join(run(*case)[1]), form
    code, lines, _ = run("trace", "who", "entry:vic/entry-5", "--db", db)
    assert (code, lines[0]) == (10, "entry:vic/entry-5: 1 place")
    coverage = run("trace", "coverage", "--db", db)[1]
    assert any("NOT SEARCHED: Erased by order 3 Gs 12/26" in line for line in coverage)
    assert run("trace", "links", "--db", db)[0] == 0
