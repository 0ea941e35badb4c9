"""A reader of containers that a file took over is found out by another one."""

import io
import zipfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm
from hashmatch.model.locator import Member
from hashmatch.scanning import reading, second_reading
from hashmatch.scanning.checks import ALARM
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.pool import WorkerPool
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.sources.base import Found
from hashmatch.sources.inside.opening import InsideOpener
from tests.support.lying_readers import HIDDEN, Forging, Hiding
from tests.support.photos import encoded, photo

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


def alarms(evidence: Path, workers: int = 1) -> tuple[list[str], list[str]]:
    """The alarms of a scan, and the files that they name."""
    told: list[str] = []
    named: list[str] = []

    def on_sandbox(state: Any) -> None:
        named.extend(state.get("files", ()))

    found = hm.iter_scan(
        evidence,
        against=evidence.parent / "known.csv",
        workers=workers,
        on_notice=told.append,
        on_sandbox=on_sandbox,
    )
    assert sum(1 for _ in found) >= 4
    return [each for each in told if each.startswith(ALARM)], named


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
    monkeypatch.setattr(reading, "ExpandFiles", job)
    read_down_to(depth, monkeypatch)
    found, named = alarms(evidence)
    assert len(found) == reaches
    assert named == [str(evidence / "0.zip")] * len(found)


def test_members_that_a_reader_hides_are_missed(
    evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ExpandFiles", Hiding)
    (alarm,), named = alarms(evidence)
    assert "--rescan" in alarm
    assert sorted(named) == [str(evidence / "0.zip"), str(evidence / "1.zip")]


def test_digests_that_a_reader_forges_are_noticed(
    evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ExpandFiles", Forging)
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
