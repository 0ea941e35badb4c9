"""`--effort` of scans and matches: parts of pictures are found, told, and on record."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

import hashmatch as hm
from hashmatch.cli.scan_output import _note_tiers
from hashmatch.hashlists.reading import HashList
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Entry, Hash, KnownHash
from hashmatch.profiles import DEFAULT
from hashmatch.sightings.database import Database
from tests.support.photos import encoded, photo
from tests.support.program import run


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    evidence = folder / "evidence"
    evidence.mkdir()
    known = photo("coffee")
    page = Image.new("RGB", (known.width + 200, known.height + 500), (20, 20, 20))
    page.paste(known, (90, 300))
    page.save(evidence / "page.jpg", quality=88)
    (evidence / "page again.jpg").write_bytes((evidence / "page.jpg").read_bytes())
    known.crop((0, 0, known.width * 43 // 50, known.height * 43 // 50)).save(evidence / "cut.png")
    photo("rocket").save(evidence / "other.png")
    found = hm.hash_image(encoded(known, "PNG"))
    (folder / "known.csv").write_text(f"id,pdq,quality\nx,{found.hash.hex},{found.quality}\n")
    return folder


@pytest.mark.parametrize(
    ("effort", "names"),
    [
        ("quick", set()),
        ("normal", {"page.jpg", "page again.jpg"}),
        ("thorough", {"page.jpg", "page again.jpg", "cut.png"}),
    ],
)
def test_what_is_found_goes_on_record(lab: Path, effort: str, names: set[str]) -> None:
    on_record = ("--db", f"{effort}.db", "--case", "7", "--workers", "1")
    known = ("--against", "known.csv", "--effort", effort)
    done = run("scan", "evidence", *known, *on_record, folder=lab)
    assert done.returncode == 0, done.stderr
    assert {name for name in names if name in done.stdout} == names
    assert len(done.stdout.splitlines()) == len(names)
    if names:
        assert "a part of the picture, pixels 90,300 to 690,700; " in done.stdout
    with Database.open(lab / f"{effort}.db", read_only=True) as database:
        seen = list(database.sightings("7"))
        assert {each.item.locator for each in seen} == names
        assert database.verify().passed
    words = ("--db", f"{effort}.db", "--case", "7", "--format", "csv", "--output", f"{effort}.csv")
    assert run("report", *words, folder=lab).returncode == 0
    cells = io.StringIO((lab / f"{effort}.csv").read_text(encoding="utf-8-sig"))
    rows = [row for row in csv.DictReader(cells) if row["record"] == "sighting"]
    assert {row["tier"] for row in rows} == {
        *(["regions"] if names else []),
        *(["framing"] if effort == "thorough" else []),
    }
    page = ("--format", "html", "--output", f"{effort}.html")
    assert run("report", "--db", f"{effort}.db", "--case", "7", *page, folder=lab).returncode == 0
    drawn = (lab / f"{effort}.html").read_text(encoding="utf-8")
    # Files that are byte for byte the same are one finding.
    assert drawn.count('class="part"') == len(names - {"page again.jpg"})
    assert ("probable up to 46 bits" in done.stderr) == (effort != "quick")
    # Scans of other efforts are other scans; the same one goes on where it was.
    other = "normal" if effort == "quick" else "quick"
    again = ("--against", "known.csv", "--effort", other, "--resume", *on_record)
    assert run("scan", "evidence", *again, folder=lab).returncode != 0


def test_a_single_file_says_what_it_shows(lab: Path) -> None:
    words = ("--against", "known.csv", "--effort", "normal", "--json")
    done = run("match", "evidence/page.jpg", *words, folder=lab)
    told = json.loads(done.stdout.splitlines()[0])
    (found,) = told["matches"]
    assert (found["tier"], found["hypothesis"]) == ("regions", None)
    assert found["outline"][0] == [pytest.approx(90, abs=2), pytest.approx(300, abs=2)]
    assert found["tried"] % 8 == 0


def test_where_no_part_can_match_it_is_said(lab: Path) -> None:
    (lab / "digests.csv").write_text(f"id,md5\nx,{'ab' * 16}\n")
    words = ("--against", "digests.csv", "--effort", "thorough")
    done = run("match", "evidence/page.jpg", *words, folder=lab)
    for tier in ("regions", "framing"):
        assert f"{tier}: no part of a picture is searched: no pdq hash is known" in done.stderr


def test_an_effort_that_is_none_is_refused(lab: Path) -> None:
    words = ("--against", "known.csv", "--effort", "all")
    done = run("match", "evidence/page.jpg", *words, folder=lab)
    assert done.returncode == 2
    assert "no effort is called 'all'; there is:\n  quick\n  normal\n  thorough" in done.stderr


def test_tiers_are_named_instead_of_an_effort(lab: Path) -> None:
    words = ("--against", "known.csv", "--tiers", "whole,regions")
    assert "page.jpg" in run("match", "evidence/page.jpg", *words, folder=lab).stdout
    both = run("match", "evidence/page.jpg", *words, "--effort", "quick", folder=lab)
    assert both.returncode == 2
    assert "give only one of them" in both.stderr
    none = ("--against", "known.csv", "--tiers", "whole,all")
    done = run("scan", "evidence", *none, folder=lab)
    assert done.returncode == 2
    assert "no tier is called 'all'; there is:\n  whole\n  regions\n  framing" in done.stderr


def test_originals_with_patches_are_found_turned_and_trimmed(lab: Path) -> None:
    pytest.importorskip("cv2", reason="the extra patches is not installed")
    originals, turned = lab / "originals", lab / "turned"
    for folder in (originals, turned):
        folder.mkdir()
    known = photo("coffee")
    known.save(originals / "it.png")
    known.rotate(20).crop((90, 60, 510, 340)).save(turned / "copy.png")
    photo("rocket").save(turned / "other.png")
    into = ("--index", "lab.index", "--name", "LAB", "--patches")
    done = run("lists", "enrol", "originals", *into, folder=lab)
    assert done.returncode == 0, done.stderr
    assert " patches" in done.stdout
    assert run("index", "verify", "--index", "lab.index", folder=lab).returncode == 0
    info = run("index", "info", "--index", "lab.index", folder=lab)
    assert "patches of 1 known picture: 5 that agree are a match, 3 probable" in info.stdout
    plain = run("scan", "turned", "--against", "lab.index", folder=lab)
    assert "NOT searched (only looked for with the tier patches" in plain.stderr
    assert plain.stdout == ""
    record = ("--db", "patches.db", "--case", "7", "--workers", "1")
    known_ones = ("--against", "lab.index", "--effort", "thorough")
    done = run("scan", "turned", *known_ones, *record, folder=lab)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert "copy.png" in line
    assert "patches agree: scaled by 1.0" in line
    with Database.open(lab / "patches.db", read_only=True) as database:
        (seen,) = database.sightings("7")
        assert database.verify().passed
        assert "opencv-python-headless" in database.case("7").runs[0].libraries
    assert seen.match.similarity is not None
    assert seen.match.similarity.inliers >= 5
    assert (seen.match.tier, seen.match.orientation) == ("patches", 1)
    for form, told in (("csv", "patch-256"), ("json", '"inliers": '), ("html", "patches agree")):
        words = ("--case", "7", "--format", form, "--output", f"p.{form}")
        assert run("report", "--db", "patches.db", *words, folder=lab).returncode == 0
        assert told in (lab / f"p.{form}").read_text(encoding="utf-8")
    none = ("--against", "known.csv", "--tiers", "whole,patches")
    done = run("match", "turned/copy.png", *none, folder=lab)
    assert "no list has patches of its pictures" in done.stderr


def test_where_nothing_can_be_near_enough_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """As for a profile that allows hardly any false match, or a list that is very long."""
    code = bytes(range(256))[:32]
    known = HashList.of("lab", [Entry("it", 1, hashes=(KnownHash(Hash("pdq", code), 80),))])
    strict = replace(DEFAULT, false_matches=1e-30)
    with Matcher(known, profile=strict, tiers=("whole", "regions")) as matcher:
        _note_tiers(matcher)
    said = capsys.readouterr().err
    assert "WARNING: regions: no part of a picture is searched: nothing is near enough" in said
