"""Files that are no hash lists, named by their first bytes: for errors that say what is wrong."""

import re
from typing import Final

_STARTS: Final = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"II+\0", "a TIFF picture"),
    (b"MM\0+", "a TIFF picture"),
    (b"\0\0\1\0", "an icon"),
    (b"8BPS", "a Photoshop picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (b"\0\0\1\xba", "an MPEG video"),
    (b"\0\0\1\xb3", "an MPEG video"),
    (b"FLV\1", "a Flash video"),
    (b"0&\xb2u\x8ef\xcf\x11", "a Windows Media video"),
    (b"OggS", "an Ogg video or sound"),
    (b"ID3", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document or a mail (OLE)"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"BZh", "a bzip2 file"),
    (b"(\xb5/\xfd", "a Zstandard file (unpack it first)"),
    (b"\x04\x22\x4d\x18", "an LZ4 file (unpack it first)"),
    (b"\x1f\x9d", "a compress (.Z) file (unpack it first)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive (unpack it first)"),
    (b"Rar!\x1a\x07", "a RAR archive (unpack it first)"),
    (b"EVF\t\r\n\xff\0", "an EnCase disk image"),
    (b"EVF2\r\n\x81\0", "an EnCase disk image"),
    (b"LVF\t\r\n\xff\0", "an EnCase logical image"),
    (b"ENMAP", "an EnCase map of block hashes"),
    (b"hashmatch-arrays", "a file of a hashmatch index (name the folder of the index)"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x80\x02", "a Python pickle"),
    (b"\x80\x03", "a Python pickle"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"\x80\x05\x95", "a Python pickle"),
    (b"IxF", "an index of FAISS"),
    (b"IxB", "an index of FAISS"),
    (b"IxM", "an index of FAISS"),
    (b"IBx", "an index of FAISS"),
    (b"PAR1", "a Parquet file"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
)
_BRANDS: Final = (
    (b"heic", "a HEIC picture"),
    (b"heix", "a HEIC picture"),
    (b"mif1", "a HEIF picture"),
    (b"avif", "an AVIF picture"),
    (b"avis", "an AVIF picture"),
    (b"", "an MP4 or QuickTime video"),
)
_BOXES: Final = (b"moov", b"mdat", b"free", b"wide", b"skip")
_RIFF: Final = {b"WEBP": "a WebP picture", b"AVI ": "an AVI video", b"WAVE": "a sound file"}
_SQLITE: Final = b"SQLite format 3\0"
_SIGHTINGS: Final = 0x484D7364
"""The application id in the header of a database of sightings."""

_TAR_MAGIC: Final = slice(257, 262)
_TS_PACKET: Final = 188
_GENERATION: Final = re.compile(rb'\s*\{\s*"format":\s*"hashmatch-index"')
_HTML: Final = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_XML: Final = re.compile(rb"\s*<(?:\?xml|[a-z][\w:.-]*[\s>/])", re.IGNORECASE)
_MARK: Final = b"\xef\xbb\xbf"


def what_is(head: bytes) -> str:
    """What a file that starts with these bytes is, in words with an article.

    Empty if it is a text, of which nothing more can be said.
    """
    if not head:
        return "an empty file"
    if not head.strip(b"\0"):
        return "a file of zero bytes only"
    return marked(head) or _text(head.removeprefix(_MARK))


def marked(head: bytes) -> str:
    """What a file is that bears the mark of another format than text; empty if it bears none.

    However its bytes may look, such a file is no hash list of lines.
    """
    if head.startswith(_SQLITE):
        own = is_sightings(head)
        return "a database of sightings of hashmatch" if own else "an SQLite database"
    for magic, words in _STARTS:
        if head.startswith(magic):
            return words
    return _inside(head)


def _inside(head: bytes) -> str:
    """Kinds whose mark is not at the very start."""
    if head[4:8] == b"ftyp":
        return next(words for brand, words in _BRANDS if head[8:12].startswith(brand))
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], "a RIFF file")
    kinds = {
        "an MP4 or QuickTime video": head[4:8] in _BOXES,
        "a BMP picture": head.startswith(b"BM") and head[6:10] == bytes(4),
        "a tar archive (unpack it first)": head[_TAR_MAGIC] == b"ustar",
        "an MPEG transport stream": head[:1] == head[_TS_PACKET : _TS_PACKET + 1] == b"G",
    }
    return next((words for words, fits in kinds.items() if fits), "")


def is_sightings(head: bytes) -> bool:
    """Whether this is a database of sightings, and thus no database of a publisher."""
    return head.startswith(_SQLITE) and int.from_bytes(head[68:72], "big") == _SIGHTINGS


def _text(head: bytes) -> str:
    """Texts that are known, and what is no text."""
    if _GENERATION.match(head):
        return "a file of a hashmatch index (name the folder of the index)"
    if _HTML.match(head):
        return "a web page (HTML): perhaps a log-in page in place of the list"
    if _XML.match(head):
        return "an XML document"
    if not head.strip():
        return "a file of spaces and line ends only"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    strange = sum(each < 9 or 13 < each < 27 or 27 < each < 32 for each in head)  # noqa: PLR2004
    return "a binary file" if strange * 100 > len(head) else ""
