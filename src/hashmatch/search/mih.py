"""Multi-index hashing: exact search that looks only where neighbours can be.

Codes are sorted by each of their chunks in turn; `hashmatch.search.pigeonhole` says which buckets
of those tables hold every neighbour of a query. Beside each row lies a signature, 128 bits of its
code from other chunks, so that nearly all rows are rejected in the stream, without a look at the
code.
"""

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.model.layout import Layout
from hashmatch.search import pigeonhole, plan
from hashmatch.search.flat import FlatIndex
from hashmatch.search.kernels.searching import Flips, join, probe, ranges
from hashmatch.search.kernels.tables import PADDING, Tables, fill
from hashmatch.search.made import Made
from hashmatch.search.neighbours import Neighbours
from hashmatch.search.plan import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

_WORD: Final = 8  # bytes
_CHUNK: Final = 16
"""Bits of a chunk: measured best up to 10 million codes (docs/explanation/speed.md)."""

_WIDE: Final = 3_000_000
_WIDE_CHUNKS: Final = 12
"""The number of codes from which on fewer and wider chunks with emptier buckets are faster:
without signatures every code in a bucket is a random access."""


def supports(width: int) -> bool:
    """Whether codes of so many bytes can be indexed: whole 64-bit words."""
    return width > 0 and width % _WORD == 0


