"""Runs a command under strace."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.archives import tool


def traced(
    command: Sequence[str], calls: Sequence[str], log: Path
) -> tuple[subprocess.CompletedProcess[bytes], list[str]]:
    """What the command gave, and a line for each of these calls that it or its children made.

    Coverage is not measured in it: that writes files and reads folders of its own.
    """
    watched = [
        tool("strace"),
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-o",
        str(log),
        "-e",
        f"trace={','.join(calls)}",
    ]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(  # noqa: S603
        [*watched, *command], capture_output=True, check=False, cwd=log.parent, env=plain
    )
    if done.returncode == 1 and b"ptrace" in done.stderr:
        pytest.skip("no process can be traced here")
    return done, log.read_text(errors="replace").splitlines()
