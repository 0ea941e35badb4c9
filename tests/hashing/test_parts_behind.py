"""Pictures and films behind a picture or film, and in boxes that players pass over."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hashmatch import (
    Matcher,
    hash_image,
    hash_item,
    hash_video,
)
from tests.support.clips import animation, clip, fragmented, pictures
from tests.support.parts_of_files import frames, known, moving, read, still
from tests.support.photos import encoded, photo
from tests.support.places import FIXTURES


@pytest.mark.parametrize("behind", ["PNG", "GIF", "WEBP", "JPEG"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_a_picture_behind_a_picture_is_hashed(form: str, behind: str) -> None:
    first, second = still(form), encoded(photo("coffee").resize((240, 160)), behind)
    item = read(first + second)
    assert item.media is not None
    assert (item.media.frames, "frames" in item.media.flags) == (2, True)
    assert item.media.readings[0] == hash_image(first).readings[0]
    assert hash_image(second).hash in {each.hash for each in item.media.readings if each.frame}
    cut = read(first + second[:80])
    assert cut.media is not None
    if behind != "JPEG":
        assert "unread-picture" in cut.media.flags
        assert cut.media.reason is not None


FILMS = ("mpg-mpeg2", "flv-flv1", "asf-wmv2", "h264-raw", "avi-mpeg4")


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        *(("JPEG", kind) for kind in FILMS),
        *((form, kind) for form in ("JPEG", "PNG", "GIF", "WEBP", "BMP") for kind in ("ts", "mov")),
    ],
)
def test_a_film_of_any_kind_behind_a_picture_is_hashed(form: str, kind: str) -> None:
    if kind == "mov":
        film = clip(seconds=2.0, size=(128, 96)).replace(b"ftyp", b"free", 1)
    else:
        film = clip("ts-h264" if kind == "ts" else kind, seconds=2.0, size=(128, 96))
    image = moving(still(form) + film)
    assert "motion-photo" in image.flags
    assert image.readings[0] == hash_image(still(form)).readings[0]
    assert frames(image.readings, "clip")


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("garbage", [bytes(8), b"\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_picture_behind_other_bytes_is_found(form: str, garbage: bytes) -> None:
    item = read(garbage + still(form))
    assert item.media is not None
    assert "leading-garbage" in item.media.flags
    assert item.media.format == form.lower()
    assert item.media.readings == hash_image(still(form)).readings
    assert read(garbage + still(form)[:40]).unreadable is not None


def test_an_animation_behind_other_bytes_moves() -> None:
    assert frames(moving(bytes(8) + animation("GIF")).readings)
    assert frames(hash_video(bytes(8) + animation("GIF")).readings)


@pytest.mark.usefixtures("no_small_films")
@pytest.mark.parametrize("head", [b"REC\1" + bytes(28), b"HTTP/1.0 200 OK\r\n\r\n--frame\r\n\r\n"])
def test_jpegs_in_a_row_behind_other_bytes_are_a_film(head: bytes) -> None:
    film = [encoded(image, "JPEG") for image in pictures(3.0, 25, (512, 384))]
    video = moving(b"".join(head + each for each in film))
    assert {"mjpeg", "leading-garbage"} <= {*video.flags}
    times = [each.time for each in frames(video.readings)]
    assert times == pytest.approx([0, 1, 2], abs=0.1)


def others(form: str) -> bytes:
    """A small picture in one of the formats that few programs write."""
    small = photo("coffee").resize((240, 160))
    if form in ("HEIF", "AVIF"):
        folder = FIXTURES / ("heic" if form == "HEIF" else "avif")
        name = "plain.heic" if form == "HEIF" else "orientation-1.avif"
        return (folder / name).read_bytes()
    if form == "PSD":
        return psd(small)
    return encoded(small, {"JP2": "JPEG2000"}.get(form, form))


def psd(image: Image.Image) -> bytes:
    width, height = image.size
    head = b"8BPS\0\1" + bytes(6) + b"\0\3" + height.to_bytes(4) + width.to_bytes(4) + b"\0\x08\0\3"
    planes = np.asarray(image).transpose(2, 0, 1).tobytes()
    return head + bytes(12) + b"\0\0" + planes


BEHIND = ("BMP", "TIFF", "HEIF", "AVIF", "JP2", "PSD", "PNG", "JPEG")

FIRST = ("JPEG", "PNG", "TIFF", "HEIF", "AVIF", "JP2", "PSD", "BMP", "QOI", "ICO")


@pytest.mark.parametrize("between", [b"", bytes(64), b"some words of a camera, then the picture: "])
@pytest.mark.parametrize("behind", BEHIND)
def test_pictures_of_further_formats_are_found_behind_a_picture(
    behind: str, between: bytes
) -> None:
    first, second = still("JPEG"), others(behind)
    image = read(first + between + second).media
    assert image is not None
    assert image.readings[0] == hash_image(first).readings[0]
    assert hash_image(second).hash in {each.hash for each in image.readings if each.frame}
    assert image.reason is None


@pytest.mark.parametrize("form", FIRST)
def test_behind_pictures_of_further_formats_all_is_found(form: str) -> None:
    first = others(form)
    alone = hash_image(first)
    for second in (still("PNG"), others("BMP")):
        image = read(first + second).media
        assert image is not None
        assert image.readings[: len(alone.readings)] == alone.readings
        assert hash_image(second).hash in {each.hash for each in image.readings}
    for kind in ("mp4-h264", "ts-h264"):
        film = clip(kind, seconds=2.0, size=(128, 96))
        assert frames(moving(first + film).readings, "clip")
    unknown = bytes(range(1, 256)) * 4
    image = read(first + unknown).media
    assert image is not None
    assert "bytes-behind-1020" in image.flags
    assert image.reason is None
    for padding in (bytes(1000), b"\xff" * 1000, b"\n" * 20):
        image = read(first + padding).media
        assert image is not None
        assert not any(each.startswith("bytes-behind") for each in image.flags)


FILMS_WITH_ENDS = ("mp4-h264", "mkv-h264", "avi-mpeg4", "asf-wmv2", "flv-flv1")


@pytest.mark.parametrize("kind", FILMS_WITH_ENDS)
def test_pictures_behind_a_film_are_hashed(kind: str, tmp_path: Path) -> None:
    film = clip(kind, seconds=2.0, size=(128, 96))
    alone = moving(film)
    for form in ("JPEG", "BMP", "TIFF", "AVIF"):
        second = others(form)
        video = moving(film + second)
        assert video.readings[: len(alone.readings)] == alone.readings
        behind = [each for each in video.readings if each.part == "behind"]
        assert [each.hash for each in behind][:1] == [hash_image(second).hash]
        assert "picture-behind" in video.flags
    (match,) = Matcher([known(tmp_path, "k", behind[0])]).match(video)
    assert (match.distance, match.part) == (0, "")
    broken = moving(film + still("PNG")[:200])
    assert "unread-picture" in broken.flags
    assert broken.reason is not None
    assert f"bytes-behind-{255 * 4}" in moving(film + bytes(range(1, 256)) * 4).flags
    assert moving(film + bytes(1000)).flags == alone.flags
    assert moving(film + b"TAG" + bytes(range(125))).flags == alone.flags


@pytest.mark.parametrize("kind", FILMS_WITH_ENDS)
@pytest.mark.parametrize("second", ["mp4-h264", "avi-mpeg4", "mkv-h264"])
def test_a_second_film_is_hashed(kind: str, second: str) -> None:
    film, further = clip(kind, seconds=2.0), clip(second, seconds=3.0, first=2)
    video = moving(film + further)
    alone = frames(moving(film).readings)
    # FFmpeg goes on with an AVI or Matroska behind one as if it were the same film.
    assert frames(video.readings)[: len(alone) - 1] == alone[:-1]
    if second != kind:
        assert frames(video.readings) == alone
    assert [each.hash for each in frames(video.readings, "clip")] == [
        each.hash for each in frames(hash_video(further).readings)
    ]
    assert "clip" in video.flags
    both = moving(still() + film + further)
    for part, each in (("clip", film), ("clip-2", further)):
        found = [one.hash for one in frames(both.readings, part)]
        wanted = [one.hash for one in frames(hash_video(each).readings)]
        assert found == wanted or (kind == second and found[: len(wanted) - 1] == wanted[:-1])
    assert both.reason is None


@pytest.mark.parametrize("name", [b"free", b"uuid", b"skip", b"what"])
def test_a_picture_in_a_box_that_players_pass_over_is_hashed(name: bytes) -> None:
    head = bytes(range(16)) if name == b"uuid" else b""
    box = (len(still()) + len(head) + 8).to_bytes(4) + name + head + still()
    video = moving(clip() + box)
    behind = [each.hash for each in video.readings if each.part == "behind"]
    assert behind == [hash_image(still()).hash]
    assert moving(clip() + (1008).to_bytes(4) + name + bytes(1000)).flags == moving(clip()).flags


@pytest.mark.parametrize("form", ["BMP", "TIFF", "AVIF", "HEIF", "JP2", "PSD"])
def test_pictures_of_further_formats_are_found_behind_other_bytes(form: str) -> None:
    data = others(form)
    item = read(b"HTTP/1.1 200 OK\r\n\r\n" + data)
    assert item.media is not None
    assert item.media.hash == hash_image(data).hash
    assert "leading-garbage" in item.media.flags


def test_films_of_all_kinds_are_alone() -> None:
    for kind in (
        "mp4-h264",
        "mkv-h264",
        "avi-mpeg4",
        "asf-wmv2",
        "flv-flv1",
        "webm-vp9",
        "ts-h264",
    ):
        video = moving(clip(kind))
        alone = {"clip", "picture-behind", "unread-clip", "unread-picture"}
        assert not alone & set(video.flags)
        assert not any(each.startswith("bytes-behind") for each in video.flags)
        assert video.reason is None
    assert not {"clip", "picture-behind"} & set(moving(fragmented()).flags)


def scrambled(data: bytes, first: int, behind: int) -> bytes:
    """The file with noise in a place."""
    return data[:first] + np.random.default_rng(4).bytes(behind - first) + data[behind:]


@pytest.mark.parametrize(
    ("form", "where"),
    [("PNG", (16, 29)), ("WEBP", (20, 60)), ("BMP", (18, 30))],
)
def test_a_broken_picture_does_not_hide_pictures_behind_it(
    form: str, where: tuple[int, int]
) -> None:
    front, behind = still(form), encoded(photo("chelsea"), "JPEG")
    broken = scrambled(front, *where)
    assert hash_item(broken).media is None
    item = read(broken + behind + encoded(photo("coffee"), "PNG"))
    assert item.media is not None
    assert item.media.reason is hash_item(broken).unreadable.reason  # type: ignore[union-attr]
    assert "picture-behind" in item.media.flags
    hashes = [reading.hash for reading in item.media.readings]
    assert hashes[0] == hash_image(behind).hash
    assert hash_image(encoded(photo("coffee"), "PNG")).hash in hashes


def test_a_jpeg_without_a_size_does_not_hide_pictures_behind_it() -> None:
    front, behind = bytearray(still()), encoded(photo("chelsea"), "JPEG")
    at = front.index(b"\xff\xc0")
    front[at + 5 : at + 9] = bytes(4)
    assert read(bytes(front)).media is None
    item = read(bytes(front) + behind)
    assert item.media is not None
    assert item.media.reason is read(bytes(front)).unreadable.reason  # type: ignore[union-attr]
    assert hash_image(behind).hash in [reading.hash for reading in item.media.readings]


def test_a_broken_film_does_not_hide_pictures_and_films_behind_it() -> None:
    film, behind = clip(), encoded(photo("chelsea"), "JPEG")
    at = film.index(b"moov")
    broken = scrambled(film, at + 4, at + 400)
    assert read(broken).media is None
    item = read(broken + behind)
    assert item.media is not None
    assert [reading.hash for reading in item.media.readings] == [hash_image(behind).hash]
    moving = read(broken + behind + clip()).media
    assert moving is not None
    assert moving.is_video
    assert frames(moving.readings, "clip")
    alone = read(broken + clip()).media
    assert alone is not None
    assert alone.is_video
