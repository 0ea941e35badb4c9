"""How a JPEG was written: its tables, its sampling, which segments stand in front of the scan.

Programs differ in it, and a copy differs from what it was made of: `tracing.origin` compares them.
It costs one walk over the segments, which gives the blocks of EXIF and XMP too.
"""

import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Final, TypeAlias

from hashmatch.decoding.quantisation import fit
from hashmatch.model.jpeg_tables import ENTRIES

Block: TypeAlias = tuple[str, bytes]
"""Kind and content: `exif`, `gps`, `xmp`, or the name of a value with the value."""

EXIF_START, _XMP_START = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
MOST_SEGMENTS: Final = 2000
_SOS, _DQT, _DHT, _DRI, _APP0, _APP1, _COM = 0xDA, 0xDB, 0xC4, 0xDD, 0xE0, 0xE1, 0xFE
_LAST_APP: Final = 0xEF
_MARKER: Final = re.compile(rb"\xff([\x02-\xcf\xda-\xfe])")
_END: Final = b"\xff\xd9"
_DIGITS: Final = 16
"""Hexadecimal digits of the digest of quantisation tables: files are grouped by it, no more."""
_LEAST_MISFIT: Final = 0.0005

_CODINGS: Final[Mapping[int, str]] = {
    0xC0: "baseline",
    0xC1: "extended",
    0xC2: "progressive",
    0xC3: "lossless",
    0xC5: "hierarchical",
    0xC6: "hierarchical",
    0xC7: "hierarchical",
    0xC9: "arithmetic",
    0xCA: "arithmetic",
    0xCB: "arithmetic",
    0xCD: "hierarchical",
    0xCE: "hierarchical",
    0xCF: "hierarchical",
}
_FORMATS: Final[Mapping[str, str]] = {
    "1x1": "grey",
    "1x1 1x1 1x1": "4:4:4",
    "2x1 1x1 1x1": "4:2:2",
    "1x2 1x1 1x1": "4:4:0",
    "2x2 1x1 1x1": "4:2:0",
    "4x1 1x1 1x1": "4:1:1",
}
"""Names of how components are sampled; others are told by their factors."""
_MOST_COMPONENTS: Final = 4

_SEGMENTS: Final = (
    (0xE0, b"JFIF\0", "JFIF"),
    (0xE0, b"JFXX\0", "JFXX"),
    (0xE1, EXIF_START, "EXIF"),
    (0xE1, b"http://ns.adobe.com/xap/1.0/\0", "XMP"),
    (0xE1, b"http://ns.adobe.com/xmp/extension/\0", "XMP-extension"),
    (0xE2, b"ICC_PROFILE\0", "ICC"),
    (0xE2, b"MPF\0", "MPF"),
    (0xEC, b"Ducky", "Ducky"),
    (0xED, b"Photoshop 3.0\0", "Photoshop"),
    (0xEE, b"Adobe", "Adobe"),
)
"""Segments of programs, by their marker and by what they begin with."""
_MOST_NAMES: Final = 24

_STANDARD_CODES: Final = frozenset(
    {"8cf60aa835f8474b", "9fb04cb1a8076318", "af48d4f608dfb682", "f27ce9b718f91cd4"}
)
"""Digests of the four tables of Huffman codes of ITU-T T.81, K.3.3: who has these did not count."""
_CODES: Final = 17
_MOST_CODES: Final = 1024
"""Bytes of a segment of the four tables, and more."""
_JFIF_SIDES: Final = slice(12, 14)
"""Where JFIF says how large its thumbnail is; nothing where there is none."""


def blocks_of(data: bytes, at: int = 0) -> Iterator[Block]:
    """What stands in front of the first scan of a JPEG.

    Args:
        data: a file.
        at: where the JPEG begins in it.
    """
    facts = _Facts()
    at += 2
    for _ in range(MOST_SEGMENTS):
        found = _MARKER.search(data, at)
        if found is None:
            break
        at, marker = found.end() - 2, found[1][0]
        if marker == _SOS:
            facts.scan = at
            break
        end = at + 2 + max(int.from_bytes(data[at + 2 : at + 4]), 2)
        if marker == _APP1:
            body = data[at + 4 : end]
            if body.startswith(EXIF_START):
                yield "exif", body[len(EXIF_START) :]
            elif body.startswith(_XMP_START):
                yield "xmp", body[len(_XMP_START) :]
        facts.take(marker, data, at + 4, end)
        at = end
    for name, value in facts.told(data):
        yield name, value.encode()


