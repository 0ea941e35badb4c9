"""Damaged files by the thousand: every one must end in a result or in a reason, and in silence.

    nice -n 10 python -m benchmarks.robustness --files 20000

A worker process (two with `--workers 2`) with a cap on its address space hashes the bombs of
tests/support/bombs.py and mutants of every file in tests/support/valid_files.py, through bytes,
`hash_item`, file objects and PIL images; with `--videos`, mutants of the videos of
tests/support/clips.py, through `hash_item` and `hash_video` in all its samplings. A violation is
any other exception than `UnreadableError`, the reason `internal-error`, a death of the worker, more
than `--seconds` of processor time for one file, a Python warning, a process-wide setting left
changed, or anything on standard error. With `--pages`, pictures of tests/support/hostile_pages.py,
drawn so that looking for parts in them takes long, are hashed with all tiers. Each violation is
printed with the file's name, from which

    python -m benchmarks.robustness --remake png-palette:17 > file

makes the file again. Prints a table per format and exits with 1 if anything was violated.
Works on Linux only.
"""

import argparse
import faulthandler
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks import unix
from hashmatch import (
    HashOptions,
    Limits,
    Reason,
    Unreadable,
    UnreadableImageError,
    hash_image,
    hash_item,
    hash_video,
)
from hashmatch.decoding.decoded import Wanted
from hashmatch.decoding.image import decode_bytes
from hashmatch.errors import UnreadableError
from tests.support.bombs import bombs
from tests.support.clips import video_files
from tests.support.hostile_pages import KINDS, hostile_page
from tests.support.mutations import mutant
from tests.support.valid_files import valid_files

_LIMITS = Limits(max_pixels=64_000_000)
_FAST = HashOptions(limits=_LIMITS)
_EXACT = HashOptions(mode="exact", variants=True, limits=_LIMITS)
_ALL = Wanted(exact=True, rgb=True, dropped=True)

_ALL_TIERS = HashOptions(
    orientations=True, variants=True, tiers=("whole", "regions", "framing"), limits=_LIMITS
)

_PAGE = "page/"
_VIDEO = "video/"
_SAMPLINGS = tuple(
    HashOptions(sampling=sampling, limits=_LIMITS)
    for sampling in ("query", "thorough", "reference", "triage")
)

_MOST_REGIONS = 600
"""Regions of all tiers that a picture may have: 6 for each part, with its corners filled."""

_PATIENCE = 4
"""Seconds on the clock per second of processor time, before a worker is taken for hung."""

