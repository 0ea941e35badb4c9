"""Multipart streams of JPEGs, as cameras send them over HTTP."""

import os
import re
from typing import Final

from hashmatch.decoding.window import Window

_TAIL: Final = 256
_ENDS: Final = re.compile(rb"\xff\xd9\s*--[^\r\n]{1,80}\s*\Z")


def ends_before_a_part(file: Window) -> bool:
    """Whether behind the last picture there is but the line that announces another, or the end.

    FFmpeg calls such an end an error; its own streams end so. The file is left where it was.
    """
    at = file.seek(0, os.SEEK_CUR)
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    file.seek(at)
    return _ENDS.search(tail) is not None
