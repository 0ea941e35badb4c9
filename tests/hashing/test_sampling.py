import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from hashmatch import Limits
from hashmatch.decoding.video import Video
from hashmatch.hashing.content import SIDE, Box, content_boxes
from hashmatch.hashing.sampling import FrameHasher
from hashmatch.model import Reading, Sampling
from tests.support.clips import clip, pictures


def read(data: bytes, sampling: Sampling) -> list[Reading]:
    hasher, readings = FrameHasher(sampling), list[Reading]()
    with Video(data, Limits()) as video:
        for moment in video:
            if hasher.wants(moment.time):
                readings += hasher.add(moment.time, moment.number, moment.grey)
    return [*readings, *hasher.rest()]


def squares(count: int = 8) -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    shown = pictures(seconds=count / 5, fps=5, size=(SIDE, SIDE))
    return np.stack([np.asarray(each.convert("L")) for each in shown])


@pytest.mark.parametrize(("sampling", "seconds"), [("query", 1.0), ("thorough", 0.5)])
def test_so_many_frames_a_second(sampling: Sampling, seconds: float) -> None:
    times = [reading.time for reading in read(clip("webm-vp9"), sampling) if not reading.part]
    expected = np.arange(0, 5.97, seconds)
    assert len(times) == len(expected)
    assert times == pytest.approx(expected, abs=0.045)


def test_jittering_times_lose_no_frame() -> None:
    hasher = FrameHasher(Sampling.QUERY)
    wanted = [time for step in range(50) if hasher.wants(time := sum([0.1] * step))]
    assert len(wanted) == 5


def test_any_frame_is_near_one_that_a_known_video_keeps() -> None:
    kept = [reading.hash for reading in read(clip(), Sampling.REFERENCE)]
    every = [
        reading.hash for reading in read(clip("webm-vp9"), Sampling.TRIAGE) if not reading.part
    ]
    nearest = [min(hash_ - each for each in kept) for hash_ in every]
    assert len(kept) < 0.6 * len(every)
    assert np.quantile(nearest, 0.95) <= 44


def test_known_frames_are_neither_too_dense_nor_too_far_apart() -> None:
    times = np.array([reading.time for reading in read(clip("mkv-ffv1"), Sampling.REFERENCE)])
    # The first frame behind a cut is kept however near the one before it is.
    apart = np.diff(times)[~np.isin(times[1:], [2.0, 4.0])]
    assert apart.min() >= 0.12
    assert np.diff(times).max() <= 2.05


def test_queries_for_sparse_lists_keep_a_frame_near_any_moment() -> None:
    every = [reading for reading in read(clip("webm-vp9"), Sampling.TRIAGE) if not reading.part]
    kept = [reading for reading in read(clip("webm-vp9"), Sampling.ADAPTIVE) if not reading.part]
    nearest = [min(one.hash - each.hash for each in kept) for one in every]
    assert np.quantile(nearest, 0.95) <= 30
    times = np.array([reading.time for reading in kept])
    assert np.diff(times).max() <= 1.05
    assert len(kept) <= 8 * 6 + 4
    assert any(reading.part == "widened" for reading in read(clip("webm-vp9"), Sampling.ADAPTIVE))


def test_so_many_frames_differ_that_the_rest_is_sampled_by_the_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hashmatch.hashing.sampling._MOST_ADAPTIVE", 4)
    hasher, readings = FrameHasher(Sampling.ADAPTIVE), list[Reading]()
    with Video(clip("webm-vp9"), Limits()) as video:
        for moment in video:
            assert hasher.wants(moment.time)
            readings += hasher.add(moment.time, moment.number, moment.grey)
    readings += hasher.rest()
    assert hasher.is_thinned
    times = np.array([reading.time for reading in readings if not reading.part])
    assert np.diff(times[4:]).min() > 0.95
    assert times[-1] > 4


def framed(top: int, bottom: int, left: int, right: int, ground: int = 0) -> Box:
    """What is found in frames that are shrunk into this place."""
    box = Box(top, bottom, left, right)
    shown = pictures(seconds=2.0, fps=5, size=(right - left, bottom - top))
    inner = np.stack([np.asarray(each.convert("L")) for each in shown])
    outer = np.full((len(inner), SIDE, SIDE), ground, np.uint8)
    outer[:, top:bottom, left:right] = inner
    found = content_boxes(outer)
    assert found
    assert found[0].is_like(box), found
    return found[0]


@pytest.mark.parametrize("ground", [0, 128, 255])
@pytest.mark.parametrize("place", [(32, 224, 0, 256), (0, 256, 60, 196), (40, 200, 30, 230)])
def test_borders_of_one_colour(place: tuple[int, int, int, int], ground: int) -> None:
    framed(*place, ground=ground)


