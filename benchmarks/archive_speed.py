"""What archives cost: scans of the same pictures in a folder and in archives, by processor time.

    python -m benchmarks.archive_speed --pictures DIR [--count 800] [--rounds 3] [--before SRC]

Each round scans all of them in turn, with one worker; medians are compared. `--before` names the
folder `src` of an older version, which scans the folder too. Beside tar.gz stands what Python's own
`tarfile` takes to read it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path
from statistics import median

from benchmarks import unix

SRC = Path(__file__).parents[1] / "src"


def processor_seconds(src: Path, evidence: Path, known: Path, *options: str) -> float:
    """Of one scan, with all of its processes."""
    before = unix.resource.getrusage(unix.resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "hashmatch", "scan", str(evidence), "--against", str(known)]
    done = subprocess.run(  # noqa: S603 (our own program)
        [*command, "--workers", "1", *options],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(src)},
        cwd=known.parent,
    )
    if done.returncode:
        sys.exit(done.stderr.decode())
    after = unix.resource.getrusage(unix.resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return float(spent)


def made(pictures: list[Path], folder: Path) -> dict[str, Path]:
    """Folders with the pictures, plain and in archives of one kind each."""
    names = ("plain", "stored zip", "deflated zip", "tar.gz")
    places = {name: folder / name.replace(" ", "-") for name in names}
    for place in places.values():
        place.mkdir()
    methods = (("stored zip", zipfile.ZIP_STORED), ("deflated zip", zipfile.ZIP_DEFLATED))
    for name, method in methods:
        with zipfile.ZipFile(places[name] / "a.zip", "w", method) as archive:
            for number, each in enumerate(pictures):
                archive.write(each, f"{number}.jpg")
    with tarfile.open(places["tar.gz"] / "a.tar.gz", "w:gz") as tar:
        for number, each in enumerate(pictures):
            tar.add(each, f"{number}.jpg")
    for number, each in enumerate(pictures):
        shutil.copy(each, places["plain"] / f"{number}.jpg")
    return places


def bare(archive: Path) -> float:
    """Seconds of processor time in which the standard library reads all members."""
    begin = time.process_time()
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file is not None:
                file.read()
    return time.process_time() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--count", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", type=Path)
    chosen = parser.parse_args()
    pictures = sorted(each for each in chosen.pictures.rglob("*") if each.is_file())[: chosen.count]
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known = folder / "known.csv"
        known.write_text(f"id,pdq\nx,{'5a' * 32}\n")
        places = made(pictures, folder)
        for _ in range(chosen.rounds):
            if chosen.before:
                spent = processor_seconds(chosen.before, places["plain"], known)
                seconds.setdefault("plain, before", []).append(spent)
            for kind, place in places.items():
                seconds.setdefault(kind, []).append(processor_seconds(SRC, place, known))
            spent = processor_seconds(SRC, places["plain"], known, "--no-inside")
            seconds.setdefault("plain, --no-inside", []).append(spent)
            bare_seconds = bare(places["tar.gz"] / "a.tar.gz")
            seconds.setdefault("tar.gz, tarfile alone", []).append(bare_seconds)
    plain = median(seconds["plain"])
    for kind, each in seconds.items():
        print(f"{kind:24} {median(each):7.2f} s   {plain / median(each):5.2f} of plain")


if __name__ == "__main__":
    main()
