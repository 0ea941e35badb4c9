import sys
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm
from hashmatch.errors import ListFormatError, Reason, SourceError
from hashmatch.scanning import landlock, seccomp
from hashmatch.scanning.binding import run_config
from hashmatch.scanning.engine import matcher_for
from hashmatch.scanning.tally import Tally
from hashmatch.sightings.database import Database
from hashmatch.sightings.scan_config import SourceSpec
from tests.support import deeds
from tests.support.clips import animation, clip
from tests.support.photos import encoded, photo


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    (folder / "deep").mkdir(parents=True)
    data = encoded(photo("coffee"), "JPEG")
    (folder / "a.jpg").write_bytes(data)
    (folder / "b.dat").write_bytes(encoded(photo("coffee").resize((300, 200)), "PNG"))
    (folder / "cut.jpg").write_bytes(data[: len(data) // 2])
    (folder / "deep" / "other.webp").write_bytes(encoded(photo("rocket"), "WEBP"))
    (folder / "empty").write_bytes(b"")
    (folder / "link").symlink_to(folder / "a.jpg")
    (folder / "text.jpg").write_bytes(b"no picture")
    (folder / "zeroed.jpg").write_bytes(data[:300] + bytes(5000))
    return folder


@pytest.fixture
def known(evidence: Path, tmp_path: Path) -> Path:
    path = tmp_path / "known.csv"
    one = hm.hash_image(evidence / "a.jpg")
    path.write_text(f"id,pdq,category\nx,{one.hash.hex},C/1\n")
    return path


def test_every_item_is_accounted_for(evidence: Path, known: Path) -> None:
    seen: list[hm.ScanResult] = []
    summary = hm.scan(evidence, against=known, on_result=seen.append)
    assert summary.items == summary.hashed + summary.unreadable + summary.skipped == len(seen) == 8
    assert (summary.hashed, summary.unreadable, summary.skipped) == (4, 1, 3)
    assert (summary.incomplete, summary.matched, summary.matches) == (1, 2, 2)
    assert summary.reasons == {
        "damaged": 1,
        "empty": 1,
        "not-a-picture": 1,
        "symbolic-link": 1,
    }
    assert summary.bytes == sum(
        p.stat().st_size for p in evidence.rglob("*") if p.is_file() and not p.is_symlink()
    )


def test_in_one_process_results_come_in_the_order_of_the_evidence(
    evidence: Path, known: Path
) -> None:
    names = [Path(r.item.locator).name for r in hm.iter_scan(evidence, against=known, workers=0)]
    assert names == [*sorted(names[:3]), "other.webp", *sorted(names[4:])]
    several = [Path(r.item.locator).name for r in hm.iter_scan(evidence, against=known, workers=2)]
    assert sorted(several) == sorted(names)


def test_matches_name_entry_and_category(evidence: Path, known: Path) -> None:
    found = {
        Path(r.item.locator).name: r.matches
        for r in hm.iter_scan(evidence, against=known)
        if r.matches
    }
    assert sorted(found) == ["a.jpg", "b.dat"]
    (match,) = found["b.dat"]
    assert (match.list_name, match.entry_id, match.category, match.kind) == (
        "known",
        "x",
        "C/1",
        "perceptual",
    )


def test_the_evidence_is_left_as_it_was(evidence: Path, known: Path) -> None:
    def state() -> list[tuple[str, int, int]]:
        paths = sorted(evidence.rglob("*"))
        return [(str(p), p.lstat().st_mtime_ns, p.lstat().st_size) for p in paths]

    before = state()
    hm.scan(evidence, against=known)
    assert state() == before


def test_many_files_cross_the_batches(tmp_path: Path, known: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(150):
        (folder / f"{number:03}").write_bytes(b"text")
    summary = hm.scan(folder, against=known)
    assert summary.items == summary.skipped == 150


def test_an_empty_folder_is_scanned(tmp_path: Path, known: Path) -> None:
    (tmp_path / "nothing").mkdir()
    assert hm.scan(tmp_path / "nothing", against=known) == hm.ScanSummary()
    assert Tally().summary == hm.ScanSummary()


def test_errors_come_before_any_result(tmp_path: Path, evidence: Path, known: Path) -> None:
    with pytest.raises(SourceError):
        hm.iter_scan(tmp_path / "nowhere", against=known)
    with pytest.raises(ListFormatError):
        hm.iter_scan(evidence, against=tmp_path / "nowhere.csv")


@pytest.mark.parametrize("how", ["crash", "memory"])
def test_what_kills_a_worker_behind_a_picture_does_not_cost_the_picture(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = encoded(photo("coffee"), "JPEG")
    made = {
        f"{how}-clip.jpg": still + clip(),
        f"{how}-animation.gif": animation("GIF"),
        f"{how}-pages.tif": encoded(photo("rocket"), "TIFF"),
        f"{how}-alone.jpg": still,
        f"{how}.mp4": clip(),
    }
    folder = tmp_path / "evidence"
    folder.mkdir()
    for name, data in made.items():
        (folder / name).write_bytes(data)
    (tmp_path / "known.csv").write_text(f"id,pdq\nx,{hm.hash_image(still).hash.hex}\n")
    monkeypatch.setattr("hashmatch.scanning.reading.HashFiles", deeds.CrashingBehind)
    results = {
        Path(each.item.locator).name: each
        for each in hm.iter_scan(folder, against=tmp_path / "known.csv", workers=1)
    }
    reason = Reason.WORKER_DIED if how == "crash" else Reason.OUT_OF_MEMORY
    for name in list(made)[:3]:
        image = results[name].item.media
        assert image is not None, name
        assert image.hash == hm.hash_image(made[name]).hash
        assert "unread-part" in image.flags
        assert image.reason is reason
        assert results[name].item.unreadable is None
    assert results[f"{how}-clip.jpg"].matches
    for name in list(made)[3:]:
        item = results[name].item
        assert item.media is None
        assert item.unreadable is not None
        assert item.unreadable.reason is reason
    assert all(each.item.digests.sha256 for each in results.values())


@pytest.mark.parametrize("workers", [0, 1])
def test_what_workers_were_locked_down_with_is_on_record(
    evidence: Path, known: Path, tmp_path: Path, workers: int
) -> None:
    told: list[Any] = []
    matcher = matcher_for(known)
    source = SourceSpec("exhibit", "folder", str(evidence))
    with Database.open(tmp_path / "db") as database:
        with database.run(case="1", source=source, configuration=run_config(matcher)) as run:
            results = hm.iter_scan(
                evidence, against=matcher, workers=workers, run=run, on_sandbox=told.append
            )
            assert sum(1 for _ in results) == 8
        (recorded,) = database.case("1").runs[0].environment["sandbox"]
        assert database.verify().passed
    state = told.pop()
    assert (recorded, told) == (state, [])
    if not workers:
        assert "without a sandbox" in state["notices"][0]
    elif sys.platform == "linux":
        assert state["landlock"] == landlock.version()
        assert state["notices"] == [] or not landlock.version() or not seccomp.is_known()
