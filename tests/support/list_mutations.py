"""Damaged hash lists: what editors, transfer and attackers do to valid ones, by number.

`mutant("csv/comma", 17)` is one damaged file. Seeds are those of all `*_list_seeds.py` beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from random import Random

_SPICE = (
    *(
        b"\0",
        b"\xff",
        b'"',
        b'""',
        b",",
        b";",
        b"\n",
        b"\r",
        b"\r\n",
        b"\t",
        b"{",
        b"}",
        b"[",
        b"]",
    ),
    *(b"<", b">", b"&", b"<!--", b"]]>", b"<![CDATA[", b"&#0;", b"\\", b"\\u0000", b"\xed\xa0\x80"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"%%%%", b"# ", b"null", b"1e999", b"-1", b"9" * 5000),
    *(b'<!DOCTYPE x [<!ENTITY a "b">]>', "\u2028".encode(), "\uff11".encode(), b"a" * 70_000),
)
_NESTS = (b"[", b"{", b'{"a":', b"[[", b"<a>", b'"', b"(", b"<image>", b'[{"Media":')


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


_LARGEST = 32 << 20
"""Bytes of a mutant: tricks upon tricks would make files that only test the machine."""


@cache
def seeds() -> dict[str, bytes]:
    """The valid files of all formats, by `format/variant`."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*_list_seeds.py"))
    found: dict[str, bytes] = {}
    for name in names:
        found |= import_module(f"{__package__}.{name}").SEEDS
    return found


def mutant(seed: str, number: int) -> Mutant:
    """The damaged file of this number."""
    random = Random(f"{seed}:{number}")
    data, done = bytearray(seeds()[seed]), []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        name = random.choice(list(TRICKS))
        TRICKS[name](data, random)
        del data[_LARGEST:]
        done.append(name)
    return Mutant(seed, number, tuple(done), bytes(data))


def _place(data: bytearray, random: Random) -> int:
    return random.randrange(max(1, len(data)))


def flip_bits(data: bytearray, random: Random) -> None:
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        if data:
            data[_place(data, random)] ^= 1 << random.randrange(8)


def truncate(data: bytearray, random: Random) -> None:
    del data[_place(data, random) :]


def shuffle_rows(data: bytearray, random: Random) -> None:
    rows = data.split(b"\n")
    first = random.choice((0, 1, 2))
    rest = rows[first:]
    random.shuffle(rest)
    data[:] = b"\n".join([*rows[:first], *rest])


def repeat_rows(data: bytearray, random: Random) -> None:
    rows = data.split(b"\n")
    at = random.randrange(len(rows))
    repeated = rows[at : at + random.choice((1, 2, 5))] * random.choice((1, 2, 300))
    rows[at:at] = repeated[: 1 + _LARGEST // (1 + max(map(len, rows)))]
    data[:] = b"\n".join(rows)


def insert_bytes(data: bytearray, random: Random) -> None:
    at = _place(data, random)
    data[at:at] = random.choice(
        (random.choice(_SPICE), random.randbytes(random.choice((1, 4, 64))))
    )


def overwrite(data: bytearray, random: Random) -> None:
    spice = random.choice(_SPICE)
    at = _place(data, random)
    data[at : at + len(spice)] = spice


def swap_chunks(data: bytearray, random: Random) -> None:
    length = random.choice((1, 4, 32, 200))
    one, other = sorted((_place(data, random), _place(data, random)))
    if one + length <= other:
        first, second = data[one : one + length], data[other : other + length]
        data[other : other + length], data[one : one + length] = first, second


def repeat_chunk(data: bytearray, random: Random) -> None:
    at = _place(data, random)
    chunk = data[at : at + random.choice((1, 16, 100, 1000))]
    data[at:at] = chunk * random.choice((1, 2, 20, 500))


def lose_chunk(data: bytearray, random: Random) -> None:
    at = _place(data, random)
    del data[at : at + random.choice((1, 4, 32, 512))]


def foreign_chunk(data: bytearray, random: Random) -> None:
    other = seeds()[random.choice(list(seeds()))]
    start, at = random.randrange(len(other)), _place(data, random)
    chunk = other[start : start + random.choice((8, 64, 512))]
    data[at : at + random.choice((0, len(chunk)))] = chunk


def nest_deeply(data: bytearray, random: Random) -> None:
    at = _place(data, random)
    data[at:at] = random.choice(_NESTS) * random.choice((30, 1000, 100_000))


def other_encoding(data: bytearray, random: Random) -> None:
    encoding = random.choice(("utf-16", "utf-16-be", "utf-8-sig", "utf-32", "utf-7"))
    data[:] = data.decode("latin-1").encode(encoding)


TRICKS: dict[str, Callable[[bytearray, Random], None]] = {
    trick.__name__: trick
    for trick in (
        flip_bits,
        truncate,
        shuffle_rows,
        repeat_rows,
        insert_bytes,
        overwrite,
        swap_chunks,
        repeat_chunk,
        lose_chunk,
        foreign_chunk,
        nest_deeply,
        other_encoding,
    )
}
