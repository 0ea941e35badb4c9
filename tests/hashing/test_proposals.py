"""Parts of pictures that may be known pictures: found where they lie, and hashed as they are."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from hashmatch.hashers.pdq import Pdq
from hashmatch.hashing.corners import corners_of, quads_in
from hashmatch.hashing.cutting import Rectangle, pieces
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.hashing.proposals import MOST, parts_of
from hashmatch.hashing.rounding import without_round_corners
from hashmatch.hashing.seams import rectangles, seams_of
from hashmatch.raster import Raster
from tests.support.photos import encoded, photo

NEAR = 24
"""Bits: less than any profile asks."""


def raster_of(picture: Image.Image, quality: int = 85) -> Raster:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    with Image.open(file) as read:
        luma = np.asarray(read.convert("L"))
    return Raster(luma, luma.shape[1], luma.shape[0])


def nearest(picture: Image.Image, known: Image.Image) -> int:
    """The distance of the nearest part, in any turn, to the code of the known picture."""
    luma = np.asarray(known.convert("L"))
    whole = Pdq().hash(Raster(luma, luma.shape[1], luma.shape[0]))[0].hash.value
    code = np.frombuffer(whole, np.uint8)
    found = [
        np.bitwise_count(part.codes ^ code).sum(axis=1).min()
        for part in parts_of(raster_of(picture)).found
    ]
    return int(min(found, default=256))


def on_ground(size: tuple[int, int], ground: int = 240) -> Image.Image:
    return Image.new("RGB", size, (ground, ground, ground))


def chat(known: Image.Image) -> Image.Image:
    """A bubble with a picture among bubbles of words, on a telephone."""
    page = on_ground((720, 1500), 230)
    draw = ImageDraw.Draw(page)
    for number, top in enumerate((40, 180, 980, 1120, 1260)):
        left = 40 if number % 2 else 240
        draw.rounded_rectangle((left, top, left + 400, top + 100), 18, fill=(255, 255, 255))
        draw.text((left + 20, top + 20), "words of a message\nin two lines", fill="black")
    shown = known.resize((480, 480 * known.height // known.width))
    draw.rounded_rectangle((40, 320, 540, 350 + shown.height), 18, fill=(210, 248, 198))
    page.paste(shown, (50, 330))
    return page


def grid(known: Image.Image, gap: int) -> Image.Image:
    page = on_ground((2 * 360 + 3 * gap, 2 * 270 + 3 * gap), 20)
    for number, name in enumerate(("rocket", "china", "", "flower")):
        shown = (photo(name) if name else known).resize((360, 270))
        page.paste(shown, (gap + number % 2 * (360 + gap), gap + number // 2 * (270 + gap)))
    return page


def rounded(known: Image.Image, radius: int = 36) -> Image.Image:
    """A card with round corners, on a page."""
    page = on_ground((700, 800), 250)
    shown = known.resize((360, 240))
    mask = Image.new("L", shown.size)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, 359, 239), radius, fill=255)
    page.paste(shown, (60, 200), mask)
    return page


def tiles(known: Image.Image, gap: int = 2) -> Image.Image:
    """Many small pictures on a page, a few pixels apart; the known one is among the last."""
    page = on_ground((6 * (150 + gap), 7 * (100 + gap)), 255)
    others = [photo(name) for name in ("rocket", "china", "flower")]
    for number in range(42):
        shown = known if number == 38 else others[number % 3]
        left, top = number % 6 * (150 + gap), number // 6 * (100 + gap)
        page.paste(shown.resize((150, 100)), (left, top))
    return page


def stickers(known: Image.Image) -> Image.Image:
    """Tilted pictures whose rows and columns overlap."""
    page = on_ground((900, 900), 235)
    others = [photo(name) for name in ("rocket", "china", "flower")]
    for number, shown in enumerate((others[0], others[1], known, others[2])):
        turned = shown.resize((330, 240)).convert("RGBA")
        turned = turned.rotate((9, -7, 11, -8)[number], Image.Resampling.BICUBIC, expand=True)
        page.paste(turned, (30 + number % 2 * 400, 60 + number // 2 * 350), turned)
    return page


def cards(known: Image.Image) -> Image.Image:
    """Prints with white frames, thrown onto each other; the known one lies on top."""
    page = on_ground((1000, 800), 110)
    others = [photo(name) for name in ("rocket", "china", "flower")]
    places = ((20, 20), (480, 40), (60, 380), (300, 210))
    for number, shown in enumerate((*others, known)):
        paper = on_ground((454, 334), 255)
        paper.paste(shown.resize((430, 310)), (12, 12))
        turned = paper.convert("RGBA").rotate(
            (5, -9, 8, -6)[number], Image.Resampling.BICUBIC, expand=True
        )
        page.paste(turned, places[number], turned)
    return page


def lightbox(known: Image.Image) -> Image.Image:
    """A picture on a page of others that was darkened."""
    page = tiles(photo("rocket")).resize((1200, 900)).point(lambda level: level * 0.18)
    page.paste(known.resize((660, 440)), (270, 230))
    return page


def inset(known: Image.Image) -> Image.Image:
    page = photo("china").resize((900, 640))
    page.paste(known.resize((400, 300)), (330, 120))
    return page


def blurred(known: Image.Image) -> Image.Image:
    page = known.resize((500, 900)).filter(ImageFilter.GaussianBlur(25))
    page.paste(known.resize((500, 333)), (0, 290))
    return page


def tilted(known: Image.Image) -> Image.Image:
    turned = known.rotate(8, Image.Resampling.BICUBIC, expand=True, fillcolor=(250, 250, 250))
    page = on_ground((turned.width + 60, turned.height + 60), 250)
    page.paste(turned, (30, 30))
    return page


def printed(known: Image.Image) -> Image.Image:
    """Paper with a white edge, seen from the side, on a table with a grain."""
    paper = on_ground((known.width + 60, known.height + 60), 250)
    paper.paste(known, (30, 30))
    wide, tall = paper.size
    corners = ((40, 30), (wide + 10, 55), (wide + 40, tall + 60), (20, tall + 35))
    rows, right = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (wide, 0), (wide, tall), (0, tall)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    data = tuple(np.linalg.solve(np.array(rows), np.array(right)).tolist())
    size = wide + 90, tall + 100
    shown = paper.transform(size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)
    inside = Image.new("L", paper.size, 255).transform(size, Image.Transform.PERSPECTIVE, data)
    grain = np.random.default_rng(1).normal(90, 6, (size[1], size[0], 1))
    table = Image.fromarray(np.repeat(np.clip(grain, 0, 255), 3, axis=2).astype(np.uint8))
    table.paste(shown, (0, 0), inside)
    return table


def lit_screen(known: Image.Image) -> Image.Image:
    """A screen on a wall, seen from the side, with light on one of its edges."""
    shown = known.resize((600, 600 * known.height // known.width))
    wide, tall = shown.size
    edge = on_ground((wide + 50, tall + 60), 13)
    edge.paste(shown, (25, 25))
    turned = edge.rotate(3, Image.Resampling.BICUBIC, expand=True, fillcolor=(120, 120, 120))
    wall = on_ground((turned.width + 120, turned.height + 120), 120)
    wall.paste(turned, (60, 60))
    down, across = np.indices((wall.height, wall.width))
    light = 150 * np.exp(-(np.hypot(down - wall.height + 110, across - wide * 0.6) ** 2) / 4000)
    return Image.fromarray(np.clip(np.asarray(wall) + light[:, :, None], 0, 255).astype(np.uint8))


def beside_others(known: Image.Image) -> Image.Image:
    """A picture with a plain ground of its own, and smaller ones beside it, two pixels apart."""
    own = known.resize((600, 450))
    own.paste((60, 60, 60), (0, 0, 150, 450))
    own.paste((60, 60, 60), (450, 0, 600, 450))
    page = on_ground((602 + 200, 450), 255)
    page.paste(own, (0, 0))
    for number, name in enumerate(("rocket", "china", "flower")):
        page.paste(photo(name).resize((200, 148)), (602, number * 151))
    return page


@pytest.mark.parametrize("name", ["coffee", "chelsea", "astronaut"])
@pytest.mark.parametrize(
    "made",
    [
        chat,
        lambda known: grid(known, 6),
        tiles,
        lambda known: tiles(known, 1),
        stickers,
        cards,
        lightbox,
        inset,
        blurred,
        tilted,
        printed,
        lit_screen,
    ],
    ids=[
        *("chat", "grid", "tiles", "one pixel", "stickers", "cards", "lightbox", "inset"),
        *("blurred", "tilted", "printed", "lit screen"),
    ],
)
def test_known_pictures_are_found_within_others(made, name: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 (several forms)
    known = photo(name)
    assert nearest(made(known), known) <= NEAR


def test_a_gap_beside_a_picture_on_a_plain_ground_is_cut() -> None:
    """Most lines of one colour lie within the picture, and are none of the page's."""
    page = beside_others(photo("coffee"))
    assert nearest(page, page.crop((0, 0, 600, 450))) <= NEAR