@dataclass(slots=True)
class _Facts:
    """What the segments say, one by one."""

    tables: dict[int, bytes] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    coding: str = ""
    frame: bytes = b""
    codes: bool = False
    own_codes: bool = False
    thumbnail: bool = False
    scan: int = 0

    def take(self, marker: int, data: bytes, start: int, end: int) -> None:
        """Take up one segment."""
        if marker == _DQT:
            _take_tables(self.tables, data[start:end])
        elif marker == _DHT:
            self.own_codes |= not _are_standard(data[start : min(end, start + _MOST_CODES)])
            self.codes = True
        elif marker in _CODINGS and not self.frame:
            self.coding, self.frame = _CODINGS[marker], data[start:end]
        elif _APP0 <= marker <= _LAST_APP or marker in (_COM, _DRI):
            if len(self.names) < _MOST_NAMES:
                self.names[_name(marker, data, start)] = None
            if marker == _APP0 and data.startswith(b"JFIF\0", start):
                sides = data[start:end][_JFIF_SIDES]
                self.thumbnail |= len(sides) == 2 and all(sides)  # noqa: PLR2004 (across and down)

    def told(self, data: bytes) -> Iterator[tuple[str, str]]:
        """Names and values."""
        if self.tables:
            every = b"".join(bytes((each,)) + self.tables[each] for each in sorted(self.tables))
            yield "quantisation", sha256(every).hexdigest()[:_DIGITS]
            yield from self._quality()
        if self.frame:
            yield "coding", self.coding
            yield "sampling", _sampling(self.frame)
        if self.codes:
            yield "huffman", "own" if self.own_codes else "standard"
        if self.names:
            yield "segments", " ".join(self.names)
        if self.thumbnail:
            yield "thumbnail", "JFIF"
        # Where something lies behind the picture, only a walk over all bytes would tell its end.
        if self.scan and data.endswith(_END) and "MPF" not in self.names:
            yield "coded-bytes", str(len(data) - len(_END) - self.scan)

    def _quality(self) -> Iterator[tuple[str, str]]:
        number = self.frame[8] if len(self.frame) > 8 else 0  # noqa: PLR2004 (of the first component)
        table = self.tables.get(number) or self.tables.get(number | 16) or b""
        if len(table) in (ENTRIES, 2 * ENTRIES):
            quality, misfit = fit(table)
            yield "quality", str(quality)
            if misfit >= _LEAST_MISFIT:
                yield "quality-misfit", f"{misfit:.3f}"


def _take_tables(tables: MutableMapping[int, bytes], body: bytes) -> None:
    """Take up the quantisation tables of a segment: how many segments they fill is no matter."""
    at = 0
    while at < len(body):
        length = ENTRIES << (body[at] >> 4 & 1)
        tables[body[at]] = body[at + 1 : at + 1 + length]
        at += 1 + length


@lru_cache(256)
def _are_standard(body: bytes) -> bool:
    """Whether all tables of Huffman codes in a segment are the standard's."""
    at = 0
    while at < len(body):
        length = _CODES + sum(body[at + 1 : at + _CODES])
        if sha256(body[at : at + length]).hexdigest()[:_DIGITS] not in _STANDARD_CODES:
            return False
        at += length
    return True


def _name(marker: int, data: bytes, start: int) -> str:
    if marker in (_COM, _DRI):
        return "comment" if marker == _COM else "restarts"
    for of, begins, name in _SEGMENTS:
        if marker == of and data.startswith(begins, start):
            return name
    return f"APP{marker - _APP0}"


def _sampling(frame: bytes) -> str:
    components = frame[6 : 6 + 3 * _MOST_COMPONENTS]
    factors = " ".join(
        f"{components[at + 1] >> 4}x{components[at + 1] & 15}"
        for at in range(0, len(components) - 2, 3)
    )
    return _FORMATS.get(factors, factors)
