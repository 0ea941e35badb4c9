"""Digests that a disk image keeps of its medium: on record, and compared if that is asked for."""

import hashlib
import json
import subprocess
import zlib
from functools import cache
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.model import VolumeStatus
from tests.support.aff4_files import write_map
from tests.support.archives import tool
from tests.support.disk_volumes import volume
from tests.support.hostile_values import run
from tests.support.photos import encoded, photo

pytest.importorskip("pytsk3")


@cache
def medium() -> bytes:
    return volume("fat32", {"1.jpg": encoded(photo("coffee"), "JPEG")})


@pytest.fixture
def image(tmp_path: Path) -> Path:
    (tmp_path / "raw").write_bytes(medium())
    (tmp_path / "evidence").mkdir()
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    stem = str(tmp_path / "evidence" / "exhibit")
    command = [tool("ewfacquire"), "-u", "-q", "-d", "sha1", "-t", stem, str(tmp_path / "raw")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    return Path(f"{stem}.E01")


def with_other_digests(image: Path) -> None:
    """Alter the digests that an image keeps, and the checksums of the sections that hold them."""
    data = bytearray(image.read_bytes())
    md5 = hashlib.md5(medium(), usedforsecurity=False).digest()
    place, count = data.find(md5), 0
    while place >= 0:
        data[place] ^= 1
        for length in (32, 76):
            end = place + length
            if zlib.adler32(data[place:end]) != int.from_bytes(data[end : end + 4], "little"):
                data[place] ^= 1
                is_own = zlib.adler32(data[place:end]) == int.from_bytes(
                    data[end : end + 4], "little"
                )
                data[place] ^= 1
                if is_own:
                    data[end : end + 4] = zlib.adler32(data[place:end]).to_bytes(4, "little")
                    count += 1
        place = data.find(md5, place + 1)
    assert count == 2
    image.write_bytes(data)


def scanned(
    image: Path, *more: str, workers: int = 0
) -> tuple[int, str, list[tuple[str, VolumeStatus, str]]]:
    """The exit code, what was said, and what is on record of the medium and its volumes."""
    database = image.parents[1] / "lab.db"
    known = str(image.parents[1] / "known.csv")
    words = [
        "scan",
        str(image.parent),
        "--against",
        known,
        "--workers",
        str(workers),
        "--case",
        "1",
    ]
    code, said = run([*words, "--db", str(database), *more])
    with hm.Database.open(database, read_only=True) as opened:
        (source,) = opened.case("1").sources
    return code, said, [(each.kind, each.status, each.reason) for each in source.volumes]


def test_they_are_on_record_and_said_to_be_not_compared(image: Path) -> None:
    code, said, volumes = scanned(image)
    assert code == 0, said
    assert "1 disk image: its stored digests were not compared with its bytes" in said
    kind, status, words = volumes[0]
    assert (kind, status) == ("medium", VolumeStatus.READ)
    for name in ("md5", "sha1"):
        assert hashlib.new(name, medium(), usedforsecurity=False).hexdigest() in words
    assert words.endswith("not compared with its bytes")


def test_equal_ones_are_said_to_be_equal(image: Path) -> None:
    code, said, volumes = scanned(image, "--verify-images", workers=1)
    assert code == 0, said
    assert "1 disk image: its bytes have the digests that it stores" in said
    assert volumes[0][1] is VolumeStatus.READ
    assert volumes[0][2].endswith("its bytes have the digests that it stores")
    database = str(image.parents[1] / "lab.db")
    code, said = run(["report", "--db", database, "--case", "1", "--format", "json"])
    assert "its bytes have the digests that it stores" in said


def test_a_difference_is_loud(image: Path) -> None:
    with_other_digests(image)
    code, said, volumes = scanned(image, "--verify-images")
    assert code == 4
    assert "1 disk image: its bytes do not have the digests that it stores" in said
    assert volumes[0][1] is VolumeStatus.PARTLY_READ
    assert hashlib.md5(medium(), usedforsecurity=False).hexdigest() in volumes[0][2]
    # The files on it are found all the same.
    assert "2 files: 1 hashed" in said or "1 hashed" in said


def test_a_damaged_chunk_is_no_equal_digest(image: Path) -> None:
    data = bytearray(image.read_bytes())
    data[len(data) // 2] ^= 0xFF
    image.write_bytes(data)
    code, said, volumes = scanned(image, "--verify-images")
    assert code == 4, said
    assert "cannot be read to the end" in volumes[0][2]
    # No file lies there.
    assert volumes[1][:2] == ("fat32", VolumeStatus.PARTLY_READ)
    assert volumes[1][2].startswith("32,768 bytes of its free space cannot be read, the first at ")
    assert volumes[1][2].endswith("is not as its checksum says")


def test_one_image_is_shown_with_both(image: Path) -> None:
    code, said = run(["show", str(image), "--digest", "--json"])
    assert code == 0, said
    shown = json.loads(next(each for each in said.splitlines() if each.startswith("{")))
    assert shown["medium"]["size"] == len(medium())
    assert shown["medium"]["computed"]["sha256"] == hashlib.sha256(medium()).hexdigest()
    assert shown["medium"]["stored"]["md5"] == shown["medium"]["computed"]["md5"]
    assert shown["sha256"] == hashlib.sha256(image.read_bytes()).hexdigest()
    with_other_digests(image)
    code, said = run(["show", str(image), "--digest"])
    assert code == 4
    assert "WARNING: its bytes do not have the digests that it stores" in said


@pytest.mark.parametrize("sha1", ["", "0f" * 20])
def test_those_of_an_aff4_are_compared_too(sha1: str, tmp_path: Path) -> None:
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    (tmp_path / "evidence").mkdir()
    picture = encoded(photo("coffee").resize((160, 120)), "JPEG")
    data = bytes(1 << 17) + picture + bytes(1 << 17)
    first = write_map(tmp_path / "evidence", data, sha1=sha1)
    code, said, volumes = scanned(first, "--verify-images")
    verdict = "do not have" if sha1 else "have"
    assert f"its bytes {verdict} the digests that it stores" in said
    assert volumes[0][1] is (VolumeStatus.PARTLY_READ if sha1 else VolumeStatus.READ)
    # The medium has no file system that is known: pictures are found by content, and it is said.
    assert code == 4
