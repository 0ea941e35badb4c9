"""Everything a worker runs: one file of evidence to digests and hashes."""

import os
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from hashmatch.decoding.failures import enough_memory, failures_told
from hashmatch.decoding.image import (
    check_several,
    decode_image,
    given_source,
    is_decoded,
)
from hashmatch.decoding.inputs import Readable, check_source, read_failures
from hashmatch.decoding.loading import load_decoders, sample_pictures, sample_video, small_pictures
from hashmatch.errors import (
    InternalError,
    Reason,
    UnreadableError,
    UnreadableImageError,
    UnreadableVideoError,
    check_type,
)
from hashmatch.files.digesting import Digester
from hashmatch.hashing.evidence import read_file, read_first_picture
from hashmatch.hashing.options import HashOptions
from hashmatch.hashing.pictures import hashes_of, wanted_by
from hashmatch.hashing.videos import hash_frames
from hashmatch.model import (
    Item,
    MediaHashes,
    Sampling,
    Unreadable,
)
from hashmatch.model.digests import Digests
from hashmatch.sources.access import Stamp, open_evidence, stamp_of
from hashmatch.threads import in_order

if TYPE_CHECKING:
    from hashmatch.decoding.image import DecodedSource, ImageSource

__all__ = [
    "HashOptions",
    "decode_item",
    "first_picture",
    "hash_image",
    "hash_images",
    "hash_item",
    "hash_opened",
    "hash_video",
    "warm_up",
    "warm_up_for",
]

Opened: TypeAlias = Callable[[], BinaryIO]
"""Opens a file of evidence: seekable, read-only. Its errors are as those of `Source.open`."""

CHANGED = Unreadable(Reason.CHANGED, "it was written to or replaced while it was read")

_DEFAULTS = HashOptions()
_OPTIONS = "what is hashed and how is said by HashOptions"


def hash_image(source: "ImageSource", options: HashOptions = _DEFAULTS) -> MediaHashes:
    """All hashes of one picture.

    Args:
        source: a path, the file's bytes, a binary file object, a PIL image, or pixels as a uint8
            array of shape (rows, columns), or (rows, columns, 3 or 4) for RGB and RGBA.
        options: algorithms, mode, readings and limits.

    Raises:
        UnreadableImageError: with the reason; no decoder's own error ever leaves.
        InternalError: a fault of hashmatch, not of the picture.
        UnknownNameError: an algorithm that nobody registered.
        TypeError: not something that a picture can be read from, or an array of another dtype.
        ValueError: an array of another shape.
    """
    check_type(options, HashOptions, _OPTIONS)
    hashers = options.hashers
    with enough_memory():
        given = given_source(source, options.limits)
    with failures_told():
        kind, decoded = decode_image(given, wanted_by(hashers, options), options.limits)
        return hashes_of(kind, decoded, hashers, options)


def hash_video(source: Readable, options: HashOptions = _DEFAULTS) -> MediaHashes:
    """The PDQ hashes of sampled frames of one video or animated picture, with their times.

    Args:
        source: a path, the file's bytes, or a binary file object that can be sought in.
        options: sampling and limits; the others do not apply to videos.

    Raises:
        UnreadableVideoError: not one frame could be read; with the reason.
        InternalError: a fault of hashmatch, not of the video.
        TypeError: not something that a video can be read from.
    """
    check_source(source)
    check_type(options, HashOptions, _OPTIONS)
    with failures_told(UnreadableVideoError):
        return hash_frames(source, sampling=Sampling(options.sampling), limits=options.limits)


def hash_images(
    sources: "Iterable[ImageSource]",
    options: HashOptions = _DEFAULTS,
    *,
    threads: int | None = None,
) -> Iterator[MediaHashes | Unreadable]:
    """One result per picture, in their order; an unreadable one is a result with its reason.

    Args:
        sources: as for `hash_image`; read as needed, never all at once.
        options: as for `hash_image`.
        threads: pictures at a time; as many as cores by default. Decoders let threads run.

    Raises:
        TypeError: a single picture instead of several.
    """
    check_several(sources)
    check_type(options, HashOptions, _OPTIONS)
    return in_order(partial(_hash_or_reason, options=options), sources, threads=threads)


def _hash_or_reason(source: "ImageSource", options: HashOptions) -> MediaHashes | Unreadable:
    try:
        return hash_image(source, options)
    except UnreadableImageError as error:
        return Unreadable(error.reason, error.detail)
    except InternalError as error:
        return Unreadable(Reason.INTERNAL_ERROR, error.fault)


def hash_item(
    source: "str | os.PathLike[str] | bytes | DecodedSource",
    options: HashOptions = _DEFAULTS,
    *,
    locator: str = "",
    known: Container[str] = (),
    on_progress: Callable[[float], object] = lambda _: None,
) -> Item:
    """One file of evidence: MD5, SHA-1 and SHA-256 in one pass, and its hashes.

    Never raises for what the evidence holds: what cannot be read has the reason in
    `Item.unreadable`. Files that are no pictures are streamed, so their size does not matter.
    Videos are hashed as `hash_video` does; an animated picture as a picture and as a video.

    Args:
        source: a path, or the file's bytes; a PIL image or an array of pixels, as `hash_image`
            takes them, gives an item without size and digests.
        options: as for `hash_image`.
        locator: where it lies, for the record; the path by default.
        known: SHA-256 of contents that are not to be decoded: the item has digests alone.
        on_progress: called now and then with the seconds of video read so far.
    """
    check_type(options, HashOptions, _OPTIONS)
    check_type(locator, str, "a locator is text")
    if is_decoded(source):
        try:
            return Item(locator, media=hash_image(source, options))
        except UnreadableError as error:
            return Item(locator, unreadable=Unreadable(error.reason, error.detail))
    read = partial(read_file, options=options, known=known, on_progress=on_progress)
    if isinstance(source, bytes):
        return _read(BytesIO(source), locator, read, Digester())
    return _opened(partial(open_evidence, source), locator or os.fspath(source), read)


