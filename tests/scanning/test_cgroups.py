"""Control groups: of version 1 real ones where this system has them, of version 2 a model."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hashmatch.errors import Reason
from hashmatch.scanning import cgroups
from hashmatch.scanning.cgroups import Group, GroupsFolder, find_place, group_for, place_here, tidy
from hashmatch.scanning.limits import WorkerLimits
from tests.support.deeds import Task, outcomes
from tests.support.memory_probes import WAYS
from tests.support.places import environment

_MIB = 1 << 20
_TAKES = """
import sys
from tests.support import memory_probes
sys.stdin.readline()
for _ in range(40):
    memory_probes.WAYS[sys.argv[1]]()
print("had it all")
"""
_KILLED = """
import sys
from tests.support.deeds import Task, outcomes
results = outcomes([Task("echo"), Task("hang")])
next(results)
print("began", flush=True)
sys.stdin.readline()
"""

real = pytest.mark.skipif(
    sys.platform != "linux" or find_place() is None, reason="no control group can be made here"
)


def groups_of(process: int) -> list[Path]:
    place = place_here()
    assert place is not None
    names = f"hashmatch-*-{process}-*"
    return [path for folder in place.folders.values() for path in folder.glob(names)]


@real
@pytest.mark.parametrize(
    "way", [way for way in WAYS if way.startswith(("private", "shared", "growing"))]
)
def test_memory_counts_however_it_was_had(way: str) -> None:
    group = group_for(128 * _MIB - cgroups.BEYOND)
    with subprocess.Popen(  # noqa: S603 (our own)
        [sys.executable, "-c", _TAKES, way],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as process:
        group.add(process.pid)
        assert group.state["group_memory"] == 128 * _MIB
        out, _ = process.communicate(b"\n")
    assert (process.returncode, out) == (-9, b"")
    assert group.met_its_limit()
    made = list(group.made)
    group.remove()
    assert not any(folder.exists() for folder in made)


@real
def test_a_worker_beyond_its_group_costs_its_file_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    # What a worker may allocate is more than its group allows: as if the limit did not count it.
    monkeypatch.setattr(cgroups, "BEYOND", 400 * _MIB - WorkerLimits().memory)
    states: list[object] = []
    tasks = [*(Task("echo", (n,)) for n in range(20)), Task("devour")]
    tasks.insert(5, tasks.pop())
    found = list(outcomes(tasks, on_sandbox=states.append))
    bad = [each for each in found if each.task.deed == "devour"]
    assert sorted(each.value for each in found if each not in bad) == [*range(20)]
    assert [each.why and each.why.reason for each in bad] == [Reason.OUT_OF_MEMORY]
    (state,) = states
    assert isinstance(state, dict)
    assert state["group_memory"] == 400 * _MIB
    assert groups_of(os.getpid()) == []


@real
def test_groups_of_a_killed_scan_are_removed_by_the_next_and_of_a_running_one_kept() -> None:
    with subprocess.Popen(  # noqa: S603 (our own)
        [sys.executable, "-c", _KILLED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as scan:
        assert scan.stdout is not None
        assert scan.stdout.readline() == b"began\n"
        place = place_here()
        assert place is not None
        tidy(place)
        left = groups_of(scan.pid)
        assert left
        for folder in left:
            assert (folder / "cgroup.procs").read_text()
        scan.kill()
    for _ in range(100):
        if not any((folder / "cgroup.procs").read_text() for folder in left):
            break
        time.sleep(0.05)
    tidy(place)
    assert groups_of(scan.pid) == []


class Model:
    """The files of version 2 as the kernel has them, in ordinary folders."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self._mkdir = os.mkdir
        monkeypatch.setattr(os, "mkdir", self.mkdir)
        self._rmdir = os.rmdir
        monkeypatch.setattr(os, "rmdir", self.rmdir)
        self._write = cgroups._write
        monkeypatch.setattr(cgroups, "_write", self.write)
        self.mkdir(root)
        (root / "cgroup.controllers").write_text("cpu memory pids\n")
        (root / "cgroup.procs").write_text(f"{os.getpid()}\n")
        mounts, own = root.parent / "mountinfo", root.parent / "cgroup"
        mounts.write_text(f"30 23 0:26 /box {root} rw - cgroup2 cgroup2 rw,nsdelegate\n")
        own.write_text("0::/box\n")
        self.files = mounts, own

    def mkdir(self, path: Path) -> None:
        self._mkdir(path)
        for name in ("cgroup.procs", "cgroup.subtree_control", "cgroup.controllers"):
            (path / name).touch()
        above = path.parent / "cgroup.subtree_control"
        if above.exists() and "memory" in above.read_text():
            for name in ("memory.max", "memory.swap.max", "memory.events", "pids.max"):
                (path / name).touch()

    def rmdir(self, path: Path) -> None:
        for file in path.iterdir():
            file.unlink()
        self._rmdir(path)

    def write(self, path: Path, value: object) -> None:
        if path.name == "cgroup.subtree_control":
            if (path.parent / "cgroup.procs").read_text():
                raise OSError(16, "Device or resource busy")
            value = str(value).replace("+", "")
        if path.name == "cgroup.procs":
            for each in self.root.rglob("cgroup.procs"):
                each.write_text(each.read_text().replace(f"{value}\n", ""))
            value = f"{path.read_text()}{value}\n"
        self._write(path, value)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    return Model(tmp_path / "cgroup2", monkeypatch)


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are of Linux")
def test_of_version_2_this_process_moves_aside_and_workers_have_limits(model: Model) -> None:
    place = find_place(*model.files)
    assert place == GroupsFolder(2, {"memory": model.root})
    (aside,) = model.root.glob("hashmatch-*")
    assert (aside / "cgroup.procs").read_text() == f"{os.getpid()}\n"
    assert (model.root / "cgroup.subtree_control").read_text() == "memory pids"
    # Found again as it is: the kernel gives this process another path now.
    model.files[1].write_text(f"0::/box/{aside.name}\n")

    group = Group(place, f"{cgroups._prefix()}7", 300 * _MIB)
    group.add(4321)
    folder = model.root / f"{cgroups._prefix()}7"
    assert (folder / "memory.max").read_text() == str(300 * _MIB)
    assert (folder / "memory.swap.max").read_text() == "0"
    assert (folder / "pids.max").read_text() == "1024"
    assert (folder / "cgroup.procs").read_text() == "4321\n"
    assert group.state == {"control_group": "version 2", "group_memory": 300 * _MIB}
    assert not group.met_its_limit()
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 31\noom 1\noom_kill 1\n")
    assert group.met_its_limit()
    group.remove()
    assert not folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are of Linux")
