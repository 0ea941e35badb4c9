import gc
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hashmatch.errors import Reason, WorkerError
from hashmatch.scanning import dispatch, hearing, pool, timing
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.messages import ProtocolError
from hashmatch.scanning.process import WorkerProcess
from hashmatch.scanning.sandbox import Sandbox
from tests.support import unix
from tests.support.deeds import Deeds, Forbidden, Outcome, Refusing, Task, outcomes
from tests.support.pools import amid, done, echoes, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="deeds of Linux processes")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that hung up is let end by itself, however slowly, so that its code is told."""
    monkeypatch.setattr(dispatch, "_GRACE", 300.0)


def children() -> set[int]:
    lists = Path("/proc/self/task").glob("*/children")
    return {int(number) for each in lists for number in each.read_text().split()}


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_every_task_has_one_result(workers: int) -> None:
    chance = random.Random(workers)
    tasks = [Task("sleep", (chance.choice([0, 0, 0.01]),)) for _ in range(100)]
    tasks[10:20] = [Task("local")] * 10
    outcomes = done(tasks, workers=workers)
    assert len(outcomes) == len(tasks)
    assert all(each.why is None for each in outcomes)


def test_a_slow_task_holds_no_other_back() -> None:
    """Neither results, however many follow, nor the reading of further tasks."""
    results = run([Task("hang"), *(Task("echo", (n,)) for n in range(3000))], workers=2)
    values = sorted(next(results).value for _ in range(2900))
    # What the same worker was given behind it waits.
    assert values[0] < 2 * dispatch._BATCH
    assert values == [*range(values[0], values[0] + 2900)]
    results.close()


@pytest.mark.parametrize("workers", [0, 2])
def test_nothing_to_do_is_done(workers: int) -> None:
    assert list(run([], workers=workers)) == []
    assert [o.value for o in run([Task("local")], workers=workers)] == ["local"]


@pytest.mark.parametrize(
    ("deed", "arguments", "reason", "detail"),
    [
        ("segfault", (), Reason.WORKER_DIED, "its process was ended by SIGSEGV"),
        ("leave", (0,), Reason.WORKER_DIED, "its process ended with code 0"),
        ("leave", (3,), Reason.WORKER_DIED, "its process ended with code 3"),
        ("system_exit", (), Reason.WORKER_DIED, "its process ended with code 3"),
        ("kill_by", (9,), Reason.WORKER_DIED, "its process was ended by SIGKILL"),
        ("kill_by", (40,), Reason.WORKER_DIED, "its process was ended by signal 40"),
        ("close_everything", (), Reason.WORKER_DIED, "its process ended with code"),
        ("answer_nonsense", (), Reason.WORKER_DIED, "its process gave an invalid answer"),
        ("answer_for", (7,), Reason.WORKER_DIED, "its process gave an invalid answer"),
        ("devour", (), Reason.OUT_OF_MEMORY, "not enough memory to read it"),
        ("devour_in_c", (), Reason.WORKER_DIED, "its process was ended by SIGSEGV"),
        ("deserve", ("MemoryError",), Reason.OUT_OF_MEMORY, "not enough memory to read it"),
        ("deserve", ("ValueError",), Reason.INTERNAL_ERROR, "ValueError in scanning/worker.py:"),
        ("deserve", ("OSError",), Reason.INTERNAL_ERROR, "OSError in scanning/worker.py:"),
        ("unencodable", (), Reason.INTERNAL_ERROR, "TypeError in scanning/worker.py:"),
        *(
            ("claim_fault", (text,), Reason.WORKER_DIED, "its process gave an invalid answer")
            for text in (b"", b"\x1b[2J", b"TypeError", b"TypeError in a.py:1 (f)\n", b"x" * 5000)
        ),
    ],
)
def test_a_bad_task_costs_itself_and_nothing_else(
    deed: str, arguments: tuple[object, ...], reason: Reason, detail: str
) -> None:
    (bad,) = amid(Task(deed, arguments))
    assert bad.why is not None
    assert bad.why.reason is reason
    assert bad.why.detail.startswith(detail)
    assert bad.salvaged == f"salvaged {deed}"


def test_a_signal_of_ours_is_not_told_as_what_ended_a_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatch, "_GRACE", 0.1)
    (bad,) = amid(Task("leave_slowly"))
    assert bad.why is not None
    assert bad.why.reason is Reason.WORKER_DIED
    assert bad.why.detail == "its process left without an answer"
    assert bad.salvaged == "salvaged leave_slowly"


@pytest.mark.parametrize("error", ["MemoryError", "ValueError"])
def test_what_one_worker_says_that_it_cannot_do_another_does(error: str) -> None:
    """A worker that a file took over would say so of those behind it, to hide them."""
    outcomes = done(echoes(12), job=Refusing(refuses=error))
    assert [each.value for each in outcomes] == [*range(12)]


def test_what_is_salvaged_is_from_workers_that_read_nothing_else() -> None:
    bad = [Task("deserve", ("ValueError",)), Task("segfault"), Task("leave", (3,))]
    tasks = [each for n in range(8) for each in [*echoes(6), bad[n % 3]]]
    found = [each.salvaged for each in run(tasks, workers=2) if each.why is not None]
    assert sorted(map(str, found)) == sorted(f"salvaged {bad[n % 3].deed}" for n in range(8))


def test_what_cannot_be_salvaged_still_has_a_reason() -> None:
    (bad,) = amid(Task("kill_even_salvage"))
    assert bad.why is not None
    assert (bad.why.reason, bad.salvaged) == (Reason.WORKER_DIED, None)


_BIG = "x" * 200_000


def test_a_large_answer_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with hundreds of thousands of hashes held answers, limits of time and Ctrl-C."""
    others_are_done = threading.Event()
    held: list[bool] = []
    result = Deeds.result

    def slow(self: Deeds, task: Task, answer: bytes) -> Outcome:
        if task.arguments == (_BIG,):
            held.append(not others_are_done.wait(20))
        return result(self, task, answer)

    monkeypatch.setattr(Deeds, "result", slow)
    tasks = [Task("echo", (_BIG,)), *echoes(100)]
    found: list[Outcome] = []
    for outcome in run(tasks, workers=2):
        found.append(outcome)
        # What its own worker was given besides it waits for it.
        if len(found) >= 100 - 2 * 16:
            others_are_done.set()
    assert held == [False]
    assert {each.value for each in found} == {_BIG, *range(100)}
    assert len(found) == 101


