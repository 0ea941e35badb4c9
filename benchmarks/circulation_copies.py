"""A made-up world of copies of which each was really made from another, with the truth of it.

Everything follows from a seed. Each picture or film has a tree of copies: every one is decoded from
the bytes of its parent and written anew, as programs do. Some copies are not on record, so that
their children are siblings of a lost parent. EXIF is kept, stripped or forged, names and times are
kept or new. Pictures are drawn; with a folder of photographs half of them are of these.
"""

import io
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import av
import numpy as np
from PIL import Image, ImageEnhance

from benchmarks.circulation_world import EXHIBITS, FILM_STAGES, Place, film, filmed, leaves

PLACES: Final = EXHIBITS[::3]
"""One exhibit of each case."""
_STANDARD: Final = (0x010F, 0x0110, 0x9003, 0xA002, 0xA003, 0x0132, 0x0131)
_MAKE, _MODEL, _CAPTURED, _WIDTH, _HEIGHT, _MODIFIED, _SOFTWARE = _STANDARD
_EXIF: Final = 0x8769
_START: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
_MOST: Final = 7
"""Copies of a picture."""


@dataclass(slots=True)
class Made:
    """One copy.

    Attributes:
        parent: place of the copy that it was made from, among those of its picture; None of the
            first.
        step: how it was made.
        depth: how often it was written anew since the first.
        data: its bytes.
        paths: where it is on record; empty for one that is lost.
        whole: whether it shows the whole picture.
        at: when it was made.
        name: of its file.
    """

    parent: int | None
    step: str
    depth: int
    data: bytes
    whole: bool
    at: datetime
    name: str
    paths: list[tuple[Place, Path]]


Tree = list[Made]


