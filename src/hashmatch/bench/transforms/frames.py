"""What people put around a picture and on it: border, caption, overlay."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter

from hashmatch.bench.transforms import drawing
from hashmatch.bench.transforms.base import Apply, Group, chained
from hashmatch.bench.transforms.drawing import BLACK, WHITE, Colour, canvas, pasted, words, write

_SIDES: Final = ("top", "bottom")


def border() -> Group:
    """Margins: plain, blurred, rounded, or to a usual proportion."""
    return {
        "white-5": _margin((0.05, 0.05), WHITE),
        "black-10": _margin((0.1, 0.1), BLACK),
        "colour-15": _margin((0.15, 0.15), None),
        "double": chained(_margin((0.015, 0.015), BLACK), _margin((0.08, 0.08), WHITE)),
        "instant-photo": _instant_photo,
        "letterbox": _to_proportion(1, BLACK),
        "story": _to_proportion(9 / 16, WHITE),
        "wide-screen": _to_proportion(21 / 9, BLACK),
        "blurred-fill": _blurred_fill,
        "gradient-fill": _gradient_fill,
        "rounded": _rounded,
    }


def caption() -> Group:
    """Text above, below, beside and on the picture."""
    return {
        "bar-top": _bar("top", WHITE, 0.18),
        "bar-bottom": _bar("bottom", BLACK, 0.15),
        "bar-tall": _bar("top", WHITE, 0.45),
        "bars-both": chained(_bar("top", WHITE, 0.16), _bar("bottom", WHITE, 0.16)),
        "poster": _poster,
        "outlined": _outlined,
        "strip": _strip,
        "subtitle": _subtitle,
        "beside": _beside,
        "post": _post,
    }


def overlay() -> Group:
    """What covers parts of the picture."""
    return {
        "mark-corner": _mark_corner,
        "marks-tiled": _marks_tiled,
        "logo-large": _logo_large,
        "emoji": _emojis(1, 0.2),
        "emojis-4": _emojis(4, 0.22),
        "eye-bar": _box((0.3, 0.09), BLACK),
        "box-10": _box((0.32, 0.32), BLACK),
        "box-20": _box((0.45, 0.45), None),
        "pixelated-part": _hidden(pixelated=True),
        "blurred-part": _hidden(pixelated=False),
        "speech-bubble": _speech_bubble,
        "scribble": _scribble,
        "date": _date,
        "play-button": _play_button,
        "text-all-over": _text_all_over,
    }


def _margin(sides: tuple[float, float], fill: Colour | None) -> Apply:
    def apply(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
        across, down = picture.width * sides[0], picture.height * sides[1]
        shown = fill or drawing.colour(chance)
        made = canvas(picture.width + 2 * across, picture.height + 2 * down, shown)
        pasted(made, picture, (across, down))
        return made

    return apply


def _instant_photo(
    picture: Image.Image, chance: Generator, _: Sequence[Image.Image]
) -> Image.Image:
    edge = picture.width * 0.06
    made = canvas(picture.width + 2 * edge, picture.height + 5 * edge, (248, 246, 240))
    pasted(made, picture, (edge, edge))
    place = made.width / 2, picture.height + 3 * edge
    write(made, place, words(chance, 4), size=edge * 1.4, fill=(60, 60, 80), anchor="mm")
    return made


def _to_proportion(proportion: float, fill: Colour) -> Apply:
    def apply(picture: Image.Image, _: Generator, __: Sequence[Image.Image]) -> Image.Image:
        made = _field(picture, proportion, fill)
        place = (made.width - picture.width) / 2, (made.height - picture.height) / 2
        pasted(made, picture, place)
        return made

    return apply


def _field(picture: Image.Image, proportion: float, fill: Colour) -> Image.Image:
    """A field of a proportion, as small as holds the picture."""
    wide = max(picture.width, picture.height * proportion)
    return canvas(wide, wide / proportion, fill)


def _blurred_fill(picture: Image.Image, _: Generator, __: Sequence[Image.Image]) -> Image.Image:
    proportion = 9 / 16 if picture.width >= picture.height else 16 / 9
    field = _field(picture, proportion, BLACK)
    filled = drawing.covering(picture, *field.size).filter(
        ImageFilter.GaussianBlur(picture.width / 20)
    )
    place = (field.width - picture.width) / 2, (field.height - picture.height) / 2
    pasted(filled, picture, place)
    return filled


def _gradient_fill(
    picture: Image.Image, chance: Generator, _: Sequence[Image.Image]
) -> Image.Image:
    field = _field(picture, 1 if picture.width != picture.height else 3 / 4, BLACK)
    ends = chance.uniform(0, 255, (2, 3)).astype(np.float32)
    steps = np.linspace(0, 1, field.height, dtype=np.float32)[:, None, None]
    column = ends[0] * (1 - steps) + ends[1] * steps
    made = drawing.picture_of(np.repeat(column, field.width, axis=1))
    place = (made.width - picture.width) / 2, (made.height - picture.height) / 2
    pasted(made, picture, place)
    return made


def _rounded(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    edge = min(picture.size) * 0.06
    made = canvas(picture.width + 2 * edge, picture.height + 2 * edge, drawing.colour(chance, 180))
    pasted(made, picture, (edge, edge), radius=edge * 1.5)
    return made


def _bar(side: str, fill: Colour, share: float) -> Apply:
    def apply(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
        tall = picture.height * share
        made = canvas(picture.width, picture.height + tall, fill)
        pasted(made, picture, (0, tall if side == _SIDES[0] else 0))
        top = 0 if side == _SIDES[0] else picture.height
        ink = BLACK if fill == WHITE else WHITE
        size = picture.width / 16
        box = size * 0.6, top + tall * 0.12, picture.width - size * 0.6, top + tall * 0.95
        drawing.paragraph(made, chance, box, size=min(size, tall * 0.7), fill=ink)
        return made

    return apply


def _poster(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    edge = picture.width * 0.12
    made = canvas(picture.width + 2 * edge, picture.height + 3.5 * edge, BLACK)
    line = (edge - 4, edge - 4, edge + picture.width + 3, edge + picture.height + 3)
    ImageDraw.Draw(made).rectangle(line, outline=WHITE, width=2)
    pasted(made, picture, (edge, edge))
    middle, top = made.width / 2, edge + picture.height
    title = words(chance, 2).upper()
    write(made, (middle, top + edge), title, size=edge * 0.8, fill=WHITE, anchor="mm")
    write(made, (middle, top + 1.9 * edge), words(chance, 7), size=edge / 3, fill=WHITE,
          anchor="mm")  # fmt: skip
    return made


def _outlined(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    made, size = picture.copy(), picture.width / 11
    for at in (size, picture.height - size):
        text = words(chance, 4).upper()
        write(made, (picture.width / 2, at), text, size=size, fill=WHITE, outline=BLACK,
              anchor="mm")  # fmt: skip
    return made


def _strip(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    made, tall = picture.copy(), picture.height * 0.1
    top = picture.height * chance.uniform(0.35, 0.8)
    box = (0, round(top), picture.width, round(top + tall))
    made.paste(Image.blend(made.crop(box), canvas(box[2], box[3] - box[1], BLACK), 0.6), box)
    place = picture.width / 2, top + tall / 2
    write(made, place, words(chance, 6), size=tall * 0.55, fill=WHITE, anchor="mm")
    return made


def _subtitle(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    made, size = picture.copy(), picture.height / 16
    for row in (1, 2):
        place = picture.width / 2, picture.height - size * 1.5 * row
        write(made, place, words(chance, 6), size=size, fill=(255, 240, 120), outline=BLACK,
              anchor="mm")  # fmt: skip
    return made


def _beside(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    wide = picture.width * 0.6
    made = canvas(picture.width + wide, picture.height, (245, 240, 230))
    left = chance.random() < 0.5  # noqa: PLR2004 (a coin)
    pasted(made, picture, (wide if left else 0, 0))
    edge = 0 if left else picture.width
    size = picture.height / 18
    box = (edge + size, size * 2, edge + wide - size, picture.height - size * 2)
    drawing.paragraph(made, chance, box, size=size)
    return made


def _post(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    """A post as it is saved: name above, words and numbers below."""
    size = picture.width / 22
    made = canvas(picture.width, picture.height + 9 * size)
    draw = ImageDraw.Draw(made)
    draw.ellipse((size, size, 3 * size, 3 * size), fill=drawing.colour(chance, 60, 200))
    write(made, (4 * size, size), words(chance, 2).title(), size=size)
    write(made, (4 * size, 2.2 * size), words(chance, 3), size=size * 0.7, fill=(120, 120, 120))
    pasted(made, picture, (0, 4 * size))
    box = (size, picture.height + 4.8 * size, picture.width - size, made.height - size / 2)
    drawing.paragraph(made, chance, box, size=size * 0.9)
    return made


def _mark_corner(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    made, size = picture.copy(), picture.width / 22
    place = picture.width - size / 2, picture.height - size / 2
    write(made, place, f"@{words(chance, 2).replace(' ', '_')}", size=size, fill=WHITE, anchor="rd")
    return made


def _marks_tiled(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    marked, size, text = picture.copy(), picture.width / 18, words(chance, 2)
    for row in range(8):
        for column in range(4):
            place = picture.width * (column / 4 + row % 2 / 8), picture.height * row / 8
            write(marked, place, text, size=size, fill=WHITE)
    return Image.blend(picture, marked, 0.45)


def _logo_large(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    marked = picture.copy()
    size = min(picture.size) * 0.5
    left, top = (picture.width - size) / 2, (picture.height - size) / 2
    draw = ImageDraw.Draw(marked)
    width = round(size / 12)
    draw.ellipse((left, top, left + size, top + size), outline=WHITE, width=width)
    place = picture.width / 2, picture.height / 2
    write(marked, place, words(chance, 1).upper(), size=size / 4, fill=WHITE, anchor="mm")
    return Image.blend(picture, marked, 0.55)


def _emojis(count: int, share: float) -> Apply:
    def apply(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
        made = picture.copy()
        draw = ImageDraw.Draw(made)
        size = min(picture.size) * share
        for _each in range(count):
            left = chance.uniform(0, picture.width - size)
            top = chance.uniform(0, picture.height - size)
            draw.ellipse((left, top, left + size, top + size), fill=(255, 205, 60))
            for eye in (0.3, 0.62):
                box = (left + eye * size, top + 0.3 * size, left + (eye + 0.1) * size,
                       top + 0.45 * size)  # fmt: skip
                draw.ellipse(box, fill=(60, 40, 10))
            mouth = (left + 0.25 * size, top + 0.4 * size, left + 0.75 * size, top + 0.8 * size)
            draw.arc(mouth, 10, 170, fill=(60, 40, 10), width=max(1, round(size / 18)))
        return made

    return apply


def _place(
    picture: Image.Image, chance: Generator, share: tuple[float, float]
) -> tuple[int, int, int, int]:
    """A box of these shares of the sides, somewhere in the inner part of the picture."""
    wide, tall = picture.width * share[0], picture.height * share[1]
    left = chance.uniform(0.05, 0.95) * (picture.width - wide)
    top = chance.uniform(0.05, 0.95) * (picture.height - tall)
    return round(left), round(top), round(left + wide), round(top + tall)


def _box(share: tuple[float, float], fill: Colour | None) -> Apply:
    def apply(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
        made = picture.copy()
        made.paste(fill or drawing.colour(chance), _place(picture, chance, share))
        return made

    return apply


def _hidden(*, pixelated: bool) -> Apply:
    def apply(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
        made, box = picture.copy(), _place(picture, chance, (0.35, 0.4))
        part = made.crop(box)
        if pixelated:
            coarse = part.resize((8, 8), Image.Resampling.BOX)
            part = coarse.resize(part.size, Image.Resampling.NEAREST)
        else:
            part = part.filter(ImageFilter.GaussianBlur(min(part.size) / 8))
        made.paste(part, box)
        return made

    return apply


def _speech_bubble(
    picture: Image.Image, chance: Generator, _: Sequence[Image.Image]
) -> Image.Image:
    made = picture.copy()
    box = _place(picture, chance, (0.45, 0.22))
    draw = ImageDraw.Draw(made)
    draw.rounded_rectangle(box, (box[3] - box[1]) / 3, fill=WHITE, outline=BLACK, width=2)
    foot = [(box[0] + 30, box[3] - 2), (box[0] + 60, box[3] - 2), (box[0] + 20, box[3] + 25)]
    draw.polygon(foot, fill=WHITE)
    size = (box[3] - box[1]) / 4
    inner = (box[0] + size, box[1] + size * 0.7, box[2] - size / 2, box[3] - size / 2)
    drawing.paragraph(made, chance, inner, size=size)
    return made


def _scribble(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    made = picture.copy()
    steps = chance.normal(0, 0.12, (40, 2)).cumsum(axis=0) % 2
    points = np.minimum(steps, 2 - steps) * picture.size
    line = [(float(x), float(y)) for x, y in points]
    width = round(picture.width / 60)
    ImageDraw.Draw(made).line(line, drawing.colour(chance), width, joint="curve")
    return made


def _date(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    made, size = picture.copy(), picture.height / 14
    day, hour = chance.integers(1, 29), chance.integers(0, 24)
    place = picture.width - size, picture.height - size
    text = f"2019-06-{day:02} {hour:02}.17"
    write(made, place, text, size=size, fill=(255, 140, 30), anchor="rd")
    return made


def _play_button(picture: Image.Image, _: Generator, __: Sequence[Image.Image]) -> Image.Image:
    marked, half = picture.copy(), min(picture.size) * 0.13
    across, down = picture.width / 2, picture.height / 2
    draw = ImageDraw.Draw(marked)
    draw.ellipse((across - half, down - half, across + half, down + half), fill=(20, 20, 20))
    arrow = [(across - half / 3, down - half / 2), (across - half / 3, down + half / 2),
             (across + half / 2, down)]  # fmt: skip
    draw.polygon(arrow, fill=WHITE)
    return Image.blend(picture, marked, 0.8)


def _text_all_over(
    picture: Image.Image, chance: Generator, _: Sequence[Image.Image]
) -> Image.Image:
    made, size = picture.copy(), picture.width / 16
    box = (size, size, picture.width - size, picture.height - size)
    drawing.paragraph(made, chance, box, size=size, fill=WHITE)
    return made
