"""What a file can hide that takes a worker over: a worker that obeys its file."""

import hashlib
import io
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import mean
from threading import Condition
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from hashmatch import cli
from hashmatch.errors import Reason
from hashmatch.hashing.items import HashOptions, hash_item
from hashmatch.model import Item
from hashmatch.scanning import checks as checks_module
from hashmatch.scanning import dispatch, reading, wire
from hashmatch.scanning.checks import Checks
from hashmatch.scanning.decoding import HashFiles
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.job import NOTHING_SPECIAL, Impression
from hashmatch.scanning.outbox import Outbox
from hashmatch.scanning.plausibility import FEATURELESS, UNHASHED
from hashmatch.scanning.process import WorkerProcess
from hashmatch.scanning.retries import Retries
from hashmatch.scanning.task import Task
from hashmatch.scanning.tickets import Ticket
from hashmatch.sightings.database import Database
from hashmatch.sources.base import Found
from hashmatch.sources.folder import Folder
from tests.support import deeds
from tests.support.answers import FILES, taken, ticket
from tests.support.deeds import items_of
from tests.support.photos import encoded, photo, variants
from tests.support.sighting_values import digests, video


def given_of(checks: Checks[Any, bool], answers: Iterable[Ticket[Any, bool]]) -> list[Any] | None:
    """What is given of a worker's answers in the end; None where a check found a lie."""
    for each in answers:
        checks.hold("worker", each, 0.0)
    out = checks.close("worker")
    for check in taken(checks):
        assert check.first is not None
        if not check.first.result:
            checks.differed(check)
            return None
        out = checks.agreed(check)
    return out


def hidden(share: float, chance: random.Random) -> int:
    """How many lies of a worker are given that lies about this share."""
    checks: Checks[int, bool] = Checks()
    answers = [ticket(number, lie=chance.random() < share) for number in range(FILES)]
    given = given_of(checks, answers)
    return sum(not each.result for each in given or [])


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.05, 0.01])
def test_what_a_worker_hides_that_is_taken_over(share: float) -> None:
    """1,250 runs in all: about 18 files at most on average, none where all answers are lies."""
    chance = random.Random(share)
    found = [hidden(share, chance) for _ in range(250)]
    assert mean(found) < 30
    assert max(found) < FILES / 2
    if share >= 0.5:
        assert max(found) == 0


@pytest.mark.parametrize("count", [1, 5, 19, 20])
def test_every_answer_of_a_small_scan_is_checked(count: int) -> None:
    checks: Checks[int, bool] = Checks()
    lies = [ticket(number, lie=number == count - 1) for number in range(count)]
    assert given_of(checks, lies) is None


def test_a_scan_has_twenty_samples_however_its_workers_end() -> None:
    checks: Checks[int, bool] = Checks()
    count = 0
    for worker in range(10):
        for number in range(10):
            checks.hold(worker, ticket(number), 0.0)
        checks.close(worker)
        count += len(taken(checks))
        assert count >= min(10 * (worker + 1), 20)
    assert count < 40


def test_slow_answers_do_not_count_as_samples() -> None:
    """A scan of twenty long films does not take twice as long."""
    checks: Checks[int, bool] = Checks()
    for number in range(20):
        slow = ticket(number)
        slow.seconds = 600.0
        checks.hold(number, slow, 0.0)
        checks.close(number)
    assert len(taken(checks)) < 10


@pytest.mark.parametrize(
    "impression",
    [Impression(kind=UNHASHED), Impression(kind=FEATURELESS), Impression(likeness=("pdq", b"0"))],
)
def test_lies_of_one_kind_are_found_where_the_scan_had_none(impression: Impression) -> None:
    """One in ten answers hides something, all in the same way: each time it is found out."""
    for _ in range(50):
        checks: Checks[int, bool] = Checks()
        assert given_of(checks, [ticket(n, impression=Impression()) for n in range(FILES)])
        lies = [
            ticket(n, lie=not n % 10, impression=impression if not n % 10 else NOTHING_SPECIAL)
            for n in range(FILES)
        ]
        assert given_of(checks, lies) is None


