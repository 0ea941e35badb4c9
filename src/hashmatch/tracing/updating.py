"""Clusters brought up to date: the pictures and videos that came on record since the last time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.model.flags import Flag
from hashmatch.profiles import STRICT
from hashmatch.sightings import clusters
from hashmatch.sightings.clusters import Member
from hashmatch.tracing.clustering import ORIENTATIONS, Clusters, Joined
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
SHOWN: Final = (
    "JOIN readings AS shown ON shown.picture_id = readings.picture_id AND shown.position = 0 "
    "AND shown.frame = readings.frame"
)
"""Leaves the readings of the picture that stands for its file, which need not be the first one: a
TIFF may have reduced copies in front."""
SHOWN_STILL: Final = (
    "frame = (SELECT shown.frame FROM frames AS shown "
    "WHERE shown.video_id = frames.video_id AND shown.position = 0)"
)
"""The same of a picture with a film in it."""
_FLAT: Final = f'"{Flag.FLAT_CARD}"'
_AT_ONCE: Final = 20_000
"""Pictures whose places go on record together."""


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture or video that is to be clustered; `codes` are none where it cannot be.

    Those of a picture are its eight orientations, those of a video its frames.
    """

    id: int
    codes: "NDArray[np.uint8] | None"
    reason: str = ""
    is_video: bool = False
    is_flat: bool = False


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
    found = {flat: _Medoids(Clusters(threshold), FilmClusters(threshold)) for flat in (False, True)}
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
    """Medoids of pictures and of videos, with the numbers of their clusters.

    Flat cards have some of their own: their hashes collide, and nothing else is to join them.
    """

    pictures: Clusters
    films: FilmClusters
    of_pictures: list[int] = field(default_factory=list)
    of_films: list[int] = field(default_factory=list)


def _members(batch: list[_Picture], found: dict[bool, _Medoids], last: int) -> Iterator[Member]:
    """The rows of these pictures and videos, behind the last one."""
    joined = {flat: _joined(batch, medoids, flat=flat) for flat, medoids in found.items()}
    for number, picture in enumerate(batch, last + 1):
        if picture.codes is None:
            yield Member(number, number, picture.id, reason=picture.reason)
            continue
        medoids = found[picture.is_flat]
        numbers = medoids.of_films if picture.is_video else medoids.of_pictures
        if picture.is_video:
            place = medoids.films.join(picture.codes)
        else:
            place = next(joined[picture.is_flat])
        if place.is_medoid:
            numbers.append(number)
        medoid = numbers[place.medoid]
        yield Member(number, medoid, picture.id, place.distance, place.orientation)


def _joined(batch: list[_Picture], medoids: _Medoids, *, flat: bool) -> Iterator[Joined]:
    """Where those of the pictures belong that are flat cards, or the others."""
    codes = [
        each.codes
        for each in batch
        if each.codes is not None and not each.is_video and each.is_flat is flat
    ]
    return medoids.pictures.join(np.stack(codes)) if codes else iter(())


