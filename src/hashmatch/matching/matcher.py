"""Items meet hash lists: digests first, then every reading of every picture."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from hashmatch.coverage import ListCoverage
from hashmatch.index.held import HeldFile
from hashmatch.known.index import Index, KnownList, Standing
from hashmatch.known.policies import check_algorithms
from hashmatch.known.proofs import Proofs, prove
from hashmatch.known.segment import Near, Segment
from hashmatch.matching.coverage import coverage_of
from hashmatch.matching.known import Known, opened
from hashmatch.matching.ruling import band_of, match_of, rule_for, widest
from hashmatch.matching.showing import stretches
from hashmatch.matching.subjects import Subject, digests_of, image_of, subject_of, subjects_of
from hashmatch.matching.thresholds import completed
from hashmatch.matching.videos import VideoSearch
from hashmatch.matching.views import ALGORITHM as FRAMES
from hashmatch.model import (
    Band,
    Digests,
    Grade,
    Hash,
    Json,
    KnownHash,
    Match,
    MatchKind,
    Reading,
    Sampling,
    VideoHashes,
    bits_of,
)
from hashmatch.orientation import Orientation
from hashmatch.profiles import DEFAULT, Profile, get_profile
from hashmatch.segments import BEHIND, COVER, TIMES_ESTIMATED

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
    fraction: float = 1.0

    @property
    def quality(self) -> int | None:
        return self.reading.quality if self.reading else None


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """What follows from a profile and some lists.

    Attributes:
        lists: those in force.
        profile: with a threshold for every algorithm on them that has a default.
        algorithms: those that can match, in the order of the profile.
        files: of indexes that they lie in.
    """

    lists: tuple[KnownList, ...]
    profile: Profile
    algorithms: tuple[str, ...]
    files: tuple[HeldFile, ...]

    @classmethod
    def of(cls, chosen: Profile, lists: tuple[KnownList, ...]) -> "_Terms":
        profile = completed(chosen, _listed(lists))
        found = {
            name
            for known in lists
            for name in _listed([known])
            if widest(known.policy, name, profile=profile) >= 0
        }
        named = [name for name in profile.thresholds if name in found]
        files = tuple(dict.fromkeys(file for known in lists for file in known.files))
        return cls(lists, profile, (*named, *sorted(found - set(named))), files)


def _listed(lists: Iterable[KnownList]) -> set[str]:
    """The algorithms of the hashes on these lists that can be compared."""
    return {name for known in lists for part in known.parts for name in part.segment.algorithms}


class Matcher:
    """What is known, ready to be met.

    Hashes below the profile's minimum quality, on either side, are not matched; nor are the
    hashes of pictures of which too little could be decoded, and those of which not all could be
    are at most probable. Besides the readings that an item has, the photographic negative of each
    upright one is looked for.
    """

    def __init__(
        self, known: Known, *, profile: Profile | str = DEFAULT, proofs: Proofs | None = None
    ) -> None:
        """Build or open what searches the lists.

        Args:
            known: an index, a hash list as `read_list` gives it, the path of either, or several.
            profile: thresholds and minimum qualities, or the name of a profile.
            proofs: every file of an index must be proven before anything is matched, now or
                before, as these say: `Proofs()` keeps none, `Proofs.of_user()` are those that the
                commands `match` and `lookup` keep.
                With None, large files are only checked as far as they are read, unless `prove`
                is called.

        Raises:
            DamagedIndexError: an index cannot be opened.
            ListFormatError: a hash list cannot be read.
            TypeError: what is known or the profile is something else.
            UnknownNameError: no such profile, or a threshold for an algorithm that nobody knows.
        """
        self._chosen = get_profile(profile)
        found = opened(known)
        self.index: Index | None = None if isinstance(found, tuple) else found
        self._lists = found if isinstance(found, tuple) else ()
        self._proofs = proofs
        self._proven: tuple[KnownList, ...] = ()
        self._terms: _Terms | None = None
        self._coverage: tuple[_Terms, tuple[ListCoverage, ...]] | None = None
        check_algorithms((*self._chosen.thresholds, *self._chosen.probable), _listed(self.lists))

    @property
    def profile(self) -> Profile:
        """Thresholds and minimum qualities; of hashers where the profile given names none."""
        return self._current().profile

    @property
    def lists(self) -> tuple[KnownList, ...]:
        """The hash lists in force."""
        return self._lists if self.index is None else self.index.lists

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The perceptual algorithms that can match: on a list, and with a threshold for it."""
        return self._current().algorithms

    @property
    def coverage(self) -> tuple[ListCoverage, ...]:
        """What of each list can match and what cannot, with the reasons."""
        terms = self._current()
        if self._coverage is None or self._coverage[0] is not terms:
            found = tuple(coverage_of(known, profile=terms.profile) for known in terms.lists)
            self._coverage = terms, found
        return self._coverage[1]

    @property
    def sampling(self) -> Sampling:
        """Which frames of videos to hash in order to meet these lists, for `HashOptions`.

        `adaptive` where a list holds videos that move by few frames, as one a second; a copy that
        is sampled between them shares none with it. `query` otherwise.
        """
        sparse = FRAMES in self.algorithms and any(
            part.segment.is_sparse(FRAMES) for known in self.lists for part in known.parts
        )
        return "adaptive" if sparse else "query"

    def _current(self) -> "_Terms":
        """What follows from the profile and the lists in force."""
        lists = self.lists
        if self._terms is None or self._terms.lists is not lists:
            self._terms = _Terms.of(self._chosen, lists)
        return self._terms

    def refresh(self) -> bool:
        """Go on to the newest generation of the index, and say whether there was a newer one."""
        return self.index is not None and self.index.refresh()

    def match(self, subject: Subject | str) -> tuple[Match, ...]:
        """The matches of one item, picture, hash, set of digests or text, the nearest first.

        Raises:
            HashFormatError: text that is no hash or digest, as `pdq:f8f8…` or `sha256:…`.
            TypeError: anything else.
        """
        return self.match_many([subject])[0]

    def match_many(self, subjects: Iterable[Subject | str]) -> list[tuple[Match, ...]]:
        """The matches of each of many subjects, searched together, the nearest first.

        An entry that several readings or algorithms meet counts once, by the nearest; equal
        bytes come before any perceptual match.

        Raises:
            HashFormatError: as `match`.
            TypeError: as `match`, or a single subject instead of several.
            DamagedIndexError: an index is damaged, or was changed in place.
        """
        self.prove_once()
        found = self._matched([subject_of(each) for each in subjects_of(subjects)])
        self.confirm()
        return found

    @property
    def files(self) -> tuple[HeldFile, ...]:
        """The files of indexes that are in force, each once; none of lists in memory."""
        return self._current().files

    @property
    def index_facts(self) -> dict[str, Json]:
        """What binds a result to the indexes in force, for the record; empty without an index.

        `files` has the SHA-256 of each of their files, by its path; `lists` for each list the
        SHA-256 of the publisher's files, and of the entries as each was imported.
        """
        if not self.files:
            return {}
        return {
            "files": {str(file.path): file.sha256 for file in self.files},
            "lists": {
                known.name: [
                    {"file": each.sha256, "entries": each.entries_sha256} for each in known.sources
                ]
                for known in self.lists
            },
        }

    def confirm(self) -> None:
        """Nothing, if the files of all indexes are as they were opened.

        `match` and `match_many` do so before they give a result.

        Raises:
            DamagedIndexError: one was overwritten or cut in place.
        """
        for file in self._current().files:
            file.confirm()
        if self._proofs is not None:
            # A proof that was kept says nothing of what was changed since.
            for segment in self._segments():
                if not (segment.file is None or segment.file.held.is_identical()):
                    segment.prove()

    def prove(self) -> None:
        """Compare the SHA-256 of every file of indexes, and what searches entries with the entries.

        It takes about a second for a million hashes. From then on all is in memory, and no change
        of a file can change a result.

        Raises:
            DamagedIndexError: one is not as it was written.
        """
        for segment in self._segments():
            segment.prove()

    @property
    def proves(self) -> bool:
        """Whether nothing is matched before all files of indexes are proven."""
        return self._proofs is not None

    def prove_once(self) -> None:
        """As `prove`, but for files that were proven before, as `proofs` say; nothing without them.

        `match` and `match_many` do so before they search.

        Raises:
            DamagedIndexError: one is not as it was written.
        """
        if self._proofs is not None and self._proven is not self.lists:
            lists = self.lists
            prove(self._segments(), self._proofs)
            self._proven = lists

    def _segments(self) -> Iterator[Segment]:
        """What the lists in force lie in."""
        for known in self.lists:
            yield from (part.segment for part in known.parts)

    def _matched(self, subjects: Sequence[Subject]) -> list[tuple[Match, ...]]:
        terms = self._current()
        lists, profile = terms.lists, terms.profile
        best: list[dict[_Key, Match]] = [{} for _ in subjects]
        collided: list[dict[_Key, Match]] = [{} for _ in subjects]
        for number, subject in enumerate(subjects):
            for key, match in _exact(lists, digests_of(subject), profile):
                collides = match.kind is MatchKind.COLLISION
                (collided if collides else best)[number].setdefault(key, match)
        if FRAMES in terms.algorithms:
            _watch(terms, subjects, best)
        for algorithm in terms.algorithms:
            queries = [
                query
                for number, subject in enumerate(subjects)
                for query in _queries(number, subject, algorithm, profile)
            ]
            if queries:
                _search(terms, algorithm, queries, best)
        return [
            _settled(
                [*_described(lists, found), *_described(lists, colliding)], digests_of(subject)
            )
            for subject, found, colliding in zip(subjects, best, collided, strict=True)
        ]


