"""What a worker cannot do, tried from inside one."""

import ctypes
import errno
import os
import platform
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import unix
from deeds import Alone, Crashing, Deeds, Task
from hashmatch.errors import Reason
from hashmatch.hashing import HashOptions, digest_item, hash_item
from hashmatch.scanning import landlock, sandbox, seccomp
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.pool import in_workers
from hashmatch.scanning.process import import_path
from hashmatch.scanning.reading import read_items
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.scanning.task import Task as FileTask
from hashmatch.sources.folder import Folder
from valid_files import valid_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox of Linux")
needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel lacks Landlock")
needs_seccomp = pytest.mark.skipif(not seccomp.is_known(), reason="no table of this machine")


def from_inside(
    *tasks: Task,
    readable: tuple[str, ...] | None = None,
    limits: WorkerLimits | None = None,
    job: Deeds | None = None,
) -> list[Any]:
    """What a locked-down worker says to these tasks."""
    return [
        outcome.value
        for outcome in in_workers(
            job or Deeds(),
            tasks,
            workers=1,
            limits=limits or WorkerLimits(),
            sandbox=Sandbox(readable),
        )
    ]


def attempts(folder: Path, *tried: tuple[object, ...]) -> list[str]:
    return from_inside(*(Task("attempt", each) for each in tried), readable=(str(folder),))


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "file").write_bytes(b"abc")
    (tmp_path / "secret").write_bytes(b"key")
    return folder


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@needs_landlock
def test_the_evidence_can_be_read_and_nothing_else(evidence: Path, tmp_path: Path) -> None:
    inside, outside = str(evidence / "deep" / "file"), str(tmp_path / "secret")
    (evidence / "way-out").symlink_to(outside)
    assert attempts(
        evidence,
        ("read", inside),
        ("list", str(evidence)),
        ("read", outside),
        ("list", str(tmp_path)),
        ("read", str(evidence / "way-out")),
        ("read", "/etc/passwd"),
        ("read", "/proc/self/environ"),
    ) == ["succeeded: 3", "succeeded: 2", *["PermissionError"] * 5]


@needs_landlock
def test_a_single_file_is_evidence_too(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).write_bytes(b"abc")
    assert attempts(
        tmp_path / "one", ("read", str(tmp_path / "one")), ("read", str(tmp_path / "other"))
    ) == ["succeeded: 3", "PermissionError"]


@needs_landlock
def test_nothing_can_be_written(evidence: Path, tmp_path: Path) -> None:
    file, new = str(evidence / "deep" / "file"), str(evidence / "new")
    before = Path(file).stat()
    tried = [
        ("write", new),
        ("write", str(tmp_path / "new")),
        ("write", "/tmp/hashmatch-was-here"),  # noqa: S108 (must fail)
        ("write", file),
        ("append", file),
        ("truncate", file),
        ("delete", file),
        ("rename", file),
        ("link", file),
        ("folder", new),
    ]
    assert attempts(evidence, *tried) == ["PermissionError"] * len(tried)
    assert Path(file).stat() == before


@needs_seccomp
def test_what_is_known_of_a_file_cannot_be_changed(evidence: Path) -> None:
    file = evidence / "deep" / "file"
    before = file.stat()
    assert attempts(evidence, ("chmod", str(file)), ("touch", str(file))) == ["PermissionError"] * 2
    assert file.stat() == before


@needs_seccomp
def test_no_socket_no_program_no_process(evidence: Path, port: int) -> None:
    tried = [("connect", port), ("udp",), ("exec",), ("run",), ("fork",), ("trace", os.getpid())]
    assert attempts(evidence, *tried) == ["PermissionError"] * len(tried)
    assert attempts(evidence, ("thread",)) == ["succeeded: 1 thread"]


@needs_landlock
def test_landlock_alone_forbids_tcp_exec_and_signals(evidence: Path, port: int) -> None:
    alone = Alone((str(evidence),))
    tried: list[tuple[object, ...]] = [("exec",), ("run",)]
    tried += [("connect", port)] * (landlock.version() >= 4)
    tried += [("kill", os.getpid())] * (landlock.version() >= 6)
    outcomes = in_workers(
        Deeds(),
        [Task("attempt", each) for each in tried],
        workers=1,
        limits=WorkerLimits(),
        sandbox=alone,
    )
    assert [each.value for each in outcomes] == ["PermissionError"] * len(tried)


