"""What kinds of files are called in a sentence, with an article."""

from typing import Final

from hashmatch.kinds.further_pictures import TITLES

_PICTURES: Final = {
    "avif": "AVIF picture",
    "bmp": "BMP picture",
    "cur": "cursor",
    "dds": "DDS picture",
    "fits": "FITS picture",
    "gif": "GIF picture",
    "heif": "HEIC or HEIF picture",
    "icns": "icon",
    "ico": "icon",
    "jpeg": "JPEG picture",
    "jpeg2000": "JPEG 2000 picture",
    "jpegxl": "JPEG XL picture",
    "pcx": "PCX picture",
    "png": "PNG picture",
    "ppm": "PPM picture",
    "psd": "Photoshop picture",
    "qoi": "QOI picture",
    "raw": "camera RAW picture",
    "sgi": "SGI picture",
    "sun": "Sun raster picture",
    "tga": "Targa picture",
    "tiff": "TIFF picture",
    "webp": "WebP picture",
    "xbm": "XBM picture",
    "xpm": "XPM picture",
}
_CONTAINERS: Final = {
    "gzip-compressed file": "gzip file",
    "xz-compressed file": "xz file",
    "bzip2-compressed file": "bzip2 file",
    "Zstandard-compressed file": "Zstandard file (unpack it first)",
    "LZ4-compressed file": "LZ4 file (unpack it first)",
    "compressed file (Z)": "compress (.Z) file (unpack it first)",
    "7-Zip archive": "7z archive (unpack it first)",
    "RAR archive": "RAR archive (unpack it first)",
    "tar archive": "tar archive (unpack it first)",
    **dict.fromkeys(("EnCase image (E01)", "EnCase image (Ex01)"), "EnCase disk image"),
    **dict.fromkeys(
        ("EnCase logical image (L01)", "EnCase logical image (Lx01)"), "EnCase logical image"
    ),
}
_SPOKEN_WITH_A_VOWEL: Final = ("F", "L", "M", "N", "R", "S", "X")


def words_of_picture(kind: str) -> str:
    """Words such as "a JPEG picture" for what `hashmatch.kinds.pictures.sniff` gives."""
    title = TITLES.get(kind, kind)
    return _with_article(_PICTURES.get(kind, f"picture of the kind {title}"))


def words_of_container(name: str) -> str:
    """Words such as "a zip archive" for the name of a container."""
    return _with_article(_CONTAINERS.get(name, name))


def _with_article(noun: str) -> str:
    first = noun.split(maxsplit=1)[0].rstrip("-")
    spelled = len(first) > 1 and first.isupper() and first.startswith(_SPOKEN_WITH_A_VOWEL)
    spelled = spelled and first not in {"RAR", "FAT"}
    vowel = first[0] in "aeioAEIO" or spelled or first in {"xz", "SQLite"}
    return f"{'an' if vowel else 'a'} {noun}"
