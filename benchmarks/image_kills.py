"""A scan of a large disk image that is killed again and again, against one that nobody interrupts.

An ext4 volume with thousands of files, among them pictures and archives, is scanned to its end.
Further scans of it are killed with all their processes at random moments and resumed until they
are done. Every row on record is compared, and what became of the volumes.

    python -m benchmarks.image_kills --files 20000 --mebibytes 1600 --kills 10
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import hashmatch as hm
from hashmatch.model import VolumeFacts
from tests.support.archives import tool, zipped
from tests.support.kill_members import Members, killed_members
from tests.support.photos import encoded, variants
from tests.support.scan_process import Scan, recorded, sound, summary_of

_MEBIBYTE = 1 << 20
_PICTURES = 50
_PICTURE_EVERY, _ARCHIVE_EVERY = 50, 200
_PER_FOLDER = 250
_POOL = 16 * _MEBIBYTE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--mebibytes", type=int, default=1600, help="of the image")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where everything is made")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        place = Path(name)
        _make(place, asked.files, asked.mebibytes * _MEBIBYTE)
        ground = _whole(place, asked.files)
        print(
            f"{asked.mebibytes:,} MiB, {ground.count:,} items in {ground.seconds:.0f} s without "
            "interruption",
            flush=True,
        )
        begun = time.monotonic()
        chance = Random(asked.seed)  # noqa: S311 (moments, not secrets)
        outcome = killed_members(ground, place, chance, asked.kills)
        expected = _volumes(place / "whole.db")
        others = [_volumes(each) for each in sorted(place.glob("[0-9]*.db"))]
        unlike = [f"volumes differ: {each}, {expected}" for each in others if each != expected]
        wrong = [*outcome.wrong, *unlike]
        print(
            f"{outcome.count} kills, {outcome.amid} amid the image, in "
            f"{time.monotonic() - begun:.0f} s; {len(wrong)} wrong",
            *wrong[:100],
            sep="\n",
        )
    return min(len(wrong), 1)


def _make(place: Path, files: int, size: int) -> None:
    """Write the image, of which three quarters are files, and a hash list."""
    chance = Random(3)  # noqa: S311 (files, not secrets)
    pool = chance.randbytes(_POOL)
    pictures = [
        encoded(each.resize((96, 96)), "JPEG")
        for each in variants(_PICTURES, smallest=96, largest=200)
    ]
    (place / "known.csv").write_text(f"id,pdq\nx,{hm.hash_image(pictures[0]).hash.hex}\n")
    tree, mean = place / "tree", size * 3 // 4 // files
    for number in range(files):
        folder = tree / f"{number // _PER_FOLDER:03}"
        folder.mkdir(parents=True, exist_ok=True)
        start, length = chance.randrange(_POOL // 2), chance.randrange(mean // 2, mean * 3 // 2)
        data = b"%d " % number + pool[start : start + length]
        if number % _ARCHIVE_EVERY == 1:
            members = [(f"{n}.txt", b"%d %d" % (number, n)) for n in range(9)]
            data = zipped([*members, ("p.jpg", chance.choice(pictures))])
        elif number % _PICTURE_EVERY == 0:
            data = chance.choice(pictures)
        (folder / f"{number:05}").write_bytes(data)
    (place / "evidence").mkdir()
    image = place / "evidence" / "disk.img"
    with image.open("wb") as file:
        file.truncate(size)
    command = [tool("mkfs.ext4"), "-q", "-F", "-m", "0", "-d", str(tree), str(image)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 (a tool of the system)
    shutil.rmtree(tree)


def _whole(place: Path, files: int) -> Members:
    """All that a scan without interruption records.

    Raises:
        AssertionError: it is not sound, or files are missing.
    """
    evidence, known = place / "evidence", place / "known.csv"
    scan = Scan(evidence, known, place / "whole.db", ("--workers", "2"))
    begun = time.monotonic()
    code, said = scan.run()
    seconds = time.monotonic() - begun
    wrong, count = sound(scan.db), summary_of(scan.db)["items"]
    if code not in (0, 4) or wrong or count < files:
        msg = f"without interruption: exit code {code}, {count} items, {wrong}{said}"
        raise AssertionError(msg)
    return Members(evidence, known, count, recorded(scan.db), seconds)


def _volumes(database: Path) -> list[VolumeFacts]:
    with hm.Database.open(database, read_only=True) as opened:
        return [each for source in opened.case("1").sources for each in source.volumes]


if __name__ == "__main__":
    sys.exit(main())
