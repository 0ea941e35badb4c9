"""What one opened file of evidence holds: its digests, and the hashes of its pictures and films."""

import os
from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from functools import partial
from typing import BinaryIO, Final

from hashmatch.decoding.failures import failures_told
from hashmatch.decoding.inputs import read_failures
from hashmatch.decoding.metadata import Fields, of_film, of_picture
from hashmatch.decoding.recognition import Recognised, recognised
from hashmatch.errors import (
    InternalError,
    Reason,
    UnreadableError,
    UnreadableImageError,
    UnreadableVideoError,
)
from hashmatch.files.digesting import Digester, check_holes
from hashmatch.hashing import parts
from hashmatch.hashing.broken_front import behind_film, behind_picture
from hashmatch.hashing.options import HashOptions
from hashmatch.hashing.pictures import hash_bytes
from hashmatch.hashing.videos import hash_frames
from hashmatch.model import (
    Item,
    MediaHashes,
    Sampling,
    Unreadable,
)
from hashmatch.model.flags import Flag
from hashmatch.model.media import FileKind

_PIECE: Final = 1 << 16


def read_file(
    file: BinaryIO,
    locator: str,
    *,
    options: HashOptions,
    known: Container[str] = (),
    on_progress: Callable[[float], object],
    undigested: bool = False,
) -> Item:
    """One file of evidence, opened: its digests in one pass, and its hashes.

    Raises:
        UnreadableError, OSError: the file cannot be read at all.
        InternalError: a fault of hashmatch before the file's kind was known.
    """
    if not undigested:
        check_holes(file)
    found = recognised(file)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    digests = Digester(counts_only=undigested)
    most = options.limits.max_bytes
    holds_a_picture = found.kind is FileKind.CONTAINER and found.start >= 0
    if (found.kind is FileKind.PICTURE or holds_a_picture) and size <= most:
        data = _read_whole(file, size, most)
        digests.update(data)
        if known and (read := digests.value()).sha256 in known:
            return Item(locator, digests.size, digests=read)
        return _item(data, digests, locator, options, on_progress)
    digests.update_to(size, file)
    if found.kind in (FileKind.VIDEO, FileKind.SOUND):
        if known and (read := digests.value()).sha256 in known:
            return Item(locator, digests.size, digests=read)
        return _video_item(file, found, digests, locator, options=options, on_progress=on_progress)
    if found.container is not None:
        reason = Unreadable(found.container.reason, found.container.detail)
    elif found.kind is FileKind.PICTURE:
        reason = Unreadable(Reason.TOO_MANY_BYTES, f"more than {most:,} bytes")
    else:
        reason = Unreadable(Reason.NOT_A_PICTURE if digests.size else Reason.EMPTY, found.note)
    return Item(locator, digests.size, digests=digests.value(), unreadable=reason)


def _read_whole(file: BinaryIO, size: int, most: int) -> bytes:
    """All of a file, up to so many bytes, where its size is known.

    To ask for `most` at once would reserve as many, and give what is not needed back: that takes
    longer than reading most pictures.
    """
    data = file.read(min(size, most))
    while len(data) < most and (more := file.read(min(_PIECE, most - len(data)))):
        data += more  # it grows, or is one of those of which the system says no size
    return data


def _video_item(
    file: BinaryIO,
    found: Recognised,
    digests: Digester,
    locator: str,
    *,
    options: HashOptions,
    on_progress: Callable[[float], object],
) -> Item:
    from hashmatch.decoding.covers import attached_pictures

    media, unreadable = None, None
    film: MediaHashes | None = None
    tags: dict[str, str] = {}
    fault: Unreadable | None = None
    try:
        with failures_told(UnreadableVideoError):
            try:
                if found.kind is FileKind.VIDEO:
                    film = _film(
                        file, found, options=options, on_progress=on_progress, on_tags=tags.update
                    )
            except UnreadableVideoError as error:
                unreadable = Unreadable(error.reason, error.detail)
            picture = partial(hash_bytes, options=options)
            reading = partial(_film, options=options, on_progress=on_progress)
            if film is not None:
                film, fault = _with_parts(
                    film, partial(parts.with_behind, film, file, found, picture, reading)
                )
            told = film is None or found.preview >= 0 or Flag.COVER_ART in film.flags
            covers = attached_pictures(file, found) if told else ()
            media = parts.with_covers(film, covers, picture, failed=unreadable)
            if film is None and found.kind is FileKind.VIDEO and unreadable is not None:
                why = unreadable.reason
                media = behind_film(file, found, picture, reading, covers=media, reason=why)
            if media is None and unreadable is None:
                unreadable = Unreadable(Reason.NOT_A_PICTURE)
    except UnreadableError as error:
        unreadable = Unreadable(error.reason, error.detail)
    except InternalError as error:
        unreadable = Unreadable(Reason.INTERNAL_ERROR, error.fault)
    unreadable = unreadable if media is None else fault
    item = Item(locator, digests.size, digests=digests.value(), media=media, unreadable=unreadable)
    return _described(item, partial(of_film, tags))


