"""Prints digests of hashes made by every kind of arithmetic in hashmatch, as JSON.

Run with `plain`, FFmpeg uses no vector instructions. Variables of the environment do the same for
NumPy (`NPY_DISABLE_CPU_FEATURES`), OpenBLAS (`OPENBLAS_CORETYPE`) and libjpeg-turbo
(`JSIMD_FORCENONE`).
"""

import ctypes
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from hashmatch import Limits, registry
from hashmatch.decoding.video import Video
from hashmatch.hashers.pdq import finish
from hashmatch.hashing.content import SIDE, Box, content_boxes, widened
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.hashing.proposals import parts_of
from hashmatch.raster import Raster
from tests.support.clips import pictures
from tests.support.golden_values import INEXACT
from tests.support.photos import encoded, variants
from tests.support.places import FIXTURES


def main() -> None:
    if "plain" in sys.argv:
        _without_vectors_in_ffmpeg()
    made = (_pictures, _parts, _files, _films, _frames)
    sys.stdout.write(json.dumps({name: text for each in made for name, text in each()}))


def _without_vectors_in_ffmpeg() -> None:
    """Only where PyAV brings its own FFmpeg, as its wheels for Linux do."""
    for library in (Path(av.__file__).parents[1] / "av.libs").glob("libavutil-*"):
        ctypes.CDLL(str(library)).av_force_cpu_flags(0)


def _pictures() -> Iterator[tuple[str, str]]:
    for mode, kind in (("exact", "PNG"), ("centred", "PNG"), ("fast", "JPEG")):
        digests = {name: hashlib.sha256() for name in registry.names("hashers")}
        options = HashOptions(tuple(digests), mode, orientations=mode != "centred")
        for image in variants(8, largest=1100):
            for reading in hash_image(encoded(image, kind), options).readings:
                known = reading.hash.value + bytes([reading.quality])
                digests[reading.hash.algorithm].update(known)
        yield from ((f"{name}, {mode}", each.hexdigest()) for name, each in digests.items())


def _parts() -> Iterator[tuple[str, str]]:
    """Upright parts of pages; what is tilted takes equations, whose last digits may differ."""
    known = hashlib.sha256()
    count = 0
    for image in variants(6, smallest=200, largest=900):
        page = np.full((image.height + 90, image.width + 60), 235, np.uint8)
        page[40 : 40 + image.height, 25 : 25 + image.width] = np.asarray(image.convert("L"))
        for part in parts_of(Raster(page, page.shape[1], page.shape[0])).found:
            (top, left), (_, right), (bottom, _), (low, first) = part.corners.tolist()
            if (first, low) == (left, bottom) and right > left and top < bottom:
                known.update(part.codes.tobytes() + bytes([part.quality]))
                count += 1
    yield f"parts of pages ({count > 6})", known.hexdigest()


def _files() -> Iterator[tuple[str, str]]:
    """Every format, whose decoder has vector instructions of its own."""
    options = HashOptions(("pdq", "dhash-256", "colorhash-42"), "exact")
    for folder in ("pictures", "jpeg", "heic", "avif"):
        for path in sorted((FIXTURES / folder).iterdir()):
            if path.suffix != ".jpegxl" and path.name not in INEXACT:
                yield path.name, str(hash_image(path, options).readings)


def _films() -> Iterator[tuple[str, str]]:
    for path in sorted((FIXTURES / "films").iterdir()):
        with path.open("rb") as file, Video(file, Limits()) as video:
            squares = np.stack([moment.grey(SIDE) for moment in video])
        yield path.name, hashlib.sha256(squares.tobytes()).hexdigest()


def _frames() -> Iterator[tuple[str, str]]:
    shown = pictures(seconds=2.0, fps=6, size=(SIDE, SIDE))
    squares = np.stack([np.asarray(each.convert("L")) for each in shown])
    yield "boxes in frames", repr(content_boxes(squares))
    for name, grids in (
        ("widened", widened(squares)),
        ("box", Box(31, 217, 3, 250).grids(squares)),
    ):
        codes, qualities = finish(grids)
        yield f"{name} frames", hashlib.sha256(codes.tobytes() + qualities.tobytes()).hexdigest()


if __name__ == "__main__":
    main()
