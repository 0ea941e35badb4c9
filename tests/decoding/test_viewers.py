"""Orientations that viewers disagree on, or that few files have: compared with Chromium 2026.

Chromium shows JPEG, PNG and AVIF as their EXIF block, or the boxes of AVIF, say; WebP, animated or
not, as it is stored; and no picture as XMP alone says.
"""

import io
import struct

import numpy as np
import pytest
from PIL import Image

import hashmatch as hm
from hashmatch.hashlists.reading import HashList
from hashmatch.model import Entry, KnownHash
from hashmatch.model.orientation import Orientation
from tests.support.photos import bits_apart, encoded, photo

PICTURE = photo("coffee").resize((240, 160))


def exif(orientation: int) -> bytes:
    block = Image.Exif()
    block[0x112] = orientation
    return block.tobytes()


def turned(orientation: int) -> bytes:
    """The picture as a viewer shows it that applies the orientation, as PNG."""
    pixels = Orientation(orientation).apply(np.asarray(PICTURE))
    return encoded(Image.fromarray(np.ascontiguousarray(pixels)), "PNG")


def tiff_of_16_bits(orientation: int) -> bytes:
    """By hand: it is not Pillow that reads it."""
    pixels = np.asarray(PICTURE.convert("RGB")).astype("<u2") * 257
    tags = [(256, 3, 240), (257, 3, 160), (258, 3, 0), (259, 3, 1), (262, 3, 2), (273, 4, 0)]
    tags += [(274, 3, orientation), (277, 3, 3), (278, 4, 160), (279, 4, pixels.nbytes)]
    depths = 8 + 2 + 12 * len(tags) + 4
    body = struct.pack("<H", len(tags))
    for tag, kind, value in tags:
        count = 3 if tag == 258 else 1
        told = {258: depths, 273: depths + 8}.get(tag, value)
        body += struct.pack("<HHII", tag, kind, count, told)
    return (
        b"II*\0"
        + struct.pack("<I", 8)
        + body
        + bytes(4)
        + struct.pack("<4H", 16, 16, 16, 0)
        + (pixels.tobytes())
    )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiff_of_any_depth_is_turned(orientation: int) -> None:
    truth = hm.hash_image(turned(orientation)).hash
    for data in (
        encoded(PICTURE, "TIFF", exif=exif(orientation)),
        tiff_of_16_bits(orientation),
    ):
        found = hm.hash_image(data)
        assert bits_apart(found.hash.value, truth.value) <= 2
        assert ("oriented" in found.flags) == (orientation > 1)


@pytest.mark.parametrize("orientation", [1, 3, 5, 6, 8])
def test_jpeg_xl_made_from_a_jpeg_is_turned(orientation: int) -> None:
    pylibjxl = pytest.importorskip("pylibjxl")
    data = encoded(PICTURE, "JPEG", exif=exif(orientation), quality=95)
    found = hm.hash_image(pylibjxl.jpeg_to_jxl(data))
    assert bits_apart(found.hash.value, hm.hash_image(turned(orientation)).hash.value) <= 4


def test_what_xmp_alone_says_turns_nothing() -> None:
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf'
        b'-syntax-ns#"><rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
        b'tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    )
    found = hm.hash_image(encoded(PICTURE, "JPEG", xmp=xmp, quality=95))
    assert bits_apart(found.hash.value, hm.hash_image(turned(1)).hash.value) <= 4
    assert (found.width, found.flags) == (240, ())


@pytest.mark.parametrize("algorithm", ["pdq", "phash-64", "dhash-256"])
@pytest.mark.parametrize("moves", [False, True])
@pytest.mark.parametrize("shown", [1, 6])
def test_webp_is_met_whether_its_exif_block_is_applied_or_not(
    algorithm: str,
    moves: bool,  # noqa: FBT001
    shown: int,
) -> None:
    out = io.BytesIO()
    more = (
        {"save_all": True, "append_images": [photo("rocket").resize((240, 160))]} if moves else {}
    )
    PICTURE.save(out, "WEBP", exif=exif(6), quality=90, **more)
    known = hm.hash_image(turned(shown), hm.HashOptions(algorithms=(algorithm,))).hash
    entry = Entry("x", hashes=(KnownHash(known, 100),))
    (match,) = hm.Matcher(HashList.of("known", [entry])).match(out.getvalue())
    assert match.entry_id == "x"
    assert (match.orientation is Orientation.UPRIGHT) == (shown == 6)
