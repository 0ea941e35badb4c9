"""The times of a video's frames: as stamped, or counted and marked as estimates."""

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hashmatch.decoding.timeline import Timeline

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_NO_TIMESTAMPS: Final = 0x0080
_DISCONTINUOUS: Final = 0x0200
"""FFmpeg's `AVFMT_NOTIMESTAMPS` and `AVFMT_TS_DISCONT`."""
_STEP: Final = 0.04
"""Seconds between frames where nothing says how many there are a second."""
_FASTEST: Final = 300
"""Frames a second; more is a unit of time rather than a rate."""
_INDEXED: Final = frozenset({"mov", "matroska", "avi", "asf", "mxf"})
"""Formats with a table of times, or one clock for all that they hold."""
_DECODING_TIMES: Final = frozenset({"avi", "asf"})
"""Formats that store when a packet is decoded, not when its frame is shown."""
_REORDERED: Final = frozenset({"h264", "hevc", "vvc"})
"""Codecs of which FFmpeg cannot compute the one from the other."""
_MPEG: Final = frozenset({"mpeg1video", "mpeg2video"})
_SETTLED: Final = 4
"""Stamps of the first frames."""
_LOST: Final = 0.5
"""Seconds without a packet in a discontinuous format: lost packets and a clock that was set look
the same."""
_PAUSE: Final = 10.0
"""The same in formats without an index."""
_OFF: Final = 1.5
"""Frames by which a counted time may differ from a stamp."""
_CHECKED: Final = 2
"""Stamps: where there are fewer, nothing checks the rate by which frames are counted."""


@dataclass(frozen=True, slots=True)
class FrameTime:
    """The time at which a frame is shown.

    Attributes:
        seconds: from the first frame, never before the frame before it.
        is_guess: whether the file does not say how long the frame before it was shown.
    """

    seconds: float
    is_guess: bool = False