@pytest.mark.parametrize("obstacle", ["others", "no controller", "not ours", "gone"])
def test_of_version_2_nothing_is_changed_where_no_group_can_be_made(
    model: Model, obstacle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if obstacle == "others":
        (model.root / "cgroup.procs").write_text(f"1\n{os.getpid()}\n")
    elif obstacle == "no controller":
        (model.root / "cgroup.controllers").write_text("cpu pids\n")
    elif obstacle == "not ours":
        monkeypatch.setattr(os, "access", lambda _path, _how: False)
    else:
        model.files[1].write_text("0::/../elsewhere\n")
    before = sorted(model.root.rglob("*")), (model.root / "cgroup.procs").read_text()
    assert find_place(*model.files) is None
    assert (sorted(model.root.rglob("*")), (model.root / "cgroup.procs").read_text()) == before


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are of Linux")
def test_a_group_that_cannot_be_limited_is_none(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = find_place(*model.files)
    group = Group(place, "hashmatch-full", 300 * _MIB)
    write = cgroups._write

    def refused(path: Path, value: object) -> None:
        if path.name == "memory.max":
            raise OSError(28, "No space left on device")
        write(path, value)

    monkeypatch.setattr(cgroups, "_write", refused)
    group.add(4321)
    assert group.state == {"control_group": "none"}
    assert not (model.root / "hashmatch-full").exists()
    assert "4321" not in "".join(path.read_text() for path in model.root.rglob("cgroup.procs"))


def test_groups_of_other_namespaces_are_left(tmp_path: Path) -> None:
    space, process, begun = cgroups._prefix().split("-")[1:4]
    names = {
        "ours": f"hashmatch-{space}-{process}-{begun}-1",
        "of a process with our number before": f"hashmatch-{space}-{process}-0-1",
        "of another container": f"hashmatch-1{space}-4194999-5-1",
        "of somebody else": "docker-1",
    }
    for name in names.values():
        (tmp_path / name).mkdir()
    tidy(GroupsFolder(1, {"memory": tmp_path}))
    assert {each for each, name in names.items() if not (tmp_path / name).exists()} == {
        "of a process with our number before"
    }


def test_done_without_any_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hashmatch.scanning.dispatch.group_for", lambda _memory: Group())
    assert [each.value for each in outcomes([Task("echo", (1,))])] == [1]
