"""Examples of the documentation, and a laboratory in a folder in which they are run."""

import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import py7zr

import hashmatch as hm
from hashmatch import demo
from hashmatch.hashlists.base import About
from hashmatch.model import KnownHash

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted(
    str(page.relative_to(ROOT))
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    if page.name != "CHANGELOG.md"
)
CASE: Final = "2026-0417"
_KEPT: Final = ("LANG", "COVERAGE_PROCESS_START", "OPENBLAS_NUM_THREADS", "OMP_WAIT_POLICY")
_PHASH: Final = "phash-64:a1b2c3d4e5f60718"
_FENCE: Final = re.compile(
    r"(?:<!-- (?P<mark>[^>]+) -->\n\n?)?^```(?P<language>[\w{}-]*)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_PLACES: Final = {
    "/evidence/": "evidence/",
    "/mnt/": "mnt/",
    "/var/cache/hashmatch": "cache",
}
"""Absolute paths of the examples, and the folders of the laboratory that stand for them."""


@dataclass(frozen=True)
class Example:
    """A block of code of a page.

    Attributes:
        page: the file.
        line: where it begins there.
        language: as the fence names it.
        code: what is between the fences.
        mark: the comment in front of it, as `not run: needs a token`.
    """

    page: str
    line: int
    language: str
    code: str
    mark: str


