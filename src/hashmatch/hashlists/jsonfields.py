"""Fields of JSON rows, as tolerant as their publishers are careless."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row
from hashmatch.hashlists.jsonrows import OuterFields, rows
from hashmatch.hashlists.values import carried, digest, hash_of
from hashmatch.model import Digests, KnownHash
from hashmatch.model.digests import DIGESTS

_MOST_AROUND = 1000
"""Fields that are kept of what stands around the rows."""

_SPACE = " \t\r\n\x00\x1e\ufeff"
_COLON = re.compile(r"\s*:")
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\]]', re.DOTALL)


def first_char(text: str) -> str:
    """The first character of the document."""
    return text.lstrip(_SPACE)[:1]


def has_key(head: str, key: str) -> bool:
    """Whether the document that starts so, or its first element, is an object with this key."""
    depth, outermost = 0, 2 if first_char(head) == "[" else 1
    for token in _TOKEN.finditer(head):
        mark = token[0]
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
        elif depth == outermost and mark[1:-1].lower() == key and _COLON.match(head, token.end()):
            return True
    return False


def first_keys(head: str) -> list[str]:
    """The keys of the object that the document starts with, or of its first element.

    Those that are not in `head` any more are missing.
    """
    if first_char(head) not in ("{", "["):
        return []
    found: list[str] = []
    depth, outermost = 0, 2 if first_char(head) == "[" else 1
    for token in _TOKEN.finditer(head):
        mark = token[0]
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
            if depth < outermost:
                break
        elif depth == outermost and _COLON.match(head, token.end()):
            found.append(mark[1:-1])
    return found


def as_object(value: object) -> dict[str, Any]:
    """The row, if it is an object.

    Raises:
        HashFormatError: it is not.
    """
    if not isinstance(value, dict):
        msg = "the row is no object"
        raise HashFormatError(msg)
    return value


def parse_fingerprint(kind: str, text: str) -> tuple[Digests, tuple[KnownHash, ...]]:
    """The one digest or hash of a row, by the name of its kind.

    Raises:
        HashFormatError: of no kind that publishers are known to use, or not of the form that the
            kind demands.
    """
    kind = carried(kind)
    if kind in DIGESTS:
        return Digests(**{kind: digest(kind, text)}), ()
    return Digests(), (KnownHash(hash_of(kind, text)),)


def text_of(row: Mapping[str, Any], key: str) -> str:
    """A text or number as text; empty for null or where the key is missing.

    Raises:
        HashFormatError: it is something else.
    """
    value = row.get(key)
    if type(value) is str:
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"{key} is neither text nor a number"
        raise HashFormatError(msg)
    return str(value)


def normalize_keys(row: Mapping[str, Any], spelling: Mapping[str, str]) -> dict[str, Any]:
    """The same fields with the format's own spelling of keys, and without OData's links.

    Args:
        row: an object.
        spelling: the lower-case form of a key to the format's own.

    Raises:
        HashFormatError: two spellings of one key say different things.
    """
    found: dict[str, Any] = {}
    for key, value in row.items():
        if key.startswith("odata.") or "@odata." in key:
            continue
        name = spelling.get(key.lower(), key)
        if found.get(name) and value and found[name] != value:
            msg = "an object has a key twice, with different values"
            raise HashFormatError(msg)
        found[name] = found.get(name) or value
    return found


def without_empty(row: Mapping[str, Any], taken: Iterable[str] = ()) -> dict[str, Any]:
    """What a row says beyond the keys that were taken; 0 and false are kept."""
    found = {key: value for key, value in row.items() if value or value is False or value == 0}
    for key in taken:
        found.pop(key, None)
    return found


def parsed(row: Callable[[dict[str, Any], int], Row], value: object, number: int) -> Row:
    """What a publisher's parser makes of one record, or why it makes nothing of it."""
    try:
        return row(as_object(value), number)
    except HashFormatError as error:
        return Quarantined(number, str(error))


def parse_rows(
    file: ListFile, path: tuple[str, ...], row: Callable[[dict[str, Any], int], Row]
) -> Iterator[Row]:
    """The rows at a path, each understood by `row` or quarantined, and what stands around them.

    Args:
        file: to be read.
        path: as for `rows`.
        row: makes a row of an object and its number; raises `HashFormatError`.
    """
    around: dict[str, Any] = {}
    for found in rows(file, *path):
        if isinstance(found, Quarantined):
            yield found
        elif isinstance(found, OuterFields):
            if len(around) <= _MOST_AROUND:
                around.update(found.fields)
        elif isinstance(found, tuple):
            number, value = found
            yield parsed(row, value, number)
    if len(around) > _MOST_AROUND:
        reason = f"the file says more than {_MOST_AROUND:,} things of itself: the rest is left out"
        yield Quarantined(1, reason)
    yield About(details=around)
