"""Videos near to one medoid, by their frames."""

import numpy as np
import pytest
from numpy.typing import NDArray

from hashmatch.hashers.pdq import Pdq
from hashmatch.model import Hash
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster
from hashmatch.tracing.films import FilmClusters
from tests.support.photos import variants


def frames(seed: int, count: int = 40) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def copied(codes: NDArray[np.uint8], bits: int, seed: int = 1) -> NDArray[np.uint8]:
    """The frames of a copy, each with some bits flipped."""
    chance = np.random.default_rng(seed)
    made = codes.copy()
    for row in made:
        for bit in chance.choice(256, bits, replace=False).tolist():
            row[bit // 8] ^= np.uint8(1 << bit % 8)
    return made


def test_copies_join_and_others_begin_clusters_of_their_own() -> None:
    found = FilmClusters(22)
    first, second = frames(1), frames(2)
    assert found.join(first).is_medoid
    assert found.join(second).is_medoid
    joined = found.join(copied(first, 9))
    assert (joined.medoid, joined.distance, joined.is_medoid) == (0, 9, False)
    assert found.join(copied(second, 22)).medoid == 1
    assert found.join(copied(first, 23)).is_medoid


@pytest.mark.parametrize("way", Orientation)
def test_turned_copies_join_whichever_way(way: Orientation) -> None:
    """What is drawn and hashed, so that no rule for turning bits says what is expected."""
    other, shown = pictures()
    found = FilmClusters(22)
    found.add_medoid(hashed(other, Orientation.UPRIGHT))
    found.add_medoid(hashed(shown, Orientation.UPRIGHT))
    joined = found.join(hashed(shown, way))
    assert (joined.medoid, joined.is_medoid) == (1, False)
    back = Orientation(joined.orientation)
    assert way.then(back) is Orientation.UPRIGHT


def test_frames_that_are_turned_in_different_ways_are_no_copy() -> None:
    _, shown = pictures()
    found = FilmClusters(22)
    found.add_medoid(hashed(shown, Orientation.UPRIGHT))
    ways = [Orientation.UPRIGHT, Orientation.MIRRORED, Orientation.ROTATED_180]
    mixed = [hashed(shown[at : at + 4], way) for at, way in zip((0, 4, 8), ways, strict=True)]
    assert found.join(np.concatenate(mixed)).is_medoid


def pictures() -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
    """Luma of twelve pictures, and of twelve others."""
    made = [np.asarray(each.convert("L"), np.float32) for each in variants(24, largest=160)]
    return made[:12], made[12:]


def hashed(shown: list[NDArray[np.float32]], way: Orientation) -> NDArray[np.uint8]:
    """The exact hashes of pictures that are turned."""
    rasters = [Raster(each, each.shape[1], each.shape[0]) for each in shown]
    return Hash.pack([Pdq().hash(each, orientations=(way,))[0].hash for each in rasters])


def test_half_of_the_frames_must_be_near_in_both() -> None:
    """A clip of a long film, or a film with a short piece of it, is another one."""
    film = frames(1, 100)
    for other, joins in (
        (film[:60], True),
        (film[:40], False),
        (np.concatenate([film[:50], frames(2, 150)]), False),
        (np.concatenate([film[:60], frames(2, 50)]), True),
    ):
        found = FilmClusters(22)
        found.join(film)
        assert found.join(other).is_medoid != joins


def test_medoids_that_are_there_already_are_joined() -> None:
    found = FilmClusters(22)
    for seed in range(5):
        found.add_medoid(frames(seed))
    assert found.join(copied(frames(3), 4)).medoid == 3
    assert found.join(frames(9, 2)).medoid == 5
    assert found.join(copied(frames(9, 2), 3)).medoid == 5
