"""Our file of arrays: checksummed in blocks, read as far as it is used.

A file is, little-endian: 16 bytes of magic; a prefix of version, header length, file length and
CRC-32 of the header; the header, JSON that names every section with dtype, shape and place; the
CRC-32 of every block of every section; the sections, each at a multiple of 64 bytes. It holds
numbers and text, never code.
"""

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from hashmatch.errors import DamagedIndexError, IndexVersionError
from hashmatch.index.header import MOST_HEADER, FileHeader, read_header
from hashmatch.index.held import HeldFile
from hashmatch.index.section_writing import BLOCK, MAGIC, PREFIX, VERSION, aligned, blocks_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REST = 0.75
"""Once less than this share of an array is unchecked, all of it is checked: a reader that searches
again and again pays once, one that asks a single question only for what it touches."""

_AT_ONCE = 256
"""Blocks that are read at a time: they are checked while they are in the processor's cache."""

_TOLD = 1 << 26
"""Bytes after which whoever reads a whole file is told."""


class SectionFile:
    """A file of arrays, read into memory as it is checked.

    Attributes:
        path: of the file.
        held: the file itself, open.
        meta: what was written with the arrays.
        arrays: by name. Only what was checked is there: call `check` for what you are about to
            read; the rest is zero.
    """

    def __init__(self, path: Path, *, sha256: str = "") -> None:
        """Open a file; its header is checked now, its arrays when they are first used.

        Args:
            path: of the file.
            sha256: that it must have, in hex, which `prove` compares; empty if nothing says it.

        Raises:
            DamagedIndexError: it is missing, cut off, or its header is damaged or contradicts
                itself.
            IndexVersionError: a newer version of hashmatch wrote it.
        """
        self.path = path
        self.held = HeldFile(path, sha256=sha256)
        self._lock = RLock()
        header, end = self._header()
        self.meta: Mapping[str, Any] = header.meta
        self._below: dict[str, float] = {}
        self._lay_out(header, end)

    def _header(self) -> tuple[FileHeader, int]:
        """The header, and where it ends."""
        start = len(MAGIC) + PREFIX.size
        head = self._bytes(0, start) if self.held.size >= start else b""
        if not head.startswith(MAGIC):
            raise damaged(self.path, "its first bytes")
        version, length, whole, crc = PREFIX.unpack(head[len(MAGIC) :])
        if version > VERSION:
            msg = f"{self.path} was written by a newer hashmatch (file version {version})"
            raise IndexVersionError(msg)
        if version < 1 or self.held.size != whole or length > min(MOST_HEADER, whole - start):
            raise damaged(self.path, "its header or its length")
        text = self._bytes(start, start + length)
        if zlib.crc32(text) != crc:
            raise damaged(self.path, "its header or its length")
        try:
            return read_header(text), start + length
        except ValueError as error:
            raise damaged(self.path, f"its header: {error}") from None

    def _lay_out(self, header: FileHeader, start: int) -> None:
        """Find the arrays, which must lie as they were written; `start` is where the header ends.

        Every byte of the file belongs to one thing: no array can lie in another one.
        """
        table_end = start + 4 * sum(blocks_of(each) for each in header.sections)
        self._base = aligned(table_end)
        ends = [self._base]
        for each in header.sections:
            if self._base + each.at != aligned(ends[-1]):
                raise damaged(self.path, "its header: an array is not where it belongs")
            ends.append(self._base + each.at + each.bytes)
        if ends[-1] != self.held.size:
            raise damaged(self.path, "its header: its arrays do not fill the file")
        table = self._bytes(start, table_end)
        if zlib.crc32(table) != header.table:
            raise damaged(self.path, "its table of checksums")
        self._gaps = [(table_end, self._base), *((end, aligned(end)) for end in ends[1:-1])]
        self._sections = {each.name: each for each in header.sections}
        self.arrays: dict[str, NDArray[Any]] = {}
        self._checksums: dict[str, NDArray[np.uint32]] = {}
        self._unchecked: dict[str, NDArray[np.bool_]] = {}
        checksums, at = np.frombuffer(table, "<u4"), 0
        for each in header.sections:
            begin = self._base + each.at
            raw = self.held.bytes[begin : begin + each.bytes]
            self.arrays[each.name] = raw.view(each.dtype).reshape(each.shape)
            count = blocks_of(each)
            self._checksums[each.name] = checksums[at : at + count]
            self._unchecked[each.name] = np.ones(count, np.bool_)
            at += count

    def _bytes(self, start: int, stop: int) -> bytes:
        self.held.load(start, stop)
        return self.held.bytes[start:stop].tobytes()

    def limit(self, name: str, below: float) -> None:
        """Demand that every number of an array is smaller than this, when it is checked.

        NaN is none. Call it before anything of the array is read.
        """
        self._below[name] = below

    def check(self, name: str, start: int = 0, stop: int | None = None) -> None:
        """Read rows of an array and check them, unless that was done before.

        Raises:
            DamagedIndexError: they are damaged.
        """
        array, unchecked = self.arrays[name], self._unchecked[name]
        width = array.nbytes // len(array) if len(array) else 0
        stop = len(array) if stop is None else min(stop, len(array))
        first, last = start * width // BLOCK, -(-stop * width // BLOCK)
        self._load(name, first + np.flatnonzero(unchecked[first:last]))

    def check_rows(self, name: str, rows: "NDArray[np.int64]") -> None:
        """Read and check single rows of an array, as `check` does.

        Raises:
            DamagedIndexError: they are damaged.
        """
        self.check_ranges(name, np.stack((rows, rows + 1), axis=1))

    def check_ranges(self, name: str, ranges: "NDArray[np.int64]") -> None:
        """Read and check many ranges of rows of an array, as `check` does.

        Args:
            name: of the array.
            ranges: (ranges, 2) int64 first row and the row after the last.

        Raises:
            DamagedIndexError: they are damaged.
        """
        unchecked = self._unchecked[name]
        if not len(ranges) or not unchecked.any():
            return
        width = self.arrays[name].nbytes // len(self.arrays[name])
        first, last = ranges[:, 0] * width // BLOCK, -(-ranges[:, 1] * width // BLOCK)
        steps = np.zeros(len(unchecked) + 1, np.int32)
        np.add.at(steps, first, 1)
        np.add.at(steps, np.minimum(last, len(unchecked)), -1)
        touched = np.cumsum(steps[:-1]) > 0
        if unchecked.mean() < _REST:
            touched[:] = True
        self._load(name, np.flatnonzero(touched & unchecked))

    def _load(self, name: str, blocks: "NDArray[np.intp]") -> None:
        """Read blocks of an array, those that follow one another at once, and check them."""
        if not len(blocks):
            return
        with self._lock:
            blocks = blocks[self._unchecked[name][blocks]]  # another thread may have been first
            for run in np.split(blocks, np.flatnonzero(np.diff(blocks) > 1) + 1):
                for at in range(0, len(run), _AT_ONCE):
                    few = run[at : at + _AT_ONCE]
                    self._load_run(name, int(few[0]), int(few[-1]) + 1)

    def _load_run(self, name: str, first: int, last: int) -> None:
        section = self._sections[name]
        begin = self._base + section.at
        start, stop = first * BLOCK, min(last * BLOCK, section.bytes)
        self.held.load(begin + start, begin + stop)
        raw = self.held.bytes[begin + start : begin + stop]
        for number in range(first, last):
            block = raw[(number - first) * BLOCK : (number - first + 1) * BLOCK].data
            if zlib.crc32(block) != self._checksums[name][number]:
                raise damaged(self.path, name)
        below, numbers = self._below.get(name), raw.view(section.dtype)
        if below is not None and (np.abs(numbers) >= below).any():
            raise damaged(self.path, f"{name} names what does not exist")
        self._unchecked[name][first:last] = False

    def checked(self, name: str) -> bool:
        """Whether the whole array has been checked."""
        return not self._unchecked[name].any()

    def read_all(self) -> Iterator[int]:
        """Read and check all arrays; gives how many bytes of them are in memory, now and then.

        Raises:
            DamagedIndexError: one is damaged, or the file is larger than the memory of this
                machine.
        """
        self.held.check_room()
        done = 0
        for name, array in self.arrays.items():
            rows = max(_TOLD * len(array) // max(array.nbytes, 1), 1)
            for start in range(0, len(array), rows):
                self.check(name, start, start + rows)
                done += array[start : start + rows].nbytes
                yield done

    def prove(self) -> str:
        """Read and check all that was not read yet, and compare the SHA-256 of the whole file.

        From then on nothing is read from the disk any more.

        Returns:
            The SHA-256 of what is in memory, in hex.

        Raises:
            DamagedIndexError: it is damaged, another file than the one that belongs here, or
                larger than the memory of this machine.
        """
        self.held.check_room()
        for name in self.arrays:
            self.check(name)
        for start, stop in self._gaps:
            self.held.load(start, stop)
        found = self.held.digest()
        if self.held.sha256 not in ("", found):
            raise damaged(self.path, "its SHA-256 is not the one that was written")
        return found


def damaged(path: Path, what: str) -> DamagedIndexError:
    """The error that says what of a file of an index is damaged."""
    return DamagedIndexError(f"{path} is damaged: {what}; restore or rebuild it")
