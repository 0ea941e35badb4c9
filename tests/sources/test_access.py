import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hashmatch.errors import Reason, UnreadableError
from hashmatch.hashing.items import hash_item
from hashmatch.sources import access
from hashmatch.sources.access import open_evidence
from hashmatch.sources.folder import Folder
from tests.support import unix
from tests.support.valid_files import valid_files

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="names and flags of POSIX")


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A picture below 1,000 folders, and below the last of those no path reaches; and a link."""
    picture = valid_files()["jpeg"]
    opened = [os.open(tmp_path, os.O_RDONLY)]
    for level in range(1000):
        name = f"level-{level:04}"
        os.mkdir(name, dir_fd=opened[-1])
        opened.append(os.open(name, os.O_RDONLY, dir_fd=opened[-1]))
        if level in (400, 999):
            file = os.open("picture", os.O_WRONLY | os.O_CREAT, dir_fd=opened[-1])
            os.write(file, picture)
            os.close(file)
            os.symlink("picture", "link", dir_fd=opened[-1])
        if len(opened) > 2:
            os.close(opened.pop(0))
    for each in opened:
        os.close(each)
    yield tmp_path
    _remove(tmp_path)


def _remove(root: Path) -> None:
    """`shutil.rmtree` recurses too deep: fold the tree up from the top instead."""
    below = root / "level-0000"
    for level in range(1, 1001):
        (aside := root / "aside").mkdir()
        for name in os.listdir(below):  # noqa: PTH208 (as deep as this)
            (below / name).rename(aside / name)
        for name in ("picture", "link"):
            (aside / name).unlink(missing_ok=True)
        below.rmdir()
        inner = aside / f"level-{level:04}"
        if inner.exists():
            inner.rename(below)
        aside.rmdir()


def test_folders_of_any_depth_are_walked_and_read(deep: Path) -> None:
    found = list(Folder(deep))
    assert [each.problem and each.problem.reason for each in found] == [
        Reason.SYMBOLIC_LINK,
        None,
        Reason.SYMBOLIC_LINK,
        None,
    ]
    paths = [each.path for each in found if not each.problem]
    assert max(map(len, paths)) > 10_000
    items = [hash_item(path) for path in paths]
    assert items[0].media == items[1].media is not None
    assert items[0].digests == items[1].digests
    lost = hash_item(paths[0] + "-gone").unreadable
    assert lost is not None
    assert lost.reason is Reason.IO_ERROR


def test_long_paths_are_cut_at_separators_and_nothing_is_lost() -> None:
    for text in (b"/" + b"/".join([b"x" * 255] * 100), b"a/" * 5000 + b"b", b"/x" + b"//x" * 9000):
        starts, pieces = [0, *access._ends(text)], list[bytes]()
        for start, end in pairwise(starts):
            pieces.append(access._piece(text, start, end))
            assert end == len(text) or text[:end].endswith(b"/")
        assert max(map(len, pieces)) <= access._STEP
        assert not any(each.startswith(b"/") for each in pieces[1:])
        assert Path(*map(os.fsdecode, pieces)) == Path(os.fsdecode(text).replace("//", "/"))


@pytest.fixture
def comb(tmp_path: Path) -> Iterator[Path]:
    """1,500 folders below each other, with two files in each."""
    here = os.open(tmp_path, os.O_RDONLY)
    for level in range(1500):
        for name in (b"a", b"z"):
            with os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=here), "wb") as file:
                file.write(b"%d" % level)
        os.mkdir("folder" * 7, dir_fd=here)
        below = os.open("folder" * 7, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    yield tmp_path
    # `shutil.rmtree` recurses too deep.
    subprocess.run(["rm", "-rf", tmp_path / ("folder" * 7)], check=True)  # noqa: S603, S607


def _looked_up(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the system is asked to look up from now on: bytes of each name."""
    asked: list[int] = []

    def told(whole: Any) -> Any:
        def call(name: Any, *rest: Any, **more: Any) -> Any:
            if not isinstance(name, int):
                asked.append(len(os.fsencode(name)))
            return whole(name, *rest, **more)

        return call

    for name in ("open", "stat"):
        replaced = told(getattr(os, name))
        monkeypatch.setattr(os, name, replaced)
        monkeypatch.setattr(os, "supports_dir_fd", os.supports_dir_fd | {replaced})
    return asked


def test_no_path_is_looked_up_whole_by_a_walk_or_by_a_worker(
    comb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _looked_up(monkeypatch)
    found = list(Folder(comb))
    assert len({each.identity for each in found}) == len(found) == 3000
    # Each name once to be asked about, and each folder once more to be opened and to go back to.
    assert sum(asked) < 3000 * 10 + 1500 * 100
    asked.clear()
    monkeypatch.setattr(access, "_KEPT", access._Kept())
    access.keep_folders_open()
    for each in found:
        with open_evidence(each.path) as file:
            assert each.identity is not None
            stamp = access.stamp_of(file)
            assert stamp is not None
            assert stamp.inode == each.identity.inode
    # Twice each name, and the way from the last folder that is kept open: 3,000 bytes at most.
    assert sum(asked) / len(found) < access._STEP + 100


def test_a_tree_that_moves_during_the_walk_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    inner = tmp_path / "evidence" / "a"
    deep = inner.joinpath(*["d"] * 30)
    deep.mkdir(parents=True)
    for folder in (deep, inner, inner.parent):
        (folder / "z").write_bytes(b"x")
    walk = iter(Folder(inner.parent))
    first = next(walk)
    assert first.path == str(deep / "z")
    inner.rename(tmp_path / "elsewhere")
    (inner.joinpath(*["d"] * 30)).mkdir(parents=True)
    rest = list(walk)
    # Neither is the other tree at that place taken for this one, nor is anything left out.
    assert [each.within for each in rest] == ["a/z", "z"]
    assert [each.problem and each.problem.reason for each in rest] == [None, None]
    assert rest[0].identity is not None
    assert rest[0].identity.inode == (tmp_path / "elsewhere" / "z").stat().st_ino


def test_a_name_of_255_bytes_is_read(tmp_path: Path) -> None:
    name = "é" * 127 + "x"
    (tmp_path / name).write_bytes(b"abc")
    (found,) = Folder(tmp_path)
    assert hash_item(found.path).size == 3


def test_nothing_but_regular_files_is_opened(tmp_path: Path) -> None:
    unix.os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(UnreadableError, match="special-file"):
            open_evidence(path)


@pytest.mark.skipif(not access._LEAVE_ACCESS_TIME, reason="this system always writes it")
def test_the_access_time_is_left_alone_where_that_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    os.utime(path, (1000, 2000))
    with open_evidence(path) as file:
        assert file.read() == b"abc"
    assert path.stat().st_atime == 1000

    opened = os.open
    flags: list[int] = []

    def not_the_owner(name: str, how: int, **more: Any) -> int:
        flags.append(how & access._LEAVE_ACCESS_TIME)
        if flags[-1]:
            raise PermissionError(1, "Operation not permitted")
        return opened(name, how, **more)

    monkeypatch.setattr(os, "open", not_the_owner)
    with open_evidence(path) as file:
        assert file.read() == b"abc"
    assert flags == [access._LEAVE_ACCESS_TIME, 0]
