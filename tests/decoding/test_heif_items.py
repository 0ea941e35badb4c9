"""Sound pictures in boxes that nobody here reads are no damaged ones."""

import struct

import pytest

from hashmatch.decoding.heif_items import refusal
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import hash_image, hash_item, hash_video
from tests.support.places import FIXTURES

_HEIC = (FIXTURES / "heic" / "plain.heic").read_bytes()
_GRID = (FIXTURES / "heic" / "grid.heic").read_bytes()
_AVIF = (FIXTURES / "avif" / "orientation-1.avif").read_bytes()


def failure(data: bytes) -> UnreadableImageError:
    """Why it cannot be read."""
    with pytest.raises(UnreadableImageError) as failed:
        hash_image(data)
    return failed.value


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (b"j2k1", "JPEG 2000"),
        (b"vvc1", "VVC"),
        (b"unci", "no compression"),
        (b"av01", "AV1"),
        (b"evc1", "EVC"),
        (b"avc1", "AVC"),
        (b"jpeg", "JPEG"),
    ],
)
@pytest.mark.parametrize("data", [_HEIC, _GRID])
def test_a_heif_coded_in_another_way_is_unsupported(data: bytes, kind: bytes, title: str) -> None:
    failed = failure(data.replace(b"hvc1", kind).replace(b"hvcC", kind[:3] + b"C"))
    assert failed.reason is Reason.UNSUPPORTED
    assert f"coded with {title} " in failed.detail
    # The type of the item alone may be damage.
    assert failure(data.replace(b"hvc1", kind)).reason is Reason.DAMAGED


@pytest.mark.parametrize(("kind", "title"), [(b"hvc1", "HEVC"), (b"vvc1", "VVC")])
def test_an_avif_coded_in_another_way_is_unsupported(kind: bytes, title: str) -> None:
    failed = failure(_AVIF.replace(b"av01", kind).replace(b"av1C", kind[:3] + b"C"))
    assert failed.reason is Reason.UNSUPPORTED
    assert f"coded with {title} " in failed.detail


def with_profile(data: bytes, box: bytes, value: int, *, everywhere: bool = True) -> bytes:
    """The file with another profile in its configuration, and no coded picture of that kind.

    Args:
        data: the file.
        box: the name of the configuration's box.
        value: of its second byte.
        everywhere: also in the sequence parameters of HEVC inside.
    """
    changed = bytearray(data)
    at = data.index(box) + 4
    changed[at + 1] = value
    if box == b"hvcC" and everywhere:
        changed[data.index(b"\x42\x01\x01", at) + 3] = value
    middle = len(data) * 2 // 3
    changed[middle:] = bytes(len(data) - middle)
    return bytes(changed)


@pytest.mark.parametrize(
    ("data", "box", "value", "reason"),
    [
        (_HEIC, b"hvcC", 9, Reason.UNSUPPORTED),
        (_HEIC, b"hvcC", 3, Reason.DAMAGED),
        (_AVIF, b"av1C", 3 << 5, Reason.UNSUPPORTED),
        (_AVIF, b"av1C", 0, Reason.DAMAGED),
    ],
)
def test_profiles_that_no_decoder_has_are_unsupported(
    data: bytes, box: bytes, value: int, reason: Reason
) -> None:
    cut = with_profile(data, box, value)[: len(data) // 2]
    assert failure(cut).reason is reason


def test_a_profile_that_only_one_place_gives_may_be_damage() -> None:
    cut = with_profile(_HEIC, b"hvcC", 9, everywhere=False)[: len(_HEIC) // 2]
    assert failure(cut).reason is Reason.DAMAGED


def with_depth(data: bytes, configuration: int, properties: int) -> bytes:
    """The first half of a file, with other depths in its configuration and its properties."""
    changed = bytearray(data)
    changed[data.index(b"hvcC") + 4 + 17] = 0xF8 | configuration - 8
    at = data.index(b"pixi") + 9
    changed[at : at + 3] = bytes((properties,) * 3)
    return bytes(changed[: len(data) // 2])


def test_depths_that_no_decoder_has_are_unsupported_where_both_places_agree() -> None:
    failed = failure(with_depth(_HEIC, 15, 15))
    assert failed.reason is Reason.UNSUPPORTED
    assert "15 bits" in failed.detail
    assert failure(with_depth(_HEIC, 15, 8)).reason is Reason.DAMAGED
    assert failure(with_depth(_HEIC, 12, 12)).reason is Reason.DAMAGED


def test_no_single_wrong_bit_makes_a_damaged_picture_an_unsupported_one() -> None:
    end = _HEIC.index(b"mdat")
    cut = _HEIC[: end + 400]
    for bit in range(8 * 16, 8 * end):
        changed = bytearray(cut)
        changed[bit // 8] ^= 1 << bit % 8
        told = refusal(bytes(changed), "heif")
        assert told is None or b"moov" in changed, bit


def encrypted(data: bytes, kind: bytes) -> bytes:
    """The file with its items marked as protected; the box that says how is put into free space."""
    at = data.index(b"infe\2")
    while at >= 0:
        if data[at + 12 : at + 16] == kind:
            data = data[: at + 10] + b"\0\1" + data[at + 12 :]
        at = data.find(b"infe\2", at + 4)
    return data + b"\0\0\0\x0cfreeipro"


@pytest.mark.parametrize(("data", "kind"), [(_HEIC, b"hvc1"), (_GRID, b"hvc1"), (_AVIF, b"av01")])
def test_an_encrypted_picture_is_said_to_be_encrypted(data: bytes, kind: bytes) -> None:
    assert failure(encrypted(data, kind)).reason is Reason.ENCRYPTED
    assert hash_image(encrypted(data, b"Exif")).reason is None


@pytest.mark.parametrize("data", [_HEIC, _GRID, _AVIF])
def test_a_picture_that_is_cut_is_damaged(data: bytes) -> None:
    for share in (0.1, 0.5, 0.9):
        assert failure(data[: int(len(data) * share)]).reason is Reason.DAMAGED


@pytest.mark.parametrize("brand", [b"hevc", b"msf1", b"heic", b"hevx"])
def test_a_sequence_of_pictures_is_a_film(brand: bytes) -> None:
    film = (FIXTURES / "films" / "mp4-hevc.mp4").read_bytes()
    assert film[:8] == b"\0\0\0\x1cftyp"
    sequence = film[:8] + brand + b"\0\0\0\0msf1hevciso8" + film[28:]
    item = hash_item(sequence)
    assert item.media is not None
    assert item.media.is_video
    assert (item.media.reason, item.media.flags) == (None, ())
    assert item.media.readings == hash_video(film).readings == hash_video(sequence).readings
    assert failure(sequence).reason is Reason.UNSUPPORTED


def test_a_sequence_that_cannot_be_read_does_not_hide_the_picture_that_stands_for_it() -> None:
    film = (FIXTURES / "films" / "mp4-hevc.mp4").read_bytes()
    start = film.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", film, start)
    item = hash_item(_HEIC + film[start : start + size])
    assert item.media is not None
    assert item.media.hash == hash_image(_HEIC).hash


def test_all_pictures_of_a_collection_are_hashed() -> None:
    found = hash_image((FIXTURES / "heic" / "collection.heic").read_bytes())
    assert (found.frames, found.reason) == (2, None)
    assert [reading.frame for reading in found.readings] == [1, 0]
