"""Disk images: what reading through each container costs against the raw medium.

A medium of random bytes, text, programs of this system and zeros is put into every form that the
tools of the system write, and read from its first byte to the last. Times are of the processor, the
best of several. E01 is decoded with libdeflate and with zlib. Last come media of 1 TiB, of which
little is stored.

With --files so many files are put on each file system and into a folder: each is read, and all of
its digests are computed, by what a worker does with it; times are of the processor, from the
survey to the last digest, the median of several rounds in which all take turns.

    python -m benchmarks.images --mebibytes 512 --repeat 3
    python -m benchmarks.images --files 1000 --repeat 5
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from hashmatch.files.digesting import Digester
from hashmatch.scanning.digested import DigestFiles
from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.containers import expanding
from hashmatch.sources.diskimage.filesystems import opening as filesystems
from hashmatch.sources.diskimage.opening import open_image
from hashmatch.sources.diskimage.volumes import find_volumes
from hashmatch.sources.inside.disk_image import DiskImage
from hashmatch.sources.opener import opener_of
from hashmatch.sources.opening import open_source
from tests.support.disk_images import FORMS, write
from tests.support.disk_volumes import volume

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MEBIBYTE = 1 << 20
_FORMS = (
    *("split raw", "e01", "e01 not compressed", "vmdk", "vmdk stream", "vmdk split", "vhd", "vhdx"),
    *("vdi", "qcow2", "qcow2 compressed", "qcow2 zstandard"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mebibytes", type=int, default=256, help="of the medium")
    parser.add_argument("--files", type=int, help="on each file system, and in a folder")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where everything is made")
    asked = parser.parse_args()
    if asked.files:
        _file_systems(asked.files, asked.repeat, asked.folder)
        return 0
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        raw = write(folder / "raw", _mixed(asked.mebibytes * _MEBIBYTE))
        plain = _fastest(raw, asked.repeat)
        print(f"{'form':22} {'MB/s':>8} {'of raw':>7}")
        print(f"{'raw':22} {_speed(raw, plain):8.0f} {1:7.2f}", flush=True)
        for form in _FORMS:
            own = folder / form.replace(" ", "-")
            own.mkdir()
            first = FORMS[form](raw, own)
            seconds = _fastest(first, asked.repeat)
            print(f"{form:22} {_speed(raw, seconds):8.0f} {plain / seconds:7.2f}", flush=True)
            if form == "e01":
                _compare(raw, first, seconds, asked.repeat)
    _sparse(asked.folder)
    return 0


def _compare(raw: Path, first: Path, seconds: float, repeat: int) -> None:
    """The same E01 with zlib alone."""
    kept, expanding._deflate = expanding._deflate, None  # noqa: SLF001 (what is compared)
    try:
        slow = _fastest(first, repeat)
    finally:
        expanding._deflate = kept  # noqa: SLF001 (as above)
    print(f"{'  zlib alone':22} {_speed(raw, slow):8.0f}; libdeflate: {slow / seconds:.2f} x")


def _mixed(size: int) -> bytes:
    """Bytes as on a disk in use: what is compressed already, text, programs and zeros."""
    chance = Random(1)  # noqa: S311 (a medium, not secrets)
    programs = sorted(Path(sys.executable).resolve().parents[1].rglob("*.so"))[:50]
    code = b"".join(each.read_bytes() for each in programs)[: 64 * _MEBIBYTE] or bytes(_MEBIBYTE)
    kinds: tuple[Callable[[int], bytes], ...] = (
        chance.randbytes,
        lambda length: b"".join(b"%d lines of a log\n" % n for n in range(length // 14))[:length],
        lambda length: _part(code, chance.randrange(len(code)), length),
        bytes,
    )
    pieces, left = [], size
    while left > 0:
        length = min(left, chance.choice((1, 2, 4)) * _MEBIBYTE)
        pieces.append(chance.choices(kinds, (4, 2, 2, 2))[0](length).ljust(length, b"\0"))
        left -= length
    return b"".join(pieces)


def _part(data: bytes, start: int, length: int) -> bytes:
    return data[start : start + length]


def _fastest(first: Path, repeat: int) -> float:
    """Seconds of the processor for all bytes."""
    best = float("inf")
    for _ in range(repeat):
        with open_image(first) as image:
            begun = time.process_time()
            _read(image.medium)
            best = min(best, time.process_time() - begun)
    return best


def _read(source: Bytes) -> None:
    for at in range(0, source.size, _MEBIBYTE):
        source.pread(at, _MEBIBYTE)


def _speed(raw: Path, seconds: float) -> float:
    return raw.stat().st_size / seconds / 1e6


def _sparse(folder: Path | None) -> None:
    """What a medium of 1 TiB costs of which little is stored."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        raw = Path(name) / "raw"
        with raw.open("wb") as file:
            file.truncate(1 << 40)
            for number in range(64):
                file.seek(number << 34)
                file.write(Random(number).randbytes(_MEBIBYTE))  # noqa: S311 (a medium)
        for form in ("raw", "vmdk", "vhdx", "vdi", "qcow2"):
            own = Path(name) / f"of-{form}"
            own.mkdir()
            first = raw if form == "raw" else FORMS[form](raw, own)
            begun = time.process_time()
            with open_image(first) as image:
                holes = sum(length for _, length in image.medium.holes())
                find_volumes(image.medium)
            seconds = time.process_time() - begun
            print(
                f"1 TiB, 64 MiB stored, {form:6} volumes and holes in {seconds:.2f} s; "
                f"{image.medium.size - holes:,} bytes are no holes"
            )


