"""What each tier gives of a picture."""

import numpy as np
import pytest
from PIL import Image

from hashmatch.hashing import tiers
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.model import MediaHashes, Tier
from hashmatch.model.framing import (
    AT_EDGES,
    COVERS,
    CUT_AT_FOOT,
    CUT_AT_LEFT,
    CUT_AT_RIGHT,
    CUT_AT_TOP,
    SLIGHT_CUTS,
    Framing,
    Span,
    plan,
)
from hashmatch.model.orientation import Orientation
from hashmatch.model.region import TURNS
from tests.support.photos import bits_apart, encoded, photo


def whole_regions(media: MediaHashes) -> list[bytes]:
    """The codes of the whole picture, shown upright, among its regions."""
    assert media.width is not None
    assert media.height is not None
    corners = {(0, 0), (media.width, 0), (media.width, media.height), (0, media.height)}
    upright = list(Orientation).index(Orientation.UPRIGHT)
    return [
        each.codes[32 * upright : 32 * upright + 32]
        for each in media.regions
        if each.plan == TURNS and set(each.outline) == corners
    ]


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket", "astronaut"])
def test_a_small_copy_is_read_in_two_more_ways_of_which_one_is_nearer(name: str) -> None:
    large = photo(name).convert("RGB").resize((1000, 750), Image.Resampling.LANCZOS)
    small = large.resize((131, 98), Image.Resampling.LANCZOS)
    known = hash_image(encoded(large, "PNG"), HashOptions()).hash.value
    media = hash_image(encoded(small, "PNG"), HashOptions(tiers=(Tier.REGIONS,)))
    read = whole_regions(media)
    assert len(read) == 2
    apart = [bits_apart(each, known) for each in read]
    assert min(apart) <= min(16, bits_apart(media.hash.value, known))


def test_whole_pictures_alone_have_no_regions() -> None:
    assert not hash_image(encoded(photo("coffee"), "PNG"), HashOptions()).regions


def test_other_readings_follow_what_a_viewer_turns() -> None:
    """The same picture, stored turned with a note that says so."""
    picture = photo("coffee").convert("L").resize((200, 150))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    stored = picture.transpose(Image.Transpose.ROTATE_90)
    options = HashOptions(tiers=(Tier.REGIONS,))
    plain = whole_regions(hash_image(encoded(picture, "PNG"), options))
    turned = whole_regions(hash_image(encoded(stored, "PNG", exif=exif), options))
    assert np.array_equal([*map(list, plain)], [*map(list, turned)])


def test_small_parts_are_not_looked_at_as_something_cut_to_fit() -> None:
    """They come near to too many others; as they are they are looked at."""
    page = Image.new("L", (900, 700), 240)
    page.paste(photo("coffee").convert("L").resize((70, 70)), (40, 40))
    page.paste(photo("chelsea").convert("L").resize((320, 240)), (300, 300))
    media = hash_image(encoded(page, "PNG"), HashOptions(tiers=tuple(Tier)[:3]))
    sizes = {
        (each.plan, round(each.outline[2][0] - each.outline[0][0]))
        for each in media.regions
        if each.plan in (TURNS, COVERS)
    }
    assert {(TURNS, 70), (TURNS, 320), (COVERS, 320)} <= sizes
    assert all(wide > 90 for plan, wide in sizes if plan == COVERS)


def page_with(left: int, top: int, size: tuple[int, int]) -> Image.Image:
    """A page of 700 × 900 with a photo, cut to fit a square at its middle."""
    known = photo("chelsea").convert("L").resize((480, 360))
    page = Image.new("L", (700, 900), 240)
    page.paste(known.crop((60, 0, 420, 360)).resize(size), (left, top))
    return page


def plans_at_edges(media: MediaHashes) -> set[str]:
    return {each.plan for each in media.regions if each.plan in AT_EDGES}


def test_what_is_cut_to_fit_and_then_by_the_end_of_the_page_is_found() -> None:
    """The lowest fifth of the place lies below the window."""
    known = hash_image(encoded(photo("chelsea").convert("L").resize((480, 360)), "PNG")).hash.value
    page = page_with(170, 900 - 288, (360, 360))
    media = hash_image(encoded(page, "PNG"), HashOptions(tiers=tuple(Tier)[:3]))
    apart = {
        name: min(
            bits_apart(each.codes[at : at + 32], known)
            for each in media.regions
            if each.plan == name
            for at in range(0, len(each.codes), 32)
        )
        for name in (CUT_AT_FOOT, COVERS)
    }
    assert apart[CUT_AT_FOOT] <= min(46, apart[COVERS] - 10)
    assert plans_at_edges(media) == {CUT_AT_FOOT}


