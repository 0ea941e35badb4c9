"""What a whole scan takes beyond reading, digesting and hashing its files.

    python -m benchmarks.overhead make work --photos ../photos/imagenet
    python -m benchmarks.overhead compare work --rounds 3 --before ../before/src

Files are mixed: of 20, 15 are JPEG of 0.05 to 0.6 megapixels in all sizes (one of them
progressive), 2 PNG, 1 WebP, 1 a copy of another and 1 no picture. `bare` reads, digests and hashes
each as a scan does, in one process that does nothing else. `scan` matches them with a million
hashes and puts them on record, with two locked-down workers. Processor time counts, of all
processes.
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

import hashmatch as hm
from benchmarks import unix
from benchmarks.parent import KNOWN_ONE_IN, listed
from hashmatch.hashing.items import hash_item
from hashmatch.sources.folder import Folder

_KINDS = ("jpeg",) * 14 + ("progressive", "png", "png", "webp", "copy", "junk")
_LEAST, _MOST = 50_000, 600_000
_PHOTOS = 300
_FOLDER, _PART = "evidence", "evidence/000"
_MS = 1000


def make(work: Path, photos: Path, files: int, known: int) -> None:
    """The files, and an index on which one in 20 pictures is."""
    luck = np.random.default_rng(20)
    opened = [_opened(each) for each in sorted(photos.rglob("*.[jJ][pP]*[gG]"))[:_PHOTOS]]
    last = b""
    for number in range(files):
        kind = _KINDS[number % len(_KINDS)]
        if kind == "junk":
            data = luck.bytes(int(luck.integers(1000, 200_000)))
        else:
            data = last = last if kind == "copy" else _picture(luck, opened, kind)
        ending = {"progressive": "jpeg", "copy": "webp", "junk": "dat"}.get(kind, kind)
        path = work / _FOLDER / f"{number // 1000:03d}" / f"{number:07d}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    some = [*Folder(work / _FOLDER)][::KNOWN_ONE_IN]
    media = [media for each in some if (media := hash_item(each.path).media) is not None]
    listed(work / "index", hm.Hash.pack([each.hash for each in media]), known)


def _opened(photo: Path) -> Image.Image:
    with Image.open(photo) as image:
        return image.convert("RGB")


def _picture(luck: np.random.Generator, photos: Sequence[Image.Image], kind: str) -> bytes:
    """A photo cut and shrunk to some size."""
    photo = photos[int(luck.integers(len(photos)))]
    share = luck.uniform(0.7, 1.0)
    width, height = (max(round(side * share), 1) for side in photo.size)
    left, top = (
        int(luck.integers(a - b + 1)) for a, b in zip(photo.size, (width, height), strict=True)
    )
    scale = (luck.integers(_LEAST, _MOST) / (width * height)) ** 0.5
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    image = photo.resize(size, box=(left, top, left + width, top + height))
    out = io.BytesIO()
    if kind in {"jpeg", "progressive"}:
        image.save(out, "jpeg", quality=int(luck.choice((75, 85, 92))), progressive=kind != "jpeg")
    elif kind == "webp":
        image.save(out, kind, method=2)
    else:
        image.save(out, kind, compress_level=3)
    return out.getvalue()


def run(work: Path, what: str) -> None:
    """Do it once with a part of the files, and once with all; print seconds and files of both.

    Seconds are of all processes, and of the parent alone.
    """
    hm.keep_memory()
    work = work.resolve()
    found = []
    with hm.Matcher(hm.Index(work / "index")) as matcher:
        for folder in (_PART, _PART, _FOLDER):
            begun = _spent()
            if what == "bare":
                options = matcher.hash_options
                count = len([hash_item(each.path, options).size for each in Folder(work / folder)])
            else:
                for each in work.glob("overhead.sightings*"):
                    each.unlink()
                db = work / "overhead.sightings"
                count = hm.scan(work / folder, against=matcher, workers=2, db=db, case="1").items
            ours, all_of_it = (now - then for now, then in zip(_spent(), begun, strict=True))
            found.append((all_of_it, ours, count))
    print(json.dumps(found[1:]))


def _spent() -> tuple[float, float]:
    """Seconds of processor time of this process, and with those that it started and that ended."""
    everybody = unix.resource.RUSAGE_SELF, unix.resource.RUSAGE_CHILDREN
    used = [unix.resource.getrusage(who) for who in everybody]
    ours, others = (float(each.ru_utime + each.ru_stime) for each in used)
    return ours, ours + others


def compare(work: Path, before: Path | None, rounds: int, most: int) -> None:
    """Each in turns, and how much more a scan takes than bare hashing by the same version.

    A scan of many files is computed from what each further file takes, and what every scan does.
    """
    versions = {"now": Path(__file__).parents[1] / "src"}
    if before is not None:
        versions = {"before": before, **versions}
    spent: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for _ in range(rounds):
        for name, src in versions.items():
            for what in ("bare", "scan"):
                told = {**os.environ, "PYTHONPATH": str(src.resolve()), "OPENBLAS_NUM_THREADS": "1"}
                command = [sys.executable, "-m", "benchmarks.overhead", what, str(work)]
                said = subprocess.run(command, env=told, check=True, capture_output=True, text=True)  # noqa: S603
                (part, first, few), (whole, last, count) = json.loads(said.stdout.splitlines()[-1])
                each, ours = (whole - part) / (count - few), (last - first) / (count - few)
                spent.setdefault((name, what), []).append((each, part - few * each, ours))
    for name in versions:
        pairs = [*zip(spent[name, "bare"], spent[name, "scan"], strict=True)]
        each = statistics.median(scan[0] / bare[0] - 1 for bare, scan in pairs)
        all_of_it = statistics.median(
            (scan[0] + scan[1] / most) / bare[0] - 1 for bare, scan in pairs
        )
        bare, scan = (statistics.median(pair[at][0] for pair in pairs) * _MS for at in range(2))
        once, ours = (statistics.median(scan[at] for _, scan in pairs) for at in (1, 2))
        print(
            f"{name:7} bare {bare:.3f} ms a file, scan {scan:.3f} ms, {ours * _MS:.3f} of them in "
            f"the parent, and {once:.1f} s once: "
            f"{each:.0%} more for each file, {all_of_it:.0%} for {most:,} files"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["make", "bare", "scan", "compare"])
    parser.add_argument("work", type=Path)
    parser.add_argument("--photos", type=Path, help="a folder of photographs in JPEG")
    parser.add_argument("--files", type=int, default=20_000, help="made, and told of")
    parser.add_argument("--known", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", type=Path, help="the folder src of another version")
    given = parser.parse_args()
    if given.what == "make":
        make(given.work, given.photos, given.files, given.known)
    elif given.what == "compare":
        compare(given.work, given.before, given.rounds, given.files)
    else:
        run(given.work, given.what)


if __name__ == "__main__":
    main()
