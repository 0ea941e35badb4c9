"""Codes to search in, and brute force that shares no code with the library."""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.model import Hash
from tests.support.photos import variants

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.search.neighbours import Neighbours

KINDS = ("random", "clustered", "correlated", "templates", "duplicates")


def codes(kind: str, count: int, width: int, seed: int = 0) -> "NDArray[np.uint8]":
    """So many codes of so many bytes, of a kind that makes a search err in its own way."""
    random = np.random.default_rng(seed)
    few = random.integers(0, 256, (max(1, count // 40), width), np.uint8)
    if kind == "clustered":
        return near(few, count, 3 * width, random)
    if kind == "duplicates":
        return few[random.integers(0, len(few), count)]
    if kind == "templates":  # half of the codes share three quarters of their bytes
        made = random.integers(0, 256, (count, width), np.uint8)
        made[::2, : 3 * width // 4] = 0x5A
        return made
    if kind == "correlated":  # neighbouring bits agree more often than not, as in PDQ
        noise = random.normal(size=(count, 8 * width + 2))
        return np.packbits(noise[:, :-2] + noise[:, 1:-1] + noise[:, 2:] > 0, axis=1)
    return random.integers(0, 256, (count, width), np.uint8)


def near(
    known: "NDArray[np.uint8]", count: int, most: int, random: np.random.Generator
) -> "NDArray[np.uint8]":
    """Codes at all distances up to `most` bits from known ones."""
    bits = 8 * known.shape[1]
    order = np.argsort(random.random((count, bits)), axis=1)
    flips = order < random.integers(0, min(most, bits) + 1, (count, 1))
    return known[random.integers(0, len(known), count)] ^ np.packbits(flips, axis=1)


@cache
def real_pdq(count: int) -> "NDArray[np.uint8]":
    """PDQ hashes of so many crops of public photos, each in its eight orientations."""
    options = HashOptions(orientations=True)
    return Hash.pack(
        [
            reading.hash
            for image in variants(count, largest=300)
            for reading in hash_image(image, options).readings
        ]
    )


def expected(
    known: "NDArray[np.uint8]", queries: "NDArray[np.uint8]", threshold: int
) -> list[tuple[int, int, int]]:
    """Query, distance and row of all neighbours, in order, by counting every bit."""
    pairs = []
    for number, query in enumerate(queries):
        apart = np.bitwise_count(known ^ query).sum(axis=1)
        rows = np.flatnonzero(apart <= threshold)
        pairs += sorted((number, int(apart[row]), int(row)) for row in rows)
    return pairs


def listed(found: "Neighbours") -> list[tuple[int, int, int]]:
    """The same of what a search returned."""
    columns = found.queries.tolist(), found.distances.tolist(), found.rows.tolist()
    return list(zip(*columns, strict=True))
