"""Pictures to measure with, made at run time from photos that packages ship; none is committed.

Small pictures are single photos of scikit-image and scikit-learn, cropped and resized. Large ones
are those of a folder of photos, where one is given: web pictures shrunk from them, camera pictures
cut out of their middle, so that every pixel is the camera's. Without a folder, large pictures are
mosaics of package photos at their own resolution: nothing is enlarged, because enlarged pictures
have few coefficients, are quick to entropy-decode, and would flatter every fast decoder.
"""

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TypeAlias

from PIL import Image, ImageOps

_PHOTOS: Final = {
    "skimage": (
        "data/astronaut.png",
        "data/chelsea.png",
        "data/coffee.png",
        "data/motorcycle_left.png",
        "data/rocket.jpg",
    ),
    "sklearn": ("datasets/images/china.jpg", "datasets/images/flower.jpg"),
}
_SMALL: Final = ((500, 375), (375, 500), (500, 333), (512, 384), (480, 360), (500, 375), (450, 338))
_WEB: Final = ((1280, 853), (1600, 1200), (1365, 2048))
_CAMERA: Final = 12_200_000
_TWELVE_MEGAPIXELS: Final = 12_000_000
_DETAILED: Final = 0.7
"""Bits of JPEG per pixel; below it a picture is a drawing or all blur."""
_TILE: Final = (400, 300)

_IMAGENET_BYTES: Final = 115_000
"""Size of a photo of 500×375 as ImageNet has them: "small fine JPEG" is encoded to this size."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One encoded picture, in memory and on disk."""

    name: str
    data: bytes
    path: Path
    width: int
    height: int

    @property
    def pixels(self) -> int:
        """How many pixels it has."""
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class PictureClass:
    """Pictures of one kind, and how often to measure them.

    Attributes:
        name: as the tables give it.
        pictures: two or more.
        rounds: of measuring; more for small pictures, which are noisier.
        origin: where the pixels come from.
    """

    name: str
    pictures: tuple[Picture, ...]
    rounds: int
    origin: str

    @property
    def is_jpeg(self) -> bool:
        """Whether entropy decoding sets its limit."""
        return "JPEG" in self.name

    @property
    def warm(self) -> bool:
        """Whether a first pass over its pictures, which costs little, goes uncounted."""
        return self.megapixels < 3

    @property
    def megapixels(self) -> float:
        """Of a picture on average."""
        return sum(p.pixels for p in self.pictures) / len(self.pictures) / 1e6

    @property
    def bits_per_pixel(self) -> float:
        """Of the encoded pictures: what entropy decoding has to work through."""
        return 8 * sum(len(p.data) for p in self.pictures) / sum(p.pixels for p in self.pictures)


_Kind: TypeAlias = tuple[str, list[Image.Image], dict[str, object], int, str]
"""Name, images, how they are encoded, rounds, and where they come from."""


def make(folder: Path, photos: Path | None) -> Iterator[PictureClass]:
    """All classes of pictures, written to `folder`.

    Args:
        folder: an empty one.
        photos: a folder of photos, searched with all its subfolders, or None.
    """
    shipped = _shipped()
    small = [ImageOps.fit(p, size) for p, size in zip(shipped, _SMALL, strict=True)]
    web, web_origin = _web(shipped, photos)
    camera, camera_origin = _camera(shipped, photos)
    packages = "photos of scikit-image and scikit-learn"
    jpeg = {"format": "JPEG", "quality": 85}
    fine = {"format": "JPEG", "quality": 92}
    finest: dict[str, object] = {"format": "JPEG", "subsampling": "4:4:4"}
    later = {"progressive": True}
    kinds: tuple[_Kind, ...] = (
        ("small JPEG", small, jpeg, 21, packages),
        ("small fine JPEG", small, finest, 21, packages),
        ("web JPEG", web, jpeg, 9, web_origin),
        ("camera JPEG", camera, fine, 5, camera_origin),
        ("progressive web JPEG", web, jpeg | later, 9, web_origin),
        ("progressive camera JPEG", camera[:2], fine | later, 5, camera_origin),
        ("small PNG", small, {"format": "PNG"}, 11, packages),
        ("web PNG", web, {"format": "PNG"}, 5, web_origin),
        ("small WebP", small, {"format": "WEBP", "quality": 80}, 11, packages),
        ("web WebP", web, {"format": "WEBP", "quality": 80}, 5, web_origin),
        *_heic(web, web_origin, camera, camera_origin),
    )
    for name, images, how, rounds, origin in kinds:
        pictures = (_encode(image, folder, f"{name} {i}", how) for i, image in enumerate(images))
        yield PictureClass(name, tuple(pictures), rounds, origin)


