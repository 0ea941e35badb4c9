"""Which video a file is, from its first bytes. Names of files are never asked."""

import re
from dataclasses import dataclass
from typing import Final

from hashmatch.kinds.magic import Magic


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
    ("matroska", Magic(rb"\x1a\x45\xdf\xa3")),
    ("avi", Magic(rb"RIFF....AVI[ X\x19]")),
    ("mp4", Magic(rb"....(?:ftyp|moov|mdat|moof|styp|sidx|pnot)")),
    # Sizes of these are small, and no text begins like that.
    (
        "mp4",
        Magic(
            rb"[\x00-\x08]...(?:free|skip|wide|junk|uuid|udta|emsg|prft|pdin|ssix|meta|meco|prfl"
            rb"|PICT|pict|thum|imda|etyp|otyp|bloc)",
        ),
    ),
    ("asf", Magic(rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11")),
    ("flv", Magic(rb"FLV\x01")),
    ("ogg", Magic(rb"OggS\x00")),
    (
        "mpegts",
        Magic(
            rb"(?:G[\x00-\x7f].[\x10-\x3f\x50-\x7f\x90-\xbf\xd0-\xff].{184}){3}G"
            rb"|....(?:G[\x00-\x7f].[\x10-\x3f\x50-\x7f\x90-\xbf\xd0-\xff].{188}){2}G",
        ),
    ),
    ("mpeg", Magic(rb"\x00{2,8}\x01[\xba\xb3]")),
    ("rm", Magic(rb"\.RMF\x00")),
    ("mxf", Magic(rb"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02")),
    ("nut", Magic(rb"nut/multimedia container\x00")),
    ("ivf", Magic(rb"DKIF\x00\x00")),
    ("wtv", Magic(rb"\xb7\xd8\x00\x20\x37\x49\xda\x11\xa6\x4e\x00\x07\xe9\x5e\xad\x8d")),
    ("dv", Magic(rb"\x1f\x07\x00[\x3f\xbf]")),
    ("y4m", Magic(rb"YUV4MPEG2 ")),
    ("flic", Magic(rb"....[\x11\x12\x30\x31\x44]\xaf.{6}\x08\x00[\x00\x03]\x00")),
    ("dhav", Magic(rb"DHAV[\xf0-\xff]|DAHUA")),
    (
        "m4v",
        Magic(rb"\x00\x00\x01(?:\xb0.\x00\x00\x01\xb5|[\x00-\x1f]\x00\x00\x01[\x20-\x2f])"),
    ),
    ("vc1", Magic(rb"\x00\x00\x01\x0f[\xc0-\xff].{2,60}?\x00\x00\x01\x0e")),
)

_UNIT: Final = re.compile(rb"\x00\x00\x01(..)", re.DOTALL)
_BEGINS_WITH_UNIT: Final = Magic(rb"\x00{2,8}\x01")
_PARAMETERS: Final = (
    # Sequence and picture parameters, without which nothing can be decoded.
    ("h264", (lambda unit: unit[0] & 0x9F == 7, lambda unit: unit[0] & 0x9F == 8)),  # noqa: PLR2004
    ("hevc", (lambda unit: unit == b"\x42\x01", lambda unit: unit == b"\x44\x01")),
    ("vvc", (lambda unit: unit == b"\x00\x79", lambda unit: unit == b"\x00\x81")),
)


@dataclass(frozen=True, slots=True)
class Mark:
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
    whole: Magic

    def first(self, data: bytes) -> FoundVideo | None:
        """The first place where the format may begin."""
        at = data.find(self.literal)
        while at >= 0:
            if at >= self.before and self.whole.match(data, at - self.before):
                return FoundVideo(self.name, at - self.before)
            at = data.find(self.literal, at + 1)
        return None


def mark_of(name: str, literal: bytes, whole: bytes, before: int = 0) -> Mark:
    """A mark whose whole is a regular expression, in which a dot is any byte."""
    return Mark(name, literal, before, Magic(whole))


PACK: Final = mark_of(
    "mpeg",
    b"\x00\x00\x01\xba",
    rb"....(?:[\x40-\x7f]...[\x04-\xff].{4}[\x03-\xff]|[\x21-\x2f].{7}).{0,16}?"
    rb"\x00\x00\x01[\xbb-\xef]",
)
"""The head of a pack of a program stream, MPEG-2 or MPEG-1, and what follows it."""
DHAV: Final = mark_of("dhav", b"DHAV", rb"....[\xfb-\xfd\xf0\xf1][\x00-\x0f]")

GXF: Final = mark_of("gxf", b"\x01\xbc", rb"\x00{4}\x01\xbc.{4}\x00{4}\xe1\xe2", 4)

_HEADED: Final = (
    # Streams without a container begin with zeros too.
    (GXF, Magic(rb"\x00{4,8}\x01\xbc.{4}\x00{4}\xe1\xe2")),
    (PACK, Magic(rb"IMKH|RIFF....CDXA")),
    (DHAV, Magic(rb"DAHUA")),
)
"""Heads of recorders and of Video CDs, behind which a video of another format begins."""


def sniff_video(head: bytes) -> FoundVideo | None:
    """The video with which these first bytes begin, or None.

    A picture format comes first: HEIF and AVIF look like MP4.
    """
    if not head:
        return None
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
