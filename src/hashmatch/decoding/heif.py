"""HEIF boxes that pi-heif must not see as they are."""

import re

_ENTRY = re.compile(rb"infe([\x00-\x03])", re.DOTALL)
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_LONG_NUMBERS = 3


def without_film(data: bytes) -> bytes:
    """The file without the sequence beside its picture, which is read as a film.

    libheif gives up the picture where it cannot read the sequence.
    """
    at = 0
    while 0 <= at <= len(data) - 8:
        size = int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] == b"moov":
            return data[: at + 4] + b"free" + data[at + 8 :]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16])
        if size < 8:  # noqa: PLR2004 (its own head)
            break
        at += size
    return data


def plain_items(data: bytes) -> bytes:
    """The file with the types and names of its items in ASCII; almost always the same object.

    pi-heif up to 1.4 ends the process at an item type or content type that is not UTF-8
    (`_CtxImage_metadata` uses the result of `PyUnicode_FromString` unchecked).
    """
    changed = bytearray()
    for found in _ENTRY.finditer(data):
        size = int.from_bytes(data[found.start() - 4 : found.start()])
        first = found.start() + (14 if found[1][0] == _LONG_NUMBERS else 12)
        end = found.start() - 4 + size if size > 1 else len(data)
        text = data[first:end]
        if not text.isascii():
            changed = changed or bytearray(data)
            changed[first : first + len(text)] = _NOT_ASCII.sub(b"?", text)
    return bytes(changed) if changed else data
