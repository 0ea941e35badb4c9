"""Items meet hash lists: digests first, then every reading of every picture."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hashmatch.errors import AlgorithmMismatchError
from hashmatch.hashlists.base import HashList
from hashmatch.index.flat import FlatIndex
from hashmatch.model import Entry, Hash, ImageHashes, Item, Match, MatchKind, Reading, bits_of
from hashmatch.profiles import DEFAULT, Profile


@dataclass(frozen=True, slots=True)
class _Owner:
    """An entry and the list it is on."""

    name: str
    entry: Entry

    def match(self, kind: MatchKind, algorithm: str, distance: int, threshold: int) -> Match:
        return Match(
            list=self.name,
            entry=self.entry.id,
            category=self.entry.category,
            kind=kind,
            algorithm=algorithm,
            distance=distance,
            threshold=threshold,
            entry_quality=self.entry.quality if kind is MatchKind.PERCEPTUAL else None,
        )


class Matcher:
    """What is known, ready to be met.

    Hashes below the profile's minimum quality, on either side, are not matched; nor are the
    hashes of pictures of which too little could be decoded.
    """

    def __init__(self, lists: Iterable[HashList], *, profile: Profile = DEFAULT) -> None:
        """Build the tables and the indexes.

        Args:
            lists: hash lists, as `read_list` gives them.
            profile: thresholds and minimum qualities.

        Raises:
            AlgorithmMismatchError: the profile has a threshold for opaque hashes.
        """
        self.lists = tuple(lists)
        self.profile = profile
        self._digests: dict[tuple[str, str], list[_Owner]] = {}
        self._hashes: dict[str, tuple[FlatIndex, list[_Owner]]] = {}
        rows: dict[str, list[tuple[Hash, _Owner]]] = {name: [] for name in profile.thresholds}
        opaque = [name for name in profile.thresholds if bits_of(name) is None]
        if opaque:
            msg = f"hashes of {', '.join(opaque)} are opaque: they have no threshold"
            raise AlgorithmMismatchError(msg)
        for name, hash_list in zip(_distinct_names(self.lists), self.lists, strict=True):
            for entry in hash_list.entries:
                owner = _Owner(name, entry)
                for digest in entry.digests.items():
                    self._digests.setdefault(digest, []).append(owner)
                if entry.quality is not None and entry.quality < profile.minimum_quality:
                    continue
                for known in entry.hashes:
                    if known.algorithm in rows:
                        rows[known.algorithm].append((known, owner))
        for algorithm, found in rows.items():
            if found:
                codes = Hash.pack([known for known, _ in found])
                self._hashes[algorithm] = FlatIndex(codes), [owner for _, owner in found]

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The perceptual algorithms that can match: on a list, and with a threshold."""
        return tuple(self._hashes)

    def match(self, item: Item | ImageHashes) -> tuple[Match, ...]:
        """The matches of one item or picture, the nearest first."""
        return self.match_many([item])[0]

    def match_many(self, items: Sequence[Item | ImageHashes]) -> list[tuple[Match, ...]]:
        """The matches of each of many items, searched together, the nearest first.

        An entry that several readings or algorithms meet counts once, by the nearest; equal
        bytes come before any perceptual match.
        """
        whole = [Item("", image=each) if isinstance(each, ImageHashes) else each for each in items]
        best: list[dict[tuple[str, int], Match]] = [{} for _ in items]
        for item, found in zip(whole, best, strict=True):
            for name, digest in item.digests.items():
                for owner in self._digests.get((name, digest), ()):
                    match = owner.match(MatchKind.EXACT, name, 0, 0)
                    found.setdefault((owner.name, id(owner.entry)), match)
        for algorithm in self._hashes:
            self._search(algorithm, whole, best)
        return [tuple(sorted(found.values(), key=_nearness)) for found in best]

    def _search(
        self, algorithm: str, items: Sequence[Item], best: list[dict[tuple[str, int], Match]]
    ) -> None:
        index, owners = self._hashes[algorithm]
        threshold = self.profile.thresholds[algorithm]
        queries = [
            (number, reading)
            for number, item in enumerate(items)
            for reading in self._matchable(item.image, algorithm)
        ]
        if not queries:
            return
        near = index.search(Hash.pack([reading.hash for _, reading in queries]), threshold)
        for query, row, distance in zip(near.queries, near.rows, near.distances, strict=True):
            number, reading = queries[query]
            owner = owners[row]
            key = owner.name, id(owner.entry)
            known = best[number].get(key)
            if known is None or (known.kind is MatchKind.PERCEPTUAL and distance < known.distance):
                best[number][key] = _with_reading(
                    owner.match(MatchKind.PERCEPTUAL, algorithm, int(distance), threshold), reading
                )

    def _matchable(self, image: ImageHashes | None, algorithm: str) -> list[Reading]:
        if image is None or image.fraction < self.profile.minimum_fraction:
            return []
        return [
            reading
            for reading in image.readings
            if reading.hash.algorithm == algorithm
            and reading.quality >= self.profile.minimum_quality
        ]


def _distinct_names(lists: Sequence[HashList]) -> list[str]:
    """The lists' names; those that share one are told apart by the start of their SHA-256."""
    shared = Counter(hash_list.name for hash_list in lists)
    return [
        f"{each.name}@{each.sha256[:8]}" if shared[each.name] > 1 else each.name for each in lists
    ]


def _with_reading(match: Match, reading: Reading) -> Match:
    return replace(
        match,
        orientation=reading.orientation,
        alpha=reading.alpha,
        frame=reading.frame,
        quality=reading.quality,
    )


def _nearness(match: Match) -> tuple[bool, int, str, str]:
    return match.kind is not MatchKind.EXACT, match.distance, match.list, match.entry
