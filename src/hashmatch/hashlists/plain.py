"""Plain hashes or digests, one a line."""

import re
from collections.abc import Iterator
from itertools import product

import numpy as np

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import Batch, Confidence, ListFile, Quarantined, Row, most_lines
from hashmatch.hashlists.values import readings
from hashmatch.model import Entry, KnownHash

_HEX_LINE = re.compile(r"(?:[a-z0-9-]+:)?[0-9a-f]{8,}(?:\s+#.*)?", re.IGNORECASE)
_COMMENT = re.compile(r"\s+#.*")
_SMALLEST = 1 << 12
"""Bytes; blocks of lines below this size are read line by line if the lines are not alike."""

_NO_HEX = 0xFFFF
_PAIRS = np.full(1 << 16, _NO_HEX, np.uint16)
"""What two hex digits mean, by the little-endian integer that their two characters make."""

for _high, _low in product("0123456789abcdefABCDEF", repeat=2):
    _PAIRS[ord(_high) | ord(_low) << 8] = int(_high + _low, 16)


class PlainFormat:
    """`md5`, `sha1` and 64-digit values bare, or any with its name in front: `pdq:f8f8…`.

    Empty lines and comments are passed over: from `#` at the start of a line or after a space.
    64 bare hex digits can be a SHA-256 or a PDQ hash, and nothing in them says which: both
    readings are kept, as a value read the wrong way meets nothing.
    """

    title = "plain hashes or digests, one a line"
    keyed = False

    def detect(self, head: bytes) -> Confidence:
        """Whether most of the first lines are hashes."""
        return Confidence.GUESS if most_lines(head, _HEX_LINE.fullmatch) else Confidence.NONE

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per line."""
        for number, line in file.lines():
            yield from _rows(line, number)

    def read_bulk(self, file: ListFile) -> Iterator[Row | Batch]:
        """As `read`, with runs of lines of one kind and length in batches."""
        for number, block in file.blocks():
            yield from _bulk(block, number)


def _rows(line: str, number: int) -> Iterator[Entry | Quarantined]:
    """The entry of a line; nothing for an empty one or a comment."""
    text = line.strip()
    if not text or text.startswith("#"):
        return
    if "#" in text:
        text = _COMMENT.sub("", text)
    try:
        digests, hashes = readings(text)
    except HashFormatError as error:
        yield Quarantined(number, str(error))
    else:
        yield Entry(str(number), number, digests, tuple(KnownHash(each) for each in hashes))


def _bulk(block: bytes, number: int) -> Iterator[Row | Batch]:
    """A block at once if its lines are alike, else in halves, in the end line by line."""
    batch = _batch(block, number)
    if batch is not None:
        yield batch
    elif len(block) <= _SMALLEST or not (middle := block.rfind(b"\n", 0, len(block) // 2) + 1):
        for place, line in enumerate(block.split(b"\n")[:-1]):
            yield from _rows(line.decode("utf-8", "replace"), number + place)
    else:
        yield from _bulk(block[:middle], number)
        yield from _bulk(block[middle:], number + block.count(b"\n", 0, middle))


def _batch(block: bytes, number: int) -> Batch | None:
    """The lines in columns, if all are as long as the first and differ in hex digits only."""
    width = block.find(b"\n") + 1
    if len(block) % width:
        return None
    first = block[:width].rstrip(b"\r\n")
    start = first.rfind(b":") + 1
    table = np.frombuffer(block, np.uint8).reshape(-1, width)
    digits = slice(start, len(first))
    fixed = np.delete(np.arange(width), digits)
    if (len(first) - start) % 2 or (table[:, fixed] != table[0, fixed]).any():
        return None
    model = next(_rows(first.decode("utf-8", "replace"), number), None)
    if not isinstance(model, Entry) or any(known.hash.bits is None for known in model.hashes):
        return None
    values = _PAIRS[np.ascontiguousarray(table[:, digits]).view("<u2")]
    if (values == _NO_HEX).any():
        return None
    codes = values.astype(np.uint8)
    return Batch(
        number,
        {name: codes for name, _ in model.digests.items()},
        {known.hash.algorithm: codes for known in model.hashes},
    )
