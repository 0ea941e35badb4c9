"""Holes of files: looked up while the files are read, and closed and opened again meanwhile."""

from pathlib import Path

import pytest

from hashmatch.sources.diskimage.files import FileBytes, Handles
from hashmatch.sources.diskimage.reading import FromFile

_SIZE = 4 << 20


def _sparse(path: Path, mark: bytes) -> Path:
    """A file of which every other 256 KiB are stored."""
    with path.open("wb") as file:
        file.truncate(_SIZE)
        for at in range(0, _SIZE, 512 << 10):
            file.seek(at)
            file.write(mark * (256 << 10))
    return path


def _holes(source: FromFile | FileBytes) -> list[tuple[int, int]]:
    found = list(source.holes())
    if not found:
        pytest.skip("the file system does not tell holes")
    return found


def test_a_file_is_read_right_while_its_holes_are_looked_up(tmp_path: Path) -> None:
    path = _sparse(tmp_path / "a", b"a")
    expected = path.read_bytes()
    with path.open("rb") as file:
        source = FromFile(file, "a")
        wanted = _holes(source)
        assert source.pread(0, 100) == expected[:100]
        found = []
        for number, span in enumerate(source.holes()):
            found.append(span)
            start = number * 50
            assert source.pread(start, 400_000) == expected[start : start + 400_000]
        assert found == wanted


def test_holes_are_those_of_the_file_though_it_is_closed_for_others(tmp_path: Path) -> None:
    handles = Handles(most=1)
    path = _sparse(tmp_path / "a", b"a")
    other = tmp_path / "b"
    other.write_bytes(b"b" * _SIZE)
    source = FileBytes(str(path), handles)
    wanted = _holes(source)
    found = []
    for span in source.holes():
        found.append(span)
        # Takes the only place, and so the number of the descriptor.
        assert FileBytes(str(other), handles).pread(0, 1) == b"b"
    handles.close()
    assert found == wanted
