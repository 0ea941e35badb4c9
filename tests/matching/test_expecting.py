"""What is expected of each tier: the radius is the largest that keeps what the profile allows."""

from dataclasses import replace

import pytest

from hashmatch.hashing.proposals import MOST
from hashmatch.hashlists.reading import HashList
from hashmatch.matching import expecting
from hashmatch.matching.expecting import expected_of_patches, expected_of_tiers
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Entry, Hash, KnownHash, Tier
from hashmatch.model.framing import COVERS, plan
from hashmatch.model.patch import ALGORITHM as PATCH
from hashmatch.model.patch import PatchPlace
from hashmatch.profiles import DEFAULT


@pytest.mark.parametrize("known", [1_000, 100_000, 10_000_000])
@pytest.mark.parametrize("allowed", [0.01, 1.0])
def test_a_radius_allows_no_more_and_hardly_less(
    monkeypatch: pytest.MonkeyPatch, known: int, allowed: float
) -> None:
    """By the published line of framing: 1.2e-15 within 31 bits, 0.18 decades a bit."""
    monkeypatch.setattr(expecting, "known_hashes", lambda _: known)
    found = expected_of_tiers((), replace(DEFAULT, false_matches=allowed))
    tried = {(each.tier, each.parts): each.tried for each in found}
    assert tried[Tier.REGIONS, MOST] == MOST * 8 + 40
    assert tried[Tier.FRAMING, MOST] - tried[Tier.FRAMING, 1] == (MOST - 1) * len(plan(COVERS))
    for each in found:
        assert each.leads <= allowed
        assert each.match <= min(31, each.probable)
        if each.tier is Tier.FRAMING and each.probable >= 0:
            line = 1e6 * known * each.tried * 1.2e-15
            assert each.leads == pytest.approx(line * 10 ** (0.18 * (each.probable - 31)), rel=1e-6)
            farther = line * 10 ** (0.18 * (each.probable + 1 - 31))
            assert each.probable == DEFAULT.farthest or farther > allowed


def test_where_no_hash_is_known_nothing_is_expected() -> None:
    assert expected_of_tiers((), DEFAULT) == ()
    assert expected_of_patches(()) is None


def test_of_patches_no_more_is_promised_than_was_measured() -> None:
    """Where none of n was seen, the chance is at most 3/n with 95 %: 2,028 queries, 1,112 known."""
    place = PatchPlace(1, 1, 1, 0, 10, 10)
    patch = KnownHash(Hash(PATCH, bytes(32)), place=place)
    other = KnownHash(Hash(PATCH, bytes([7]) * 32), place=place)
    whole = KnownHash(Hash("pdq", bytes(32)))
    entries = [Entry("1", hashes=(patch, other)), Entry("2", hashes=(whole, patch))]
    matcher = Matcher([HashList.of("lab", [*entries, Entry("3", hashes=(whole,))])])
    expected = expected_of_patches(matcher.lists)
    assert expected is not None
    assert (expected.pictures, expected.match, expected.probable) == (2, 5, 3)
    assert expected.at_most == pytest.approx(2 * 1e6 * 3 / (2_028 * 1_112), rel=0.002)
