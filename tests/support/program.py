"""The command line, run in this process: what it prints and its exit code, as of a program.

Starting a program takes half a second of processor time, and its workers two seconds more. Tests
of processes, pipes and signals start one; those of what a command does and says need none.
"""

import gc
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from hashmatch import cli


def run(
    *words: str | Path,
    folder: Path | None = None,
    given: str | None = None,
    variables: Mapping[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end.

    Args:
        words: of the command. `scan` and `match` read in this process unless they say otherwise.
        folder: the current folder of the command.
        given: what its standard input holds.
        variables: the whole environment of the command; that of this process by default.
    """
    said = [*map(str, words)]
    if said[:1] in (["scan"], ["match"]) and "--workers" not in said:
        said += ["--workers", "0"]
    streams = [io.BytesIO((given or "").encode()), io.BytesIO(), io.BytesIO()]
    with alone(), _program(said, folder, streams, os.environ if variables is None else variables):
        code = _exit_code()
    shown = [each.getvalue().decode() for each in streams[1:]]
    return subprocess.CompletedProcess(said, code, *shown)


@contextmanager
def alone() -> Iterator[None]:
    """A command lets go of what it opened, as a process that ends does.

    What was there before is not looked through: that takes longer than most commands.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()


@contextmanager
def _program(
    words: list[str], folder: Path | None, streams: list[io.BytesIO], variables: Mapping[str, str]
) -> Iterator[None]:
    """Arguments, folder, streams and variables as a program has them of its own."""
    before, interrupt = Path.cwd(), signal.getsignal(signal.SIGINT)
    texts = [io.TextIOWrapper(each, encoding="utf-8", write_through=True) for each in streams]
    kept = sys.argv, sys.stdin, sys.stdout, sys.stderr
    os.chdir(folder or before)
    try:
        with mock.patch.dict(os.environ, variables, clear=True):
            sys.argv = ["hashmatch", *words]
            sys.stdin, sys.stdout, sys.stderr = texts
            yield
    finally:
        sys.argv, sys.stdin, sys.stdout, sys.stderr = kept
        os.chdir(before)
        # A program that ends ignores further interrupts.
        signal.signal(signal.SIGINT, interrupt)
        for text in texts:
            text.detach()


def _exit_code() -> int:
    try:
        cli.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    raise AssertionError
