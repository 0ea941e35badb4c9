"""What is expected of each tier: the radius is the largest that keeps what the profile allows."""

from dataclasses import replace

import pytest

from hashmatch.matching import expecting
from hashmatch.matching.expecting import expected_of_tiers
from hashmatch.model import Tier
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
    assert tried[Tier.REGIONS, 48] == 48 * 8
    assert tried[Tier.FRAMING, 48] - tried[Tier.FRAMING, 1] == 47 * 77
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
