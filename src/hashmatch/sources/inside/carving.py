"""Pictures and films that lie at any place of other bytes, by their signatures and structure."""

import io
from collections.abc import Iterator
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from hashmatch.kinds.pairs import pairs_of, places
from hashmatch.model import Unreadable
from hashmatch.model.locator import Range
from hashmatch.sources.inside import extents
from hashmatch.sources.inside.base import Budget, Inner, SearchState
from hashmatch.sources.inside.searching import Search
from hashmatch.sources.inside.signatures import SIGNATURES, Extent
from hashmatch.sources.inside.streams import window
from hashmatch.sources.inside.view import View

_PIECE: Final = 1 << 22
_SHORT: Final = 1 << 13
_OVERLAP: Final = 32
_SMALLEST: Final = 26
"""Bytes of the smallest picture that there is."""

_PAIRS: Final = pairs_of(*(each for each, _, _ in SIGNATURES))
_BMP_HEADER: Final = 14
_BMP_HEADERS: Final = np.array([12, 40, 52, 56, 64, 108, 124], np.uint8)


class Carving(Search):
    """Gives ranges of what is neither picture nor container, in the order of their places.

    What lies in one, as a thumbnail in metadata, is not given once more.
    """

    kinds: tuple[str, ...] = ()
    modules: tuple[str, ...] = ("numpy", "numpy.ma")

    def between(
        self, file: BinaryIO, budget: Budget, state: SearchState, part: tuple[int, int]
    ) -> Iterator[Inner | Unreadable]:
        """The ranges that begin in a part of the file."""
        view = View(file)
        if view.size < _SMALLEST:
            return
        for place, extent in _candidates(file, view.size, budget, part):
            if place < state.carved:
                continue
            extends = extent(view, place, budget.check)
            length = abs(extends)
            if length >= _SMALLEST:
                state.carved = place + (length if extends > 0 else _SMALLEST)
                budget.member()
                yield _inner(file, place, length)


def _inner(file: BinaryIO, place: int, length: int) -> Inner:
    return Inner(Range(place, length), length, open=lambda: window(file, place, length))


def carved(data: bytes, budget: Budget) -> Iterator[tuple[int, int]]:
    """Place and length of each picture in bytes that are in memory."""
    for inner in Carving()(io.BytesIO(data), budget):
        if isinstance(inner, Inner) and isinstance(inner.step, Range):
            yield inner.step.offset, inner.step.length


def _candidates(
    file: BinaryIO, size: int, budget: Budget, part: tuple[int, int]
) -> Iterator[tuple[int, Extent]]:
    """The places of a part where pictures may begin, in order."""
    begin, end = part
    start = begin
    # A signature may stand behind the first bytes of its file.
    size = min(size, end + _OVERLAP)
    while start < size:
        budget.check()
        file.seek(start)
        piece = file.read(min(_PIECE, size - start))
        if not piece:
            return
        # A signature that lies across the end of the piece is whole in the next one.
        last = start + len(piece) >= size
        shown = len(piece) if last or len(piece) <= _OVERLAP else len(piece) - _OVERLAP
        for place, extent in _in_piece(piece, shown):
            if begin <= start + place < end:
                yield start + place, extent
        start += shown


def _in_piece(piece: bytes, count: int) -> list[tuple[int, Extent]]:
    """The starts of files whose signatures begin in the first bytes."""
    return _in_short(piece, count) if len(piece) <= _SHORT else _in_long(piece, count)


def _in_short(piece: bytes, count: int) -> list[tuple[int, Extent]]:
    """The same for few bytes: a call of NumPy takes longer than to look for each signature."""
    found: list[tuple[int, Extent]] = []
    for signature, before, extent in SIGNATURES:
        at = piece.find(signature)
        while 0 <= at < count:
            found.append((at - before, extent))
            at = piece.find(signature, at + 1)
    return sorted(found, key=lambda each: each[0])


def _in_long(piece: bytes, count: int) -> list[tuple[int, Extent]]:
    padding = max(0, count + _OVERLAP - len(piece))
    piece = piece + bytes(padding) if padding else piece
    data, starts = np.frombuffer(piece, np.uint8), places(piece, _PAIRS, count)
    found: list[tuple[int, Extent]] = []
    for signature, before, extent in SIGNATURES:
        hits = starts
        for number, value in enumerate(signature):
            hits = hits[data[hits + number] == value]
        if extent is extents.bmp:
            hits = hits[_is_bmp(data, hits)]
        found += [(int(each) - before, extent) for each in hits]
    return sorted(found, key=lambda each: each[0])


def _is_bmp(data: NDArray[np.uint8], places: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether the two letters are followed by what could be a header."""
    fits = np.isin(data[places + _BMP_HEADER], _BMP_HEADERS)
    for number in (6, 7, 8, 9, 15, 16, 17):
        fits &= data[places + number] == 0
    return fits
