"""`trace` and the verbs that put on record what links need, as a user runs them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashmatch.cli.app import app
from hashmatch.sightings.database import Database
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests
from tests.tracing.test_links import picture, scan

_TIP = """<?xml version="1.0"?><report><reportId>7</reportId>
<incidentSummary><incidentDateTime>2026-04-17T10:00:00Z</incidentDateTime></incidentSummary>
<personOrUserReported><espIdentifier>4711</espIdentifier><espService>Kik</espService>
</personOrUserReported>
<victim><espIdentifier>99</espIdentifier><espService>Kik</espService></victim>
<fileDetails><fileId>1</fileId><originalFileHash hashType="MD5">{md5}</originalFileHash>
</fileDetails></report>"""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Two cases that have a known picture in common, and a report of its upload."""
    path = tmp_path / "lab.sightings"
    with Database.open(path) as database:
        scan(database, "1", "phone", [(1, picture(1), 5), (2, picture(2), None)])
        scan(database, "2", "card", [(1, picture(1), 5)])
    (tmp_path / "tip.xml").write_text(_TIP.format(md5=digests(1).md5), encoding="utf-8")
    return path


def run(*words: object) -> tuple[int, list[str]]:
    """The exit code, and the lines on standard output."""
    result = CliRunner().invoke(app, [*map(str, words)])
    return result.exit_code, result.stdout.splitlines()


def test_a_report_is_imported_once_and_its_upload_is_linked(lab: Path) -> None:
    tip = ["record", "import", lab.with_name("tip.xml"), "--case", "3", "--exhibit", "tip"]
    code, lines = run(*tip, "--db", lab)
    assert (code, len(lines)) == (0, 1)
    assert lines[0].startswith("tip.xml (cybertipline-xml): ")
    assert run(*tip, "--db", lab) == (0, ["tip.xml: on record as import 1 already"])
    code, lines = run("trace", "links", "--db", lab, "--json")
    entry, cluster, *coverage = map(json.loads, lines)
    assert (code, entry["key"], entry["exhibits"]) == (0, "entry:vic/entry-5", 2)
    # The list tells no digest of the entry: the upload is linked by the equal bytes.
    assert (cluster["kind"], cluster["exhibits"], cluster["known"]) == ("cluster", 3, True)
    assert [each["record"] for each in coverage] == ["coverage"] * 3
    code, lines = run("trace", "who", digests(1).md5, "--db", lab)
    assert code == 10
    assert [line.split(":")[1].split(",")[0].strip() for line in lines[1:4]] == [
        "holder",
        "holder",
        "uploader (kik/4711)",
    ]
    assert run("trace", "who", "account:kik/99", "--db", lab)[0] == 0
    assert run("trace", "who", "account:kik/99", "--db", lab, "--protected")[0] == 10


def test_what_is_excluded_and_judged_is_on_record(lab: Path) -> None:
    by = ["--db", lab, "--by", "A. Meier", "--why", "test"]
    key = "entry:vic/entry-5"
    assert run("trace", "exclude", key, *by)[0] == 0
    assert run("trace", "links", "--db", lab)[1][0] == "0 links between 0 cases"
    assert run("trace", "exclude", key, "--again", *by)[0] == 0
    assert run("trace", "verdict", key, "same", *by, "--json")[0] == 0
    assert "verdict: same" in run("trace", "links", "--db", lab)[1][0]
    assert run("trace", "verdict", "cluster:99", "same", *by)[0] == 2
    assert run("trace", "verdict", key, "maybe", *by)[0] == 2
    assert run("audit", "verify", "--db", lab)[0] == 0


def test_exhibits_and_cases_are_stated(lab: Path) -> None:
    phone = ["record", "exhibit", "phone", "--case", "1", "--db", lab, "--by", "A"]
    code, lines = run(*phone, "--kind", "phone", "--owner", "P", "--id", "imei:490154203237518")
    assert (code, lines) == (
        0,
        ["case 1, phone: phone of P, on record", "  imei:49015420323751  (strong)"],
    )
    code, lines = run(*phone, "--withdraw", "owner", "--not-id", "imei:490154203237518", "--json")
    told = json.loads(lines[0])
    assert (code, told["owner"], told["identifiers"]) == (0, None, [])
    for wrong in (["--id", "imei:1"], ["--id", "x"], ["--zone", "Mars"], ["--kind", "toaster"], []):
        assert run(*phone, *wrong)[0] == 2
    case = ["record", "case", "2", "--db", lab, "--by", "A"]
    assert run(*case, "--access", "pointer", "--contact", "K 12")[0] == 0
    assert run(*case)[0] == run(*case, "--access", "public")[0] == 2
    assert "  case 2: ask K 12" in run("trace", "links", "--db", lab, "--case", "1")[1]


