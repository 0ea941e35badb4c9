"""Progress on standard error: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from hashmatch.cli.output import duration, note, printable, size_in_words

if TYPE_CHECKING:
    from hashmatch.model import ScanSummary
    from hashmatch.sources.base import Found

_SECONDS_BETWEEN_LINES = 10.0
_NAME = 40


class Progress(Protocol):
    """Told after every item; says where the work is."""

    def update(self, seen: "ScanSummary") -> None:
        """Show these counts."""
        ...

    def inside(self, locator: str, seconds: float) -> None:
        """Show how far a long video was read."""
        ...


@contextmanager
def progress(source: "Iterable[Found]") -> Iterator[Progress]:
    """A progress display for a scan of this source, whose files are counted first."""
    files = size = 0
    for found in source:
        files += 1
        size += found.size
    note(f"{files:,} files, {size_in_words(size)}")
    if not sys.stderr.isatty():
        yield _Lines(files)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[found]}"),
    )
    both = sys.stdout.isatty()
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True, redirect_stdout=both) as bar:
        yield _Bar(bar, bar.add_task("", total=files, rate="", found=""))


class _Bar:
    def __init__(self, bar: object, task: object) -> None:
        self._bar, self._task, self._start = bar, task, time.monotonic()

    def update(self, seen: "ScanSummary") -> None:
        self._bar.update(  # type: ignore[attr-defined] # rich is imported late
            self._task,
            completed=seen.items,
            rate=_rate(seen, self._start),
            found=f"{seen.matches:,} matches, {seen.unreadable:,} unreadable",
        )

    def inside(self, locator: str, seconds: float) -> None:
        name = printable(locator.rpartition("/")[2])[-_NAME:]
        self._bar.update(  # type: ignore[attr-defined] # rich is imported late
            self._task, found=f"{name}: {duration(seconds)} read"
        )


class _Lines:
    def __init__(self, files: int) -> None:
        self._files, self._start = files, time.monotonic()
        self._last = self._start

    def update(self, seen: "ScanSummary") -> None:
        now = time.monotonic()
        if now - self._last < _SECONDS_BETWEEN_LINES:
            return
        self._last = now
        left = (now - self._start) / seen.items * max(0, self._files - seen.items)
        note(
            f"{seen.items:,} of {self._files:,} files, {_rate(seen, self._start)}, "
            f"about {left:,.0f} s left, {seen.matches:,} matches, {seen.unreadable:,} unreadable"
        )

    def inside(self, locator: str, seconds: float) -> None:
        now = time.monotonic()
        if now - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = now
            note(f"{locator}: {duration(seconds)} of the video read")


def _rate(seen: "ScanSummary", start: float) -> str:
    seconds = max(time.monotonic() - start, 1e-3)
    return f"{seen.items / seconds:,.0f} files/s, {size_in_words(seen.bytes / seconds)}/s"
