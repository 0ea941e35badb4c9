"""PNG files with faults that viewers pass over, with real damage, and Apple's own kind."""

import io
import zlib
from collections.abc import Callable
from functools import cache

import numpy as np
import pdqhash
import pytest
from PIL import Image

from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.limits import Limits
from tests.support.cases import case, known
from tests.support.photos import bits_apart, encoded, photo

SIGNATURE = b"\x89PNG\r\n\x1a\n"
Chunks = list[tuple[bytes, bytes]]


@cache
def picture() -> Image.Image:
    return photo("coffee").resize((420, 300))


def truth(image: Image.Image) -> bytes:
    vector, quality = pdqhash.compute(np.asarray(image))
    assert quality >= 80
    return np.packbits(vector).tobytes()


def chunk(name: bytes, body: bytes, *, wrong: bool = False) -> bytes:
    checksum = zlib.crc32(name + body) ^ wrong
    return len(body).to_bytes(4) + name + body + checksum.to_bytes(4)


def parts(png: bytes) -> Chunks:
    at, found = 8, []
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        found.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def joined(chunks: Chunks, *wrong: bytes) -> bytes:
    return SIGNATURE + b"".join(chunk(name, body, wrong=name in wrong) for name, body in chunks)


KINDS: dict[str, Callable[[], Image.Image]] = {
    "rgb": picture,
    "rgba": lambda: picture().convert("RGBA"),
    "grey": lambda: picture().convert("L"),
    "palette": lambda: picture().quantize(200),
    "deep": lambda: Image.fromarray(np.asarray(picture().convert("L")).astype(np.uint16) * 257),
}


@cache
def chunks_of(kind: str) -> Chunks:
    return parts(encoded(KINDS[kind](), "PNG"))


@cache
def shown(kind: str) -> bytes:
    image = KINDS["grey" if kind == "deep" else kind]()
    return truth(image.convert("RGB"))


def same(data: bytes, kind: str) -> None:
    found = hash_image(data)
    assert (found.reason, found.fraction) == (None, 1.0)
    assert bits_apart(found.hash.value, shown(kind)) <= 2


def test_a_wrong_checksum_of_an_ancillary_chunk() -> None:
    folder = "png-crc-of-ancillary-chunk"
    found = hash_image(case(folder, "phys-crc.png"))
    assert found.hash - known(folder)["shown"] <= 2
    assert found.complete


