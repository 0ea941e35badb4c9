"""Kinds of Pillow's formats that it refuses, told by the files themselves; and cut files."""

import struct
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from hashmatch.decoding.pillow_kinds import unread_kind
from hashmatch.errors import Reason
from hashmatch.hashing.items import hash_image, hash_item
from tests.support.photos import bits_apart, encoded, photo

SIDE = 96
PICTURE = photo("coffee").resize((SIDE, SIDE))
PIXELS = np.asarray(PICTURE.convert("RGB"))
GREY = np.asarray(PICTURE.convert("L"))


def bmp(bits: int, packed: int, body: bytes, more: bytes = b"", header: int = 40) -> bytes:
    head = struct.pack("<IiiHHIIiiII", header, SIDE, SIDE, 1, bits, packed, len(body), 0, 0, 0, 0)
    head = (head + more).ljust(header, b"\0")
    return (
        b"BM" + struct.pack("<IHHI", 14 + len(head) + len(body), 0, 0, 14 + len(head)) + head + body
    )


def dds(flags: int, name: bytes, bits: int, body: bytes, more: bytes = b"") -> bytes:
    head = b"DDS " + struct.pack("<7I44x", 124, 0x1007, SIDE, SIDE, 0, 0, 0)
    masks = (0xFF0000, 0xFF00, 0xFF, 0)
    head += struct.pack("<2I4s5I", 32, flags, name, bits, *masks)
    return head + struct.pack("<5I", 0x1000, 0, 0, 0, 0) + more + body


def ico(bitmap: bytes, kind: int = 1, more: tuple[bytes, ...] = ()) -> bytes:
    """An icon of one bitmap, and of smaller pictures; its height counts the mask too."""
    pictures = (bitmap, *more)
    entries, at = b"", 6 + 16 * len(pictures)
    for number, each in enumerate(pictures):
        side = SIDE >> number
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(each), at)
        at += len(each)
    return struct.pack("<HHH", 0, kind, len(pictures)) + entries + b"".join(pictures)


def dib(bits: int, packed: int, body: bytes, more: bytes = b"") -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, SIDE, 2 * SIDE, 1, bits, packed, len(body), 0, 0, 0, 0)
    return head + more + body


