"""How near different pictures come: counts by distance, the rule that thresholds follow, curves."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hashmatch.bench.distances import FARTHEST, codes_of, readings, upright
from hashmatch.model import MediaHashes
from hashmatch.model.hash import bits_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

RULE: Final = 1e-6
"""False matches per pair of different photographs that a threshold allows, at most."""

_NEAREST: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Pairs at each distance.

    Attributes:
        at: (257,) how many pairs are exactly so far apart.
    """

    at: "NDArray[np.int64]"

    @classmethod
    def none(cls) -> "Counts":
        """No pair."""
        return cls(np.zeros(FARTHEST + 1, np.int64))

    @property
    def pairs(self) -> int:
        """How many there are."""
        return int(self.at.sum())

    @property
    def nearest(self) -> int | None:
        """The smallest distance."""
        seen = np.flatnonzero(self.at)
        return int(seen[0]) if len(seen) else None

    def within(self, threshold: int) -> int:
        """How many pairs are at most so far apart."""
        return int(self.at[: threshold + 1].sum())

    def rule(self, chance: float = RULE) -> int | None:
        """The largest distance within which at most this share of the pairs lies.

        None where even equal hashes are too many. Of fewer pairs than one false match is allowed
        for, it is the largest distance without any.
        """
        sums = np.cumsum(self.at)
        fits = np.flatnonzero(sums <= chance * self.pairs)
        return int(fits[-1]) if len(fits) else None

    def steps(self) -> dict[int, int]:
        """Pairs within each of the nearest distances at which there are any."""
        return {int(bits): self.within(int(bits)) for bits in np.flatnonzero(self.at)[:_NEAREST]}


def photo_pairs(
    hashed: Sequence[tuple[int, MediaHashes]],
    algorithm: str,
    least: int,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Counts, int]:
    """Each picture, however it is turned, against each different one as it is listed: upright.

    Of two pictures both are looked for, as dHash of a picture that is turned is not dHash turned.

    Args:
        hashed: group and hashes of each picture, in eight orientations; pairs of a group, which
            show the same, are left out.
        algorithm: of the hashes.
        least: the quality below which pictures are left out.
        stop: asked before each picture; what is left is not compared then.

    Returns:
        The counts, and how many pictures were of enough quality.
    """
    good = [
        (group, media, known)
        for group, media in hashed
        if media.quality >= least and (known := upright(media, algorithm))
    ]
    counts = Counts.none()
    if not good:
        return counts, 0
    codes = codes_of([known for _, _, known in good])
    groups = np.array([group for group, _, _ in good])
    for group, media, _ in good:
        if stop():
            break
        apart = codes.from_readings(readings(media, algorithm, least))
        counts.at[:] += np.bincount(apart[groups != group], minlength=FARTHEST + 1)
    return counts, len(good)


def curve(genuine: Counts, missed: int, impostors: Counts, algorithm: str) -> list[dict[str, Any]]:
    """Points of the ROC and DET curves: what each threshold finds, and what it finds wrongly.

    Args:
        genuine: distances of altered copies to their own picture.
        missed: copies that nothing was looked up of.
        impostors: distances of altered copies to other pictures.
        algorithm: of the hashes.
    """
    return list(_points(genuine, missed, impostors, bits_of(algorithm) or FARTHEST))


def _points(genuine: Counts, missed: int, impostors: Counts, bits: int) -> Iterator[dict[str, Any]]:
    copies, pairs = genuine.pairs + missed, impostors.pairs
    found = false = -1
    for threshold in range(bits + 1):
        own, wrong = genuine.within(threshold), impostors.within(threshold)
        if (own, wrong) == (found, false):
            continue
        found, false = own, wrong
        yield {
            "threshold": threshold,
            "found": round(own / copies, 6) if copies else 0.0,
            "false": wrong / pairs if pairs else 0.0,
        }
