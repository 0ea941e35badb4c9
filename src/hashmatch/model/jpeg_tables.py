"""Quantisation tables that programs are known to write, in the order in which files hold them."""

from typing import Final

ENTRIES: Final = 64
QUALITIES: Final = range(1, 101)
_MIDDLE: Final = 50
_GREATEST: Final = 255

LUMA: Final = (
    *(16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40),
    *(26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51),
    *(56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87),
    *(95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99),
)
"""Table K.1 of ITU-T T.81: of brightness."""
CHROMA: Final = (
    *(17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99),
    *((99,) * 48),
)
"""Table K.2: of colours."""
MOZJPEG: Final = (
    *(16, 16, 16, 16, 17, 16, 18, 20, 20, 18, 25, 27, 24, 27, 25, 37),
    *(34, 31, 31, 34, 37, 56, 40, 43, 40, 43, 40, 56, 85, 53, 62, 53),
    *(53, 62, 53, 85, 75, 91, 74, 69, 74, 91, 75, 135, 106, 94, 94, 106),
    *(135, 156, 131, 124, 131, 156, 189, 169, 169, 189, 238, 226, 238, 311, 311, 418),
)
"""The default table of mozjpeg, of brightness and of colours (`jcparam.c`, the fourth)."""


def scaled(table: tuple[int, ...], quality: int) -> bytes:
    """A table at a quality of 1 to 100, as libjpeg scales it (`jpeg_quality_scaling`)."""
    scale = 5000 // quality if quality < _MIDDLE else 200 - 2 * quality
    return bytes(min(max((each * scale + 50) // 100, 1), _GREATEST) for each in table)
