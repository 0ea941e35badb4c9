"""Work done in threads, results in the order of the input."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from hashmatch.errors import check_type

T = TypeVar("T")
R = TypeVar("R")


def in_order(
    work: Callable[[T], R], inputs: Iterable[T], *, threads: int | None = None
) -> Iterator[R]:
    """`work` of each input, in their order; a few inputs ahead are read and worked on.

    Args:
        work: called in several threads at once.
        inputs: read as needed.
        threads: at most so many calls at a time; as many as cores by default.

    Raises:
        ValueError: fewer than one thread.
        Exception: what reading the inputs raised, behind all results of what was read before.
    """
    check_type(threads, (int, type(None)), "threads is a whole number, or None")
    if threads is not None and threads < 1:
        msg = f"threads is at least 1, not {threads}"
        raise ValueError(msg)
    count = threads or os.cpu_count() or 1
    return map(work, inputs) if count == 1 else _threaded(work, iter(inputs), count)


def _threaded(work: Callable[[T], R], inputs: Iterator[T], count: int) -> Iterator[R]:
    pending: deque[Future[R]] = deque()
    failure: Exception | None = None
    with ThreadPoolExecutor(count, thread_name_prefix="hashmatch") as pool:
        try:
            while True:
                try:
                    each = next(inputs)
                except StopIteration:
                    break
                except Exception as error:  # noqa: BLE001 (raised again behind what was read)
                    failure = error
                    break
                pending.append(pool.submit(work, each))
                if len(pending) > 4 * count:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
    if failure is not None:
        raise failure
