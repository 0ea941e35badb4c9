import io
import struct
from random import Random

import pytest

from hashmatch.kinds import pairs
from hashmatch.model.locator import Range
from hashmatch.sources.inside import carving, extents
from hashmatch.sources.inside.base import Inner
from hashmatch.sources.inside.carving import Carving
from hashmatch.sources.inside.signatures import SIGNATURES
from tests.support.inner_members import SimpleBudget, contents, endure, members, picture
from tests.support.photos import photo

KINDS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "JPEG2000", "AVIF")


def _noise(count: int, seed: int) -> bytes:
    return Random(seed).randbytes(count)


def _avi(frames: int = 3) -> bytes:
    jpeg = picture("JPEG")
    jpeg += b"\0" * (len(jpeg) % 2)
    chunks = b"".join(b"00dc" + struct.pack("<I", len(jpeg)) + jpeg for _ in range(frames))
    movie = b"LIST" + struct.pack("<I", len(chunks) + 4) + b"movi" + chunks
    return b"RIFF" + struct.pack("<I", len(movie) + 4) + b"AVI " + movie


def _exif_jpeg() -> bytes:
    """A JPEG with a thumbnail in its metadata."""
    from PIL import Image

    thumbnail = picture("JPEG", 32)
    exif = Image.Exif()
    exif[0x0112] = 1
    plain = exif.tobytes()
    segment = plain + thumbnail
    out = io.BytesIO()
    photo("astronaut").resize((64, 64)).save(out, "JPEG")
    data = out.getvalue()
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + data[2:]


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_every_kind_are_found_with_their_own_length(kind: str) -> None:
    data = picture(kind)
    around = _noise(10_001, 1) + data + _noise(777, 2) + data
    found = members(Carving(), around)
    first, second = Range(10_001, len(data)), Range(10_778 + len(data), len(data))
    assert [(step, each == data) for step, each in found] == [(first, True), (second, True)]


def test_pictures_side_by_side_are_told_apart_and_the_last_ends_with_the_file() -> None:
    all_of_them = [picture(kind) for kind in KINDS] + [_avi()]
    assert [each for _, each in members(Carving(), b"".join(all_of_them))] == all_of_them


def test_a_thumbnail_in_metadata_is_not_counted_twice() -> None:
    data = _exif_jpeg()
    assert data.count(b"\xff\xd8\xff") == 2
    assert [each for _, each in members(Carving(), b"abc" + data + b"def")] == [data]


def test_frames_of_a_whole_film_are_not_counted_but_those_of_a_cut_one_are() -> None:
    film = _avi()
    assert [each for _, each in members(Carving(), b"abc" + film)] == [film]
    assert picture("JPEG") in contents(Carving(), film[:-3])


def test_a_jpeg_that_is_cut_ends_where_the_next_picture_begins() -> None:
    whole = picture("JPEG")
    found = members(Carving(), whole[: len(whole) // 2] + whole + b"tail")
    assert [each for _, each in found] == [whole[: len(whole) // 2], whole]


def test_what_only_looks_like_a_beginning_is_none() -> None:
    text = b"GIF89a RIFF WEBP BM II*\0 MM\0* ftyp \xff\xd8\xff\xe0 \x89PNG\r\n\x1a\n" * 50
    assert members(Carving(), text) == []


@pytest.mark.parametrize("shift", range(12))
def test_a_signature_across_the_end_of_a_piece_is_found(
    shift: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carving, "_PIECE", 1 << 12)
    monkeypatch.setattr(pairs, "_BLOCK", 1 << 9)
    data = b"".join(bytes((1 << 12) - 6 + shift) + picture(kind) for kind in KINDS)
    assert [each for _, each in members(Carving(), data)] == [picture(kind) for kind in KINDS]


def test_damaged_bytes_raise_nothing() -> None:
    seeds = {kind: b"x" * 99 + picture(kind) + b"y" * 99 for kind in KINDS} | {"AVI": _avi()}
    assert endure(Carving(), seeds, 60) > 100


def test_members_are_counted_and_open_one_after_the_other() -> None:
    file = io.BytesIO(picture("JPEG") + picture("PNG"))
    inners = [each for each in Carving()(file, SimpleBudget()) if isinstance(each, Inner)]
    for inner, kind in zip(inners, ("JPEG", "PNG"), strict=True):
        assert inner.open
        with inner.open() as member:
            assert member.read() == picture(kind)
    assert not file.closed


def test_short_pieces_are_searched_like_long_ones() -> None:
    chance = Random(5)
    for _ in range(300):
        piece = bytearray(chance.randbytes(chance.randrange(40, 400)))
        for _ in range(chance.randrange(4)):
            signature, _, _ = chance.choice(SIGNATURES)
            at = chance.randrange(len(piece) - 38)
            piece[at : at + len(signature)] = signature
        data, count = bytes(piece), len(piece)
        one, other = (
            [each for each in find(data, count) if each[1] is not extents.bmp]
            for find in (carving._in_short, carving._in_long)
        )
        assert set(one) == set(other)
        assert one == sorted(one, key=lambda each: each[0])
