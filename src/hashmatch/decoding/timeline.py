"""The clock of a video's packets, corrected where it was set back or jumps.

The rules are those of FFmpeg's own tools. The formats that FFmpeg marks as discontinuous (transport
and program streams, Ogg) are broadcast or cut together: a step of more than 10 seconds is a clock
that was set. All other containers are believed up to 30 hours, so that the slides of a talk keep
their times. What follows a corrected step is shown one frame after what was shown before.
"""

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.packet import Packet
    from av.video.stream import VideoStream

_JUMP: Final = 10.0
"""Seconds, where a format is discontinuous: FFmpeg's `-dts_delta_threshold`."""
_ERROR: Final = 30 * 3600.0
"""Seconds, elsewhere: FFmpeg's `-dts_error_threshold`."""
_FOREVER: Final = 1 << 63
_BACK: Final = 0.1
"""Seconds by which decoding times may run backwards without a correction, as in FFmpeg."""


class Timeline:
    """Corrects the stamps of packets, in decoding order.

    Attributes:
        is_estimated: whether a stamp was corrected, or a step cannot be told from a clock that was
            set.
        runs_back: whether a packet should have been decoded before one that lies before it, by less
            than a correction: then single stamps are wrong.
        longest_step: seconds from one frame to the next; more is a clock that was set.
    """

    def __init__(self, *, discontinuous: bool, certain: float | None, step: float) -> None:
        """Start a stream.

        Args:
            discontinuous: whether the clock may be set, by FFmpeg's marks of formats.
            certain: seconds without a packet, beyond which the times of those that follow are
                marked as estimates; None where a long pause is as certain as all other times.
            step: seconds from one frame to the next, for packets that do not say how long they are.
        """
        self.is_estimated = self.runs_back = False
        self._step = step
        self.longest_step = _JUMP if discontinuous else _ERROR
        self._certain = self.longest_step if certain is None else certain
        self._offset = 0
        self._last: int | None = None
        self._next = 0
        self._latest = -_FOREVER
        self._shown: int | None = None
        self._seams: deque[int] = deque()

    def corrected(
        self, packets: "Iterator[Packet[VideoStream]]"
    ) -> "Iterator[Packet[VideoStream]]":
        """The same packets; the stamps of some are changed in place."""
        while (packet := next(packets, None)) is not None:
            held = None
            if self._gap(packet) > _JUMP:
                held = next(packets, None)
                if held is not None and self._is_glitch(held):
                    # One stamp is wrong, and the clock goes on behind it.
                    packet.pts = packet.dts = None
                    self.is_estimated = True
            self._correct(packet)
            yield packet
            if held is not None:
                self._correct(held)
                yield held

    @property
    def has_seam_ahead(self) -> bool:
        """Whether a step was corrected behind which no frame has come yet."""
        return bool(self._seams)

    def passes_seam(self, stamp: int) -> bool:
        """Whether a frame of this stamp is the first one behind a corrected step."""
        passed = False
        while self._seams and stamp >= self._seams[0]:
            self._seams.popleft()
            passed = True
        return passed

    def _gap(self, packet: "Packet[VideoStream]") -> float:
        """Seconds from when a packet was expected to its stamp; 0 where that is not known."""
        if packet.dts is None or self._last is None or not packet.time_base:
            return 0.0
        return float((packet.dts + self._offset - self._next) * packet.time_base)

    def _is_glitch(self, following: "Packet[VideoStream]") -> bool:
        """Whether the packet behind one that jumps is where it would be without the jump."""
        if following.dts is None or self._last is None:
            return False
        return following.dts + self._offset > self._last and abs(self._gap(following)) <= _JUMP

    def _correct(self, packet: "Packet[VideoStream]") -> None:
        duration = packet.duration or 0
        if duration <= 0 and packet.time_base:
            duration = round(self._step / packet.time_base)
        if packet.is_discard:
            # An edit list leaves it out: it is decoded, and not shown.
            self._move(packet)
            return
        gap = self._gap(packet)
        if gap > self.longest_step or self._is_set_back(packet):
            self._shift(packet)
        elif gap > self._certain:
            self.is_estimated = True
        self._move(packet)
        if packet.dts is not None:
            self.runs_back |= self._last is not None and packet.dts < self._last
            self._last = packet.dts
            self._next = packet.dts + duration
        else:
            self._next += duration if packet.size else 0
        if packet.pts is not None:
            self._latest = max(self._latest, packet.pts + duration)
        # Behind packets without stamps only the order of decoding says where the clock would be.
        self._shown = None if packet.pts is None else self._latest

    def _move(self, packet: "Packet[VideoStream]") -> None:
        if self._offset:
            packet.pts = None if packet.pts is None else packet.pts + self._offset
            packet.dts = None if packet.dts is None else packet.dts + self._offset

    def _is_set_back(self, packet: "Packet[VideoStream]") -> bool:
        """Whether decoding goes back, and the packet would be shown before what was shown."""
        if packet.dts is None or self._last is None or not packet.time_base:
            return False
        back = float((self._last - packet.dts - self._offset) * packet.time_base)
        shown = packet.pts
        return back > _BACK and (
            shown is None or self._shown is None or shown + self._offset < self._shown
        )

    def _shift(self, packet: "Packet[VideoStream]") -> None:
        """Let what begins with this packet be shown behind all before it."""
        self.is_estimated = True
        if packet.pts is not None and self._shown is not None:
            self._offset = self._shown - packet.pts
        elif packet.dts is not None:
            self._offset = self._next - packet.dts
        if packet.pts is not None:
            self._seams.append(packet.pts + self._offset)
