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
        self._stamps = _Stamps()
        self._last: float | None = None
        self._shift = 0.0
        self._step = _STEP

    def read(self, frame: "VideoFrame", packets: int, *, landed: bool) -> float:
        """Seconds from the first frame to this one, which came after so many packets.

        `landed`: frames before it were left out.
        """
        stamp = self._stamps.better(frame.pts, frame.dts)
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


class _Stamps:
    """Which of a frame's two stamps is its time: the kind that ran backwards less often.

    Containers that have no times of presentation, as AVI, are given some by FFmpeg that are out of
    order where frames are shown in another order than they are decoded. (The rule is that of
    FFmpeg's own `best_effort_timestamp`.)
    """

    def __init__(self) -> None:
        self._last: list[int | None] = [None, None]
        self._faults = [0, 0]

    def better(self, pts: int | None, dts: int | None) -> int | None:
        """The stamp of the next frame; None if it has neither."""
        for kind, stamp in enumerate((pts, dts)):
            last = self._last[kind]
            self._faults[kind] += stamp is not None and last is not None and stamp <= last
            self._last[kind] = last if stamp is None else stamp
        if pts is None or (dts is not None and self._faults[0] > self._faults[1]):
            return dts
        return pts
