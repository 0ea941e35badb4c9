"""Luma by libwebp is that of FFmpeg, bit for bit, and all else is left to the next decoder."""

import io
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL
import pytest

from hashmatch.decoding import libav, libwebp
from hashmatch.decoding.decoded import Decoded, Wanted
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import HashOptions, hash_item
from hashmatch.limits import Limits
from hashmatch.model import Decoder, Item
from tests.support.photos import encoded, photo, variants
from tests.support.places import FIXTURES

KINDS = sorted((FIXTURES / "webp-kinds").glob("*.webp"))
needs_library = pytest.mark.skipif(libwebp._LIBRARY is None, reason="Pillow keeps libwebp hidden")


def by_libwebp(data: bytes) -> Decoded | None:
    """None where it is left to the next decoder."""
    try:
        return libwebp.decode(data, Wanted(), Limits())
    except UnreadableImageError as error:
        if error.reason is not Reason.UNSUPPORTED:
            raise
        return None


def is_of_ffmpeg(found: Decoded, data: bytes) -> bool:
    """Whether FFmpeg gives the very same, but for its name."""
    other = libav.decode(data, "webp", Wanted(), Limits())
    (mine,), (theirs,) = found.frames, other.frames
    np.testing.assert_array_equal(mine.raster.luma, theirs.raster.luma)
    frames = (replace(mine, raster=theirs.raster),)
    assert (mine.raster.width, mine.raster.height) == (theirs.raster.width, theirs.raster.height)
    return replace(found, frames=frames, decoder=Decoder.LIBAV) == other


def without_library(data: bytes, monkeypatch: pytest.MonkeyPatch, options: HashOptions) -> Item:
    with monkeypatch.context() as patched:
        patched.setattr(libwebp, "_LIBRARY", None)
        return hash_item(data, options)


def plain(seed: int) -> bytes:
    chance = random.Random(seed)
    size = chance.randint(17, 160), chance.randint(17, 160)
    shown = photo(chance.choice(("chelsea", "coffee", "astronaut"))).resize(size)
    return encoded(shown, "WEBP", quality=chance.randint(72, 100), method=chance.randint(0, 4))


def damaged(seed: int) -> bytes:
    """Bytes altered in the header of the frame or behind it, or the end cut off and filled."""
    chance, data = random.Random(seed), bytearray(plain(seed))
    first, last = (20, 60) if chance.random() < 0.3 else (30, len(data))
    for _ in range(chance.choice((1, 1, 2, 5, 40))):
        data[chance.randrange(first, last)] ^= 1 << chance.randrange(8)
    if chance.random() < 0.1:
        left = chance.randrange(40, len(data))
        data[left:] = bytes(len(data) - left)
    return bytes(data)


def test_the_library_is_found_where_pillow_brings_it_along() -> None:
    if (Path(PIL.__file__).parents[1] / "pillow.libs").is_dir():
        assert libwebp._LIBRARY is not None


@needs_library
@pytest.mark.parametrize("path", KINDS, ids=lambda path: path.stem)
def test_every_filter_and_kind_of_blocks_gives_what_ffmpeg_gives(path: Path) -> None:
    found = by_libwebp(path.read_bytes())
    assert found is not None
    assert is_of_ffmpeg(found, path.read_bytes())


@needs_library
def test_photos_of_every_quality_and_size_give_what_ffmpeg_gives() -> None:
    read = {"fine": 0, "coarse": 0}
    for number, image in enumerate(variants(50, smallest=33, largest=500)):
        for quality in (1 + number, 75 + number % 26):
            data = encoded(image, "WEBP", quality=quality, method=number % 7)
            found = by_libwebp(data)
            if found is not None:
                assert is_of_ffmpeg(found, data)
                read["fine" if quality >= 75 else "coarse"] += 1
    assert read["fine"] >= 40
    # Their steps are left to FFmpeg, but for pictures so plain that they have finer ones.
    assert read["coarse"] <= 10


@needs_library
def test_damaged_files_give_what_ffmpeg_gives_or_are_left_to_it() -> None:
    left = 0
    for seed in range(400):
        data = damaged(seed)
        found = by_libwebp(data)
        left += found is None
        assert found is None or is_of_ffmpeg(found, data)
    assert left > 360


