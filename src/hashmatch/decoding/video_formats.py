"""Which video a file is, by its content: from its first bytes, or behind what is no video.

Names of files are never asked. Recordings are cut, joined late and carved, and recorders write
heads of their own: a video may begin at any byte.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np


@dataclass(frozen=True, slots=True)
class FoundVideo:
    """A video in a file.

    Attributes:
        name: of its format.
        start: the byte with which it begins.
    """

    name: str
    start: int = 0


_MAGIC: Final = (
    ("matroska", re.compile(rb"\x1a\x45\xdf\xa3")),
    ("avi", re.compile(rb"RIFF....AVI[ X\x19]", re.DOTALL)),
    ("mp4", re.compile(rb"....(?:ftyp|moov|mdat|moof|styp|sidx|pnot)", re.DOTALL)),
    # Sizes of these are small, and no text begins like that.
    (
        "mp4",
        re.compile(
            rb"[\x00-\x08]...(?:free|skip|wide|junk|uuid|udta|emsg|prft|pdin|ssix|meta|meco|prfl"
            rb"|PICT|pict|thum|imda|etyp|otyp|bloc)",
            re.DOTALL,
        ),
    ),
    ("asf", re.compile(rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11")),
    ("flv", re.compile(rb"FLV\x01")),
    ("ogg", re.compile(rb"OggS\x00")),
    (
        "mpegts",
        re.compile(
            rb"(?:G[\x00-\x7f].[\x10-\x3f\x50-\x7f\x90-\xbf\xd0-\xff].{184}){3}G"
            rb"|....(?:G[\x00-\x7f].[\x10-\x3f\x50-\x7f\x90-\xbf\xd0-\xff].{188}){2}G",
            re.DOTALL,
        ),
    ),
    ("mpeg", re.compile(rb"\x00{2,8}\x01[\xba\xb3]")),
    ("rm", re.compile(rb"\.RMF\x00")),
    ("mxf", re.compile(rb"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02")),
    ("nut", re.compile(rb"nut/multimedia container\x00")),
    ("ivf", re.compile(rb"DKIF\x00\x00")),
    ("wtv", re.compile(rb"\xb7\xd8\x00\x20\x37\x49\xda\x11\xa6\x4e\x00\x07\xe9\x5e\xad\x8d")),
    ("dv", re.compile(rb"\x1f\x07\x00[\x3f\xbf]")),
    ("y4m", re.compile(rb"YUV4MPEG2 ")),
    ("flic", re.compile(rb"....[\x11\x12\x30\x31\x44]\xaf.{6}\x08\x00[\x00\x03]\x00", re.DOTALL)),
    ("dhav", re.compile(rb"DHAV[\xf0-\xff]|DAHUA")),
    (
        "m4v",
        re.compile(
            rb"\x00\x00\x01(?:\xb0.\x00\x00\x01\xb5|[\x00-\x1f]\x00\x00\x01[\x20-\x2f])", re.DOTALL
        ),
    ),
    ("vc1", re.compile(rb"\x00\x00\x01\x0f[\xc0-\xff].{2,60}?\x00\x00\x01\x0e", re.DOTALL)),
)

_UNIT: Final = re.compile(rb"\x00\x00\x01(..)", re.DOTALL)
_BEGINS_WITH_UNIT: Final = re.compile(rb"\x00{2,8}\x01")
_PARAMETERS: Final = (
    # Sequence and picture parameters, without which nothing can be decoded.
    ("h264", (lambda unit: unit[0] & 0x9F == 7, lambda unit: unit[0] & 0x9F == 8)),  # noqa: PLR2004
    ("hevc", (lambda unit: unit == b"\x42\x01", lambda unit: unit == b"\x44\x01")),
    ("vvc", (lambda unit: unit == b"\x00\x79", lambda unit: unit == b"\x00\x81")),
)


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a format holds near its begin: a few bytes that are quickly found, and all around them.

    Attributes:
        name: of the format.
        literal: what is looked for.
        before: bytes of the format in front of it.
        whole: what the format begins with.
    """

    name: str
    literal: bytes
    before: int
    whole: re.Pattern[bytes]

    def first(self, data: bytes) -> FoundVideo | None:
        """The first place where the format may begin."""
        at = data.find(self.literal)
        while at >= 0:
            if at >= self.before and self.whole.match(data, at - self.before):
                return FoundVideo(self.name, at - self.before)
            at = data.find(self.literal, at + 1)
        return None


def _mark(name: str, literal: bytes, whole: bytes, before: int = 0) -> _Mark:
    return _Mark(name, literal, before, re.compile(whole, re.DOTALL))


_PACK: Final = _mark(
    "mpeg",
    b"\x00\x00\x01\xba",
    rb"....(?:[\x40-\x7f]...[\x04-\xff].{4}[\x03-\xff]|[\x21-\x2f].{7}).{0,16}?"
    rb"\x00\x00\x01[\xbb-\xef]",
)
"""The head of a pack of a program stream, MPEG-2 or MPEG-1, and what follows it."""
_DHAV: Final = _mark("dhav", b"DHAV", rb"....[\xfb-\xfd\xf0\xf1][\x00-\x0f]")

