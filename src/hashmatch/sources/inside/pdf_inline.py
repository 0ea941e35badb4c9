"""Pictures in the midst of the drawing instructions of PDF."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_BEGIN: Final = re.compile(rb"(?<![A-Za-z0-9])BI[\s/](.{0,2000}?)\sID[ \r\n\t]", re.DOTALL)
_END: Final = re.compile(rb"[\s>~]EI(?=[\s]|$)")
_TEXT: Final = re.compile(rb"[\t\n\r -~]*")
_LOOK: Final = 16
_LONG: Final = {
    "/BPC": "/BitsPerComponent",
    "/CS": "/ColorSpace",
    "/D": "/Decode",
    "/DP": "/DecodeParms",
    "/F": "/Filter",
    "/H": "/Height",
    "/IM": "/ImageMask",
    "/W": "/Width",
}


def inline_pictures(content: bytes) -> Iterator[tuple[Mapping[str, Any], int, int]]:
    """Facts of each picture, with full names, and where its bytes begin and end."""
    place = 0
    while found := _BEGIN.search(content, place):
        place = found.end()
        facts = _facts(content[found.start() + 2 : found.end(1)])
        if facts is None:
            continue
        end = _end(content, place)
        yield facts, place, end
        place = end


def _facts(text: bytes) -> Mapping[str, Any] | None:
    import pikepdf

    try:
        given = pikepdf.Object.parse(b"<<" + text + b">>")
    except Exception:  # noqa: BLE001 # the library's errors have no common root
        return None
    if not isinstance(given, pikepdf.Dictionary):
        return None
    return {_LONG.get(key, key): value for key, value in given.items()}


def _end(content: bytes, place: int) -> int:
    """The place before the end mark that is followed by instructions rather than by pixels."""
    for found in _END.finditer(content, place):
        if _TEXT.fullmatch(content, found.end(), min(found.end() + _LOOK, len(content))):
            return found.start() + 1 if content[found.start()] in b">~" else found.start()
    return len(content)
