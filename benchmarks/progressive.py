"""Progressive JPEGs of several encoders: bits that differ from all pixels, and what reading costs.

Photographs are encoded by `cjpeg` (Debian: libjpeg-turbo-progs) with the orders of scans that
programs write, and by mozjpeg (PyPI: mozjpeg-lossless-optimization), at three sizes. Each file is
hashed three ways in turns: from all pixels, with all scans that hold brightness, and with those
that are needed. Bits are those that differ from the first; times are medians of CPU time.

    python -m benchmarks.progressive photos/imagenet --files 40
"""

import argparse
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from io import BytesIO
from pathlib import Path
from statistics import fmean, median
from typing import Final
from unittest import mock

from PIL import Image

import hashmatch as hm
from hashmatch.decoding import jpeg, jpeg_scans
from hashmatch.decoding.jpeg_header import JpegHeader

ORDERS: Final = {
    "libjpeg": "",
    "means first": "0 1 2: 0 0 0 2; 0 1 2: 0 0 2 1; 0 1 2: 0 0 1 0;"
    "1: 1 63 0 0; 2: 1 63 0 0; 0: 1 63 0 0;",
    "bands": "0 1 2: 0 0 0 0; 0: 1 2 0 0; 0: 3 9 0 0; 1: 1 63 0 0; 2: 1 63 0 0; 0: 10 63 0 0;",
    "two bands": "0 1 2: 0 0 0 0; 0: 1 5 0 0; 2: 1 63 0 0; 1: 1 63 0 0; 0: 6 63 0 0;",
    "digits": "0 1 2: 0 0 0 1; 0: 1 63 0 2; 1: 1 63 0 1; 2: 1 63 0 1;"
    "0: 1 63 2 1; 0: 1 63 1 0; 1: 1 63 1 0; 2: 1 63 1 0; 0 1 2: 0 0 1 0;",
    "plain": "0 1 2: 0 0 0 0; 0: 1 63 0 0; 1: 1 63 0 0; 2: 1 63 0 0;",
    "bands and digits": "0: 0 0 0 0; 1 2: 0 0 0 0; 0: 1 8 0 2; 1: 1 8 0 0; 2: 1 8 0 0;"
    "0: 9 63 0 2; 0: 1 63 2 1; 0: 1 63 1 0; 1: 9 63 0 0; 2: 9 63 0 0;",
    "mozjpeg": "",
}
_SIZES: Final = {"small": 1.0, "middling": 1.6, "web": 3.0, "camera": 8.0}


def encoded(picture: Image.Image, quality: int, order: str) -> bytes:
    """A progressive JPEG."""
    portable = BytesIO()
    picture.save(portable, "PPM")
    command = ["cjpeg", "-quality", str(quality), "-optimize"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as scans:
        if ORDERS[order]:
            scans.write(ORDERS[order])
            scans.flush()
            command += ["-scans", scans.name]
        elif order == "libjpeg":
            command.append("-progressive")
        done = subprocess.run(  # noqa: S603 (fixed words)
            command, check=True, input=portable.getvalue(), capture_output=True
        )
        data = done.stdout
    if order != "mozjpeg":
        return data
    return bytes(import_module("mozjpeg_lossless_optimization").optimize(data))


def of_brightness(data: bytes, header: JpegHeader, scale: int = 0) -> bytes:
    """The file with all scans that hold brightness, as they were read before; at 1/8 with means."""
    least = {"_CHEAP": 0} if scale == 8 else {"_step": lambda *_: None}
    with mock.patch.multiple(jpeg_scans, **least):
        return jpeg_scans.trim(data, header, scale if scale in (0, 8) else 1)


_WAYS: Final[dict[str, tuple[str, Callable[..., bytes]]]] = {
    "all pixels": ("exact", jpeg_scans.trim),
    "scans of brightness": ("fast", of_brightness),
    "scans that are needed": ("fast", jpeg_scans.trim),
}


def _measured(files: list[bytes]) -> Iterator[str]:
    """Mean and largest number of bits, and milliseconds, of each way."""
    found: dict[str, list[int]] = {way: [] for way in _WAYS}
    seconds: dict[str, list[float]] = {way: [] for way in _WAYS}
    for data in files:
        for way, (mode, trim) in _WAYS.items():
            with mock.patch.object(jpeg, "trim", trim):
                hm.hash_image(data, hm.HashOptions(mode=mode))
                began = time.process_time()
                hashed = hm.hash_image(data, hm.HashOptions(mode=mode))
                seconds[way].append(time.process_time() - began)
            found[way].append(int.from_bytes(hashed.hash.value))
    for way in _WAYS:
        apart = [
            (one ^ other).bit_count()
            for one, other in zip(found[way], found["all pixels"], strict=True)
        ]
        yield f"{fmean(apart):5.2f} {max(apart):3} {1000 * median(seconds[way]):7.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--quality", type=int, nargs="+", default=[50, 75, 90])
    wanted = parser.parse_args()
    paths = sorted(each for each in wanted.pictures.rglob("*") if each.is_file())
    chosen = random.Random(5).sample(paths, min(wanted.files, len(paths)))  # noqa: S311 (a sample)
    print(f"{'':34}" + "".join(f"{way:>24}" for way in _WAYS))
    print(f"{'size, quality, order':34}" + f"{'bits max      ms':>24}" * len(_WAYS))
    for size, factor in _SIZES.items():
        pictures = []
        for path in chosen:
            with Image.open(path) as image:
                sides = (round(image.width * factor), round(image.height * factor))
                pictures.append(image.convert("RGB").resize(sides, Image.Resampling.LANCZOS))
        for quality in wanted.quality:
            for order in ORDERS:
                files = [encoded(each, quality, order) for each in pictures]
                cells = "".join(f"{each:>24}" for each in _measured(files))
                print(f"{f'{size}, {quality}, {order}':34}{cells}", flush=True)


if __name__ == "__main__":
    main()
