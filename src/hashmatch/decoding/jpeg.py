"""JPEG: reading headers, leaving out scans nobody needs, and the libjpeg-turbo decoder."""

import re
from dataclasses import dataclass

import numpy as np
import simplejpeg

from hashmatch.decoding import exif
from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pixels import luma_of
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.orientation import Orientation
from hashmatch.raster import Raster

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_EOI, _SOS, _APP1, _APP2 = 0xD9, 0xDA, 0xE1, 0xE2
_SCAN, _END = b"\xff\xda", b"\xff\xd9"
_SEGMENT = re.compile(rb"\xff[\x02-\xcf\xda-\xfe]")
_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
_MARKER_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")

ENOUGH = 240
"""Pixels; a reduced decode keeps the short side at least this long, nearly four samples a grid
cell. Bits lost do not fall between 224 and 300; 240 lets VGA and 1920 pixels be read reduced."""

MOST_SCANS = 100
"""Encoders write about ten, the most thorough twenty; each costs a walk over all pixels."""

_MOST_SEGMENTS = 50_000
"""Before the first scan: three gigabytes of metadata in segments of full length."""

_GREY = 128
"""What libjpeg fills in where the data ended."""


@dataclass(frozen=True, slots=True)
class Header:
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
    """

    width: int
    height: int
    precision: int
    sampling: tuple[tuple[int, int, int], ...]
    progressive: bool
    orientation: Orientation
    multi: bool
    first_scan: int


def read_header(data: bytes) -> Header:
    """The header of a JPEG file.

    Raises:
        UnreadableImageError: it ends before the frame header or the first scan.
    """
    turned: Orientation | None = None
    multi, frame, kind = False, b"", 0
    at = 2
    for _ in range(_MOST_SEGMENTS):
        found = _SEGMENT.search(data, at)
        if found is None or found.end() + 2 >= len(data):
            break
        at, marker = found.start(), data[found.start() + 1]
        length = int.from_bytes(data[at + 2 : at + 4])
        body = data[at + 4 : at + 2 + length] if marker != _SOS else b""
        if marker == _SOS and frame:
            return _header(frame, kind, turned or Orientation.UPRIGHT, at, multi=multi)
        if marker in _SOF and not frame:
            frame, kind = body, marker
        elif marker == _APP1 and body[:6] == b"Exif\0\0" and turned is None:
            turned = exif.orientation(body[6:])
        elif marker == _APP2 and body[:4] == b"MPF\0":
            multi = True
        at += 2 + length
    raise UnreadableImageError(Reason.DAMAGED, "the JPEG ends before its first scan")


def _header(frame: bytes, kind: int, turned: Orientation, at: int, *, multi: bool) -> Header:
    components = frame[6:]
    sampling = tuple(
        (components[i], components[i + 1] >> 4 or 1, components[i + 1] & 15 or 1)
        for i in range(0, len(components) - 2, 3)
    )
    if not sampling:
        raise UnreadableImageError(Reason.DAMAGED, "the JPEG's frame header is cut short")
    return Header(
        width=int.from_bytes(frame[3:5]),
        height=int.from_bytes(frame[1:3]),
        precision=frame[0],
        sampling=sampling,
        progressive=kind in _PROGRESSIVE,
        orientation=turned,
        multi=multi,
        first_scan=at,
    )


def has_sane_scans(data: bytes) -> bool:
    """Whether all pictures of the file together have no absurd number of scans."""
    return data.count(_SCAN) <= 10 * MOST_SCANS


def trim(data: bytes, header: Header, scale: int = 0) -> bytes:
    """The file without the scans that a decode does not read.

    For grey at 1/`scale` those are the scans without the first component, which give no luma,
    and at 1/8, where only the means count, those that start behind coefficient 0. For colour
    (`scale` 0) all are read. What follows the hundredth is cut off. A file whose scans do not
    end properly is otherwise left alone.
    """
    if not header.progressive and data[header.first_scan + 4] >= len(header.sampling):
        return data
    luma = header.sampling[0][0]
    kept, at = [data[: header.first_scan]], header.first_scan
    dropped = scans = 0
    while (found := _MARKER.match(data, at)) is not None:
        marker = data[found.end() - 1]
        if marker == _EOI:
            return b"".join((*kept, _END)) if dropped else data
        end = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
        wanted = True
        if marker == _SOS:
            scans += 1
            if scans > MOST_SCANS:
                return b"".join((*kept, _END))
            count = int.from_bytes(data[found.end() + 2 : found.end() + 3])
            selectors = data[found.end() + 3 : found.end() + 3 + 2 * count : 2]
            start_of_band = int.from_bytes(data[end - 3 : end - 2])
            following = _MARKER_IN_SCAN.search(data, end)
            if following is None:
                return _first_scans(data, header)
            end = following.start()
            wanted = not scale or (luma in selectors and not (scale == 8 and start_of_band))  # noqa: PLR2004
        if wanted:
            kept.append(data[at:end])
        else:
            dropped += 1
        at = end
    return _first_scans(data, header)


def _first_scans(data: bytes, header: Header) -> bytes:
    """The file up to its hundredth scan, wherever its segments claim to end."""
    at = header.first_scan
    for _ in range(MOST_SCANS):
        at = data.find(_SCAN, at + 2)
        if at < 0:
            return data
    return data[:at] + _END


def decode(data: bytes, header: Header, wanted: Wanted, limits: Limits) -> Decoded:
    """A JPEG of one or three 8-bit components, read by libjpeg-turbo.

    Raises:
        UnreadableImageError: another kind of JPEG, too large, or nothing to be read from it.
    """
    check_pixels(header.width, header.height, limits)
    if header.precision != 8 or len(header.sampling) not in (1, 3):  # noqa: PLR2004 (bits; grey, YCbCr)
        raise UnreadableImageError(Reason.UNSUPPORTED, "not an 8-bit grey or colour JPEG")
    grey_only = len(header.sampling) == 1 and not wanted.rgb
    short = min(header.width, header.height)
    fast = not wanted.exact and not wanted.rgb and short > ENOUGH
    scale = next(k for k in (8, 4, 2, 1) if k == 1 or short >= ENOUGH * k) if fast else 1
    data = trim(data, header, scale if fast else 0)
    space = "GRAY" if fast or grey_only else "RGB"
    pixels, reason, fraction = _decode_tolerantly(data, header, space, scale)
    luma = pixels[:, :, 0] if space == "GRAY" else luma_of(pixels)
    raster = Raster(
        luma,
        header.width,
        header.height,
        scale,
        header.orientation,
        rgb=pixels if wanted.rgb else None,
    )
    return Decoded(
        (Frame(raster),),
        decoder="turbo",
        mode="fast" if fast else "exact",
        fraction=fraction,
        reason=reason,
    )


def _decode_tolerantly(
    data: bytes, header: Header, space: str, scale: int
) -> "tuple[np.ndarray[tuple[int, int, int], np.dtype[np.uint8]], Reason | None, float]":
    """Pixels, why they are not all there, and the share that is."""
    try:
        return _turbo(data, header, space, scale, strict=True), None, 1.0
    except ValueError as error:
        early_end = "Premature end of JPEG file" in str(error)
    if early_end:
        try:
            whole_but_for_its_end = _turbo(data + _END, header, space, scale, strict=True)
        except ValueError:
            pass
        else:
            return whole_but_for_its_end, None, 1.0
    try:
        pixels = _turbo(data, header, space, scale, strict=False)
    except ValueError:
        raise UnreadableImageError(Reason.DAMAGED, "libjpeg-turbo could not read it") from None
    fraction = _share_before_fill(pixels, header, scale)
    if not fraction:
        raise UnreadableImageError(Reason.DAMAGED, "no part of the JPEG could be decoded")
    return pixels, Reason.TRUNCATED if early_end else Reason.CORRUPT_DATA, fraction


def _turbo(
    data: bytes, header: Header, space: str, scale: int, *, strict: bool
) -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    rows, columns = -(-header.height // scale), -(-header.width // scale)
    try:
        pixels: np.ndarray[tuple[int, int, int], np.dtype[np.uint8]] = simplejpeg.decode_jpeg(
            data, space, min_height=rows, min_width=columns, strict=strict
        )
    except (KeyError, RuntimeError) as error:
        raise ValueError(str(error)) from None
    if pixels.shape[:2] != (rows, columns):
        msg = "the decoder gave another size than the header"
        raise ValueError(msg)
    return pixels


def _share_before_fill(
    pixels: "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]", header: Header, scale: int
) -> float:
    """Share of the picture, in decoding order, before the grey that stands for missing data."""
    tall = 8 * max(v for _, _, v in header.sampling) // scale or 1
    wide = 8 * max(h for _, h, _ in header.sampling) // scale or 1
    known = np.logical_or.reduce([plane != _GREY for plane in np.moveaxis(pixels, 2, 0)])
    rows = np.logical_or.reduceat(known, np.arange(0, known.shape[0], tall), axis=0)
    tiles = np.logical_or.reduceat(rows, np.arange(0, known.shape[1], wide), axis=1).ravel()
    last = int(tiles.nonzero()[0].max(initial=-1))
    return (last + 1) / tiles.size
