"""Parts of a picture that may be known pictures, each with the codes of all its turns.

Screenshots, collages, pictures with borders, captions or a frame, and photographed screens hold
pictures that are known; which of their parts those are is proposed by what pages and frames have in
common, and told by the hash lists.
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hashmatch.hashers.means import (
    CELLS,
    Box,
    Sums,
    axis,
    qualities_of,
    small,
    spectra,
    turned_codes,
)
from hashmatch.hashing.blobs import blobs
from hashmatch.hashing.corners import FRONT, SIDE, on_page, quads_in, rectified
from hashmatch.hashing.cutting import Rectangle, pieces
from hashmatch.hashing.lattices import aligned, between, places
from hashmatch.hashing.prints import prints_in
from hashmatch.hashing.rounding import may_be_round, runs_of, without_round_corners
from hashmatch.hashing.seams import are_alike, detailed, rectangles, refined, seams_of
from hashmatch.hashing.sides import Corners
from hashmatch.hashing.slanting import slanted
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Luma = NDArray[np.uint8]

MOST: Final = 96
"""The most parts of one picture."""

_PIECES: Final = 2 * MOST
"""The most pieces of a page that parts are chosen from."""

_LEAST: Final = 1 / 24
"""The smallest side of a part, as a share of the picture's longer side."""

_LEAST_PIXELS: Final = 32

_ASPECT: Final = 5.0
"""The most that a part is longer than it is wide."""

_EDGE: Final = FRONT // 80
"""The very edges of what is seen from the front are blurred into the ground."""
_FRAME: Final = FRONT // 20
_IN_FRAME: Final = Rectangle(_FRAME, FRONT - _FRAME, _FRAME, FRONT - _FRAME)
_FRAME_WIDTHS: Final = 0.045
"""What a frame of usual width surrounds, and by how much that may lie off, as a share of it."""
_WITHIN: Final = 8
"""Pieces of what is seen from the front that are looked at, at most."""
_SAME: Final = 3.0
"""Pixels by which no corner of two tilted things differs that are the same."""

_DARK: Final = 60
"""The highest level of a page that was darkened: white is seen through a veil of 77 %."""

_MOSTLY_DARK: Final = 0.4
"""The share of a darkened page that is not lit, at least."""

_DARKENED: Final = 0.04
"""How far the seam around what is lit lies off, as a share of it: its edges may be dark."""

_THINGS: Final = 3
_SEAMS: Final = 6
_LEAST_QUALITY: Final = 20
"""Parts with less structure say too little to be kept."""


class Part(NamedTuple):
    """A part that may be a known picture.

    Attributes:
        corners: (4, 2) float64 rows and columns in pixels of the stored picture: top left, top
            right, bottom right, bottom left.
        quality: 0–100.
        codes: (8, 32) uint8, one for each turn of `Orientation`, of the picture as shown.
        means: (128, 128) float64 of its cells, in the stored picture.
    """

    corners: Corners
    quality: int
    codes: "NDArray[np.uint8]"
    means: "NDArray[np.float64]"


class Parts(NamedTuple):
    """The parts of a picture that may be known pictures, the most promising first.

    Attributes:
        found: with their codes.
        whole: the whole picture; None where it is too small, or has too little structure.
        is_all: whether no part was left out because there are so many.
    """

    found: list[Part]
    whole: Part | None
    is_all: bool


def parts_of(raster: Raster) -> Parts:
    """The parts of a picture that may be known pictures."""
    luma, k = seen(raster)
    if min(luma.shape) < _LEAST_PIXELS:
        return Parts([], None, is_all=True)
    least = max(_LEAST_PIXELS, int(_LEAST * max(luma.shape)))
    found = _Found(luma, least)
    if min(luma.shape) >= least:
        for rectangle in _proposed(luma, least, found):
            found.add(rectangle)
    turns = [raster.orientation.then(turn) for turn in Orientation]
    return found.parts(turns, k * raster.scale)


def seen(raster: Raster) -> "tuple[Luma, int]":
    """The luma in which parts are looked for, and how many of its pixels one of it stands for."""
    levels = raster.luma if raster.luma.dtype == np.uint8 else np.rint(raster.luma)
    return small(np.ascontiguousarray(levels, np.uint8))


def _proposed(luma: "Luma", least: int, found: "_Found") -> Iterator[Rectangle]:
    """Rectangles that may be pictures; tilted ones are put among those found."""
    cut = pieces(luma, least, _PIECES)
    found.is_all = len(cut) < _PIECES
    whole = Rectangle(0, luma.shape[0], 0, luma.shape[1])
    found.tilt(whole)
    found.take_prints()
    ranked = sorted(cut, key=lambda each: (each.is_page, -each.where.area))
    pictures = [each.where for each in ranked if not each.is_page]
    yield from places(pictures, luma.shape)
    for where, is_leaf, is_page in ranked:
        if not is_page:
            yield where
        if is_leaf and where != whole:
            found.tilt(where)
            found.slant(where)
    yield from aligned(pictures, luma.shape)
    yield from between(pictures)
    seams = seams_of(luma)
    inner = detailed(seams)
    if inner is not None:
        yield inner
    for where in _lit(*found.outlines, least):
        yield refined(seams, where, _DARKENED)
    yield from rectangles(seams, least, _SEAMS)
    for where in (each.where for each in ranked if each.is_page):
        yield where
    for where in (each.where for each in cut if not each.is_leaf):
        # What lies on a ground that is not quite of one colour ends at a seam.
        near = refined(seams, where)
        if near != where:
            yield near


