"""Luma of HEIC straight from the codec is that of libheif's RGB, and doubtful files are left to it.

The files were made by another program's encoder (`tests/fixtures/make_heic.py`).
"""

import itertools
import random
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hashmatch import HashOptions, hash_image
from hashmatch.decoding import heic, heic_layout, heif_items, heif_metadata, pillow
from hashmatch.decoding.decoded import Decoded, Wanted
from hashmatch.decoding.heic_layout import cropped, layout_of
from hashmatch.decoding.heif_places import Place, places
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.model import Decoder, Mode
from hashmatch.model.orientation import Orientation
from tests.support.places import FIXTURES

KINDS = sorted((FIXTURES / "heic-kinds").glob("*.heic"))
PHOTOS = sorted((FIXTURES / "heic").glob("*.heic"))
LEFT = {"alpha", "collection", "matrix-1-full", "matrix-9-limited"}
"""Files whose luma is not that of PDQ, or that need more than luma."""
TILES = (FIXTURES / "heic-kinds" / "tiles-turned-1.heic").read_bytes()
ODD = (FIXTURES / "heic-kinds" / "odd.heic").read_bytes()
_MEAN, _BITS = 1.0, 2
"""How far luma may be off on average, by rounding, and bits of PDQ by it."""


def fast(data: bytes) -> Decoded:
    return heic.decode(data, Wanted(), Limits())


def slow(data: bytes) -> Decoded:
    return pillow.decode(data, "heif", Wanted(), Limits())


def difference(one: Decoded, other: Decoded) -> float:
    """Of their luma on average, as both are shown."""
    first, second = one.frames[0].raster, other.frames[0].raster
    assert first.luma.shape == second.luma.shape
    assert first.orientation is second.orientation is Orientation.UPRIGHT
    return float(np.abs(first.luma.astype(np.float64) - second.luma).mean())


@pytest.mark.parametrize("path", KINDS + PHOTOS, ids=lambda path: path.stem)
def test_luma_is_that_of_rgb(path: Path) -> None:
    data = path.read_bytes()
    if path.stem in LEFT:
        with pytest.raises(UnreadableImageError) as left:
            fast(data)
        assert left.value.reason is Reason.UNSUPPORTED
        assert hash_image(data).decoder is Decoder.PI_HEIF
        return
    found = fast(data)
    assert (found.decoder, found.mode, found.flags) == (Decoder.LIBAV, Mode.FAST, slow(data).flags)
    assert difference(found, slow(data)) < _MEAN


@pytest.mark.parametrize("path", KINDS + PHOTOS, ids=lambda path: path.stem)
def test_hashes_are_those_of_rgb(path: Path) -> None:
    quick, exact = hash_image(path), hash_image(path, HashOptions(mode=Mode.EXACT))
    assert exact.decoder is Decoder.PI_HEIF
    assert quick.hash - exact.hash <= _BITS
    assert quick.quality == exact.quality


def test_a_picture_of_tiles_is_whole_however_it_is_turned() -> None:
    """All eight files show the same, upright."""
    shown = [fast(path.read_bytes()) for path in KINDS if path.stem.startswith("tiles")]
    upright = shown[0].frames[0].raster.luma
    assert len(shown) == 8
    for each in shown[1:]:
        other = each.frames[0].raster.luma
        assert {*other.shape} == {*upright.shape}
    assert difference(shown[0], slow(TILES)) < _MEAN


def changed(data: bytes, box: bytes, offset: int, value: bytes, *, last: bool = False) -> bytes:
    """The file with other bytes at this offset from the name of a box."""
    at = (data.rindex(box) if last else data.index(box)) + offset
    return data[:at] + value + data[at + len(value) :]


def box(name: bytes, *contents: bytes) -> bytes:
    body = b"".join(contents)
    return struct.pack(">I", 8 + len(body)) + name + body


