"""Pages that the system gives anew for each picture, and what they cost.

    python -m benchmarks.faults photos/imagenet --rounds 5

Each line is of a process of its own, which hashes the same pictures of 500x375 again and again:
whatever loads Pillow, or makes pictures first, leaves another heap. `kept` is after
`hm.keep_memory()`. The last line is the command `hashmatch hash` on all files together, whose
faults hold those of its start.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import hashmatch as hm
from benchmarks.unix import resource

WAYS = {
    "JPEG": ("jpg", {}),
    "JPEG, eight turns": ("jpg", {"orientations": True, "variants": True}),
    "JPEG, exact": ("jpg", {"mode": "exact"}),
    "PNG": ("png", {}),
    "PNG, eight turns": ("png", {"orientations": True, "variants": True}),
    "JPEG, hash_images": ("jpg", {}),
}


def make(photos: Path, folder: Path, count: int) -> None:
    from PIL import Image

    for number, path in enumerate(sorted(photos.glob("*.JPEG"))[:count]):
        with Image.open(path) as image:
            small = image.convert("RGB").resize((500, 375))
        small.save(folder / f"{number}.jpg", quality=85)
        small.save(folder / f"{number}.png")


def faults(who: int = resource.RUSAGE_SELF) -> int:
    return int(resource.getrusage(who).ru_minflt)


def measure(name: str, folder: Path, rounds: int, *, kept: bool) -> None:
    """Print the milliseconds and faults of one picture, medians of all rounds."""
    if kept:
        hm.keep_memory()
    ending, how = WAYS[name]
    options = hm.HashOptions(**how)  # type: ignore[arg-type]
    data = [each.read_bytes() for each in sorted(folder.glob(f"*.{ending}"))]
    seen = []
    for _ in range(2 + rounds):
        before, begun = faults(), time.process_time()
        if name.endswith("hash_images"):
            list(hm.hash_images(data, options, threads=2))
        else:
            for each in data:
                hm.hash_image(each, options)
        spent = (time.process_time() - begun) / len(data) * 1000
        seen.append((spent, (faults() - before) / len(data)))
    print(json.dumps([statistics.median(each[at] for each in seen[2:]) for at in (0, 1)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--count", type=int, default=26)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--way", choices=list(WAYS))
    parser.add_argument("--kept", action="store_true")
    given = parser.parse_args()
    if given.way:
        measure(given.way, given.photos, given.rounds, kept=given.kept)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(given.photos, folder, given.count)
        for way in WAYS:
            words = [sys.executable, "-m", "benchmarks.faults", name, "--way", way]
            words += ["--rounds", str(given.rounds)]
            told = []
            for more in ([], ["--kept"]):
                done = subprocess.run([*words, *more], check=True, capture_output=True, text=True)  # noqa: S603
                spent, count = json.loads(done.stdout.splitlines()[-1])
                told.append(f"{spent:.2f} ms, {count:.0f} faults")
            print(f"{way:20} {told[0]:24} kept: {told[1]}", flush=True)
        before = faults(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "hashmatch", "hash", name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        print(f"hashmatch hash       {faults(resource.RUSAGE_CHILDREN) - before} faults in all")


if __name__ == "__main__":
    main()
