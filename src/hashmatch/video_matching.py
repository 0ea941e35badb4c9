"""Frames of videos meet hash lists: near frames lead to known videos, then the order of time counts.

Frames are searched in the same index as pictures. Those near to a picture are stretches of time in
which it is seen; those near to a frame of a known video are seeds: that video is then compared
frame by frame (`hashmatch.index.chaining`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from hashmatch.grading import Graded, View, graded, pictures
from hashmatch.index.chaining import Frames, chains
from hashmatch.index.unique import unique_codes
from hashmatch.known.index import KnownList, Standing
from hashmatch.model import Band, Grade, Match, MatchKind, Reading, Segment, VideoHashes
from hashmatch.profiles import Profile
from hashmatch.ruling import Rule, band_of, match_of, rule_for, widest
from hashmatch.turning import turned

if TYPE_CHECKING:
    from numpy.typing import NDArray

Key: TypeAlias = tuple[int, int, int]
"""An entry: which list, which part of it, which row."""

ALGORITHM: Final = "pdq"
"""The frames of videos carry it, in lists and out of `hashmatch.hashing`."""

_BATCH: Final = 8192
"""Different codes that are searched at once. A list may hold a card a hundred thousand times: what
such cards of one batch find has to fit in memory."""

_REACH: Final = 64.0
"""Seconds of the item, to both sides of a seed, that are compared with a known video: a stretch in
which no frame comes as near as a seed for longer than that is not seen."""

_UNKNOWN_QUALITY: Final = 255


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A view of one subject, with the readings that its frames came from."""

    subject: int
    view: View
    readings: tuple[Reading, ...]
    places: "NDArray[np.int64]"
    """For each frame, which of the sampled frames of the subject it is."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seeds:
    """Frames of the item that are near to frames of known videos, in one part of one list."""

    at: int
    place: int
    frames: "NDArray[np.int64]"
    numbers: "NDArray[np.int64]"
    rows: "NDArray[np.int64]"


class _Sighted(NamedTuple):
    """A frame of the item that is near to a picture."""

    place: int
    distance: int
    band: Band
    threshold: int
    look: _Look
    frame: int
    number: int
    quality: int


class VideoSearch:
    """All frames of some videos, looked for together."""

    def __init__(
        self,
        lists: Sequence[KnownList],
        videos: Mapping[int, VideoHashes],
        *,
        profile: Profile,
    ) -> None:
        """Take the frames that are good enough, turned each way.

        Args:
            lists: what is known.
            videos: by number, under which their matches are given.
            profile: what counts.
        """
        self._lists, self._profile = lists, profile
        self._looks = [
            look for number, video in videos.items() for look in _looks(number, video, profile)
        ]
        sizes = [len(look.readings) for look in self._looks]
        self._first = np.cumsum([0, *sizes])
        self._owner = np.repeat(np.arange(len(sizes)), sizes)
        self._codes = np.concatenate(
            [np.empty((0, 32), np.uint8), *(look.view.frames.codes for look in self._looks)]
        )
        self._quality = np.concatenate(
            [np.empty(0, np.uint8), *(look.view.frames.qualities for look in self._looks)]
        )
        self._rules: dict[Key, Rule] = {}

    def matches(self) -> Iterator[tuple[int, Key, Match]]:
        """The number of the video, the entry, and their match: by picture, then by video."""
        if not len(self._codes):
            return
        seen: dict[tuple[int, Key], list[_Sighted]] = {}
        seeds = []
        distinct = unique_codes(self._codes)
        for at, known in enumerate(self._lists):
            threshold = max(
                self._profile.video.seed, widest(known.policy, ALGORITHM, profile=self._profile)
            )
            for place, part in enumerate(known.parts):
                if ALGORITHM in part.segment.algorithms:
                    for begin in range(0, len(distinct.codes), _BATCH):
                        codes = distinct.codes[begin : begin + _BATCH]
                        offsets = distinct.offsets[begin : begin + _BATCH + 1]
                        near = part.segment.near(ALGORITHM, codes, threshold)
                        counts = np.diff(offsets)[near.queries]
                        starts = offsets[:-1][near.queries]
                        frames = distinct.rows[_ranges(starts, counts)]
                        which = np.repeat(np.arange(len(counts)), counts)
                        stands = part.stands(near.rows)[which]
                        frames, which = frames[stands], which[stands]
                        columns = (
                            near.numbers[which],
                            near.rows[which],
                            near.distances[which],
                            near.qualities[which],
                        )
                        found = self._sort(at, place, part, frames, *columns, seen)
                        if len(found.frames):
                            seeds.append(found)
        for (subject, key), sighted in seen.items():
            yield subject, key, self._pictured(key, sighted)
        yield from self._videos(seeds)

    def _sort(
        self,
        at: int,
        place: int,
        part: Standing,
        frames: "NDArray[np.int64]",
        numbers: "NDArray[np.int64]",
        rows: "NDArray[np.int64]",
        distances: "NDArray[np.int32]",
        qualities: "NDArray[np.uint8]",
        seen: dict[tuple[int, Key], list[_Sighted]],
    ) -> _Seeds:
        """Note which pictures were seen, and return the seeds."""
        video = self._profile.video
        moving = ~np.isnan(part.segment.times(ALGORITHM, numbers))
        for each in np.flatnonzero(~moving).tolist():
            key = at, place, int(rows[each])
            rule, frame = self._rule(key), int(frames[each])
            distance, quality = int(distances[each]), int(self._quality[frame])
            entry_quality = int(qualities[each])
            band = band_of(rule, distance, quality, entry_quality, profile=self._profile)
            if band is not None:
                look = self._looks[self._owner[frame]]
                own = frame - int(self._first[self._owner[frame]])
                one = _Sighted(
                    int(look.places[own]), distance, *band, look, own, int(numbers[each]), quality
                )
                seen.setdefault((look.subject, key), []).append(one)
        seeding = moving & (distances <= video.seed) & (qualities >= video.minimum_quality)
        return _Seeds(at, place, frames[seeding], numbers[seeding], rows[seeding])

    def _pictured(self, key: Key, sighted: list[_Sighted]) -> Match:
        """The match of a video with a picture that is seen in it."""
        best = min(sighted, key=lambda one: (one.band is not Band.MATCH, one.distance, one.place))
        by_place: dict[int, _Sighted] = {}
        for one in sorted(sighted, key=lambda one: (one.place, one.distance)):
            by_place.setdefault(one.place, one)
        segments = [_seen(stretch) for stretch in _runs(list(by_place.values()))]
        known, part = self._lists[key[0]], self._lists[key[0]].parts[key[1]]
        match = match_of(
            known, part, key[2], self._rule(key), kind=MatchKind.PERCEPTUAL, algorithm=ALGORITHM
        )
        met = part.segment.table.known_hash(ALGORITHM, best.number)
        reading = best.look.readings[best.frame]
        return replace(
            match,
            distance=best.distance,
            threshold=best.threshold,
            band=best.band,
            orientation=best.look.view.orientation,
            frame=reading.frame,
            quality=best.quality,
            part=met.part,
            entry_quality=met.quality,
            segments=tuple(sorted(segments, key=lambda each: (-each.frames, each.distance))),
        )

    def _videos(self, seeds: list[_Seeds]) -> Iterator[tuple[int, Key, Match]]:
        common = self._common(seeds)
        found: dict[tuple[int, Key], list[Graded]] = {}
        for each in seeds:
            owners = self._owner[each.frames]
            order = np.lexsort((owners, each.rows))
            rows, owners = each.rows[order], owners[order]
            new = (rows[1:] != rows[:-1]) | (owners[1:] != owners[:-1])
            bounds = [0, *(np.flatnonzero(new) + 1).tolist(), len(rows)]
            part = self._lists[each.at].parts[each.place]
            held = _last(lambda row, part=part: part.segment.frames(ALGORITHM, row))
            for begin, end in pairwise(bounds):
                which = order[begin:end]
                owner, row = int(owners[begin]), int(rows[begin])
                frames = each.frames[which]
                if not self._worth(frames, common):
                    continue
                key = each.at, each.place, row
                times = part.segment.times(ALGORITHM, each.numbers[which]).astype(np.float64)
                own = frames - self._first[owner]
                mine = common[self._first[owner] : self._first[owner + 1]]
                look = self._looks[owner]
                for name, known in held(row).items():
                    segments = self._compared(look.view, known, own, times, mine, key, name)
                    found.setdefault((look.subject, key), []).extend(segments)
        for (subject, key), segments in found.items():
            if segments:
                yield subject, key, self._video(subject, key, segments)

    def _common(self, seeds: list[_Seeds]) -> "NDArray[np.bool_]":
        """Which frames are near to frames of many known videos."""
        counts = np.zeros(len(self._codes), np.int64)
        for (at, place), together in groupby(seeds, key=lambda each: (each.at, each.place)):
            parts = list(together)
            size = len(self._lists[at].parts[place].segment.table)
            met = np.unique(np.concatenate([each.frames * size + each.rows for each in parts]))
            counts += np.bincount(met // size, minlength=len(counts))
        return counts > self._profile.video.common

    def _worth(self, frames: "NDArray[np.int64]", common: "NDArray[np.bool_]") -> bool:
        """Whether these seeds lead to the known video that they met."""
        video = self._profile.video
        if not common[frames].all():
            return True
        codes = self._codes[np.unique(frames)]
        return pictures(codes, same=video.same_picture) >= video.common_pictures

    def _compared(
        self,
        view: View,
        known: Frames,
        seeds: "NDArray[np.int64]",
        times: "NDArray[np.float64]",
        common: "NDArray[np.bool_]",
        key: Key,
        part: str,
    ) -> Iterator[Graded]:
        """The segments that a view has in common with one part of a known video."""
        profile, video, rule = self._profile, self._profile.video, self._rule(key)
        steps = video.steps
        own = np.flatnonzero(_within(view.frames.times, view.frames.times[seeds], _REACH))
        reach = steps.fastest * _REACH + steps.gap
        good = known.qualities >= video.minimum_quality
        met = np.flatnonzero(_within(known.times, times, reach) & good)
        alone = 1 - steps.decay * max(rule.threshold, 0) / (steps.pair + 1)
        least = min(alone, video.probable_score)
        for chain in chains(view.frames.of(own), known.of(met), steps=steps, least=least):
            whole = replace(chain, queries=own[chain.queries], known=met[chain.known])
            one = graded(whole, view, known, common=common, rule=rule, profile=profile, part=part)
            if one is not None:
                yield one

    def _video(self, subject: int, key: Key, segments: list[Graded]) -> Match:
        """The match of two videos, from the segments of all views, those that agree once."""
        kept: list[Graded] = []
        for one in sorted(segments, key=lambda each: each.order):
            if not any(_inside(one.segment, other.segment) for other in kept):
                kept.append(one)
        best = kept[0]
        view = best.segment
        look = next(
            look
            for look in self._looks
            if look.subject == subject
            and (look.view.orientation, look.view.part) == (view.orientation, view.part)
        )
        frames = sum(one.segment.frames for one in kept)
        distance = sum(one.segment.distance * one.segment.frames for one in kept) / frames
        known, part = self._lists[key[0]], self._lists[key[0]].parts[key[1]]
        match = match_of(
            known, part, key[2], self._rule(key), kind=MatchKind.VIDEO, algorithm=ALGORITHM
        )
        unknown = best.entry_quality == _UNKNOWN_QUALITY
        return replace(
            match,
            distance=round(distance),
            threshold=self._profile.video.steps.pair,
            band=Band.MATCH if any(one.sure for one in kept) else Band.PROBABLE,
            orientation=view.orientation,
            frame=look.readings[best.frame].frame,
            quality=best.quality,
            part=best.part,
            entry_quality=None if unknown else best.entry_quality,
            segments=tuple(one.segment for one in kept),
        )

    def _rule(self, key: Key) -> Rule:
        if key not in self._rules:
            known = self._lists[key[0]]
            self._rules[key] = rule_for(
                known, known.parts[key[1]], key[2], ALGORITHM, profile=self._profile
            )
        return self._rules[key]


def stretches(
    segment_of: Callable[[], Mapping[str, Frames]], met: Sequence[tuple[str, float, int]]
) -> tuple[Segment, ...]:
    """Where a picture is seen in a known video: one segment for frames that follow each other.

    Args:
        segment_of: gives the frames of the known video, by part.
        met: part, seconds and distance of each frame that the picture met.
    """
    found = []
    for name, known in segment_of().items():
        times = known.times
        length = float(times[-1] - times[0])
        near = {
            int(np.searchsorted(times, time)): distance
            for part, time, distance in sorted(met, key=lambda each: -each[2])
            if part == name
        }
        rows = sorted(near)
        cuts = [0, *(i for i in range(1, len(rows)) if rows[i] > rows[i - 1] + 1), len(rows)]
        for begin, end in pairwise(cuts):
            run = rows[begin:end]
            start, stop = float(times[run[0]]), float(times[run[-1]])
            segment = Segment(
                start=0.0,
                end=0.0,
                known_start=start,
                known_end=stop,
                grade=Grade.STILL,
                distance=float(min(near[row] for row in run)),
                known_coverage=(stop - start) / length if length > 0 else 1.0,
            )
            found.append(segment)
    return tuple(sorted(found, key=lambda each: (each.distance, each.known_start)))


def _looks(number: int, video: VideoHashes, profile: Profile) -> Iterator[_Look]:
    """The views of a video: each part of its frames, turned each way."""
    frames = [
        reading
        for reading in video.readings
        if reading.hash.algorithm == ALGORITHM and reading.time is not None
    ]
    moments = sorted({reading.time for reading in frames if reading.time is not None})
    for part in sorted({reading.part for reading in frames}):
        chosen = sorted(
            (
                reading
                for reading in frames
                if reading.part == part and reading.quality >= profile.video.minimum_quality
            ),
            key=lambda reading: reading.time or 0.0,
        )
        if not chosen:
            continue
        codes = np.frombuffer(b"".join(r.hash.value for r in chosen), np.uint8).reshape(-1, 32)
        times = np.array([reading.time for reading in chosen], np.float64)
        qualities = np.array([reading.quality for reading in chosen], np.uint8)
        places = np.searchsorted(moments, times)
        for orientation in profile.video.orientations:
            held = Frames(turned(codes, orientation), times, qualities)
            view = View(held, len(moments), orientation, part)
            yield _Look(number, view, tuple(chosen), places)


def _ranges(starts: "NDArray[np.int64]", counts: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """The numbers from each start, so many."""
    return np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())


def _within(
    times: "NDArray[np.float64]", others: "NDArray[np.float64]", reach: float
) -> "NDArray[np.bool_]":
    """Which times are within reach of any of the others."""
    others = np.sort(others)
    after = np.searchsorted(others, times)
    left = times - others[np.maximum(after - 1, 0)]
    right = others[np.minimum(after, len(others) - 1)] - times
    near: NDArray[np.bool_] = np.minimum(np.abs(left), np.abs(right)) <= reach
    return near


def _last(
    frames: Callable[[int], dict[str, Frames]],
) -> Callable[[int], dict[str, Frames]]:
    """The same, without fetching again what was asked for last."""
    held: dict[int, dict[str, Frames]] = {}

    def get(row: int) -> dict[str, Frames]:
        if row not in held:
            held.clear()
            held[row] = frames(row)
        return held[row]

    return get


def _runs(sighted: list[_Sighted]) -> Iterator[list[_Sighted]]:
    """Sightings of frames that follow each other, together."""
    for _, run in groupby(enumerate(sighted), key=lambda each: each[1].place - each[0]):
        yield [one for _, one in run]


def _seen(run: list[_Sighted]) -> Segment:
    """A stretch of the item in which a picture is seen."""
    best = min(run, key=lambda one: one.distance)
    times = [one.look.view.frames.times[one.frame] for one in run]
    return Segment(
        start=float(times[0]),
        end=float(times[-1]),
        known_start=0.0,
        known_end=0.0,
        grade=Grade.STILL,
        frames=len(run),
        distance=sum(one.distance for one in run) / len(run),
        coverage=len(run) / best.look.view.sampled,
        orientation=best.look.view.orientation,
        part=best.look.view.part,
    )


def _inside(one: Segment, other: Segment) -> bool:
    """Whether most of one segment lies within the other, in the item."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    if one.end == one.start:
        return shared >= 0
    return shared > (one.end - one.start) / 2