@needs_library
def test_bits_that_end_before_their_data_do_are_left() -> None:
    """A damaged file almost always has such; so the rest of a whole one is looked at."""
    data = plain(3)
    body = data[20:] + bytes(40)
    longer = (
        b"RIFF"
        + (len(body) + 12).to_bytes(4, "little")
        + b"WEBPVP8 "
        + len(body).to_bytes(4, "little")
        + body
    )
    assert by_libwebp(data) is not None
    assert by_libwebp(longer) is None
    assert libav.decode(longer, "webp", Wanted(), Limits()).reason is None


def others() -> Iterator[tuple[str, bytes]]:
    shown = photo("rocket").resize((160, 107))
    data = encoded(shown, "WEBP", quality=80)
    dots = photo("coffee").convert("1").convert("RGB")
    yield "cut", data[:-300]
    yield "cut-by-one", data[:-1]
    yield "bytes-behind", data + b"\0"
    yield "longer-riff", data[:4] + (len(data) - 7).to_bytes(4, "little") + data[8:]
    yield "exif", encoded(shown, "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0")
    yield "alpha", encoded(shown.convert("RGBA").rotate(9), "WEBP", quality=80)
    yield "lossless", encoded(shown, "WEBP", lossless=True)
    yield "coarse", encoded(shown, "WEBP", quality=30)
    yield "black-and-white", encoded(dots, "WEBP", quality=72)
    moving = io.BytesIO()
    shown.save(moving, "WEBP", save_all=True, append_images=[shown.rotate(90)], quality=80)
    yield "animated", moving.getvalue()
    yield "hidden-frame", data[:20] + bytes([data[20] & 0b11101111]) + data[21:]
    yield "other-size", data[:26] + (4000).to_bytes(2, "little") + data[28:]
    yield "scaled", data[:27] + bytes([data[27] | 0x40]) + data[28:]
    yield "no-size", data[:26] + bytes(4) + data[30:]
    yield "short", data[:40]


@needs_library
@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in others()])
def test_all_else_is_left_to_the_next_decoder(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert by_libwebp(data) is None
    options = HashOptions(orientations=True)
    assert hash_item(data, options) == without_library(data, monkeypatch, options)


@needs_library
@pytest.mark.parametrize("mode", ["fast", "exact"])
def test_hashes_are_those_of_the_next_decoder(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, options = plain(5), HashOptions(mode=mode)
    found, other = hash_item(data, options), without_library(data, monkeypatch, options)
    assert found.media is not None
    assert other.media is not None
    names = {"fast": (Decoder.LIBWEBP, Decoder.LIBAV), "exact": (Decoder.PILLOW, Decoder.PILLOW)}
    assert (found.media.decoder, other.media.decoder) == names[mode]
    assert replace(found.media, decoder=other.media.decoder) == other.media


@needs_library
def test_too_many_pixels_are_refused_as_ever() -> None:
    data = plain(7)
    found = hash_item(data, HashOptions(limits=Limits(max_pixels=200)))
    assert found.unreadable is not None
    assert found.unreadable.reason is Reason.TOO_MANY_PIXELS


def written(bits: list[int]) -> bytes:
    """What the encoder of RFC 6386, section 7, makes of bits that are as likely 0 as 1."""
    bottom, span, length = 0, 255, 0
    for bit in bits:
        low = 1 + (span - 1) * 128 // 256
        bottom += low if bit else 0
        span = span - low if bit else low
        while span < 128:
            span, bottom, length = span * 2, bottom * 2, length + 1
    size = (length + 8 + 7) // 8 + 1
    return (bottom << 8 * size - 8 - length).to_bytes(size)


def test_bits_are_read_as_they_are_written() -> None:
    chance = random.Random(6386)
    for _ in range(200):
        numbers = [(chance.randint(1, 10), chance.random()) for _ in range(12)]
        values = [(size, int(share * (1 << size))) for size, share in numbers]
        bits = [value >> at & 1 for size, value in values for at in reversed(range(size))]
        read = libwebp._Bits(written(bits))
        assert [read.number(size) for size, _ in values] == [value for _, value in values]
