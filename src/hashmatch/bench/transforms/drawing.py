"""What alterations draw with: sizes, text, fields of colour."""

from typing import Final, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Colour: TypeAlias = tuple[int, int, int]

BLACK: Final[Colour] = (0, 0, 0)
WHITE: Final[Colour] = (255, 255, 255)

_TEXT: Final = (
    "the a and to of in is you that it he was for on are with as "
    "his they be at one have this from or had by hot but some what there we "
    "can out other were all your when up use how said an each she which do their "
    "time if will way about many then them would write like so these her long make thing "
    "see him two has look more day could go come did my sound no most number who "
    "over know water than call first people may down side been now find"
)
_WORDS: Final = _TEXT.split()


def words(chance: np.random.Generator, count: int) -> str:
    """So many words."""
    return " ".join(chance.choice(_WORDS, count))


def colour(chance: np.random.Generator, low: int = 0, high: int = 255) -> Colour:
    """A colour whose channels lie between these."""
    red, green, blue = chance.integers(low, high + 1, 3).tolist()
    return red, green, blue


def write(
    image: Image.Image,
    place: tuple[float, float],
    text: str,
    *,
    size: float,
    fill: Colour = BLACK,
    outline: Colour | None = None,
    anchor: str = "la",
) -> None:
    """Write one line into the picture."""
    font = ImageFont.load_default(max(6, round(size)))
    draw = ImageDraw.Draw(image)
    width = round(size / 12) if outline else 0
    draw.text(
        place, text, fill, font, anchor=anchor, stroke_width=width, stroke_fill=outline or fill
    )


def paragraph(
    image: Image.Image,
    chance: np.random.Generator,
    box: tuple[float, float, float, float],
    *,
    size: float,
    fill: Colour = BLACK,
) -> None:
    """Fill a box with lines of words."""
    left, top, right, bottom = box
    fits = max(1, int((right - left) / (size * 2.9)))
    at = top
    while at + size <= bottom:
        write(image, (left, at), words(chance, fits), size=size, fill=fill)
        at += size * 1.45


def fitted(picture: Image.Image, width: float, height: float) -> Image.Image:
    """The whole picture, as large as fits into this size."""
    scale = min(width / picture.width, height / picture.height)
    return resized(picture, picture.width * scale, picture.height * scale)


def covering(picture: Image.Image, width: float, height: float) -> Image.Image:
    """The middle of the picture, cut so that it fills this size."""
    wide, tall = max(1, round(width)), max(1, round(height))
    scale = max(wide / picture.width, tall / picture.height)
    part_w, part_h = wide / scale, tall / scale
    left, top = (picture.width - part_w) / 2, (picture.height - part_h) / 2
    box = (max(0, left), max(0, top), min(picture.width, left + part_w),
           min(picture.height, top + part_h))  # fmt: skip
    return picture.resize((wide, tall), Image.Resampling.LANCZOS, box=box, reducing_gap=3)


def resized(picture: Image.Image, width: float, height: float) -> Image.Image:
    """The picture in this size."""
    size = max(1, round(width)), max(1, round(height))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def canvas(width: float, height: float, fill: Colour = WHITE) -> Image.Image:
    """A field of one colour."""
    return Image.new("RGB", (max(1, round(width)), max(1, round(height))), fill)


def rounded(size: tuple[int, int], radius: float) -> Image.Image:
    """A mask with round corners."""
    mask = Image.new("L", size, 0)
    box = (0, 0, size[0] - 1, size[1] - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius, fill=255)
    return mask


def pasted(
    onto: Image.Image, picture: Image.Image, place: tuple[float, float], *, radius: float = 0
) -> None:
    """Put a picture onto another, with round corners if wanted."""
    mask = rounded(picture.size, radius) if radius else None
    onto.paste(picture, (round(place[0]), round(place[1])), mask)


def pixels(picture: Image.Image) -> "np.ndarray[tuple[int, int, int], np.dtype[np.float32]]":
    """(rows, columns, 3) the picture's values, 0–255."""
    return np.asarray(picture, np.float32)


def picture_of(values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> Image.Image:
    """A picture of such values, cut at 0 and 255."""
    return Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8))
