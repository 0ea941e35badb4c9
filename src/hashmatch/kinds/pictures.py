"""Which picture format the first bytes say. Names of files are never asked."""

from hashmatch.kinds import further_pictures
from hashmatch.kinds.magic import Magic

_MAGIC = (
    ("jpeg", Magic(rb"\xff\xd8\xff")),
    ("png", Magic(rb"\x89PNG\r\n\x1a\n")),
    ("gif", Magic(rb"GIF8[79]a")),
    ("webp", Magic(rb"RIFF....WEBP")),
    ("bmp", Magic(rb"BM.{8}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\x00\x00\x00")),
    (
        "raw",
        Magic(
            rb"II(?:RO|RS)\x08|MMOR\x00|IIU\x00|FUJIFILMCCD-RAW|....ftypcrx |\x00MRM\x00|FOVb"
            rb"|II\x1a\x00\x00\x00HEAPCCDR",
        ),
    ),
    ("tiff", Magic(rb"II[\x2a\x2b]\x00|MM\x00[\x2a\x2b]")),
    ("avif", Magic(rb"....ftyp(?:avif|avis)")),
    ("heif", Magic(rb"....ftyp(?:hei[cmsx]|hev[cmsx]|mif[12]|msf1)")),
    ("jpeg2000", Magic(rb"\x00\x00\x00\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51")),
    ("jpegxl", Magic(rb"\xff\x0a|\x00\x00\x00\x0cJXL \r\n\x87\n")),
    ("psd", Magic(rb"8BPS\x00[\x01\x02]")),
    ("qoi", Magic(rb"qoif")),
    ("icns", Magic(rb"icns\x00")),
    ("cur", Magic(rb"\x00\x00\x02\x00[\x01-\x40]\x00..[\x00-\xff]\x00")),
    ("ico", Magic(rb"\x00\x00\x01\x00[\x01-\x40]\x00..[\x00-\xff]\x00")),
    ("ppm", Magic(rb"P[1-6]\s+(?:#[^\r\n]*[\r\n]\s*)*\d+\s")),
    ("pcx", Magic(rb"\x0a[\x00\x02-\x05]\x01[\x01\x02\x04\x08]")),
    ("sgi", Magic(rb"\x01\xda[\x00\x01][\x01\x02]\x00[\x01-\x03]")),
    ("sun", Magic(rb"\x59\xa6\x6a\x95")),
    ("xpm", Magic(rb"/\* XPM \*/")),
    (
        "xbm",
        Magic(rb"\s*(?:/\*.{0,400}?\*/\s*)?#define\s+\w*width\s+\d+\s+#define"),
    ),
    ("fits", Magic(rb"SIMPLE  = {1,40}T")),
    (
        "tga",
        Magic(
            rb".(?:\x00[\x02\x03\x0a\x0b]\x00{5}|\x01[\x01\x09]\x00\x00.[\x00\x01][\x0f\x10\x18\x20])"
            rb".{4}(?!\x00\x00).[\x00-\x7f](?!\x00\x00).[\x00-\x7f][\x08\x0f\x10\x18\x20][\x00-\x3f]",
        ),
    ),
    ("dds", Magic(rb"DDS \x7c\x00\x00\x00")),
)

WEAK = frozenset({"tga", "xbm", "pcx", "sgi", "wmf", "jpegxl", "ico", "cur", "ppm"})
"""Formats that bytes which are none of them are too easily taken for."""
_ICON_ENTRY = 16
_AVIF_BRAND = Magic(rb"avif|avis")


def names() -> tuple[str, ...]:
    """The picture formats that `sniff` tells apart."""
    return tuple(name for name, _ in _MAGIC)


def sniff(head: bytes, size: int | None = None) -> str | None:
    """The picture format that these first bytes announce, or None.

    Args:
        head: the first 64 KiB of a file, or all of it.
        size: of the file in bytes; None where it is not known: formats without a mark are then not
            recognised.
    """
    if not head:
        return None
    for name, magic in _MAGIC:
        if magic.match(head):
            if name == "tga" and not _may_be_tga(head):
                continue
            # Capital letters are listed like that in exFAT.
            if name == "ico" and size and int.from_bytes(head[18:22], "little") >= size:
                continue
            if name == "heif" and _AVIF_BRAND.search(head[16 : int.from_bytes(head[:4])]):
                return "avif"
            return name
    further = further_pictures.sniff(head, size)
    return further.name if further else None


def is_sure(head: bytes, size: int | None = None) -> bool:
    """Whether what `sniff` says of these bytes is hardly ever said of anything else.

    Args:
        head: the first 64 KiB of a file, or all of it.
        size: of the file in bytes; None where it is not known.
    """
    name = sniff(head, size)
    if name in ("ico", "cur"):
        return _is_list_of_icons(head)
    return name is not None and name not in WEAK and name not in further_pictures.WITHOUT_MARK


def _is_list_of_icons(head: bytes) -> bool:
    """Whether pictures follow their list in a file of icons, one behind the other."""
    count = int.from_bytes(head[4:6], "little")
    expected = 6 + _ICON_ENTRY * count
    for number in range(count):
        entry = head[6 + _ICON_ENTRY * number :][:_ICON_ENTRY]
        length, place = (int.from_bytes(entry[at : at + 4], "little") for at in (8, 12))
        if len(entry) < _ICON_ENTRY or place != expected or not length:
            return False
        expected += length
    return True


def _may_be_tga(head: bytes) -> bool:
    """Whether a header that many other files have by chance is backed by the size of the file.

    Targa has no magic number: only a file of which at least 64 bytes follow its header is one.
    """
    width, height = (int.from_bytes(head[at : at + 2], "little") for at in (12, 14))
    ratio = max(width, height) / max(1, min(width, height))
    return len(head) > 18 + 64 and ratio <= 100  # noqa: PLR2004 (bytes; no picture is so long)