def icns(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack(">I", 8 + len(data)) + data for name, data in chunks)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def pcx(bits: int, planes: int, rows: bytes) -> bytes:
    head = struct.pack("<BBBB6H", 10, 5, 1, bits, 0, 0, SIDE - 1, SIDE - 1, 72, 72)
    greys = bytes(level for level in range(0, 256, 17) for _ in range(3))
    head += greys + b"\0" + bytes([planes]) + struct.pack("<HH", len(rows) // SIDE // planes, 1)
    return head.ljust(128, b"\0") + b"".join(bytes([0xC1, each]) for each in rows)


def sgi(channels: int) -> bytes:
    head = struct.pack(">HBBHHHH", 474, 0, 1, 3, SIDE, SIDE, channels)
    return head.ljust(512, b"\0") + GREY.tobytes() * channels


def sun(kind: int, palette: int, colours: bytes = b"") -> bytes:
    head = (0x59A66A95, SIDE, SIDE, 8, GREY.size, kind, palette, len(colours))
    return struct.pack(">8I", *head) + colours + GREY.tobytes()


SOUND: dict[str, Callable[[], bytes]] = {
    "a BMP with 64 bits per pixel": lambda: bmp(64, 0, bytes(SIDE * SIDE * 8)),
    "a BMP with 2 bits per pixel": lambda: bmp(2, 0, bytes(SIDE * 24)),
    "a BMP with rare colour masks": lambda: bmp(
        32, 3, bytes(4 * SIDE * SIDE), struct.pack("<3I", 0x3FF00000, 0xFFC00, 0x3FF)
    ),
    "a BMP with a compression of OS/2": lambda: bmp(24, 4, bytes(900), header=64),
    "a DDS texture with a rare compression": lambda: dds(4, b"YUY2", 0, bytes(2 * SIDE * SIDE)),
    "a DDS texture with the DXGI format 2": lambda: dds(
        4, b"DX10", 0, bytes(16 * SIDE * SIDE), struct.pack("<5I", 2, 3, 0, 1, 0)
    ),
    "an icon with 64 bits per pixel": lambda: ico(dib(64, 0, bytes(SIDE * SIDE * 8))),
    "an icon with 2 bits per pixel": lambda: ico(dib(2, 0, bytes(SIDE * 24)), kind=2),
    "an icon with CMYK": lambda: ico(dib(32, 11, bytes(4 * SIDE * SIDE)), more=(b"no picture",)),
    "an icon with rare colour masks": lambda: ico(
        dib(32, 3, bytes(4 * SIDE * SIDE), struct.pack("<3I", 0x3FF00000, 0xFFC00, 0x3FF)), kind=2
    ),
    "an ICNS file with only icons of old types": lambda: icns((b"ICN#", bytes(range(256)))),
    "a PCX with 4 planes of 8 bits": lambda: pcx(8, 4, GREY.repeat(4, 0).tobytes()),
    "an SGI picture with 2 channels": lambda: sgi(2),
    "a Sun raster with a raw palette": lambda: sun(1, 2, bytes(64)),
    "a Sun raster of an experimental type": lambda: sun(0xFFFF, 0),
}


@pytest.mark.parametrize("what", SOUND)
def test_a_sound_file_that_is_not_read_is_unsupported_by_name(what: str) -> None:
    found = hash_item(SOUND[what]()).unreadable
    assert found is not None
    assert (found.reason, found.detail) == (Reason.UNSUPPORTED, f"{what} is not supported")


@pytest.mark.parametrize(
    "data",
    [
        bmp(32, 77, bytes(900)),
        bmp(23, 0, bytes(900)),
        bmp(32, 3, bytes(900), struct.pack("<3I", 0xF0F, 0xF0, 0xF000)),
        dds(4, b"\1\2\3\4", 0, bytes(900)),
        dds(4, b"DX10", 0, bytes(900), struct.pack("<5I", 999, 3, 0, 1, 0)),
        ico(dib(64, 0, bytes(SIDE * SIDE * 8)))[:-1],
        ico(dib(23, 0, bytes(9000))),
        ico(dib(32, 77, bytes(9000)), kind=2),
        ico(dib(23, 0, bytes(9000)), more=(dib(64, 0, bytes(9000)),)),
        icns((b"what", bytes(99))),
        icns((b"ICN#", bytes(256)))[:-9],
        sgi(2)[:5000],
        sun(1, 7, bytes(64)),
        sun(9, 0),
    ],
)
def test_what_the_format_does_not_define_is_damage(data: bytes) -> None:
    found = hash_item(data).unreadable
    assert found is not None
    assert found.reason is Reason.DAMAGED


@pytest.mark.parametrize("bits", [2, 4])
def test_pcx_of_few_bits_is_read(bits: int) -> None:
    each, levels = 8 // bits, GREY >> (8 - bits)
    packed = np.zeros((SIDE, SIDE // each), np.uint8)
    for place in range(each):
        packed |= (levels[:, place::each] << (8 - bits * (place + 1))).astype(np.uint8)
    shown = Image.fromarray((levels * 17).astype(np.uint8))  # the greys of the palette
    found = hash_image(pcx(bits, 1, packed.tobytes()))
    assert bits_apart(found.hash.value, hash_image(encoded(shown, "PNG")).hash.value) <= 4
    assert (found.decoder, found.complete) == ("libav", True)


FORMATS = {
    "DDS": ["RGB", "RGBA", "L"],
    "ICNS": ["RGBA"],
    "PCX": ["RGB", "P", "L", "1"],
    "PPM": ["RGB", "L", "1"],
    "QOI": ["RGB"],
    "SGI": ["RGB", "L"],
    "TGA": ["RGB", "P", "L", "LA"],
    "XBM": ["1"],
}


@pytest.mark.parametrize("share", [0.3, 0.75, 0.97])
@pytest.mark.parametrize(
    ("name", "mode"), [(name, mode) for name, modes in FORMATS.items() for mode in modes]
)
def test_a_cut_file_is_never_whole(name: str, mode: str, share: float) -> None:
    data = encoded(PICTURE.convert(mode), name)
    whole = hash_item(data)
    assert whole.media is not None
    assert whole.media.complete
    cut = hash_item(data[: int(len(data) * share)])
    assert cut.media is None or not cut.media.complete
    assert cut.unreadable is None or cut.unreadable.reason is Reason.DAMAGED


def test_a_grey_pcx_without_a_palette_is_whole() -> None:
    grey = PICTURE.convert("L")
    found = hash_image(encoded(grey, "PCX")[:-769])
    assert found.complete
    assert found.hash == hash_image(encoded(grey, "PNG")).hash


def test_targa_of_15_bits_is_read() -> None:
    levels = (PIXELS >> 3).astype(np.uint16)
    packed = levels[:, :, 0] << 10 | levels[:, :, 1] << 5 | levels[:, :, 2]
    head = struct.pack("<BBB5xHHHHBB", 0, 0, 2, 0, 0, SIDE, SIDE, 15, 0x20)
    found = hash_image(head + packed.astype("<u2").tobytes())
    truth = hash_image(encoded(Image.fromarray((levels * 255 // 31).astype(np.uint8)), "PNG"))
    assert found.format == "tga"
    assert bits_apart(found.hash.value, truth.hash.value) <= 4


@pytest.mark.parametrize("missing", [8, 9, 10, 12, 40, 400])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_cut_qoi_tells_its_share(mode: str, missing: int) -> None:
    shown = PICTURE.convert("RGB")
    # Black at the end is a pixel too.
    shown.putpixel((SIDE - 1, SIDE - 1), (0, 0, 0))
    data = encoded(shown.convert(mode), "QOI")
    whole, cut = hash_image(data), hash_image(data[:-missing])
    assert (whole.decoder, whole.fraction, whole.complete) == ("libav", 1.0, True)
    assert whole.hash == hash_image(encoded(shown.convert(mode), "PNG")).hash
    # Of the last eight bytes, which only mark the end, nothing is seen.
    assert cut.complete == (missing == 8)
    pixels = SIDE * SIDE
    assert (pixels - 62 * (missing - 8)) / pixels <= cut.fraction <= 1
    assert (cut.fraction < 1) == (missing > 8)


@pytest.mark.parametrize("share", [1, 0.75])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("descriptor", "rows"), [(0x10, -1), (0x30, 1)])
def test_targa_that_runs_from_right_to_left_is_turned(
    descriptor: int, rows: int, share: float, *, packed: bool
) -> None:
    head = struct.pack("<BBB5xHHHHBB", 0, 0, 10 if packed else 2, 0, 0, SIDE, SIDE, 24, descriptor)
    stored = PIXELS[::rows, ::-1, ::-1]
    body = stored.tobytes()
    if packed:
        body = b"".join(b"\0" + bytes(each) for each in stored.reshape(-1, 3))
    found = hash_image(head + body[: int(len(body) * share)])
    seen = np.array(PIXELS)
    gone = round(SIDE * (1 - share))
    # What is stored first is the bottom, or the top.
    seen[slice(gone) if rows < 0 else slice(SIDE - gone, SIDE)] = 0
    truth = hash_image(encoded(Image.fromarray(seen), "PNG"))
    assert found.format == "tga"
    assert found.complete == (share == 1)
    assert bits_apart(found.hash.value, truth.hash.value) <= 8


def _altered(data: bytes, **values: int) -> bytes:
    """A DDS with other numbers in its header."""
    places = {"depth": 24, "caps2": 112}
    for name, value in values.items():
        at = places[name]
        data = data[:at] + value.to_bytes(4, "little") + data[at + 4 :]
    return data


@pytest.mark.parametrize(
    ("data", "is_more"),
    [
        (encoded(PICTURE, "DDS"), False),
        (_altered(encoded(PICTURE, "DDS"), caps2=0x200 | 0x400), False),
        (_altered(encoded(PICTURE, "DDS"), caps2=0x200 | 0xFC00), True),
        (_altered(encoded(PICTURE, "DDS"), caps2=0x200000, depth=1), False),
        (_altered(encoded(PICTURE, "DDS"), caps2=0x200000, depth=4), True),
    ],
)
def test_of_several_textures_the_first_is_read_and_the_others_are_told(
    data: bytes, *, is_more: bool
) -> None:
    image = hash_image(data)
    assert ("unread-picture" in image.flags, image.complete) == (is_more, not is_more)
    assert image.hash == hash_image(encoded(PICTURE, "DDS")).hash


@pytest.mark.parametrize("kind", ["bmp", "dds", "icns", "pcx", "sgi", "sun"])
def test_files_that_are_read_are_no_unread_kind(kind: str) -> None:
    for mode in FORMATS.get(kind.upper(), ["RGB"] if kind in ("bmp", "sgi") else []):
        assert unread_kind(kind, encoded(PICTURE.convert(mode), kind.upper())) == ""
    for length in range(70):
        assert isinstance(unread_kind(kind, bytes(length)), str)


def test_of_other_formats_nothing_is_said() -> None:
    assert unread_kind("xbm", b"#define") is None
