"""Videos are recognised by their content, wherever in the file they begin; nothing else is one."""

import io
import random
import struct
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from hashmatch import Matcher, MediaHashes, hash_item, read_list
from hashmatch.decoding.recognition import Recognised, recognised
from hashmatch.errors import Reason
from hashmatch.model.media import FileKind
from tests.support.cases import CASES
from tests.support.clips import KINDS, clip, encoded, fragmented, pictures
from tests.support.films import facts
from tests.support.valid_files import valid_files

"""Files that other tools wrote, each with what is known of it in `known.csv`."""


def kind_of(data: bytes) -> Recognised:
    return recognised(io.BytesIO(data))


def film(container: str, codec: str, **options: str) -> bytes:
    shown = pictures(1.6, 25, (176, 144))
    return encoded(shown, container, codec, gop=10, options=options)


@cache
def packets() -> bytes:
    return film("mpegts", "libx264")


def with_times(stream: bytes) -> bytes:
    """Packets of 192 bytes, as cameras and Blu-rays write them."""
    parts = (stream[at : at + 188] for at in range(0, len(stream), 188))
    return b"".join(bytes((0, at % 256, 2, 3)) + part for at, part in enumerate(parts))


def with_checks(stream: bytes) -> bytes:
    """Packets of 204 bytes, as broadcasts have them."""
    parts = (stream[at : at + 188] for at in range(0, len(stream), 188))
    return b"".join(part + bytes(16) for part in parts)


def video_cd(program: bytes) -> bytes:
    """A file of a Video CD as Windows copies it: raw sectors in a RIFF file."""
    sectors = b"".join(
        b"\0"
        + b"\xff" * 10
        + b"\0\0\2\0\2"
        + b"\1\0\x62\x0f" * 2
        + part.ljust(2324, b"\0")
        + bytes(4)
        for part in (program[at : at + 2324] for at in range(0, len(program), 2324))
    )
    head = b"CDXAfmt " + (16).to_bytes(4, "little") + bytes(16) + b"data"
    size = len(sectors).to_bytes(4, "little")
    return b"RIFF" + (len(sectors) + 36).to_bytes(4, "little") + head + size + sectors


def moving(data: bytes) -> MediaHashes:
    item = hash_item(data)
    assert item.media is not None
    assert item.media.is_video, item.unreadable
    return item.media


@pytest.mark.parametrize(
    "name",
    [
        "15-ts-cut-in-a-packet/cut-100.ts",
        "17-mp4-whose-first-box-is-not-ftyp/emsg-first.mp4",
        "17-mp4-whose-first-box-is-not-ftyp/junk-first.mov",
        "17-mp4-whose-first-box-is-not-ftyp/uuid-first.mp4",
        "18-dvr-dav-and-imkh/cam.dav",
        "18-dvr-dav-and-imkh/hikvision.mp4",
    ],
)
def test_recordings_of_the_field_match(name: str) -> None:
    path = CASES / name
    item = hash_item(path)
    assert item.media is not None
    assert item.media.is_video
    assert item.media.frames >= 20
    assert Matcher([read_list(path.parent / "known.csv")]).match(item)


@pytest.mark.parametrize("shape", [bytes, with_times, with_checks])
@pytest.mark.parametrize("cut", [0, 1, 100, 187, 5000])
def test_transport_streams_may_begin_at_any_byte(shape: Callable[[bytes], bytes], cut: int) -> None:
    data = shape(packets())[cut:]
    assert kind_of(data).kind is FileKind.VIDEO
    assert facts(moving(data)).codec == "h264"
    assert moving(data).frames >= 4


@pytest.mark.parametrize(
    "box",
    [
        *("uuid", "junk", "udta", "PICT", "emsg", "prft", "pdin", "sidx", "styp", "free", "skip"),
        *("wide", "meta", "thum"),
    ],
)
def test_mp4_may_begin_with_any_box(box: str) -> None:
    data = (40).to_bytes(4) + box.encode() + bytes(32) + fragmented()
    assert kind_of(data) == Recognised(FileKind.VIDEO, "mp4")
    assert moving(data).frames == moving(fragmented()).frames
    assert not moving(data).flags


def test_mp4_behind_a_box_that_is_longer_than_what_is_looked_at() -> None:
    data = (300_008).to_bytes(4) + b"uuid" + bytes(300_000) + fragmented()
    assert moving(data).frames == moving(fragmented()).frames