def test_limits_are_set(evidence: Path) -> None:
    limits = WorkerLimits(memory=1 << 29, files=20, cpu_seconds=7)
    (found,) = from_inside(Task("limits"), limits=limits)
    assert found["RLIMIT_CORE"] == [0, 0]
    assert found["RLIMIT_FSIZE"] == [0, 0]
    assert found["RLIMIT_NOFILE"] == [20, 20]
    assert found["RLIMIT_DATA"] == [1 << 29, 1 << 29]
    assert found["RLIMIT_CPU"][0] > 7


@needs_landlock
def test_a_source_that_cannot_say_where_it_lies_is_only_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    read, write = from_inside(
        Task("attempt", ("read", str(tmp_path / "file"))),
        Task("attempt", ("write", str(tmp_path / "file"))),
    )
    assert (read, write) == ("succeeded: 3", "PermissionError")


@pytest.mark.parametrize("version", [0, 1, 2, 3, 4, 5, 6, 7])
def test_a_kernel_is_asked_for_what_it_knows(version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[Any, ...]] = []

    class Kernel:
        def syscall(self, *arguments: Any) -> int:
            calls.append(arguments)
            return -1

        def prctl(self, *_: Any) -> int:
            return 0

    monkeypatch.setattr(landlock, "version", lambda: version)
    monkeypatch.setattr(landlock, "_libc", Kernel)
    if not version:
        return
    with pytest.raises(OSError, match=r"\[Errno"):
        landlock.restrict(["/"])
    ((number, attributes, size, flags),) = calls
    handled = int.from_bytes(attributes[:8], sys.byteorder)
    assert (number, flags, size.value) == (444, 0, len(attributes))
    assert handled.bit_length() == {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    assert len(attributes) == (8 if version < 4 else 16 if version < 6 else 24)


def test_an_old_kernel_is_noticed_and_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    monkeypatch.setattr(seccomp, "is_known", lambda: False)
    for name in ("_limit", "_be_first_to_go"):
        monkeypatch.setattr(sandbox, name, lambda *_: None)
    monkeypatch.setattr(ctypes, "CDLL", _Inert)
    notices = Sandbox().enter(WorkerLimits())
    assert len(notices) == 2
    assert "Landlock" in notices[0]

    def refused(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(landlock, "version", lambda: 1)
    monkeypatch.setattr(landlock, "restrict", refused)
    assert "workers run without Landlock: Operation not supported" in Sandbox().enter(
        WorkerLimits()
    )


class _Inert:
    def __init__(self, *_: object) -> None:
        pass

    def prctl(self, *_: object) -> int:
        return 0


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_are_noticed(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_limit", "_be_first_to_go"):
        monkeypatch.setattr(sandbox, name, lambda *_: None)
    monkeypatch.setattr(sys, "platform", system)
    assert len(Sandbox().enter(WorkerLimits())) == 1


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_program_for_the_kernel_jumps_to_where_it_should(machine: str) -> None:
    """Run by a model of the kernel's interpreter: what is forbidden, and nothing else."""
    architecture, clone, forbidden = seccomp._TABLES[machine]
    code = seccomp._filter(architecture, clone, forbidden)
    refused, allowed = 0x00050000 | errno.EPERM, 0x7FFF0000
    for number in range(500):
        expected = refused if number in forbidden else allowed
        if number in {clone, 435}:
            continue
        assert _decision(code, number, architecture) == expected, number
    assert _decision(code, clone, architecture, 0x00010000 | 17) == allowed
    assert _decision(code, clone, architecture, 17) == refused
    assert _decision(code, 435, architecture) == 0x00050000 | errno.ENOSYS
    assert _decision(code, 0, 3) == refused
    assert _decision(code, 0x40000000, architecture) == refused
    assert len(set(forbidden)) == len(forbidden)


def _decision(code: list[bytes], number: int, architecture: int, argument: int = 0) -> int:
    data = {0: number, 4: architecture, 16: argument}
    at = loaded = 0
    while True:
        what, if_true, if_false, operand = struct.unpack("=HBBI", code[at])
        at += 1
        if what == 0x20:
            loaded = data[operand]
        elif what == 0x06:
            return int(operand)
        else:
            holds = {
                0x15: loaded == operand,
                0x35: loaded >= operand,
                0x45: bool(loaded & operand),
            }[what]
            at += if_true if holds else if_false


@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of x86-64")
def test_the_numbers_are_those_of_the_kernels_headers() -> None:
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not header.exists():
        pytest.skip("no headers here")
    known = dict(
        line.removeprefix("#define __NR_").split()
        for line in header.read_text().splitlines()
        if line.startswith("#define __NR_")
    )
    ours = {name: x86 for name, (x86, _) in seccomp._SHARED.items()} | seccomp._X86_ONLY
    wrong = {name for name, number in ours.items() if int(known.get(name, number)) != number}
    assert not wrong


def test_nothing_is_imported_from_the_evidence(
    evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Modules that lie where the scan is started, as on a prepared drive."""
    trap = "import os; os._exit(66)"
    (evidence / "PIL").mkdir()
    for name in ("numpy", "PIL/__init__", "sitecustomize", "usercustomize", "hashlib", "pickle"):
        (evidence / f"{name}.py").write_text(trap)
    picture = valid_files()["jpeg"]
    (evidence / "picture").write_bytes(picture)
    monkeypatch.chdir(evidence)
    monkeypatch.setenv("PYTHONPATH", str(evidence))
    monkeypatch.syspath_prepend(str(evidence))
    monkeypatch.syspath_prepend("")
    assert str(evidence) not in import_path()
    outcomes = from_inside(Task("environment", ("path",)), Task("environment", ("flags",)))
    assert str(evidence) not in outcomes[0]
    assert "" not in outcomes[0]
    assert outcomes[1] == [True, True]
    items = list(
        read_items(map(FileTask, Folder(".")), HashOptions(), readable=[str(evidence)], workers=1)
    )
    assert sum(each.image is not None for each in items) == 1


def test_a_worker_loads_every_decoder_and_no_list() -> None:
    modules = set(from_inside(Task("environment", ("modules",)), job=Deeds(warm="decoders"))[0])
    assert {"PIL.TiffImagePlugin", "av", "pi_heif", "simplejpeg"} <= modules
    assert not {"faiss", "numba"} & modules


@pytest.mark.parametrize("workers", [0, 2])
def test_every_format_is_read_in_the_sandbox_as_outside(tmp_path: Path, workers: int) -> None:
    for name, data in valid_files().items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / f"{name}-cut").write_bytes(data[: len(data) // 2])
    options = HashOptions(algorithms=("pdq", "colorhash-42"), orientations=True, variants=True)
    source = Folder(tmp_path)
    expected = [hash_item(found.path, options) for found in source]
    told: list[str] = []
    items = list(
        read_items(
            map(FileTask, source),
            options,
            readable=source.roots,
            workers=workers,
            on_notice=told.append,
        )
    )
    assert items == expected
    assert bool(told) == (bool(workers) and not (landlock.version() and seccomp.is_known()))


def test_a_file_that_ends_its_worker_keeps_its_digests(tmp_path: Path) -> None:
    data = valid_files()["jpeg"]
    (tmp_path / "a").write_bytes(data)
    (tmp_path / "b").write_bytes(b"crash" + data)
    (tmp_path / "c").write_bytes(data)
    source = Folder(tmp_path)
    before, bad, after = in_workers(
        Crashing(HashOptions()),
        map(FileTask, source),
        workers=1,
        limits=WorkerLimits(),
        sandbox=Sandbox(source.roots),
    )
    assert before.image == after.image is not None
    assert bad.unreadable is not None
    assert bad.unreadable.reason is Reason.WORKER_DIED
    plain = digest_item(tmp_path / "b")
    assert (bad.size, bad.digests) == (len(data) + 5, plain.digests)
    assert bad.locator == str(tmp_path / "b")


def test_what_is_not_to_be_read_is_not_given_to_a_worker(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    unix.os.mkfifo(tmp_path / "pipe")
    items = list(read_items(map(FileTask, Folder(tmp_path)), HashOptions(), workers=1))
    assert [each.unreadable and each.unreadable.reason for each in items] == [
        Reason.SYMBOLIC_LINK,
        Reason.SPECIAL_FILE,
    ]
