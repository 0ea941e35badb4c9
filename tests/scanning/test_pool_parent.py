"""Workers and the process that started them."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import unix
from tests.support.places import environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="deeds of Linux processes")


_PARENT = """
import signal
import sys
# Processes of a shell's background ignore it, and so do those that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
from tests.support.deeds import Task, outcomes
tasks = [Task("pid"), *[Task("sleep", (0.05,))] * 2000]
if sys.argv[1] == "hang":
    tasks = [Task("pid"), Task("hang")]
stop = []
if sys.argv[1] == "stop":
    signal.signal(signal.SIGINT, lambda *_: stop.append(1))
run = outcomes(tasks, stop=lambda: bool(stop))
try:
    for number, outcome in enumerate(run):
        print(number, outcome.value, outcome.why, flush=True)
except KeyboardInterrupt:
    run.close()
    print("interrupted")
"""


def _parent(how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 (ourselves)
        [sys.executable, "-c", _PARENT, how],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def _gone(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def test_workers_end_with_their_parent_however_busy() -> None:
    with _parent("hang") as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline().split()[1])
        parent.kill()
    for _ in range(2400):
        if _gone(worker):
            break
        time.sleep(0.05)
    assert _gone(worker)


@pytest.mark.parametrize("how", ["stop", "raise"])
def test_ctrl_c_in_the_terminal_is_the_parents_matter(how: str) -> None:
    with _parent(how) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline().split()[1])
        unix.os.killpg(parent.pid, signal.SIGINT)
        lines = parent.stdout.read().splitlines()
    assert parent.returncode == 0
    assert _gone(worker)
    if how == "raise":
        assert lines[-1] == "interrupted"
    else:
        assert 0 < len(lines) < 2000
        assert all(line.endswith("0.05 None") for line in lines)
