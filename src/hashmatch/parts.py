"""What lies in one file beside its picture or film, put together with it: clips, covers, pages.

The readings of the picture or film itself come first. The others name what they are of, in their
part, as `clip.content` or `cover`.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from io import BytesIO
from typing import Final, TypeAlias

from hashmatch.containers import flag_of, name_in
from hashmatch.decoding.behind import (
    FoundPicture,
    end_of,
    find_clip,
    further_pictures,
    tells_its_end,
)
from hashmatch.decoding.containers import sniff_container
from hashmatch.decoding.formats import HEAD, find_pictures
from hashmatch.decoding.recognition import Kind, Recognised
from hashmatch.decoding.video_formats import FoundVideo
from hashmatch.errors import Reason, UnreadableImageError, UnreadableVideoError
from hashmatch.model import ImageHashes, Unreadable, VideoHashes
from hashmatch.segments import CLIP, COVER, part_of
from hashmatch.video_hashing import ANIMATED

HashPicture: TypeAlias = Callable[[bytes], ImageHashes]
"""The hashes of one picture's file; raises `UnreadableImageError`."""
HashFilm: TypeAlias = Callable[[BytesIO, Recognised], VideoHashes]
"""The hashes of the film in a file; raises `UnreadableVideoError`."""

_LEAST: Final = 64
"""Bytes of an archive, at least."""
_FILM: Final = 8
"""Further JPEGs of one size in a row that make a film."""
_MOST_PICTURES: Final = 512
"""Pictures in a row that are hashed one by one."""


def with_all(image: ImageHashes, data: bytes, picture: HashPicture, film: HashFilm) -> ImageHashes:
    """A picture with all that its file holds besides.

    Args:
        image: of the picture.
        data: its file.
        picture: hashes another picture.
        film: hashes what moves.
    """
    if name_in(image.flags):
        # The first picture of a container: what else it holds is not read, and that is said.
        return image
    if "leading-garbage" in image.flags:
        places = {kind: start for start, kind in find_pictures(data[:HEAD])}
        data = data[places[image.format] :]
    end = end_of(data, image.format)
    image = _with_container(image, data, end)
    clip = find_clip(data, image.format, end)
    if tells_its_end(image.format):
        stop = clip.start if clip is not None else len(data)
        found = list(further_pictures(data, end, stop))
        if image.format == "jpeg" and image.frames > 1:
            # Its further JPEGs were read with it.
            found = [each for each in found if each.kind != "jpeg"]
        if found:
            image = _with_further_pictures(image, data, found, picture, film)
    return _with_what_moves(image, data, clip, film)


def _with_container(image: ImageHashes, data: bytes, end: int) -> ImageHashes:
    """A picture behind which an archive or the like begins: that is named, and not opened."""
    if not tells_its_end(image.format) or len(data) - end < _LEAST:
        return image
    behind = data[end:].lstrip(b"\0")
    container = sniff_container(BytesIO(behind), behind[:HEAD])
    if container is None:
        return image
    flags = (*image.flags, flag_of(container.detail))
    return replace(image, flags=flags, reason=image.reason or container.reason)


def _with_what_moves(
    image: ImageHashes, data: bytes, clip: FoundVideo | None, film: HashFilm
) -> ImageHashes:
    """A picture with the frames of what moves in its file: the animation itself, a clip behind."""
    if image.frames > 1 and image.format in ANIMATED:
        image = _moving(image, data, film, Recognised(Kind.PICTURE, image.format))
    if clip is None:
        return image
    if isinstance(image, VideoHashes):
        image = replace(image, reason=image.reason or Reason.UNSUPPORTED)
        return _flagged(image, "unread-clip")
    return _moving(image, data, film, Recognised(Kind.VIDEO, clip.name, clip.start), source=CLIP)


def clip_of(data: bytes, kind: str, film: HashFilm, reason: Reason) -> VideoHashes | None:
    """The clip behind a picture that could not be read; None if there is none to be read.

    Args:
        data: the picture's file.
        kind: its format.
        film: hashes the clip.
        reason: why the picture could not be read.
    """
    clip = find_clip(data, kind)
    if clip is None:
        return None
    try:
        video = film(BytesIO(data), Recognised(Kind.VIDEO, clip.name, clip.start))
    except UnreadableVideoError:
        return None
    readings = tuple(replace(each, part=part_of(CLIP, each.part)) for each in video.readings)
    return replace(video, readings=readings, flags=_of_clip(video), reason=reason)


