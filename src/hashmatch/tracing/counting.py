"""Sightings of a whole record as arrays, of which different things are counted by group.

A large record has millions: sums are told by the database, but how many *different* files, bytes
and entries a group has would take gigabytes there.
"""

import json
import re
from array import array
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self, TypeAlias

import numpy as np

from hashmatch.model.moment import Moment
from hashmatch.sightings.encoding import from_text
from hashmatch.tracing import gathering, times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.sightings.store import Store
    from hashmatch.tracing.places import Places

Numbers: TypeAlias = "NDArray[np.int64]"

UNDATED: Final = "undated"
SPANNING: Final = "between months"
"""Stand for the month of what has no time of a kind, and of what can lie in several months."""

_AT_ONCE: Final = 10_000
_THOSE: Final = "(SELECT value FROM json_each(?))"
_PLAIN: Final = re.compile(
    r"((?!0000)\d{4}-(?:0[1-9]|1[0-2]))-(?:(?P<inner>0[3-9]|1\d|2[0-6])|(?:0[12]|2[78]))"
    r"[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?"
    r"(?:(?P<utc>Z|\+00:?00)|[+-](?:0\d|1[0-3]):?[0-5]\d)?",
    re.ASCII,
)
"""Times that lie in one month whatever their zone is, or if that is UTC."""


@dataclass(slots=True)
class Codes:
    """Words as numbers, counted from 0."""

    words: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def of(self, word: str) -> int:
        """The number of a word; a new one if it has none."""
        if (found := self._numbers.get(word)) is None:
            found = self._numbers[word] = len(self.words)
            self.words.append(word)
        return found


@dataclass(frozen=True, slots=True)
class Sighted:
    """Sightings that count, one row for each in every array.

    Attributes:
        row: their numbers.
        item: of the file.
        source: number of the exhibit.
        entry: a number for each different entry of a list, in rising order.
        named: a number for each hash list.
        lists: their names.
    """

    row: Numbers
    item: Numbers
    source: Numbers
    entry: Numbers
    named: Numbers
    lists: Sequence[str]

    @classmethod
    def of(cls, store: "Store", places: "Places", shown: AbstractSet[int]) -> "Sighted":
        """Those in exhibits that are shown, by their numbers."""
        columns = [array("q") for _ in range(5)]
        row, item, run, entry, named = (each.append for each in columns)
        lists = Codes()
        last_entry = last_name = None
        number = -1
        listed = 0
        # Told by an index alone, in its order: equal entries follow each other.
        for one, of_entry, name, of_run, of_item in store.rows(
            "SELECT id, entry, list, run_id, item_id FROM sightings "
            "WHERE known_good = 0 AND suppressed = 0 ORDER BY entry, list"
        ):
            if of_entry != last_entry or name != last_name:
                number += 1
                if name != last_name:
                    listed = lists.of(name)
                last_entry, last_name = of_entry, name
            row(one)
            item(of_item)
            run(of_run)
            entry(number)
            named(listed)
        rows, items, runs, entries, names = (np.frombuffer(each, np.int64) for each in columns)
        sources = looked_up(places.source_of_run, runs)
        kept = np.isin(sources, [*shown])
        if gone := gathering.uncounted(store, "1", ()):
            kept &= ~np.isin(rows, np.fromiter(gone, np.int64, len(gone)))
        everything = cls(
            *(rows, items, sources, entries, names), [from_text(each) for each in lists.words]
        )
        return everything._of(kept)

    def sources(self) -> list[int]:
        """The different exhibits, by number."""
        return _different(self.source).tolist()  # type: ignore[no-any-return]

    def of_sources(self, shown: AbstractSet[int]) -> "Sighted":
        """Those in some of the exhibits."""
        return self._of(np.isin(self.source, [*shown]))

    def _of(self, kept: "NDArray[np.bool_]") -> "Sighted":
        """Some of the rows; where these are all, no array is copied."""
        if kept.all():
            return self
        arrays = (self.row, self.item, self.source, self.entry, self.named)
        row, item, source, entry, named = (each[kept] for each in arrays)
        return Sighted(row, item, source, entry, named, self.lists)

    def files(self) -> Numbers:
        """The different files, by number, in order."""
        return _different(self.item)


def _different(numbers: Numbers) -> Numbers:
    """The different ones, in order: many times as fast as `numpy.unique`, which hashes them."""
    ordered = np.sort(numbers)
    return np.asarray(ordered[np.diff(ordered, prepend=ordered[:1] - 1) != 0], np.int64)


def looked_up(table: Mapping[int, int], keys: Numbers) -> Numbers:
    """What a small table holds for each key; -1 where it holds nothing."""
    if not table:
        return np.full(len(keys), -1, np.int64)
    held = np.full(max(table) + 2, -1, np.int64)
    held[[*table]] = [*table.values()]
    return held[np.minimum(keys, len(held) - 1)]


def placed(known: Numbers, values: Numbers, asked: Numbers) -> Numbers:
    """The value of each number that is asked for, of numbers in order with a value each."""
    return values[np.searchsorted(known, asked)] if len(known) else np.zeros(0, np.int64)


def contents(store: "Store", files: Numbers) -> Numbers:
    """A number for the bytes of each file, equal for equal SHA-256; -1 where none is on record."""
    found = np.full(len(files), -1, np.int64)
    for at in range(0, len(files), _AT_ONCE):
        rows = store.execute(
            f"SELECT id, content_id FROM items WHERE content_id IS NOT NULL AND id IN {_THOSE}",  # noqa: S608 (our words)
            (json.dumps(files[at : at + _AT_ONCE].tolist()),),
        )
        if rows:
            told = np.array(rows, np.int64)
            found[np.searchsorted(files, told[:, 0])] = told[:, 1]
    return _same_bytes(store, found)


