"""Animations: each frame that differs is hashed, and what is left out is said."""

import io
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hashmatch.decoding import gif
from hashmatch.decoding.decoded import Decoded, Frame, Moving
from hashmatch.errors import Reason
from hashmatch.hashing.items import HashOptions, first_picture, hash_image, hash_item
from hashmatch.hashing.pictures import hashes_of
from hashmatch.limits import Limits
from hashmatch.model import Decoder
from hashmatch.raster import Raster
from tests.support.photos import photo

_NAMES = ("astronaut", "chelsea", "coffee", "rocket", "china", "flower", "hubble", "motorcycle")
_SIZE = (120, 90)
_FORMS = ["GIF", "PNG", "WEBP", "AVIF"]


def shown(number: int) -> Image.Image:
    """One of many pictures that differ."""
    image = photo(_NAMES[number % len(_NAMES)]).convert("RGB")
    return image.rotate(7 * number).resize(_SIZE)


def animation(form: str, frames: list[Image.Image]) -> bytes:
    """These pictures, each shown for a tenth of a second."""
    buffer = io.BytesIO()
    options = {"lossless": True} if form == "WEBP" else {"quality": 95} if form == "AVIF" else {}
    frames[0].save(buffer, form, save_all=True, append_images=frames[1:], duration=100, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("form", _FORMS)
def test_every_picture_of_an_animation_is_hashed(form: str) -> None:
    pictures = [shown(number) for number in range(24)]
    found = hash_image(animation(form, pictures))
    assert (found.frames, found.reason) == (24, None)
    assert [reading.frame for reading in found.readings] == list(range(24))
    for picture, reading in zip(pictures, found.readings, strict=True):
        assert reading.hash - hash_image(picture).hash <= 16


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_frame_that_shows_what_the_last_one_shows_is_not_hashed_again(form: str) -> None:
    still, other = shown(0), shown(1)
    dot = still.copy()
    dot.putpixel((5, 5), (255, 0, 0))
    found = hash_image(animation(form, [still, dot, still, other, dot]))
    assert found.frames == 5
    assert [reading.frame for reading in found.readings] == [0, 3, 4]
    assert found.reason is None


def test_a_slow_change_is_told_from_the_last_frame_that_was_hashed() -> None:
    one, other = (np.asarray(shown(number), np.float64) for number in (0, 1))
    steps = [Image.fromarray((one + (other - one) * i / 60).astype(np.uint8)) for i in range(61)]
    found = hash_image(animation("PNG", steps))
    assert 10 < len(found.readings) <= 61
    hashes = [reading.hash for reading in found.readings]
    assert all(min(each - hash_image(step).hash for each in hashes) <= 4 for step in steps)


@pytest.mark.parametrize("limits", [Limits(max_frames=5), Limits(max_pixels=5 * 120 * 90)])
@pytest.mark.parametrize("form", _FORMS)
def test_frames_that_are_left_out_are_said(form: str, limits: Limits) -> None:
    pictures = [shown(number) for number in range(8)]
    data = animation(form, pictures)
    found = hash_image(data, HashOptions(limits=limits))
    assert [reading.frame for reading in found.readings] == [0, 1, 2, 3, 4]
    assert (found.frames, found.reason) == (8, Reason.TOO_LONG)
    within = HashOptions(limits=Limits(max_frames=8, max_pixels=8 * 120 * 90))
    assert hash_image(data, within).reason is None
    assert hash_item(data, HashOptions(limits=limits)).media is not None


def test_an_animation_is_looked_at_no_further_than_the_limit() -> None:
    data = animation("PNG", [shown(n % 2) for n in range(6)] + [shown(2)] * 10)
    found = hash_image(data, HashOptions(limits=Limits(max_pixels=2 * 120 * 90)))
    assert found.reason is Reason.TOO_LONG


def test_a_gif_of_more_images_than_are_read_is_not_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    data = animation("GIF", [shown(number) for number in range(6)])
    assert hash_image(data).reason is None
    monkeypatch.setattr(gif, "_MOST_FRAMES", 6)
    assert hash_image(data).reason is None
    monkeypatch.setattr(gif, "_MOST_FRAMES", 5)
    assert hash_image(data).reason is Reason.TOO_LONG


def test_hidden_colours_that_differ_are_hashed() -> None:
    def frame(number: int) -> Frame:
        white = np.full((90, 120), 255, np.uint8)
        hidden = np.asarray(shown(number).convert("L"))
        return Frame(Raster(white, *_SIZE), Raster(hidden, *_SIZE), number)

    def frames() -> Generator[Frame, None, None]:
        yield frame(1)

    decoded = Decoded((frame(0),), Decoder.PILLOW, frame_count=2, moving=Moving(frames()))
    options = HashOptions(variants=True)
    found = hashes_of("png", decoded, options.hashers, options)
    assert [reading.frame for reading in found.readings] == [0, 0, 1, 1]


def test_the_first_picture_alone_is_no_picture_that_is_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    path.write_bytes(animation("GIF", [shown(0), shown(1)]))
    item = first_picture(path, HashOptions())
    assert item.media is not None
    assert (len(item.media.readings), item.media.reason) == (1, None)
