import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hashmatch import registry
from hashmatch.errors import ReportError, UnknownNameError
from hashmatch.reports.writing import default_name, write_report
from hashmatch.sightings.records import SightingRecord
from tests.support.case_records import InMemory, case, example
from tests.support.places import environment


@pytest.mark.parametrize("form", registry.names("reports"))
def test_a_file_is_whole_and_for_its_owner_alone(form: str, tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("before")
    write_report(example(), "2026-0417", format=form, out=path)
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
        write_report(Broken(case()), "2026-0417", format="json", out=path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"report\.html cannot be written: No such file"):
        write_report(example(), "2026-0417", format="html", out=tmp_path / "no" / "report.html")


def test_an_unknown_format_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"html\n.*json\n.*jsonl\n.*csv\n.*vics"):
        write_report(example(), "2026-0417", format="pdf", out=tmp_path / "report.pdf")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much this program used")
# Parquet is compressed, and written by pyarrow in groups of rows.
@pytest.mark.parametrize("form", [each for each in registry.names("reports") if each != "parquet"])
def test_many_sightings_are_written_in_bounded_memory(form: str, tmp_path: Path) -> None:
    code = (
        "import re, sys; from pathlib import Path\n"
        "from tests.support.case_records import Many\n"
        "from hashmatch.reports.writing import write_report\n"
        "form, out = sys.argv[1], Path(sys.argv[2])\n"
        "for count in (2_000, 12_000):\n"
        "    write_report(Many(count), '1', format=form, out=out, redact_paths=True)\n"
        # What getrusage says would begin with the peak of the process that started this one.
        "    said = Path('/proc/self/status').read_text()\n"
        "    print(re.search(r'VmHWM:\\s+(\\d+) kB', said)[1])\n"
    )
    out = tmp_path / "report"
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code, form, str(out)],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    few, many = map(int, done.stdout.split())
    # Files of an html report, as some pages are beside the one that was named.
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) > 6_000_000
    assert many - few < 3_400


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
