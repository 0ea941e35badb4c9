"""How often an operator's own innocent pictures come near what is known: measured, then fitted."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from hashmatch.errors import InternalError, Reason, SourceError
from hashmatch.false_matches import Tail
from hashmatch.faults import in_words
from hashmatch.hashing.items import HashOptions, hash_opened
from hashmatch.index.generation import now
from hashmatch.index.index import Index
from hashmatch.limits import Limits
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Hash, Item
from hashmatch.model.orientation import Orientation
from hashmatch.model.plain import PlainValue, Shape, by_fields
from hashmatch.profiles import DEFAULT, Profile, get_profile
from hashmatch.search.flat import FlatIndex
from hashmatch.sources.base import Found, Source
from hashmatch.sources.opener import opener_of
from hashmatch.sources.opening import source_of
from hashmatch.threads import in_order

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

_SAMPLE = 200_000
"""Known hashes that the pictures are compared with: drawn evenly from all."""

_FARTHEST = 90
"""Bits up to which pairs are counted: at 90 about one pair in ten thousand is."""

_FEWEST = 10
"""Pairs at a distance or below it that make the count worth fitting."""

_SHORTEST_FIT, _LONGEST_FIT = 4, 12
"""Distances that a line is fitted to: the nearest ones, where the counts fall most steadily."""

_BATCH = 64


@dataclass(frozen=True, slots=True, repr=False)
class Calibration(PlainValue):
    """What was measured.

    Attributes:
        pictures: pictures of enough quality that matched nothing; 0 where all of them matched, so
            that nothing was measured.
        hashes: known hashes they were compared with.
        nearest: the smallest distance of all pairs, in bits; None if none was within 90.
        met: locators of pictures that matched: known after all, or false matches to look into.
        tail: the line through the counts; None where there were too few pairs for one.
        unread: files that were left out, wholly or in part, as they could not be read; those that
            are no pictures are not counted.
        faults: pictures that were left out for each fault of hashmatch.
    """

    json_shape: ClassVar = Shape(computed={"at": lambda _: now()}, omitted=("faults",))

    pictures: int
    hashes: int
    nearest: int | None
    met: tuple[str, ...]
    tail: Tail | None
    unread: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """What the index keeps, and `calibrate --json` prints: `met` is the number of pictures."""
        return by_fields(self, met=len(self.met))


def calibrate(
    pictures: "str | PathLike[str] | Source | Iterable[Found]",
    index: Index,
    *,
    profile: Profile | str = DEFAULT,
    limits: Limits | None = None,
    threads: int | None = None,
) -> Calibration:
    """Compare innocent pictures with what is known, and fit how often they come near.

    Pictures that match are left out of the fit: each is named, as either it is not innocent or
    the match is false.

    Args:
        pictures: a folder, a file, or files of a source; those without a PDQ hash are left out.
        index: what is known.
        profile: thresholds and minimum qualities, or the name of a profile.
        limits: of bytes, pixels and frames per file.
        threads: files at a time; as many as cores by default.

    Raises:
        SourceError: there is no picture or no known hash to measure with, or the path cannot be
            opened; the message says why.
        InternalError: no picture could be read, because of a fault of hashmatch.
    """
    known = _sample(index)
    if not len(known):
        msg = f"nothing to measure with: {index.path} holds no live PDQ hash"
        raise SourceError(msg)
    profile = get_profile(profile) if isinstance(profile, str) else profile
    matcher, flat = Matcher(index, profile=profile), FlatIndex(known)
    counts, used, met = np.zeros(_FARTHEST + 1, np.int64), 0, list[str]()
    unread, faults, why = 0, Counter[str](), Counter[str]()
    for batch in _batches(_hashed(source_of(pictures), limits, threads)):
        faults.update(
            each.unreadable.detail
            for each in batch
            if each.unreadable and each.unreadable.reason is Reason.INTERNAL_ERROR
        )
        unread += sum(map(_is_unread, batch))
        innocent: list[Hash] = []
        for item, matches in zip(batch, matcher.match_many(batch), strict=True):
            if any(match.reportable for match in matches):
                met.append(item.locator)
                continue
            readings = _readings(item, profile)
            innocent += readings
            used += bool(readings)
            why[_not_used(item, profile)] += not readings
        if innocent:
            near = flat.search(Hash.pack(innocent), _FARTHEST)
            counts += np.bincount(near.distances, minlength=_FARTHEST + 1)
    if not used and faults:
        raise InternalError(in_words(faults))
    if not used and not met:
        reasons = [f"{count:,} {what}" for what, count in sorted(why.items()) if count]
        msg = f"nothing to measure with: {', '.join(reasons) or 'no file'} in what was given"
        raise SourceError(msg)
    seen = np.flatnonzero(counts)
    nearest = int(seen[0]) if len(seen) else None
    tail = _fitted(counts, used * len(known))
    return Calibration(used, len(known), nearest, tuple(met), tail, unread, faults)


def _sample(index: Index) -> "NDArray[np.uint8]":
    parts = [
        part.segment.codes("pdq")
        for known in index.lists
        for part in known.parts
        if "pdq" in part.segment.algorithms
    ]
    total = sum(map(len, parts))
    if not total:
        return np.empty((0, 32), np.uint8)
    step = max(1, total // _SAMPLE)
    return np.concatenate([codes[::step] for codes in parts])


def _hashed(
    pictures: Source | Iterable[Found], limits: Limits | None, threads: int | None
) -> Iterator[Item]:
    options = HashOptions(orientations=True, limits=limits or Limits())
    opener = opener_of(pictures)

    def read(found: Found) -> Item:
        if found.problem is not None:
            return Item(found.locator, unreadable=found.problem)
        opened = partial(opener.open, opener.handle(found))
        return hash_opened(opened, options, locator=found.locator)

    return in_order(read, pictures, threads=threads)


def _is_unread(item: Item) -> bool:
    """Whether a picture was not read, or not all of it."""
    skipped = item.unreadable is not None and item.unreadable.reason.skipped
    return item.left_unread and not skipped


def _not_used(item: Item, profile: Profile) -> str:
    """Why a file without matches was not measured, in words that a number comes before."""
    if item.media is None:
        skipped = item.unreadable is None or item.unreadable.reason.skipped
        return "not pictures" if skipped else "unreadable"
    if item.media.fraction < profile.minimum_fraction:
        return "read in part only"
    if all(reading.time is not None for reading in item.media.readings):
        return "videos, which are not measured"
    return f"of a quality below {profile.quality_of('pdq')}"


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _readings(item: Item, profile: Profile) -> list[Hash]:
    """Every hash of a picture that would be looked up; none of a video's frames."""
    if item.media is None or item.media.fraction < profile.minimum_fraction:
        return []
    good = [
        reading
        for reading in item.media.readings
        if reading.time is None and reading.quality >= profile.quality_of("pdq")
    ]
    upright = [~each.hash for each in good if each.orientation is Orientation.UPRIGHT]
    return [each.hash for each in good] + upright


def _fitted(counts: "NDArray[np.int64]", pairs: int) -> Tail | None:
    """The line through the nearest pairs: each distance weighs as much as it has pairs.

    Args:
        counts: (91,) pairs at each distance, of every reading.
        pairs: pictures times known hashes: all readings of a picture count as one item.
    """
    within = np.cumsum(counts)
    used = [t for t in range(_FARTHEST + 1) if counts[t] and within[t] >= _FEWEST]
    used = used[:_LONGEST_FIT]
    if len(used) < _SHORTEST_FIT:
        return None
    x, y = np.array(used, float), np.log10(within[used] / pairs)
    slope, height = np.polyfit(x, y, 1, w=np.sqrt(within[used]))
    return Tail(0.0, float(height), float(slope)) if math.isfinite(height) and slope > 0 else None
