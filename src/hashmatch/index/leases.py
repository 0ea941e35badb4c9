"""Leases: a generation of an index that a job reads is not tidied away, whoever changes the index.

A lease is an empty file in the folder of the index, so that processes on other machines that share
the folder see it. It counts for a day after it was last renewed, by the clock of the file system.
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Final, Self
from uuid import uuid4

LIVES: Final = 24 * 3600
"""Seconds for which a lease counts that nobody renews: a job that was killed can be resumed."""

_RENEWED: Final = 900.0
"""Seconds between two renewals."""
_NAME: Final = re.compile(r"lease-(\d{10,18})-[0-9a-f]{32}", re.ASCII)


class Lease:
    """A generation that is kept on disk until the lease is released, or a day after the last sign.

    Attributes:
        why_not: why the generation is not leased, in words; empty where it is. In a folder that
            may not be written nothing can be leased.
    """

    def __init__(self, folder: Path, number: int) -> None:
        """Take it.

        Args:
            folder: of the index.
            number: of the generation.
        """
        self.why_not = ""
        self._path = folder / f"lease-{number:010d}-{uuid4().hex}"
        self._released = Event()
        try:
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            self.why_not = (
                f"generation {number} of the index {folder} may be tidied away while it is in "
                f"use: its folder cannot be written ({error.strerror})"
            )
            return
        Thread(target=self._renew, name="hashmatch-lease", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let it go; a second time does nothing."""
        if not (self.why_not or self._released.is_set()):
            self._released.set()
            with suppress(OSError):
                self._path.unlink()

    def leave(self) -> None:
        """Renew it no more, and leave it for whoever goes on within a day."""
        self._released.set()

    def _renew(self) -> None:
        while not self._released.wait(_RENEWED):
            # A folder that cannot be reached now may be reached next time.
            with suppress(OSError):
                os.utime(self._path)


def leased(folder: Path, now: float) -> frozenset[int]:
    """The generations that are leased; leases that nobody renewed for a day are removed.

    Args:
        folder: of the index.
        now: the time by the clock of its file system, in seconds since 1970.
    """
    found: set[int] = set()
    for name in os.listdir(folder):  # noqa: PTH208 (names are enough)
        named = _NAME.fullmatch(name)
        if named is None:
            continue
        with suppress(OSError):
            if now - (folder / name).stat().st_mtime <= LIVES:
                found.add(int(named[1]))
            else:
                (folder / name).unlink()
    return frozenset(found)
