import re

import pytest

from hashmatch.model import MatchKind
from hashmatch.reports.svg import histogram
from hashmatch.reports.totals import Distances, Standing, Totals
from tests.support.case_records import EXACT, PROBABLE, example, item, match, sighting


def test_totals_are_those_of_the_sightings() -> None:
    database = example()
    totals = Totals.of(database.seen)
    assert totals.sightings == len(database.seen)
    assert sum(counts.total() for counts in totals.by_list.values()) == len(database.seen)
    assert totals.by_source.total() == len(database.seen)
    raised = [each.match for each in database.seen if each.match.reportable]
    perceptual = [each for each in raised if each.kind == "perceptual"]
    assert totals.distances["pdq"].counts.total() == len(perceptual)
    assert totals.distances["pdq"].thresholds == {Standing.MATCH: 31, Standing.PROBABLE: 46}


@pytest.mark.parametrize(
    ("changed", "standing"),
    [
        ({}, "match"),
        (EXACT, "match"),
        (PROBABLE, "probable"),
        ({"known_good": True, "suppressed": True}, "known-good"),
        ({**PROBABLE, "suppressed": True}, "suppressed"),
        ({"kind": MatchKind.COLLISION, "suppressed": True}, "collision"),
    ],
)
def test_each_match_has_one_standing(changed: dict[str, object], standing: str) -> None:
    assert Standing.of(match(**changed)) == standing


def test_known_good_and_exact_matches_have_no_distance() -> None:
    hows = [match(known_good=True), match(suppressed=True), match(**EXACT)]
    assert not Totals.of(sighting(1, item(), how) for how in hows).distances


@pytest.mark.parametrize("widest", [0, 1, 7, 31, 46, 63, 64, 128, 256])
def test_a_histogram_has_a_bar_for_every_distance_within_its_frame(widest: int) -> None:
    distances = Distances()
    distances.thresholds[Standing.MATCH] = widest
    for bits in range(widest + 1):
        distances.counts[Standing.MATCH, bits] = bits % 7 + 1
    svg = histogram("pdq", distances)
    bars = re.findall(r"<title>[\d–]+ bits&#58; ([\d,]+) \(match\)</title>", svg)
    assert sum(int(each) for each in bars) == distances.counts.total()
    frame = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert frame
    for axis, limit in zip("xy", frame.groups(), strict=True):
        for value in re.findall(rf' {axis}[12]?="([-\d.]+)"', svg):
            assert 0 <= float(value) <= int(limit)


def test_bars_at_one_distance_stand_on_each_other() -> None:
    distances = Distances()
    distances.thresholds = {Standing.MATCH: 31, Standing.PROBABLE: 46}
    distances.counts.update({(Standing.MATCH, 5): 3, (Standing.PROBABLE, 5): 2})
    found = re.findall(
        r' y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', histogram("pdq", distances)
    )
    (bottom, _), (top, height) = ((float(y), float(tall)) for y, tall in found)
    assert top + height == pytest.approx(bottom, abs=0.2)