@pytest.mark.parametrize(
    "impression",
    [Impression(kind=UNHASHED), Impression(kind=FEATURELESS), Impression(likeness=("pdq", b"0"))],
)
def test_evidence_of_one_kind_costs_some_checks_and_no_alarm(impression: Impression) -> None:
    """A folder of black pictures, damaged files, or copies: then it is what the scan is used to."""
    checks: Checks[int, bool] = Checks()
    counts = []
    for worker in range(5):
        for number in range(FILES):
            checks.hold(worker, ticket(number, impression=impression), 0.0)
        out = checks.close(worker)
        drawn = taken(checks)
        counts.append(len(drawn))
        for check in drawn:
            out = checks.agreed(check)
        assert len(out) == FILES
    assert 20 <= counts[0] < 60
    assert max(counts[1:]) <= 21


def test_what_does_not_fit_the_file_is_always_checked() -> None:
    checks: Checks[int, bool] = Checks()
    odd = [ticket(n, impression=Impression(doubt=1.0 if n == 500 else 0.0)) for n in range(FILES)]
    for each in odd:
        checks.hold("worker", each, 0.0)
    checks.close("worker")
    drawn = [check.first for check in taken(checks)]
    assert odd[500] in drawn
    # The latest first: the file that took a worker over is not met before those behind it.
    numbers = [each.number for each in drawn if each is not None]
    assert numbers == sorted(numbers, reverse=True)


def test_all_answers_of_a_worker_are_checked_that_attacked_the_system() -> None:
    checks: Checks[int, bool] = Checks()
    for number in range(FILES):
        checks.hold("worker", ticket(number), 0.0)
    checks.close("worker", least=sys.maxsize)
    assert len(taken(checks)) == FILES


def test_a_worker_of_a_single_file_is_checked_only_where_it_blames_chance() -> None:
    checks: Checks[int, bool] = Checks()
    lie = Impression(doubt=1.0, kind=UNHASHED)
    checks.hold("worker", first := ticket(0, impression=lie), 0.0)
    assert checks.close("worker", alone=True) == [first]
    checks.hold("worker", ticket(1, impression=Impression(excuse=True)), 0.0)
    assert checks.close("worker", alone=True) == []
    assert len(taken(checks)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="workers of Linux")
@pytest.mark.parametrize("count", [1, 2])
def test_a_second_worker_reads_what_another_file_can_have_changed(
    *, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []

    class Noted(WorkerProcess[Any]):
        def __init__(self, *arguments: Any) -> None:
            started.append(self)
            super().__init__(*arguments)

    monkeypatch.setattr(dispatch, "WorkerProcess", Noted)
    for number in range(count):
        picture = Image.effect_noise((48, 48), 60 + number)
        (tmp_path / f"{number}.png").write_bytes(encoded(picture, "PNG"))
    source = Folder(tmp_path)
    items = items_of(source, readable=source.roots, workers=1)
    assert [each.media for each in items] == [hash_item(each.locator).media for each in items]
    # The first computes digests; of a picture that is alone it also decodes.
    assert len(started) == (1 if count == 1 else count + 1)


def test_answers_are_held_until_a_worker_has_ended() -> None:
    checks: Checks[int, bool] = Checks()
    checks.hold("worker", ticket(0), 5.0)
    assert not checks.is_due("worker", 5.5, idle=True)
    assert checks.is_due("worker", 5.5, idle=True, finishing=True)
    assert checks.is_due("worker", 6.5, idle=True)
    assert not checks.is_due("worker", 6.5, idle=True, start=4.0), "a busy machine"
    assert not checks.is_due("worker", 24.0, idle=False)
    assert checks.is_due("worker", 26.0, idle=False)
    assert not checks.is_due("worker", 26.0, idle=False, start=4.0)
    checks.hold("other", ticket(1), 5.0, 1 << 30)
    assert checks.is_due("other", 5.5, idle=False)
    assert not checks.is_due("worker", 5.5, idle=False)


def test_what_was_given_before_a_long_task_is_named() -> None:
    checks: Checks[int, bool] = Checks()
    checks.hold("worker", ticket(0), 0.0)
    assert checks.is_held_up("worker", 9.0, begun=1.0)
    checks.close("worker", early=True)
    (given,) = checks.agreed(*taken(checks))
    checks.hold("worker", ticket(1, lie=True), 9.0)
    checks.close("worker")
    worker, held, before = checks.differed(*taken(checks))
    assert (worker, [each.number for each in held]) == ("worker", [1])
    assert before == [given]
    assert checks.held_count == 0


@pytest.mark.skipif(sys.platform != "linux", reason="workers of Linux")
def test_a_file_that_takes_over_a_worker_hides_nothing_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "HashFiles", deeds.TakenOver)
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
        assert item.media == plain.media
    assert any(each.startswith(checks_module.ALARM) for each in told)


