"""Lists that others sampled, a frame a second: the frames that are hashed follow from the list."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import hashmatch as hm
from hashmatch.enrolment import enrol, enrolled_list
from hashmatch.file_matching import hash_options
from hashmatch.model import Grade, KnownHash, MatchKind
from hashmatch.scanning.binding import run_config
from hashmatch.sources.folder import Folder
from tests.support.clips import encoded
from tests.support.films import facts
from tests.support.photos import photo

SECONDS, RATE = 15, 25
_SCENES = ("astronaut", "coffee", "rocket", "china", "motorcycle")


def frame(number: int) -> Image.Image:
    """A camera that runs over pictures: half a second later most of what it sees is new."""
    scene, step = divmod(number, 3 * RATE)
    image = photo(_SCENES[scene])
    side = 0.35 * min(image.size)
    turn = 2 * np.pi * step / (2.5 * RATE) + scene
    left = (image.width - side) * (0.5 + 0.5 * np.sin(turn))
    top = (image.height - side) * (0.5 + 0.5 * np.cos(1.3 * turn))
    return image.resize((192, 144), Image.Resampling.BOX, (left, top, left + side, top + side))


@cache
def copy(container: str = "matroska", codec: str = "libx264") -> bytes:
    frames = map(frame, range(SECONDS * RATE))
    return encoded(frames, container, codec, options={"crf": "30"} if "264" in codec else {})


@cache
def hashed(container: str, codec: str) -> hm.Item:
    """The film as it is hashed for a list that others sampled; it depends on no list's times."""
    return hm.hash_item(copy(container, codec), hm.HashOptions(sampling="adaptive"))


def listed(rate: float, phase: float) -> hm.HashList:
    """As vPDQ's users list it: PDQ of full frames by the clock."""
    options = hm.HashOptions(mode="exact")
    hashes = []
    for time in np.arange(phase, SECONDS, 1 / rate):
        image = hm.hash_image(frame(round(time * RATE)), options)
        hashes.append(KnownHash(image.hash, image.quality, time=float(time)))
    return hm.HashList.of("vpdq", [hm.Entry("film", hashes=tuple(hashes))])


@pytest.mark.parametrize("rate", [1, 2])
@pytest.mark.parametrize("phase", [0.0, 0.24, 0.48])
def test_a_moving_film_is_found_at_every_phase(rate: float, phase: float) -> None:
    matcher = hm.Matcher([listed(rate, phase)])
    assert matcher.sampling == "adaptive"
    for container, codec in (("matroska", "libx264"), ("avi", "mpeg4")):
        (match,) = matcher.match(hashed(container, codec))
        assert (match.kind, match.entry_id) == (MatchKind.VIDEO, "film")
        assert match.segments[0].grade is Grade.STRONG
        assert match.segments[0].offset == pytest.approx(0, abs=0.2)
        assert match.segments[0].known_coverage > 0.8


def test_one_frame_a_second_misses_it() -> None:
    """Why it takes more."""
    matcher = hm.Matcher([listed(1, 0.48)])
    grades = {
        segment.grade
        for match in matcher.match(hm.hash_video(copy()))
        for segment in match.segments
    }
    assert Grade.STRONG not in grades


def test_a_scan_hashes_what_its_lists_need(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "film.mkv").write_bytes(copy())
    sparse = hm.Matcher([listed(1, 0.48)])
    (result,) = hm.iter_scan(evidence, against=sparse, workers=0)
    assert result.item.media is not None
    assert result.item.media.is_video
    assert facts(result.item.media).sampling == "adaptive"
    assert [match.entry_id for match in result.matches] == ["film"]
    enrolled = hm.Matcher([enrolled_list("LAB", enrol(Folder(evidence)))])
    assert enrolled.sampling == "query"
    (result,) = hm.iter_scan(evidence, against=enrolled, workers=0)
    assert result.item.media is not None
    assert result.item.media.is_video
    assert facts(result.item.media).sampling == "query"
    # A matcher that is given a path hashes as a scan does.
    assert [match.entry_id for match in sparse.match(evidence / "film.mkv")] == ["film"]
    both = hm.Matcher([*enrolled.lists, *sparse.lists])
    assert hash_options(both).sampling == "adaptive"
    # What was hashed for other lists is not taken over.
    options = [run_config(matcher).options for matcher in (sparse, enrolled)]
    assert [each["sampling"] for each in options] == ["adaptive", "query"]
