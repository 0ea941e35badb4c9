"""What the tiers beyond the whole picture give: regions with their codes."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.decoding.decoded import Frame
from hashmatch.hashers.grids import SMALLEST_SIDE, WindowShape, luma_grids, qualities
from hashmatch.hashers.means import codes_of, half_axis, spectra, turned_codes
from hashmatch.hashers.pdq import spectrum_of
from hashmatch.hashing.corners import clockwise
from hashmatch.hashing.covering import uncovered
from hashmatch.hashing.cutting import Rectangle
from hashmatch.hashing.framing import framed
from hashmatch.hashing.options import HashOptions
from hashmatch.hashing.patches import patch_regions
from hashmatch.hashing.proposals import Part, Parts, corners_at, parts_of, seen
from hashmatch.hashing.sides import Corners
from hashmatch.model import Tier
from hashmatch.model.flags import Flag
from hashmatch.model.framing import AREAS, AT_EDGES, COVERS, OF_WHOLE, SLIGHT
from hashmatch.model.orientation import Orientation
from hashmatch.model.region import MOST_CODES, MOST_FRAMED, TURNS, Outline, Region
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

DETAIL: Final = 1000
"""Pixels of the longer side that a reduced decode keeps: nearly all that parts are found in."""

_ALGORITHM: Final = "pdq"
_SMALL_PART: Final = 96
_LARGE_PART: Final = 160
"""Pixels of the side of a square as large as a part."""
_DETAILED: Final = 90
"""Quality of a small part."""

_AT_EDGE: Final = 0.003
"""The share of a picture by which what reaches to its edge may lie off it."""

_SQUASHED: Final = (WindowShape.SQUASHED,)
_OTHER_WINDOWS: Final = (WindowShape.TRIANGLE, *_SQUASHED)
"""How the whole picture is read besides. Other turns are those of the same coefficients: of the
second they lie up to three pixels of 512 off, but then the first is nearer."""
_NONE: Final = Parts([], None, is_all=True)
_BY_PARTS: Final = frozenset((Tier.REGIONS, Tier.FRAMING))


def looks_at_parts(options: HashOptions) -> bool:
    """Whether parts of pictures are hashed: tiers beyond the whole one are asked for, and PDQ."""
    return _ALGORITHM in options.algorithms and not set(options.tiers) <= {Tier.WHOLE}


def regions_of(
    frames: Sequence[Frame], options: HashOptions
) -> tuple[tuple[Region, ...], tuple[Flag, ...]]:
    """The regions of a picture and its pages, and what is special about them.

    There are none where only whole pictures are asked for.
    """
    if not looks_at_parts(options):
        return (), ()
    found = _Found(frozenset(map(Tier, options.tiers)))
    for frame in frames:
        parts = parts_of(frame.raster) if found.tiers & _BY_PARTS else _NONE
        found.is_all &= parts.is_all
        for region in _of_frame(frame, parts, found.tiers):
            found.take(region)
    return tuple(found.regions), () if found.is_all else (Flag.PARTS_LEFT_OUT,)


@dataclass(slots=True)
class _Found:
    """The regions of one file, as many as an answer has room for.

    Attributes:
        tiers: that are looked for; one for which there is no more room is not, on further pages.
        regions: in their order.
        is_all: whether none was left out.
    """

    tiers: frozenset[Tier]
    regions: list[Region] = field(default_factory=list)
    is_all: bool = True
    _codes: int = 0
    _framed: int = 0

    def take(self, region: Region) -> None:
        """Take a region up, if there is room for its codes."""
        codes = self._codes + region.count
        framed = self._framed + region.count * (region.tier is Tier.FRAMING)
        if region.tier not in self.tiers or codes > MOST_CODES or framed > MOST_FRAMED:
            self.tiers -= {region.tier}
            self.is_all = False
            return
        self._codes, self._framed = codes, framed
        self.regions.append(region)


def _of_frame(frame: Frame, parts: Parts, tiers: frozenset[Tier]) -> Iterator[Region]:
    raster, whole = frame.raster, parts.whole
    if Tier.PATCHES in tiers:
        yield from patch_regions(raster, frame.number)
    if Tier.REGIONS in tiers:
        yield from _read_otherwise(frame, _OTHER_WINDOWS if whole is None else _SQUASHED)
        for part in (*(() if whole is None else (whole,)), *parts.found):
            yield _region(part, frame, Tier.REGIONS, TURNS, part.codes)
        if whole is not None:
            yield from _framed(whole, frame, Tier.REGIONS, SLIGHT)
    if Tier.FRAMING not in tiers:
        return
    if whole is not None:
        yield from _framed(whole, frame, Tier.FRAMING, OF_WHOLE)
        filled = [_as_shown(each, raster) for each in uncovered(seen(raster)[0])]
        codes = codes_of(spectra(np.stack(filled), half_axis(), half_axis()))
        yield _region(whole, frame, Tier.FRAMING, AREAS, codes)
    for part in filter(_may_be_cut, parts.found):
        cells = _as_shown(part.means, raster)
        for plan in (COVERS, *_edges(part, raster)):
            yield _region(part, frame, Tier.FRAMING, plan, framed(cells, plan))


def _framed(whole: Part, frame: Frame, tier: Tier, plans: Sequence[str]) -> Iterator[Region]:
    """What may have become of a known picture before it was the whole picture at hand."""
    shown = _as_shown(whole.means, frame.raster)
    for plan in plans:
        yield _region(whole, frame, tier, plan, framed(shown, plan, _shape(frame.raster)))


def _may_be_cut(part: Part) -> bool:
    """Whether a part is looked at as something cut to fit: small ones often come near to others."""
    rows, columns = part.corners[[0, 1, 2, 3, 0]].T
    side = math.sqrt(abs(np.sum(rows[:-1] * columns[1:] - rows[1:] * columns[:-1])) / 2)
    return side >= _LARGE_PART or (side >= _SMALL_PART and part.quality >= _DETAILED)


def _edges(part: Part, raster: Raster) -> Iterator[str]:
    """Plans for the edges that a part reaches to, where it does not reach to the opposite one."""
    tall, wide = _shape(raster)
    columns, rows = zip(*_outline(part.corners, raster), strict=True)
    near = [
        side <= _AT_EDGE * length
        for side, length in (
            (min(rows), tall),
            (tall - max(rows), tall),
            (min(columns), wide),
            (wide - max(columns), wide),
        )
    ]
    opposite = (near[1], near[0], near[3], near[2])
    for plan, reaches, other in zip(AT_EDGES, near, opposite, strict=True):
        if reaches and not other:
            yield plan


def _read_otherwise(frame: Frame, windows: Sequence[WindowShape]) -> Iterator[Region]:
    """The whole picture as other programs would have read it, or its larger original."""
    raster = frame.raster
    if min(raster.width, raster.height) < SMALLEST_SIDE:
        return
    outline = _outline(corners_at(Rectangle(0, raster.height, 0, raster.width)), raster)
    for window in windows:
        grids = luma_grids(raster, (Orientation.UPRIGHT,), window)
        codes, quality = (
            turned_codes(spectrum_of(grids), tuple(Orientation)),
            int(qualities(grids)[0]),
        )
        yield Region(Tier.REGIONS, outline, quality, TURNS, codes.tobytes(), frame.number)


def _region(part: Part, frame: Frame, tier: Tier, plan: str, codes: "NDArray[np.uint8]") -> Region:
    outline = _outline(part.corners, frame.raster)
    return Region(tier, outline, part.quality, plan, codes.tobytes(), frame.number)


def _as_shown(means: "NDArray[np.float64]", raster: Raster) -> "NDArray[np.float64]":
    """Means of a part of the stored picture, as a viewer shows it."""
    way = raster.orientation
    rows = means[::-1] if way.flips_rows else means
    both = rows[:, ::-1] if way.flips_columns else rows
    return both.T if way.transposes else both


def _shape(raster: Raster) -> tuple[float, float]:
    """Height and width, as shown."""
    sides = raster.height, raster.width
    return sides[::-1] if raster.orientation.transposes else sides


def _outline(corners: Corners, raster: Raster) -> Outline:
    """Corners in the stored picture as columns and rows of the picture as shown."""
    way, points = raster.orientation, corners.tolist()
    if way.flips_rows:
        points = [[raster.height - row, column] for row, column in points]
    if way.flips_columns:
        points = [[row, raster.width - column] for row, column in points]
    if way.transposes:
        points = [[column, row] for row, column in points]
    return tuple((round(column, 1), round(row, 1)) for row, column in clockwise(points))
