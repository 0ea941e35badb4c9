import numpy as np
import pytest

from hashmatch.bench.distances import codes_of
from hashmatch.bench.impostors import Counts, curve, photo_pairs
from hashmatch.model import Hash, MediaHashes, Mode
from hashmatch.model.media import Decoder, Reading
from hashmatch.model.orientation import Orientation


def media(algorithm: str, seed: int, quality: int = 100) -> MediaHashes:
    """Eight random readings."""
    bits = {"pdq": 32, "phash-64": 8, "colorhash-42": 6}[algorithm]
    random = np.random.default_rng(seed)
    made = []
    for way in Orientation:
        value = bytearray(random.bytes(bits))
        if algorithm == "colorhash-42":
            value[0] &= 3
        made.append(Reading(Hash(algorithm, bytes(value)), quality, way))
    return MediaHashes(
        tuple(made), mode=Mode.EXACT, width=9, height=9, format="png", decoder=Decoder.PILLOW
    )


def brute(one: MediaHashes, other: MediaHashes) -> int:
    """The nearest of eight readings and the negative of the upright one, bit by bit."""
    asked = [each.hash for each in one.readings]
    upright = next(each.hash for each in one.readings if each.orientation is Orientation.UPRIGHT)
    known = next(each.hash for each in other.readings if each.orientation is Orientation.UPRIGHT)
    return min(each - known for each in (*asked, ~upright))


@pytest.mark.parametrize("algorithm", ["pdq", "phash-64", "colorhash-42"])
def test_pairs_are_counted_as_brute_force_counts_them(algorithm: str) -> None:
    pictures = [media(algorithm, seed, 100 if seed % 5 else 40) for seed in range(20)]
    groups = [0, 1, 1, 1, *range(4, 20)]
    counts, good = photo_pairs(list(zip(groups, pictures, strict=True)), algorithm, 50)
    used = [(g, each) for g, each in zip(groups, pictures, strict=True) if each.quality >= 50]
    assert good == len(used) == 16
    wanted = np.zeros(257, np.int64)
    for group, one in used:
        for other_group, other in used:
            if group != other_group:
                wanted[brute(one, other)] += 1
    assert counts.at.tolist() == wanted.tolist()


def test_several_hashes_of_a_picture_count_by_the_nearest() -> None:
    random = np.random.default_rng(3)
    codes = [[Hash("phash-64", random.bytes(8)) for _ in range(n)] for n in (2, 1, 3)]
    asked = [Hash("phash-64", random.bytes(8)) for _ in range(2)]
    found = codes_of(codes).from_readings(Hash.pack(asked))
    assert found.tolist() == [min(a - k for a in asked for k in known) for known in codes]


def test_the_rule_is_the_last_distance_that_keeps_the_promise() -> None:
    counts = Counts.none()
    counts.at[[10, 12, 40]] = [1, 1, 2_999_998]
    assert counts.pairs == 3_000_000
    assert counts.rule() == 39
    counts.at[[10, 40]] = [2, 2_999_997]
    assert (counts.within(11), counts.rule()) == (2, 39)
    counts.at[[10, 40]] = [3, 2_999_996]
    assert (counts.within(12), counts.rule()) == (4, 11)
    counts.at[[0, 10, 40]] = [4, 0, 2_999_995]
    assert (counts.nearest, counts.rule()) == (0, None)
    assert Counts.none().nearest is None


def test_fewer_pairs_than_a_million_allow_no_false_match() -> None:
    counts = Counts.none()
    counts.at[[72, 100]] = [1, 499_499]
    assert counts.rule() == 71


def test_curves_say_what_each_threshold_finds() -> None:
    genuine, impostors = Counts.none(), Counts.none()
    genuine.at[[0, 10, 30]] = [5, 3, 1]
    impostors.at[[20, 30, 64]] = [1, 1, 98]
    found = {each["threshold"]: each for each in curve(genuine, 1, impostors, "phash-64")}
    assert found[0] == {"threshold": 0, "found": 0.5, "false": 0.0}
    assert found[10]["found"] == 0.8
    assert found[20]["false"] == 0.01
    assert found[30] == {"threshold": 30, "found": 0.9, "false": 0.02}
    assert found[64]["false"] == 1
    assert 65 not in found
