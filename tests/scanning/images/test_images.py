"""Disk images are read in parts: what ends a reader costs that part, and is told."""

import hashlib
import re
from functools import cache
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.errors import Reason, ResumeError
from hashmatch.model import AllocationState, Item, ScanResult, VolumeStatus
from hashmatch.sources.inside.budget import InsideLimits
from hashmatch.sources.inside.image_items import ImageItems
from hashmatch.sources.inside.image_selection import ImageSelection
from hashmatch.sources.inside.options import Inside
from tests.support import dying_readers
from tests.support.archives import zipped
from tests.support.disk_volumes import disk, volume
from tests.support.photos import encoded, variants

pytest.importorskip("pytsk3")


@cache
def pictures() -> dict[str, bytes]:
    images = [
        encoded(each.resize((96, 72)), "JPEG", quality=90) for each in variants(12, largest=300)
    ]
    return {f"a/{number:02}.jpg": data for number, data in enumerate(images)}


@cache
def archive() -> bytes:
    return zipped([(f"{number}.txt", f"text {number}".encode()) for number in range(9)])


@cache
def ntfs() -> bytes:
    return volume(
        "ntfs", {**pictures(), "a/kills 1.zip": archive(), "b/kills 2.bin": bytes(70_000)}
    )


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "a.img").write_bytes(ntfs())
    return tmp_path / "evidence"


def scanned(evidence: Path, workers: int = 2) -> dict[str, Item]:
    known = next(each for each in evidence.parents if (each / "known.csv").exists()) / "known.csv"
    found = hm.iter_scan(evidence, against=known, workers=workers)
    named = [each.item for each in found]
    items = {str(each.locator).removeprefix(f"{evidence}/"): each for each in named}
    assert len(items) == len(named)
    return items


def contents_of(items: dict[str, Item]) -> set[str | None]:
    return {each.digests.sha256 for each in items.values() if each.media}


def reason(item: Item) -> Reason | None:
    return item.unreadable.reason if item.unreadable else None


ALL = {hashlib.sha256(each).hexdigest() for each in pictures().values()}


