"""A decoded frame of a video: when it is shown, and its luma as hashers want it."""

from typing import TYPE_CHECKING, Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from hashmatch.decoding.clock import FrameTime
from hashmatch.decoding.display import orientation_of
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.opening import ERRORS
from hashmatch.decoding.pixels import REPEATABLE, luma_of, on_white
from hashmatch.errors import Reason, UnreadableVideoError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AREA: Final = Interpolation.AREA | REPEATABLE
"""Means over areas, the same on every processor."""


class SampledFrame:
    """A decoded frame.

    Attributes:
        time: in seconds from the first frame.
        is_guess: whether the file does not say how long the frame before it was shown.
        number: of the frame among the decoded ones, from 0.
        after_seek: whether frames before it were left out.
    """

    __slots__ = ("_frame", "_shrink", "after_seek", "is_guess", "number", "time")

    def __init__(
        self,
        frame: VideoFrame,
        time: FrameTime,
        number: int,
        shrink: VideoReformatter,
        *,
        after_seek: bool,
    ) -> None:
        self._frame, self._shrink = frame, shrink
        self.time, self.is_guess = time.seconds, time.is_guess
        self.number, self.after_seek = number, after_seek

    @property
    def see_through(self) -> bool:
        """Whether the frame has an alpha channel."""
        return any(component.is_alpha for component in self._frame.format.components)

    def grey(self, side: int) -> "NDArray[np.uint8]":
        """(side, side) luma, 0–255, of the frame as shown: means over areas of the whole frame.

        Raises:
            UnreadableVideoError: FFmpeg cannot convert its pixels.
        """
        return self._grey(side, on_ground=self.see_through)

    def hidden(self, side: int) -> "NDArray[np.uint8]":
        """The same with alpha ignored: as tools read it that do not know of alpha."""
        return self._grey(side, on_ground=False)

    def _grey(self, side: int, *, on_ground: bool) -> "NDArray[np.uint8]":
        frame = self._frame
        try:
            pixels = self._shrunk(_on_white(frame) if on_ground else frame, side)
        except ERRORS as error:
            raise_if_ours(error)
            raise UnreadableVideoError(
                Reason.UNSUPPORTED, "FFmpeg cannot convert its pixels"
            ) from None
        return np.ascontiguousarray(orientation_of(frame).apply(pixels))

    def _shrunk(self, frame: VideoFrame, side: int) -> "NDArray[np.uint8]":
        # One thread: FFmpeg would start as many as cores for every frame.
        shrunk = self._shrink.reformat(
            frame,
            side,
            side,
            "gray",
            interpolation=_AREA,
            dst_color_range="JPEG",
            threads=1,
        )
        return shrunk.to_ndarray().astype(np.uint8, copy=False)


def _on_white(frame: VideoFrame) -> VideoFrame:
    """A frame with alpha as it is shown on white, in grey.

    It is laid on white before it is shrunk: colours that nobody sees would run into the others.
    """
    wide = frame.reformat(
        format="rgba", interpolation=REPEATABLE, dst_color_range="JPEG", threads=1
    )
    colours = wide.to_ndarray().astype(np.uint8, copy=False)
    shown = np.rint(on_white(luma_of(colours[:, :, :3]), colours[:, :, 3])).astype(np.uint8)
    return VideoFrame.from_ndarray(shown, format="gray")
