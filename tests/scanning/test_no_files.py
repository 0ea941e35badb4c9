"""A scan of archives and documents of all kinds makes no file: system calls are watched."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.archives import tool
from tests.support.container_tree import make_tree

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
    tracer = tool("strace")
    kinds = make_tree(tmp_path / "evidence")
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    before = sorted(tmp_path.rglob("*"))
    log = tmp_path.parent / f"{tmp_path.name}.log"
    command = [tracer, "-f", "-qq", "-o", str(log), "-e", f"trace={','.join(_CALLS)}"]
    command += [sys.executable, "-B", "-m", "hashmatch", "scan", str(tmp_path / "evidence")]
    command += ["--against", str(tmp_path / "known.csv"), "--workers", "2"]
    done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path)  # noqa: S603
    said = done.stderr.decode(errors="replace")
    if done.returncode == 1 and "ptrace" in said:
        pytest.skip("no process can be traced here")
    assert done.returncode == 4, said[-2000:]
    assert sorted(tmp_path.rglob("*")) == before
    calls = log.read_text(errors="replace").splitlines()
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