def test_a_file_that_ends_its_reader_costs_itself_alone_and_is_named(
    evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = scanned(evidence, workers=0)
    monkeypatch.setattr("hashmatch.scanning.inside_files.ReadInside", dying_readers.OverFiles)
    found = scanned(evidence)
    killed = {name for name in whole if "kills" in name}
    assert {name: found.get(name) for name in whole.keys() - killed} == {
        name: whole[name] for name in whole.keys() - killed
    }
    ended = [found[name] for name in killed if name.endswith(("kills 1.zip", "kills 2.bin"))]
    assert [reason(each) for each in ended] == [Reason.WORKER_DIED] * 2
    assert reason(found["a.img"]) is Reason.OPENED


@pytest.mark.parametrize(
    ("how", "state", "status"),
    [
        ("OverNames", AllocationState.ALLOCATED, VolumeStatus.PARTLY_READ),
        ("OverSystems", AllocationState.CARVED, VolumeStatus.BY_CONTENT),
        ("OverSpace", AllocationState.ALLOCATED, VolumeStatus.PARTLY_READ),
    ],
)
def test_a_volume_that_ends_its_reader_is_read_as_far_as_it_can_be(
    how: str,
    state: AllocationState,
    status: VolumeStatus,
    evidence: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hashmatch.scanning.inside_files.ReadInside", getattr(dying_readers, how))
    path = evidence.parent / "lab.sightings"
    known = evidence.parent / "known.csv"
    hm.scan(evidence, against=known, db=path, case="1", exhibit="1", workers=1)
    with hm.Database.open(path, read_only=True) as database:
        ((facts,),) = [source.volumes for source in database.case("1").sources]
        found = {each.locator: each for each in database.items("1")}
    assert facts.status is status
    assert "process" in facts.reason
    pictured = [each for each in found.values() if each.place and each.digests.sha256 in ALL]
    assert {each.digests.sha256 for each in pictured} == ALL
    assert {each.place.state for each in pictured if each.place} == {state}
    named = [each for each in found if "/a/0" in each]
    assert bool(named) is (how == "OverSpace")
    assert found["a.img"].reason == Reason.WORKER_DIED
    assert "whole:0@0" in found["a.img"].detail


def test_a_resume_reads_no_file_again_that_is_on_record(
    evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, path = evidence.parent / "known.csv", evidence.parent / "lab.sightings"
    opened: list[str] = []
    open_one = ImageItems._opened

    def opening(self: ImageItems, *args: object) -> object:
        opened.append(str(args[1].step.path))  # type: ignore[attr-defined]
        return open_one(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(ImageItems, "_opened", opening)
    monkeypatch.setattr("hashmatch.scanning.images.working._MOST_OBJECTS", 2)
    monkeypatch.setattr("hashmatch.scanning.searching._BATCH", 3)
    given: list[ScanResult] = []

    def stop(result: ScanResult) -> None:
        given.append(result)
        if len(given) == 9:
            raise KeyboardInterrupt

    how = {"against": known, "db": path, "case": "1", "exhibit": "1", "workers": 0}
    with pytest.raises(KeyboardInterrupt):
        hm.scan(evidence, on_result=stop, **how)  # type: ignore[arg-type]
    with hm.Database.open(path, read_only=True) as database:
        before = {each.locator for each in database.items("1")}
    assert 6 <= len(before) < 20
    opened.clear()
    hm.scan(evidence, resume=True, **how)  # type: ignore[arg-type]
    again = [name for name in opened if any(each.endswith(f":{name}") for each in before)]
    assert again == []
    assert opened
    with hm.Database.open(path, read_only=True) as database:
        items = list(database.items("1"))
        assert database.verify().problems == ()
    assert len({each.locator for each in items}) == len(items) == len(scanned(evidence, 0))


def test_an_image_of_more_files_than_may_be_open_is_read_whole(evidence: Path) -> None:
    data = ntfs()
    size = -(-len(data) // 100)
    (evidence / "a.img").unlink()
    for number in range(100):
        (evidence / f"disk.{number + 1:03}").write_bytes(data[number * size : (number + 1) * size])
    assert contents_of(scanned(evidence / "disk.001")) == ALL


def test_progress_ends_with_the_size_of_the_image_and_goes_back_never(evidence: Path) -> None:
    told: list[float] = []
    for _ in hm.iter_scan(
        evidence,
        against=evidence.parent / "known.csv",
        workers=0,
        on_expanding=lambda _, reached: told.append(reached),
    ):
        pass
    assert told == sorted(told)
    assert told[-1] == len(ntfs()) / (1 << 20)
    assert len(set(told)) > 2


def test_deleted_files_and_free_space_are_left_out_and_told(evidence: Path) -> None:
    gone = dict([*pictures().items()][:3])
    kept = {path: data for path, data in pictures().items() if path not in gone}
    (evidence / "a.img").write_bytes(volume("ntfs", kept, gone))
    known, path = evidence.parent / "known.csv", evidence.parent / "lab.sightings"
    inside = Inside(InsideLimits(images=ImageSelection(deleted=False)))
    how = {"against": known, "db": path, "case": "1", "exhibit": "1", "workers": 0}
    summary = hm.scan(evidence, inside=inside, **how)  # type: ignore[arg-type]
    with hm.Database.open(path, read_only=True) as database:
        ((facts,),) = [source.volumes for source in database.case("1").sources]
        found = {each.digests.sha256 for each in database.items("1") if each.place}
    assert {hashlib.sha256(each).hexdigest() for each in kept.values()} <= found
    assert not {hashlib.sha256(each).hexdigest() for each in gone.values()} & found
    assert facts.status is VolumeStatus.READ
    assert re.search(r"3 deleted files and [\d,]+ bytes of free space are left out", facts.reason)
    assert not summary.unreadable
    with pytest.raises(ResumeError):
        hm.scan(evidence, resume=True, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["mbr:2", "mbr:2@", "gpt:7"])
def test_only_the_volumes_that_are_named_are_read(name: str, evidence: Path) -> None:
    first, second = (dict([*pictures().items()][at : at + 3]) for at in (0, 3))
    data = disk([hfsplus(first), hfsplus(second)], [0xAF, 0xAF])
    (evidence / "a.img").write_bytes(data)
    known = evidence.parent / "known.csv"
    if name.endswith("@"):
        name += str((2048 + 1024) * 512 + len(hfsplus(first)))
    inside = Inside(InsideLimits(images=ImageSelection(volumes=(name,))))
    found = [each.item for each in hm.iter_scan(evidence, against=known, inside=inside, workers=0)]
    (outer,) = (each for each in found if each.place is None)
    hashes = {each.digests.sha256 for each in found if each.media}
    if name == "gpt:7":
        assert not hashes
        assert reason(outer) is Reason.CONTAINER
        assert outer.unreadable is not None
        assert "gpt:7" in outer.unreadable.detail
        assert "mbr:2@" in outer.unreadable.detail
    else:
        assert hashes == {hashlib.sha256(each).hexdigest() for each in second.values()}
        assert reason(outer) is Reason.OPENED


def hfsplus(files: dict[str, bytes]) -> bytes:
    return volume("hfsplus", files)
