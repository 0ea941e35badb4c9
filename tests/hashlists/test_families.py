"""Lists as users of imagehash write them, against what imagehash itself computes and prints."""

import csv
import io
import json
from pathlib import Path

import imagehash
import pytest

from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.hashlists.families import family_of, hash_in
from hashmatch.hashlists.reading import read_list
from hashmatch.hashlists.values import readings
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Hash
from tests.support.imagehash_oracle import photo

PHOTO = photo("coffee.png")
COMPUTED = {
    "phash-64": imagehash.phash(PHOTO),
    "phash-256": imagehash.phash(PHOTO, hash_size=16),
    "phash-25": imagehash.phash(PHOTO, hash_size=5),
    "dhash-64": imagehash.dhash(PHOTO),
    "dhash-256": imagehash.dhash(PHOTO, hash_size=16),
    "dhash-vertical-64": imagehash.dhash_vertical(PHOTO),
    "ahash-64": imagehash.average_hash(PHOTO),
    "whash-64": imagehash.whash(PHOTO),
    "colorhash-42": imagehash.colorhash(PHOTO),
    "colorhash-56": imagehash.colorhash(PHOTO, binbits=4),
}
SIZED = (
    "PHash (8x8)",
    "phash [8x8]",
    "pHash 8×8",
    "phash_8x8",
    "imagehash.phash",
    "phash (64 bit)",
)
HEADERS = {
    "phash-64": (
        "phash",
        "pHash",
        "p_hash",
        "phash_64",
        "phash64",
        "phash_hex",
        "perceptual_hash",
        *SIZED,
    ),
    "phash-256": ("phash", "phash256", "phash_16", "imagehash_phash", "pHash (16x16)"),
    "phash-25": ("phash",),
    "dhash-64": ("dhash", "dHash", "difference_hash", "image_dhash"),
    "dhash-256": ("dhash",),
    "dhash-vertical-64": ("dhash_vertical", "imagehash.dhash_vertical", "DHash_vertical (8x8)"),
    "ahash-64": ("ahash", "aHash", "average_hash", "Average Hash", "imagehash.average_hash"),
    "whash-64": ("whash", "wHash", "wavelet_hash", "whash_haar"),
    "colorhash-42": ("colorhash", "color_hash"),
    "colorhash-56": ("colorhash",),
}


@pytest.mark.parametrize(
    ("algorithm", "header"), [(name, each) for name, all_ in HEADERS.items() for each in all_]
)
def test_a_column_is_read_as_what_imagehash_printed(
    algorithm: str, header: str, tmp_path: Path
) -> None:
    value = COMPUTED[algorithm]
    path = tmp_path / "known.csv"
    path.write_text(
        f"file,{header}\na.jpg,{value}\nb.jpg,0x{str(value).upper()}\nc.jpg,\n", encoding="utf-8"
    )
    known = read_list(path)
    assert [[str(one.hash) for one in entry.hashes] for entry in known.entries] == [
        [f"{algorithm}:{value}"]
    ] * 2
    assert [row.number for row in known.quarantined] == [4]
    assert known.entries[0].details == {"file": "a.jpg"}
    matcher = Matcher(known)
    found = matcher.match(f"{algorithm}:{value}")
    assert [match.distance for match in found] == [0, 0] * (algorithm in matcher.algorithms)


