"""Which picture format the first bytes say. Names of files are never asked."""

import re

HEAD = 65536
"""Bytes that `sniff` and `find_jpeg` look at."""

_MAGIC = (
    ("jpeg", re.compile(rb"\xff\xd8\xff")),
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("gif", re.compile(rb"GIF8[79]a")),
    ("webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("bmp", re.compile(rb"BM.{8}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\x00\x00\x00", re.DOTALL)),
    ("raw", re.compile(rb"IIRO\x08|IIU\x00|FUJIFILMCCD-RAW|....ftypcrx ", re.DOTALL)),
    ("tiff", re.compile(rb"II[\x2a\x2b]\x00|MM\x00[\x2a\x2b]")),
    ("avif", re.compile(rb"....ftyp(?:avif|avis)", re.DOTALL)),
    ("heif", re.compile(rb"....ftyp(?:hei[cmsx]|hev[cmsx]|mif[12]|msf1)", re.DOTALL)),
    ("jpeg2000", re.compile(rb"\x00\x00\x00\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51")),
    ("jpegxl", re.compile(rb"\xff\x0a|\x00\x00\x00\x0cJXL \r\n\x87\n")),
    ("psd", re.compile(rb"8BPS\x00\x01")),
    ("qoi", re.compile(rb"qoif")),
    ("icns", re.compile(rb"icns\x00")),
    ("cur", re.compile(rb"\x00\x00\x02\x00[\x01-\x40]\x00..[\x00-\xff]\x00", re.DOTALL)),
    ("ico", re.compile(rb"\x00\x00\x01\x00[\x01-\x40]\x00..[\x00-\xff]\x00", re.DOTALL)),
    ("ppm", re.compile(rb"P[1-6]\s+(?:#[^\r\n]*[\r\n]\s*)*\d+\s")),
    ("pcx", re.compile(rb"\x0a[\x00\x02-\x05]\x01[\x01\x02\x04\x08]")),
    ("sgi", re.compile(rb"\x01\xda[\x00\x01][\x01\x02]\x00[\x01-\x03]")),
    ("sun", re.compile(rb"\x59\xa6\x6a\x95")),
    ("dds", re.compile(rb"DDS \x7c\x00\x00\x00")),
)

_AVIF_BRAND = re.compile(rb"avif|avis")


def names() -> tuple[str, ...]:
    """The picture formats that `sniff` tells apart."""
    return tuple(name for name, _ in _MAGIC)


def sniff(head: bytes) -> str | None:
    """The picture format that these first bytes announce, or None."""
    for name, magic in _MAGIC:
        if magic.match(head):
            if name == "heif" and _AVIF_BRAND.search(head[16 : int.from_bytes(head[:4])]):
                return "avif"
            return name
    return None


def find_jpeg(head: bytes) -> int:
    """Where a JPEG starts behind leading garbage; -1 where there is none.

    A start counts only when a segment that opens real files follows it.
    """
    found = re.search(rb"\xff\xd8\xff[\xc0\xc2\xdb\xe0-\xef\xfe]", head)
    return found.start() if found else -1
