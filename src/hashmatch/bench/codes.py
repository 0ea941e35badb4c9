"""Made-up hashes: as many as are asked for, with the statistics of real ones.

Bits of PDQ hashes are not independent: 128 of 256 are ones, and some pairs agree more often than
not. A normal distribution with the correlations of real hashes gives as many as one likes; the 128
largest of its 256 numbers are ones, as in PDQ. Bits of other algorithms are taken as independent.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.model.hash import bits_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK: Final = 100_000
_ENOUGH: Final = 256
"""Real hashes below which their correlations say nothing."""


def synthetic(
    algorithm: str, count: int, like: "NDArray[np.uint8]", seed: int
) -> "NDArray[np.uint8]":
    """So many hashes of this algorithm.

    Args:
        algorithm: with bits that are compared.
        count: how many.
        like: (n, bytes) real hashes; of few of them no correlations are taken.
        seed: another one gives others.

    Returns:
        (count, bytes) uint8, padded with zero bits in front to whole bytes.
    """
    if algorithm == "pdq" and len(like) >= _ENOUGH:
        return realistic(count, like, seed)
    bits = bits_of(algorithm) or 0
    made = uniform(count, -(-bits // 8), seed)
    if bits % 8:
        made[:, 0] &= (1 << bits % 8) - 1
    return made


def realistic(count: int, like: "NDArray[np.uint8]", seed: int) -> "NDArray[np.uint8]":
    """So many hashes with the correlations of those: (count, bytes) uint8."""
    signs = np.unpackbits(like, axis=1).astype(np.float32) * 2 - 1
    bits = signs.shape[1]
    # The arcsine law: if signs of normal numbers correlate by r, the numbers do by sin(π r / 2).
    correlation = np.sin(np.pi / 2 * np.corrcoef(signs.T))
    values, vectors = np.linalg.eigh(correlation)
    mix = (vectors * np.sqrt(np.clip(values, 0, None))).T.astype(np.float32)
    random = np.random.default_rng(seed)
    made = np.empty((count, bits // 8), np.uint8)
    for begin in range(0, count, _BLOCK):
        rows = min(_BLOCK, count - begin)
        numbers = random.standard_normal((rows, bits), np.float32) @ mix
        middle = np.partition(numbers, bits // 2, axis=1)[:, bits // 2]
        made[begin : begin + rows] = np.packbits(numbers >= middle[:, None], axis=1)
    return made


def uniform(count: int, width: int, seed: int) -> "NDArray[np.uint8]":
    """So many random codes of so many bytes."""
    return np.random.default_rng(seed).integers(0, 256, (count, width), np.uint8)


def asked(
    known: "NDArray[np.uint8]", misses: "NDArray[np.uint8]", most: int, seed: int
) -> "NDArray[np.uint8]":
    """Queries of which one in a thousand lies within `most` bits of a known code."""
    random = np.random.default_rng(seed)
    queries = misses.copy()
    for number in range(0, len(queries), 1000):
        code = known[random.integers(len(known))]
        flips = np.zeros(8 * known.shape[1], np.uint8)
        flips[random.permutation(len(flips))[: random.integers(0, most + 1)]] = 1
        queries[number] = code ^ np.packbits(flips)
    return queries
