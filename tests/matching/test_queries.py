"""Hashes that are looked for together, against the rules told of each reading by itself."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hashmatch.matching.queries import Query, queries_of
from hashmatch.matching.subjects import Subject, media_of
from hashmatch.model import Alpha, Digests, Hash, MediaHashes, Reading
from hashmatch.model.alignment import BEHIND, COVER
from hashmatch.model.orientation import Orientation
from hashmatch.model.packed import PackedReadings, blocks_of
from hashmatch.profiles import DEFAULT, get_profile
from tests.support.sighting_values import digests, picture, video

PROFILE = replace(get_profile(DEFAULT), qualities={"pdq": 50, "colorhash-42": 0})


def _mixed(media: MediaHashes, algorithm: str, width: int) -> MediaHashes:
    """Readings of two algorithms and frames, of several qualities, turned and upright."""
    readings = [
        Reading(
            Hash(algorithm, bytes([at % 4, *range(at, at + width - 1)])),
            quality,
            orientation,
            alpha,
            frame,
        )
        for at, (quality, orientation, alpha, frame) in enumerate(
            (quality, orientation, alpha, frame)
            for frame in (0, 3)
            for alpha in Alpha
            for quality in (49, 50, 100)
            for orientation in (Orientation.UPRIGHT, Orientation.ROTATED_90)
        )
    ]
    return replace(media, readings=(*readings[:5], *media.readings, *readings[5:]))


def _packed(media: MediaHashes) -> MediaHashes:
    return replace(media, readings=PackedReadings(tuple(blocks_of(media.readings))))


def _one_by_one(number: int, subject: Subject, algorithm: str) -> Iterator[tuple[Query, Hash]]:
    if isinstance(subject, Hash):
        if subject.algorithm == algorithm:
            yield Query(number), subject
        return
    media = media_of(subject)
    for reading in () if media is None else media.readings:
        assert media is not None
        frame_of_film = media.is_video and algorithm == "pdq" and reading.time is not None
        fraction = 1.0 if reading.part in (BEHIND, COVER) else media.fraction
        if (
            reading.hash.algorithm != algorithm
            or reading.quality < PROFILE.quality_of(algorithm)
            or frame_of_film
            or fraction < PROFILE.probable_fraction
        ):
            continue
        yield Query(number, reading, False, media.mode, fraction), reading.hash  # noqa: FBT003
        if reading.orientation is Orientation.UPRIGHT:
            yield Query(number, reading, True, media.mode, fraction), ~reading.hash  # noqa: FBT003


def _film() -> MediaHashes:
    """A film of which little was decoded, with a cover, and a picture behind it."""
    film = video(1)
    more = tuple(
        replace(each, part=part, frame=1)
        for part in (COVER, BEHIND, "")
        for each in picture(7).readings
    )
    return replace(film, readings=(*film.readings, *more), fraction=0.1)


@pytest.mark.parametrize(("algorithm", "width"), [("pdq", 32), ("colorhash-42", 6)])
def test_all_that_counts_is_looked_for_once(algorithm: str, width: int) -> None:
    mixed = _mixed(picture(1), algorithm, width)
    subjects: list[Subject] = [
        picture(2),
        _packed(mixed),
        digests(1),
        mixed,
        Hash("pdq", bytes(32)),
        Hash("colorhash-42", bytes(6)),
        _film(),
        replace(_packed(picture(4)), fraction=0.1),
        replace(_packed(picture(5)), fraction=0.9),
        Digests(),
    ]
    expected = [
        each
        for number, subject in enumerate(subjects)
        for each in _one_by_one(number, subject, algorithm)
    ]
    found = queries_of(subjects, algorithm, profile=PROFILE)
    assert found is not None
    assert [found[at] for at in range(len(found))] == [query for query, _ in expected]
    assert [code.tobytes() for code in found.codes] == [known.value for _, known in expected]


def test_nothing_is_looked_for_of_subjects_without_such_hashes() -> None:
    assert queries_of([digests(1), Hash("phash-64", bytes(8))], "pdq", profile=PROFILE) is None
