"""What a file can hide that takes a worker over: a worker that obeys its file."""

import hashlib
import random
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from PIL import Image

import deeds
from deeds import items_of
from hashmatch import cli
from hashmatch.hashing import hash_item
from hashmatch.scanning import checks as checks_module
from hashmatch.scanning import reading
from hashmatch.scanning.checks import Checks
from hashmatch.scanning.tickets import Ticket
from hashmatch.sightings.database import Database
from hashmatch.sources.folder import Folder
from photos import encoded, photo

FILES = 1000
"""After so many a worker is replaced."""


def hidden(share: float, chance: random.Random) -> int:
    """How many answers of a worker are given that are lies, where it lies about this share."""
    checks: Checks[int, bool] = Checks()
    given = 0
    for number in range(FILES):
        ticket: Ticket[int, bool] = Ticket(number, number, result=chance.random() >= share)
        checks.hold("worker", ticket, 0.0, doubtful=False)
        if not checks.is_due("worker", 0.0, idle=number == FILES - 1):
            continue
        out = checks.close("worker")
        while checks.waiting:
            check = checks.waiting.popleft()
            assert check.first is not None
            if not check.first.result:
                return given
            out = checks.agreed(check)
        given += sum(not each.result for each in out)
    return given


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.02])
def test_what_a_worker_hides_that_is_taken_over(share: float) -> None:
    """1,000 runs in all: fewer than a group on the whole, and never more than a worker is given."""
    chance = random.Random(share)
    found = [hidden(share, chance) for _ in range(250)]
    assert mean(found) < 60
    assert max(found) < FILES / 2
    if share == 1:
        assert max(found) == 0


def test_doubtful_answers_are_checked_more_often() -> None:
    checks: Checks[int, bool] = Checks()
    for number in range(400):
        checks.hold("worker", Ticket(number, number), 0.0, doubtful=True)
    checks.close("worker")
    assert 50 < len(checks.waiting) < 150


@pytest.mark.skipif(sys.platform != "linux", reason="workers of Linux")
def test_a_file_that_takes_over_a_worker_hides_nothing_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "HashFiles", deeds.TakenOver)
    # Of eight answers one is checked; with fifty, the test would start fifty processes.
    monkeypatch.setattr(checks_module, "_GROUP", 8)
    monkeypatch.setattr(secrets, "randbelow", lambda _: 0)
    monkeypatch.setattr(secrets, "choice", lambda tickets: tickets[-1])
    data = encoded(photo("coffee").resize((160, 120)), "JPEG")
    (tmp_path / "exploit.jpg").write_bytes(data)
    for number in range(14):
        picture = Image.effect_noise((64, 64), 60 + number)
        (tmp_path / f"known{number:02}.png").write_bytes(encoded(picture, "PNG"))
    told: list[str] = []
    source = Folder(tmp_path)
    items = items_of(source, readable=source.roots, workers=1, on_notice=told.append)
    for item in items:
        plain = hash_item(item.locator)
        assert item.digests == plain.digests
        assert item.size == plain.size
        assert item.digests.sha256 == hashlib.sha256(Path(item.locator).read_bytes()).hexdigest()
        assert item.image == plain.image
    assert any(each.startswith(checks_module.ALARM) for each in told)


@pytest.mark.skipif(sys.platform != "linux", reason="workers of Linux")
def test_an_alarm_is_on_record_and_in_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read(*_: object, on_notice: Callable[[str], object], **more: Any) -> Iterator[None]:
        on_notice(f"{checks_module.ALARM}two workers")
        more["on_sandbox"]({"notices": [f"{checks_module.ALARM}two workers"]})
        yield None

    monkeypatch.setattr("hashmatch.scanning.engine.read_items", read)
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "a").write_bytes(b"x")
    (tmp_path / "known.csv").write_text(f"md5\n{'0' * 32}\n")
    monkeypatch.chdir(tmp_path)
    words = ["hashmatch", "scan", "evidence", "--against", "known.csv", "--db", "db", "--case", "1"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == cli.EXIT_UNREADABLE
    assert "ALARM: two workers" in capsys.readouterr().err
    with Database.open(tmp_path / "db") as database:
        told = database.case("1").runs[0].environment["sandbox"]
    assert told[0]["notices"] == ["ALARM: two workers"]


@pytest.mark.skipif(sys.platform != "linux", reason="workers of Linux")
def test_honest_workers_give_no_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_module, "_GROUP", 2)
    data = encoded(photo("coffee").resize((160, 120)), "JPEG")
    for number in range(40):
        (tmp_path / f"{number:02}.jpg").write_bytes(data[: len(data) - number * 50])
    told: list[str] = []
    source = Folder(tmp_path)
    items = items_of(source, readable=source.roots, workers=2, on_notice=told.append)
    assert items == [hash_item(found.path) for found in source]
    assert not any(each.startswith("ALARM") for each in told)
