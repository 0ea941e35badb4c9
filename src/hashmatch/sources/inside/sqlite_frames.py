"""Frames of the write-ahead log of an SQLite database: pages, in the order they were written."""

from array import array
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

import numpy as np

from hashmatch.kinds.sqlite_log import HEAD, checksum_of_head
from hashmatch.sources.inside.sqlite_pages import FilePages
from hashmatch.sources.inside.view import View

_FRAME: Final = 24
_MOST: Final = 1 << 22
"""Frames of one log that are read, at most: what is known of them is held in memory."""
_IN_FILE: Final = -1


class Log:
    """The frames of a log.

    A transaction ends with a frame that says how many pages the database has then. Frames whose
    salts are those of the header and whose checksums are right are what the database reads; behind
    them lie frames of an earlier round, which were not written over yet.

    Attributes:
        page_size: in bytes.
        count: of frames.
        numbers: of the page in each frame.
        ends: for each frame the last one of its transaction.
        last: the last frame of the last transaction that was finished; -1 where none was.
        size: of the database behind it, in pages.
        is_cut: whether there are more frames than are read.
    """

    def __init__(self, view: View, check: Callable[[], None]) -> None:
        """Read the heads of all frames, and compute their checksums.

        Args:
            view: of the file.
            check: called now and then; raises where it takes too long.

        Raises:
            OSError: it cannot be read.
        """
        self._view, self._check = view, check
        self.page_size = view.number(8, 4, big=True)
        step = self.page_size + _FRAME
        self.count = min(max(view.size - HEAD, 0) // step, _MOST)
        self.is_cut = (view.size - HEAD) // step > _MOST
        self.numbers, self.ends = array("L"), array("L")
        self.last, self.size = -1, 0
        self._rounds: dict[int, int] = {}
        """The first frame of the next round, by the first frame of each round."""
        self._read_heads()
        self._starts = sorted(self._rounds)
        self._places: dict[int, array[int]] = {}
        for frame, number in enumerate(self.numbers):
            self._places.setdefault(number, array("L")).append(frame)

    def page(self, frame: int) -> bytes:
        """The page in a frame.

        Raises:
            OSError: it cannot be read.
        """
        return self._view.at(self._place(frame) + _FRAME, self.page_size)

    def round_of(self, frame: int) -> int:
        """The first frame of its round."""
        return self._starts[bisect_right(self._starts, frame) - 1]

    def newest(self, number: int, until: int) -> int:
        """The latest frame with this page, of the same round as a frame and not behind it.

        -1 where there is none.
        """
        places = self._places.get(number)
        if places is None or until < 0:
            return _IN_FILE
        at = bisect_right(places, until) - 1
        return places[at] if at >= 0 and places[at] >= self.round_of(until) else _IN_FILE

    def _place(self, frame: int) -> int:
        return HEAD + frame * (self.page_size + _FRAME)

    def _read_heads(self) -> None:
        order = ">u4" if self._view.number(3, 1) & 1 else "<u4"
        salts = self._view.at(16, 8)
        running = checksum_of_head(self._view.at(0, HEAD))
        adds = _Checksums(8 + self.page_size, order)
        is_live, begun, expected = True, 0, running
        for frame in range(self.count):
            self._check()
            head = self._view.at(self._place(frame), _FRAME)
            said = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
            same = head[8:16] == salts
            data = head[:8] + self.page(frame)
            follows = same and adds.of(data, expected) == said
            if not follows and is_live:
                # What is from here on is not the database's any more.
                self._end(begun, frame)
                is_live, begun = False, frame
            elif not same and frame > begun:
                self._end(begun, frame)
                begun = frame
            salts, expected = head[8:16], said
            self.numbers.append(int.from_bytes(head[:4], "big"))
            if size := int.from_bytes(head[4:8], "big"):
                self.ends.extend([frame] * (frame + 1 - len(self.ends)))
                if is_live:
                    self.last, self.size = frame, size
        self._end(begun, self.count)

    def _end(self, first: int, behind: int) -> None:
        """End a round: frames without the end of their transaction are read up to the last."""
        if behind > first:
            self._rounds[first] = behind
            self.ends.extend([behind - 1] * (behind - len(self.ends)))


class Snapshot:
    """The pages of a database as they were behind one frame of its log.

    Attributes:
        page_size: in bytes.
        count: number of the last page.
    """

    def __init__(
        self,
        log: Log,
        file: FilePages | None,
        until: int,
        count: int,
        *,
        first: int = _IN_FILE,
    ) -> None:
        """Read nothing yet.

        Args:
            log: whose page comes before that of the file.
            file: the database; None where there is none.
            until: the last frame that counts; -1 for none.
            count: number of the last page.
            first: a frame whose page comes before that of all others; -1 for none.
        """
        self._log, self._file, self._until, self._first = log, file, until, first
        self.page_size, self.count = log.page_size, count
        self._versions: dict[int, int] = {}

    def page(self, number: int, /) -> bytes:
        """A page.

        Raises:
            OSError: it cannot be read.
        """
        frame = self._frame(number)
        if frame >= 0:
            return self._log.page(frame)
        return b"" if self._file is None else self._file.page(number)

    def version(self, number: int) -> int:
        """Which frame a page comes from; -1 where it is the same in the file of the database.

        Raises:
            OSError: it cannot be read.
        """
        frame = self._frame(number)
        if frame < 0 or self._file is None:
            return frame
        if number not in self._versions:
            is_same = self._log.page(frame) == self._file.page(number)
            self._versions[number] = _IN_FILE if is_same else frame
        return self._versions[number]

    def _frame(self, number: int) -> int:
        if self._first >= 0 and self._log.numbers[self._first] == number:
            return self._first
        return self._log.newest(number, self._until)


class _Checksums:
    """The checksums of a log.

    Both sums are numbers of one sequence, in which each is the sum of the two before it and a word
    of the data: so each word counts as often as a Fibonacci number says.
    """

    def __init__(self, size: int, order: str) -> None:
        """Prepare for so many bytes in this order."""
        count = size // 4
        fibonacci = [0, 1]
        while len(fibonacci) < count + 2:
            fibonacci.append((fibonacci[-1] + fibonacci[-2]) & 0xFFFFFFFF)
        self._order = order
        self._factors = np.array(fibonacci, np.uint32)
        self._count = count

    def of(self, data: bytes, before: tuple[int, int]) -> tuple[int, int] | None:
        """Both sums behind these bytes, from those before them; None of fewer bytes."""
        count, factors = self._count, self._factors
        if len(data) != count * 4:
            return None
        words = np.frombuffer(data, self._order).astype(np.uint32)
        first = int((words[:-1] * factors[count - 1 : 0 : -1]).sum(dtype=np.uint32))
        second = int((words * factors[count:0:-1]).sum(dtype=np.uint32))
        a, b, c = (int(factors[each]) for each in (count - 1, count, count + 1))
        return (
            (first + a * before[0] + b * before[1]) & 0xFFFFFFFF,
            (second + b * before[0] + c * before[1]) & 0xFFFFFFFF,
        )
