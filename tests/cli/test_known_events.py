"""`record import --against`: what of a report is known links it, in the role of its event."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashmatch.cli.app import app
from hashmatch.sightings.database import Database
from tests.support.sighting_values import digests
from tests.tracing.test_events import hashed

_TIP = """<?xml version="1.0"?><report><reportId>{number}</reportId>
<incidentSummary><incidentDateTime>2026-04-17T10:00:00Z</incidentDateTime></incidentSummary>
<personOrUserReported><espIdentifier>4711</espIdentifier><espService>Kik</espService>
</personOrUserReported>
<fileDetails><fileId>1</fileId><originalFileHash hashType="{kind}">{value}</originalFileHash>
</fileDetails></report>"""

_FAR = 40


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    path = tmp_path / "known.csv"
    path.write_text(f"id,pdq,md5\nchild-7,{hashed(7, 0).value.hex()},{digests(7).md5}\n")
    return path


def record(folder: Path, number: int, kind: str, value: str, *more: object) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of an import into a case of its own."""
    tip = folder / f"tip-{number}.xml"
    tip.write_text(_TIP.format(number=number, kind=kind, value=value), encoding="utf-8")
    words = ["record", "import", tip, "--case", number, "--exhibit", f"tip {number}"]
    words += ["--db", folder / "db", *more]
    result = CliRunner().invoke(app, [*map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def test_what_is_known_links_reports_that_no_scan_saw(tmp_path: Path, lists: Path) -> None:
    md5 = digests(7).md5 or ""
    against = ("--against", lists, "--fail-on-match")
    code, _, said = record(tmp_path, 1, "MD5", md5, *against)
    assert code == 10
    assert "known/child-7, md5 0 of 0, match" in said
    code, _, said = record(tmp_path, 2, "PDQ", hashed(7, 9).value.hex(), *against)
    assert code == 10
    assert "known/child-7, pdq 9 of 31, match" in said
    assert "1 item was seen before, in case 1" in said
    code, _, said = record(tmp_path, 3, "PDQ", hashed(7, _FAR).value.hex(), *against)
    assert (code, "child-7" in said, "0 events match" in said) == (0, False, True)
    code, out, _ = record(tmp_path, 4, "SHA1", digests(7).sha1 or "", *against, "--json")
    assert code == 4
    assert any("could not be matched: no sha1" in each for each in json.loads(out)["notes"])
    assert record(tmp_path, 5, "MD5", md5)[0] == 0
    shown = CliRunner().invoke(app, ["trace", "links", "--db", str(tmp_path / "db"), "--json"])
    (entry,) = (
        each for each in map(json.loads, shown.stdout.splitlines()) if each.get("kind") == "entry"
    )
    assert entry["key"] == "entry:known/child-7"
    # The report that was imported without lists is not in it.
    assert [(each["case"], each["role"]) for each in entry["occurrences"]] == [
        ("1", "uploader"),
        ("2", "uploader"),
    ]
    who = CliRunner().invoke(app, ["trace", "who", "child-7", "--db", str(tmp_path / "db")])
    assert who.stdout.startswith("entry:known/child-7: 2 places\n")
    with Database.open(tmp_path / "db") as database:
        told = [event.entries for _, event in database.events() if event.entries]
        assert told == [(("known", "child-7"),)] * 2
        assert database.verify().problems == ()


def test_bytes_on_record_are_not_matched_again(tmp_path: Path, lists: Path) -> None:
    md5 = digests(7).md5 or ""
    assert record(tmp_path, 1, "MD5", md5)[0] == 0
    code, out, said = record(tmp_path, 1, "MD5", md5, "--against", lists, "--fail-on-match")
    assert (code, out) == (4, "tip-1.xml: on record as import 1 already\n")
    assert "match entries" not in said
    assert "1 unit on record already: not matched again" in said
