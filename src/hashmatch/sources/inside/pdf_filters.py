"""Bytes of streams of PDF: filters undone, never further than wanted."""

import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hashmatch.sources.inside.base import Budget

Parameters = Mapping[str, Any]

_PIECE: Final = 1 << 20
_SHORT: Final = {
    "/AHx": "/ASCIIHexDecode",
    "/A85": "/ASCII85Decode",
    "/LZW": "/LZWDecode",
    "/Fl": "/FlateDecode",
    "/RL": "/RunLengthDecode",
    "/CCF": "/CCITTFaxDecode",
    "/DCT": "/DCTDecode",
}


def full_name(name: str) -> str:
    """The filter's name, for the short ones of inline images too."""
    return _SHORT.get(name, name)


def undone(data: bytes, name: str, parameters: Parameters, limit: int, budget: Budget) -> bytes:
    """The bytes that a filter was applied to, at most so many.

    What is damaged gives the bytes before the damage.

    Args:
        data: as stored.
        name: of the filter, in full.
        parameters: of the filter.
        limit: bytes that are wanted.
        budget: to be told of bytes.

    Raises:
        LookupError: it is a filter that is not undone here.
        LimitError: of the budget.
    """
    limit += 1 + limit // 8 if _predictor(parameters) >= _PNG else 0
    if name == "/FlateDecode":
        made = _inflated(data, limit, budget)
    elif name == "/LZWDecode":
        made = _unpacked(data, limit, early=int(parameters.get("/EarlyChange", 1)))
    else:
        made = _PLAIN[name](data, limit)[:limit]
    budget.bytes(0 if name == "/FlateDecode" else len(made))
    return unpredicted(made, parameters)


def _inflated(data: bytes, limit: int, budget: Budget) -> bytes:
    unpacker = zlib.decompressobj()
    pieces, count, rest = [], 0, data
    try:
        while count < limit and not unpacker.eof:
            piece = unpacker.decompress(rest, min(_PIECE, limit - count))
            if not piece and not unpacker.unconsumed_tail:
                break
            budget.bytes(len(piece))
            pieces.append(piece)
            count += len(piece)
            rest = unpacker.unconsumed_tail
    except zlib.error:
        pass
    return b"".join(pieces)


_CLEAR: Final = 256
_END: Final = 257
_CODES: Final = 4096
_SLACK: Final = 1 << 10
"""Characters besides those that encode what is wanted, as spaces between them."""


def _unpacked(data: bytes, limit: int, *, early: int) -> bytes:
    """What LZW compressed: codes of 9 to 12 bits, the highest bit first."""
    table = [bytes([each]) for each in range(256)] + [b"", b""]
    made, count = [], 0
    bits, held, width, last = 0, 0, 9, b""
    for byte in data:
        bits, held = bits << 8 | byte, held + 8
        if held < width:
            continue
        held -= width
        code, bits = bits >> held, bits & (1 << held) - 1
        if code == _END or count >= limit:
            break
        if code == _CLEAR:
            del table[258:]
            width, last = 9, b""
            continue
        if code < len(table):
            text = table[code]
        elif last:
            text = last + last[:1]
        else:
            break
        made.append(text)
        count += len(text)
        if last and len(table) < _CODES:
            table.append(last + text[:1])
        last = text
        width = min(12, max(9, (len(table) + early).bit_length()))
    return b"".join(made)[:limit]


def _from_hex(data: bytes, limit: int) -> bytes:
    data = data[: 4 * limit + _SLACK]
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", data.partition(b">")[0])
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _from_85(data: bytes, limit: int) -> bytes:
    import base64

    data = data[: 4 * limit + _SLACK]
    text = data.partition(b"~")[0]
    while text:
        try:
            return base64.a85decode(re.sub(rb"[^!-uz]", b"", text))
        except ValueError:
            text = text[: len(text) // 2]
    return b""


def _from_runs(data: bytes, limit: int) -> bytes:
    made, place = bytearray(), 0
    while place < len(data) and len(made) < limit:
        length = data[place]
        if length == 128:  # noqa: PLR2004
            break
        if length < 128:  # noqa: PLR2004
            made += data[place + 1 : place + 2 + length]
            place += 2 + length
        else:
            made += data[place + 1 : place + 2] * (257 - length)
            place += 2
    return bytes(made)


_PLAIN: Final[Mapping[str, Callable[[bytes, int], bytes]]] = {
    "/ASCIIHexDecode": _from_hex,
    "/ASCII85Decode": _from_85,
    "/RunLengthDecode": _from_runs,
    "/Crypt": lambda data, _: data,
}

_Row = NDArray[np.uint8]

_TIFF: Final = 2
_PNG: Final = 10


def _predictor(parameters: Parameters) -> int:
    return int(parameters.get("/Predictor", 1))


def unpredicted(data: bytes, parameters: Parameters) -> bytes:
    """Rows of samples of which the differences are stored."""
    predictor = _predictor(parameters)
    if predictor < _TIFF:
        return data
    colours, depth, columns = (
        min(max(int(parameters.get(name, default)), 1), 1 << 20)
        for name, default in (("/Colors", 1), ("/BitsPerComponent", 8), ("/Columns", 1))
    )
    row, step = (colours * depth * columns + 7) // 8, max(1, colours * depth // 8)
    if predictor >= _PNG:
        return _from_png(data, row, step)
    if depth != 8:  # noqa: PLR2004
        return data
    pixels = np.frombuffer(data[: len(data) // row * row], np.uint8).reshape(-1, columns, colours)
    return np.cumsum(pixels, axis=1, dtype=np.uint8).tobytes()


def _from_png(data: bytes, row: int, step: int) -> bytes:
    """Rows that begin with the number of their predictor, as in PNG."""
    above = np.zeros(row, np.uint8)
    made = []
    for place in range(0, len(data), row + 1):
        line = np.frombuffer(data[place + 1 : place + 1 + row].ljust(row, b"\0"), np.uint8)
        above = _from_row(data[place], line, above, step)
        made.append(above.tobytes())
    return b"".join(made)


def _from_row(kind: int, line: _Row, above: _Row, step: int) -> _Row:
    if kind == 2:  # noqa: PLR2004
        return line + above
    if kind == 1:
        short = -len(line) % step
        padded = np.pad(line, (0, short)).reshape(-1, step)
        return np.cumsum(padded, axis=0, dtype=np.uint8).reshape(-1)[: len(line)]
    if kind not in (3, 4):
        return line
    made = bytearray(line.tobytes())
    before = above.tobytes()
    for place in range(len(made)):
        left = made[place - step] if place >= step else 0
        up, corner = before[place], before[place - step] if place >= step else 0
        if kind == 3:  # noqa: PLR2004
            made[place] = made[place] + (left + up) // 2 & 0xFF
        else:
            made[place] = made[place] + _nearest(left, up, corner) & 0xFF
    return np.frombuffer(bytes(made), np.uint8)


def _nearest(left: int, up: int, corner: int) -> int:
    """What Paeth's predictor says."""
    aim = left + up - corner
    to_left, to_up, to_corner = abs(aim - left), abs(aim - up), abs(aim - corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner
