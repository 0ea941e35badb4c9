"""Disk images: which files scans find, beside what other tools list, and damaged file systems.

Each file system is made by its own tools, with pictures of which a tenth is deleted after it was
mounted again, and put into each container. The command line scans the image; what is on record is
compared, by SHA-256, with what was put there, and with every file that The Sleuth Kit's own
programs (`fls`, `icat`) or a mount by the kernel give. Then file systems with random damage are
scanned, many at a time: each must be on record, with items or reasons.

    python -m benchmarks.disk_files --pictures 300 --mutants 2000

It needs the rights to mount, and the tools that tests/support names. Where one is missing, the
row is left out, and said.
"""

import argparse
import hashlib
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

from tests.support.disk_images import FORMS, write
from tests.support.disk_volumes import DELETES, KINDS, mounted, volume
from tests.support.photos import encoded, variants

Digests: TypeAlias = Mapping[str, str]
"""The path of each file by the SHA-256 of its bytes."""
Made: TypeAlias = tuple[bytes, Digests, Digests]
"""A volume, the files that are on it, and those that were deleted."""

_CONTAINERS: Final = ("raw", "e01", "vmdk", "vhd", "vhdx", "vdi", "qcow2 compressed", "split raw")
_KERNEL: Final = ("xfs",)
"""Those that The Sleuth Kit does not read; of UDF with ISO 9660 it reads the latter."""
_MUTATED: Final = ("ntfs", "fat32", "exfat", "ext4", "ext2", "iso9660", "hfsplus", "xfs")
_AT_ONCE: Final = 50


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", type=int, default=300, help="of each file system")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--containers", nargs="*", choices=("raw", *FORMS), default=_CONTAINERS)
    parser.add_argument("--mutants", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where everything is made")
    asked = parser.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        (folder / "known.csv").write_text(f"pdq\n{'0f' * 32}\n")
        made = {kind: _made(kind, asked.pictures) for kind in asked.kinds}
        if asked.containers:
            print("| file system | container | allocated | deleted | others' files |")
            print("|---|---|---|---|---|")
        for kind, volume_and_files in made.items():
            for container in asked.containers:
                wrong += _compare(folder, kind, container, volume_and_files)
        if asked.mutants:
            volumes = {kind: data for kind, (data, _, _) in made.items() if kind in _MUTATED}
            for each in _endure(folder, volumes, asked.mutants, asked.seed):
                print(each, flush=True)
                wrong.append(each)
    for each in wrong:
        print(each)
    return 1 if wrong else 0


def _made(kind: str, count: int) -> Made:
    pictures = [encoded(each, "JPEG", quality=90) for each in variants(count, largest=300)]
    named = {f"DCIM/{number % 7}/{number:04}.jpg": data for number, data in enumerate(pictures)}
    gone = dict(list(named.items())[3::10]) if kind in DELETES else {}
    kept = {path: data for path, data in named.items() if path not in gone}
    return volume(kind, kept, gone), _digests(kept), _digests(gone)


def _digests(files: Mapping[str, bytes]) -> Digests:
    return {hashlib.sha256(data).hexdigest(): path for path, data in files.items()}


def _compare(folder: Path, kind: str, container: str, made: Made) -> Iterator[str]:
    """Scan one image, print its row of the table, and say what is missing."""
    data, kept, gone = made
    with tempfile.TemporaryDirectory(dir=folder) as name:
        evidence, raw = Path(name) / "evidence", write(Path(name) / "volume.img", data)
        evidence.mkdir()
        first = raw if container == "raw" else FORMS[container](raw, evidence)
        found, _ = _scanned(Path(name), first, folder / "known.csv")
        states = Counter(found[each] for each in gone if each in found)
        lost = [
            f"{kind}, {container}: {path} lost"
            for each, path in kept.items()
            if found.get(each) != "allocated"
        ]
        others = _others(kind, raw) if container == "raw" else {}
        unseen = [path for each, path in others.items() if each not in found]
    alive = len(kept) - len(lost)
    deleted = " ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"
    beside = f"{len(others) - len(unseen)} of {len(others)}" if others else "–"
    dead = f"{states.total()} of {len(gone)}: {deleted}" if gone else "–"
    print(f"| {kind} | {container} | {alive} of {len(kept)} | {dead} | {beside} |", flush=True)
    yield from lost
    yield from (f"{kind}: others see {path}" for path in unseen)


def _scanned(folder: Path, evidence: Path, known: Path) -> tuple[dict[str, str], Counter[str]]:
    """The state of each content on record by its SHA-256, and how many items are of each image.

    Raises:
        RuntimeError: the scan did not end as scans do, or its record cannot be proved.
    """
    db = folder / "lab.sightings"
    program = [sys.executable, "-m", "hashmatch"]
    command = [*program, "scan", str(evidence), "--against", str(known), "--db", str(db)]
    done = subprocess.run(  # noqa: S603 (our own program)
        [*command, "--case", "1", "--exhibit", "1"], capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 4):
        msg = f"exit code {done.returncode}: {done.stderr[-2000:]}"
        raise RuntimeError(msg)
    proved = [*program, "audit", "verify", "--db", str(db)]
    subprocess.run(proved, capture_output=True, check=True)  # noqa: S603
    with closing(sqlite3.connect(db)) as record:
        rows = record.execute(
            "SELECT lower(hex(sha256)), coalesce(state, 'allocated'), locator FROM items "
            "LEFT JOIN contents ON contents.id = content_id "
            "LEFT JOIN places ON places.item_id = items.id"
        ).fetchall()
    best: dict[str, str] = {}
    for digest, state, _ in rows:
        # A content that is there twice counts as allocated if one of them is.
        best[digest] = state if best.get(digest) != "allocated" else "allocated"
    return best, Counter(locator.partition("!")[0] for _, _, locator in rows)


def _others(kind: str, raw: Path) -> Digests:
    """What another tool reads of the volume, without the files of the file system itself."""
    if kind in _KERNEL:
        with mounted(raw, "-o", "loop,ro") as root:
            return _digests(
                {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}
            )
    listing = subprocess.run(  # noqa: S603
        ["/usr/bin/fls", "-r", "-p", "-F", str(raw)], capture_output=True, text=True, check=True
    )
    found = {}
    for line in listing.stdout.splitlines():
        which, _, path = line.partition(":\t")
        inode = which.removesuffix("(realloc)").split()[-1]
        if path.startswith("$") or inode == "0":
            continue
        data = subprocess.run(  # noqa: S603
            ["/usr/bin/icat", "-r", str(raw), inode], capture_output=True, check=False
        ).stdout
        if data:
            found[hashlib.sha256(data).hexdigest()] = path
    return found


def _endure(folder: Path, volumes: Mapping[str, bytes], count: int, seed: int) -> Iterator[str]:
    """Scan damaged volumes, so many at a time; each must be on record, and no scan may die."""
    chance = Random(seed)  # noqa: S311 (damage that can be repeated)
    kinds = list(volumes)
    items = 0
    for start in range(0, count, _AT_ONCE):
        with tempfile.TemporaryDirectory(dir=folder) as name:
            evidence = Path(name) / "evidence"
            evidence.mkdir()
            names = []
            for number in range(start, min(start + _AT_ONCE, count)):
                kind = kinds[number % len(kinds)]
                names.append(f"{number:05}-{kind}")
                write(evidence / names[-1], _damaged(volumes[kind], chance))
            try:
                _, places = _scanned(Path(name), evidence, folder / "known.csv")
            except (RuntimeError, subprocess.CalledProcessError) as error:
                yield f"damaged volumes from {start} on: {error}"
                continue
            yield from (f"{each} is not on record" for each in names if not places[each])
            items += places.total()
        print(f"{start + len(names)} of {count} damaged volumes, {items} items", flush=True)


def _damaged(data: bytes, chance: Random) -> bytes:
    """A volume of which some bytes, sectors or ranges are others."""
    out = bytearray(data)
    stored = max(1, len(data.rstrip(b"\0")))
    for _ in range(chance.choice((1, 3, 10, 100))):
        at = int(stored * chance.random() ** chance.choice((1, 4, 8)))
        length = chance.choice((1, 1, 4, 8, 512, 4096, 65536))
        other = chance.randrange(stored)
        pieces = (chance.randbytes(length), bytes(length), b"\xff" * length)
        piece = chance.choice((*pieces, bytes(out[other : other + length])))
        out[at : at + len(piece)] = piece
    return bytes(out[: chance.randrange(stored)]) if not chance.randrange(20) else bytes(out)


if __name__ == "__main__":
    sys.exit(main())
