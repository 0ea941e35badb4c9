"""Whether patches with near codes lie in two pictures as one turn, scale and shift puts them.

Near codes alone say little: eyes, corners and letters are everywhere. Pairs count that agree with
one transform in place, and each by its own scale and angle too; no patch counts twice; and they may
not lie on one line, as the letters of a text do.
"""

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from hashmatch.model.patch import STEPS, TURN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Places = NDArray[Any]

STRONG: Final = 5
"""Pairs of a match."""
PROBABLE: Final = 3
"""Pairs of what is probable."""

_SCALE: Final = float(np.log(1.6))
_ANGLE: Final = float(np.deg2rad(25))
_NEAR: Final = 0.1
"""How far a patch may lie from where it should, as a share of the longer side of the known
picture."""
_APART: Final = 0.05
"""How far two patches of a known picture must lie apart to say what its transform is."""
_WIDE: Final = 0.03
"""How far patches must spread to each side of the line that fits them best."""
_MOST: Final = 128
"""Pairs that are looked at: the nearest."""
_SEEDS: Final = 1500
_TRIED: Final = 12


class Placement(NamedTuple):
    """What puts a known picture into a picture at hand.

    Attributes:
        pairs: which pairs agree with it.
        factor: complex: how a place of the known picture, columns + i·rows in its pixels, is turned
            and scaled.
        shift: complex: what is added then, in pixels of the picture at hand.
    """

    pairs: "NDArray[np.intp]"
    factor: complex
    shift: complex


class Keyed(NamedTuple):
    """Patches by pairs.

    Attributes:
        numbers: (n,) which patch of the picture.
        places: (n, 6) its place, as `hashmatch.model.patch.PatchPlace`.
    """

    numbers: "NDArray[np.int64]"
    places: "Places"


def similarity(known: Keyed, asked: Keyed, distances: "NDArray[Any]") -> Placement | None:
    """The transform that most pairs agree with; None where fewer than three do.

    Args:
        known: patches of the known picture.
        asked: patches of the picture at hand, one for each of the known.
        distances: (n,) bits in which their codes differ.
    """
    if min(len(set(known.numbers.tolist())), len(set(asked.numbers.tolist()))) < PROBABLE:
        return None
    nearest = np.argsort(distances, kind="stable")[:_MOST]
    pairs = _Pairs(
        Keyed(known.numbers[nearest], known.places[nearest]),
        Keyed(asked.numbers[nearest], asked.places[nearest]),
        distances[nearest],
    )
    found = pairs.best()
    return None if found is None else found._replace(pairs=nearest[found.pairs])


