"""Lists, an index and reports that an earlier version wrote: read and proved by this one."""

import csv
import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hashmatch import Index, Matcher, read_list
from hashmatch.hashlists.base import About
from hashmatch.hashlists.writing import write_list
from hashmatch.index.entries import entries_sha256
from hashmatch.index.verify import verify
from hashmatch.model import Entry
from hashmatch.profiles import DEFAULT
from hashmatch.reports.writing import write_report
from hashmatch.sightings.database import Database
from tests.sightings.test_golden_databases import opened
from tests.support.golden_story import FACTS, WRITTEN, entries

RENAMED = {
    "list": "list_name",
    "entry": "entry_id",
    "source": "list_sha256",
    "complement": "inverted",
    "raised": "reportable",
}
"""Fields of a match that are called otherwise since."""
LISTS = WRITTEN / "lists"
REPORTS = WRITTEN / "reports"


def known(form: str) -> list[Entry]:
    """What was written in a format: vPDQ holds videos alone."""
    found = list(entries())
    return [found[4]] if form.startswith("vpdq") else found


@pytest.mark.parametrize("form", FACTS["lists"])
def test_a_list_is_read_as_it_was(form: str) -> None:
    told = FACTS["lists"][form]
    read = read_list(LISTS / told["file"])
    assert (read.format, len(read.entries)) == (told["detected"], told["entries"])
    assert entries_sha256(read.entries) == told["entries_sha256"]
    assert not read.quarantined


@pytest.mark.parametrize("form", FACTS["lists"])
def test_a_list_is_written_as_it_was(form: str, tmp_path: Path) -> None:
    name = FACTS["lists"][form]["file"]
    write_list(known(form), tmp_path / name, format=form, about=About(name="golden"))
    assert (tmp_path / name).read_bytes() == (LISTS / name).read_bytes()


def test_everything_of_an_entry_comes_back() -> None:
    found = [*read_list(LISTS / "jsonl.jsonl").entries]
    for one, other in zip(found, entries(), strict=True):
        # Those of one algorithm stand together, and times are kept in single precision.
        told = [
            sorted((str(each.hash), each.quality or 0, each.part) for each in entry.hashes)
            for entry in (one, other)
        ]
        assert told[0] == told[1]
        assert replace(one, hashes=other.hashes) == other


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """The index, where it can be written to."""
    return Path(shutil.copytree(WRITTEN / "index", tmp_path / "index"))


def test_an_index_opens_and_proves_what_it_holds(index: Path) -> None:
    found = Index(index)
    told = {
        each.name: {
            "entries": len(each),
            "sources": [[one.sha256, one.entries_sha256, one.file] for one in each.sources],
        }
        for each in found.lists
    }
    assert told == FACTS["index"]
    checks = list(verify(found, thresholds=DEFAULT.thresholds))
    assert checks
    assert all(check.passed for check in checks)


def test_an_index_answers_as_it_did(index: Path) -> None:
    matcher = Matcher(Index(index))
    matcher.prove()
    for asked, expected in FACTS["lookups"].items():
        found = [
            [
                *(each.list_name, each.entry_id, each.list_sha256),
                *(each.kind, each.algorithm, each.distance, each.known_good),
            ]
            for each in matcher.match(asked)
        ]
        assert found == expected, asked


def test_an_index_goes_on(index: Path) -> None:
    with Index.edit(index) as editing:
        editing.withdraw("golden", ["1002"])
        editing.update(replace(read_list(LISTS / "jsonl.jsonl"), sha256="ef" * 32))
    found = Index(index)
    assert {each.id for each in found["golden"].entries()} >= {"1001", "1002"}
    assert all(check.passed for check in verify(found, thresholds=DEFAULT.thresholds))
    history = [
        [each.generation, each.action, each.list, each.entries, each.withdrawn]
        for each in found.generation.history
    ]
    assert history[: len(FACTS["history"])] == FACTS["history"]


def written(database: Database, form: str) -> str:
    """A report of the case, as of the same moment."""
    path = Path(database.path).parent / f"report.{form}"
    write_report(
        database,
        "1",
        format=form,
        out=path,
        at=datetime(2026, 11, 28, 13, tzinfo=UTC),
        examiner="E. Xaminer",
        agency="Lab 1",
        note="Golden.",
    )
    return path.read_bytes().decode("utf-8-sig")


def renamed(found: Mapping[str, Any]) -> dict[str, Any]:
    """A match as it is called now."""
    match = {RENAMED.get(name, name): value for name, value in found.items()}
    return {**match, "mode": match["mode"] or None}


def test_a_report_s_head_proves_the_record_that_it_is_of(tmp_path: Path) -> None:
    report = json.loads((REPORTS / "case.json").read_text(encoding="utf-8"))
    head = report["case"]["audit_head"]
    assert head == FACTS["head"]
    assert head in (REPORTS / "case.html").read_text(encoding="utf-8")
    with Database.open(opened(5, tmp_path / "db")) as database:
        assert database.verify(head=head).problems == ()


def test_a_report_in_json_says_what_it_says_now(tmp_path: Path) -> None:
    then = json.loads((REPORTS / "case.json").read_text(encoding="utf-8"))
    with Database.open(opened(5, tmp_path / "db")) as database:
        now = json.loads(written(database, "json"))
        lines = [json.loads(each) for each in written(database, "jsonl").splitlines()]
    assert len(then["sightings"]) == len(now["sightings"])
    for old, new in zip(then["sightings"], now["sightings"], strict=True):
        # Matches of then were of whole pictures.
        whole: dict[str, object] = {"tier": "whole", "outline": [], "hypothesis": None, "tried": 0}
        whole |= dict.fromkeys(("inliers", "scale", "turn", "overlap"))
        assert {**old, "match": {**renamed(old["match"]), **whole}} == new
    for part in ("unreadable", "incomplete"):
        assert then[part] == now[part]
    for old, new in zip(then["case"]["runs"], now["case"]["runs"], strict=True):
        assert old.items() <= new.items()
    old_lines = (REPORTS / "case.jsonl").read_text(encoding="utf-8").splitlines()
    assert [each.get("record") for each in lines] == [
        json.loads(each).get("record") for each in old_lines
    ]


def test_a_report_in_csv_says_what_it_says_now(tmp_path: Path) -> None:
    of_csv = {**RENAMED, "list_file_sha256": "list_sha256"}
    with (REPORTS / "case.csv").open(encoding="utf-8-sig", newline="") as file:
        then = list(csv.DictReader(file))
    with Database.open(opened(5, tmp_path / "db")) as database:
        now = list(csv.DictReader(written(database, "csv").splitlines(keepends=True)))
    rows = [[each for each in rows if each["record"] != "about"] for rows in (then, now)]
    assert len(rows[0]) == len(rows[1]) > 0
    for old, new in zip(*rows, strict=True):
        assert {of_csv.get(name, name): value for name, value in old.items()}.items() <= new.items()


def test_a_report_for_project_vic_is_read_as_a_list(tmp_path: Path) -> None:
    then = read_list(REPORTS / "case.vics.json")
    with Database.open(opened(5, tmp_path / "db")) as database:
        path = tmp_path / "now.json"
        path.write_text(written(database, "vics"), encoding="utf-8")
    now = read_list(path)
    assert len(then.entries) > 0
    assert [(each.digests, each.hashes, each.category) for each in then.entries] == [
        (each.digests, each.hashes, each.category) for each in now.entries
    ]
