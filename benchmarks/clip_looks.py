"""How copies of clips look: framed, covered, cropped, on a page, beside other videos."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageOps

Rgb: TypeAlias = NDArray[np.uint8]


def _boxed(rgb: Rgb, across: float, down: float) -> Rgb:
    height, width = rgb.shape[:2]
    return np.pad(rgb, ((int(height * down),) * 2, (int(width * across),) * 2, (0, 0)))


def _cropped(rgb: Rgb) -> Rgb:
    height, width = rgb.shape[0] // 20, rgb.shape[1] // 20
    return rgb[height:-height, width:-width]


def _logo(rgb: Rgb) -> Rgb:
    image = Image.fromarray(rgb)
    width, height = int(image.width * 0.15), int(image.height * 0.10)
    left, top = image.width - width - 8, 8
    draw = ImageDraw.Draw(image)
    draw.rectangle((left, top, left + width, top + height), fill=(235, 30, 40))
    draw.text((left + 4, top + 2), "CHANNEL", fill="white", font_size=max(6, height * 0.6))
    return np.asarray(image)


_WORDS: Final = ("a quick brown fox jumps over this", "lazy dog while nobody is looking")


def _caption(rgb: Rgb) -> Rgb:
    image = Image.fromarray(rgb)
    band = int(image.height * 0.18)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, image.height - band, image.width, image.height), fill="black")
    for line, text in enumerate(_WORDS):
        place = (image.width * 0.06, image.height - band * (0.95 - 0.45 * line))
        draw.text(place, text, fill="white", font_size=max(6, band * 0.36))
    return np.asarray(image)


def _blurred(rgb: Rgb) -> Rgb:
    image = Image.fromarray(rgb)
    width = image.height * 9 // 16 // 2 * 2
    ground = ImageOps.fit(image, (width, image.height)).filter(ImageFilter.GaussianBlur(12))
    inner = image.resize((width, max(2, width * image.height // image.width)))
    ground.paste(inner, (0, (ground.height - inner.height) // 2))
    return np.asarray(ground)


def _screen(rgb: Rgb) -> Rgb:
    screen = Image.new("RGB", (960, 540), (38, 70, 105))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 514, 960, 540), fill=(24, 24, 28))
    for icon in range(6):
        top = 20 + 76 * icon
        draw.rectangle((16, top, 56, top + 40), fill=(60 * icon % 255, 190 - 20 * icon, 120))
        draw.text((14, top + 44), f"Folder {icon}", fill="white", font_size=10)
    inner = ImageOps.contain(Image.fromarray(rgb), (640, 400))
    left, top = 150, 60
    draw.rectangle((left - 3, top - 26, left + inner.width + 3, top + inner.height + 40), "white")
    draw.text((left + 8, top - 22), "Player - recording", fill="black", font_size=13)
    draw.rectangle((left, top + inner.height + 16, left + 300, top + inner.height + 20), "grey")
    screen.paste(inner, (left, top))
    return np.asarray(screen)


LOOKS: Final[dict[str, Callable[[Rgb], Rgb]]] = {
    "letterbox": partial(_boxed, across=0, down=0.17),
    "pillarbox": partial(_boxed, across=0.17, down=0),
    "mirrored": lambda rgb: rgb[:, ::-1],
    "logo 15×10 %": _logo,
    "caption band": _caption,
    "crop 5 % per side": _cropped,
    "blurred border": _blurred,
    "screen recording": _screen,
}


def _beside(rgb: Rgb, other: Rgb) -> Rgb:
    """Two videos side by side without a gap, as those who comment on one show it."""
    height = rgb.shape[0]
    second = ImageOps.fit(Image.fromarray(other), (height * 3 // 4, height))
    return np.hstack((rgb, np.asarray(second)))


def _above(rgb: Rgb, other: Rgb) -> Rgb:
    """One above the other without a gap, as on a telephone held upright."""
    width = rgb.shape[1]
    second = ImageOps.fit(Image.fromarray(other), (width, width * 3 // 4))
    return np.vstack((rgb, np.asarray(second)))


def _grid(rgb: Rgb, other: Rgb) -> Rgb:
    """One of four in a grid, as a call or a collage shows them; the other three are of one clip."""
    height, width = rgb.shape[:2]
    gap = 4
    grid = np.full((2 * height + gap, 2 * width + gap, 3), 18, np.uint8)
    fitted = np.asarray(ImageOps.fit(Image.fromarray(other), (width, height)))
    grid[:height, :width], grid[height + gap :, :width] = fitted, fitted[::-1]
    grid[height + gap :, width + gap :], grid[:height, width + gap :] = fitted[:, ::-1], rgb
    return grid


def _feed(rgb: Rgb, other: Rgb) -> Rgb:
    """A page with words, and another video that plays on it further down."""
    page = Image.new("RGB", (480, 854), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 480, 56), fill=(59, 89, 152))
    draw.text((16, 18), "What is new", fill="white", font_size=18)
    for line, text in enumerate(_WORDS * 2):
        draw.text((16, 76 + 22 * line), text, fill="black", font_size=15)
    inner = ImageOps.contain(Image.fromarray(rgb), (448, 330))
    page.paste(inner, ((480 - inner.width) // 2, 180))
    below = 180 + inner.height + 20
    draw.text((16, below), "17 comments", fill="grey", font_size=14)
    second = ImageOps.fit(Image.fromarray(other), (448, 854 - below - 60))
    page.paste(second, (16, below + 30))
    return np.asarray(page)


TOGETHER: Final[dict[str, Callable[[Rgb, Rgb], Rgb]]] = {
    "beside another": _beside,
    "above another": _above,
    "one of four": _grid,
    "feed with another": _feed,
}
