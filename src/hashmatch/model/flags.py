"""Flags: what is special about a picture or video that was read."""

from typing import Final

from hashmatch.errors import Choice


class Flag(Choice):
    """What is special about a picture or video. Values are stable: databases and reports have them.

    An item has two further flags that are no closed set: `bytes-behind-N`, see `BYTES_BEHIND`, and
    `inside-…` with the name of a container, see `hashmatch.containers.flag_of`.
    """

    ORIENTED = "oriented"
    """It was turned or mirrored as its orientation tag says."""
    ALPHA = "alpha"
    FRAMES = "frames"
    """It has several frames or pages."""
    CMYK = "cmyk"
    DEEP = "deep"
    """It has more than 8 bits per colour."""
    HDR = "hdr"
    INTERLACED = "interlaced"
    RESIZED = "resized"
    """Its frames are not all of the same size."""
    RAW_PREVIEW = "raw-preview"
    """It is a camera RAW file, of which the preview was read."""
    LEADING_GARBAGE = "leading-garbage"
    """Other bytes come before it."""
    TIMES_ESTIMATED = "times-estimated"
    """It does not say when all of its frames are shown: some times are counted from a frame rate,
    or follow a clock that was set."""
    THINNED = "thinned"
    """More of its frames differ than are kept: towards its end only one a second was hashed."""
    MJPEG = "mjpeg"
    """It is a stream of JPEG pictures."""
    STREAMS = "streams"
    """It has several video streams."""

    FLAT_CARD = "flat-card"
    """Few colours make up most of it, as of a card, a logo, a chart or a page of text; of a film,
    most of its frames that differ. Hashes of such pictures collide."""

    PARTS_LEFT_OUT = "parts-left-out"
    """More parts of it may be known pictures than are looked for: some were not hashed."""

    MOTION_PHOTO = "motion-photo"
    """It is a picture that has a film clip in it or behind it."""
    CLIP = "clip"
    """A further film lies behind it or in it."""
    PICTURE_BEHIND = "picture-behind"
    """A picture lies behind the film or in a box of it."""
    COVER_ART = "cover-art"
    """A picture is attached to it."""
    CONTAINER_BEHIND = "container-behind"
    """A container lies behind it, and was opened."""

    UNREAD_CLIP = "unread-clip"
    UNREAD_PART = "unread-part"
    """What the file holds besides the picture could not be read."""
    UNREAD_PICTURE = "unread-picture"
    """A further picture in the file could not be read."""
    UNREAD_COVER = "unread-cover"
    INCOMPLETE_CLIP = "incomplete-clip"
    """The film clip could be decoded only in part."""


BYTES_BEHIND: Final = "bytes-behind-"
"""How the flag begins of a picture or film that other bytes follow; their number ends it."""
