"""Several pictures in one, and pages as they are on a screen: collage, screenshot."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter

from hashmatch.bench.transforms import drawing
from hashmatch.bench.transforms.base import Apply, Group, encoded
from hashmatch.bench.transforms.drawing import (
    BLACK,
    WHITE,
    Colour,
    canvas,
    covering,
    fitted,
    pasted,
    resized,
    words,
    write,
)

_PHONE: Final = (720, 1560)
_DESK: Final = (1280, 800)
_LIGHT: Final[Colour] = (236, 229, 221)
_DARK: Final[Colour] = (18, 27, 33)


def collage() -> Group:
    """The picture among others, whole or cut to fit."""
    return {
        "beside": _grid(1, 2, 0),
        "above": _grid(2, 1, 6),
        "four": _grid(2, 2, 8),
        "four-touching": _grid(2, 2, 0),
        "nine": _grid(3, 3, 4),
        "row-of-heights": _row_of_heights,
        "large-and-small": _large_and_small,
        "inset": _inset,
        "as-inset": _as_inset,
        "cards": _cards,
        "film-strip": _film_strip,
    }


def screenshot() -> Group:
    """Pages drawn as programs show them; what is shown whole, and what is cut to fit."""
    made: dict[str, Apply] = {
        "chat-light": _chat(_LIGHT, (217, 253, 211), BLACK),
        "chat-dark": _chat(_DARK, (0, 92, 75), (230, 230, 230)),
        "gallery": _gallery,
        "feed-light": _feed(WHITE, BLACK),
        "feed-dark": _feed((0, 0, 0), (240, 240, 240)),
        "article": _article,
        "viewer": _viewer,
        "story": _story,
        "browser": _browser,
        "file-manager": _file_manager,
        "listing": _listing,
        "e-mail": _e_mail,
        "image-search": _image_search,
        "video-call": _video_call,
    }
    return made


def _grid(rows: int, columns: int, gap: int) -> Apply:
    def apply(
        picture: Image.Image, chance: Generator, others: Sequence[Image.Image]
    ) -> Image.Image:
        wide, tall = (1200 - gap * (columns + 1)) / columns, 900 / max(rows, 2)
        made = canvas(1200, rows * tall + gap * (rows + 1))
        own = int(chance.integers(rows * columns))
        for cell in range(rows * columns):
            shown = picture if cell == own else others[cell]
            row, column = divmod(cell, columns)
            place = gap + column * (wide + gap), gap + row * (tall + gap)
            pasted(made, covering(shown, wide, tall), place)
        return made

    return apply


def _row_of_heights(
    picture: Image.Image, chance: Generator, others: Sequence[Image.Image]
) -> Image.Image:
    """Each in its own proportion, all of one height."""
    own = int(chance.integers(3))
    shown = [picture if number == own else others[number] for number in range(3)]
    row = [resized(each, each.width * 400 / each.height, 400) for each in shown]
    made = canvas(sum(each.width for each in row) + 20, 410)
    left = 5
    for each in row:
        pasted(made, each, (left, 5))
        left += each.width + 5
    return made


def _large_and_small(
    picture: Image.Image, _: Generator, others: Sequence[Image.Image]
) -> Image.Image:
    large = resized(picture, 900, picture.height * 900 / picture.width)
    tall = (large.height - 12) / 3
    made = canvas(900 + 6 + tall * 1.2, large.height)
    pasted(made, large, (0, 0))
    for number in range(3):
        pasted(made, covering(others[number], tall * 1.2, tall), (906, number * (tall + 6)))
    return made


def _inset(picture: Image.Image, _: Generator, others: Sequence[Image.Image]) -> Image.Image:
    made = picture.copy()
    small = fitted(others[0], picture.width * 0.35, picture.height * 0.35)
    pasted(made, small, (picture.width - small.width - 8, picture.height - small.height - 8))
    return made


def _as_inset(
    picture: Image.Image, chance: Generator, others: Sequence[Image.Image]
) -> Image.Image:
    """The picture within another one."""
    made = covering(others[0], 1200, 900)
    small = fitted(picture, 1200 * 0.45, 900 * 0.45)
    place = chance.uniform(20, 1180 - small.width), chance.uniform(20, 880 - small.height)
    pasted(made, small, place)
    return made


def _cards(picture: Image.Image, chance: Generator, others: Sequence[Image.Image]) -> Image.Image:
    """Prints thrown onto each other; the picture lies on top."""
    made = canvas(1300, 1000, drawing.colour(chance, 40, 220))
    for shown, (x, y) in zip(
        (*others[:3], picture), ((40, 40), (640, 60), (60, 480), (420, 300)), strict=True
    ):
        card = fitted(shown, 560, 460)
        framed = canvas(card.width + 24, card.height + 24)
        pasted(framed, card, (12, 12))
        mask = Image.new("L", framed.size, 255)
        angle = chance.uniform(-12, 12)
        bicubic = Image.Resampling.BICUBIC
        turned = framed.rotate(angle, bicubic, expand=True)
        made.paste(turned, (x, y), mask.rotate(angle, bicubic, expand=True))
    return made


def _film_strip(
    picture: Image.Image, chance: Generator, others: Sequence[Image.Image]
) -> Image.Image:
    made = canvas(1500, 440, (15, 15, 15))
    draw = ImageDraw.Draw(made)
    for left in range(20, 1500, 50):
        for top in (15, 401):
            draw.rounded_rectangle((left, top, left + 26, top + 24), 5, fill=(230, 230, 230))
    own = int(chance.integers(3))
    for number in range(3):
        shown = picture if number == own else others[number]
        pasted(made, covering(shown, 470, 330), (20 + number * 495, 55))
    return made


def _bars(page: Image.Image, ink: Colour, chance: Generator) -> None:
    """The line of a phone with the time, and the title below."""
    write(page, (30, 14), f"{chance.integers(24)}:{chance.integers(10, 60)}", size=26, fill=ink)
    ImageDraw.Draw(page).rectangle((page.width - 80, 18, page.width - 30, 40), outline=ink, width=3)
    write(page, (90, 78), words(chance, 2).title(), size=34, fill=ink)


def _chat(ground: Colour, bubble: Colour, ink: Colour) -> Apply:
    def apply(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> bytes:
        page = canvas(*_PHONE, ground)
        _bars(page, ink, chance)
        draw, top = ImageDraw.Draw(page), float(chance.uniform(150, 330))
        for _each in range(2):
            draw.rounded_rectangle((20, top, 430, top + 90), 18, fill=bubble)
            drawing.paragraph(page, chance, (40, top + 14, 410, top + 84), size=24, fill=ink)
            top += 110
        shown = fitted(picture, 500, 620)
        left = page.width - shown.width - 32
        frame = (left - 8, top - 8, page.width - 24, top + shown.height + 48)
        draw.rounded_rectangle(frame, 16, fill=bubble)
        pasted(page, shown, (left, top), radius=12)
        write(page, (page.width - 110, top + shown.height + 10), "14:07", size=20, fill=ink)
        top += shown.height + 70
        while top < page.height - 190:
            wide = float(chance.uniform(250, 520))
            draw.rounded_rectangle((20, top, wide, top + 60), 18, fill=bubble)
            write(page, (38, top + 16), words(chance, int(wide // 90)), size=24, fill=ink)
            top += 80
        box = (20, page.height - 100, 600, page.height - 30)
        draw.rounded_rectangle(box, 34, outline=ink, width=2)
        return encoded_page(page)

    return apply


def encoded_page(page: Image.Image) -> bytes:
    """A screenshot as phones save it."""
    return encoded(page, "PNG", compress_level=1)


def _gallery(picture: Image.Image, chance: Generator, others: Sequence[Image.Image]) -> bytes:
    """Squares with gaps of two pixels: all are cut to fit."""
    page = canvas(*_PHONE)
    _bars(page, BLACK, chance)
    side, own = (page.width - 4) / 3, int(chance.integers(3, 12))
    for cell in range(15):
        row, column = divmod(cell, 3)
        shown = picture if cell == own else others[cell % len(others)]
        place = column * (side + 2), 150 + row * (side + 2)
        pasted(page, covering(shown, side, side), place)
    return encoded_page(page)


def _feed(ground: Colour, ink: Colour) -> Apply:
    def apply(picture: Image.Image, chance: Generator, others: Sequence[Image.Image]) -> bytes:
        page = canvas(*_PHONE, ground)
        _bars(page, ink, chance)
        shown = resized(picture, 720, picture.height * 720 / picture.width)
        top = float(chance.uniform(240, 420))
        pasted(page, covering(others[0], 720, top - 240), (0, 130))
        head = ImageDraw.Draw(page)
        head.ellipse((20, top - 90, 84, top - 26), fill=drawing.colour(chance, 60, 220))
        write(page, (104, top - 78), words(chance, 2).title(), size=28, fill=ink)
        pasted(page, shown, (0, top))
        below = top + shown.height + 20
        drawing.paragraph(page, chance, (24, below, 690, below + 130), size=27, fill=ink)
        if below + 240 < page.height:
            pasted(page, covering(others[1], 720, page.height - below - 240), (0, below + 240))
        return encoded_page(page)

    return apply


def _article(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> bytes:
    page = canvas(900, 1400)
    write(page, (60, 50), words(chance, 5).capitalize(), size=48)
    drawing.paragraph(page, chance, (60, 130, 840, 300), size=24, fill=(60, 60, 60))
    shown = resized(picture, 780, picture.height * 780 / picture.width)
    pasted(page, shown, (60, 330))
    top = 340 + shown.height
    write(page, (60, top), words(chance, 9), size=18, fill=(120, 120, 120))
    drawing.paragraph(page, chance, (60, top + 50, 840, 1370), size=24, fill=(60, 60, 60))
    return encoded_page(page)


def _viewer(picture: Image.Image, chance: Generator, others: Sequence[Image.Image]) -> bytes:
    """One picture on black, with a row of small ones below."""
    page = canvas(*_PHONE, BLACK)
    _bars(page, WHITE, chance)
    shown = fitted(picture, 720, 1200)
    pasted(page, shown, ((720 - shown.width) / 2, (1500 - shown.height) / 2))
    for number in range(10):
        pasted(page, covering(others[number], 68, 90), (4 + number * 72, page.height - 110))
    return encoded_page(page)


def _story(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> bytes:
    """The picture fills the screen, cut on both sides, with words and bars on it."""
    page = covering(picture, *_PHONE)
    draw = ImageDraw.Draw(page)
    for number in range(4):
        draw.rectangle((12 + number * 176, 20, 176 + number * 176, 25), fill=(230, 230, 230))
    write(page, (110, 60), words(chance, 2), size=30, fill=WHITE, outline=BLACK)
    place = page.width / 2, page.height * chance.uniform(0.6, 0.8)
    write(page, place, words(chance, 4), size=52, fill=WHITE, outline=BLACK, anchor="mm")
    draw.rounded_rectangle((24, 1450, 560, 1530), 40, outline=WHITE, width=3)
    return encoded_page(page)


def _browser(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> bytes:
    page = canvas(*_DESK, (222, 225, 230))
    draw = ImageDraw.Draw(page)
    draw.rounded_rectangle((10, 8, 260, 50), 10, fill=WHITE)
    write(page, (30, 18), words(chance, 3), size=18)
    draw.rectangle((0, 46, 1280, 96), fill=WHITE)
    draw.rounded_rectangle((130, 54, 1200, 88), 16, fill=(236, 238, 241))
    write(page, (150, 60), "example.org/" + words(chance, 2).replace(" ", "/"), size=18)
    draw.rectangle((0, 96, 1280, 800), fill=(14, 14, 14))
    shown = fitted(picture, 1240, 690)
    pasted(page, shown, ((1280 - shown.width) / 2, 96 + (704 - shown.height) / 2))
    return encoded_page(page)


def _file_manager(picture: Image.Image, chance: Generator, others: Sequence[Image.Image]) -> bytes:
    page = canvas(*_DESK)
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 220, 800), fill=(240, 242, 245))
    for row in range(10):
        write(page, (30, 40 + row * 44), words(chance, 1).title(), size=20)
    own = int(chance.integers(12))
    for cell in range(12):
        row, column = divmod(cell, 4)
        shown = fitted(picture if cell == own else others[cell], 220, 180)
        left, top = 250 + column * 255, 30 + row * 255
        pasted(page, shown, (left + (220 - shown.width) / 2, top + (180 - shown.height) / 2))
        write(page, (left + 30, top + 195), f"IMG_{chance.integers(1000, 9999)}.jpg", size=18)
    return encoded_page(page)


def _listing(picture: Image.Image, chance: Generator, others: Sequence[Image.Image]) -> bytes:
    """Things for sale: a picture on the left, words on the right."""
    page, own = canvas(900, 1400), int(chance.integers(1, 4))
    for row in range(5):
        shown = picture if row == own else others[row]
        top = 20 + row * 276
        pasted(page, covering(shown, 330, 250), (20, top), radius=8)
        write(page, (380, top + 10), words(chance, 4).capitalize(), size=28)
        drawing.paragraph(page, chance, (380, top + 60, 870, top + 190), size=20)
        write(page, (380, top + 210), f"{chance.integers(5, 900)} EUR", size=30)
    return encoded_page(page)


def _e_mail(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> bytes:
    page = canvas(1000, 1200, (250, 250, 250))
    write(page, (50, 40), words(chance, 5).capitalize(), size=36)
    ImageDraw.Draw(page).line((50, 130, 950, 130), fill=(210, 210, 210), width=2)
    drawing.paragraph(page, chance, (50, 160, 940, 330), size=22)
    shown = fitted(picture, 640, 560)
    pasted(page, shown, (50, 360))
    top = 390 + shown.height
    drawing.paragraph(page, chance, (50, top, 940, 1180), size=22)
    return encoded_page(page)


def _image_search(picture: Image.Image, chance: Generator, others: Sequence[Image.Image]) -> bytes:
    """Rows of one height in which every picture keeps its proportion."""
    page, own = canvas(*_DESK), int(chance.integers(2, 7))
    ImageDraw.Draw(page).rounded_rectangle((60, 20, 760, 70), 25, outline=(180, 180, 180), width=2)
    write(page, (90, 34), words(chance, 4), size=22)
    left, top, number = 60.0, 110.0, 0
    while top < page.height - 150:
        each = picture if number == own else others[number % len(others)]
        shown = resized(each, each.width * 200 / each.height, 200)
        if left + shown.width > page.width - 20 and left > 60:  # noqa: PLR2004 (the margin)
            left, top = 60.0, top + 250
        pasted(page, shown, (left, top), radius=6)
        write(page, (left, top + 206), words(chance, 3), size=16, fill=(90, 90, 90))
        left, number = left + shown.width + 14, number + 1
    return encoded_page(page)


def _video_call(picture: Image.Image, chance: Generator, others: Sequence[Image.Image]) -> bytes:
    """The picture is shared in a call; the others look on."""
    page = canvas(*_DESK, (32, 33, 36))
    shown = fitted(picture, 1000, 700)
    pasted(page, shown, (20 + (1000 - shown.width) / 2, 20 + (700 - shown.height) / 2))
    for number in range(3):
        blurred = covering(others[number], 220, 160).filter(ImageFilter.GaussianBlur(2))
        pasted(page, blurred, (1040, 20 + number * 180), radius=10)
    draw = ImageDraw.Draw(page)
    for left in np.linspace(420, 820, 5).tolist():
        draw.ellipse((left, 735, left + 48, 783), fill=drawing.colour(chance, 60, 230))
    return encoded_page(page)
