"""A made-up world of circulating pictures, with the truth of it, written to a folder.

Everything follows from a seed. Pictures are drawn ("dead leaves"); nothing is anybody's.
"""

import io
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import av
import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

CASES: Final = ("1", "2", "3", "4", "5")
EXHIBITS: Final = tuple(
    (case, f"{kind}-{case}") for case in CASES for kind in ("phone", "card", "laptop")
)
Place = tuple[str, str]
"""Case and exhibit."""

CAMERAS: Final = (("Maker A", "SN-1001"), ("Maker B", "SN-2002"))


@dataclass(slots=True)
class Thing:
    """Something in the world, and where its copies lie.

    Attributes:
        kind: what it is.
        copies: the stages at each place, with the path of the file.
        known: whether it is on the hash list.
    """

    kind: str
    copies: dict[Place, list[tuple[str, Path]]] = field(default_factory=dict)
    known: bool = False


_BEGIN: Final = datetime(2022, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(minutes=97)
_NOISE: Final = 2.0
"""Levels of brightness: that of photographs in daylight."""


def leaves(chance: np.random.Generator, size: tuple[int, int] = (480, 360)) -> Image.Image:
    """A picture of shapes over each other, each of its own colour, as a camera takes them.

    It is as blurred as by a lens, light comes from one side, and it has the noise of a sensor:
    without these shapes are of one colour, as those of a card. Hashes of resized and recompressed
    copies differ by as many bits as those of photographs.
    """
    wide, tall = size
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    count = wide * tall // 400
    scale = 6 / np.sqrt(chance.uniform((6 / 240) ** 2, 1, count))
    places = chance.uniform((-30, -30), (wide + 30, tall + 30), (count, 2))
    halves = scale[:, None] * chance.uniform(0.5, 1, (count, 2))
    colours = chance.integers(0, 256, (count, 3))
    for at in range(count):
        (x, y), (across, down) = places[at], halves[at]
        shape = draw.ellipse if at % 2 else draw.rectangle
        shape((x - across, y - down, x + across, y + down), tuple(colours[at].tolist()))
    blurred = np.asarray(image.filter(ImageFilter.GaussianBlur(1.5)), np.float32)
    down, across = chance.uniform(-0.3, 0.3, 2)
    rows, columns = np.linspace(-1, 1, tall)[:, None], np.linspace(-1, 1, wide)
    light = (1 + down * rows + across * columns)[:, :, None]
    noise = chance.normal(0, _NOISE, (tall, wide, 1))
    return Image.fromarray((blurred * light + noise).clip(0, 255).astype(np.uint8))


def saved(image: Image.Image, quality: int, camera: tuple[str, str] | None = None) -> bytes:
    """A JPEG of it."""
    out = io.BytesIO()
    exif = Image.Exif()
    if camera is not None:
        exif[0x010F] = camera[0]
        exif.get_ifd(0x8769)[0xA431] = camera[1]
    image.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def _resized(image: Image.Image, share: float) -> Image.Image:
    size = (max(round(image.width * share), 16), max(round(image.height * share), 16))
    return image.resize(size, Image.Resampling.LANCZOS)


def _edited(image: Image.Image) -> Image.Image:
    return ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(1.1)).enhance(1.1)