def _exact(
    lists: Sequence[KnownList], digests: Digests, profile: Profile
) -> Iterator[tuple[_Key, Match]]:
    """Entries that share a digest, by the strongest that is equal first.

    An entry of which another digest differs is of other bytes: its digest collides, by chance or
    on purpose, or the list is wrong.
    """
    for name, value in digests.items():
        digest = bytes.fromhex(value)
        for at, known in enumerate(lists):
            for place, part in enumerate(known.parts):
                for row in part.segment.exact(name, digest):
                    if row not in part.withdrawn:
                        rule = rule_for(known, part, row, "", profile=profile)
                        equal = digests.agrees_with(part.segment.table.digests_of(row))
                        kind = MatchKind.EXACT if equal else MatchKind.COLLISION
                        match = match_of(known, part, row, rule, kind=kind, algorithm=name)
                        match = replace(match, entry_hash=f"{name}:{value}")
                        if not equal:
                            match = replace(match, known_good=False, suppressed=True)
                        yield (at, place, row), match


def _watch(terms: "_Terms", subjects: Sequence[Subject], best: "list[dict[_Key, Match]]") -> None:
    """Match the videos among the subjects."""
    videos = {
        number: image
        for number, subject in enumerate(subjects)
        if isinstance(image := image_of(subject), VideoHashes)
    }
    if not videos:
        return
    search = VideoSearch(terms.lists, videos, profile=terms.profile)
    for number, key, match in search.matches():
        found = best[number]
        if key not in found or _nearness(match) < _nearness(found[key]):
            found[key] = _as_watched(match, videos[number])


