"""TIFF of every kind that programs write: truth is the picture before encoding.

Files are written by tifffile, or by this file byte by byte, never by Pillow alone.
"""

import io
import struct
import zlib
from functools import cache
from typing import Any

import numpy as np
import pdqhash
import pytest
import tifffile
from PIL import Image

from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.limits import Limits
from tests.support.cases import CASES, case, known
from tests.support.photos import bits_apart, encoded, photo

WIDTH, HEIGHT = 200, 150


@cache
def picture() -> np.ndarray:
    return np.asarray(photo("coffee").resize((WIDTH, HEIGHT)))


@cache
def grey() -> np.ndarray:
    return np.asarray(photo("coffee").resize((WIDTH, HEIGHT)).convert("L"))


def pdq(pixels: np.ndarray) -> bytes:
    vector, _ = pdqhash.compute(np.ascontiguousarray(pixels))
    return np.packbits(vector).tobytes()


@cache
def of_colour() -> bytes:
    return pdq(picture())


@cache
def of_grey() -> bytes:
    return pdq(np.dstack([grey()] * 3))


def written(pixels: np.ndarray, **options: Any) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, metadata=None, **options)
    return buffer.getvalue()


def near(data: bytes, expected: bytes, allowed: int = 2) -> None:
    found = hash_image(data)
    assert (found.reason, found.fraction) == (None, 1.0)
    assert (found.width, found.height) == (WIDTH, HEIGHT)
    assert bits_apart(found.hash.value, expected) <= allowed


@pytest.mark.parametrize(
    "folder",
    [
        "tiff-16-bit-white-is-zero",
        "tiff-kinds-called-damaged",
        "tiff-with-make-hashed-by-its-thumbnail",
    ],
)
def test_kept_files(folder: str) -> None:
    files = sorted((CASES / folder).glob("*.tif"))
    assert files
    for path in files:
        found = hash_image(path)
        assert found.hash - known(folder)["shown"] <= 2
        assert found.complete
        assert "raw-preview" not in found.flags


# Depths


def scaled(bits: int) -> np.ndarray:
    """Grey of this many bits."""
    values = grey().astype(np.float64) / 255 * (2**bits - 1)
    rounded: np.ndarray = np.rint(values).astype(np.uint64)
    return rounded


def packed(values: np.ndarray, bits: int) -> bytes:
    """Rows of samples, the highest bit first, each row beginning with a byte."""
    rows = []
    for row in values:
        planes = [(row >> np.uint64(bits - 1 - i)) & np.uint64(1) for i in range(bits)]
        rows.append(np.packbits(np.stack(planes, axis=1).astype(np.uint8).ravel()).tobytes())
    return b"".join(rows)


def by_hand(
    strip: bytes, order: str, tags: dict[int, tuple[int, ...]], *, big: bool = False
) -> bytes:
    """A TIFF of one strip."""
    every = {256: (WIDTH,), 257: (HEIGHT,), 259: (1,), 277: (1,), 278: (HEIGHT,), **tags}
    every |= {273: (16 if big else 8,), 279: (len(strip),)}
    start = {"<": b"II", ">": b"MM"}[order]
    end = (16 if big else 8) + len(strip) + len(strip) % 2
    word, head = ("Q", "Q") if big else ("I", "H")
    size = struct.calcsize("=" + head) + len(every) * (20 if big else 12) + (8 if big else 4)
    entries, behind = b"", b""
    for tag in sorted(every):
        body = struct.pack(order + word * len(every[tag]), *every[tag])
        field = body
        if len(body) > struct.calcsize("=" + word):
            field = struct.pack(order + word, end + size + len(behind))
            behind += body
        kind = 16 if big else 4
        entries += struct.pack(order + "HH" + word, tag, kind, len(every[tag])) + field
    header = (
        struct.pack(order + "HHHQ", 43, 8, 0, end) if big else struct.pack(order + "HI", 42, end)
    )
    directory = struct.pack(order + head, len(every)) + entries + struct.pack(order + word, 0)
    return start + header + strip.ljust(len(strip) + len(strip) % 2, b"\0") + directory + behind


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("photometric", [0, 1])
@pytest.mark.parametrize("bits", [2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 31, 32])
def test_grey_of_every_depth(bits: int, photometric: int, order: str) -> None:
    values = scaled(bits)
    if photometric == 0:
        values = np.uint64(2**bits - 1) - values
    if bits in (16, 24, 32):
        size = bits // 8
        whole = values.astype(f"{order}u8").tobytes()
        rows = np.frombuffer(whole, np.uint8).reshape(HEIGHT, WIDTH, 8)
        strip = (rows[:, :, :size] if order == "<" else rows[:, :, 8 - size :]).tobytes()
    else:
        strip = packed(values, bits)
    data = by_hand(strip, order, {258: (bits,), 262: (photometric,)})
    coarse = {2: 40, 3: 20, 4: 10}
    near(data, of_grey(), coarse.get(bits, 4))


