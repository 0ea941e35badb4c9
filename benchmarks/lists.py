"""How fast hash lists are read, and in how much memory.

    python -m benchmarks.lists --plain 10000000 --csv 1000000 --vics 1000000

Each list is generated once into a temporary folder and read by `read_list` in a process of its
own, so that the peak of its memory is told alone. `--import` imports it into an index instead, and
`--updates 9` as many updates of 100 entries of it then, each in a process of its own. `--before
DIR/src`, sources of another version, does the same with these, in turns.
"""

import argparse
import json
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.unix import os, resource
from hashmatch.hashlists.reading import read_list

_AT_ONCE = 10_000
_OTHER = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module('hashmatch', run_name='__main__', alter_sys=True)"
)
"""Runs hashmatch of other sources."""

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
    parser.add_argument("--import", action="store_true", dest="imported")
    parser.add_argument("--updates", type=int, default=0)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--folder", type=Path, help="for the lists; else a temporary one")
    options = vars(parser.parse_args())
    print(f"{'list':12}{'entries':>12}{'MB':>8}{'CPU s':>8}{'entries/s':>12}{'peak MiB':>10}")
    with tempfile.TemporaryDirectory(dir=options["folder"]) as folder:
        for name, make in MAKERS.items():
            if count := options[name.replace("-", "_")]:
                path = Path(folder) / name
                make(path, count)
                for sources in (options["before"], None) if options["before"] else (None,):
                    if options["imported"] or options["updates"]:
                        _import(name, path, count, options["updates"], sources)
                    else:
                        _in_process(_measure, name, path)
                path.unlink()
    return 0


def _in_process(function: Callable[..., None], *given: object) -> None:
    worker = multiprocessing.get_context("spawn").Process(target=function, args=given)
    worker.start()
    worker.join()


def _import(name: str, path: Path, count: int, updates: int, sources: Path | None) -> None:
    """Import a list, and updates of it, with these sources or our own."""
    index = path.parent / "index"
    label = f"{name}, before" if sources else name
    _run(label, path, count, ["--index", str(index)], sources)
    for number in range(updates):
        few = path.parent / "update"
        _take_rows(path, few, 1000 * number + 1)
        _run("  update", few, 100, ["--index", str(index), "--update"], sources)
    shutil.rmtree(index)


def _take_rows(path: Path, few: Path, first: int) -> None:
    """A hundred rows of a list, with its first line before them if that is a header."""
    with path.open() as file:
        head = next(file)
        rows = list(islice(file, first, first + 100))
    few.write_text("".join([head, *rows] if "," in head else rows))


def _run(name: str, path: Path, count: int, options: list[str], sources: Path | None) -> None:
    """`lists import` in a process of its own."""
    program = ["-c", _OTHER, str(sources.resolve())] if sources else ["-m", "hashmatch"]
    command = [sys.executable, *program, "lists", "import", str(path), "--name", "list"]
    process = subprocess.Popen(  # noqa: S603 (our own command)
        [*command, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = used.ru_utime + used.ru_stime
    size = path.stat().st_size / 1e6
    print(
        f"{name:12}{count:12,}{size:8.0f}{seconds:8.1f}{count / seconds:12,.0f}"
        f"{used.ru_maxrss / 1024:10.0f}{'' if not process.returncode else '  FAILED'}",
        flush=True,
    )


def _measure(name: str, path: Path) -> None:
    started = time.process_time()
    known = read_list(path)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    count, size = len(known.entries), path.stat().st_size / 1e6
    print(f"{name:12}{count:12,}{size:8.0f}{seconds:8.1f}{count / seconds:12,.0f}{peak:10.0f}")


if __name__ == "__main__":
    sys.exit(main())