def _cropped(image: Image.Image) -> Image.Image:
    wide, tall = image.size
    return image.crop((wide // 8, tall // 10, wide, tall))


def _screenshot(image: Image.Image) -> Image.Image:
    shot = Image.new("RGB", (image.width + 20, image.height * 2), (18, 18, 18))
    shot.paste(image, (10, image.height // 2))
    return shot


STAGES: Final[Mapping[str, Callable[[Image.Image], tuple[Image.Image, int]]]] = {
    "camera": lambda image: (image, 93),
    "messenger": lambda image: (_resized(image, 0.7), 70),
    "resized": lambda image: (_resized(image, 0.5), 80),
    "edited": lambda image: (_edited(image), 85),
    "mirrored": lambda image: (image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 85),
    "cropped": lambda image: (_cropped(image), 85),
    "screenshot": lambda image: (_screenshot(image), 90),
}
WHOLE: Final = frozenset({"camera", "messenger", "resized", "edited", "mirrored"})
"""Stages that hashes of the whole picture can lead back to it; the others need regions."""


FILM_STAGES: Final[Mapping[str, Callable[[list[Image.Image]], list[Image.Image]]]] = {
    "camera": lambda frames: frames,
    "messenger": lambda frames: [_resized(each, 0.6) for each in frames],
    "edited": lambda frames: [_edited(each) for each in frames],
    "mirrored": lambda frames: [each.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for each in frames],
    "cut": lambda frames: frames[len(frames) // 4 :],
}
"""What becomes of films; frames of all stages can be led back by hashes of the whole picture."""
_RATE: Final = 5
_SCENES: Final = 6
_SCENE: Final = 10
"""Frames of a scene."""


def film(chance: np.random.Generator) -> list[Image.Image]:
    """Frames of several scenes, over each of which the camera moves slowly."""
    scenes = [leaves(chance, (360, 240)) for _ in range(_SCENES)]
    return [scene.crop((at, 0, at + 320, 240)) for scene in scenes for at in range(_SCENE)]


def filmed(frames: list[Image.Image], quality: int) -> bytes:
    """An MP4 of them; the quality is that of its quantiser, 1–31, the least the best."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=_RATE)
        stream.width, stream.height = (each // 2 * 2 for each in frames[0].size)
        stream.pix_fmt = "yuv420p"
        stream.codec_context.qmin = stream.codec_context.qmax = quality
        for each in frames:
            frame = av.VideoFrame.from_ndarray(np.asarray(each), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


class World:
    """The world of a seed, in a folder with one subfolder for each exhibit."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Write it.

        Args:
            folder: empty.
            seed: everything follows from it.
        """
        self.folder = folder
        self.chance = np.random.default_rng(seed)
        self.things: list[Thing] = []
        self.times: dict[Path, datetime] = {}
        self._number = 0
        for make in (
            *(self._chains, self._look_alikes, self._pans, self._memes, self._cards),
            *(self._wallpapers, self._camera_pictures, self._films, self._logos),
        ):
            self.things += make()

    def put(self, place: Place, data: bytes, ending: str = "jpg") -> Path:
        """A file on an exhibit; no two are of one time."""
        self._number += 1
        path = self.folder / place[0] / place[1] / f"{self._number:06}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.times[path] = _BEGIN + self._number * _STEP
        os.utime(path, (self.times[path].timestamp(),) * 2)
        return path

    def some(self, count: int) -> list[Place]:
        """So many different exhibits."""
        return [EXHIBITS[at] for at in self.chance.permutation(len(EXHIBITS))[:count]]

    def _chains(self) -> Iterator[Thing]:
        """150 pictures, each in two to four stages on as many exhibits; half of them known."""
        for number in range(150):
            thing = Thing("chain", known=number % 2 == 0)
            image = leaves(self.chance)
            stages = ["camera", *self.chance.permutation([*STAGES][1:])]
            for place, stage in zip(
                self.some(int(self.chance.integers(2, 5))), stages, strict=False
            ):
                made, quality = STAGES[stage](image)
                thing.copies.setdefault(place, []).append(
                    (stage, self.put(place, saved(made, quality)))
                )
            yield thing

    def _films(self) -> Iterator[Thing]:
        """10 films, each in two to four stages on as many exhibits; none of them known."""
        for _ in range(10):
            thing = Thing("film")
            frames = film(self.chance)
            stages = ["camera", *self.chance.permutation([*FILM_STAGES][1:])]
            for place, stage in zip(
                self.some(int(self.chance.integers(2, 5))), stages, strict=False
            ):
                made = filmed(FILM_STAGES[stage](frames), int(self.chance.integers(2, 9)))
                thing.copies.setdefault(place, []).append((stage, self.put(place, made, "mp4")))
            yield thing

    def _look_alikes(self) -> Iterator[Thing]:
        """50 pairs of pictures of one composition: half of the picture is another."""
        for _ in range(50):
            image = leaves(self.chance)
            other = image.copy()
            other.paste(leaves(self.chance, (240, 360)), (int(self.chance.integers(0, 240)), 0))
            for place, each in zip(self.some(2), (image, other), strict=True):
                yield Thing("look-alike", {place: [("camera", self.put(place, saved(each, 90)))]})

    def _pans(self) -> Iterator[Thing]:
        """5 pans of 12 pictures: the first four on one exhibit, the last four on another."""
        for _ in range(5):
            wide = leaves(self.chance, (640, 360))
            places = self.some(2)
            for step in range(12):
                if 4 <= step < 8:
                    continue
                place = places[step // 8]
                frame = wide.crop((step * 4, 0, step * 4 + 480, 360))
                yield Thing("pan", {place: [("camera", self.put(place, saved(frame, 90)))]})

    def _everywhere(self, kind: str, image: Image.Image, count: int) -> Thing:
        thing = Thing(kind)
        for place in self.some(count):
            quality = int(self.chance.integers(70, 95))
            thing.copies[place] = [("copy", self.put(place, saved(image, quality)))]
        return thing

    def _memes(self) -> Iterator[Thing]:
        for _ in range(5):
            yield self._everywhere("meme", leaves(self.chance), len(EXHIBITS) - 1)

    def _wallpapers(self) -> Iterator[Thing]:
        for _ in range(3):
            yield self._everywhere("wallpaper", leaves(self.chance), len(EXHIBITS) - 4)

    def _cards(self) -> Iterator[Thing]:
        """10 cards with a line of text, alike but for the text, each on three exhibits."""
        for number in range(10):
            card = Image.new("RGB", (480, 360), (250, 250, 250))
            ImageDraw.Draw(card).text((20, 110), f"Good morning {number}", fill=(0, 0, 0))
            yield self._everywhere("card", card, 3)

    def _logos(self) -> Iterator[Thing]:
        """10 logos with hashes of good quality, each on two exhibits."""
        for _ in range(10):
            logo = Image.new("RGB", (480, 360), "white")
            draw = ImageDraw.Draw(logo)
            for at in range(4):
                colour = tuple(self.chance.integers(0, 200, 3).tolist())
                top, bottom = self.chance.integers(20, 170), self.chance.integers(190, 340)
                draw.rectangle((30 + 110 * at, int(top), 110 + 110 * at, int(bottom)), colour)
            yield self._everywhere("logo", logo, 2)

    def _camera_pictures(self) -> Iterator[Thing]:
        """2 cameras, with different pictures on three exhibits each."""
        for camera in CAMERAS:
            for place in self.some(3):
                data = saved(leaves(self.chance), 93, camera)
                yield Thing(
                    f"camera {camera[0].casefold()}/{camera[1]}",
                    {place: [("camera", self.put(place, data))]},
                )
