"""Hash lists by the million: entries per processor second and peak memory, from file to table.

    python -m benchmarks.lists --vics 1000000

Each list is written to a temporary folder, read by `read_list` in a process of its own, and
deleted. The digests and hashes in it are random numbers.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from pathlib import Path
from random import Random
from typing import Any

from hashmatch.hashlists.reading import read_list

_VICS_CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vics", type=int, default=0, metavar="N", help="media in a VICS 2.0 file")
    parser.add_argument("--read", type=Path, help="read this list only (the worker's call)")
    options = parser.parse_args()
    if options.read:
        read(options.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        if options.vics:
            path = Path(folder) / "vics.json"
            write_vics(path, options.vics)
            measure("VICS 2.0", path)


def measure(title: str, path: Path) -> None:
    """Read a list in a fresh process and print what it took."""
    command = [sys.executable, "-m", "benchmarks.lists", "--read", str(path)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603 (our own process)
    print(
        f"{title}: {answer['entries']:,} entries, {path.stat().st_size / 1e6:,.0f} MB, "
        f"{answer['seconds']:.1f} CPU s, {answer['entries'] / answer['seconds']:,.0f} entries/s, "
        f"peak {answer['peak'] / 1e6:,.0f} MB ({answer['before'] / 1e6:,.0f} MB before)"
    )


def read(path: Path) -> None:
    """Read a list and print its size, the processor time and the memory."""
    before, start = _peak(), time.process_time()
    known = read_list(path)
    seconds = time.process_time() - start
    if known.quarantined:
        sys.exit(f"quarantined: {known.quarantined[0]}")
    answer = {"entries": len(known.entries), "seconds": seconds, "peak": _peak(), "before": before}
    print(json.dumps(answer))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


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


if __name__ == "__main__":
    main()
