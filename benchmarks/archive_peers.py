"""One archive read by its library alone, as a script would: no sandbox, no workers, no record.

    python -m benchmarks.archive_peers bare ARCHIVE
    python -m benchmarks.archive_peers digested ARCHIVE
    python -m benchmarks.archive_peers expanded ARCHIVE
    python -m benchmarks.archive_peers hashed ARCHIVE --known LIST

`bare` reads every member. `digested` also computes MD5, SHA-1 and SHA-256 of each, and of the tar
archive in a compressed one, as a scan does. `expanded` is what a worker of ours does for the
same, without its process. `hashed` also decodes, hashes and matches each member, and computes
the digests of the archive. Printed are the members and the seconds of processor time.
"""

import argparse
import gzip
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

import py7zr
from py7zr.io import BytesIOFactory

import hashmatch as hm
from hashmatch.files.digesting import Digester
from hashmatch.scanning.expanding import ExpandFiles
from hashmatch.sources.access import open_evidence, stamp_of
from hashmatch.sources.inside.address import Address

_BATCH = 64
_MOST = 1 << 40


class Digesting(RawIOBase):
    """A stream of which digests are computed while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        """Begin."""
        self._file = file
        self._digester = Digester()

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """What follows."""
        data = self._file.read(size)
        self._digester.update(data)
        return data


def members(archive: Path, *, digests: bool) -> Iterator[bytes]:
    """The bytes of all members."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as zipped:
            for name in zipped.namelist():
                yield zipped.read(name)
    elif archive.suffix == ".7z":
        with py7zr.SevenZipFile(archive) as packed:
            factory = BytesIOFactory(_MOST)
            packed.extract(targets=packed.namelist(), factory=factory)
        for product in factory.products.values():
            product.seek(0)
            yield product.read()
    elif digests:
        with gzip.open(archive) as inner:
            stream = cast("BinaryIO", Digesting(cast("BinaryIO", inner)))
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                yield from _of_tar(tar)
    else:
        with tarfile.open(archive) as tar:
            yield from _of_tar(tar)


def _of_tar(tar: tarfile.TarFile) -> Iterator[bytes]:
    for member in tar:
        file = tar.extractfile(member)
        if file is not None:
            yield file.read()


def _digest(data: bytes) -> None:
    digester = Digester()
    digester.update_to(len(data), BytesIO(data))
    digester.value()


def _digest_file(archive: Path) -> None:
    digester = Digester()
    with archive.open("rb") as file:
        digester.update_to(archive.stat().st_size, file)
    digester.value()


def bare(archive: Path) -> int:
    """Read all."""
    return sum(1 for _ in members(archive, digests=False))


def digested(archive: Path) -> int:
    """Read all, and compute the digests of a scan, but for those of the archive."""
    count = 0
    for data in members(archive, digests=True):
        _digest(data)
        count += 1
    return count


def expanded(archive: Path) -> int:
    """What a worker that expands does."""
    job = ExpandFiles()
    with open_evidence(archive) as file:
        stamp = stamp_of(file)
    payload = Address(str(archive)), stamp
    return sum(1 for _ in job.stream(payload, lambda _: None, safe=False)) - 1


def hashed(archive: Path, known: Path) -> int:
    """Read, digest, decode, hash and match all."""
    _digest_file(archive)
    matcher = hm.Matcher(known)
    options = matcher.hash_options
    items: list[hm.Item] = []
    count = 0
    for data in members(archive, digests=True):
        items.append(hm.hash_item(data, options))  # with its digests
        if len(items) == _BATCH:
            matcher.match_many(items)
            count, items = count + len(items), []
    matcher.match_many(items)
    return count + len(items)


def main() -> None:
    """Do one of them."""
    ways: dict[str, Callable[[Path], int]]
    ways = {"bare": bare, "digested": digested, "expanded": expanded}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=(*ways, "hashed"))
    parser.add_argument("archive", type=Path)
    parser.add_argument("--known", type=Path)
    chosen = parser.parse_args()
    if chosen.way == "expanded":
        ExpandFiles().warm_up()
    begin = time.process_time()
    if chosen.way == "hashed":
        count = hashed(chosen.archive, chosen.known)
    else:
        count = ways[chosen.way](chosen.archive)
    print(count, time.process_time() - begin)


if __name__ == "__main__":
    main()