@pytest.mark.parametrize("radius", [12, 36, 60])
def test_round_corners_cost_few_bits(radius: int) -> None:
    """A part is hashed as if the page had not cut its corners off, and as it lies there."""
    known = photo("coffee")
    assert nearest(rounded(known, radius), known) <= NEAR


@pytest.mark.parametrize("radius", [24, 48])
def test_a_plain_corner_is_not_taken_for_a_round_one(radius: int) -> None:
    """Neither the sky, nor a corner that is cut off straight, is filled."""
    means = np.random.default_rng(1).uniform(60, 200, (128, 128))
    means[:radius, : 2 * radius] = 240
    assert without_round_corners(means, 100, 100) is None
    means = np.random.default_rng(1).uniform(60, 200, (128, 128))
    down, across = np.indices(means.shape)
    means[np.maximum(down, across) < radius] = 240
    assert without_round_corners(means, 100, 100) is None
    means = np.random.default_rng(1).uniform(60, 200, (128, 128))
    means[np.hypot(radius - down - 0.5, radius - across - 0.5) > radius] = 240
    means[(down >= radius) | (across >= radius)] = 100
    assert without_round_corners(means, 100, 100) is None
    both = np.concatenate((means[:, :64], means[:, 63::-1]), axis=1)
    filled = without_round_corners(both, 100, 100)
    assert filled is not None
    assert max(filled[0, 0], filled[0, -1]) < 220


