"""Public photos, and imagehash as the judge of our hashes.

Pillow resizes rows first, then columns, up to version 12; from 13 on it begins with the columns
of tall pictures, and imagehash's bits change with it. The lists in circulation were made before,
so the oracle holds Pillow to rows first.
"""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from unittest.mock import patch

import imagehash
import numpy as np
import skimage
import sklearn
from numpy.typing import NDArray
from PIL import Image

from hashmatch.model import Hash
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

_FOLDERS = (
    Path(skimage.__file__).parent / "data",
    Path(sklearn.__file__).parent / "datasets" / "images",
)
PHOTOS = ("astronaut.png", "chelsea.png", "china.jpg", "coffee.png", "rocket.jpg")

CLASSIC: dict[str, Callable[[Image.Image], imagehash.ImageHash]] = {
    "ahash-64": imagehash.average_hash,
    "dhash-256": partial(imagehash.dhash, hash_size=16),
    "dhash-64": imagehash.dhash,
    "phash-256": partial(imagehash.phash, hash_size=16),
    "phash-64": imagehash.phash,
    "whash-64": imagehash.whash,
}

_resize = Image.Image.resize


@cache
def photo(name: str) -> Image.Image:
    """A photo that scikit-image or scikit-learn brings along, in RGB."""
    path = next(folder / name for folder in _FOLDERS if (folder / name).exists())
    with Image.open(path) as image:
        return image.convert("RGB")


def pictures() -> list[Image.Image]:
    """Photos of many shapes: as they are, odd, small, tall, wide and tiny."""
    sizes = ((37, 23), (320, 241), (241, 320), (97, 301), (301, 64), (8, 8), (5, 17), (33, 1))
    return [photo(name) for name in PHOTOS] + [
        photo(PHOTOS[i % len(PHOTOS)]).resize(size) for i, size in enumerate(sizes)
    ]


def grey(pixels: NDArray[np.uint8], orientation: Orientation = Orientation.UPRIGHT) -> Raster:
    return Raster(pixels, pixels.shape[1], pixels.shape[0], orientation=orientation)


def coloured(image: Image.Image, orientation: Orientation = Orientation.UPRIGHT) -> Raster:
    luma, rgb = np.asarray(image.convert("L")), np.asarray(image)
    return Raster(luma, image.width, image.height, orientation=orientation, rgb=rgb)


def judged(algorithm: str, image: Image.Image) -> Hash:
    """What imagehash says, with rows resized first."""
    with patch.object(Image.Image, "resize", _rows_first):
        return Hash.fromhex(algorithm, str(CLASSIC[algorithm](image)))


def judged_set(image: Image.Image) -> list[Hash]:
    """What `imagehash.crop_resistant_hash` says, each hash once."""
    with patch.object(Image.Image, "resize", _rows_first):
        hashes = imagehash.crop_resistant_hash(image).segment_hashes
    return list(dict.fromkeys(Hash.fromhex("crop-resistant", str(h)) for h in hashes))


def _rows_first(
    image: Image.Image, size: tuple[int, int], resample: Image.Resampling
) -> Image.Image:
    return _resize(_resize(image, (size[0], image.height), resample), size, resample)