_DOUBTFUL = {
    "more rows than tiles": changed(TILES, b"idat", 6, b"\x07"),
    "other columns": changed(TILES, b"idat", 7, b"\x00"),
    "another size than its grid": changed(TILES, b"idat", 8, b"\x02"),
    "tiles that do not reach": changed(TILES, b"ispe", 8, struct.pack(">I", 64), last=True),
    "no tiles at all": TILES.replace(b"dimg", b"dimx"),
    "an unknown coding": TILES.replace(b"hvc1", b"hvc9"),
    "no configuration": TILES.replace(b"hvcC", b"hvcX"),
    "a piece beyond the file": changed(TILES, b"iloc", 14, b"\xff\xff"),
    "scaled in a way unknown": ODD.replace(b"clap", b"iscl"),
    "cropped beyond the picture": changed(ODD, b"clap", 4, struct.pack(">I", 999)),
    "cropped by half a pixel": changed(ODD, b"clap", 24, struct.pack(">I", 3)),
    "cut short": ODD[:-600],
    "without boxes": ODD[:40],
}


@pytest.mark.parametrize("data", _DOUBTFUL.values(), ids=_DOUBTFUL)
def test_what_is_doubtful_is_left(data: bytes) -> None:
    with pytest.raises(UnreadableImageError) as left:
        fast(data)
    assert left.value.reason is Reason.UNSUPPORTED


def with_property(name: str, new: bytes, associated: bytes) -> bytes:
    """A file with another property in the place of its profile of colours, padded to that size."""
    data = (FIXTURES / "heic-kinds" / f"{name}.heic").read_bytes()
    at = data.index(b"colr") - 4
    room = int.from_bytes(data[at : at + 4]) - len(new)
    data = data[:at] + new + box(b"free", bytes(room - 8)) + data[at + len(new) + room :]
    return changed(data, b"ipma", 14, bytes([len(associated)]) + associated)


_CROP = struct.pack(">8i", 158, 1, 118, 1, 0, 1, 0, 1)
_LIMITED, _SAID_FULL = (b"nclx" + struct.pack(">HHHB", 1, 13, 6, full) for full in (0, 0x80))


def test_grey_and_cropped_pictures_of_limited_range_are_left() -> None:
    """libheif takes grey for full range, and forgets the range of what it crops."""
    left = (
        with_property("limited-codec", box(b"clap", _CROP), b"\x81\x82\4\5"),
        with_property("grey", box(b"colr", _LIMITED), b"\x81\2\4\6\x85"),
        with_property("odd", box(b"colr", _LIMITED), b"\x81\2\4\6\x85"),
    )
    for data in left:
        assert slow(data).frames
        with pytest.raises(UnreadableImageError):
            fast(data)
    read = (
        with_property("matrix-2-full", box(b"clap", _CROP), b"\x81\x82\4\5"),
        with_property("grey", box(b"colr", _SAID_FULL), b"\x81\2\4\6\x85"),
        with_property("limited-codec", box(b"colr", _LIMITED), b"\x81\2\4\5"),
    )
    for data in read:
        assert difference(fast(data), slow(data)) < _MEAN


def test_tiles_may_not_be_the_same_bytes_many_times() -> None:
    """A small file cannot make its reader decode far more than it holds."""
    places = TILES.index(b"iloc")
    sizes = [len(tile.data) for tile in layout_of(TILES).tiles]
    whole = struct.pack(">I", len(TILES) - 1)
    greedy = TILES
    for size in sizes:
        at = greedy.index(struct.pack(">I", size), places)
        greedy = greedy[: at - 4] + bytes(4) + whole + greedy[at + 4 :]
    with pytest.raises(UnreadableImageError):
        layout_of(greedy)


def test_pictures_beyond_the_limit_are_refused() -> None:
    with pytest.raises(UnreadableImageError) as refused:
        heic.decode(TILES, Wanted(), Limits(max_pixels=1000))
    assert refused.value.reason is Reason.TOO_MANY_PIXELS


