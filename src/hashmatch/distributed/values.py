"""Rows that hold hashes and digests, as other systems keep them, without any file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hashmatch.errors import HashFormatError, Reason
from hashmatch.hashlists.values import parse_value
from hashmatch.matching.matcher import Matcher
from hashmatch.matching.searchable import Searchable
from hashmatch.matching.subjects import Subject
from hashmatch.model import (
    Decoder,
    Digests,
    Hash,
    Item,
    ItemStatus,
    Match,
    MediaHashes,
    Mode,
    Reading,
    Unreadable,
)
from hashmatch.tables.columns import COLUMNS
from hashmatch.tables.rows import digests_of, row_of

READ: Final = frozenset({"quality", "size", "md5", "sha1", "sha256"})
"""Columns that are read beside `hash`."""
OF_HASHES: Final = frozenset(COLUMNS) - {"matches", "generation", "known"}
"""Columns of an earlier run that are read and kept."""


@dataclass(frozen=True, slots=True)
class _Value:
    """What a row says.

    Attributes:
        hash: None where it has none.
        quality: of the hash; None where it is not known.
        digests: all that it has.
        why: why nothing can be looked up, in words; empty where something can.
    """

    hash: Hash | None = None
    quality: int | None = None
    digests: Digests = field(default_factory=Digests)
    why: str = ""

    @property
    def subjects(self) -> list[Subject]:
        """What is looked up."""
        found: list[Subject] = []
        if self.hash is not None:
            known = self.quality is not None
            found.append(_media(self.hash, self.quality or 0) if known else self.hash)
        if any(True for _ in self.digests.items()):
            found.append(self.digests)
        return found


def is_value(row: Mapping[str, Any]) -> bool:
    """Whether a row of an earlier run is of a hash that was looked up, not of a file."""
    return row.get("kind") == "value" or bool(row.get("hash") and not row.get("hashes"))


def rows_of(matcher: Matcher | None, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row of results for each row.

    Args:
        matcher: what is known; None where nothing is matched.
        rows: with `hash`, and what else of `READ` there is.
    """
    values = [_value(row) for row in rows]
    if matcher is not None:
        searchable = Searchable(matcher)
        values = [_searched(searchable, each) for each in values]
    several = [() if each.why else each.subjects for each in values]
    met = iter(matcher.match_many([one for each in several for one in each]) if matcher else ())
    return [
        _told(row, value, _once(next(met, ()) for _ in subjects) if matcher else None)
        for row, value, subjects in zip(rows, values, several, strict=True)
    ]


def _value(row: Mapping[str, Any]) -> _Value:
    text, quality = str(row.get("hash") or "").strip(), row.get("quality")
    try:
        digests, _ = digests_of(row), _whole(row.get("size"))
        value = parse_value(text) if text else Digests()
        if isinstance(value, Digests):
            told = dict(digests.items()) | dict(value.items())
            why = "" if told else "the row has neither a hash nor a digest"
            return _Value(digests=Digests(**told), why=why)
        return _Value(value, _whole(quality), digests)
    except (HashFormatError, OverflowError, TypeError, ValueError) as error:
        return _Value(why=f"no value that can be looked up: {error}")


def _whole(held: Any) -> int | None:  # noqa: ANN401 (any value of a column)
    """A number as other systems keep it: as text too, and with nothing for none."""
    if held is None or held == "":
        return None
    found = int(held)
    if not 0 <= found < 1 << 63:
        msg = "a number is out of range"
        raise ValueError(msg)
    return found


def _searched(searchable: Searchable, value: _Value) -> _Value:
    """The value, which says so if nothing that is known can match it."""
    if value.why:
        return value
    hashes = [] if value.hash is None else [value.hash]
    return replace(value, why=searchable.why_not(value.digests, hashes))


def _media(known: Hash, quality: int) -> MediaHashes:
    """A hash with its quality, as one of a picture of which nothing else is known."""
    reading = Reading(known, quality)
    return MediaHashes((reading,), Mode.EXACT, width=0, height=0, format="", decoder=Decoder.NUMPY)


def _once(several: Any) -> tuple[Match, ...]:  # noqa: ANN401 (an iterable of matches)
    """The matches of hash and digests, each entry once, by equal bytes if so; without a mode."""
    found: dict[tuple[str, str], Match] = {}
    ordered = sorted(
        (replace(match, mode=None) for matches in several for match in matches),
        key=lambda match: (match.kind.value not in ("exact", "collision"), match.distance),
    )
    for match in ordered:
        found.setdefault((match.list_name, match.entry_id), match)
    return tuple(found.values())


def _told(
    row: Mapping[str, Any], value: _Value, matches: tuple[Match, ...] | None
) -> dict[str, Any]:
    size = row.get("size")
    item = Item(
        str(row.get("uri") or ""),
        None if value.why else _whole(size),
        digests=value.digests,
        unreadable=Unreadable(Reason.UNSUPPORTED, value.why) if value.why else None,
    )
    told = row_of(item, matches)
    if not value.why:
        told |= {"status": ItemStatus.HASHED.value, "kind": "value"}
    if value.hash is not None:
        told |= {"hash": str(value.hash), "quality": value.quality}
    return told
