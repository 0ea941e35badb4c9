"""Items meet hash lists: digests first, then every reading of every picture."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from hashmatch.errors import AlgorithmMismatchError
from hashmatch.known.index import Index, KnownList, Standing
from hashmatch.known.segment import Near
from hashmatch.matching.ruling import band_of, match_of, rule_for, widest
from hashmatch.matching.showing import stretches
from hashmatch.matching.videos import VideoSearch
from hashmatch.matching.views import ALGORITHM as FRAMES
from hashmatch.model import (
    Band,
    Digests,
    Grade,
    Hash,
    ImageHashes,
    Item,
    KnownHash,
    Match,
    MatchKind,
    Reading,
    VideoHashes,
    bits_of,
)
from hashmatch.orientation import Orientation
from hashmatch.profiles import DEFAULT, Profile

if TYPE_CHECKING:
    from hashmatch.hashlists.reading import HashList

Known: TypeAlias = "Index | Iterable[HashList | KnownList]"
"""What is known: an index, or hash lists."""

Subject: TypeAlias = Item | ImageHashes | Hash | Digests
"""What can be matched: a file, a picture, or a single value of either kind."""

_Key: TypeAlias = tuple[int, int, int]
"""An entry: which list, which part of it, which row."""


@dataclass(frozen=True, slots=True)
class _Query:
    """One hash that is looked for, and which subject it is of."""

    subject: int
    hash: Hash
    reading: Reading | None = None
    complement: bool = False
    mode: str = ""

    @property
    def quality(self) -> int | None:
        return self.reading.quality if self.reading else None


class Matcher:
    """What is known, ready to be met.

    Hashes below the profile's minimum quality, on either side, are not matched; nor are the
    hashes of pictures of which too little could be decoded. Besides the readings that an item
    has, the photographic negative of each upright one is looked for.
    """

    def __init__(self, known: Known, *, profile: Profile = DEFAULT) -> None:
        """Build or open what searches the lists.

        Args:
            known: an index, or hash lists as `read_list` gives them.
            profile: thresholds and minimum qualities.

        Raises:
            AlgorithmMismatchError: the profile has a threshold for opaque hashes.
        """
        opaque = [name for name in profile.thresholds if bits_of(name) is None]
        if opaque:
            msg = f"hashes of {', '.join(opaque)} are opaque: they have no threshold"
            raise AlgorithmMismatchError(msg)
        self.profile = profile
        self.index = known if isinstance(known, Index) else None
        self._lists = () if isinstance(known, Index) else _named(known)

    @property
    def lists(self) -> tuple[KnownList, ...]:
        """The hash lists in force."""
        return self._lists if self.index is None else self.index.lists

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The perceptual algorithms that can match: on a list, and with a threshold."""
        listed = {
            name for known in self.lists for part in known.parts for name in part.segment.algorithms
        }
        return tuple(name for name in self.profile.thresholds if name in listed)

    def refresh(self) -> bool:
        """Go on to the newest generation of the index, and say whether there was a newer one."""
        return self.index is not None and self.index.refresh()

    def match(self, subject: Subject) -> tuple[Match, ...]:
        """The matches of one item, picture, hash or set of digests, the nearest first."""
        return self.match_many([subject])[0]

    def match_many(self, subjects: Sequence[Subject]) -> list[tuple[Match, ...]]:
        """The matches of each of many subjects, searched together, the nearest first.

        An entry that several readings or algorithms meet counts once, by the nearest; equal
        bytes come before any perceptual match.
        """
        lists = self.lists
        best: list[dict[_Key, Match]] = [{} for _ in subjects]
        for number, subject in enumerate(subjects):
            for key, match in self._exact(lists, _digests(subject)):
                best[number].setdefault(key, match)
        self._watch(lists, subjects, best)
        for algorithm in self.algorithms:
            queries = [
                query
                for number, subject in enumerate(subjects)
                for query in self._queries(number, subject, algorithm)
            ]
            if queries:
                self._search(lists, algorithm, queries, best)
        return [_settled(found.values()) for found in best]

    def _exact(self, lists: Sequence[KnownList], digests: Digests) -> Iterator[tuple[_Key, Match]]:
        for name, value in digests.items():
            digest = bytes.fromhex(value)
            for at, known in enumerate(lists):
                for place, part in enumerate(known.parts):
                    for row in part.segment.exact(name, digest):
                        if row not in part.withdrawn:
                            rule = rule_for(known, part, row, "", profile=self.profile)
                            match = match_of(
                                known, part, row, rule, kind=MatchKind.EXACT, algorithm=name
                            )
                            yield (at, place, row), match

    def _watch(
        self,
        lists: Sequence[KnownList],
        subjects: Sequence[Subject],
        best: "list[dict[_Key, Match]]",
    ) -> None:
        """Match the videos among the subjects."""
        videos = {
            number: image
            for number, subject in enumerate(subjects)
            if isinstance(image := _image(subject), VideoHashes)
        }
        if not videos or FRAMES not in self.algorithms:
            return
        search = VideoSearch(lists, videos, profile=self.profile)
        for number, key, match in search.matches():
            found = best[number]
            if key not in found or _nearness(match) < _nearness(found[key]):
                found[key] = match

    def _queries(self, number: int, subject: Subject, algorithm: str) -> Iterator[_Query]:
        if isinstance(subject, Hash):
            if subject.algorithm == algorithm:
                yield _Query(number, subject)
            return
        image = _image(subject)
        if image is None or isinstance(image, VideoHashes):
            return
        if image.fraction < self.profile.minimum_fraction:
            return
        for reading in image.readings:
            known = reading.hash
            if known.algorithm == algorithm and reading.quality >= self.profile.minimum_quality:
                yield _Query(number, known, reading, mode=image.mode)
                if reading.orientation is Orientation.UPRIGHT:
                    yield _Query(number, ~known, reading, complement=True, mode=image.mode)

    def _search(
        self,
        lists: Sequence[KnownList],
        algorithm: str,
        queries: Sequence[_Query],
        best: "list[dict[_Key, Match]]",
    ) -> None:
        codes = Hash.pack([query.hash for query in queries])
        for at, known in enumerate(lists):
            farthest = widest(known.policy, algorithm, profile=self.profile)
            for place, part in enumerate(known.parts):
                if algorithm not in part.segment.algorithms:
                    continue
                near = part.segment.near(algorithm, codes, farthest)
                timed: dict[tuple[int, int], list[tuple[str, float, int]]] = {}
                for query, row, known_hash, match in self._met(
                    known, part, algorithm, queries, near
                ):
                    found = best[query.subject]
                    key = at, place, row
                    if known_hash.time is not None:
                        met = known_hash.part, known_hash.time, match.distance
                        timed.setdefault((query.subject, row), []).append(met)
                    if key not in found or _nearness(match) < _nearness(found[key]):
                        found[key] = match
                for (number, row), all_met in timed.items():
                    match = best[number][at, place, row]
                    if match.kind is MatchKind.PERCEPTUAL and match.algorithm == algorithm:
                        segments = stretches(part.segment.frames(algorithm, row), all_met)
                        best[number][at, place, row] = replace(match, segments=segments)

    def _met(
        self,
        known: KnownList,
        part: Standing,
        algorithm: str,
        queries: Sequence[_Query],
        near: Near,
    ) -> Iterator[tuple[_Query, int, KnownHash, Match]]:
        """What of the neighbours counts, after policy."""
        stands = part.stands(near.rows)
        for at in stands.nonzero()[0].tolist():
            query, row = queries[near.queries[at]], int(near.rows[at])
            distance = int(near.distances[at])
            rule = rule_for(known, part, row, algorithm, profile=self.profile)
            quality = int(near.qualities[at])
            least = band_of(rule, distance, query.quality, quality, profile=self.profile)
            if least is None:
                continue
            band, threshold = least
            known_hash = part.segment.table.known_hash(algorithm, int(near.numbers[at]))
            match = match_of(known, part, row, rule, kind=MatchKind.PERCEPTUAL, algorithm=algorithm)
            reading = query.reading
            yield (
                query,
                row,
                known_hash,
                replace(
                    match,
                    distance=distance,
                    threshold=threshold,
                    band=band,
                    orientation=reading.orientation if reading else match.orientation,
                    complement=query.complement,
                    alpha=reading.alpha if reading else match.alpha,
                    frame=reading.frame if reading else 0,
                    mode=query.mode,
                    quality=query.quality,
                    part=known_hash.part,
                    entry_quality=known_hash.quality,
                ),
            )


