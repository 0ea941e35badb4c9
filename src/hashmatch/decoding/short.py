"""Cut files of formats whose readers fill up what is missing, or take it for something else."""

from dataclasses import replace
from typing import Final

from hashmatch.decoding.decoded import Decoded
from hashmatch.errors import Reason

_DDS_HEADER: Final = 128
_DDS_INDEXED, _DDS_UNPACKED = 0x20, 0x20 | 0x40 | 0x20000
_DDS_PALETTE: Final = 1024
_PCX_HEADER: Final = 128
_PCX_PALETTE: Final = 769
"""Bytes of a mark and 256 colours at the end of the file."""
_PCX_MARK: Final = 0x0C
_RUN: Final = 0xC0


def with_what_is_missing(decoded: Decoded, kind: str, data: bytes) -> Decoded:
    """The picture, cut where its header says so and its reader did not.

    Args:
        decoded: as the reader gave it.
        kind: `dds` or `pcx`.
        data: the file.
    """
    share = _share_of_dds(data) if kind == "dds" else _share_of_pcx(data)
    if decoded.reason is not None or share >= 1:
        return decoded
    return replace(decoded, reason=Reason.TRUNCATED, fraction=min(decoded.fraction, share))


def _share_of_dds(data: bytes) -> float:
    """The share of a texture's pixels that is there, where they are not compressed; else 1.

    Pillow 12 fills up with zeros.
    """
    flags, bits = (int.from_bytes(data[at : at + 4], "little") for at in (80, 88))
    height, width = (int.from_bytes(data[at : at + 4], "little") for at in (12, 16))
    if not flags & _DDS_UNPACKED or not width * height * bits:
        return 1.0
    start = _DDS_HEADER + (_DDS_PALETTE if flags & _DDS_INDEXED else 0)
    return min(1.0, max(0, len(data) - start) / (width * height * bits / 8))


def _share_of_pcx(data: bytes) -> float:
    """The share of the file that is there, pixels and palette; 1 where it is whole.

    Of a file whose palette is cut, Pillow shows the numbers of colours as shades of grey.
    """
    left, top, right, bottom = (int.from_bytes(data[at : at + 2], "little") for at in (4, 6, 8, 10))
    planes, stride = data[65], int.from_bytes(data[66:68], "little")
    rows = bottom - top + 1
    is_indexed = (data[1], data[3], planes) == (5, 8, 1)
    if not is_indexed or right < left or data[-_PCX_PALETTE:][:1] == bytes([_PCX_MARK]):
        return 1.0
    due, at = rows * stride, _PCX_HEADER
    while due > 0 and at < len(data):
        is_run = data[at] >= _RUN
        due -= data[at] & ~_RUN if is_run else 1
        at += 2 if is_run else 1
    if due > 0 or at >= len(data):
        # Its reader tells missing pixels; a picture that ends here is one of shades of grey.
        return 1.0
    return min(1.0, len(data) / (at + _PCX_PALETTE)) if data[at] == _PCX_MARK else 1.0