def _film(
    file: BinaryIO,
    found: Recognised,
    *,
    options: HashOptions,
    on_progress: Callable[[float], object],
    on_tags: Callable[[Mapping[str, str]], object] = lambda _: None,
) -> MediaHashes:
    with failures_told(UnreadableVideoError):
        return hash_frames(
            file,
            sampling=Sampling(options.sampling),
            limits=options.limits,
            on_progress=on_progress,
            found=found,
            variants=options.variants,
            on_tags=on_tags,
        )


def _item(
    data: bytes,
    digests: Digester,
    locator: str,
    options: HashOptions,
    on_progress: Callable[[float], object],
) -> Item:
    media, unreadable = None, None
    picture = partial(hash_bytes, options=options)
    film = partial(_film, options=options, on_progress=on_progress)
    try:
        with failures_told():
            try:
                media = picture(data)
            except UnreadableImageError as error:
                media = behind_picture(data, picture, film, error.reason)
                if media is None:
                    raise
            else:
                whole = partial(parts.with_all, media, data, picture, film)
                media, unreadable = _with_parts(media, whole)
    except UnreadableImageError as error:
        unreadable = Unreadable(error.reason, error.detail)
        if error.reason is Reason.OUT_OF_MEMORY:
            media = _without_the_rest(data, options, error.reason)
    except InternalError as error:
        unreadable = Unreadable(Reason.INTERNAL_ERROR, error.fault)
        media = _without_the_rest(data, options, Reason.INTERNAL_ERROR)
    if media is not None and unreadable is not None and unreadable.reason is Reason.OUT_OF_MEMORY:
        unreadable = None
    item = Item(locator, digests.size, digests=digests.value(), media=media, unreadable=unreadable)
    return _described(item, partial(of_picture, data))


def _described(item: Item, read: Callable[[], Fields]) -> Item:
    """The item with what its file says of itself, whether or not it has hashes."""
    try:
        with failures_told():
            return replace(item, metadata=read())
    except InternalError as error:
        fault = Unreadable(Reason.INTERNAL_ERROR, error.fault)
        return replace(item, unreadable=item.unreadable or fault)


def _without_the_rest(data: bytes, options: HashOptions, why: Reason) -> MediaHashes | None:
    """The first picture of a file whose further frames failed; None where it fails too."""
    try:
        media = _first_alone(data, options)
    except (InternalError, UnreadableImageError):
        return None
    return replace(media, flags=(*media.flags, Flag.UNREAD_PART), reason=media.reason or why)


def _with_parts(
    media: MediaHashes, read: Callable[[], MediaHashes]
) -> tuple[MediaHashes, Unreadable | None]:
    """The picture or film with all that its file holds besides; where that fails, it is kept."""
    fault: Unreadable | None = None
    try:
        with failures_told(), read_failures():
            return read(), None
    except InternalError as error:
        reason, fault = Reason.INTERNAL_ERROR, Unreadable(Reason.INTERNAL_ERROR, error.fault)
    except UnreadableError as error:
        reason = media.reason or error.reason
    return replace(media, flags=(*media.flags, Flag.UNREAD_CLIP), reason=reason), fault


def read_first_picture(file: BinaryIO, locator: str, *, options: HashOptions) -> Item:
    """The first picture of an opened file that holds more than one, and nothing of what follows."""
    found = recognised(file)
    file.seek(0)
    data = b""
    if found.kind is FileKind.PICTURE:
        data = file.read(options.limits.max_bytes + 1)
    if not data or len(data) > options.limits.max_bytes or not parts.holds_more(data, found.name):
        return Item(locator)
    return Item(locator, media=_first_alone(data, options))


def _first_alone(data: bytes, options: HashOptions) -> MediaHashes:
    """The first picture of a file; that its further frames and pages are left out is not said."""
    limits = replace(options.limits, max_frames=1, max_pages=1)
    media = hash_bytes(data, options=replace(options, limits=limits))
    return replace(media, reason=None) if media.reason is Reason.TOO_LONG else media
