"""Patches of pictures: what finds a known picture in a crop, turned, or among others.

A patch is a square around a large keypoint, turned until the keypoint points to the right. Its code
is made as PDQ is: which of the 256 lowest cosines of the square are above their median.
"""

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hashmatch.hashers.means import codes_of
from hashmatch.hashing.keypoints import (
    SQUARE,
    Keypoints,
    keypoints_of,
    reduced,
    squares_around,
)
from hashmatch.model import Hash, KnownHash, Tier
from hashmatch.model.patch import (
    ALGORITHM,
    MIRRORED,
    MOST,
    MOST_KNOWN,
    PLAIN,
    STEPS,
    TURN,
    PatchPlace,
    packed,
)
from hashmatch.model.region import Region
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

LONGEST: Final = 1024
"""Pixels of the longer side of a picture at hand: known pictures may be small parts of it."""

_LONGEST_KNOWN: Final = 512
_LEAST: Final = 6.0
"""Diameter of the smallest keypoints, in pixels of the reduced picture."""
_SMALLEST: Final = 32
"""Pixels of the shorter side below which a picture has no patches."""


class _Patches(NamedTuple):
    """Patches of one picture as shown.

    Attributes:
        places: of each.
        codes: (n, 32) uint8.
        mirrored: (n, 32) uint8, of the same patches in the mirror.
    """

    places: list[PatchPlace]
    codes: "NDArray[np.uint8]"
    mirrored: "NDArray[np.uint8]"


def patch_regions(raster: Raster, frame: int) -> "Iterator[Region]":
    """The patches of a picture at hand, and the same in the mirror; none where it has none.

    Raises:
        MissingExtraError: the extra `patches` is not installed.
    """
    found = _patches(raster, LONGEST, MOST)
    if not found.places:
        return
    width, height = found.places[0][4:]
    outline = ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))
    flipped = [in_mirror(each) for each in found.places]
    for plan, codes, places in (
        (PLAIN, found.codes, found.places),
        (MIRRORED, found.mirrored, flipped),
    ):
        held = b"".join(map(packed, places))
        yield Region(Tier.PATCHES, outline, 100, plan, codes.tobytes(), frame, held)


def known_patches(raster: Raster, part: str = "") -> tuple[KnownHash, ...]:
    """The patches of a known picture, for its entry on a list.

    Args:
        raster: the picture.
        part: what of the known file they are of, as `KnownHash.part` tells it.

    Raises:
        MissingExtraError: the extra `patches` is not installed.
    """
    found = _patches(raster, _LONGEST_KNOWN, MOST_KNOWN)
    return tuple(
        KnownHash(Hash(ALGORITHM, code.tobytes()), None, part, place=place)
        for code, place in zip(found.codes, found.places, strict=True)
    )


def in_mirror(place: PatchPlace) -> PatchPlace:
    """The place of a patch in the picture mirrored left to right."""
    turn = (TURN // 2 - place.turn) % TURN
    return place._replace(column=STEPS - place.column, turn=turn)


def _patches(raster: Raster, longest: int, most: int) -> _Patches:
    luma = _as_shown(raster)
    none = np.empty((0, 32), np.uint8)
    if min(luma.shape) < _SMALLEST:
        return _Patches([], none, none)
    height, width = _size(raster)
    small = reduced(luma, longest)
    found = keypoints_of(small, least=_LEAST, most=most)
    if not len(found.sizes):
        return _Patches([], none, none)
    squares = squares_around(small, found)
    spectrum = _cosines() @ squares @ _cosines().T
    # The mirror turns a patch whose keypoint points right upside down: its odd rows change sign.
    signs = np.where(np.arange(16) % 2, 1.0, -1.0)[:, None]
    places = _places(found, small.shape, width, height)
    return _Patches(places, codes_of(spectrum), codes_of(spectrum * signs))


def _places(found: Keypoints, shape: tuple[int, ...], width: int, height: int) -> list[PatchPlace]:
    rows, columns = shape
    steps = np.column_stack(
        (
            (found.middles[:, 0] + 0.5) / columns * STEPS,
            (found.middles[:, 1] + 0.5) / rows * STEPS,
            np.maximum(found.sizes / max(shape) * STEPS, 1),
            found.angles / 360 * TURN,
        )
    )
    whole = np.rint(steps)
    whole[:, :3] = np.clip(whole[:, :3], 0, STEPS)
    whole[:, 3] %= TURN
    return [
        PatchPlace(int(column), int(row), int(size), int(turn), width, height)
        for column, row, size, turn in whole.tolist()
    ]


@cache
def _cosines() -> "NDArray[np.float64]":
    """(16, 32) float64 low cosines of one axis of a square, but for its mean."""
    rows, columns = np.arange(1, 17)[:, None], 2 * np.arange(SQUARE)[None, :] + 1
    waves: NDArray[np.float64] = np.cos(np.pi / (2 * SQUARE) * rows * columns)
    return waves


def _as_shown(raster: Raster) -> "NDArray[np.uint8]":
    luma = raster.luma if raster.luma.dtype == np.uint8 else np.rint(raster.luma)
    way = raster.orientation
    rows = luma[::-1] if way.flips_rows else luma
    both = rows[:, ::-1] if way.flips_columns else rows
    return np.ascontiguousarray(both.T if way.transposes else both, np.uint8)


def _size(raster: Raster) -> tuple[int, int]:
    """Height and width as shown, in pixels; of a longer picture as if it were reduced."""
    sides = (raster.height, raster.width)
    height, width = reversed(sides) if raster.orientation.transposes else sides
    over = max(1.0, max(height, width) / STEPS)
    return max(1, int(height / over)), max(1, int(width / over))
