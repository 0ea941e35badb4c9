"""A pool, for tests."""

from collections.abc import Generator, Iterable
from typing import Any

from hashmatch.scanning.limits import WorkerLimits
from tests.support.deeds import Outcome, Task, outcomes


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


def echoes(count: int) -> list[Task]:
    return [Task("echo", (number,)) for number in range(count)]


def amid(deed: Task, before: int = 5, after: int = 30) -> list[Outcome]:
    """The outcomes of a deed among harmless tasks, all of which must be done."""
    tasks = [*echoes(before), deed, *echoes(after)]
    outcomes = done(tasks)
    bad = outcomes.pop(before)
    assert [each.value for each in outcomes] == [*range(before), *range(after)]
    return [bad]