def test_a_place_in_a_grid_is_told_by_those_around_it() -> None:
    """The known picture begins with the colour of the page: its piece alone would be cut short."""
    known = photo("coffee").resize((300, 200))
    known.paste((255, 255, 255), (0, 0, 300, 50))
    page = on_ground((3 * 304, 4 * 204), 255)
    for number in range(12):
        shown = known if number == 4 else photo(("rocket", "china")[number % 2])
        page.paste(shown.resize((300, 200)), (number % 3 * 304, number // 3 * 204))
    assert nearest(page, known) <= NEAR


def lay(page: Image.Image, known: Image.Image, left: int, top: int, degrees: float) -> None:
    mask = Image.new("L", known.size, 255).rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    page.paste(known.rotate(degrees, Image.Resampling.BICUBIC, expand=True), (left, top), mask)


@pytest.mark.parametrize("ground", [30, 240])
def test_a_tilted_picture_is_found_though_something_thin_joins_it_with_other_things(
    ground: int,
) -> None:
    """Labels above and below it, with strokes that lead to it: one thing that is not the ground."""
    known = photo("chelsea").convert("RGB").resize((500, 350))
    page = on_ground((640, 1200), ground)
    draw = ImageDraw.Draw(page)
    for label, stroke in (((250, 310), (311, 480)), ((880, 950), (740, 879))):
        draw.rectangle((20, label[0], 620, label[1]), fill=(128, 128, 128))
        for left in range(140, 500, 70):
            draw.rectangle((left, stroke[0], left + 11, stroke[1]), fill=(128, 128, 128))
    lay(page, known, 40, 420, -5)
    assert nearest(page, known) <= NEAR


def test_tilted_pictures_are_found_on_a_ground_nearly_of_their_own_colour() -> None:
    """Of three on one ground, each with an edge that differs from it by ten levels."""
    page, shown = on_ground((900, 900), 46), []
    for number, name in enumerate(("coffee", "chelsea", "astronaut")):
        known = photo(name).convert("RGB").resize((360, 260))
        for box in ((0, 0, 360, 70), (0, 190, 360, 260), (0, 0, 60, 260)):
            known.paste((56, 56, 56), box)
        lay(page, known, (30, 470, 250)[number], (40, 60, 500)[number], (7, -6, 9)[number])
        shown.append(known)
    assert max(nearest(page, each) for each in shown) <= NEAR


def test_that_parts_are_left_out_is_told() -> None:
    """A page of 150 pictures has more parts than are hashed; one of 42 has not."""
    page = on_ground((10 * 100, 15 * 66), 255)
    for number in range(150):
        shown = photo(("rocket", "china", "coffee")[number % 3]).resize((96, 62))
        page.paste(shown, (number % 10 * 100, number // 10 * 66))
    assert not parts_of(raster_of(page)).is_all
    options = HashOptions(tiers=("regions",))
    assert "parts-left-out" in hash_image(encoded(page, "PNG"), options).flags
    assert "parts-left-out" not in hash_image(encoded(chat(photo("coffee")), "PNG"), options).flags


def test_a_picture_that_is_not_there_is_not_found() -> None:
    for made in (chat, inset, blurred, tilted, printed):
        assert nearest(made(photo("coffee")), photo("motorcycle_left")) > 60


def test_a_page_is_cut_at_its_gaps_exactly() -> None:
    page = np.full((300, 400), 255, np.uint8)
    noise = np.random.default_rng(3).integers(0, 256, (300, 400)).astype(np.uint8)
    places = [
        Rectangle(10, 150, 20, 180),
        Rectangle(10, 150, 184, 390),
        Rectangle(153, 290, 20, 390),
    ]
    for top, bottom, left, right in places:
        page[top:bottom, left:right] = noise[top:bottom, left:right]
    found = {each.where for each in pieces(page, 32) if each.is_leaf}
    assert found - {Rectangle(0, 300, 0, 400)} == {Rectangle(*each) for each in places}


def test_borders_around_each_other_come_off_one_by_one() -> None:
    page = np.full((200, 200), 255, np.uint8)
    page[20:180, 20:180] = 30
    page[40:160, 50:150] = np.random.default_rng(3).integers(0, 256, (120, 100))
    found = [each.where for each in pieces(page, 32)]
    assert Rectangle(20, 180, 20, 180) in found
    assert Rectangle(40, 160, 50, 150) in found


def test_seams_without_a_gap_are_found() -> None:
    page = np.asarray(inset(photo("coffee")).convert("L"))
    found = rectangles(seams_of(page), 60, 8)
    assert any(np.abs(np.subtract(each, (120, 420, 330, 730))).max() <= 2 for each in found)


@pytest.mark.parametrize(("tall", "halves"), [(120, 0), (200, 2)])
def test_a_line_through_a_photo_makes_halves_only_where_it_goes_through(
    tall: int, halves: int
) -> None:
    """The edges of the picture say nothing: one seam must be clearer than four."""
    page = np.full((200, 300), 90, np.uint8)
    # Down from there it fades away: no other side of a rectangle ends it.
    page[:, 150:] += np.clip(50 - np.arange(1 - tall, 201 - tall), 0, 50).astype(np.uint8)[:, None]
    found = rectangles(seams_of(page), 32, 8)
    assert len(found) == halves
    assert {(each.left, each.right) for each in found} <= {(0, 150), (150, 300)}


def test_corners_lie_where_they_were_drawn() -> None:
    page = Image.new("L", (500, 400), 200)
    drawn = np.array(((60, 50), (90, 430), (350, 460), (310, 30)), float)
    ImageDraw.Draw(page).polygon([(x, y) for y, x in drawn], fill=40)
    found = corners_of(np.asarray(page))
    assert found is not None
    assert np.abs(found - drawn).max() < 2.5
    assert corners_of(np.asarray(photo("coffee").convert("L"))) is None


def test_light_on_the_edge_of_a_screen_hides_no_corner() -> None:
    """What is lit is brighter than the wall, where the screen is darker: it is none of it."""
    page = Image.new("L", (320, 240), 120)
    drawn = np.array(((40, 50), (60, 280), (210, 270), (190, 40)), float)
    ImageDraw.Draw(page).polygon([(x, y) for y, x in drawn], fill=20)
    down, across = np.indices((240, 320))
    light = np.exp(-(np.hypot(down - 110, across - 46) ** 2) / 800)
    luma = np.clip(np.asarray(page) + 170 * light, 0, 255).astype(np.uint8)
    found = list(quads_in(luma, 1, 32, is_page=True))
    assert min(np.abs(each - drawn).max() for each in found) < 2.5
    plain = list(quads_in(luma, 1, 32))
    assert all(np.abs(each - drawn).max() > 5 for each in plain)


@pytest.mark.parametrize(
    "shape", [(1, 1), (31, 31), (5000, 8), (8, 5000), (32, 4000), (1000, 1000)]
)
@pytest.mark.parametrize("kind", ["flat", "noise", "cells", "lines", "steps"])
def test_hostile_pictures_have_few_parts(shape: tuple[int, int], kind: str) -> None:
    rows, columns = np.indices(shape)
    luma = {
        "flat": np.full(shape, 7),
        "noise": np.random.default_rng(0).integers(0, 256, shape),
        # A page of 10,000 pictures.
        "cells": np.where((rows % 10 < 2) | (columns % 10 < 2), 255, rows * 7 + columns * 13),
        "lines": (columns % 2) * 255,
        "steps": ((rows // 40 + columns // 40) % 2) * 200,
    }[kind].astype(np.uint8)
    found = parts_of(Raster(luma, shape[1], shape[0])).found
    assert len(found) <= 3 * MOST
    for part in found:
        assert part.codes.shape == (8, 32)
        assert np.isfinite(part.corners).all()