class _Pairs:
    """Pairs of patches with near codes."""

    def __init__(self, known: Keyed, asked: Keyed, distances: "NDArray[Any]") -> None:
        self._known, self._asked, self._distances = known, asked, distances
        self._from, sizes, angles = _measured(known.places)
        self._to, to_sizes, to_angles = _measured(asked.places)
        self._scales = np.log(to_sizes / sizes)
        self._angles = to_angles - angles
        self._longest = float(known.places[:, 4:].max())

    def best(self) -> Placement | None:
        factors, shifts = self._seeds()
        if not len(factors):
            return None
        found: NDArray[np.intp] = np.empty(0, np.intp)
        agrees = self._agree(factors, shifts)
        counts = agrees.sum(axis=1)
        for seed in np.argsort(-counts, kind="stable")[:_TRIED]:
            if counts[seed] <= max(len(found), PROBABLE - 1):
                break
            places = abs(factors[seed] * self._from + shifts[seed] - self._to)
            ones = self._one_to_one(np.flatnonzero(agrees[seed]), places)
            if len(ones) > max(len(found), PROBABLE - 1) and self._spreads(ones):
                found = ones
        return self._fitted(found) if len(found) else None

    def _seeds(self) -> "tuple[NDArray[np.complex128], NDArray[np.complex128]]":
        """The transforms that two pairs each say, and their own scales and angles confirm."""
        first, second = np.triu_indices(len(self._from), 1)
        between = self._from[first] - self._from[second]
        apart = np.flatnonzero(abs(between) > _APART * self._longest)
        first, second, between = first[apart], second[apart], between[apart]
        factors = (self._to[first] - self._to[second]) / between
        whole = np.flatnonzero(factors != 0)
        first, second, factors = first[whole], second[whole], factors[whole]
        good = self._own(first, factors) & self._own(second, factors)
        # Pairs are in the order of their distances: the first seeds are of the nearest codes.
        kept = np.flatnonzero(good)
        kept = kept[np.argsort(first[kept] + second[kept], kind="stable")][:_SEEDS]
        factors = factors[kept]
        return factors, self._to[first[kept]] - factors * self._from[first[kept]]

    def _own(self, which: Any, factors: Any) -> "NDArray[np.bool_]":  # noqa: ANN401 (index)
        """Whether the scale and the angle of pairs are those of transforms."""
        turned = np.angle(np.exp(1j * (self._angles[which] - np.angle(factors))))
        scaled = self._scales[which] - np.log(abs(factors))
        return np.asarray((abs(turned) <= _ANGLE) & (abs(scaled) <= _SCALE))

    def _agree(
        self, factors: "NDArray[np.complex128]", shifts: "NDArray[np.complex128]"
    ) -> "NDArray[np.bool_]":
        """(seeds, pairs): which pairs agree with which transforms."""
        away = abs(factors[:, None] * self._from + shifts[:, None] - self._to)
        near = away <= _NEAR * self._longest * abs(factors)[:, None]
        return near & self._own(slice(None), factors[:, None])

    def _one_to_one(self, which: "NDArray[np.intp]", away: "Numbers") -> "NDArray[np.intp]":
        """Those of the pairs that share no patch, those that lie best first."""
        order = which[np.lexsort((self._distances[which], away[which]))]
        known: set[int] = set()
        asked: set[int] = set()
        kept = []
        for pair in order.tolist():
            one, other = int(self._known.numbers[pair]), int(self._asked.numbers[pair])
            # SIFT gives one place several angles: places count, not keypoints.
            here, there = _spot(self._known.places[pair]), _spot(self._asked.places[pair])
            if not ({one, here} & known or {other, there} & asked):
                known |= {one, here}
                asked |= {other, there}
                kept.append(pair)
        return np.array(kept, np.intp)

    def _spreads(self, which: "NDArray[np.intp]") -> bool:
        """Whether pairs do not lie on a line, in neither picture."""
        scale = abs(_ratio(self._from[which], self._to[which]))
        return (
            _breadth(self._from[which]) > _WIDE * self._longest
            and _breadth(self._to[which]) > _WIDE * self._longest * scale
        )

    def _fitted(self, which: "NDArray[np.intp]") -> Placement:
        """The transform that fits these pairs best, by least squares."""
        source, target = self._from[which], self._to[which]
        factor = _ratio(source, target)
        shift = target.mean() - factor * source.mean()
        return Placement(which, complex(factor), complex(shift))


def _spot(place: "Places") -> int:
    """A number for where a patch lies, below 0 to differ from those of patches."""
    return -1 - (int(place[0]) << 16 | int(place[1]))


def _ratio(source: "NDArray[np.complex128]", target: "NDArray[np.complex128]") -> complex:
    """The factor that fits best from one set of places to the other, by least squares."""
    one, other = source - source.mean(), target - target.mean()
    return complex(np.vdot(one, other) / max(np.vdot(one, one).real, 1e-12))


def _breadth(places: "NDArray[np.complex128]") -> float:
    """The standard deviation across the line that fits places best."""
    away = places - places.mean()
    values = np.linalg.eigvalsh(np.cov(np.stack((away.real, away.imag))))
    return float(np.sqrt(max(values[0], 0.0)))


def _measured(places: "Places") -> "tuple[NDArray[np.complex128], Numbers, Numbers]":
    """Middles in pixels as columns + i·rows, diameters in pixels, and angles in radians."""
    column, row, size, turn, width, height = places.T.astype(np.float64)
    longest = np.maximum(width, height)
    return (
        column / STEPS * width + 1j * (row / STEPS * height),
        size / STEPS * longest,
        turn / TURN * 2 * np.pi,
    )
