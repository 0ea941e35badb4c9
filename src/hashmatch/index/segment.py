"""Entries of one hash list with all that searches them: never changed once made."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from hashmatch.hashlists.table import EntryTable
from hashmatch.index.contents import check_contents
from hashmatch.index.digests import DigestIndex
from hashmatch.index.entries import entries_sha256
from hashmatch.index.near import Near
from hashmatch.index.sections import SectionFile, damaged
from hashmatch.index.spacing import is_sparse_in
from hashmatch.index.structure import SEARCH, check_structure
from hashmatch.model.entry import of_flat_card
from hashmatch.model.patch import ALGORITHM as PATCH
from hashmatch.search.chaining import Frames
from hashmatch.search.kernels.tables import PADDING
from hashmatch.search.ranges import RangeIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LAZY = ("entries", "signatures")
"""The large tables of a search: checked as far as a search reads them, when it does."""


class Segment:
    """Entries with their indexes.

    Attributes:
        table: the entries.
        entries_sha256: that its entries must have, in hex; empty if nothing says it.
        is_proven: whether nothing of it is to be checked any more.
    """

    def __init__(
        self,
        arrays: "Mapping[str, NDArray[Any]]",
        meta: Mapping[str, Any],
        *,
        file: SectionFile | None = None,
        entries_sha256: str = "",
    ) -> None:
        """Use these arrays; `hashmatch.index.drafting` makes them, `Segment.open` reads them."""
        self._arrays, self._meta, self._file = arrays, meta, file
        self.entries_sha256, self.is_proven = entries_sha256, file is None
        self.table = EntryTable(arrays, meta, check=self._check)
        self._digests = {name: self._digest_index(name) for name in self.table.digests}
        self._ranges: dict[str, RangeIndex] = {}
        self._sparse: dict[str, bool] = {}

    @classmethod
    def open(cls, path: Path, *, sha256: str = "", entries_sha256: str = "") -> "Segment":
        """The segment in a file.

        Args:
            path: of the file.
            sha256: that it must have, in hex, which `prove` compares; empty if nothing says it.
            entries_sha256: that its entries must have, likewise.

        Raises:
            DamagedIndexError: it is missing or damaged; what is read later is checked then.
            IndexVersionError: a newer version of hashmatch wrote it.
        """
        file = SectionFile(path, sha256=sha256)
        try:
            check_structure(file.arrays, file.meta, file.limit)
        except ValueError as error:
            raise damaged(path, str(error)) from None
        return cls(file.arrays, file.meta, file=file, entries_sha256=entries_sha256)

    def __reduce__(self) -> "tuple[type[Segment], tuple[object, ...]]":
        """A segment in memory is pickled by value.

        Raises:
            TypeError: it is read from a file: its index is pickled, by its path.
        """
        if self._file is not None:
            msg = "a segment in a file cannot be pickled: pickle its Index, or the KnownList"
            raise TypeError(msg)
        return Segment, (self._arrays, self._meta)

    @property
    def file(self) -> SectionFile | None:
        """The file it is read from; None in memory."""
        return self._file

    @property
    def quarantined(self) -> list[tuple[int, str]]:
        """Number and reason of every row that could not be understood."""
        self._check("quarantined.number", 0, None)
        self._check("quarantined.reason", 0, None)
        numbers = self._arrays["quarantined.number"].tolist()
        reasons = [self._meta["reasons"][code] for code in self._arrays["quarantined.reason"]]
        return list(zip(numbers, reasons, strict=True))

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The algorithms whose hashes can be compared."""
        return tuple(name for name in self.table.algorithms if f"{name}.unique" in self._arrays)

    @property
    def files(self) -> tuple[str, ...]:
        """SHA-256 of the files that the entries are from."""
        return tuple(map(str, self._meta["sources"]))

    def source_of(self, row: int) -> str:
        """The SHA-256 of the publisher's file that an entry came from."""
        if "source" not in self._arrays:
            return str(self._meta["sources"][0])
        self._check("source", row, row + 1)
        return str(self._meta["sources"][self._arrays["source"][row]])

    def sources_of(self, rows: "NDArray[np.intp]") -> "NDArray[np.uint32]":
        """Which of `files` the entries in these rows came from; all of it has been read."""
        if "source" not in self._arrays:
            return np.zeros(len(rows), np.uint32)
        sources: NDArray[np.uint32] = self._arrays["source"][rows]
        return sources

    def exact(self, name: str, digest: bytes) -> list[int]:
        """The rows of the entries that have this digest, ascending."""
        if name not in self._digests:
            return []
        rows = self._arrays[f"{name}.rows"]
        found = []
        for number in self._digests[name].rows(digest):
            self._check(f"{name}.rows", number, number + 1)
            found.append(int(rows[number]))
        return found

    def near(self, algorithm: str, queries: "NDArray[np.uint8]", threshold: int) -> Near:
        """Every known hash within `threshold` bits, inclusive, of each query.

        Args:
            algorithm: one of `algorithms`.
            queries: (m, bytes) uint8 packed hashes.
            threshold: in bits.
        """
        index = self.index(algorithm)
        self._check_tables(algorithm, index, queries, threshold)
        found = index.search(queries, threshold)
        starts, owners = (self._arrays[f"{algorithm}.{each}"] for each in ("starts", "owners"))
        self._check_rows(f"{algorithm}.starts", found.rows)
        self._check_rows(f"{algorithm}.starts", found.rows + 1)
        first = starts[found.rows].astype(np.int64)
        counts = starts[found.rows + 1].astype(np.int64) - first
        if (counts < 1).any():
            self._refuse(f"{algorithm}.starts do not lead to its hashes")
        places = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        self._check_rows(f"{algorithm}.owners", places)
        numbers = owners[places].astype(np.int64)
        self._check_rows(f"{algorithm}.rows", numbers)
        self._check_rows(f"{algorithm}.quality", numbers)
        return Near(
            np.repeat(found.queries, counts),
            numbers,
            self._arrays[f"{algorithm}.rows"][numbers].astype(np.int64),
            np.repeat(found.distances, counts),
            self._arrays[f"{algorithm}.quality"][numbers],
            self._of_flat_cards(algorithm, numbers),
        )

    def _of_flat_cards(self, algorithm: str, numbers: "NDArray[np.int64]") -> "NDArray[np.bool_]":
        """Whether hashes are of flat cards."""
        flat = [of_flat_card(name) for name in self._meta["parts"]]
        if not any(flat):
            return np.zeros(len(numbers), np.bool_)
        self._check_rows(f"{algorithm}.part", numbers)
        found: NDArray[np.bool_] = np.array(flat)[self._arrays[f"{algorithm}.part"][numbers]]
        return found

    def has_times(self, algorithm: str) -> bool:
        """Whether any of the hashes may be of a video's frame."""
        return f"{algorithm}.time" in self._arrays

    def is_sparse(self, algorithm: str) -> bool:
        """Whether videos are listed by so few frames that frames between them look otherwise."""
        if "sparse" in self._meta:
            return algorithm in self._meta["sparse"]
        # An older version wrote the segment.
        if algorithm not in self._sparse:
            for column in ("rows", "time", "part", "code", "unique"):
                self._column(f"{algorithm}.{column}", 0, None)
            self._sparse[algorithm] = is_sparse_in(self._arrays, algorithm)
        return self._sparse[algorithm]

    def times(self, algorithm: str, numbers: "NDArray[np.int64]") -> "NDArray[np.float32]":
        """The seconds of the hashes at these places in the column; NaN for those of pictures."""
        column = f"{algorithm}.time"
        if column not in self._arrays:
            return np.full(len(numbers), np.nan, np.float32)
        self._check_rows(column, numbers)
        times: NDArray[np.float32] = self._arrays[column][numbers]
        return times

    def places(self, numbers: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """Where the patches at these places in the column lie, as (n, 6) numbers of a `PatchPlace`.

        Raises:
            DamagedIndexError: one cannot lie anywhere.
        """
        column = f"{PATCH}.place"
        self._check_rows(column, numbers)
        found = self._arrays[column][numbers].view(">u2").astype(np.int64)
        if len(found) and found[:, (2, 4, 5)].min() < 1:
            self._refuse(f"{column} holds what is no place")
        return found

    def qualities(self, algorithm: str) -> "NDArray[np.uint8]":
        """The quality of every hash of an algorithm, in their order; 255 where unknown."""
        self._check(f"{algorithm}.quality", 0, None)
        held: NDArray[np.uint8] = self._arrays[f"{algorithm}.quality"]
        return held

    def owners(self, algorithm: str) -> int:
        """How many entries have a hash of an algorithm."""
        return len(np.unique(self._column(f"{algorithm}.rows", 0, None)))

    def classes(self, rows: "NDArray[np.uint32]") -> "NDArray[np.uint32]":
        """Which of `table.meta["classes"]` the entries in these rows have."""
        self._check("class", 0, None)
        held: NDArray[np.uint32] = self._arrays["class"][rows]
        return held

    def frames(self, algorithm: str, row: int) -> dict[str, Frames]:
        """The frames of a known video by time, for each part that was looked at."""
        start, stop = self.table.span(algorithm, row)
        times = self._column(f"{algorithm}.time", start, stop)
        codes = self._column(f"{algorithm}.code", start, stop).astype(np.int64)
        parts = self._column(f"{algorithm}.part", start, stop)
        self._check_rows(f"{algorithm}.unique", codes)
        held = self._arrays[f"{algorithm}.unique"][codes]
        qualities = self._column(f"{algorithm}.quality", start, stop)
        order = np.argsort(times, kind="stable")
        order = order[~np.isnan(times[order])]
        whole = Frames(held[order], times[order].astype(np.float64), qualities[order])
        names, parts = self._meta["parts"], parts[order] if len(parts) else parts
        if not len(parts):
            return {"": whole}
        return {names[code]: whole.of(parts == code) for code in np.unique(parts).tolist()}

    def _column(self, name: str, start: int, stop: int | None) -> "NDArray[Any]":
        """Rows of a column, checked; none of a column that was left out."""
        if name not in self._arrays:
            return np.empty(0, np.uint32)
        self._check(name, start, stop)
        return self._arrays[name][start:stop]

    def codes(self, algorithm: str) -> "NDArray[np.uint8]":
        """The distinct hashes of an algorithm, (u, bytes) uint8, ascending."""
        self._check(f"{algorithm}.unique", 0, None)
        return self._arrays[f"{algorithm}.unique"]

    def _digest_index(self, name: str) -> DigestIndex:
        def check(part: str, start: int, stop: int | None) -> None:
            self._check(f"{name}.{part}", start, stop)

        check("starts", 0, None)
        parts = {part: self._arrays[f"{name}.{part}"] for part in ("keys", "order", "starts")}
        return DigestIndex(self._arrays[f"{name}.values"], parts, check)

    def index(self, algorithm: str) -> RangeIndex:
        """What searches the distinct hashes of an algorithm; its large tables are not checked."""
        if algorithm not in self._ranges:
            prefix = algorithm + SEARCH
            built = {
                name.removeprefix(prefix): array
                for name, array in self._arrays.items()
                if name.startswith(prefix)
            }
            for name in set(built) - set(_LAZY):
                self._check(prefix + name, 0, None)
            try:
                self._ranges[algorithm] = RangeIndex(self.codes(algorithm), built)
            except ValueError as error:
                self._refuse(f"{algorithm}: {error}")
        return self._ranges[algorithm]

    def prove(self) -> None:
        """Compare the SHA-256 of the file and of the entries, and all that searches them with them.

        All of the file is in memory then, and nothing is read from the disk any more.

        Raises:
            DamagedIndexError: it is another file than the one that belongs here, or searches would
                find less than its entries.
        """
        if self._file is None or self.is_proven:
            return
        self._file.prove()
        try:
            check_contents(self.table)
        except ValueError as error:
            self._refuse(str(error))
        if self.entries_sha256 not in ("", entries_sha256(self.table)):
            self._refuse("its entries are not those that were imported")
        self.is_proven = True

    def _refuse(self, what: str) -> NoReturn:
        raise damaged(self._file.path if self._file else Path("a list in memory"), what) from None

    def _check_tables(
        self, algorithm: str, index: RangeIndex, queries: "NDArray[np.uint8]", threshold: int
    ) -> None:
        """Check what a search is about to read of the large tables, unless that was done before."""
        names = [algorithm + SEARCH + name for name in _LAZY]
        lazy = [name for name in names if name in self._arrays]
        if self._file is None or all(map(self._file.checked, lazy)):
            return
        ranges = index.touched(queries, threshold) + np.array([0, PADDING])
        for name in lazy:
            self._file.check_ranges(name, np.minimum(ranges, len(self._arrays[name])))

    def _check(self, name: str, start: int, stop: int | None) -> None:
        if self._file is not None:
            self._file.check(name, start, stop)

    def _check_rows(self, name: str, rows: "NDArray[np.int64]") -> None:
        if self._file is not None:
            self._file.check_rows(name, rows)
