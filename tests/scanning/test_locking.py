"""What becomes of a worker where the system lacks or refuses what locks it down."""

import ctypes
import errno
import os
import platform
import sys
from typing import Any

import pytest

from hashmatch.errors import SandboxError
from hashmatch.scanning import landlock, privileges, sandbox, seccomp
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.sandbox import Sandbox
from tests.support.deeds import Forbidden, Task, outcomes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox of Linux")


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5, 6, 7])
def test_a_kernel_is_asked_for_what_it_knows(version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[Any, ...]] = []

    class Kernel:
        def syscall(self, *arguments: Any) -> int:
            calls.append(arguments)
            return -1

    monkeypatch.setattr(landlock, "_libc", Kernel)
    with pytest.raises(OSError, match=r"\[Errno"):
        landlock.restrict(["/"], version)
    ((number, attributes, size, flags),) = calls
    handled = int.from_bytes(attributes[:8], sys.byteorder)
    assert (number, flags, size.value) == (444, 0, len(attributes))
    assert handled.bit_length() == {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    assert len(attributes) == (8 if version < 4 else 16 if version < 6 else 24)


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter a sandbox in this process, and stay outside."""
    for name in ("limit", "_be_first_to_go"):
        monkeypatch.setattr(sandbox, name, lambda *_: None)
    monkeypatch.setattr(sandbox, "_threads", lambda: 1)
    monkeypatch.setattr(sandbox, "_is_filtered", lambda: False)
    monkeypatch.setattr(ctypes, "CDLL", _Inert)
    monkeypatch.setattr(privileges, "drop", lambda *_, **__: privileges.Privileges("same"))
    monkeypatch.setattr(landlock, "offered", lambda: 1)
    monkeypatch.setattr(landlock, "restrict", lambda *_: None)
    monkeypatch.setattr(seccomp, "restrict", lambda: None)


class _Inert:
    def __init__(self, *_: object) -> None:
        pass

    def prctl(self, *_: object) -> int:
        return 0


def _failing(number: int) -> Any:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.usefixtures("unlocked")
def test_what_the_kernel_lacks_is_noticed_and_is_no_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Sandbox().enter(WorkerLimits()).notices == []
    for number in (errno.ENOSYS, errno.EOPNOTSUPP):
        monkeypatch.setattr(landlock, "offered", _failing(number))
        entered = Sandbox().enter(WorkerLimits())
        assert [notice for notice in entered.notices if "lacks Landlock" in notice]
        assert entered.state["landlock"] == 0
    monkeypatch.setattr(seccomp, "restrict", _failing(errno.EINVAL))
    assert len(Sandbox().enter(WorkerLimits()).notices) == 2
    monkeypatch.setattr(seccomp, "restrict", lambda: None)
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    entered = Sandbox().enter(WorkerLimits())
    assert "riscv64, only for x86-64 and arm64" in entered.notices[1]
    assert entered.state["seccomp"] == "none"


@pytest.mark.usefixtures("unlocked")
@pytest.mark.parametrize(
    ("module", "name"), [(landlock, "offered"), (landlock, "restrict"), (seccomp, "restrict")]
)
def test_what_is_refused_ends_the_worker(
    module: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = "Landlock" if module is landlock else "seccomp"
    monkeypatch.setattr(module, name, _failing(errno.EPERM))
    with pytest.raises(SandboxError, match=f"{called}: Operation not permitted.*--unsandboxed"):
        Sandbox().enter(WorkerLimits())
    entered = Sandbox(unsandboxed=True).enter(WorkerLimits())
    assert entered.notices == [f"workers run without {called}: Operation not permitted"]
    assert entered.state[called.lower()] == "refused"
    assert entered.state["unsandboxed"] is True


@pytest.mark.usefixtures("unlocked")
def test_a_filter_that_hides_landlock_is_no_old_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_is_filtered", lambda: True)
    monkeypatch.setattr(landlock, "offered", _failing(errno.ENOSYS))
    monkeypatch.setattr(platform, "release", lambda: "6.1.0-10-amd64")
    with pytest.raises(SandboxError, match="Landlock"):
        Sandbox().enter(WorkerLimits())
    monkeypatch.setattr(platform, "release", lambda: "5.10.0-28-amd64")
    assert Sandbox().enter(WorkerLimits()).state["landlock"] == 0


@pytest.mark.usefixtures("unlocked")
def test_threads_that_are_not_locked_down_end_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_threads", lambda: 3)
    with pytest.raises(SandboxError, match="2 threads"):
        Sandbox().enter(WorkerLimits())


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_are_noticed(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("limit", "_be_first_to_go"):
        monkeypatch.setattr(sandbox, name, lambda *_: None)
    monkeypatch.setattr(sys, "platform", system)
    entered = Sandbox().enter(WorkerLimits())
    assert len(entered.notices) == 1
    assert entered.state["system"] == system


@pytest.mark.parametrize("insists", [True, False])
def test_a_scan_ends_where_workers_cannot_be_locked_down(*, insists: bool) -> None:
    states: list[Any] = []
    sandboxed = Forbidden(unsandboxed=not insists)
    given = outcomes([Task("echo", (1,))], sandbox=sandboxed, on_sandbox=states.append)
    if insists:
        with pytest.raises(SandboxError, match="Landlock: Operation not permitted"):
            list(given)
        assert not states
        return
    assert [outcome.value for outcome in given] == [1]
    assert states[0]["landlock"] == "refused"
    assert states[0]["unsandboxed"] is True
