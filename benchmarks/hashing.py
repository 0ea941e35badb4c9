"""How fast a picture file becomes a hash: ours against other programs, and against the limit.

CPU time of one thread, from the file's bytes to the hash. In each round every contender hashes all
pictures of a class, one after another as a scan does, those of under three megapixels twice, the
second time counted: in a scan nobody else's code and data lie in the processor's cache. Rounds
begin with another contender each time, so that whatever else the machine does meets all of them
alike. Times are means over pictures of the median (and minimum) over rounds. Ratios are of the
time that all pictures of a class take inside a round, then the median over rounds. The first call
on each picture is not measured: sizes, imports and caches are warm, for everybody.

The limit for a JPEG is libjpeg-turbo alone: all of the entropy decoding, and the smallest inverse
transform. For progressive files it is given once for the file and once for the scans that a grey
picture at 1/8 needs.

To repeat (Debian; any folder of photos of 12 megapixels does):

    python3 -m venv /tmp/peers
    /tmp/peers/bin/pip install -e . -r benchmarks/requirements-peers.txt
    (cd /tmp && apt-get download lomiri-wallpapers-16.04 lomiri-wallpapers-20.04)
    for deb in /tmp/lomiri-wallpapers-*.deb; do dpkg -x $deb /tmp/photos; done
    /tmp/peers/bin/python -m benchmarks.hashing --pictures /tmp/photos --json hashing.json
"""

import argparse
import gc
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Final

for _variable in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM"):
    os.environ[f"{_variable}_NUM_THREADS"] = "1"
os.environ["OPENCV_FOR_THREADS_NUM"] = "1"

from benchmarks import contenders, pictures  # noqa: E402 (libraries read the variables at import)
from benchmarks.contenders import EXACT, IMAGEHASH, LIMIT, OURS, PILLOW, TRIMMED  # noqa: E402

_PACKAGES: Final = (
    "hashmatch",
    "numpy",
    "simplejpeg",
    "av",
    "pillow",
    "pdqhash",
    "threatexchange",
    "Perception",
    "ImageHash",
    "imagededup",
    "opencv-contrib-python-headless",
    "opencv-python-headless",
    "opencv-python",
)
_OVER_PILLOW: Final = {
    "small JPEG": 3.5,
    "small fine JPEG": 3.5,
    "web JPEG": 15.0,
    "camera JPEG": 20.0,
}
_OVER_IMAGEHASH: Final = 1.5
_OF_LIMIT: Final = {"small JPEG": 0.60, "small fine JPEG": 0.60, "camera JPEG": 0.95}


@dataclass(frozen=True, slots=True)
class Result:
    """What one class of pictures gave.

    Attributes:
        pictures: the class.
        times: milliseconds per contender, picture and round.
        bits: distance of our (fast, exact) hashes from `pdqhash`, per picture; empty without it.
    """

    pictures: pictures.PictureClass
    times: dict[str, list[list[float]]] = field(default_factory=dict)
    bits: list[tuple[int, int]] = field(default_factory=list)

    def median(self, name: str) -> float:
        """Milliseconds of this contender: median over rounds, mean over pictures."""
        return statistics.fmean(statistics.median(rounds) for rounds in self.times[name])

    def minimum(self, name: str) -> float:
        """Milliseconds of this contender: minimum over rounds, mean over pictures."""
        return statistics.fmean(min(rounds) for rounds in self.times[name])

    def ratio(self, name: str, to: str = OURS) -> float:
        """How many times the time of `to` this contender takes for all pictures of a round."""
        these = [sum(times) for times in zip(*self.times[name], strict=True)]
        those = [sum(times) for times in zip(*self.times[to], strict=True)]
        return float(statistics.median(a / b for a, b in zip(these, those, strict=True)))

    def ratio_of_minima(self, name: str, to: str = OURS) -> float:
        """How many times the time of `to` this contender takes, at best."""
        return self.minimum(name) / self.minimum(to)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 even where a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pictures", type=Path, help="a folder of photos, some of 12 megapixels")
    parser.add_argument("--json", type=Path, help="also write all times to this file")
    parser.add_argument("--only", default="", help="only classes whose name contains this")
    parser.add_argument("--rounds", type=float, default=1.0, help="times as many rounds")
    chosen = parser.parse_args(arguments)
    calls, missing = contenders.available()
    contenders.one_thread()
    machine = _machine()
    print(*(f"{name}: {value}" for name, value in machine.items()), sep="\n")
    for name, why in missing.items():
        print(f"not measured: {name}, which cannot be imported here ({why})")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in pictures.make(Path(folder), chosen.pictures):
            if chosen.only.lower() in kind.name.lower():
                result = _measure(kind, calls, max(3, round(kind.rounds * chosen.rounds)))
                print("", *_table(result), sep="\n", flush=True)
                results.append(result)
    print("", "Targets", *_targets(results), sep="\n")
    if chosen.json:
        chosen.json.write_text(json.dumps(_record(machine, missing, results), indent=1) + "\n")
    return 0


