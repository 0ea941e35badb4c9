"""The sources pass the check, and broken ones do not."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from hashmatch.sources.base import Found
from hashmatch.sources.excluding import Excluding
from hashmatch.sources.folder import Folder
from hashmatch.testing import check_source


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    for name in ("a/1.jpg", "a/b/2.jpg", "c.txt"):
        path = tmp_path / "evidence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path / "evidence"


def test_ours_pass(evidence: Path) -> None:
    check_source(Folder(evidence))
    check_source(Folder(evidence / "c.txt"))
    check_source(Excluding(Folder(evidence), ["*.txt"]))


class Shuffled(Folder):
    chance = random.Random(1)

    def __iter__(self) -> Iterator[Found]:
        files = list(super().__iter__())
        self.chance.shuffle(files)
        yield from files


class Twice(Folder):
    def __iter__(self) -> Iterator[Found]:
        yield from super().__iter__()
        yield from super().__iter__()


class Missing(Folder):
    def __iter__(self) -> Iterator[Found]:
        yield from super().__iter__()
        yield Found(self.roots[0] + "/not-there", "not-there", within="not-there")


class Writing(Folder):
    def __iter__(self) -> Iterator[Found]:
        for found in super().__iter__():
            yield found
            os.utime(found.path, (0, 0))


@pytest.mark.parametrize("broken", [Shuffled, Twice, Missing, Writing])
def test_a_broken_source_is_refused(broken: type[Folder], evidence: Path) -> None:
    with pytest.raises(AssertionError):
        check_source(broken(evidence))


def test_files_outside_of_the_roots_are_refused(evidence: Path) -> None:
    files = list(Folder(evidence))

    class Told(list[Found]):
        roots = (str(evidence / "a"),)

    with pytest.raises(AssertionError, match="below the roots"):
        check_source(Told(files))
