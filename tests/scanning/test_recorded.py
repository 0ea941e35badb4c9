import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import hashmatch as hm
from hashmatch.errors import ResumeError
from hashmatch.native.library import version
from tests.support.exif_blocks import FIELDS, block


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    folder.mkdir()
    for number in range(3):
        noise = np.random.default_rng(number).integers(0, 256, (16, 16), np.uint8)
        Image.fromarray(noise).resize((200, 160), Image.Resampling.BICUBIC).save(
            folder / f"{number}.png"
        )
    return folder


@pytest.fixture
def known(tmp_path: Path, evidence: Path) -> Path:
    path = tmp_path / "known.csv"
    path.write_text(f"id,hash,quality\na,{hm.hash_image(evidence / '1.png').hash},100\n")
    return path


def test_a_scan_on_record_in_one_call(tmp_path: Path, evidence: Path, known: Path) -> None:
    db = tmp_path / "lab.sightings"
    summary = hm.scan(evidence, against=known, db=db, case="17", exhibit="card", workers=0)
    assert (summary.items, summary.hashed, summary.matched) == (3, 3, 1)
    with hm.Database.open(db, read_only=True) as database:
        (sighting,) = database.sightings("17")
        assert (sighting.item.locator, sighting.match.entry_id) == ("1.png", "a")
        (source,) = database.case("17").sources
        assert (source.label, source.kind) == ("card", "folder")
        assert database.verify().passed
        # Which library hashed and searched: by its digest, in the report too.
        (run,) = database.case("17").runs
        assert run.libraries["hashmatch-kernels"] == version()
        facts = database.store.one("SELECT facts FROM environments WHERE aspect = 'search'")
        assert json.loads(str(facts))["hashmatch-kernels"] == version()
        hm.write_report(database, "17", format="html", out=tmp_path / "17.html")
    page = (tmp_path / "17.html").read_text(encoding="utf-8")
    assert "1.png" in page
    assert "hashmatch-kernels" in page


def test_what_files_say_of_themselves_is_on_record_and_in_no_output(
    tmp_path: Path, evidence: Path, known: Path
) -> None:
    Image.open(evidence / "1.png").save(evidence / "4.jpg", exif=b"Exif\0\0" + block())
    db = tmp_path / "lab.sightings"
    summary = hm.scan(evidence, against=known, db=db, case="17", workers=1)
    assert summary.items == summary.hashed == 4
    with hm.Database.open(db, read_only=True) as database:
        rows = database.store.execute("SELECT name, value FROM metadata_fields ORDER BY name")
        told: dict[str, str] = dict(rows)
        assert len(told.pop("quantisation")) == 16
        assert (told.pop("quality"), told.pop("sampling")) == ("75", "grey")
        assert FIELDS.items() <= told.items()
        assert database.verify().passed
        hm.write_report(database, "17", format="json", out=tmp_path / "17.json")
    assert FIELDS["gps"] not in (tmp_path / "17.json").read_text(encoding="utf-8")
    assert FIELDS["gps"] not in str(hm.hash_item(evidence / "4.jpg").to_dict())


def test_a_scan_that_is_done_is_begun_anew_only_when_that_is_asked(
    tmp_path: Path, evidence: Path, known: Path
) -> None:
    db = tmp_path / "lab.sightings"
    hm.scan(evidence, against=known, db=db, case="17", workers=0)
    with pytest.raises(ResumeError):
        hm.scan(evidence, against=known, db=db, case="17", workers=0)
    assert hm.scan(evidence, against=known, db=db, case="17", rescan=True, workers=0).items == 3


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"case": ""}, "belongs to a case"),
        ({"db": None}, "name a database"),
        ({"db": None, "case": "", "rescan": True}, "name a database"),
        ({"evidence": []}, "named by its path"),
        ({"run": object()}, "two places"),
    ],
)
def test_what_is_missing_for_the_record_is_named(
    changed: dict[str, object], why: str, tmp_path: Path, evidence: Path, known: Path
) -> None:
    given: dict[str, object] = {"evidence": evidence, "db": tmp_path / "db", "case": "17"}
    given |= changed
    place = given.pop("evidence")
    with pytest.raises(ValueError, match=why):
        hm.scan(place, against=known, workers=0, **given)  # type: ignore[arg-type] # on purpose
    assert not (tmp_path / "db").exists()
