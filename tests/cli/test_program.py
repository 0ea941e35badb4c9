"""The program: its surroundings; commands that it prints call the installation they came from."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hashmatch.cli.program import called

_THREADS = "OPENBLAS_NUM_THREADS"


def installed(folder: Path) -> Path:
    """A program of this name in a folder."""
    folder.mkdir()
    path = folder / "hashmatch"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = installed(tmp_path / "ours")
    monkeypatch.setattr(sys, "executable", str(path.with_name("python")))
    return path


def test_by_name_where_the_shell_finds_it(ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(ours.parent))
    for given in (str(ours), str(ours.parent / "lib/hashmatch/__main__.py")):
        monkeypatch.setattr(sys, "argv", [given, "scan"])
        assert called() == ["hashmatch"]


def test_as_it_was_called_where_the_shell_finds_none_or_another(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = installed(tmp_path / "other")
    for path in ("", str(other.parent)):
        monkeypatch.setenv("PATH", path)
        monkeypatch.setattr(sys, "argv", [str(ours), "scan"])
        assert called() == [str(ours)]
        monkeypatch.setattr(sys, "argv", [str(ours.parent / "lib/hashmatch/__main__.py")])
        assert called() == [sys.executable, "-m", "hashmatch"]


@pytest.mark.parametrize(("given", "used"), [(None, "1"), ("2", "2")])
def test_numpy_has_one_thread_if_nobody_says_otherwise(given: str | None, used: str) -> None:
    """In a process of its own: NumPy reads it once."""
    code = "import os, sys; from hashmatch.cli import main; sys.argv = ['hashmatch', '--version']\n"
    code += "try: main()\nfinally: print(os.environ['OPENBLAS_NUM_THREADS'])"
    surroundings = {key: value for key, value in os.environ.items() if key != _THREADS}
    surroundings |= {} if given is None else {_THREADS: given}
    command = [sys.executable, "-c", code]
    said = subprocess.run(  # noqa: S603
        command, env=surroundings, capture_output=True, text=True, check=True
    )
    assert said.stdout.split()[-1] == used
