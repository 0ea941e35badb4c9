"""What lies behind or inside a picture, beside a film, in a sound file: nothing of it is unsaid."""

import io
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.stream import Disposition
from PIL import Image

from hashmatch import (
    HashOptions,
    Item,
    Matcher,
    MediaHashes,
    hash_image,
    hash_item,
    hash_video,
    iter_scan,
)
from hashmatch.errors import Reason
from hashmatch.file_matching import hash_options
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.model import Alpha, Reading
from hashmatch.model.alignment import part_of, source_and_look
from hashmatch.scanning import wire
from tests.support.clips import animation, clip, fragmented, pictures
from tests.support.clips import encoded as frames_of
from tests.support.films import facts
from tests.support.photos import encoded, photo
from tests.support.places import FIXTURES

CASES = FIXTURES / "cases"


def known(tmp_path: Path, name: str, *readings: Reading) -> HashList:
    """A list of pictures with the hashes of these readings."""
    path = tmp_path / f"{name}.csv"
    rows = [f"{number},{each.hash.hex},100" for number, each in enumerate(readings)]
    path.write_text("\n".join(["id,pdq,quality", *rows]) + "\n")
    return read_list(path)


def frames(readings: Iterator[Reading] | tuple[Reading, ...], part: str = "") -> list[Reading]:
    return [each for each in readings if each.part == part and each.time is not None]


def read(data: bytes, **options: Any) -> Item:
    """The item, as it comes out of a worker."""
    item = hash_item(data, HashOptions(**options))
    assert wire.decode(wire.encode(item), locator="") == item
    return item


def moving(data: bytes, **options: Any) -> MediaHashes:
    image = read(data, **options).image
    assert image is not None
    assert image.is_video
    return image


@cache
def still(form: str = "JPEG") -> bytes:
    return encoded(photo("astronaut"), form)


@pytest.mark.parametrize("name", ["MVIMG.jpg", "samsung.jpg"])
def test_motion_photos_of_the_field_match(name: str) -> None:
    folder = CASES / "22-motion-photo"
    item = hash_item(folder / name)
    assert item.image is not None
    assert "motion-photo" in item.image.flags
    found = Matcher([read_list(folder / "known.csv")]).match(item)
    assert {match.entry_id for match in found} == {"second0", "second1", "second2", "second3"}
    assert found[0].segments[0].part.startswith("clip")


def samsung(picture: bytes, film: bytes) -> bytes:
    trailer = b"SEFHk\0\0\0\1\0\0\0\0\0\x30\x0a" + (len(film) + 24).to_bytes(4, "little")
    trailer += len(film).to_bytes(4, "little") + b"\x24\0\0\0SEFT"
    return picture + b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + film + trailer


def boxed(picture: bytes, film: bytes) -> bytes:
    return picture + (len(film) + 8).to_bytes(4) + b"mpvd" + film


def heic() -> bytes:
    return (FIXTURES / "heic" / "plain.heic").read_bytes()


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
    assert item.image is not None
    assert "unread-clip" in item.image.flags
    assert item.image.reason is Reason.DAMAGED
    assert item.image.readings == hash_image(still()).readings


def test_a_broken_picture_does_not_hide_its_clip() -> None:
    item = read(still()[:300] + clip())
    assert item.image is not None
    assert item.image.is_video
    assert item.image.reason is not None
    assert frames(item.image.readings, "clip")


def test_ordinary_pictures_have_no_clip() -> None:
    for form in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"):
        item = read(still(form))
        assert item.image is not None
        assert not item.image.is_video
        assert not {"motion-photo", "unread-clip", "frames", "mjpeg"} & set(item.image.flags)
    assert not hasattr(read(heic()).image, "duration")
    assert facts(read(animation("GIF")).image)


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


def film_with_cover(cover: bytes, form: str = "mp4") -> bytes:
    buffer = io.BytesIO()
    film: Any = av.open(io.BytesIO(clip()))
    with film, av.open(buffer, "w", format=form) as out:
        copy = out.add_stream_from_template(film.streams.video[0])
        picture: Any = out.add_stream("mjpeg", rate=1)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuvj420p"
        picture.disposition = Disposition.attached_pic
        out.start_encoding()
        packet = av.Packet(cover)
        packet.stream = picture
        packet.pts = packet.dts = 0
        packet.is_keyframe = True
        out.mux(packet)
        for each in film.demux(film.streams.video[0]):
            if each.size:
                each.stream = copy
                out.mux(each)
    return buffer.getvalue()