class Clock:
    """The times of frames, which are read in the order of showing.

    A frame without a stamp is shown when the frame before it was shown for its duration. That is
    right only if the decoder left none out between them: see `needs_every_frame`.

    Attributes:
        timeline: corrects the packets before they are decoded.
    """

    def __init__(
        self, container: "InputContainer", stream: "VideoStream", *, keyframes: bool
    ) -> None:
        """Start a stream.

        Args:
            container: what it is in.
            stream: whose packets and frames come.
            keyframes: whether only keyframes are decoded: then packets are counted.
        """
        rate = stream.guessed_rate or stream.base_rate
        self._nominal = 1 / float(rate) if rate and rate <= _FASTEST else _STEP
        flags = int(container.format.flags)
        self._without_stamps = bool(flags & _NO_TIMESTAMPS)
        kind, context = container.format.name.partition(",")[0], stream.codec_context
        stores_decoding = kind in _DECODING_TIMES
        self.timeline = Timeline(
            discontinuous=bool(flags & _DISCONTINUOUS),
            certain=self._certain(
                kind, flags, delayed=stores_decoding and bool(context.has_b_frames)
            ),
            step=self._nominal,
        )
        self._keyframes = keyframes
        reordered = stores_decoding and context.name in _REORDERED
        self._is_mpeg = context.name in _MPEG and not keyframes
        self._is_delayed = reordered and bool(context.has_b_frames)
        # A decoder of keyframes alone holds each back until a later one comes.
        self._by_decoding = reordered and not keyframes
        self._estimated = self._without_stamps or (self._is_delayed and keyframes)
        self._has_gaps = False
        self._step = self._nominal
        self._last: float | None = None
        self._anchor: tuple[float, float] | None = None
        self._decoded: int | None = None
        self._stamps = self._counted = 0
        self._since_anchor = self._lost = 0
        self._packets = self._place = 0
        self._places: deque[int] = deque()

    def _certain(self, kind: str, flags: int, *, delayed: bool) -> float | None:
        """Seconds from one packet to the next, beyond the usual, that leave no doubt."""
        if flags & _DISCONTINUOUS:
            return _LOST
        if delayed:
            # A pause in decoding comes some frames before or behind the pause in showing.
            return self._nominal / 2
        return None if kind in _INDEXED else _PAUSE

    @property
    def needs_every_frame(self) -> bool:
        """Whether times are right only if the decoder leaves no frame out."""
        return (self._without_stamps or self._is_delayed or self._has_gaps) and not self._keyframes

    @property
    def is_estimated(self) -> bool:
        """Whether any time so far may be wrong by more than a frame."""
        unchecked = self._counted > 0 and self._stamps < _CHECKED
        return unchecked or self._estimated or self.timeline.is_estimated or self.timeline.runs_back

    def expect(self, packet: "Packet[VideoStream]") -> None:
        """Look at a packet before it is decoded, or left out."""
        if not packet.size:
            return
        self._packets += 1
        self._has_gaps |= packet.pts is None or self.timeline.runs_back
        if self._keyframes and packet.is_keyframe:
            self._places.append(self._packets)

    def lose(self) -> None:
        """Count a frame that was shown, but could not be decoded."""
        self._lost += self._last is not None
        self._advance()

    def read(self, frame: "VideoFrame") -> FrameTime:
        """The time at which the next frame is shown."""
        base = float(frame.time_base) if frame.time_base else 0.0
        passed = self._advance()
        passed = max(passed, 1) if self._keyframes else 1 + self._lost
        self._lost = 0
        if self._last is None:
            time = FrameTime(0.0)
            self._believe(self._stamp(frame, base), 0.0)
        else:
            time = self._follow(frame, base, self._last, self._last + passed * self._step)
        length = (frame.duration or 0) * base
        if self._is_delayed and self._last is not None:
            # The decoder gives the last frames without any time, and these formats no durations.
            length = time.seconds - self._last
        self._step = length if length > 0 else self._nominal
        self._last, self._decoded = time.seconds, frame.dts
        return time

    def _advance(self) -> int:
        """How many packets there were since the last keyframe."""
        before = self._place
        if self._places:
            self._place = self._places.popleft()
        return self._place - before

    def _stamp(self, frame: "VideoFrame", base: float) -> float | None:
        """Seconds on the clock of the file."""
        stamp = frame.dts if self._by_decoding else frame.pts
        if self._without_stamps or not base or stamp is None:
            return None
        if self._is_mpeg and self._stamps < _SETTLED and frame.dts is not None:
            # Until FFmpeg has seen frames out of order, it gives their stamps too early. A frame of
            # these codecs is shown when the packet is decoded that brings it out.
            stamp = max(stamp, frame.dts)
        return stamp * base

    def _believe(self, stamp: float | None, seconds: float) -> None:
        if stamp is not None:
            self._anchor = stamp, seconds
            self._stamps += 1
            self._since_anchor = 0

    def _count(self, seconds: float, *, is_guess: bool) -> FrameTime:
        self._counted += 1
        self._since_anchor += 1
        return FrameTime(seconds, is_guess)

    def _follow(self, frame: "VideoFrame", base: float, last: float, expected: float) -> FrameTime:
        """The time of a frame that is not the first; `expected` if the file does not say."""
        stamp = self._stamp(frame, base)
        if stamp is None:
            return self._count(expected, is_guess=self._without_stamps)
        is_guess = frame.pts is not None and self.timeline.passes_seam(frame.pts)
        if self._anchor is None:
            self._believe(stamp, expected)
            return FrameTime(expected, is_guess)
        stamped, seconds = self._anchor
        if stamp - stamped > self.timeline.longest_step:
            self._estimated = True
            self._believe(stamp, expected)
            return FrameTime(expected, is_guess=True)
        if stamp <= stamped:
            self._estimated = True
            if stamp < stamped and self._runs_on(frame):
                # Stamps that are out of order where decoding times are not were made up.
                self._by_decoding = self._is_delayed = not self._keyframes
                self._anchor = float(frame.dts or 0) * base, expected
            return self._count(expected, is_guess=True)
        seconds += stamp - stamped
        if self._since_anchor and abs(seconds - expected) > _OFF * self._step:
            self._estimated = True
        self._believe(stamp, seconds)
        return FrameTime(max(seconds, last), is_guess)

    def _runs_on(self, frame: "VideoFrame") -> bool:
        """Whether the times of decoding go on where those of showing go back."""
        if frame.dts is None or self._decoded is None or self.timeline.has_seam_ahead:
            return False
        return frame.dts > self._decoded
