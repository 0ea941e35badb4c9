"""Clusters brought up to date: the pictures and videos that came on record since the last time."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.sightings import clusters
from hashmatch.sightings.clusters import Member
from hashmatch.tracing.clustering import ORIENTATIONS, Clusters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.sightings.database import Database
    from hashmatch.sightings.store import Store

THRESHOLD: Final = 12
"""Bits to the medoid: copies by messengers, resizing and editing lie within it, frames of a pan are
further apart (docs/explanation/tracing.md)."""
QUALITY: Final = 50
"""Of PDQ; below it pictures without detail have equal hashes."""
_BYTES: Final = 32
_AT_ONCE: Final = 20_000
"""Pictures whose places go on record together."""
FLAT: Final = "flat-card"
"""Flag of a picture of few colours: a card, a logo, a page of text."""


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture that is to be clustered; `codes` are none where it cannot be."""

    id: int
    codes: "NDArray[np.uint8] | None"
    reason: str = ""


def update(database: "Database", *, threshold: int = THRESHOLD) -> int:
    """Cluster what came on record since the last time, and put it on record; how many that were.

    Args:
        database: the record, open for writing.
        threshold: bits to the medoid. What is on record stays in its clusters.

    Raises:
        DatabaseError: it cannot be written.
    """
    store = database.store
    done = int(store.one("SELECT coalesce(max(picture_id), 0) FROM cluster_members"))
    waiting = _pictures(store, done)
    first = next(waiting, None)
    if first is None:
        return 0
    found = Clusters(threshold)
    numbers = _medoids(store, found)
    count = 0
    batch: list[_Picture] = [first]
    while batch:
        batch += islice(waiting, _AT_ONCE - len(batch))
        members = [*_members(batch, found, numbers, clusters.last(store))]
        database.record_clusters(members, threshold=threshold)
        count += len(members)
        batch = [*islice(waiting, _AT_ONCE)]
    return count


def _members(
    batch: list[_Picture], found: Clusters, numbers: list[int], last: int
) -> Iterator[Member]:
    """The rows of these pictures, behind the last one."""
    codes = [each.codes for each in batch if each.codes is not None]
    joined = found.join(np.stack(codes)) if codes else iter(())
    for number, picture in enumerate(batch, last + 1):
        if picture.codes is None:
            yield Member(number, number, picture.id, reason=picture.reason)
            continue
        place = next(joined)
        if place.is_medoid:
            numbers.append(number)
        medoid = numbers[place.medoid]
        yield Member(number, medoid, picture.id, place.distance, place.orientation)


def _medoids(store: "Store", found: Clusters) -> list[int]:
    """The numbers of the clusters on record, whose medoids are taken up."""
    numbers: list[int] = []
    rows = store.rows(
        "SELECT cluster_members.id, hash FROM cluster_members "
        "JOIN readings ON readings.picture_id = cluster_members.picture_id "
        "WHERE cluster_id = cluster_members.id AND reason = '' AND algorithm = 'pdq' "
        "AND readings.orientation = 1 AND frame = 0 AND alpha_dropped = 0 "
        "ORDER BY cluster_members.id"
    )
    while several := [*islice(rows, _AT_ONCE)]:
        numbers += [number for number, _ in several]
        codes = np.frombuffer(b"".join(code for _, code in several), np.uint8)
        found.add_medoids(codes.reshape(-1, _BYTES))
    return numbers


def _pictures(store: "Store", done: int) -> Iterator[_Picture]:
    """The pictures behind the last one that was clustered, with all orientations of each."""
    rows = store.rows(
        "SELECT pictures.id, orientation, quality, hash, flags FROM pictures "
        "LEFT JOIN readings ON picture_id = pictures.id AND algorithm = 'pdq' "
        "AND frame = 0 AND alpha_dropped = 0 "
        "WHERE pictures.id > ? ORDER BY pictures.id, orientation",
        (done,),
    )
    last, codes, quality, flat = 0, b"", 0, False
    for number, orientation, of, code, flags in rows:
        if number != last:
            if last:
                yield _picture(last, codes, quality, flat=flat)
            last, codes, quality, flat = number, b"", 0, FLAT in flags
        if code is not None:
            codes += code
            quality = of if orientation == 1 else quality
    if last:
        yield _picture(last, codes, quality, flat=flat)


def _picture(number: int, codes: bytes, quality: int, *, flat: bool) -> _Picture:
    if len(codes) != ORIENTATIONS * _BYTES:
        return _Picture(number, None, "no-hash")
    if quality < QUALITY:
        return _Picture(number, None, "low-quality")
    if flat:
        return _Picture(number, None, "flat")
    return _Picture(number, np.frombuffer(codes, np.uint8).reshape(ORIENTATIONS, _BYTES))
