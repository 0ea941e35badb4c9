"""Extensions of each kind by other packages, found by their entry points."""

import json
import lzma
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from hashmatch.testing import check_hasher, check_list_format, check_report
from tests.support.case_records import example

HASHER = '''
import numpy as np
from hashmatch.model import Hash, Reading
from hashmatch.model.orientation import Orientation


class Blocks:
    """Which of 64 blocks are brighter than the mean of all."""

    algorithm, bits, distance = "blocks-64", 64, "hamming"
    threshold, minimum_quality, needs_rgb = 4, 0, False
    source = "a guess of ours"

    def hash(self, raster, *, orientations=(Orientation.UPRIGHT,)):
        luma = raster.orientation.apply(np.asarray(raster.luma, np.float64))
        return [Reading(Hash("blocks-64", self._code(turn.apply(luma))), 100, turn)
                for turn in orientations]

    def _code(self, luma):
        places = [np.arange(9) * side // 8 for side in luma.shape]
        rows = [slice(a, max(b, a + 1)) for a, b in zip(places[0], places[0][1:])]
        columns = [slice(a, max(b, a + 1)) for a, b in zip(places[1], places[1][1:])]
        means = np.array([[luma[row, column].mean() for column in columns] for row in rows])
        return np.packbits(means.round() > np.median(means.round())).tobytes()
'''

LIST = '''
from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import Quarantined
from hashmatch.model import Entry, Hash, KnownHash


class Mine:
    """A line a hash, behind a line that says so."""

    title, keyed = "hashes of our own", False

    def detect(self, head):
        return head.startswith(b"#MINE")

    def read(self, file):
        for number, line in file.lines():
            if number == 1:
                continue
            name, _, digits = line.partition(" ")
            try:
                found = KnownHash(Hash.fromhex("blocks-64", digits))
            except HashFormatError:
                yield Quarantined(number, "not a hash")
                continue
            yield Entry(id=name or str(number), number=number, hashes=(found,))
'''

SOURCE = '''
import io
import os
from hashmatch.model.confidence import Confidence
from hashmatch.sources.base import Found


class Bundle:
    """A file that holds others, each behind its name and its compressed size."""

    kind = "bundle"

    def __init__(self, path):
        self.roots = (os.path.realpath(path),)

    @staticmethod
    def detect(path, head, /):
        return Confidence.MAGIC if head.startswith(b"#BUNDLE") else Confidence.NONE

    @staticmethod
    def warm_up():
        import lzma  # nothing is loaded where a worker is locked down

    def __iter__(self):
        with open(self.roots[0], "rb") as file:
            file.readline()
            while head := file.readline():
                name, size = head.decode().split()
                locator = f"{self.roots[0]}!{name}"
                yield Found(self.roots[0], locator, within=name, address=(file.tell(), int(size)))
                file.seek(int(size), os.SEEK_CUR)

    def open(self, found, /):
        import lzma
        start, size = found.address
        with open(found.path, "rb") as file:
            file.seek(start)
            return io.BytesIO(lzma.decompress(file.read(size)))
'''

REPORT = '''
from collections import Counter


class Digests:
    """A line for each file with a match."""

    suffix, is_stream = ".txt", True

    def write(self, database, case, out, *, writing):
        for each in database.sightings(case):
            out.write(f"{each.item.digests.sha256} {each.match.algorithm}\\n")
        return Counter()
'''

TRANSFORMS = """
def alterations():
    return {"upside-down": lambda picture, chance, others: picture.rotate(180)}
"""

KINDS = {
    "hashers": ("blocks-64", "blocks:Blocks", HASHER),
    "lists": ("mine", "mine:Mine", LIST),
    "sources": ("bundle", "bundle:Bundle", SOURCE),
    "reports": ("digests", "digests_report:Digests", REPORT),
    "transforms": ("lab", "lab_alterations:alterations", TRANSFORMS),
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all packages installed in `site`, and two photographs."""
    folder = tmp_path_factory.mktemp("lab")
    site = folder / "site"
    for kind, (name, home, code) in KINDS.items():
        module = home.partition(":")[0]
        info = site / f"their_{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: their-{module}\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[hashmatch.{kind}]\n{name} = {home}\n")
        (site / f"{module}.py").write_text(code)
    for number in range(2):
        noise = np.random.default_rng(number).integers(0, 256, (16, 16), np.uint8)
        picture = Image.fromarray(noise).resize((200, 160), Image.Resampling.BICUBIC)
        picture.save(folder / f"{number}.png")
    return folder


def run(lab: Path, *arguments: str) -> str:
    return python(lab, "-m", "hashmatch", *arguments)


def python(lab: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, *arguments],
        cwd=lab,
        env={**os.environ, "PYTHONPATH": str(lab / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def bundle(path: Path, *files: Path) -> None:
    with path.open("wb") as out:
        out.write(b"#BUNDLE\n")
        for each in files:
            data = lzma.compress(each.read_bytes())
            out.write(f"{each.name} {len(data)}\n".encode() + data)


def test_the_source_passes_its_check(lab: Path) -> None:
    bundle(lab / "checked.bundle", lab / "0.png", lab / "1.png")
    code = (
        "from hashmatch import open_source; from hashmatch.testing import check_source; "
        "source = open_source('checked.bundle'); check_source(source); print(source.kind)"
    )
    assert python(lab, "-c", code).strip() == "bundle"


def test_all_four_work_together(lab: Path) -> None:
    hashed = json.loads(
        run(lab, "hash", "--algorithm", "blocks-64", "--json", "1.png").splitlines()[0]
    )
    digits = hashed["hash"].removeprefix("blocks-64:")
    (lab / "known.mine").write_text(f"#MINE\nfirst {digits}\n")
    bundle(lab / "all.bundle", lab / "0.png", lab / "1.png")
    assert "first" in run(lab, "match", "1.png", "--against", "known.mine")
    database = ("--db", "lab.sightings", "--case", "1")
    told = run(lab, "scan", "all.bundle", "--against", "known.mine", *database)
    assert "all.bundle!1.png" in told
    assert "0.png" not in told
    assert "1.png" in run(lab, "match", "all.bundle", "--against", "known.mine")
    (line,) = run(lab, "report", *database, "--format", "digests").splitlines()
    assert line == f"{hashed['sha256']} blocks-64"


def test_alterations_of_others_are_measured(lab: Path) -> None:
    assert "upside-down" in run(lab, "bench", "transforms")
    for number in range(2, 5):
        noise = np.random.default_rng(number).integers(0, 256, (16, 16), np.uint8)
        picture = Image.fromarray(noise).resize((200, 160), Image.Resampling.BICUBIC)
        picture.save(lab / f"{number}.png")
    told = run(
        lab,
        *("bench", "recall", *(f"{number}.png" for number in range(5))),
        *("--group", "lab", "--known", "2", "--threshold", "31"),
    )
    (line,) = (each for each in told.splitlines() if each.startswith("  lab/upside-down"))
    assert line.split()[1:3] == ["2", "100.0"]


CHECKS: dict[str, Callable[[Any], None]] = {
    "hashers": check_hasher,
    "lists": lambda made: check_list_format(made, b"#MINE\nfirst 0123456789abcdef\n"),
    "reports": lambda made: check_report(made, example(), "2026-0417"),
}
"""That of sources needs a file of theirs, see above."""


@pytest.mark.parametrize("kind", CHECKS)
def test_they_pass_the_checks(kind: str) -> None:
    _, home, code = KINDS[kind]
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 (written above)
    CHECKS[kind](names[home.partition(":")[2]]())
