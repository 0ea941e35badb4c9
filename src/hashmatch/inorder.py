"""Work done in threads, results in the order of the input."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

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
    """
    count = threads or os.cpu_count() or 1
    if count == 1:
        yield from map(work, inputs)
        return
    pending: deque[Future[R]] = deque()
    with ThreadPoolExecutor(count, thread_name_prefix="hashmatch") as pool:
        try:
            for each in inputs:
                pending.append(pool.submit(work, each))
                if len(pending) > 4 * count:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