@pytest.mark.parametrize("column", ["algorithm", "hash_type", "Hash Algorithm", "algo"])
@pytest.mark.parametrize("header", ["hash", "image_hash", "imagehash", "hash_value"])
def test_another_column_may_say_the_algorithm(column: str, header: str, tmp_path: Path) -> None:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["name", header, column])
    crops = imagehash.crop_resistant_hash(PHOTO, min_segment_size=500, segmentation_image_size=300)
    for name in ("phash", "average_hash", "dHash", "whash"):
        algorithm = f"{family_of(name.lower().replace('_', '-'))}-64"
        rows.writerow([name, COMPUTED[algorithm], name])
    rows.writerow(["crops", crops, "crop_resistant_hash"])
    rows.writerow(["bytes", "0" * 32, "MD5"])
    rows.writerow(["pdq", "f" * 64, "PDQ"])
    rows.writerow(["own name", f"dhash-64:{COMPUTED['dhash-64']}", "phash"])
    rows.writerow(["unheard of", "0" * 16, "fancyhash"])
    path = tmp_path / "known.csv"
    path.write_text(out.getvalue())
    known = read_list(path)
    found = {str(e.details["name"]): [str(one.hash) for one in e.hashes] for e in known.entries}
    assert found["phash"] == [f"phash-64:{COMPUTED['phash-64']}"]
    assert found["average_hash"] == [f"ahash-64:{COMPUTED['ahash-64']}"]
    assert found["dHash"] == [f"dhash-64:{COMPUTED['dhash-64']}"]
    assert found["whash"] == [f"whash-64:{COMPUTED['whash-64']}"]
    assert found["crops"] == [f"crop-resistant:{each}" for each in crops.segment_hashes]
    assert found["bytes"] == []
    assert found["pdq"] == ["pdq:" + "f" * 64]
    assert found["own name"] == [f"dhash-64:{COMPUTED['dhash-64']}"]
    assert [row.reason for row in known.quarantined] == ["the row names an unknown algorithm"]


def test_values_that_nothing_names_are_never_guessed(tmp_path: Path) -> None:
    path = tmp_path / "known.csv"
    for header in ("hash", "image_hash"):
        path.write_text(f"id,{header}\n1,{COMPUTED['phash-64']}\n")
        with pytest.raises(ListFormatError, match="no name before them"):
            read_list(path)
        (entry,) = read_list(path, columns={"phash-64": header}).entries
        assert [one.hash.algorithm for one in entry.hashes] == ["phash-64"]
    path.write_text(f"md5,image_hash\n{'0' * 32},{COMPUTED['phash-64']}\n")
    (entry,) = read_list(path).entries
    assert [one.hash.algorithm for one in entry.hashes] == ["image-hash"]
    assert entry.digests.md5 == "0" * 32


def test_a_column_that_says_an_algorithm_of_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "known.csv"
    path.write_text(f"pdq,algorithm\n{'0' * 64},PDQ v1\n")
    (entry,) = read_list(path).entries
    assert entry.details == {"algorithm": "PDQ v1"}


def test_values_with_a_name_of_imagehash_are_looked_up() -> None:
    for name, algorithm in (
        ("phash", "phash-64"),
        ("average_hash", "ahash-64"),
        ("pHash", "phash-64"),
    ):
        assert readings(f"{name}:{COMPUTED[algorithm]}")[1] == (
            Hash.fromhex(algorithm, str(COMPUTED[algorithm])),
        )


@pytest.mark.parametrize("digits", [0, 1, 3, 5, 15, 17, 33, 63])
def test_lengths_that_no_hash_has_are_refused(digits: int) -> None:
    with pytest.raises(HashFormatError):
        hash_in("phash", "0" * digits)


@pytest.mark.parametrize("shape", ["array", "lines", "one"])
def test_json_objects_are_read_as_rows(shape: str, tmp_path: Path) -> None:
    crops = imagehash.crop_resistant_hash(PHOTO)
    rows = [
        {"file": "a.jpg", "phash": str(COMPUTED["phash-64"]), "size": [3, 4], "quality": 88},
        {"file": "b.jpg", "hashes": {"phash": str(COMPUTED["phash-64"]), "md5": "0" * 32}},
        {"file": "c.jpg", "hash": str(COMPUTED["ahash-64"]), "algorithm": "average_hash"},
        {"file": "d.jpg", "crop_resistant": [str(each) for each in crops.segment_hashes]},
        {"file": "e.jpg", "phash": None},
        {"file": "f.jpg", "phash": "zz"},
    ]
    rows = rows[:1] if shape == "one" else rows
    texts = [json.dumps(row) for row in rows]
    path = tmp_path / "known.json"
    path.write_text(f"[{','.join(texts)}]" if shape == "array" else "\n".join(texts))
    known = read_list(path)
    assert known.format == "json-objects"
    first = known.entries[0]
    assert [(str(one.hash), one.quality) for one in first.hashes] == [
        (f"phash-64:{COMPUTED['phash-64']}", 88)
    ]
    assert first.details == {"file": "a.jpg", "size": [3, 4]}
    if shape != "one":
        assert known.entries[1].digests.md5 == "0" * 32
        found = [[one.hash.algorithm for one in entry.hashes] for entry in known.entries]
        assert found[1:3] == [["phash-64"], ["ahash-64"]]
        assert found[3] == ["crop-resistant"] * len(crops.segment_hashes)
        assert [row.number for row in known.quarantined] == [5, 6]