def _same_bytes(store: "Store", numbers: Numbers) -> Numbers:
    """The same numbers, one alone for bytes that several cases have."""
    table = {number: -1 for (number,) in store.rows("SELECT id FROM contents WHERE sha256 IS NULL")}
    last, first = None, 0
    for number, sha256 in store.rows(
        "SELECT id, sha256 FROM contents WHERE sha256 IN (SELECT sha256 FROM contents "
        "WHERE sha256 IS NOT NULL GROUP BY sha256 HAVING count(*) > 1) ORDER BY sha256"
    ):
        if sha256 != last:
            last, first = sha256, number
        table[number] = first
    if not table:
        return numbers
    other = looked_up({number: at for at, number in enumerate(table)}, numbers)
    values = np.fromiter(table.values(), np.int64, len(table))
    return np.where((numbers >= 0) & (other >= 0), values[other], numbers)


def categories(store: "Store", seen: Sighted, codes: Codes) -> Numbers:
    """The scheme and category of each sighting."""
    rows, found = array("q"), array("q")
    numbers: dict[tuple[str, str], int] = {}
    for row, *told in store.rows(
        "SELECT id, scheme, category FROM sightings WHERE NOT (known_good OR suppressed) "
        "ORDER BY id"
    ):
        key = told[0], told[1]
        if (number := numbers.get(key)) is None:
            words = "/".join(from_text(each) for each in key if each)
            number = numbers[key] = codes.of(words or "none")
        rows.append(row)
        found.append(number)
    return placed(np.frombuffer(rows, np.int64), np.frombuffer(found, np.int64), seen.row)


def months(store: "Store", places: "Places", seen: Sighted, kind: str, codes: Codes) -> Numbers:
    """The month of each sighting, by a kind of time of its file."""
    files, first = np.unique(seen.item, return_index=True)
    zones = {number: exhibit.zone for number, exhibit in places.exhibits.items()}
    sources = seen.source[first]
    found = np.full(len(files), codes.of(UNDATED), np.int64)
    of_kind = _in_system if not kind.startswith(times.IN) else _elsewhere
    for at in range(0, len(files), _AT_ONCE):
        items = files[at : at + _AT_ONCE].tolist()
        zone_of = dict(
            zip(items, map(zones.__getitem__, sources[at : at + _AT_ONCE].tolist()), strict=True)
        )
        told = of_kind(store, zone_of, kind)
        places_of = {item: at + place for place, item in enumerate(items)}
        for item, month in told.items():
            found[places_of[item]] = codes.of(month)
    return placed(files, found, seen.item)


def _in_system(store: "Store", zones: Mapping[int, str], kind: str) -> dict[int, str]:
    """The months of files by a time of the file system."""
    found = {}
    for item, at in store.execute(
        f"SELECT item_id, at FROM times WHERE kind = ? AND item_id IN {_THOSE}",  # noqa: S608 (our words)
        (kind, json.dumps([*zones])),
    ):
        plain = _PLAIN.fullmatch(at)
        if plain and (plain["inner"] or plain["utc"]):
            found[item] = plain[1]
        else:
            found[item] = month_of([times.of_words(at, kind, zones[item])])
    return found


def _elsewhere(store: "Store", zones: Mapping[int, str], kind: str) -> dict[int, str]:
    """The months of files by a time in their names, or that they tell of themselves."""
    told = times.of_items(store, zones)
    of_kind = {
        item: [each for each in several if each.kind == kind] for item, several in told.items()
    }
    return {item: month_of(several) for item, several in of_kind.items() if several}


def month_of(several: Sequence[Moment]) -> str:
    """The month in UTC in which all of these times lie; a word where that is none."""
    clear = [each for each in several if times.is_clear(each)]
    if not clear:
        return UNDATED
    return between(min(each.earliest for each in clear), max(each.latest for each in clear))


def between(earliest: datetime, latest: datetime) -> str:
    """The month in UTC in which an interval lies; a word where it lies in several."""
    first, last = (f"{each.year:04}-{each.month:02}" for each in (earliest, latest))
    return first if first == last else SPANNING


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows by group.

    Attributes:
        keys: of each group, a number for each dimension.
        of: the group of each row.
    """

    keys: Sequence[tuple[int, ...]]
    of: Numbers

    @classmethod
    def by(cls, dimensions: Sequence[Numbers], rows: int) -> Self:
        """Rows that agree in all dimensions are one group; without any all are one."""
        if not dimensions:
            return cls([()], np.zeros(rows, np.int64))
        whole = np.zeros(rows, np.int64)
        for each in dimensions:
            _, whole = np.unique(whole * (int(each.max(initial=0)) + 1) + each, return_inverse=True)
        _, first, of = np.unique(whole, return_index=True, return_inverse=True)
        keys = [tuple(int(each[at]) for each in dimensions) for at in first.tolist()]
        return cls(keys, of.astype(np.int64))

    def rows(self) -> list[int]:
        """How many rows each group has."""
        return self._counted(self.of)

    def different(self, values: Numbers, among: "NDArray[np.bool_] | None" = None) -> list[int]:
        """How many different values each group has; of some rows alone, if these are named."""
        of = self.of
        if among is not None:
            of, values = of[among], values[among]
        width = int(values.max(initial=0)) + 1
        return self._counted(_different(of * width + values) // width)

    def _counted(self, groups: Numbers) -> list[int]:
        return np.bincount(groups, minlength=len(self.keys)).tolist()  # type: ignore[no-any-return]