def _lit(seen: "Luma", k: int, least: int) -> list[Rectangle]:
    """What is lit on a page that was darkened, to show it: its box, at a pixel in a few."""
    is_lit = seen > _DARK
    if np.count_nonzero(is_lit) > (1 - _MOSTLY_DARK) * is_lit.size:
        return []
    lit = blobs(is_lit, max(least // k, 1), _THINGS)
    return [
        Rectangle(
            each.top * k,
            (each.top + each.mask.shape[0]) * k,
            each.left * k,
            (each.left + each.mask.shape[1]) * k,
        )
        for each in lit
    ]


class _Found:
    """The parts found so far: no two that are alike, and not the whole."""

    def __init__(self, luma: "Luma", least: int) -> None:
        self._luma, self._least = luma, least
        self.outlines = small(luma, SIDE)
        self.is_all = True
        self._whole = Rectangle(0, luma.shape[0], 0, luma.shape[1])
        self._upright: list[Rectangle] = []
        self._tilted: list[tuple[Corners, NDArray[np.float64]]] = []

    def add(self, where: Rectangle) -> None:
        """Take a rectangle, if there is room, and none like it."""
        short, long = sorted((where.height, where.width))
        if short < self._least or long > _ASPECT * short:
            return
        if any(are_alike(where, other, 0.005) for other in (self._whole, *self._upright)):
            return
        if len(self._upright) < MOST:
            self._upright.append(where)
        else:
            self.is_all = False

    def tilt(self, where: Rectangle) -> None:
        """Take what lies tilted on the plain ground of a rectangle, if anything does."""
        if min(where.height, where.width) < self._least:
            return
        page = self._luma[where.top : where.bottom, where.left : where.right]
        made = self.outlines if where == self._whole else small(page, SIDE)
        for corners in quads_in(*made, self._least, is_page=where == self._whole):
            self._take(corners + np.array((where.top, where.left)))

    def slant(self, where: Rectangle) -> None:
        """Take a rectangle with its sides as they run, if they are not quite upright."""
        if min(where.height, where.width) >= 2 * self._least:
            corners = slanted(self._luma, where)
            if corners is not None:
                self._take(corners)

    def take_prints(self) -> None:
        """Take what white frames surround that are tilted, on whatever ground they lie."""
        for corners in prints_in(self._luma, self._least):
            self._take(corners)

    def _take(self, corners: Corners) -> None:
        if len(self._tilted) >= MOST // 2:
            self.is_all = False
            return
        if any(np.abs(corners - other).max() < _SAME for other, _ in self._tilted):
            return
        front = rectified(self._luma, corners)
        sums = Sums(front)
        self._tilted.append((corners, sums.means(Box(0, FRONT, 0, FRONT))))
        # Paper and screens have edges of their own around what they show, or show a page.
        inside = np.ascontiguousarray(front[_EDGE : FRONT - _EDGE, _EDGE : FRONT - _EDGE])
        within = [
            Rectangle(*(side + _EDGE for side in piece.where))
            for piece in pieces(inside, FRONT // 5, 1 + _WITHIN)[1:]
        ]
        # Light on such an edge leaves no line of one colour, but where it ends there is a seam.
        framed = refined(seams_of(front), _IN_FRAME, _FRAME_WIDTHS)
        if not any(are_alike(framed, each) for each in within):
            within.append(framed)
        for where in within:
            self._tilted.append((on_page(corners, where), sums.means(Box(*where))))

    def parts(self, turns: list[Orientation], scale: int) -> Parts:
        """All with their codes; corners in pixels of the picture, which has this many for each."""
        corners = [each for each, _ in self._tilted]
        corners += map(corners_at, self._upright)
        means = np.empty((len(corners) + 1, CELLS, CELLS))
        for at, (_, own) in enumerate(self._tilted):
            means[at] = own
        sums = Sums(self._luma)
        for at, where in enumerate((*self._upright, self._whole), len(self._tilted)):
            sums.means(Box(*where), means[at])
        filled = _filled(corners, means[:-1])
        corners.append(corners_at(self._whole))
        made = _parts(corners, means, turns, scale)
        whole = made.pop()
        if filled:
            same = [corners[at] for at, _ in filled]
            made += _parts(same, np.stack([each for _, each in filled]), turns, scale)
        found = [each for each in made if each.quality >= _LEAST_QUALITY]
        return Parts(found, whole if whole.quality >= _LEAST_QUALITY else None, self.is_all)


def _parts(
    corners: list[Corners], means: "NDArray[np.float64]", turns: list[Orientation], scale: int
) -> list[Part]:
    """Parts by their means, with their codes."""
    codes, qualities = turned_codes(spectra(means, axis(), axis()), turns), qualities_of(means)
    return [
        Part(where * scale, quality, codes[:, at], means[at])
        for at, (where, quality) in enumerate(zip(corners, qualities.tolist(), strict=True))
    ]


def _filled(
    corners: list[Corners], means: "NDArray[np.float64]"
) -> "list[tuple[int, NDArray[np.float64]]]":
    """Those of parts that have round corners, with these filled."""
    found = []
    for at, runs in enumerate(runs_of(means).tolist()):
        if may_be_round(runs):
            filled = without_round_corners(means[at], *_sides(corners[at]), runs)
            if filled is not None:
                found.append((at, filled))
    return found


def _sides(corners: Corners) -> tuple[float, float]:
    """How tall and how wide a part is."""
    first, right, _, foot = corners.tolist()
    return math.dist(first, foot), math.dist(first, right)


def corners_at(where: Rectangle) -> Corners:
    """The corners of an upright rectangle."""
    top, bottom, left, right = where
    return np.array(((top, left), (top, right), (bottom, right), (bottom, left)), np.float64)
