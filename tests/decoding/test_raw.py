"""Camera files made by hand in the makers' layouts: no camera's own file is free to ship."""

import struct

import pytest

from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import hash_image
from tests.support.photos import encoded, photo
from tests.support.valid_files import dng

PREVIEW = encoded(photo("chelsea").resize((320, 240)), "JPEG", quality=80)
KNOWN = hash_image(PREVIEW)
THUMBNAIL = encoded(photo("coffee").resize((80, 60)), "JPEG")


def test_the_preview_of_a_dng_is_its_picture() -> None:
    found = hash_image(dng(PREVIEW))
    assert found.hash == KNOWN.hash
    assert (found.format, found.decoder, found.flags) == ("tiff", "turbo", ("raw-preview",))


@pytest.mark.parametrize("order", [THUMBNAIL + PREVIEW, PREVIEW + THUMBNAIL])
def test_the_largest_preview_counts(order: bytes) -> None:
    assert hash_image(dng(order)).hash == KNOWN.hash


def test_the_cameras_orientation_is_applied() -> None:
    model = struct.pack("<HHI", 272, 2, 4) + b"One\0"
    turned = dng(PREVIEW).replace(model, struct.pack("<HHIHH", 274, 3, 1, 6, 0))
    found = hash_image(turned)
    assert (found.width, found.height) == (240, 320)
    assert "oriented" in found.flags


def test_fujifilm_and_canon_layouts() -> None:
    raf = hash_image(b"FUJIFILMCCD-RAW 0201FF389501" + bytes(100) + PREVIEW + bytes(5000))
    assert (raf.format, raf.hash) == ("raw", KNOWN.hash)
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 274, 3, 1, 8, 0, 0)
    boxes = b"\0\0\0\x18ftypcrx " + bytes(12) + struct.pack(">I", len(tiff) + 8) + b"CMT1" + tiff
    cr3 = hash_image(boxes + bytes(200) + PREVIEW + bytes(5000))
    assert (cr3.format, cr3.width, cr3.height) == ("raw", 240, 320)


def test_a_camera_file_without_preview_is_refused() -> None:
    with pytest.raises(UnreadableImageError) as caught:
        hash_image(b"FUJIFILMCCD-RAW 0201FF389501" + bytes(5000))
    assert caught.value.reason is Reason.DAMAGED


def test_an_ordinary_tiff_is_no_camera_file() -> None:
    data = encoded(photo("chelsea"), "TIFF", compression="jpeg")
    assert hash_image(data).decoder == "pillow"
