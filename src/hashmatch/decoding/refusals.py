"""What Pillow and the libraries below it raise, and what it says of the file."""

import re
from typing import Final

from PIL import Image

from hashmatch.decoding.failures import PILLOW_ERRORS, raise_if_ours
from hashmatch.errors import Reason, UnreadableImageError

DECODER_ERRORS: Final = (*PILLOW_ERRORS, Image.DecompressionBombError)
"""What Pillow and its plugins raise on damaged files; `raise_if_ours` looks at where."""

_REFUSED: Final = re.compile(r"(?i)unsupported|not supported|unknown pixel mode|cannot handle")
"""What Pillow and the libraries below it say of kinds that they do not read."""


def translated(error: Exception) -> UnreadableImageError:
    """Our error for one of a decoder's; its text may quote the file and is left behind.

    Raises:
        Exception: the error itself, where it is none of a decoder's.
    """
    raise_if_ours(error)
    if isinstance(error, UnreadableImageError):
        return error
    if isinstance(error, Image.DecompressionBombError):
        return UnreadableImageError(Reason.TOO_MANY_PIXELS, "a frame is larger than the limit")
    if isinstance(error, NotImplementedError) or _REFUSED.search(str(error)):
        return UnreadableImageError(Reason.UNSUPPORTED, "a kind that Pillow does not read")
    return UnreadableImageError(Reason.DAMAGED, "Pillow could not read it")