_GXF: Final = _mark("gxf", b"\x01\xbc", rb"\x00{4}\x01\xbc.{4}\x00{4}\xe1\xe2", 4)

_HEADED: Final = (
    # Streams without a container begin with zeros too.
    (_GXF, re.compile(rb"\x00{4,8}\x01\xbc.{4}\x00{4}\xe1\xe2", re.DOTALL)),
    (_PACK, re.compile(rb"IMKH|RIFF....CDXA", re.DOTALL)),
    (_DHAV, re.compile(rb"DAHUA")),
)
"""Heads of recorders and of Video CDs, behind which a video of another format begins."""

_ANYWHERE: Final = (
    _mark("mp4", b"ftyp", rb"\x00\x00..ftyp[A-Za-z0-9 _]{3,4}", 4),
    _mark("mp4", b"mvhd", rb"\x00...moov\x00\x00\x00.mvhd", 12),
    _mark("matroska", b"\x1a\x45\xdf\xa3", rb"....[\x01-\xff].{0,50}?\x42\x82.(?:webm|matroska)"),
    _mark("avi", b"RIFF", rb"RIFF....AVI[ X\x19]LIST"),
    _mark("asf", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", b""),
    _mark("flv", b"FLV\x01", rb"....[\x01\x04\x05]\x00\x00\x00\x09\x00\x00\x00\x00"),
    _mark("rm", b".RMF", rb".RMF\x00\x00\x00.\x00"),
    _mark("ogg", b"OggS\x00", rb".{5}[\x02\x06]\x00{8}"),
    _mark("mxf", b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02", b""),
    _mark("nut", b"nut/multimedia container\x00", b""),
    _mark("ivf", b"DKIF\x00\x00", rb".{6}\x20\x00"),
    _mark("wtv", b"\xb7\xd8\x00\x20\x37\x49\xda\x11\xa6\x4e\x00\x07\xe9\x5e\xad\x8d", b""),
    _mark("dv", b"\x1f\x07\x00", rb"...[\x3f\xbf].{76}\x3f\x07\x00"),
    _mark("y4m", b"YUV4MPEG2 ", rb".{10}[WHFIAC]"),
    _mark("smjpeg", b"\x00\x0aSMJPEG", b""),
    _GXF,
    _PACK,
    _DHAV,
)
"""Containers, by what no other file is likely to hold."""

RAW: Final = frozenset(
    {*("h264", "hevc", "vvc", "m4v", "h263", "h261", "obu", "av1", "vc1", "mpegvideo", "evc")}
    | {*("cavsvideo", "avs2", "avs3", "dirac", "dnxhd", "apv")}
)
"""Streams without a container, as FFmpeg calls them: bytes in a container may look like one."""

_RAW_ANYWHERE: Final = (
    _mark("hevc", b"\x00\x00\x01\x40\x01\x0c", rb".{9,406}?\x00\x00\x01\x42\x01"),
    *(
        _mark(
            "h264",
            b"\x00\x00\x01" + unit,
            rb"....[\x42\x4d\x58\x64\x6e\x7a\xf4].{3,200}?\x00\x00\x01[\x28\x48\x68]",
        )
        for unit in (b"\x27", b"\x47", b"\x67")
    ),
    _mark("m4v", b"\x00\x00\x01\xb0", rb".....\x00\x00\x01\xb5"),
    _mark("obu", b"\x12\x00\x0a", rb"...[\x08-\x20][\x00-\x5f]"),
    _mark("mpegvideo", b"\x00\x00\x01\xb3", rb".{12,144}?\x00\x00\x01[\xb2\xb5\xb8]"),
)

_PACKETS: Final = (188, 192, 204)
"""Bytes of a packet of a transport stream: plain, with a time before it, with a check behind."""
_SYNC: Final = 0x47
_IN_A_ROW: Final = 6


def sniff_video(head: bytes) -> FoundVideo | None:
    """The video with which these first bytes begin, or None.

    A picture format comes first: HEIF and AVIF look like MP4.
    """
    for mark, magic in _HEADED:
        if magic.match(head):
            return mark.first(head) or FoundVideo(mark.name)
    for name, magic in _MAGIC:
        if magic.match(head):
            return FoundVideo(name)
    if _BEGINS_WITH_UNIT.match(head):
        units = {found[1] for found in _UNIT.finditer(head)}
        for name, wanted in _PARAMETERS:
            if all(any(map(is_one, units)) for is_one in wanted):
                return FoundVideo(name)
    return None


def find_videos(data: bytes) -> Iterator[FoundVideo]:
    """Where containers of video may begin behind bytes that are none, the first of each format.

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


def _found(marks: tuple[_Mark, ...], data: bytes) -> list[FoundVideo]:
    return [found for mark in marks if (found := mark.first(data)) is not None]


def _first_packets(data: bytes) -> int:
    """Where packets of a transport stream follow each other; -1 where none do."""
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
