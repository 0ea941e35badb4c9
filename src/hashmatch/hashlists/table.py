"""Entries in columns: millions of them in arrays that can be written to disk and read back."""

import itertools
import json
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from hashmatch.errors import DamagedIndexError
from hashmatch.model import QUALITY_UNKNOWN, Digests, Entry, Hash, Json, KnownHash, bits_of
from hashmatch.model.digests import DIGESTS
from hashmatch.model.patch import PLACE, packed, places_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.hashlists.batches import Batch

    Arrays = Mapping[str, NDArray[Any]]
    Check = Callable[[str, int, int], None]

_JSON = json.JSONEncoder(separators=(",", ":"))

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def _unchecked(name: str, start: int, stop: int) -> None:
    """Arrays in memory need no check before they are read."""


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
            offsets = self._read("id.offsets", 0, len(self) + 1).tolist()
            text = self._read("id.bytes", 0, offsets[-1]).tobytes()
            spans = itertools.pairwise(offsets)
            named = [stop > start and text[start:stop] in wanted for start, stop in spans]
            rows = np.where(np.diff(self.arrays["id.offsets"]) > 0, named, rows)
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


class _Texts:
    """A column of texts as it grows."""

    def __init__(self) -> None:
        self.offsets = array("Q", [0])
        self.bytes = bytearray()

    def add(self, text: bytes) -> None:
        self.bytes += text
        self.offsets.append(len(self.bytes))

    def add_empty(self, count: int) -> None:
        self.offsets.frombytes(np.full(count, len(self.bytes), np.uint64).tobytes())

    def columns(self, name: str) -> "dict[str, NDArray[Any]]":
        return {
            f"{name}.offsets": np.frombuffer(self.offsets, np.uint64),
            f"{name}.bytes": np.frombuffer(self.bytes, np.uint8),
        }


class _Digests:
    """A column of one digest as it grows."""

    def __init__(self) -> None:
        self.rows = array("I")
        self.values = bytearray()


class _Hashes:
    """A column of hashes of one algorithm as it grows."""

    def __init__(self) -> None:
        self.rows = array("I")
        self.quality = bytearray()
        self.part = array("I")
        self.time = array("f")
        self.place = bytearray()
        self.codes = bytearray()
        self.texts = _Texts()


