"""Documents of many pages: each page is hashed, and what is left out is said."""

import io
import struct

import pytest
from PIL import Image

from hashmatch.decoding import mpo
from hashmatch.errors import Reason
from hashmatch.hashing.items import HashOptions, hash_image, hash_item
from hashmatch.limits import Limits
from hashmatch.model import MediaHashes
from tests.support.photos import photo

_NAMES = ("astronaut", "chelsea", "coffee", "rocket", "china", "flower", "hubble", "motorcycle")
_SIZE = (160, 120)


def page(number: int) -> Image.Image:
    """One of many pictures that differ."""
    image = photo(_NAMES[number % len(_NAMES)]).convert("RGB")
    return image.rotate(7 * number).resize(_SIZE)


def document(count: int, *, compression: str = "raw") -> bytes:
    """A TIFF of so many pages."""
    first, *rest = (page(number) for number in range(count))
    buffer = io.BytesIO()
    first.save(buffer, "TIFF", save_all=True, append_images=rest, compression=compression)
    return buffer.getvalue()


def missed(found: MediaHashes, count: int) -> list[int]:
    """Pages whose picture alone gives another hash."""
    hashes = {reading.frame: reading.hash for reading in found.readings}
    return [n for n in range(count) if hashes.get(n) != hash_image(page(n)).hash]


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw"])
def test_every_page_is_hashed(compression: str) -> None:
    found = hash_image(document(40, compression=compression))
    assert (found.frames, found.reason) == (40, None)
    assert missed(found, 40) == []


def test_every_page_is_hashed_where_pages_are_of_several_kinds() -> None:
    deep = Image.radial_gradient("L").convert("I;16")
    buffer = io.BytesIO()
    rest = [page(number) for number in range(1, 20)]
    page(0).save(buffer, "TIFF", save_all=True, append_images=[*rest, deep])
    found = hash_image(buffer.getvalue())
    assert (found.frames, found.reason) == (21, None)
    assert missed(found, 20) == []


@pytest.mark.parametrize("limits", [Limits(max_pages=5), Limits(max_pixels=5 * 160 * 120)])
def test_pages_that_are_left_out_are_said(limits: Limits) -> None:
    found = hash_image(document(12), HashOptions(limits=limits))
    assert [reading.frame for reading in found.readings] == [0, 1, 2, 3, 4]
    assert (found.frames, found.reason) == (12, Reason.TOO_LONG)
    within = HashOptions(limits=Limits(max_pages=12, max_pixels=12 * 160 * 120))
    assert hash_image(document(12), within).reason is None


