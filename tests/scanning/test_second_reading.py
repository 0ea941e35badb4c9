"""A reader of containers that a file took over is found out by another one."""

import io
import zipfile
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm
from hashmatch.errors import Reason
from hashmatch.model import Digests, Unreadable
from hashmatch.model.locator import Member
from hashmatch.scanning import inside_files, second_reading
from hashmatch.scanning.checks import ALARM
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.pool import WorkerPool
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.sources.base import Found
from hashmatch.sources.inside.opening import InsideOpener
from tests.support.disk_volumes import disk, volume
from tests.support.lying_readers import HIDDEN, Forging, Hiding
from tests.support.photos import encoded, photo

expanded = inside_files._expanded
NAMES = ("astronaut", "coffee", f"{HIDDEN}")


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    folder.mkdir()
    for number in range(2):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for at, name in enumerate(NAMES):
                image = photo("rocket").resize((48 + 8 * at, 48 + 8 * number))
                archive.writestr(f"{name}.png", encoded(image, "PNG"))
        (folder / f"{number}.zip").write_bytes(out.getvalue())
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    return folder


def alarms(evidence: Path) -> tuple[list[str], list[str]]:
    """The alarms of a scan, and the files that they name."""
    told, named = told_of(evidence)
    return [each for each in told if each.startswith(ALARM)], named


def told_of(evidence: Path) -> tuple[list[str], list[str]]:
    """What a scan says of second readings, and the files that an alarm names."""
    told: list[str] = []
    named: list[str] = []

    def on_sandbox(state: Any) -> None:
        named.extend(state.get("files", ()))

    found = hm.iter_scan(
        evidence,
        against=evidence.parent / "known.csv",
        workers=1,
        on_notice=told.append,
        on_sandbox=on_sandbox,
    )
    assert sum(1 for _ in found) >= 4
    return [each for each in told if "two workers" in each or "read twice" in each], named


def sizes(evidence: Path) -> list[int]:
    """Of the members of the first archive."""
    with zipfile.ZipFile(evidence / "0.zip") as archive:
        return [each.file_size for each in archive.infolist()]


def read_down_to(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have containers compared so far."""
    monkeypatch.setattr(second_reading, "_LARGEST", depth)
    monkeypatch.setattr(second_reading, "depth_drawn", lambda least: least)


@pytest.mark.parametrize("depth", [1 << 20, 20_000, 1])
def test_honest_readers_raise_no_alarm(
    evidence: Path, depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_down_to(depth, monkeypatch)
    assert alarms(evidence) == ([], [])


@pytest.mark.parametrize("job", [Hiding, Forging])
@pytest.mark.parametrize("reaches", [True, False])
def test_lies_about_large_archives_are_noticed_as_deep_as_they_are_read(
    evidence: Path, monkeypatch: pytest.MonkeyPatch, job: type, *, reaches: bool
) -> None:
    (evidence / "1.zip").unlink()
    first, second, lied_about = sizes(evidence)
    with zipfile.ZipFile(evidence / "0.zip", "a") as archive:
        for number in range(9):
            archive.writestr(f"{number}", bytes(4096))
    each = 1024
    depth = first + second + 2 * each + (lied_about + each if reaches else 0)
    monkeypatch.setattr(inside_files, "ExpandFiles", job)
    read_down_to(depth, monkeypatch)
    found, named = alarms(evidence)
    assert len(found) == reaches
    assert named == [str(evidence / "0.zip")] * len(found)


@pytest.mark.parametrize("largest", [1 << 30, 1])
def test_disk_images_are_read_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    pytest.importorskip("pytsk3")
    folder = tmp_path / "evidence"
    folder.mkdir()
    files = {f"{name}.png": encoded(photo("rocket"), "PNG") for name in ("a", "b", HIDDEN)}
    for name in ("disk.raw", "card.raw"):
        (folder / name).write_bytes(disk([volume("fat32", files)], [0x0C]))
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    monkeypatch.setattr(second_reading, "_LARGEST", largest)
    monkeypatch.setattr(second_reading, "_SAMPLE", 9)
    monkeypatch.setattr(second_reading, "depth_drawn", lambda _: inf)
    assert told_of(folder) == ([], [])
    monkeypatch.setattr(inside_files, "_expanded", forged)
    (alarm,), named = told_of(folder)
    assert alarm.startswith(ALARM)
    assert sorted(named) == [str(folder / "card.raw"), str(folder / "disk.raw")]


def forged(*given: Any) -> Generator[tuple[Digested, Digested] | None]:
    """What a reader says that gives one file of a disk image other digests."""
    for each in expanded(*given):
        if each is None or HIDDEN not in each[1].found.recorded:
            yield each
        else:
            yield each[0], replace(each[1], digests=Digests(sha256="0" * 64))


def test_members_that_a_reader_hides_are_missed(
    evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inside_files, "ExpandFiles", Hiding)
    (alarm,), named = alarms(evidence)
    assert "--rescan" in alarm
    assert sorted(named) == [str(evidence / "0.zip"), str(evidence / "1.zip")]


def test_digests_that_a_reader_forges_are_noticed(
    evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inside_files, "ExpandFiles", Forging)
    found, named = alarms(evidence)
    assert len(found) == 1
    assert sorted(named) == [str(evidence / "0.zip"), str(evidence / "1.zip")]


def test_nobody_waits_once_for_each_member_that_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outer = Digested(Found("a.zip", "a.zip"), 1)
    members = [
        Digested(outer.found.inside((Member("zip", number, "a"),)), 0) for number in range(5000)
    ]

    def expanded(*_: object, **__: object) -> Generator[tuple[Digested, Digested]]:
        yield from ((outer, each) for each in [*members, outer])

    monkeypatch.setattr(second_reading, "in_workers", expanded)
    pool = WorkerPool(count=1, limits=WorkerLimits(), sandbox=Sandbox())
    second = second_reading.SecondReading(InsideOpener(), pool)
    given = list(second.checked(expanded()))
    assert given[:5001] == [*members, outer]
    # A scan waits a tenth of a second behind each None.
    assert 0 < len(given) - 5001 < 10


def test_what_cannot_be_read_again_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [Digested(Found(name, name), 1) for name in ("a.zip", "b.zip")]
    why = Unreadable(Reason.IO_ERROR, "Permission denied")

    def read(*_: object, problem: Unreadable | None = None, **__: object) -> Generator[Any]:
        for outer in files:
            yield outer, Digested(outer.found.inside((Member("zip", 0, "a"),)), 0)
            yield outer, replace(outer, problem=problem)

    monkeypatch.setattr(second_reading, "in_workers", partial(read, problem=why))
    told: list[str] = []
    pool = WorkerPool(count=1, limits=WorkerLimits(), sandbox=Sandbox(), on_notice=told.append)
    list(second_reading.SecondReading(InsideOpener(), pool).checked(read()))
    (notice,) = told
    assert notice.startswith("of 2 containers that were drawn to be read twice 2 could not be")
    assert "(io-error)" in notice
