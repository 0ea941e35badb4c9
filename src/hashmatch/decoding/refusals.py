"""What Pillow and the libraries below it raise, and what it says of the file."""

from typing import Final

from PIL import Image

from hashmatch.decoding.failures import PILLOW_ERRORS, raise_if_ours
from hashmatch.errors import Reason, UnreadableImageError

DECODER_ERRORS: Final = (*PILLOW_ERRORS, Image.DecompressionBombError)
"""What Pillow and its plugins raise on damaged files; `raise_if_ours` looks at where."""


def translated(error: Exception) -> UnreadableImageError:
    """Our error for one of a decoder's; its text may quote the file and is left behind.

    Its words differ between versions: whether a file is sound, and only of a kind that is not
    read, is told by the file itself (`pillow_kinds`).

    Raises:
        Exception: the error itself, where it is none of a decoder's.
    """
    raise_if_ours(error)
    if isinstance(error, UnreadableImageError):
        return error
    if isinstance(error, Image.DecompressionBombError):
        return UnreadableImageError(Reason.TOO_MANY_PIXELS, "a frame is larger than the limit")
    return UnreadableImageError(Reason.DAMAGED, "Pillow could not read it")