class Copies:
    """The world of a seed, in a folder with one subfolder for each exhibit."""

    def __init__(
        self, folder: Path, seed: int, *, pictures: int, films: int, photos: list[Path]
    ) -> None:
        """Write it.

        Args:
            folder: empty.
            seed: everything follows from it.
            pictures: how many.
            films: how many.
            photos: of which every second picture is made; none for drawn ones alone.
        """
        self.folder = folder
        self.chance = np.random.default_rng([seed, 18])
        self._number = 0
        self._cameras = [self._camera() for _ in range(6)]
        self._messengers = [self._messenger() for _ in range(3)]
        self.trees: list[Tree] = []
        some = [photos[at] for at in self.chance.permutation(len(photos)).tolist()]
        for number in range(pictures):
            photo = some.pop() if some and number % 2 else None
            self.trees.append(self._tree(self._first(photo), _PICTURES))
        for _ in range(films):
            self.trees.append(self._tree(self._first_film(), _FILMS))

    def _camera(self) -> "dict[str, object]":
        """A camera: tables of its own or libjpeg's, with or without a thumbnail."""
        share = self.chance.uniform(0.06, 0.3)
        flat = self.chance.uniform(0.7, 1.3, 64)
        tables = [
            [
                int(np.clip(round(16 * share * each * (1 + at / 20)), 1, 255))
                for at, each in enumerate(flat)
            ],
            [
                int(np.clip(round(18 * share * each * (1 + at / 12)), 1, 255))
                for at, each in enumerate(flat)
            ],
        ]
        own = self.chance.random() < 0.7
        return {
            "name": f"Maker {self.chance.integers(100)}",
            "options": {"qtables": tables}
            if own
            else {"quality": int(self.chance.integers(90, 98))},
            "subsampling": str(self.chance.choice(["4:4:4", "4:2:2", "4:2:0"])),
            "jfif": bool(self.chance.random() < 0.3),
        }

    def _messenger(self) -> "dict[str, object]":
        return {
            "side": int(self.chance.choice([480, 560, 640, 720])),
            "quality": int(self.chance.choice([65, 70, 75, 80, 85])),
            "progressive": bool(self.chance.random() < 0.5),
            "name": str(self.chance.choice(["IMG-{day}-WA{number:04}.jpg", "{number:08x}.jpg"])),
        }

    def _first(self, photo: Path | None) -> Made:
        if photo is None:
            sharp = float(self.chance.uniform(0.5, 0.95))
            size = self.chance.integers([700, 520], [1000, 760])
            image = leaves(self.chance, (int(size[0]), int(size[1])))
        else:
            with Image.open(photo) as opened:
                image = opened.convert("RGB")
            # The traces of how a photograph was written before are reduced away.
            sharp = float(self.chance.uniform(0.45, 0.66))
        image = _resized(image, sharp)
        camera = self._cameras[int(self.chance.integers(len(self._cameras)))]
        at = _START + timedelta(minutes=int(self.chance.integers(60 * 24 * 60)))
        exif = self._exif(image, camera, at) if self.chance.random() < 0.85 else b""
        data = _jpeg(
            image,
            exif=exif,
            subsampling=camera["subsampling"],
            **camera["options"],  # type: ignore[arg-type]  # options of Pillow
        )
        if not camera["jfif"] and exif:
            data = _without_jfif(data)
        name = f"IMG_{at:%Y%m%d_%H%M%S}.jpg" if self.chance.random() < 0.6 else self._name("jpg")
        return Made(None, "camera", 0, data, True, at, name, [])  # noqa: FBT003 (whole)

    def _exif(self, image: Image.Image, camera: "Mapping[str, object]", at: datetime) -> bytes:
        exif = Image.Exif()
        exif[_MAKE], exif[_MODEL] = str(camera["name"]), "M1"
        exif[_MODIFIED] = f"{at:%Y:%m:%d %H:%M:%S}"
        own = exif.get_ifd(_EXIF)
        own[_CAPTURED] = f"{at:%Y:%m:%d %H:%M:%S}"
        own[_WIDTH], own[_HEIGHT] = image.size
        return exif.tobytes()

    def _name(self, ending: str) -> str:
        return f"{int(self.chance.integers(1 << 32)):08x}.{ending}"

    def _first_film(self) -> Made:
        at = _START + timedelta(minutes=int(self.chance.integers(60 * 24 * 60)))
        data = filmed(film(self.chance), int(self.chance.integers(2, 5)))
        return Made(None, "camera", 0, data, True, at, self._name("mp4"), [])  # noqa: FBT003 (whole)

    def _tree(self, first: Made, steps: "Mapping[str, _Step]") -> Tree:
        tree = [first]
        for _ in range(int(self.chance.integers(2, _MOST))):
            # Most copies are passed on from the last one, some from an earlier one.
            last = self.chance.random() < 0.55
            parent = len(tree) - 1 if last else int(self.chance.integers(len(tree)))
            step = str(self.chance.choice([*steps]))
            tree.append(self._made(tree[parent], parent, step, steps[step]))
        lost = self.chance.random(len(tree)) < 0.3
        if (~lost).sum() < 2:
            lost[:2] = False
        for made, is_lost in zip(tree, lost.tolist(), strict=True):
            if not is_lost:
                places = 2 if self.chance.random() < 0.15 else 1
                for at in self.chance.permutation(len(PLACES))[:places].tolist():
                    made.paths.append((PLACES[at], self._put(PLACES[at], made)))
        return tree

    def _made(self, of: Made, parent: int, step: str, make: "_Step") -> Made:
        data, ending = make(self, of.data)
        at = of.at + timedelta(minutes=int(self.chance.integers(5, 60 * 24 * 20)))
        name = self._name(ending)
        if step == "messenger" and ending == "jpg":
            form = str(self._messengers[self._last]["name"])
            name = form.format(day=f"{at:%Y%m%d}", number=int(self.chance.integers(1, 9999)))
        elif step == "screenshot":
            name = f"Screenshot_{at:%Y%m%d-%H%M%S}.{ending}"
        elif self.chance.random() < 0.3:
            name = of.name
        writes = 2 if step == "saved twice" else 1
        whole = of.whole and step not in PARTS
        return Made(parent, step, of.depth + writes, data, whole, at, name, [])

    _last = 0

    def _put(self, place: Place, made: Made) -> Path:
        """The file; in seven of ten cases with its own time, else with that of a later copy."""
        self._number += 1
        path = self.folder / place[0] / place[1] / f"{self._number:06}" / made.name
        path.parent.mkdir(parents=True)
        path.write_bytes(made.data)
        later = timedelta(0) if self.chance.random() < 0.7 else timedelta(days=120)
        stamp = (made.at + later).timestamp()
        os.utime(path, (stamp, stamp))
        return path

    def kept(self, data: bytes, share: float) -> bytes:
        """The EXIF of a file, in this share of cases; in one of six others that of any camera."""
        with Image.open(io.BytesIO(data)) as image:
            block: bytes = image.info.get("exif", b"")
            if self.chance.random() < share:
                return block
            if self.chance.random() < 1 / 6:
                camera = self._cameras[int(self.chance.integers(len(self._cameras)))]
                at = _START + timedelta(minutes=int(self.chance.integers(60 * 24 * 60)))
                return self._exif(image, camera, at)
        return b""

    def messenger(self, data: bytes) -> tuple[bytes, str]:
        """As a messenger sends it."""
        self._last = int(self.chance.integers(len(self._messengers)))
        of = self._messengers[self._last]
        image = _pixels(data)
        share = min(int(of["side"]) / max(image.size), 1.0)  # type: ignore[call-overload]
        options = {"quality": of["quality"], "progressive": of["progressive"]}
        return _jpeg(_resized(image, share) if share < 1 else image, **options), "jpg"

    def written(
        self, data: bytes, change: Callable[[Image.Image], Image.Image], qualities: tuple[int, int]
    ) -> tuple[bytes, str]:
        """Changed and saved by a program that keeps EXIF in half of the cases."""
        quality = int(self.chance.integers(*qualities))
        exif = self.kept(data, 0.5)
        optimize = bool(self.chance.random() < 0.2)
        subsampling = "4:4:4" if self.chance.random() < 0.2 else "4:2:0"
        image = change(_pixels(data))
        options = {"optimize": optimize, "subsampling": subsampling}
        return _jpeg(image, quality=quality, exif=exif, **options), "jpg"

    def edited(self, data: bytes) -> tuple[bytes, str]:
        """As an editor saves it, which says so in EXIF if it keeps it."""
        exif = Image.Exif()
        exif.load(self.kept(data, 0.7))
        if len(exif):
            exif[_SOFTWARE] = "Editor 3"
            exif[_MODIFIED] = "2026:09:01 10:00:00"
        bright, strong = self.chance.uniform(0.85, 1.2, 2)
        image = ImageEnhance.Brightness(_pixels(data)).enhance(float(bright))
        image = ImageEnhance.Contrast(image).enhance(float(strong))
        block = exif.tobytes() if len(exif) else b""
        return _jpeg(image, quality=int(self.chance.integers(85, 97)), exif=block), "jpg"

    def share(self, least: float, most: float) -> float:
        """A factor."""
        return float(self.chance.uniform(least, most))


