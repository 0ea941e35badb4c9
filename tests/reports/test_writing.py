import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from case_records import InMemory, case, example
from hashmatch import registry
from hashmatch.errors import ReportError, UnknownNameError
from hashmatch.reports.writing import default_name, write_report
from hashmatch.sightings.records import SightingRecord


@pytest.mark.parametrize("form", registry.names("reports"))
def test_a_file_is_whole_and_for_its_owner_alone(form: str, tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("before")
    write_report(example(), "2026-0417", form=form, out=path)
    assert path.stat().st_size > 1000
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_on_the_way_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    class Broken(InMemory):
        def sightings(self, case: str, /) -> Iterator[SightingRecord]:
            yield from super().sightings(case)
            raise OSError(5, "Input/output error")

    path = tmp_path / "report.json"
    path.write_text("before")
    with pytest.raises(ReportError, match="Input/output error"):
        write_report(Broken(case()), "2026-0417", form="json", out=path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot write"):
        write_report(example(), "2026-0417", form="html", out=tmp_path / "no" / "report.html")


def test_an_unknown_format_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="html, json, jsonl, csv, vics"):
        write_report(example(), "2026-0417", form="pdf", out=tmp_path / "report.pdf")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2026-0417", "2026-0417.html"),
        ("../../etc/passwd", "etc-passwd.html"),
        ("\u202e<b>\n", "b.html"),
        ("", "case.html"),
        ("..", "case.html"),
        ("-rf", "rf.html"),
        ("x" * 400, "x" * 100 + ".html"),
    ],
)
def test_the_name_of_a_case_makes_a_harmless_name_of_a_file(name: str, expected: str) -> None:
    assert default_name(name, registry.load("reports", "html")) == expected
