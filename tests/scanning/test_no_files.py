"""A scan of archives and documents of all kinds makes no file: system calls are watched."""

import re
import sys
from pathlib import Path

import pytest

from tests.support.container_tree import make_tree
from tests.support.tracing import traced

_CALLS = (
    *("open", "openat", "openat2", "creat", "mkdir", "mkdirat", "mknod", "mknodat", "link"),
    *("linkat", "symlink", "symlinkat", "rename", "renameat", "renameat2", "memfd_create"),
)
_MAKES = re.compile(
    r"\d+ +(?:open(?:at2?)?\(.*O_(?:CREAT|WRONLY|RDWR|TMPFILE)"
    r"|(?:creat|mkdir|mknod|link|symlink|rename|memfd)\w*\()"
)
_PATH = re.compile(r'"([^"]*)"')
_NO_FILES = ("/dev/null", "/proc/self/", "/sys/fs/cgroup/")
"""What the kernel shows: limits of memory and processes are written there."""


@pytest.mark.skipif(sys.platform != "linux", reason="strace")
def test_not_one_file_is_made(tmp_path: Path) -> None:
    kinds = make_tree(tmp_path / "evidence")
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    before = sorted(tmp_path.rglob("*"))
    command = [sys.executable, "-B", "-m", "hashmatch", "scan", str(tmp_path / "evidence")]
    command += ["--against", str(tmp_path / "known.csv"), "--workers", "2"]
    done, calls = traced(command, _CALLS, tmp_path.parent / f"{tmp_path.name}.log")
    assert done.returncode == 4, done.stderr.decode(errors="replace")[-2000:]
    assert sorted(tmp_path.rglob("*")) == before
    read = {path for line in calls for path in _PATH.findall(line)}
    files = {str(path) for kind in kinds for path in kind.files}
    assert files <= read, "workers were not watched"
    assert any(map(_MAKES.match, calls)), "nothing was recognised"
    made = [
        line
        for line in calls
        if _MAKES.match(line)
        and not any(path.startswith(_NO_FILES) for path in _PATH.findall(line))
    ]
    assert made == []
