"""What a decoder may spend on one file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds checked before anything is decoded.

    Attributes:
        max_pixels: of one picture, columns × rows; also of all sampled frames together.
        max_bytes: of one picture file.
        max_frames: sampled evenly from an animation or a document of many pages.
        max_video_pixels: of one frame of a video, columns × rows.
        max_video_frames: of one video that are decoded; what follows is left out.
        max_video_seconds: on the clock that one video may take; what follows is left out.
    """

    max_pixels: int = 512_000_000
    max_bytes: int = 1 << 30
    max_frames: int = 8
    max_video_pixels: int = 40_000_000
    max_video_frames: int = 2_000_000
    max_video_seconds: float = 7200.0
