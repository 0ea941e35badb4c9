"""How fast hash lists are read, and in how much memory.

    python -m benchmarks.lists --plain 10000000 --csv 1000000 --vics 1000000

Each list is generated once into a temporary folder and read by `read_list` in a process of its
own, so that the peak of its memory is told alone.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import unix
from hashmatch.hashlists.reading import read_list

_AT_ONCE = 10_000
_VICS_CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"


def make_plain(path: Path, lines: int) -> None:
    """Random 64-digit values, which are read as SHA-256 and as PDQ."""
    with path.open("w") as file:
        for start in range(0, lines, _AT_ONCE):
            for _ in range(min(_AT_ONCE, lines - start)):
                file.write(os.urandom(32).hex() + "\n")


def make_plain_md5(path: Path, lines: int) -> None:
    """Random MD5 digests."""
    with path.open("w") as file:
        for _ in range(lines):
            file.write(os.urandom(16).hex() + "\n")


def make_csv(path: Path, lines: int) -> None:
    """Rows as publishers give them: digests, hash, quality, category, one column of their own."""
    with path.open("w") as file:
        file.write("id,md5,sha1,pdq,quality,category,notes\n")
        for number in range(lines):
            value = os.urandom(68).hex()
            file.write(
                f"{number},{value[:32]},{value[32:72]},{value[72:136]},{number % 101},"
                f"{number % 5},series {number % 1000}\n"
            )


def write_vics(path: Path, count: int) -> None:
    """A hash set as exporters write them: three files of four with PhotoDNA, one with PDQ."""
    random = Random(1)  # noqa: S311 (not secret)
    with path.open("w") as out:
        out.write(f'{{"@odata.context": "{_VICS_CONTEXT}", "value": [\n')
        for number in range(1, count + 1):
            media = vics_media(number, random)
            out.write(("" if number == 1 else ",\n") + json.dumps(media))
        out.write("\n]}\n")


def vics_media(number: int, random: Random) -> dict[str, Any]:
    """One media object with the fields that exporters fill."""
    md5 = random.randbytes(16).hex().upper()
    media: dict[str, Any] = {"MediaID": number, "Category": random.choice((0, 1, 2, None))}
    media |= {"MD5": md5, "SHA1": random.randbytes(20).hex().upper()}
    alternatives = []
    if number % 4:
        media["PhotoDNA"] = b64encode(random.randbytes(144)).decode()
    else:
        value = random.randbytes(32).hex()
        alternatives = [{"MD5": md5, "HashName": "PDQ", "HashValue": value, "HashQuality": 90}]
    media |= {"MediaSize": random.randrange(10**7), "MimeType": "image/jpeg"}
    media |= {"DateUpdated": "2023-06-07T02:31:49.8300Z", "RelativeFilePath": ""}
    media |= dict.fromkeys(("VictimIdentified", "OffenderIdentified", "IsDistributed"), False)
    media |= {"IsSuspected": False, "SelfGenerated": None, "IsPrecategorized": "false"}
    media |= {"Series": "", "Tags": "", "Comments": "", "AlternativeHashes": alternatives}
    file = {"MD5": md5, "FileName": f"{number}.jpg", "FilePath": "dir\\sub", "Unallocated": False}
    return media | {"Exifs": [], "MediaFiles": [file]}


MAKERS: dict[str, Callable[[Path, int], None]] = {
    "plain": make_plain,
    "plain-md5": make_plain_md5,
    "csv": make_csv,
    "vics": write_vics,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in MAKERS:
        parser.add_argument(f"--{name}", type=int, default=0, metavar="ENTRIES")
    options = vars(parser.parse_args())
    print(f"{'list':12}{'entries':>12}{'MB':>8}{'CPU s':>8}{'entries/s':>12}{'peak MiB':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in MAKERS.items():
            if count := options[name.replace("-", "_")]:
                path = Path(folder) / name
                make(path, count)
                context = multiprocessing.get_context("spawn")
                worker = context.Process(target=_measure, args=(name, path))
                worker.start()
                worker.join()
                path.unlink()
    return 0


def _measure(name: str, path: Path) -> None:
    started = time.process_time()
    known = read_list(path)
    seconds = time.process_time() - started
    peak = unix.resource.getrusage(unix.resource.RUSAGE_SELF).ru_maxrss / 1024
    count, size = len(known.entries), path.stat().st_size / 1e6
    print(f"{name:12}{count:12,}{size:8.0f}{seconds:8.1f}{count / seconds:12,.0f}{peak:10.0f}")


if __name__ == "__main__":
    sys.exit(main())
