"""JSON objects whose keys are named as the columns of CSV: what scripts around imagehash write."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.hashlists.base import ListFile, Row, as_text
from hashmatch.hashlists.columns import Columns, entry_of, names_hashes
from hashmatch.hashlists.jsonfields import first_keys, parse_rows
from hashmatch.model import Entry
from hashmatch.model.confidence import Confidence

_MOST_NAMES = 100_000
"""Keys of all sets of keys that are kept: objects of real lists have one set or a few."""


class JsonObjectsFormat:
    """An array of objects, one after another, or one a line; one entry each.

    Keys mean what the columns of CSV mean. A value may be an array, for several hashes, and that of
    `hashes` an object, as `{"phash": "…", "dhash": "…"}`. All other keys are kept in the details.
    """

    title = "JSON objects with keys that name md5, sha1, sha256, pdq or another algorithm"
    keyed = False

    def detect(self, head: bytes) -> Confidence:
        """Whether the first object has a key of hashes."""
        return Confidence.GUESS if names_hashes(first_keys(as_text(head))) else Confidence.NONE

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per object; one with a broken value is quarantined whole."""
        known: dict[tuple[str, ...], Columns] = {}

        def entry(value: dict[str, Any], number: int) -> Entry:
            names = tuple(value)
            if names not in known:
                if sum(map(len, known)) + len(names) > _MOST_NAMES:
                    known.clear()
                try:
                    known[names] = Columns.of(names, file)
                except ListFormatError:
                    msg = "two keys of the object mean the same"
                    raise HashFormatError(msg) from None
            return _entry(known[names], value, number)

        yield from parse_rows(file, (), entry)


def _entry(columns: Columns, value: Mapping[str, Any], number: int) -> Entry:
    """The entry of an object, with what is not ours kept as the values that they are."""
    found = entry_of(columns, list(map(_cell, value.values())), number)
    own = {name: value[name] for name in columns.details.values() if name in value}
    if not own:
        return found
    kept = {name: each for name, each in own.items() if each not in (None, "")}
    rest = {name: each for name, each in found.details.items() if name not in own}
    return Entry(
        found.id,
        number,
        digests=found.digests,
        hashes=found.hashes,
        category=found.category,
        scheme=found.scheme,
        known_good=found.known_good,
        details={**kept, **rest},
    )


def _cell(value: object) -> str:
    """A value as CSV would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(each if isinstance(each, str) else json.dumps(each) for each in value)
    if isinstance(value, dict):
        named = all(isinstance(each, str) for each in value.values())
        tokens = (f"{name}:{each}" for name, each in value.items())
        return " ".join(tokens) if named and names_hashes(list(value)) else json.dumps(value)
    return str(value)
