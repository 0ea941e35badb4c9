"""The head of the write-ahead log of an SQLite database."""

from typing import Final

from hashmatch.kinds.magic import Magic

HEAD: Final = 32
"""Bytes of the head."""
SUFFIX: Final = "-wal"
"""What the name of the log has behind that of its database."""
_MAGIC: Final = Magic(rb"\x37\x7f\x06[\x82\x83]\x00\x2d\xe2\x18")
_SMALLEST_PAGE: Final = 512
_LARGEST_PAGE: Final = 65536


def is_log(head: bytes) -> bool:
    """Whether a file with these first bytes is such a log: its checksum is right."""
    if len(head) < HEAD or not _MAGIC.match(head):
        return False
    size = int.from_bytes(head[8:12], "big")
    is_size = _SMALLEST_PAGE <= size <= _LARGEST_PAGE and not size & size - 1
    said = int.from_bytes(head[24:28], "big"), int.from_bytes(head[28:32], "big")
    return is_size and checksum_of_head(head) == said


def checksum_of_head(head: bytes) -> tuple[int, int]:
    """Both sums of a head; those of the first frame go on from them."""
    order = "big" if head[3] & 1 else "little"
    first = second = 0
    for at in range(0, HEAD - 8, 8):
        one, two = (int.from_bytes(head[each : each + 4], order) for each in (at, at + 4))  # type: ignore[arg-type]
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second
