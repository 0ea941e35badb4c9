"""Limits of time and memory of a pool, and signs of life."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from hashmatch.errors import Reason
from hashmatch.scanning import checks, dispatch, hearing, pool, timing
from hashmatch.scanning.endings import number_in
from hashmatch.scanning.limits import WorkerLimits
from tests.support.deeds import Deeds, Outcome, Task
from tests.support.pools import amid, done, echoes, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="deeds of Linux processes")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that hung up is let end by itself, however slowly, so that its code is told."""
    monkeypatch.setattr(dispatch, "_GRACE", 300.0)


class Clock:
    """The pool's clock, which goes no further than a test says, however slow the machine is.

    Attributes:
        now: seconds.
        most: where it stops.
    """

    def __init__(self) -> None:
        self.now = self.most = 0.0

    def __call__(self) -> float:
        if self.now < self.most:
            self.now += 1.0
        return self.now

    def run(self, seconds: float) -> None:
        """Go on by so much, a second each time that the pool looks."""
        self.most = self.now + seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(timing, "monotonic", made)
    return made


def on_result(monkeypatch: pytest.MonkeyPatch, do: Callable[[Task], object]) -> None:
    """Do something as soon as a worker has answered a task."""
    result = Deeds.result

    def and_do(self: Deeds, task: Task, answer: bytes) -> Outcome:
        do(task)
        return result(self, task, answer)

    monkeypatch.setattr(Deeds, "result", and_do)


def on_sign_of_life(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Do something as soon as a worker has said that it is alive."""
    number = number_in

    def and_do(content: bytes) -> float:
        do()
        return number(content)

    monkeypatch.setattr(hearing, "number_in", and_do)


def test_a_task_that_hangs_is_ended(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = WorkerLimits(wall_seconds=2.5)
    tasks = [*echoes(20), Task("hang"), *echoes(20)]
    answered: list[Task] = []

    def count(task: Task) -> None:
        answered.append(task)
        if len(answered) == 20:
            clock.run(3)

    on_result(monkeypatch, count)
    outcomes = done(tasks, limits=limits)
    bad = outcomes.pop(20)
    assert bad.why is not None
    assert (bad.why.reason, bad.why.detail) == (Reason.TIMED_OUT, "more than 2.5 s")
    assert all(each.why is None for each in outcomes)


def test_a_task_that_computes_for_ever_is_ended() -> None:
    limits = WorkerLimits(cpu_seconds=0.1, wall_seconds=3600)
    (bad, good) = done([Task("spin", (1000,)), Task()], limits=limits)
    assert bad.why is not None
    assert bad.why.reason is Reason.TIMED_OUT
    assert bad.why.detail == "more than 0.1 s of processor time"
    assert good.why is None


def test_a_limit_of_processor_time_is_of_each_item_not_of_all() -> None:
    limits = WorkerLimits(cpu_seconds=1, wall_seconds=3600)
    tasks = [Task("spin", (0.3,))] * 8
    assert [each.why for each in run(tasks, limits=limits)] == [None] * 8


def test_a_limit_on_the_clock_is_of_each_item_not_of_all(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pass_time(_task: Task) -> None:
        clock.now += 0.9

    on_result(monkeypatch, pass_time)
    tasks = [Task("sleep", (0.05,))] * 20
    outcomes = done(tasks, limits=WorkerLimits(wall_seconds=3))
    assert [each.why for each in outcomes] == [None] * 20
    assert clock.now == pytest.approx(18)


def test_a_large_file_is_given_longer(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = WorkerLimits(cpu_seconds=600, wall_seconds=2.5, slowest=1_000_000)
    on_result(monkeypatch, lambda _task: clock.run(3))
    _, short = done([Task("echo"), Task("hang")], limits=limits)
    _, long = done([Task("echo"), Task("sleep", (2.5,), 4_000_000)], limits=limits)
    assert short.why is not None
    assert short.why.reason is Reason.TIMED_OUT
    assert long.why is None


def test_what_says_that_it_is_alive_may_take_longer_than_its_limit(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = WorkerLimits(wall_seconds=4, memory=1 << 29)

    def pass_time() -> None:
        clock.now += 1.0

    on_sign_of_life(monkeypatch, pass_time)
    on_result(monkeypatch, lambda _task: clock.run(5))
    (finished, hung) = done(
        [Task("alive", (60,)), Task("hang")],
        workers=1,
        limits=limits,
    )
    assert (finished.value, finished.why) == ("alive", None)
    assert clock.now > 60
    assert hung.why is not None
    assert hung.why.reason is Reason.TIMED_OUT


def test_who_says_without_end_that_it_is_alive_talks_nonsense(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would keep the thread busy that hears of all workers, for hours."""
    heard: list[bool] = []
    on_sign_of_life(monkeypatch, lambda: heard.append(True))
    (bad,) = amid(Task("flood", (5,)))
    assert bad.why is not None
    assert bad.why.detail == "its process gave an invalid answer"
    assert len(heard) <= 2 * 2000  # by the first worker, and by the fresh one


def test_not_even_what_says_that_it_is_alive_may_take_forever(clock: Clock) -> None:
    heard: list[float] = []

    def hear(_task: Task, reached: float) -> None:
        heard.append(reached)
        if len(heard) == 3:
            clock.run(5)

    limits = WorkerLimits(wall_seconds=2.5, longest_seconds=4, memory=1 << 29)
    tasks = [Task("alive", (1_000_000,)), Task("echo", (1,))]
    (bad, good) = done(tasks, limits=limits, on_progress=hear)
    assert heard == sorted(heard)
    assert bad.why is not None
    assert (bad.why.reason, good.value) == (Reason.TIMED_OUT, 1)


def test_stop_finishes_what_was_handed_out_and_no_more() -> None:
    asked = False
    # Slow behind the first, so that all that is read ahead cannot be done before stop is seen.
    tasks = [*echoes(5), *[Task("sleep", (0.05,))] * 2000, *[Task("local")] * 200]
    results = run(tasks, workers=2, stop=lambda: asked)
    first = [next(results) for _ in range(5)]
    asked = True
    rest = list(results)
    assert not Counter(each.task for each in first + rest) - Counter(tasks)
    assert all(each.why is None for each in rest)
    assert len(rest) < 600


def test_results_that_are_held_for_checks_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tasks there are: once enough results are held, no further task is read."""
    monkeypatch.setattr(pool, "_AHEAD", 64)
    monkeypatch.setattr(pool, "_AHEAD_EACH", 1)
    monkeypatch.setattr(checks, "_MOST_BYTES", 400_000)
    monkeypatch.setattr(pool, "_HELD_BYTES", 600_000)
    read = given = most = 0

    def tasks() -> Iterator[Task]:
        nonlocal read, most
        for task in echoes(600):
            read += 1
            most = max(most, read - given)
            yield task

    for _ in run(tasks(), checks=True):
        given += 1
    assert given == read == 600
    # Each counts for 4,000 bytes at least; others are begun or wait.
    assert 100 < most <= 600_000 // 4000 + 64 + pool._GIVEN
