"""The verbs that say what there is."""

import json
import os
import subprocess
import sys
from pathlib import Path

from hashmatch import registry
from hashmatch.sightings.database import Database
from tests.support.program import run
from tests.support.sighting_values import CONFIGURATION, SOURCE, results


def test_cases_are_shown_with_their_exhibits(tmp_path: Path) -> None:
    path = tmp_path / "lab.db"
    with Database.open(path) as database:
        with database.run(case="7/26", source=SOURCE, configuration=CONFIGURATION) as recording:
            recording.record(results(20))
        summary = database.summary("7/26")
    shown = run("cases", "--db", path)
    assert shown.returncode == 0, shown.stderr
    first, exhibit, scan = shown.stdout.splitlines()
    assert first == "7/26: 1 exhibit"
    assert exhibit.startswith(f"  {SOURCE.label}: 20 files, {summary.matched} files with a match")
    assert scan.startswith(f"    scan 1 of {SOURCE.label}, ")
    assert scan.endswith(": interrupted, 20 files on record")
    (case,) = map(json.loads, run("cases", "--db", path, "--json").stdout.splitlines())
    assert (case["record"], case["name"], case["sources"][0]["items"]) == ("case", "7/26", 20)
    missing = run("cases", "--db", tmp_path / "none.db")
    assert missing.returncode == 5
    assert not (tmp_path / "none.db").exists()


def test_algorithms_and_formats_are_all_shown() -> None:
    shown = run("algorithms", "--json").stdout.splitlines()
    names = [json.loads(each)["algorithm"] for each in shown]
    assert names == registry.names("hashers")
    told = run("algorithms").stdout
    assert [each.split()[0] for each in told.splitlines()[::2]] == names
    assert "None" not in told
    said = {each.split()[0]: each for each in told.splitlines()[::2]}
    assert "matches up to 31 of 256 bits" in said["pdq"]
    assert "not matched by default (42 bits); set a threshold" in said["colorhash-42"]
    assert "not matched by default (64 bits); equal hashes are only probable" in said["ahash-64"]
    formats = {
        each["kind"]: each["names"]
        for each in map(json.loads, run("formats", "--json").stdout.splitlines())
    }
    assert formats["hash lists"] == registry.names("lists")
    assert formats["reports"] == registry.names("reports")
    assert formats["exports"] == registry.names("exports")
    assert {"jpeg", "png"} <= set(formats["pictures"])
    assert {"mp4", "matroska"} <= set(formats["videos"])
    assert "videos:" in run("formats").stdout


def test_verbs_are_completed() -> None:
    words = {
        "_HASHMATCH_COMPLETE": "complete_bash",
        "COMP_WORDS": "hashmatch sc",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(  # noqa: S603 (our own program)
        [Path(sys.executable).with_name("hashmatch")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **words},
    )
    assert done.stdout.split() == ["scan"]
