"""What a file for Project VIC says of pictures on a disk image, beside where they were put."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm
from hashmatch.sources.opening import open_source
from tests.support.archives import zipped
from tests.support.disk_volumes import disk, volume
from tests.support.photos import encoded, variants

pytest.importorskip("pytsk3")


def test_pictures_of_an_image_are_exported_with_their_places(tmp_path: Path) -> None:
    drawn = [encoded(each.resize((160, 120)), "JPEG", quality=90) for each in variants(5)]
    kept, gone, free, packed, wiped = drawn
    archive = zipped([("in/packed.jpg", packed)])
    fat = volume("fat32", {"DCIM/kept.jpg": kept, "a/b.zip": archive})
    ntfs = volume("ntfs", {"DCIM/other.txt": b"text"}, {"DCIM/gone.jpg": gone})
    ext4 = volume("ext4", {"x/other.txt": b"text"}, {"x/wiped.jpg": wiped})
    data = bytearray(disk([fat, ntfs, ext4], [12, 7, 0x83]))
    # Behind the partitions.
    data += free.ljust(1 << 16, b"\0")
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "disk.img").write_bytes(data)
    digests = [hashlib.md5(each, usedforsecurity=False).hexdigest() for each in drawn]
    (tmp_path / "known.csv").write_text("md5\n" + "\n".join(digests) + "\n")
    db = tmp_path / "lab.db"
    hm.scan(
        tmp_path / "evidence",
        against=tmp_path / "known.csv",
        db=db,
        case="1",
        exhibit="1",
        workers=0,
    )
    with hm.Database.open(db, read_only=True) as database:
        hm.write_report(database, "1", format="vics", out=tmp_path / "case.json")
    (case,) = json.loads((tmp_path / "case.json").read_text())["value"]
    files: dict[str, Any] = {}
    for media in case["Media"]:
        (files[media["MD5"].lower()],) = media["MediaFiles"]
    told = [files[each] for each in digests]
    keys = ("Deleted", "Unallocated")
    assert [tuple(each[key] for key in keys) for each in told] == [
        (False, False),
        (True, True),
        (False, True),
        (False, False),
        (False, True),
    ]
    assert [each["FileName"] for each in told[:2]] == ["kept.jpg", "gone.jpg"]
    assert told[0]["FilePath"].startswith("disk.img!mbr:1@1048576!fat32:")
    assert told[0]["FilePath"].endswith(":/DCIM")
    assert "!ntfs:" in told[1]["FilePath"]
    # Where they begin on the medium; what is in an archive has no place of its own.
    places = [each.get("PhysicalLocation") for each in told]
    assert places == [data.find(each) if each != packed else None for each in drawn]
    assert told[3]["ParentFileName"] == "b.zip"
    assert told[3]["ParentFilePath"].endswith(":/a")
    assert told[3]["ParentMD5"] == hashlib.md5(archive, usedforsecurity=False).hexdigest().upper()
    assert told[3]["ParentPhysicalLocation"] == data.find(archive)
    names = ("ParentFileName", "ParentMD5", "ParentPhysicalLocation")
    assert all(name not in told[each] for each in (0, 1, 2, 4) for name in names)


def test_a_further_file_that_is_given_alone_is_not_taken_for_read(tmp_path: Path) -> None:
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    data = disk([volume("fat32", {"a.jpg": b"x" * 9000})], [12])
    for number in (1, 2):
        part = data[(number - 1) << 25 : number << 25]
        (tmp_path / f"disk.{number:03}").write_bytes(part)
    against, second = tmp_path / "known.csv", tmp_path / "disk.002"
    (found,) = hm.iter_scan(second, against=against, workers=0)
    assert found.item.unreadable is not None
    assert found.item.unreadable.reason is hm.Reason.CONTAINER
    assert "disk.001" in found.item.unreadable.detail
    together = {
        Path(each.item.locator).name: each.item for each in hm.iter_scan(tmp_path, against=against)
    }
    assert together["disk.002"].unreadable is not None
    assert together["disk.002"].unreadable.reason is hm.Reason.OPENED
    for pattern, said in {
        "*.001": ["excluded: matches *.001", "excluded: a further file of disk.001: disk.001 is"],
        "*.002": ["container: disk.002 is left out, as it matches *.002", "excluded: matches *."],
        "x/*.001": ["opened-container: disk image with", "opened-container: a further file of"],
    }.items():
        left = open_source(tmp_path, excluded=[pattern])
        scanned = hm.iter_scan(left, against=against, workers=0)
        items = {Path(each.item.locator).name: each.item for each in scanned}
        for number, expected in enumerate(said, 1):
            why = items[f"disk.{number:03}"].unreadable
            assert why is not None
            assert f"{why.reason}: {why.detail}".startswith(expected)