@pytest.mark.parametrize("photometric", ["miniswhite", "minisblack"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["u2", "u4", "i1", "i2", "i4", "f2", "f4", "f8"])
def test_numbers_of_every_kind(kind: str, order: str, photometric: str) -> None:
    values = grey().astype(np.float64)
    if photometric == "miniswhite":
        values = 255 - values
    if kind[0] == "u":
        values *= (2 ** (8 * int(kind[1])) - 1) // 255
    elif kind[0] == "i":
        values = (values - 128) * 2 ** (8 * int(kind[1]) - 8)
    else:
        values /= 255
    data = written(values.astype(order + kind), photometric=photometric, byteorder=order)
    near(data, of_grey(), 4)
    assert ("deep" in hash_image(data).flags) == (kind != "i1")


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("kind", [">u1", "<u2", ">u2", "<u4", "<f2", "<f4", ">f8"])
def test_rgb_of_every_depth_and_layout(kind: str, planar: str) -> None:
    values = picture().astype(np.float64)
    if kind[1] == "u":
        values *= (2 ** (8 * int(kind[2])) - 1) // 255
    else:
        values /= 255
    stored = values.astype(kind)
    if planar == "separate":
        stored = np.ascontiguousarray(np.moveaxis(stored, 2, 0))
    for extra in ({}, {"tile": (32, 48)}, {"rowsperstrip": 7}, {"bigtiff": True}):
        near(
            written(stored, photometric="rgb", planarconfig=planar, byteorder=kind[0], **extra),
            of_colour(),
        )


@pytest.mark.parametrize("compression", ["zlib", "lzma"])
@pytest.mark.parametrize("kind", ["<u1", "<u2", ">u2", "<f4"])
def test_compressed_pieces(kind: str, compression: str) -> None:
    values = picture().astype(np.float64) * {"u1": 1, "u2": 257, "f4": 1 / 255}[kind[1:]]
    stored, order = values.astype(kind), kind[0]
    data = written(
        stored, photometric="rgb", compression=compression, rowsperstrip=16, byteorder=order
    )
    near(data, of_colour())


def lzw(content: bytes) -> bytes:
    """As LZW, without finding anything to compress."""
    codes = []
    for at in range(0, len(content), 250):
        codes += [256, *content[at : at + 250]]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))


def packbits(content: bytes) -> bytes:
    pieces = (content[at : at + 128] for at in range(0, len(content), 128))
    return b"".join(bytes((len(piece) - 1,)) + piece for piece in pieces)


