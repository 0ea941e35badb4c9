"""Readings as bytes are the readings that were packed, and equal to them."""

import pickle
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.errors import Reason
from hashmatch.model import Alpha, Hash, Item, Locator, MediaHashes, Place, Reading, Unreadable
from hashmatch.model.locator import File, Member
from hashmatch.model.orientation import Orientation
from hashmatch.model.packed import PackedReadings, blocks_of, first_of
from tests.support.sighting_values import digests, picture

_WIDTHS = {"pdq": 32, "phash-64": 8, "opaque": 5}

READING = st.builds(
    lambda algorithm, seed, *rest: Reading(Hash(algorithm, seed[: _WIDTHS[algorithm]]), *rest),
    st.sampled_from(sorted(_WIDTHS)),
    st.binary(min_size=32, max_size=32),
    st.integers(0, 100),
    st.sampled_from(Orientation),
    st.sampled_from(Alpha),
    st.integers(0, 1 << 32),
)
READINGS = st.lists(READING, min_size=1, max_size=12).map(tuple)


def packed(readings: tuple[Reading, ...]) -> PackedReadings:
    return PackedReadings(tuple(blocks_of(readings)))


@given(READINGS)
def test_what_is_packed_is_what_it_was(readings: tuple[Reading, ...]) -> None:
    found = packed(readings)
    assert tuple(found) == readings
    assert len(found) == len(readings)
    assert [found[at] for at in range(-len(readings), len(readings))] == [*readings, *readings]
    assert found[1:-1] == readings[1:-1]
    assert blocks_of(found) is found.blocks
    first = readings[0]
    assert first_of(found) == (first.hash.algorithm, first.hash.value, first.quality)
    assert first_of(found) == first_of(readings)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 (our own)


@given(READINGS, READINGS)
def test_they_are_equal_where_the_readings_are(
    one: tuple[Reading, ...], other: tuple[Reading, ...]
) -> None:
    media = replace(picture(1), readings=one)
    other_media = replace(media, readings=packed(other))
    assert (packed(one) == packed(other)) is (one == other)
    assert (media == other_media) is (one == other)
    assert (other_media == media) is (one == other)
    same = replace(media, readings=packed(one))
    assert (same, hash(same)) == (media, hash(media))
    assert same.to_dict() == media.to_dict()


def test_how_they_are_cut_into_blocks_does_not_matter() -> None:
    readings = tuple(picture(1).readings)
    cut = PackedReadings((*blocks_of(readings[:3]), *blocks_of(readings[3:])))
    assert len(cut.blocks) == 2
    assert cut == packed(readings)
    assert cut == readings
    assert [*cut] == [*readings]


def test_there_is_none_behind_the_last() -> None:
    media: MediaHashes = picture(1)
    found = packed(tuple(media.readings))
    for at in (len(found), -len(found) - 1):
        with pytest.raises(IndexError, match=str(at)):
            found[at]


def test_an_item_that_lies_elsewhere_is_otherwise_the_same() -> None:
    """Each field has a value of its own, so that none can be forgotten."""
    place = Place(locator=Locator((File("a.zip"), Member("b", 0))))
    item = Item(
        "x",
        7,
        digests=digests(1),
        media=picture(1),
        unreadable=Unreadable(Reason.INTERNAL_ERROR, "why"),
        original_name="IMG_1",
        metadata=(("make", "a"),),
    )
    empty = Item("x")
    assert [
        each.name for each in fields(Item) if getattr(item, each.name) == getattr(empty, each.name)
    ] == ["locator", "place"]
    assert item.at("y", place) == replace(item, locator="y", place=place)
