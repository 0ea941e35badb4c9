"""Matching of videos with hash lists: near frames lead to known videos, then their order counts.

Frames are searched in the same index as pictures. Those near to a picture are stretches of time in
which it is seen (`showing`); those near to a frame of a known video are seeds: that video is
compared frame by frame (`hashmatch.search.chaining`, `grading`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hashmatch.index.near import Near
from hashmatch.index.reading import KnownList, LiveSegment
from hashmatch.index.segment import Segment
from hashmatch.index.unique import UniqueCodes, unique_codes
from hashmatch.matching.best import Key
from hashmatch.matching.grading import Graded, graded, pictures
from hashmatch.matching.rules import Rule, band_of, match_of, rule_for, thresholds_of, widest
from hashmatch.matching.stills import Shown, shown
from hashmatch.matching.video_rules import video_rules
from hashmatch.matching.views import ALGORITHM, views
from hashmatch.model import QUALITY_UNKNOWN, Alignment, Band, Grade, Match, MatchKind, MediaHashes
from hashmatch.profiles import Profile
from hashmatch.search.chaining import Frames, chains

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH: Final = 131_072
"""Different codes that are searched at once, at most: each batch reads all that is known."""

_SAMPLE: Final = 512
"""Codes that are searched first, drawn from all, to see how much they find."""

_PAIRS: Final = 2_000_000
"""Near pairs that a batch should find: what it finds has to fit in memory, some 100 bytes each. A
scene that stands still for an hour is near to all frames of others like it."""

_REACH: Final = 64.0
"""Seconds of the item, to both sides of a seed, that are compared with a known video: a stretch in
which no frame comes as near as a seed for longer than that is not seen."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seeds:
    """Frames that are near to known videos, in one part of one list, each video once."""

    at: int
    place: int
    near: Near
    counts: "NDArray[np.int64]"
    """How many frames of the known video they are near to."""


class _Candidate(NamedTuple):
    """A known video that seeds of one view lead to."""

    view: int
    key: Key
    frames: "NDArray[np.int64]"
    """The seeds, among all frames."""
    times: "NDArray[np.float64]"
    """Times of the known frames that they are near to."""