def test_pages_that_are_cut_off_are_said() -> None:
    data = document(12)
    found = hash_image(data[: len(data) // 2])
    assert found.reason is not None
    assert missed(found, 3) == []


def test_a_page_that_cannot_be_read_hides_no_other() -> None:
    data = bytearray(document(6, compression="tiff_lzw"))
    with Image.open(io.BytesIO(data)) as image:
        image.seek(2)
        (start, *_) = image.tag_v2[273]  # type: ignore[attr-defined]
    data[start : start + 200] = b"\xff" * 200
    found = hash_image(bytes(data))
    assert found.reason is Reason.CORRUPT_DATA
    assert set(missed(found, 6)) <= {2}


def icon(pictures: list[Image.Image]) -> bytes:
    """An icon of these pictures, as Windows keeps them."""
    bodies = []
    for each in pictures:
        buffer = io.BytesIO()
        each.save(buffer, "PNG")
        bodies.append(buffer.getvalue())
    heads, at = struct.pack("<HHH", 0, 1, len(bodies)), 6 + 16 * len(bodies)
    for each, body in zip(pictures, bodies, strict=True):
        sides = (each.width % 256, each.height % 256)
        heads += struct.pack("<BBBBHHII", *sides, 0, 0, 1, 32, len(body), at)
        at += len(body)
    return heads + b"".join(bodies)


def test_every_picture_of_an_icon_is_hashed() -> None:
    pictures = [page(n).resize((side, side)) for n, side in enumerate((64, 128, 48, 256, 96))]
    item = hash_item(icon(pictures))
    assert item.media is not None
    assert (item.media.frames, item.media.reason) == (5, None)
    hashes = {reading.hash for reading in item.media.readings}
    assert hashes == {hash_image(each).hash for each in pictures}
    assert "frames" not in hash_image(icon(pictures[:1])).flags


def cursor(pictures: list[Image.Image], form: str) -> bytes:
    """An icon made a cursor: hot spots stand where the icon has planes and depths."""
    buffer = io.BytesIO()
    if form == "PNG":
        buffer.write(icon(pictures))
    else:
        sizes = [each.size for each in pictures]
        pictures[0].save(
            buffer, "ICO", sizes=sizes, append_images=pictures[1:], bitmap_format="bmp"
        )
    data = bytearray(buffer.getvalue())
    data[2] = 2
    for number in range(len(pictures)):
        struct.pack_into("<HH", data, 6 + 16 * number + 4, 7, 3 + number)
    return bytes(data)


@pytest.mark.parametrize("form", ["PNG", "bmp"])
def test_every_picture_of_a_cursor_is_hashed(form: str) -> None:
    pictures = [page(n).resize((side, side)) for n, side in enumerate((128, 64, 48))]
    found = hash_image(cursor(pictures, form))
    assert (found.format, found.frames, found.reason) == ("cur", 3, None)
    hashes = {reading.hash for reading in found.readings}
    assert hashes == {hash_image(each).hash for each in pictures}


def test_a_first_page_that_cannot_be_read_hides_no_other() -> None:
    data = bytearray(document(4, compression="tiff_lzw"))
    with Image.open(io.BytesIO(data)) as image:
        (start, *_) = image.tag_v2[273]  # type: ignore[attr-defined]
        length = sum(image.tag_v2[279])  # type: ignore[attr-defined]
    data[start : start + length] = b"\xff" * length
    found = hash_image(bytes(data))
    assert (found.frames, found.reason) == (4, Reason.CORRUPT_DATA)
    assert set(missed(found, 4)) == {0}


def jpegs(count: int) -> tuple[bytes, list[int]]:
    """A JPEG file of so many pictures with an index, and where they begin."""
    buffer = io.BytesIO()
    first, *rest = (page(number) for number in range(count))
    first.save(buffer, "MPO", save_all=True, append_images=rest, quality=95)
    data = buffer.getvalue()
    return data, [0, *mpo.named(data)]


def test_every_picture_of_an_mpo_file_is_hashed() -> None:
    data, places = jpegs(12)
    assert len(places) == 12
    found = hash_item(data).media
    assert found is not None
    assert (found.frames, found.reason) == (12, None)
    assert not {"mjpeg", "unread-picture"} & set(found.flags)
    hashes = {reading.frame: reading.hash for reading in found.readings}
    assert all(hashes[n] - hash_image(page(n)).hash <= 10 for n in range(12))


def test_a_picture_that_the_index_names_and_nobody_can_read_is_said() -> None:
    data, places = jpegs(3)
    broken = bytearray(data)
    broken[places[1] + 4 : places[2]] = b"\x55" * (places[2] - places[1] - 4)
    found = hash_item(bytes(broken)).media
    assert found is not None
    assert found.reason is Reason.CORRUPT_DATA
    assert "unread-picture" in found.flags
    assert {reading.frame for reading in found.readings} == {0, 2}


def test_an_index_of_what_is_not_there_makes_no_file_incomplete() -> None:
    data, places = jpegs(3)
    found = hash_item(data[: places[1]]).media
    assert found is not None
    assert (found.frames, found.reason) == (1, None)
    assert "unread-picture" in found.flags


def test_a_picture_that_the_index_does_not_name_is_hashed() -> None:
    data, _ = jpegs(3)
    buffer = io.BytesIO()
    page(5).save(buffer, "JPEG", quality=95)
    found = hash_item(data + buffer.getvalue()).media
    assert found is not None
    assert (found.frames, found.reason) == (4, None)
    assert hash_image(buffer.getvalue()).hash in {reading.hash for reading in found.readings}
