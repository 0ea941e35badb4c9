"""The orientation that the header of a JPEG XL names (ISO/IEC 18181-1, annex D)."""

from collections.abc import Iterator
from typing import Final

from hashmatch.model.orientation import Orientation

_STREAM: Final = b"\xff\x0a"
_HEAD: Final = 64
"""Bytes of the code stream that are looked at: the header in question takes fewer."""
_SIDES: Final = (9, 13, 18, 30)
"""Bits of a side, by its two bits of choice."""
_WHOLE, _PART = b"jxlc", b"jxlp"


def orientation_of(data: bytes) -> Orientation:
    """How the picture is to be turned; upright where the file does not say.

    Args:
        data: a JPEG XL file: a bare code stream, or one in boxes.
    """
    stream = data if data.startswith(_STREAM) else b"".join(_parts(data))
    if not stream.startswith(_STREAM):
        return Orientation.UPRIGHT
    bits = _Bits(stream[len(_STREAM) : _HEAD])
    _pass_size(bits)
    is_default = bits.read(1)
    if is_default or not bits.read(1):
        return Orientation.UPRIGHT
    return Orientation(1 + bits.read(3))


class _Bits:
    """Bits from the lowest of each byte on; zeros behind the end."""

    def __init__(self, data: bytes) -> None:
        self._left = int.from_bytes(data, "little")

    def read(self, count: int) -> int:
        value = self._left & ((1 << count) - 1)
        self._left >>= count
        return value


def _pass_size(bits: _Bits) -> None:
    is_small = bits.read(1)
    for is_width in (False, True):
        if is_width and bits.read(3):
            # The width follows from the height by a ratio.
            return
        bits.read(5 if is_small else _SIDES[bits.read(2)])


def _parts(data: bytes) -> Iterator[bytes]:
    """The begin of the code stream, from its boxes."""
    at, found = 0, 0
    while at + 8 <= len(data) and found < _HEAD:
        size, kind, head = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16]), 16
        end = at + size if size else len(data)
        if end < at + head:
            return
        if kind in (_WHOLE, _PART):
            # Each part begins with its number.
            part = data[at + head + 4 * (kind == _PART) : min(end, at + head + _HEAD)]
            found += len(part)
            yield part
        at = end
