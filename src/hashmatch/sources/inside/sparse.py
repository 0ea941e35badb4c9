"""Members of tar archives of which only the regions that are no holes are stored."""

from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.inside.base import Budget
from hashmatch.sources.inside.streams import Stream

_BLOCK: Final = 512
_MOST_REGIONS: Final = 1 << 18
Map = tuple[int, list[tuple[int, int]]]
"""Size of a member, and its regions: offset and length of each."""


class Sparse(Stream):
    """A member with its holes, which are zeros."""

    def __init__(
        self, file: BinaryIO, size: int, regions: list[tuple[int, int]], budget: Budget
    ) -> None:
        """Begin.

        Args:
            file: the bytes of the regions, one behind the other.
            size: of the member.
            regions: offset and length of each.
            budget: to be told of bytes.
        """
        self._file, self._size, self._budget = file, size, budget
        self._regions = [each for each in regions if each[1]][::-1]
        self._place = 0

    def piece(self, size: int) -> bytes:
        """The next bytes.

        Raises:
            UnreadableError: the regions are not in order, or end too early.
        """
        left = self._size - self._place
        if self._regions:
            offset, length = self._regions[-1]
            if offset < self._place or offset + length > self._size:
                raise UnreadableError(Reason.CORRUPT_DATA, "its regions overlap")
            left = offset - self._place
            if not left:
                data = self._file.read(min(size, length))
                if not data:
                    raise UnreadableError(Reason.TRUNCATED, "its container ends before it")
                self._regions.pop()
                if len(data) < length:
                    self._regions.append((offset + len(data), length - len(data)))
                self._place += len(data)
                return data
        data = bytes(min(size, left))
        self._budget.bytes(len(data))
        self._place += len(data)
        return data


def old_map(header: bytes, read: Callable[[int], bytes]) -> Map:
    """The map of GNU's own old format: in the header, and in blocks behind it."""
    regions: list[tuple[int, int]] = []
    at, count, more = 386, 4, header[482:483]
    block, size = header, _octal(header[483:495])
    while True:
        for each in range(count):
            entry = block[at + 24 * each : at + 24 * each + 24]
            if entry.strip(b"\0"):
                regions.append((_octal(entry[:12]), _octal(entry[12:])))
        if more not in (b"\1", b"1") or len(regions) > _MOST_REGIONS:
            return size, regions
        block, at, count = read(_BLOCK), 0, 21
        more = block[504:505]


def pax_map(fields: Mapping[bytes, bytes]) -> Map | None:
    """The map of formats 0.0 and 0.1, in the fields before a member; None where there is none."""
    told = fields.get(b"GNU.sparse.map")
    if told is None:
        return None
    numbers = [_decimal(each) for each in told.split(b",")][: 2 * _MOST_REGIONS]
    size = _decimal(fields.get(b"GNU.sparse.size", fields.get(b"GNU.sparse.realsize", b"")))
    return size, list(zip(numbers[::2], numbers[1::2], strict=False))


def stored_map(file: BinaryIO, fields: Mapping[bytes, bytes]) -> Map:
    """The map of format 1.0, which stands before the data; they are read up to its end.

    Raises:
        UnreadableError: it is damaged.
    """
    buffer = b""

    def number() -> int:
        nonlocal buffer
        while b"\n" not in buffer:
            more = file.read(_BLOCK)
            if not more:
                raise UnreadableError(Reason.TRUNCATED, "its container ends before it")
            buffer += more
            if len(buffer) > 4 * _BLOCK:
                raise UnreadableError(Reason.CORRUPT_DATA, "its map of regions is damaged")
        line, _, buffer = buffer.partition(b"\n")
        return _decimal(line)

    count = number()
    if count > _MOST_REGIONS:
        raise UnreadableError(Reason.CORRUPT_DATA, "its map of regions is damaged")
    regions = [(number(), number()) for _ in range(count)]
    return _decimal(fields.get(b"GNU.sparse.realsize", b"")), regions


def _octal(data: bytes) -> int:
    if data[:1] == b"\x80":
        return int.from_bytes(data[1:], "big")
    digits = data.strip(b" \0")
    return int(digits, 8) if digits.isdigit() and not set(digits) & set(b"89") else 0


def _decimal(data: bytes) -> int:
    return int(data) if data.isdigit() and len(data) <= 20 else 0  # noqa: PLR2004