@pytest.mark.parametrize(
    ("container", "codec", "options"),
    [
        ("h264", "libx264", {"x264-params": "aud=1"}),
        ("hevc", "libx265", {"x265-params": "aud=1:log-level=none"}),
        ("hevc", "libx265", {}),
        ("m4v", "mpeg4", {}),
        ("h263", "h263", {}),
        ("h261", "h261", {}),
        ("mpeg1video", "mpeg1video", {}),
        ("mpeg2video", "mpeg2video", {}),
        ("mpjpeg", "mjpeg", {}),
        ("swf", "flv", {}),
        ("smjpeg", "mjpeg", {}),
        ("rm", "rv20", {}),
        ("svcd", "mpeg2video", {}),
        ("vob", "mpeg2video", {}),
    ],
)
def test_streams_and_old_formats(container: str, codec: str, options: Mapping[str, str]) -> None:
    data = film(container, codec, **options)
    video = moving(data)
    assert facts(video).codec.startswith(codec.removeprefix("lib")[:2].replace("x2", "h"))
    assert len([each for each in video.readings if not each.part]) >= 2


def test_units_may_come_in_any_order() -> None:
    data = film("h264", "libx264", **{"x264-params": "aud=1:repeat-headers=1"})
    assert data[:5] == b"\0\0\0\1\x09"
    assert kind_of(data) == Recognised(FileKind.VIDEO, "h264")
    begin = data.index(b"\0\0\1\x06") - 1
    assert kind_of(data[begin:]) == Recognised(FileKind.VIDEO, "h264")


def test_heads_of_recorders_and_video_cds() -> None:
    program = film("vob", "mpeg2video")
    frames = moving(program).frames
    for head in (b"IMKH\1\1\0\0\2\0", b"HKH4", b"REC0"):
        data = head.ljust(40, b"\0") + program
        assert kind_of(data).start == 40 or not data.startswith(b"IMKH")
        assert moving(data).frames == frames
    disc = video_cd(film("vcd", "mpeg1video"))
    assert kind_of(disc).kind is FileKind.VIDEO
    assert facts(moving(disc)).codec == "mpeg1video"


@pytest.mark.parametrize("kind", [*KINDS])
@pytest.mark.parametrize("length", [40, 70_000])
def test_videos_behind_junk(kind: str, length: int) -> None:
    video = clip(kind, seconds=1.6, size=(128, 96))
    data = random.Random(length).randbytes(length) + video
    assert facts(moving(data)).codec == facts(moving(video)).codec
    assert moving(data).frames >= moving(video).frames - 2


@pytest.mark.parametrize(
    ("container", "codec", "size"),
    [
        ("avm2", "flv", (176, 144)),
        ("dv", "dvvideo", (720, 576)),
        ("gxf", "mpeg2video", (720, 576)),
        ("h261", "h261", (176, 144)),
        ("h263", "h263", (176, 144)),
        ("ivf", "libvpx", (176, 144)),
        ("mpjpeg", "mjpeg", (176, 144)),
        ("mxf", "mpeg2video", (176, 144)),
        ("nut", "mpeg4", (176, 144)),
        ("ogg", "libvpx", (176, 144)),
        ("rm", "rv20", (176, 144)),
        ("smjpeg", "mjpeg", (176, 144)),
        ("swf", "flv", (176, 144)),
        ("wtv", "mpeg2video", (176, 144)),
        ("yuv4mpegpipe", "rawvideo", (176, 144)),
    ],
)
def test_films_behind_zeros_have_the_frames_and_times_of_the_film(
    container: str, codec: str, size: tuple[int, int]
) -> None:
    # As of a file whose first clusters are lost, or that was copied with bytes in front.
    film = encoded(pictures(0.8, 25, size), container, codec, gop=10)
    expected = moving(film)
    for zeros in (1, 512, 70_000):
        found = moving(bytes(zeros) + film)
        assert found.readings == expected.readings, zeros
        assert set(found.flags) - {"leading-garbage"} == set(expected.flags), zeros
        assert facts(found).duration == facts(expected).duration


@pytest.mark.parametrize("zeros", [3, 512, 65_530, 70_000, 1_000_000])
def test_pictures_behind_zeros_are_found(zeros: int) -> None:
    # Those that begin with a mark that few other files hold.
    names = ("jpeg", "png", "gif", "webp", "avif", "heic", "bmp", "tiff-raw", "psd", "jpeg2000")
    for name in (*names, "qoi", "dds", "sun", "icns", "raw-orf"):
        data = valid_files()[name]
        item, alone = hash_item(bytes(zeros) + data), hash_item(data)
        assert item.media is not None, name
        assert alone.media is not None
        assert "leading-garbage" in item.media.flags
        assert item.media.readings == alone.media.readings


