"""Photographs to measure thresholds with: collections, altered copies, pieces, and duplicates.

Two public collections are meant, each fetched once into a folder outside the repository:

    git clone --depth 1 https://github.com/EliSchwartz/imagenet-sample-images photos/imagenet
    git clone --depth 1 https://github.com/BIDS/BSDS500 photos/bsds

The first holds 1,000 photographs of ImageNet, one of each class, the second the 500 of the Berkeley
segmentation data set (`BSDS500/data/images`).

Two files are duplicates where their digests are equal, or where small grey pictures of them are
alike, however the one is turned or mirrored: a correlation of at least 0.9 of the pictures at
64×64, and of at least 0.5 of their details, which is what a blur over 9×9 takes away. Of
photographs that only have their composition in common the details do not agree.
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    pairs = _duplicates(files)
    groups = np.arange(len(files))
    for one, other in pairs:
        groups[groups == groups[other]] = groups[one]
    pictures = [
        Picture(path.name, data, int(group))
        for path, data, group in zip(paths, files, groups, strict=True)
    ]
    return pictures, [(paths[one].name, paths[other].name) for one, other in pairs]


def _duplicates(files: Sequence[bytes]) -> list[tuple[int, int]]:
    if not files:
        return []
    digests = [hashlib.sha256(data).digest() for data in files]
    known = {digest: place for place, digest in reversed(list(enumerate(digests)))}
    pairs = [(known[own], at) for at, own in enumerate(digests) if known[own] != at]
    grey, details = _greys(files)
    for way in Orientation:
        alike = _correlation(grey, grey, way) >= _ALIKE
        alike &= _correlation(details, details, way) >= _DETAILS_ALIKE
        pairs += [(int(one), int(other)) for one, other in np.argwhere(np.triu(alike, 1))]
    return sorted(set(pairs))


def _correlation(
    ones: "NDArray[np.float32]", others: "NDArray[np.float32]", way: Orientation
) -> "NDArray[np.float32]":
    """(n, m) correlations of pictures with others that are turned this way."""
    turned = np.stack([way.apply(other) for other in others])
    found: NDArray[np.float32] = ones.reshape(len(ones), -1) @ turned.reshape(len(others), -1).T
    return found


def _greys(files: Sequence[bytes]) -> "tuple[NDArray[np.float32], NDArray[np.float32]]":
    """(n, 64, 64) small grey pictures, and their details, each of mean 0 and length 1."""
    whole, fine = [], []
    for data in files:
        with Image.open(io.BytesIO(data)) as opened:
            small = opened.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
        blurred = small.filter(ImageFilter.BoxBlur(_DETAIL_RADIUS))
        grey = np.asarray(small, np.float32)
        whole.append(_unit(grey))
        fine.append(_unit(grey - np.asarray(blurred, np.float32)))
    return np.stack(whole), np.stack(fine)


def _unit(values: "NDArray[np.float32]") -> "NDArray[np.float32]":
    values = values - values.mean()
    return values / max(float(np.linalg.norm(values)), 1e-6)


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


def _half(image: Image.Image) -> Image.Image:
    return image.resize(((image.width + 1) // 2, (image.height + 1) // 2), Image.Resampling.BICUBIC)


def _cropped(image: Image.Image) -> Image.Image:
    left, top = round(image.width * 0.02), round(image.height * 0.02)
    return image.crop((left, top, image.width - left, image.height - top))


ALTERATIONS: Final[dict[str, Callable[[Image.Image], bytes]]] = {
    "JPEG 50": lambda image: _saved(image, "JPEG", quality=50),
    "half the size": lambda image: _saved(_half(image), "JPEG", quality=90),
    "half, JPEG 30": lambda image: _saved(_half(image), "JPEG", quality=30),
    "brighter by 20 %": lambda image: _saved(
        ImageEnhance.Brightness(image).enhance(1.2), "JPEG", quality=90
    ),
    "grey": lambda image: _saved(image.convert("L"), "JPEG", quality=90),
    "cropped by 2 %": lambda image: _saved(_cropped(image), "JPEG", quality=90),
}
"""Ordinary alterations; a crop takes 2 % away on each side."""


def altered(picture: Picture, alteration: str) -> bytes:
    """The file of an altered copy."""
    return ALTERATIONS[alteration](_opened(picture))


def _opened(picture: Picture) -> Image.Image:
    with Image.open(io.BytesIO(picture.data)) as opened:
        return opened.convert("RGB")


def _saved(image: Image.Image, name: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()
