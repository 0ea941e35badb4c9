"""Findings: sightings in the order in which people read them, copies of the same bytes together.

A finding is one content that matches one entry in one way. Files of the same bytes are its copies.
Findings are sorted by category and nearness; their order and their text are kept in a nameless file
of SQLite as far as memory would be too small.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Final, Self

from hashmatch.model import Match, MatchKind
from hashmatch.model.hash import bits_of
from hashmatch.reports.text import category_of
from hashmatch.reports.totals import Standing
from hashmatch.sightings.records import ItemRecord, SightingRecord

_KEY: Final = 16
"""Bytes that stand for a finding or a content."""

_key_values: Final = attrgetter(*(each.name for each in fields(Match) if each.name != "details"))
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})

_DIGITS: Final = re.compile(r"\d+")
_WIDTH: Final = 20
"""Digits of a number in a name, for its order: 2 comes before 10."""

_TABLES: Final = (
    """
    CREATE TABLE findings (
        number INTEGER PRIMARY KEY,
        key BLOB UNIQUE,
        standing TEXT,
        uncategorised INTEGER,
        category BLOB,
        near REAL,
        list BLOB,
        content BLOB,
        entry BLOB,
        sightings INTEGER
    )
    """,
    """
    CREATE TABLE texts (
        number INTEGER PRIMARY KEY,
        finding INTEGER,
        brief TEXT,
        whole TEXT
    )
    """,
    "CREATE INDEX texts_of ON texts (finding)",
)
"""Findings, and the texts of their sightings apart: what sorts and counts the former reads none."""
_ORDER: Final = "uncategorised, category, near, list, number"


@dataclass(frozen=True, slots=True)
class Finding:
    """One content that matches one entry.

    Attributes:
        number: that of its first sighting, by which every report names it.
        copies: further files with the same bytes.
        text: what was kept of it.
    """

    number: int
    copies: int
    text: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A further file with the bytes of a finding."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What findings add up to.

    Attributes:
        matches: sightings.
        files: different contents among them.
        entries: different known entries.
        findings: contents that match an entry.
    """

    matches: int = 0
    files: int = 0
    entries: int = 0
    findings: int = 0

    @property
    def in_words(self) -> str:
        """Words such as "36 matches, 35 different files, 31 known entries"."""
        named = (
            (self.matches, "match", "matches"),
            (self.files, "different file", "different files"),
            (self.entries, "known entry", "known entries"),
        )
        return ", ".join(f"{count:,} {one if count == 1 else many}" for count, one, many in named)


Text = Callable[[], tuple[str, str]]
"""What is to be kept of a sighting: briefly, and in full."""


