"""Locked-down processes that attack, one after the other, and what they changed.

    python sandbox_probes.py FOLDER

For each user and each version of Landlock a victim is started, which starts an attacker of the
same user; the attacker locks itself down as a worker does and makes every attack. One JSON object
goes to standard output: per user and version what each attack was told, and what was changed.
"""

import errno
import json
import os
import platform
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from hashmatch.scanning import landlock, seccomp
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.sandbox import Sandbox
from tests.support import sandbox_attacks
from tests.support.sandbox_attacks import Scene, outcome
from tests.support.unix import os as unix_os
from tests.support.unix import resource, signal

NOBODY: Final = 65534
VERSIONS: Final = range(8)


class Refusing(Sandbox):
    """Refuses where workers end, so that one process makes all attacks."""

    def filter(self) -> None:
        seccomp.restrict(kill=False)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.chmod(0o755)
    users = [0, NOBODY] if unix_os.geteuid() == 0 else [unix_os.geteuid()]
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = {
            f"{'root' if user == 0 else 'user'} {version}": _tried(folder, user, version, port)
            for user in users
            for version in VERSIONS
            if version <= landlock.version()
        }
    sys.stdout.write(json.dumps(found))


def _tried(folder: Path, user: int, version: int, port: int) -> dict[str, Any]:
    place = folder / f"{user}-{version}"
    (place / "evidence").mkdir(parents=True)
    scene = Scene(str(place / "evidence" / "file"), str(place / "secret"), 0, port)
    for path in (scene.file, scene.secret):
        Path(path).write_bytes(b"abc")
        unix_os.chown(path, user, user)
        Path(path).chmod(0o600)
    unix_os.chown(scene.folder, user, user)
    unix_os.chown(place, user, user)
    for name in ("user.there", "user.there2"):
        unix_os.setxattr(scene.file, name, b"1")
    return _in_child(lambda: _victim(scene, user, version))


def _in_child(do: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a child process says."""
    reading, writing = os.pipe()
    child = unix_os.fork()
    if not child:
        try:
            os.close(reading)
            said = do()
        except BaseException:  # noqa: BLE001 (the parent is told)
            said = {"failed": traceback.format_exc()}
        data = json.dumps(said).encode()
        while data:
            data = data[os.write(writing, data) :]
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    return dict(json.loads(text)) if text else {"failed": f"status {status}"}


def _victim(scene: Scene, user: int, version: int) -> dict[str, Any]:
    if user != unix_os.geteuid():
        unix_os.setgroups([])
        unix_os.setresgid(user, user, user)
        unix_os.setresuid(user, user, user)
    heard: list[int] = []
    signal.signal(signal.SIGUSR1, lambda *_: heard.append(1))
    scene = Scene(scene.file, scene.secret, os.getpid(), scene.port)
    before = _state(scene)
    said = _in_child(lambda: _attacker(scene, version))
    after = _state(scene)
    said["changed"] = [name for name in before if before[name] != after[name]]
    said["signals"] = len(heard)
    return said


def _state(scene: Scene) -> dict[str, str]:
    """Everything that attacks mean to change."""
    about = os.stat(scene.file)  # noqa: PTH116
    return {
        "file": repr((about.st_mode, about.st_uid, about.st_size, about.st_mtime_ns)),
        "changes": repr(about.st_ctime_ns),
        "content": repr(Path(scene.file).read_bytes()),
        "names": repr(sorted(os.listdir(scene.folder))),  # noqa: PTH208
        "attributes": repr(sorted(unix_os.listxattr(scene.file))),
        "limits": repr(resource().getrlimit(resource().RLIMIT_NOFILE)),
        "priority": repr(unix_os.getpriority(unix_os.PRIO_PROCESS, 0)),
        "scheduler": repr(unix_os.sched_getscheduler(0)),
        "processors": repr(sorted(unix_os.sched_getaffinity(0))),
        "host": platform.node(),
        "shared": repr(Path("/dev/shm/hashmatch-x").exists()),  # noqa: S108
    }


def _attacker(scene: Scene, version: int) -> dict[str, Any]:
    _pretend(version)
    # Opened now: afterwards nothing but evidence can be opened.
    with Path("/proc/thread-self/status").open() as status:
        entered = Refusing((scene.folder,)).enter(WorkerLimits())
        told = [line.split() for line in status]
    attacks = dict(sandbox_attacks.ATTACKS)
    if version:
        attacks |= sandbox_attacks.ON_SECRETS
    said = {name: outcome(attack, scene) for name, attack in attacks.items()}
    return {
        "state": dict(getattr(entered, "state", {})),
        "attacks": said,
        "capabilities": {row[0][:-1]: int(row[1], 16) for row in told if row[0].startswith("Cap")},
        "users": [int(each) for row in told if row[0] == "Uid:" for each in row[1:]],
        "reads": outcome(lambda _: Path(scene.file).read_bytes(), scene),
        "lists": outcome(lambda _: os.listdir(scene.folder), scene),  # noqa: PTH208
        "threads": sandbox_attacks.threads_work(),
    }


def _pretend(version: int) -> None:
    """Ask the kernel for no more than an older one would know."""

    def offered() -> int:
        if not version:
            raise OSError(errno.ENOSYS, "")
        return version

    landlock.offered = offered
    landlock.version = lambda: version


if __name__ == "__main__":
    main()
