"""What a worker cannot do, tried from inside one."""

import json
import os
import platform
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hashmatch.errors import Reason
from hashmatch.hashing.items import HashOptions, hash_item
from hashmatch.scanning import landlock, reading, seccomp
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.process import import_path
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.sources.folder import Folder
from tests.support import unix
from tests.support.deeds import Alone, Crashing, Deeds, Task, items_of, outcomes
from tests.support.valid_files import valid_files

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
        for outcome in outcomes(tasks, job=job, limits=limits, sandbox=Sandbox(readable))
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


def prevented(evidence: Path, *tried: tuple[object, ...]) -> set[str]:
    """What became of each attempt: the error it was told, or that its process was ended."""
    tasks = [Task("attempt", each) for each in tried]
    found = set()
    for outcome in outcomes(tasks, sandbox=Sandbox((str(evidence),))):
        ended = outcome.why is not None and "no decoder makes" in outcome.why.detail
        found.add("ended" if ended else str(outcome.value))
    return found


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
    assert prevented(evidence, *tried) <= {"PermissionError", "ended"}
    assert Path(file).stat() == before


@needs_seccomp
def test_what_is_known_of_a_file_cannot_be_changed(evidence: Path) -> None:
    file = evidence / "deep" / "file"
    before = file.stat()
    assert prevented(evidence, ("chmod", str(file)), ("touch", str(file))) == {"ended"}
    assert file.stat() == before


@needs_seccomp
def test_no_socket_no_program_no_process(evidence: Path, port: int) -> None:
    tried = [("udp",), ("exec",), ("fork",), ("trace", os.getpid())]
    assert prevented(evidence, *tried) == {"ended"}
    # Files that name machines cannot be read before it comes to that.
    assert attempts(evidence, ("connect", port)) == ["PermissionError"]
    # Nor pipes be made, where Python makes them before the process.
    assert prevented(evidence, ("run",)) <= {"PermissionError", "ended"}
    assert attempts(evidence, ("thread",)) == ["succeeded: 1 thread"]


@needs_landlock
def test_landlock_alone_forbids_tcp_exec_and_signals(evidence: Path, port: int) -> None:
    alone = Alone((str(evidence),))
    tried: list[tuple[object, ...]] = [("exec",), ("run",)]
    tried += [("connect", port)] * (landlock.version() >= 4)
    tried += [("kill", os.getpid())] * (landlock.version() >= 6)
    given = outcomes([Task("attempt", each) for each in tried], sandbox=alone)
    assert [each.value for each in given] == ["PermissionError"] * len(tried)


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


@needs_landlock
@needs_seccomp
def test_the_state_of_the_sandbox_is_told_once() -> None:
    states: list[Any] = []
    given = outcomes(
        [Task("echo", (1,))] * 40,
        workers=2,
        limits=WorkerLimits(memory=1 << 31),
        on_sandbox=states.append,
    )
    assert sum(1 for _ in given) == 40
    (state,) = states
    assert state["landlock"] == landlock.version()
    assert state["seccomp"] == "allow-list"
    assert state["memory"] == 1 << 31
    assert state["kernel"] == platform.release()
    assert json.loads(json.dumps(state)) == state


def test_a_worker_is_given_no_secrets_and_no_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HASHMATCH_NCMEC_PASSWORD", "secret")
    monkeypatch.setenv("LD_PRELOAD_OF_MINE", "secret")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.set_inheritable(True)
        surroundings, descriptors = from_inside(
            Task("environment", ("variables",)), Task("environment", ("descriptors",))
        )
    assert surroundings["LC_ALL"] == "C.UTF-8"
    assert "secret" not in surroundings.values()
    assert not {"HOME", "PATH", "USER"} & surroundings.keys()
    assert len(descriptors) == 4


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
    path, flags = from_inside(Task("environment", ("path",)), Task("environment", ("flags",)))
    assert str(evidence) not in path
    assert "" not in path
    assert flags == [True, True]
    items = items_of(Folder("."), readable=[str(evidence)], workers=1)
    assert sum(each.media is not None for each in items) == 1


def test_a_worker_loads_every_decoder_and_no_list() -> None:
    modules = set(from_inside(Task("environment", ("modules",)), job=Deeds(warm="decoders"))[0])
    assert {"PIL.TiffImagePlugin", "av", "pi_heif", "simplejpeg"} <= modules
    assert "faiss" not in modules


@pytest.mark.parametrize("workers", [0, 2])
def test_every_format_is_read_in_the_sandbox_as_outside(tmp_path: Path, workers: int) -> None:
    for name, data in valid_files().items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / f"{name}-cut").write_bytes(data[: len(data) // 2])
    options = HashOptions(algorithms=("pdq", "colorhash-42"), orientations=True, variants=True)
    source = Folder(tmp_path)
    expected = [hash_item(found.path, options) for found in source]
    told: list[str] = []
    items = items_of(source, options, readable=source.roots, workers=workers, on_notice=told.append)
    assert items == expected
    assert bool(told) == (bool(workers) and not (landlock.version() and seccomp.is_known()))


def test_a_file_that_ends_its_worker_keeps_its_digests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "HashFiles", Crashing)
    data = valid_files()["jpeg"]
    (tmp_path / "a").write_bytes(data)
    (tmp_path / "b").write_bytes(b"crash" + data)
    (tmp_path / "c").write_bytes(data)
    source = Folder(tmp_path)
    before, bad, after = items_of(source, readable=source.roots, workers=1)
    assert before.media == after.media is not None
    assert bad.unreadable is not None
    assert bad.unreadable.reason is Reason.WORKER_DIED
    plain = hash_item(tmp_path / "b")
    assert (bad.size, bad.digests) == (len(data) + 5, plain.digests)
    assert bad.locator == str(tmp_path / "b")


def test_what_is_not_to_be_read_is_not_given_to_a_worker(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    unix.os.mkfifo(tmp_path / "pipe")
    items = items_of(Folder(tmp_path), workers=1)
    assert [each.unreadable and each.unreadable.reason for each in items] == [
        Reason.SYMBOLIC_LINK,
        Reason.SPECIAL_FILE,
    ]
