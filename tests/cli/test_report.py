import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Self

import pytest
from typer.testing import CliRunner, Result

from hashmatch import registry
from hashmatch.cli.app import app
from hashmatch.errors import DamagedDatabaseError
from hashmatch.sightings import keys
from hashmatch.sightings.verdict import Problem, Verdict
from tests.support.case_records import InMemory, example

CASE = "2026-0417"


class Database(InMemory):
    """What the command opens, without a file."""

    in_snapshot = False

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        assert str(path) == "lab.sightings"
        assert read_only
        given = example()
        return cls(given.record, given.seen, given.all_items)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self.in_snapshot = True
        yield
        self.in_snapshot = False

    def sightings(self, case: str, /) -> Iterator[Any]:
        assert self.in_snapshot
        return super().sightings(case)

    verdict = Verdict(12, "ab" * 32, ())
    wanted: ClassVar[list[object]] = []

    def verify(self, *, head_log: Path | None = None, keys: Sequence[bytes] = ()) -> Verdict:
        assert self.in_snapshot
        self.wanted[:] = [head_log, *keys]
        return self.verdict

    def exhibits(self) -> tuple[str, ...]:
        return ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = ModuleType("hashmatch.sightings.database")
    module.Database = Database  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.chdir(tmp_path)


def report(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", "--db", "lab.sightings", "--case", CASE, *arguments])


def test_the_page_is_named_after_the_case() -> None:
    done = report()
    assert done.exit_code == 0, done.output
    assert done.stdout == "2026-0417.html\n"
    assert Path("2026-0417.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_report_that_is_there_is_replaced_only_when_that_is_asked() -> None:
    Path("2026-0417.html").write_text("before")
    done = report()
    assert done.exit_code == 2
    assert Path("2026-0417.html").read_text() == "before"
    assert report("--output", "2026-0417.html").exit_code == 2
    assert Path("2026-0417.html").read_text() == "before"
    assert report("--output", ".").exit_code == 2
    assert report("--force").exit_code == 0
    assert Path("2026-0417.html").read_text(encoding="utf-8") != "before"


def test_vics_goes_to_a_file_and_says_what_it_could_not_carry() -> None:
    done = report("--format", "vics")
    assert done.exit_code == 0
    assert json.loads(Path("2026-0417.vics.json").read_text(encoding="utf-8"))
    assert "vics cannot carry: sightings of files known to be harmless" in done.stderr


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_tables_go_to_standard_output(form: str) -> None:
    done = report("--format", form)
    assert done.exit_code == 0
    assert "2026-0417" in done.stdout
    assert not list(Path().iterdir())


def test_a_page_goes_to_standard_output_if_asked() -> None:
    done = report("--output", "-")
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert not list(Path().iterdir())


def test_names_are_withheld_if_asked() -> None:
    done = report("--format", "json", "--redact-paths")
    assert "DCIM" not in done.stdout
    assert "Downloads" not in done.stdout
    assert "folder-1/item-1.jpg" in done.stdout


def test_an_unknown_format_is_wrong_use() -> None:
    from hashmatch.errors import UnknownNameError

    done = report("--format", "pdf")
    assert isinstance(done.exception, UnknownNameError)
    said, *there = str(done.exception).splitlines()
    assert said == "no format of reports is called 'pdf'; there is:"
    assert [each.strip() for each in there] == registry.names("reports")
    assert not list(Path().iterdir())


def test_the_cover_is_filled_in() -> None:
    done = report("--examiner", "A. Meier", "--agency", "LKA", "--note", "=1", "--format", "json")
    about = json.loads(done.stdout)["report"]
    assert (about["examiner"], about["agency"], about["note"]) == ("A. Meier", "LKA", "=1")
    assert about["verification"] == {
        "passed": True,
        "rows": 12,
        "head": "ab" * 32,
        "problems": [],
        "remarks": [],
    }
    rows = report("--note", "=1", "--format", "csv").stdout
    assert '"note","\'=1"' in rows


def test_a_record_that_was_altered_is_reported_and_ends_with_5(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = Verdict(12, "ab" * 32, (Problem("was altered", "sightings", 7, 3),))
    monkeypatch.setattr(Database, "verdict", wrong)
    done = report()
    assert done.exit_code == 5
    assert "WRONG  sightings 7: was altered (audit row 3)" in done.stderr
    assert "FAILED when this report was written" in Path("2026-0417.html").read_text("utf-8")


def test_signatures_and_heads_are_checked_if_asked(tmp_path: Path) -> None:
    keys.make(tmp_path / "lab.key")
    public = tmp_path / "lab.key.pub"
    done = report("--key", str(public), "--head-log", "heads.jsonl")
    assert done.exit_code == 0, done.stderr
    assert Database.wanted == [Path("heads.jsonl"), keys.public(public)]


def test_no_report_is_written_from_tables_that_were_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    replaced = Verdict(12, "ab" * 32, (Problem("times is a view"),), readable=False)
    monkeypatch.setattr(Database, "verdict", replaced)
    done = report()
    # `hashmatch.cli.main` ends with 5 on it.
    assert isinstance(done.exception, DamagedDatabaseError)
    assert "times is a view" in str(done.exception)
    assert not list(Path().glob("*.html"))
