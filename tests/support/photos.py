"""Public photos that test dependencies ship, variants made of them, and encoders."""

import io
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def _package(name: str) -> Path:
    """The folder of a package, which is not imported: that of scikit-learn takes seconds."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


_SKIMAGE = _package("skimage") / "data"
_SKLEARN = _package("sklearn") / "datasets" / "images"

PHOTOS = (
    *(
        _SKIMAGE / name
        for name in (
            "astronaut.png",
            "brick.png",
            "camera.png",
            "cell.png",
            "chelsea.png",
            "clock_motion.png",
            "coffee.png",
            "coins.png",
            "grass.png",
            "gravel.png",
            "hubble_deep_field.jpg",
            "ihc.png",
            "moon.png",
            "motorcycle_left.png",
            "motorcycle_right.png",
            "page.png",
            "retina.jpg",
            "rocket.jpg",
        )
    ),
    _SKLEARN / "china.jpg",
    _SKLEARN / "flower.jpg",
)


@cache
def photo(name: str) -> Image.Image:
    """A public photo in RGB, by the start of its file's name."""
    path = next(path for path in PHOTOS if path.name.startswith(name))
    with Image.open(path) as image:
        return image.convert("RGB")


def variants(count: int, *, smallest: int = 64, largest: int = 2600) -> Iterator[Image.Image]:
    """Crops and resizes of the photos in turn, all different, sides within these pixels."""
    random = np.random.default_rng(20261121)
    for number in range(count):
        image = photo(PHOTOS[number % len(PHOTOS)].name)
        share = random.uniform(0.6, 1.0, 2)
        corner = random.random(2) * (1 - share)
        left, top = corner * image.size
        box = (left, top, left + share[0] * image.width, top + share[1] * image.height)
        long = int(np.exp(random.uniform(np.log(smallest * 1.5), np.log(largest))))
        ratio = long / max(box[2] - box[0], box[3] - box[1])
        size = [max(smallest, round(side * ratio)) for side in (box[2] - box[0], box[3] - box[1])]
        yield image.resize((size[0], size[1]), Image.Resampling.BICUBIC, box=box)


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    """The bytes of a file of this picture."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def bits_apart(packed: bytes, other: bytes) -> int:
    """Hamming distance, counted independently of the library."""
    return (int.from_bytes(packed) ^ int.from_bytes(other)).bit_count()
