"""Videos and animations to the hashes of their sampled frames."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from io import BytesIO
from os import PathLike
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO, Final

from hashmatch.decoding.inputs import Readable, read_failures
from hashmatch.decoding.recognition import Recognised, recognised
from hashmatch.errors import Reason, UnreadableError, UnreadableVideoError
from hashmatch.hashing.sampling import FrameHasher
from hashmatch.limits import Limits
from hashmatch.model import Alpha, Decoder, MediaHashes, Mode, Reading, Sampling, VideoFacts
from hashmatch.model.alignment import STREAM, part_of
from hashmatch.model.flags import Flag
from hashmatch.model.media import FileKind
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
_MOST_STREAMS: Final = 16
"""Streams of one file that are hashed."""


@dataclass(frozen=True, slots=True)
class _Task:
    """What is read, and how."""

    file: BinaryIO
    found: Recognised
    sampling: Sampling
    limits: Limits
    on_progress: Callable[[float], object]
    variants: bool
    on_tags: Callable[[Mapping[str, str]], object]


@dataclass(frozen=True, slots=True)
class _Stream:
    """The hashes of one stream, which it is, and how many there are."""

    hashes: MediaHashes
    duration: float
    number: int = 0
    count: int = 1


def hash_frames(
    source: Readable,
    *,
    sampling: Sampling = Sampling.QUERY,
    limits: Limits | None = None,
    on_progress: Callable[[float], object] = lambda _: None,
    found: Recognised | None = None,
    variants: bool = False,
    on_tags: Callable[[Mapping[str, str]], object] = lambda _: None,
) -> MediaHashes:
    """The hashes of the sampled frames of one video or animated picture.

    Of a file with several streams of moving pictures all are read: the film first, then the
    others, whose readings have the parts `stream-2` and so on, by their place in the file. Of a
    motion photo the clip is read.

    Args:
        source: a path, the file's bytes, or a binary file object that can be sought in.
        sampling: as `FrameHasher` has it. Of small films every frame that differs is hashed
            besides. `triage` reads keyframes only, and goes through the
            whole video where these are more than 15 seconds apart on average.
        limits: of pixels, frames and time, each per stream.
        on_progress: called again and again with the seconds of video read so far.
        found: what kind of file it is, where that is known already.
        variants: also the readings of frames with their alpha ignored, where they have any.
        on_tags: called with what the container and the film say of themselves, once it is opened.

    Raises:
        UnreadableVideoError: not one frame could be read; with the reason.
    """
    limits = limits or Limits()
    with ExitStack() as stack:
        file = _file(source, stack)
        with read_failures(UnreadableVideoError):
            found = found or moving_part(file, recognised(file), limits)
        task = _Task(file, found, sampling, limits, on_progress, variants, on_tags)
        return _all_streams(task)


def moving_part(file: BinaryIO, found: Recognised, limits: Limits) -> Recognised:
    """What of a file moves: the clip of a motion photo; the file itself if there is none."""
    if found.kind is not FileKind.PICTURE or found.name in ANIMATED:
        return found
    from hashmatch.decoding.behind import find_clip

    file.seek(0)
    clip = find_clip(file.read(limits.max_bytes), found.name)
    return found if clip is None else Recognised(FileKind.VIDEO, clip.name, clip.start)


def _all_streams(task: _Task) -> MediaHashes:
    """The film, with the readings of the other streams behind its own."""
    film: MediaHashes | None = None
    failed: UnreadableVideoError | None = None
    number, count = 0, 1
    while number < min(count, _MOST_STREAMS):
        try:
            read = _sampled(task, number)
        except UnreadableVideoError as error:
            failed = failed or error
            if not number:
                count = _count_of_streams(task)
        else:
            count = read.count
            film = read.hashes if film is None else _with_stream(film, read)
        number += 1
    if film is None:
        raise failed or UnreadableVideoError(Reason.DAMAGED, "no frame of it could be read")
    if count > _MOST_STREAMS:
        film = replace(film, reason=film.reason or Reason.TOO_LONG)
    return replace(film, reason=film.reason or failed.reason) if failed is not None else film


def _with_stream(film: MediaHashes, other: _Stream) -> MediaHashes:
    source = f"{STREAM}-{other.number + 1}"
    readings = tuple(
        replace(each, part=part_of(source, each.part)) for each in other.hashes.readings
    )
    # What makes times and frames of one stream uncertain is said of the whole.
    uncertain = [
        each for each in other.hashes.flags if each in (Flag.TIMES_ESTIMATED, Flag.THINNED)
    ]
    flags = tuple(dict.fromkeys((*film.flags, Flag.STREAMS, *uncertain)))
    return replace(film, readings=(*film.readings, *readings), flags=flags)


def _count_of_streams(task: _Task) -> int:
    if task.found.kind is not FileKind.VIDEO:
        return 1
    from hashmatch.decoding.streams import count_streams
    from hashmatch.decoding.window import Window

    return count_streams(Window(task.file, task.found.start))


def _sampled(task: _Task, stream: int) -> _Stream:
    if task.sampling == Sampling.TRIAGE:
        read = _hashed(task, stream)
        enough = max(_FEWEST, read.duration / _SPARSE)
        if len(read.hashes.readings) >= enough:
            return read
        task = replace(task, sampling=Sampling.QUERY)
    return _hashed(task, stream)


def _file(source: Readable, stack: ExitStack) -> BinaryIO:
    if isinstance(source, bytes | bytearray | memoryview):
        return BytesIO(source)
    if not isinstance(source, str | PathLike):
        return source
    try:
        return stack.enter_context(open_evidence(source))
    except UnreadableError as error:
        raise UnreadableVideoError(error.reason, error.detail) from None
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise UnreadableVideoError(Reason.IO_ERROR, detail) from None


def _hashed(task: _Task, stream: int, *, skipping: bool = True) -> _Stream:
    hasher, began = FrameHasher(task.sampling), monotonic()
    hidden = FrameHasher(task.sampling)
    readings: list[Reading] = []
    dropped: list[Reading] = []
    awaited = (lambda: hasher.awaited) if skipping else None
    with _opened(task, stream, awaited) as video:
        try:
            for moment in video:
                if video.bad_keyframe:
                    break
                hasher.dense = hidden.dense = video.is_dense
                kinds = {"after_seek": moment.after_seek, "is_guess": moment.is_guess}
                if hasher.wants(moment.time, **kinds):
                    readings += hasher.add(moment.time, moment.number, moment.grey)
                if task.variants and moment.see_through and hidden.wants(moment.time, **kinds):
                    dropped += hidden.add(moment.time, moment.number, moment.hidden)
        except UnreadableError as error:
            # What can be told of it is told; one broken frame does not undo the others.
            if not video.frames:
                raise UnreadableVideoError(error.reason, error.detail) from None
            video.reason = video.reason or Reason.CORRUPT_DATA
        if skipping and video.bad_keyframe:
            left = max(task.limits.max_video_seconds - (monotonic() - began), 0.0)
            limits = replace(task.limits, max_video_seconds=left)
            return _hashed(replace(task, limits=limits), stream, skipping=False)
        readings += hasher.rest()
        dropped += hidden.rest()
        if not readings:
            reason = video.reason or Reason.DAMAGED
            if reason in (Reason.TRUNCATED, Reason.CORRUPT_DATA):
                reason = Reason.DAMAGED
            raise UnreadableVideoError(reason, "no frame of it could be read")
        readings += (replace(each, alpha=Alpha.DROPPED) for each in dropped)
        hashes = _hashes(task, video, readings, hasher)
        return _Stream(hashes, video.duration, video.number, video.streams)


def _hashes(
    task: _Task, video: "Video | Animation", readings: list[Reading], hasher: FrameHasher
) -> MediaHashes:
    """The hashes of a stream, with what is told of it.

    Args:
        task: what was asked.
        video: read to its end.
        readings: of its frames.
        hasher: took its frames.
    """
    return MediaHashes(
        readings=tuple(readings),
        mode=Mode.FAST,
        width=video.width,
        height=video.height,
        format=video.format,
        decoder=Decoder.LIBAV if video.format not in ANIMATED else Decoder.PILLOW,
        frames=video.frames,
        flags=(
            *video.flags,
            *([Flag.LEADING_GARBAGE] if task.found.start else []),
            *([Flag.THINNED] if hasher.is_thinned else []),
            *([Flag.FLAT_CARD] if hasher.is_flat_card else []),
        ),
        fraction=video.fraction,
        reason=video.reason,
        video=VideoFacts(
            sampling=task.sampling,
            duration=round(video.duration, 3),
            codec=video.codec,
            damaged=video.damaged,
        ),
    )


def _opened(
    task: _Task, stream: int, awaited: Callable[[], tuple[float, float]] | None
) -> "Video | Animation":
    file, found, limits = task.file, task.found, task.limits
    with read_failures(UnreadableVideoError):
        file.seek(0)
    if found.kind is FileKind.PICTURE and found.name in ANIMATED:
        from hashmatch.decoding.animation import Animation

        with read_failures(UnreadableVideoError):
            file.seek(found.start)
            data = file.read(limits.max_bytes + 1)
        if len(data) > limits.max_bytes:
            raise UnreadableVideoError(Reason.TOO_MANY_BYTES, f"more than {limits.max_bytes:,}")
        return Animation(data, found.name, limits, on_progress=task.on_progress)
    with read_failures(UnreadableVideoError):
        is_empty = not file.read(1)
    if is_empty:
        raise UnreadableVideoError(Reason.EMPTY, "the file has no bytes")
    if found.container is not None:
        raise UnreadableVideoError(found.container.reason, found.container.detail)
    if found.kind is not FileKind.VIDEO:
        raise UnreadableVideoError(Reason.NOT_A_PICTURE, found.note or "no known video format")
    from hashmatch.decoding.video import Video

    video = Video(
        file,
        limits,
        start=found.start,
        name=found.name if found.name == "mjpeg" else "",
        stream=stream,
        keyframes=task.sampling == Sampling.TRIAGE,
        dense=task.sampling != Sampling.TRIAGE,
        awaited=awaited,
        on_progress=task.on_progress,
    )
    if not stream:
        task.on_tags(video.tags)
    return video
