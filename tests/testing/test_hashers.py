"""The contract check refuses hashers that break a rule."""

from collections.abc import Sequence
from typing import Any

import pytest

from hashmatch.hashers.color import Colorhash42
from hashmatch.hashers.pdq import Pdq
from hashmatch.model import Reading
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster
from hashmatch.testing import check_hasher


class Unturned(Pdq):
    def hash(
        self, raster: Raster, *, orientations: Sequence[Orientation] = (Orientation.UPRIGHT,)
    ) -> list[Reading]:
        (upright,) = super().hash(raster)
        return [Reading(upright.hash, upright.quality, o) for o in orientations]


class Unscaled(Pdq):
    def hash(
        self, raster: Raster, *, orientations: Sequence[Orientation] = (Orientation.UPRIGHT,)
    ) -> list[Reading]:
        luma = raster.luma[
            : raster.luma.shape[0] // raster.scale, : raster.luma.shape[1] // raster.scale
        ]
        return super().hash(Raster(luma, luma.shape[1], luma.shape[0]), orientations=orientations)


class Colourless(Colorhash42):
    needs_rgb = False


def changed(**attributes: Any) -> Pdq:
    hasher: Pdq = type("Changed", (Pdq,), attributes)()
    return hasher


@pytest.mark.parametrize(
    "broken",
    [
        Unturned(),
        Unscaled(),
        changed(bits=255),
        changed(algorithm="phash-64"),
        changed(threshold=256),
        changed(source=""),
        changed(distance="opaque"),
        changed(minimum_quality=101),
    ],
    ids=lambda hasher: type(hasher).__name__,
)
def test_a_broken_hasher_is_refused(broken: Pdq) -> None:
    with pytest.raises(AssertionError):
        check_hasher(broken)


def test_a_hasher_that_does_not_ask_for_colours_gets_none() -> None:
    with pytest.raises(ValueError, match="rgb"):
        check_hasher(Colourless())
