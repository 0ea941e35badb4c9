"""A system that refuses what locks workers down: a scan ends, unless it is told to go on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hashmatch.scanning import landlock, seccomp
from tests.support.photos import encoded, photo

pytestmark = pytest.mark.skipif(
    not (landlock.version() and seccomp.is_known()), reason="nothing to refuse"
)

_IN_A_CONTAINER = """
import ctypes, os, platform, struct, sys

def instruction(code, operand, if_true=0, if_false=0):
    return struct.pack("=HBBI", code, if_true, if_false, operand)

class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

# landlock_create_ruleset is refused with this error, and all else allowed.
code = b"".join([
    instruction(0x20, 0), instruction(0x15, 444, 0, 1),
    instruction(0x06, 0x50000 | int(sys.argv[1])), instruction(0x06, 0x7FFF0000),
])
libc = ctypes.CDLL(None)
libc.prctl(38, 1, 0, 0, 0)
libc.prctl(22, 2, ctypes.byref(Program(4, code)))
os.execv(sys.executable, [sys.executable, "-m", "hashmatch", *sys.argv[2:]])
"""


@pytest.mark.parametrize("error", [1, 38], ids=["EPERM", "ENOSYS"])
def test_a_container_that_forbids_landlock(tmp_path: Path, error: int) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "a.jpg").write_bytes(encoded(photo("coffee"), "JPEG"))
    (tmp_path / "list.txt").write_text("f8" * 32)
    arguments = ["scan", str(evidence), "--against", str(tmp_path / "list.txt"), "--json"]
    command = [sys.executable, "-c", _IN_A_CONTAINER, str(error), *arguments]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 (ourselves)
            [*command, *more], capture_output=True, text=True, check=False, env={**os.environ}
        )

    refused = run()
    assert refused.returncode == 2
    assert "workers cannot be locked down: Landlock: " in refused.stderr
    assert "--unsandboxed" in refused.stderr
    assert refused.stdout == ""
    told_to = run("--unsandboxed")
    assert told_to.returncode == 0
    assert "workers run without Landlock" in told_to.stderr
    assert json.loads(told_to.stdout.splitlines()[-1])["hashed"] == 1
