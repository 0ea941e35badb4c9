"""What is listed before a scan, beside what the scan then puts on record."""

import gzip
import json
import os
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.model import AllocationState, VolumeFacts
from hashmatch.scanning.listing.evidence import Listed, list_evidence
from hashmatch.scanning.listing.files import LookAtFiles
from hashmatch.sources.inside.options import Inside
from hashmatch.sources.opening import open_source
from tests.support.archives import tarred, zipped
from tests.support.disk_volumes import disk, volume
from tests.support.photos import encoded, variants
from tests.support.program import run

pytest.importorskip("pytsk3")
_LOCKED = (b"LUKS\xba\xbe\x00\x02" + bytes(4088)).ljust(1 << 20, b"\1")


@cache
def pictures() -> dict[str, bytes]:
    images = [encoded(each.resize((96, 72)), "JPEG", quality=90) for each in variants(12)]
    return {f"a/{number:02}.jpg": data for number, data in enumerate(images)}


@cache
def exhibit() -> bytes:
    named = pictures()
    gone = dict(list(named.items())[::4])
    kept = {path: data for path, data in named.items() if path not in gone}
    unknown = b"some file system that nobody knows".ljust(1 << 20, b"\2")
    volumes = [volume("ext4", kept, gone), volume("ntfs", kept, gone), _LOCKED, unknown]
    return disk(volumes, [0x83, 7, 0x83, 0x83])


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    place = tmp_path / "evidence"
    place.mkdir()
    for number, start in enumerate(range(0, len(exhibit()), 1 << 24), 1):
        (place / f"disk.{number:03}").write_bytes(exhibit()[start : start + (1 << 24)])
    (place / "a.zip").write_bytes(zipped([*pictures().items()]))
    (place / "b.tar.gz").write_bytes(gzip.compress(tarred([*pictures().items()])))
    (place / "c.jpg").write_bytes(pictures()["a/00.jpg"])
    (place / "notes.txt").write_text("nothing to see")
    return place


def listed(evidence: Path, workers: int = 0) -> dict[str, Listed]:
    found = list_evidence(open_source(evidence), workers=workers)
    return {os.path.relpath(each.file.found.locator, evidence): each for each in found}


def test_what_is_listed_is_what_a_scan_puts_on_record(evidence: Path) -> None:
    before = listed(evidence)
    path = evidence.parent / "lab.sightings"
    hm.scan(evidence, against=evidence.parent / "known.csv", db=path, case="1", exhibit="1")
    with hm.Database.open(path, read_only=True) as database:
        (source,) = database.case("1").sources
        items = [*database.items("1")]
    volumes: tuple[VolumeFacts, ...] = tuple(each.facts for each in before["disk.001"].volumes)
    assert volumes == source.volumes
    assert {each.status for each in volumes} == {"read", "by-content", "not-read"}
    states = Counter(
        (str(each.place.locator.steps[1]), each.place.state)
        for each in items
        if each.place and len(each.place.locator.steps) == 3 and "unallocated" not in each.locator
    )
    for each in before["disk.001"].volumes:
        name = str(each.facts.locator.steps[1])
        assert each.counts.files == states[name, AllocationState.ALLOCATED]
        gone = states[name, AllocationState.DELETED] + states[name, AllocationState.ORPHANED]
        assert each.counts.deleted == gone
    members = Counter(each.locator.partition("!")[0] for each in items if each.place)
    assert members["a.zip"] == before["a.zip"].file.members == len(pictures())
    assert before["a.zip"].file.bytes == sum(map(len, pictures().values()))
    assert before["b.tar.gz"].file.members == len(pictures())
    further = {name for name, each in before.items() if each.file.is_further}
    assert further == {path.name for path in evidence.glob("disk.0*")} - {"disk.001"}
    assert before["disk.001"].is_unread
    assert not any(each.is_unread for name, each in before.items() if name != "disk.001")


class Dying(LookAtFiles):
    """Ends its process over the folders of a volume."""

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        place = getattr(payload, "place", None)
        if place is not None and str(place.steps[0]).startswith("mbr:2"):
            os.abort()
        return super().perform(payload, on_progress)


def test_a_volume_that_ends_its_reader_costs_its_names_alone(
    evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = listed(evidence)["disk.001"]
    monkeypatch.setattr("hashmatch.scanning.listing.evidence.LookAtFiles", Dying)
    found = listed(evidence, workers=2)["disk.001"]
    names = [str(each.facts.locator.steps[1]) for each in whole.volumes]
    for name, now, then in zip(names, found.volumes, whole.volumes, strict=True):
        assert now.facts.locator == then.facts.locator
        if not name.startswith("mbr:2"):
            assert now == then
            continue
        assert now.facts.status == "partly-read"
        assert now.counts.files >= then.counts.files
        assert now.told is not None


def test_the_command_says_what_would_not_be_read_and_writes_nothing(evidence: Path) -> None:
    db = evidence.parent / "lab.sightings"
    before = {path: path.stat().st_mtime_ns for path in evidence.parent.rglob("*")}
    done = run("scan", evidence, "--dry-run", "--db", db, "--case", "1")
    assert done.returncode == 4
    assert before == {path: path.stat().st_mtime_ns for path in evidence.parent.rglob("*")}
    count = len([*evidence.glob("disk.*")])
    assert f"{count} files (disk.001 to disk.{count:03})" in done.stdout
    assert "LUKS 2 is encrypted: decrypt it first" in done.stdout
    assert f"a.zip: zip archive, {len(pictures())} members" in done.stdout
    (evidence / "disk.001").unlink()
    for part in evidence.glob("disk.*"):
        part.unlink()
    assert run("scan", evidence, "--dry-run").returncode == 0


def test_the_command_lists_as_json(evidence: Path) -> None:
    done = run("scan", evidence, "--dry-run", "--json", "--no-deleted")
    *files, summary = map(json.loads, done.stdout.splitlines())
    (image,) = (each for each in files if each["volumes"])
    assert [each["kind"] for each in image["volumes"]][1::2] == ["ext4", "ntfs", "luks2", "unknown"]
    assert all(not each["deleted"] for each in image["volumes"])
    assert summary["record"] == "summary"
    assert summary["files"] == len([*evidence.iterdir()])
    assert summary["kinds"]["picture"]["files"] == 1


def test_containers_are_only_named_where_nothing_inside_is_read(evidence: Path) -> None:
    found = {
        os.path.basename(each.file.found.locator): each  # noqa: PTH119
        for each in list_evidence(open_source(evidence), inside=None, workers=0)
    }
    assert found["a.zip"].file.members is None
    assert found["a.zip"].is_unread
    assert not found["c.jpg"].is_unread
    assert not found["disk.001"].volumes


def test_a_password_that_fits_unlocks_members(tmp_path: Path) -> None:
    pytest.importorskip("py7zr")
    import py7zr

    with py7zr.SevenZipFile(tmp_path / "a.7z", "w", password="secret") as archive:  # noqa: S106
        archive.writestr(b"some text", "a.txt")
    for words, locked in ((("wrong",), 1), (("wrong", "secret"), 0)):
        inside = Inside(passwords=words)
        (found,) = list_evidence(open_source(tmp_path), inside=inside, workers=0)
        assert found.file.members == 1
        assert found.file.locked == locked
        assert found.is_unread == bool(locked)
