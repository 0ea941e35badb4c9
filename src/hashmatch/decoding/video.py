"""Videos, read by FFmpeg packet by packet: what is damaged is left out and counted.

No container is opened that can name another file (playlists, `ffconcat`), and FFmpeg is given an
open file, never a path. One stream of moving pictures is read: cover art is none.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO, Final

from av.codec.context import ThreadType
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from hashmatch.decoding import demuxers
from hashmatch.decoding.clock import Clock
from hashmatch.decoding.display import orientation_of
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.moments import SampledFrame
from hashmatch.decoding.multipart import ends_before_a_part
from hashmatch.decoding.opening import ERRORS, is_cover, open_container
from hashmatch.decoding.packets import Packets
from hashmatch.decoding.places import Places, chunks_of
from hashmatch.decoding.small import is_small, may_be_small
from hashmatch.decoding.streams import alpha_decoder, has_alpha, moving_streams
from hashmatch.decoding.window import Window
from hashmatch.errors import Reason, UnreadableError, UnreadableVideoError
from hashmatch.limits import Limits
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

_MOST_FAILURES: Final = 2000
"""Packets in a row that cannot be decoded, before the rest is given up."""
_HDR: Final = frozenset({16, 18})
"""ITU-T H.273 transfer characteristics: PQ and HLG."""
_BITS: Final = 8


class Video:
    """The frames of one video, each once, in their order of time. A context manager.

    Attributes:
        bad_keyframe: whether a keyframe was none where frames before it had been left out; the
            video should be read again without leaving out any.
        format: of the container, as FFmpeg calls it.
        codec: as `h264`.
        width: of the frames as shown, in pixels.
        height: the same.
        tags: what the container and the stream say of themselves.
        packets: read so far.
        damaged: of them, those that could not be decoded, or only with gaps.
        frames: decoded so far.
        duration: in seconds, of what was decoded so far.
        streams: how many streams of moving pictures the file has.
        number: of this one among all streams of the file.
        reason: why not all of it could be read; None while all could.
    """

    def __init__(
        self,
        source: bytes | BinaryIO,
        limits: Limits,
        *,
        start: int = 0,
        name: str = "",
        stream: int = 0,
        keyframes: bool = False,
        dense: bool = False,
        awaited: Callable[[], tuple[float, float]] | None = None,
        on_progress: Callable[[float], object] = lambda _: None,
    ) -> None:
        """Open a video.

        Args:
            source: the file's bytes, or the file, opened for reading and seekable.
            limits: of pixels, frames and time.
            start: the byte of the file with which the video begins.
            name: of the format, where FFmpeg would not guess it: `mjpeg`.
            stream: which of its streams, the film being the first.
            keyframes: decode only those, many times as fast.
            dense: if it is small, decode every frame.
            awaited: says, after every frame, when the next one is due, and when at the latest.
                Where a keyframe comes until then, nothing before it is decoded. Without it every
                frame is wanted.
            on_progress: called with every packet and the time reached.

        Raises:
            UnreadableVideoError: no video that FFmpeg knows, or there is none in it.
        """
        self._limits, self._on_progress = limits, on_progress
        self._until = monotonic() + limits.max_video_seconds
        file = io.BytesIO(source) if isinstance(source, bytes) else source
        # FFmpeg goes on reading from a window of its own.
        self._window = Window(file, start)
        self._container = _opened(Window(file, start), name)
        self.tags = dict(self._container.metadata)
        try:
            streams = moving_streams(self._container)
            self.streams = len(streams)
            self._stream = streams[stream]
            self.number = self._stream.index
            self.tags = {**self._stream.metadata, **self.tags}
            covers = any(map(is_cover, self._container.streams.video))
            self._prepare(keyframes=keyframes)
            length = self._window.seek(0, io.SEEK_END)
            self._dense = dense and is_small(Window(file, start), length, stream, name=name)
        except BaseException:
            self._container.close()
            raise
        self.packets = self.damaged = self.frames = 0
        self._pixels = 0
        self.duration = 0.0
        self.reason: Reason | None = None
        self._flags: dict[str, bool] = {Flag.COVER_ART: True} if covers else {}
        self._keyframes = keyframes
        self._awaited = awaited if self._decoder is self._stream.codec_context else None
        self._references_only = False
        self._looked_until = 0.0
        self._seek_target: int | None = None
        self.bad_keyframe = False
        self._shrink = VideoReformatter()

    def _prepare(self, *, keyframes: bool) -> None:
        context = self._stream.codec_context
        # Its keyframes are not marked, so that none of its frames is left out.
        self._decoder = alpha_decoder(self._stream) if has_alpha(self._stream) else context
        self.format = self._container.format.name.partition(",")[0]
        self.codec = context.name
        self.width, self.height = context.width, context.height
        # A closed container's streams must not be asked any more.
        self._expected = self._stream.frames or 0
        if self.format == "flic":
            self._expected = _frames_of_flic(self._window)
        if self._expected and self.format == "mov":
            # An edit list leaves samples out, or has some twice.
            self._expected = len(self._stream.index_entries) or self._expected
        self._clock = Clock(self._container, self._stream, keyframes=keyframes)
        if self.width * self.height > self._limits.max_video_pixels:
            detail = (
                f"{self.width} × {self.height} is more than {self._limits.max_video_pixels} pixels"
            )
            raise UnreadableVideoError(Reason.TOO_MANY_PIXELS, detail)
        context = self._decoder
        context.thread_type, context.thread_count = ThreadType.NONE, 1
        # The first frame is that which is shown first, whether others refer to it or not.
        context.skip_frame = "NONKEY" if keyframes else "DEFAULT"
        context.options = {"max_pixels": str(self._limits.max_video_pixels)}

    def __enter__(self) -> "Self":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        with suppress(*ERRORS):
            self._container.close()

    @property
    def is_dense(self) -> bool:
        """Whether every frame is decoded: the film is small, as far as it was decoded too."""
        return self._dense

    @property
    def flags(self) -> tuple[str, ...]:
        """What is special about it.

        `oriented`, `alpha`, `deep`, `hdr`, `interlaced`, `resized`, `cover-art`; and
        `times-estimated` where the file does not say when all frames are shown.
        """
        estimated = [Flag.TIMES_ESTIMATED] if self._clock.is_estimated else []
        return (*self._flags, *estimated)

    @property
    def fraction(self) -> float:
        """Share of the packets that could be read and decoded, 0–1, as far as that is known."""
        expected = max(self.packets, self._expected)
        return max(1, self.packets - self.damaged) / expected if expected else 0.0

    def __iter__(self) -> Iterator[SampledFrame]:
        yield from self._moments()
        if self.reason not in (Reason.TIMED_OUT, Reason.TOO_LONG):
            # Nothing came of the keyframe that frames were left out for.
            self.bad_keyframe |= self._seek_target is not None

    def _moments(self) -> Iterator[SampledFrame]:
        failures = 0
        packets = Packets(self._clock.timeline.corrected(self._packets()))
        for packet in packets:
            self._clock.expect(packet)
            if not self._keyframes:
                every = self._dense or self._clock.needs_every_frame
                self._skip(references_only=self.frames > 0 and not every)
            if self._keyframes and packet.size and not packet.is_keyframe:
                # Not every decoder can be told to leave these out.
                continue
            before = self.frames
            try:
                yield from self._decoded(packet, packets)
            except ERRORS as error:
                raise_if_ours(error)
                self._spoiled()
                self._clock.lose()
                failures += 1
            else:
                failures = 0 if self.frames > before else failures
            if self.frames >= self._limits.max_video_frames:
                self.reason = Reason.TOO_LONG
                return
            if monotonic() > self._until:
                self.reason = Reason.TIMED_OUT
                return
            if failures > _MOST_FAILURES:
                return

    def _decoded(self, packet: "Packet[VideoStream]", packets: Packets) -> Iterator[SampledFrame]:
        """The frames that come of a packet, up to one behind which packets were left out."""
        for frame in self._frames_of(packet):
            if (moment := self._moment(frame)) is not None:
                yield moment
                if self._leaps(packets, frame, moment.time):
                    return

    def _skip(self, *, references_only: bool) -> None:
        """Leave out, or decode, the frames that no other frame refers to."""
        if references_only != self._references_only:
            self._references_only = references_only
            self._decoder.skip_frame = "NONREF" if references_only else "DEFAULT"

    def _frames_of(self, packet: "Packet[VideoStream]") -> "Iterable[VideoFrame]":
        if self._decoder is self._stream.codec_context:
            return packet.decode()
        return self._decoder.decode(packet if packet.size else None)

    def _leaps(self, packets: Packets, frame: VideoFrame, time: float) -> bool:
        """Go on from a keyframe that comes before the next frame is due, if there is one."""
        if self._awaited is None or frame.pts is None or not frame.time_base:
            return False
        if self._dense or self._clock.needs_every_frame:
            return False
        due, latest = self._awaited()
        if latest <= max(time, self._looked_until):
            return False
        self._looked_until = latest
        target = packets.skip_to_keyframe(
            frame.pts,
            frame.pts + round((due - time) / frame.time_base),
            frame.pts + int((latest - time) / frame.time_base),
        )
        if target is None:
            return False
        self._stream.codec_context.flush_buffers()
        self._seek_target = target
        return True

    def _packets(self) -> "Iterator[Packet[VideoStream]]":
        """All packets of the stream; where the container is damaged, those behind it too."""
        failures = 0
        places = Places()
        while failures < _MOST_FAILURES:
            before = self.packets
            try:
                for packet in self._container.demux(self._stream):
                    if self.frames and monotonic() > self._until:
                        self.reason = Reason.TIMED_OUT
                        return
                    self._on_progress(self.duration)
                    self.packets += packet.size > 0
                    if self.format == "avi" and packet.dts is not None:
                        places.take(packet.dts)
                    if packet.is_corrupt:
                        self._spoiled()
                    yield packet
            except ERRORS as error:
                raise_if_ours(error)
                if self.format == "mpjpeg" and self.packets and ends_before_a_part(self._window):
                    return
                failures = 0 if self.packets > before else failures + 1
                self.reason = self.reason or Reason.CORRUPT_DATA
            else:
                self._expected -= self._empty(places)
                if self.packets < self._expected:
                    self.reason = self.reason or Reason.TRUNCATED
                return

    def _empty(self, places: Places) -> int:
        """How many places of the table of frames hold none."""
        empty = places.empty(self._expected)
        if self.format == "avi" and self.packets < self._expected - empty:
            chunks = chunks_of(self._window, self.number)
            if chunks is not None and sum(chunks) >= self._expected:
                return self._expected - chunks[0]
        return empty

    def _spoiled(self) -> None:
        self.damaged = min(self.damaged + 1, self.packets)
        self.reason = self.reason or Reason.CORRUPT_DATA

    def _moment(self, frame: VideoFrame) -> SampledFrame | None:
        if frame.is_corrupt or frame.width * frame.height > self._limits.max_video_pixels:
            self._spoiled()
            self._clock.lose()
            return None
        self._notice(frame)
        after_seek = self._seek_target is not None
        if after_seek:
            self.bad_keyframe |= not frame.key_frame or frame.pts != self._seek_target
            self._seek_target = None
        time = self._clock.read(frame)
        moment = SampledFrame(frame, time, self.frames, self._shrink, after_seek=after_seek)
        self.frames += 1
        self._pixels += frame.width * frame.height
        self._dense = self._dense and may_be_small(self._pixels, self.frames)
        self.duration = max(self.duration, moment.time)
        return moment

    def _notice(self, frame: VideoFrame) -> None:
        """What is special about the frame; the size as shown, of the first one."""
        turned = orientation_of(frame)
        if not self.frames:
            sides = (frame.width, frame.height)
            self.width, self.height = reversed(sides) if turned.transposes else sides
            self._size = sides
        for name, holds in (
            (Flag.ORIENTED, turned is not Orientation.UPRIGHT),
            (Flag.ALPHA, any(each.is_alpha for each in frame.format.components)),
            (Flag.DEEP, any(each.bits > _BITS for each in frame.format.components)),
            (Flag.HDR, int(frame.color_trc or 0) in _HDR),
            (Flag.INTERLACED, frame.interlaced_frame),
            (Flag.RESIZED, (frame.width, frame.height) != self._size),
        ):
            if holds:
                self._flags[name] = True


def _frames_of_flic(file: Window) -> int:
    """How many frames an FLI or FLC announces, which FFmpeg does not tell; 0 if it does not say."""
    file.seek(0)
    return int.from_bytes(file.read(8)[6:], "little")


def _opened(file: Window, name: str) -> "InputContainer":
    formats = (name,) if name else demuxers.VIDEO
    try:
        return open_container(file, formats, name=name or None)
    except ERRORS as error:
        raise_if_ours(error)
        if isinstance(error, UnreadableError):
            raise UnreadableVideoError(error.reason, error.detail) from None
        raise UnreadableVideoError(Reason.DAMAGED, "FFmpeg could not open it") from None
