"""`hashmatch db`."""

import json
from pathlib import Path

from hashmatch.sightings.database import Database
from tests.support.hostile_values import run
from tests.support.laboratories import scan


def test_databases_are_merged_and_conflicts_named(tmp_path: Path) -> None:
    north = scan(tmp_path / "north.sightings", case="1", exhibit="card", numbers=range(20))
    south = scan(tmp_path / "south.sightings", case="1", exhibit="card", numbers=range(20))
    into = tmp_path / "all.sightings"
    words = ["db", "merge", str(north), str(south), "--into", str(into), "--by", "A. Meier"]
    code, said = run([*words, "--dry-run"])
    assert code == 0
    assert "CONFLICT  case 1: another case of the same number: here it is 'south/1'" in said
    assert "nothing was recorded" in said
    assert not into.exists()
    code, said = run([*words, "--same-case", "1", "--json"])
    assert code == 0
    told = json.loads(said.splitlines()[0])
    assert [each["added"]["items"] for each in told["databases"]] == [20, 20]
    assert {each["kind"] for each in told["conflicts"]} == {"case", "exhibit"}
    with Database.open(into, read_only=True) as database:
        assert len(database.case("1").sources) == 2
    code, said = run(["db", "origins", "--db", str(into)])
    assert (code, said.count("A. Meier")) == (0, 2)
    code, said = run(["db", "origins", "items:21", "items:7000", "--db", str(into)])
    assert code == 0
    assert f"items:21: row 1 of {south} (origin 2)" in said
    assert "items:7000: recorded in this database" in said
    for wrong in ("items", f"items:{2**63}"):
        assert run(["db", "origins", wrong, "--db", str(into)])[0] == 2


def test_what_cannot_be_merged_ends_with_its_exit_code(tmp_path: Path) -> None:
    north = scan(tmp_path / "north.sightings", case="1", exhibit="card", numbers=range(5))
    into, by = str(tmp_path / "all.sightings"), ["--by", "A. Meier"]
    assert run(["db", "merge", str(north), "--into", into, "--by", " "])[0] == 2
    assert run(["db", "merge", str(tmp_path / "none"), "--into", into, *by])[0] == 5
    assert run(["db", "merge", str(north), "--into", str(north), *by])[0] == 2