_BYTES, _ITEM, _DECODED, _FILE, _OPENED, _LOADED = range(6)
_DOORS = 6
"""The ways into the library; each file goes through one of them."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--formats", nargs="*", default=[], help="only seeds that start so")
    parser.add_argument("--videos", action="store_true", help="videos instead of pictures")
    parser.add_argument("--pages", action="store_true", help="hostile pages, with all tiers")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=10, help="of processor time for one file")
    parser.add_argument("--memory", type=int, default=4096, help="address space in MiB")
    parser.add_argument("--without-bombs", action="store_true")
    parser.add_argument("--remake", metavar="NAME:NUMBER")
    parser.add_argument("--work", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.remake:
        sys.stdout.buffer.write(_data(options.remake))
        return 0
    names = _names(options)
    if options.work:
        return _work(names[slice(*options.work)], options)
    share = -(-len(names) // options.workers)
    parts = [(at, min(at + share, len(names))) for at in range(0, len(names), share)]
    with ThreadPoolExecutor(options.workers) as pool:
        watched = pool.map(lambda part: list(_watch(part, names)), parts)
        outcomes = [outcome for part in watched for outcome in part]
    return _report(outcomes)


def _names(options: argparse.Namespace) -> list[str]:
    """All files to hash: bombs, then mutants of the seeds in turn."""
    chosen = tuple(options.formats) or ("",)
    files = [f"{_VIDEO}{name}" for name in video_files()] if options.videos else valid_files()
    if options.pages:
        files = [f"{_PAGE}{kind}" for kind in KINDS]
    seeds = [name for name in files if name.startswith(chosen)]
    numbers = range(options.first, options.first + options.files)
    mutants = [f"{seeds[n % len(seeds)]}:{n // len(seeds)}" for n in numbers] if seeds else []
    tricky = [] if options.without_bombs or options.videos or options.pages else bombs()
    return [f"bomb-{name}" for name in tricky if name.startswith(chosen)] + mutants


def _data(name: str) -> bytes:
    seed, _, number = name.partition(":")
    if seed.startswith(_PAGE):
        return hostile_page(seed.removeprefix(_PAGE), int(number))
    if seed.startswith(_VIDEO):
        return mutant(seed.removeprefix(_VIDEO), int(number), video_files()).data
    return mutant(seed, int(number)).data if number else bombs()[name.removeprefix("bomb-")]()


def _watch(part: tuple[int, int], names: list[str]) -> Iterator[dict[str, Any]]:
    """What the workers say about this range of files; a dead one is replaced."""
    start, stop = part
    while start < stop:
        with tempfile.TemporaryFile("w+") as errors:
            worker = subprocess.Popen(  # noqa: S603 (this very script)
                [
                    *(sys.executable, "-m", "benchmarks.robustness"),
                    *(*sys.argv[1:], "--work", str(start), str(stop)),
                ],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
            for line in worker.stdout or ():
                outcome = json.loads(line)
                if outcome["violation"]:
                    _say(outcome)
                yield outcome
                start += 1
                if start % 1000 == 0:
                    print(f"{start} of {stop}", file=sys.stderr, flush=True)
            code = worker.wait()
            if start >= stop:
                return
            errors.seek(0)
            found = f"worker ended with {code}: {errors.read()[-3000:].strip()}"
        outcome = {"name": names[start], "result": "died", "violation": found}
        _say(outcome)
        yield outcome
        start += 1


def _say(outcome: dict[str, Any]) -> None:
    print(f"VIOLATION {outcome['name']}: {outcome['violation']}", flush=True)


def _work(names: list[str], options: argparse.Namespace) -> int:
    """Hash these files and write one line of JSON about each to standard output."""
    limit = options.memory << 20
    unix.resource.setrlimit(unix.resource.RLIMIT_AS, (limit, limit))
    unix.resource.setrlimit(unix.resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable()
    warnings.simplefilter("error")
    settings = [*warnings.filters], Image.MAX_IMAGE_PIXELS
    for place, name in enumerate(names):
        faulthandler.cancel_dump_traceback_later()
        data = _data(name)
        is_plain = name.startswith((_VIDEO, _PAGE))
        source = data if is_plain else _source(data, place % _DOORS)
        if not place:
            with suppress(UnreadableImageError):
                hash_image(b"warm up")
        said = os.fstat(2).st_size
        Path("/proc/self/clear_refs").write_text("5")
        faulthandler.dump_traceback_later(_PATIENCE * options.seconds, exit=True)
        started = time.process_time()
        if name.startswith(_VIDEO):
            result, violation = _hash_video(data, place % _DOORS)
        elif name.startswith(_PAGE):
            result, violation = _hash_page(data)
        else:
            result, violation = _hash(source, place % _DOORS)
        seconds = time.process_time() - started
        if seconds > options.seconds:
            violation = violation or f"took {seconds:.1f} s"
        text = unix.os.pread(2, 1000, said).decode(errors="replace").strip()
        if text:
            violation = violation or f"on standard error: {text}"
        if settings != ([*warnings.filters], Image.MAX_IMAGE_PIXELS):
            violation = violation or "process-wide settings were left changed"
            settings = [*warnings.filters], Image.MAX_IMAGE_PIXELS
        line = {
            "name": name,
            "result": result,
            "violation": violation,
            "seconds": seconds,
            "mib": _peak(),
        }
        print(json.dumps(line), flush=True)
    return 0


def _source(data: bytes, door: int) -> "bytes | io.BytesIO | Image.Image":
    """The file, a file object, or what a caller who uses Pillow has of it, if anything."""
    if door == _FILE:
        return io.BytesIO(data)
    if door < _FILE:
        return data
    with warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(data))
        if door == _LOADED and image.width * image.height < 1 << 22:
            with suppress(Exception):
                image.load()
        return image
    return data


def _hash(source: "bytes | io.BytesIO | Image.Image", door: int) -> tuple[str, str]:
    """What came of it, and what is wrong with that."""
    try:
        if door == _ITEM and isinstance(source, bytes):
            item = hash_item(source, _EXACT)
            if item.media is None:
                return _refused(item.unreadable)
            found = item.media
        elif door == _DECODED and isinstance(source, bytes):
            decoded = decode_bytes(source, _ALL, _LIMITS)[1]
            return (decoded.reason.value if decoded.reason else "complete"), ""
        else:
            found = hash_image(source, _EXACT if door == _FILE else _FAST)
    except UnreadableImageError as error:
        return error.reason.value, ""
    except BaseException as error:  # noqa: BLE001 (that is what is looked for)
        return "raised", f"raised {type(error).__name__}: {error} (door {door})"
    if not found.readings or not 0 < found.fraction <= 1:
        return "raised", f"no reading, or a fraction of {found.fraction}"
    return (found.reason.value if found.reason else "complete"), ""


def _refused(why: Unreadable | None) -> tuple[str, str]:
    """The same of an item without hashes: no file is to blame for a fault of hashmatch."""
    if why is None:
        return "raised", "neither hashes nor a reason"
    internal = why.reason is Reason.INTERNAL_ERROR
    return why.reason.value, why.detail if internal else ""


def _hash_video(data: bytes, door: int) -> tuple[str, str]:
    """The same of a video."""
    try:
        if door < len(_SAMPLINGS):
            found = hash_video(data, _SAMPLINGS[door])
        else:
            item = hash_item(data, _SAMPLINGS[0])
            if item.media is None:
                return _refused(item.unreadable)
            found = item.media
    except UnreadableError as error:
        return error.reason.value, ""
    except BaseException as error:  # noqa: BLE001 (that is what is looked for)
        return "raised", f"raised {type(error).__name__}: {error} (door {door})"
    times = [reading.time for reading in found.readings if reading.time is not None]
    if not found.readings or not 0 < found.fraction <= 1 or times != sorted(times):
        return "raised", f"no reading, out of order, or a fraction of {found.fraction}"
    return (found.reason.value if found.reason else "complete"), ""


def _hash_page(data: bytes) -> tuple[str, str]:
    """The same of a picture in which parts are looked for; no more are found than are promised."""
    try:
        found = hash_image(data, _ALL_TIERS)
    except UnreadableImageError as error:
        return error.reason.value, ""
    except BaseException as error:  # noqa: BLE001 (that is what is looked for)
        return "raised", f"raised {type(error).__name__}: {error}"
    if len(found.regions) > _MOST_REGIONS:
        return "raised", f"{len(found.regions)} regions"
    return "complete", ""


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _report(outcomes: list[dict[str, Any]]) -> int:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for outcome in outcomes:
        name = outcome["name"]
        rows["bombs" if name.startswith("bomb-") else name.split("-")[0].split(":")[0]].append(
            outcome
        )
    rows["all"] = outcomes
    print(f"{'format':10}{'files':>7}{'whole':>7}{'part':>6}{'worst s':>9}{'MiB':>7}  refused")
    for name, row in rows.items():
        results = Counter(outcome["result"] for outcome in row)
        whole = results.pop("complete", 0)
        part = results.pop("truncated", 0) + results.pop("corrupt-data", 0)
        worst = max(outcome.get("seconds", 0) for outcome in row)
        peak = max(outcome.get("mib", 0) for outcome in row)
        refused = ", ".join(f"{reason} {count}" for reason, count in results.most_common())
        print(f"{name:10}{len(row):7}{whole:7}{part:6}{worst:9.2f}{peak:7.0f}  {refused}")
    slowest = sorted(outcomes, key=lambda outcome: -outcome.get("seconds", 0))[:5]
    print("slowest:", ", ".join(f"{o['name']} {o.get('seconds', 0):.2f} s" for o in slowest))
    largest = sorted(outcomes, key=lambda outcome: -outcome.get("mib", 0))[:5]
    print("largest:", ", ".join(f"{o['name']} {o.get('mib', 0):.0f} MiB" for o in largest))
    violations = sum(bool(outcome["violation"]) for outcome in outcomes)
    print(f"violations: {violations}")
    return int(violations > 0)


if __name__ == "__main__":
    sys.exit(main())
