"""The one door through which FFmpeg's containers are opened."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import av
from av.stream import Disposition

from hashmatch.decoding.failures import LIBAV_ERRORS

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

    from hashmatch.decoding.window import Window

av.logging.set_level(None)

ERRORS: Final = (av.FFmpegError, *LIBAV_ERRORS)
"""What PyAV raises on damaged files; `raise_if_ours` looks at where."""

_TAGS_AS_THEY_ARE: Final = 19
"""The version of PyAV from which on tags that are no UTF-8 are no error; it has no option."""
_TAGS: Final[dict[str, Any]] = (
    {}
    if int(av.__version__.partition(".")[0]) >= _TAGS_AS_THEY_ARE
    else {"metadata_errors": "ignore"}
)


def open_container(
    file: "Window",
    formats: Iterable[str],
    options: Mapping[str, str] | None = None,
    *,
    name: str | None = None,
) -> "InputContainer":
    """An opened container of one of these formats, in which no other file can be named.

    Args:
        file: what is read; it has no name that could tell FFmpeg anything.
        formats: FFmpeg's names of the demuxers that may open it.
        options: further ones for the demuxer.
        name: of the format, where it is known; FFmpeg guesses it otherwise.

    Raises:
        what `ERRORS` lists: no such container, or a damaged one.
    """
    allowed = {"format_whitelist": ",".join(formats), "protocol_whitelist": ""}
    container: InputContainer = av.open(
        file, "r", name, options={**(options or {}), **allowed}, **_TAGS
    )
    return container


def is_cover(stream: "VideoStream") -> bool:
    """Whether a stream is one picture that is attached to the file, as cover art is."""
    return Disposition.attached_pic in stream.disposition
