"""Which picture format the first bytes say. Names of files are never asked."""

import re

from hashmatch.decoding import further_formats
from hashmatch.decoding.tiff_extent import is_tiff

HEAD = 65536
"""Bytes that `sniff` and `find_jpeg` look at."""

_MAGIC = (
    ("jpeg", re.compile(rb"\xff\xd8\xff")),
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("gif", re.compile(rb"GIF8[79]a")),
    ("webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("bmp", re.compile(rb"BM.{8}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\x00\x00\x00", re.DOTALL)),
    (
        "raw",
        re.compile(
            rb"II(?:RO|RS)\x08|MMOR\x00|IIU\x00|FUJIFILMCCD-RAW|....ftypcrx |\x00MRM\x00|FOVb"
            rb"|II\x1a\x00\x00\x00HEAPCCDR",
            re.DOTALL,
        ),
    ),
    ("tiff", re.compile(rb"II[\x2a\x2b]\x00|MM\x00[\x2a\x2b]")),
    ("avif", re.compile(rb"....ftyp(?:avif|avis)", re.DOTALL)),
    ("heif", re.compile(rb"....ftyp(?:hei[cmsx]|hev[cmsx]|mif[12]|msf1)", re.DOTALL)),
    ("jpeg2000", re.compile(rb"\x00\x00\x00\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51")),
    ("jpegxl", re.compile(rb"\xff\x0a|\x00\x00\x00\x0cJXL \r\n\x87\n")),
    ("psd", re.compile(rb"8BPS\x00[\x01\x02]")),
    ("qoi", re.compile(rb"qoif")),
    ("icns", re.compile(rb"icns\x00")),
    ("cur", re.compile(rb"\x00\x00\x02\x00[\x01-\x40]\x00..[\x00-\xff]\x00", re.DOTALL)),
    ("ico", re.compile(rb"\x00\x00\x01\x00[\x01-\x40]\x00..[\x00-\xff]\x00", re.DOTALL)),
    ("ppm", re.compile(rb"P[1-6]\s+(?:#[^\r\n]*[\r\n]\s*)*\d+\s")),
    ("pcx", re.compile(rb"\x0a[\x00\x02-\x05]\x01[\x01\x02\x04\x08]")),
    ("sgi", re.compile(rb"\x01\xda[\x00\x01][\x01\x02]\x00[\x01-\x03]")),
    ("sun", re.compile(rb"\x59\xa6\x6a\x95")),
    ("xpm", re.compile(rb"/\* XPM \*/")),
    (
        "xbm",
        re.compile(rb"\s*(?:/\*.{0,400}?\*/\s*)?#define\s+\w*width\s+\d+\s+#define", re.DOTALL),
    ),
    ("fits", re.compile(rb"SIMPLE  = {1,40}T")),
    (
        "tga",
        re.compile(
            rb".(?:\x00[\x02\x03\x0a\x0b]\x00{5}|\x01[\x01\x09]\x00\x00.[\x00\x01][\x0f\x10\x18\x20])"
            rb".{4}(?!\x00\x00).[\x00-\x7f](?!\x00\x00).[\x00-\x7f][\x08\x0f\x10\x18\x20][\x00-\x0f\x20-\x2f]",
            re.DOTALL,
        ),
    ),
    ("dds", re.compile(rb"DDS \x7c\x00\x00\x00")),
)

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
"""With which pictures begin that are looked for anywhere in a file: what few other files hold."""

_INSIDE = re.compile(INSIDE, re.DOTALL)
_AVIF_BRAND = re.compile(rb"avif|avis")


def names() -> tuple[str, ...]:
    """The picture formats that `sniff` tells apart."""
    return tuple(name for name, _ in _MAGIC)


def sniff(head: bytes) -> str | None:
    """The picture format that these first bytes announce, or None."""
    for name, magic in _MAGIC:
        if magic.match(head):
            if name == "tga" and not _may_be_tga(head):
                continue
            if name == "heif" and _AVIF_BRAND.search(head[16 : int.from_bytes(head[:4])]):
                return "avif"
            return name
    further = further_formats.sniff(head)
    return further.name if further else None


def _may_be_tga(head: bytes) -> bool:
    """Whether a header that many other files have by chance is backed by the size of the file.

    Targa has no magic number: only a file of which at least 64 bytes follow its header is one.
    """
    width, height = (int.from_bytes(head[at : at + 2], "little") for at in (12, 14))
    ratio = max(width, height) / max(1, min(width, height))
    return len(head) > 18 + 64 and ratio <= 100  # noqa: PLR2004 (bytes; no picture is so long)


def find_jpeg(head: bytes) -> int:
    """Where a JPEG starts behind leading garbage; -1 where there is none.

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


def find_pictures(head: bytes) -> list[tuple[int, str]]:
    """Where pictures may start behind leading garbage, and their formats: the first of each."""
    found: dict[str, int] = {}
    for each in _INSIDE.finditer(head):
        if is_picture(head, each):
            kind = sniff(head[each.start() :]) or str(each.lastgroup)
            found.setdefault(kind, each.start())
    if (start := find_jpeg(head)) >= 0:
        found["jpeg"] = start
    return sorted((start, kind) for kind, start in found.items())