_Step = Callable[[Copies, bytes], tuple[bytes, str]]


def _pixels(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


def _jpeg(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


def _without_jfif(data: bytes) -> bytes:
    """As cameras write: Pillow puts a JFIF segment in front."""
    return data[:2] + data[4 + int.from_bytes(data[4:6]) :] if data[2:4] == b"\xff\xe0" else data


def _resized(image: Image.Image, share: float) -> Image.Image:
    size = (max(round(image.width * share), 64), max(round(image.height * share), 64))
    return image.resize(size, Image.Resampling.LANCZOS)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _saved_twice(world: Copies, data: bytes) -> tuple[bytes, str]:
    first, _ = world.written(data, lambda image: image, (60, 96))
    return world.written(first, lambda image: image, (60, 99))


def _cropped(world: Copies, data: bytes) -> tuple[bytes, str]:
    def cut(image: Image.Image) -> Image.Image:
        left, top = world.share(0.05, 0.2), world.share(0.05, 0.2)
        wide, tall = image.size
        return image.crop((round(wide * left), round(tall * top), wide, tall))

    return world.written(data, cut, (80, 96))


def _screenshot(world: Copies, data: bytes) -> tuple[bytes, str]:
    image = _pixels(data)
    image = _resized(image, 400 / image.width)
    shot = Image.new("RGB", (420, image.height + 300), (18, 18, 18))
    shot.paste(image, (10, 150))
    return (_png(shot), "png") if world.share(0, 1) < 0.5 else (_jpeg(shot, quality=90), "jpg")


def _turned(world: Copies, data: bytes) -> tuple[bytes, str]:
    ways = [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270]
    way = ways[int(world.chance.integers(3))]
    return world.written(data, lambda image: image.transpose(way), (80, 96))


PARTS: Final = frozenset({"cropped", "screenshot"})
"""Steps after which a copy does not show the whole picture, or more."""

_PICTURES: Final[Mapping[str, _Step]] = {
    "messenger": Copies.messenger,
    "sent again": Copies.messenger,
    "reduced": lambda world, data: world.written(
        data, lambda image: _resized(image, world.share(0.35, 0.85)), (70, 96)
    ),
    "enlarged": lambda world, data: world.written(
        data, lambda image: _resized(image, world.share(1.3, 2.2)), (80, 98)
    ),
    "saved again": lambda world, data: world.written(data, lambda image: image, (55, 99)),
    "saved twice": _saved_twice,
    "edited": Copies.edited,
    "mirrored": lambda world, data: world.written(
        data, lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (80, 96)
    ),
    "turned": _turned,
    "cropped": _cropped,
    "screenshot": _screenshot,
}


def _frames(data: bytes) -> list[Image.Image]:
    with av.open(io.BytesIO(data), "r") as container:
        decoded = container.decode(video=0)
        return [Image.fromarray(each.to_ndarray(format="rgb24")) for each in decoded]


def _film_step(stage: str) -> _Step:
    def make(world: Copies, data: bytes) -> tuple[bytes, str]:
        frames = FILM_STAGES[stage](_frames(data))
        return filmed(frames, int(world.chance.integers(3, 12))), "mp4"

    return make


_FILMS: Final[Mapping[str, _Step]] = {
    "messenger": _film_step("messenger"),
    "edited": _film_step("edited"),
    "mirrored": _film_step("mirrored"),
    "saved again": _film_step("camera"),
}


def chances(trees: list[Tree]) -> Iterator[tuple[int, Tree]]:
    """Those of which two copies or more on record show the whole picture, with their numbers."""
    for number, tree in enumerate(trees):
        if sum(bool(each.paths) and each.whole for each in tree) > 1:
            yield number, tree