def _measure(
    kind: pictures.PictureClass, calls: Mapping[str, contenders.Call], rounds: int
) -> Result:
    if kind.is_jpeg:
        calls = {**calls, **contenders.limits(progressive="progressive" in kind.name)}
    result = Result(kind, {name: [[] for _ in kind.pictures] for name in calls})
    names = list(calls)
    for picture in kind.pictures:
        for call in calls.values():
            call(picture)
        if PILLOW in calls:
            result.bits.append(contenders.pdq_bits(picture))
    gc.collect()
    gc.disable()
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            call = calls[name]
            for picture in kind.pictures[: None if kind.warm else 0]:
                call(picture)
            for number, picture in enumerate(kind.pictures):
                began = time.process_time_ns()
                call(picture)
                result.times[name][number].append((time.process_time_ns() - began) / 1e6)
    gc.enable()
    return result


def _table(result: Result) -> Iterator[str]:
    kind = result.pictures
    yield (
        f"{kind.name}: {len(kind.pictures)} pictures of {kind.megapixels:.2f} megapixels and"
        f" {kind.bits_per_pixel:.2f} bits per pixel, {kind.origin}"
    )
    yield f"  {'':34}{'ms median':>10}{'minimum':>10}{'× ours':>9}{'minima':>9}"
    for name in result.times:
        yield (
            f"  {name:34}{result.median(name):10.2f}{result.minimum(name):10.2f}"
            f"{result.ratio(name):9.2f}{result.ratio_of_minima(name):9.2f}"
        )
    if result.bits:
        fast, exact = zip(*result.bits, strict=True)
        yield f"  bits from pdqhash: fast {list(fast)}, exact {list(exact)}"


def _targets(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        name = result.pictures.name
        if name in _OVER_PILLOW and PILLOW in result.times:
            yield _line(f"{name}: × over {PILLOW}", result.ratio(PILLOW), _OVER_PILLOW[name])
        if IMAGEHASH in result.times:
            yield _line(f"{name}: × over {IMAGEHASH}", result.ratio(IMAGEHASH), _OVER_IMAGEHASH)
        for limit in (LIMIT, TRIMMED):
            if limit in result.times:
                what = f"{name}: share of {limit.strip('()')}"
                yield _line(what, result.ratio(limit), _OF_LIMIT.get(name))


def _line(what: str, value: float, target: float | None) -> str:
    if target is None:
        return f"  {what:72}{value:7.2f}"
    verdict = "holds" if value >= target else "MISSED"
    return f"  {what:72}{value:7.2f}  target {target:5.2f}  {verdict}"


def _machine() -> dict[str, str]:
    from PIL import features

    cpu = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        cpu = next((line.split(":")[1].strip() for line in lines if "model name" in line), cpu)
    versions = []
    for package in _PACKAGES:
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return {
        "processor": f"{cpu}, {os.cpu_count()} cores, one thread used",
        "system": platform.platform(),
        "Python": sys.version.split()[0],
        "packages": ", ".join(versions),
        "Pillow's libjpeg-turbo": str(features.version("libjpeg_turbo")),
    }


def _record(
    machine: dict[str, str], missing: dict[str, str], results: Sequence[Result]
) -> dict[str, object]:
    return {
        "machine": machine,
        "not_measured": missing,
        "classes": [
            {
                "name": result.pictures.name,
                "origin": result.pictures.origin,
                "pictures": [
                    {"width": p.width, "height": p.height, "bytes": len(p.data)}
                    for p in result.pictures.pictures
                ],
                "bits_from_pdqhash": result.bits,
                "contenders": {
                    name: {
                        "ms_median": round(result.median(name), 4),
                        "ms_minimum": round(result.minimum(name), 4),
                        "times_ours": round(result.ratio(name), 4),
                        "times_ours_minima": round(result.ratio_of_minima(name), 4),
                        "times_exact": round(result.ratio(name, EXACT), 4),
                        "ms": times,
                    }
                    for name, times in result.times.items()
                },
            }
            for result in results
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
