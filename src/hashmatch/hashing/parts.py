"""What lies in one file beside its picture or film, put together with it: clips, covers, pages.

The readings of the picture or film itself come first. The others name what they are of, in their
part, as `clip.content` or `cover`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO, Final, TypeAlias

from hashmatch.containers import flag_of, name_in
from hashmatch.decoding import mpo
from hashmatch.decoding.behind import (
    FoundPart,
    FoundPicture,
    all_behind,
    find_clip,
    is_sequence,
    parts_behind,
    parts_in_box,
)
from hashmatch.decoding.ends import end_of
from hashmatch.decoding.formats import HEAD, find_pictures
from hashmatch.decoding.recognition import Recognised
from hashmatch.decoding.video_formats import FoundVideo
from hashmatch.errors import Reason, UnreadableImageError, UnreadableVideoError
from hashmatch.hashing.beside import LONGEST_TAIL, beside_film
from hashmatch.hashing.videos import ANIMATED
from hashmatch.kinds.fill import behind_run
from hashmatch.kinds.sniffing import sniff_container
from hashmatch.model import MediaHashes, Unreadable
from hashmatch.model.alignment import BEHIND, CLIP, COVER, part_of, source_and_look
from hashmatch.model.flags import BYTES_BEHIND, Flag
from hashmatch.model.media import FileKind

HashPicture: TypeAlias = Callable[[bytes], MediaHashes]
"""The hashes of one picture's file; raises `UnreadableImageError`."""
HashFilm: TypeAlias = Callable[[BinaryIO, Recognised], MediaHashes]
"""The hashes of the film in a file; raises `UnreadableVideoError`."""


_OF_ONE_PICTURE: Final = frozenset({"jpeg", "bmp", "psd", "qoi"})
"""Formats without further frames or pages."""
MOST_CLIPS: Final = 16
"""Films behind a picture or film that are hashed."""
_LEAST: Final = 64
"""Bytes of an archive, at least."""
_FILM: Final = 8
"""Further JPEGs of one size in a row that make a film."""
MOST_PICTURES: Final = 512
"""Pictures in a row that are hashed one by one."""


def with_all(media: MediaHashes, data: bytes, picture: HashPicture, film: HashFilm) -> MediaHashes:
    """A picture with all that its file holds besides.

    Args:
        media: the hashes of the picture itself.
        data: its file.
        picture: hashes another picture.
        film: hashes what moves.
    """
    if name_in(media.flags):
        # The first picture of a container: what else it holds is not read, and that is said.
        return media
    if Flag.LEADING_GARBAGE in media.flags:
        places = {kind: start for start, kind in find_pictures(data)}
        data = data[places[media.format] :]
    end, moves = end_of(data, media.format), media.frames > 1 and media.format in ANIMATED
    behind = all_behind(data, media.format, end)
    media = _with_container(media, data, end, rest=behind.rest)
    pictures = pictures_in(data, behind.parts)
    if media.format == "jpeg" and media.frames > 1:
        # Those of its index were read with it.
        read = set(mpo.pictures(data)[0])
        pictures = [each for each in pictures if each[0].start not in read]
    if pictures:
        media = _with_further_pictures(media, data, pictures, picture, film)
    if moves:
        media = moving(media, data, film, Recognised(FileKind.PICTURE, media.format))
    clips = [each for each in behind.parts if isinstance(each, FoundVideo)]
    if not clips and is_sequence(data, media.format):
        clips = [FoundVideo("mp4")]
    return _with_clips(media, data, clips, film)


def _with_container(media: MediaHashes, data: bytes, end: int, *, rest: int) -> MediaHashes:
    """A picture behind which an archive or the like begins, or bytes that nobody knows: named."""
    if not end or len(data) - end < _LEAST:
        return media
    behind = data[behind_run(data, end) :]
    container = sniff_container(BytesIO(behind), behind[:HEAD])
    if container is None:
        return _flagged(media, bytes_behind(rest)) if rest else media
    flags = (*media.flags, flag_of(container.detail))
    return replace(media, flags=flags, reason=media.reason or container.reason)


def holds_more(data: bytes, kind: str) -> bool:
    """Whether a picture's file holds, or may hold, more than its first picture.

    Args:
        data: the picture's file.
        kind: its format.
    """
    end = end_of(data, kind)
    return kind not in _OF_ONE_PICTURE or not end or len(data) - end >= _LEAST


