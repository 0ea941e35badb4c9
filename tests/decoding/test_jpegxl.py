"""JPEG XL beyond what the matrix of formats covers."""

import base64
from itertools import pairwise

import pytest
from PIL import Image

from hashmatch.decoding.jpegxl_header import orientation_of
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import hash_image
from hashmatch.model.orientation import Orientation
from tests.support.photos import bits_apart
from tests.support.valid_files import encoded, rgb

pylibjxl = pytest.importorskip("pylibjxl")

_TWO_FRAMES = base64.b64decode(
    "/wpFBAFYUFwSCAigAgAAIAFLKDQyjgUPTAAYd5fn5QKSAFBoBACIERoDCDP9GAf0Egj0cvuEQwyYSGIUgVobL1Y8"
    "Pomu6RhH9mJpYoXKB/HxCZAnZJMQ1QQICKBCAAAYAUsoNDKOBQ9MQ2kMZjJ9wgUkAfhLKgB4x8Vq+NlwjBbQLu9+"
    "oou519Jb27XgYcrivuVqAaEGUACIAbiZPlkvI7gvr7oAOhI="
)
"""Two frames of 24×24 pixels: an animated GIF of Pillow's, by `cjxl -d 0 -e 9` (libjxl 0.7)."""


def test_frames_that_are_not_read_are_said() -> None:
    found = hash_image(_TWO_FRAMES)
    assert found.reason is Reason.UNSUPPORTED
    assert (found.frames, found.fraction) == (1, 1.0)
    assert "unread-picture" in found.flags


@pytest.mark.parametrize("share", [0.1, 0.2, 0.4])
def test_what_is_cut_is_damaged(share: float) -> None:
    with pytest.raises(UnreadableImageError) as failed:
        hash_image(_TWO_FRAMES[: int(len(_TWO_FRAMES) * share)])
    assert failed.value.reason is Reason.DAMAGED


def _turned(orientation: int, size: tuple[int, int] = (90, 70)) -> tuple[bytes, bytes]:
    """A JPEG with this orientation, and the JPEG XL that libjxl makes of it without loss."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = encoded(rgb(*size), "JPEG", exif=exif, quality=95)
    return photo, pylibjxl.jpeg_to_jxl(photo)


def _bare(data: bytes) -> bytes:
    """The code stream alone, of a file in boxes."""
    starts = [0]
    while starts[-1] < len(data):
        starts.append(starts[-1] + int.from_bytes(data[starts[-1] : starts[-1] + 4]))
    boxes = [data[start:end] for start, end in pairwise(starts)]
    streams = {b"jxlc": 8, b"jxlp": 12}
    return b"".join(box[streams[box[4:8]] :] for box in boxes if box[4:8] in streams)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_that_was_applied_is_said(orientation: int) -> None:
    photo, data = _turned(orientation)
    for each in (data, _bare(data)):
        found = hash_image(each)
        assert ("oriented" in found.flags) == (orientation != 1)
        assert (found.width, found.height) == ((90, 70) if orientation < 5 else (70, 90))
        assert bits_apart(found.hash.value, hash_image(photo).hash.value) <= 4


@pytest.mark.parametrize(
    "size", [(8, 8), (256, 256), (128, 64), (96, 128), (300, 200), (1023, 9), (9, 8200)]
)
def test_every_form_of_a_size_is_passed_over(size: tuple[int, int]) -> None:
    _, data = _turned(6, size)
    assert orientation_of(data) is Orientation.ROTATED_90


def test_a_header_that_is_cut_says_nothing() -> None:
    _, data = _turned(6)
    for length in range(len(data)):
        assert orientation_of(data[:length]) in Orientation
    assert orientation_of(bytes(100)) is Orientation.UPRIGHT