def test_a_film_is_hashed_and_its_cover_beside_it(tmp_path: Path) -> None:
    video = moving(film_with_cover(still()))
    assert "cover-art" in video.flags
    assert video.readings[0].time == 0
    (cover,) = [each for each in video.readings if each.part == "cover"]
    assert cover.time is None
    assert cover.hash == hash_image(still()).hash
    assert frames(video.readings) == frames(hash_video(clip()).readings)
    (match,) = Matcher([known(tmp_path, "k", cover)]).match(video)
    assert match.distance == 0


def test_a_preview_in_front_of_a_film_is_hashed_beside_it() -> None:
    preview = still()
    film = fragmented()
    video = moving((len(preview) + 8).to_bytes(4) + b"uuid" + preview + film)
    covers = [each for each in video.readings if each.part == "cover"]
    assert [each.hash for each in covers] == [hash_image(preview).hash]
    assert frames(video.readings) == frames(hash_video(film).readings)


def sound(container: str, codec: str) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        stream: Any = out.add_stream(codec, rate=44100, layout="mono")
        form = stream.codec_context.format.name
        kind = np.float32 if form.startswith("flt") else np.int32 if "32" in form else np.int16
        for number in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), kind), form, "mono")
            frame.rate, frame.pts = 44100, number * 1024
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return buffer.getvalue()


def id3(picture: bytes, mime: bytes) -> bytes:
    body = b"\0" + mime + b"\0\x03\0" + picture
    frame = b"APIC" + len(body).to_bytes(4) + b"\0\0" + body
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + frame


def flac(picture: bytes) -> bytes:
    """A FLAC with a block for a picture behind its first one."""
    body = (3).to_bytes(4) + (10).to_bytes(4) + b"image/jpeg" + bytes(20)
    body += len(picture).to_bytes(4) + picture
    plain = sound("flac", "flac")
    return plain[:42] + b"\x06" + len(body).to_bytes(3) + body + plain[42:]


@pytest.mark.parametrize(
    ("data", "cover"),
    [
        (id3(still(), b"image/jpeg") + sound("mp3", "libmp3lame"), still()),
        (id3(still("PNG"), b"image/png") + sound("mp3", "libmp3lame"), still("PNG")),
        (flac(still()), still()),
    ],
)
def test_the_cover_of_a_sound_file_is_a_picture_in_it(data: bytes, cover: bytes) -> None:
    item = read(data)
    assert item.image is not None
    assert item.image.flags[-1] == "cover-art"
    assert item.image.hash == hash_image(cover).hash
    assert not item.image.is_video


def test_two_covers_are_both_hashed() -> None:
    other = encoded(photo("rocket"), "JPEG")
    tag = id3(still(), b"image/jpeg")
    frame = id3(other, b"image/jpeg")[10:]
    body = tag[10:] + frame
    size = bytes(len(body) >> shift & 127 for shift in (21, 14, 7, 0))
    item = read(tag[:6] + size + body + sound("mp3", "libmp3lame"))
    assert item.image is not None
    found = {each.hash for each in item.image.readings}
    assert found == {hash_image(still()).hash, hash_image(other).hash}
    assert item.image.frames == 2


@pytest.mark.usefixtures("no_small_films")
def test_jpegs_in_a_row_are_further_pictures_and_many_of_one_size_a_film() -> None:
    names = ("astronaut", "rocket", "coffee")
    three = [encoded(photo(name), "JPEG") for name in names]
    item = read(b"\0\0\0".join(three))
    assert item.image is not None
    assert (item.image.frames, "frames" in item.image.flags) == (3, True)
    assert {each.hash for each in item.image.readings} == {hash_image(each).hash for each in three}
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
    assert item.image is not None
    assert item.container == "zip archive"
    assert (item.image.reason, item.image.fraction) == (Reason.CONTAINER, 1.0)
    assert item.image.readings == hash_image(still(form)).readings
    assert read(still(form) + bytes(5000)).container == ""


