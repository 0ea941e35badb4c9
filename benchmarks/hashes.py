"""Real PDQ hashes, whose correlations `hashmatch.bench.codes` gives to as many as are asked for.

They are of small crops and turns of photos that scikit-image and scikit-learn ship.
"""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.model import Hash

if TYPE_CHECKING:
    from numpy.typing import NDArray


def real(crops: int) -> "NDArray[np.uint8]":
    """PDQ hashes of so many small crops of photos in eight orientations: (8 · crops, 32) uint8."""
    from tests.support.photos import PHOTOS, photo

    random = np.random.default_rng(20261122)
    options = HashOptions(orientations=True)
    made = []
    for number in range(crops):
        image = photo(PHOTOS[number % len(PHOTOS)].name)
        share = random.uniform(0.12, 0.6, 2)
        left, top = random.random(2) * (1 - share) * image.size
        box = (left, top, left + share[0] * image.width, top + share[1] * image.height)
        readings = hash_image(image.resize((128, 128), box=box), options).readings
        made += [reading.hash for reading in readings]
    return Hash.pack(made)
