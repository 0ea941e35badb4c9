"""Places where pictures may begin, beside what the expression alone finds."""

import re
from random import Random

import numpy as np
import pytest

from hashmatch.decoding import behind, starts
from hashmatch.kinds.pairs import pairs_of, places

_BEGINS = (
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
    b"GIF89a\x10\0\x10\0",
    b"RIFF\1\2\3\4WEBPVP8X",
    b"BM" + bytes(8) + b"\x36\0\0\0\x28\0\0\0\x10\0\0\0\x10\0\0\0\1\0\x18\0",
    b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08",
    b"\0\0\0\x1cftypavif",
    b"\0\0\0\x1cftypheic",
    b"\0\0\0\x0cjP  \r\n\x87\n",
    b"\0\0\0\x0cJXL \r\n\x87\n",
    b"8BPS\0\1" + bytes(6) + b"\0\3",
    b"GIF8BM\xff\xd8ftMMII",
)
_EDGES = (0, 1 << 14, 3 << 14, 7 << 14, 1 << 18, 1 << 19, 5 << 20)


@pytest.mark.parametrize("seed", range(6))
def test_all_places_are_those_of_the_expression_alone(seed: int) -> None:
    chance = Random(seed)
    size = 700_000
    fill = (bytes, chance.randbytes, lambda length: b"II*\0BMft" * (length // 8))[seed % 3]
    data = bytearray(fill(size))
    for _ in range(200):
        near = chance.choice(_EDGES) + chance.randrange(-40, 40)
        at = near if chance.random() < 0.5 else chance.randrange(size)
        begin = chance.choice(_BEGINS)
        if 0 <= at < size - len(begin):
            data[at : at + len(begin)] = begin
    shown = bytes(data[: size - chance.randrange(40)])
    for place in (0, 3, chance.randrange(size // 2)):
        expected = [(each.span(), each.lastgroup) for each in _whole().finditer(shown, place)]
        found = [(each.span(), each.lastgroup) for each in starts.picture_starts(shown, place)]
        assert found == expected
        assert len(found) > 20


def _whole() -> "re.Pattern[bytes]":
    return starts._PICTURE


def test_pairs_are_found_at_every_place() -> None:
    chance = Random(3)
    data = bytes(1 << 19) + bytes(chance.choices(b"AB\0", k=(1 << 18) + 5)) + bytes(3) + b"A"
    found = places(data, pairs_of(b"AB", b"\0A"), len(data) - 1).tolist()
    assert found == [
        at for at in range((1 << 19) - 4, len(data) - 1) if data[at : at + 2] in (b"AB", b"\0A")
    ]
    assert places(data, pairs_of(b"AB"), 100).size == 0
    assert np.array_equal(places(b"AB", pairs_of(b"AB"), 1), [0])


_TRAILERS = (
    re.compile(rb"SEFH.*SEFT\0*\Z", re.DOTALL),
    re.compile(rb"TAG.{125}\Z", re.DOTALL),
    re.compile(rb"APETAGEX.{24}(?:TAG.{125})?\Z", re.DOTALL),
    re.compile(rb"(?:AXS[!*]|cbipcbbl|CANON OPTIONAL DATA.*)\Z", re.DOTALL),
)


@pytest.mark.parametrize("seed", range(3))
def test_trailers_are_those_of_expressions(seed: int) -> None:
    chance = Random(seed)
    words = (b"SEFH", b"SEFT", b"SEFT\0\0", b"APETAGEX", b"AXS!", b"AXS*", b"cbipcbbl")
    pieces = (*words, b"TAG", b"CANON OPTIONAL DATA", bytes(24), bytes(125), b"x")
    seen = set()
    for _ in range(3000):
        data = b"".join(chance.choices(pieces, k=chance.randrange(1, 6)))
        expected = any(each.search(data) for each in _TRAILERS)
        assert behind._is_trailer(data) == expected, data
        seen.add(expected)
    assert seen == {True, False}
