"""Entries put into columns as they come: one by one, in batches, or from another table."""

from array import array
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hashmatch.hashlists.batches import PLAIN, as_json
from hashmatch.hashlists.table import EntryTable
from hashmatch.model import QUALITY_UNKNOWN, Entry, KnownHash, bits_of
from hashmatch.model.patch import PLACE, packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.hashlists.batches import Batch


_Key = tuple[str, str, bool]

_GONE: Final = 0xFFFFFFFF
"""The row of an entry that is not taken over."""


class _Seldom:
    """A column of numbers that is kept from the first one on that is another than the usual one."""

    def __init__(self, typecode: str, usual: float) -> None:
        self.usual = usual
        self._before = 0
        self._values: array[Any] = array(typecode)

    def __bool__(self) -> bool:
        """Whether there was any but the usual one."""
        return bool(self._values)

    def add(self, value: float) -> None:
        """Append a number that is not the usual one."""
        self._values.append(value)

    def add_usual(self, count: int = 1) -> None:
        if self._values:
            self._values.extend([self.usual] * count)
        else:
            self._before += count

    def add_all(self, values: "NDArray[Any]") -> None:
        """Append many."""
        others = np.flatnonzero((values != self.usual) & (values == values))  # noqa: PLR0124 (NaN)
        first = 0 if self._values else int(others[0]) if len(others) else len(values)
        self._before += first
        self._values.frombytes(values[first:].tobytes())

    def column(self) -> "NDArray[Any]":
        kept = np.frombuffer(self._values, np.dtype(self._values.typecode))
        return np.concatenate((np.full(self._before, self.usual, kept.dtype), kept))


class _Texts:
    """A column of texts as it grows; nothing is kept of empty ones before the first other one."""

    def __init__(self) -> None:
        self._before = 0
        self._ends = array("Q")
        self.bytes = bytearray()

    def add(self, text: bytes) -> None:
        if text or self.bytes:
            self.bytes += text
            self._ends.append(len(self.bytes))
        else:
            self._before += 1

    def add_all(self, texts: Sequence[str]) -> None:
        """Append many at once."""
        encoded = "".join(texts).encode("utf-8", "surrogatepass")
        if not encoded and not self.bytes:
            self._before += len(texts)
            return
        each: Sequence[str | bytes] = texts
        if not encoded.isascii():
            each = [text.encode("utf-8", "surrogatepass") for text in texts]
        ends = accumulate(map(len, each), initial=len(self.bytes))
        next(ends)
        self._ends.extend(ends)
        self.bytes += encoded

    def add_of(
        self, offsets: "NDArray[np.uint64]", held: "NDArray[np.uint8]", rows: "NDArray[np.intp]"
    ) -> None:
        """Append the texts in these rows, ascending, of another column."""
        for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else ():
            ends = offsets[run[0] : run[-1] + 2].astype(np.uint64)
            text = held[int(ends[0]) : int(ends[-1])].tobytes()
            if not text and not self.bytes:
                self._before += len(run)
                continue
            self._ends.frombytes((ends[1:] - ends[0] + np.uint64(len(self.bytes))).tobytes())
            self.bytes += text

    def add_empty(self, count: int) -> None:
        if self.bytes:
            self._ends.frombytes(np.full(count, len(self.bytes), np.uint64).tobytes())
        else:
            self._before += count

    def columns(self, name: str) -> "dict[str, NDArray[Any]]":
        ends = np.frombuffer(self._ends, np.uint64)
        return {
            f"{name}.offsets": np.concatenate((np.zeros(self._before + 1, np.uint64), ends)),
            f"{name}.bytes": np.frombuffer(self.bytes, np.uint8),
        }


class _Rows:
    """Ascending rows as they grow; as long as they are all rows, only how many is kept."""

    def __init__(self) -> None:
        self._every = 0
        self._rows = array("I")

    def __len__(self) -> int:
        return self._every + len(self._rows)

    def add(self, row: int) -> None:
        if row == self._every and not self._rows:
            self._every += 1
        else:
            self._rows.append(row)

    def add_all(self, rows: "NDArray[np.uint32]") -> None:
        """Append many, of which there is at least one."""
        if not self._rows and rows[0] == self._every and (np.diff(rows) == 1).all():
            self._every += len(rows)
        else:
            self._rows.frombytes(rows.tobytes())

    def column(self, every: "NDArray[np.uint32]") -> "NDArray[np.uint32]":
        """All of them; `every` is 0, 1, 2 and so on."""
        rows = np.frombuffer(self._rows, np.uint32)
        return np.concatenate((every[: self._every], rows)) if len(rows) else every[: self._every]