def test_tiles_far_larger_than_their_picture_are_left() -> None:
    with pytest.raises(UnreadableImageError) as left:
        heic.decode(TILES, Wanted(), Limits(max_pixels=80_000))
    assert left.value.reason is Reason.UNSUPPORTED
    assert pillow.decode(TILES, "heif", Wanted(), Limits(max_pixels=80_000)).frames


def boxed(*contents: bytes) -> bytes:
    return box(b"ftyp", b"heic", bytes(4)) + box(b"meta", bytes(4), *contents)


MANY_OF_NOTHING = bytes(6) + struct.pack(">HHHH", 1, 1, 0, 65_535)
"""What `iloc` says of one item: 65,535 pieces, of which no number takes a byte."""


def test_pieces_of_no_bytes_are_not_read() -> None:
    assert [*places(MANY_OF_NOTHING)] == []
    (whole,) = places(MANY_OF_NOTHING[:-2] + b"\0\1")
    assert whole.pieces == ((0, 0),)


@pytest.mark.parametrize("reader", [heic_layout, heif_metadata])
def test_only_one_box_of_places_is_read(reader: object, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    def noted(body: bytes) -> Iterator[Place]:
        read.append(body)
        return places(body)

    monkeypatch.setattr(reader, "places", noted)
    data = boxed(*[box(b"iloc", MANY_OF_NOTHING[:-2], b"\0\1")] * 9)
    if reader is heic_layout:
        with pytest.raises(UnreadableImageError):
            layout_of(data)
    assert [*heif_metadata.items_of(data)] == []
    assert len(read) == 1


def test_a_configuration_is_read_to_its_end_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    number, calls = heif_items.number, itertools.count()

    def counted(data: bytes, at: int, length: int) -> int:
        next(calls)
        return number(data, at, length)

    monkeypatch.setattr(heif_items, "number", counted)
    config = box(b"hvcC", bytes(22), b"\1\0\xff\xff")
    heif_items.items_in(boxed(box(b"iprp", box(b"ipco", config))))
    assert next(calls) < 100


def test_items_have_no_more_parts_and_properties_than_a_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = [box(b"dimg", struct.pack(">HH", item, 60_000), bytes(120_000)) for item in range(9)]
    found = heif_items.items_in(boxed(box(b"iref", bytes(4), *many)))
    assert sum(map(len, found.parts.values())) == 1 << 18
    assert layout_of(TILES).tiles
    monkeypatch.setattr(heic_layout, "_MOST_GIVEN", 20)
    with pytest.raises(UnreadableImageError):
        layout_of(TILES)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((161, 1, 121, 1, -1, 2, -1, 2), (0, 0, 161, 121)),
        ((100, 1, 60, 1, 0, 1, 0, 1), (31, 31, 100, 60)),
        ((100, 1, 60, 1, 10, 1, -8, 1), (41, 23, 100, 60)),
        ((200, 2, 120, 2, 20, 2, -16, 2), (41, 23, 100, 60)),
        ((162, 1, 122, 1, 0, 1, 0, 1), (0, 0, 162, 122)),
    ],
)
def test_what_is_cropped(numbers: tuple[int, ...], expected: tuple[int, ...]) -> None:
    """Centre of what is left = centre of the picture + offset (ISO/IEC 14496-12, 12.1.4)."""
    assert cropped(struct.pack(">8i", *numbers), 162, 122) == expected


@pytest.mark.parametrize("path", [*KINDS[:4], *KINDS[-8::3]], ids=lambda path: path.stem)
def test_damaged_boxes_never_give_another_picture(path: Path) -> None:
    """Each is left, refused, or read as libheif reads it."""
    data = path.read_bytes()
    end = data.index(b"mdat")
    chance = random.Random(path.stem)
    read = 0
    for _ in range(150):
        mutant = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            mutant[chance.randrange(8, end)] = chance.choice((0, 1, 2, 3, 127, 128, 255))
        try:
            found, expected = fast(bytes(mutant)), slow(bytes(mutant))
        except UnreadableImageError:
            continue
        read += 1
        assert difference(found, expected) < 3 * _MEAN
    assert read > 10