ANCILLARY: Chunks = [
    (b"pHYs", bytes(9)),
    (b"tEXt", b"Comment\0none"),
    (b"gAMA", (45455).to_bytes(4)),
    (b"cHRM", bytes(32)),
    (b"sRGB", b"\0"),
    (b"tIME", bytes(7)),
    (b"bKGD", bytes(6)),
    (b"sBIT", b"\x08\x08\x08"),
    (b"eXIf", b"MM\0*nonsense"),
    (b"vpAg", b"nobody knows"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [name for name, _ in ANCILLARY])
def test_checksums_of_ancillary_chunks_do_not_matter(name: bytes, kind: str) -> None:
    chunks = chunks_of(kind)
    extra = (name, dict(ANCILLARY)[name])
    for place in (1, len(chunks) - 1):
        same(joined([*chunks[:place], extra, *chunks[place:]], name), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_checksums_of_critical_chunks_where_the_pixels_prove_themselves(kind: str) -> None:
    chunks = chunks_of(kind)
    for name in (b"IHDR", b"IDAT", b"IEND"):
        same(joined(chunks, name), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_or_missing_sum_where_the_checksums_are_right(kind: str) -> None:
    chunks = chunks_of(kind)
    stream = b"".join(body for name, body in chunks if name == b"IDAT")
    others = [each for each in chunks if each[0] not in (b"IDAT", b"IEND")]
    for changed in (stream[:-4] + bytes(4), stream[:-4], stream[:-4] + b"\0" * 50):
        same(joined([*others, (b"IDAT", changed), (b"IEND", b"")]), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_around_the_chunks(kind: str) -> None:
    chunks = chunks_of(kind)
    data = joined(chunks)
    same(data[:-12], kind)
    same(data[:-5], kind)
    same(data + b"junk" * 1000, kind)
    same(joined([(b"juNk", b"first"), *chunks]), kind)
    same(joined([chunks[0], (b"juNk", bytes(70_000)), *chunks[1:]]), kind)


def test_a_palette_nobody_vouches_for_is_said() -> None:
    found = hash_image(joined(chunks_of("palette"), b"PLTE"))
    assert (found.reason, found.fraction) == (Reason.CORRUPT_DATA, 1.0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_damage_in_the_pixels_leaves_the_rows_before_it(kind: str, share: float) -> None:
    chunks = chunks_of(kind)
    stream = b"".join(body for name, body in chunks if name == b"IDAT")
    others = [each for each in chunks if each[0] not in (b"IDAT", b"IEND")]
    rows = zlib.decompressobj().decompress(stream[: int(len(stream) * share)])
    length = len(zlib.decompress(stream)) // 300
    cut = joined([*others, (b"IDAT", stream)])[: -int(len(stream) * (1 - share)) - 4]
    found = hash_image(cut)
    assert found.reason is Reason.TRUNCATED
    assert abs(found.fraction - len(rows) / length / 300) < 0.03
    at = int(len(stream) * share)
    broken = stream[:at] + bytes(b ^ 0xFF for b in stream[at : at + 60]) + stream[at + 60 :]
    found = hash_image(joined([*others, (b"IDAT", broken), (b"IEND", b"")], b"IDAT"))
    assert found.reason is Reason.CORRUPT_DATA


def test_interlaced() -> None:
    image = picture()
    rows = bytearray()
    pixels = np.asarray(image)
    for left, top, right, down in (
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):  # fmt: skip
        for row in pixels[top::down, left::right]:
            rows += b"\0" + row.tobytes()
    header = image.width.to_bytes(4) + image.height.to_bytes(4) + b"\x08\x02\0\0\1"
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b"")]
    assert Image.open(io.BytesIO(joined(chunks))).convert("RGB").tobytes() == image.tobytes()
    same(joined(chunks), "rgb")
    same(joined(chunks, b"IDAT"), "rgb")
    assert hash_image(joined(chunks)[:-20000]).reason is Reason.TRUNCATED


# Apple's


def apples(image: Image.Image) -> bytes:
    """As `pngcrush -iphone` of Apple's Xcode writes it."""
    pixels = np.asarray(image).astype(np.uint16)
    kind = {1: 0, 3: 2, 4: 6}[pixels.shape[2] if pixels.ndim > 2 else 1]
    stored = pixels.copy()
    if kind:
        stored[:, :, 0], stored[:, :, 2] = pixels[:, :, 2], pixels[:, :, 0]
    if kind == 6:
        stored[:, :, :3] = (stored[:, :, :3] * pixels[:, :, 3:] + 127) // 255
    rows = b"".join(b"\0" + row.astype(np.uint8).tobytes() for row in stored)
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = deflater.compress(rows) + deflater.flush()
    header = image.width.to_bytes(4) + image.height.to_bytes(4) + bytes((8, kind, 0, 0, 0))
    return joined([
        (b"CgBI", b"\x50\0\x20\x06"),
        (b"IHDR", header),
        (b"IDAT", stream[:9000]),
        (b"IDAT", stream[9000:]),
        (b"IEND", b""),
    ])  # fmt: skip


def test_the_kept_png_of_apples() -> None:
    folder = "apple-cgbi-png"
    found = hash_image(case(folder, "cgbi.png"))
    assert found.hash - known(folder)["shown"] <= 2
    assert found.complete


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_apples_png_has_its_colours_exchanged_back(mode: str) -> None:
    image = picture().convert(mode)
    options = HashOptions(algorithms=("pdq", "colorhash-42"))
    found, plain = hash_image(apples(image), options), hash_image(encoded(image, "PNG"), options)
    assert found.hash - plain.hash <= 2
    assert found.hashes["colorhash-42"] == plain.hashes["colorhash-42"]


def test_apples_png_is_divided_by_its_alpha_again() -> None:
    pixels = np.asarray(picture().convert("RGBA")).copy()
    pixels[:, :, 3] = np.linspace(30, 255, 420).astype(np.uint8)
    image = Image.fromarray(pixels)
    options = HashOptions(variants=True)
    found, plain = hash_image(apples(image), options), hash_image(encoded(image, "PNG"), options)
    assert found.flags == plain.flags == ("alpha",)
    for ours, theirs in zip(found.readings, plain.readings, strict=True):
        assert ours.hash - theirs.hash <= 4


def test_a_cut_png_of_apples_says_how_much_is_there() -> None:
    data = apples(picture())
    found = hash_image(data[: len(data) // 2])
    assert found.reason is Reason.TRUNCATED
    assert 0.3 < found.fraction < 0.7


def test_limits_hold_before_anything_is_inflated() -> None:
    data = apples(picture())
    with pytest.raises(UnreadableImageError) as caught:
        hash_image(data, HashOptions(limits=Limits(max_pixels=1000)))
    assert caught.value.reason is Reason.TOO_MANY_PIXELS
