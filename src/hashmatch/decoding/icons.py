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

FORMATS: Final = frozenset({"CUR", "ICNS", "ICO"})
"""Pillow's names of them."""

_ICON: Final = b"\0\0\1\0"
"""The first bytes of an icon; those of a cursor differ in what they are for."""

Open = Callable[[], Image.Image]


def further(data: bytes, form: str) -> Iterator[tuple[int, Open]]:
    """The pictures besides the one that Pillow opens, by their place in the file.

    Which of them Pillow opens of a cursor is not known: all are given.

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
    entries: Any = IcoFile(BytesIO(_ICON + data[len(_ICON) :]))
    for number in range(1 if form == "ICO" else 0, len(entries.entry)):
        yield number, partial(entries.frame, number)
