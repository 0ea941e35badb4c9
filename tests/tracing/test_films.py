"""Videos near to one medoid, by their frames."""

import numpy as np
from numpy.typing import NDArray

from hashmatch.tracing.films import FilmClusters


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
