"""What a decoder may spend on one file."""

from dataclasses import dataclass, fields

from hashmatch.errors import check_type
from hashmatch.model.plain import PlainValue


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Limits(PlainValue):
    """Bounds checked before anything is decoded.

    Attributes:
        max_pixels: of one picture, columns × rows; also of all pages of a document together, and
            of all frames of an animation that are hashed: those beyond are left out. Four times as
            many are looked at in an animation.
        max_bytes: of one picture file.
        max_frames: of an animation that are hashed, each different from the one before; those
            beyond are left out.
        max_pages: of a document of several pictures, as a TIFF; those beyond are left out.
        max_video_pixels: of one frame of a video, columns × rows.
        max_video_frames: of one video that are decoded; what follows is left out.
        max_video_seconds: on the clock that one video may take; what follows is left out.
    """

    max_pixels: int = 512_000_000
    max_bytes: int = 1 << 30
    max_frames: int = 1024
    max_pages: int = 512
    max_video_pixels: int = 40_000_000
    max_video_frames: int = 2_000_000
    max_video_seconds: float = 7200.0

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            check_type(value, (int, float), f"{each.name} is a number")
            if not value >= 0:
                msg = f"{each.name} is 0 or more, not {value}"
                raise ValueError(msg)
