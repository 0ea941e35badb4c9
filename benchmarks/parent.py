"""What the parent of a scan takes for each picture: its ceiling, however many cores there are.

    python -m benchmarks.parent make work --files 20000
    python -m benchmarks.parent compare work --rounds 3 --before ../before/src

Files are tiny, and workers answer from a table what real workers say of a JPEG of 500x375 in eight
orientations: they take next to no time, so that on two cores the parent never waits for them. One
file in 20 is on the list, with some bits turned. Its own processor time, of all its threads, is
what counts; `--profile` samples it with py-spy.
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha512
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np

import hashmatch as hm
from hashmatch import cli
from hashmatch.model import Decoder, Entry, Hash, Item, KnownHash, MediaHashes, Mode, Reading
from hashmatch.model.orientation import Orientation
from hashmatch.scanning import reading, wire
from hashmatch.scanning.decoding import HashFiles
from hashmatch.scanning.digested import DigestFiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

TURNS = 8
KNOWN_ONE_IN = 20
_TABLE = "answers.npy"
_FOLDER = "evidence"
_FEW = "evidence/000"
_HEAD = "ffd8ffe000104a46494600010101004800480000ffdb0043" + "01" * 40
_TOLD = (
    *(("quantisation", "50e2dbb935e0c123"), ("quality", "96"), ("coding", "baseline")),
    *(("sampling", "4:4:4"), ("huffman", "own"), ("segments", "JFIF"), ("coded-bytes", "100196")),
)
_MS = 1000


@cache
def table(answers: str) -> "NDArray[np.uint8]":
    """The hashes of all pictures: (files, 8, 32) uint8."""
    codes: NDArray[np.uint8] = np.load(answers)
    return codes


def number_of(path: object) -> int:
    return int(Path(str(path)).stem)


@dataclass(frozen=True, slots=True)
class PreparedDigests(DigestFiles):
    """Digests that were made up before."""

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:  # noqa: ARG002 (at once)
        """Digests of the number."""
        number = number_of(payload)
        made = sha512(str(number).encode()).hexdigest()
        digests = [made[:32], made[32:72], made[64:]]
        size = 100_000 + number
        stamp = [1, number, size, 1, 1]
        return json.dumps(["", "", size, digests, stamp, size, _HEAD, False]).encode()


@dataclass(frozen=True, slots=True)
class PreparedHashes(HashFiles):
    """Hashes that were made up before.

    Attributes:
        answers: where they lie.
    """

    answers: str = ""

    def warm_up(self) -> None:
        """Load them, while files can still be opened."""
        table(self.answers)

    def perform(self, payload: Any, on_progress: Callable[[float], object]) -> bytes:  # noqa: ANN401, ARG002
        """What real workers say of such a picture, with hashes of the table."""
        codes = table(self.answers)[number_of(payload[0].file)]
        readings = tuple(
            Reading(Hash("pdq", code.tobytes()), 100, turned)
            for turned, code in zip(Orientation, codes, strict=True)
        )
        media = MediaHashes(
            readings,
            mode=Mode.FAST,
            width=500,
            height=375,
            format="jpeg",
            decoder=Decoder.TURBO,
        )
        return wire.encode(Item("", media=media, metadata=_TOLD))


def make(work: Path, files: int, known: int) -> None:
    """Tiny files, the hashes that workers will say they have, and an index."""
    for number in range(files):
        path = work / _FOLDER / f"{number // 1000:03d}" / f"{number:07d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{number:08d}")
    from benchmarks.hashes import real
    from hashmatch.bench.codes import realistic

    codes = realistic(files * TURNS, real(400), 1).reshape(files, TURNS, -1)
    np.save(work / _TABLE, codes)
    listed(work / "index", codes[::KNOWN_ONE_IN, 0], known)


def listed(index: Path, met: "NDArray[np.uint8]", known: int) -> None:
    """An index of so many hashes, among them these with two bits turned: (n, 32) uint8."""
    from benchmarks.hashes import real
    from hashmatch.bench.codes import realistic

    codes = realistic(known, real(400), 2)
    codes[: len(met)] = met
    codes[: len(met), 0] ^= 3
    entries = (
        Entry(str(at), hashes=(KnownHash(Hash("pdq", code.tobytes()), 100),))
        for at, code in enumerate(codes)
    )
    with hm.Index.edit(index) as writer:
        writer.put(hm.HashList.of("lab", list(entries)))


def scan(work: Path, workers: int, *, record: bool) -> None:
    """Scan a part, and all; print the seconds and files in which the second exceeds the first.

    What every scan takes, for imports, the start of workers and the proof of the index, is in both.
    """
    work = work.resolve()
    answers = str(work / _TABLE)

    def hashes(options: Any, opener: Any) -> PreparedHashes:  # noqa: ANN401 (of HashFiles)
        return PreparedHashes(options, opener, answers)

    # Workers import from where this process does, but for the current folder.
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    os.chdir(work)
    # As the command line does.
    gc.set_threshold(*getattr(cli, "GARBAGE", gc.get_threshold()))
    taken = []
    with (
        mock.patch.object(reading, "HashFiles", hashes),
        mock.patch.object(reading, "DigestFiles", PreparedDigests),
        hm.Matcher(hm.Index(work / "index")) as matcher,
    ):
        for folder in (_FEW, _FEW, _FOLDER):
            for each in work.glob("prepared.sightings*"):
                each.unlink()
            on_record: dict[str, Any] = {}
            if record:
                on_record = {"db": work / "prepared.sightings", "case": "1"}
            begun, clock = time.process_time(), time.perf_counter()
            seen = hm.scan(work / folder, against=matcher, workers=workers, **on_record)
            spent, seconds = time.process_time() - begun, time.perf_counter() - clock
            assert seen.hashed == seen.items, seen  # noqa: S101 (else nothing is measured)
            taken.append((spent, seconds, seen.items, seen.matched))
    _, few, whole = taken
    print(json.dumps([b - a for a, b in zip(few, whole, strict=True)]))


def compare(
    work: Path, before: Path | None, rounds: int, workers: int, profile: Path | None
) -> None:
    """Scans with and without a record by both versions, in turns."""
    versions = {"now": Path(__file__).parents[1] / "src"}
    if before is not None:
        versions = {"before": before, **versions}
    seen: dict[tuple[str, str], list[list[float]]] = {}
    for _ in range(rounds):
        for kind in ("record", "nothing"):
            for name, src in versions.items():
                command = [sys.executable, "-m", "benchmarks.parent", "scan", str(work)]
                command += ["--workers", str(workers), *(["--record"] * (kind == "record"))]
                if profile is not None:
                    out = profile / f"{name}-{kind}.txt"
                    spy = ["py-spy", "record", "-g", "-f", "raw", "-r", "400", "-o", str(out)]
                    command = [*spy, "--", *command]
                told = {**os.environ, "PYTHONPATH": str(src.resolve())}
                said = subprocess.run(command, env=told, check=True, capture_output=True, text=True)  # noqa: S603
                line = [each for each in said.stdout.splitlines() if each.startswith("[")][-1]
                seen.setdefault((kind, name), []).append(json.loads(line))
    for (kind, name), runs in seen.items():
        spent, seconds, count = (statistics.median(each[at] for each in runs) for at in range(3))
        ratios = [a[0] / b[0] for a, b in zip(runs, seen[kind, next(iter(versions))], strict=True)]
        print(
            f"{kind:8} {name:7} {spent / count * _MS:.3f} ms a picture, {count / spent:6,.0f} "
            f"pictures/s of parent CPU, {count / seconds:6,.0f}/s on the clock; "
            f"{statistics.median(ratios):.2f} of the first; {runs[0][3]:.0f} matched"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["make", "scan", "compare"])
    parser.add_argument("work", type=Path)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--known", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", type=Path, help="the folder src of another version")
    parser.add_argument("--profile", type=Path, help="where py-spy writes what it sees")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    if given.what == "make":
        make(given.work, given.files, given.known)
    elif given.what == "scan":
        scan(given.work, given.workers, record=given.record)
    else:
        compare(given.work, given.before, given.rounds, given.workers, given.profile)


if __name__ == "__main__":
    # Workers load the jobs from the module of this name.
    import_module("benchmarks.parent").main()
