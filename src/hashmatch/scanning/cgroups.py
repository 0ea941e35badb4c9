"""A control group for each worker, where one can be made: it counts memory of every kind (Linux).

The limits of a process (`limits`) hold everywhere, and count what is allocated. A control group
counts all pages, however they were had, and threads. Where none can be made the limits stand alone.
Source: Linux, Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst; cgroups(7).
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any, Final

from hashmatch.scanning.limits import MOST_THREADS

BEYOND: Final = 256 << 20
"""Bytes of stacks, libraries, page tables and what the kernel holds for a worker: whoever keeps to
the limit of what is allocated does not meet that of the group."""

_MOUNTS: Final = Path("/proc/self/mountinfo")
_OWN: Final = Path("/proc/self/cgroup")
_NAME: Final = re.compile(r"hashmatch-(?P<space>[0-9]+)-(?P<process>[0-9]+)-(?P<begun>[0-9]+)-")
_ENDED: Final = re.compile(r"^oom_kill ([0-9]+)$", re.MULTILINE)
_PATIENCE: Final = 20
"""Hundredths of a second for a group to be empty after its process has ended."""
_numbers: Final = count()


@dataclass(frozen=True, slots=True)
class GroupsFolder:
    """The folders in which groups are made.

    Attributes:
        version: of control groups: 1 or 2.
        folders: by what is limited there: `memory`, and `pids` where that can be had.
    """

    version: int
    folders: Mapping[str, Path]


@dataclass(slots=True)
class Group:
    """The group of one worker; without a place it is none."""

    place: GroupsFolder | None = None
    name: str = ""
    memory: int = 0
    made: list[Path] = field(default_factory=list)

    @property
    def state(self) -> Mapping[str, Any]:
        """What the record says of it."""
        if self.place is None or not self.made:
            return {"control_group": "none"}
        return {"control_group": f"version {self.place.version}", "group_memory": self.memory}

    def add(self, process: int) -> None:
        """Make the group, set its limits and put a process in it; it stays none if that fails."""
        if self.place is None:
            return
        try:
            for what, folder in self._folders(self.place):
                os.mkdir(folder)  # noqa: PTH102 (one group at a time)
                self.made.append(folder)
                self._limit(what, folder, self.place.version)
                _write(folder / "cgroup.procs", process)
        except OSError:
            with suppress(OSError):
                for folder in self.made if self.place.version == 1 else ():
                    _write(folder.parent / "cgroup.procs", process)
            self.remove()

    def met_its_limit(self) -> bool:
        """Whether the kernel ended its process because of the memory that it had."""
        events = {"memory.oom_control", "memory.events"}
        texts = [_text(folder / name) for folder in self.made for name in events]
        return any(int(number) for text in texts for number in _ENDED.findall(text))

    def remove(self) -> None:
        """Remove the group of a process that has ended."""
        for folder in self.made:
            _remove(folder)
        self.made.clear()

    def _folders(self, place: GroupsFolder) -> Iterator[tuple[str, Path]]:
        if place.version == 1:
            for what, above in place.folders.items():
                yield what, above / self.name
        else:
            yield "all", place.folders["memory"] / self.name

    def _limit(self, what: str, folder: Path, version: int) -> None:
        if what == "memory":
            _write(folder / "memory.limit_in_bytes", self.memory)
            # Where the kernel counts pages on the disk (swap) at all.
            with suppress(OSError):
                _write(folder / "memory.memsw.limit_in_bytes", self.memory)
        if version != 1:
            _write(folder / "memory.max", self.memory)
            with suppress(OSError):
                _write(folder / "memory.swap.max", 0)
        if what != "memory":
            with suppress(OSError):
                _write(folder / "pids.max", MOST_THREADS)


def group_for(memory: int) -> Group:
    """A group for a worker that may allocate so many bytes; made once a process is added."""
    place = place_here()
    if place is None:
        return Group()
    return Group(place, f"{_prefix()}{next(_numbers)}", memory + BEYOND)


@cache
def place_here() -> GroupsFolder | None:
    """The folder for this process's groups, cleared of what killed scans left."""
    place = find_place()
    if place is not None:
        tidy(place)
    return place


