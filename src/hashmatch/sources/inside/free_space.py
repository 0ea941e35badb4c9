"""The space of a volume that belongs to no file, searched for pictures part by part."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

from hashmatch.errors import Reason
from hashmatch.model import AllocationState, PlaceConfidence, Unreadable
from hashmatch.model.locator import Member, Range, Step
from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.reading import Joined, Window, Zeros, as_file, read_around
from hashmatch.sources.diskimage.spans import Span, merged, within, without
from hashmatch.sources.diskimage.volumes import Volume
from hashmatch.sources.inside.base import Budget, Inner, SearchState
from hashmatch.sources.inside.carving import Carving
from hashmatch.sources.inside.encoded_text import EncodedText

UNALLOCATED: Final = "unallocated"
"""The word of the step to the space of a volume that belongs to no file: all of it, joined.

Its number is 0; that of all of a volume, whose file system ended its reader, is 1."""


class _Patient:
    """Bytes with zeros in place of what cannot be read: a search goes on behind it.

    Attributes:
        bad: offset and length of what could not be read, with the reason.
    """

    def __init__(self, source: Bytes) -> None:
        self._source, self.name, self.size = source, source.name, source.size
        self.bad: dict[Span, str] = {}

    def pread(self, offset: int, size: int, /) -> bytes:
        data, bad = read_around(self._source, offset, size)
        self.bad |= {(each.offset, each.length): each.reason for each in bad}
        return data

    def holes(self) -> Iterator[Span]:
        return self._source.holes()


class Space:
    """Ranges of a volume behind each other.

    Attributes:
        size: of all of them.
        file: their bytes.
    """

    def __init__(self, data: Bytes, spans: list[Span], left_out: tuple[int, int] = (0, 0)) -> None:
        """Join them.

        Args:
            data: of the volume.
            spans: offset and length of each range on the volume.
            left_out: number of the range behind which others are not given, as nobody will look
                at them, and their bytes: zeros are there instead.
        """
        self._data, self._spans, self._left_out = data, spans, left_out
        number, length = left_out
        parts: list[Bytes] = [Window(data, *each) for each in spans]
        parts.insert(number, Zeros(length))
        joined = Joined(parts, data.name)
        self.size = joined.size
        self._read = _Patient(joined)
        self.file: BinaryIO = as_file(self._read)

    def search(
        self, budget: Budget, state: SearchState, part: tuple[int, int]
    ) -> Iterator[Inner | Unreadable]:
        """Pictures, films and containers that begin in a part.

        Parts that are searched one after the other give what a search of the whole gives.

        Args:
            budget: to be told of what is found.
            state: of the search of the parts before; it is brought up to date.
            part: its begin and end.
        """
        for parser in (Carving(), EncodedText()):
            yield from parser.between(self.file, budget, state, part)
        begin, end = part
        bad = list(within(merged(sorted(self._read.bad)), begin, end - begin))
        if bad:
            size = sum(length for _, length in bad)
            start = next(self._runs(bad[0][0], 1), (0, 0))[0]
            why = next(why for each, why in self._read.bad.items() if [*within([each], *bad[0])])
            what = f"{size:,} bytes of its free space cannot be read, the first at {start:,}"
            yield Unreadable(Reason.CORRUPT_DATA, f"{what} of the volume: {why}")

    def placed(
        self,
        found: Inner | Unreadable,
        volume: Volume,
        state: AllocationState,
        given: set[Span] | frozenset[Span],
        number: int = 0,
    ) -> Iterator[Inner | Unreadable]:
        """The same with its place; nothing of a deleted file that was given by its name.

        Args:
            found: by `search`.
            volume: that the ranges lie on.
            state: of what lies there.
            given: ranges of deleted files.
            number: of the space on the volume.
        """
        if isinstance(found, Unreadable):
            yield found
            return
        step, runs = found.step, tuple[Span, ...]()
        if isinstance(step, Range):
            runs = tuple(self._runs(step.offset, step.length))
            if runs and (runs[0][0], step.length) in given:
                return
        before: tuple[Step, ...] = (*volume.steps, Member(UNALLOCATED, number))
        yield replace(
            found,
            before=before,
            state=state,
            confidence=PlaceConfidence.BY_CONTENT,
            runs=volume.on_medium(runs),
        )

    def _runs(self, offset: int, length: int) -> Iterator[Span]:
        """Where a range of the joined space lies on the volume."""
        number, left_out = self._left_out
        place = 0
        for at, (start, size) in enumerate(self._spans):
            place += left_out if at == number else 0
            if place >= offset + length:
                return
            if place + size > offset:
                yield from within([(start, size)], start + offset - place, length)
            place += size


def stored(data: Bytes, spans: list[Span]) -> list[Span]:
    """What of the ranges is stored: nobody need look at zeros that are not."""
    holes = list(merged(data.holes()))
    return [each for start, length in spans for each in without(start, length, holes)]
