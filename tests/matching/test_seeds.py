"""How near a frame has to be for a known video to be looked at."""

from dataclasses import replace

import numpy as np
import pytest

from hashmatch.hashlists.reading import HashList
from hashmatch.index.near import Near
from hashmatch.index.segment import Segment
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Entry, Hash, KnownHash
from hashmatch.profiles import DEFAULT
from tests.support.films import entry_of, noisy, video

CODES = np.random.default_rng(1).integers(0, 256, (12, 32), np.uint8)
FILM = HashList.of("film", [entry_of("film", CODES, np.arange(12.0))])
CROWDED = replace(DEFAULT, video=replace(DEFAULT.video, many=11))


@pytest.mark.parametrize(("bits", "few", "many"), [(28, 1, 1), (36, 1, 0), (44, 0, 0)])
def test_frames_have_to_be_nearer_where_more_are_known(bits: int, few: int, many: int) -> None:
    asked = video(noisy(CODES, bits))
    assert len(Matcher([FILM]).match(asked)) == few
    assert len(Matcher([FILM], profile=CROWDED).match(asked)) == many


def test_one_near_frame_leads_to_those_that_are_farther() -> None:
    codes = np.concatenate((noisy(CODES[:4], 44), noisy(CODES[4:5], 30), noisy(CODES[5:], 44)))
    (match,) = Matcher([FILM], profile=CROWDED).match(video(codes))
    assert match.segments[0].frames == 12


def test_lists_of_pictures_are_searched_no_farther_than_pictures_match(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[int, set[int]] = {}
    near = Segment.near

    def heard(
        self: Segment, algorithm: str, queries: "np.typing.NDArray[np.uint8]", threshold: int
    ) -> Near:
        asked.setdefault(len(self.table), set()).add(threshold)
        return near(self, algorithm, queries, threshold)

    monkeypatch.setattr(Segment, "near", heard)
    pictures = HashList.of(
        "pictures",
        [Entry(str(row), hashes=(KnownHash(Hash("pdq", CODES[row].tobytes())),)) for row in (3, 7)],
    )
    found = Matcher([FILM, pictures]).match(video(noisy(CODES, 8)))
    assert {match.list_name for match in found} == {"film", "pictures"}
    assert asked == {1: {40}, 2: {31}}
