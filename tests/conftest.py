import compileall
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unittest import mock

import pytest
import typer
from hypothesis import HealthCheck, settings

# No example is taken by chance, and none is refused because it was slow to make.
settings.register_profile(
    "ci",
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# Tests run on every core already. Libraries that start a thread for each core of their own let them
# wait in loops: that took four fifths of the time of some tests. They are not loaded before this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

_LONGEST = 40
_DISK_MIB = 2048
"""Free space that a whole run of the tests needs: some times what it takes at its peak."""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse to begin where too little space would end it in the middle, with a riddle."""
    if hasattr(session.config, "workerinput"):
        return
    where = Path(tempfile.gettempdir())
    free = shutil.disk_usage(where).free >> 20
    if free < _DISK_MIB:
        need = f"the tests need {_DISK_MIB} MiB: name another folder in TMPDIR"
        msg = f"{where} has {free} MiB of free space, and {need}"
        pytest.exit(msg, returncode=pytest.ExitCode.USAGE_ERROR)
    # Thousands of processes are started, and none of them writes what it compiled: workers may
    # not, and whoever sets PYTHONDONTWRITEBYTECODE means all others.
    compileall.compile_dir(Path(__file__).parents[1] / "src", quiet=2)


@pytest.fixture(scope="session", autouse=True)
def _elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Workers import nothing from the current folder: let that not be the repository."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("elsewhere"))
    yield
    os.chdir(before)


@pytest.fixture(scope="session", autouse=True)
def _commands_once() -> Iterator[None]:
    """Commands that run in this process do not describe all others to Typer anew each time."""
    with mock.patch.object(typer.main, "get_command", cache(typer.main.get_command)):
        yield


@pytest.fixture
def no_small_films(monkeypatch: pytest.MonkeyPatch) -> None:
    """Films of tests are short: let them be sampled as long ones."""
    monkeypatch.setattr("hashmatch.decoding.small._FRAMES", 0)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Files have no bytes in the names of their tests: times and encoders differ in each process.

    Processes that name a test differently cannot share the work.
    """
    return argname if isinstance(val, bytes) and len(val) > _LONGEST else None
