"""The start of pictures that do not begin with their file."""

import re

from hashmatch.decoding.tiff_extent import is_tiff
from hashmatch.kinds.fill import behind_run
from hashmatch.kinds.pictures import WEAK, names, sniff

__all__ = [
    "HEAD",
    "INSIDE",
    "REACH",
    "WEAK",
    "find_jpeg",
    "find_pictures",
    "is_picture",
    "leading_zeros",
    "names",
    "sniff",
]

HEAD = 65536
"""Bytes that `sniff` and `find_jpeg` look at."""

REACH = 1 << 20
"""Bytes in which a picture behind zeros, or a video behind anything, is looked for."""

INSIDE = (
    rb"(?P<png>\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR)"
    rb"|(?P<gif>GIF8[79]a(?!\0\0)..(?!\0\0)..)"
    rb"|(?P<webp>RIFF....WEBPVP8[ LX])"
    rb"|(?P<bmp>BM.{4}\0{4}.{2}\0\0(?:\x0c\0\0\0(?!\0\0)..(?!\0\0)..\x01\0[\x01\x04\x08\x18]\0"
    rb"|[\x28\x34\x38\x40\x6c\x7c]\0\0\0(?!\0{4})..[\0-\x0f]\0(?!\0{4})..[\0\xff]."
    rb"\x01\0[\x01\x04\x08\x10\x18\x20]\0))"
    rb"|(?P<tiff>II\x2a\0(?!\0{4})|MM\0\x2a(?!\0{4})|II\x2b\0\x08\0\0\0|MM\0\x2b\0\x08\0\0)"
    rb"|(?P<avif>\0\0..ftypavi[fs])"
    rb"|(?P<heif>\0\0..ftyp(?:hei[cmsx]|hev[cmsx]|mif[12]|msf1))"
    rb"|(?P<jpeg2000>\0\0\0\x0cjP  \r\n\x87\n)"
    rb"|(?P<jpegxl>\0\0\0\x0cJXL \r\n\x87\n)"
    rb"|(?P<psd>8BPS\0[\1\2]\0{6}\0[\1-\x38])"
)
"""What pictures begin with that are searched anywhere in a file: what few other files hold."""

_INSIDE = re.compile(INSIDE, re.DOTALL)
_ZEROS = 4
"""Zeros with which a picture may begin."""


def find_jpeg(head: bytes) -> int:
    """The place where a JPEG starts behind leading garbage; -1 where there is none.

    A start counts only when a segment that opens real files follows it.
    """
    found = re.search(rb"\xff\xd8\xff[\xc0\xc2\xdb\xe0-\xef\xfe]", head)
    return found.start() if found else -1


def is_picture(data: bytes, found: "re.Match[bytes]") -> bool:
    """Whether what looks like the begin of a picture is confirmed by what it points at.

    Args:
        data: in which it was found.
        found: a match of `INSIDE`.
    """
    return found.lastgroup != "tiff" or is_tiff(data, found.start())


def leading_zeros(data: bytes) -> int:
    """The number of zero bytes that a file begins with, as one that lost its first clusters.

    Args:
        data: the file, or as much of it as is known.
    """
    return behind_run(data)


def find_pictures(data: bytes) -> list[tuple[int, str]]:
    """Starts and formats of pictures behind leading garbage: the first of each format.

    Args:
        data: the file, or its first bytes. Zeros at its begin are passed over, up to `REACH`;
            behind them, the next 64 KiB are searched.
    """
    # Some formats begin with zeros.
    zeros = leading_zeros(data[:REACH])
    skipped = max(0, zeros - _ZEROS)
    head = data[skipped : skipped + HEAD]
    found: dict[str, int] = {}
    for each in _INSIDE.finditer(head):
        if is_picture(head, each):
            told = sniff(head[each.start() :]) or str(each.lastgroup)
            found.setdefault(told, each.start() + skipped)
    kind = sniff(data[zeros : zeros + HEAD]) if zeros else None
    if kind is not None and kind not in WEAK:
        found.setdefault(kind, zeros)
    if (start := find_jpeg(head)) >= 0:
        found["jpeg"] = start + skipped
    return sorted((start, kind) for kind, start in found.items())