def examples(page: str) -> Iterator[Example]:
    """Every block of code of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start("code"))
        yield Example(page, line, found["language"], found["code"], found["mark"] or "")


def run_shell(
    example: Example, laboratory: Path, more: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a block as `bash` would, ended by the first command that fails."""
    code = in_laboratory(example.code, laboratory)
    if "hashmatch audit key" in code:  # which replaces no key
        for key in (laboratory / "mnt/safe").glob("lab.key*"):
            key.unlink()
    if example.mark == "interrupted":
        code = interrupted(code, laboratory)
    return subprocess.run(  # noqa: S603 (the documentation's own)
        ["/bin/bash", "-euo", "pipefail", "-c", code],
        cwd=laboratory,
        env=environment(laboratory) | dict(more or {}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def in_laboratory(code: str, laboratory: Path) -> str:
    """An example with the laboratory's folders and values in place of those that it shows."""
    for shown, meant in placeholders(laboratory).items():
        code = code.replace(shown, meant)
    for path, stand_in in _PLACES.items():
        code = re.sub(rf"(?<![\w.]){path}", stand_in, code)
    return code


def environment(laboratory: Path) -> dict[str, str]:
    """That of a user of the laboratory; searches that were compiled before are found."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(laboratory),
        "XDG_CACHE_HOME": cache,
        "HASHMATCH_SIGNING_PASSPHRASE": "correct horse",
    }


def interrupted(code: str, laboratory: Path) -> str:
    """A scan that Ctrl-C ends once it has counted its files; there are too many to be done then."""
    command = code.strip().replace("\\\n", " ")
    folder = laboratory / command.split()[2]
    photo = next(folder.rglob("*.jpg")).read_bytes()
    for number in range(60):
        (folder / f"COPY_{number:04}.jpg").write_bytes(photo + number.to_bytes(4, "big"))
    return f"""
        {command} 2> progress.txt &
        until grep -q ' files, ' progress.txt; do sleep 0.01; done
        kill -INT $!
        wait $! && code=0 || code=$?
        [ $code = 130 ] || {{ cat progress.txt >&2; exit 1; }}
    """


def placeholders(laboratory: Path) -> dict[str, str]:
    """What examples shorten, or make up, and what stands for it here."""
    known = hm.read_list(laboratory / "known.csv").entries[0]
    with hm.Database.open(laboratory / "lab.sightings", read_only=True) as database:
        head = database.head().sha256
    return {
        "pdq:f8f8…": str(known.hashes[0].hash),
        "phash-64:a1b2…": _PHASH,
        "3f1c…": head,
    }


def build(folder: Path) -> None:
    """A laboratory with evidence, hash lists, an index, and a case on record."""
    evidence, known, films = demo.make(folder / "drawn")
    for broken in ("system", "recovered"):
        shutil.rmtree(evidence / broken)
    for place in (
        "evidence/exhibit-7",
        "evidence/7",
        "mnt/laptop",
        "mnt/card",
        "DCIM",
        "originals",
    ):
        shutil.copytree(evidence / "DCIM", folder / place)
    for place in ("private", "holiday-photos"):
        (folder / place).mkdir()
        for path in sorted((evidence / "DCIM").glob("IMG_010*.jpg")):
            shutil.copy(path, folder / place)
    (folder / "mnt/safe").mkdir()
    shutil.copy(evidence / "DCIM/IMG_0002.jpg", folder / "photo.jpg")
    shutil.copy(evidence / "chat/forwarded.dat", folder / "holiday.mp4")
    _archives(folder / "evidence/7", folder)
    shutil.copy(known, folder / "known.csv")
    shutil.copy(films, folder / "films.jsonl")
    _lists(folder)
    _record(folder)
    shutil.rmtree(folder / "drawn")


def _archives(evidence: Path, folder: Path) -> None:
    """Archives with the members that examples name, and words that open one of them."""
    photo = (evidence / "IMG_0002.jpg").read_bytes()
    with zipfile.ZipFile(evidence / "a.zip", "w") as archive:
        for name in ("0.txt", "1.txt", "a.jpg", "b.jpg"):
            archive.writestr(name, photo if name.endswith(".jpg") else name)
    other = folder / "evidence/8"
    other.mkdir()
    with py7zr.SevenZipFile(other / "locked.7z", "w", password="opens") as locked:  # noqa: S106
        locked.writestr(photo, "c.jpg")
    (folder / "words.txt").write_text("secret\nopens\n", encoding="utf-8")


def _lists(folder: Path) -> None:
    """Hash lists in the formats and under the names that examples use."""
    known = hm.read_list(folder / "known.csv").entries
    films = hm.read_list(folder / "films.jsonl").entries
    logo = KnownHash(hm.Hash.parse(_PHASH))
    rows = [
        hm.Entry(
            id=str(4711 + number),
            digests=each.digests,
            hashes=(*each.hashes, logo),
            category="5",
            scheme="VIC_US",
        )
        for number, each in enumerate(known)
    ]
    hm.write_list(rows[:5], folder / "vic-us.json", format="vics", about=About("VIC"))
    hm.write_list(rows, folder / "vic-us-2.json", format="vics", about=About("VIC"))
    hm.write_list(films, folder / "vpdq.txt", format="vpdq", about=About("films"))
    digests = "".join(f"{each.digests.sha256}\n" for each in known)
    (folder / "local.txt").write_text(digests, encoding="utf-8")
    cells = "HASH,Cat\n" + "".join(f"{number:032x},7\n" for number in range(1, 4))
    (folder / "own.csv").write_text(cells, encoding="utf-8")
    plain = "".join(f"{number:032x}\n" for number in range(11, 14)).encode()
    for name in ("own.csv.gz", "list.csv.gz"):
        (folder / name).write_bytes(gzip.compress(b"md5\n" + plain))
    (folder / "uploads.tsv").write_text(f"1\t{known[0].digests.sha256}\n", encoding="utf-8")
    with sqlite3.connect(folder / "RDS.db") as nsrl:
        nsrl.executescript(
            "CREATE TABLE FILE(sha256, sha1, md5, file_name, file_size, package_id);"
            "CREATE TABLE PKG(package_id, name); CREATE TABLE VERSION(version, release_date);"
            f"INSERT INTO FILE VALUES('{7:064X}', '{7:040X}', '{7:032X}', 'a', 1, 1);"
        )
    nsrl.close()
    with hm.Index.edit(folder / "lab.index") as index:
        index.put(hm.read_list(folder / "vic-us.json", name="VIC"))
        index.put(hm.HashList.of("LOGOS", [hm.Entry(id="1", hashes=(*known[5].hashes, logo))]))
        index.put(hm.HashList.of("MINE", [hm.Entry(id="1", hashes=known[4].hashes)]))


def _record(folder: Path) -> None:
    """A case on record, with one exhibit that was scanned."""
    hm.scan(
        folder / "mnt/card",
        against=folder / "lab.index",
        db=folder / "lab.sightings",
        case=CASE,
        exhibit="card",
        workers=0,
    )
    for other in ("north", "south"):
        with hm.Database.open(folder / f"{other}.sightings") as database:
            database.record_exhibit(CASE, "phone-1", {"kind": "phone"}, by="A. Meier")
    shutil.copy(folder / "lab.sightings", folder / "all.sightings")
    safe = folder / "mnt/safe"
    for command in (
        f"audit key --out {safe}/lab.key --passphrase",
        f"audit sign --db lab.sightings --key {safe}/lab.key --head-log {safe}/heads.jsonl",
    ):
        subprocess.run(  # noqa: S603 (ours)
            [sys.executable, "-m", "hashmatch", *command.split()],
            cwd=folder,
            env=environment(folder),
            capture_output=True,
            check=True,
        )
    shutil.copy(safe / "lab.key.pub", folder)