def _as_watched(match: Match, video: VideoHashes) -> Match:
    """The match, with how much of the video was read, and whether its times are estimates."""
    estimated = TIMES_ESTIMATED in video.flags
    segments = tuple(replace(each, times_estimated=estimated) for each in match.segments)
    return replace(match, fraction=video.fraction, segments=segments)


def _queries(number: int, subject: Subject, algorithm: str, profile: Profile) -> Iterator[_Query]:
    if isinstance(subject, Hash):
        if subject.algorithm == algorithm:
            yield _Query(number, subject)
        return
    image = image_of(subject)
    if image is None:
        return
    # The frames of a film `_watch` looks for; pictures that lie in its file are looked for here.
    moves = isinstance(image, VideoHashes) and algorithm == FRAMES
    least = profile.quality_of(algorithm)
    for reading in image.readings:
        known = reading.hash
        if known.algorithm != algorithm or reading.quality < least:
            continue
        if moves and reading.time is not None:
            continue
        # What of a film could be decoded says nothing of its cover.
        fraction = 1.0 if reading.part in (BEHIND, COVER) else image.fraction
        if fraction < profile.probable_fraction:
            continue
        seen = image.mode, fraction
        yield _Query(number, known, reading, False, *seen)  # noqa: FBT003 (not the negative)
        if reading.orientation is Orientation.UPRIGHT:
            yield _Query(number, ~known, reading, True, *seen)  # noqa: FBT003 (the negative)


