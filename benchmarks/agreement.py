"""How many bits our PDQ hashes differ from the reference, as a table in Markdown.

The reference is `pdqhash`, Meta's code compiled for Python, on the fully decoded picture. Photos
are those that the test dependencies ship, cropped and resized, and, with `--pictures DIR`, every
picture of a folder at its own size. With `--meta`, the unpacked sdist of `pdqhash`, Meta's own C++
is asked too (see `meta_pdq.py`).

    python -m benchmarks.agreement --pictures DIR --meta pdqhash-0.2.8
"""

import argparse
import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pdqhash
from PIL import Image

from benchmarks.meta_pdq import Pdq, compiled
from hashmatch.decoding.decoded import Wanted
from hashmatch.decoding.image import decode_bytes
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.limits import Limits
from tests.support.photos import bits_apart, encoded, variants

_COUNT: Final = 320
_GOOD: Final = 80


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pictures", type=Path, help="folder of large photos")
    arguments.add_argument("--meta", type=Path, help="folder of pdqhash's sdist, unpacked")
    wanted = arguments.parse_args()
    rows: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    meta = wanted.meta and compiled(wanted.meta)
    for image in _pictures(wanted.pictures):
        _measure(image, rows, meta)
    print("| what | hashes | bits, mean | bits, most | equal | quality, most |")
    print("|---|---|---|---|---|---|")
    for name in sorted(rows):
        bits, quality, _ = np.array(rows[name]).T
        good = np.array([bit for bit, _, q in rows[name] if q >= _GOOD])
        print(
            f"| {name} | {len(bits)} | {good.mean():.2f} | {good.max()} "
            f"| {(bits == 0).mean():.0%} | {quality.max()} |"
        )


def _pictures(folder: Path | None) -> Iterator[Image.Image]:
    yield from variants(_COUNT, largest=2600)
    for path in sorted(folder.rglob("*")) if folder else ():
        if path.suffix.lower() in (".jpg", ".jpeg", ".png") and path.is_file():
            with Image.open(path) as image:
                yield image.convert("RGB")


def _measure(
    image: Image.Image, rows: dict[str, list[tuple[int, int, int]]], meta: Pdq | None
) -> None:
    jpeg = encoded(image, "JPEG", quality=85)
    with Image.open(io.BytesIO(jpeg)) as again:
        pixels = np.asarray(again.convert("RGB"))
    known, quality = _reference(pixels)
    scale = decode_bytes(jpeg, Wanted(), Limits())[1].frames[0].raster.scale
    fast, exact = hash_image(jpeg), hash_image(jpeg, HashOptions(mode="exact"))
    name = f"fast, JPEG read at 1/{scale}" if fast.mode == "fast" else "fast, JPEG read as RGB"
    rows[name].append((bits_apart(fast.hash.value, known), abs(fast.quality - quality), quality))
    rows["fast, all JPEGs"].append(rows[name][-1])
    far = bits_apart(exact.hash.value, known), abs(exact.quality - quality), quality
    rows["exact, all JPEGs"].append(far)
    if meta is not None:
        metas, its = meta(pixels)
        far = bits_apart(exact.hash.value, metas), abs(exact.quality - its), its
        rows["exact, against Meta's C++"].append(far)
    for mode in ("fast", "exact"):
        options = HashOptions(mode=mode, orientations=True)
        for reading in hash_image(jpeg, options).readings[1:]:
            turned = np.ascontiguousarray(reading.orientation.apply(pixels))
            known, quality = _reference(turned)
            far = bits_apart(reading.hash.value, known), abs(reading.quality - quality), quality
            rows[f"{mode}, turned and mirrored"].append(far)


def _reference(pixels: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> tuple[bytes, int]:
    vector, quality = pdqhash.compute(pixels)
    return np.packbits(vector).tobytes(), int(quality)


if __name__ == "__main__":
    main()
