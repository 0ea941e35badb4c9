import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from hashmatch.enrolment import enrol, enrolled_list
from hashmatch.errors import Reason
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.hashing.regions import is_flat_card, middle_parts, without_border
from hashmatch.index.index import Index
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Band, Hash
from hashmatch.raster import Raster
from hashmatch.sources.folder import Folder
from tests.support.photos import PHOTOS, encoded, photo
from tests.support.sighting_values import video


def _raster(image: Image.Image) -> Raster:
    luma = np.asarray(image.convert("L"))
    return Raster(luma, luma.shape[1], luma.shape[0])


def _framed(image: Image.Image, colour: str, left: int, top: int) -> Image.Image:
    framed = Image.new("RGB", (image.width + 2 * left, image.height + 2 * top), colour)
    framed.paste(image, (left, top))
    return framed


@pytest.mark.parametrize("colour", ["black", "white", "#305070"])
@pytest.mark.parametrize(("left", "top"), [(0, 90), (120, 0), (50, 70)])
def test_a_border_is_peeled_off_exactly(colour: str, left: int, top: int) -> None:
    image = photo("coffee")
    found = without_border(_raster(_framed(image, colour, left, top)))
    assert found is not None
    assert (found.width, found.height) == image.size
    assert np.array_equal(found.luma, _raster(image).luma)


def test_what_has_no_border_or_is_nothing_else_is_left_alone() -> None:
    assert without_border(_raster(photo("coffee"))) is None
    assert without_border(_raster(Image.new("RGB", (300, 200), "red"))) is None


def test_middle_parts() -> None:
    luma = _raster(photo("coffee")).luma
    assert luma.shape == (400, 600)
    found = {name: each.luma for name, each in middle_parts(_raster(photo("coffee"))).items()}
    assert list(found) == ["centre", "wide", "upright", "band"]
    assert np.array_equal(found["centre"], luma[:, 100:500])
    assert np.array_equal(found["wide"], luma[31:369])
    assert np.array_equal(found["upright"], luma[:, 187:412])
    assert np.array_equal(found["band"], luma[80:320])
    square = middle_parts(_raster(photo("astronaut")))
    assert list(square) == ["wide", "upright", "band"]
    assert not middle_parts(_raster(photo("coffee").resize((60, 39))))


def _card(seed: int) -> Image.Image:
    random = np.random.default_rng(seed)
    card = Image.new("RGB", (640, 480), tuple(random.integers(0, 256, 3).tolist()))
    draw = ImageDraw.Draw(card)
    for _ in range(9):
        x, y, wide, high = random.integers(20, 300, 4).tolist()
        draw.rectangle((x, y, x + wide, y + high), tuple(random.integers(0, 256, 3).tolist()))
    draw.text((40, 40), "some words on a card", "black")
    return Image.open(io.BytesIO(encoded(card, "JPEG")))


def test_cards_are_told_from_photographs() -> None:
    assert all(is_flat_card(_raster(_card(seed)).luma) for seed in range(12))
    kept = [path.name for path in PHOTOS if not is_flat_card(_raster(photo(path.name)).luma)]
    assert len(kept) >= len(PHOTOS) - 1


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    folder = tmp_path / "originals"
    folder.mkdir()
    (folder / "a.png").write_bytes(encoded(photo("coffee"), "PNG"))
    (folder / "bars.png").write_bytes(encoded(_framed(photo("rocket"), "black", 0, 99), "PNG"))
    (folder / "again.png").write_bytes((folder / "a.png").read_bytes())
    (folder / "card.png").write_bytes(encoded(_card(3).convert("RGB"), "PNG"))
    (folder / "grey.png").write_bytes(encoded(Image.new("RGB", (200, 200), "grey"), "PNG"))
    (folder / "half.jpg").write_bytes(encoded(photo("chelsea"), "JPEG")[:9000])
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "movie.mp4").write_bytes(b"no picture, but known bytes")
    return folder


