"""A lab's own originals become entries of a hash list: digests and hashes, never a pixel."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from hashmatch.decoding.decoded import Decoded, Wanted
from hashmatch.decoding.failures import failures_told
from hashmatch.decoding.image import decode_bytes
from hashmatch.decoding.inputs import read_failures
from hashmatch.decoding.recognition import Recognised, recognised
from hashmatch.errors import InternalError, Reason, UnreadableError
from hashmatch.hashers.pdq import Pdq
from hashmatch.hashing.items import HashOptions, Opened, hash_opened
from hashmatch.hashing.keypoints import load
from hashmatch.hashing.patches import known_patches
from hashmatch.hashing.regions import is_flat_card, middle_parts, without_border
from hashmatch.hashing.videos import ANIMATED, hash_frames, moving_part
from hashmatch.hashlists.building import TableBuilder
from hashmatch.hashlists.reading import HashList
from hashmatch.index.entries import entries_sha256
from hashmatch.index.generation import now
from hashmatch.limits import Limits
from hashmatch.model import Digests, Entry, Json, KnownHash, MediaHashes, Sampling, Unreadable
from hashmatch.model.digests import DIGESTS
from hashmatch.model.entry import FLAT_CARD, of_flat_card
from hashmatch.model.flags import Flag
from hashmatch.model.media import FileKind
from hashmatch.raster import Raster
from hashmatch.sources.base import Found, Source
from hashmatch.sources.opener import Opener, opener_of
from hashmatch.sources.opening import source_of
from hashmatch.threads import in_order

if TYPE_CHECKING:
    from os import PathLike

ONES = 128
"""One-bits in the PDQ hash of any real picture: each coefficient is compared with the median."""

_MINIMUM_QUALITY = 50
_MINIMUM_FRAME_QUALITY = 20
"""The least quality of a video's frames: 50 would leave out all frames of a dim video."""
_FEWEST_FRAMES = 2


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of one original.

    Attributes:
        locator: where it lies.
        entry: with its digests, and its hashes unless they are refused; None if unreadable.
        refused: why its hashes are not on the list, or marked there; empty for a good picture.
        unreadable: why there is no entry at all.
        in_part: why not all of it was read, though its digests are on the list; None where all was,
            and for files that are no pictures or videos.
        fault: the fault of hashmatch that kept its hashes off the list; its digests are on it.
    """

    locator: str
    entry: Entry | None = None
    refused: str = ""
    unreadable: Unreadable | None = None
    in_part: Reason | None = None
    fault: str = ""


def enrol(
    originals: "str | PathLike[str] | Source | Iterable[Found]",
    *,
    scheme: str = "",
    category: str = "",
    patches: bool = False,
    limits: Limits | None = None,
    threads: int | None = None,
) -> Iterator[Enrolled]:
    """One result per original, in their order.

    A picture is enrolled with its hash, that of itself without its own one-coloured border, and
    those of parts of its middle, so that crops to those are found. Those of a picture of few
    colours, as a logo or a page of text, are marked: they match within a smaller distance. Hashes
    of a quality below 50, or with other than 128 one-bits, are of no structure and are refused. Its
    digests are kept all the same.

    A video is enrolled with the hashes of its frames, as many as differ; an animated picture in
    both ways.

    Args:
        originals: a folder, a file, or files of a source.
        scheme: the table that the category belongs to.
        category: the lab's own class, kept verbatim.
        patches: also with patches, which find a picture in crops of half of it, turned, and among
            others; they take the extra `patches`.
        limits: of bytes, pixels and frames per file.
        threads: files at a time; as many as cores by default.

    Raises:
        SourceError: there is nothing at the path, or it cannot be opened.
        MissingExtraError: patches are asked for, and the extra is not installed or cannot be
            loaded.
    """
    if patches:
        load()
    source = source_of(originals)
    one = partial(
        _enrol,
        opener=opener_of(source),
        scheme=scheme,
        category=category,
        patches=patches,
        limits=limits or Limits(),
    )
    return in_order(one, source, threads=threads)


def enrolled_list(name: str, results: Iterable[Enrolled]) -> HashList:
    """The hash list of these originals; the same bytes twice are one entry.

    Raises:
        ValueError: the name is empty.
    """
    if not name.strip():
        msg = "a hash list of originals needs a name"
        raise ValueError(msg)
    entries = {each.entry.id: each.entry for each in results if each.entry is not None}
    builder = TableBuilder()
    for number, entry in enumerate(entries.values(), 1):
        builder.add(replace(entry, number=number))
    table = builder.finish()
    # The digest covers all that entries say: another category is another version of the list.
    return HashList(name, "enrolled", sha256=entries_sha256(table), version=now(), entries=table)


def faulty(results: Iterable[Enrolled]) -> set[str]:
    """The ids of originals that were not hashed because of a fault in hashmatch.

    Where they are enrolled already, what the list has of them is better.
    """
    return {each.entry.id for each in results if each.fault and each.entry is not None}


def _enrol(
    found: Found, *, opener: Opener, scheme: str, category: str, patches: bool, limits: Limits
) -> Enrolled:
    opened = partial(opener.open, opener.handle(found))
    if found.problem is not None:
        return Enrolled(found.locator, unreadable=found.problem)
    try:
        with _opened(opened) as file, failures_told(), read_failures():
            kind = recognised(file)
            if kind.kind is not FileKind.VIDEO:
                return _read(
                    *(file, found, kind),
                    scheme=scheme,
                    category=category,
                    patches=patches,
                    limits=limits,
                )
        return _enrol_video(found, opened, scheme=scheme, category=category, limits=limits)
    except UnreadableError as error:
        return Enrolled(found.locator, unreadable=Unreadable(error.reason, error.detail))
    except InternalError as error:
        why = Unreadable(Reason.INTERNAL_ERROR, error.fault)
        return Enrolled(found.locator, unreadable=why, fault=error.fault)


def _opened(opened: Opened) -> BinaryIO:
    try:
        return opened()
    except OSError as error:
        raise UnreadableError(Reason.IO_ERROR, error.strerror or str(error)) from None


def _read(
    file: BinaryIO,
    found: Found,
    kind: Recognised,
    *,
    scheme: str,
    category: str,
    patches: bool,
    limits: Limits,
) -> Enrolled:
    file.seek(0)
    data = file.read(limits.max_bytes + 1)
    if not data or len(data) > limits.max_bytes:
        reason = Reason.TOO_MANY_BYTES if data else Reason.EMPTY
        return Enrolled(found.locator, unreadable=Unreadable(reason))
    hashes: tuple[KnownHash, ...] = ()
    in_part: Reason | None = None
    fault = ""
    try:
        with failures_told():
            _, decoded = decode_bytes(data, Wanted(exact=True), limits)
            hashes, refused = hashes_of(decoded, patches=patches)
            moving = _moving_in(data, kind, limits, animated=decoded.frame_count > 1)
            in_part = decoded.reason
            if moving is not None:
                hashes += _frames_of(moving)
                in_part = in_part or moving.reason
                if moving.reason is not None:
                    refused = refused or f"what moves in it only in part: {moving.reason.value}"
    except UnreadableError as error:
        refused, in_part = str(error), None if error.reason.skipped else error.reason
    except InternalError as error:
        hashes, refused, fault = (), str(error), error.fault
    digests = Digests(
        **{name: hashlib.new(name, data, usedforsecurity=False).hexdigest() for name in DIGESTS}
    )
    details: dict[str, Json] = {"size": len(data)}
    if refused:
        details["marked" if hashes else "refused"] = refused
    if any(of_flat_card(each.part) for each in hashes):
        details[FLAT_CARD] = True
    entry = Entry(
        id=f"sha256:{digests.sha256}",
        digests=digests,
        hashes=hashes,
        category=category,
        scheme=scheme,
        details=details,
    )
    return Enrolled(found.locator, entry, refused, in_part=in_part, fault=fault)


def _enrol_video(
    found: Found, opened: Opened, *, scheme: str, category: str, limits: Limits
) -> Enrolled:
    item = hash_opened(opened, HashOptions(sampling=Sampling.REFERENCE, limits=limits))
    if item.digests.sha256 is None:
        return Enrolled(found.locator, unreadable=item.unreadable)
    hashes: tuple[KnownHash, ...] = ()
    refused = str(item.unreadable.detail or item.unreadable.reason) if item.unreadable else ""
    details: dict[str, Json] = {"size": item.size}
    if item.media is not None and item.media.video is not None:
        hashes = _frames_of(item.media)
        details["duration"] = item.media.video.duration
        if Flag.TIMES_ESTIMATED in item.media.flags:
            details["times"] = "estimated"
        if not hashes:
            refused = "its frames have too little structure to be told from other pictures"
        elif item.media.reason is not None:
            refused = f"only in part: {item.media.reason.value}"
    if refused:
        details["marked" if hashes else "refused"] = refused
    entry = Entry(
        id=f"sha256:{item.digests.sha256}",
        digests=item.digests,
        hashes=hashes,
        category=category,
        scheme=scheme,
        details=details,
    )
    why = item.unreadable or item.media
    reason = why.reason if why is not None else None
    in_part = None if reason is None or reason.skipped else reason
    fault = refused if reason is Reason.INTERNAL_ERROR else ""
    return Enrolled(found.locator, entry, refused, in_part=in_part, fault=fault)


def _moving_in(
    data: bytes, kind: Recognised, limits: Limits, *, animated: bool
) -> MediaHashes | None:
    """The hashes of what moves in a picture's file: of itself, or of the clip of a motion photo."""
    moving = moving_part(BytesIO(data), kind, limits)
    if not (animated and kind.name in ANIMATED) and moving is kind:
        return None
    return hash_frames(data, sampling=Sampling.REFERENCE, limits=limits, found=moving)