def _take_up(store: "Store", found: dict[bool, _Medoids]) -> None:
    """The medoids of the clusters on record."""
    rows = store.execute(
        "SELECT cluster_members.id, videos.id, instr(flags, ?) > 0 FROM cluster_members "
        "JOIN videos ON videos.picture_id = cluster_members.picture_id "
        "JOIN pictures ON pictures.id = cluster_members.picture_id "
        "WHERE cluster_id = cluster_members.id AND cluster_members.reason = '' ORDER BY 1",
        (_FLAT,),
    )
    stills = []
    for number, video, flat in rows:
        frames = _frames(store, video)
        if frames is None:
            stills.append((number, _still(store, video)[0][1], flat))
            continue
        found[bool(flat)].of_films.append(number)
        found[bool(flat)].films.add_medoid(frames)
    pictures = store.rows(
        "SELECT cluster_members.id, readings.hash, instr(flags, ?) > 0 FROM cluster_members "  # noqa: S608 (our words)
        "JOIN pictures ON pictures.id = cluster_members.picture_id "
        f"JOIN readings ON readings.picture_id = cluster_members.picture_id {SHOWN} "
        "WHERE cluster_id = cluster_members.id AND cluster_members.reason = '' "
        "AND readings.algorithm = 'pdq' AND readings.orientation = 1 "
        "AND readings.alpha_dropped = 0 "
        "ORDER BY cluster_members.id",
        (_FLAT,),
    )
    merged = merge(pictures, stills, key=itemgetter(0))
    while several := [*islice(merged, _AT_ONCE)]:
        for flat, medoids in found.items():
            some = [(number, code) for number, code, of in several if bool(of) is flat]
            medoids.of_pictures += [number for number, _ in some]
            codes = np.frombuffer(b"".join(code for _, code in some), np.uint8)
            medoids.pictures.add_medoids(codes.reshape(-1, _BYTES))


def _frames(store: "Store", video: int) -> "NDArray[np.uint8] | None":
    """The different frames of a video with enough detail; None where there are none."""
    rows = store.execute(
        "SELECT DISTINCT hash FROM frames WHERE video_id = ? AND algorithm = 'pdq' "
        "AND orientation = 1 AND alpha_dropped = 0 AND part = '' AND time IS NOT NULL "
        "AND quality >= ? ORDER BY position LIMIT ?",
        (video, QUALITY, _MOST_FRAMES),
    )
    if not rows:
        return None
    return np.frombuffer(b"".join(code for (code,) in rows), np.uint8).reshape(-1, _BYTES)


def _still(store: "Store", video: int) -> "list[tuple[int, bytes]]":
    """Quality and hash of a picture with a film in it, as of a motion photo, by orientation."""
    return store.execute(
        "SELECT quality, hash FROM frames WHERE video_id = ? AND algorithm = 'pdq' "  # noqa: S608 (our words)
        f"AND time IS NULL AND part = '' AND {SHOWN_STILL} AND alpha_dropped = 0 "
        "ORDER BY orientation",
        (video,),
    )


def _pictures(store: "Store", done: int, last: int) -> Iterator[_Picture]:
    """The pictures with numbers behind one and up to another, with all orientations of each."""
    rows = store.rows(
        "SELECT pictures.id, instr(flags, ?) > 0, videos.id, readings.quality, readings.hash "
        "FROM pictures "
        "LEFT JOIN videos ON videos.picture_id = pictures.id "
        "LEFT JOIN readings AS shown ON shown.picture_id = pictures.id AND shown.position = 0 "
        "LEFT JOIN readings ON readings.picture_id = pictures.id AND readings.algorithm = 'pdq' "
        "AND readings.frame = shown.frame AND readings.alpha_dropped = 0 "
        "WHERE pictures.id > ? AND pictures.id <= ? ORDER BY pictures.id, readings.orientation",
        (_FLAT, done, last),
    )
    for (number, marked, video), found in groupby(rows, itemgetter(0, 1, 2)):
        flat = bool(marked)
        if video is None:
            readings = [(quality, code) for *_, quality, code in found if code is not None]
        elif (frames := _frames(store, video)) is not None:
            yield _Picture(number, frames, is_video=True, is_flat=flat)
            continue
        else:
            readings = _still(store, video)
        yield _picture(number, readings, flat=flat)


def _picture(number: int, readings: "list[tuple[int, bytes]]", *, flat: bool) -> _Picture:
    codes = b"".join(code for _, code in readings)
    if len(codes) != ORIENTATIONS * _BYTES:
        return _Picture(number, None, "no-hash")
    if readings[0][0] < QUALITY:
        return _Picture(number, None, "low-quality")
    whole = np.frombuffer(codes, np.uint8).reshape(ORIENTATIONS, _BYTES)
    return _Picture(number, whole, is_flat=flat)
