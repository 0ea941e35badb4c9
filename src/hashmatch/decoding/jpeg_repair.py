"""JPEGs about which libjpeg complains: mended where no pixel is lost, measured where some are."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.decoding.jpeg_header import JpegHeader

_START, _END = b"\xff\xd8", b"\xff\xd9"
_APP0, _APP1, _APP14, _SOS, _EOI = 0xE0, 0xE1, 0xEE, 0xDA, 0xD9
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
_SEGMENT = re.compile(rb"\xff[\x02-\xcf\xda-\xfe]")
_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
_MARKER_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_DRI = re.compile(rb"\xff\xdd\x00\x04(..)", re.DOTALL)
_YCBCR, _YCCK = 1, 2
_CMYK = 4

_TAIL = bytes((37 * i * i + 101 * i + 11) % 255 for i in range(4096))
"""Bits that mean other blocks than grey ones; none is a marker's first byte."""
_MOST_TAILS = 1 << 16


def mended(data: bytes, header: "JpegHeader", behind: int = 0) -> bytes:
    """The file with only what a decoder needs, and that as the standard wants it.

    Left out: metadata but EXIF, bytes between segments, second starts, bytes behind the end.
    Corrected: a height given behind the first scan, spectral selections of sequential scans
    (which have no meaning there), Adobe's transforms and JFIF's versions that nobody knows, a
    missing end.

    Args:
        data: the file.
        header: of it.
        behind: so many bytes are also left out behind the data of each scan that ends with that
            many equal ones. Others may be what is left of a code that got out of step.
    """
    kept = [_START]
    at = 2
    while at < header.first_scan:
        found = _SEGMENT.search(data, at)
        if found is None or found.start() >= header.first_scan:
            break
        at, marker = found.start(), data[found.start() + 1]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        segment = data[at:end]
        if marker in _SOF:
            kept.append(segment[:5] + header.height.to_bytes(2) + segment[7:])
        elif marker in _TABLES or (marker == _APP1 and segment[4:8] == b"Exif"):
            kept.append(segment)
        elif marker == _APP0 and segment[4:9] == b"JFIF\0":
            kept.append(segment[:9] + b"\1" + segment[10:])
        elif marker == _APP14 and segment[4:9] == b"Adobe":
            kept.append(segment[:15] + bytes([_known(segment[15:16], header)]) + segment[16:])
        at = end
    for marker, segment, scan in _behind_header(data, header.first_scan):
        if marker == _SOS:
            kept.append(segment if header.progressive or header.lossless else _all_of(segment))
            run = behind and scan[-1:] * behind
            kept.append(scan[: len(scan) - behind] if run and scan.endswith(run) else scan)
        elif marker in _TABLES:
            kept.append(segment)
    return b"".join((*kept, _END))


def _known(transform: bytes, header: "JpegHeader") -> int:
    """Adobe's transform; one that nobody knows is what libjpeg takes it for."""
    if transform in (b"\0", b"\1", b"\2"):
        return transform[0]
    return _YCCK if len(header.sampling) == _CMYK else _YCBCR


def _all_of(segment: bytes) -> bytes:
    """A scan header whose scan holds all coefficients at their full precision."""
    return segment[:-3] + b"\0\x3f\0"


def _behind_header(data: bytes, at: int) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, segment, and the data of the scan that it opens, up to the end of the picture."""
    while (found := _MARKER.search(data, at)) is not None:
        marker = data[found.end() - 1]
        if marker == _EOI:
            return
        end = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
        segment = b"\xff" + data[found.end() - 1 : end]
        at = max(end, found.end() + 1)
        scan = b""
        if marker == _SOS:
            following = _MARKER_IN_SCAN.search(data, at)
            behind = following.start() if following else len(data)
            scan, at = data[at:behind].rstrip(b"\xff"), behind
        yield marker, segment, scan


def share_decoded(
    data: bytes, header: "JpegHeader", decode: "Callable[[bytes], NDArray[Any]]"
) -> float:
    """The share of the picture, 0–1, that its own bytes decode to.

    Where they end too early libjpeg fills in grey, which may also be the picture's own. So other
    bits are set behind the data: blocks that are whole do not change by them, the others do. From
    the first that changes up to the next restart, or to the end, nothing is the picture's own.

    Args:
        data: a file that `mended` gave.
        header: of the file it was made from.
        decode: to (rows, columns, 1) grey at 1/8 of the size, or at full size if it is lossless;
            it raises where nothing can be decoded.
    """
    shares: dict[bytes, float] = {}
    for name, _, _ in header.sampling[: 3 if header.rgb else 1]:
        first, together = _up_to_first(data, name)
        if first not in shares:
            changed = decode(first) != decode(_with_tails(first))
            units = _units(changed.any(axis=2), header, together=together)
            shares[first] = _before_changes(units, _restart_interval(first)) if together else 0.0
    return min(shares.values())


def _up_to_first(data: bytes, name: int) -> tuple[bytes, int]:
    """The file up to the scan that first gives a component's means, and how many it gives.

    None are given where the file ends before.
    """
    at = data.find(b"\xff\xda")
    kept = [data[:at]]
    for marker, segment, scan in _behind_header(data, at):
        kept += (segment, scan)
        if marker == _SOS and name in segment[5:-3:2]:
            return b"".join((*kept, _END)), len(segment[5:-3:2])
    return b"".join((*kept, _END)), 0


def _restart_interval(data: bytes) -> int:
    """Units between restarts in the file's last scan; 0 where there are none."""
    found = _DRI.findall(data, 0, data.rfind(b"\xff\xda"))
    return int.from_bytes(found[-1]) if found else 0


def _before_changes(units: "NDArray[np.bool_]", interval: int) -> float:
    """The share of units before the first changed one of their restart interval."""
    interval = interval or units.size
    padded = np.zeros(-(-units.size // interval) * interval, bool)
    padded[: units.size] = units
    lost = np.logical_or.accumulate(padded.reshape(-1, interval), axis=1).ravel()[: units.size]
    return float(1 - lost.mean())


def _with_tails(data: bytes) -> bytes:
    """The file with other bits behind the data of its last scan and of each restart interval."""
    at = data.rfind(b"\xff\xda")
    pieces = _RESTART.split(data[at:-2])
    if len(pieces) > _MOST_TAILS:
        return data[:-2] + _TAIL + _END
    marks = _RESTART.findall(data[at:-2])
    tail = _TAIL if len(pieces) == 1 else _TAIL[:64]
    kept = [data[:at]]
    for piece, mark in zip(pieces, (*marks, _END), strict=True):
        kept += (piece, tail, mark)
    return b"".join(kept)


def _units(
    changed: "NDArray[np.bool_]", header: "JpegHeader", *, together: int
) -> "NDArray[np.bool_]":
    """The units of a scan that changed, in decoding order: blocks, or groups of components'."""
    tall, wide = 1, 1
    if together > 1 and not header.lossless:
        tall = max(v for _, _, v in header.sampling)
        wide = max(h for _, h, _ in header.sampling)
    rows = np.logical_or.reduceat(changed, np.arange(0, changed.shape[0], tall), axis=0)
    return np.logical_or.reduceat(rows, np.arange(0, changed.shape[1], wide), axis=1).ravel()
