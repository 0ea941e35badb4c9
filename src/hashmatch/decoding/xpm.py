"""XPM as Pillow reads it: its strings one a line, colours in six hex digits.

A file is source code in C (X PixMap format 3) that names colours as X11 does. Pillow knows neither
other programs' comments nor names, and reads longer numbers of colours wrongly.
"""

import re
from typing import Final

from PIL import ImageColor

from hashmatch.errors import Reason, UnreadableImageError

_HEAD, _FOOT = b"/* XPM */\nstatic char *picture[] = {\n", b"\n};\n"
_SIZES: Final = re.compile(rb"\"\s*\d+\s+\d+\s+(\d{1,9})\s+(\d{1,2})\b")
_COLOUR: Final = re.compile(
    rb"(?<=\sc)\s{1,9}(#[0-9a-fA-F]{3,12}|[A-Za-z][A-Za-z0-9 ]{0,40}?)"
    rb"(?=\s{1,9}(?:m|s|g4?)\s|\s{0,9}\"$)"
)
_GREY: Final = re.compile(r"gr[ae]y(\d{1,3})")
_OF_X11: Final = {
    "gray": "bebebe",
    "green": "00ff00",
    "grey": "bebebe",
    "maroon": "b03060",
    "purple": "a020f0",
}
"""Names of colours of X11 that mean another colour in CSS, which Pillow follows."""
_MOST_GREY: Final = 100
_PLACES: Final = 3


def as_pillow_reads(data: bytes) -> bytes:
    """The same picture without comments and names.

    Raises:
        UnreadableImageError: a colour has a name that is not known.
    """
    strings = _strings(data)
    sizes = _SIZES.match(strings[0]) if strings else None
    colours = 1 + int(sizes[1]) if sizes else 1
    key = 1 + int(sizes[2]) if sizes else 1
    for number in range(1, min(colours, len(strings))):
        line = strings[number]
        strings[number] = line[:key] + _COLOUR.sub(_in_digits, line[key:], count=1)
    return _HEAD + b",\n".join(strings) + _FOOT


def _strings(data: bytes) -> list[bytes]:
    """The strings with their quotes; comments hold none."""
    found: list[bytes] = []
    at = 0
    while (quote := data.find(b'"', at)) >= 0:
        comment = data.find(b"/*", at, quote)
        if comment >= 0:
            end = data.find(b"*/", comment + 2)
            if end < 0:
                break
            at = end + 2
            continue
        end = data.find(b'"', quote + 1)
        if end < 0:
            break
        found.append(data[quote : end + 1])
        at = end + 1
    return found


def _in_digits(found: "re.Match[bytes]") -> bytes:
    text = found[1].decode("ascii").lower()
    if text == "none":
        return b" None"
    if text.startswith("#"):
        digits, each = text[1:], max((len(text) - 1) // _PLACES, 1)
        parts = [digits[place * each : place * each + each] for place in range(_PLACES)]
        return f" #{''.join((part * 2)[:2] for part in parts)}".encode()
    name = text.replace(" ", "")
    if grey := _GREY.fullmatch(name):
        value = round(min(int(grey[1]), _MOST_GREY) * 255 / _MOST_GREY)
        return f" #{value:02x}{value:02x}{value:02x}".encode()
    try:
        red, green, blue = ImageColor.getrgb(f"#{_OF_X11[name]}" if name in _OF_X11 else name)[:3]
    except ValueError:
        detail = "an XPM with unknown colour names is not supported"
        raise UnreadableImageError(Reason.UNSUPPORTED, detail) from None
    return f" #{red:02x}{green:02x}{blue:02x}".encode()
