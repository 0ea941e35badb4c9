"""The packets of a video, of which those can be left out that no wanted frame needs."""

from collections import deque
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from av.packet import Packet
    from av.video.stream import VideoStream

_MOST_AHEAD: Final = 64 << 20
"""Bytes that are read ahead at most."""
_PACKET: Final = 512
"""Bytes of a packet besides what it carries, nearly."""
_DELAY: Final = 32
"""Packets for which frames from before the clock was set back may still come."""
_Kind: TypeAlias = Literal["new_extradata", "palette", "param_change"]
_CHANGES: Final[tuple[_Kind, ...]] = get_args(_Kind)
"""What a packet brings for all packets behind it: none that has it may be left out."""


class Packets:
    """An iterator over packets that can skip to a later keyframe."""

    def __init__(self, source: "Iterator[Packet[VideoStream]]") -> None:
        self._source = source
        self._ahead: deque[Packet[VideoStream]] = deque()
        self._seek_target: Packet[VideoStream] | None = None
        self._last: int | None = None
        self._calm = _DELAY

    def __iter__(self) -> "Self":
        return self

    def __next__(self) -> "Packet[VideoStream]":
        packet = self._taken()
        if self._seek_target is not None and packet is not self._seek_target:
            while _leads(packet, self._seek_target):
                packet = self._taken()
            self._seek_target = None
        before, self._last = self._last, packet.dts
        set_back = before is not None and packet.dts is not None and packet.dts < before
        self._calm = 0 if set_back else self._calm + 1
        return packet

    def _taken(self) -> "Packet[VideoStream]":
        return self._ahead.popleft() if self._ahead else next(self._source)

    def skip_to_keyframe(self, after: int, due: int, latest: int) -> int | None:
        """Go to the keyframe of a span of time that is shown next to when one is due.

        Packets are read ahead while they may belong to the span. Behind one that has no times,
        or that changes how the others are decoded, and where the clock was set back, nothing is
        looked at.

        Args:
            after: the span's begin, itself no part of it, in units of the stream.
            due: when it should be shown.
            latest: the span's end, itself a part of it.

        Returns:
            The time of that keyframe, whose packet is the next one now; None if there is none,
            and no packet was left out.
        """
        place = size = 0
        last, target = self._last, None
        if last is None or self._calm < _DELAY:
            return None
        while (packet := self._at(place)) is not None and size <= _MOST_AHEAD:
            shown, decoded = packet.pts, packet.dts
            if shown is None or decoded is None or not last <= decoded <= latest:
                break
            fits = packet.is_keyframe and after < shown <= latest
            if fits and (target is None or abs(shown - due) <= abs(target - due)):
                for _ in range(place):
                    self._ahead.popleft()
                self._seek_target, target = packet, shown
                place = size = 0
            if _changes(packet):
                break
            last = decoded
            place += 1
            size += packet.size + _PACKET
        return target

    def _at(self, place: int) -> "Packet[VideoStream] | None":
        """The packet so many places ahead; none behind the last one."""
        while place >= len(self._ahead):
            packet = next(self._source, None)
            if packet is None:
                return None
            self._ahead.append(packet)
        return self._ahead[place]


def _changes(packet: "Packet[VideoStream]") -> bool:
    return any(packet.has_sidedata(each) for each in _CHANGES)


def _leads(packet: "Packet[VideoStream]", keyframe: "Packet[VideoStream]") -> bool:
    """Whether a packet behind a keyframe is shown before it, and so refers to what is missing."""
    if (
        _changes(packet)
        or packet.pts is None
        or packet.dts is None
        or keyframe.pts is None
        or keyframe.dts is None
    ):
        return False
    return packet.pts < keyframe.pts and packet.dts >= keyframe.dts
