"""Another size, another part, another way up: resize, crop, rotate, dihedral."""

import math
from collections.abc import Sequence
from typing import Final

from numpy.random import Generator
from PIL import Image, ImageOps

from hashmatch.bench.transforms.base import Apply, Group, encoded
from hashmatch.bench.transforms.drawing import BLACK, WHITE, Colour, resized

_SIDES: Final = (64, 96, 128, 192, 256, 512, 1024, 1600)
_KEPT: Final = (98, 95, 90, 85, 80, 70, 60, 50)


def resize() -> Group:
    """Other sizes and proportions."""
    made: dict[str, Apply] = {f"side-{side}": _side(side) for side in _SIDES}
    made["half"] = _scaled(0.5, 0.5)
    made["third-nearest"] = _scaled(1 / 3, 1 / 3, Image.Resampling.NEAREST)
    made["twice-bicubic"] = _scaled(2, 2, Image.Resampling.BICUBIC)
    made["wider"] = _scaled(1.25, 1)
    made["taller"] = _scaled(1, 1.25)
    made["square"] = lambda picture, _, __: resized(picture, 400, 400)
    return made


def crop() -> Group:
    """Parts of the picture, anywhere in it or cut off on one side, and to usual proportions."""
    made: dict[str, Apply] = {f"keep-{kept}": _part(kept / 100) for kept in _KEPT}
    for name, sides in (
        ("left-10", (0.1, 0, 0, 0)),
        ("top-15", (0, 0.15, 0, 0)),
        ("right-20", (0, 0, 0.2, 0)),
        ("bottom-30", (0, 0, 0, 0.3)),
    ):
        made[name] = _trimmed(sides)
    for name, proportion in (("square", 1), ("wide", 16 / 9), ("upright", 4 / 5)):
        made[name] = _proportioned(proportion)
    return made


def rotate() -> Group:
    """Turned by some degrees: with corners that are filled, or trimmed to what is left."""
    made: dict[str, Apply] = {}
    for degrees in (2, 5, 10, 20):
        fill = WHITE if degrees % 4 else BLACK
        made[f"filled-{degrees}"] = _turned(degrees, fill)
    made["filled-45"] = _turned(45, (90, 110, 130))
    for degrees in (1, 2, 3, 5, 10, 20):
        made[f"trimmed-{degrees}"] = _turned(degrees, None)
    return made


def dihedral() -> Group:
    """Mirrored, turned by right angles, or the photographic negative."""
    made: dict[str, Apply] = {
        each.name.lower().replace("_", "-"): _transposed(each) for each in Image.Transpose
    }
    made["negative"] = lambda picture, _, __: ImageOps.invert(picture)
    return made


def _side(longest: int) -> Apply:
    def apply(picture: Image.Image, _: Generator, __: Sequence[Image.Image]) -> Image.Image | bytes:
        scale = longest / max(picture.size)
        made = resized(picture, picture.width * scale, picture.height * scale)
        return encoded(made, "PNG") if longest <= 128 else made  # noqa: PLR2004 (thumbnails)

    return apply


def _scaled(
    across: float, down: float, resampling: Image.Resampling = Image.Resampling.LANCZOS
) -> Apply:
    def apply(picture: Image.Image, _: Generator, __: Sequence[Image.Image]) -> Image.Image:
        size = max(1, round(picture.width * across)), max(1, round(picture.height * down))
        return picture.resize(size, resampling)

    return apply


def _part(kept: float) -> Apply:
    def apply(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
        wide, tall = picture.width * kept, picture.height * kept
        left = chance.uniform(0, picture.width - wide)
        top = chance.uniform(0, picture.height - tall)
        return _cut(picture, left, top, left + wide, top + tall)

    return apply


def _trimmed(sides: tuple[float, float, float, float]) -> Apply:
    def apply(picture: Image.Image, _: Generator, __: Sequence[Image.Image]) -> Image.Image:
        left, top, right, bottom = sides
        wide, tall = picture.size
        return _cut(picture, left * wide, top * tall, (1 - right) * wide, (1 - bottom) * tall)

    return apply


def _proportioned(proportion: float) -> Apply:
    def apply(picture: Image.Image, _: Generator, __: Sequence[Image.Image]) -> Image.Image:
        wide = min(picture.width, picture.height * proportion)
        tall = wide / proportion
        left, top = (picture.width - wide) / 2, (picture.height - tall) / 2
        return _cut(picture, left, top, left + wide, top + tall)

    return apply


def _cut(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    first = round(left), round(top)
    last = max(first[0] + 1, round(right)), max(first[1] + 1, round(bottom))
    return picture.crop((*first, *last))


def _turned(degrees: float, fill: Colour | None) -> Apply:
    """Turned to either side; trimmed where there is nothing to fill the corners with."""

    def apply(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
        way = degrees if chance.random() < 0.5 else -degrees  # noqa: PLR2004 (a coin)
        bicubic = Image.Resampling.BICUBIC
        turned = picture.rotate(way, bicubic, expand=True, fillcolor=fill or BLACK)
        if fill is not None:
            return turned
        wide, tall = _inscribed(picture.width, picture.height, math.radians(degrees))
        left, top = (turned.width - wide) / 2, (turned.height - tall) / 2
        return _cut(turned, left + 1, top + 1, left + wide - 1, top + tall - 1)

    return apply


def _inscribed(wide: float, tall: float, angle: float) -> tuple[float, float]:
    """The largest upright rectangle inside a rectangle that was turned by less than 45°."""
    sine, cosine = math.sin(angle), math.cos(angle)
    long, short = max(wide, tall), min(wide, tall)
    if short <= 2 * sine * cosine * long:
        half = short / 2
        found = half / sine, half / cosine
        return found if wide >= tall else (found[1], found[0])
    spread = cosine * cosine - sine * sine
    return (wide * cosine - tall * sine) / spread, (tall * cosine - wide * sine) / spread


def _transposed(way: Image.Transpose) -> Apply:
    return lambda picture, _, __: picture.transpose(way)
