"""Memory that was freed stays with a process that asked for it."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from hashmatch.native import memory

_FAULTS = """
import resource, sys
import numpy as np
import hashmatch as hm
if sys.argv[1] == "keep":
    assert hm.keep_memory()
def take(): np.ones(20 << 20, np.uint8)
take(); take()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10): take()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    """Pages that the system had to give again, of ten times 20 MiB."""
    command = [sys.executable, "-c", _FAULTS, how]
    # glibc raises its own limits once such memory is freed, unless one of them is set.
    told = {"MALLOC_MMAP_THRESHOLD_": "131072"} if how == "return" else {}
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=True)  # noqa: S603
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own")
def test_pages_are_given_once() -> None:
    assert faults("return") > 100
    assert faults("keep") < 100


def test_other_systems_say_that_they_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    other = SimpleNamespace(CDLL=lambda _: object())
    monkeypatch.setattr("hashmatch.native.memory.ctypes", other)
    assert not memory.keep_memory()
    monkeypatch.setattr("hashmatch.native.memory.os", SimpleNamespace(name="nt"))
    assert not memory.keep_memory()
