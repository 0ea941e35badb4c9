"""`hashmatch record viewed`, and where it is shown."""

import csv
import json
import subprocess
from pathlib import Path

import pytest

import hashmatch as hm
from tests.support import program
from tests.support.photos import encoded, photo


def run(folder: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = program.run(*words, folder=folder)
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "evidence").mkdir()
    picture = folder / "evidence" / "a.jpg"
    picture.write_bytes(encoded(photo("coffee"), "JPEG"))
    known = hm.hash_image(picture).hash.hex
    (folder / "known.csv").write_text(f"id,pdq\nx,{known}\ny,{known}\n")
    hm.scan(picture.parent, against=folder / "known.csv", db=folder / "db", case="1", workers=0)
    return folder


VIEWED = ("record", "viewed", "--db", "db", "--by", "A. Meier", "--why", "court order 3 Gs 12/26")


def test_what_is_recorded_is_told_and_in_every_report(lab: Path) -> None:
    told = run(lab, *VIEWED, "1")
    assert "sighting 1 viewed by A. Meier: on record, case 1" in told.stdout
    (line,) = run(lab, *VIEWED[:5], "B\x1b[31m", *VIEWED[6:], "1", "--json").stdout.splitlines()
    said = json.loads(line)
    assert (said["sighting"], said["by"], said["why"]) == (1, "B\x1b[31m", VIEWED[-1])
    assert said["path"].endswith("a.jpg")
    assert "ok" in run(lab, "audit", "verify", "--db", "db").stdout

    report = ("report", "--db", "db", "--case", "1", "--format")
    found = json.loads(run(lab, *report, "json").stdout)
    first, second = found["sightings"]
    assert [each["by"] for each in first["viewings"]] == ["A. Meier", "B\x1b[31m"]
    assert first["viewed_by_human"] is True
    assert second["viewed_by_human"] is False
    assert found["totals"]["viewed_by_human"] == 1
    rows = list(csv.DictReader(run(lab, *report, "csv").stdout.lstrip("\ufeff").splitlines()))
    assert rows[0]["viewed_by"].startswith("A. Meier; B")
    assert rows[0]["viewed_why"] == f"{VIEWED[-1]}; {VIEWED[-1]}"
    for form in ("html", "vics"):
        text = run(lab, *report, form, "--output", "-").stdout
        assert "A. Meier" in text
        assert VIEWED[-1] in text
        assert "\x1b" not in text


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            (*VIEWED, "99"),
            2,
            "no sighting 99 is on record in db: its sightings are numbered 1 to",
        ),
        ((*VIEWED, "1", "--case", "2"), 2, "sighting 1 is of case '1', not '2'"),
        (("record", "viewed", "1", "--db", "db", "--by", " ", "--why", "x"), 2, "--by"),
        (("record", "viewed", "1", "--db", "db", "--by", "x"), 2, "--why"),
        ((*VIEWED[:3], "missing", *VIEWED[4:], "1"), 5, "there is no database missing"),
    ],
)
def test_what_cannot_be_recorded_is_an_error(
    words: tuple[str, ...], code: int, said: str, lab: Path
) -> None:
    before = (lab / "db").read_bytes()
    assert said in run(lab, *words, code=code).stderr
    assert (lab / "db").read_bytes() == before
    assert not (lab / "missing").exists()
