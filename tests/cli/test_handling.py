"""What is marked says so wherever it is shown, and leaves without its mark only if that is said."""

import json
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashmatch.cli.app import app
from hashmatch.sightings.database import Database
from tests.tracing.test_links import picture, scan


def run(*words: object) -> tuple[int, str, str]:
    """The exit code, standard output, and standard error."""
    result = CliRunner().invoke(app, [*map(str, words)])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index with a list that is marked."""
    (tmp_path / "own.csv").write_text(f"id,md5\nx,{'0a' * 16}\n")
    known = ["lists", "import", tmp_path / "own.csv", "--index", tmp_path / "index"]
    code, _, errors = run(*known, "--name", "own", "--handling", "tlp:red")
    assert code == 0, errors
    return tmp_path / "index"


def test_a_list_keeps_its_mark_and_loses_it_in_no_export_unasked(index: Path) -> None:
    (shown,) = run("lists", "show", "--index", index, "--json")[1].splitlines()
    assert json.loads(shown)["handling"] == "TLP:RED"
    digest = "0a" * 16
    code, output, errors = run("lookup", digest, "--against", index, "--json")
    assert json.loads(output.splitlines()[-1])["handling"] == ["TLP:RED"]
    assert "HANDLING: list own is marked TLP:RED" in errors
    export = ["lists", "export", "own", "--index", index, "--format"]
    code, output, errors = run(*export, "csv")
    assert (code, output) == (2, "")
    assert "TLP:RED" in errors
    code, output, errors = run(*export, "csv", "--release-red")
    assert (code, "0a0a" in output) == (0, True)
    assert "TLP:RED" in errors
    # Our own format carries it, into another index too.
    carried = index.with_name("own.jsonl")
    assert run(*export, "jsonl", "--output", carried)[0] == 0
    other = index.with_name("other")
    assert run("lists", "import", carried, "--index", other)[0] == 0
    assert "HANDLING: TLP:RED" in run("lists", "show", "--index", other)[1]
    assert run("lists", "export", carried, "--format", "csv")[0] == 2
    # A newer file of the list leaves the mark; only an option changes it.
    (index.with_name("own.csv")).write_text(f"id,md5\ny,{'0b' * 16}\n")
    newer = ["lists", "import", index.with_name("own.csv"), "--index", index, "--name", "own"]
    assert run(*newer, "--replace")[0] == 0
    assert run(*export, "csv")[0] == 2
    policy = ["lists", "policy", "own", "--index", index]
    assert run(*policy, "--handling", "TLP:PINK")[0] == 2
    assert "TLP:AMBER" in run(*policy, "--handling", "TLP:AMBER")[1]
    code, _, errors = run(*export, "csv")
    assert code == 0
    assert "TLP:AMBER" in errors
    assert run(*policy, "--handling", "none")[0] == 0
    assert "HANDLING" not in run(*export, "csv")[2]
    history = run("lists", "show", "--index", index, "--history")[1]
    assert "TLP:RED → TLP:AMBER" in history
    assert "TLP:AMBER → none" in history


def test_every_report_and_answer_says_the_mark(tmp_path: Path) -> None:
    db = tmp_path / "db"
    with Database.open(db) as database:
        scan(database, "1", "phone", [(1, picture(1), 5)])
        scan(database, "2", "card", [(1, picture(1), 5)])
    by = ["--db", db, "--by", "A. Meier"]
    assert run("record", "case", "1", *by, "--handling", "tlp:amber+strict")[0] == 0
    assert run("record", "handling", "exhibit:2/card", "<b>own</b>", *by)[0] == 0
    mark = "TLP:AMBER+STRICT"
    for form in ("html", "json", "jsonl", "csv", "vics"):
        code, output, errors = run(
            *("report", "--db", db, "--case", "1", "--format", form, "--output", "-")
        )
        assert code == 0, errors
        assert mark in unescape(output), form
        assert mark in errors, form
    page = run("report", "--db", db, "--case", "2", "--output", "-")[1]
    assert unescape(page).count("<b>own</b>") >= 3
    assert "<b>own" not in page
    assert mark not in unescape(page)
    for words in (["links"], ["who", "entry:vic/entry-5"], ["new", "--since", "1"]):
        _, output, _ = run("trace", *words, "--db", db)
        assert f"[{mark}; <b>own</b>]" in output, words
        _, output, _ = run("trace", *words, "--db", db, "--json")
        assert json.loads(output.splitlines()[0])["handling"] == [mark, "<b>own</b>"], words
    said = run("trace", "coverage", "--db", db)[1].splitlines()
    (phone, card) = [line for line in said if not line.startswith(" ")]
    assert phone.endswith(f"[{mark}]")
    assert card.endswith("[<b>own</b>]")


def test_an_import_is_never_on_record_without_its_mark(tmp_path: Path) -> None:
    (tmp_path / "seen.txt").write_text(f"{'0a' * 16}\n")
    words = ["record", "import", tmp_path / "seen.txt", "--case", "1", "--exhibit", "list"]
    words += ["--db", tmp_path / "db", "--handling", "TLP:RED"]
    assert run(*words)[0] == 2
    assert run(*words, "--by", "A. Meier")[0] == 0
    assert run(*words, "--by", "A. Meier")[0] == 0
    with Database.open(tmp_path / "db", read_only=True) as database:
        assert database.case("1").handling == ("TLP:RED",)
        actions = [row[0] for row in database.store.execute("SELECT action FROM audit")]
    assert actions == ["creation", "statement", "import"]