def _image(subject: Subject) -> ImageHashes | None:
    image = subject.image if isinstance(subject, Item) else subject
    return image if isinstance(image, ImageHashes) else None


def _digests(subject: Subject) -> Digests:
    """The digests to look for: none of an empty file, which is like every other empty file."""
    if isinstance(subject, Digests):
        return subject
    return subject.digests if isinstance(subject, Item) and subject.size != 0 else Digests()


def _settled(matches: Iterable[Match]) -> tuple[Match, ...]:
    """The nearest first; near hashes raise nothing about bytes that are known to be harmless."""
    found = sorted(matches, key=_nearness)
    exact = [each for each in found if each.kind is MatchKind.EXACT]
    if any(each.known_good for each in exact) and all(each.known_good for each in exact):
        found = [
            replace(each, suppressed=not each.known_good and each.kind is not MatchKind.EXACT)
            for each in found
        ]
    return tuple(found)


def _named(lists: "Iterable[HashList | KnownList]") -> tuple[KnownList, ...]:
    """Lists in memory; those that share a name are told apart by the start of their SHA-256."""
    known = [each if isinstance(each, KnownList) else KnownList.of(each) for each in lists]
    shared: Mapping[str, int] = Counter(each.name for each in known)
    return tuple(
        replace(each, name=f"{each.name}@{each.sources[0].sha256[:8]}")
        if shared[each.name] > 1
        else each
        for each in known
    )


def _nearness(match: Match) -> tuple[bool, bool, bool, int, str, str, int]:
    return (
        match.kind is not MatchKind.EXACT,
        match.band is not Band.MATCH,
        bool(match.segments) and match.segments[0].grade is not Grade.STRONG,
        match.distance,
        match.list,
        match.entry,
        match.number,
    )
