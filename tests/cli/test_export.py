"""Hash lists handed on: from an index, from a file, from standard input."""

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hashmatch.cli.app import app
from hashmatch.errors import OutputError, UnknownNameError
from hashmatch.hashlists.reading import read_list

DIGEST = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HASHMATCH_INDEX", raising=False)
    (tmp_path / "own.csv").write_text(f"id,md5\nx,{DIGEST}\nbad,123\n")
    return tmp_path


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, ["lists", *words], input=given)


def test_a_file_needs_no_index_and_what_is_left_out_is_counted() -> None:
    done = run("export", "own.csv", "--output", "own.jsonl")
    assert done.exit_code == 4
    assert "1 row; all of them: hashmatch lists check own.csv" in done.stderr
    assert [entry.digests.md5 for entry in read_list("own.jsonl").entries] == [DIGEST]
    assert stat.S_IMODE(Path("own.jsonl").stat().st_mode) == 0o600
    piped = run("export", "-", "--format", "csv", given=f"id,md5\nx,{DIGEST}\n")
    assert piped.exit_code == 0
    assert DIGEST in piped.stdout


def test_a_list_of_the_index_goes_before_a_file_of_its_name() -> None:
    assert run("import", "own.csv", "--index", "lab", "--name", "own.csv").exit_code == 4
    Path("own.csv").write_text(f"md5\n{'f' * 32}\n")
    assert DIGEST in run("export", "own.csv", "--index", "lab").stdout
    assert "f" * 32 in run("export", "own.csv").stdout
    Path("other.csv").write_text(f"md5\n{'f' * 32}\n")
    assert "f" * 32 in run("export", "other.csv", "--index", "lab").stdout


def test_what_is_neither_is_said_with_what_there_is() -> None:
    assert "name that with --index" in run("export", "VIC").stderr
    run("import", "own.csv", "--index", "lab")
    assert "own" in run("export", "VIC", "--index", "lab").stderr
    assert isinstance(run("export", "own.csv", "--format", "pdf").exception, UnknownNameError)


def test_no_file_is_replaced_unless_that_is_asked() -> None:
    Path("there").write_text("before")
    for path in ("there", "own.csv", "."):
        assert run("export", "own.csv", "--output", path).exit_code == 2
    assert Path("there").read_text() == "before"
    assert run("export", "own.csv", "--output", "there", "--force").exit_code == 4
    assert DIGEST in Path("there").read_text()
    assert run("export", "own.csv", "--output", ".", "--force").exit_code == 2


def test_what_cannot_be_written_is_an_error_of_output_that_names_the_file() -> None:
    done = run("export", "own.csv", "--output", "none/own.jsonl")
    assert isinstance(done.exception, OutputError)
    assert "none/own.jsonl cannot be written: No such file or directory" in str(done.exception)


def test_an_import_says_how_many_values_are_of_which_kind() -> None:
    Path("mixed.csv").write_text(f"md5,phash\n{DIGEST},{'f0' * 8}\n,{'0f' * 32}\n")
    done = run("import", "mixed.csv", "--index", "lab")
    for words in ("1 md5", "1 phash-64 (64 bits each)", "1 phash-256 (256 bits each)"):
        assert f"  {words}\n" in done.stdout
        assert f"  {words}\n" in run("check", "mixed.csv").stdout
