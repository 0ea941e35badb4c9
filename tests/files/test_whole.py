import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hashmatch.files import whole as whole_files
from hashmatch.files.whole import whole_file

_KILLED = """
import os, signal, sys
from pathlib import Path
from hashmatch.files.whole import whole_file
with whole_file(Path(sys.argv[1])) as file:
    file.write("half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(params=["unnamed", "named"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "named":
        monkeypatch.setattr(whole_files, "_UNNAMED", 0)
    return tmp_path / "report.html"


def test_a_file_is_there_when_it_is_whole(path: Path) -> None:
    path.write_text("old")
    with whole_file(path) as file:
        file.write("new\r\n")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_bytes() == b"new\r\n"
    assert [each.name for each in path.parent.iterdir()] == ["report.html"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_error_leaves_what_was_there(path: Path) -> None:
    def fail() -> None:
        with whole_file(path) as file:
            file.write("half")
            raise ZeroDivisionError

    path.write_text("old")
    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "old"
    assert [each.name for each in path.parent.iterdir()] == ["report.html"]


def test_a_name_that_fills_the_longest_that_systems_take(path: Path) -> None:
    long = path.with_name("x" * 250)
    with whole_file(long) as file:
        file.write("new")
    assert long.read_text() == "new"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux makes files without a name")
def test_a_killed_process_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", _KILLED, str(tmp_path / "report.html")], check=False
    )
    assert done.returncode == -9
    assert list(tmp_path.iterdir()) == []
