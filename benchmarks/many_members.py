"""Archives with very many small members, scanned wholly and on record: processor time and memory.

    python -m benchmarks.many_members --members 1000000 --kind tar --kind zip

Members are notes of a few words, or of `--size` bytes; in a zip archive every second one is empty,
in an `empty-zip` all are.
Printed are items, seconds of processor time of the parent and of all workers, and peak memory of
the parent and of the largest worker.
"""

import argparse
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from multiprocessing import Process
from pathlib import Path

_SCAN = """
import json, resource, sys
import hashmatch as hm
if __name__ == "__main__":
    evidence, known, record = sys.argv[1:]
    summary = hm.scan(evidence, against=known, db=record, case="1", workers=1)
    used = [resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = [each.ru_utime + each.ru_stime for each in used]
    print(json.dumps([summary.items, *seconds, *(each.ru_maxrss >> 10 for each in used)]))
"""
_FOLDER = 1000


def note(number: int, size: int) -> tuple[str, bytes]:
    """Name and content of a member."""
    text = b"note %d " % number
    return f"folder {number // _FOLDER}/{number}.txt", text + b"." * (size - len(text))


def make_tar(path: Path, count: int, size: int) -> None:
    """A tar archive of notes."""
    with tarfile.open(path, "w") as archive:
        for number in range(count):
            name, data = note(number, size)
            about = tarfile.TarInfo(name)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))


def make_zip(path: Path, count: int, size: int) -> None:
    """A zip archive of notes, every second of which is empty."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            name, data = note(number, size)
            archive.writestr(name, b"" if number % 2 else data)


def make_empty_zip(path: Path, count: int, _size: int) -> None:
    """A zip archive of nothing but empty members."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            archive.writestr(note(number, 0)[0], b"")


MADE = {"tar": make_tar, "zip": make_zip, "empty-zip": make_empty_zip}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=0, help="bytes of a note; a few by default")
    parser.add_argument("--kind", action="append", choices=MADE)
    parser.add_argument("--folder", type=Path, help="where everything is made")
    asked = parser.parse_args()
    for kind in asked.kind or MADE:
        with tempfile.TemporaryDirectory(dir=asked.folder) as name:
            evidence, known = Path(name) / "evidence", Path(name) / "known.csv"
            evidence.mkdir()
            known.write_text(f"pdq\n{'0f' * 32}\n")
            # In a process of its own: the peak of one that is started counts for what it starts.
            made = Process(
                target=MADE[kind], args=(evidence / f"a.{kind}", asked.members, asked.size)
            )
            made.start()
            made.join()
            begun = time.perf_counter()
            command = [sys.executable, "-c", _SCAN, str(evidence), str(known), f"{name}/record.db"]
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
            items, parent, workers, own, largest = json.loads(done.stdout.splitlines()[-1])
            print(
                f"{kind}: {items:,} items; {parent:.0f} s of processor time of the parent, "
                f"{workers:.0f} s of workers, {time.perf_counter() - begun:.0f} s on the clock; "
                f"peak memory {own} MiB of the parent, {largest} MiB of a worker",
                flush=True,
            )


if __name__ == "__main__":
    main()