def test_news_and_coverage_are_shown(lab: Path) -> None:
    code, lines = run("trace", "new", "--since", "1", "--db", lab, "--json", "--no-update")
    assert (code, json.loads(lines[0])["before"][0]["exhibit"]) == (0, "phone")
    assert run("trace", "new", "--since", "2", "--db", lab, "--no-update")[1] == [
        "0 items seen before in other exhibits"
    ]
    _, lines = run("trace", "coverage", "--db", lab)
    assert "case 1, phone: 2 items, vic (1,000), profile default" in lines[0]
    gap = "  NOT SEARCHED: 2 pictures or videos that were not compared with those of other exhibits"
    assert lines[1] == gap
    assert run("trace", "links", "--db", lab)[0] == 0
    _, lines = run("trace", "coverage", "--db", lab)
    told = [line for line in lines if "NOT SEARCHED" in line]
    assert told
    assert all("marked no flat cards" in line for line in told)
    with Database.open(lab) as database:
        scan(database, "3", "disk", [(9, picture(9), None)])
    lines = run("trace", "coverage", "--db", lab)[1]
    assert sum("not compared" in line for line in lines) == 1


def test_what_makes_no_link_is_counted(lab: Path) -> None:
    with Database.open(lab) as database:
        scan(database, "3", "disk", [(2, picture(2), None)])
    result = CliRunner().invoke(app, ["trace", "links", "--db", str(lab)])
    assert "1 more make no link by default: --all shows them" in result.stderr


def test_an_import_says_what_others_had(lab: Path) -> None:
    assert run("trace", "links", "--db", lab)[0] == 0
    words = ["record", "import", lab.with_name("tip.xml"), "--case", "3", "--exhibit", "tip"]
    result = CliRunner().invoke(app, [*map(str, words), "--db", str(lab)])
    assert (
        "1 item was seen before, in cases 1, 2: `hashmatch trace links --case 3`" in result.stderr
    )
    assert "not compared" not in result.stderr
    result = CliRunner().invoke(app, [*map(str, words), "--db", str(lab)])
    assert "seen before" not in result.stderr


def test_a_new_database_says_so(tmp_path: Path) -> None:
    words = ["record", "case", "1", "--db", str(tmp_path / "slip"), "--by", "A", "--contact", "K"]
    assert "is a new database" in CliRunner().invoke(app, words).stderr
    assert "is a new database" not in CliRunner().invoke(app, words).stderr


def test_what_is_not_there_is_said(lab: Path, tmp_path: Path) -> None:
    assert run("trace", "links", "--db", tmp_path / "none")[0] != 0
    assert run("trace", "links", "--db", lab, "--case", "9")[0] != 0
    assert run("trace", "who", "nothing", "--db", lab)[0] == 2
    assert run("trace", "links", "--db", lab, "--kind", "x")[0] == 2


def test_no_database_is_made_or_written_among_evidence(lab: Path, tmp_path: Path) -> None:
    returned = tmp_path / "return"
    returned.mkdir()
    (returned / "tip.xml").write_text(_TIP.format(md5=digests(1).md5), encoding="utf-8")
    place = ["--case", "3", "--exhibit", "tip"]
    code, _ = run("record", "import", returned, *place, "--db", returned / "db")
    assert (code, [each.name for each in returned.iterdir()]) == (2, ["tip.xml"])
    # A file of the folder may be imported into a database beside it.
    assert run("record", "import", returned / "tip.xml", *place, "--db", returned / "db")[0] == 0
    # What was scanned is evidence too, as the lab's own database knows.
    evidence = tmp_path / "phone"
    evidence.mkdir()
    with Database.open(lab) as database:
        source = replace(SOURCE, label="phone 2", path=str(evidence))
        with database.run(case="1", source=source, configuration=CONFIGURATION) as scanned:
            scanned.finish()
    by = ["--by", "A. Meier", "--db", evidence / "db"]
    for words in (["case", "1", "--contact", "x"], ["exhibit", "e", "--case", "1", "--owner", "x"]):
        result = CliRunner().invoke(
            app, [*map(str, ["record", *words, *by])], env={"HASHMATCH_DB": str(lab)}
        )
        assert (result.exit_code, [*evidence.iterdir()]) == (2, [])