def test_a_large_answer_that_is_none_costs_its_task_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    result = Deeds.result

    def refused(self: Deeds, task: Task, answer: bytes) -> Outcome:
        if task.arguments == (_BIG,):
            raise ProtocolError
        return result(self, task, answer)

    monkeypatch.setattr(Deeds, "result", refused)
    (bad,) = amid(Task("echo", (_BIG,)))
    assert bad.why is not None
    assert bad.why.detail == "its process gave an invalid answer"


def test_leaving_does_not_wait_for_a_large_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()
    result = Deeds.result

    def slow(self: Deeds, task: Task, answer: bytes) -> Outcome:
        if task.arguments == (_BIG,):
            begun.set()
            assert ended.wait(60)
        return result(self, task, answer)

    monkeypatch.setattr(Deeds, "result", slow)
    results = run([Task("echo"), Task("echo", (_BIG,))])
    next(results)
    assert begun.wait(20)
    results.close()
    assert not ended.is_set()
    ended.set()


def test_what_came_before_nonsense_counts() -> None:
    (outcome, after) = done([Task("answer_and_rave", (0,)), Task("echo", (1,))])
    assert (outcome.value, outcome.why) == ("early", None)
    assert after.value == 1


def test_an_answer_against_the_jobs_rules_is_not_believed() -> None:
    tasks = [Task("echo"), Task("answer_badly"), Task("echo")]
    bad = done(tasks)[1]
    assert bad.why is not None
    assert bad.why.detail == "its process gave an invalid answer"


def test_a_file_that_follows_a_poisoned_one_is_not_blamed() -> None:
    tasks = [Task("poison_next"), Task("sleep", (0.01,)), Task()]
    assert [each.why for each in run(tasks)] == [None] * 3


@pytest.mark.parametrize("deed", ["print_much", "read_input"])
def test_standard_streams_lead_nowhere(deed: str, capfd: pytest.CaptureFixture[str]) -> None:
    (outcome,) = run([Task(deed)])
    assert outcome.value in {"printed", ""}
    assert capfd.readouterr() == ("", "")


def test_every_task_is_answered_once_under_random_kills() -> None:
    chance = random.Random(1)
    tasks = [Task("pid", (0.003,), number) for number in range(300)]
    outcomes: list[Outcome] = []
    killed: set[int] = set()
    for outcome in run(tasks, workers=2):
        outcomes.append(outcome)
        if chance.random() < 0.03 and outcome.value not in killed | {None}:
            killed.add(outcome.value)
            with suppress(ProcessLookupError):  # replaced since
                os.kill(outcome.value, unix.signal.SIGKILL)
    assert sorted(each.task.size for each in outcomes) == [*range(300)]
    assert killed
    assert not any(each.why for each in outcomes)


