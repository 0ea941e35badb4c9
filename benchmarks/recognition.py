"""What it costs to find out that an ordinary file is no video, and how many are taken for one.

    python -m benchmarks.recognition --folder /usr --count 5000

Reads files drawn at random from below the folder. Prints milliseconds of processor time that a
file takes to be recognised (those that their first bytes give away apart from those that are
searched and shown to FFmpeg), and the names of all that were taken for videos, for a person to
judge.
"""

import argparse
import os
from collections import Counter
from pathlib import Path
from time import process_time

import numpy as np

from hashmatch.decoding import formats
from hashmatch.decoding.recognition import recognised
from hashmatch.decoding.video_formats import sniff_video
from hashmatch.model.media import FileKind


def main() -> None:
    """Run the benchmark."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--folder", type=Path, default=Path("/usr"))
    asked.add_argument("--count", type=int, default=5000)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    found_paths = [Path(at, name) for at, _, names in os.walk(options.folder) for name in names]
    order = np.random.default_rng(options.seed).permutation(len(found_paths))
    paths = [found_paths[at] for at in order]
    kinds: Counter[str] = Counter()
    times: dict[str, list[float]] = {"first bytes": [], "searched": []}
    for path in paths:
        if sum(kinds.values()) >= options.count:
            break
        if not path.is_file() or path.is_symlink() or not os.access(path, os.R_OK):
            continue
        with path.open("rb") as file:
            head = file.read(formats.HEAD)
            began = process_time()
            found = recognised(file)
            took = process_time() - began
        told = formats.sniff(head) is not None or sniff_video(head) is not None
        times["first bytes" if told else "searched"].append(took)
        kinds[found.kind] += 1
        if found.kind is FileKind.VIDEO:
            print(f"video: {found.name} from byte {found.start:,}: {path}")
    for how, seconds in times.items():
        ordered = sorted(seconds)
        if ordered:
            told_times = [
                f"{name} {seconds * 1e3:.2f} ms"
                for name, seconds in (
                    ("mean", sum(ordered) / len(ordered)),
                    ("median", ordered[len(ordered) // 2]),
                    ("99 % below", ordered[int(len(ordered) * 0.99)]),
                    ("longest", ordered[-1]),
                )
            ]
            print(f"{how}: {len(ordered):,} files, {', '.join(told_times)}")
    print(", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common()))


if __name__ == "__main__":
    main()
