"""Photographs to measure thresholds with: collections and pieces.

Two public collections are meant, each fetched once into a folder outside the repository:

    git clone --depth 1 https://github.com/EliSchwartz/imagenet-sample-images photos/imagenet
    git clone --depth 1 https://github.com/BIDS/BSDS500 photos/bsds

The first holds 1,000 photographs of ImageNet, one of each class, the second the 500 of the Berkeley
segmentation data set (`BSDS500/data/images`).

`hashmatch.bench.duplicates` says which are duplicates.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from hashmatch.bench.duplicates import duplicates, grouped, small

_ENDINGS: Final = frozenset((".jpg", ".jpeg", ".png", ".webp"))
_SIDE: Final = 64
_DETAIL_RADIUS: Final = 4
_ALIKE: Final = 0.9
_DETAILS_ALIKE: Final = 0.5
_PIECES: Final = 3


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to measure with.

    Attributes:
        name: of the file, or what was drawn.
        data: the file.
        group: the same number for pictures that show the same; pairs of a group are left out.
    """

    name: str
    data: bytes
    group: int


def photographs(folders: Sequence[Path]) -> tuple[list[Picture], list[tuple[str, str]]]:
    """All photographs of the folders and their subfolders, and the pairs that are duplicates.

    Duplicates stay, in one group. A file that is no picture is an error.
    """
    paths = [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in _ENDINGS and path.is_file()
    ]
    files = [path.read_bytes() for path in paths]
    smalls = []
    for data in files:
        with Image.open(io.BytesIO(data)) as opened:
            smalls.append(small(opened))
    pairs = duplicates([hashlib.sha256(data).hexdigest() for data in files], smalls)
    pictures = [
        Picture(path.name, data, group)
        for path, data, group in zip(paths, files, grouped(len(files), pairs), strict=True)
    ]
    return pictures, [(paths[one].name, paths[other].name) for one, other in pairs]


def drawn(count: int) -> Iterator[Picture]:
    """Opaque shapes over each other ("dead leaves"), of every size, each of its own colour."""
    for number in range(count):
        chance = np.random.default_rng(number)
        image = Image.new("RGB", (320, 240))
        draw = ImageDraw.Draw(image)
        # Sizes fall with their cube, as in photos; the largest fill half of the picture.
        sizes = 4 / np.sqrt(chance.uniform((4 / 160) ** 2, 1, 500))
        places = chance.uniform((-30, -30), (350, 270), (500, 2))
        halves = sizes[:, None] * chance.uniform(0.5, 1, (500, 2))
        colours = chance.integers(0, 256, (500, 3))
        for at in range(500):
            (x, y), (wide, tall) = places[at], halves[at]
            shape = draw.ellipse if at % 2 else draw.rectangle
            shape((x - wide, y - tall, x + wide, y + tall), tuple(colours[at].tolist()))
        yield Picture(f"drawn {number}", _saved(image, "PNG"), number)


def pieces(pictures: Sequence[Picture]) -> Iterator[Picture]:
    """Nine pieces of every picture, which do not overlap: plain ones too."""
    for each in pictures:
        image = _opened(each)
        xs = [image.width * place // _PIECES for place in range(_PIECES + 1)]
        ys = [image.height * place // _PIECES for place in range(_PIECES + 1)]
        for row in range(_PIECES):
            for column in range(_PIECES):
                piece = image.crop((xs[column], ys[row], xs[column + 1], ys[row + 1]))
                yield Picture(f"{each.name} {row} {column}", _saved(piece, "PNG"), each.group)


def _opened(picture: Picture) -> Image.Image:
    with Image.open(io.BytesIO(picture.data)) as opened:
        return opened.convert("RGB")


def _saved(image: Image.Image, name: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()