@pytest.mark.skipif(sys.platform != "linux", reason="workers of Linux")
@pytest.mark.parametrize(
    ("reason", "hashes"),
    [
        (Reason.OUT_OF_MEMORY, False),
        (Reason.CHANGED, False),
        (Reason.TIMED_OUT, True),
        (Reason.TOO_LONG, True),
    ],
)
def test_a_worker_that_blames_chance_hides_nothing(
    *, reason: Reason, hashes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where time or memory is short two workers may differ: that must not excuse every lie."""
    job = partial(deeds.Excusing, reason=reason, hashes=hashes)
    monkeypatch.setattr(reading, "HashFiles", job)
    for number in range(26):
        name = "exploit" if not number else f"known{number:02}"
        picture = Image.effect_noise((48, 48), 60 + number)
        (tmp_path / f"{name}.png").write_bytes(encoded(picture, "PNG"))
    source = Folder(tmp_path)
    items = items_of(source, readable=source.roots, workers=1)
    assert len(items) == 26
    for item in items:
        assert item == hash_item(item.locator)


def test_every_answer_that_blames_chance_is_checked_but_slow_ones() -> None:
    checks: Checks[int, bool] = Checks()
    excuse = Impression(excuse=True)
    for number in range(FILES):
        each = ticket(number, impression=excuse if number % 2 else NOTHING_SPECIAL)
        each.seconds = 7200.0 if number >= FILES / 2 else 1.0
        checks.hold("worker", each, 0.0)
    checks.close("worker")
    drawn = {check.first.number for check in taken(checks) if check.first is not None}
    assert drawn >= set(range(1, FILES // 2, 2))
    assert len(drawn) < FILES / 2


def test_answers_are_held_for_no_more_memory_than_they_take() -> None:
    """A film is packed on its way: 400,000 equal hashes are some hundred kilobytes there."""
    film = Item("x", 1, digests=digests(1), media=video(1, frames=4))
    assert film.media is not None
    assert film.media.is_video
    film = replace(film, media=replace(film.media, readings=(film.media.readings[0],) * 20_000))
    answer = wire.encode(film)
    retries: Retries[Task, Item] = Retries(HashFiles(), Outbox(Condition()), checks=True)
    task = Task(Digested(Found("x", "x"), 1, digests(1)))
    film_ticket: Ticket[Task, Item] = Ticket(0, task)
    retries.answered("worker", film_ticket, retries.understand(film_ticket, answer), 0.0)
    assert retries.checks is not None
    assert len(answer) < 100_000
    assert retries.checks.held_bytes > 20_000 * 200


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


def _black(number: int) -> bytes:
    return encoded(Image.new("RGB", (40 + number, 40)), "PNG")


def _cut(number: int) -> bytes:
    data = encoded(photo("coffee").resize((160, 120)), "JPEG")
    return data[: len(data) - number * 50]


def _saved_again(number: int) -> bytes:
    told = PngInfo()
    told.add_text("Comment", str(number))
    out = io.BytesIO()
    photo("coffee").resize((64, 48)).save(out, "PNG", pnginfo=told)
    return out.getvalue()


def _unreadable(number: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes([number])


@pytest.mark.skipif(sys.platform != "linux", reason="workers of Linux")
@pytest.mark.parametrize("make", [_black, _cut, _saved_again, _unreadable])
def test_honest_workers_give_no_alarm(tmp_path: Path, make: Callable[[int], bytes]) -> None:
    """Folders of black, damaged or equal pictures: each worker gives many answers of one kind."""
    for number in range(60):
        (tmp_path / f"{number:02}").write_bytes(make(number))
    told: list[str] = []
    source = Folder(tmp_path)
    items = items_of(source, readable=source.roots, workers=2, on_notice=told.append)
    assert items == [hash_item(found.path) for found in source]
    assert not any(each.startswith("ALARM") for each in told)


def test_what_is_held_is_told_and_never_counted_twice(tmp_path: Path) -> None:
    for number, image in enumerate(variants(12, largest=300)):
        (tmp_path / f"{number}.png").write_bytes(encoded(image, "PNG"))
    heard: list[int] = []
    given = 0
    for each in reading.read_items(
        Folder(tmp_path), HashOptions(), workers=1, on_held=heard.append
    ):
        given += each is not None
        assert given + heard[-1] <= 12
    assert given == 12
    assert max(heard) > 1
    assert heard[-1] == 0