def find_place(mounts: Path = _MOUNTS, own: Path = _OWN) -> GroupsFolder | None:
    """The folder in which this process may make groups that limit memory; None where it may not.

    With version 2 a group either holds processes or divides what it has: this process moves into
    a group of its own below the one it was given, if it is alone there.

    Args:
        mounts: where the kernel lists what is mounted.
        own: where it lists the groups of this process.
    """
    found = dict(_hierarchies(_text(mounts), _text(own)))
    first = {what: found[what] for what in ("memory", "pids") if _can_write(found.get(what))}
    if "memory" in first:
        return GroupsFolder(1, first)
    whole = found.get("")
    if "memory" in found or whole is None or not _divides(whole):
        return None
    return GroupsFolder(2, {"memory": whole})


def tidy(place: GroupsFolder, alive: Iterable[str] | None = None) -> None:
    """Remove groups of scans that were killed; those of other namespaces of processes are left.

    Args:
        place: where they lie.
        alive: ids and starts of processes, as in the names of groups; those of now by default.
    """
    space = _NAME.match(_prefix())
    for above in place.folders.values():
        with suppress(OSError), os.scandir(above) as entries:
            for entry in [*entries]:
                name = _NAME.match(entry.name)
                if name is None or space is None or name["space"] != space["space"]:
                    continue
                process = f"{name['process']}-{name['begun']}"
                known = {process_id(int(name["process"]))} if alive is None else alive
                if process not in known:
                    _remove(above / entry.name, patience=1)


def process_id(process: int | str = "self") -> str:
    """Number and start of a process, which no later one shares; empty if it is not there."""
    fields = _text(Path(f"/proc/{process}/stat")).rpartition(")")
    return f"{fields[0].partition(' ')[0]}-{fields[2].split()[19]}" if fields[2] else ""


def _prefix() -> str:
    with suppress(OSError):
        return f"hashmatch-{os.stat('/proc/self/ns/pid').st_ino}-{process_id()}-"  # noqa: PTH116
    return ""


def _hierarchies(mounts: str, own: str) -> Iterator[tuple[str, Path]]:
    """What is limited, and the folder of this process there; version 2 has no name."""
    groups: dict[str, str] = {}
    for line in own.splitlines():
        _, names, path = line.split(":", 2)
        groups |= dict.fromkeys(names.split(","), path)
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        root, at = before.split()[3:5]
        kind, _, options = after.split(" ", 2)
        limited = {"cgroup": options.split(","), "cgroup2": [""]}.get(kind, [])
        for name in limited:
            # In a container the mount may show a part alone.
            below = groups.get(name, "").removeprefix(root.rstrip("/"))
            if name in groups and not below.startswith("/..") and below[:1] in {"", "/"}:
                yield name, Path(at + below.rstrip("/"))


def _can_write(folder: Path | None) -> bool:
    return folder is not None and os.access(folder, os.W_OK)


def _divides(folder: Path) -> bool:
    """Whether groups below this one of version 2 limit memory, once it was asked to."""
    offered = _text(folder / "cgroup.controllers").split()
    if "memory" not in offered or not _can_write(folder):
        return False
    wanted = [f"+{name}" for name in ("memory", "pids") if name in offered]
    divided = _text(folder / "cgroup.subtree_control").split()
    if "memory" in divided:
        return True
    with suppress(OSError):
        _write(folder / "cgroup.subtree_control", " ".join(wanted))
        return True
    return _moves_aside(folder, " ".join(wanted))


def _moves_aside(folder: Path, wanted: str) -> bool:
    """Whether this process, alone in a group, could move to one below, and have it divide."""
    process = os.getpid()
    if _text(folder / "cgroup.procs").split() != [str(process)]:
        return False
    aside = folder / f"{_prefix()}scan"
    try:
        os.mkdir(aside)  # noqa: PTH102 (as above)
        _write(aside / "cgroup.procs", process)
        _write(folder / "cgroup.subtree_control", wanted)
    except OSError:
        with suppress(OSError):
            _write(folder / "cgroup.procs", process)
        _remove(aside, patience=1)
        return False
    return True


def _remove(folder: Path, patience: int = _PATIENCE) -> None:
    for _ in range(patience):
        try:
            os.rmdir(folder)  # noqa: PTH106 (as above)
        except FileNotFoundError:
            return
        except OSError:
            sleep(0.01)
        else:
            return


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="surrogateescape")
    except OSError:
        return ""


def _write(path: Path, value: object) -> None:
    """Write into a file of the kernel: it is never made here.

    Raises:
        OSError: it is not there, or does not take the value.
    """
    descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        os.write(descriptor, str(value).encode())
    finally:
        os.close(descriptor)
