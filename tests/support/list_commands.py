"""The command line, for tests of its commands on lists."""

import subprocess
from pathlib import Path

import pytest

import hashmatch as hm
from tests.support import program
from tests.support.photos import encoded, photo


def run(
    *words: str | Path, given: str | None = None, index: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {"HASHMATCH_INDEX": str(index)} if index else {}
    return program.run(*words, given=given, variables={"PATH": "", **environment})


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    folder = tmp_path / "originals"
    folder.mkdir()
    for name in ("coffee", "chelsea", "rocket"):
        (folder / f"{name}.png").write_bytes(encoded(photo(name), "PNG"))
    return folder


@pytest.fixture
def known(originals: Path, tmp_path: Path) -> Path:
    path = tmp_path / "known.csv"
    rows = [
        f"{each.stem},{hm.hash_image(each).hash.hex},VIC_US,{number}"
        for number, each in enumerate(sorted(originals.iterdir()), 1)
    ]
    path.write_text("\n".join(["id,pdq,scheme,category", *rows, "bad,ff,VIC_US,1"]) + "\n")
    return path


@pytest.fixture
def index(known: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "lab.index"
    assert run("lists", "import", known, "--index", folder).returncode == 4
    return folder
