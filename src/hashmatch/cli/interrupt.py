"""Ctrl-C: the first finishes what is in hand, the second stops at once."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import ParamSpec

import typer

from hashmatch.cli.exit_codes import EXIT_INTERRUPTED
from hashmatch.cli.output import note

P = ParamSpec("P")


class Interruption:
    """Whether the user asked to stop."""

    def __init__(self) -> None:
        self._requested = False

    def is_requested(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self._requested

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Remember the first signal; raise KeyboardInterrupt at the second."""
        if self._requested:
            signal.default_int_handler(number, frame)
        self._requested = True


@contextmanager
def interruption() -> Iterator[Interruption]:
    """Ctrl-C only asks to stop, as long as the block runs."""
    asked = Interruption()
    before = signal.signal(signal.SIGINT, asked)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def stoppable(command: Callable[P, None]) -> Callable[P, None]:
    """The command, with exit code 130 where Ctrl-C ends it."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except KeyboardInterrupt:
            note("interrupted")
            raise typer.Exit(EXIT_INTERRUPTED) from None

    return run
