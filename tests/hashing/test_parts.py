"""What lies behind or inside a picture, beside a film, in a sound file: nothing of it is unsaid."""

import io
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.stream import Disposition
from PIL import Image

from hashmatch import (
    HashOptions,
    Matcher,
    hash_image,
    hash_item,
    hash_video,
    iter_scan,
)
from hashmatch.errors import Reason
from hashmatch.file_matching import hash_options
from hashmatch.hashlists.reading import read_list
from hashmatch.model import Alpha
from hashmatch.model.alignment import part_of, source_and_look
from tests.support.clips import animation, clip, pictures
from tests.support.clips import encoded as frames_of
from tests.support.films import facts
from tests.support.parts_covers import id3, sound
from tests.support.parts_of_files import frames, heic, known, moving, read, still
from tests.support.photos import encoded, photo
from tests.support.places import FIXTURES

CASES = FIXTURES / "cases"


@pytest.mark.parametrize("name", ["MVIMG.jpg", "samsung.jpg"])
def test_motion_photos_of_the_field_match(name: str) -> None:
    folder = CASES / "22-motion-photo"
    item = hash_item(folder / name)
    assert item.media is not None
    assert "motion-photo" in item.media.flags
    found = Matcher([read_list(folder / "known.csv")]).match(item)
    assert {match.entry_id for match in found} == {"second0", "second1", "second2", "second3"}
    assert found[0].segments[0].part.startswith("clip")


def samsung(picture: bytes, film: bytes) -> bytes:
    trailer = b"SEFHk\0\0\0\1\0\0\0\0\0\x30\x0a" + (len(film) + 24).to_bytes(4, "little")
    trailer += len(film).to_bytes(4, "little") + b"\x24\0\0\0SEFT"
    return picture + b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + film + trailer


def boxed(picture: bytes, film: bytes) -> bytes:
    return picture + (len(film) + 8).to_bytes(4) + b"mpvd" + film


@pytest.mark.parametrize(
    ("picture", "joined"),
    [
        ("JPEG", lambda picture, film: picture + film),
        ("JPEG", lambda picture, film: picture + bytes(4096) + film + bytes(100)),
        ("JPEG", samsung),
        ("HEIC", boxed),
        ("HEIC", lambda picture, film: picture + film),
        ("PNG", lambda picture, film: picture + film),
        ("WEBP", lambda picture, film: picture + film),
        ("TIFF", lambda picture, film: picture + film),
    ],
)
def test_the_clip_of_a_motion_photo_is_hashed_behind_the_picture(
    picture: str, joined: Any, tmp_path: Path
) -> None:
    data = heic() if picture == "HEIC" else still(picture)
    film = clip("mkv-h264" if picture == "TIFF" else "mp4-h264", seconds=3.0)
    alone, whole = hash_image(data), moving(joined(data, film))
    assert whole.readings[: len(alone.readings)] == alone.readings
    assert (whole.format, whole.width, whole.height) == (alone.format, alone.width, alone.height)
    assert "motion-photo" in whole.flags
    by_itself = hash_video(film)
    assert [each.hash for each in frames(whole.readings, "clip")] == [
        each.hash for each in frames(by_itself.readings)
    ]
    assert facts(whole).duration == facts(by_itself).duration
    assert all(source_and_look(each.part)[0] == "clip" for each in whole.readings if each.time)
    # The picture and a frame of the clip are each met.
    later = next(each for each in frames(by_itself.readings) if each.time == pytest.approx(2.0))
    matcher = Matcher([known(tmp_path, "k", alone.readings[0], later)])
    found = {match.entry_id: match for match in matcher.match(whole)}
    assert set(found) == {"0", "1"}
    assert found["0"].distance == 0
    assert found["1"].segments[0].start == pytest.approx(2, abs=0.2)


def test_the_library_reads_the_clip_alone() -> None:
    film = clip()
    assert [each.hash for each in frames(hash_video(still() + film).readings)] == [
        each.hash for each in frames(hash_video(film).readings)
    ]


def test_a_clip_that_cannot_be_read_is_flagged() -> None:
    broken = clip()[:3000]
    item = read(still() + broken)
    assert item.media is not None
    assert "unread-clip" in item.media.flags
    assert item.media.reason is Reason.DAMAGED
    assert item.media.readings == hash_image(still()).readings


def test_a_broken_picture_does_not_hide_its_clip() -> None:
    item = read(still()[:300] + clip())
    assert item.media is not None
    assert item.media.is_video
    assert item.media.reason is not None
    assert frames(item.media.readings, "clip")


