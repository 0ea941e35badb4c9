"""Pictures of seldom-met formats are named by their structure; text and chance are no pictures."""

import random
import struct
import sysconfig
from io import BytesIO
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hashmatch.decoding.recognition import recognised
from hashmatch.errors import Reason
from hashmatch.hashing.items import hash_image, hash_item
from hashmatch.kinds import containers, further_pictures, pictures
from hashmatch.kinds.words import words_of_container, words_of_picture
from hashmatch.model.media import FileKind
from tests.support.photos import bits_apart, encoded, photo

WIDTH, HEIGHT = 200, 150
PIXELS = random.Random(7).randbytes(4 * WIDTH * HEIGHT)
SIDES = struct.pack(">II", WIDTH, HEIGHT)
LITTLE = struct.pack("<II", WIDTH, HEIGHT)
FRAME = struct.pack(">HHHH", 0, 0, HEIGHT, WIDTH)

NAMED = {
    "avs": SIDES + PIXELS,
    "jbig": b"\0\0\1\0" + SIDES + b"\0\0\0\4\x08\0\x03\x48" + PIXELS[:900],
    "palm": struct.pack(">HHHHBBHBBH", WIDTH, HEIGHT, 400, 4, 16, 1, 0, 255, 0, 0) + PIXELS[:60000],
    "pict": bytes(512) + b"\x12\x34" + FRAME + b"\0\x11\2\xff\x0c\0" + PIXELS[:900],
    "mtv": b"200 150\n" + PIXELS[: 3 * WIDTH * HEIGHT],
    "otb": bytes((0, WIDTH, HEIGHT, 1)) + PIXELS[: WIDTH * HEIGHT // 8],
    "art": struct.pack("<HHHH", 0, WIDTH, 0, HEIGHT) + PIXELS[: 26 * HEIGHT],
    "miff": b"id=ImageMagick  version=1.0\n" + PIXELS[:900],
    "vicar": b"LBLSIZE=4096            FORMAT='BYTE'" + PIXELS[:900],
    "viff": b"\xab\1\1\3\2\0\0\0" + PIXELS[:2000],
    "degas": b"\0\0\x07\x77" + bytes(30) + PIXELS[:32000],
    "ftex": struct.pack("<4s4i", b"FTEX", 1, WIDTH, HEIGHT, 1) + PIXELS[:9000],
    "pixar": b"\x80\xe8\0\0" + bytes(412) + b"\x96\0\xc8\0" + bytes(604) + PIXELS[:9000],
    "ifunc-im": b"Image type: RGB image\r\nName: a.im\r\n".ljust(511, b"\0")
    + b"\x1a"
    + PIXELS[:900],
    "imtools": b"* a comment\nwidth 200\nheight 150\n\x0c" + PIXELS[:30000],
    "quake-texture": b"wall".ljust(32, b"\0")
    + struct.pack("<6I", 64, 32, 100, 2148, 2660, 2788)
    + bytes(44)
    + PIXELS[:2720],
    "spider": struct.pack("<22f", 1, HEIGHT, HEIGHT, 0, 1, *[0] * 6, WIDTH, 2, *[0] * 8, 1600)
    + bytes(1512)
    + bytes(WIDTH * HEIGHT * 4),
    "mcidas": struct.pack(
        ">64i", *[0, 4, *[0] * 6, HEIGHT, WIDTH, 1, 0, 0, 1, *[0] * 19, 256, *[0] * 30]
    )
    + PIXELS[: WIDTH * HEIGHT],
    "dib": struct.pack("<IIIHHIIiiII", 40, WIDTH, HEIGHT, 1, 24, 0, 0, 0, 0, 0, 0)
    + PIXELS[: WIDTH * HEIGHT * 3],
    "psp": b"Paint Shop Pro Image File\n\x1a" + bytes(100),
    "ani": b"RIFF\0\1\0\0ACONLIST" + bytes(100),
    "dicom": b"\x08\0\x05\0\x0a\0\0\0ISO_IR 100" + bytes(100),
}


@pytest.mark.parametrize("name", NAMED)
def test_known_structure_is_unsupported_by_name(name: str) -> None:
    assert pictures.sniff(NAMED[name][:65536], len(NAMED[name])) == name
    item = hash_item(NAMED[name])
    assert item.unreadable is not None
    assert item.unreadable.reason is Reason.UNSUPPORTED
    assert further_pictures.TITLES[name] in item.unreadable.detail


@pytest.mark.parametrize(
    "name", ["avs", "mtv", "otb", "art", "degas", "quake-texture", "spider", "mcidas", "dib"]
)
def test_a_size_that_does_not_fit_is_no_picture(name: str) -> None:
    for data in (NAMED[name] + b"\0", NAMED[name][:-1]):
        assert pictures.sniff(data[:65536], len(data)) != name


def xwd(image: Image.Image) -> bytes:
    """A dump as X servers give it: 24 bits in 32, of which 8 are zero."""
    fields: tuple[int, ...] = (107, 7, 2, 24, *image.size, 0, 1, 32, 1, 32, 32, image.width * 4, 4)
    fields += (0xFF0000, 0xFF00, 0xFF, 8, 256, 0, *image.size, 0, 0, 0)
    rows = np.dstack([np.zeros((image.height, image.width), np.uint8), np.asarray(image)])
    return struct.pack(">25I", *fields) + b"window\0" + rows.tobytes()


def test_dumps_of_windows_are_opaque() -> None:
    shown = photo("coffee").resize((WIDTH, HEIGHT))
    found = hash_image(xwd(shown))
    assert found.format == "xwd"
    assert bits_apart(found.hash.value, hash_image(encoded(shown, "PNG")).hash.value) <= 2


def test_pages_of_faxes() -> None:
    pages = [photo(name).convert("RGB").resize((WIDTH, HEIGHT)) for name in ("coffee", "page")]
    parts = [encoded(page, "PCX") for page in pages]
    starts = [4 + 4 * 1024, 4 + 4 * 1024 + len(parts[0]), 0]
    table = b"".join(struct.pack("<I", each) for each in starts).ljust(4096, b"\0")
    found = hash_image(b"\xb1\x68\xde\x3a" + table + b"".join(parts))
    assert (found.format, found.frames) == ("dcx", 2)
    assert bits_apart(found.hash.value, hash_image(parts[0]).hash.value) == 0


def test_bitmaps_of_old_phones() -> None:
    black = photo("page").resize((WIDTH, HEIGHT)).convert("1")
    data = b"\0\0\x81\x48\x81\x16" + black.tobytes()
    found = hash_image(data)
    assert found.format == "wbmp"
    assert bits_apart(found.hash.value, hash_image(encoded(black, "PNG")).hash.value) <= 2


def test_ordinary_files_are_no_seldom_met_pictures() -> None:
    root = Path(sysconfig.get_paths()["stdlib"])
    named = {".svg": "svg", ".xbm": "xbm", ".ppm": "ppm"}
    files = (path for path in root.rglob("*") if path.is_file() and path.suffix not in named)
    for path in islice(files, 3000):
        with path.open("rb") as file:
            head = file.read(65536)
        assert further_pictures.sniff(head, path.stat().st_size) is None, path


def test_many_comments_are_passed_over_once() -> None:
    """Going back into each of them took longer than anyone waits."""
    comments = b"<!-- a -->\n<!-- b -- c -->\n" * 1000
    assert further_pictures.sniff(comments + b"<web-app/>") is None
    found = further_pictures.sniff(b"<?xml version='1.0'?>\n" + comments + b"<svg >")
    assert found is not None
    assert found.name == "svg"


def test_chance_and_single_values_are_no_pictures() -> None:
    chance = random.Random(3)
    for size in range(0, 6000, 3):
        data = chance.randbytes(size)
        assert further_pictures.sniff(data, size) is None
        for value in (b"\0", b"\1", b" ", b"\xff", b"1"):
            assert further_pictures.sniff(value * size, size) is None


def test_recognition_and_naming_agree() -> None:
    """What decoders call a picture, errors of hash lists call a picture of the same name."""
    for name, data in NAMED.items():
        assert recognised(BytesIO(data)).kind is FileKind.PICTURE
        assert words_of_picture(name).split(maxsplit=1)[0] in {"a", "an"}
        assert further_pictures.TITLES[name] in words_of_picture(name)
    for name in pictures.names():
        assert "of the kind" not in words_of_picture(name), name
    for name in containers.NAMES_BY_FIRST_BYTES:
        assert words_of_container(name)