class VideoSearch:
    """All frames of some videos, looked for together."""

    def __init__(
        self, lists: Sequence[KnownList], videos: Mapping[int, MediaHashes], *, profile: Profile
    ) -> None:
        """Take the frames that are good enough, turned each way.

        Args:
            lists: what is known.
            videos: by number, under which their matches are given.
            profile: what counts.
        """
        self._lists, self._profile = lists, profile
        self._frames = _frames_of(lists)
        self._views = [
            view
            for each, video in videos.items()
            for view in views(each, video, profile=profile.video)
        ]
        sizes = [len(view.frames) for view in self._views]
        self._first = np.cumsum([0, *sizes])
        self._owner = np.repeat(np.arange(len(sizes)), sizes)
        held = [view.frames.codes for view in self._views]
        self._codes = np.concatenate(held) if held else np.empty((0, 32), np.uint8)
        self._rules: dict[Key, Rule] = {}

    def matches(self) -> Iterator[tuple[int, Key, Match, int]]:
        """The number of the video, the entry, their match, and the distance of the pair it names.

        Matches with pictures first, then with videos.
        """
        if not self._views:
            return
        found: dict[tuple[int, Key], list[Shown]] = {}
        seeds = []
        for at, place, near in self._near(unique_codes(self._codes)):
            segment = self._lists[at].parts[place].segment
            moving = ~np.isnan(segment.times(ALGORITHM, near.numbers))
            for one, row in self._shown(at, place, near.some(~moving)):
                found.setdefault((one.view.subject, (at, place, row)), []).append(one)
            video = self._profile.video
            good = near.qualities >= video.minimum_quality
            good &= near.distances <= self._farthest_seed(self._lists[at])
            seeds.append(_nearest(at, place, near.some(moving & good), len(segment.table)))
        for (subject, key), frames in found.items():
            known_hash = partial(self._part(key).segment.table.known_hash, ALGORITHM)
            match = shown(self._match(key, MatchKind.PERCEPTUAL), frames, known_hash)
            yield subject, key, match, match.distance
        yield from self._videos(seeds)

    def _near(self, distinct: UniqueCodes) -> Iterator[tuple[int, int, Near]]:
        """Which list and part, and what of it is near; its queries are frames of all views."""
        drawn = np.random.default_rng(0).permutation(len(distinct.codes))
        for at, known in enumerate(self._lists):
            pictures_within = widest(known.policy, ALGORITHM, profile=self._profile)
            for place, part in enumerate(known.parts):
                if ALGORITHM not in part.segment.algorithms:
                    continue
                frames_within = (
                    self._farthest_seed(known) if part.segment.has_times(ALGORITHM) else 0
                )
                farthest = max(pictures_within, frames_within)
                begin, size = 0, _SAMPLE
                while begin < len(drawn):
                    batch = drawn[begin : begin + size]
                    near = part.segment.near(ALGORITHM, distinct.codes[batch], farthest)
                    begin += size
                    size = min(max(_PAIRS * size // max(len(near.rows), 1), 1), _BATCH)
                    near = near.some(part.stands(near.rows))
                    asked = batch[near.queries]
                    first = distinct.offsets[asked]
                    counts = distinct.offsets[asked + 1] - first
                    places = np.repeat(first - np.cumsum(counts) + counts, counts)
                    frames = distinct.rows[places + np.arange(counts.sum())]
                    again = near.some(np.repeat(np.arange(len(counts)), counts))
                    yield at, place, replace(again, queries=frames)

    def _seed(self, threshold: int) -> int:
        """The largest distance of a seed, which depends on how many frames are known."""
        video = video_rules(self._profile.video, threshold)
        return video.seed if self._frames <= video.many else min(video.seed, video.seed_of_many)

    def _farthest_seed(self, known: KnownList) -> int:
        """The largest distance of a seed in any category of a list."""
        return max(map(self._seed, thresholds_of(known.policy, ALGORITHM, profile=self._profile)))

    def _shown(self, at: int, place: int, near: Near) -> Iterator[tuple[Shown, int]]:
        """The frames that are near enough to pictures, after policy, with the pictures' rows."""
        for each in range(len(near.rows)):
            row, frame = int(near.rows[each]), int(near.queries[each])
            owner = int(self._owner[frame])
            view, own = self._views[owner], frame - int(self._first[owner])
            distance = int(near.distances[each])
            band = band_of(
                self._rule((at, place, row)),
                distance,
                view.readings[own].quality,
                int(near.qualities[each]),
                algorithm=ALGORITHM,
                profile=self._profile,
                flat_card=bool(near.flat_cards[each]),
            )
            if band is not None:
                yield Shown(view, own, distance, *band, int(near.numbers[each])), row

    def _videos(self, seeds: list[_Seeds]) -> Iterator[tuple[int, Key, Match, int]]:
        """Compare the known videos that seeds lead to."""
        common = self._common(seeds)
        found: dict[tuple[int, Key], list[Graded]] = {}
        for key, candidates in groupby(self._candidates(seeds, common), key=lambda one: one.key):
            known = self._part(key).segment.frames(ALGORITHM, key[2])
            for one in candidates:
                segments = found.setdefault((self._views[one.view].subject, key), [])
                for part, frames in known.items():
                    segments += self._compared(one, frames, part, common)
        for (subject, key), segments in found.items():
            if segments:
                yield subject, key, *self._video(key, segments)

    def _common(self, seeds: list[_Seeds]) -> "NDArray[np.bool_]":
        """Which frames are near to frames of many known videos."""
        counts = np.zeros(len(self._codes), np.int64)
        for (at, place), together in groupby(seeds, key=lambda each: (each.at, each.place)):
            size = len(self._lists[at].parts[place].segment.table)
            pairs = [each.near.queries * size + each.near.rows for each in together]
            counts += np.bincount(np.concatenate(pairs) // size, minlength=len(counts))
        return counts > self._profile.video.common

    def _candidates(self, seeds: list[_Seeds], common: "NDArray[np.bool_]") -> Iterator[_Candidate]:
        """The known videos worth a look: not for one or two pictures that many have."""
        for (at, place), together in groupby(seeds, key=lambda each: (each.at, each.place)):
            parts = list(together)
            frames = np.concatenate([each.near.queries for each in parts])
            numbers = np.concatenate([each.near.numbers for each in parts])
            distances = np.concatenate([each.near.distances for each in parts])
            rows = np.concatenate([each.near.rows for each in parts])
            counts = np.concatenate([each.counts for each in parts])
            owners = self._owner[frames]
            order = np.lexsort((frames, owners, rows))
            same = (np.diff(rows[order]) == 0) & (np.diff(owners[order]) == 0)
            cuts = (np.flatnonzero(~same) + 1).tolist()
            segment = self._lists[at].parts[place].segment
            for begin, end in pairwise([0, *cuts, len(order)] if len(order) else []):
                which = order[begin:end]
                row = int(rows[which[0]])
                threshold = self._rule((at, place, row)).threshold
                which = which[distances[which] <= self._seed(threshold)]
                own = frames[which]
                if not len(own) or (
                    common[own].all() and not self._copied(segment, row, own, counts[which])
                ):
                    continue
                times = segment.times(ALGORITHM, numbers[which]).astype(np.float64)
                yield _Candidate(int(owners[which[0]]), (at, place, row), own, times)

    def _copied(
        self,
        segment: Segment,
        row: int,
        frames: "NDArray[np.int64]",
        counts: "NDArray[np.int64]",
    ) -> bool:
        """Whether common frames suggest a known video: by many pictures, or as most of it."""
        video = self._profile.video
        start, stop = segment.table.span(ALGORITHM, row)
        if counts.max() >= video.copy_coverage * (stop - start):
            return True
        different = pictures(self._codes[np.unique(frames)], same=video.same_picture)
        return different >= video.common_pictures

    def _compared(
        self, one: _Candidate, known: Frames, part: str, common: "NDArray[np.bool_]"
    ) -> Iterator[Graded]:
        """The segments that a view has in common with one part of a known video."""
        view, rule = self._views[one.view], self._rule(one.key)
        first, last = self._first[one.view : one.view + 2]
        video = video_rules(self._profile.video, rule.threshold)
        steps, times = video.steps, view.frames.times
        own = np.flatnonzero(_within(times, times[one.frames - first], _REACH))
        reach = steps.fastest * _REACH + steps.gap
        good = known.qualities >= video.minimum_quality
        met = np.flatnonzero(_within(known.times, one.times, reach) & good)
        single = 1 - steps.decay * rule.threshold / (steps.pair + 1)
        least = min(single, video.probable_score)
        for chain in chains(view.frames.of(own), known.of(met), steps=steps, least=least):
            whole = replace(chain, queries=own[chain.queries], known=met[chain.known])
            found = graded(
                whole,
                view,
                known,
                common=common[first:last],
                rule=rule,
                profile=self._profile,
                part=part,
            )
            if found is not None:
                yield found

    def _video(self, key: Key, segments: list[Graded]) -> tuple[Match, int]:
        """The match of two videos and the distance of the pair of frames that it names.

        Segments of all views that agree count once.
        """
        groups = _agreeing(segments)
        kept, best = [group[0] for group in groups], _nearest_of(groups[0])
        frames = sum(one.segment.frames for one in kept)
        bits = sum(one.segment.distance * one.segment.frames for one in kept)
        unknown = best.entry_quality == QUALITY_UNKNOWN
        match = replace(
            self._match(key, MatchKind.VIDEO),
            distance=round(bits / frames),
            threshold=video_rules(self._profile.video, self._rule(key).threshold).steps.pair,
            band=Band.MATCH if any(one.sure for one in kept) else Band.PROBABLE,
            orientation=best.segment.orientation,
            frame=best.reading.frame,
            quality=best.reading.quality,
            part=best.part,
            alpha=best.reading.alpha,
            entry_quality=None if unknown else best.entry_quality,
            entry_hash=str(best.entry_hash),
            segments=tuple(one.segment for one in kept),
        )
        return match, best.distance

    def _match(self, key: Key, kind: MatchKind) -> Match:
        known, rule = self._lists[key[0]], self._rule(key)
        return match_of(known, self._part(key), key[2], rule, kind=kind, algorithm=ALGORITHM)

    def _part(self, key: Key) -> LiveSegment:
        return self._lists[key[0]].parts[key[1]]

    def _rule(self, key: Key) -> Rule:
        if key not in self._rules:
            self._rules[key] = rule_for(
                self._lists[key[0]], self._part(key), key[2], ALGORITHM, profile=self._profile
            )
        return self._rules[key]


def _frames_of(lists: Sequence[KnownList]) -> int:
    """How many frames of videos are known."""
    segments = (part.segment for known in lists for part in known.parts)
    return sum(each.table.count(ALGORITHM) for each in segments if each.has_times(ALGORITHM))


def _nearest(at: int, place: int, near: Near, entries: int) -> _Seeds:
    """The nearest pair of each frame and known video; pairs are by distance already."""
    pairs = near.queries * entries + near.rows
    _, first, counts = np.unique(pairs, return_index=True, return_counts=True)
    return _Seeds(at, place, near.some(first), counts.astype(np.int64))


def _within(
    times: "NDArray[np.float64]", others: "NDArray[np.float64]", reach: float
) -> "NDArray[np.bool_]":
    """Which times are within reach of any of the others."""
    ordered = np.sort(others)
    places = np.searchsorted(ordered, times)
    before = ordered[np.maximum(places - 1, 0)]
    after = ordered[np.minimum(places, len(ordered) - 1)]
    near: NDArray[np.bool_] = np.minimum(np.abs(times - before), np.abs(after - times)) <= reach
    return near


def _agreeing(segments: list[Graded]) -> list[list[Graded]]:
    """The segments by the stretch of the item that most of them lies in, the surest groups first.

    Of stills the nearest comes first: how long one stands says nothing of how sure it is.
    """
    groups: list[list[Graded]] = []
    for one in sorted(segments, key=lambda each: each.order):
        for group in groups:
            if _inside(one.segment, group[0].segment):
                group.append(one)
                break
        else:
            groups.append([one])
    return sorted(groups, key=_order_of_group)


def _order_of_group(group: list[Graded]) -> tuple[bool, int, float]:
    unsure, rank, score = group[0].order
    is_still = group[0].segment.grade is Grade.STILL
    return unsure, rank, _nearest_of(group).distance if is_still else score


def _nearest_of(group: list[Graded]) -> Graded:
    """Which of the segments that are as sure as the first holds the nearest pair of frames."""
    first = group[0].order[:2]
    return min((one for one in group if one.order[:2] == first), key=lambda one: one.distance)


def _inside(one: Alignment, other: Alignment) -> bool:
    """Whether most of one segment lies within the other, in the item."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    length = one.end - one.start
    return shared >= length / 2 if length > 0 else shared >= 0
