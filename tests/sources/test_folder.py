import os
from pathlib import Path

import pytest

from hashmatch.errors import Reason, SourceError
from hashmatch.sources.folder import Folder


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
    os.mkfifo(tmp_path / "pipe")
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
