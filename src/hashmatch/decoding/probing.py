"""What FFmpeg takes a file for that nothing else recognised.

FFmpeg asks each of its demuxers how sure it is, from the first bytes alone, and opens the file with
the surest one. What it takes for a video counts as one if frames of it can be decoded: guesses of
some demuxers are weak.
"""

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from hashmatch.decoding import demuxers
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.opening import ERRORS, is_cover, open_container
from hashmatch.decoding.video_formats import RAW
from hashmatch.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

    from hashmatch.decoding.window import Window

_GUESSED_FROM: Final = 65536
"""Bytes."""
_ANALYSED: Final = 1 << 20
"""Bytes that are read to find out which streams there are."""
_PACKETS: Final = 1000
"""Packets among which there must be a frame."""
_FRAMES_OF_RAW: Final = 3
"""Frames that a raw stream must give: some decoders make a picture of any bytes."""
_LONGEST_TAG: Final = 7 << 20
_PIXELS: Final = 40_000_000
"""The most pixels of a frame that is decoded to see whether it can be."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What FFmpeg takes a file for.

    Attributes:
        name: of the format.
        moving: whether it holds a stream of moving pictures.
        decoded: whether a frame of it could be decoded.
        covers: how many pictures are attached to it.
    """

    name: str
    moving: bool
    decoded: bool
    covers: int


def probe(file: "Window") -> Probed | None:
    """What a file is; None where FFmpeg finds no video and no sound in it.

    Args:
        file: read at its begin, and as far as it takes to decode a frame.

    Raises:
        UnreadableError: the storage cannot read it.
    """
    options = {"formatprobesize": str(guessed_from(file)), "probesize": str(_ANALYSED)}
    try:
        with open_container(file, (*demuxers.VIDEO, *demuxers.SOUND), options) as container:
            streams = [each for each in container.streams.video if not is_cover(each)]
            covers = len(container.streams.video) - len(streams)
            if not (streams or covers or container.streams.audio):
                return None
            name = container.format.name.partition(",")[0]
            decoded = bool(streams) and _gives_frames(container, streams, name)
            return Probed(name, bool(streams), decoded, covers)
    except UnreadableError:
        raise
    except ERRORS as error:
        raise_if_ours(error)
        return None


def guessed_from(file: "Window") -> int:
    """How many bytes FFmpeg guesses from: the whole tag of a sound file too, with its cover."""
    head = file.read(10)
    file.seek(0)
    if head[:3] != b"ID3" or len(head) < 10:  # noqa: PLR2004 (bytes of its head)
        return _GUESSED_FROM
    length = sum(
        (each & 0x7F) << shift for each, shift in zip(head[6:], (21, 14, 7, 0), strict=True)
    )
    return min(length + _GUESSED_FROM, _LONGEST_TAG)


def _gives_frames(container: "InputContainer", streams: "list[VideoStream]", name: str) -> bool:
    known = [each for each in streams if getattr(each, "codec_context", None) is not None]
    if not known:
        return False
    for each in known:
        each.codec_context.options = {"max_pixels": str(_PIXELS)}
    frames, wanted = 0, _FRAMES_OF_RAW if name in RAW else 1
    for packet in islice(_packets(container, known), _PACKETS):
        try:
            frames += sum(not each.is_corrupt for each in packet.decode())
        except ERRORS as error:
            raise_if_ours(error)
            continue
        if frames >= wanted:
            return True
    return False


def _packets(
    container: "InputContainer", streams: "list[VideoStream]"
) -> "Iterator[Packet[VideoStream]]":
    return container.demux(streams)  # type: ignore[return-value] # those of these streams alone
