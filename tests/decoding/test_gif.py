"""GIF as browsers show it: truth is this file's own painting, and FFmpeg's frames on white."""

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import av
import numpy as np
import pdqhash
import pytest
from PIL import Image

from hashmatch.decoding.animation import Animation
from hashmatch.errors import Reason
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.limits import Limits
from tests.support.cases import case, known
from tests.support.photos import bits_apart, encoded, photo

WIDTH, HEIGHT, CLEAR = 240, 180, 255
CLEARED, PREVIOUS = 2, 3


@dataclass(frozen=True)
class Layer:
    """A quantized picture at a place, and what becomes of it."""

    image: Image.Image
    left: int = 0
    top: int = 0
    disposal: int = 0
    clear: int | None = None


def quantized(name: str, size: tuple[int, int]) -> Image.Image:
    return photo(name).resize(size).quantize(200)


def codes_of(image: Image.Image, *, interlace: bool) -> tuple[bytes, bytes]:
    """Palette and compressed pixels, taken from a GIF of the image alone."""
    data = encoded(image, "GIF", interlace=interlace, optimize=False)
    size = 3 << (data[10] & 7) + 1
    at = 13 + size
    while data[at] == 0x21:
        at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
    assert data[at] == 0x2C
    own = 3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0
    palette = data[at + 10 : at + 10 + own] or data[13 : 13 + size]
    end = at + 10 + own + 1
    while data[end]:
        end += 1 + data[end]
    return palette.ljust(768, b"\0"), data[at + 10 + own : end + 1]


def gif(
    layers: Sequence[Layer], screen: tuple[int, int] = (WIDTH, HEIGHT), *, interlace: bool = False
) -> bytes:
    """A file with local palettes and a background colour that nobody shows."""
    written = [b"GIF89a", struct.pack("<HHBBB", *screen, 0xF7, 3, 0), bytes([200, 0, 0]) * 256]
    for layer in layers:
        palette, codes = codes_of(layer.image, interlace=interlace)
        flags = layer.disposal << 2 | (layer.clear is not None)
        written.append(struct.pack("<BBBBHBB", 0x21, 0xF9, 4, flags, 50, layer.clear or 0, 0))
        place = (layer.left, layer.top, *layer.image.size)
        written.append(struct.pack("<BHHHHB", 0x2C, *place, 0x87 | interlace << 6))
        written += (palette, codes)
    return b"".join((*written, b";"))


def painted(layers: Sequence[Layer], size: tuple[int, int] = (WIDTH, HEIGHT)) -> list[np.ndarray]:
    """What the specification makes of the layers, on white: (rows, columns, 3) each."""
    canvas = Image.new("RGBA", size)
    found = []
    for layer in layers:
        before = canvas.copy()
        rgba = np.asarray(layer.image.convert("RGBA")).copy()
        if layer.clear is not None:
            rgba[np.asarray(layer.image) == layer.clear, 3] = 0
        pasted = Image.fromarray(rgba)
        canvas.paste(pasted, (layer.left, layer.top), pasted)
        white = Image.new("RGBA", size, "white")
        found.append(np.asarray(Image.alpha_composite(white, canvas).convert("RGB")))
        if layer.disposal == CLEARED:
            canvas.paste(Image.new("RGBA", layer.image.size), (layer.left, layer.top))
        elif layer.disposal == PREVIOUS:
            canvas = before
    return found


def holed(image: Image.Image) -> Image.Image:
    """With a clear disc in the middle."""
    indices = np.asarray(image).copy()
    y, x = np.ogrid[: image.height, : image.width]
    hole = (y - image.height / 2) ** 2 + (x - image.width / 2) ** 2 < (image.height / 3) ** 2
    indices[hole] = CLEAR
    with_hole = Image.fromarray(indices)
    with_hole.putpalette(image.getpalette() or [])
    return with_hole


FULL = quantized("coffee", (WIDTH, HEIGHT))
SMALL = quantized("chelsea", (140, 110))
OTHER = quantized("astronaut", (120, 120))

SETS: dict[str, list[Layer]] = {
    "kept": [Layer(FULL), Layer(SMALL, 60, 40, 1), Layer(OTHER, 10, 30)],
    "cleared": [Layer(FULL, disposal=2), Layer(SMALL, 60, 40, 2), Layer(OTHER, 10, 30, 2)],
    "previous": [Layer(FULL, disposal=1), Layer(SMALL, 60, 40, 3), Layer(OTHER, 10, 30)],
    "previous-first": [Layer(FULL, disposal=3), Layer(SMALL, 60, 40)],
    "small-first": [Layer(SMALL, 60, 40), Layer(OTHER, 10, 30)],
    "small-alone": [Layer(SMALL, 60, 40)],
    "holes": [Layer(FULL, disposal=2), Layer(holed(FULL), 0, 0, 2, CLEAR), Layer(SMALL, 5, 5)],
    "hole-first": [Layer(holed(FULL), 0, 0, 0, CLEAR), Layer(holed(SMALL), 30, 30, 1, CLEAR)],
    "hole-alone": [Layer(holed(FULL), 0, 0, 0, CLEAR)],
}


