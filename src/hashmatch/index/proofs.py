"""Files of indexes that were proven before: whoever looks up single values need not do it again.

To prove a file of an index takes about a second of processor time for a million hashes. What was
proven is kept in a folder that only this user can write, with all that changes when a file does. A
file that is written to, or put in the place of another, is proven anew.

What a proof goes by is what the system says of a file: no user can set the time of the last
change (ctime), but whoever can write the disk itself can. Where a file system does not note every
change, as one in memory, on a server or of another system, no proof is kept.
"""

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from time import time_ns
from typing import Final, Self
from uuid import uuid4

from hashmatch.index.segment import Segment

_VERSION: Final = 2
"""Raised whenever a proof shows more than it did: older ones count no more."""
_MOST: Final = 1000
"""Proofs that are kept."""
_SETTLED: Final = 5_000_000_000
"""Nanoseconds since the last change of a file before its proof is kept: within one tick of the
clock, a later change would leave the same time."""
_PRIVATE: Final = 0o700
_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


class Proofs:
    """Proofs that one user keeps.

    Attributes:
        folder: where they lie; None where none is kept.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Use a folder, which is made when the first proof is kept; without one, keep none.

        None is kept but on Linux: elsewhere whoever can write a file can set the time of its last
        change, or nobody says that all changes are noted.
        """
        self.folder = folder if sys.platform == "linux" else None

    @classmethod
    def of_user(cls) -> Self:
        """Those of the user who runs this process, in `$XDG_CACHE_HOME` or `~/.cache`."""
        # An empty or relative path means that it is not set.
        named = os.environ.get("XDG_CACHE_HOME", "")
        try:
            cache = Path(named) if named.startswith("/") else Path.home() / ".cache"
        except RuntimeError:
            return cls()
        return cls(cache / "hashmatch" / "proofs")

    def holds(self, segment: Segment) -> bool:
        """Whether the file of a segment was proven before, and was not changed since."""
        name = _name(segment)
        if self.folder is None or name is None or not _is_private(self.folder):
            return False
        return (self.folder / name).is_file()

    def keep(self, segment: Segment) -> None:
        """Keep that the file of a segment is proven; nothing where that is not possible."""
        file, name = segment.file, _name(segment)
        if self.folder is None or file is None or name is None:
            return
        if time_ns() - file.held.changed < _SETTLED or not file.held.is_settled():
            return
        with suppress(OSError):
            self.folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            if _is_private(self.folder):
                beside = self.folder / f".{uuid4().hex}"
                beside.write_text(f"{file.path}\n", encoding="utf-8", errors="surrogateescape")
                beside.replace(self.folder / name)
                _tidy(self.folder)


def _name(segment: Segment) -> str | None:
    """What the proof of a segment is called; None where nothing says what its file must be."""
    file = segment.file
    if file is None or not file.held.sha256:
        return None
    facts = [_VERSION, *file.held.identity, file.held.sha256, segment.entries_sha256]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _is_private(folder: Path) -> bool:
    """Whether nobody else can write a folder."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    owner = sys.platform != "win32" and status.st_uid == os.geteuid()
    return owner and stat.S_ISDIR(status.st_mode) and not status.st_mode & _OTHERS


def _tidy(folder: Path) -> None:
    """Forget the oldest."""
    there = sorted(folder.iterdir(), key=lambda path: path.lstat().st_mtime_ns)
    for each in there[:-_MOST]:
        each.unlink(missing_ok=True)


def prove(segments: Iterable[Segment], proofs: Proofs) -> None:
    """Prove the files of these segments that were not proven before, and keep that they are.

    Raises:
        DamagedIndexError: one is not as it was written.
    """
    for segment in segments:
        if not segment.is_proven and not proofs.holds(segment):
            segment.prove()
            proofs.keep(segment)
