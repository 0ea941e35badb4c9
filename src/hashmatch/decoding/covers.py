"""Pictures that are attached to a sound file or a film: cover art."""

from typing import TYPE_CHECKING, BinaryIO, Final

from hashmatch.decoding import demuxers
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.opening import ERRORS, is_cover, open_container
from hashmatch.decoding.probing import guessed_from
from hashmatch.decoding.recognition import Recognised
from hashmatch.decoding.window import Window
from hashmatch.errors import UnreadableError

if TYPE_CHECKING:
    from av.container import InputContainer

_LONGEST_PREVIEW: Final = 16 << 20
"""Bytes in which a picture in front of a film ends."""
_MOST: Final = 64
"""Covers of one file."""


def attached_pictures(file: BinaryIO, found: Recognised) -> tuple[bytes, ...]:
    """The files of the pictures that are attached, in their order; none where it cannot be opened.

    Args:
        file: opened for reading and seekable.
        found: what kind of file it is.

    Raises:
        UnreadableError: the storage cannot read it.
    """
    previews: tuple[bytes, ...] = ()
    if found.preview >= 0:
        file.seek(found.preview)
        previews = (file.read(_LONGEST_PREVIEW),)
    window = Window(file, found.start)
    options = {"formatprobesize": str(guessed_from(window))}
    try:
        with open_container(window, (*demuxers.VIDEO, *demuxers.SOUND), options) as container:
            return previews + _pictures(container)
    except UnreadableError:
        raise
    except ERRORS as error:
        raise_if_ours(error)
        return previews


def _pictures(container: "InputContainer") -> tuple[bytes, ...]:
    covers = [each for each in container.streams.video if is_cover(each)][:_MOST]
    found: dict[int, bytes] = {}
    if not covers:
        return ()
    # FFmpeg hands them out before anything else.
    for packet in container.demux(covers):
        if packet.size:
            found.setdefault(packet.stream.index, bytes(packet))
        if len(found) == len(covers):
            break
    return tuple(data for _, data in sorted(found.items()))
