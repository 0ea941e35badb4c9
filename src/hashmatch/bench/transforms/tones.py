"""Other values of the same pixels: colour, compression, noise, blur."""

import io
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from hashmatch.bench.transforms.base import Apply, Group, chained, encoded, jpeg
from hashmatch.bench.transforms.drawing import picture_of, pixels, resized

_QUALITIES: Final = (80, 50, 30, 15, 5)


def colour() -> Group:
    """Brighter, paler, tinted: what editors and filters do."""
    plain: dict[str, Callable[[Image.Image], Image.Image]] = {
        "brighter-30": lambda each: ImageEnhance.Brightness(each).enhance(1.3),
        "darker-40": lambda each: ImageEnhance.Brightness(each).enhance(0.6),
        "contrast-60": lambda each: ImageEnhance.Contrast(each).enhance(1.6),
        "paler-50": lambda each: ImageEnhance.Contrast(each).enhance(0.5),
        "saturated": lambda each: ImageEnhance.Color(each).enhance(2),
        "grey": ImageOps.grayscale,
        "autocontrast": lambda each: ImageOps.autocontrast(each, 2),
        "equalized": ImageOps.equalize,
        "posterized": lambda each: ImageOps.posterize(each, 3),
        "solarized": lambda each: ImageOps.solarize(each, 200),
        "sepia": lambda each: ImageOps.colorize(ImageOps.grayscale(each), "#1e1408", "#fff0c8"),
    }
    made: dict[str, Apply] = {name: _plain(change) for name, change in plain.items()}
    made["gamma-dark"] = _gamma(1.8)
    made["gamma-light"] = _gamma(0.55)
    made["warm"] = _balanced((1.2, 1.0, 0.75))
    made["cold"] = _balanced((0.75, 0.95, 1.25))
    made["vignette"] = _vignette
    return made


def compression() -> Group:
    """Lossy files, and files that were saved again and again."""
    made: dict[str, Apply] = {f"jpeg-{quality}": _as_jpeg(quality) for quality in _QUALITIES}
    made["jpeg-444"] = lambda picture, _, __: jpeg(picture, 75, subsampling=0)
    made["jpeg-progressive"] = lambda picture, _, __: jpeg(picture, 60, progressive=1)
    made["jpeg-five-times"] = chained(
        *(chained(_nudged, _as_jpeg(quality)) for quality in (85, 70, 80, 60, 75))
    )
    made["webp-40"] = lambda picture, _, __: encoded(picture, "WEBP", quality=40)
    made["webp-5"] = lambda picture, _, __: encoded(picture, "WEBP", quality=5)
    made["gif"] = _gif
    made["palette-16"] = lambda picture, _, __: encoded(picture.quantize(16), "PNG")
    return made


def noise() -> Group:
    """Grain, dots and lines."""
    return {
        "grain-8": _grain(8),
        "grain-20": _grain(20),
        "grain-40": _grain(40),
        "dots-2": _dots(0.02),
        "dots-8": _dots(0.08),
        "speckle": _speckle,
        "lines": _lines,
        "dithered": lambda picture, _, __: encoded(picture.convert("1"), "PNG"),
    }


def blur() -> Group:
    """Softer, sharper, coarser."""
    made: dict[str, Apply] = {
        f"gaussian-{radius:g}": _filtered(ImageFilter.GaussianBlur(radius)) for radius in (1, 2, 4)
    }
    made["box-5"] = _filtered(ImageFilter.BoxBlur(5))
    made["median-5"] = _filtered(ImageFilter.MedianFilter(5))
    made["sharpened"] = _filtered(ImageFilter.UnsharpMask(3, 200, 2))
    made["embossed-edges"] = _filtered(ImageFilter.EDGE_ENHANCE_MORE)
    made["motion"] = _motion
    made["pixelated"] = _pixelated
    return made


def _plain(change: Callable[[Image.Image], Image.Image]) -> Apply:
    return lambda picture, _, __: change(picture)


def _filtered(kernel: ImageFilter.Filter | type[ImageFilter.Filter]) -> Apply:
    return lambda picture, _, __: picture.filter(kernel)


def _as_jpeg(quality: int) -> Apply:
    return lambda picture, _, __: jpeg(picture, quality)


def _gamma(exponent: float) -> Apply:
    table = [round(255 * (value / 255) ** exponent) for value in range(256)] * 3
    return lambda picture, _, __: picture.point(table)


def _balanced(factors: tuple[float, float, float]) -> Apply:
    def apply(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
        strength = chance.uniform(0.8, 1.2)
        weights = 1 + (np.array(factors, np.float32) - 1) * np.float32(strength)
        return picture_of(pixels(picture) * weights)

    return apply


def _vignette(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    down = np.linspace(-1, 1, picture.height, dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, picture.width, dtype=np.float32)[None, :]
    fall = 1 - np.float32(chance.uniform(0.3, 0.45)) * (down**2 + across**2)
    return picture_of(pixels(picture) * fall[..., None])


def _nudged(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    """A little smaller, so that blocks of the last file do not meet those of the next."""
    scale = chance.uniform(0.94, 0.99)
    return resized(picture, picture.width * scale, picture.height * scale)


def _gif(picture: Image.Image, _: Generator, __: Sequence[Image.Image]) -> bytes:
    file = io.BytesIO()
    picture.quantize(128).save(file, "GIF")
    return file.getvalue()


def _grain(deviation: float) -> Apply:
    def apply(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
        values = pixels(picture)
        grain = chance.standard_normal(values.shape, np.float32) * np.float32(deviation)
        return picture_of(values + grain)

    return apply


def _dots(share: float) -> Apply:
    def apply(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
        values = pixels(picture).copy()
        drawn = chance.random(values.shape[:2])
        values[drawn < share / 2] = 0
        values[drawn > 1 - share / 2] = 255
        return picture_of(values)

    return apply


def _speckle(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    values = pixels(picture)
    return picture_of(values * (1 + chance.standard_normal(values.shape, np.float32) * 0.2))


def _lines(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    values = pixels(picture).copy()
    step = int(chance.integers(3, 6))
    values[::step] *= 0.6
    return picture_of(values)


def _motion(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    values = pixels(picture)
    axis, length = int(chance.integers(2)), int(chance.integers(7, 12))
    wide = np.pad(values, [(length // 2 if each == axis else 0,) * 2 for each in range(3)], "edge")
    sums = np.cumsum(wide, axis=axis, dtype=np.float64)
    size = values.shape[axis] - 1
    ends = np.take(sums, range(length - 1, length - 1 + size), axis=axis)
    starts = np.take(sums, range(size), axis=axis)
    return picture_of(((ends - starts) / (length - 1)).astype(np.float32))


def _pixelated(picture: Image.Image, chance: Generator, _: Sequence[Image.Image]) -> Image.Image:
    cells = int(chance.integers(48, 72))
    scale = cells / max(picture.size)
    small = resized(picture, picture.width * scale, picture.height * scale)
    return small.resize(picture.size, Image.Resampling.NEAREST)
