"""Progress on standard error: a bar on a terminal, a plain line now and then elsewhere.

Both say how much is done, of how much, how fast, for how long, and how long it will take.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from hashmatch.cli.output import duration, note, printable, size_in_words
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hashmatch.model import ScanResult, ScanSummary
    from hashmatch.sources.base import Found

T = TypeVar("T")

BYTES: Final = "bytes"
_MEBIBYTE: Final = 1 << 20
_SECONDS_BETWEEN_LINES: Final = 10.0
_NAME: Final = 24
_MANY: Final = 100


class Meter:
    """Shows how far a piece of work is."""

    def __init__(self, total: int, unit: str) -> None:
        """Start the clock.

        Args:
            total: how much there is to do; 0 where that is not known.
            unit: what is counted, as `files`; `BYTES` is shown with its prefixes.
        """
        self.total = total
        self.unit = unit
        self.done = 0
        self._is_bytes = unit == BYTES
        self._start = self._last = time.monotonic()

    def update(self, done: int, about: str = "") -> None:
        """Show that so much is done; `about` says in a few words what was found."""
        self.done = done
        now = time.monotonic()
        if now - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = now
            note(self.line(about))

    def counting(self, items: "Iterable[T]") -> "Iterator[T]":
        """These items, each counted as done when the next one is asked for."""
        for item in items:
            yield item
            self.update(self.done + 1)

    def update_share(self, done: int, share: float) -> None:
        """Show that so much is done, which is this share of all, 0–1."""
        self.total = round(done / share) if share else 0
        self.update(done)

    def update_of(self, done: int, total: int) -> None:
        """Show that so much is done, of about so much."""
        self.total = max(done, total)
        self.update(done)

    def line(self, about: str = "") -> str:
        """All that is known of the progress, in words."""
        elapsed = self.elapsed
        if self._is_bytes:
            of = f" of {size_in_words(self.total)}" if self.total else ""
            words = [f"{size_in_words(self.done)}{of}", f"{self.rate}/s"]
        else:
            of = f" of {self.total:,}" if self.total else ""
            words = [f"{self.done:,}{of} {self.unit}", f"{self.rate} {self.unit}/s"]
        words.append(f"{_clock(elapsed)} elapsed")
        if left := self.left:
            words.append(f"about {left} left")
        return ", ".join([*words, about] if about else words)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return max(time.monotonic() - self._start, 1e-3)

    @property
    def left(self) -> str:
        """How long the rest takes, at the pace so far; empty where nobody can tell."""
        if not self.total or not self.done:
            return ""
        return _clock(self.elapsed / self.done * max(0, self.total - self.done))

    @property
    def rate(self) -> str:
        """How much is done in a second."""
        each = self.done / self.elapsed
        if self._is_bytes:
            return size_in_words(each)
        return f"{each:,.0f}" if each >= _MANY else f"{each:.1f}"


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


class _Bar(Meter):
    """The same as a bar, within 80 columns."""

    def __init__(self, total: int, unit: str, bar: Any, task: Any) -> None:  # noqa: ANN401
        super().__init__(total, unit)
        self._bar, self._task = bar, task

    def update(self, done: int, about: str = "") -> None:
        self.done = done
        self._bar.update(
            self._task,
            completed=done,
            total=self.total or None,
            rate=f"{self.rate}/s",
            left=f"left {self.left}" if self.left else "",
            about=about,
        )


@contextmanager
def meter(total: int, unit: str) -> Iterator[Meter]:
    """A display that is gone when the block ends.

    Args:
        total: how much there is to do; 0 where that is not known.
        unit: what is counted, as `files`.
    """
    if not sys.stderr.isatty():
        yield Meter(total, unit)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        BarColumn(bar_width=8),
        DownloadColumn() if unit == BYTES else MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[about]}", markup=False),
    )
    console = Console(stderr=True)
    both = sys.stdout.isatty()
    with Progress(*columns, console=console, transient=True, redirect_stdout=both) as bar:
        task = bar.add_task("", total=total or None, rate="", left="", about="")
        yield _Bar(total, unit, bar, task)


class ScanProgress:
    """How far a scan is; told after every item.

    Attributes:
        files: how many there are to be read.
    """

    def __init__(self, shown: Meter, files: int) -> None:
        """Show it.

        Args:
            shown: of bytes of the evidence.
            files: how many there are to be read.
        """
        self.files = files
        self._meter = shown
        self._given = self._given_files = 0
        self._expanding: dict[str, int] = {}
        self._held = 0
        self._about = ""

    def update(self, seen: "ScanSummary") -> None:
        """Show these counts."""
        if seen.items - seen.members > self._given_files:
            # Some file is done: it may be one of those that were being read from the inside.
            self._expanding.clear()
        self._given, self._given_files = seen.bytes, seen.items - seen.members
        self._about = number_of(seen.matches, "match", "matches")
        if seen.unreadable:
            self._about += f", {seen.unreadable:,} unread"
        self._show(self._about)

    def hold(self, count: int) -> None:
        """Show that so many items more are read, whose results are still checked."""
        if count != self._held:
            self._held = count
            self._show(self._about)

    def expanding(self, locator: str, reached: float) -> None:
        """Show how many MiB of an archive were read."""
        self._expanding[locator] = int(reached * _MEBIBYTE)
        self._show(self._about)

    def inside(self, locator: str, seconds: float) -> None:
        """Show how far a long video was read."""
        name = printable(locator.rpartition("/")[2])
        if len(name) > _NAME:
            name = f"…{name[1 - _NAME :]}"
        self._show(f"{name} {duration(seconds)}")

    def _show(self, about: str) -> None:
        if self._held:
            about = ", ".join([*([about] if about else []), f"{self._held:,} read, being checked"])
        done = max(self._meter.done, self._given + sum(self._expanding.values()))
        total = self._meter.total
        self._meter.update(min(done, total) if total else done, about)


@contextmanager
def scan_progress(
    source: "Iterable[Found]", given: "Sequence[ScanResult]" = ()
) -> Iterator[ScanProgress]:
    """A display for a scan of this source, whose files are counted first.

    Args:
        source: what is to be read.
        given: what was read before, as from standard input.
    """
    files, size = len(given), sum(each.item.size or 0 for each in given)
    for found in source:
        files += 1
        size += found.size
    note(f"{number_of(files, 'file')}, {size_in_words(size)}")
    with meter(size, BYTES) as shown:
        yield ScanProgress(shown, files)
