"""Files of iOS backups have the names on record that they had on the telephone."""

import contextlib
import hashlib
import json
import os
import random
import sqlite3
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import hashmatch as hm
from hashmatch.errors import Reason
from hashmatch.model import Item
from hashmatch.sightings.database import Database
from hashmatch.sources.inside import backups
from tests.support import ios_backups as made
from tests.support.disk_images import need
from tests.support.disk_images import run as run_tool
from tests.support.ios_backups import Kept
from tests.support.photos import encoded, photo
from tests.support.program import run

if TYPE_CHECKING:
    import subprocess

CAMERA, APP = "CameraRollDomain", "AppDomainGroup-group.net.example.chat"

STEERING = "\x1b[2J\n" * 10


def jpeg(name: str = "astronaut") -> bytes:
    return encoded(photo(name).resize((160, 120)), "JPEG", quality=90)


def telephone() -> list[Kept]:
    """Two pictures, a database with one, a folder, and a file whose bytes are missing."""
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE media (data BLOB)")
        database.execute("INSERT INTO media VALUES (?)", (jpeg("rocket"),))
        database.commit()
        chat = database.serialize()
    return [
        Kept(CAMERA, "Media/DCIM/100APPLE/IMG_0001.JPG", jpeg()),
        Kept(CAMERA, "Media/DCIM/100APPLE/IMG_0002.HEIC", jpeg("coffee")),
        Kept(APP, "Message/Фото \u202egpj.jpg", jpeg("chelsea")),
        Kept(APP, "chat.sqlite", chat),
        Kept(CAMERA, "Media/DCIM", b"", flags=2),
        Kept(CAMERA, "Media/DCIM/100APPLE/IMG_0003.MOV", None),
    ]


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    (tmp_path / "evidence").mkdir()
    known = hm.hash_image(jpeg()).hash.hex
    (tmp_path / "known.csv").write_text(f"id,pdq\nx,{known}\n")
    return tmp_path


def scanned(lab: Path, *, workers: int = 0) -> dict[str, Item]:
    folder = lab / "evidence"
    results = hm.iter_scan(folder, against=lab / "known.csv", workers=workers)
    return {each.item.locator.removeprefix(f"{folder}/"): each.item for each in results}


def named(items: dict[str, Item]) -> dict[str, str]:
    return {where: item.original_name for where, item in items.items() if item.original_name}


def by_name(items: dict[str, Item], name: str) -> Item:
    (found,) = (each for each in items.values() if each.original_name == name)
    return found


def those(items: dict[str, Item], reason: Reason) -> list[Item]:
    return [each for each in items.values() if each.unreadable and each.unreadable.reason is reason]


@pytest.mark.parametrize("workers", [0, 1])
def test_files_have_the_names_of_the_telephone(lab: Path, workers: int) -> None:
    kept = telephone()
    made.backup(lab / "evidence/phone", kept)
    (lab / "evidence/phone/ff").mkdir(exist_ok=True)
    (lab / f"evidence/phone/ff/ff{'0' * 38}").write_bytes(jpeg("rocket"))
    items = scanned(lab, workers=workers)
    files = {f"phone/{each.id[:2]}/{each.id}": each for each in kept if each.data}
    there = {where: name for where, name in named(items).items() if where in files}
    assert there == {where: each.name for where, each in files.items()}
    for where, each in files.items():
        assert each.data is not None
        assert items[where].digests.sha256 == hashlib.sha256(each.data).hexdigest()
    # What is not listed is read as ever.
    assert items[f"phone/ff/ff{'0' * 38}"].media is not None
    assert items[f"phone/ff/ff{'0' * 38}"].original_name == ""


def test_what_lies_in_a_file_has_its_name_too(lab: Path) -> None:
    kept = telephone()
    made.backup(lab / "evidence/phone", kept)
    chat = kept[3]
    inside = f"phone/{chat.id[:2]}/{chat.id}!sqlite:0:media/data/1"
    assert named(scanned(lab))[inside] == f"{chat.name}!sqlite:0:media/data/1"


