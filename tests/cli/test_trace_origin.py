"""`trace origin` as a user runs it."""

import json
from pathlib import Path

import pytest

from hashmatch.sightings.database import Database
from hashmatch.tracing.updating import update
from tests.cli.test_trace import run
from tests.tracing.test_origin import again, record, taken


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lab") / "lab.sightings"
    first = taken()
    with Database.open(path) as database:
        record(database, "phone", again(first, 0.5, quality=70), first)
        update(database)
        database.record_handling("case:1", "TLP:AMBER", by="A")
    return path


def test_the_copy_is_named_with_reasons_and_as_a_hypothesis(lab: Path) -> None:
    code, lines = run("trace", "origin", "cluster:1", "--db", lab)
    assert code == 0
    assert lines[0].startswith("cluster:1: 2 copies compared  [TLP:AMBER")
    assert lines[1].startswith("likely nearest to the source: copy 2 (")
    assert lines[1].endswith("This is a hypothesis.")
    text = "\n".join(lines)
    assert "copy 1 was likely made from copy 2" in text
    assert "copy 2 was made from none of the others" in text
    assert "libjpeg, quality 70" in text
    assert "own tables" in text


def test_the_same_is_json(lab: Path) -> None:
    code, (line,) = run("trace", "origin", "cluster:1", "--db", lab, "--json")
    found = json.loads(line)
    assert (code, found["record"], found["told"]) == (0, "origin", True)
    assert [each["copy"] for each in found["candidates"]] == [2, 1]
    assert {each["child"]: each["parent"] for each in found["descents"]} == {1: 2, 2: None}
    assert found["copies"][1]["written"]["sampling"] == "4:2:2"


@pytest.mark.parametrize("thing", ["cluster:9", "nothing", "account:kik/4711"])
def test_what_stands_for_no_copies_is_wrong_use(lab: Path, thing: str) -> None:
    assert run("trace", "origin", thing, "--db", lab)[0] == 2
