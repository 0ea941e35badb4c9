"""`trace matrix` as a user runs it."""

import csv
import io
import json
from pathlib import Path

from typer.testing import CliRunner

from hashmatch.cli.app import app
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from tests.tracing.test_links import picture, scan


def test_a_matrix_as_lines_json_and_csv(tmp_path: Path) -> None:
    path = tmp_path / "lab.sightings"
    with Database.open(path) as database:
        scan(database, "1", "phone", [(1, picture(1), 5), (2, picture(2), 6)])
        scan(database, "2", "tablet", [(3, picture(3), 5), (4, picture(4), 6)])
        scan(database, "3", "card", [(5, picture(5), 5)])
        said = [Said("access", "pointer"), Said("contact", "K 12")]
        database.record_statements(Topic.CASE, said, by="A", case="3")
        database.record_handling("case:1", "TLP:RED", by="A")

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["trace", "matrix", *words, "--db", str(path)])
        assert result.exit_code == 0
        return result.stdout

    assert run("--no-update").splitlines()[:-1] == [
        "2 links between 2 exhibits of 3",
        "  1. group 1, case 1, phone: 2 links with 1  [TLP:RED]",
        "  2. group 1, case 2, tablet: 2 links with 1",
        "  1 and 2: entry 2; rarest entry:vic/entry-6 (strong, in 2 of 3 exhibits)",
        "  case 3: ask K 12",
        "HANDLING: TLP:RED",
    ]
    whole, cell = map(json.loads, run("--json").splitlines())
    (row,) = csv.DictReader(io.StringIO(run("--csv").removeprefix("\ufeff")))
    assert (whole["record"], cell["record"], cell["key"]) == ("matrix", "cell", row["rarest"])
    assert (row["exhibit"], row["other_exhibit"]) == ("phone", "tablet")
    assert (row["entry"], row["handling"]) == (str(cell["counts"]["entry"]), "TLP:RED")