class TableBuilder:
    """Takes entries one by one and makes the table of them."""

    def __init__(self) -> None:
        self._numbers = array("I")
        self._classes: dict[tuple[str, str, bool], int] = {}
        self._class = array("I")
        self._ids = _Texts()
        self._details = _Texts()
        self._digests: dict[str, _Digests] = {}
        self._hashes: dict[str, _Hashes] = {}
        self._parts = {"": 0}

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, entry: Entry) -> None:
        """Append one entry."""
        row = len(self._numbers)
        self._numbers.append(entry.number)
        key = entry.scheme, entry.category, entry.known_good
        self._class.append(self._classes.setdefault(key, len(self._classes)))
        plain = entry.id == str(entry.number)
        self._ids.add(b"" if plain else entry.id.encode("utf-8", "surrogatepass"))
        details = entry.details
        self._details.add(_encode(details).encode() if details else b"")
        for name, value in entry.digests.items():
            column = self._digests.get(name) or self._digests.setdefault(name, _Digests())
            column.rows.append(row)
            column.values += bytes.fromhex(value)
        for known in entry.hashes:
            self._add_hash(row, known)

    def _add_hash(self, row: int, known: KnownHash) -> None:
        name = known.hash.algorithm
        column = self._hashes.get(name) or self._hashes.setdefault(name, _Hashes())
        column.rows.append(row)
        column.quality.append(QUALITY_UNKNOWN if known.quality is None else known.quality)
        column.part.append(self._parts.setdefault(known.part, len(self._parts)))
        column.time.append(float("nan") if known.time is None else known.time)
        if known.place is not None:
            column.place += packed(known.place)
        if bits_of(name) is None:
            column.texts.add(known.hash.value)
        else:
            column.codes += known.hash.value

    def add_batch(self, batch: "Batch") -> None:
        """Append all entries of a batch at once."""
        start, count = len(self._numbers), len(batch)
        rows = np.arange(start, start + count, dtype=np.uint32)
        numbers = np.arange(batch.number, batch.number + count, dtype=np.uint32)
        self._numbers.frombytes(numbers.tobytes())
        self._add_classes(batch)
        self._add_texts(batch)
        for name, (codes, which) in batch.digests.items():
            digests = self._digests.setdefault(name, _Digests())
            digests.rows.frombytes((rows if which is None else rows[which]).tobytes())
            digests.values += codes.tobytes()
        for name, (codes, which) in batch.hashes.items():
            hashes, size = self._hashes.setdefault(name, _Hashes()), len(codes)
            hashes.rows.frombytes((rows if which is None else rows[which]).tobytes())
            if batch.qualities is None:
                hashes.quality += bytes((QUALITY_UNKNOWN,)) * size
            else:
                qualities = batch.qualities if which is None else batch.qualities[which]
                hashes.quality += qualities.tobytes()
            hashes.part.frombytes(bytes(4 * size))
            hashes.time.frombytes(np.full(size, np.nan, np.float32).tobytes())
            hashes.codes += codes.tobytes()

    def _add_classes(self, batch: "Batch") -> None:
        if batch.classes is None:
            code = self._classes.setdefault(batch.class_of(0), len(self._classes))
            self._class.frombytes(np.full(len(batch), code, np.uint32).tobytes())
            return
        for each in dict.fromkeys(batch.classes):
            self._classes.setdefault(each, len(self._classes))
        self._class.extend(map(self._classes.__getitem__, batch.classes))

    def _add_texts(self, batch: "Batch") -> None:
        if batch.ids is None:
            self._ids.add_empty(len(batch))
        else:
            for number, text in enumerate(batch.ids, batch.number):
                plain = text == str(number)
                self._ids.add(b"" if plain else text.encode("utf-8", "surrogatepass"))
        if batch.details is None:
            self._details.add_empty(len(batch))
        else:
            for details in batch.details:
                self._details.add(_encode(details).encode() if details else b"")

    def finish(self) -> EntryTable:
        """The table of all entries; the builder is done."""
        arrays: dict[str, NDArray[Any]] = {
            "number": np.frombuffer(self._numbers, np.uint32),
            "class": np.frombuffer(self._class, np.uint32),
        }
        for name, texts in (("id", self._ids), ("details", self._details)):
            if texts.bytes:
                arrays |= texts.columns(name)
        for name, digests in self._digests.items():
            arrays[f"{name}.rows"] = np.frombuffer(digests.rows, np.uint32)
            values = np.frombuffer(digests.values, np.uint8)
            arrays[f"{name}.values"] = values.reshape(len(digests.rows), -1)
        for name, hashes in self._hashes.items():
            arrays |= _hash_columns(name, hashes)
        meta = {
            "classes": [list(key) for key in self._classes],
            "algorithms": list(self._hashes),
            "parts": list(self._parts),
        }
        return EntryTable(arrays, meta)


def _hash_columns(name: str, hashes: _Hashes) -> "dict[str, NDArray[Any]]":
    columns: dict[str, NDArray[Any]] = {
        f"{name}.rows": np.frombuffer(hashes.rows, np.uint32),
        f"{name}.quality": np.frombuffer(hashes.quality, np.uint8),
    }
    if any(hashes.part):
        columns[f"{name}.part"] = np.frombuffer(hashes.part, np.uint32)
    time = np.frombuffer(hashes.time, np.float32)
    if not np.isnan(time).all():
        columns[f"{name}.time"] = time
    if hashes.place:
        columns[f"{name}.place"] = np.frombuffer(hashes.place, np.uint8).reshape(-1, PLACE)
    bits = bits_of(name)
    if bits is None:
        return columns | hashes.texts.columns(name)
    codes = np.frombuffer(hashes.codes, np.uint8)
    return columns | {f"{name}.codes": codes.reshape(len(hashes.rows), -(-bits // 8))}
