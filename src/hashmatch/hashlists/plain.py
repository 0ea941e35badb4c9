"""Plain hashes or digests, one a line."""

import re
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from hashmatch.errors import HashFormatError
from hashmatch.hashlists import families
from hashmatch.hashlists.base import ListFile, Quarantined, Row, most_lines
from hashmatch.hashlists.batches import DIGITS, Batch, Column, codes_of, digits_of
from hashmatch.hashlists.values import algorithm_id, readings
from hashmatch.model import Entry, KnownHash
from hashmatch.model.confidence import Confidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEX_LINE = re.compile(r"(?:[a-z0-9-]+:)?[0-9a-f]{8,}(?:\s+#.*)?", re.IGNORECASE)
_COMMENT = re.compile(r"\s+#.*")
_SMALLEST = 1 << 12
"""Bytes; blocks of lines below this size are read line by line if the lines are not alike."""

_NO_HEX = 0xFFFF
_PAIRS = np.full(1 << 16, _NO_HEX, np.uint16)
"""What two hex digits mean, by the little-endian integer that their two characters make."""

for _high, _low in product("0123456789abcdefABCDEF", repeat=2):
    _PAIRS[ord(_high) | ord(_low) << 8] = int(_high + _low, 16)

_MOST_SHAPES = 16
"""Kinds of lines in one block that are read at once; lines of more kinds are no list of values."""


class PlainFormat:
    """`md5`, `sha1` and 64-digit values bare, or any with its name in front: `pdq:f8f8…`.

    Empty lines and comments are passed over: from `#` at the start of a line or after a space.
    64 bare hex digits can be a SHA-256 or a PDQ hash, and nothing in them says which: both
    readings are kept, as a value read the wrong way matches nothing.
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
        """What `read` gives, but blocks of plain values come in batches."""
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
        yield Entry(
            str(number), number, digests=digests, hashes=tuple(KnownHash(each) for each in hashes)
        )


def _bulk(block: bytes, number: int) -> Iterator[Row | Batch]:
    """A block at once if its lines are plain values, else in halves, in the end line by line."""
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
    """The lines in columns, if all are hex digits, of few kinds: bare, or behind a name."""
    if (batch := _alike(block, number)) is not None:
        return batch
    try:
        lines = block.replace(b"\r\n", b"\n").decode("ascii").split("\n")[:-1]
    except UnicodeDecodeError:
        return None
    shapes: dict[tuple[int, str], list[int]] = {}
    for row, line in enumerate(lines):
        shape = len(line), line[: line.rfind(":") + 1]
        if (rows := shapes.get(shape)) is not None:
            rows.append(row)
        elif len(shapes) < _MOST_SHAPES:
            shapes[shape] = [row]
        else:
            return None
    digests: dict[str, list[tuple[list[int], NDArray[np.uint8]]]] = {}
    hashes: dict[str, list[tuple[list[int], NDArray[np.uint8]]]] = {}
    for (size, prefix), rows in shapes.items():
        names = _names(lines[rows[0]], prefix, size)
        values = [lines[row][len(prefix) :] for row in rows]
        codes = codes_of(values, size - len(prefix)) if names else None
        if codes is None:
            return None
        for name in names:
            (digests if name in DIGITS else hashes).setdefault(name, []).append((rows, codes))
    count = len(lines)
    return Batch(
        number,
        count,
        {name: _joined(parts, count) for name, parts in digests.items()},
        {name: _joined(parts, count) for name, parts in hashes.items()},
    )


def _alike(block: bytes, number: int) -> Batch | None:
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
    line = first.decode("utf-8", "replace")
    names = _names(line, line[: line.rfind(":") + 1], len(line))
    values = _PAIRS[np.ascontiguousarray(table[:, digits]).view("<u2")]
    if not names or (values == _NO_HEX).any():
        return None
    column = Column(values.astype(np.uint8))
    return Batch(
        number,
        len(table),
        {name: column for name in names if name in DIGITS},
        {name: column for name in names if name not in DIGITS},
    )


def _names(line: str, prefix: str, size: int) -> list[str]:
    """What all lines of this kind are, by one of them; nothing where that depends on the digits."""
    model = next(_rows(line, 1), None)
    if not isinstance(model, Entry):
        return []
    names = [name for name, _ in model.digests.items()]
    names += [known.hash.algorithm for known in model.hashes]
    if any(digits_of(name) != size - len(prefix) for name in names):
        return []
    # How long a value is does not always say of which hash of a family it is.
    name = prefix.removesuffix(":")
    return [] if name and families.unsized_family(algorithm_id(name)) else names


def _joined(parts: "list[tuple[list[int], NDArray[np.uint8]]]", count: int) -> Column:
    """The values of one name, of lines that are written in several ways, by row."""
    rows = np.concatenate([np.array(which, np.uint32) for which, _ in parts])
    codes = np.concatenate([each for _, each in parts])
    if len(parts) > 1:
        order = np.argsort(rows)
        rows, codes = rows[order], codes[order]
    return Column(codes) if len(rows) == count else Column(codes, rows)