def pictures_in(data: bytes, parts: Sequence[FoundPart]) -> list[tuple[FoundPicture, bytes]]:
    """The pictures among what was found, each with its bytes up to what follows it."""
    ends = [*(each.start for each in parts[1:]), len(data)]
    return [
        (each, data[each.start : end])
        for each, end in zip(parts, ends, strict=False)
        if isinstance(each, FoundPicture)
    ]


def _with_clips(
    media: MediaHashes, data: bytes, clips: Sequence[FoundVideo], film: HashFilm
) -> MediaHashes:
    """A picture with the frames of the films that lie behind it."""
    for number, clip in enumerate(clips[:MOST_CLIPS], 1):
        found = Recognised(FileKind.VIDEO, clip.name, clip.start)
        source = CLIP if number == 1 else f"{CLIP}-{number}"
        media = moving(media, data, film, found, source=source)
    if len(clips) > MOST_CLIPS:
        media = replace(media, reason=media.reason or Reason.TOO_LONG)
    return media


def with_behind(
    video: MediaHashes, file: BinaryIO, found: Recognised, picture: HashPicture, film: HashFilm
) -> MediaHashes:
    """A film with the pictures and films that lie behind it in its file, or in boxes of it.

    Args:
        video: of the film.
        file: opened for reading and seekable.
        found: what kind of file it is.
        picture: hashes a picture.
        film: hashes a film.

    Raises:
        OSError, UnreadableError: the file cannot be read.
    """
    beside = beside_film(file, found)
    if beside is None:
        return video
    for first, inside in beside.boxes():
        video = _with_found(video, file, first, inside, parts_in_box(inside), picture, film)
    tail = beside.tail()
    parts, rest = parts_behind(tail, 0)
    video = _with_found(video, file, beside.end, tail, parts, picture, film)
    if beside.size - beside.end > LONGEST_TAIL and not parts:
        rest = beside.size - beside.end
    return _flagged(video, bytes_behind(rest)) if rest else video


def _with_found(  # noqa: PLR0917 (where something was found, and what)
    video: MediaHashes,
    file: BinaryIO,
    place: int,
    data: bytes,
    parts: Sequence[FoundPart],
    picture: HashPicture,
    film: HashFilm,
) -> MediaHashes:
    """A film with what was found in some bytes of its file, which begin at `place`."""
    number = sum(each.part == BEHIND for each in video.readings)
    for found, own in pictures_in(data, parts)[:MOST_PICTURES]:
        try:
            read = picture(own)
        except UnreadableImageError as error:
            if found.sure:
                video = replace(video, reason=video.reason or error.reason)
                video = _flagged(video, Flag.UNREAD_PICTURE)
            continue
        number += 1
        readings = tuple(replace(each, frame=number, part=BEHIND) for each in read.readings)
        video = _flagged(replace(video, readings=(*video.readings, *readings)), Flag.PICTURE_BEHIND)
    clips = {source_and_look(each.part)[0] for each in video.readings if each.time is not None}
    number = sum(each.startswith(CLIP) for each in clips)
    for clip in [each for each in parts if isinstance(each, FoundVideo)][:MOST_CLIPS]:
        number += 1
        source = CLIP if number == 1 else f"{CLIP}-{number}"
        there = Recognised(FileKind.VIDEO, clip.name, place + clip.start)
        video = moving(video, file, film, there, source=source)
    return video


def clip_of(data: bytes, kind: str, film: HashFilm, reason: Reason) -> MediaHashes | None:
    """The clip behind a picture that could not be read; None if there is none to be read.

    Args:
        data: the picture's file.
        kind: its format.
        film: hashes the clip.
        reason: why the picture could not be read.
    """
    clip = find_clip(data, kind)
    return None if clip is None else film_at(BytesIO(data), 0, clip, film, reason)


def film_at(
    file: BinaryIO, place: int, clip: FoundVideo, film: HashFilm, reason: Reason
) -> MediaHashes | None:
    """A film behind what could not be read; None if it cannot be read either.

    Args:
        file: opened for reading and seekable.
        place: from which the place of the film was counted.
        clip: where it is.
        film: hashes it.
        reason: why that could not be read behind which it lies.
    """
    try:
        video = film(file, Recognised(FileKind.VIDEO, clip.name, place + clip.start))
    except UnreadableVideoError:
        return None
    readings = tuple(replace(each, part=part_of(CLIP, each.part)) for each in video.readings)
    return replace(video, readings=readings, flags=_of_clip(video), reason=reason)