def hash_opened(opened: Opened, options: HashOptions = _DEFAULTS, *, locator: str = "") -> Item:
    """One file of evidence that a source opens: as `hash_item`.

    Args:
        opened: opens it; called once.
        options: as for `hash_image`.
        locator: where it lies, for the record.
    """
    return _opened(opened, locator, partial(read_file, options=options, on_progress=lambda _: None))


def decode_item(
    source: "str | os.PathLike[str] | Opened",
    options: HashOptions,
    known: Stamp | str | None,
    *,
    on_progress: Callable[[float], object] = lambda _: None,
) -> Item:
    """One file of evidence whose digests are known: as `hash_item`, without size and digests.

    Args:
        source: its path, or what opens it.
        options: as for `hash_item`.
        known: the stamp of the file when its digests were computed; of a stream that has none, its
            SHA-256. If it is another one now, or the stamp is once the file was read, the item is
            `changed-while-read`.
        on_progress: as for `hash_item`.
    """
    read = partial(read_file, options=options, on_progress=on_progress, undigested=True)
    item = _opened(_opening(source), "", read, known, on_progress)
    return replace(item, size=None, digests=Digests())


def first_picture(
    source: "str | os.PathLike[str] | Opened",
    options: HashOptions,
    known: Stamp | str | None = None,
) -> Item:
    """The first picture of a file that holds more than one picture, and nothing of what follows.

    Args:
        source: its path, or what opens it.
        options: as for `hash_item`.
        known: as for `decode_item`; None for any.

    Returns:
        The item without size and digests; it has no image where the file holds nothing else, or
        that picture cannot be read.
    """
    return _opened(_opening(source), "", partial(read_first_picture, options=options), known)


def _opening(source: "str | os.PathLike[str] | Opened") -> Opened:
    return source if callable(source) else partial(open_evidence, source)


def _opened(
    opened: Opened,
    locator: str,
    read: Callable[[BinaryIO, str], Item],
    known: Stamp | str | None = None,
    on_progress: Callable[[float], object] = lambda _: None,
) -> Item:
    try:
        file = opened()
    except UnreadableError as error:
        return Item(locator, unreadable=Unreadable(error.reason, error.detail))
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        return Item(locator, unreadable=Unreadable(Reason.IO_ERROR, detail))
    with file:
        return _unchanged(file, locator, read, known, on_progress)


def _unchanged(
    file: BinaryIO,
    locator: str,
    read: Callable[[BinaryIO, str], Item],
    known: Stamp | str | None,
    on_progress: Callable[[float], object],
) -> Item:
    before = stamp_of(file)
    if isinstance(known, str):
        try:
            same = _sha256(file, on_progress) == known
        except OSError as error:
            why = Unreadable(Reason.IO_ERROR, error.strerror or "the file cannot be read")
            return Item(locator, unreadable=why)
    else:
        same = known in (None, before)
    if same:
        item = _read(file, locator, read, Digester(counts_only=known is not None))
        if stamp_of(file) == before:
            return item
    return Item(locator, unreadable=CHANGED)


def _sha256(file: BinaryIO, on_progress: Callable[[float], object]) -> str | None:
    """The SHA-256 of a whole stream, which is left at its start."""
    # The others were computed where it was found, and cost twice as much.
    digester = Digester(names=("sha256",))
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    # How much of a film was read is told in seconds, none of them so far.
    digester.update_to(size, file, lambda _: on_progress(0.0))
    file.seek(0)
    return digester.value().sha256


def _read(
    file: BinaryIO, locator: str, read: Callable[[BinaryIO, str], Item], again: Digester
) -> Item:
    try:
        with failures_told(), read_failures():
            return read(file, locator)
    except UnreadableError as error:
        return Item(locator, unreadable=Unreadable(error.reason, error.detail))
    except InternalError as error:
        read_again = Item(locator)
        with suppress(OSError):
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            again.update_to(size, file)
            read_again = Item(locator, again.size, digests=again.value())
        return replace(read_again, unreadable=Unreadable(Reason.INTERNAL_ERROR, error.fault))


def warm_up(options: HashOptions = _DEFAULTS) -> None:
    """Load all that `hash_item` may ever need, so that it runs where no module can be loaded."""
    load_decoders()
    for sample in (*sample_pictures(), sample_video()):
        hash_item(sample, options)


def warm_up_for(kind: str, options: HashOptions = _DEFAULTS) -> None:
    """Load what `hash_item` needs for most pictures of a format, and no more.

    Args:
        kind: `jpeg`, or another format that Pillow writes.
        options: as for `hash_item`.
    """
    for sample in small_pictures(kind):
        hash_item(sample, options)