def test_originals_become_entries(originals: Path) -> None:
    results = {Path(r.locator).name: r for r in enrol(Folder(originals), category="1", scheme="L")}
    parts = {
        name: [known.part for known in result.entry.hashes] if result.entry else None
        for name, result in results.items()
    }
    middle = ("centre", "wide", "upright", "band")
    assert parts == {
        "a.png": ["", *middle],
        "again.png": ["", *middle],
        "bars.png": ["", "without-border", *middle],
        "card.png": [
            "flat-card",
            *(f"flat-card/{name}" for name in ("without-border", *middle)),
        ],
        "empty.jpg": None,
        "grey.png": [],
        "half.jpg": [],
        "movie.mp4": [],
    }
    assert results["card.png"].entry is not None
    assert "few colours" in str(results["card.png"].entry.details["marked"])
    assert results["card.png"].entry.details["flat-card"] is True
    for name in ("grey.png", "half.jpg", "movie.mp4"):
        entry = results[name].entry
        assert entry is not None
        assert results[name].refused == entry.details["refused"] != ""
        assert entry.digests.md5
    assert results["empty.jpg"].unreadable is not None
    in_part = {name: result.in_part for name, result in results.items() if result.in_part}
    assert in_part == {"half.jpg": Reason.TRUNCATED}
    listed = enrolled_list("lab", results.values())
    assert len(listed.entries) == 6
    assert {(entry.scheme, entry.category) for entry in listed.entries} == {("L", "1")}


def _at(distance: int, code: Hash) -> Hash:
    """A hash that differs in so many bits from the first on."""
    return Hash("pdq", bytes(np.frombuffer(code.value, np.uint8) ^ _mask(distance)))


def _mask(bits: int) -> NDArray[np.uint8]:
    return np.packbits(np.arange(256) < bits)


@pytest.mark.parametrize("indexed", [False, True])
def test_flat_cards_match_within_a_smaller_distance(
    originals: Path, tmp_path: Path, *, indexed: bool
) -> None:
    results = [*enrol(Folder(originals / "card.png")), *enrol(Folder(originals / "a.png"))]
    card, plain = (each.entry.hashes[0].hash for each in results if each.entry is not None)
    listed = enrolled_list("lab", results)
    with Index.edit(tmp_path / "lab.index") as writer:
        writer.update(listed)
    matcher = Matcher(tmp_path / "lab.index" if indexed else listed)
    found = {
        (code, distance): [(match.part, match.band, match.threshold) for match in matches]
        for code in (card, plain)
        for distance in (0, 20, 21, 31, 32)
        for matches in [matcher.match(_at(distance, code))]
    }
    flat, lead = ("flat-card", Band.MATCH, 20), ("flat-card", Band.PROBABLE, 31)
    told = [found[card, distance] for distance in (0, 20, 21, 31, 32)]
    assert told == [[flat], [flat], [lead], [lead], []]
    sure = ("", Band.MATCH, 31)
    told = [found[plain, distance] for distance in (0, 20, 21, 31, 32)]
    assert told == [[sure], [sure], [sure], [sure], []]


def test_a_flat_card_is_found_in_videos_by_the_same_rule(originals: Path) -> None:
    (result,) = enrol(Folder(originals / "card.png"))
    assert result.entry is not None
    matcher = Matcher([enrolled_list("lab", [result])])
    for distance, band in ((20, Band.MATCH), (21, Band.PROBABLE)):
        code = _at(distance, result.entry.hashes[0].hash)
        film = video(1)
        shown = tuple(replace(each, hash=code, quality=100) for each in film.readings[:3])
        (match,) = matcher.match(replace(film, readings=(*shown, *film.readings[3:])))
        assert match.band is band


def test_crops_to_the_parts_are_found(originals: Path) -> None:
    listed = enrolled_list("lab", enrol(Folder(originals)))
    matcher = Matcher([listed])
    options = HashOptions(orientations=True)
    square = photo("coffee").crop((100, 0, 500, 400)).resize((300, 300))
    for copy, part in ((square, "centre"), (photo("rocket"), "without-border")):
        (match,) = matcher.match(hash_image(encoded(copy, "JPEG"), options))
        assert match.part == part


def test_the_hash_of_the_whole_is_the_reference_hash(originals: Path) -> None:
    (result,) = enrol(str(originals / "a.png"))
    assert result.entry is not None
    expected = hash_image(originals / "a.png", HashOptions(mode="exact"))
    assert result.entry.hashes[0].hash == expected.hash


def test_originals_with_another_category_replace_those_enrolled_before(
    originals: Path, tmp_path: Path
) -> None:
    first, again, moved = (
        enrolled_list("lab", enrol(Folder(originals / "a.png"), category=category))
        for category in ("1", "1", "2")
    )
    assert first.sha256 == again.sha256 != moved.sha256
    for each, came in ((first, 1), (again, 0), (moved, 1)):
        with Index.edit(tmp_path / "i") as writer:
            assert writer.update(each, file="originals")[0] == came
    (entry,) = Index(tmp_path / "i")["lab"].entries()
    assert entry.category == "2"
