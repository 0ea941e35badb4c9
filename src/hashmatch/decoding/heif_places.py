"""Where the bytes of a HEIF file's items lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

IN_FILE: Final = 0
"""How an item is stored whose bytes lie anywhere in the file."""
IN_IDAT: Final = 1
"""How an item is stored whose bytes lie in the box `idat`."""
_MOST_PIECES: Final = 1 << 16
"""Pieces of all items that are read; a box without numbers could have as many for no bytes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one item lies.

    Attributes:
        item: its number.
        method: how it is stored.
        elsewhere: the number of the reference to another file that holds it; 0 for this one.
        pieces: first byte and length of each piece, in bytes; a length of 0 is the rest.
    """

    item: int
    method: int
    elsewhere: int
    pieces: tuple[tuple[int, int], ...]


def places(body: bytes) -> Iterator[Place]:
    """Places in the content of a box `iloc`, up to the first that is not whole there."""
    version = body[0] if body else 0
    at = 4

    def take(length: int) -> int:
        nonlocal at
        at += length
        return int.from_bytes(body[at - length : at])

    sizes, more = take(1), take(1)
    has_method = version in (1, 2)
    index = more & 15 if has_method else 0
    wide = 2 if version < 2 else 4  # noqa: PLR2004 (the version with long numbers)
    left = _MOST_PIECES
    for _ in range(min(take(wide), _MOST_PIECES)):
        item = take(wide)
        method = take(2) & 15 if has_method else IN_FILE
        elsewhere = take(2)
        base = take(more >> 4)
        count = take(2)
        left -= count
        nothing = not index + (sizes >> 4) + (sizes & 15)
        if at > len(body) or left < 0 or (nothing and count > 1):
            return
        pieces = []
        for _ in range(count):
            take(index)
            start = base + take(sizes >> 4)
            pieces.append((start, take(sizes & 15)))
        if at > len(body):
            return
        yield Place(item, method, elsewhere, tuple(pieces))