def fli(count: int, kind: int = 0xAF11) -> bytes:
    """An FLI of so many frames, as the description of Autodesk Animator has it."""
    side = 64
    frames = []
    for number, image in zip(range(count), pictures(1, 25, (side, side)), strict=False):
        greys = struct.pack("<HBB", 1, 0, 0) + bytes(
            each >> 2 for each in range(256) for _ in "rgb"
        )
        bodies = [(11, greys)] * (number == 0) + [(16, image.convert("L").tobytes())]
        chunks = b"".join(struct.pack("<IH", 6 + len(body), of) + body for of, body in bodies)
        frames.append(struct.pack("<IHH8x", 16 + len(chunks), 0xF1FA, len(bodies)) + chunks)
    body = b"".join(frames)
    head = struct.pack("<IHHHHHHI", 128 + len(body), kind, count, side, side, 8, 3, 5)
    return head.ljust(128, b"\0") + body


@pytest.mark.parametrize("kind", [0xAF11, 0xAF12])
def test_a_small_fli_is_a_film_and_a_cut_one_is_not_whole(kind: int) -> None:
    for count in (1, 2, 5):
        video = moving(fli(count, kind))
        assert (video.frames, video.reason) == (count, None)
    assert moving(fli(5, kind)[:-2000]).reason is Reason.TRUNCATED
    header = hash_item(fli(1, kind)[:128])
    assert header.unreadable is not None
    assert header.unreadable.reason is Reason.DAMAGED


def test_ordinary_files_are_no_videos(tmp_path: Path) -> None:
    sound = io.BytesIO()
    with av.open(sound, "w", format="wav") as out:
        stream = out.add_stream("pcm_s16le", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4410), np.int16), "s16", "mono")
        frame.rate = 44100
        out.mux(stream.encode(frame))
    ordinary = {
        "text": b"The free software, the wide world, the skip.\n" * 500,
        "free": b"The free " * 100,
        "noise": random.Random(3).randbytes(200_000),
        "zeros": bytes(100_000),
        "marks": b"G" * 100_000,
        "sound": sound.getvalue(),
        "program": Path(sys.executable).read_bytes()[: 1 << 20],
    }
    for name, data in ordinary.items():
        assert kind_of(data).kind in (FileKind.OTHER, FileKind.SOUND), name
        item = hash_item(data)
        assert item.unreadable is not None
        assert item.unreadable.reason is Reason.NOT_A_PICTURE, name
    assert kind_of(sound.getvalue()).kind is FileKind.SOUND


def test_what_ffmpeg_guesses_without_a_frame_is_told() -> None:
    # The first bytes are of a video object layer, and nothing of it can be decoded.
    data = bytes(64) + b"\0\0\1\0\0\0\1\x20" + bytes(64) + b"\0\0\1\xb6" * 8 + bytes(500)
    found = kind_of(data)
    assert found.kind is FileKind.OTHER


def program_of(stream_id: int, payload: bytes) -> bytes:
    """A program stream of one stream, with nothing that names its codec."""
    pack = b"\0\0\1\xba" + bytes((0x44, 0, 4, 0, 4, 1, 0, 0x07, 0x4B, 0xF8))
    parts = [payload[at : at + 2000] for at in range(0, len(payload), 2000)]
    head = b"\0\0\1" + bytes((stream_id,))
    return b"".join(
        pack + head + (len(part) + 3).to_bytes(2) + b"\x80\0\0" + part for part in parts
    )


def test_pictures_that_ffmpeg_takes_for_sound_are_not_passed_over() -> None:
    sound = sound_stream()
    item = hash_item(program_of(0xE0, sound))
    assert item.unreadable is not None
    assert (item.unreadable.reason, item.media) == (Reason.UNSUPPORTED, None)
    assert not item.unreadable.reason.skipped
    item = hash_item(program_of(0xC0, sound))
    assert item.unreadable is not None
    assert item.unreadable.reason is Reason.NOT_A_PICTURE


def sound_stream() -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp3") as out:
        stream: Any = out.add_stream("libmp3lame", rate=44100)
        for _ in range(60):
            samples = np.random.default_rng(1).integers(-9999, 9999, (1, 2304), np.int16)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
            frame.sample_rate = 44100
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return buffer.getvalue()
