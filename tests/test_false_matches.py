import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hashmatch.calibration import calibrate
from hashmatch.errors import SourceError
from hashmatch.false_matches import FITTED, FITTED_DETAILED, PESSIMISTIC, Tail, expected
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.hashlists.reading import HashList
from hashmatch.index.index import Index
from hashmatch.matching.expecting import expectations
from hashmatch.model import Digests, Entry, Hash, KnownHash
from hashmatch.profiles import DEFAULT, STRICT, WIDE
from hashmatch.sources.folder import Folder
from tests.support.photos import encoded, photo, variants


@pytest.mark.parametrize(
    ("tail", "hashes", "threshold"),
    [
        (FITTED, 10_000, 45),
        (FITTED, 1_000_000, 30),
        (FITTED, 10_000_000, 23),
        (FITTED_DETAILED, 10_000, 62),
        (FITTED_DETAILED, 1_000_000, 52),
        (FITTED_DETAILED, 10_000_000, 47),
        (PESSIMISTIC, 10_000, 43),
        (PESSIMISTIC, 1_000_000, 23),
        (PESSIMISTIC, 10_000_000, 13),
    ],
)
def test_the_lines_go_through_what_was_measured(tail: Tail, hashes: int, threshold: int) -> None:
    assert tail.per_million(hashes, threshold) == pytest.approx(1, rel=0.5)


def test_more_hashes_and_wider_thresholds_mean_more_false_matches() -> None:
    for detailed in (False, True):
        counts = [expected(n, 31, detailed=detailed).fitted for n in (10, 1000, 10**6, 10**7)]
        assert counts == sorted(counts)
        widths = [expected(10**6, t, detailed=detailed).fitted for t in range(64)]
        assert widths == sorted(widths)
    assert FITTED.chance(256) == 1


def test_the_strict_profile_keeps_what_it_promises() -> None:
    threshold = STRICT.thresholds["pdq"]
    assert expected(10_000_000, threshold).fitted <= 1 < expected(10_000_000, threshold + 2).fitted


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Two thousand hashes of pictures that are like each other now and then."""
    pool = np.random.default_rng(3)
    known = [Entry(str(n), hashes=(KnownHash(_like(pool)),)) for n in range(1, 2001)]
    with Index.edit(tmp_path / "index") as writer:
        writer.put(HashList.of("known", known))
    return Index(tmp_path / "index")


def _like(pool: np.random.Generator) -> Hash:
    """Codes near enough to each other that some real hashes come within 90 bits."""
    bits = np.zeros(256, np.uint8)
    bits[pool.permutation(256)[:128]] = 1
    return Hash("pdq", np.packbits(bits).tobytes())


def test_calibration_counts_pairs_as_brute_force_does(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "innocent"
    folder.mkdir()
    for number, image in enumerate(variants(60, largest=400)):
        (folder / f"{number}.png").write_bytes(encoded(image, "PNG"))
    (folder / "text.txt").write_bytes(b"no picture")
    found = calibrate(Folder(folder), index)
    assert found.met == ()
    assert found.hashes == 2000
    codes = [known.hash for entry in index.lists[0].entries() for known in entry.hashes]
    used, nearest = 0, 256
    for path in sorted(folder.glob("*.png")):
        image_hashes = hash_image(path, HashOptions(orientations=True))
        good = [r for r in image_hashes.readings if r.quality >= 50]
        used += bool(good)
        for reading in good:
            near = min(reading.hash - code for code in codes)
            if reading.orientation == 1:
                near = min(near, *(~reading.hash - code for code in codes))
            nearest = min(nearest, near)
    assert found.pictures == used
    assert found.nearest == (nearest if nearest <= 90 else None)


def test_pictures_that_match_are_named_and_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "innocent"
    folder.mkdir()
    (folder / "known.png").write_bytes(encoded(photo("coffee"), "PNG"))
    (folder / "other.png").write_bytes(encoded(photo("rocket"), "PNG"))
    known = Entry("1", hashes=(KnownHash(hash_image(folder / "known.png").hash),))
    with Index.edit(tmp_path / "index") as writer:
        writer.put(HashList.of("known", [known]))
    found = calibrate(str(folder), profile="default", index=Index(tmp_path / "index"))
    assert [Path(each).name for each in found.met] == ["known.png"]
    assert found.pictures == 1


def test_the_measured_line_is_kept_and_used(index: Index) -> None:
    tail = Tail(40.0, -9.0, 0.1)
    with Index.edit(index.path) as writer:
        writer.set_calibration({"tail": tail.to_dict()})
    assert index.refresh()
    found = expectations(index, WIDE)
    assert found["match"].calibrated == pytest.approx(2000 * 10**6 * 10 ** (-9.9))
    assert found["probable"].calibrated == pytest.approx(2000 * 10**6 * 10 ** (-8.4))
    assert set(expectations(index, DEFAULT)) == {"match"}


def test_a_line_is_fitted_through_steadily_falling_counts() -> None:
    from hashmatch.calibration import _fitted

    counts = np.zeros(91, np.int64)
    chance = np.array([10 ** (-11 + 0.1 * t) for t in range(91)])
    pairs = 10**9
    within = np.round(chance * pairs).astype(np.int64)
    counts[1:] = np.diff(within)
    counts[1::2] = 0
    tail = _fitted(counts, pairs)
    assert tail is not None
    assert math.log10(tail.chance(60)) == pytest.approx(-5, abs=0.5)


def test_nothing_to_measure_with_is_an_error_that_says_why(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "none"
    folder.mkdir()
    with pytest.raises(SourceError, match="nothing to measure with: no file"):
        calibrate(Folder(folder), index)
    (folder / "flat.png").write_bytes(encoded(Image.new("RGB", (90, 90)), "PNG"))
    (folder / "notes.txt").write_text("no picture")
    (folder / "cut.png").write_bytes(encoded(photo("grass"), "PNG")[:60])
    says = "1 not pictures, 1 of a quality below 50, 1 unreadable"
    with pytest.raises(SourceError, match=says):
        calibrate(Folder(folder), index)
    with Index.edit(tmp_path / "digests") as writer:
        writer.put(HashList.of("known", [Entry("1", digests=Digests(md5="0" * 32))]))
    with pytest.raises(SourceError, match="no live PDQ hash"):
        calibrate(Folder(folder), Index(tmp_path / "digests"))


def test_pictures_that_all_match_are_named(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "grass.png").write_bytes(encoded(photo("grass"), "PNG"))
    own = hash_image(tmp_path / "own" / "grass.png").hash
    with Index.edit(tmp_path / "index") as writer:
        writer.put(HashList.of("known", [Entry("1", hashes=(KnownHash(own),))]))
    found = calibrate(Folder(tmp_path / "own"), Index(tmp_path / "index"))
    assert (found.pictures, len(found.met), found.nearest, found.tail) == (0, 1, None, None)
