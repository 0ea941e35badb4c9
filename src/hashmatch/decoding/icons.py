"""The further pictures of an icon: most show the same in other sizes, and none need to.

Pillow opens the largest alone.
"""

from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from typing import Any, Final

from PIL import Image
from PIL.IcnsImagePlugin import IcnsFile
from PIL.IcoImagePlugin import IcoFile

FORMATS: Final = frozenset({"ICNS", "ICO"})
"""Pillow's names of them."""

_ENTRY: Final = 16
_PNG: Final = b"\x89PNG"

Open = Callable[[], Image.Image]


def further(data: bytes, form: str) -> Iterator[tuple[int, Open]]:
    """The pictures besides the one that Pillow opens, by their place in the file.

    Raises:
        Exception: what Pillow raises where the file is damaged.
    """
    if form == "ICNS":
        icons: Any = IcnsFile(BytesIO(data))  # type: ignore[no-untyped-call, unused-ignore]
        best = icons.bestsize()
        sizes = [size for size in icons.itersizes() if size != best]
        for number, size in enumerate(sizes, start=1):
            yield number, partial(icons.getimage, size)
        return
    entries: Any = IcoFile(BytesIO(data))
    for number in range(1, len(entries.entry)):
        yield number, partial(entries.frame, number)


def as_icon(data: bytes) -> bytes:
    """A cursor as the icon that it is but for its hot spots, which stand where icons have depths.

    Of cursors Pillow reads those without PNG pictures, and of these one.
    """
    icon = bytearray(data)
    icon[:4] = b"\0\0\1\0"
    for number in range(int.from_bytes(data[4:6], "little")):
        at = 6 + _ENTRY * number
        start = int.from_bytes(data[at + 12 : at + 16], "little")
        depth = b" \0" if data[start : start + 4] == _PNG else data[start + 14 : start + 16]
        if len(data) >= at + _ENTRY and len(depth) == 2:  # noqa: PLR2004 (bytes)
            icon[at + 4 : at + 8] = b"\1\0" + depth
    return bytes(icon)
