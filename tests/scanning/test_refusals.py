"""What a sandbox refuses is heard of; and decoders are refused nothing."""

import sys
from pathlib import Path
from typing import Any

import pytest

from clips import video_files
from deeds import Deeds, Task
from hashmatch import registry
from hashmatch.hashing import HashOptions
from hashmatch.scanning import seccomp
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.pool import in_workers
from hashmatch.scanning.reading import HashFiles
from hashmatch.scanning.refusals import Watch, Watched
from hashmatch.scanning.task import Task as FileTask
from hashmatch.sources.folder import Folder
from mutations import mutant
from valid_files import valid_files

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not seccomp.is_known(), reason="no list of system calls"
)


def watched(job: Any, tasks: Any, *readable: str) -> tuple[list[Any], dict[str, int]]:
    """Results, and how often each system call was refused."""
    with Watch() as watch:
        sandbox = Watched(readable, address=watch.address)
        results = list(in_workers(job, tasks, workers=1, limits=WorkerLimits(), sandbox=sandbox))
    counts: dict[str, int] = {}
    for call, times in watch.refused.items():
        counts[call.name] = counts.get(call.name, 0) + times
    return results, counts


def test_what_is_refused_is_heard_of(tmp_path: Path) -> None:
    tried = [("udp",), ("write", str(tmp_path / "new")), ("fork",), ("udp",), ("thread",)]
    results, refused = watched(Deeds(), [Task("attempt", each) for each in tried], str(tmp_path))
    assert [each.value for each in results] == ["PermissionError"] * 4 + ["succeeded: 1 thread"]
    (number,) = (name for name in refused if name.startswith("system call"))
    assert refused[number] == 2  # socket
    assert refused["openat"] == 1
    assert refused["clone"] == 1
    assert len(refused) == 3


def test_decoders_are_refused_nothing(tmp_path: Path) -> None:
    """Fails where a version of a library makes a call that is not on the list."""
    pictures = valid_files()
    files = {**pictures, **video_files()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / f"{name}-cut").write_bytes(data[: len(data) // 2])
    for name in pictures:
        (tmp_path / f"{name}-mutant").write_bytes(mutant(name, 0).data)
    options = HashOptions(algorithms=registry.names("hashers"))
    items, refused = watched(HashFiles(options), map(FileTask, Folder(tmp_path)), str(tmp_path))
    assert refused == {}
    assert sum(item.image is not None for item in items) > len(files)
