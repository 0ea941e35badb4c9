"""Kinds of JPEG: colours, scans, sampling. Truth is pdqhash on the pixels before encoding."""

import io
from fractions import Fraction

import av
import numpy as np
import pdqhash
import pytest
from PIL import Image, ImageOps

from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.model import Mode
from tests.support.cases import case, known
from tests.support.jpegs import ADOBE_RGB, planes_of, scan_by_scan
from tests.support.photos import bits_apart, encoded, photo

JFIF = b"\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"
RGB_NAMES, NUMBERS = b"RGB", b"\1\2\3\4"


def picture(side: int) -> Image.Image:
    """A photo whose colours carry much of it: red alone is another picture."""
    return photo("coffee").resize((side + side // 3, side), Image.Resampling.LANCZOS)


def truth(image: Image.Image) -> bytes:
    vector, quality = pdqhash.compute(np.asarray(image.convert("RGB")))
    assert quality >= 80
    return np.packbits(vector).tobytes()


@pytest.mark.parametrize("mode", ["fast", "exact"])
@pytest.mark.parametrize("name", ["rgb-nonint.jpg", "rgb-progressive.jpg"])
def test_rgb_scan_by_scan_as_any_decoder_shows_it(name: str, mode: Mode) -> None:
    folder = "rgb-jpeg-one-scan-per-component"
    found = hash_image(case(folder, name), HashOptions(mode=mode))
    assert found.hash - known(folder)["shown"] <= 4
    assert found.complete


@pytest.mark.parametrize("side", [120, 300, 500, 1000, 2000])
@pytest.mark.parametrize("mode", ["fast", "exact"])
@pytest.mark.parametrize("told", ["adobe", "names", "progressive"])
def test_rgb_in_several_scans_at_every_reduced_size(told: str, mode: Mode, side: int) -> None:
    image = picture(side)
    if told == "progressive":
        data = encoded(image, "JPEG", quality=90, keep_rgb=True, progressive=True)
        assert data.count(b"\xff\xda") > 3
    elif told == "adobe":
        data = scan_by_scan(planes_of(image), NUMBERS[:3], extra=ADOBE_RGB)
    else:
        data = scan_by_scan(planes_of(image), RGB_NAMES)
    found = hash_image(data, HashOptions(mode=mode))
    assert bits_apart(found.hash.value, truth(image)) <= 6
    assert found.complete


@pytest.mark.parametrize("side", [300, 1000])
def test_ycbcr_in_several_scans(side: int) -> None:
    image = picture(side)
    planes = planes_of(image.convert("YCbCr"))
    for data in (
        scan_by_scan(planes, NUMBERS[:3]),
        scan_by_scan(planes, RGB_NAMES, extra=JFIF),
        scan_by_scan(planes, NUMBERS[:3], extra=ADOBE_RGB[:-1] + b"\1"),
    ):
        assert bits_apart(hash_image(data).hash.value, truth(image)) <= 6


@pytest.mark.parametrize("transform", [0, 2])
@pytest.mark.parametrize("side", [120, 600])
def test_cmyk_in_several_scans(side: int, transform: int) -> None:
    """As Adobe writes it: inverted, and with transform 2 as YCCK."""
    image = picture(side)
    black = np.full((image.height, image.width), 255, np.uint8)
    colours = planes_of(ImageOps.invert(image).convert("YCbCr") if transform else image)
    extra = ADOBE_RGB[:-1] + bytes((transform,))
    data = scan_by_scan([*colours, black], NUMBERS, extra=extra)
    found = hash_image(data)
    assert "cmyk" in found.flags
    assert bits_apart(found.hash.value, truth(image)) <= 6


FACTORS = [
    (0x21, 0x11, 0x11),  # 4:2:2
    (0x12, 0x11, 0x11),  # 4:4:0
    (0x22, 0x11, 0x11),  # 4:2:0
    (0x41, 0x11, 0x11),  # 4:1:1
    (0x14, 0x11, 0x11),  # 4:4:1
    (0x11, 0x22, 0x22),  # brightness coarser than colour
    (0x11, 0x12, 0x12),
]


@pytest.mark.parametrize("side", [320, 960])
@pytest.mark.parametrize("mode", ["fast", "exact"])
@pytest.mark.parametrize("factors", FACTORS)
def test_sampling(factors: tuple[int, ...], mode: Mode, side: int) -> None:
    image = picture(side)
    planes, most = [], (max(f >> 4 for f in factors), max(f & 15 for f in factors))
    for plane, factor in zip(planes_of(image.convert("YCbCr")), factors, strict=True):
        size = (image.width * (factor >> 4) // most[0], image.height * (factor & 15) // most[1])
        planes.append(np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BOX)))
    data = scan_by_scan(planes, NUMBERS[:3], sampling=factors)
    if planes[0].shape != (image.height, image.width):
        at = data.index(b"\xff\xc0")
        stated = image.height.to_bytes(2) + image.width.to_bytes(2)
        data = data[: at + 5] + stated + data[at + 9 :]
    assert Image.open(io.BytesIO(data)).size == image.size
    found = hash_image(data, HashOptions(mode=mode))
    assert bits_apart(found.hash.value, truth(image)) <= 10


@pytest.mark.parametrize("factors", [0x22, 0x21, 0x44, 0x13])
def test_grey_with_factors_that_mean_nothing(factors: int) -> None:
    image = picture(600).convert("L")
    data = bytearray(encoded(image, "JPEG", quality=90))
    at = data.index(b"\xff\xc0")
    data[at + 11] = factors
    found = hash_image(bytes(data))
    assert bits_apart(found.hash.value, truth(image)) <= 6
    assert found.complete


@pytest.mark.parametrize("every", [1, 7])
def test_restart_markers(every: int) -> None:
    image = picture(500)
    data = encoded(image, "JPEG", quality=90, restart_marker_rows=every)
    found = hash_image(data)
    assert bits_apart(found.hash.value, truth(image)) <= 6
    assert found.complete


def test_what_no_decoder_reads_is_unsupported_not_damaged() -> None:
    image = picture(120).convert("L")
    data = bytearray(encoded(image, "JPEG"))
    two = scan_by_scan([np.asarray(image)] * 2, NUMBERS[:2])
    at = data.index(b"\xff\xc0")
    hierarchical = data[: at + 1] + b"\xc5" + data[at + 2 :]
    jpeg_ls = b"\xff\xd8\xff\xf7" + bytes(data[at + 2 :])
    for refused, named in ((two, "2 components"), (hierarchical, "hierarchical"), (jpeg_ls, "LS")):
        with pytest.raises(UnreadableImageError) as caught:
            hash_image(bytes(refused))
        assert caught.value.reason is Reason.UNSUPPORTED
        assert named in caught.value.detail


@pytest.mark.parametrize("mode", ["fast", "exact"])
@pytest.mark.parametrize("pixels", ["yuvj444p", "bgr24"])
def test_lossless_jpeg(pixels: str, mode: Mode) -> None:
    """Written by FFmpeg's encoder."""
    image = picture(320)
    context = av.CodecContext.create("ljpeg", "w")
    context.width, context.height, context.pix_fmt = image.width, image.height, pixels
    context.time_base = Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24").reformat(format=pixels)
    packets = [*context.encode(frame), *context.encode(None)]
    data = b"".join(bytes(packet) for packet in packets)
    if pixels == "yuvj444p":
        data = data[:2] + JFIF + data[2:]
    found = hash_image(data, HashOptions(mode=mode))
    assert bits_apart(found.hash.value, truth(image)) <= 4