def test_workers_are_replaced_after_so_many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that took one over decides about no more than these."""
    monkeypatch.setattr(timing, "_FILES", 40)
    monkeypatch.setattr(timing, "_SECONDS", 0.0)
    tasks = [Task("pid", (0.001,), number) for number in range(200)]
    answered = Counter(outcome.value for outcome in done(tasks))
    assert sum(answered.values()) == 200
    # What it was given before it had answered so many is still done by it.
    assert max(answered.values()) <= 40 + 2 * 16
    assert len(answered) >= 3


@pytest.mark.parametrize("error", ["MemoryError", "ValueError"])
def test_a_worker_is_replaced_once_something_went_wrong_in_it(error: str) -> None:
    before, bad, *after = done([Task("pid"), Task("deserve", (error,)), *[Task("pid", (0,))] * 5])
    assert bad.why is not None
    assert before.value not in {outcome.value for outcome in after}
    assert not any(outcome.why for outcome in after)


def test_what_a_worker_said_behind_an_anomaly_is_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where it answered before the parent listened."""
    receive = WorkerProcess.receive

    def receive_late(self: WorkerProcess[Any]) -> bool:
        time.sleep(0.2)
        return receive(self)

    monkeypatch.setattr(WorkerProcess, "receive", receive_late)
    before, bad, *after = done(
        [Task("pid"), Task("deserve", ("ValueError",)), *[Task("pid", (0,))] * 5]
    )
    assert bad.why is not None
    assert before.value not in {outcome.value for outcome in after}


def test_one_killed_worker_costs_no_item() -> None:
    results = run([Task("pid"), *[Task("sleep", (0.01,))] * 50])
    os.kill(next(results).value, unix.signal.SIGKILL)
    assert [each.why for each in results] == [None] * 50


def test_no_process_and_no_descriptor_is_left() -> None:
    list(run(echoes(3)))
    gc.collect()
    before = children(), len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    list(run([*echoes(40), Task("leave", (1,)), *echoes(40)], workers=2))
    results = run([Task("sleep", (0.01,))] * 1000, workers=2)
    next(results)
    results.close()
    gc.collect()
    assert (children(), len(os.listdir("/proc/self/fd"))) == before  # noqa: PTH208


def test_a_failing_source_is_raised_behind_what_it_gave() -> None:
    def failing() -> Iterator[Task]:
        yield from echoes(20)
        msg = "disk gone"
        raise OSError(msg)

    results = run(failing())
    assert sorted(next(results).value for _ in range(20)) == list(range(20))
    with pytest.raises(OSError, match="disk gone"):
        next(results)


@pytest.mark.parametrize("at_once", [1, 40])
def test_tasks_that_come_late_are_given_to_idle_workers(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that has too little is found at once, not at the next turn."""
    monkeypatch.setattr(hearing, "_TURN", 600.0)
    values: list[int] = []

    def late() -> Iterator[Task | None]:
        for first in range(0, 20 * at_once, at_once):
            yield from (Task("echo", (first + each,)) for each in range(at_once))
            until = time.monotonic() + 100
            while len(values) < first + at_once:
                assert time.monotonic() < until, "it was not done"
                yield None

    limits, sandbox = WorkerLimits(), Sandbox()
    results = pool.in_workers(
        Deeds(), late(), pool.WorkerPool(count=2, limits=limits, sandbox=sandbox)
    )
    values.extend(each[1].value for each in results if each is not None)
    assert sorted(values) == [*range(20 * at_once)]


def test_what_cannot_be_pickled_is_an_error_of_ours() -> None:
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        run([], job=lambda: None)
    results = run([Task(), Task("echo", (lambda: None,))])
    assert next(results).why is None
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        next(results)


@pytest.mark.parametrize(
    ("how", "message"),
    [("raise", "ImportError: no such decoder"), ("die", "its process ended with code 7")],
)
def test_workers_that_cannot_start_are_an_error(how: str, message: str) -> None:
    with pytest.raises(WorkerError, match=message):
        list(run([Task()], job=Deeds(warm=how)))


def test_a_missing_interpreter_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(WorkerError, match="No such file"):
        list(run([Task()]))


def test_less_than_no_workers_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        run([], workers=-1)
    with pytest.raises(ValueError, match="more than 0"):
        WorkerLimits(memory=0)


def test_notices_are_told_once() -> None:
    told: list[str] = []
    tasks = [*echoes(3), Task("leave", (1,)), *echoes(3)]
    refused = Forbidden(unsandboxed=True)
    list(outcomes(tasks, workers=2, sandbox=refused, on_notice=told.append))
    assert sum("Landlock" in notice for notice in told) == (sys.platform == "linux")


def test_evidence_that_is_gone_is_no_fault_of_the_sandbox() -> None:
    assert sum(1 for _ in run(echoes(3), sandbox=Sandbox(("/nowhere",)))) == 3


def test_many_tiny_tasks_are_never_all_held_at_once() -> None:
    alive = 0
    most = 0

    class Counted(Task):
        def __init__(self) -> None:
            nonlocal alive, most
            super().__init__()
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    count = sum(1 for _ in run((Counted() for _ in range(20_000)), workers=2))
    assert count == 20_000
    # So many are begun, as many done and not yet given, and some are read for those that are given.
    assert most <= 2 * (pool._AHEAD + pool._GIVEN)
