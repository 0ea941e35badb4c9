"""Damaged files: what time, transfer and attackers do to valid ones; the same for the same number.

`mutant("png-palette", 17)` is one damaged file. `TRICKS` are the ways to damage one.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from tests.support.valid_files import valid_files

_HEADER = 512
_EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One damaged file.

    Attributes:
        seed: name of the valid file.
        number: with `seed`, all that is needed to make it again.
        tricks: what was done to it, in order.
        data: its bytes.
    """

    seed: str
    number: int
    tricks: tuple[str, ...]
    data: bytes


def mutant(seed: str, number: int, files: Mapping[str, bytes] | None = None) -> Mutant:
    """The damaged file of this number, of pictures unless other files are given."""
    random = Random(f"{seed}:{number}")
    data, done = bytearray((files or valid_files())[seed]), []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        name = random.choice(list(TRICKS))
        TRICKS[name](data, random)
        done.append(name)
    if data[:4] == b"\x89PNG" and random.random() < 0.7:
        correct_checksums(data)
        done.append("correct_checksums")
    return Mutant(seed, number, tuple(done), bytes(data))


def _place(data: bytearray, random: Random) -> int:
    """Somewhere in the file; every other time in its header."""
    end = min(len(data), _HEADER) if random.random() < 0.5 else len(data)
    return random.randrange(max(1, end))


def flip_bits(data: bytearray, random: Random) -> None:
    for _ in range(random.choice((1, 1, 2, 4, 16, 64))):
        if data:
            data[_place(data, random) % len(data)] ^= 1 << random.randrange(8)


def overwrite(data: bytearray, random: Random) -> None:
    """Random bytes, zeros or ones over a stretch."""
    at, length = _place(data, random), random.choice((1, 2, 4, 16, 200))
    length = min(length, len(data) - at)
    filler = random.choice((b"\0", b"\xff", None))
    data[at : at + length] = filler * length if filler else random.randbytes(max(0, length))


def truncate(data: bytearray, random: Random) -> None:
    del data[_place(data, random) :]


def lose_chunk(data: bytearray, random: Random) -> None:
    at = _place(data, random)
    del data[at : at + random.choice((1, 4, 32, 512, 4096))]


def repeat_chunk(data: bytearray, random: Random) -> None:
    at = _place(data, random)
    chunk = data[at : at + random.choice((1, 4, 32, 512, 4096))]
    data[at:at] = chunk * random.choice((1, 1, 2, 20))


def move_chunk(data: bytearray, random: Random) -> None:
    at, length = _place(data, random), random.choice((4, 32, 512))
    chunk = data[at : at + length]
    del data[at : at + length]
    to = _place(data, random)
    data[to:to] = chunk


def foreign_header(data: bytearray, random: Random) -> None:
    """The first bytes of another file, in place of ours or before ours."""
    head = valid_files()[random.choice(_names())][: random.choice((4, 8, 12, 16, 32, 64))]
    data[: len(head) if random.random() < 0.7 else 0] = head


def foreign_chunk(data: bytearray, random: Random) -> None:
    other = valid_files()[random.choice(_names())]
    start, at = random.randrange(len(other)), _place(data, random)
    chunk = other[start : start + random.choice((8, 64, 512))]
    data[at : at + random.choice((0, len(chunk)))] = chunk


def extreme_integer(data: bytearray, random: Random) -> None:
    """Integers of 1, 2 or 4 bytes in the header at their limits."""
    for _ in range(random.choice((1, 1, 2, 4))):
        size = random.choice((1, 2, 4))
        value = random.choice(_EXTREMES) & (1 << 8 * size) - 1
        at = random.randrange(max(1, min(len(data), 256) - size))
        if at + size <= len(data):
            data[at : at + size] = value.to_bytes(size, random.choice(("big", "little")))


def leading_garbage(data: bytearray, random: Random) -> None:
    data[:0] = random.randbytes(random.choice((1, 2, 16, 300, 5000)))


def noise_behind_magic(data: bytearray, random: Random) -> None:
    kept = random.choice((12, 16, 24, 32, 64, 128))
    data[kept:] = random.randbytes(random.choice((0, 10, 100, 1000, len(data))))


def repeat_all(data: bytearray, random: Random) -> None:
    data *= random.choice((2, 3))


TRICKS: dict[str, Callable[[bytearray, Random], None]] = {
    trick.__name__: trick
    for trick in (
        flip_bits,
        overwrite,
        truncate,
        lose_chunk,
        repeat_chunk,
        move_chunk,
        foreign_header,
        foreign_chunk,
        extreme_integer,
        leading_garbage,
        noise_behind_magic,
        repeat_all,
    )
}


@cache
def _names() -> tuple[str, ...]:
    return tuple(valid_files())


def correct_checksums(png: bytearray) -> None:
    """Make every chunk's CRC right, so that damage gets past the first check."""
    at = 8
    while at + 12 <= len(png):
        end = at + 8 + int.from_bytes(png[at : at + 4])
        if end + 4 > len(png):
            return
        png[end : end + 4] = zlib.crc32(png[at + 4 : end]).to_bytes(4)
        at = end + 4
