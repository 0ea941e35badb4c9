"""Modules of the standard library as Unix systems have them.

Windows lacks some of their functions, and type checkers say so there: what needs them is skipped
on Windows, and takes them from here.
"""

import os as _os
import signal as _signal
import socket as _socket
import tempfile
import time as _time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

os: Final[ModuleType] = _os
signal: Final[ModuleType] = _signal
socket: Final[ModuleType] = _socket
time: Final[ModuleType] = _time


def resource() -> ModuleType:
    """Limits and use of processors and memory."""
    return import_module("resource")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every user can read: those of pytest, and TMPDIR, may be closed to others."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder
