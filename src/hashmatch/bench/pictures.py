"""The user's pictures: read, halved by a published seed, and dealt out to what they serve for."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from hashmatch.bench.duplicates import duplicates, grouped, small
from hashmatch.decoding.decoded import Wanted
from hashmatch.decoding.failures import enough_memory, failures_told
from hashmatch.decoding.image import decode_image
from hashmatch.decoding.inputs import read_all
from hashmatch.errors import (
    Choice,
    InternalError,
    Reason,
    SourceError,
    UnreadableError,
    UnreadableImageError,
)
from hashmatch.limits import Limits
from hashmatch.model import Unreadable
from hashmatch.sources.base import Found, Source
from hashmatch.sources.opener import Opener, opener_of
from hashmatch.sources.opening import source_of
from hashmatch.threads import in_order

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

SPLIT_SEED: Final = "hashmatch bench 1"
"""Decides which half a picture is in; published, so that nobody can tune on the other half."""

MOST: Final = 5000
"""Pictures that are used: each is compared with each, to find those that show the same."""

LARGEST: Final = 2048
"""Pixels of the longer side to which pictures are reduced before they are altered."""


class Half(Choice):
    """Which pictures are used."""

    ALL = "all"
    TUNING = "tuning"
    """One half, to choose numbers on."""
    FINAL = "final"
    """The other half, to measure on what was chosen."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture of the user.

    Attributes:
        locator: where it lies.
        sha256: of the file, in hex.
        group: the same number for pictures that show the same.
        read: gives the bytes of the file.
    """

    locator: str
    sha256: str
    group: int
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """What was found at the paths.

    Attributes:
        used: in the order of the seed.
        unread: locators of files that were left out as they could not be read, and why; those
            that are no pictures are not among them.
        same: pairs of locators that show the same.
        left_out: pictures of the other half, and those beyond `MOST`.
    """

    used: list[Picture]
    unread: list[tuple[str, Unreadable]] = field(default_factory=list)
    same: list[tuple[str, str]] = field(default_factory=list)
    left_out: int = 0


def read_pictures(
    places: "Sequence[str | PathLike[str] | Source]",
    *,
    seed: int = 0,
    half: Half = Half.ALL,
    limits: Limits | None = None,
    threads: int | None = None,
    counting: "Callable[[Iterable[Found]], Iterable[Found]]" = iter,
) -> Pictures:
    """All pictures at these places, in an order that the seed decides.

    Args:
        places: folders, files and other sources.
        seed: another one gives another order.
        half: which of two halves; pictures that show the same are in the same half.
        limits: of bytes and pixels per file.
        threads: files at a time; as many as cores by default.
        counting: called with the files that are read, to count them.

    Raises:
        SourceError: a place cannot be opened, or there is no picture at any.
    """
    kept: list[tuple[Picture, NDArray[np.float32]]] = []
    found = Pictures([])
    for place in places:
        source = source_of(place)
        read = partial(_read, opener=opener_of(source), limits=limits or Limits())
        for result in in_order(read, counting(source), threads=threads):
            if isinstance(result, tuple):
                kept.append(result)
            elif not result.problem.reason.skipped:
                found.unread.append((result.locator, result.problem))
    if not kept:
        msg = "nothing to measure with: no picture could be read"
        raise SourceError(msg)
    ranked = sorted(kept, key=lambda each: _rank(seed, each[0].sha256))
    return _dealt(ranked[:MOST], found, half, len(kept) - len(ranked[:MOST]))


@dataclass(frozen=True, slots=True)
class _Unread:
    locator: str
    problem: Unreadable


def _read(
    found: Found, *, opener: Opener, limits: Limits
) -> "tuple[Picture, NDArray[np.float32]] | _Unread":
    if found.problem is not None:
        return _Unread(found.locator, found.problem)
    data = partial(_bytes_of, opener, opener.handle(found), limits)
    try:
        content = data()
        shown = opened(content, limits)
    except UnreadableError as error:
        return _Unread(found.locator, Unreadable(error.reason, error.detail))
    except InternalError as error:
        return _Unread(found.locator, Unreadable(Reason.INTERNAL_ERROR, error.fault))
    except OSError as error:
        return _Unread(found.locator, Unreadable(Reason.IO_ERROR, error.strerror or "not read"))
    digest = hashlib.sha256(content).hexdigest()
    return Picture(found.locator, digest, 0, data), small(shown)


def _bytes_of(opener: Opener, handle: object, limits: Limits) -> bytes:
    with opener.open(handle) as file:
        return read_all(file, limits)


def opened(data: bytes, limits: Limits) -> Image.Image:
    """The picture as a viewer shows it, RGB, its longer side at most `LARGEST` pixels.

    Raises:
        UnreadableImageError: with the reason, also where only a part of it could be read.
        InternalError: a fault of hashmatch, not of the picture.
    """
    with enough_memory(), failures_told():
        _, decoded = decode_image(data, Wanted(exact=True, rgb=True), limits)
    if decoded.reason is not None:
        raise UnreadableImageError(decoded.reason, "it could be read in part only")
    raster = decoded.frames[0].raster
    values = np.asarray(raster.rgb)
    shown = Image.fromarray(np.ascontiguousarray(raster.orientation.apply(values)))
    shown.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS, reducing_gap=3)
    return shown


def _dealt(
    ranked: "Sequence[tuple[Picture, NDArray[np.float32]]]",
    found: Pictures,
    half: Half,
    beyond: int,
) -> Pictures:
    """The pictures of the half, each with its group."""
    given = [picture for picture, _ in ranked]
    pairs = duplicates([each.sha256 for each in given], [thumb for _, thumb in ranked])
    groups = grouped(len(given), pairs)
    first: dict[int, str] = {}
    for each, group in zip(given, groups, strict=True):
        first[group] = min(first.get(group, each.sha256), each.sha256)
    used = [
        Picture(each.locator, each.sha256, group, each.read)
        for each, group in zip(given, groups, strict=True)
        if half in (Half.ALL, half_of(first[group]))
    ]
    same = [(given[one].locator, given[other].locator) for one, other in pairs]
    return Pictures(used, found.unread, same, beyond + len(given) - len(used))


def half_of(sha256: str) -> Half:
    """The half that a picture is in: the first bit of the SHA-256 of `SPLIT_SEED|sha256`."""
    bit = hashlib.sha256(f"{SPLIT_SEED}|{sha256}".encode()).digest()[0] >> 7
    return Half.FINAL if bit else Half.TUNING


def _rank(seed: int, sha256: str) -> bytes:
    return hashlib.sha256(f"{seed}|{sha256}".encode()).digest()


def dealt(
    used: Sequence[Picture], known: int, around: int
) -> tuple[list[Picture], list[Picture], list[Picture]]:
    """Known pictures, those that lie around in collages, and all others.

    Of pictures that show the same only the first is known, and none of the others is used for
    anything else.

    Args:
        used: in the order of the seed.
        known: how many are known, at most.
        around: how many lie around, at most, of what is left.
    """
    firsts = list({each.group: each for each in reversed(used)}.values())[::-1]
    left: Iterator[Picture] = iter(firsts)
    # There must be something to lie around, and something to be different from.
    chosen = list(islice(left, min(known, max(1, len(firsts) - 2)) if known else 0))
    return chosen, list(islice(left, around)), list(left)
