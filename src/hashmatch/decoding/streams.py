"""Which streams of a container hold moving pictures, and which of them is the film."""

import re
from typing import TYPE_CHECKING, Final

import av
from av.codec.context import ThreadType
from av.stream import Disposition

from hashmatch.decoding import demuxers
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.opening import ERRORS, is_cover, open_container
from hashmatch.errors import Reason, UnreadableVideoError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

    from hashmatch.decoding.window import Window

_LESSER: Final = Disposition.timed_thumbnails | Disposition.still_image | Disposition.dependent
_TAG: Final = re.compile(r"(\d+):(\d+):(\d+\.?\d*)$")
"""How Matroska says how long a stream lasts."""
_UNITS: Final = (3600, 60, 1)
_IDS_OF_PICTURES: Final = range(0x1E0, 0x1F0)
"""Ids of the pictures' streams in a program stream, as ISO/IEC 13818-1 has them."""
_WITH_ALPHA: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders that read the alpha of a codec, which FFmpeg's own ones leave out."""


def moving_streams(container: "InputContainer") -> "tuple[VideoStream, ...]":
    """The streams of moving pictures, the film first: cover art is none.

    The film is the stream that lasts longest, by a second or more; of those that last as long, the
    one that players take by default; of those, the first. Thumbnails come last, and what FFmpeg has
    no decoder for behind all.

    Raises:
        UnreadableVideoError: there is none, or none that FFmpeg has a decoder for.
    """
    streams = [each for each in container.streams.video if not is_cover(each)]
    if not streams and _has_untold_pictures(container):
        detail = "it has a video stream, but FFmpeg cannot identify its codec"
        raise UnreadableVideoError(Reason.UNSUPPORTED, detail)
    if not streams:
        raise UnreadableVideoError(Reason.NOT_A_PICTURE, "it has no video stream")
    readable = [each for each in streams if getattr(each, "codec_context", None) is not None]
    if not readable:
        raise UnreadableVideoError(Reason.UNSUPPORTED, "FFmpeg has no decoder for it")
    return tuple(sorted(readable, key=_order))


def _has_untold_pictures(container: "InputContainer") -> bool:
    """Whether a stream of a program stream is one of pictures by its id, whatever FFmpeg guesses.

    A program stream need not name its codecs: FFmpeg then guesses them from the bytes, and takes
    what it cannot decode for sound or data.
    """
    ids = _IDS_OF_PICTURES
    return container.format.name == "mpeg" and any(each.id in ids for each in container.streams)


def count_streams(file: "Window") -> int:
    """How many streams of moving pictures a file has, as far as it can be opened."""
    try:
        with open_container(file, demuxers.VIDEO) as container:
            return len(moving_streams(container))
    except UnreadableVideoError:
        return 1
    except ERRORS as error:
        raise_if_ours(error)
        return 1


def _order(stream: "VideoStream") -> tuple[bool, float, bool, int]:
    seconds = _seconds(stream)
    lesser = bool(stream.disposition & _LESSER) or stream.frames == 1
    return lesser, -round(seconds), Disposition.default not in stream.disposition, stream.index


def _seconds(stream: "VideoStream") -> float:
    """How long a stream lasts; 0 where nothing tells."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    told = _TAG.match(stream.metadata.get("DURATION", ""))
    parts = told.groups() if told else ()
    return sum(float(part) * unit for part, unit in zip(parts, _UNITS, strict=False))


def has_alpha(stream: "VideoStream") -> bool:
    """Whether a stream of VP8 or VP9 has a second one inside, for its alpha."""
    told = {name.lower(): value for name, value in stream.metadata.items()}
    return stream.codec_context.name in _WITH_ALPHA and told.get("alpha_mode") == "1"


def alpha_decoder(stream: "VideoStream") -> "VideoCodecContext":
    """A decoder of a stream that has its alpha too.

    Raises:
        what `hashmatch.decoding.opening.ERRORS` lists: this FFmpeg has none.
    """
    name = _WITH_ALPHA[stream.codec_context.name]
    decoder: VideoCodecContext = av.CodecContext.create(name, "r")  # type: ignore[assignment]
    decoder.extradata = stream.codec_context.extradata
    decoder.thread_type, decoder.thread_count = ThreadType.NONE, 1
    return decoder
