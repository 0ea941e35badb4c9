"""`scan --deepen`: what a scan met is not decoded again, and all else is looked at harder."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import hashmatch as hm
from hashmatch.errors import ResumeError
from hashmatch.scanning import binding
from hashmatch.sightings.database import Database
from tests.support.archives import zipped
from tests.support.photos import encoded, photo
from tests.support.program import run

KNOWN = ("--against", "known.csv", "--workers", "1")
ON_RECORD = ("--db", "lab.db", "--case", "7")


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    known = photo("coffee")
    page = Image.new("RGB", (known.width + 200, known.height + 500), (20, 20, 20))
    page.paste(known, (90, 300))
    page.save(evidence / "page.jpg", quality=88)
    known.resize((500, 333)).save(evidence / "copy.jpg", quality=80)
    photo("rocket").save(evidence / "other.png")
    found = hm.hash_image(encoded(known, "PNG"))
    line = f"x,{found.hash.hex},{found.quality}\n"
    (tmp_path / "known.csv").write_text(f"id,pdq,quality\n{line}")
    return tmp_path


def hashed_with(lab: Path, scan: int) -> dict[str, list[str]]:
    """The tiers with which the hashes of each item of a scan were computed."""
    with sqlite3.connect(lab / "lab.db") as store:
        rows = store.execute(
            "SELECT locator, hashings.options FROM items "
            "JOIN pictures ON pictures.id = picture_id "
            "JOIN hashings ON hashings.id = hashing_id WHERE scan_id = ?",
            (scan,),
        ).fetchall()
    store.close()
    return {name: json.loads(given)["options"].get("tiers", ["whole"]) for name, given in rows}


def sighted(lab: Path) -> set[tuple[str, str]]:
    with Database.open(lab / "lab.db", read_only=True) as database:
        assert database.verify().passed
        return {(each.item.locator, str(each.match.tier)) for each in database.sightings("7")}


@pytest.mark.parametrize("effort", ["normal", "thorough"])
def test_what_was_met_is_not_decoded_again(lab: Path, effort: str) -> None:
    """The hashes of what was met are those of the first scan, and the record says so."""
    assert run("scan", "evidence", *KNOWN, *ON_RECORD, folder=lab).returncode == 0
    assert sighted(lab) == {("copy.jpg", "whole")}
    words = (*KNOWN, *ON_RECORD, "--effort", effort, "--deepen")
    done = run("scan", "evidence", *words, folder=lab)
    assert done.returncode == 0, done.stderr
    tiers = ["whole", "regions", "framing"][: 2 + (effort == "thorough")]
    assert hashed_with(lab, 2) == {"copy.jpg": ["whole"], "page.jpg": tiers, "other.png": tiers}
    assert sighted(lab) == {("copy.jpg", "whole"), ("page.jpg", "regions")}
    again = run("scan", "evidence", *words, folder=lab)
    assert "already scanned completely in this way" in again.stderr


def test_what_nothing_meets_any_more_is_decoded_again(lab: Path) -> None:
    """What is settled is decided by what is known now, not by what was."""
    assert run("scan", "evidence", *KNOWN, *ON_RECORD, folder=lab).returncode == 0
    (lab / "known.csv").write_text(f"id,pdq,quality\ny,{'5a' * 32},100\n")
    words = (*KNOWN, *ON_RECORD, "--effort", "normal", "--deepen")
    assert run("scan", "evidence", *words, folder=lab).returncode == 0
    assert set(map(tuple, hashed_with(lab, 2).values())) == {("whole", "regions")}


IN_PART = 4
"""The exit code where a file was read only in part."""
BEHIND = pytest.mark.parametrize(
    ("first", "then"),
    [(("--max-members", "1"), ()), (("--no-inside",), ()), ((), ("--max-members", "1"))],
)
"""What lies behind a picture is read otherwise by a second scan."""


def read_in_part(lab: Path, scan: int) -> tuple[str, str, bool]:
    """Of the picture with an archive behind it: the reason of item and hashes, and the flag."""
    with sqlite3.connect(lab / "lab.db") as store:
        ((item, media, flags),) = store.execute(
            "SELECT items.reason, pictures.reason, flags FROM items "
            "JOIN pictures ON pictures.id = picture_id WHERE locator = 'both.jpg' AND scan_id = ?",
            (scan,),
        ).fetchall()
    store.close()
    return item, media, "unread-part" in flags


@BEHIND
@pytest.mark.parametrize("how", [("--effort", "normal", "--deepen"), ("--exhibit", "another")])
def test_hashes_on_record_do_not_say_what_another_scan_read_behind_a_picture(
    lab: Path, first: tuple[str, ...], then: tuple[str, ...], how: tuple[str, ...]
) -> None:
    (lab / "evidence" / "page.jpg").unlink()
    members = [(f"{each}.png", encoded(photo(each), "PNG")) for each in ("chelsea", "astronaut")]
    copy = (lab / "evidence" / "copy.jpg").read_bytes()
    (lab / "evidence" / "both.jpg").write_bytes(copy + zipped(members))
    begun = run("scan", "evidence", *KNOWN, *ON_RECORD, *first, folder=lab)
    assert begun.returncode == (IN_PART if first else 0)
    done = run("scan", "evidence", *KNOWN, *ON_RECORD, *how, *then, folder=lab)
    assert done.returncode == (IN_PART if then else 0)
    reason = "too-much" if then else ""
    assert read_in_part(lab, 2) == (reason, reason, bool(then))
    assert all(tier == "whole" for _, tier in sighted(lab))


def test_a_refusal_leaves_a_record_that_is_sound(lab: Path) -> None:
    """On record are the refusals, and no case or exhibit that nothing was scanned of."""
    words = (*KNOWN, "--db", "lab.db", "--effort", "normal", "--deepen")
    assert run("scan", "evidence", *words, "--case", "6", folder=lab).returncode == 2
    assert run("scan", "evidence", *KNOWN, *ON_RECORD, folder=lab).returncode == 0
    for more in (("--case", "7", "--exhibit", "new"), ("--case", "8")):
        assert run("scan", "evidence", *words, *more, folder=lab).returncode == 2
    assert run("audit", "verify", "--db", "lab.db", folder=lab).returncode == 0
    with sqlite3.connect(lab / "lab.db") as store:
        assert store.execute("SELECT name FROM cases").fetchall() == [("7",)]
        refused = store.execute("SELECT count(*) FROM audit WHERE action = 'refusal'").fetchone()
    store.close()
    assert refused == (3,)


def test_it_goes_on_after_a_library_was_upgraded(
    lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As every other scan does; what the first scan hashed is decoded again by other decoders."""
    named: dict[str, Any] = {"db": lab / "lab.db", "case": "7", "exhibit": "x", "workers": 0}
    hm.scan(lab / "evidence", against=lab / "known.csv", **named)
    matcher = hm.Matcher(lab / "known.csv", tiers=("whole", "regions"))

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hm.scan(lab / "evidence", against=matcher, deepen=True, on_result=interrupted, **named)
    version = binding._version
    monkeypatch.setattr(
        binding, "_version", lambda name: "99" if name == "pillow" else version(name)
    )
    done = hm.scan(lab / "evidence", against=matcher, deepen=True, resume=True, **named)
    assert done.items == 3
    assert {name for name, tier in sighted(lab) if tier == "regions"} == {"page.jpg"}
    # A new one would use nothing of before.
    with pytest.raises(ResumeError, match="nothing to deepen"):
        hm.scan(lab / "evidence", against=[lab / "known.csv"], deepen=True, **named)


def test_without_a_scan_that_looked_less_hard_it_is_refused(lab: Path) -> None:
    words = (*KNOWN, *ON_RECORD, "--effort", "normal")
    assert "nothing to deepen" in run("scan", "evidence", *words, "--deepen", folder=lab).stderr
    assert run("scan", "evidence", *words, folder=lab).returncode == 0
    same = run("scan", "evidence", *KNOWN, *ON_RECORD, "--deepen", folder=lab)
    assert same.returncode == 2
    assert "nothing to deepen" in same.stderr
    both = run("scan", "evidence", *words, "--deepen", "--rescan", folder=lab)
    assert "give only one of them" in both.stderr
    assert "--db and --case are missing" in run("scan", "e", *KNOWN, "--deepen", folder=lab).stderr