def moving(
    media: MediaHashes,
    data: bytes | BinaryIO,
    film: HashFilm,
    found: Recognised,
    *,
    source: str = "",
) -> MediaHashes:
    """The hashes of a picture or film, with those of what moves besides behind them."""
    try:
        video = film(BytesIO(data) if isinstance(data, bytes) else data, found)
    except UnreadableVideoError as error:
        if not source:
            return media
        # Sound behind a picture is no part of it that could be seen.
        reason = None if error.reason.skipped else error.reason
        return replace(_flagged(media, Flag.UNREAD_CLIP), reason=media.reason or reason)
    readings = tuple(replace(each, part=part_of(source, each.part)) for each in video.readings)
    first = Flag.CLIP if media.is_video and source else Flag.MOTION_PHOTO
    further = _of_clip(video, first) if source else video.flags
    flags = dict.fromkeys((*media.flags, *further))
    # Of a picture that moves, and of a film with another one, the frames of the film say it.
    if Flag.FLAT_CARD not in (media if media.is_video or source else video).flags:
        flags.pop(Flag.FLAT_CARD, None)
    return replace(
        media,
        readings=(*media.readings, *readings),
        flags=tuple(flags),
        video=video.video if media.video is None else media.video,
    )


def _of_clip(video: MediaHashes, first: str = Flag.MOTION_PHOTO) -> tuple[str, ...]:
    own = (flag for flag in video.flags if flag != Flag.LEADING_GARBAGE)
    return (first, *own, *((Flag.INCOMPLETE_CLIP,) if video.reason is not None else ()))


def _flagged(media: MediaHashes, flag: str) -> MediaHashes:
    return media if flag in media.flags else replace(media, flags=(*media.flags, flag))


def _with_further_pictures(
    media: MediaHashes,
    data: bytes,
    found: Sequence[tuple[FoundPicture, bytes]],
    picture: HashPicture,
    film: HashFilm,
) -> MediaHashes:
    """A picture with those that follow it in its file: as frames of a film, or one by one."""
    sizes = {each.size for each, _ in found}
    if media.format == "jpeg" and len(found) >= _FILM and len(sizes) == 1 and None not in sizes:
        return _flagged(moving(media, data, film, Recognised(FileKind.VIDEO, "mjpeg")), Flag.MJPEG)
    readings, number = list(media.readings), media.frames
    unread: Reason | None = None
    for each, own in found[:MOST_PICTURES]:
        try:
            further = picture(own)
        except UnreadableImageError as error:
            if each.sure:
                unread = unread or error.reason
                number += 1
            continue
        readings += (replace(one, frame=number) for one in further.readings)
        number += 1
    if number == media.frames:
        return media
    media = _flagged(media, Flag.FRAMES)
    if unread is not None:
        media = _flagged(media, Flag.UNREAD_PICTURE)
    left_out = Reason.TOO_LONG if len(found) > MOST_PICTURES else None
    return replace(
        media,
        readings=tuple(readings),
        frames=number + max(len(found) - MOST_PICTURES, 0),
        reason=media.reason or unread or left_out,
    )


def bytes_behind(count: int) -> str:
    """The flag of a picture or film behind whose end so many bytes follow that nobody knows."""
    return f"{BYTES_BEHIND}{count}"


def with_covers(
    film: MediaHashes | None,
    covers: Sequence[bytes],
    picture: HashPicture,
    *,
    failed: Unreadable | None = None,
) -> MediaHashes | None:
    """A film or a sound file with the pictures that are attached to it.

    Args:
        film: None for a sound file, of which the first cover is the picture.
        covers: the pictures' files.
        picture: hashes one.
        failed: why the film could not be read: its cover says so. That there is none in a sound
            file is no failure.

    Returns:
        The film, or the pictures; None where there is neither.
    """
    whole: MediaHashes | None = film
    unread: Reason | None = None
    for number, data in enumerate(covers):
        try:
            cover = picture(data)
        except UnreadableImageError as error:
            unread = unread or error.reason
            continue
        if whole is None:
            whole = replace(cover, flags=(*cover.flags, Flag.COVER_ART))
            continue
        source = COVER if film is not None else ""
        readings = tuple(replace(each, frame=number, part=source) for each in cover.readings)
        flags = whole.flags if Flag.COVER_ART in whole.flags else (*whole.flags, Flag.COVER_ART)
        frames = whole.frames if film is not None else whole.frames + 1
        whole = replace(whole, readings=(*whole.readings, *readings), flags=flags, frames=frames)
    if whole is None:
        return None
    if failed is not None and not failed.reason.skipped:
        whole = replace(whole, reason=whole.reason or failed.reason)
    if unread is None:
        return whole
    return replace(_flagged(whole, Flag.UNREAD_COVER), reason=whole.reason or unread)
