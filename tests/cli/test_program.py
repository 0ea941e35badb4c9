"""Commands that are printed call the installation that printed them."""

import sys
from pathlib import Path

import pytest

from hashmatch.cli.program import called


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
