"""Items of a source found again by their locators."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from hashmatch.errors import Reason
from hashmatch.model import Locator, Place
from hashmatch.model.locator import File, FileObject, Member, Volume
from hashmatch.sources.base import Found
from hashmatch.sources.finding import Finder
from hashmatch.sources.folder import Folder

DISK = Locator((File("a.img"), Volume("gpt", 1, 512), FileObject("ntfs", 5, 128, 0, "/x.zip")))


class Disk:
    """A source whose files lie in an image."""

    kind, roots = "disk", ()

    def __init__(self) -> None:
        self.walks = 0

    def __iter__(self) -> Iterator[Found]:
        self.walks += 1
        yield Found("a.img", str(DISK), place=Place(locator=DISK, from_source=True))

    def open(self, found: Found, /) -> BinaryIO:
        raise AssertionError(found)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "root/sub").mkdir(parents=True)
    (tmp_path / "root/sub/a.zip").write_bytes(b"x" * 7)
    (tmp_path / "root/link").symlink_to("sub")
    (tmp_path / "outside").write_bytes(b"y")
    return tmp_path / "root"


def test_a_file_of_a_folder_is_what_the_folder_finds(folder: Path) -> None:
    for each in Folder(folder):
        assert Finder(Folder(folder)).find(each.where) == each
    single = folder / "sub/a.zip"
    (found,) = Folder(single)
    assert Finder(Folder(single)).find(found.where) == found
    assert Finder(Folder(single)).find(Locator((File("b.zip"),))) is None


def test_what_lies_in_a_file_is_found_by_its_steps(folder: Path) -> None:
    step = Member("zip", 3, "b.jpg")
    found = Finder(Folder(folder)).find(Locator((File("sub/a.zip"), step)), 99)
    assert found is not None
    assert (found.recorded, found.steps, found.size) == ("sub/a.zip!zip:3:b.jpg", (step,), 99)
    linked = Finder(Folder(folder)).find(Locator((File("link"), step)))
    assert linked is not None
    assert linked.problem is not None
    assert linked.problem.reason is Reason.SYMBOLIC_LINK


@pytest.mark.parametrize(
    "path", ["none", "sub", "../outside", "sub/../sub/a.zip", "", "/", "sub/a.zip/x", "link/a.zip"]
)
def test_nothing_outside_the_folder_or_behind_a_link_is_found(folder: Path, path: str) -> None:
    assert Finder(Folder(folder)).find(Locator((File(path),))) is None


def test_a_source_of_another_kind_is_walked_through_once() -> None:
    source = Disk()
    finder = Finder(source)
    inner = finder.find(DISK.inside(Member("zip", 0, "y")))
    assert inner is not None
    assert inner.container is not None
    assert inner.container.where == DISK
    assert inner.where == DISK.inside(Member("zip", 0, "y"))
    assert finder.find(DISK) == inner.container
    assert finder.find(Locator((File("b.img"),))) is None
    assert source.walks == 1
