"""Standard input where a command takes the path of a hash list."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import typer

DASH: Final = Path("-")


@contextmanager
def or_standard_input(path: Path) -> Iterator[Path]:
    """The path; for `-`, that of a private file with all of standard input, removed at the end.

    Lists are read more than once, to recognise and to digest them. Hash lists only: bytes of
    pictures are never put into a file.
    """
    if path != DASH:
        yield path
        return
    check_dashes([path])
    from hashmatch.errors import ListFormatError
    from hashmatch.files.whole import cannot_write

    with tempfile.TemporaryDirectory(prefix="hashmatch-") as folder:
        copy = Path(folder) / "standard-input"
        try:
            handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
        except OSError as error:
            what = f"a private copy of standard input in {tempfile.gettempdir()}"
            raise cannot_write(what, error) from None
        try:
            yield copy
        except ListFormatError as error:
            # The path of the copy says nothing to anybody.
            raise ListFormatError(str(error).replace(str(copy), "standard input")) from None


def check_dashes(*given: Iterable[Path | str]) -> None:
    """Refuse to read standard input twice, as the second time there is nothing left, or closed.

    Args:
        given: all that a command reads, where `-` is standard input.

    Raises:
        BadParameter: more than one of these is `-`, or one is and standard input is closed.
    """
    dashes = sum(str(each) == str(DASH) for several in given for each in several)
    if dashes > 1:
        msg = "- can be given once: standard input is read once"
        raise typer.BadParameter(msg)
    if dashes and sys.stdin is None:
        msg = "standard input is closed: there is nothing to read"
        raise typer.BadParameter(msg)


def gives_something() -> bool:
    """Whether standard input is a file, a pipe or the like; no terminal, and not `/dev/null`."""
    try:
        return not stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode)
    except (OSError, ValueError):
        # A program has put an object of its own in its place, as tests do.
        return True


@contextmanager
def lists_or_standard_input(paths: Iterable[Path]) -> Iterator[list[Path]]:
    """The paths of what is known; for `-`, that of a hash list that standard input holds."""
    with ExitStack() as stack:
        yield [stack.enter_context(or_standard_input(each)) for each in paths]
