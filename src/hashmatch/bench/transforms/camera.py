"""Copies that were photographed or scanned: from screens and from paper."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageFilter

from hashmatch.bench.transforms import drawing
from hashmatch.bench.transforms.base import Apply, Group, chained, jpeg
from hashmatch.bench.transforms.drawing import canvas, fitted, pasted, picture_of, pixels
from hashmatch.bench.transforms.pages import encoded_page

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIZE: Final = (1024, 768)


def photographed() -> Group:
    """Screens and prints before a camera: tilted, with moiré, glare, noise, and what is around."""
    return {
        "screen": _screen(tilt=0.02, strength=0.06),
        "screen-tilted": _screen(tilt=0.09, strength=0.06),
        "screen-moire": _screen(tilt=0.03, strength=0.2),
        "screen-close": _close,
        "screen-glare": chained(_screen(tilt=0.04, strength=0.05), _glare),
        "screen-dark": chained(_screen(tilt=0.04, strength=0.05), _dark),
        "print": _print(tilt=0.03),
        "print-tilted": _print(tilt=0.1),
        "print-creased": chained(_creased, _print(tilt=0.03)),
        "scan": _scan,
        "pdf-page": _pdf_page,
    }


def coefficients(
    corners: Sequence[tuple[float, float]], size: tuple[float, float]
) -> tuple[float, ...]:
    """The eight numbers with which Pillow maps a picture of this size onto four corners.

    Args:
        corners: where upper left, upper right, lower right and lower left come to lie.
        size: width and height of the picture.
    """
    wide, tall = size
    sources = ((0, 0), (wide, 0), (wide, tall), (0, tall))
    rows: list[list[float]] = []
    values: list[float] = []
    for (x, y), (u, v) in zip(corners, sources, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        values += [u, v]
    return tuple(np.linalg.solve(np.array(rows), np.array(values)).tolist())


def placed(
    ground: Image.Image, picture: Image.Image, corners: Sequence[tuple[float, float]]
) -> Image.Image:
    """The ground with the picture on it, drawn onto four corners."""
    data, how = coefficients(corners, picture.size), Image.Transform.PERSPECTIVE
    warped = picture.transform(ground.size, how, data, Image.Resampling.BICUBIC)
    mask = Image.new("L", picture.size, 255).transform(
        ground.size, how, data, Image.Resampling.BILINEAR
    )
    made = ground.copy()
    made.paste(warped, (0, 0), mask)
    return made


def _corners(shown: Image.Image, chance: Generator, tilt: float) -> list[tuple[float, float]]:
    """The corners of a picture in the middle of the field, each moved by chance."""
    left, top = (_SIZE[0] - shown.width) / 2, (_SIZE[1] - shown.height) / 2
    right, bottom = left + shown.width, top + shown.height
    moved = chance.uniform(-tilt, tilt, (4, 2)) * (shown.width, shown.height)
    return [
        (x + float(dx), y + float(dy))
        for (x, y), (dx, dy) in zip(
            ((left, top), (right, top), (right, bottom), (left, bottom)), moved, strict=True
        )
    ]


def _screen(tilt: float, strength: float) -> Apply:
    def apply(
        picture: Image.Image, chance: Generator, _: Sequence[Image.Image]
    ) -> Image.Image | bytes:
        shown = fitted(picture, 720, 540)
        edge = canvas(shown.width + 50, shown.height + 60, (12, 12, 14))
        pasted(edge, shown, (25, 25))
        wall = _surface(chance, drawing.colour(chance, 70, 190), 6)
        made = placed(wall, edge, _corners(edge, chance, tilt))
        return jpeg(_sensor(_moire(made, chance, strength), chance, 4), 85)

    return apply


def _close(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> bytes:
    """So near that the picture fills the photo, cut a little on all sides."""
    shown = fitted(picture, *_SIZE)
    scale = 1.04 * max(_SIZE[0] / shown.width, _SIZE[1] / shown.height)
    shown = drawing.resized(shown, shown.width * scale, shown.height * scale)
    ground = canvas(*_SIZE, (10, 10, 12))
    made = placed(ground, shown, _corners(shown, chance, 0.01))
    return jpeg(_sensor(_moire(made, chance, 0.1), chance, 5), 85)


def _surface(chance: Generator, colour: tuple[int, int, int], grain: float) -> Image.Image:
    """A wall or a table: a colour, uneven light, grain."""
    down = np.linspace(0, 1, _SIZE[1], dtype=np.float32)[:, None, None]
    across = np.linspace(0, 1, _SIZE[0], dtype=np.float32)[None, :, None]
    slopes = chance.uniform(-40, 40, 2).astype(np.float32)
    values = np.array(colour, np.float32) + slopes[0] * down + slopes[1] * across
    noise = chance.standard_normal((*_SIZE[::-1], 1), np.float32) * np.float32(grain)
    return picture_of(values + noise)


def _moire(picture: Image.Image, chance: Generator, strength: float) -> Image.Image:
    """Waves of colour, as where the grid of a screen meets that of a sensor."""
    down = np.arange(picture.height, dtype=np.float32)[:, None]
    across = np.arange(picture.width, dtype=np.float32)[None, :]
    waves: list[NDArray[Any]] = []
    for _ in range(3):
        angle, length = chance.uniform(0, np.pi), chance.uniform(4, 14)
        phase = (np.cos(angle) * across + np.sin(angle) * down) * (2 * np.pi / length)
        waves.append(np.sin(phase, dtype=np.float32))
    return picture_of(pixels(picture) * (1 + np.float32(strength) * np.stack(waves, axis=2)))


def _sensor(picture: Image.Image, chance: Generator, noise: float) -> Image.Image:
    """Soft lens, noise, another white."""
    soft = pixels(picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.6, 1.3))))
    white = chance.uniform(0.88, 1.1, 3).astype(np.float32)
    grain = chance.standard_normal(soft.shape, np.float32) * np.float32(noise)
    return picture_of(soft * white + grain)


def _glare(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    down = np.linspace(0, 1, picture.height, dtype=np.float32)[:, None]
    across = np.linspace(0, 1, picture.width, dtype=np.float32)[None, :]
    y, x = chance.uniform(0.25, 0.75, 2)
    light = np.exp(-((down - y) ** 2 + (across - x) ** 2) / np.float32(0.02))
    return picture_of(pixels(picture) + 170 * light[..., None])


def _dark(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    return _sensor(picture_of(pixels(picture) * 0.4), chance, 10)


def _print(tilt: float) -> Apply:
    def apply(
        picture: Image.Image, chance: Generator, _: Sequence[Image.Image]
    ) -> Image.Image | bytes:
        shown = fitted(picture, 704, 530)
        paper = canvas(shown.width + 60, shown.height + 60, (250, 248, 243))
        pasted(paper, _inked(shown), (30, 30))
        table = _surface(chance, drawing.colour(chance, 60, 170), 9)
        made = placed(table, paper, _corners(paper, chance, tilt))
        return jpeg(_sensor(made, chance, 4), 85)

    return apply


def _inked(picture: Image.Image) -> Image.Image:
    """Paper is never black, and never as bright as a screen."""
    return picture_of(28 + pixels(picture) * np.float32(0.82))


def _creased(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    values = pixels(picture).copy()
    row = int(values.shape[0] * chance.uniform(0.3, 0.7))
    column = int(values.shape[1] * chance.uniform(0.3, 0.7))
    for offset, change in ((0, 90), (1, 60), (2, -45), (3, -30)):
        values[min(row + offset, values.shape[0] - 1)] += change
        values[:, min(column + offset, values.shape[1] - 1)] += change
    return picture_of(values)


def _scan(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> bytes:
    """A print on the glass of a scanner: a little turned, grey, on white."""
    page = canvas(1000, 1400, (245, 245, 245))
    shown = _inked(fitted(picture, 760, 900))
    mask = Image.new("L", shown.size, 255)
    angle, bicubic = chance.uniform(-2.5, 2.5), Image.Resampling.BICUBIC
    turned = shown.rotate(angle, bicubic, expand=True)
    place = round(chance.uniform(40, 160)), round(chance.uniform(60, 300))
    page.paste(turned, place, mask.rotate(angle, bicubic, expand=True))
    return jpeg(_sensor(page, chance, 2).convert("L").convert("RGB"), 75)


def _pdf_page(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> bytes:
    page = canvas(1000, 1414)
    drawing.paragraph(page, chance, (110, 120, 890, 420), size=22)
    shown = fitted(picture, 780, 620)
    pasted(page, shown, ((1000 - shown.width) / 2, 460))
    drawing.paragraph(page, chance, (110, 500 + shown.height, 890, 1300), size=22)
    return encoded_page(page)
