"""A compressed file that expands to itself.

After Russ Cox, "Zip Files All The Way Down" (2010): instructions that copy what follows
them, and that repeat what was written last, each of five bytes, so that they copy each other.
"""

import struct
import zlib

_NAMES = (b"%04d" % number for number in range(100))


def _literal(count: int) -> bytes:
    """Copy so many bytes that follow."""
    return struct.pack("<BHH", 0, count, 0xFFFF ^ count)


def _repeat(count: int) -> bytes:
    """Repeat the last 17 to 20 bytes, in two matches that take 30 bits: five bytes in all."""
    half = 10
    bits = [0, 1, 0]
    for length in (half, count - half):
        bits += _code(length - 2, 7)
        bits += _code(8, 5)
        bits += [(count - 17) >> bit & 1 for bit in range(3)]
    bits += [0] * 7
    assert len(bits) == 40
    return sum(bit << place for place, bit in enumerate(bits)).to_bytes(5, "little")


def _code(value: int, width: int) -> list[int]:
    """A Huffman code, its first bit first."""
    return [value >> bit & 1 for bit in reversed(range(width))]


def _program(name: bytes, checksum: int, size: int) -> bytes:
    head = b"\x1f\x8b\x08\x08" + bytes(6) + name + b"\0"
    end = b"\x01\0\0\xff\xff" + struct.pack("<LL", checksum, size)
    four, one, none = _literal(20), _literal(5), _literal(0)
    again, last, over = _repeat(20), _literal(18), _repeat(18)
    return b"".join(
        (
            *(head, four, head, four, again, one, again, one, one),
            *(four, again, one, one, four, again),
            *(four, again, four, again, four, again),
            *(four, again, none, none, last, again, none, none, last),
            *(over, end, over, end),
        )
    )


def quine() -> bytes:
    """A gzip-compressed file that holds itself, with its right checksum."""
    for name in _NAMES:
        size = len(_program(name, 0, 0))

        def checksum(value: int, name: bytes = name, size: int = size) -> int:
            return zlib.crc32(_program(name, value, size))

        found = _fixed_point(checksum(0), [checksum(1 << bit) ^ checksum(0) for bit in range(32)])
        if found is not None:
            return _program(name, found, size)
    msg = "no name gives a checksum of itself"
    raise ValueError(msg)


def _fixed_point(constant: int, columns: list[int]) -> int | None:
    """The value that an affine function over bits maps to itself; None if there is none."""
    rows = []
    for bit in range(32):
        row = sum(((column >> bit) & 1) << place for place, column in enumerate(columns))
        rows.append((row ^ (1 << bit)) | ((constant >> bit) & 1) << 32)
    for place in range(32):
        pivot = next((n for n in range(place, 32) if rows[n] >> place & 1), None)
        if pivot is None:
            return None
        rows[place], rows[pivot] = rows[pivot], rows[place]
        for n in range(32):
            if n != place and rows[n] >> place & 1:
                rows[n] ^= rows[place]
    return sum((row >> 32 & 1) << place for place, row in enumerate(rows))
