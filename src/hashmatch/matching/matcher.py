"""Matching of items with hash lists: digests first, then every reading of every picture."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hashmatch.coverage import ListCoverage
from hashmatch.index.held import HeldFile
from hashmatch.index.policies import check_algorithms
from hashmatch.index.proofs import Proofs, prove
from hashmatch.index.reading import KnownList
from hashmatch.index.segment import Segment
from hashmatch.matching.best import BestMatches
from hashmatch.matching.coverage import coverage_of
from hashmatch.matching.exact import same_digest, settled
from hashmatch.matching.facts import index_facts
from hashmatch.matching.known import Known, Recipe, opened
from hashmatch.matching.patches import has_patches, search_patches
from hashmatch.matching.pictures import search_pictures
from hashmatch.matching.radius import Radius, radius_of
from hashmatch.matching.regions import known_hashes, search_regions
from hashmatch.matching.rules import widest
from hashmatch.matching.subjects import Subject, digests_of, media_of, subject_of, subjects_of
from hashmatch.matching.thresholds import completed
from hashmatch.matching.videos import VideoSearch
from hashmatch.matching.views import ALGORITHM as FRAMES
from hashmatch.model import Json, Match, MatchKind, MediaHashes, Sampling
from hashmatch.model.flags import Flag
from hashmatch.model.region import Tier, tiers_of
from hashmatch.profiles import DEFAULT, Profile, get_profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from hashmatch.index.index import Index


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
        self,
        known: Known,
        *,
        profile: Profile | str = DEFAULT,
        proofs: Proofs | None = None,
        tiers: Iterable[Tier | str] = (Tier.WHOLE,),
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
            tiers: how hard known pictures are looked for in pictures that it hashes. Regions that
                it is given are matched all the same.

        Raises:
            DamagedIndexError: an index cannot be opened.
            ListFormatError: a hash list cannot be read.
            TypeError: what is known or the profile is something else.
            UnknownNameError: no such profile, or a threshold for an algorithm that nobody knows.
        """
        self._chosen = get_profile(profile)
        self._tiers = tiers_of(tiers)
        self._known = opened(known)
        self._lists, self._generations = self._known.lists(), self._known.generations
        self._proofs = proofs
        self._proven: tuple[KnownList, ...] = ()
        self._terms: _Terms | None = None
        self._coverage: tuple[_Terms, tuple[ListCoverage, ...]] | None = None
        check_algorithms((*self._chosen.thresholds, *self._chosen.probable), _listed(self.lists))

    def __repr__(self) -> str:
        kind, lists = type(self).__name__, len(self.lists)
        return f"<{kind} of {lists} lists, profile {ascii(self._chosen.name[:40])[:80]}>"

    @property
    def index(self) -> "Index | None":
        """The index, if nothing else is known."""
        return self._known.index

    @property
    def indexes(self) -> "tuple[Index, ...]":
        """All indexes, in the order in which they were given; none of lists in memory."""
        return self._known.indexes

    def close(self) -> None:
        """Close the indexes that it opened by their paths; a second time does nothing.

        An `Index` that it was given is closed by whoever opened it.
        """
        for index in self._known.own:
            index.close()

    def __enter__(self) -> "Self":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> "tuple[Callable[..., Matcher], tuple[object, ...]]":
        """It is pickled by what it was given: indexes and list files by path, all else by value.

        Unpickling raises `KnownChangedError` where that index or file is another one by then.
        """
        known = self._known.pinned
        return _reopened, (type(self), known, self._chosen, self._proofs, self._tiers)

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """How hard known pictures are looked for: without patches where no list has any."""
        if Tier.PATCHES in self._tiers and not has_patches(self.lists):
            return tuple(each for each in self._tiers if each is not Tier.PATCHES)
        return self._tiers

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
            found = tuple(
                coverage_of(known, profile=terms.profile, tiers=self.tiers) for known in terms.lists
            )
            self._coverage = terms, found
        return self._coverage[1]

    def radius(self, tier: Tier, tried: int) -> Radius:
        """How near parts of pictures must be.

        Args:
            tier: beyond the whole picture.
            tried: how many codes of it a picture has.
        """
        return radius_of(self.profile, tier, known=known_hashes(self.lists), tried=tried)

    @property
    def sampling(self) -> Sampling:
        """Which frames of videos to hash in order to match these lists, for `HashOptions`.

        `adaptive` where a list holds videos that move by few frames, as one a second; a copy that
        is sampled between them shares none with it. `query` otherwise.
        """
        sparse = FRAMES in self.algorithms and any(
            part.segment.is_sparse(FRAMES) for known in self.lists for part in known.parts
        )
        return Sampling.ADAPTIVE if sparse else Sampling.QUERY

    def _current(self) -> "_Terms":
        """What follows from the profile and the lists in force."""
        lists = self.lists
        if self._terms is None or self._terms.lists is not lists:
            self._terms = _Terms.of(self._chosen, lists)
        return self._terms

    def refresh(self) -> bool:
        """Go on to the newest generation of every index, and say whether any had a newer one.

        Of several indexes none is gone on to before all could be opened.

        Raises:
            DamagedIndexError: one is damaged; all that was known before stays in force.
        """
        if self.index is not None:
            return self.index.refresh()
        for index in self.indexes:
            index.refresh()
        if self._known.generations == self._generations:
            return False
        self._lists, self._generations = self._known.lists(), self._known.generations
        return True

    def match(self, subject: Subject | str) -> tuple[Match, ...]:
        """The matches of one item, picture, hash, set of digests or text, the nearest first.

        Raises:
            HashFormatError: text that is no hash or digest, as `pdq:f8f8…` or `sha256:…`.
            TypeError: anything else.
        """
        return self.match_many([subject])[0]

    def match_many(self, subjects: Iterable[Subject | str]) -> list[tuple[Match, ...]]:
        """The matches of each of many subjects, searched together, the nearest first.

        An entry that several readings or algorithms match counts once: by equal bytes, else by the
        surest, and of those as sure by the nearest (see `hashmatch.matching.best`).

        Raises:
            HashFormatError: as `match`.
            TypeError: as `match`, or a single subject instead of several.
            DamagedIndexError: an index is damaged, or was changed in place.
            ClosedIndexError: an index was closed.
        """
        return self._confirmed([subject_of(each) for each in subjects_of(subjects)])

    def _confirmed(self, subjects: Sequence[Subject]) -> list[tuple[Match, ...]]:
        """The matches of each, of files that are proven as was asked for, and still the same."""
        self.prove_once()
        found = self._matched(subjects)
        self.confirm()
        return found

    @property
    def files(self) -> tuple[HeldFile, ...]:
        """The files of indexes that are in force, each once; none of lists in memory."""
        return self._current().files

    @property
    def index_facts(self) -> dict[str, Json]:
        """What binds a result to the indexes in force, for the record; empty without an index.

        `generations` has the number of each index, by its folder; `files` the SHA-256 of each of
        their files, by its path; `lists` for each list the SHA-256 of the publisher's files, and of
        the entries as each was imported.
        """
        return index_facts(self.files, self.lists)

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
        """Do what `prove` does, except for files that `proofs` say were proven before.

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
        best: list[BestMatches] = []
        collided: list[BestMatches] = []
        for subject in subjects:
            exact, others = BestMatches(), BestMatches()
            for key, match in same_digest(lists, digests_of(subject), profile):
                (exact if match.kind is MatchKind.EXACT else others).add(key, match)
            best.append(exact)
            collided.append(others)
        if FRAMES in terms.algorithms:
            _watch(terms, subjects, best)
        for algorithm in terms.algorithms:
            search_pictures(lists, algorithm, subjects, best, profile=profile)
        search_regions(lists, subjects, best, profile=profile)
        search_patches(lists, subjects, best, profile=profile)
        return [
            settled([*_described(lists, found), *_described(lists, colliding)], digests_of(subject))
            if found or colliding
            else ()
            for subject, found, colliding in zip(subjects, best, collided, strict=True)
        ]


def _reopened(
    kind: type[Matcher],
    recipes: tuple[Recipe, ...],
    profile: Profile,
    proofs: Proofs | None,
    tiers: tuple[Tier, ...],
) -> Matcher:
    """The matcher that was pickled."""
    return kind(recipes, profile=profile, proofs=proofs, tiers=tiers)  # type: ignore[arg-type]


def _watch(terms: _Terms, subjects: Sequence[Subject], best: Sequence[BestMatches]) -> None:
    """Match the videos among the subjects."""
    videos = {
        number: media
        for number, subject in enumerate(subjects)
        if (media := media_of(subject)) is not None and media.is_video
    }
    if not videos:
        return
    search = VideoSearch(terms.lists, videos, profile=terms.profile)
    for number, key, match, nearest in search.matches():
        best[number].offer(key, _as_watched(match, videos[number]), nearest=nearest)


def _as_watched(match: Match, video: MediaHashes) -> Match:
    """The match, with how much of the video was read, and whether its times are estimates."""
    estimated = Flag.TIMES_ESTIMATED in video.flags
    segments = tuple(replace(each, times_estimated=estimated) for each in match.segments)
    return replace(match, fraction=video.fraction, segments=segments)


def _described(lists: Sequence[KnownList], found: BestMatches) -> Iterator[Match]:
    """Matches with what the publisher says of their entries, read for those that count alone."""
    for (at, place, row), match in found.items():
        table = lists[at].parts[place].segment.table
        yield replace(match, entry_digests=table.digests_of(row), details=table.details_of(row))
