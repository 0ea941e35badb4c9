"""Entries in columns: millions of them in arrays that can be written to disk and read back."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from hashmatch.errors import DamagedIndexError
from hashmatch.model import QUALITY_UNKNOWN, Digests, Entry, Hash, Json, KnownHash
from hashmatch.model.digests import DIGESTS
from hashmatch.model.patch import places_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]
    Check = Callable[[str, int, int], None]


def _unchecked(name: str, start: int, stop: int) -> None:
    """Arrays in memory need no check before they are read."""


_TAIL: Final = 8
"""Bytes at the end of an id that are compared at once."""


def _among(
    held: "NDArray[np.uint8]",
    starts: "NDArray[np.int64]",
    rows: "NDArray[np.intp]",
    wanted: Collection[bytes],
) -> list[int]:
    """Those of these rows whose text, all equally long and beginning at `starts`, is wanted."""
    length = len(next(iter(wanted)))
    size = min(length, _TAIL)
    if not len(rows):
        return []
    tails = np.zeros((len(rows), _TAIL), np.uint8)
    tails[:, :size] = sliding_window_view(held, size)[starts + length - size]
    ends = [each[-size:].ljust(_TAIL, b"\0") for each in wanted]
    known = np.unique(np.frombuffer(b"".join(ends), np.uint64))
    numbers = tails.view(np.uint64)[:, 0]
    near = known[np.minimum(np.searchsorted(known, numbers), len(known) - 1)] == numbers
    spans = zip(rows[near].tolist(), starts[near].tolist(), strict=True)
    return [row for row, start in spans if held[start : start + length].tobytes() in wanted]


class EntryTable(Sequence[Entry]):
    """The entries of a hash list, in their order, read one by one from columns.

    Columns, for n entries: `number` (n,) uint32; `class` (n,) uint32 into `meta["classes"]`; `id`
    and `details` as texts, left out where no entry has any. Per digest, for the k entries that
    have it: `md5.rows` (k,) uint32, `md5.values` (k, 16) uint8. Per algorithm, for k hashes:
    `pdq.rows` (k,) uint32, `pdq.codes` (k, 32) uint8 (or, once indexed, `pdq.code` (k,) uint32
    into the distinct `pdq.unique`), `pdq.quality` (k,) uint8 with 255 for
    unknown, `pdq.part` (k,) uint32 into `meta["parts"]`, `pdq.time` (k,) float32 with NaN for none;
    the last two are left out where nothing is in them; of patches `patch-256.place` (k, 12) uint8,
    as `hashmatch.model.patch` packs them; opaque hashes are texts of bytes instead
    of codes. A column of texts is `x.offsets` (n + 1,) uint64 and `x.bytes` uint8. Rows ascend.
    """

    def __init__(
        self, arrays: "Arrays", meta: Mapping[str, Any], *, check: "Check" = _unchecked
    ) -> None:
        """Read entries from these columns.

        Args:
            arrays: the columns.
            meta: what the columns refer to.
            check: called with a column's name and the rows that will be read, before they are;
                raises if they are damaged.
        """
        self.arrays = arrays
        self.meta = meta
        self._check = check
        self.algorithms: tuple[str, ...] = tuple(meta["algorithms"])
        self.digests = tuple(name for name in DIGESTS if f"{name}.rows" in arrays)
        self._checked: set[str] = set()

    def __len__(self) -> int:
        return len(self.arrays["number"])

    @overload
    def __getitem__(self, row: int) -> Entry: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Entry]: ...
    def __getitem__(self, row: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            msg = "no such entry"
            raise IndexError(msg)
        row %= len(self)
        return replace(
            self.described(row),
            digests=self.digests_of(row),
            hashes=tuple(each for name in self.algorithms for each in self._hashes(name, row)),
            details=self.details_of(row),
        )

    def __iter__(self) -> Iterator[Entry]:
        return (self[row] for row in range(len(self)))

    def described(self, row: int) -> Entry:
        """An entry without its digests, hashes and details: a video has thousands of hashes.

        Raises:
            DamagedIndexError: it cannot be read.
        """
        number = int(self._read("number", row, row + 1)[0])
        scheme, category, known_good = self.meta["classes"][self.class_of(row)]
        try:
            own = self._text("id", row).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            msg = f"the id of the entry in row {row} is damaged; restore or rebuild the index"
            raise DamagedIndexError(msg) from None
        return Entry(
            id=own or str(number),
            number=number,
            category=category,
            scheme=scheme,
            known_good=known_good,
        )

    def digests_of(self, row: int) -> Digests:
        """The digests of an entry."""
        known = {name: value for name in self.digests if (value := self._digest(name, row))}
        return Digests(**known)

    def details_of(self, row: int) -> Mapping[str, Json]:
        """All else that the publisher says of an entry.

        Raises:
            DamagedIndexError: it cannot be read.
        """
        details = self._text("details", row)
        try:
            found = json.loads(details) if details else {}
        except (RecursionError, ValueError):
            found = None
        if not isinstance(found, dict):
            msg = f"the details of the entry in row {row} are damaged; restore or rebuild the index"
            raise DamagedIndexError(msg)
        return found

    def class_of(self, row: int) -> int:
        """Which of `meta["classes"]` (scheme, category, known-good) an entry has."""
        return int(self._read("class", row, row + 1)[0])

    def classes(self, *, without: "NDArray[np.uint32]") -> "NDArray[np.uint32]":
        """The class of every entry, (n,) uint32, but for the entries in these rows."""
        return np.delete(self._read("class", 0, len(self)), without)

    def count(self, name: str) -> int:
        """How many digests or hashes of this name the list has."""
        rows = self.arrays.get(f"{name}.rows")
        return 0 if rows is None else len(rows)

    def rows(self, name: str) -> "NDArray[np.uint32]":
        """The row of every digest or hash of this name, ascending."""
        self._check(f"{name}.rows", 0, self.count(name))
        return self.arrays[f"{name}.rows"]

    def rows_of(self, ids: Collection[str]) -> "NDArray[np.int64]":
        """The rows of the entries that have one of these ids, ascending."""
        wanted = {each.encode("utf-8", "surrogatepass") for each in ids}
        numbers = {int(each) for each in wanted if each.isdigit() and not each.startswith(b"0")}
        self._check("number", 0, len(self))
        rows = np.isin(self.arrays["number"], list(numbers))
        if "id.offsets" in self.arrays:
            offsets = self._read("id.offsets", 0, len(self) + 1).astype(np.int64)
            lengths, held = np.diff(offsets), self._read("id.bytes", 0, int(offsets[-1]))
            rows &= lengths == 0
            for length in {len(each) for each in wanted} - {0}:
                ends = {each for each in wanted if len(each) == length}
                like = np.flatnonzero(lengths == length)
                rows[_among(held, offsets[like], like, ends)] = True
        return np.flatnonzero(rows)

    def known_hash(self, algorithm: str, number: int) -> KnownHash:
        """The hash at this place in the column of its algorithm."""
        quality = int(self._read(f"{algorithm}.quality", number, number + 1)[0])
        part, time, place = "", float("nan"), None
        if f"{algorithm}.place" in self.arrays:
            (place,) = places_in(self._read(f"{algorithm}.place", number, number + 1)[0].tobytes())
            if not place.is_possible:
                msg = f"{algorithm}.place is damaged; restore or rebuild the index"
                raise DamagedIndexError(msg)
        if f"{algorithm}.part" in self.arrays:
            code = int(self._read(f"{algorithm}.part", number, number + 1)[0])
            part = self.meta["parts"][code]
        if f"{algorithm}.time" in self.arrays:
            time = float(self._read(f"{algorithm}.time", number, number + 1)[0])
        if f"{algorithm}.unique" in self.arrays:
            code = int(self._read(f"{algorithm}.code", number, number + 1)[0])
            value = self._read(f"{algorithm}.unique", code, code + 1)[0].tobytes()
        elif f"{algorithm}.codes" in self.arrays:
            value = self._read(f"{algorithm}.codes", number, number + 1)[0].tobytes()
        else:
            value = self._text(algorithm, number)
        return KnownHash(
            Hash(algorithm, value),
            None if quality == QUALITY_UNKNOWN else quality,
            part,
            None if np.isnan(time) else time,
            place,
        )

    def _hashes(self, algorithm: str, row: int) -> list[KnownHash]:
        start, stop = self._span(f"{algorithm}.rows", row)
        return [self.known_hash(algorithm, number) for number in range(start, stop)]

    def _digest(self, name: str, row: int) -> str:
        start, stop = self._span(f"{name}.rows", row)
        return self._read(f"{name}.values", start, stop)[0].tobytes().hex() if stop > start else ""

    def span(self, algorithm: str, row: int) -> tuple[int, int]:
        """The start and end of the rows of an entry's hashes in the columns of their algorithm."""
        return self._span(f"{algorithm}.rows", row)

    def _span(self, column: str, row: int) -> tuple[int, int]:
        """The range of a row's number in an ascending column of rows."""
        rows = self.arrays[column]
        if column not in self._checked:
            self._check(column, 0, len(rows))
            self._checked.add(column)
        # Bounds of another type would make NumPy convert the whole column.
        start, stop = np.searchsorted(rows, np.array([row, row + 1], rows.dtype))
        return int(start), int(stop)

    def _text(self, column: str, row: int) -> bytes:
        if f"{column}.offsets" not in self.arrays:
            return b""
        start, stop = (int(at) for at in self._read(f"{column}.offsets", row, row + 2))
        return self._read(f"{column}.bytes", start, stop).tobytes()

    def _read(self, column: str, start: int, stop: int) -> "NDArray[Any]":
        self._check(column, start, stop)
        return self.arrays[column][start:stop]
