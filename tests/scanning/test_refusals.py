"""What a sandbox refuses is heard of; and decoders are refused nothing."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import pytest

from hashmatch import registry
from hashmatch.hashing.items import HashOptions
from hashmatch.scanning import seccomp
from hashmatch.scanning.refusals import Watch, Watched
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.sources.folder import Folder
from tests.support.clips import video_files
from tests.support.deeds import Task, items_of, outcomes
from tests.support.mutations import mutant
from tests.support.valid_files import valid_files

T = TypeVar("T")

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not seccomp.is_known(), reason="no list of system calls"
)


def watched(
    read: Callable[[Sandbox], Iterable[T]], *readable: str
) -> tuple[list[T], dict[str, int]]:
    """Results, and how often each system call was refused."""
    with Watch() as watch:
        results = list(read(Watched(readable, address=watch.address)))
    counts: dict[str, int] = {}
    for call, times in watch.refused.items():
        counts[call.name] = counts.get(call.name, 0) + times
    return results, counts


def test_what_is_refused_is_heard_of(tmp_path: Path) -> None:
    tried = [("udp",), ("write", str(tmp_path / "new")), ("fork",), ("udp",), ("thread",)]
    tasks = [Task("attempt", each) for each in tried]
    results, refused = watched(lambda sandbox: outcomes(tasks, sandbox=sandbox), str(tmp_path))
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
    items, refused = watched(
        lambda sandbox: items_of(Folder(tmp_path), options, workers=1, sandbox=sandbox),
        str(tmp_path),
    )
    assert refused == {}
    assert sum(item.media is not None for item in items) > len(files)