def bounds_for(count: int, width: int, layout: Layout) -> tuple[int, ...]:
    """The bounds of the chunks of so many codes of so many bytes, with the end of the last one."""
    chunks = 8 * width // _CHUNK
    if layout == Layout.COMPACT and count >= _WIDE:
        chunks = max(chunks * _WIDE_CHUNKS // 16, 1)
    return pigeonhole.bounds_of(8 * width, chunks)


def planner(count: int, bounds: "Sequence[int]", layout: Layout) -> plan.Planner:
    """What plans searches in such tables."""
    return plan.Planner(count, bounds, plan.INLINE if layout == Layout.INLINE else plan.COMPACT)


def build(
    codes: "NDArray[np.uint8]", *, layout: Layout = Layout.INLINE
) -> "dict[str, NDArray[np.generic]]":
    """The tables of a multi-index, as plain arrays to be saved and read back.

    Args:
        codes: (n, bytes) uint8 packed hashes of whole 64-bit words, n < 2**32.
        layout: with signatures or without.

    Returns:
        bounds: (chunks + 1,) int64 bits where chunks begin; bit 0 is the lowest of the first byte.
        offsets: uint32, for each chunk (buckets + 1,): where each bucket begins in the table.
        entries: (chunks · n,) uint32 rows of each table by bucket, ascending within each.
        signatures: (chunks · n + 4, words) uint64, or (0, words) if compact; the rows of a bucket
            hold first all its left halves, then all its right halves.
    """
    return made(codes, layout=layout).arrays()


def made(codes: "NDArray[np.uint8]", *, layout: Layout = Layout.INLINE) -> Made:
    """The tables as of `build`, to be made one after the other.

    Args:
        codes: (n, bytes) uint8 packed hashes of whole 64-bit words, n < 2**32.
        layout: with signatures or without.
    """
    return _made(codes, bounds_for(len(codes), codes.shape[1], layout), layout)


def _made(codes: "NDArray[np.uint8]", chunk_bounds: "Sequence[int]", layout: Layout) -> Made:
    words = _words(codes)
    count, width = words.shape
    bounds = np.array(chunk_bounds, np.int64)
    rows, held = (len(bounds) - 1) * count, min(width, 2)
    shapes = {
        "bounds": ("<i8", bounds.shape),
        "offsets": ("<u4", (int(_origins(bounds)[-1]),)),
        "entries": ("<u4", (rows,)),
        "signatures": ("<u8", (rows + PADDING if layout == Layout.INLINE else 0, held)),
    }
    return Made(shapes, partial(_pieces, words, bounds, held if layout == Layout.INLINE else 0))


def _pieces(
    words: "NDArray[np.uint64]", bounds: "NDArray[np.int64]", held: int
) -> "Iterator[tuple[str, NDArray[np.generic]]]":
    """One table after the other, each in the same memory."""
    yield "bounds", bounds
    sizes = (1 << np.diff(bounds)) + 1
    offsets = np.empty(int(sizes.max()), np.uint32)
    entries = np.empty(len(words), np.uint32)
    signatures = np.empty(len(words) * held, np.uint64)
    for chunk, size in enumerate(sizes.tolist()):
        fill(
            words,
            bounds,
            chunk,
            words=held,
            offsets=offsets[:size],
            entries=entries,
            signatures=signatures,
        )
        yield "offsets", offsets[:size]
        yield "entries", entries
        if held:
            yield "signatures", signatures.reshape(-1, held)
    if held:
        yield "signatures", np.zeros((PADDING, held), np.uint64)


class MultiIndex:
    """Exact search in tables that `build` made; safe to use from several threads at once."""

    def __init__(
        self, codes: "NDArray[np.uint8]", arrays: "Mapping[str, NDArray[np.generic]]"
    ) -> None:
        """Take the tables as they are: made here, or read from a file.

        Args:
            codes: (n, bytes) uint8, those that the tables were built of.
            arrays: what `build` returned.

        Raises:
            ValueError: the arrays cannot belong together.
        """
        self._words = _words(codes)
        self._flat = FlatIndex(codes)
        self._bounds = np.ascontiguousarray(arrays["bounds"], np.int64)
        self._offsets = np.ascontiguousarray(arrays["offsets"], np.uint32)
        self._entries = np.ascontiguousarray(arrays["entries"], np.uint32)
        self._signatures = np.ascontiguousarray(arrays["signatures"], np.uint64).reshape(-1)
        self._origins = _origins(self._bounds)
        self._check()
        self._planner = planner(len(self._words), self._bounds.tolist(), self.layout)
        self._tables = Tables(
            self._words, self._offsets, self._entries, self._signatures, self._bounds
        )
        self._flips = lru_cache(maxsize=16)(partial(Flips, bounds=self._bounds))

    def __len__(self) -> int:
        return len(self._words)

    @property
    def layout(self) -> Layout:
        """Which tables these are."""
        return Layout.INLINE if len(self._signatures) else Layout.COMPACT

    def engine(self, threshold: int, queries: int = 1) -> Engine:
        """How so many queries with this threshold are searched."""
        return self._planner.plan(queries, threshold).engine

    def search(self, queries: "NDArray[np.uint8]", threshold: int) -> Neighbours:
        """Every code within `threshold` bits, inclusive, of each query.

        Args:
            queries: (m, bytes) uint8 packed hashes.
            threshold: the largest distance that still counts, in bits.
        """
        planned = self._planner.plan(len(queries), threshold)
        probes = planned.probes
        if probes is None:
            return self._flat.search(queries, threshold)
        flips, asked = self._flips(probes), self._asked(queries)
        if planned.engine is Engine.JOIN:
            return _neighbours(join(self._tables, flips, asked, threshold))
        pairs, refused = probe(self._tables, flips, asked, threshold, planned.limit)
        found = _neighbours(pairs)
        if not len(refused):
            return found
        rest = self._flat.search(queries[refused], threshold)
        rest = Neighbours(refused[rest.queries], rest.rows, rest.distances)
        return Neighbours.together([found, rest])

    def touched(self, queries: "NDArray[np.uint8]", threshold: int) -> "NDArray[np.int64]":
        """The rows of `entries` and `signatures` that searching these queries will read.

        Args:
            queries: (m, bytes) uint8 packed hashes.
            threshold: the largest distance that still counts, in bits.

        Returns:
            (ranges, 2) int64 first row and the row after the last, ascending, apart.
        """
        planned = self._planner.plan(len(queries), threshold)
        probes = planned.probes
        if probes is None:
            return np.empty((0, 2), np.int64)
        if planned.engine is Engine.JOIN:
            return np.array([[0, len(self._entries)]], np.int64)
        flips = self._flips(probes)
        found = ranges(self._tables, flips, self._asked(queries), planned.limit)
        return _merged(found[found[:, 0] < found[:, 1]])

    def is_proven(self) -> bool:
        """Whether the tables are those that these codes give; each is made again and compared."""
        count, held = len(self), min(self._words.shape[1], 2)
        used = held if len(self._signatures) else 0
        entries = np.empty(count, np.uint32)
        signatures = np.empty(used * count, np.uint64)
        for chunk in range(len(self._bounds) - 1):
            there = slice(int(self._origins[chunk]), int(self._origins[chunk + 1]))
            offsets = np.empty(there.stop - there.start, np.uint32)
            fill(
                self._words,
                self._bounds,
                chunk,
                words=used,
                offsets=offsets,
                entries=entries,
                signatures=signatures,
            )
            begin, end = chunk * count, (chunk + 1) * count
            same = (
                np.array_equal(offsets, self._offsets[there])
                and np.array_equal(entries, self._entries[begin:end])
                and np.array_equal(signatures, self._signatures[begin * used : end * used])
            )
            if not same:
                return False
        return True

    def _check(self) -> None:
        chunks, count, width = len(self._bounds) - 1, *self._words.shape
        held = min(width, 2)
        widths = np.diff(self._bounds)
        fits = (
            chunks > 0
            and self._bounds[0] == 0
            and self._bounds[-1] == 64 * width
            and bool((widths > 0).all() and (widths < _WORD * 4).all())
            and len(self._offsets) == self._origins[-1]
            and self._in_order()
            and len(self._entries) == chunks * count
            and len(self._signatures) in {0, held * (chunks * count + PADDING)}
        )
        if not fits:
            msg = "these tables do not belong to these codes"
            raise ValueError(msg)

    def _in_order(self) -> bool:
        """Whether the buckets of every table follow one another, from the first row to the last."""
        ends = self._origins[1:] - 1
        steps = self._offsets[1:] >= self._offsets[:-1]
        steps[ends[:-1]] = True  # from the end of one table to the begin of the next
        begins_and_ends = (self._offsets[self._origins[:-1]] == 0) & (
            self._offsets[ends] == len(self)
        )
        return bool(steps.all() and begins_and_ends.all())

    def _asked(self, queries: "NDArray[np.uint8]") -> "NDArray[np.uint64]":
        words = _words(queries)
        if words.shape[1] != self._tables.width:
            msg = f"codes of {queries.shape[1]} bytes are not those of this index"
            raise ValueError(msg)
        return words


def _words(codes: "NDArray[np.uint8]") -> "NDArray[np.uint64]":
    """The codes as aligned 64-bit words."""
    if not supports(codes.shape[1]):
        msg = f"codes of {codes.shape[1]} bytes are no whole 64-bit words"
        raise ValueError(msg)
    words = np.ascontiguousarray(codes).view(np.uint64)  # no copy if they lie in order
    return words if words.flags.aligned else words.copy()


def _origins(bounds: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """The start of the offsets of each table, with the end of the last ones."""
    sizes = (np.int64(1) << np.diff(bounds)) + 1
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))


def _neighbours(pairs: "NDArray[np.int64]") -> Neighbours:
    if not len(pairs):
        return Neighbours.none()
    return Neighbours.in_order(pairs[:, 0], pairs[:, 1], pairs[:, 2])


def _merged(ranges: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """Ranges in ascending order; those that touch or overlap as one."""
    if not len(ranges):
        return ranges
    ranges = ranges[np.argsort(ranges[:, 0])]
    ends = np.maximum.accumulate(ranges[:, 1])
    begins = np.flatnonzero(np.concatenate(([True], ranges[1:, 0] > ends[:-1])))
    return np.stack((ranges[begins, 0], ends[np.append(begins[1:], len(ranges)) - 1]), axis=1)
