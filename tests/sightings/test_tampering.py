"""A thousand tamperings by somebody who has the source, beside those of `test_forging`.

What is not found by the file alone is named here, and in SECURITY.md; a head that was kept finds
it, except rows in the right form that a run goes on with which nobody ended.
"""

import json
import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.sightings.database import Database
from tests.support import forgeries, tamperings
from tests.support.forgeries import Change, Forger
from tests.support.sighting_values import CONFIGURATION, SOURCE, results
from tests.support.tamperings import KINDS

GOES_ON = ("environments: insert, told again", "environments: duplicate, told again")
FREE = {
    "tables alone": (),
    "told again by a run that is running": GOES_ON,
    "details of the chain": (
        "creation: tool",
        *(f"refusal: {name}" for name in ("case", "source", "message", "command")),
        *("note: what", "note: details.file"),
    ),
    "rows of the chain": (
        *("creation by another", "creation elsewhere", "creation of 2020"),
        *("viewed by another", "viewed elsewhere"),
        *(
            f"{action} {what}"
            for action in (
                *("statement", "statement", "import", "import", "clustering"),
                *("erasure", "erasure", "merge", "merge"),
            )
            for what in ("by another", "elsewhere")
        ),
        *(
            f"{action} {what}"
            for action in ("note", "refusal")
            for what in ("by another", "elsewhere", "taken out", "put twice")
        ),
    ),
}
"""What is not found without a head that was kept: words that nothing else says, who made rows that
belong to no run, and whole rows that change no table."""


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tamperings.recorded(tmp_path_factory.mktemp("recorded") / "db")


@pytest.fixture(scope="module")
def head(record: Path) -> str:
    with Database.open(record, read_only=True) as database:
        verdict = database.verify()
    assert verdict.problems == ()
    return verdict.head


@pytest.mark.parametrize("kind", KINDS)
def test_every_tampering_is_found(record: Path, head: str, tmp_path: Path, kind: str) -> None:
    made, alone, with_head = 0, [], []
    for tampering in KINDS[kind](record):
        try:
            seen, seen_with_head = tamperings.found(record, tmp_path, tampering, head)
        except (sqlite3.IntegrityError, tamperings.NothingAlteredError):
            continue
        made += 1
        what = re.sub(r" \(\d+\)", "", tampering.what)
        alone += [] if seen else [what]
        with_head += [] if seen_with_head else [what]
    assert made > 100
    assert with_head == [each for each in GOES_ON if each in FREE[kind]]
    # Two rows of one run can change places where nothing else says which came first.
    assert sorted(each for each in alone if "before its row" not in each) == sorted(FREE[kind])


TWICE = (
    *(Change("sightings", each) for each in ("list", "source", "entry", "number")),
    *(Change("entries", each) for each in ("list", "source", "entry", "number")),
    *(Change(each, "position") for each in ("readings", "frames", "segments")),
    *(Change("scans", each) for each in ("kind", "path")),
    *(Change("run_lists", each) for each in ("entries", "known_good", "insert", "delete")),
    *(Change("cases", "insert"), Change("sources", "insert"), Change("hashings", "insert")),
    *(Change("sighted", "entry_id"), Change("sightings", "viewed_by_human")),
    Change("items", "size"),
)
"""What the record says twice: who alters one, and seals the chain again, forgot the other."""


@pytest.mark.parametrize("change", TWICE, ids=lambda each: f"{each.table}-{each.what}")
def test_what_is_said_twice_agrees(record: Path, tmp_path: Path, change: Change) -> None:
    way = "told anew in its row, the chain sealed from there"
    path = forgeries.forged(record, tmp_path, change, way)
    with Database.open(path, read_only=True) as database:
        assert not database.verify().passed


@pytest.mark.parametrize(
    ("place", "was", "becomes", "says"),
    [
        ("runs.profile", '"pdq":31', '"pdq":10', "names other thresholds"),
        ("hashings.options", '"fast"', '"exact"', "names other options of hashing"),
        ("run_lists.policy", '"pdq":20', '"pdq":30', "names other hash lists"),
        ("scans.identity", "1234-ABCD", "1234-ABCE", "names other evidence"),
    ],
)
def test_a_run_was_configured_as_its_rows_say(
    record: Path, tmp_path: Path, place: str, was: str, becomes: str, *, says: str
) -> None:
    table, column = place.split(".")
    path = tmp_path / "db"
    path.write_bytes(record.read_bytes())
    forger = Forger(path)
    (seq, details), *_ = [
        (seq, details)
        for seq, action, details in forger.chain()
        if action == "start" and details["rows"].get(table)
    ]
    (told, *_) = details["rows"][table]
    assert was in told[column]
    told[column] = told[column].replace(was, becomes)
    forger(f"UPDATE {table} SET {column} = ? WHERE id = ?", told[column], told["id"])  # noqa: S608 (our names)
    forger.retell(seq, details)
    with Database.open(forger.close(), read_only=True) as database:
        problems = [each.what for each in database.verify().problems]
    assert [each for each in problems if says in each], problems


def test_a_scan_that_goes_on_with_other_decoders_is_proved(tmp_path: Path) -> None:
    """Libraries may be upgraded while a scan is interrupted, and back."""
    with Database.open(tmp_path / "db") as database:
        for number, version in enumerate(("11", "12", "11")):
            configuration = replace(CONFIGURATION, decoders={"pillow": version})
            with database.run(
                case="1", source=SOURCE, configuration=configuration, resume=number > 0
            ) as run:
                run.record(results(10, 10 * number))
        assert database.verify().problems == ()
        options = [
            json.loads(text)["decoders"]["pillow"]
            for (text,) in database._store.execute("SELECT options FROM hashings ORDER BY id")
        ]
        assert options == ["11", "12"]


def test_hashes_of_other_options_are_no_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "db"
    with Database.open(path) as database:
        for number, version in enumerate(("11", "12")):
            configuration = replace(CONFIGURATION, decoders={"pillow": version})
            with database.run(
                case="1", source=SOURCE, configuration=configuration, resume=number > 0
            ) as run:
                run.record(results(10, 10 * number))
    forger = Forger(path)
    ((text,),) = forger.all("SELECT options FROM hashings WHERE id = 2")
    forger("UPDATE hashings SET options = ? WHERE id = 2", text.replace('"fast"', '"exact"'))
    seq, details = next(
        (seq, details) for seq, action, details in forger.chain() if action == "resume"
    )
    (told,) = details["rows"]["hashings"]
    told["options"] = told["options"].replace('"fast"', '"exact"')
    forger.retell(seq, details)
    with Database.open(forger.close(), read_only=True) as database:
        found = {(each.table, each.what) for each in database.verify().problems}
    assert ("pictures", "belongs to another run than the batch that recorded it") in found
    assert ("items", "has the hashes of another content, or of other options") in found
    assert any("rows of hashings that it does not use" in what for _, what in found)