@pytest.mark.parametrize("compression", [5, 8])
@pytest.mark.parametrize("kind", ["<u1", "<u2", ">u2", "<u4", ">u4"])
def test_differences_of_neighbours(kind: str, compression: int) -> None:
    size = int(kind[2])
    stored = (picture().astype(np.uint64) * ((2 ** (8 * size) - 1) // 255)).astype(f"u{size}")
    before = np.concatenate([stored[:, :1] * 0, stored[:, :-1]], axis=1)
    strip = (stored - before).astype(kind).tobytes()
    strip = (lzw if compression == 5 else zlib.compress)(strip)
    tags = {258: (8 * size,) * 3, 259: (compression,), 262: (2,), 277: (3,), 317: (2,)}
    near(by_hand(strip, kind[0], tags), of_colour())


@pytest.mark.parametrize("order", ["<", ">"])
def test_pieces_that_libtiff_inflates(order: str) -> None:
    values = (grey().astype(np.uint16) * 257).astype(order + "u2").tobytes()
    for number, pack in ((5, lzw), (32773, packbits), (8, zlib.compress), (32946, zlib.compress)):
        data = by_hand(pack(values), order, {258: (16,), 259: (number,), 262: (1,)})
        near(data, of_grey())
        assert hash_image(data).decoder == "numpy"


@pytest.mark.parametrize("order", ["<", ">"])
def test_floats_with_adobes_predictor(order: str) -> None:
    values = (grey() / 255).astype(">f4").view(np.uint8).reshape(HEIGHT, WIDTH, 4)
    planes = values.transpose(0, 2, 1).reshape(HEIGHT, -1)
    differences = np.diff(planes, axis=1, prepend=np.zeros((HEIGHT, 1), np.uint8)).astype(np.uint8)
    strip = zlib.compress(differences.tobytes())
    tags: dict[int, tuple[int, ...]] = {258: (32,), 259: (8,), 262: (1,), 317: (3,), 339: (3,)}
    near(by_hand(strip, order, tags), of_grey())


def test_the_lowest_bit_first() -> None:
    values = packed(scaled(4), 4)
    backwards = bytes(int(f"{value:08b}"[::-1], 2) for value in values)
    near(by_hand(backwards, "<", {258: (4,), 262: (1,), 266: (2,)}), of_grey(), 10)


def test_big_tiff_by_hand() -> None:
    for order in "<>":
        strip = (grey().astype(np.uint16) * 257).astype(order + "u2").tobytes()
        near(by_hand(strip, order, {258: (16,), 262: (1,)}, big=True), of_grey())


# Colours and alpha


def inks() -> np.ndarray:
    rgb = picture().astype(np.float64) / 255
    black = 1 - rgb.max(axis=2, keepdims=True)
    colours = (1 - rgb - black) / np.maximum(1 - black, 1e-9)
    return np.concatenate([colours, black], axis=2)


@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
@pytest.mark.parametrize("extra", [(), ("unassalpha",), ("unspecified",)])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_cmyk(kind: str, extra: tuple[str, ...], planar: str) -> None:
    values = inks()
    if extra:
        values = np.concatenate([values, np.ones((HEIGHT, WIDTH, 1))], axis=2)
    stored = np.rint(values * {"u1": 255, "u2": 65535}[kind]) if kind[0] == "u" else values
    stored = stored.astype(kind)
    if planar == "separate":
        stored = np.ascontiguousarray(np.moveaxis(stored, 2, 0))
    data = written(stored, photometric="separated", extrasamples=extra or None, planarconfig=planar)
    near(data, of_colour())
    assert "cmyk" in hash_image(data).flags


@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
@pytest.mark.parametrize("colours", ["grey", "rgb", "cmyk", "white-is-zero"])
@pytest.mark.parametrize("alpha", ["unassalpha", "assocalpha"])
def test_alpha_is_laid_on_white(alpha: str, colours: str, kind: str) -> None:
    if alpha == "assocalpha" and colours in ("cmyk", "white-is-zero"):
        pytest.skip("nobody says what they are multiplied with")
    share = np.linspace(0.3, 1, WIDTH)[None, :, None] * np.ones((HEIGHT, 1, 1))
    shown = picture() if colours in ("rgb", "cmyk") else grey()[:, :, None]
    values = {
        "grey": grey()[:, :, None] / 255,
        "rgb": picture() / 255,
        "cmyk": inks(),
        "white-is-zero": 1 - grey()[:, :, None] / 255,
    }[colours]
    expected = np.rint(shown * share + 255 * (1 - share)).astype(np.uint8)
    if alpha == "assocalpha":
        values = values * share
    stored = np.concatenate([values, share], axis=2)
    if kind[0] == "u":
        stored = np.rint(stored * (255 if kind == "u1" else 65535))
    meaning = {"grey": "minisblack", "rgb": "rgb", "cmyk": "separated"}.get(colours, "miniswhite")
    data = written(
        stored.astype(kind), photometric=meaning, extrasamples=(alpha,), planarconfig="contig"
    )
    near(data, pdq(np.broadcast_to(expected, (HEIGHT, WIDTH, 3))), 4)
    assert "alpha" in hash_image(data).flags


@pytest.mark.parametrize("bits", [4, 8, 16])
def test_palettes(bits: int) -> None:
    image = Image.fromarray(picture()).quantize(min(200, 2**bits))
    indices = np.asarray(image)
    table = np.zeros((3, 2**bits), np.uint16)
    entries = np.array(image.getpalette(), np.uint16).reshape(-1, 3)[: 2**bits].T
    table[:, : entries.shape[1]] = entries * 257
    strip = (
        packed(indices.astype(np.uint64), bits)
        if bits == 4
        else indices.astype(f"<u{bits // 8}").tobytes()
    )
    tags = {258: (bits,), 262: (3,), 320: tuple(int(v) for v in table.ravel())}
    near(by_hand(strip, "<", tags), pdq(np.asarray(image.convert("RGB"))))


@pytest.mark.parametrize("factors", [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1), (4, 2)])
def test_ycbcr_without_compression(factors: tuple[int, int]) -> None:
    across, down = factors
    ycc = np.asarray(Image.fromarray(picture()).convert("YCbCr"))
    columns, rows = -(-WIDTH // across), -(-HEIGHT // down)
    padded = np.pad(ycc, ((0, rows * down - HEIGHT), (0, columns * across - WIDTH), (0, 0)), "edge")
    blocks = padded.reshape(rows, down, columns, across, 3).transpose(0, 2, 1, 3, 4)
    luma = blocks[..., 0].reshape(rows, columns, across * down)
    colour = blocks[..., 1:].mean(axis=(2, 3)).astype(np.uint8)
    strip = np.concatenate([luma, colour], axis=2).tobytes()
    tags = {258: (8, 8, 8), 262: (6,), 277: (3,), 530: factors}
    near(by_hand(strip, "<", tags), of_colour(), 4)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("meaning", [8, 9])
def test_lab(meaning: int, bits: int) -> None:
    """From scikit-image's conversion under D50."""
    color = pytest.importorskip("skimage.color")
    lab = color.xyz2lab(adapted(color.rgb2xyz(picture())), illuminant="D50")
    unit, most = (1, 255) if bits == 8 else (256, 65535 if meaning == 8 else 65280)
    stored = np.empty(lab.shape)
    stored[:, :, 0] = lab[:, :, 0] / 100 * most
    stored[:, :, 1:] = (lab[:, :, 1:] + (0 if meaning == 8 else 128)) * unit
    whole = np.rint(stored).astype(np.int64).astype(f"<u{bits // 8}")
    tags = {258: (bits,) * 3, 262: (meaning,), 277: (3,)}
    options = HashOptions(algorithms=("pdq", "colorhash-42"))
    found = hash_image(by_hand(whole.tobytes(), "<", tags), options)
    assert bits_apart(found.hash.value, of_colour()) <= 2


def adapted(xyz: np.ndarray) -> np.ndarray:
    """From D65 to D50, by Bradford's matrix as ICC prints it."""
    bradford = np.array([
        [1.0478112, 0.0228866, -0.0501270],
        [0.0295424, 0.9904844, -0.0170491],
        [-0.0092345, 0.0150436, 0.7521316],
    ])  # fmt: skip
    turned: np.ndarray = xyz @ bradford.T
    return turned


# Pages


def test_a_reduced_page_is_not_the_picture() -> None:
    buffer = io.BytesIO()
    thumbnail = np.asarray(photo("chelsea").resize((80, 60)))
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(thumbnail, photometric="rgb", subfiletype=1, metadata=None)
        writer.write(picture(), photometric="rgb", metadata=None)
    found = hash_image(buffer.getvalue())
    assert (found.width, found.height, found.frames) == (WIDTH, HEIGHT, 2)
    assert bits_apart(found.hash.value, of_colour()) <= 2
    assert [reading.frame for reading in found.readings] == [1, 0]
    assert bits_apart(found.readings[1].hash.value, pdq(thumbnail)) <= 2


def test_the_picture_below_a_reduced_page() -> None:
    """As DNG and Nikon's scanners lay it out; the maker's name does not make it a camera's."""
    buffer = io.BytesIO()
    thumbnail = np.asarray(photo("chelsea").resize((80, 60)))
    maker = (271, 2, 6, "Maker", True)
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(
            thumbnail, photometric="rgb", subfiletype=1, subifds=1, extratags=[maker], metadata=None
        )
        writer.write(picture(), photometric="rgb", metadata=None)
    found = hash_image(buffer.getvalue())
    assert (found.width, found.height) == (WIDTH, HEIGHT)
    assert bits_apart(found.hash.value, of_colour()) <= 2


def test_pages_of_different_kinds() -> None:
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(picture(), photometric="rgb", metadata=None)
        writer.write(grey().astype(np.uint16) * 257, photometric="minisblack", metadata=None)
        writer.write(255 - grey(), photometric="miniswhite", metadata=None)
    found = hash_image(buffer.getvalue())
    assert (found.frames, len(found.readings), found.reason) == (3, 3, None)
    for reading, right in zip(found.readings, (of_colour(), of_grey(), of_grey()), strict=True):
        assert bits_apart(reading.hash.value, right) <= 2


def test_orientation_of_a_deep_page() -> None:
    turned = np.rot90(grey().astype(np.uint16) * 257)
    data = written(turned, photometric="minisblack", extratags=[(274, 3, 1, 6, True)])
    near(data, of_grey())
    assert hash_image(data).flags == ("deep", "oriented")


# Damage and refusals


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_cut_deep_file_says_how_much_is_there(share: float) -> None:
    data = written(grey().astype(np.uint16) * 257, photometric="minisblack", rowsperstrip=10)
    found = hash_image(data[: len(data) - int((1 - share) * grey().size * 2)])
    assert found.reason is Reason.TRUNCATED
    assert abs(found.fraction - share) < 0.05


@pytest.mark.parametrize(
    ("compression", "name"),
    [(34887, "LERC"), (34712, "JPEG 2000"), (50001, "WebP"), (50002, "JPEG XL")],
)
def test_what_nobody_reads_is_unsupported_by_name(compression: int, name: str) -> None:
    data = by_hand(b"whatever" * 99, "<", {258: (8,), 259: (compression,), 262: (1,)})
    with pytest.raises(UnreadableImageError) as caught:
        hash_image(data)
    assert caught.value.reason is Reason.UNSUPPORTED
    assert name in caught.value.detail


def test_limits() -> None:
    data = written(grey().astype(np.uint16) * 257, photometric="minisblack")
    with pytest.raises(UnreadableImageError) as caught:
        hash_image(data, HashOptions(limits=Limits(max_pixels=1000)))
    assert caught.value.reason is Reason.TOO_MANY_PIXELS


def test_pillows_own_kinds_stay_with_pillow() -> None:
    for mode in ("RGB", "L", "1", "P", "CMYK", "RGBA"):
        image = Image.fromarray(picture()).convert(mode)
        assert hash_image(encoded(image, "TIFF")).decoder == "pillow"
    assert case("tiff-16-bit-white-is-zero", "min-is-white-16.tif")[:2] == b"II"


@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
def test_colours_have_the_luma_of_the_same_pixels_in_any_other_file(kind: str) -> None:
    pixels = picture().astype(np.uint16) * 257 if kind == "u2" else picture()
    if kind == "f4":
        pixels = picture().astype(np.float32) / np.float32(255)
    data = written(np.moveaxis(pixels, 2, 0), photometric="rgb", planarconfig="separate")
    algorithms = ("pdq", "dhash-64", "phash-64", "ahash-64", "whash-64")
    own = hash_image(data, HashOptions(algorithms))
    assert own.decoder == "numpy"
    for each, same in zip(
        own.readings, hash_image(picture(), HashOptions(algorithms)).readings, strict=True
    ):
        assert bits_apart(each.hash.value, same.hash.value) <= (0 if kind == "u1" else 2)
        assert abs(each.quality - same.quality) <= (0 if kind == "u1" else 1)


def test_a_flat_picture_in_colours_has_no_quality() -> None:
    flat = np.full((90, 120, 3), 120 * 257, np.uint16)
    flat[:, 60:] += 257
    assert hash_image(written(flat, photometric="rgb")).quality == 0


@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_colours_multiplied_with_alpha_down_to_nothing(kind: str) -> None:
    share = grey()[:, :, None] / 255
    white = np.rint(picture() * share + 255 * (1 - share)).astype(np.uint8)
    stored = np.rint(np.concatenate([picture() * share, share * 255], axis=2))
    data = written(
        stored.astype(kind) * (257 if kind == "u2" else 1),
        photometric="rgb",
        extrasamples=("assocalpha",),
    )
    near(data, pdq(white), 4)
