"""Matching of pictures, pages and single hashes with the hashes of entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from hashmatch.index.near import Near
from hashmatch.index.reading import KnownList, LiveSegment
from hashmatch.matching.best import BestMatches
from hashmatch.matching.queries import Queries, Query, queries_of
from hashmatch.matching.rules import band_of, match_of, rule_for, widest
from hashmatch.matching.stills import stretches
from hashmatch.matching.subjects import Subject
from hashmatch.model import Band, KnownHash, Match, MatchKind
from hashmatch.profiles import Profile


def search_pictures(
    lists: Sequence[KnownList],
    algorithm: str,
    subjects: Sequence[Subject],
    best: Sequence[BestMatches],
    *,
    profile: Profile,
) -> None:
    """Offer the matches of all readings of one algorithm, but for the frames of films.

    Args:
        lists: what is known.
        algorithm: of the hashes.
        subjects: what is looked for.
        best: takes the matches of each subject.
        profile: what counts.
    """
    if not any(algorithm in part.segment.algorithms for each in lists for part in each.parts):
        return
    queries = queries_of(subjects, algorithm, profile=profile)
    if queries is None:
        return
    for at, known in enumerate(lists):
        farthest = widest(known.policy, algorithm, profile=profile)
        if farthest < 0:
            continue
        for place, part in enumerate(known.parts):
            if algorithm not in part.segment.algorithms:
                continue
            near = part.segment.near(algorithm, queries.codes, farthest)
            timed = _Timed()
            for query, row, known_hash, match in _met(
                known, part, algorithm, queries, near, profile=profile
            ):
                best[query.subject].offer((at, place, row), match)
                timed.add(query.subject, row, known_hash, match)
            for (number, row), met in timed.met.items():
                segments = stretches(part.segment.frames(algorithm, row), met)
                best[number].add_segments((at, place, row), timed.bands[number, row], segments)


@dataclass(frozen=True, slots=True)
class _Timed:
    """Frames of known videos that matched, by subject and row.

    Attributes:
        met: part, seconds and distance of each.
        bands: the surest of them.
    """

    met: dict[tuple[int, int], list[tuple[str, float, int]]] = field(default_factory=dict)
    bands: dict[tuple[int, int], Band] = field(default_factory=dict)

    def add(self, subject: int, row: int, known_hash: KnownHash, match: Match) -> None:
        """Take up a match, if it is with a frame of a known video."""
        if known_hash.time is None:
            return
        met = known_hash.part, known_hash.time, match.distance
        self.met.setdefault((subject, row), []).append(met)
        if self.bands.get((subject, row)) is not Band.MATCH:
            self.bands[subject, row] = match.band


def _met(
    known: KnownList,
    part: LiveSegment,
    algorithm: str,
    queries: Queries,
    near: Near,
    *,
    profile: Profile,
) -> Iterator[tuple[Query, int, KnownHash, Match]]:
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
            flat_card=bool(near.flat_cards[at]),
        )
        if least is None:
            continue
        band, threshold = least
        known_hash = part.segment.table.known_hash(algorithm, int(near.numbers[at]))
        match = match_of(known, part, row, rule, kind=MatchKind.PERCEPTUAL, algorithm=algorithm)
        match = replace(match, distance=distance, threshold=threshold, band=band)
        yield query, row, known_hash, _of_query(match, query, known_hash)


def _of_query(match: Match, query: Query, known: KnownHash) -> Match:
    """A match with what is told of the two hashes."""
    reading = query.reading
    return replace(
        match,
        orientation=reading.orientation if reading else match.orientation,
        inverted=query.inverted,
        alpha=reading.alpha if reading else match.alpha,
        frame=reading.frame if reading else 0,
        mode=query.mode,
        quality=query.quality,
        part=known.part,
        entry_quality=known.quality,
        fraction=query.fraction,
        entry_hash=str(known.hash),
    )
