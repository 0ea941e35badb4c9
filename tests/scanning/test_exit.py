"""Results that are given up, and a program that ends all the same."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

import hashmatch as hm
from hashmatch.errors import DatabaseFullError
from tests.support.places import environment
from tests.support.valid_files import valid_files

if TYPE_CHECKING:
    from hashmatch.sightings.recording import Run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes of Linux are counted")
PATIENCE = 240.0

_GIVEN_UP = """
import sys
from tests.support.deeds import Task, outcomes
tasks = (Task("echo", (number,)) for number in range(100))
results = outcomes(tasks, workers=2)
print(next(results).why)
"""


@pytest.mark.parametrize(("end", "code"), [("", 0), ("raise OSError", 1), ("sys.exit(3)", 3)])
def test_a_program_that_gives_up_results_comes_to_its_end(end: str, code: int) -> None:
    """From Python 3.13 on the dispatcher's thread does not run while generators are finalised."""
    command = [sys.executable, "-c", _GIVEN_UP + end]
    done = subprocess.run(  # noqa: S603 (our own program)
        command,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout) == (code, "None\n"), done.stderr


class _FullDisk:
    """A run on record whose disk is full from the first batch on."""

    expected = 0
    position = 0
    deepens = False

    def done(self, _locator: str) -> bool:
        return False

    def note_environment(self, _aspect: str, _facts: object) -> None:
        """Nothing: there is no record."""

    def note_opening(self, _containers: object) -> None:
        """Nothing: there is no record."""

    def seen(self, _contents: object) -> tuple[str, ...]:
        return ()

    def record(self, _results: object, **_more: Any) -> None:
        msg = "the disk is full"
        raise DatabaseFullError(msg)


def _children() -> set[int]:
    lists = Path("/proc/self/task").glob("*/children")
    return {int(number) for each in lists for number in each.read_text().split()}


def test_workers_have_ended_when_an_error_leaves(tmp_path: Path) -> None:
    data = valid_files()["jpeg"]
    for number in range(200):
        (tmp_path / f"{number}").write_bytes(data + bytes(number))
    (tmp_path / "list.txt").write_text("f8" * 32)
    before = _children()
    run = cast("Run", _FullDisk())
    with pytest.raises(DatabaseFullError) as raised:
        list(hm.iter_scan(tmp_path, against=tmp_path / "list.txt", workers=1, run=run))
    # The error is not forgotten yet, and with it all that its frames hold.
    assert raised.tb is not None
    assert _children() == before
