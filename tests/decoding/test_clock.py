"""Times of frames: right within a frame by what the frames show, or marked as estimates."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from PIL import Image

from hashmatch import HashOptions, Matcher, hash_item, hash_video
from hashmatch.hashlists.reading import HashList
from hashmatch.model import Entry, KnownHash, Reading, Sampling
from hashmatch.model.flags import Flag
from tests.support.cases import case, known
from tests.support.films import facts
from tests.support.numbered import RATE, delayed, edited, film, read, restamped
from tests.support.photos import photo

PAUSED = tuple(range(30)) + tuple(range(60, 90))
"""Frames of which the 31st is shown three seconds late."""


def worst(found: list[tuple[int, float]], true: Callable[[int], float]) -> float:
    """The largest error, in seconds."""
    return max(abs(time - true(number)) for number, time in found)


def in_step(number: int, *, rate: int = RATE) -> float:
    return number / rate


@pytest.mark.parametrize("container", ["mp4", "matroska", "mpegts", "flv", "nut", "avi", "asf"])
@pytest.mark.parametrize("plain", [True, False])
def test_frames_in_any_order_of_decoding(container: str, *, plain: bool) -> None:
    video, found = read(film(container, plain=plain))
    assert worst(found, in_step) < 0.002
    assert Flag.TIMES_ESTIMATED not in video.flags
    assert (video.reason, video.fraction) == (None, 1.0)


@pytest.mark.parametrize(
    ("container", "codec"),
    [("avi", "mpeg4"), ("asf", "mpeg4"), ("mxf", "mpeg2video"), ("mpeg", "mpeg1video")],
)
def test_codecs_of_which_frames_are_left_out(container: str, codec: str) -> None:
    rate = RATE if codec == "mpeg4" else 25
    video, found = read(film(container, codec, rate=rate, options=(("bf", "2"),)))
    assert len(found) < 60
    assert worst(found, partial(in_step, rate=rate)) < 0.002
    assert Flag.TIMES_ESTIMATED not in video.flags


@pytest.mark.parametrize("bits", ["20000", "400000"])
@pytest.mark.parametrize("codec", ["mpeg1video", "mpeg2video"])
def test_program_streams_of_few_stamps(codec: str, bits: str) -> None:
    data = film("vob", codec, rate=25, options=(("bf", "2"), ("b", bits)))
    video, found = read(data)
    off = worst(found, partial(in_step, rate=25))
    assert off < 0.05 or Flag.TIMES_ESTIMATED in video.flags
    assert off < 0.1


@pytest.mark.usefixtures("no_small_films")
def test_a_program_stream_in_which_few_packets_have_times() -> None:
    data = case("h264-in-program-stream-times", "h264.vob")
    found = hash_video(data)
    times = [reading.time for reading in found.readings if not reading.part]
    assert facts(found).duration == pytest.approx(3.9)
    assert times == pytest.approx([0, 1, 2, 3])
    assert Flag.TIMES_ESTIMATED not in found.flags
    assert found.frames == 40


def test_slides_that_are_shown_for_an_hour() -> None:
    item = hash_item(case("slides-more-than-five-minutes-apart", "slides.mp4"))
    assert item.media is not None
    assert item.media.is_video
    assert facts(item.media).duration == pytest.approx(4 * 3200)
    assert item.media.flags == ()
    slides = known("slides-more-than-five-minutes-apart")
    listed = HashList.of("slides", [Entry(id_, hashes=(KnownHash(hash_, 100),))
                                    for id_, hash_ in slides.items()])  # fmt: skip
    assert {match.entry_id for match in Matcher([listed]).match(item)} == set(slides)


@pytest.mark.parametrize("container", ["mp4", "matroska", "mpegts", "flv", "vob", "h264", "asf"])
@pytest.mark.parametrize("pause", [2, 11, 400, 40_000])
def test_no_slide_is_lost(container: str, pause: int) -> None:
    shown = [photo(name).convert("RGB").resize((128, 96)) for name in _SLIDES]
    found = hash_video(_slides(tuple(shown), container, pause))
    kept = [reading for reading in found.readings if not reading.part]
    assert len(_pictures(kept)) == len(_SLIDES)
    times = [reading.time or 0.0 for reading in kept]
    right = times == pytest.approx([pause * number for number in range(len(_SLIDES))])
    assert right or Flag.TIMES_ESTIMATED in found.flags
    assert right or container not in ("mp4", "matroska")


_SLIDES = ("astronaut", "chelsea", "coffee", "rocket", "china")


def _slides(shown: tuple[Image.Image, ...], container: str, pause: int) -> bytes:
    from fractions import Fraction

    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        options = {"x264-params": "bframes=0:keyint=1"}
        stream: Any = out.add_stream("libx264", rate=1, options=options)
        stream.width, stream.height = shown[0].size
        stream.pix_fmt = "yuv420p"
        for number, image in enumerate(shown):
            frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
            frame.pts, frame.time_base = number * pause, Fraction(1)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return buffer.getvalue()


def _pictures(readings: list[Reading]) -> list[Reading]:
    """Those that differ."""
    found: list[Reading] = []
    for reading in readings:
        if all(reading.hash - each.hash > 60 for each in found):
            found.append(reading)
    return found


@pytest.mark.parametrize("sampling", ["query", "thorough", "reference", "triage"])
def test_slides_without_any_times(sampling: Sampling) -> None:
    shown = tuple(photo(name).convert("RGB").resize((128, 96)) for name in _SLIDES)
    found = hash_video(_slides(shown, "h264", 60), HashOptions(sampling=sampling))
    assert len(_pictures([each for each in found.readings if not each.part])) == len(_SLIDES)
    assert Flag.TIMES_ESTIMATED in found.flags


@pytest.mark.parametrize(
    ("container", "codec"),
    [("h264", "libx264"), ("hevc", "libx265"), ("m4v", "mpeg4"), ("mpeg2video", "mpeg2video")],
)
def test_raw_streams_are_counted_and_marked(container: str, codec: str) -> None:
    rate = RATE if codec != "mpeg2video" else 25
    options = () if codec.startswith("lib") else (("bf", "2"),)
    video, found = read(film(container, codec, rate=rate, options=options))
    assert [number for number, _ in found] == list(range(60))
    assert worst(found, partial(in_step, rate=rate)) < 0.002
    assert Flag.TIMES_ESTIMATED in video.flags


@pytest.mark.parametrize("container", ["mpegts", "vob"])
@pytest.mark.parametrize(
    ("first", "second"), [(1.4, 1.4), (10, 1.4), (1.4, 3.0), (1.4, 100), (50_000, 2), (2, 95_000)]
)
def test_streams_one_behind_the_other(container: str, first: float, second: float) -> None:
    parts = [
        delayed(film("mpegts", frames=30), container, {0: seconds}) for seconds in (first, second)
    ]
    video, found = read(b"".join(parts))
    begin = next(at for at, (number, _) in enumerate(found) if at and number < found[at - 1][0])
    assert worst(found[:begin], in_step) < 0.002
    # The decoder delay of the second one may be lost: two frames.
    assert worst(found[begin:], lambda number: 3 + number / RATE) < 0.21
    assert Flag.TIMES_ESTIMATED in video.flags


@pytest.mark.parametrize("container", ["mpegts", "vob"])
@pytest.mark.parametrize("jump", [15, 3600, 80_000])
def test_a_clock_that_jumps_ahead_in_a_discontinuous_format(container: str, jump: float) -> None:
    video, found = read(delayed(film("mpegts"), container, {30: jump}))
    assert worst(found, in_step) < 0.002
    assert Flag.TIMES_ESTIMATED in video.flags


@pytest.mark.parametrize(("container", "sure"), [("mp4", True), ("matroska", True), ("flv", False)])
@pytest.mark.parametrize("pause", [15, 3600, 20_000])
def test_a_pause_in_any_other_format(container: str, pause: float, *, sure: bool) -> None:
    video, found = read(delayed(film("mpegts"), container, {30: pause}))
    assert worst(found, lambda number: number / RATE + (pause if number >= 30 else 0)) < 0.002
    assert (Flag.TIMES_ESTIMATED in video.flags) is not sure


def test_lost_packets_and_a_clock_that_was_set_look_the_same() -> None:
    video, found = read(delayed(film("mpegts"), "mpegts", {30: 3.0}))
    assert worst(found, lambda number: number / RATE + (3 if number >= 30 else 0)) < 0.002
    assert Flag.TIMES_ESTIMATED in video.flags


@pytest.mark.parametrize("container", ["mpegts", "vob"])
@pytest.mark.parametrize("before", [2, 3, 70])
def test_a_clock_of_33_bits_that_begins_again(container: str, before: int) -> None:
    start = 2**33 / 90_000 - before
    video, found = read(delayed(film("mpegts"), container, {0: start}))
    assert worst(found, in_step) < 0.002
    assert Flag.TIMES_ESTIMATED not in video.flags


@pytest.mark.parametrize("container", ["matroska", "mpegts", "flv", "nut", "avi"])
def test_stamps_that_begin_below_zero(container: str) -> None:
    video, found = read(film(container, stamps=tuple(range(-37, 23))))
    assert worst(found, in_step) < 0.002
    assert Flag.TIMES_ESTIMATED not in video.flags


@pytest.mark.parametrize(
    ("edits", "true"),
    [
        ([(3500, 2048 + 25 * 1024)], lambda number: number / RATE - 2.5),
        ([(2000, 2048 + 10 * 1024)], lambda number: number / RATE - 1),
        ([(3000, -1), (6000, 2048)], in_step),
        ([(1000, 2048), (2000, 2048 + 40 * 1024)], lambda n: n / RATE - 3 * (n >= 20)),
    ],
    ids=["begin", "both-ends", "empty", "middle"],
)
def test_edit_lists(edits: list[tuple[int, int]], true: Callable[[int], float]) -> None:
    video, found = read(edited(film("mp4"), edits))
    assert found[0][1] == 0
    assert worst(found, true) < 0.002
    assert video.flags == ()
    assert (video.reason, video.fraction) == (None, 1.0)


def test_an_edit_list_that_shows_a_part_twice() -> None:
    _, found = read(edited(film("mp4"), [(1000, 2048), (1000, 2048)]))
    begin = next(at for at, (number, _) in enumerate(found) if at and number < found[at - 1][0])
    assert worst(found[:begin], in_step) < 0.002
    assert worst(found[begin:], lambda number: 1 + number / RATE) < 0.002


@pytest.mark.parametrize("container", ["matroska", "flv"])
@pytest.mark.parametrize("together", [2, 10, 60])
def test_frames_of_the_same_stamp(container: str, together: int) -> None:
    def same(number: int, packet: Any) -> None:
        packet.pts = packet.dts = number // together * together * 1000 // RATE

    video, found = read(restamped(film("matroska", plain=True), container, same))
    assert worst(found, in_step) < 0.002
    assert Flag.TIMES_ESTIMATED in video.flags


@pytest.mark.parametrize("container", ["matroska", "flv", "nut", "asf", "mp4"])
def test_a_rate_that_changes(container: str) -> None:
    stamps = tuple(round(number**1.5) for number in range(60))
    video, found = read(film(container, stamps=stamps, plain=True))
    assert worst(found, lambda number: stamps[number] / RATE) < 0.002
    assert Flag.TIMES_ESTIMATED not in video.flags


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_avi_that_repeats_frames(codec: str) -> None:
    video, found = read(film("avi", codec, stamps=PAUSED, plain=True))
    assert worst(found, lambda number: PAUSED[number] / RATE) < 0.002
    assert video.flags == ()
    assert (video.reason, video.fraction) == (None, 1.0)
    # Where frames are decoded in another order, a pause is off by how far they are moved.
    options = (("bf", "2"),) if codec == "mpeg4" else ()
    video, found = read(film("avi", codec, stamps=PAUSED, options=options))
    assert Flag.TIMES_ESTIMATED in video.flags
    assert worst(found[:10], in_step) < 0.002


def test_keyframes_alone_keep_their_times() -> None:
    for container in ("mp4", "matroska", "mpegts", "avi", "h264", "vob"):
        video, found = read(film(container), keyframes=True)
        assert worst(found, in_step) <= 1.5 / RATE
        assert (Flag.TIMES_ESTIMATED in video.flags) is (container in ("avi", "h264", "vob"))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("delays", "times", "estimated"),
    [
        ((0, 0, 0, 0, 0), (0, 0.1, 0.2, 0.3, 0.4), True),
        ((10, 100, 60_000, 600_000, 0), (0, 0.1, 0.2, 60.2, 660.2), True),
        ((60_000, 600_000, 50, 400_000, 100), (0, 60, 660, 660.05, 1060.05), False),
    ],
)
def test_delays_of_animations(
    kind: str, delays: tuple[int, ...], times: tuple[float, ...], *, estimated: bool
) -> None:
    first, *rest = (photo(name).convert("RGB").resize((96, 96)) for name in _SLIDES)
    buffer = io.BytesIO()
    first.save(buffer, kind, save_all=True, append_images=rest, duration=list(delays), loop=0)
    item = hash_item(buffer.getvalue(), HashOptions(sampling="reference"))
    assert item.media is not None
    assert item.media.is_video
    frames = [each for each in item.media.readings if each.time is not None and not each.part]
    assert [each.time for each in frames] == pytest.approx(times)
    assert (Flag.TIMES_ESTIMATED in item.media.flags) is estimated
    asked = hash_video(buffer.getvalue())
    due = 5 if estimated and not any(delays) else 4
    assert len(_pictures([each for each in asked.readings if not each.part])) >= due


def test_the_picture_for_other_viewers_is_no_frame_of_an_animated_png() -> None:
    other, *rest = (photo(name).convert("RGB").resize((96, 96)) for name in _SLIDES)
    buffer = io.BytesIO()
    other.save(buffer, "PNG", save_all=True, append_images=rest, duration=2000, default_image=True)
    found = hash_video(buffer.getvalue())
    assert [each.time for each in found.readings if not each.part] == [0, 2, 4, 6]
