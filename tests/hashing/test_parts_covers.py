"""Covers and previews beside films and sound."""

import io
from pathlib import Path
from typing import Any

import av
import pytest
from av.stream import Disposition

from hashmatch import (
    Matcher,
    hash_image,
    hash_video,
)
from tests.support.clips import clip, fragmented
from tests.support.parts_covers import id3, sound
from tests.support.parts_of_files import frames, known, moving, read, still
from tests.support.photos import encoded, photo


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
    assert item.media is not None
    assert item.media.flags[-1] == "cover-art"
    assert item.media.hash == hash_image(cover).hash
    assert not item.media.is_video


def test_two_covers_are_both_hashed() -> None:
    other = encoded(photo("rocket"), "JPEG")
    tag = id3(still(), b"image/jpeg")
    frame = id3(other, b"image/jpeg")[10:]
    body = tag[10:] + frame
    size = bytes(len(body) >> shift & 127 for shift in (21, 14, 7, 0))
    item = read(tag[:6] + size + body + sound("mp3", "libmp3lame"))
    assert item.media is not None
    found = {each.hash for each in item.media.readings}
    assert found == {hash_image(still()).hash, hash_image(other).hash}
    assert item.media.frames == 2
