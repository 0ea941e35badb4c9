"""What a decoder may spend on one file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds checked before anything is decoded.

    Attributes:
        max_pixels: of one picture, columns × rows; also of all sampled frames together.
        max_bytes: of one picture file.
        max_frames: sampled evenly from an animation or a document of many pages.
    """

    max_pixels: int = 512_000_000
    max_bytes: int = 1 << 30
    max_frames: int = 8
