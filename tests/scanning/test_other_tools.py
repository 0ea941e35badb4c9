"""What other programs find in archives and documents is what is found here."""

import hashlib
import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hashmatch.sources.inside.expanding import expand
from tests.support.archives import tool
from tests.support.container_tree import Kind, make_tree
from tests.support.evidence_archives import PASSWORD

_MINUTE = 60


def _run(folder: Path, *command: str) -> bytes:
    path = tool(command[0])
    done = subprocess.run(  # noqa: S603
        [path, *command[1:]], cwd=folder, capture_output=True, check=False, timeout=_MINUTE
    )
    return done.stdout


def _seven(file: Path, folder: Path) -> None:
    _run(folder, "7zz", "x", "-y", f"-p{PASSWORD}", "-aou", str(file))


def _unar(file: Path, folder: Path) -> None:
    _run(folder, "unar", "-q", "-r", "-D", "-k", "skip", str(file))


def _bsdtar(file: Path, folder: Path) -> None:
    _run(folder, "bsdtar", "-xf", str(file))


def _cabextract(file: Path, folder: Path) -> None:
    _run(folder, "cabextract", "-q", str(file))


def _pdfimages(file: Path, folder: Path) -> None:
    for options in ((), ("-upw", PASSWORD)):
        _run(folder, "pdfimages", "-all", *options, str(file), "x")


def _sqlite(file: Path, folder: Path) -> None:
    rows = _run(folder, "sqlite3", str(file), "SELECT hex(thumbnail) FROM messages")
    for number, row in enumerate(rows.split()):
        (folder / str(number)).write_bytes(bytes.fromhex(row.decode()))


def _munpack(file: Path, folder: Path) -> None:
    _run(folder, "munpack", "-q", str(file))


_TOOLS: dict[str, tuple[Callable[[Path, Path], None], tuple[str, ...]]] = {
    "7zz": (
        _seven,
        (
            *("zip stored", "zip deflated", "zip bzip2", "zip lzma", "zip streamed", "tar pax"),
            *("zip with a password", "zip with an old password", "7z with a password"),
            *("7z solid", "cpio", "Word document", "presentation", "workbook"),
            *("OpenDocument", "EPUB", "Android package", "cab by another tool"),
        ),
    ),
    "unar": (_unar, ("rar5", "rar4", "zip bzip2", "7z solid")),
    "bsdtar": (_bsdtar, ("tar pax", "tar.gz", "tar.bz2", "tar.xz", "cpio", "ar", "zip streamed")),
    "cabextract": (_cabextract, ("cab by another tool",)),
    "pdfimages": (_pdfimages, ("PDF", "PDF with an empty password", "PDF with a password")),
    "sqlite3": (_sqlite, ("SQLite",)),
    "munpack": (_munpack, ("mail", "saved page")),
}
_CASES = [(name, kind) for name, (_, kinds) in _TOOLS.items() for kind in kinds]
_ATTACHED = 1
"""Pictures of a PDF document that are attached, which `pdfimages` does not look for."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kind]:
    return {kind.name: kind for kind in make_tree(tmp_path_factory.mktemp("tree"))}


@pytest.mark.parametrize(("name", "kind"), _CASES)
def test_another_program_finds_the_same(
    tree: dict[str, Kind], name: str, kind: str, tmp_path: Path
) -> None:
    tool(name)
    if kind not in tree:
        pytest.skip("it cannot be made here")
    (file,) = tree[kind].files
    _TOOLS[name][0](file, tmp_path)
    theirs = {_sha256(path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()}
    ours = set()
    for each in expand(io.BytesIO(file.read_bytes()), passwords=(PASSWORD,)):
        if each.file is not None:
            each.file.seek(0)
            ours.add(_sha256(each.file.read()))
    pictures = set(tree[kind].sha256)
    assert pictures <= ours
    missing = len(pictures - theirs)
    assert missing == (_ATTACHED if name == "pdfimages" else 0), "the other program found fewer"
    if name not in ("sqlite3", "munpack"):
        assert theirs <= ours


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
