"""How far the blocks of a RAR archive are whole: what lies before a cut can be read."""

import zlib
from collections.abc import Callable
from typing import Final, TypeAlias

_NEW, _OLD = b"Rar!\x1a\x07\x01\x00", b"Rar!\x1a\x07\x00"
_LONGEST_NUMBER: Final = 10
_HAS_EXTRA, _HAS_DATA = 1, 2
_Step: TypeAlias = Callable[[bytes, int], int]
_OLD_HAS_DATA: Final = 0x8000
_OLD_FILE, _OLD_SERVICE = 0x74, 0x7A
_LARGE: Final = 0x100
_NEW_END, _OLD_END = 5, 0x7B


def end_of_whole_blocks(data: bytes) -> tuple[int, bool]:
    """Where an archive ends, and whether its end mark stands there.

    Without one that is the end of the last block that misses no byte and whose header is not
    damaged; 0 where the archive is none, or its headers are encrypted.
    """
    step: _Step
    if data.startswith(_NEW):
        at, step = len(_NEW), _behind_new
    elif data.startswith(_OLD):
        at, step = len(_OLD), _behind_old
    else:
        return 0, False
    while at < len(data):
        behind = step(data, at)
        if not at < behind <= len(data):
            break
        is_end = _is_end(data, at, is_new=step is _behind_new)
        at = behind
        if is_end:
            # A block behind it is read by nobody.
            return at, True
    return at, False


def _is_end(data: bytes, at: int, *, is_new: bool) -> bool:
    if not is_new:
        return data[at + 2] == _OLD_END
    return number_at(data, number_at(data, at + 4)[1])[0] == _NEW_END


def _behind_new(data: bytes, at: int) -> int:
    """The end of a block of version 5; 0 where its header is damaged or cut."""
    size, place = number_at(data, at + 4)
    end = place + size
    crc = int.from_bytes(data[at : at + 4], "little")
    if not size or end > len(data) or zlib.crc32(data[at + 4 : end]) != crc:
        return 0
    _, place = number_at(data, place)
    flags, place = number_at(data, place)
    if flags & _HAS_EXTRA:
        _, place = number_at(data, place)
    return end + (number_at(data, place)[0] if flags & _HAS_DATA else 0)


def number_at(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = 0
    for place, each in enumerate(data[at : at + _LONGEST_NUMBER]):
        value |= (each & 127) << 7 * place
        if each < 128:  # noqa: PLR2004
            return value, at + place + 1
    return 0, at


def _behind_old(data: bytes, at: int) -> int:
    """The end of a block of versions before 5; 0 where its header is damaged or cut."""
    head = data[at : at + 36]
    size = int.from_bytes(head[5:7], "little")
    crc = int.from_bytes(head[:2], "little")
    if size < 7 or at + size > len(data):  # noqa: PLR2004
        return 0
    if zlib.crc32(data[at + 2 : at + size]) & 0xFFFF != crc:
        return 0
    kind, flags = head[2], int.from_bytes(head[3:5], "little")
    packed = 0
    if flags & _OLD_HAS_DATA or kind in (_OLD_FILE, _OLD_SERVICE):
        packed = int.from_bytes(head[7:11], "little")
        if flags & _LARGE and kind in (_OLD_FILE, _OLD_SERVICE):
            packed |= int.from_bytes(head[32:36], "little") << 32
    return at + size + packed
