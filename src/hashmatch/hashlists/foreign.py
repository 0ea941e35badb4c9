"""Files that are no hash lists, named by their first bytes: for errors that say what is wrong."""

import re
from typing import Final

from hashmatch.kinds import containers, pictures
from hashmatch.kinds.words import words_of_container, words_of_picture

_OTHERS: Final = (
    (b"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (b"\0\0\1\xba", "an MPEG video"),
    (b"\0\0\1\xb3", "an MPEG video"),
    (b"FLV\1", "a Flash video"),
    (b"0&\xb2u\x8ef\xcf\x11", "a Windows Media video"),
    (b"OggS", "an Ogg video or sound"),
    (b"ID3", "a sound file"),
    (b"fLaC", "a sound file"),
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
"""What is neither a picture nor a container of `hashmatch.kinds`."""

_IN_TEXT: Final = frozenset(
    {"xbm", "xpm", "svg", "sun-icon", "magick-text", "cisco", "pds", "mda", "mtv", "ppm", "pfm"}
    | {"mail message", "mailbox (mbox)", "contact card with a photo", "PostScript document"}
)
"""Kinds that are text: a list of lines may begin like one."""
_WEAK: Final = frozenset({"tga", "pcx", "cur", "sgi", "cpio archive", "FAT volume", "LHA archive"})
"""Kinds of which the mark is too short to speak against a list."""
_BOXES: Final = (b"moov", b"mdat", b"free", b"wide", b"skip")
_RIFF: Final = {b"AVI ": "an AVI video", b"WAVE": "a sound file"}
_SQLITE: Final = b"SQLite format 3\0"
_SIGHTINGS: Final = 0x484D7364
"""The application id in the header of a database of sightings."""

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
    if is_sightings(head):
        return "a database of sightings of hashmatch"
    other = next((words for magic, words in _OTHERS if head.startswith(magic)), "")
    return other or _picture(head) or _container(head) or _inside(head)


def _picture(head: bytes) -> str:
    kind = pictures.sniff(head)
    return "" if kind is None or kind in _IN_TEXT | _WEAK else words_of_picture(kind)


def _container(head: bytes) -> str:
    first = containers.by_first_bytes(head)
    if first and first not in _IN_TEXT | _WEAK:
        return words_of_container(first)
    if containers.ZIP.match(head):
        return words_of_container("zip archive")
    if head.startswith(containers.OLE):
        return "an Office document or a mail (OLE)"
    if head.startswith(b"%PDF-"):
        return "a PDF document"
    placed = containers.BY_PLACE
    found = (name for name, at, mark in placed if head[at : at + len(mark)] == mark)
    name = next((name for name in found if name != "ext volume"), "")
    return words_of_container(name) if name else ""


def _inside(head: bytes) -> str:
    """Kinds whose mark is not at the very start."""
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], "a RIFF file")
    kinds = {
        "an MP4 or QuickTime video": head[4:8] in (b"ftyp", *_BOXES),
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