def test_what_is_listed_and_missing_is_an_item(lab: Path) -> None:
    kept = telephone()
    made.backup(lab / "evidence/phone", kept)
    items = scanned(lab)
    (missing,) = those(items, Reason.MISSING)
    assert missing.original_name == kept[5].name
    assert missing.locator.startswith(f"{lab}/evidence/phone/Manifest.db!backup:")
    assert missing.unreadable is not None
    assert kept[5].id in missing.unreadable.detail
    manifest = items["phone/Manifest.db"]
    assert manifest.unreadable is not None
    assert manifest.unreadable.reason is Reason.OPENED


def test_a_backup_of_before_ios_10(lab: Path) -> None:
    kept = telephone()
    made.old_backup(lab / "evidence/phone", kept)
    items = scanned(lab)
    assert named(items) == {
        **{f"phone/{each.id}": each.name for each in kept if each.data},
        f"phone/{kept[3].id}!sqlite:0:media/data/1": f"{kept[3].name}!sqlite:0:media/data/1",
        f"phone/Manifest.mbdb!backup:4:{kept[5].name}": kept[5].name,
    }
    assert items["phone/Manifest.mbdb"].unreadable.reason is Reason.OPENED  # type: ignore[union-attr]


def zipped(folder: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(folder.rglob("*")):
            archive.write(each, each.relative_to(folder.parent))


def tarred(folder: Path, path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        archive.add(folder, folder.name)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_backups_in_archives(lab: Path, pack: "object") -> None:
    kept = telephone()
    folder = made.backup(lab / "phone", kept)
    pack(folder, lab / "evidence/phone.bin")  # type: ignore[operator]
    items = scanned(lab)
    for each in kept:
        if each.data:
            assert by_name(items, each.name).digests.sha256 == hashlib.sha256(each.data).hexdigest()
    assert by_name(items, kept[5].name).unreadable.reason is Reason.MISSING  # type: ignore[union-attr]
    assert "!sqlite:0:media/data/1" in "".join(named(items).values())


def test_a_backup_in_a_compressed_archive_is_read_without_names_and_says_so(lab: Path) -> None:
    made.backup(lab / "phone", telephone())
    with tarfile.open(lab / "evidence" / "phone.tar.gz", "w:gz") as archive:
        archive.add(lab / "phone", "phone")
    items = scanned(lab)
    assert not named(items)
    assert sum(each.media is not None for each in items.values()) > 1
    (outer,) = [each for name, each in items.items() if name.endswith(".tar.gz!gz:0:phone.tar")]
    assert outer.unreadable is not None
    assert outer.unreadable.reason is Reason.UNSUPPORTED
    assert "without their names" in outer.unreadable.detail


def proto(folder: Path) -> str:
    """What `mkfs.xfs` fills a file system with."""

    def inside(above: Path, depth: int) -> str:
        lines = []
        for each in sorted(above.iterdir()):
            indent = " " * depth
            if each.is_dir():
                lines.append(
                    f"{indent}{each.name} d--755 0 0\n{inside(each, depth + 1)}{indent}$\n"
                )
            else:
                lines.append(f"{indent}{each.name} ---644 0 0 {each}\n")
        return "".join(lines)

    return f"/dev/null\n0 0\nd--755 0 0\n{inside(folder, 1)}$\n"


@pytest.mark.parametrize("system", ["ext4", "xfs"])
def test_backups_on_disk_images(lab: Path, system: str) -> None:
    kept = telephone()
    made.backup(lab / "root/Backup/phone", kept)
    image = lab / "evidence/disk.img"
    image.write_bytes(b"")
    os.truncate(image, (8 if system == "ext4" else 300) << 20)
    need(f"mkfs.{system}")
    given = {"ext4": ["-q", "-d", lab / "root"], "xfs": ["-q", "-p", lab / "proto"]}[system]
    if system == "xfs":
        (lab / "proto").write_text(proto(lab / "root"))
    run_tool(f"mkfs.{system}", *given, image)
    items = scanned(lab)
    for each in kept:
        if each.data:
            assert by_name(items, each.name).digests.sha256 == hashlib.sha256(each.data).hexdigest()
    assert by_name(items, kept[5].name).unreadable.reason is Reason.MISSING  # type: ignore[union-attr]
    locator = by_name(items, kept[3].name).locator
    shown = hashmatch(lab, "show", locator)
    assert f"called   {kept[3].name} by its backup" in shown.stdout


def random_bytes(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)


@pytest.mark.parametrize("says", ["settings", "manifest"])
def test_files_of_an_encrypted_backup_are_encrypted(lab: Path, says: str) -> None:
    kept = [Kept(CAMERA, f"IMG_{each}.JPG", random_bytes(5000 + each, each)) for each in range(9)]
    folder = made.backup(lab / "evidence/phone", kept, encrypted=says == "settings")
    if says == "manifest":
        (folder / "Manifest.db").write_bytes(random_bytes(40_960, 99))
        (folder / "Manifest.plist").unlink()
    (folder / f"00/00{'1' * 38}").parent.mkdir(exist_ok=True)
    (folder / f"00/00{'1' * 38}").write_bytes(jpeg())
    items = scanned(lab)
    for each in kept:
        item = items[f"phone/{each.id[:2]}/{each.id}"]
        assert item.unreadable == hm.Unreadable(
            Reason.ENCRYPTED, "a file of an encrypted iOS backup"
        )
        assert item.digests.sha256 == hashlib.sha256(each.data or b"").hexdigest()
    manifest = items["phone/Manifest.db"]
    assert manifest.container == "encrypted iOS backup"
    # One that is a picture all the same is read.
    assert items[f"phone/00/00{'1' * 38}"].media is not None
    if says == "settings":
        assert items[f"phone/{kept[0].id[:2]}/{kept[0].id}"].original_name == kept[0].name


def on_record(lab: Path) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(lab / "db")) as record:
        return record.execute(
            "SELECT locator, status, reason, name, (SELECT json_group_object(kind, at) FROM times "
            "WHERE item_id = items.id AND kind LIKE 'original-%') FROM items "
            "LEFT JOIN original_names ON item_id = items.id ORDER BY locator"
        ).fetchall()


def hashmatch(lab: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    return run(*map(str, words), folder=lab)


def scan(lab: Path, *more: object) -> "subprocess.CompletedProcess[str]":
    database = ("--db", "db", "--case", "1", "--exhibit", "7")
    return hashmatch(lab, "scan", "evidence", "--against", "known.csv", *database, *more)


def test_names_are_on_record_and_in_every_output(lab: Path) -> None:
    kept = telephone()
    made.backup(lab / "evidence/phone", kept)
    done = scan(lab)
    assert done.returncode == 4, "a file is missing"
    assert f"[{kept[0].name}]" in done.stdout
    assert "missing: 1" in done.stderr
    assert "\u202e" not in done.stdout + done.stderr
    rows = {row[3]: row for row in on_record(lab) if row[3]}
    assert {each.name for each in kept if each.flags == 1} <= set(rows)
    assert json.loads(str(rows[kept[0].name][4])) == made.TIMES
    with Database.open(lab / "db", read_only=True) as database:
        assert database.verify().problems == ()
        (sighting,) = database.sightings("1")
        assert sighting.item.original_name == kept[0].name
    for form, mark in (("json", kept[0].name), ("html", kept[0].name), ("csv", kept[0].name)):
        hashmatch(lab, "report", "--db", "db", "--case", "1", "--output", f"report.{form}")
        assert mark in (lab / f"report.{form}").read_text(), form
    hashmatch(lab, "report", "--db", "db", "--case", "1", "--output", "report.vics.json")
    assert f"called {kept[0].name} by its backup" in (lab / "report.vics.json").read_text()
    report = ("report", "--db", "db", "--case", "1", "--redact-paths", "--output", "redacted.json")
    hashmatch(lab, *report)
    assert "IMG_0001" not in (lab / "redacted.json").read_text()
    json_lines = hashmatch(lab, "scan", "evidence", "--against", "known.csv", "--json").stdout
    names = [json.loads(line).get("original_name") for line in json_lines.splitlines()]
    assert kept[1].name in names


def test_a_resumed_scan_gives_the_same_record(lab: Path) -> None:
    kept = telephone()
    made.backup(lab / "evidence/phone", kept)
    assert scan(lab).returncode == 4
    whole = on_record(lab)
    (lab / "db").unlink()
    # Names of the files that were read before the interruption and behind it.
    with Database.open(lab / "db") as database:
        from hashmatch.scanning.recorded import recorded_run
        from hashmatch.sources.opening import open_source

        matcher = hm.Matcher(lab / "known.csv")
        source = open_source("evidence" if Path.cwd() == lab else lab / "evidence")
        for resume in (False, True):
            with recorded_run(
                database,
                matcher,
                source,
                case="1",
                path=lab / "evidence",
                exhibit="7",
                resume=resume,
            ) as begun:
                results = hm.iter_scan(source, against=matcher, run=begun, workers=0)
                for _ in results if resume else zip(range(1), results, strict=False):
                    pass
    assert on_record(lab) == whole


@pytest.mark.parametrize("pack", [None, zipped])
def test_an_item_is_shown_with_its_name(lab: Path, pack: "object") -> None:
    kept = telephone()
    folder = made.backup(lab / "evidence/phone", kept)
    outer = f"evidence/phone/{kept[3].id[:2]}/{kept[3].id}"
    if pack is not None:
        zipped(folder, lab / "evidence/phone.zip")
        outer = next(
            each.locator
            for each in scanned(lab).values()
            if each.original_name == kept[3].name and ".zip!" in each.locator
        )
    for more in ("", "!sqlite:0:media/data/1"):
        done = hashmatch(lab, "show", outer + more, "--json")
        assert json.loads(done.stdout)["original_name"] == kept[3].name + more, done.stderr
    done = hashmatch(lab, "show", outer)
    assert f"called   {kept[3].name} by its backup" in done.stdout


def test_a_missing_file_is_shown_as_missing(lab: Path) -> None:
    kept = telephone()
    made.backup(lab / "evidence/phone", kept)
    done = hashmatch(lab, "show", f"evidence/phone/Manifest.db!backup:4:{kept[5].name}")
    assert done.returncode == 4
    assert "missing" in done.stderr


def test_a_hostile_manifest_names_only_files_of_its_backup(lab: Path) -> None:
    """Paths that lead elsewhere, names that steer a terminal, absurd lengths, and false ones."""
    picture = Kept(CAMERA, "true.jpg", jpeg())
    folder = made.backup(lab / "evidence/phone", [picture])
    (lab / "evidence/other.jpg").write_bytes(jpeg("coffee"))
    (folder / "Manifest.db").unlink()
    kept = [
        picture,
        *(Kept(CAMERA, path, None) for path in ("up", "root", "short", "long", "false", "upper")),
        Kept(CAMERA, STEERING, None),
        Kept(CAMERA, "x" * 100_000, None),
    ]
    ids = {
        "up": "../other.jpg",
        "root": "/etc/passwd",
        "short": "ab",
        "long": "ab" * 30,
        "false": "ab" * 20,
        "upper": "AB" * 20,
    }
    made.manifest(folder / "Manifest.db", kept, ids)
    items = scanned(lab)
    assert items["other.jpg"].original_name == ""
    assert items[f"phone/{picture.id[:2]}/{picture.id}"].original_name == picture.name
    missing = {each.original_name for each in those(items, Reason.MISSING)}
    assert missing == {f"{CAMERA}/false", f"{CAMERA}/" + STEERING}
    why = items["phone/Manifest.db"].unreadable
    assert why == hm.Unreadable(
        Reason.DAMAGED, "6 entries of it are of no file of this backup (and 1 more)"
    )


def test_a_manifest_whose_pages_loop_ends(lab: Path) -> None:
    kept = [Kept(CAMERA, f"{each}.jpg", None) for each in range(400)]
    folder = made.backup(lab / "evidence/phone", [*kept, Kept(CAMERA, "a.jpg", jpeg())])
    data = bytearray((folder / "Manifest.db").read_bytes())
    generator = random.Random(5)
    for _ in range(200):
        data[generator.randrange(100, len(data))] = generator.randrange(256)
    (folder / "Manifest.db").write_bytes(data)
    items = scanned(lab)
    assert items[f"phone/{Kept(CAMERA, 'a.jpg', b'').id[:2]}/{Kept(CAMERA, 'a.jpg', b'').id}"].media
    assert items["phone/Manifest.db"].unreadable.reason is Reason.DAMAGED  # type: ignore[union-attr]


def test_more_names_than_are_kept_are_told(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "MOST_FILES", 2)
    made.backup(lab / "evidence/phone", telephone()[:4])
    items = scanned(lab, workers=0)
    why = items["phone/Manifest.db"].unreadable
    assert why == hm.Unreadable(Reason.TOO_MUCH, "the names of more than 2 files of a backup")
