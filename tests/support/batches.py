"""Folders of pictures for jobs, an index that knows some of them, and readers that files attack."""

import hashlib
import json
import os
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import hashmatch as hm
from hashmatch.distributed.parts import Parts
from hashmatch.distributed.readers import Readers
from hashmatch.distributed.sourcing import Slice
from hashmatch.hashlists.values import parse_value
from hashmatch.model import Entry, KnownHash
from hashmatch.scanning import uploads
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.tables.columns import ColumnError
from tests.support import deeds
from tests.support.known_lists import hash_list
from tests.support.photos import encoded, photo

SHORT = WorkerLimits(memory=1 << 30, cpu_seconds=4, wall_seconds=12)
DEEDS = {"crash": "worker-died", "hang": "timed-out"}
"""What files of these names do to a reader, and what is said of each."""


def pictures(folder: Path, count: int) -> Path:
    """Small pictures, each with bytes of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("coffee", "astronaut", "chelsea", "rocket")
    data = [encoded(photo(each).resize((150, 100)), "JPEG") for each in names]
    for number in range(count):
        # Behind the end of a JPEG: other bytes, the same picture.
        (folder / f"{number:04d}.jpg").write_bytes(data[number % len(data)] + b"%d" % number)
    return folder


def index_of(folder: Path, *files: Path) -> Path:
    """An index that knows these pictures."""
    with hm.Index.edit(folder) as index:
        entries = [
            Entry(each.name, hashes=(KnownHash(hm.hash_image(each).hash, 80),)) for each in files
        ]
        index.put(hash_list(entries))
    return folder


def attacks(folder: Path, huge: int = 4 << 30) -> Path:
    """Files that end and hold up `Hostile` readers, and a sparse one of 4 GB, or of so much."""
    for deed in DEEDS:
        (folder / deed).write_bytes(deed.encode().ljust(8))
    with (folder / "huge").open("wb") as file:
        file.truncate(huge)
    return folder


class HostileReaders(Readers):
    """Readers whose decoders obey their files."""

    def __init__(self, *given: Any, **more: Any) -> None:
        with mock.patch.object(uploads, "HashFiles", deeds.Hostile):
            super().__init__(*given, **more)


class HostileBatch(hm.MatchBatch):
    """The same matcher with such readers, in whatever process."""

    _made = HostileReaders


class Deadly(Parts):
    """Parts of which one ends its process, for a while or always."""

    def do(self, piece: Slice, **more: Any) -> dict[str, Any]:
        flag = Path(self.place.root).with_suffix(".once")
        always = flag.with_suffix(".always").exists()
        if piece.number == 2 and (always or not flag.exists()):
            flag.touch()
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        if piece.number == 3 and flag.with_suffix(".error").exists():
            msg = "of ours"
            raise ColumnError(msg)
        return super().do(piece, **more)


def digest_of(rows: Iterable[Mapping[str, Any]], root: Path | None = None) -> str:
    """A digest of a table that does not depend on the order of its rows, or on its folder."""
    lines = sorted(
        json.dumps({**row, "uri": _below(row["uri"], root)}, sort_keys=True) for row in rows
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _below(uri: str, root: Path | None) -> str:
    return uri if root is None else Path(uri).relative_to(root).as_posix()


def rows_in(folder: Path) -> list[dict[str, Any]]:
    """All rows of a job's folder."""
    import pyarrow.parquet as pq

    files = sorted(folder.glob("part-*.parquet"))
    return [row for each in files for row in pq.read_table(each).to_pylist()]


def known_value(text: str) -> hm.HashList:
    """A list with one value."""
    value = parse_value(text)
    entry = (
        Entry("one", hashes=(KnownHash(value, 80),))
        if isinstance(value, hm.Hash)
        else Entry("one", digests=value)
    )
    return hm.HashList.of("values", [entry])
