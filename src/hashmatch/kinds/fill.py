"""Long runs of one byte, as of holes and of space that was never written to."""

from typing import Final

_BLOCK: Final = 1 << 16
_ZEROS: Final = bytes(_BLOCK)


def behind_run(data: bytes, place: int = 0, byte: bytes = b"\0") -> int:
    """The first place from one on at which another byte stands; the end where there is none.

    It is found at the speed of memory: `bytes.lstrip` takes a byte at a time.

    >>> behind_run(b"ab" + bytes(70_000) + b"c", 2)
    70002
    """
    block = _ZEROS if byte == b"\0" else byte * _BLOCK
    while data.startswith(block, place):
        place += _BLOCK
    last = data[place : place + _BLOCK]
    return place + len(last) - len(last.lstrip(byte))