def test_thumbnails_are_no_further_pictures() -> None:
    exif = Image.Exif()
    thumbnail = encoded(photo("coffee").resize((160, 120)), "JPEG")
    exif.get_ifd(0x8769)
    data = encoded(photo("astronaut"), "JPEG", exif=exif)
    app13 = b"\xff\xed" + (len(thumbnail) + 2).to_bytes(2) + thumbnail
    item = read(data[:2] + app13 + data[2:])
    assert item.image is not None
    assert item.image.frames == 1


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
    assert item.image is not None
    assert "alpha" in item.image.flags
    met = {
        match.entry_id: match for match in Matcher([read_list(folder / "known.csv")]).match(item)
    }
    assert max(met[each].distance for each in ("second0", "second1")) <= 10
    assert met["second1"].segments[0].start == pytest.approx(1.1)
    dropped = next(each for each in item.image.readings if each.alpha is Alpha.DROPPED)
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
        Path(result.item.locator).name: result.item.image
        for result in iter_scan(folder, against=matcher, workers=1)
    }
    options = hash_options(matcher)
    for name, data in made.items():
        assert read_there[name] is not None, name
        assert read_there[name] == hash_item(data, options).image, name


@pytest.mark.parametrize("behind", ["PNG", "GIF", "WEBP", "JPEG"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_a_picture_behind_a_picture_is_hashed(form: str, behind: str) -> None:
    first, second = still(form), encoded(photo("coffee").resize((240, 160)), behind)
    item = read(first + second)
    assert item.image is not None
    assert (item.image.frames, "frames" in item.image.flags) == (2, True)
    assert item.image.readings[0] == hash_image(first).readings[0]
    assert hash_image(second).hash in {each.hash for each in item.image.readings if each.frame}
    cut = read(first + second[:80])
    assert cut.image is not None
    if behind != "JPEG":
        assert "unread-picture" in cut.image.flags
        assert cut.image.reason is not None


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
    assert item.image is not None
    assert "leading-garbage" in item.image.flags
    assert item.image.format == form.lower()
    assert item.image.readings == hash_image(still(form)).readings
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
    image = read(first + between + second).image
    assert image is not None
    assert image.readings[0] == hash_image(first).readings[0]
    assert hash_image(second).hash in {each.hash for each in image.readings if each.frame}
    assert image.reason is None


@pytest.mark.parametrize("form", FIRST)
def test_behind_pictures_of_further_formats_all_is_found(form: str) -> None:
    first = others(form)
    alone = hash_image(first)
    for second in (still("PNG"), others("BMP")):
        image = read(first + second).image
        assert image is not None
        assert image.readings[: len(alone.readings)] == alone.readings
        assert hash_image(second).hash in {each.hash for each in image.readings}
    for kind in ("mp4-h264", "ts-h264"):
        film = clip(kind, seconds=2.0, size=(128, 96))
        assert frames(moving(first + film).readings, "clip")
    unknown = bytes(range(1, 256)) * 4
    image = read(first + unknown).image
    assert image is not None
    assert "bytes-behind-1020" in image.flags
    assert image.reason is None
    for padding in (bytes(1000), b"\xff" * 1000, b"\n" * 20):
        image = read(first + padding).image
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
    assert item.image is not None
    assert item.image.hash == hash_image(data).hash
    assert "leading-garbage" in item.image.flags


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
    assert hash_item(broken).image is None
    item = read(broken + behind + encoded(photo("coffee"), "PNG"))
    assert item.image is not None
    assert item.image.reason is hash_item(broken).unreadable.reason  # type: ignore[union-attr]
    assert "picture-behind" in item.image.flags
    hashes = [reading.hash for reading in item.image.readings]
    assert hashes[0] == hash_image(behind).hash
    assert hash_image(encoded(photo("coffee"), "PNG")).hash in hashes


def test_a_jpeg_without_a_size_does_not_hide_pictures_behind_it() -> None:
    front, behind = bytearray(still()), encoded(photo("chelsea"), "JPEG")
    at = front.index(b"\xff\xc0")
    front[at + 5 : at + 9] = bytes(4)
    assert read(bytes(front)).image is None
    item = read(bytes(front) + behind)
    assert item.image is not None
    assert item.image.reason is read(bytes(front)).unreadable.reason  # type: ignore[union-attr]
    assert hash_image(behind).hash in [reading.hash for reading in item.image.readings]


def test_a_broken_film_does_not_hide_pictures_and_films_behind_it() -> None:
    film, behind = clip(), encoded(photo("chelsea"), "JPEG")
    at = film.index(b"moov")
    broken = scrambled(film, at + 4, at + 400)
    assert read(broken).image is None
    item = read(broken + behind)
    assert item.image is not None
    assert [reading.hash for reading in item.image.readings] == [hash_image(behind).hash]
    moving = read(broken + behind + clip()).image
    assert moving is not None
    assert moving.is_video
    assert frames(moving.readings, "clip")
    alone = read(broken + clip()).image
    assert alone is not None
    assert alone.is_video
