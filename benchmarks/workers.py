"""Worker processes against hashing in this process: throughput, and memory over many files.

    python -m benchmarks.workers --pictures 400 --files 20000 --files 200000

Throughput is of the clock, since it is processes that are compared: contenders take turns, round
after round, and the medians of the ratios within a round are printed with their spread. On a
machine whose cores are not free nothing can be said about two workers; the load is printed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from benchmarks import unix
from hashmatch.hashing.items import HashOptions, hash_item, warm_up
from hashmatch.scanning.reading import read_items
from hashmatch.sources.folder import Folder
from hashmatch.testing import drawn_raster

OPTIONS = HashOptions(orientations=True, variants=True)


def drawn(width: int, height: int, seed: int) -> Image.Image:
    """A drawn picture."""
    return Image.fromarray(np.asarray(drawn_raster(width, height, seed).rgb))


def make_pictures(folder: Path, count: int, side: int) -> None:
    """JPEG and PNG pictures whose decoding takes most of the time; no two are copies."""
    made = [drawn(side, side * 3 // 4, seed) for seed in range(8)]
    for number in range(count):
        image = made[number % len(made)]
        if number % 2:
            image.save(folder / f"{number:06}.jpg", quality=90, comment=f"{number}")
        else:
            text = PngInfo()
            text.add_text("number", f"{number}")
            image.save(folder / f"{number:06}.png", compress_level=1, pnginfo=text)


def make_files(folder: Path, count: int) -> None:
    """Small files, one in ten a picture."""
    drawn(96, 72, 0).save(folder / "picture.jpg")
    picture = (folder / "picture.jpg").read_bytes()
    (folder / "picture.jpg").unlink()
    for number in range(count):
        if number % 1000 == 0:
            below = folder / f"{number // 1000:04}"
            below.mkdir()
        content = picture if number % 10 == 0 else b"text %d" % number
        (below / f"{number:07}").write_bytes(content)


def seconds(root: Path, workers: int | None) -> float:
    """Time on the clock for the last half of the files; None for bare hashing without any pool.

    All workers have long been started by then.
    """
    found = list(Folder(root))
    half = len(found) // 2
    if workers is None:
        begun = time.perf_counter()
        for each in found[half:]:
            hash_item(each.path, OPTIONS)
        return time.perf_counter() - begun
    results = filter(None, read_items(found, OPTIONS, workers=workers))
    for _ in range(half):
        next(results)
    begun = time.perf_counter()
    for _ in results:
        pass
    return time.perf_counter() - begun


def memory(root: Path, workers: int) -> tuple[float, float, float, int]:
    """Seconds, peaks of this process and of a worker in MiB, and items."""
    peaks: dict[int, int] = {}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            for task in Path("/proc/self/task").glob("*/children"):
                for number in task.read_text().split():
                    peaks[int(number)] = max(peaks.get(int(number), 0), _peak(number))

    watcher = threading.Thread(target=watch)
    watcher.start()
    source = Folder(root)
    begun = time.perf_counter()
    count = sum(1 for each in read_items(source, OPTIONS, workers=workers) if each is not None)
    spent = time.perf_counter() - begun
    done.set()
    watcher.join()
    return spent, _peak("self") / 1024, max(peaks.values(), default=0) / 1024, count


def _peak(process: str) -> int:
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if "VmHWM" in line), 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--side", type=int, default=900)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, action="append", default=[])
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        hash_alone(arguments.alone)
        return
    load = unix.os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f}, Python {sys.version.split()[0]}")
    for count in arguments.files:
        with tempfile.TemporaryDirectory() as name:
            make_files(Path(name), count)
            spent, ours, theirs, items = memory(Path(name), 2)
            print(
                f"{items:,} small files, 2 workers: {spent:.1f} s, {items / spent:,.0f} files/s; "
                f"peak RSS of the parent {ours:.0f} MiB, of a worker {theirs:.0f} MiB"
            )
    if arguments.pictures:
        with tempfile.TemporaryDirectory() as name:
            make_pictures(Path(name), arguments.pictures, arguments.side)
            compare(Path(name), arguments.pictures, arguments.rounds)


def side_by_side(root: Path) -> float:
    """Time on the clock per round of all files when two bare processes hash them at once.

    What two cores give at this moment, with no pool between: the most that two workers can do.
    """
    command = [sys.executable, __file__, "--alone", str(root)]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None  # noqa: S101 (asked for above)
        process.stdout.readline()
    begun = time.perf_counter()
    for process in both:
        assert process.stdin is not None  # noqa: S101
        process.stdin.close()
    for process in both:
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
    return (time.perf_counter() - begun) / 2


def hash_alone(root: Path) -> None:
    found = list(Folder(root))
    warm_up(OPTIONS)
    print("ready", flush=True)
    sys.stdin.read()
    for each in found:
        hash_item(each.path, OPTIONS)


def processor_seconds(root: Path, workers: int | None) -> float:
    """Processor time for all files, of all processes, without that of their start."""
    found = list(Folder(root))
    if workers is None:
        begun = time.process_time()
        for each in found:
            hash_item(each.path, OPTIONS)
        return time.process_time() - begun
    spent = []
    for some in (found[:1], found):
        begun = _spent()
        for _ in read_items(some, OPTIONS, workers=workers):
            pass
        spent.append(_spent() - begun)
    return spent[1] - spent[0]


def _spent() -> float:
    ended = unix.resource.getrusage(unix.resource.RUSAGE_CHILDREN)
    return float(time.process_time() + ended.ru_utime + ended.ru_stime)


def compare(root: Path, count: int, rounds: int) -> None:
    warm_up(OPTIONS)
    ratios: dict[str, list[float]] = {
        "1 worker / bare, on the clock": [],
        "1 worker / bare, by processor time": [],
        "2 workers / 1, on the clock": [],
        "2 workers / 2 bare processes at once, on the clock": [],
    }
    for _ in range(rounds):
        bare, one, two = (seconds(root, workers) for workers in (None, 1, 2))
        cost = processor_seconds(root, None) / processor_seconds(root, 1)
        ceiling = side_by_side(root)
        found = (bare / one, cost, one / two, ceiling / two)
        for ratio, each in zip(found, ratios.values(), strict=True):
            each.append(ratio)
        print(
            f"{count} pictures: bare {count / bare:.0f}/s, 1 worker {count / one:.0f}/s, "
            f"2 workers {count / two:.0f}/s, 2 bare processes {count / ceiling:.0f}/s, "
            f"load {unix.os.getloadavg()[0]:.1f}"
        )
    for name, each in ratios.items():
        print(f"{name}: median {median(each):.2f} ({min(each):.2f}–{max(each):.2f})")


if __name__ == "__main__":
    main()
