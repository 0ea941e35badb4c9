"""What kind of file this is, by its content: a picture, a video, sound, a container, or neither.

What the first bytes say comes first. Only what they leave open is searched, and shown to FFmpeg.
"""

import os
from dataclasses import dataclass
from typing import BinaryIO, Final

from hashmatch.decoding import formats
from hashmatch.decoding.extents import names_of_boxes
from hashmatch.decoding.window import Window
from hashmatch.kinds.sniffing import Container, sniff_container
from hashmatch.model.media import FileKind

_PROBED: Final = 8 << 20
"""Bytes that FFmpeg reads at most to find out what a file is; more than a sound file's tag."""
_UNIT: Final = 4
"""Zero bytes with which streams without a container may begin."""

_BOXES_OF_FILMS: Final = (b"ftyp", b"moov", b"mdat", b"moof", b"styp", b"sidx")


@dataclass(frozen=True, slots=True)
class Recognised:
    """What kind of file this is.

    Attributes:
        kind: what can be done with it.
        name: of its format; empty where unknown.
        start: the byte with which the picture or video begins; of a container, where a JPEG
            begins in it; -1 where none does.
        container: which one it is; None where it is none.
        covers: how many pictures are attached to a sound file.
        preview: where a picture begins that stands in front of a film; -1 where none does.
        note: what should be told of a file that is neither; empty if nothing.
    """

    kind: FileKind
    name: str = ""
    start: int = 0
    covers: int = 0
    preview: int = -1
    container: Container | None = None
    note: str = ""


def recognised(file: BinaryIO) -> Recognised:
    """What kind of file this is. The file is left at any place.

    Args:
        file: opened for reading and seekable.

    Raises:
        OSError, UnreadableError: it cannot be read.
    """
    from hashmatch.decoding.video_formats import sniff_video

    file.seek(0)
    head = file.read(formats.HEAD)
    if (kind := formats.sniff(head, file.seek(0, os.SEEK_END))) is not None:
        is_film = kind == "heif" and _is_film_alone(file)
        return Recognised(FileKind.VIDEO, "mp4") if is_film else Recognised(FileKind.PICTURE, kind)
    start = formats.find_jpeg(head)
    if (video := sniff_video(head)) is not None:
        # Cameras put a preview in front of the boxes that hold the film.
        preview = video.name == "mp4" and start >= 0 and head[4:8] not in _BOXES_OF_FILMS
        return Recognised(FileKind.VIDEO, video.name, video.start, preview=start if preview else -1)
    if (container := sniff_container(file, head)) is not None:
        return Recognised(FileKind.CONTAINER, start=start, container=container)
    found = _searched(file)
    if found.kind is FileKind.OTHER and head.startswith(b"\0"):
        file.seek(0)
        head = file.read(formats.REACH + formats.HEAD)
    pictures = formats.find_pictures(head)
    if found.kind is FileKind.OTHER and pictures:
        start, kind = pictures[0]
        return Recognised(FileKind.PICTURE, kind, start)
    if found.kind is not FileKind.VIDEO and not found.covers and start >= 0:
        return Recognised(FileKind.PICTURE, "jpeg", start)
    return found


def _is_film_alone(file: BinaryIO) -> bool:
    """Whether a HEIF is a sequence of pictures without one that stands for it."""

    def read(at: int, length: int) -> bytes:
        file.seek(at)
        return file.read(length)

    names = names_of_boxes(read, file.seek(0, os.SEEK_END))
    return b"moov" in names and b"meta" not in names


def _searched(file: BinaryIO) -> Recognised:
    """What FFmpeg takes the file for, or a video that begins behind something else.

    Raw streams come last: much that is no such stream looks like one.
    """
    from hashmatch.decoding.video_formats import RAW, find_raw_videos, find_videos

    found = _probed(file)
    if found.kind is FileKind.SOUND or (found.kind is FileKind.VIDEO and found.name not in RAW):
        return found
    file.seek(0)
    data = file.read(formats.REACH)
    for video in find_videos(data):
        if formats.sniff(data[video.start : video.start + formats.HEAD]) is not None:
            # HEIF and AVIF look like MP4, and FFmpeg takes them for films.
            continue
        if video.start and (behind := _probed(file, video.start)).kind is FileKind.VIDEO:
            return behind
    if found.kind is FileKind.VIDEO:
        return found
    # FFmpeg recognises more formats than are looked for, if they begin with what it is given.
    zeros = formats.leading_zeros(data)
    at_zeros = [_probed(file, at) for at in (zeros - _UNIT, zeros) if 0 < at < len(data)]
    streams = [each for each in at_zeros if each.kind is FileKind.VIDEO]
    for behind in streams:
        if behind.name not in RAW:
            return behind
    for video in find_raw_videos(data):
        if video.start and (behind := _probed(file, video.start)).kind is FileKind.VIDEO:
            return behind
    return streams[0] if streams else found


def _probed(file: BinaryIO, start: int = 0) -> Recognised:
    from hashmatch.decoding.probing import probe

    found = probe(Window(file, start, budget=_PROBED))
    if found is None:
        return Recognised(FileKind.OTHER)
    if found.decoded:
        return Recognised(FileKind.VIDEO, found.name, start, covers=found.covers)
    if found.moving:
        note = f"FFmpeg detected {found.name}, but could not decode a frame"
        return Recognised(FileKind.OTHER, note=note)
    return Recognised(FileKind.SOUND, found.name, start, covers=found.covers)
