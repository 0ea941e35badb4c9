import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from hashmatch import HashOptions, Limits, MediaHashes, hash_image, hash_item, hash_video
from hashmatch.errors import Reason, UnreadableVideoError
from hashmatch.model import Reading, Sampling
from tests.support.clips import KINDS, animation, clip, video_files
from tests.support.films import facts
from tests.support.mutations import mutant


def whole(video: MediaHashes) -> list[Reading]:
    return [reading for reading in video.readings if reading.time is not None and not reading.part]


@pytest.mark.usefixtures("no_small_films")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_nearly_the_same_hashes(kind: str) -> None:
    lossless = whole(hash_video(clip("mkv-ffv1")))
    found = hash_video(clip(kind))
    frames = whole(found)
    # The last frame counts as due where it is a keyframe, or has no time but the count of packets.
    assert len(frames) - len(lossless) in (0, 1)
    near = [a.hash - b.hash for a, b in zip(lossless, frames, strict=False)]
    assert sorted(near)[3] <= 12
    assert (found.complete, facts(found).sampling) == (True, "query")
    assert found.frames >= len(frames)


def test_path_bytes_and_file_give_the_same(tmp_path: Path) -> None:
    data = clip()
    path = tmp_path / "film.txt"
    path.write_bytes(data)
    assert hash_video(path) == hash_video(str(path)) == hash_video(data)
    with path.open("rb") as file:
        assert hash_video(file) == hash_video(data)


def test_readings_are_in_order_of_time() -> None:
    for sampling in Sampling:
        times = [reading.time for reading in hash_video(clip(), _sampled(sampling)).readings]
        assert times == sorted(times, key=lambda time: time or 0)


def _sampled(sampling: Sampling) -> HashOptions:
    return HashOptions(sampling=sampling)


@pytest.mark.usefixtures("no_small_films")
def test_triage_reads_keyframes_where_they_say_enough() -> None:
    dense = hash_video(clip("webm-vp9", gop=20), _sampled(Sampling.TRIAGE))
    assert facts(dense).sampling == "triage"
    assert 6 <= len(whole(dense)) <= 12
    sparse = hash_video(clip("webm-vp9", gop=1000), _sampled(Sampling.TRIAGE))
    assert (facts(sparse).sampling, len(whole(sparse))) == ("query", 6)


def test_a_picture_is_no_video_and_a_video_no_picture() -> None:
    picture, film = hash_image(Image.new("RGB", (80, 60))), hash_video(animation("GIF"))
    assert (picture.is_video, picture.video) == (False, None)
    assert (film.is_video, facts(film).sampling) == (True, "query")


def test_unknown_sampling_is_refused() -> None:
    with pytest.raises(ValueError, match="sampling is query"):
        HashOptions(sampling="often")


def test_an_item_has_digests_and_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(clip())
    item = hash_item(path)
    assert item.media is not None
    assert item.media.is_video
    assert item.media == hash_video(path)
    assert item.size == len(clip())
    assert item.digests == hash_item(clip()).digests
    assert hash_item(path, known={str(item.digests.sha256)}).media is None


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animated_picture_is_a_picture_and_a_video(kind: str) -> None:
    item = hash_item(animation(kind))
    assert item.media is not None
    assert item.media.is_video
    assert item.media.readings[0].time is None
    assert facts(item.media).duration == pytest.approx(4.0)
    frames = whole(item.media)
    assert [reading.time for reading in frames] == pytest.approx([0, 1, 2, 3])
    still = hash_item(_first_frame(animation(kind))).media
    assert still is not None
    assert still.hash - item.media.hash <= 10
    assert hash_video(animation(kind)).readings == tuple(
        reading for reading in item.media.readings if reading.time is not None
    )


def _first_frame(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.usefixtures("no_small_films")
def test_a_mirrored_video_differs() -> None:
    mirrored = whole(hash_video(clip(change=ImageOps.mirror)))
    assert (
        min(a.hash - b.hash for a, b in zip(mirrored, whole(hash_video(clip())), strict=True)) > 60
    )


NO_VIDEO: Mapping[str, tuple[Callable[[], bytes], Reason]] = {
    "empty": (lambda: b"", Reason.EMPTY),
    "text": (lambda: b"text", Reason.NOT_A_PICTURE),
    "start of an MP4": (lambda: clip()[:5000], Reason.DAMAGED),
    "start of a Matroska": (lambda: b"\x1a\x45\xdf\xa3" + bytes(5000), Reason.DAMAGED),
    "start of an Ogg": (lambda: b"OggS\0" + bytes(5000), Reason.DAMAGED),
}


@pytest.mark.parametrize("name", NO_VIDEO)
def test_what_is_no_video(name: str) -> None:
    # Made here, not where tests are named: an encoder's bytes differ from one process to another.
    make, reason = NO_VIDEO[name]
    data = make()
    with pytest.raises(UnreadableVideoError) as caught:
        hash_video(data)
    assert caught.value.reason is reason


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableVideoError, match="io-error"):
        hash_video(tmp_path / "none.mp4")
    with pytest.raises(UnreadableVideoError, match="special-file"):
        hash_video(tmp_path)


@pytest.mark.parametrize("seed", video_files())
def test_damaged_videos_end_in_a_result_or_a_reason(seed: str) -> None:
    limits = Limits(max_video_pixels=4_000_000, max_pixels=4_000_000)
    for number in range(12):
        data = mutant(seed, number, video_files()).data
        item = hash_item(data, HashOptions(limits=limits))
        assert (item.media is None) is (item.unreadable is not None), number
        if item.unreadable:
            assert item.unreadable.reason != "internal-error", (number, item.unreadable)
