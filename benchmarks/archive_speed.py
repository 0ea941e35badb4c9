"""What archives cost: scans of the same pictures in a folder and in archives, by processor time.

    python -m benchmarks.archive_speed --pictures DIR [--count 800] [--rounds 3] [--before SRC]

Each round scans all of them in turn, with one worker; medians are compared. `--before` names the
folder `src` of an older version, which scans the folder too. Of tar.gz and 7z each round also
measures scripts that use the library alone (see `archive_peers`). Both versions are compiled
first, as installed packages are. Where there are fewer JPEGs than asked for, they are used several
times, with a number in a comment: equal contents would be decoded once.
"""

import argparse
import compileall
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from statistics import median

import py7zr

from benchmarks import unix

SRC = Path(__file__).parents[1] / "src"
PEERS = {"tar.gz": "a.tar.gz", "7z": "a.7z"}
WAYS = ("bare", "digested", "expanded", "hashed")


def processor_seconds(command: list[str], src: Path, folder: Path) -> tuple[float, str]:
    """Of one program with all of its processes, and what it printed."""
    before = unix.resource.getrusage(unix.resource.RUSAGE_CHILDREN)
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", *command],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(src), str(SRC.parent)))},
        cwd=folder,
    )
    if done.returncode:
        sys.exit(done.stderr)
    after = unix.resource.getrusage(unix.resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return float(spent), done.stdout


def scanned(src: Path, evidence: Path, *options: str) -> float:
    """Seconds of one scan with all of its processes."""
    known = evidence.parent / "known.csv"
    command = ["hashmatch", "scan", str(evidence), "--against", str(known), "--workers", "1"]
    return processor_seconds([*command, *options], src, evidence.parent)[0]


def numbered(pictures: list[Path], count: int, folder: Path) -> list[Path]:
    """So many files that all differ."""
    folder.mkdir()
    made = []
    for number in range(count):
        data = pictures[number % len(pictures)].read_bytes()
        if number >= len(pictures):
            comment = b"%08d" % number
            data = data[:2] + b"\xff\xfe\x00\x0a" + comment + data[2:]
        made.append(folder / f"{number}.jpg")
        made[-1].write_bytes(data)
    return made


def made(pictures: list[Path], folder: Path) -> dict[str, Path]:
    """Folders with the pictures in archives of one kind each."""
    names = ("stored zip", "deflated zip", "tar.gz", "7z")
    places = {name: folder / name.replace(" ", "-") for name in names}
    for place in places.values():
        place.mkdir()
    methods = (("stored zip", zipfile.ZIP_STORED), ("deflated zip", zipfile.ZIP_DEFLATED))
    for name, method in methods:
        with zipfile.ZipFile(places[name] / "a.zip", "w", method) as archive:
            for each in pictures:
                archive.write(each, each.name)
    with tarfile.open(places["tar.gz"] / PEERS["tar.gz"], "w:gz") as tar:
        for each in pictures:
            tar.add(each, each.name)
    with py7zr.SevenZipFile(places["7z"] / PEERS["7z"], "w") as packed:
        for each in pictures:
            packed.write(each, each.name)
    return places


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--count", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--folder-only", action="store_true", help="no archives")
    chosen = parser.parse_args()
    for src in filter(None, (SRC, chosen.before)):
        compileall.compile_dir(src, quiet=1)
    found = sorted(
        each for each in chosen.pictures.rglob("*") if each.suffix.lower() in (".jpg", ".jpeg")
    )[: chosen.count]
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "known.csv").write_text(f"id,pdq\nx,{'5a' * 32}\n")
        plain = folder / "plain"
        pictures = numbered(found, chosen.count, plain)
        places = {} if chosen.folder_only else made(pictures, folder)
        for number in range(chosen.rounds):
            measure(seconds, plain, places, chosen.before, is_odd=number % 2 == 1)
            print(f"round {number + 1}", file=sys.stderr, flush=True)
        shutil.rmtree(plain)
    show(seconds)


def measure(
    seconds: dict[str, list[float]],
    plain: Path,
    places: dict[str, Path],
    before: Path | None,
    *,
    is_odd: bool,
) -> None:
    """One round."""
    sources = [("plain", SRC), *([("plain, before", before)] if before else [])]
    for name, src in reversed(sources) if is_odd else sources:
        seconds.setdefault(name, []).append(scanned(src, plain))
    seconds.setdefault("plain, --no-inside", []).append(scanned(SRC, plain, "--no-inside"))
    for kind, place in places.items():
        seconds.setdefault(kind, []).append(scanned(SRC, place))
        for way in WAYS if kind in PEERS else ():
            known = ("--known", str(plain.parent / "known.csv"))
            command = ["benchmarks.archive_peers", way, str(place / PEERS[kind]), *known]
            whole, printed = processor_seconds(command, SRC, plain.parent)
            spent = whole if way == "hashed" else float(printed.split()[1])
            seconds.setdefault(f"{kind}, {way}", []).append(spent)


def show(seconds: dict[str, list[float]]) -> None:
    """Print medians and what they are compared with."""
    plain = median(seconds["plain"])
    for kind, each in seconds.items():
        print(f"{kind:24} {median(each):7.2f} s   {plain / median(each):5.2f} of plain")
    if before := seconds.get("plain, before"):
        ratio = _ratio(seconds["plain"], before)
        print(f"plain takes {ratio:.3f} times as long as before (median of rounds)")
    for kind in PEERS:
        if kind in seconds:
            whole = _ratio(seconds[kind], seconds[f"{kind}, hashed"])
            inside = _ratio(seconds[f"{kind}, expanded"], seconds[f"{kind}, digested"])
            alone = _ratio(seconds[f"{kind}, expanded"], seconds[f"{kind}, bare"])
            print(
                f"{kind}: a scan takes {whole:.2f} times as long as a script with its library; "
                f"expanding {inside:.2f} times, without digests of the library's {alone:.2f}"
            )


def _ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the ratios of rounds."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


if __name__ == "__main__":
    main()