def pdq(pixels: np.ndarray) -> bytes:
    return np.packbits(pdqhash.compute(np.ascontiguousarray(pixels))[0]).tobytes()


@pytest.mark.parametrize("interlace", [False, True])
@pytest.mark.parametrize("name", SETS)
def test_frames_are_laid_over_each_other_as_browsers_do_it(name: str, interlace: bool) -> None:  # noqa: FBT001
    layers = SETS[name]
    found = hash_image(gif(layers, interlace=interlace))
    assert (found.reason, found.frames) == (None, len(layers))
    expected = painted(layers)
    assert len(found.readings) == len(expected)
    for reading, pixels in zip(found.readings, expected, strict=True):
        assert bits_apart(reading.hash.value, pdq(pixels)) <= 2
    assert ("alpha" in found.flags) == name.startswith(("small", "hole-"))


@pytest.mark.parametrize("name", ["kept", "previous", "hole-first"])
def test_ffmpeg_shows_the_same(name: str) -> None:
    """Where images have a clear index; without, it shows the background colour, unlike browsers."""
    data = gif(SETS[name])
    with av.open(io.BytesIO(data), "r", format="gif") as container:
        frames = [frame.to_ndarray(format="rgba") for frame in container.decode(video=0)]
    ours = Animation(data, "gif", Limits())
    for rgba, picture in zip(frames, ours, strict=True):
        alpha = rgba[:, :, 3:] / 255
        grey = (rgba[:, :, :3] * alpha + 255 * (1 - alpha)) @ [0.299, 0.587, 0.114]
        assert np.abs(np.asarray(picture._luma) - grey).mean() < 1.5
    assert ours.frames == len(SETS[name])


def test_the_kept_animation() -> None:
    folder = "gif-disposed-to-background"
    found = hash_image(case(folder, "opaque-first.gif"))
    right = known(folder)
    assert found.readings[2].hash - right["frame2"] <= 2
    assert found.readings[3].hash - right["frame3"] <= 2


def test_an_image_larger_than_its_screen_widens_it() -> None:
    found = hash_image(gif([Layer(FULL)], (10, 10)))
    assert (found.width, found.height) == FULL.size
    assert bits_apart(found.hash.value, pdq(np.asarray(FULL.convert("RGB")))) <= 2


def test_later_images_are_cut_at_the_screen() -> None:
    layers = [Layer(FULL), Layer(FULL, 120, 90)]
    found = hash_image(gif(layers))
    assert (found.width, found.height, found.frames) == (WIDTH, HEIGHT, 2)
    assert bits_apart(found.readings[1].hash.value, pdq(painted(layers)[1])) <= 2


def test_hidden_colours_are_a_reading_of_their_own() -> None:
    layers = SETS["hole-alone"]
    found = hash_image(gif(layers), HashOptions(variants=True))
    dropped = np.asarray(layers[0].image.convert("RGB"))
    assert bits_apart(found.readings[1].hash.value, pdq(dropped)) <= 2


def test_stray_bytes_and_a_missing_end_cost_nothing() -> None:
    data = gif(SETS["kept"])
    whole = hash_image(data)
    at = data.index(b"\x21\xf9\x04", 800)
    for changed in (data[:-1], data + b"junk" * 99, data[:at] + b"\0\0\0" + data[at:]):
        assert hash_image(changed) == whole


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("interlace", [False, True])
def test_a_cut_first_frame_is_measured(share: float, interlace: bool) -> None:  # noqa: FBT001
    data = gif([Layer(FULL), Layer(SMALL)], interlace=interlace)
    codes = codes_of(FULL, interlace=interlace)[1]
    cut = data[: data.index(codes[:50]) + int(len(codes) * share)]
    found = hash_image(cut)
    assert found.reason is Reason.TRUNCATED
    assert abs(found.fraction - share) < 0.15


def test_a_cut_later_frame_leaves_the_first_whole() -> None:
    data = gif(SETS["kept"])
    found = hash_image(data[:-2000])
    assert (found.reason, found.fraction) == (Reason.CORRUPT_DATA, 1.0)
    assert len(found.readings) == 2


def test_a_screen_that_is_far_larger_than_what_is_on_it_is_cut_to_that() -> None:
    data = encoded(photo("coffee"), "GIF")
    side = (22_000).to_bytes(2, "little")
    huge = data[:6] + side + side + data[10:]
    image = hash_image(huge)
    assert (image.width, image.height) == (600, 400)
    assert image.hash == hash_image(data).hash
    larger = data[:6] + (1200).to_bytes(2, "little") * 2 + data[10:]
    assert hash_image(larger).width == 1200
