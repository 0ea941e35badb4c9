"""Disk images: what reading through each container costs against the raw medium.

A medium of random bytes, text, programs of this system and zeros is put into every form that the
tools of the system write, and read from its first byte to the last. Times are of the processor, the
best of several. E01 is decoded with libdeflate and with zlib. Last come media of 1 TiB, of which
little is stored.

    python -m benchmarks.images --mebibytes 512 --repeat 3
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.containers import expanding
from hashmatch.sources.diskimage.opening import open_image
from hashmatch.sources.diskimage.volumes import find_volumes
from tests.support.disk_images import FORMS, write

if TYPE_CHECKING:
    from collections.abc import Callable

_MEBIBYTE = 1 << 20
_FORMS = (
    *("split raw", "e01", "e01 not compressed", "vmdk", "vmdk stream", "vmdk split", "vhd", "vhdx"),
    *("vdi", "qcow2", "qcow2 compressed", "qcow2 zstandard"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mebibytes", type=int, default=256, help="of the medium")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where everything is made")
    asked = parser.parse_args()
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


if __name__ == "__main__":
    sys.exit(main())
