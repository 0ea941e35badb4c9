"""The times of a video's frames, repaired."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_LONGEST_PAUSE: Final = 300.0
"""Seconds between two frames; more is taken for a jump of the clock."""
_STEP: Final = 0.04
"""Seconds between frames where nothing tells."""
_FASTEST: Final = 300
"""Frames a second; more is a unit of time rather than a rate."""


class Clock:
    """The times of frames, repaired: from 0 on, never backwards, without jumps."""

    def __init__(self, stream: "VideoStream") -> None:
        rate = stream.guessed_rate or stream.base_rate
        self._packet = 1 / float(rate) if rate and rate <= _FASTEST else _STEP
        self._last: float | None = None
        self._shift = 0.0
        self._step = _STEP

    def read(self, frame: "VideoFrame", packets: int, *, landed: bool) -> float:
        """Seconds from the first frame to this one, which came after so many packets.

        `landed`: frames before it were left out.
        """
        stamp = frame.pts if frame.pts is not None else frame.dts
        if stamp is None or not frame.time_base:
            told = packets * self._packet
        else:
            told = float(stamp * frame.time_base)
        if self._last is None:
            self._shift, self._last = -told, 0.0
            return 0.0
        time = told + self._shift
        if not 0 < time - self._last <= _LONGEST_PAUSE:
            # The clock was set: the frame is taken to follow the one before.
            expected = self._last + self._step
            self._shift += expected - time
            time = expected
        elif not landed:
            self._step = min(time - self._last, 1.0)
        self._last = time
        return time