def test_ordinary_pictures_have_no_clip() -> None:
    for form in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"):
        item = read(still(form))
        assert item.media is not None
        assert not item.media.is_video
        assert not {"motion-photo", "unread-clip", "frames", "mjpeg"} & set(item.media.flags)
    assert not hasattr(read(heic()).media, "duration")
    assert facts(read(animation("GIF")).media)


def with_streams(*streams: tuple[int, float, str], form: str = "matroska") -> bytes:
    """A film with several streams: the first scene, seconds, and disposition of each."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form) as out:
        made: list[Any] = []
        for _, _, disposition in streams:
            stream: Any = out.add_stream("libx264", rate=25, options={"preset": "veryfast"})
            stream.width, stream.height, stream.pix_fmt = 192, 144, "yuv420p"
            stream.codec_context.time_base = Fraction(1, 25)
            if disposition:
                stream.disposition = Disposition[disposition]
            made.append(stream)
        for stream, (first, seconds, _) in zip(made, streams, strict=True):
            for number, image in enumerate(pictures(seconds, 25, first=first)):
                frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["matroska", "mp4", "mpegts"])
def test_every_stream_is_hashed_and_the_longest_is_the_film(form: str, tmp_path: Path) -> None:
    video = moving(with_streams((2, 1.0, ""), (0, 5.0, ""), form=form))
    film = hash_video(clip("mp4-h264", seconds=5.0))
    assert "streams" in video.flags
    assert max(each.time or 0 for each in frames(video.readings)) >= 4 or form == "mpegts"
    parts = {source_and_look(each.part)[0] for each in video.readings}
    assert len(parts) == 2
    both = [each for each in video.readings if source_and_look(each.part)[1] == ""]
    other = hash_video(clip("mp4-h264", seconds=2.0, first=2))
    for one in (frames(film.readings)[0], frames(other.readings)[0]):
        assert min(each.hash - one.hash for each in both) <= 20
        assert Matcher([known(tmp_path, "k", one)]).match(video)


def test_of_streams_as_long_the_default_one_is_the_film() -> None:
    video = moving(with_streams((2, 2.0, ""), (0, 2.0, "default")))
    first = frames(hash_video(clip("mp4-h264", seconds=2.0)).readings)[0]
    assert video.readings[0].hash - first.hash <= 20
    assert {source_and_look(each.part)[0] for each in video.readings} == {"", "stream-1"}


@pytest.mark.usefixtures("no_small_films")
def test_jpegs_in_a_row_are_further_pictures_and_many_of_one_size_a_film() -> None:
    names = ("astronaut", "rocket", "coffee")
    three = [encoded(photo(name), "JPEG") for name in names]
    item = read(b"\0\0\0".join(three))
    assert item.media is not None
    assert (item.media.frames, "frames" in item.media.flags) == (3, True)
    assert {each.hash for each in item.media.readings} == {hash_image(each).hash for each in three}
    film = [encoded(image, "JPEG") for image in pictures(3.0, 25, (512, 384))]
    video = moving(b"".join(film))
    assert "mjpeg" in video.flags
    assert facts(video).codec == "mjpeg"
    assert [each.time for each in frames(video.readings)] == pytest.approx([0, 1, 2], abs=0.1)
    first = hash_image(film[0]).hash
    assert frames(video.readings)[0].hash - first <= 12


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_an_archive_behind_a_picture_is_named(form: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.bin", bytes(range(256)))
    item = read(still(form) + bytes(12) + buffer.getvalue())
    assert item.media is not None
    assert item.container == "zip archive"
    assert (item.media.reason, item.media.fraction) == (Reason.CONTAINER, 1.0)
    assert item.media.readings == hash_image(still(form)).readings
    assert read(still(form) + bytes(5000)).container == ""


def test_thumbnails_are_no_further_pictures() -> None:
    exif = Image.Exif()
    thumbnail = encoded(photo("coffee").resize((160, 120)), "JPEG")
    exif.get_ifd(0x8769)
    data = encoded(photo("astronaut"), "JPEG", exif=exif)
    app13 = b"\xff\xed" + (len(thumbnail) + 2).to_bytes(2) + thumbnail
    item = read(data[:2] + app13 + data[2:])
    assert item.media is not None
    assert item.media.frames == 1


def test_parts_are_put_together_and_taken_apart() -> None:
    for source in ("", "clip", "cover", "stream-3"):
        for look in ("", "content", "content-2", "widened"):
            assert source_and_look(part_of(source, look)) == (source, look)


def see_through(container: str, codec: str, pixels: str) -> bytes:
    """A disc that is shown, and a picture around it that is not."""
    hidden = np.asarray(photo("rocket").resize((192, 144)))
    rows, columns = np.mgrid[:144, :192]
    alpha = np.where((rows - 72) ** 2 + (columns - 96) ** 2 < 60**2, 255, 0).astype(np.uint8)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        options = {"auto-alt-ref": "0", "crf": "10", "b": "2M"} if "vpx" in codec else {}
        stream: Any = out.add_stream(codec, rate=10, options=options)
        stream.width, stream.height, stream.pix_fmt = 192, 144, pixels
        for _ in range(12):
            pixels_of = np.dstack([hidden, alpha])
            frame = av.VideoFrame.from_ndarray(pixels_of, format="rgba")
            out.mux(stream.encode(frame.reformat(format=pixels)))
        out.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("container", "codec", "pixels"),
    [
        ("webm", "libvpx", "yuva420p"),
        ("webm", "libvpx-vp9", "yuva420p"),
        ("mov", "png", "rgba"),
        ("mov", "qtrle", "argb"),
        ("mov", "prores_ks", "yuva444p10le"),
        ("matroska", "ffv1", "yuva420p"),
    ],
)
def test_transparent_parts_of_videos_are_white(container: str, codec: str, pixels: str) -> None:
    video = moving(see_through(container, codec, pixels), variants=True)
    assert "alpha" in video.flags
    shown = [each for each in frames(video.readings) if each.alpha is Alpha.COMPOSITED]
    hidden = [each for each in frames(video.readings) if each.alpha is Alpha.DROPPED]
    rows, columns = np.mgrid[:144, :192]
    inside = ((rows - 72) ** 2 + (columns - 96) ** 2 < 60**2)[:, :, None]
    picture = np.asarray(photo("rocket").resize((192, 144)))
    on_white = Image.fromarray(np.where(inside, picture, 255).astype(np.uint8))
    for found, seen in ((shown, on_white), (hidden, Image.fromarray(picture))):
        opaque = frames(hash_video(frames_of(iter([seen] * 12), "matroska", "ffv1")).readings)
        assert found[0].hash - opaque[0].hash <= 14
    assert shown[0].hash - hidden[0].hash > 40
    assert len(shown) == len(hidden) == 2


def test_a_sticker_of_the_field_matches(tmp_path: Path) -> None:
    folder = CASES / "20-webm-alpha"
    item = hash_item(folder / "sticker.webm", HashOptions(variants=True))
    assert item.media is not None
    assert "alpha" in item.media.flags
    met = {
        match.entry_id: match for match in Matcher([read_list(folder / "known.csv")]).match(item)
    }
    assert max(met[each].distance for each in ("second0", "second1")) <= 10
    assert met["second1"].segments[0].start == pytest.approx(1.1)
    dropped = next(each for each in item.media.readings if each.alpha is Alpha.DROPPED)
    (match,) = Matcher([known(tmp_path, "k", dropped)]).match(item)
    assert match.alpha is Alpha.DROPPED


def test_a_locked_down_worker_reads_the_same(tmp_path: Path) -> None:
    # Nothing can be loaded there any more: decoders, formats, whatever is used late.
    folder = tmp_path / "evidence"
    folder.mkdir()
    made = {
        "motion.jpg": samsung(still(), clip(seconds=3.0)),
        "covered.mp3": id3(still(), b"image/jpeg") + sound("mp3", "libmp3lame"),
        "streams.mkv": with_streams((2, 1.0, ""), (0, 2.0, "")),
        "film.mjpeg": b"".join(encoded(image, "JPEG") for image in pictures(1.0, 10)),
        "sticker.webm": (CASES / "20-webm-alpha" / "sticker.webm").read_bytes(),
        "recorder.dav": (CASES / "18-dvr-dav-and-imkh" / "cam.dav").read_bytes(),
        "cut.ts": (CASES / "15-ts-cut-in-a-packet" / "cut-100.ts").read_bytes(),
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    matcher = Matcher([read_list(CASES / "22-motion-photo" / "known.csv")])
    read_there = {
        Path(result.item.locator).name: result.item.media
        for result in iter_scan(folder, against=matcher, workers=1)
    }
    options = hash_options(matcher)
    for name, data in made.items():
        assert read_there[name] is not None, name
        assert read_there[name] == hash_item(data, options).media, name