def test_the_content_of_a_border_is_hashed_as_if_there_were_none() -> None:
    box = framed(32, 224, 0, 256)
    assert box.grids(squares(2)).shape == (2, 64, 64)
    letterboxed = clip(
        "mkv-ffv1", change=lambda image: _letterboxed(image, 36), size=(192, 144), seconds=3.0
    )
    plain = [r.hash for r in read(clip("mkv-ffv1", seconds=3.0), Sampling.QUERY) if not r.part]
    content = [r.hash for r in read(letterboxed, Sampling.QUERY) if r.part == "content"]
    assert [a - b for a, b in zip(plain, content, strict=True)] == pytest.approx([0] * 3, abs=16)


def test_a_cropped_frame_with_its_edges_drawn_outwards_is_near_the_whole() -> None:
    def cropped(image: Image.Image) -> Image.Image:
        width, height = image.size
        inner = image.crop((width // 20, height // 20, width * 19 // 20, height * 19 // 20))
        return inner.resize((width, height))

    known = read(clip("mkv-ffv1", seconds=4.0), Sampling.REFERENCE)
    assert not any(reading.part == "widened" for reading in known)
    plain = [r for r in read(clip("mkv-ffv1", seconds=4.0), Sampling.QUERY) if not r.part]
    asked = read(clip("mkv-ffv1", change=cropped, seconds=4.0), Sampling.QUERY)
    apart = {
        part: [a.hash - b.hash for a, b in zip(plain, readings, strict=True)]
        for part in ("", "widened")
        if (readings := [r for r in asked if r.part == part])
    }
    assert min(apart[""]) > 64
    assert max(apart["widened"]) <= 50


def _letterboxed(image: Image.Image, band: int) -> Image.Image:
    out = Image.new("RGB", (image.width, image.height + 2 * band))
    out.paste(image, (0, band))
    return out


@pytest.mark.parametrize("detail", [SIDE, 20])
@pytest.mark.parametrize("upright", [True, False])
def test_blurred_margins(detail: int, *, upright: bool) -> None:
    inner = [_smooth(each, detail) for each in squares(10)]
    outer = np.stack([_smooth(each, 16) for each in inner])
    outer[:, 70:186] = np.stack(
        [np.asarray(Image.fromarray(each).resize((SIDE, 116))) for each in inner]
    )
    box = Box(70, 186, 0, SIDE)
    if not upright:
        outer, box = outer.transpose(0, 2, 1), Box(0, SIDE, 70, 186)
    assert any(each.is_like(box) for each in content_boxes(outer))


def _smooth(square: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The square as one of so many pixels, enlarged."""
    small = Image.fromarray(square).resize((side, side), Image.Resampling.BOX)
    return np.asarray(small.resize((SIDE, SIDE)))


def test_what_moves_on_a_screen_that_stands_still() -> None:
    screen = np.asarray(next(pictures(size=(SIDE, SIDE), first=4)).convert("L"))
    outer = np.repeat(screen[None], 10, axis=0)
    shown = pictures(seconds=2.0, fps=5, size=(120, 100))
    outer[:, 60:160, 80:200] = np.stack([np.asarray(each.convert("L")) for each in shown])
    assert any(box.is_like(Box(60, 160, 80, 200)) for box in content_boxes(outer))


def test_plain_videos_have_no_content_but_the_whole() -> None:
    assert content_boxes(squares(10)) == []
    assert content_boxes(np.zeros((5, SIDE, SIDE), np.uint8)) == []


@pytest.mark.parametrize("gap", [0, 6])
def test_videos_beside_each_other_are_parts(gap: int) -> None:
    """Both move, with a seam or a line of one colour between them; neither is all there is."""
    middle = SIDE // 2
    sides = []
    for first, width in ((0, middle), (40, SIDE - middle - gap)):
        shown = pictures(seconds=2.0, fps=5, size=(width, SIDE), first=first)
        sides.append(np.stack([np.asarray(each.convert("L")) for each in shown]))
    line = np.full((len(sides[0]), SIDE, gap), 255, np.uint8)
    both = np.concatenate((sides[0], line, sides[1]), axis=2)
    parts = [Box(0, SIDE, 0, middle), Box(0, SIDE, middle + gap, SIDE)]
    found = content_boxes(both, parts=True)
    for part in parts:
        assert any(each.is_like(part) for each in found)
    assert not any(each.is_like(part) for each in content_boxes(both) for part in parts)
    assert len(content_boxes(squares(10), parts=True)) <= 1
