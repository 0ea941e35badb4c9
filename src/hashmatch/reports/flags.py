"""What is special about a file, in words: its flags, and a name that says something else."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from hashmatch.containers import name_in
from hashmatch.model.flags import BYTES_BEHIND, Flag

if TYPE_CHECKING:
    from hashmatch.sightings.records import ItemRecord

_FLAGS: Final[Mapping[str, str]] = {
    Flag.ORIENTED: "turned as its orientation tag says",
    Flag.ALPHA: "has transparent parts",
    Flag.FRAMES: "has several frames or pages",
    Flag.CMYK: "CMYK colours, as for print",
    Flag.DEEP: "more than 8 bits per colour",
    Flag.HDR: "more brightness than a standard screen can show (HDR)",
    Flag.INTERLACED: "interlaced frames",
    Flag.RESIZED: "its frames are not all of the same size",
    Flag.RAW_PREVIEW: "camera RAW: the preview in it was hashed",
    Flag.LEADING_GARBAGE: "other bytes come before it",
    Flag.TIMES_ESTIMATED: "times estimated",
    Flag.THINNED: "many frames: towards the end, one frame per second was hashed",
    Flag.FLAT_CARD: "few colours, as a card, a logo, a chart or a page of text",
    Flag.PARTS_LEFT_OUT: "it has more parts than were looked at for known pictures",
    Flag.MOTION_PHOTO: "a picture with a film clip in it",
    Flag.CLIP: "a further film lies behind or in it",
    Flag.CONTAINER_BEHIND: "an archive or document lies behind it, and was opened",
    Flag.PICTURE_BEHIND: "a picture lies behind or in the film",
    Flag.UNREAD_CLIP: "a film clip lies behind or in it and could not be read",
    Flag.UNREAD_PART: "the file holds more than the picture, which could not be read",
    Flag.UNREAD_PICTURE: "a further picture in the file could not be read",
    Flag.UNREAD_COVER: "a picture is attached to it and could not be read",
    Flag.INCOMPLETE_CLIP: "the film clip could be decoded only in part",
    Flag.MJPEG: "a stream of JPEG pictures",
    Flag.COVER_ART: "a picture is attached to it",
    Flag.STREAMS: "has several video streams",
}
"""Every flag that this version sets; one that a record has of another version is shown as it is."""

_NAMES: Final[dict[str, frozenset[str]]] = {
    name: frozenset(extensions.split())
    for name, extensions in {
        "jpeg": "jpg jpeg jpe jfif jif jfi thm mpo insp",
        "png": "png apng",
        "gif": "gif",
        "webp": "webp",
        "bmp": "bmp dib rle",
        "tiff": "tif tiff dng nef nrw cr2 arw srf sr2 pef orf rw2 raw srw 3fr fff iiq erf kdc dcr "
        "mos mef rwl gpr",
        "avif": "avif avifs",
        "heif": "heic heif heics heifs hif avci",
        "jpeg2000": "jp2 j2k jpf jpx jpm jpc j2c",
        "jpegxl": "jxl",
        "psd": "psd psb",
        "ico": "ico cur",
        "mp4": "mp4 m4v m4p m4b m4a mov qt 3gp 3g2 3gpp f4v insv lrv mp4v ismv cmfv",
        "mov": "mov qt mp4 m4v 3gp 3g2 insv",
        "matroska": "mkv mk3d mka webm",
        "webm": "webm mkv",
        "avi": "avi divx",
        "asf": "asf wmv wma wm",
        "flv": "flv f4v",
        "mpegts": "ts mts m2ts m2t tsv tp trp mod tod",
        "mpeg": "mpg mpeg mpe vob m1v m2v mp2 evo dat mod",
        "ogg": "ogg ogv ogm",
        "mxf": "mxf",
        "rm": "rm rmvb",
        "wtv": "wtv",
    }.items()
}
"""Extensions that fit a format. Of other formats only names of the types below are told."""

_OTHERS: Final = frozenset(
    (
        *("txt", "log", "csv", "json", "xml", "html", "htm", "md", "rtf", "pdf", "doc", "docx"),
        *("xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "eml", "msg", "exe", "dll", "sys"),
        *("zip", "rar", "7z", "gz", "tar", "iso", "apk", "mp3", "wav", "flac", "aac", "py", "js"),
    )
).union(*_NAMES.values())
"""Extensions that everybody knows as those of something."""

_SILENT: Final = frozenset(
    (
        *("dat", "bin", "tmp", "temp", "bak", "old", "orig", "part", "partial", "crdownload"),
        *("download", "cache", "file", "data", "blob", "unknown", "chk", "deleted", "recovered"),
    )
)
"""Extensions that say nothing about what is in a file."""

_EXTENSION: Final = re.compile(r"[^/\\]\.([A-Za-z0-9]{1,8})\Z")


def in_words(item: "ItemRecord") -> list[str]:
    """Every flag of an item, in words; one that has none as it is."""
    container = name_in(item.flags)
    words = [f"found in a {container}"] if container else []
    words += [_in_words(flag) for flag in item.flags if not flag.startswith("inside-")]
    return words


def _in_words(flag: str) -> str:
    if flag.startswith(BYTES_BEHIND) and (count := flag.removeprefix(BYTES_BEHIND)).isdecimal():
        if count == "1":
            return "1 byte of no known kind follows its end"
        return f"{int(count):,} bytes of no known kind follow its end"
    return _FLAGS.get(flag, flag)


def other_name(item: "ItemRecord") -> str:
    """What the file's name says, where its content is something else; empty where it is not.

    Of a file of a backup the name is what it was called there.

    An extension that says nothing, as `.dat`, contradicts nothing, and so does none.
    """
    found = _EXTENSION.search(item.original_name or item.locator)
    fitting = _NAMES.get(item.format)
    if found is None or not item.format:
        return ""
    extension = found[1].lower()
    if extension in _SILENT or extension.isdecimal() or extension == item.format:
        return ""
    if extension in fitting if fitting is not None else extension not in _OTHERS:
        return ""
    return f"the name ends in .{found[1]}, the content is {item.format}"
