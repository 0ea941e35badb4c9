"""`trace stats` as a user runs it."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashmatch.cli.app import app
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.statistics import RULES
from tests.tracing.test_links import picture, scan


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    path = tmp_path / "lab.sightings"
    with Database.open(path) as database:
        scan(database, "1", "phone", [(1, picture(1), 5), (1, picture(1), 6)])
        scan(database, "2", "=tablet", [(1, picture(1), 5), (2, picture(2), None)])
        scan(database, "3", "card", [(1, picture(1), 5)])
        said = [Said("access", "pointer"), Said("contact", "K 12")]
        database.record_statements(Topic.CASE, said, by="A", case="3")
        database.record_handling("case:1", "TLP:RED", by="A")
    return path


def run(lab: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["trace", "stats", *words, "--db", str(lab)])
    return result.exit_code, result.stdout


def test_a_table_with_the_rule_of_each_figure(lab: Path) -> None:
    code, shown = run(lab, "--by", "source")
    lines = shown.splitlines()
    assert code == 0
    assert [line.split() for line in lines[:4]] == [
        ["source", *RULES],
        ["1/phone", *["0", "0", "2", "2", "1", "0", "2", "0", "0", "0", "0"]],
        ["2/=tablet", *["0", "0", "1", "1", "1", "0", "1", "0", "0", "0", "1"]],
        ["(all)", *["0", "0", "3", "3", "1", "0", "2", "0", "0", "0", "1"]],
    ]
    assert [line.partition(":")[0] for line in lines[4:]] == [
        *("source", *RULES, "case 3", "HANDLING", "searched")
    ]
    assert lines[-3:-1] == ["case 3: ask K 12", "HANDLING: TLP:RED"]


def test_csv_and_json_hold_the_same(lab: Path) -> None:
    code, table = run(lab, "--by", "source", "--by", "known", "--csv")
    rows = [*csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))]
    whole = json.loads(run(lab, "--by", "source", "--by", "known", "--json")[1])
    assert (code, whole["record"], whole["by"]) == (0, "statistics", ["source", "known"])
    groups = [whole["total"], *whole["groups"]]
    assert [
        (each["source"], each["known"], each["figure"], each["value"]) for each in rows[:-1]
    ] == [
        (
            # A spreadsheet runs no name of an exhibit.
            group["key"].get("source", "(all)"),
            group["key"].get("known", "(all)"),
            name,
            "" if group[name] is None else str(group[name]),
        )
        for group in groups
        for name in RULES
    ]
    assert {each["rule"] for each in rows[:-1]} == {*RULES.values()}
    assert (rows[-1]["value"], rows[-1]["rule"]) == ("3", "ask K 12")


def test_wrong_questions_are_refused(lab: Path) -> None:
    for words in (["--by", "colour"], ["--by", "month"], ["--csv", "--json"], ["--case", "9"]):
        assert run(lab, *words)[0] != 0
