"""Headers of mail: what a part is, and the name of the file in it."""

import re
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import HeaderParser
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

CODECS: Final = (
    *("utf_8", "utf_16", "utf_7", "ascii", "latin_1", "cp1250", "cp1251", "cp1252", "cp1253"),
    *("cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp437", "cp850", "cp866", "cp874"),
    *("iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8"),
    *("iso8859_9", "iso8859_10", "iso8859_13", "iso8859_14", "iso8859_15", "iso8859_16"),
    *("koi8_r", "koi8_u", "gb2312", "gbk", "gb18030", "big5", "shift_jis", "cp932", "euc_jp"),
    *("iso2022_jp", "iso2022_kr", "euc_kr", "cp949", "johab", "hz", "tis_620", "mac_roman"),
    *("mac_cyrillic", "mac_greek", "raw_unicode_escape", "unicode_escape"),
)
"""Charsets of names: what of `encodings` must be imported early."""
_BROKEN: Final = (MessageError, ValueError, LookupError, TypeError, AttributeError, OSError)
"""What the standard library raises of damaged headers; of charsets that it may not load."""
Pieces: TypeAlias = list[tuple[bytes | str, str | None]]
_FOLD: Final = re.compile(r"[\r\n]+[ \t]*")


def parsed(data: bytes) -> Message:
    """Headers of a part, damaged ones too."""
    # Bytes that say no charset are UTF-8; others stay legible, and can be told apart.
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return HeaderParser().parsestr(text)


def kind_of(headers: Message) -> str:
    """The type of the content, in small letters."""
    try:
        return headers.get_content_type()
    except _BROKEN:
        return ""


def encoding_of(headers: Message) -> str:
    """How the body is encoded, in small letters."""
    try:
        return str(headers.get("Content-Transfer-Encoding", "")).strip().lower()
    except _BROKEN:
        return ""


def boundary_of(headers: Message) -> bytes:
    """What lies between the parts of a body; empty where it has none."""
    try:
        boundary = headers.get_boundary() if headers.get_content_maintype() == "multipart" else ""
    except _BROKEN:
        return b""
    return (boundary or "").encode("utf-8", "replace")


def name_of(headers: Message) -> str:
    """The name of the file in a part, or its address in a saved page; empty where it has none."""
    finds: tuple[Callable[[], object], ...] = (
        headers.get_filename,
        lambda: headers.get("Content-Location"),
        lambda: headers.get("Content-Description"),
    )
    for find in finds:
        try:
            found = find()
        except _BROKEN:
            continue
        if found:
            return _text(str(found))
    return ""


def _text(value: str) -> str:
    """A value with its encoded words decoded; bytes that say no charset are UTF-8 or kept."""
    value = _FOLD.sub("", value)
    try:
        pieces: Pieces = decode_header(value) if "=?" in value else [(value, None)]
    except _BROKEN:
        pieces = [(value, None)]
    return "".join(_piece(data, charset) for data, charset in pieces)


def _piece(data: bytes | str, charset: str | None) -> str:
    raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    for each in (charset, "utf-8"):
        if each:
            try:
                return raw.decode(each)
            except _BROKEN:
                continue
    return raw.decode("utf-8", "surrogateescape")