@pytest.mark.parametrize(
    ("left", "top", "size", "plans"),
    [
        (170, 200, (360, 360), set()),
        (170, 0, (360, 360), {CUT_AT_TOP}),
        (0, 200, (360, 360), {CUT_AT_LEFT}),
        (340, 540, (360, 360), {CUT_AT_RIGHT, CUT_AT_FOOT}),
    ],
)
def test_only_what_reaches_to_one_edge_of_the_page_may_be_cut_by_it(
    left: int, top: int, size: tuple[int, int], plans: set[str]
) -> None:
    """As shown: the same page is stored turned, with a note that says so."""
    page = page_with(left, top, size)
    options = HashOptions(tiers=tuple(Tier)[:3])
    assert plans_at_edges(hash_image(encoded(page, "PNG"), options)) == plans
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    turned = encoded(page.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif)
    assert plans_at_edges(hash_image(turned, options)) == plans


def test_what_fills_the_page_from_edge_to_edge_is_cut_by_neither() -> None:
    page = page_with(0, 200, (700, 500))
    media = hash_image(encoded(page, "PNG"), HashOptions(tiers=tuple(Tier)[:3]))
    outline = ((0, 200), (700, 200), (700, 700), (0, 700))
    assert {each.plan for each in media.regions if each.outline == outline} == {TURNS, COVERS}


@pytest.mark.parametrize("name", ["chelsea", "astronaut"])
@pytest.mark.parametrize(
    ("left", "upper", "right", "lower"),
    [(0, 0, 0.05, 0.05), (0.025, 0.025, 0.025, 0.025), (0.1, 0, 0, 0), (0, 0, 0, 0.15)],
)
def test_a_slight_cut_is_found_beside_regions(
    name: str, left: float, upper: float, right: float, lower: float
) -> None:
    whole = photo(name).convert("RGB")
    wide, tall = whole.size
    known = hash_image(encoded(whole, "PNG"), HashOptions()).hash.value
    edges = left * wide, upper * tall, (1 - right) * wide, (1 - lower) * tall
    first, top, last, foot = map(round, edges)
    cut = whole.crop((first, top, last, foot))
    media = hash_image(encoded(cut, "PNG"), HashOptions(tiers=(Tier.REGIONS,)))
    slight = [each for each in media.regions if each.plan == SLIGHT_CUTS]
    assert [each.tier for each in slight] == [Tier.REGIONS]
    codes = [slight[0].codes[at : at + 32] for at in range(0, len(slight[0].codes), 32)]
    nearest = min(range(len(codes)), key=lambda at: bits_apart(codes[at], known))
    assert bits_apart(codes[nearest], known) <= 31 < bits_apart(media.hash.value, known)
    told = plan(SLIGHT_CUTS)[nearest]
    assert isinstance(told, Framing)
    truth = Framing(Span(upper, 1 - upper - lower), Span(left, 1 - left - right))
    pairs = [
        (a, b)
        for one, other in zip(told, truth, strict=True)
        for a, b in zip(one, other, strict=True)
    ]
    assert max(abs(a - b) for a, b in pairs) < 0.04


def test_of_many_pages_the_first_have_all_their_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer has room for so many: without a bound, a long document gave none at all."""
    names = ("coffee", "chelsea", "rocket", "astronaut")
    first, *more = (photo(name).resize((200, 150)) for name in names)
    pages = encoded(first, "TIFF", save_all=True, append_images=more)
    options = HashOptions(tiers=tuple(Tier)[:3])
    every = hash_image(pages, options)
    framed = [each for each in every.regions if each.tier is Tier.FRAMING]
    of_first = sum(each.count for each in framed if each.frame == 0)
    monkeypatch.setattr(tiers, "MOST_FRAMED", 2 * of_first)
    media = hash_image(pages, options)
    assert media.readings == every.readings
    assert "parts-left-out" in {*media.flags} - {*every.flags}
    assert sum(each.count for each in media.regions if each.tier is Tier.FRAMING) <= 2 * of_first
    places = [framed.index(each) for each in media.regions if each.tier is Tier.FRAMING]
    assert places == [*range(len(places))]
    assert {each.frame for each in media.regions if each.tier is Tier.REGIONS} == {0, 1, 2, 3}
    monkeypatch.setattr(tiers, "MOST_CODES", of_first)
    assert sum(each.count for each in hash_image(pages, options).regions) <= of_first
