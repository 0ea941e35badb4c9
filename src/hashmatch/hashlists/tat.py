"""Tech Against Terrorism: the hash list of its archive, as JSON."""

import re
from collections.abc import Iterator
from typing import Any

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import ListFile, Row, Withdrawn, as_text
from hashmatch.hashlists.jsonfields import (
    first_char,
    normalize_keys,
    parse_fingerprint,
    parse_rows,
    text_of,
    without_empty,
)
from hashmatch.hashlists.values import truth
from hashmatch.model import Entry

_KEYS = (
    *("hash_digest", "algorithm", "ideology", "file_type"),
    *("deleted", "updated_on", "created_on", "id"),
)
_SPELLING = {key: key for key in _KEYS}
_TAKEN = ("hash_digest", "algorithm", "ideology", "deleted", "id")
_ARRAY = re.compile(r'"(\w+)"\s*:\s*\[\s*\{[^{}]*"hash_digest"', re.IGNORECASE)


class TatFormat:
    """Records of Tech Against Terrorism, in an array, in an answer around one, or one a line.

    The ideology is kept as the category, of the scheme `TAT`.
    """

    title = "Tech Against Terrorism hash list, JSON"
    keyed = True

    def detect(self, head: bytes) -> bool:
        """Whether records name their `hash_digest` and `algorithm`."""
        text = as_text(head)
        named = all(f'"{key}"' in text.lower() for key in ("hash_digest", "algorithm"))
        return named and first_char(text) in ("{", "[")

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per record, one withdrawal per deleted one."""
        array = _ARRAY.search(as_text(file.head()))
        yield from parse_rows(file, (array[1].lower(),) if array else (), row_of)


def row_of(record: dict[str, Any], number: int) -> Row:
    """What one record says.

    Raises:
        HashFormatError: it cannot be understood.
    """
    record = normalize_keys(record, _SPELLING)
    name = text_of(record, "id")
    if not name:
        msg = "the record has no id"
        raise HashFormatError(msg)
    if truth(record.get("deleted")):
        return Withdrawn(name, number)
    digests, hashes = parse_fingerprint(
        text_of(record, "algorithm"), text_of(record, "hash_digest")
    )
    return Entry(
        name,
        number,
        digests=digests,
        hashes=hashes,
        category=text_of(record, "ideology"),
        scheme="TAT",
        details=without_empty(record, _TAKEN),
    )
