"""The segments of a JPEG before its first scan."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from hashmatch.decoding import exif
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.model.orientation import Orientation

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_HIERARCHICAL = frozenset({0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF})
_SOS, _APP0, _APP1, _APP2, _APP14 = 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_JPEG_LS = 0xF7
_SEGMENT = re.compile(rb"\xff[\x02-\xcf\xda-\xfe]")
_MOST_SEGMENTS = 50_000
"""Segments before the first scan: as many hold three gigabytes of metadata."""

_FULL_RANGE = 8
"""Bits per sample that libjpeg-turbo is asked for."""


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What the segments before the first scan say.

    Attributes:
        width: columns, in pixels.
        height: rows, in pixels.
        precision: bits per sample.
        sampling: (component id, horizontal, vertical sampling factor) per component.
        progressive: whether scans refine the whole picture.
        orientation: EXIF's.
        multi: whether more pictures follow in the file (MPO).
        first_scan: offset of the first scan's marker.
        rgb: whether the three components are red, green and blue: luma needs all of them.
        lossless: whether it was coded without a transform, so that it has no reduced sizes.
        tables: number of the quantisation table per component.
    """

    width: int
    height: int
    precision: int
    sampling: tuple[tuple[int, int, int], ...]
    progressive: bool
    orientation: Orientation
    multi: bool
    first_scan: int
    rgb: bool = False
    lossless: bool = False
    tables: tuple[int, ...] = ()

    @property
    def left_to_ffmpeg(self) -> bool:
        """Whether libjpeg-turbo refuses it: other bits, or lossless with colours to convert."""
        converted = self.lossless and len(self.sampling) > 1 and not self.rgb
        return self.precision != _FULL_RANGE or converted


def read_header(data: bytes) -> JpegHeader:
    """The header of a JPEG file.

    Raises:
        UnreadableImageError: it ends before the frame header or the first scan.
    """
    turned: Orientation | None = None
    multi, jfif, frame, kind = False, False, b"", 0
    transform: int | None = None
    at = 2
    for _ in range(_MOST_SEGMENTS):
        found = _SEGMENT.search(data, at)
        if found is None or found.end() + 2 >= len(data):
            break
        at, marker = found.start(), data[found.start() + 1]
        length = int.from_bytes(data[at + 2 : at + 4])
        body = data[at + 4 : at + 2 + length] if marker != _SOS else b""
        if marker == _JPEG_LS:
            raise UnreadableImageError(Reason.UNSUPPORTED, "JPEG-LS is not supported")
        if marker == _SOS and frame:
            turned = turned or Orientation.UPRIGHT
            plain = kind in _LOSSLESS
            is_rgb = partial(_is_rgb, transform=transform, jfif=jfif, lossless=plain)
            return _header(data, (frame, kind), turned, at, multi=multi, is_rgb=is_rgb)
        if marker in _SOF and not frame:
            frame, kind = body, marker
        elif marker == _APP0 and body[:5] == b"JFIF\0":
            jfif = True
        elif marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:  # noqa: PLR2004 (its length)
            transform = body[11]
        elif marker == _APP1 and body[:6] == b"Exif\0\0" and turned is None:
            turned = exif.orientation(body[6:])
        elif marker == _APP2 and body[:4] == b"MPF\0":
            multi = True
        at += 2 + length
    raise UnreadableImageError(Reason.DAMAGED, "the JPEG ends before its first scan")


def first_scan(data: bytes) -> int | None:
    """The start of the first scan behind a frame header, as in `read_header`; else None."""
    framed, at = False, 2
    for _ in range(_MOST_SEGMENTS):
        found = _SEGMENT.search(data, at)
        if found is None or found.end() + 2 >= len(data):
            break
        at, marker = found.start(), data[found.start() + 1]
        if marker == _SOS and framed:
            return at
        framed = framed or marker in _SOF
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def _header(
    data: bytes,
    coded: tuple[bytes, int],
    turned: Orientation,
    at: int,
    *,
    multi: bool,
    is_rgb: Callable[[bytes], bool],
) -> JpegHeader:
    frame, kind = coded
    components = frame[6:]
    sampling = tuple(
        (components[i], components[i + 1] >> 4 or 1, components[i + 1] & 15 or 1)
        for i in range(0, len(components) - 2, 3)
    )
    if not sampling:
        raise UnreadableImageError(Reason.DAMAGED, "the JPEG's frame header is cut short")
    if kind in _HIERARCHICAL:
        raise UnreadableImageError(Reason.UNSUPPORTED, "a hierarchical JPEG is not supported")
    return JpegHeader(
        width=int.from_bytes(frame[3:5]),
        height=int.from_bytes(frame[1:3]) or _given_height(data, at),
        precision=frame[0],
        sampling=sampling,
        progressive=kind in _PROGRESSIVE,
        orientation=turned,
        multi=multi,
        first_scan=at,
        rgb=is_rgb(bytes(name for name, _, _ in sampling)),
        lossless=kind in _LOSSLESS,
        tables=tuple(components[2::3]),
    )


def _is_rgb(names: bytes, *, transform: int | None, jfif: bool, lossless: bool) -> bool:
    """Whether components of these ids are red, green and blue, as libjpeg decides it."""
    if len(names) != 3:  # noqa: PLR2004 (colours)
        return False
    if jfif or transform is not None:
        return not jfif and transform == 0
    return names == b"RGB" or lossless


def _given_height(data: bytes, first_scan: int) -> int:
    """The rows that a DNL segment behind the first scan gives; 0 where none does.

    A frame header may leave them open (ITU-T T.81, B.2.5).
    """
    at = data.find(b"\xff\xdc\x00\x04", first_scan)
    return int.from_bytes(data[at + 4 : at + 6]) if at >= 0 else 0
