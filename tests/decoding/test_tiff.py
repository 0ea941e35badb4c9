"""TIFF of every kind that programs write: truth is the picture before encoding.

Files are written by tifffile, or by this file byte by byte, never by Pillow alone.
"""

import zlib

import numpy as np
import pytest
from PIL import Image

from hashmatch.hashing.items import HashOptions, hash_image
from tests.support.cases import CASES, known
from tests.support.photos import bits_apart
from tests.support.tiff_files import (
    HEIGHT,
    WIDTH,
    by_hand,
    grey,
    near,
    of_colour,
    of_grey,
    pdq,
    picture,
    written,
)


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