def _heic(
    web: list[Image.Image], web_origin: str, camera: list[Image.Image], camera_origin: str
) -> "Iterator[_Kind]":
    """HEIC in one piece, and in tiles as telephones write it; none where nothing can write it."""
    if find_spec("pillow_heif") is None:
        return
    import_module("pillow_heif").register_heif_opener(thumbnails=False)
    for title, images, origin in (("web", web, web_origin), ("camera", camera, camera_origin)):
        yield f"{title} HEIC", images, {"format": "HEIF", "quality": 70}, 5, origin
        tiled = {"format": "HEIF", "quality": 70, "tile_size": 512}
        yield f"{title} HEIC in tiles", images, tiled, 5, origin


def _off_imagenet(image: Image.Image, how: dict[str, object], quality: int) -> int:
    """Bytes between this picture's file and the usual photo of ImageNet, of the same 500×375."""
    file = io.BytesIO()
    image.save(file, quality=quality, **how)  # type: ignore[arg-type]
    return abs(file.tell() - _IMAGENET_BYTES)


def _encode(image: Image.Image, folder: Path, name: str, how: dict[str, object]) -> Picture:
    if "subsampling" in how:
        how = how | {"quality": min(range(85, 101), key=lambda q: _off_imagenet(image, how, q))}
    file = io.BytesIO()
    image.save(file, **how)  # type: ignore[arg-type]
    path = folder / f"{name.replace(' ', '-')}.{str(how['format']).lower()}"
    path.write_bytes(file.getvalue())
    return Picture(name, file.getvalue(), path, image.width, image.height)


def _shipped() -> list[Image.Image]:
    photos = []
    for package, names in _PHOTOS.items():
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            msg = f"install {package}: its photos are measured with"
            raise SystemExit(msg)
        root = Path(spec.origin).parent
        photos += [_open(root / name) for name in names]
    return photos


def _web(shipped: Sequence[Image.Image], photos: Path | None) -> tuple[list[Image.Image], str]:
    found = _photos(photos, 4_000_000)[: len(_WEB)]
    if len(found) == len(_WEB):
        shrunk = [ImageOps.fit(_open(p), size) for p, size in zip(found, _WEB, strict=True)]
        return shrunk, f"shrunk from {_names(found)}"
    mosaics = [_mosaic(shipped, size, seed) for seed, size in enumerate(_WEB)]
    return mosaics, "mosaics of package photos"


def _camera(shipped: Sequence[Image.Image], photos: Path | None) -> tuple[list[Image.Image], str]:
    found = _photos(photos, _TWELVE_MEGAPIXELS)[:3]
    if len(found) > 1:
        return [_middle(_open(p)) for p in found], f"cut out of {_names(found)}"
    mosaics = [_mosaic(shipped, (4032, 3024), seed) for seed in range(10, 13)]
    return mosaics, "mosaics of package photos"


def _photos(folder: Path | None, pixels: int) -> list[Path]:
    """JPEG files of at least so many pixels and real detail, by name."""
    found = []
    for path in sorted(folder.rglob("*.jp*g")) if folder else ():
        with Image.open(path) as image:
            size = image.width * image.height
        if size >= pixels and 8 * path.stat().st_size >= _DETAILED * size:
            found.append(path)
    return found


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)


def _open(path: Path) -> Image.Image:
    with Image.open(path) as image:
        pixels = image.convert("RGB")
    pixels.info.clear()
    return pixels


def _middle(image: Image.Image) -> Image.Image:
    """The middle of a picture, cut to a camera's 12 megapixels; nothing is resized."""
    share = min(1.0, (_CAMERA / (image.width * image.height)) ** 0.5)
    width, height = int(image.width * share), int(image.height * share)
    left, top = (image.width - width) // 2 & ~15, (image.height - height) // 2 & ~15
    return image.crop((left, top, left + width, top + height))


def _mosaic(photos: Sequence[Image.Image], size: tuple[int, int], seed: int) -> Image.Image:
    """Pieces of photos side by side, some mirrored."""
    chance = random.Random(seed)  # noqa: S311 (the same mosaic each time)
    canvas = Image.new("RGB", size)
    wide, tall = _TILE
    for top in range(0, size[1], tall):
        for left in range(0, size[0], wide):
            photo = chance.choice(photos)
            x, y = chance.randint(0, photo.width - wide), chance.randint(0, photo.height - tall)
            piece = photo.crop((x, y, x + wide, y + tall))
            canvas.paste(ImageOps.mirror(piece) if chance.random() < 0.5 else piece, (left, top))
    return canvas
