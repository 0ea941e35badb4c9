"""Formats that are seldom met: read, or refused by name; never damaged, never no picture."""

import struct
from fractions import Fraction

import av
import numpy as np
import pdqhash
import pytest
from PIL import Image

from hashmatch.decoding import formats
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import hash_image, hash_item
from tests.support.photos import bits_apart, encoded, photo


def picture() -> Image.Image:
    return photo("coffee").resize((200, 150))


def truth(image: Image.Image) -> bytes:
    vector, _ = pdqhash.compute(np.asarray(image.convert("RGB")))
    return np.packbits(vector).tobytes()


def by_ffmpeg(codec: str, pixels: np.ndarray, form: str) -> bytes:
    context: av.VideoCodecContext = av.CodecContext.create(codec, "w")  # type: ignore[assignment]
    context.width, context.height, context.pix_fmt = 200, 150, form
    context.time_base = Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(pixels, format=form)
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])


def light() -> np.ndarray:
    stored = np.asarray(picture()) / 255
    linear = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    return np.ascontiguousarray(linear, np.float32)


@pytest.mark.parametrize("codec", ["exr", "hdr"])
def test_amounts_of_light_are_shown_as_srgb(codec: str) -> None:
    found = hash_image(by_ffmpeg(codec, light(), "gbrpf32le"))
    assert bits_apart(found.hash.value, truth(picture())) <= 4
    assert (found.format, found.decoder) == (codec, "libav")


def test_dpx_and_pam() -> None:
    for codec in ("dpx", "pam"):
        found = hash_image(by_ffmpeg(codec, np.asarray(picture()), "rgb24"))
        assert bits_apart(found.hash.value, truth(picture())) <= 2


def tga(image: Image.Image, *, alpha: int | None, top_down: bool) -> bytes:
    """By hand: Pillow is what reads it."""
    rgb = np.asarray(image)[:, :, ::-1]
    if alpha is not None:
        rgb = np.dstack([rgb, np.full(rgb.shape[:2], alpha, np.uint8)])
    rows = rgb if top_down else rgb[::-1]
    bits = 24 if alpha is None else 32
    flags = (0x20 if top_down else 0) | (8 if alpha is not None else 0)
    head = struct.pack("<BBB5xHHHHBB", 0, 0, 2, 0, 0, image.width, image.height, bits, flags)
    return head + rows.tobytes()


@pytest.mark.parametrize("top_down", [False, True])
@pytest.mark.parametrize("alpha", [None, 0, 255])
def test_targa_has_no_magic_and_no_meaning_in_clear_alpha(
    alpha: int | None,
    top_down: bool,  # noqa: FBT001
) -> None:
    found = hash_image(tga(picture(), alpha=alpha, top_down=top_down))
    assert (found.format, found.flags) == ("tga", ())
    assert bits_apart(found.hash.value, truth(picture())) <= 2


def test_what_looks_like_targa_by_chance_is_no_picture() -> None:
    head = tga(picture(), alpha=None, top_down=False)[:18]
    item = hash_item(head + bytes(range(70)))
    assert item.unreadable is not None
    assert item.unreadable.reason is Reason.NOT_A_PICTURE


def test_bitmaps_in_source_code() -> None:
    black = photo("page").resize((200, 150)).convert("1")
    assert bits_apart(hash_image(encoded(black, "XBM")).hash.value, truth(black)) <= 2
    colours = Image.fromarray(np.asarray(picture())).quantize(60)
    table = np.array(colours.getpalette()).reshape(-1, 3)
    letters = [chr(33 + i).replace('"', "e").replace("\\", "f") for i in range(60)]
    lines = [f"200 150 {len(letters)} 1"]
    lines += [
        f"{letter} c #{r:02x}{g:02x}{b:02x}"
        for letter, (r, g, b) in zip(letters, table, strict=False)
    ]
    lines += ["".join(letters[i] for i in row) for row in np.asarray(colours)]
    text = "/* XPM */\nstatic char *a[] = {\n" + ",\n".join(f'"{line}"' for line in lines) + "};\n"
    assert bits_apart(hash_image(text.encode()).hash.value, truth(colours)) <= 2


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'></svg>"
REFUSED = {
    "JPEG XR": b"II\xbc\x01\x20\0\0\0" + bytes(100),
    "DICOM": bytes(128) + b"DICM" + bytes(200),
    "XCF": b"gimp xcf v011\0" + bytes(100),
    "ILBM": b"FORM\0\0\1\0ILBMBMHD" + bytes(100),
    "FLIF": b"FLIF\x41\x31" + bytes(50),
    "BPG": b"BPG\xfb" + bytes(50),
    "MNG": b"\x8aMNG\r\n\x1a\n" + bytes(50),
    "JNG": b"\x8bJNG\r\n\x1a\n" + bytes(50),
    "PFM": b"PF\n200 150\n-1.0\n" + bytes(50),
    "enhanced metafile": b"\1\0\0\0\x6c\0\0\0" + bytes(32) + b" EMF" + bytes(60),
    "Windows metafile": b"\xd7\xcd\xc6\x9a\0\0" + bytes(60),
    "SVG": b"<?xml version='1.0'?>\n<!-- drawn -->\n" + SVG,
    "SVG (vector)": SVG,
    "JPEG-LS": b"\xff\xd8\xff\xf7" + bytes(100),
    "Cineon": b"\x80\x2a\x5f\xd7" + bytes(100),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_nobody_reads_is_unsupported_by_name(name: str) -> None:
    with pytest.raises(UnreadableImageError) as caught:
        hash_image(REFUSED[name])
    assert caught.value.reason is Reason.UNSUPPORTED
    assert name in caught.value.detail
    item = hash_item(REFUSED[name])
    assert item.unreadable is not None
    assert item.unreadable.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize(
    "text", [b"<?xml version='1.0'?><html><svg/></html>", b"<p>svg</p>", b"P7", b"FORM a letter"]
)
def test_text_is_no_picture(text: bytes) -> None:
    assert formats.sniff(text) is None


def test_a_bitmap_with_a_jpeg_inside_is_unsupported() -> None:
    head = struct.pack("<IiiHHIIiiII", 40, 200, 150, 1, 0, 4, 100, 0, 0, 0, 0)
    data = b"BM" + struct.pack("<IHHI", 154, 0, 0, 54) + head + bytes(100)
    with pytest.raises(UnreadableImageError) as caught:
        hash_image(data)
    assert caught.value.reason is Reason.UNSUPPORTED