class _Digests:
    """A column of one digest as it grows."""

    def __init__(self) -> None:
        self.rows = _Rows()
        self.values = bytearray()


class _Hashes:
    """A column of hashes of one algorithm as it grows."""

    def __init__(self) -> None:
        self.rows = _Rows()
        self.quality = bytearray()
        self.part = _Seldom("I", 0)
        self.time = _Seldom("f", float("nan"))
        self.place = bytearray()
        self.codes = bytearray()
        self.texts = _Texts()

    def add_of(
        self,
        name: str,
        arrays: "Mapping[str, NDArray[Any]]",
        kept: "NDArray[np.intp]",
        ours: "NDArray[np.uint32]",
        parts: "NDArray[np.uint32]",
    ) -> None:
        """Append hashes in these places of a table's columns; `ours` are their rows here."""
        self.rows.add_all(ours)
        self.quality += arrays[f"{name}.quality"][kept].tobytes()
        if f"{name}.part" in arrays:
            self.part.add_all(parts[arrays[f"{name}.part"][kept]])
        else:
            self.part.add_usual(len(kept))
        if f"{name}.time" in arrays:
            self.time.add_all(arrays[f"{name}.time"][kept])
        else:
            self.time.add_usual(len(kept))
        if f"{name}.place" in arrays:
            self.place += arrays[f"{name}.place"][kept].tobytes()
        if f"{name}.unique" in arrays:
            self.codes += arrays[f"{name}.unique"][arrays[f"{name}.code"][kept]].tobytes()
        elif f"{name}.codes" in arrays:
            self.codes += arrays[f"{name}.codes"][kept].tobytes()
        else:
            self.texts.add_of(arrays[f"{name}.offsets"], arrays[f"{name}.bytes"], kept)

    def columns(self, name: str, every: "NDArray[np.uint32]") -> "dict[str, NDArray[Any]]":
        columns: dict[str, NDArray[Any]] = {
            f"{name}.rows": self.rows.column(every),
            f"{name}.quality": np.frombuffer(self.quality, np.uint8),
        }
        if self.part:
            columns[f"{name}.part"] = self.part.column()
        if self.time:
            columns[f"{name}.time"] = self.time.column()
        if self.place:
            columns[f"{name}.place"] = np.frombuffer(self.place, np.uint8).reshape(-1, PLACE)
        bits = bits_of(name)
        if bits is None:
            return columns | self.texts.columns(name)
        codes = np.frombuffer(self.codes, np.uint8)
        return columns | {f"{name}.codes": codes.reshape(len(self.rows), -(-bits // 8))}


def _renamed(
    codes: "NDArray[np.uint32]", names: Sequence[_Key], ours: dict[_Key, int]
) -> "NDArray[np.uint32]":
    """Codes of names as our codes of them; names that we have not are added as they come."""
    found, places = np.unique(codes, return_index=True)
    renamed = np.zeros(len(names), np.uint32)
    for code in found[np.argsort(places)].tolist():
        renamed[code] = ours.setdefault(names[code], len(ours))
    return renamed[codes]


def _kept(
    rows: "NDArray[np.uint32]", moved: "NDArray[np.uint32]"
) -> "tuple[NDArray[np.intp], NDArray[np.uint32]]":
    """Which places of a column of rows are kept, and the rows that they have now."""
    ours = moved[rows]
    kept = np.flatnonzero(ours != _GONE)
    return kept, ours[kept]


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
        self._details.add(as_json(details).encode() if details else b"")
        for name, value in entry.digests.items():
            column = self._digests.get(name) or self._digests.setdefault(name, _Digests())
            column.rows.add(row)
            column.values += bytes.fromhex(value)
        for known in entry.hashes:
            self._add_hash(row, known)

    def _add_hash(self, row: int, known: KnownHash) -> None:
        name = known.hash.algorithm
        column = self._hashes.get(name) or self._hashes.setdefault(name, _Hashes())
        column.rows.add(row)
        column.quality.append(QUALITY_UNKNOWN if known.quality is None else known.quality)
        if known.part:
            column.part.add(self._parts.setdefault(known.part, len(self._parts)))
        else:
            column.part.add_usual()
        if known.time is None or known.time != known.time:
            column.time.add_usual()
        else:
            column.time.add(known.time)
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
            digests.rows.add_all(rows if which is None else rows[which])
            digests.values += codes.tobytes()
        for name, (codes, which) in batch.hashes.items():
            hashes, size = self._hashes.setdefault(name, _Hashes()), len(codes)
            hashes.rows.add_all(rows if which is None else rows[which])
            if batch.qualities is None:
                hashes.quality += bytes((QUALITY_UNKNOWN,)) * size
            else:
                qualities = batch.qualities if which is None else batch.qualities[which]
                hashes.quality += qualities.tobytes()
            hashes.part.add_usual(size)
            hashes.time.add_usual(size)
            hashes.codes += codes.tobytes()

    def _add_classes(self, batch: "Batch") -> None:
        distinct, codes = batch.classes or ((PLAIN,), np.zeros(len(batch), np.uint32))
        ours = [self._classes.setdefault(each, len(self._classes)) for each in distinct]
        self._class.frombytes(np.array(ours, np.uint32)[codes].tobytes())

    def _add_texts(self, batch: "Batch") -> None:
        count = len(batch)
        # The ids of entries that have none of their own.
        numbers = list(map(str, range(batch.number, batch.number + count if batch.ids else 0)))
        if batch.ids is None or batch.ids == numbers:
            self._ids.add_empty(count)
        else:
            pairs = zip(batch.ids, numbers, strict=True)
            self._ids.add_all(["" if own == number else own for own, number in pairs])
        if batch.details is None:
            self._details.add_empty(count)
        else:
            self._details.add_all(batch.details)

    def add_table(self, table: EntryTable, rows: "NDArray[np.intp]") -> None:
        """Append entries of another table, all of which has been read.

        Args:
            table: with its hashes as they were read, or once indexed.
            rows: (k,) of the entries, ascending.
        """
        arrays, start = table.arrays, len(self)
        self._numbers.frombytes(arrays["number"][rows].tobytes())
        classes = [(scheme, category, good) for scheme, category, good in table.meta["classes"]]
        codes = arrays["class"][rows]
        self._class.frombytes(_renamed(codes, classes, self._classes).tobytes())
        for name, texts in (("id", self._ids), ("details", self._details)):
            if f"{name}.offsets" in arrays:
                texts.add_of(arrays[f"{name}.offsets"], arrays[f"{name}.bytes"], rows)
            else:
                texts.add_empty(len(rows))
        moved = np.full(len(table), _GONE, np.uint32)
        moved[rows] = np.arange(start, start + len(rows), dtype=np.uint32)
        for name in table.digests:
            kept, ours = _kept(arrays[f"{name}.rows"], moved)
            if len(kept):
                column = self._digests.setdefault(name, _Digests())
                column.rows.add_all(ours)
                column.values += arrays[f"{name}.values"][kept].tobytes()
        found = {name: _kept(arrays[f"{name}.rows"], moved) for name in table.algorithms}
        there = [name for name, (kept, _) in found.items() if len(kept)]
        parts = self._parts_of(table, {name: found[name] for name in there})
        for name in sorted(there, key=lambda name: found[name][1][0]):
            hashes = self._hashes.setdefault(name, _Hashes())
            hashes.add_of(name, arrays, *found[name], parts)

    def _parts_of(
        self, table: EntryTable, found: "dict[str, tuple[NDArray[np.intp], NDArray[np.uint32]]]"
    ) -> "NDArray[np.uint32]":
        """Our code of each part of another table, in the order in which its hashes come."""
        firsts: list[tuple[int, int, int, int]] = []
        for order, (name, (kept, ours)) in enumerate(found.items()):
            if f"{name}.part" in table.arrays:
                column = table.arrays[f"{name}.part"][kept]
                codes, places = np.unique(column, return_index=True)
                for code, at in zip(codes.tolist(), places.tolist(), strict=True):
                    firsts.append((int(ours[at]), order, at, code))
        renamed = np.zeros(len(table.meta["parts"]), np.uint32)
        for *_, code in sorted(firsts):
            part = table.meta["parts"][code]
            renamed[code] = self._parts.setdefault(part, len(self._parts))
        return renamed

    def finish(self) -> EntryTable:
        """The table of all entries; the builder is done."""
        arrays: dict[str, NDArray[Any]] = {
            "number": np.frombuffer(self._numbers, np.uint32),
            "class": np.frombuffer(self._class, np.uint32),
        }
        for name, texts in (("id", self._ids), ("details", self._details)):
            if texts.bytes:
                arrays |= texts.columns(name)
        every = np.arange(len(self), dtype=np.uint32)
        for name, digests in self._digests.items():
            arrays[f"{name}.rows"] = digests.rows.column(every)
            values = np.frombuffer(digests.values, np.uint8)
            arrays[f"{name}.values"] = values.reshape(len(digests.rows), -1)
        for name, hashes in self._hashes.items():
            arrays |= hashes.columns(name, every)
        meta = {
            "classes": [list(key) for key in self._classes],
            "algorithms": list(self._hashes),
            "parts": list(self._parts),
        }
        return EntryTable(arrays, meta)
