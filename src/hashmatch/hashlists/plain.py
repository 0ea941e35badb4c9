"""Plain hashes or digests, one a line."""

import re
from collections.abc import Iterator

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import ListFile, Quarantined, Row, as_text
from hashmatch.hashlists.values import parse_value
from hashmatch.model import Digests, Entry, Hash, KnownHash

_BARE_64 = re.compile(r"[0-9a-fA-F]{64}")
_HEX_LINE = re.compile(r"(?:[a-z0-9-]+:)?[0-9a-fA-F]{8,}$", re.IGNORECASE)


class PlainFormat:
    """`md5`, `sha1` and 64-digit values bare, or any with its name in front: `pdq:f8f8…`.

    Empty lines and lines that start with `#` are passed over. 64 bare hex digits can be a
    SHA-256 or a PDQ hash, and nothing in them says which: both readings are kept, as a value
    read the wrong way meets nothing.
    """

    title = "plain hashes or digests, one a line"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether the first line that is no comment is a hash."""
        lines = (line.strip() for line in as_text(head).splitlines())
        first = next((line for line in lines if line and not line.startswith("#")), "")
        return bool(_HEX_LINE.match(first))

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per line."""
        for number, line in file.lines():
            value = line.strip()
            if value and not value.startswith("#"):
                yield _row(value, number)


def _row(text: str, number: int) -> Row:
    try:
        if _BARE_64.fullmatch(text):
            known = (KnownHash(Hash.fromhex("pdq", text)),)
            return Entry(str(number), number, Digests(sha256=text.lower()), known)
        value = parse_value(text)
    except HashFormatError as error:
        return Quarantined(number, str(error))
    if isinstance(value, Hash):
        return Entry(str(number), number, hashes=(KnownHash(value),))
    return Entry(str(number), number, value)
