"""The scans of a progressive JPEG: those that a reduced decode needs, and not too many.

Such a file tells a picture again and again: first the means of blocks, then what is coarse in them,
then what is fine, or the last digits of what was told. A hash needs the beginning.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from hashmatch.decoding.jpeg_header import JpegHeader
from hashmatch.model.jpeg_tables import ENTRIES

_EOI, _SOS, _DQT = 0xD9, 0xDA, 0xDB
_SCAN, _END = b"\xff\xda", b"\xff\xd9"
_SEGMENT = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
_MARKER_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")

MOST_SCANS: Final = 100
"""Encoders write about ten, the most thorough twenty; each costs a walk over all pixels."""

_REACH: Final[Mapping[int, int]] = {8: 0, 4: 4, 2: 24, 1: 63}
"""The last coefficient, in the order of the file, that a decode at 1/8, 1/4, 1/2 or 1/1 reads: of
blocks of 1, 2, 4 or 8 samples."""

_CHEAP: Final = 9
"""A band from the first coefficient up to this one at most is read for means alone, too: where
nothing else is known, libjpeg-turbo smooths the means, and they come out otherwise."""

_COARSE: Final = 9
"""The last one that a hash of 64×64 cells can tell: of a block as large as a cell or smaller."""

_LOST: Final[Mapping[int, int]] = {8: 0, 4: 32, 2: 16, 1: 16}
"""The most that a coefficient may come out smaller by, where its last digits are not read, by size.
Hashes of photographs by eight orders of scans then differ from those of all pixels by half a bit
more on average, and by no more at most, than if all digits were read; at 32 by 2 and up to 10 of
small ones (`python -m benchmarks.progressive`)."""


class _Scan(NamedTuple):
    """What a scan tells.

    Attributes:
        selectors: the components.
        first: the first coefficient of its band.
        last: the last one.
        before: digits of them that are missing before it; 0 if it is the first of its band.
    """

    selectors: bytes
    first: int
    last: int
    before: int


class _Part(NamedTuple):
    """A segment from the first scan on, with the data of a scan behind it.

    Attributes:
        start: offset of its marker.
        end: offset of the next one.
        scan: what it tells; None of all else, which is kept.
    """

    start: int
    end: int
    scan: _Scan | None = None


def has_sane_scans(data: bytes) -> bool:
    """Whether all pictures of the file together have no absurd number of scans."""
    return data.count(_SCAN) <= 10 * MOST_SCANS


def trim(data: bytes, header: JpegHeader, scale: int = 0) -> bytes:
    """The file without the scans that a decode does not need.

    For grey at 1/`scale` those are the scans without the first component, which give no luma
    (unless the components are red, green and blue); of coefficients that a decode of this size does
    not read; and of the last digits of those that it reads, where they are worth little. For
    colour (`scale` 0) all are read. What follows the hundredth is cut off. A file whose scans do
    not end properly is otherwise left alone.
    """
    if header.lossless:
        return data
    if not header.progressive and data[header.first_scan + 4] >= len(header.sampling):
        return data
    parts, ends = _parts(data, header.first_scan)
    if not ends:
        return _first_scans(data, header)
    scans = [each.scan for each in parts if each.scan is not None]
    kept = _needed(scans, header, scale, _step(data, header, parts)) if scale else scans
    wanted = [each for each in parts if each.scan is None or each.scan in kept]
    if len(wanted) == len(parts) and len(scans) < MOST_SCANS:
        return data
    pieces = (data[each.start : each.end] for each in wanted)
    return b"".join((data[: header.first_scan], *pieces, _END))


def _parts(data: bytes, at: int) -> tuple[list[_Part], bool]:
    """What follows from the first scan on, up to the hundredth, and whether it ends properly."""
    parts: list[_Part] = []
    scans = 0
    while (found := _SEGMENT.match(data, at)) is not None:
        marker = data[found.end() - 1]
        if marker == _EOI or scans == MOST_SCANS:
            return parts, True
        end = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
        if marker != _SOS:
            parts.append(_Part(at, end))
        else:
            following = _MARKER_IN_SCAN.search(data, end)
            if following is None:
                return parts, False
            scans += 1
            count = int.from_bytes(data[found.end() + 2 : found.end() + 3])
            first, last, digits = data[end - 3 : end].ljust(3, b"\0")
            names = data[found.end() + 3 : found.end() + 3 + 2 * count : 2]
            band = names, first, last, digits >> 4
            end = following.start()
            parts.append(_Part(at, end, _Scan(*band)))
        at = end
    return parts, False


def _needed(scans: list[_Scan], header: JpegHeader, scale: int, step: int | None) -> list[_Scan]:
    """The scans that a decode at 1/`scale` needs.

    Args:
        scans: all of them.
        header: of the picture.
        scale: of the decode.
        step: the largest step of the coefficients that count; None where that is not known.
    """
    luma = {name for name, _, _ in header.sampling[: 3 if header.rgb else 1]}
    scans = [each for each in scans if not luma.isdisjoint(each.selectors)]
    if not header.progressive:
        return scans
    reach = _REACH[scale]
    refining = [
        each
        for each in scans
        if each.before
        and 0 < each.first <= reach
        and (step is None or step * ((1 << each.before) - 1) > _LOST[scale])
    ]

    def is_needed(scan: _Scan) -> bool:
        if not scan.first or scan in refining:
            return True
        # What is refined must be there before.
        goes_on = any(scan.first <= each.last and each.first <= scan.last for each in refining)
        is_cheap = scan.first == 1 and scan.last <= _CHEAP
        return not scan.before and (scan.first <= reach or goes_on or is_cheap)

    return list(filter(is_needed, scans))


def _step(data: bytes, header: JpegHeader, parts: Iterable[_Part]) -> int | None:
    """The largest step by which coefficients that count are told; None where that may change."""
    if any(data[each.start : each.end].lstrip(b"\xff")[0] == _DQT for each in parts):
        return None
    steps: dict[int, int] = {}
    at = 2
    while at < header.first_scan and (found := _SEGMENT.search(data, at, header.first_scan)):
        start = found.end() + 2
        at = found.end() + max(int.from_bytes(data[found.end() : start]), 2)
        if data[found.end() - 1] == _DQT:
            steps |= _largest_steps(data[start:at])
    of_luma = header.tables[: 3 if header.rgb else 1]
    return max((steps[each] for each in of_luma if each in steps), default=None)


def _largest_steps(body: bytes) -> dict[int, int]:
    """The largest step of the coefficients that count, for each table of a segment."""
    found = {}
    at = 0
    while at < len(body):
        wide = 2 if body[at] >> 4 else 1
        steps = body[at + 1 : at + 1 + ENTRIES * wide]
        told = range(wide, (_COARSE + 1) * wide, wide)
        found[body[at] & 15] = max(
            (int.from_bytes(steps[each : each + wide]) for each in told), default=0
        )
        at += 1 + len(steps)
    return found


def _first_scans(data: bytes, header: JpegHeader) -> bytes:
    """The file up to its hundredth scan, wherever its segments claim to end."""
    at = header.first_scan
    for _ in range(MOST_SCANS):
        at = data.find(_SCAN, at + 2)
        if at < 0:
            return data
    return data[:at] + _END
