"""What a sieve lets pass, against brute force: nothing that can match is held back."""

from dataclasses import replace

import numpy as np
import pytest

from hashmatch.hashlists.reading import HashList
from hashmatch.index.reading import KnownList
from hashmatch.matching.sieve import Sieve
from hashmatch.model import Digests, Entry, Hash, KnownHash
from hashmatch.model.hash import bits_of
from hashmatch.profiles import Policy, get_profile

WIDTHS = {"pdq": 31, "phash-64": 8, "colorhash-42": 3}


def _known(algorithm: str, codes: np.ndarray) -> HashList:
    entries = [
        Entry(
            str(number),
            number,
            digests=Digests(md5=f"{number:032x}"),
            hashes=(KnownHash(Hash(algorithm, code.tobytes()), 100),),
        )
        for number, code in enumerate(codes, 1)
    ]
    return HashList.of("x", entries)


def _turned(random: np.random.Generator, code: int, bits: int, count: int) -> int:
    for bit in random.choice(bits, count, replace=False).tolist():
        code ^= 1 << bit
    return code


@pytest.mark.parametrize("algorithm", WIDTHS)
@pytest.mark.parametrize("own", [None, 1])
def test_what_passes_is_what_brute_force_finds(algorithm: str, own: int | None) -> None:
    """Hashes at the threshold and one bit behind it, of pictures and of their negatives."""
    bits, threshold = int(bits_of(algorithm) or 0), WIDTHS[algorithm] if own is None else own
    random, width = np.random.default_rng(1), -(-bits // 8)
    known = [int.from_bytes(random.bytes(width)) % (1 << bits) for _ in range(40)]
    asked, whole = [], (1 << bits) - 1
    for code in known:
        for distance in (0, threshold, threshold + 1):
            near = _turned(random, code, bits, distance)
            asked += [(near, True), (near, False), (near ^ whole, True), (near ^ whole, False)]
    codes = np.array([list(code.to_bytes(width)) for code, _ in asked], np.uint8)
    listed = _known(algorithm, np.array([list(code.to_bytes(width)) for code in known], np.uint8))
    thresholds = {} if own is None else {algorithm: own}
    lists = [KnownList.of(listed, policy=Policy(thresholds=thresholds))]
    profile = replace(get_profile("strict"), thresholds=WIDTHS, probable={})
    passed = Sieve(lists, profile).near(algorithm, codes, np.array([up for _, up in asked]))
    expected = [
        any(
            (code ^ each).bit_count() <= threshold
            or (upright and (code ^ whole ^ each).bit_count() <= threshold)
            for each in known
        )
        for code, upright in asked
    ]
    assert passed.tolist() == expected
    assert 0 < sum(expected) < len(expected)


def test_digests_pass_that_are_listed() -> None:
    sieve = Sieve(
        [KnownList.of(_known("pdq", np.zeros((2, 32), np.uint8)))], get_profile("default")
    )
    assert sieve.has_digest([("md5", bytes.fromhex(f"{2:032x}")), ("sha1", None)])
    assert not sieve.has_digest([("md5", bytes(16)), ("sha256", bytes(32))])
    assert not sieve.has_digest([])
