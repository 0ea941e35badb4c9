"""What lies behind a picture or film that cannot be read: it is hashed all the same."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO

from hashmatch.decoding import formats
from hashmatch.decoding.behind import FoundPart, all_behind, parts_behind, parts_in_box
from hashmatch.decoding.ends import FIRST, end_of
from hashmatch.decoding.recognition import Recognised
from hashmatch.decoding.video_formats import FoundVideo
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.beside import beside_film
from hashmatch.hashing.parts import (
    MOST_CLIPS,
    MOST_PICTURES,
    HashFilm,
    HashPicture,
    clip_of,
    film_at,
    moving,
    pictures_in,
)
from hashmatch.model import MediaHashes
from hashmatch.model.alignment import CLIP
from hashmatch.model.flags import Flag
from hashmatch.model.media import FileKind


def behind_picture(
    data: bytes, picture: HashPicture, film: HashFilm, reason: Reason
) -> MediaHashes | None:
    """The pictures and films behind a picture that could not be read; None if there are none.

    Args:
        data: the picture's file.
        picture: hashes another picture.
        film: hashes what moves.
        reason: why the picture could not be read.
    """
    kind = formats.sniff(data[: formats.HEAD])
    if kind is None:
        return None
    if reason.skipped:
        # Its first bytes alone look like a picture.
        return clip_of(data, kind, film, reason)
    end = end_of(data, kind)
    found = all_behind(data, kind, end).parts
    media = _with(None, data, found, picture) if end else None
    if media is None:
        # Where it ends is not told, or wrongly: what is inside it, as a thumbnail, is found too.
        media = _with(None, data[FIRST:], parts_in_box(data[FIRST:]), picture)
    if media is None:
        return clip_of(data, kind, film, reason)
    clips = [each for each in found if isinstance(each, FoundVideo)]
    media = _with_films(media, BytesIO(data), 0, clips, film)
    return replace(media, format=kind, reason=reason)


def behind_film(
    file: BinaryIO,
    found: Recognised,
    picture: HashPicture,
    film: HashFilm,
    *,
    covers: MediaHashes | None,
    reason: Reason,
) -> MediaHashes | None:
    """The pictures behind a film that could not be read, or in boxes of it, and films behind them.

    Args:
        file: opened for reading and seekable.
        found: what kind of file it is.
        picture: hashes a picture.
        film: hashes a film.
        covers: the pictures that are attached to it, where there are any.
        reason: why the film could not be read.

    Returns:
        All pictures; None where there are none.

    Raises:
        OSError, UnreadableError: the file cannot be read.
    """
    beside = beside_film(file, found)
    if beside is None:
        return covers
    media = covers
    for _, inside in beside.boxes():
        media = _with(media, inside, parts_in_box(inside), picture)
    tail = beside.tail()
    parts, _ = parts_behind(tail, 0)
    media = _with(media, tail, parts, picture)
    clips = [each for each in parts if isinstance(each, FoundVideo)]
    if media is None:
        films = (film_at(file, beside.end, clip, film, reason) for clip in clips[:MOST_CLIPS])
        return next((each for each in films if each is not None), None)
    media = _with_films(media, file, beside.end, clips, film)
    return replace(media, reason=media.reason if reason.skipped else reason)


def _with(
    media: MediaHashes | None, data: bytes, parts: Sequence[FoundPart], picture: HashPicture
) -> MediaHashes | None:
    """What was read so far, with the pictures among what was found; the first stands in front."""
    for _, own in pictures_in(data, parts)[:MOST_PICTURES]:
        try:
            read = picture(own)
        except UnreadableImageError:
            # That something could not be read is said already.
            continue
        number = media.frames if media is not None else 1
        readings = tuple(replace(each, frame=number) for each in read.readings)
        base = media if media is not None else replace(read, readings=(), flags=())
        flags = (
            base.flags if Flag.PICTURE_BEHIND in base.flags else (*base.flags, Flag.PICTURE_BEHIND)
        )
        media = replace(base, readings=(*base.readings, *readings), flags=flags, frames=number + 1)
    return media


def _with_films(
    media: MediaHashes, file: BinaryIO, place: int, clips: Sequence[FoundVideo], film: HashFilm
) -> MediaHashes:
    for number, clip in enumerate(clips[:MOST_CLIPS], 1):
        there = Recognised(FileKind.VIDEO, clip.name, place + clip.start)
        source = CLIP if number == 1 else f"{CLIP}-{number}"
        media = moving(media, file, film, there, source=source)
    return media