@pytest.mark.parametrize("algorithm", ["phash-64", "phash-256", "dhash-64", "dhash-256"])
def test_a_hash_that_is_written_bit_by_bit_is_read_as_its_bits(
    algorithm: str, tmp_path: Path
) -> None:
    value = COMPUTED[algorithm]
    bits = "".join("1" if each else "0" for each in value.hash.flatten())
    family = algorithm.partition("-")[0]
    path = tmp_path / "known.csv"
    path.write_text(f"file,{family}\na.jpg,{bits}\n")
    ((one,),) = [entry.hashes for entry in read_list(path).entries]
    assert str(one.hash) == f"{algorithm}:{value}"
    assert readings(f"{family}:{bits}")[1] == (one.hash,)


@pytest.mark.parametrize(
    ("family", "digits"),
    [
        ("phash", "0" * 64),
        ("phash", "1" * 64),
        ("dhash", "0001" * 16),
        ("dhash", "0" * 60 + "1011"),
        ("phash", "0110100" * 9 + "10"),
        ("colorhash", "01" * 21),
    ],
)
def test_what_may_be_bits_or_hex_is_set_aside(family: str, digits: str, tmp_path: Path) -> None:
    path = tmp_path / "known.csv"
    hex_value = COMPUTED["colorhash-42" if family == "colorhash" else f"{family}-64"]
    path.write_text(f"file,{family}\na.jpg,{digits}\nb.jpg,{hex_value}\n")
    known = read_list(path)
    assert len(known.entries) == 1
    (row,) = known.quarantined
    assert (row.number, "all 0 or 1" in row.reason) == (2, True)


def test_few_digits_and_a_named_size_stay_hex() -> None:
    assert str(hash_in("phash", "0110" * 4)) == f"phash-64:{'0110' * 4}"
    digits = "".join("01"[n * n % 7 % 2] for n in range(64))
    assert readings(f"phash-256:{digits}")[1] == (Hash.fromhex("phash-256", digits),)


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("imagehash.phash", "phash-64"),
        ("PHash (8x8)", "phash-64"),
        ("average_hash", "ahash-64"),
        ("average_hash-64", "ahash-64"),
        ("imagehash.dhash_vertical", "dhash-vertical-64"),
        ("dhash-64", "dhash-64"),
        ("imagehash.dhash-64", "dhash-64"),
    ],
)
def test_names_in_a_column_and_before_a_value_are_read_by_the_same_rule(
    name: str, algorithm: str, tmp_path: Path
) -> None:
    expected = Hash(algorithm, bytes.fromhex("F0E1D2C3B4A59687"))
    for digits in ("f0e1d2c3b4a59687", "0xF0E1D2C3B4A59687", " 0Xf0e1D2c3B4a59687 "):
        assert readings(f"{name}:{digits}")[1] == (expected,)
        path = tmp_path / "known.csv"
        path.write_text(f"algorithm,hash\n{name},{digits}\n")
        assert [one.hash for one in read_list(path).entries[0].hashes] == [expected]


def test_digests_may_have_a_prefix_too() -> None:
    assert readings("0x" + "AB" * 16)[0].md5 == "ab" * 16
    assert readings("0x" + "AB" * 32)[1] == (Hash("pdq", b"\xab" * 32),)


def test_a_value_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "known.csv"
    path.write_text("phash:1234567890123456\nphash:1234567890123457\n")
    assert len(read_list(path).entries) == 2