class Findings:
    """The findings of one case."""

    def __init__(self) -> None:
        """Begin with none."""
        # An empty name is a file without one, which is gone when it is closed.
        self._store = sqlite3.connect("", isolation_level=None)
        # The text of a finding takes some kilobytes: in a large page it lies in one piece.
        self._store.execute("PRAGMA page_size = 32768")
        # It is never rolled back.
        self._store.execute("PRAGMA journal_mode = OFF")
        try:
            for table in _TABLES:
                self._store.execute(table)
            self._store.execute("BEGIN")
        except BaseException:
            self._store.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def add(
        self, sighting: SightingRecord, first: Text = lambda: ("", ""), copy: Text | None = None
    ) -> int:
        """Take in a sighting, and return the number of its finding.

        Args:
            sighting: in the order of the database.
            first: gives the text of a sighting that is the first of its finding.
            copy: gives that of a further one.
        """
        key = _key_of(sighting)
        found = self._store.execute("SELECT number FROM findings WHERE key = ?", (key,)).fetchone()
        if found is None:
            number = sighting.id
            self._store.execute(
                "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
                (number, key, *_sorting(sighting)),
            )
        else:
            number = int(found[0])
            self._store.execute(
                "UPDATE findings SET sightings = sightings + 1 WHERE number = ?", (number,)
            )
        text = first if found is None else copy
        if text is not None:
            texts = (sighting.id, number, *text())
            self._store.execute("INSERT INTO texts VALUES (?, ?, ?, ?)", texts)
        return number

    def briefly(self, standing: Standing, shown: int) -> Iterator[tuple[Finding, list[Copy]]]:
        """Findings in their order, in brief, with the first `shown` copies of each."""
        for number, sightings in self._in_order(standing):
            texts = self._store.execute(
                "SELECT number, brief FROM texts WHERE finding = ? ORDER BY number LIMIT ?",
                (number, 1 + shown),
            )
            (_, text), *copies = texts
            yield Finding(number, sightings - 1, text), [Copy(*copy) for copy in copies]

    def in_full(self, standing: Standing) -> Iterator[Finding | Copy]:
        """Findings in their order, the copies of each behind it."""
        for number, sightings in self._in_order(standing):
            texts = self._store.execute(
                "SELECT number, whole FROM texts WHERE finding = ? ORDER BY number", (number,)
            )
            yield Finding(number, sightings - 1, next(texts)[1])
            for copy in texts:
                yield Copy(*copy)

    def _in_order(self, standing: Standing) -> Iterator[tuple[int, int]]:
        """Number and sightings of each finding."""
        return self._store.execute(
            f"SELECT number, sightings FROM findings WHERE standing = ? ORDER BY {_ORDER}",  # noqa: S608 (our words)
            (standing.value,),
        )

    def size(self) -> int:
        """Bytes of all texts that were kept."""
        both = "coalesce(sum(length(CAST(brief AS BLOB)) + length(CAST(whole AS BLOB))), 0)"
        return int(self._store.execute(f"SELECT {both} FROM texts").fetchone()[0])  # noqa: S608 (our words)

    def counts(self, standing: Standing = Standing.MATCH) -> Counts:
        """What those of a standing add up to."""
        return Counts(
            *self._store.execute(
                "SELECT coalesce(sum(sightings), 0), count(DISTINCT content), "
                "count(DISTINCT entry), count(*) FROM findings WHERE standing = ?",
                (standing.value,),
            ).fetchone()
        )


def content_of(item: ItemRecord) -> str:
    """What tells whether two files have the same bytes."""
    return next((f"{name} {text}" for name, text in item.digests.items()), f"item {item.id}")


def _key_of(sighting: SightingRecord) -> bytes:
    """The same for sightings of the same bytes that match the same entry in the same way."""
    return _short(f"{content_of(sighting.item)} {_values(_key_values(sighting.match))!r}")


def _values(values: Iterable[Any]) -> list[object]:
    """Values as plain ones, whose text tells all that they hold."""
    return [each if type(each) in _PLAIN else _plain(each) for each in values]


def _plain(value: object) -> object:
    kind: Any = type(value)
    return _made_plain_by(kind)(value)


@cache
def _made_plain_by(kind: type[Any]) -> Callable[[Any], object]:
    """What makes plain values of a value of this kind."""
    if issubclass(kind, str):  # a word of ours, without the name of what it is one of
        return str
    if issubclass(kind, tuple | list):
        return _values
    if is_dataclass(kind):
        in_order = attrgetter(*(each.name for each in fields(kind)))
        return lambda value: _values(in_order(value))
    return lambda value: value


def _sorting(sighting: SightingRecord) -> tuple[str, bool, bytes, float, bytes, bytes, bytes]:
    match = sighting.match
    category = category_of(match)
    return (
        Standing.of(match).value,
        not category,
        _natural(category),
        _nearness(match),
        _bytes(match.list_name),
        _short(content_of(sighting.item)),
        _short(repr((match.list_name, match.entry_id))),
    )


def _nearness(match: Match) -> float:
    """0 for equal bytes, then by the share of bits that differ."""
    if match.kind is MatchKind.EXACT:
        return 0.0
    return 1 + match.distance / (bits_of(match.algorithm) or 1)


def _natural(text: str) -> bytes:
    return _bytes(_DIGITS.sub(lambda found: found[0].zfill(_WIDTH), text))


def _short(text: str) -> bytes:
    return blake2b(_bytes(text), digest_size=_KEY).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
