"""JPEG: reading headers, leaving out scans nobody needs, and the libjpeg-turbo decoder."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import simplejpeg

from hashmatch.decoding import exif, jpeg_repair
from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pixels import luma_of
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_HIERARCHICAL = frozenset({0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF})
_EOI, _SOS, _APP0, _APP1, _APP2, _APP14 = 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_JPEG_LS = 0xF7
_SCAN, _END = b"\xff\xda", b"\xff\xd9"
_SEGMENT = re.compile(rb"\xff[\x02-\xcf\xda-\xfe]")
_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
_MARKER_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")

_EXTRANEOUS = re.compile(r"(\d+) extraneous bytes before marker")
_MOST_TRIES = 3

ENOUGH = 240
"""Pixels; a reduced decode keeps the short side at least this long, nearly four samples a grid
cell. Bits lost do not fall between 224 and 300; 240 lets VGA and 1920 pixels be read reduced."""

MOST_SCANS = 100
"""Encoders write about ten, the most thorough twenty; each costs a walk over all pixels."""

_MOST_SEGMENTS = 50_000
"""Before the first scan: three gigabytes of metadata in segments of full length."""

_FULL_RANGE = 8
"""Bits per sample that libjpeg-turbo is asked for."""


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
        rgb: whether the three components are red, green and blue: luma needs all of them.
        lossless: whether it was coded without a transform, so that it has no reduced sizes.
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

    @property
    def left_to_ffmpeg(self) -> bool:
        """Whether libjpeg-turbo refuses it: other bits, or lossless with colours to convert."""
        converted = self.lossless and len(self.sampling) > 1 and not self.rgb
        return self.precision != _FULL_RANGE or converted


def read_header(data: bytes) -> Header:
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
    """Where the first scan behind a frame header begins, as `read_header` finds it; else None."""
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
) -> Header:
    frame, kind = coded
    components = frame[6:]
    sampling = tuple(
        (components[i], components[i + 1] >> 4 or 1, components[i + 1] & 15 or 1)
        for i in range(0, len(components) - 2, 3)
    )
    if not sampling:
        raise UnreadableImageError(Reason.DAMAGED, "the JPEG's frame header is cut short")
    if kind in _HIERARCHICAL:
        raise UnreadableImageError(Reason.UNSUPPORTED, "a hierarchical JPEG")
    return Header(
        width=int.from_bytes(frame[3:5]),
        height=int.from_bytes(frame[1:3]) or jpeg_repair.given_height(data, at),
        precision=frame[0],
        sampling=sampling,
        progressive=kind in _PROGRESSIVE,
        orientation=turned,
        multi=multi,
        first_scan=at,
        rgb=is_rgb(bytes(name for name, _, _ in sampling)),
        lossless=kind in _LOSSLESS,
    )


def _is_rgb(names: bytes, *, transform: int | None, jfif: bool, lossless: bool) -> bool:
    """Whether components of these ids are red, green and blue, as libjpeg decides it."""
    if len(names) != 3:  # noqa: PLR2004 (colours)
        return False
    if jfif or transform is not None:
        return not jfif and transform == 0
    return names == b"RGB" or lossless


def has_sane_scans(data: bytes) -> bool:
    """Whether all pictures of the file together have no absurd number of scans."""
    return data.count(_SCAN) <= 10 * MOST_SCANS


def check_kind(header: Header) -> None:
    """Refuse what no decoder here reads, so that it is not taken for damaged.

    Raises:
        UnreadableImageError: unsupported: more bits, other components.
    """
    count = len(header.sampling)
    if header.precision != _FULL_RANGE or count not in (1, 3, 4):
        detail = f"a JPEG of {header.precision} bits and {count} components is not supported"
        raise UnreadableImageError(Reason.UNSUPPORTED, detail)


def trim(data: bytes, header: Header, scale: int = 0) -> bytes:
    """The file without the scans that a decode does not read.

    For grey at 1/`scale` those are the scans without the first component, which give no luma
    (unless the components are red, green and blue), and at 1/8, where only the means count, those
    that start behind coefficient 0. For colour (`scale` 0) all are read. What follows the
    hundredth is cut off. A file whose scans do not end properly is otherwise left alone.
    """
    if header.lossless:
        return data
    if not header.progressive and data[header.first_scan + 4] >= len(header.sampling):
        return data
    luma = {name for name, _, _ in header.sampling[: 3 if header.rgb else 1]}
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
            wanted = not scale or (
                not luma.isdisjoint(selectors) and not (scale == 8 and start_of_band)  # noqa: PLR2004
            )
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
    if header.left_to_ffmpeg or len(header.sampling) not in (1, 3):
        raise UnreadableImageError(Reason.UNSUPPORTED, "not an 8-bit grey or colour JPEG")
    grey_only = len(header.sampling) == 1 and not wanted.rgb
    short = min(header.width, header.height)
    fast = not wanted.exact and not wanted.rgb and short > ENOUGH and not header.lossless
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


class _FailedError(Exception):
    """What libjpeg-turbo says where it could not decode a file."""


def _decode_tolerantly(
    data: bytes, header: Header, space: str, scale: int
) -> "tuple[NDArray[np.uint8], Reason | None, float]":
    """Pixels, why they are not all there, and the share that is."""
    try:
        return _turbo(data, header, space, scale, strict=True), None, 1.0
    except _FailedError:
        pass
    mended = jpeg_repair.mended(data, header)
    behind = 0
    for _ in range(_MOST_TRIES):
        try:
            tried = jpeg_repair.mended(data, header, behind) if behind else mended
            return _turbo(tried, header, space, scale, strict=True), None, 1.0
        except _FailedError as error:
            found = _EXTRANEOUS.search(str(error))
        if found is None:
            break
        behind = behind + 1 if behind else int(found[1])
    try:
        pixels = _turbo(mended, header, space, scale, strict=False)
        fraction = jpeg_repair.share_decoded(mended, header, partial(_blocks, header))
    except _FailedError:
        raise UnreadableImageError(Reason.DAMAGED, "libjpeg-turbo could not read it") from None
    if not fraction:
        raise UnreadableImageError(Reason.DAMAGED, "no part of the JPEG could be decoded")
    cut = data.find(_END, header.first_scan) < 0
    return pixels, Reason.TRUNCATED if cut else Reason.CORRUPT_DATA, fraction


def _blocks(header: Header, data: bytes) -> "NDArray[np.uint8]":
    """(rows, columns, 1) of the means of blocks; of a lossless JPEG, of all pixels."""
    return _turbo(data, header, "GRAY", 1 if header.lossless else 8, strict=False)


def _turbo(
    data: bytes, header: Header, space: str, scale: int, *, strict: bool
) -> "NDArray[np.uint8]":
    rows, columns = -(-header.height // scale), -(-header.width // scale)
    try:
        pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(
            data, space, min_height=rows, min_width=columns, strict=strict
        )
    except (KeyError, RuntimeError, ValueError) as error:
        raise_if_ours(error)
        raise _FailedError(str(error)) from None
    if pixels.shape[:2] != (rows, columns):
        msg = "the decoder gave another size than the header"
        raise _FailedError(msg)
    return pixels