def _moving(
    image: ImageHashes, data: bytes, film: HashFilm, found: Recognised, *, source: str = ""
) -> ImageHashes:
    """The hashes of a picture, with those of its frames in time behind them."""
    try:
        video = film(BytesIO(data), found)
    except UnreadableVideoError as error:
        if not source:
            return image
        # Sound behind a picture is no part of it that could be seen.
        reason = None if error.reason.skipped else error.reason
        return replace(_flagged(image, "unread-clip"), reason=image.reason or reason)
    as_picture = {each.name: getattr(image, each.name) for each in fields(ImageHashes)}
    readings = tuple(replace(each, part=part_of(source, each.part)) for each in video.readings)
    further = _of_clip(video) if source else video.flags
    flags = tuple(dict.fromkeys((*image.flags, *further)))
    return VideoHashes(
        **{**as_picture, "readings": image.readings + readings, "flags": flags},
        sampling=video.sampling,
        duration=video.duration,
        codec=video.codec,
        damaged=video.damaged,
    )


def _of_clip(video: VideoHashes) -> tuple[str, ...]:
    own = (flag for flag in video.flags if flag != "leading-garbage")
    return ("motion-photo", *own, *(("incomplete-clip",) if video.reason is not None else ()))


def _flagged(image: ImageHashes, flag: str) -> ImageHashes:
    return replace(image, flags=(*image.flags, flag))


def _with_further_pictures(
    image: ImageHashes,
    data: bytes,
    found: Sequence[FoundPicture],
    picture: HashPicture,
    film: HashFilm,
) -> ImageHashes:
    """A picture with those that follow it in its file: as frames of a film, or one by one."""
    sizes = {each.size for each in found}
    if image.format == "jpeg" and len(found) >= _FILM and len(sizes) == 1 and None not in sizes:
        moving = _moving(image, data, film, Recognised(Kind.VIDEO, "mjpeg"))
        return _flagged(moving, "mjpeg")
    begins = [each.start for each in found]
    ends = [*begins[1:], len(data)]
    spans = list(zip(begins, ends, strict=True))
    readings = list(image.readings)
    unread: Reason | None = None
    for number, (begin, end) in enumerate(spans[:_MOST_PICTURES], image.frames):
        try:
            further = picture(data[begin:end])
        except UnreadableImageError as error:
            unread = unread or error.reason
            continue
        readings += (replace(each, frame=number) for each in further.readings)
    flags = image.flags if "frames" in image.flags else (*image.flags, "frames")
    if unread is not None:
        flags = (*flags, "unread-picture")
    left_out = Reason.TOO_LONG if len(spans) > _MOST_PICTURES else None
    return replace(
        image,
        readings=tuple(readings),
        frames=image.frames + len(begins),
        flags=flags,
        reason=image.reason or unread or left_out,
    )


def with_covers(
    film: VideoHashes | None,
    covers: Sequence[bytes],
    picture: HashPicture,
    *,
    failed: Unreadable | None = None,
) -> ImageHashes | None:
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
    whole: ImageHashes | None = film
    unread: Reason | None = None
    for number, data in enumerate(covers):
        try:
            cover = picture(data)
        except UnreadableImageError as error:
            unread = unread or error.reason
            continue
        if whole is None:
            whole = replace(cover, flags=(*cover.flags, "cover-art"))
            continue
        source = COVER if film is not None else ""
        readings = tuple(replace(each, frame=number, part=source) for each in cover.readings)
        flags = whole.flags if "cover-art" in whole.flags else (*whole.flags, "cover-art")
        frames = whole.frames if film is not None else whole.frames + 1
        whole = replace(whole, readings=whole.readings + readings, flags=flags, frames=frames)
    if whole is None:
        return None
    if failed is not None and not failed.reason.skipped:
        whole = replace(whole, reason=whole.reason or failed.reason)
    if unread is None:
        return whole
    return replace(_flagged(whole, "unread-cover"), reason=whole.reason or unread)
