import gc
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hashmatch.errors import Reason, WorkerError
from hashmatch.scanning import dispatch, pool, timing
from hashmatch.scanning.endings import number_in
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.messages import ProtocolError
from hashmatch.scanning.process import WorkerProcess
from hashmatch.scanning.sandbox import Sandbox
from tests.support import unix
from tests.support.deeds import Deeds, Forbidden, Outcome, Refusing, Task, outcomes
from tests.support.places import environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="deeds of Linux processes")


def run(tasks: Iterable[Task], *, workers: int = 1, **more: Any) -> Generator[Outcome]:
    limits = more.pop("limits", WorkerLimits(wall_seconds=30, memory=1 << 29))
    return outcomes(tasks, workers=workers, limits=limits, **more)


def done(tasks: Iterable[Task], **more: Any) -> list[Outcome]:
    """The outcomes in the order of the tasks: each has one."""
    given = list(tasks)
    found: dict[Task, list[Outcome]] = {}
    for outcome in run(given, **more):
        found.setdefault(outcome.task, []).append(outcome)
    ordered = [found[task].pop(0) for task in given]
    assert not any(found.values())
    return ordered


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

    monkeypatch.setattr(dispatch, "number_in", and_do)


def echoes(count: int) -> list[Task]:
    return [Task("echo", (number,)) for number in range(count)]


def amid(deed: Task, before: int = 5, after: int = 30) -> list[Outcome]:
    """The outcomes of a deed among harmless tasks, all of which must be done."""
    tasks = [*echoes(before), deed, *echoes(after)]
    outcomes = done(tasks)
    bad = outcomes.pop(before)
    assert [each.value for each in outcomes] == [*range(before), *range(after)]
    return [bad]


def children() -> set[int]:
    lists = Path("/proc/self/task").glob("*/children")
    return {int(number) for each in lists for number in each.read_text().split()}


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_every_task_has_one_result(workers: int) -> None:
    chance = random.Random(workers)
    tasks = [Task("sleep", (chance.choice([0, 0, 0.01]),)) for _ in range(100)]
    tasks[10:20] = [Task("local")] * 10
    outcomes = done(tasks, workers=workers)
    assert all(each.why is None for each in outcomes)


def test_a_slow_task_holds_no_other_back() -> None:
    """Neither results, however many follow, nor the reading of further tasks."""
    results = run([Task("hang"), *(Task("echo", (n,)) for n in range(3000))], workers=2)
    assert sorted(next(results).value for _ in range(2900)) == [*range(16, 2916)]
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
        ("answer_nonsense", (), Reason.WORKER_DIED, "its process answered nonsense"),
        ("answer_for", (7,), Reason.WORKER_DIED, "its process answered nonsense"),
        ("devour", (), Reason.OUT_OF_MEMORY, "not enough memory to read it"),
        ("devour_in_c", (), Reason.WORKER_DIED, "its process was ended by SIGSEGV"),
        ("deserve", ("MemoryError",), Reason.OUT_OF_MEMORY, "not enough memory to read it"),
        ("deserve", ("ValueError",), Reason.INTERNAL_ERROR, "ValueError in scanning/worker.py:"),
        ("deserve", ("OSError",), Reason.INTERNAL_ERROR, "OSError in scanning/worker.py:"),
        ("unencodable", (), Reason.INTERNAL_ERROR, "TypeError in scanning/worker.py:"),
        *(
            ("claim_fault", (text,), Reason.WORKER_DIED, "its process answered nonsense")
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
    assert bad.why.detail == "its process answered nonsense"


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
    assert bad.why.detail == "its process answered nonsense"


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
    tasks = [Task("pid", (0.003,), number) for number in range(800)]
    outcomes: list[Outcome] = []
    killed: set[int] = set()
    for outcome in run(tasks, workers=2):
        outcomes.append(outcome)
        if chance.random() < 0.03 and outcome.value not in killed | {None}:
            killed.add(outcome.value)
            with suppress(ProcessLookupError):  # replaced since
                os.kill(outcome.value, unix.signal.SIGKILL)
    assert sorted(each.task.size for each in outcomes) == [*range(800)]
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
    assert bad.why.detail == "its process answered nonsense"
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


def test_a_failing_source_is_raised_behind_what_it_gave() -> None:
    def failing() -> Iterator[Task]:
        yield from echoes(20)
        msg = "disk gone"
        raise OSError(msg)

    results = run(failing())
    assert sorted(next(results).value for _ in range(20)) == list(range(20))
    with pytest.raises(OSError, match="disk gone"):
        next(results)


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
    # So many are begun, as many done and not yet given, and a batch is on its way either way.
    assert most <= 2 * (pool._AHEAD + pool._BATCH)


_PARENT = """
import signal
import sys
# Processes of a shell's background ignore it, and so do those that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
from tests.support.deeds import Task, outcomes
tasks = [Task("pid"), *[Task("sleep", (0.05,))] * 2000]
if sys.argv[1] == "hang":
    tasks = [Task("pid"), Task("hang")]
stop = []
if sys.argv[1] == "stop":
    signal.signal(signal.SIGINT, lambda *_: stop.append(1))
run = outcomes(tasks, stop=lambda: bool(stop))
try:
    for number, outcome in enumerate(run):
        print(number, outcome.value, outcome.why, flush=True)
except KeyboardInterrupt:
    run.close()
    print("interrupted")
"""


def _parent(how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 (ourselves)
        [sys.executable, "-c", _PARENT, how],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def _gone(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def test_workers_end_with_their_parent_however_busy() -> None:
    with _parent("hang") as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline().split()[1])
        parent.kill()
    for _ in range(2400):
        if _gone(worker):
            break
        time.sleep(0.05)
    assert _gone(worker)


@pytest.mark.parametrize("how", ["stop", "raise"])
def test_ctrl_c_in_the_terminal_is_the_parents_matter(how: str) -> None:
    with _parent(how) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline().split()[1])
        unix.os.killpg(parent.pid, signal.SIGINT)
        lines = parent.stdout.read().splitlines()
    assert parent.returncode == 0
    assert _gone(worker)
    if how == "raise":
        assert lines[-1] == "interrupted"
    else:
        assert 0 < len(lines) < 2000
        assert all(line.endswith("0.05 None") for line in lines)
