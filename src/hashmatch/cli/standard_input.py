"""Standard input where a command takes the path of a hash list."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

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
    with tempfile.TemporaryDirectory(prefix="hashmatch-") as folder:
        copy = Path(folder) / "standard-input"
        handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield copy
