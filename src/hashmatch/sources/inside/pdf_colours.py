"""Pixels of pictures in PDF: samples of any depth and colour space as samples of eight bits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.inside.made_tiff import CMYK, GREY, RGB

Samples = NDArray[np.uint8]

_NAMED: Final = {
    "/DeviceGray": 1,
    "/CalGray": 1,
    "/G": 1,
    "/DeviceRGB": 3,
    "/CalRGB": 3,
    "/RGB": 3,
    "/DeviceCMYK": 4,
    "/CMYK": 4,
}
_MEANING: Final = {1: GREY, 3: RGB, 4: CMYK}
_DEPTHS: Final = (1, 2, 4, 8, 16)


@dataclass(frozen=True, slots=True)
class Colours:
    """What the samples of a picture mean.

    Attributes:
        stored: samples of a pixel as they are stored.
        shown: samples of a pixel once a palette is applied.
        palette: of the colours that a sample stands for; None where it stands for itself.
        inverted: whether the largest value is the darkest, as of an ink.
    """

    stored: int
    shown: int
    palette: Samples | None = None
    inverted: bool = False

    @property
    def meaning(self) -> int:
        """The photometric interpretation, as TIFF numbers it."""
        return _MEANING[self.shown]


def colours_of(space: Any, data_of: Any, depth: int = 0) -> Colours:  # noqa: ANN401 # pikepdf's objects
    """What a colour space says.

    Args:
        space: name or array.
        data_of: gives the bytes of a stream or string.
        depth: how many spaces lie around it.

    Raises:
        UnreadableError: it is a space that is not read.
    """
    import pikepdf

    parts = list(space) if isinstance(space, pikepdf.Array) else [space]
    name = str(parts[0]) if parts else ""
    if name in _NAMED:
        return _plain(_NAMED[name])
    if name == "/ICCBased" and len(parts) > 1:
        return _plain(int(parts[1].get("/N", 3)))
    if name in ("/Separation", "/DeviceN") and len(parts) > 1:
        inks = len(parts[1]) if name == "/DeviceN" else 1
        if inks == 1:
            return Colours(1, 1, inverted=True)
        return _plain(inks if inks == 4 else 0)  # noqa: PLR2004
    if name in ("/Indexed", "/I") and len(parts) > 3 and not depth:  # noqa: PLR2004
        base = colours_of(parts[1], data_of, depth + 1)
        table = data_of(parts[3])[: 256 * base.stored]
        palette = np.zeros(256 * base.stored, np.uint8)
        palette[: len(table)] = np.frombuffer(table, np.uint8)
        if base.inverted:
            palette = 255 - palette
        return Colours(1, base.shown, palette.reshape(256, base.stored))
    detail = f"colour space {name[1:30]} of a picture in a PDF document"
    raise UnreadableError(Reason.UNSUPPORTED, detail)


def _plain(count: int) -> Colours:
    if count not in _MEANING:
        detail = f"a picture of {count} inks in a PDF document"
        raise UnreadableError(Reason.UNSUPPORTED, detail)
    return Colours(count, count)


def row_bytes(width: int, samples: int, depth: int) -> int:
    """Bytes of a row.

    Raises:
        UnreadableError: there are no such samples.
    """
    if depth not in _DEPTHS:
        detail = f"samples of {depth} bits in a PDF document"
        raise UnreadableError(Reason.DAMAGED, detail)
    return (width * samples * depth + 7) // 8


def shown(
    data: bytes, width: int, depth: int, colours: Colours, decode: Sequence[float]
) -> Samples:
    """Rows of pixels of eight-bit samples: as many rows as there are bytes for.

    Args:
        data: rows, each from a whole byte.
        width: pixels of a row.
        depth: bits of a sample.
        colours: what samples mean.
        decode: smallest and largest value of each sample; empty where as usual.
    """
    count = colours.stored
    row = row_bytes(width, count, depth)
    height = -(-len(data) // row)
    rows = np.frombuffer(data.ljust(height * row, b"\0"), np.uint8).reshape(height, row)
    samples = _unpacked(rows, depth)[:, : width * count].reshape(height, width, count)
    most = (1 << min(depth, 8)) - 1
    values = np.arange(256) / most
    pairs = list(zip(decode[::2], decode[1::2], strict=False))[:count]
    for number in range(count):
        low, high = pairs[number] if number < len(pairs) else (0.0, 0.0)
        if low == high:
            low, high = 0.0, most if colours.palette is not None else 1.0
        if colours.inverted:
            low, high = 1 - low, 1 - high
        scale = 1 if colours.palette is not None else 255
        table = np.clip((low + values * (high - low)) * scale + 0.5, 0, 255).astype(np.uint8)
        if not np.array_equal(table, np.arange(256)):
            samples[:, :, number] = table[samples[:, :, number]]
    return samples if colours.palette is None else colours.palette[samples[:, :, 0]]


def _unpacked(rows: Samples, depth: int) -> Samples:
    """One sample a byte; of those of 16 bits the upper half."""
    if depth == 16:  # noqa: PLR2004
        return rows[:, ::2].copy()
    if depth == 8:  # noqa: PLR2004
        return rows.copy()
    parts = [rows >> shift & (1 << depth) - 1 for shift in range(8 - depth, -1, -depth)]
    return np.stack(parts, axis=2).reshape(len(rows), -1)
