"""JPEGs of kinds that Pillow does not write, put together from the grey JPEGs of their planes."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

START, END = b"\xff\xd8", b"\xff\xd9"
ADOBE_RGB = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"


def segments(jpeg: bytes) -> list[tuple[int, bytes]]:
    """Marker and whole segment of each up to the first scan, the scan's data with its header."""
    at, found = 2, []
    while jpeg[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        found.append((jpeg[at + 1], jpeg[at:end]))
        at = end
    return [*found, (0xDA, jpeg[at:-2])]


def grey_jpeg(plane: np.ndarray, quality: int = 90) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(plane).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def scan_by_scan(
    planes: Sequence[np.ndarray],
    names: bytes,
    *,
    extra: bytes = b"",
    sampling: Sequence[int] = (0x11, 0x11, 0x11, 0x11),
) -> bytes:
    """A baseline JPEG with one scan for each component.

    Args:
        planes: (rows, columns) uint8, each of the size that its sampling gives it.
        names: one byte for each component.
        extra: segments behind the start.
        sampling: the factors of each component.
    """
    height, width = planes[0].shape
    parts = [segments(grey_jpeg(plane)) for plane in planes]
    tables = [dict(part) for part in parts]
    frame = bytes((8, *height.to_bytes(2), *width.to_bytes(2), len(planes)))
    for name, factors in zip(names, sampling, strict=False):
        frame += bytes((name, factors, 0))
    written = [START, extra, tables[0][0xDB]]
    written.append(b"\xff\xc0" + (len(frame) + 2).to_bytes(2) + frame)
    for name, part in zip(names, parts, strict=True):
        written += (segment for marker, segment in part if marker == 0xC4)
        scan = dict(part)[0xDA]
        written.append(scan[:5] + bytes((name,)) + scan[6:])
    return b"".join((*written, END))


def planes_of(image: Image.Image) -> list[np.ndarray]:
    return [np.ascontiguousarray(plane) for plane in np.moveaxis(np.asarray(image), 2, 0)]
