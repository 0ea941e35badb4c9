"""Where compiled kernels are kept, on a kernel that takes no time to compile."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hashmatch.search.kernels import keeping
from hashmatch.search.kernels.compiling import INTEGER, kernel
from hashmatch.search.kernels.status import KernelStatus, kernel_status

if TYPE_CHECKING:
    from collections.abc import Callable

COMPILING = "compiling the search for this processor"


def made() -> Any:
    """The kernel as a new process makes it."""

    def next_number(number: int) -> int:
        return number + 1

    build: Callable[[object], Any] = kernel(INTEGER, INTEGER)
    return build(next_number)


@pytest.fixture(autouse=True)
def new_process(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_told", set())
    caplog.set_level(logging.INFO, "hashmatch.kernels")


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_what_is_compiled_is_told_once_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HASHMATCH_CACHE", str(tmp_path / "cache"))
    first = made()
    assert first(1) == 2
    assert first.stats.cache_path == str(tmp_path / "cache" / "kernels")
    assert [each[: len(COMPILING)] for each in messages(caplog)] == [COMPILING]
    assert any(each.suffix == ".nbc" for each in (tmp_path / "cache" / "kernels").iterdir())
    second = made()
    assert second(1) == 2
    assert sum(second.stats.cache_hits.values()) == 1
    assert len(messages(caplog)) == 1


@pytest.mark.parametrize("damage", [b"", b"junk", b"\x80\x04."])
@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_a_damaged_cache_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes, suffix: str
) -> None:
    monkeypatch.setenv("HASHMATCH_CACHE", str(tmp_path))
    made()
    for file in (tmp_path / "kernels").glob(f"*{suffix}"):
        file.write_bytes(damage)
    mended = made()
    assert mended(1) == 2
    assert not mended.stats.cache_hits
    assert sum(made().stats.cache_hits.values()) == 1


def test_a_cache_of_other_kernels_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HASHMATCH_CACHE", str(tmp_path))
    made()
    monkeypatch.setattr(keeping, "_fingerprint", lambda: "another")
    assert not made().stats.cache_hits


def test_where_nothing_can_be_kept_it_still_works_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("HASHMATCH_CACHE", str(tmp_path / "file"))
    for _ in range(2):
        compiled = made()
        assert compiled(1) == 2
        assert compiled.stats.cache_path is None
    compiling, kept = messages(caplog)
    assert compiling.startswith(COMPILING)
    assert "cannot be kept" in kept
    assert "HASHMATCH_CACHE" in kept


@pytest.mark.skipif(sys.platform == "win32", reason="rights of folders are POSIX")
def test_code_that_anybody_may_write_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HASHMATCH_CACHE", str(tmp_path))
    made()
    (tmp_path / "kernels").chmod(0o777)
    caplog.clear()
    again = made()
    assert again(1) == 2
    assert not again.stats.cache_hits
    assert any("can be written by others" in each for each in messages(caplog))


def test_a_read_only_installation_brings_its_kernels_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder beside the kernels is read although it cannot be written; the next one is."""
    beside, home = tmp_path / "beside", tmp_path / "home"
    monkeypatch.delenv("HASHMATCH_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    monkeypatch.setattr(keeping, "_BESIDE", beside)
    monkeypatch.setattr(keeping, "_user_cache", lambda: home)
    made()
    monkeypatch.setattr(Path, "mkdir", _refuse)
    installed = made()
    assert sum(installed.stats.cache_hits.values()) == 1
    assert installed.stats.cache_path == str(beside)
    monkeypatch.undo()
    monkeypatch.setattr(keeping, "_BESIDE", tmp_path / "list" / "beside")
    (tmp_path / "list").touch()
    monkeypatch.delenv("HASHMATCH_CACHE", raising=False)
    monkeypatch.setattr(keeping, "_user_cache", lambda: home)
    assert made().stats.cache_path == str(home / "hashmatch" / "kernels")


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError


def test_one_command_compiles_all_and_says_where_it_is_kept() -> None:
    """What lies beside the kernels is used, so that little has to be compiled here."""
    command = [sys.executable, "-m", "hashmatch", "index", "warm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    assert done.returncode == 0, done.stderr
    assert " compiled, " in done.stdout
    assert "kept in /" in done.stdout or sys.platform == "win32"
    again = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    assert again.stdout.startswith("no kernel compiled, ")
    assert again.stderr == ""


def test_the_command_says_when_nothing_can_be_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from typer.testing import CliRunner

    from hashmatch.cli.app import app
    from hashmatch.search.kernels import status

    monkeypatch.setattr(
        status, "kernel_status", lambda: KernelStatus("", writable=False, loaded=0, compiled=6)
    )
    done = CliRunner().invoke(app, ["index", "warm"])
    assert done.exit_code == 1
    assert "6 kernels compiled" in done.stdout


def test_the_command_line_passes_on_what_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    from hashmatch.cli.kernels import note_compilations

    note_compilations()
    note_compilations()
    keeping._tell(logging.INFO, COMPILING)
    assert capsys.readouterr().err == f"{COMPILING}\n"


def test_kernels_of_this_process_have_a_state() -> None:
    found = kernel_status()
    assert found.loaded + found.compiled == 6
