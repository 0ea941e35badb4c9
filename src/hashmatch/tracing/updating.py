"""Clusters brought up to date: the pictures and videos that came on record since the last time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.profiles import STRICT
from hashmatch.sightings import clusters
from hashmatch.sightings.clusters import Member
from hashmatch.tracing.clustering import ORIENTATIONS, Clusters
from hashmatch.tracing.films import FilmClusters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.sightings.database import Database
    from hashmatch.sightings.store import Store

THRESHOLD: Final = STRICT.thresholds["pdq"]
"""Bits to the medoid: copies by messengers, resizing and editing lie within it (`python -m
benchmarks.circulation`). What wider profiles find besides is for lists, whose entries are known."""
QUALITY: Final = 50
"""The least quality of PDQ: below it pictures without detail have equal hashes."""
_BYTES: Final = 32
_MOST_FRAMES: Final = 2000
"""Different frames of a video that are compared."""
_AT_ONCE: Final = 20_000
"""Pictures whose places go on record together."""
FLAT: Final = "flat-card"
"""Flag of a picture of few colours: a card, a logo, a page of text."""


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture or video that is to be clustered; `codes` are none where it cannot be.

    Those of a picture are its eight orientations, those of a video its frames.
    """

    id: int
    codes: "NDArray[np.uint8] | None"
    reason: str = ""
    is_video: bool = False


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
    last = int(store.one("SELECT coalesce(max(id), 0) FROM pictures"))
    lost = clusters.lost(store)
    if done == last and not lost:
        return 0
    found = _Medoids(Clusters(threshold), FilmClusters(threshold))
    _take_up(store, found)
    spans = [(each - 1, each) for each in lost]
    spans += [(first, min(first + _AT_ONCE, last)) for first in range(done, last, _AT_ONCE)]
    for first, until in spans:
        # Nothing is being read while it is written: another process may have written meanwhile.
        batch = [*_pictures(store, first, until)]
        members = [*_members(batch, found, clusters.last(store))]
        database.record_clusters(members, threshold=threshold)
    return len(lost) + last - done


@dataclass(slots=True)
class _Medoids:
    """Medoids of pictures and of videos, with the numbers of their clusters."""

    pictures: Clusters
    films: FilmClusters
    of_pictures: list[int] = field(default_factory=list)
    of_films: list[int] = field(default_factory=list)


def _members(batch: list[_Picture], found: _Medoids, last: int) -> Iterator[Member]:
    """The rows of these pictures and videos, behind the last one."""
    codes = [each.codes for each in batch if each.codes is not None and not each.is_video]
    joined = found.pictures.join(np.stack(codes)) if codes else iter(())
    for number, picture in enumerate(batch, last + 1):
        if picture.codes is None:
            yield Member(number, number, picture.id, reason=picture.reason)
            continue
        numbers = found.of_films if picture.is_video else found.of_pictures
        place = found.films.join(picture.codes) if picture.is_video else next(joined)
        if place.is_medoid:
            numbers.append(number)
        medoid = numbers[place.medoid]
        yield Member(number, medoid, picture.id, place.distance, place.orientation)


def _take_up(store: "Store", found: _Medoids) -> None:
    """The medoids of the clusters on record."""
    rows = store.rows(
        "SELECT cluster_members.id, hash FROM cluster_members "
        "JOIN readings ON readings.picture_id = cluster_members.picture_id "
        "WHERE cluster_id = cluster_members.id AND reason = '' AND algorithm = 'pdq' "
        "AND readings.orientation = 1 AND frame = 0 AND alpha_dropped = 0 "
        "AND cluster_members.picture_id NOT IN (SELECT picture_id FROM videos) "
        "ORDER BY cluster_members.id"
    )
    while several := [*islice(rows, _AT_ONCE)]:
        found.of_pictures += [number for number, _ in several]
        codes = np.frombuffer(b"".join(code for _, code in several), np.uint8)
        found.pictures.add_medoids(codes.reshape(-1, _BYTES))
    films: list[tuple[int, int]] = store.execute(
        "SELECT cluster_members.id, videos.id FROM cluster_members "
        "JOIN videos ON videos.picture_id = cluster_members.picture_id "
        "WHERE cluster_id = cluster_members.id AND reason = '' ORDER BY cluster_members.id"
    )
    for number, video in films:
        frames = _frames(store, video)
        if frames is not None:
            found.of_films.append(number)
            found.films.add_medoid(frames)


def _frames(store: "Store", video: int) -> "NDArray[np.uint8] | None":
    """The different frames of a video with enough detail; None where there are none."""
    rows = store.execute(
        "SELECT DISTINCT hash FROM frames WHERE video_id = ? AND algorithm = 'pdq' "
        "AND orientation = 1 AND alpha_dropped = 0 AND part = '' AND quality >= ? "
        "ORDER BY position LIMIT ?",
        (video, QUALITY, _MOST_FRAMES),
    )
    if not rows:
        return None
    return np.frombuffer(b"".join(code for (code,) in rows), np.uint8).reshape(-1, _BYTES)


def _pictures(store: "Store", done: int, last: int) -> Iterator[_Picture]:
    """The pictures with numbers behind one and up to another, with all orientations of each."""
    rows = store.rows(
        "SELECT pictures.id, orientation, quality, hash, flags, videos.id FROM pictures "
        "LEFT JOIN videos ON videos.picture_id = pictures.id "
        "LEFT JOIN readings ON readings.picture_id = pictures.id AND algorithm = 'pdq' "
        "AND frame = 0 AND alpha_dropped = 0 "
        "WHERE pictures.id > ? AND pictures.id <= ? ORDER BY pictures.id, orientation",
        (done, last),
    )
    at, codes, quality, flat = 0, b"", 0, False
    for number, orientation, of, code, flags, video in rows:
        if video is not None:
            if at:
                yield _picture(at, codes, quality, flat=flat)
            at = 0
            frames = _frames(store, video)
            reason = "no-hash" if frames is None else ""
            yield _Picture(number, frames, reason, is_video=True)
            continue
        if number != at:
            if at:
                yield _picture(at, codes, quality, flat=flat)
            at, codes, quality, flat = number, b"", 0, FLAT in flags
        if code is not None:
            codes += code
            quality = of if orientation == 1 else quality
    if at:
        yield _picture(at, codes, quality, flat=flat)


def _picture(number: int, codes: bytes, quality: int, *, flat: bool) -> _Picture:
    if len(codes) != ORIENTATIONS * _BYTES:
        return _Picture(number, None, "no-hash")
    if quality < QUALITY:
        return _Picture(number, None, "low-quality")
    if flat:
        return _Picture(number, None, "flat")
    return _Picture(number, np.frombuffer(codes, np.uint8).reshape(ORIENTATIONS, _BYTES))
