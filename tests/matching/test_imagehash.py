"""Lists that imagehash filled, matched, against imagehash's own distances of every pair."""

import csv
from pathlib import Path

import imagehash
import pytest
from PIL import Image

import hashmatch as hm
from hashmatch.matching.thresholds import overridden
from hashmatch.profiles import DEFAULT
from tests.support.imagehash_oracle import CLASSIC, PHOTOS, photo
from tests.support.photos import encoded, variants

COPIES = [encoded(photo(name).resize((360, 240)), "JPEG", quality=80) for name in PHOTOS]
QUERIES = [*COPIES, *(encoded(image, "PNG") for image in variants(30, largest=500))]


@pytest.mark.parametrize("algorithm", CLASSIC)
@pytest.mark.parametrize("share", [None, 0.375])
def test_matches_are_those_within_imagehash_s_distance(
    algorithm: str, share: float | None, tmp_path: Path
) -> None:
    known = {name: CLASSIC[algorithm](photo(name)) for name in PHOTOS}
    path = tmp_path / "known.csv"
    with path.open("w") as file:
        csv.writer(file).writerows([["id", algorithm.partition("-")[0]], *known.items()])
    bits = hm.Hash.fromhex(algorithm, str(known[PHOTOS[0]])).bits or 0
    profile = overridden(DEFAULT, {algorithm: int(bits * share)}) if share else DEFAULT
    matcher = hm.Matcher(path, profile=profile)
    within = (matcher.profile.thresholds, matcher.profile.probable)
    threshold = max(each.get(algorithm, -1) for each in within)
    options = hm.HashOptions(algorithms=algorithm, orientations=True)
    met = 0
    for data in QUERIES:
        image = hm.hash_image(data, options)
        sure = algorithm in matcher.profile.thresholds
        if image.quality < (matcher.profile.minimum_quality if sure else 90):
            continue
        own = [imagehash.hex_to_hash(reading.hash.hex) for reading in image.readings]
        own.append(imagehash.hex_to_hash((~image.hash).hex))
        nearest = {name: min(each - value for each in own) for name, value in known.items()}
        expected = {name: int(far) for name, far in nearest.items() if far <= threshold}
        assert {match.entry_id: match.distance for match in matcher.match(image)} == expected
        met += len(expected)
    assert met >= len(PHOTOS)


def test_a_scan_finds_copies_of_what_imagehash_saw(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    with (tmp_path / "known.csv").open("w") as file:
        rows = csv.writer(file)
        rows.writerow(["filename", "phash", "dhash", "average_hash", "whash"])
        for name in PHOTOS:
            image = photo(name)
            hashes = imagehash.phash(image), imagehash.dhash(image)
            rows.writerow([name, *hashes, imagehash.average_hash(image), imagehash.whash(image)])
            copy = image.resize((image.width * 2 // 3, image.height * 2 // 3))
            copy.transpose(Image.Transpose.ROTATE_90).save(evidence / f"{name}.jpg", quality=70)
    found = {}
    for result in hm.iter_scan(evidence, against=tmp_path / "known.csv", workers=0):
        found[Path(result.item.locator).stem] = [match.number for match in result.matches]
    assert found == {name: [number] for number, name in enumerate(PHOTOS, 2)}
