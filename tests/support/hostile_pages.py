"""Pictures that are drawn so that looking for parts in them takes long: by kind and number."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Luma = NDArray[np.uint8]

_SHAPES: Final = (
    (1600, 1600),
    (2600, 1200),
    (1, 60_000),
    (60_000, 1),
    (33, 20_000),
    (20_000, 33),
    (320, 1600),
    (4000, 4000),
)
"""Rows and columns: as many as are looked at, those of telephones, and extreme ones."""


def _cells(chance: np.random.Generator, shape: tuple[int, int]) -> "Luma":
    """A grid of pictures, 10,000 where the shape allows it."""
    rows, columns = np.indices(shape)
    side, gap = int(chance.integers(8, 40)), int(chance.integers(1, 4))
    inner = rows * int(chance.integers(1, 20)) + columns * int(chance.integers(1, 20))
    found = np.where((rows % side < gap) | (columns % side < gap), 255, inner % 200)
    return np.asarray(found, np.uint8)


def _lines(chance: np.random.Generator, shape: tuple[int, int]) -> "Luma":
    """Lines of one pixel, every few pixels, in one or both directions."""
    rows, columns = np.indices(shape)
    every = int(chance.integers(2, 24))
    along = (rows % every == 0) if chance.random() < 0.5 else (columns % every == 0)
    if chance.random() < 0.5:
        along = along | (columns % int(chance.integers(2, 24)) == 0)
    return np.asarray(np.where(along, 0, 255), np.uint8)


def _checks(chance: np.random.Generator, shape: tuple[int, int]) -> "Luma":
    rows, columns = np.indices(shape)
    side = int(chance.integers(1, 200))
    return np.asarray((rows // side + columns // side) % 2 * 255, np.uint8)


def _frames(chance: np.random.Generator, shape: tuple[int, int]) -> "Luma":
    """Frames within each other, down to the middle."""
    rows, columns = np.indices(shape)
    edge = np.minimum(
        np.minimum(rows, shape[0] - 1 - rows), np.minimum(columns, shape[1] - 1 - columns)
    )
    return np.asarray(edge // int(chance.integers(1, 60)) % 2 * 200 + 20, np.uint8)


def _rectangles(chance: np.random.Generator, shape: tuple[int, int]) -> "Luma":
    """Rectangles of any place and size over each other."""
    image = Image.new("L", (shape[1], shape[0]), int(chance.integers(256)))
    draw = ImageDraw.Draw(image)
    for _ in range(int(chance.integers(10, 3000))):
        xs = sorted(chance.integers(0, shape[1] + 1, 2).tolist())
        ys = sorted(chance.integers(0, shape[0] + 1, 2).tolist())
        draw.rectangle((xs[0], ys[0], xs[1], ys[1]), fill=int(chance.integers(256)))
    return np.asarray(image)


def _tilted(chance: np.random.Generator, shape: tuple[int, int]) -> "Luma":
    """Many tilted things on a plain ground, each in a cell of its own."""
    image = Image.new("L", (shape[1], shape[0]), 250)
    draw = ImageDraw.Draw(image)
    side = int(chance.integers(70, 300))
    for top in range(0, shape[0], side):
        for left in range(0, shape[1], side):
            away = chance.integers(5, side // 4, 8).tolist()
            corners = ((0, 0), (side, 0), (side, side), (0, side))
            inside = ((1, 1), (-1, 1), (-1, -1), (1, -1))
            drawn = [
                (left + x + dx * away[2 * at], top + y + dy * away[2 * at + 1])
                for at, ((x, y), (dx, dy)) in enumerate(zip(corners, inside, strict=True))
            ]
            draw.polygon(drawn, fill=int(chance.integers(200)))
    return np.asarray(image)


def _noise(chance: np.random.Generator, shape: tuple[int, int]) -> "Luma":
    """Noise with lines of one colour at random places."""
    found = chance.integers(0, 256, shape, np.uint8)
    found[chance.integers(0, shape[0], shape[0] // 20 + 1)] = 128
    found[:, chance.integers(0, shape[1], shape[1] // 20 + 1)] = 128
    return found


KINDS: Final[dict[str, Callable[[np.random.Generator, tuple[int, int]], "Luma"]]] = {
    "cells": _cells,
    "lines": _lines,
    "checks": _checks,
    "frames": _frames,
    "rectangles": _rectangles,
    "tilted": _tilted,
    "noise": _noise,
}


def hostile_page(kind: str, number: int) -> bytes:
    """The file of a picture of a kind; a number always gives the same."""
    chance = np.random.default_rng((list(KINDS).index(kind), number))
    luma = KINDS[kind](chance, _SHAPES[number % len(_SHAPES)])
    file = io.BytesIO()
    Image.fromarray(luma).save(file, "PNG", compress_level=1)
    return file.getvalue()
