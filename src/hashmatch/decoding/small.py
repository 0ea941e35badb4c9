"""Films that are so small that leaving frames out saves nothing: stickers, clips of messengers."""

from typing import TYPE_CHECKING, Final

from hashmatch.decoding import demuxers
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.opening import ERRORS, open_container
from hashmatch.decoding.streams import moving_streams
from hashmatch.errors import UnreadableError

if TYPE_CHECKING:
    from hashmatch.decoding.window import Window

_PIXELS: Final = 24_000_000
"""Pixels of all frames together: those of a photograph, or of three seconds of a sticker."""
_FRAMES: Final = 300
"""Frames of ten seconds: with more of them, most of the time is not spent in decoding."""
_BYTES: Final = 4 * _PIXELS
"""A larger file is no small film: pixels that are not compressed at all have four bytes."""


def may_be_small(pixels: int, frames: int) -> bool:
    """Whether a film of so many frames, with so many pixels in all, is small."""
    return frames <= _FRAMES and pixels <= _PIXELS


def is_small(file: "Window", size: int, stream: int, *, name: str = "") -> bool:
    """Whether a film is small, by the packets that it has: what its header says may not be true.

    No more packets are looked at than a small film has.

    Args:
        file: its own: it is left anywhere.
        size: of the file, in bytes.
        stream: which of its streams, the film being the first.
        name: of the format, where FFmpeg would not guess it.
    """
    if size > _BYTES:
        return False
    count = 0
    formats = (name,) if name else demuxers.VIDEO
    try:
        with open_container(file, formats, name=name or None) as container:
            film = moving_streams(container)[stream]
            pixels = film.codec_context.width * film.codec_context.height
            for packet in container.demux(film):
                count += packet.size > 0
                if not may_be_small(pixels * count, count):
                    return False
    except (*ERRORS, UnreadableError) as error:
        # It counts as far as it can be read; what is really decoded is counted once more.
        raise_if_ours(error)
    return count > 0
