"""Which video a file is, by its content: from its first bytes, or behind what is no video.

Names of files are never asked. Recordings are cut, joined late and carved, and recorders write
heads of their own: a video may begin at any byte.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from hashmatch.kinds.videos import DHAV, GXF, PACK, FoundVideo, Mark, mark_of, sniff_video

__all__ = ["RAW", "REACH", "FoundVideo", "find_raw_videos", "find_videos", "sniff_video"]


REACH: Final = 1 << 20
"""Bytes in which a video is looked for that does not begin with the file."""

_ANYWHERE: Final = (
    mark_of("mp4", b"ftyp", rb"\x00\x00..ftyp[A-Za-z0-9 _]{3,4}", 4),
    mark_of("mp4", b"mvhd", rb"\x00...moov\x00\x00\x00.mvhd", 12),
    mark_of("matroska", b"\x1a\x45\xdf\xa3", rb"....[\x01-\xff].{0,50}?\x42\x82.(?:webm|matroska)"),
    mark_of("avi", b"RIFF", rb"RIFF....AVI[ X\x19]LIST"),
    mark_of("asf", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", b""),
    mark_of("flv", b"FLV\x01", rb"....[\x01\x04\x05]\x00\x00\x00\x09\x00\x00\x00\x00"),
    mark_of("rm", b".RMF", rb".RMF\x00\x00\x00.\x00"),
    mark_of("ogg", b"OggS\x00", rb".{5}[\x02\x06]\x00{8}"),
    mark_of("mxf", b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02", b""),
    mark_of("nut", b"nut/multimedia container\x00", b""),
    mark_of("ivf", b"DKIF\x00\x00", rb".{6}\x20\x00"),
    mark_of("wtv", b"\xb7\xd8\x00\x20\x37\x49\xda\x11\xa6\x4e\x00\x07\xe9\x5e\xad\x8d", b""),
    mark_of("dv", b"\x1f\x07\x00", rb"...[\x3f\xbf].{76}\x3f\x07\x00"),
    mark_of("y4m", b"YUV4MPEG2 ", rb".{10}[WHFIAC]"),
    mark_of("smjpeg", b"\x00\x0aSMJPEG", b""),
    GXF,
    PACK,
    DHAV,
)
"""Containers, by what no other file is likely to hold."""

RAW: Final = frozenset(
    {*("h264", "hevc", "vvc", "m4v", "h263", "h261", "obu", "av1", "vc1", "mpegvideo", "evc")}
    | {*("cavsvideo", "avs2", "avs3", "dirac", "dnxhd", "apv")}
)
"""Streams without a container, as FFmpeg calls them: bytes in a container may look like one."""

_RAW_ANYWHERE: Final = (
    mark_of("hevc", b"\x00\x00\x01\x40\x01\x0c", rb".{9,406}?\x00\x00\x01\x42\x01"),
    *(
        mark_of(
            "h264",
            b"\x00\x00\x01" + unit,
            rb"....[\x42\x4d\x58\x64\x6e\x7a\xf4].{3,200}?\x00\x00\x01[\x28\x48\x68]",
        )
        for unit in (b"\x27", b"\x47", b"\x67")
    ),
    mark_of("m4v", b"\x00\x00\x01\xb0", rb".....\x00\x00\x01\xb5"),
    mark_of("obu", b"\x12\x00\x0a", rb"...[\x08-\x20][\x00-\x5f]"),
    mark_of("mpegvideo", b"\x00\x00\x01\xb3", rb".{12,144}?\x00\x00\x01[\xb2\xb5\xb8]"),
)

_PACKETS: Final = (188, 192, 204)
"""Bytes of a packet of a transport stream: plain, with a time before it, with a check behind."""
_SYNC: Final = 0x47
_IN_A_ROW: Final = 6


def find_videos(data: bytes) -> Iterator[FoundVideo]:
    """Possible starts of video containers behind other bytes, the first of each format.

    Whether one does has to be tried.
    """
    found = _found(_ANYWHERE, data)
    packets = _first_packets(data)
    if packets >= 0:
        found.append(FoundVideo("mpegts", packets))
    yield from sorted(found, key=lambda one: one.start)


def find_raw_videos(data: bytes) -> Iterator[FoundVideo]:
    """The same of streams without a container."""
    yield from sorted(_found(_RAW_ANYWHERE, data), key=lambda one: one.start)


def _found(marks: tuple[Mark, ...], data: bytes) -> list[FoundVideo]:
    return [found for mark in marks if (found := mark.first(data)) is not None]


def _first_packets(data: bytes) -> int:
    """The start of consecutive packets of a transport stream; -1 where there are none."""
    held = np.frombuffer(data, np.uint8)
    marked = np.flatnonzero(held[:-3] == _SYNC)
    # No error is marked, and there is something in the packet.
    marked = marked[(held[marked + 1] & 0x80 == 0) & (held[marked + 3] & 0x30 != 0)]
    plausible = np.zeros(len(held), np.bool_)
    plausible[marked] = True
    firsts = []
    for size in _PACKETS:
        begins = marked[: np.searchsorted(marked, len(held) - (_IN_A_ROW - 1) * size)]
        for number in range(1, _IN_A_ROW):
            begins = begins[plausible[begins + number * size]]
        firsts += begins[:1].tolist()
    return min(firsts, default=-1)