def _frames_of(video: MediaHashes) -> tuple[KnownHash, ...]:
    """The hashes of a video's frames that say something; none if they are too few."""
    frames = tuple(
        KnownHash(reading.hash, reading.quality, reading.part, reading.time)
        for reading in video.readings
        if reading.quality >= _MINIMUM_FRAME_QUALITY and reading.time is not None
    )
    return frames if len(frames) >= _FEWEST_FRAMES else ()


def hashes_of(decoded: Decoded, *, patches: bool) -> tuple[tuple[KnownHash, ...], str]:
    """The hashes of the first picture in a file, and why they are refused or marked.

    Args:
        decoded: the file.
        patches: whether patches are hashed too.
    """
    raster = decoded.frames[0].raster
    if decoded.reason is not None:
        return (), f"only {decoded.fraction:.0%} of it could be decoded"
    whole = _hash(raster, "")
    if whole is None:
        return (), "it has too little structure to be told from other pictures"
    parts = {"without-border": without_border(raster), **middle_parts(raster)}
    further = [_hash(part, name) for name, part in parts.items() if part is not None]
    hashes = (whole, *(each for each in further if each))
    if patches:
        hashes += known_patches(raster)
    if not is_flat_card(raster.luma):
        return hashes, ""
    marked = tuple(replace(each, part=f"{FLAT_CARD}/{each.part}".rstrip("/")) for each in hashes)
    return (
        marked,
        "few colours, as a logo or a page of text: it matches within a smaller distance",
    )


def _hash(raster: Raster, part: str) -> KnownHash | None:
    reading = Pdq().hash(raster)[0]
    ones = int.from_bytes(reading.hash.value).bit_count()
    if reading.quality < _MINIMUM_QUALITY or ones != ONES:
        return None
    return KnownHash(reading.hash, reading.quality, part)
