"""Tables of chunks of an EnCase image (E01), and which of their chunks are nothing but zeros."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes, exactly
from hashmatch.sources.diskimage.containers import e01_sections as parts
from hashmatch.sources.diskimage.containers.e01_layout import Table
from hashmatch.sources.diskimage.containers.expanding import adler32

_PACKED: Final = 1 << 31
_PIECE: Final = 1 << 20
_MOST_PATTERNS: Final = 8


class Chunks:
    """Where the chunks of a table lie.

    Attributes:
        starts: of each, in its segment.
        ends: of each.
        packed: whether each is compressed.
    """

    def __init__(self, entries: NDArray[np.uint32], base: int, end: int) -> None:
        """Take the entries of a table.

        Args:
            entries: of it.
            base: what their places count from.
            end: of the last chunk.
        """
        starts = (entries & np.uint32(_PACKED - 1)).astype(np.int64) + base
        self.sizes: NDArray[np.int64] = np.diff(starts, append=end)
        self.starts: list[int] = starts.tolist()
        self.ends = [*self.starts[1:], end]
        self.packed: NDArray[np.bool_] = entries >= _PACKED

    @property
    def is_in_order(self) -> bool:
        """Whether each chunk ends behind where it begins."""
        return bool(np.all(self.sizes > 0))


def load(table: Table, *, is_smart: bool) -> Chunks:
    """A table, or its copy where it is damaged.

    Raises:
        OSError: it cannot be read.
        UnreadableError: both are damaged.
    """
    for section in table.sections:
        data = table.file.pread(section.start + parts.TABLE_HEAD, table.count * 4 + 4)
        entries, told = data[: table.count * 4], data[table.count * 4 :]
        if len(entries) < table.count * 4:
            continue
        chunks = Chunks(np.frombuffer(entries, "<u4"), table.base, table.end)
        # SMART's tables have no checksum of their entries: chunks follow each other.
        is_whole = adler32(entries) == int.from_bytes(told, "little")
        if is_whole or (is_smart and chunks.is_in_order):
            return chunks
    raise UnreadableError(
        Reason.DAMAGED, f"{table.file.name}: its table of chunks is damaged, and so is the copy"
    )


class ZeroChunks:
    """Finds chunks that are nothing but zeros, by the few bytes that they are all stored in."""

    def __init__(self, expand: Callable[[bytes], bytes], most: int, least: int) -> None:
        """Know none yet.

        Args:
            expand: gives the content of a compressed chunk; nothing of a damaged one.
            most: bytes that such a chunk is stored in.
            least: such chunks in a row that are looked for.
        """
        self._expand, self._most, self._least = expand, most, least
        self._known: dict[bytes, bool] = {}

    def find(self, file: Bytes, chunks: Chunks) -> NDArray[np.bool_]:
        """Whether each chunk of a table is one; false of some that are, in short rows.

        Raises:
            OSError: the file cannot be read.
            UnreadableError: it is cut.
        """
        found = np.zeros(len(chunks.sizes), np.bool_)
        small = chunks.packed & (chunks.sizes > 0) & (chunks.sizes <= self._most)
        # Rows of chunks of one size, which lie behind each other.
        edges = np.flatnonzero(np.diff(np.where(small, chunks.sizes, 0))) + 1
        bounds = [0, *edges.tolist(), len(found)]
        for first, last in pairwise(bounds):
            if last - first >= self._least and small[first]:
                size = int(chunks.sizes[first])
                for at, rows in _rows(file, chunks.starts[first], size, last - first):
                    found[first + at : first + at + len(rows)] = self._are_zeros(rows)
        return found

    def _are_zeros(self, rows: NDArray[np.uint8]) -> NDArray[np.bool_]:
        wanted = np.zeros(len(rows), np.bool_)
        for pattern in {rows[0].tobytes(), rows[-1].tobytes()}:
            if self._is_zeros(pattern):
                wanted |= (rows == np.frombuffer(pattern, np.uint8)).all(axis=1)
        return wanted

    def _is_zeros(self, stored: bytes) -> bool:
        known = self._known.get(stored)
        if known is None:
            content = self._expand(stored)
            known = bool(content) and not content.strip(b"\0")
            if len(self._known) < _MOST_PATTERNS:
                self._known[stored] = known
        return known


def _rows(
    file: Bytes, start: int, size: int, count: int
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Chunks of one size, some at a time: which is the first, and their bytes."""
    step = max(_PIECE // size, 1)
    for at in range(0, count, step):
        rows = min(step, count - at)
        data = exactly(file, start + at * size, rows * size)
        yield at, np.frombuffer(data, np.uint8).reshape(rows, size)
