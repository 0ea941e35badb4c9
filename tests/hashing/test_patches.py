"""Patches lie where the picture was put, and the mirror is a law of their codes."""

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from hashmatch.enrolment import enrol
from hashmatch.errors import MissingExtraError
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.model import Tier
from hashmatch.model.orientation import Orientation
from hashmatch.model.patch import MIRRORED, MOST_KNOWN, PLAIN, VOTE, PatchPlace, packed, places_in
from hashmatch.raster import Raster
from tests.support.photos import encoded, photo

pytest.importorskip("cv2", reason="the extra patches is not installed")

from hashmatch.hashing import keypoints
from hashmatch.hashing.patches import in_mirror, known_patches, patch_regions


def luma(image: Image.Image) -> NDArray[np.uint8]:
    return np.array(image.convert("L"))


def raster(image: Image.Image) -> Raster:
    grey = luma(image)
    return Raster(grey, grey.shape[1], grey.shape[0])


def test_squares_are_what_lies_around_a_keypoint_turned_until_it_points_right() -> None:
    """Compared with Pillow, which turns the whole picture and cuts the square out of it."""
    image = photo("chelsea").convert("L")
    middle, size, angle = (220.0, 150.0), 8.0, 40.0
    found = keypoints.Keypoints(np.array([middle]), np.array([size]), np.array([angle]))
    (square,) = keypoints.squares_around(luma(image), found)
    turned = image.rotate(angle, Image.Resampling.BICUBIC, center=(220.5, 150.5))
    side = 4 * size
    cut = turned.resize(
        (32, 32),
        Image.Resampling.BILINEAR,
        box=(220.5 - side, 150.5 - side, 220.5 + side, 150.5 + side),
    )
    assert np.corrcoef(square.ravel(), np.asarray(cut, np.float64).ravel())[0, 1] > 0.98


def test_the_mirror_of_a_patch_has_its_mirrored_code() -> None:
    image = photo("coffee")
    plain, flipped = patch_regions(raster(image), 0)
    shown, _ = patch_regions(raster(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)), 0)
    assert (plain.plan, flipped.plan, plain.count) == (PLAIN, MIRRORED, flipped.count)
    here = np.frombuffer(shown.codes, np.uint8).reshape(-1, 32)
    there = np.frombuffer(flipped.codes, np.uint8).reshape(-1, 32)
    apart = np.bitwise_count(here[:, None] ^ there[None]).sum(axis=2)
    near, other = apart.min(axis=1) <= VOTE, apart.argmin(axis=1)
    # SIFT finds most keypoints in the mirror too.
    assert near.mean() > 0.75
    unflipped = np.frombuffer(plain.codes, np.uint8).reshape(-1, 32)
    assert np.bitwise_count(here[:, None] ^ unflipped[None]).sum(axis=2).min() > VOTE
    one, two = places_in(shown.places), places_in(flipped.places)
    for place, number in zip(np.flatnonzero(near).tolist(), other[near].tolist(), strict=True):
        if apart[place, number] < VOTE // 4:
            assert one[place].column == pytest.approx(two[number].column, abs=1000)
            turn = (one[place].turn - two[number].turn + 0x8000) % 0x10000 - 0x8000
            assert abs(turn) < 3000
    assert [in_mirror(in_mirror(each)) for each in two] == two


@pytest.mark.parametrize("way", [Orientation.ROTATED_90, Orientation.FLIPPED])
def test_patches_are_of_the_picture_as_shown(way: Orientation) -> None:
    image = photo("coffee")
    stored = luma(image)
    shown = stored[::-1] if way is Orientation.FLIPPED else np.rot90(stored, -1)
    turned = Raster(stored, stored.shape[1], stored.shape[0], orientation=way)
    upright = Raster(np.ascontiguousarray(shown), shown.shape[1], shown.shape[0])
    assert list(patch_regions(turned, 3)) == list(patch_regions(upright, 3))


def test_a_known_picture_has_a_few_large_patches_and_one_without_structure_none() -> None:
    known = known_patches(raster(photo("astronaut")))
    assert 10 < len(known) <= MOST_KNOWN
    assert {str(each.hash).partition(":")[0] for each in known} == {"patch-256"}
    assert known_patches(raster(Image.new("L", (300, 200), 128))) == ()
    assert known_patches(raster(Image.radial_gradient("L").resize((400, 20)))) == ()


def test_a_file_has_patches_where_they_are_asked_for() -> None:
    file = encoded(photo("coffee"), "PNG")
    assert hash_image(file).regions == ()
    regions = hash_image(file, HashOptions(tiers=("patches",))).regions
    assert {each.tier for each in regions} == {Tier.PATCHES}
    assert all(len(each.places) == 12 * each.count for each in regions)
    assert regions[0].to_dict()["places"][0] == list(places_in(regions[0].places)[0])


def test_a_place_is_its_bytes() -> None:
    places = [PatchPlace(0, 1, 2, 65535, 4, 65535), PatchPlace(9, 8, 7, 6, 5, 4)]
    data = b"".join(map(packed, places))
    assert data.hex() == "000000010002ffff0004ffff000900080007000600050004"
    assert places_in(data) == places
    with pytest.raises(ValueError, match="12 bytes"):
        places_in(data[:-1])


def test_a_missing_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    monkeypatch.setattr("hashmatch.hashing.keypoints.PathFinder.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install '\.\[patches\]'"):
        HashOptions(tiers=("whole", "patches"))
    HashOptions(tiers=("whole", "regions", "framing"))


def test_it_is_installed_also_while_another_thread_loads_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """OpenCV stands among the modules without a `__spec__` for some moments."""
    monkeypatch.setitem(sys.modules, "cv2", ModuleType("cv2"))
    assert sys.modules["cv2"].__spec__ is None
    keypoints.check_installed()


def test_an_extra_that_cannot_be_loaded_is_told_before_anything_is_enrolled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every original would be left without hashes, and said to be a fault of hashmatch."""
    monkeypatch.setitem(sys.modules, "cv2", None)
    keypoints._cv2.cache_clear()
    with pytest.raises(MissingExtraError, match="is installed and cannot be loaded"):
        enrol(tmp_path, patches=True)
