"""`trace report` as a user runs it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashmatch.cli.app import app
from hashmatch.errors import UnknownNameError
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.circulation import circulation
from tests.support.html_pages import harmless
from tests.tracing.test_links import picture, scan


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """One entry on exhibits of three cases, of which one is a pointer and one is hidden."""
    path = tmp_path / "lab.sightings"
    with Database.open(path) as database:
        for case in ("1", "2", "HIDDEN", "POINTER"):
            scan(database, case, f"phone of {case}", [(1, picture(1), 5)])
        for case, access in (("HIDDEN", "hidden"), ("POINTER", "pointer")):
            said = [Said("access", access), Said("contact", "K 12")]
            database.record_statements(Topic.CASE, said, by="A", case=case)
    return path


def run(lab: Path, *words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["trace", "report", "--db", str(lab), *words])
    return result.exit_code, result.stdout, result.stderr


def test_a_page_is_written_for_its_owner_alone(lab: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    code, out, err = run(lab, "--case", "1", "--output", str(page), "--examiner", "A. Meier")
    assert (code, out.strip()) == (0, str(page))
    assert "clustered: 4 pictures and videos" in err
    text = harmless(page.read_text("utf-8")).text
    assert "What case 1 has in common with others" in text
    assert "A. Meier" in text
    assert "case POINTER: ask K 12" in text
    assert "HIDDEN" not in page.read_text("utf-8")
    assert "phone of POINTER" not in text
    assert page.stat().st_mode & 0o777 == 0o600
    assert "hashmatch trace report --json --db FILE --case 1" in text
    code, _, err = run(lab, "--case", "1", "--output", str(page))
    assert (code, "--force replaces it" in err) == (2, True)
    assert run(lab, "--case", "1", "--output", str(page), "--force")[0] == 0


def test_json_is_what_the_library_gives(lab: Path) -> None:
    code, out, _ = run(lab, "--case", "2", "--json", "--update")
    with Database.open(lab, read_only=True) as database:
        assert json.loads(out) == circulation(database, viewer="2").to_dict()
    assert (code, "HIDDEN" in out) == (0, False)


def test_red_is_written_where_somebody_says_so(lab: Path, tmp_path: Path) -> None:
    with Database.open(lab) as database:
        database.record_handling("case:2", "TLP:RED", by="A")
    page = tmp_path / "page.html"
    code, _, err = run(lab, "--case", "1", "--output", str(page))
    assert (code, page.exists()) == (2, False)
    assert "--release-red writes the page" in err
    code, _, err = run(lab, "--case", "1", "--output", str(page), "--release-red")
    assert (code, "HANDLING: TLP:RED" in err) == (0, True)
    html = page.read_text("utf-8")
    assert '<p class="handling above"><bdi>TLP&#58;RED</bdi></p>' in html
    assert '<p class="handling below"><bdi>TLP&#58;RED</bdi></p>' in html
    # What is hidden marks nothing.
    with Database.open(lab) as database:
        database.record_handling("case:2", "none", by="A")
        database.record_handling("case:HIDDEN", "TLP:RED", by="A")
    assert run(lab, "--case", "1", "--output", str(page), "--force")[0] == 0


def test_the_page_goes_to_standard_output(lab: Path) -> None:
    code, out, _ = run(lab, "--output", "-", "--no-update")
    assert code == 0
    harmless(out)
    result = CliRunner().invoke(app, ["trace", "report", "--db", str(lab), "--case", "none"])
    assert isinstance(result.exception, UnknownNameError)
