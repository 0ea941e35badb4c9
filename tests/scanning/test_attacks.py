"""Attacks by somebody who has taken over a worker, each really made, and none comes through.

As root and as a user, with each version of Landlock that the kernel can stand for: those of older
kernels are asked for, so that the kernel keeps no more than they did.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hashmatch.scanning import landlock, seccomp
from tests.support import memory_probes, sandbox_attacks, unix
from tests.support.places import environment
from tests.support.system_calls import numbers

ROOT = sys.platform != "win32" and unix.os.geteuid() == 0
USERS = ("root", "user") if ROOT else ("user",)

pytestmark = [
    pytest.mark.skipif(not seccomp.is_known(), reason="no list of system calls of this machine"),
    pytest.mark.skipif(not landlock.version(), reason="this kernel lacks Landlock"),
]


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    with unix.open_folder() as folder:
        done = subprocess.run(  # noqa: S603 (ourselves)
            [sys.executable, "-m", "tests.support.sandbox_probes", str(folder)],
            env=environment(HASHMATCH_SECRET="password"),  # noqa: S106 (what must not be readable)
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("version", range(8))
@pytest.mark.parametrize("user", USERS)
def test_no_attack_comes_through(found: dict[str, Any], user: str, version: int) -> None:
    if version > landlock.version():
        pytest.skip("the kernel knows no such version")
    said = found[f"{user} {version}"]
    assert "failed" not in said
    through = {
        name: answer
        for name, answer in said["attacks"].items()
        if answer not in sandbox_attacks.REFUSED
    }
    assert through == {}
    assert said["changed"] == []
    assert said["signals"] == 0
    assert len(said["attacks"]) > 150
    # What decoders need is still there.
    assert (said["reads"], said["lists"], said["threads"]) == ("done", "done", "done")


@pytest.mark.skipif(not ROOT, reason="only root has what it gives up")
def test_a_worker_of_root_is_a_user_of_its_own_that_can_read(found: dict[str, Any]) -> None:
    said = found[f"root {landlock.version()}"]
    if "user_stays" in said["state"]:
        pytest.skip(said["state"]["user_stays"])
    assert said["state"]["user"] == "own"
    assert said["capabilities"]["CapBnd"] == 0
    assert said["capabilities"]["CapInh"] == said["capabilities"]["CapAmb"] == 0
    kept = said["capabilities"]["CapEff"]
    assert kept == said["capabilities"]["CapPrm"]
    # CAP_DAC_READ_SEARCH, or where a container lacks that CAP_DAC_OVERRIDE; perhaps CAP_FOWNER.
    assert kept & ~0b1000 in (0b100, 0b10)
    assert said["users"][0] >= 0x70000000
    assert len(set(said["users"])) == 1


def test_an_attack_that_nothing_forbids_succeeds(tmp_path: Path) -> None:
    """The attacks are no blanks: without any lock most come through."""
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    scene = sandbox_attacks.Scene(str(file), str(file), os.getpid(), 0)
    harmless = ("chmod", "utimensat", "memfd_create", "pipe", "eventfd", "memory that runs")
    attacks = [sandbox_attacks.ATTACKS[name] for name in harmless]
    assert {sandbox_attacks.outcome(attack, scene) for attack in attacks} <= {"done", "ENOSYS"}
    assert file.stat().st_mode & 0o777 == 0o777
    assert {"setxattrat", "file_setattr", "prlimit64", "reboot"} <= numbers().keys()


def test_who_makes_a_call_that_only_attackers_make_is_ended(tmp_path: Path) -> None:
    """By the filter that workers have; the attacks above are made where it only refuses."""
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    scene = sandbox_attacks.Scene(str(file), str(file), os.getpid(), 0)
    ended = {
        name
        for name in sandbox_attacks.ATTACKS
        if _signal_of(name, scene) == int(unix.signal.SIGSYS)
    }
    assert ended >= {
        *("execve", "fork", "ptrace", "connect", "UDP", "setxattr", "setxattrat", "truncate"),
        *("unlink", "chmod", "utimensat", "kill", "kill all", "tgkill", "mount", "bpf", "reboot"),
        *("System V memory", "io_uring", "userfaultfd", "pidfd_open", "unshare", "keyctl"),
    }
    assert len(ended) > 60
    # What libraries may try is refused, and they go on.
    harmless = {
        "memfd_create",
        "pipe",
        "eventfd",
        "epoll",
        "memory that runs",
        "own limit of files",
    }
    assert not ended & harmless
    assert file.read_bytes() == b"abc"


def _signal_of(name: str, scene: sandbox_attacks.Scene) -> int:
    """The signal that ended a process that was locked down and made this attack; 0 for none."""
    child = unix.os.fork()
    if not child:
        try:
            seccomp.restrict()
            sandbox_attacks.outcome(sandbox_attacks.ATTACKS[name], scene)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return int(unix.os.WTERMSIG(status)) if unix.os.WIFSIGNALED(status) else 0


@pytest.mark.parametrize("memory", sorted(memory_probes.WAYS))
def test_no_memory_can_be_had_that_the_limit_does_not_count(memory: str) -> None:
    """Each way is tried until it fails or has taken four times the limit."""
    done = subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-m", "tests.support.memory_probes", memory],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    limit, before, most = map(int, done.stdout.split())
    assert most - before < limit + (80 << 20)