def _file_systems(count: int, repeat: int, where: Path | None) -> None:
    """What reading files on each file system costs beside reading them in a folder."""
    filesystems.warm_up()
    chance = Random(1)  # noqa: S311 (files, not secrets)
    files = {
        f"DCIM/{number % 20:02}/{number:05}.jpg": chance.randbytes(
            chance.randrange(20_000, 400_000)
        )
        for number in range(count)
    }
    size = sum(map(len, files.values()))
    with tempfile.TemporaryDirectory(dir=where) as name:
        folder = Path(name)
        for path, data in files.items():
            place = folder / "tree" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        images = dict(_images(folder, files))
        seconds: dict[str, list[float]] = {kind: [] for kind in ("folder", *images)}
        for _ in range(repeat):
            seconds["folder"].append(_folder_seconds(folder / "tree", count))
            for kind, image in images.items():
                seconds[kind].append(_image_seconds(image, count))
    print(f"{count:,} files, {size / 1e6:.0f} MB; with all digests")
    print(f"{'on':16} {'files/s':>8} {'MB/s':>8} {'of folder':>10}")
    for kind, each in seconds.items():
        middle = median(each)
        # Rounds differ, as others use the machine: what took place together is compared.
        share = median(one / two for one, two in zip(seconds["folder"], each, strict=True))
        speeds = f"{count / middle:8.0f} {size / middle / 1e6:8.0f}"
        print(f"{kind:16} {speeds} {share:10.2f}", flush=True)


def _images(folder: Path, files: dict[str, bytes]) -> "Iterator[tuple[str, Path]]":
    room = 40 + sum(map(len, files.values())) * 5 // 4 // _MEBIBYTE
    for kind in ("ntfs", "ext4", "exfat", "fat32"):
        image = write(folder / kind, volume(kind, files, mebibytes=max(room, 64)))
        yield kind, image
        if kind == "ntfs":
            (folder / "e01").mkdir()
            yield "ntfs in E01", FORMS["e01"](image, folder / "e01")


def _folder_seconds(tree: Path, count: int) -> float:
    """Seconds of the processor for all files of a folder."""
    begun = time.process_time()
    source = open_source(tree)
    opener = opener_of(source)
    job = DigestFiles(opener)
    found = [job.perform(job.payload(each), lambda _: None) for each in source]
    assert len(found) == count  # noqa: S101 (all were read)
    return time.process_time() - begun


def _image_seconds(image: Path, count: int) -> float:
    """The same for the files of a volume on a disk image, as a worker gives them."""
    begun = time.process_time()
    with image.open("rb") as file:
        items = DiskImage().items(file)
        done = 0
        for each in items.volumes.volumes:
            for entry in items.survey(each):
                if "/DCIM/" not in entry.step.path:
                    continue
                opened = items.inner(each, entry).open
                assert opened is not None  # noqa: S101 (none has a problem)
                with opened() as inner:
                    Digester().update_to(entry.size, inner, lambda _: None)
                done += 1
    assert done == count  # noqa: S101 (all were read)
    return time.process_time() - begun


if __name__ == "__main__":
    sys.exit(main())
