"""Crops, turned copies and pieces are found by patches of known pictures, where they lie."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import hashmatch as hm
from hashmatch.coverage import Unsearched
from hashmatch.enrolment import enrol, enrolled_list
from hashmatch.errors import ListFormatError
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.hashlists.writing import write_list
from hashmatch.index.index import Index
from hashmatch.model import Band, Entry, Hash, MediaHashes, Reading, Tier
from hashmatch.model.entry import FLAT_CARD
from hashmatch.model.orientation import Orientation
from tests.support.photos import encoded, photo

pytest.importorskip("cv2", reason="the extra patches is not installed")

PLAIN = (Reading(Hash("pdq", bytes(32)), 0),)
"""The readings of a picture that matches nothing as a whole."""
NAMES = ("astronaut", "chelsea", "coffee", "motorcycle_left", "rocket", "china", "flower")
KNOWN = NAMES[:4]
TIERS = ("whole", "patches")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> HashList:
    folder = tmp_path_factory.mktemp("originals")
    for name in KNOWN:
        photo(name).save(folder / f"{name}.png")
    return enrolled_list("LAB", enrol(folder, patches=True))


def hashes(image: Image.Image) -> MediaHashes:
    return hm.hash_image(encoded(image, "PNG"), hm.HashOptions(tiers=TIERS))


def turned(image: Image.Image) -> tuple[Image.Image, np.ndarray]:
    """The middle 70 % of a picture turned by 20°, and where its corners then are."""
    width, height = image.size
    copy = image.rotate(20, Image.Resampling.BICUBIC, expand=False)
    left, top = round(width * 0.15), round(height * 0.15)
    angle = np.deg2rad(-20)
    middle = np.array([width / 2, height / 2])
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)]) - middle
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    where = corners @ matrix.T + middle - (left, top)
    return copy.crop((left, top, width - left, height - top)), where


def id_of(lab: HashList, name: str) -> str:
    digests = hm.hash_item(encoded(photo(name), "PNG")).digests
    return f"sha256:{digests.sha256}"


@pytest.mark.parametrize("name", ["astronaut", "coffee"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_turned_and_trimmed_copy_is_found_where_it_lies(
    lab: HashList,
    name: str,
    mirrored: bool,  # noqa: FBT001 (a case)
) -> None:
    copy, corners = turned(photo(name))
    if mirrored:
        copy = copy.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        corners = np.column_stack((copy.width - corners[:, 0], corners[:, 1]))
    with hm.Matcher(lab, tiers=TIERS) as matcher:
        (found,) = matcher.match(hashes(copy))
    assert found.similarity is not None
    assert (found.tier, found.band, found.algorithm) == (Tier.PATCHES, Band.MATCH, "patch-256")
    assert found.similarity.inliers >= 5
    assert found.similarity.scale == pytest.approx(1, abs=0.05)
    assert found.similarity.turn == pytest.approx(-20, abs=3)
    assert found.orientation is (Orientation.MIRRORED if mirrored else Orientation.UPRIGHT)
    longer = max(photo(name).size)
    assert np.abs(np.array(found.outline) - corners).max() < 0.05 * longer
    # Of a picture as wide as it is high about half lies within its own middle.
    assert 0.4 < found.similarity.overlap < 0.65


def test_pieces_of_a_collage_are_found_and_other_pictures_are_not(lab: HashList) -> None:
    page = Image.new("RGB", (1000, 900), (235, 235, 235))
    page.paste(photo("china").resize((480, 400)), (10, 10))
    page.paste(photo("chelsea").crop((60, 20, 380, 260)), (520, 40))
    page.paste(photo("coffee").resize((450, 300)), (200, 500))
    others = [photo(name) for name in NAMES[4:]]
    with hm.Matcher(lab, tiers=TIERS) as matcher:
        found = {each.entry_id: each for each in matcher.match(hashes(page))}
        assert not any(matcher.match_many([hashes(each) for each in others]))
    assert {each.tier for each in found.values()} == {Tier.PATCHES}
    places = {each: np.array(one.outline).mean(axis=0) for each, one in found.items()}
    assert len(places) == 2
    assert any(np.abs(place - (425, 650)).max() < 15 for place in places.values())


def marked(name: str) -> Image.Image:
    """A photo with the mark of a site, which nothing but it has in common with others."""
    image = photo(name).convert("RGB").resize((600, 450))
    draw = ImageDraw.Draw(image)
    draw.rectangle((280, 340, 590, 440), fill=(20, 20, 120))
    draw.text((285, 342), "GALLERY 24", fill="white", font=ImageFont.load_default(50))
    draw.text((285, 400), "www.photo-site.example", fill="gold", font=ImageFont.load_default(25))
    return image


def test_a_mark_that_two_pictures_have_in_common_is_no_match(tmp_path: Path) -> None:
    """Its patches agree in every way, but all of them lie in a corner of what is shown."""
    for name in NAMES:
        marked(name).save(tmp_path / f"{name}.png")
    known = enrolled_list("marked", enrol(tmp_path, patches=True))
    with hm.Matcher(known, tiers=TIERS) as matcher:
        told = [matcher.match(replace(hashes(marked(each)), readings=PLAIN)) for each in NAMES]
        # What is in common is told as a lead, with the patches that agree.
        assert sum(match.band is Band.PROBABLE for found in told for match in found) >= 3
        for name, found in zip(NAMES, told, strict=True):
            sure = {match.entry_id for match in found if match.band is Band.MATCH}
            assert len(sure) == 1, name
            copy = marked(name).crop((60, 40, 600, 450))
            assert sure == {
                each.entry_id
                for each in matcher.match(replace(hashes(copy), readings=PLAIN))
                if each.band is Band.MATCH
            }


def test_patches_are_looked_for_only_where_nothing_else_matched(lab: HashList) -> None:
    with hm.Matcher(lab, tiers=TIERS) as matcher:
        (found,) = matcher.match(hashes(photo("coffee")))
    assert found.tier is Tier.WHOLE


def test_patches_of_a_flat_card_or_of_a_part_of_a_picture_are_probable_at_most(
    lab: HashList,
) -> None:
    copy = hashes(turned(photo("coffee"))[0])
    flat = HashList.of(
        "flat",
        [
            replace(entry, hashes=tuple(replace(each, part=FLAT_CARD) for each in entry.hashes))
            for entry in lab.entries
        ],
    )
    with hm.Matcher(flat) as matcher:
        (found,) = matcher.match(copy)
    assert found.band is Band.PROBABLE
    with hm.Matcher(lab) as matcher:
        (found,) = matcher.match(replace(copy, fraction=0.8))
        assert matcher.match(replace(copy, fraction=0.3)) == ()
    assert found.band is Band.PROBABLE


def test_harmless_entries_label_and_raise_nothing(lab: HashList) -> None:
    good = HashList.of("good", [replace(each, known_good=True) for each in lab.entries])
    with hm.Matcher(good) as matcher:
        (found,) = matcher.match(hashes(turned(photo("coffee"))[0]))
    assert not found.reportable


def test_a_list_keeps_patches_through_an_index_and_a_file(lab: HashList, tmp_path: Path) -> None:
    copy = hashes(turned(photo("astronaut"))[0])
    assert write_list(lab, tmp_path / "lab.jsonl", format="jsonl") == {}
    read = read_list(tmp_path / "lab.jsonl")
    assert list(read.entries) == list(lab.entries)
    with Index.edit(tmp_path / "index") as writer:
        writer.put(read)
    with Index.edit(tmp_path / "index") as writer:
        writer.compact(read.name)
    with Index(tmp_path / "index") as index, hm.Matcher(index, tiers=TIERS) as matcher:
        matcher.prove()
        (found,) = matcher.match(copy)
        with hm.Matcher(lab) as other:
            assert found.outline == other.match(copy)[0].outline
    patches = sum(each.place is not None for entry in lab.entries for each in entry.hashes)
    assert write_list(lab, tmp_path / "lab.csv", format="csv")["a patch of a picture"] == patches
    assert "patch-256" not in (tmp_path / "lab.csv").read_text()


def test_what_is_not_looked_for_is_told(lab: HashList) -> None:
    with hm.Matcher(lab) as matcher:
        (told,) = [each for each in matcher.coverage[0].hashes if each.algorithm == "patch-256"]
        assert list(told.unsearched) == [Unsearched.ANOTHER_TIER]
    with hm.Matcher(lab, tiers=TIERS) as matcher:
        (told,) = [each for each in matcher.coverage[0].hashes if each.algorithm == "patch-256"]
        assert (told.searched > 0, told.unsearched) == (True, {})
    plain = HashList.of("plain", [Entry("x", digests=entry.digests) for entry in lab.entries])
    with hm.Matcher(plain, tiers=TIERS) as matcher:
        assert matcher.tiers == (Tier.WHOLE,)


def test_a_code_without_its_place_is_quarantined(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"patch-256:{'0f' * 32}\n" * 3 + f"pdq:{'0f' * 32}\n")
    found = read_list(tmp_path / "list.txt")
    assert (len(found.entries), len(found.quarantined)) == (1, 3)
    (tmp_path / "list.csv").write_text(f"id,patch-256\nx,{'0f' * 32}\n")
    with pytest.raises(ListFormatError):
        read_list(tmp_path / "list.csv")
