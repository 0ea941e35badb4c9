import os
import sys
from pathlib import Path

import pytest

from hashmatch.errors import Reason, SourceError
from hashmatch.model import Unreadable
from hashmatch.sources import access
from hashmatch.sources.folder import Folder, _utc
from tests.support import unix


def test_every_file_once_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a", "c/d/e", "B"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 3)
    found = list(Folder(tmp_path))
    assert [os.path.relpath(f.path, tmp_path) for f in found] == ["B", "a", "b/1", "b/2", "c/d/e"]
    assert {f.size for f in found} == {3}
    assert list(Folder(tmp_path)) == found


def test_links_and_special_files_are_reported_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "loop").symlink_to(tmp_path)
    unix.os.mkfifo(tmp_path / "pipe")
    problems = {Path(f.path).name: f.problem and f.problem.reason for f in Folder(tmp_path)}
    assert problems == {
        "link": Reason.SYMBOLIC_LINK,
        "loop": Reason.SYMBOLIC_LINK,
        "pipe": Reason.SPECIAL_FILE,
        "real": None,
    }


def test_a_name_that_is_no_text_is_kept(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff\xfe.jpg"
    with open(name, "wb"):  # noqa: PTH123 (a name that is no text)
        pass
    (found,) = Folder(tmp_path)
    assert os.fsencode(found.path) == name


def test_a_single_file_is_a_source(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"abc")
    (found,) = Folder(tmp_path / "one")
    assert found.size == 3


def test_nothing_there_is_an_error() -> None:
    with pytest.raises(SourceError, match="nowhere"):
        Folder("nowhere")


def test_a_folder_deeper_than_python_recurses(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(1100):
        deep /= "d"
        deep.mkdir()
    (deep / "end").write_bytes(b"x")
    try:
        assert len(list(Folder(tmp_path))) == 1
    finally:
        for path in (deep, *deep.parents[:1100]):
            for file in path.glob("end"):
                file.unlink()
            if path != tmp_path:
                path.rmdir()


@pytest.mark.skipif(sys.platform == "win32", reason="times and identities of POSIX")
def test_times_are_told_by_kind_and_exactly(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    os.utime(path, ns=(1_000_000_000_123_456_789, -1))
    (found,) = Folder(tmp_path)
    assert found.times["accessed"] == "2001-09-09T01:46:40.123456789Z"
    assert found.times["modified"] == "1969-12-31T23:59:59.999999999Z"
    assert found.times["changed"].startswith("2")
    assert found.times["changed"].endswith("Z")


def test_a_time_that_no_calendar_knows_is_left_out() -> None:
    assert _utc(10**30) == _utc(-(10**30)) == ""
    assert _utc(0) == "1970-01-01T00:00:00.000000000Z"
    assert _utc(-62_135_596_800 * 10**9) == "0001-01-01T00:00:00.000000000Z"


@pytest.mark.skipif(sys.platform == "win32", reason="times and identities of POSIX")
def test_hard_links_are_one_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    (tmp_path / "c").write_bytes(b"x")
    a, b, c = Folder(tmp_path)
    assert a.identity is not None
    assert c.identity is not None
    assert a.identity == b.identity != c.identity
    assert (a.identity.links, c.identity.links) == (2, 1)


def test_a_folder_that_cannot_be_read_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    scandir = os.scandir

    def closed(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    folder, file = Folder(tmp_path)
    assert folder.problem == Unreadable(Reason.IO_ERROR, "Permission denied")
    assert file.problem is None


def test_it_says_where_everything_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path)
    assert Folder("link").roots == (os.path.realpath(tmp_path / "real"),)


@pytest.mark.skipif(not access._LEAVE_ACCESS_TIME, reason="this system always writes it")
def test_the_access_times_of_folders_are_left_alone(tmp_path: Path) -> None:
    for folder in (tmp_path / "x", tmp_path / "x" / "y"):
        folder.mkdir()
        (folder / "a").write_bytes(b"")
    folders = (tmp_path / "x" / "y", tmp_path / "x", tmp_path)
    for folder in folders:
        # Older than the last change: such a time is written even where reading rarely writes one.
        os.utime(folder, (1000, 2000))
    assert len(list(Folder(tmp_path))) == 2
    assert [folder.stat().st_atime for folder in folders] == [1000] * 3
