"""Videos and animations to the hashes of their sampled frames."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from io import BytesIO
from os import PathLike
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO, Final

from hashmatch.decoding.inputs import Readable, read_failures
from hashmatch.decoding.recognition import Kind, Recognised, recognised
from hashmatch.errors import Reason, UnreadableError, UnreadableVideoError
from hashmatch.hashers.frames import FrameHasher, Sampling
from hashmatch.limits import Limits
from hashmatch.model import Reading, VideoHashes
from hashmatch.sources.access import open_evidence

if TYPE_CHECKING:
    from hashmatch.decoding.animation import Animation
    from hashmatch.decoding.video import Video

ANIMATED: Final = ("gif", "png", "webp", "avif")
"""Picture formats that can move."""

_SPARSE: Final = 15.0
"""Seconds between keyframes, on average, beyond which they say too little of a video."""
_FEWEST: Final = 4
"""Keyframes: a video of fewer is short, and soon read as a whole."""


def hash_frames(
    source: Readable,
    *,
    sampling: Sampling = "query",
    limits: Limits | None = None,
    alive: Callable[[float], object] = lambda _: None,
    found: Recognised | None = None,
) -> VideoHashes:
    """The hashes of the sampled frames of one video or animated picture.

    Args:
        source: a path, the file's bytes, or a binary file object that can be sought in.
        sampling: as `FrameHasher` has it. `triage` reads keyframes only, and goes through the
            whole video where these are more than 15 seconds apart on average.
        limits: of pixels, frames and time.
        alive: called again and again with the seconds of video read so far.
        found: what kind of file it is, where that is known already.

    Raises:
        UnreadableVideoError: not one frame could be read; with the reason.
    """
    limits = limits or Limits()
    with ExitStack() as stack:
        file = _file(source, stack)
        with read_failures(UnreadableVideoError):
            found = found or recognised(file)
        if sampling == "triage":
            video = _hashed(file, found, sampling, limits, alive)
            if len(video.readings) >= max(_FEWEST, video.duration / _SPARSE):
                return video
            sampling = "query"
        return _hashed(file, found, sampling, limits, alive)


def _file(source: Readable, stack: ExitStack) -> BinaryIO:
    if isinstance(source, bytes | bytearray | memoryview):
        return BytesIO(source)
    if not isinstance(source, str | PathLike):
        return source
    try:
        return stack.enter_context(open_evidence(Path(source)))
    except UnreadableError as error:
        raise UnreadableVideoError(error.reason, error.detail) from None
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise UnreadableVideoError(Reason.IO_ERROR, detail) from None


def _hashed(
    file: BinaryIO,
    found: Recognised,
    sampling: Sampling,
    limits: Limits,
    alive: Callable[[float], object],
    *,
    leaping: bool = True,
) -> VideoHashes:
    hasher, began = FrameHasher(sampling), monotonic()
    readings: list[Reading] = []
    awaited = (lambda: hasher.awaited) if leaping else None
    with _opened(file, found, sampling, limits, alive=alive, awaited=awaited) as video:
        try:
            for moment in video:
                if video.misled:
                    break
                if hasher.wants(moment.time, landed=moment.landed, is_guess=moment.is_guess):
                    readings += hasher.add(moment.time, moment.number, moment.grey)
        except UnreadableError as error:
            # What can be told of it is told; one broken frame does not undo the others.
            if not video.frames:
                raise UnreadableVideoError(error.reason, error.detail) from None
            video.reason = video.reason or Reason.CORRUPT_DATA
        if leaping and video.misled:
            left = max(limits.max_video_seconds - (monotonic() - began), 0.0)
            limits = replace(limits, max_video_seconds=left)
            return _hashed(file, found, sampling, limits, alive, leaping=False)
        readings += hasher.rest()
        if not readings:
            reason = video.reason or Reason.DAMAGED
            if reason in (Reason.TRUNCATED, Reason.CORRUPT_DATA):
                reason = Reason.DAMAGED
            raise UnreadableVideoError(reason, "no frame of it could be read")
        return VideoHashes(
            readings=tuple(readings),
            mode="fast",
            width=video.width,
            height=video.height,
            format=video.format,
            decoder="libav" if video.format not in ANIMATED else "pillow",
            frames=video.frames,
            flags=(*video.flags, *(("leading-garbage",) if found.start else ())),
            fraction=video.fraction,
            reason=video.reason,
            sampling=sampling,
            duration=round(video.duration, 3),
            codec=video.codec,
            damaged=video.damaged,
        )


def _opened(
    file: BinaryIO,
    found: Recognised,
    sampling: Sampling,
    limits: Limits,
    *,
    alive: Callable[[float], object],
    awaited: Callable[[], tuple[float, float]] | None,
) -> "Video | Animation":
    with read_failures(UnreadableVideoError):
        file.seek(0)
    if found.kind is Kind.PICTURE and found.name in ANIMATED:
        from hashmatch.decoding.animation import Animation

        with read_failures(UnreadableVideoError):
            data = file.read(limits.max_bytes + 1)
        if len(data) > limits.max_bytes:
            raise UnreadableVideoError(Reason.TOO_MANY_BYTES, f"more than {limits.max_bytes:,}")
        return Animation(data, found.name, limits, alive=alive)
    with read_failures(UnreadableVideoError):
        is_empty = not file.read(1)
    if is_empty:
        raise UnreadableVideoError(Reason.EMPTY, "the file has no bytes")
    if found.kind is not Kind.VIDEO:
        raise UnreadableVideoError(Reason.NOT_A_PICTURE, found.note or "no known video format")
    from hashmatch.decoding.video import Video

    return Video(
        file,
        limits,
        start=found.start,
        keyframes=sampling == "triage",
        awaited=awaited,
        alive=alive,
    )