def _search(
    terms: "_Terms",
    algorithm: str,
    queries: Sequence[_Query],
    best: "list[dict[_Key, Match]]",
) -> None:
    codes = Hash.pack([query.hash for query in queries])
    for at, known in enumerate(terms.lists):
        farthest = widest(known.policy, algorithm, profile=terms.profile)
        if farthest < 0:
            continue
        for place, part in enumerate(known.parts):
            if algorithm not in part.segment.algorithms:
                continue
            near = part.segment.near(algorithm, codes, farthest)
            timed: dict[tuple[int, int], list[tuple[str, float, int]]] = {}
            for query, row, known_hash, match in _met(
                known, part, algorithm, queries, near, profile=terms.profile
            ):
                found = best[query.subject]
                key = at, place, row
                if known_hash.time is not None:
                    met = known_hash.part, known_hash.time, match.distance
                    timed.setdefault((query.subject, row), []).append(met)
                if key not in found or _is_better(match, found[key]):
                    found[key] = match
            for (number, row), all_met in timed.items():
                match = best[number][at, place, row]
                if match.kind is MatchKind.PERCEPTUAL and match.algorithm == algorithm:
                    segments = stretches(part.segment.frames(algorithm, row), all_met)
                    best[number][at, place, row] = replace(match, segments=segments)


def _met(
    known: KnownList,
    part: Standing,
    algorithm: str,
    queries: Sequence[_Query],
    near: Near,
    *,
    profile: Profile,
) -> Iterator[tuple[_Query, int, KnownHash, Match]]:
    """What of the neighbours counts, after policy."""
    stands = part.stands(near.rows)
    for at in stands.nonzero()[0].tolist():
        query, row = queries[near.queries[at]], int(near.rows[at])
        distance = int(near.distances[at])
        rule = rule_for(known, part, row, algorithm, profile=profile)
        quality = int(near.qualities[at])
        least = band_of(
            rule,
            distance,
            query.quality,
            quality,
            algorithm=algorithm,
            profile=profile,
            whole=query.fraction >= profile.minimum_fraction,
        )
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
                fraction=query.fraction,
                entry_hash=str(known_hash.hash),
            ),
        )


def _described(lists: Sequence[KnownList], found: "dict[_Key, Match]") -> Iterator[Match]:
    """Matches with what the publisher says of their entries, read for those that count alone."""
    for (at, place, row), match in found.items():
        table = lists[at].parts[place].segment.table
        yield replace(match, entry_digests=table.digests_of(row), details=table.details_of(row))


def _settled(matches: Iterable[Match], digests: Digests) -> tuple[Match, ...]:
    """The nearest first; near hashes raise nothing about bytes that are known to be harmless.

    That bytes are known takes more than an MD5 or a SHA-1 alone, which others can be made to
    share: anybody could hide a picture behind a harmless file of a public list.
    """
    found = sorted(matches, key=_nearness)
    exact = [each for each in found if each.kind is MatchKind.EXACT]
    proven = any(each.known_good and digests.proves_equal(each.entry_digests) for each in exact)
    if proven and all(each.known_good for each in exact):
        found = [
            replace(each, suppressed=not each.known_good)
            if each.kind is not MatchKind.EXACT
            else each
            for each in found
        ]
    return tuple(found)


def _is_better(match: Match, found: Match) -> bool:
    """Whether the match of a picture should stand for what was found already.

    Where in time a film meets the entry is not given up for a picture in it that is as sure.
    """
    if found.segments and found.band is match.band and not match.segments:
        return False
    return _nearness(match) < _nearness(found)


def _nearness(match: Match) -> tuple[bool, bool, bool, bool, float, str, str, int]:
    return (
        match.kind is MatchKind.COLLISION,
        match.kind is not MatchKind.EXACT,
        match.band is not Band.MATCH,
        bool(match.segments) and match.segments[0].grade is not Grade.STRONG,
        # Of hashes of several algorithms, the one that differs in the smaller share of its bits.
        match.distance / (bits_of(match.algorithm) or 1),
        match.list,
        match.entry,
        match.number,
    )
