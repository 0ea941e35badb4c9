"""Recall of altered copies of the user's own pictures, and how near different pictures come."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from hashmatch.bench.codes import synthetic
from hashmatch.bench.distances import codes_of, upright
from hashmatch.bench.impostors import Counts, curve, photo_pairs
from hashmatch.bench.listing import make_index
from hashmatch.bench.machine import machine, versions
from hashmatch.bench.making import AROUND, Made, Maker, batches, copy, hashed_or_reason
from hashmatch.bench.pictures import (
    SPLIT_SEED,
    Half,
    Picture,
    Pictures,
    dealt,
    read_pictures,
)
from hashmatch.bench.tally import Tally
from hashmatch.bench.tiers import TIERS, enrolled_of, fixed, looking_by, patches_of
from hashmatch.bench.transforms.base import Transform, suite
from hashmatch.errors import Reason, SourceError, UnreadableImageError
from hashmatch.hashing.items import HashOptions
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.index.index import Index
from hashmatch.limits import Limits
from hashmatch.matching.matcher import Matcher
from hashmatch.matching.thresholds import hasher_of
from hashmatch.model import Hash, KnownHash, MediaHashes, Tier, Unreadable
from hashmatch.profiles import DEFAULT, WIDE
from hashmatch.threads import in_order

if TYPE_CHECKING:
    from os import PathLike

    from hashmatch.sources.base import Found

_PDQ: Final = (31, 38, 46)


@dataclass(frozen=True, slots=True)
class RecallOptions:
    """What to measure.

    Attributes:
        algorithms: whose hashes; each is measured alone.
        tiers: how hard known pictures are looked for.
        thresholds: per algorithm, at which copies are looked up; the usual ones by default.
        groups: of alterations; all by default.
        seed: of the order of the pictures, of the alterations and of made-up hashes.
        known: how many pictures are known; of 0 only pairs of different pictures are measured.
        distractors: made-up hashes beside those of the other pictures.
        against: lists and indexes whose entries are distractors too.
        half: which pictures.
        enrolled: whether pictures are listed as `lists enrol` lists them, with further hashes.
        threads: pictures at a time; as many as cores by default.
        limits: of bytes and pixels per file.
    """

    algorithms: Sequence[str] = ("pdq",)
    tiers: Sequence[str] = TIERS[:1]
    thresholds: Mapping[str, Sequence[int]] = field(default_factory=dict)
    groups: Sequence[str] = ()
    seed: int = 0
    known: int = 100
    distractors: int = 0
    against: Sequence[Path] = ()
    half: Half = Half.ALL
    enrolled: bool = False
    threads: int | None = None
    limits: Limits = field(default_factory=Limits)

    def thresholds_of(self, algorithm: str) -> tuple[int, ...]:
        """Those at which copies are looked up, ascending."""
        given = self.thresholds.get(algorithm)
        if given:
            return tuple(sorted(set(given)))
        if algorithm == "pdq":
            return _PDQ
        hasher = hasher_of(algorithm)
        usual = DEFAULT.thresholds.get(algorithm, hasher.threshold if hasher else None)
        found = {each for each in (usual, WIDE.probable.get(algorithm)) if each is not None}
        return tuple(sorted(found or {0}))

    @property
    def hash_options(self) -> HashOptions:
        """How copies are hashed, as a scan hashes files."""
        options = HashOptions(self.algorithms, orientations=True, variants=True, limits=self.limits)
        return looking_by(options, self.tiers)


@dataclass(frozen=True, slots=True)
class Watch:
    """Who looks on.

    Attributes:
        counting: called with the files that are read, to count them.
        done: called with a unit, how many of it are done, and of how many.
        stop: asked now and then; whether to stop and give what was measured.
    """

    counting: "Callable[[Iterable[Found]], Iterable[Found]]" = iter
    done: Callable[[str, int, int], object] = lambda unit, done, total: None  # noqa: ARG005
    stop: Callable[[], bool] = lambda: False


def measure_recall(
    places: "Sequence[str | PathLike[str]]",
    options: RecallOptions | None = None,
    *,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """Recall, false matches and distances, as JSON; what was measured where it was stopped.

    Every copy is made in memory, encoded, and hashed as a file; it is looked up in an index of
    plain hashes in a temporary folder, which holds no picture. Nothing else is written.

    Args:
        places: folders and files with ordinary pictures of the user.
        options: what to measure.
        watch: who looks on.

    Raises:
        SourceError: a place cannot be opened, or there are too few pictures.
        ListFormatError, DamagedIndexError: what is given as `against` cannot be read.
        UnknownNameError: an algorithm, tier or group that nobody knows.
    """
    options, watch = options or RecallOptions(), watch or Watch()
    alterations = suite(options.seed, options.groups)
    hashing = options.hash_options
    _ = hashing.hashers  # an unknown name is told before anything is read
    with ExitStack() as stack:
        against = [_opened(each, stack) for each in options.against]
        found = read_pictures(
            places, seed=options.seed, half=options.half, limits=options.limits,
            threads=options.threads, counting=watch.counting,
        )  # fmt: skip
        different = len({each.group for each in found.used})
        if different <= 2:  # noqa: PLR2004 (one is known, one lies around, one is another)
            msg = f"too few different pictures: {different} of three at least"
            raise SourceError(msg)
        run = _Run(options, watch, found, alterations)
        run.hash_originals(replace(hashing, variants=False, tiers=TIERS[:1]))
        run.compare_originals()
        run.copies(hashing, against)
        return run.result()


def _opened(path: Path, stack: ExitStack) -> Index | HashList:
    return stack.enter_context(Index(path)) if path.is_dir() else read_list(path)


class _Run:
    """One measurement."""

    def __init__(
        self,
        options: RecallOptions,
        watch: Watch,
        found: Pictures,
        alterations: Sequence[Transform],
    ) -> None:
        self._options, self._watch, self._found = options, watch, found
        self._suite = alterations
        self._known, self._around, self._others = dealt(found.used, options.known, AROUND)
        self._media: dict[str, MediaHashes] = {}
        self._further: dict[str, tuple[KnownHash, ...]] = {}
        self._pairs: dict[str, tuple[Counts, int]] = {}
        self._tallies: dict[str, Tally] = {}
        self._synthetic = self._faults = 0
        self._interrupted = False

    def _stopped(self) -> bool:
        self._interrupted = self._interrupted or self._watch.stop()
        return self._interrupted

    def hash_originals(self, options: HashOptions) -> None:
        """Hash the pictures as they are."""
        used = self._found.used

        def hashed(picture: Picture) -> MediaHashes | Unreadable:
            try:
                data = picture.read()
                patches = Tier.PATCHES in self._options.tiers
                if self._options.enrolled:
                    enrolled = enrolled_of(data, options.limits, patches=patches)
                    self._further[picture.sha256] = enrolled
                elif patches:
                    self._further[picture.sha256] = patches_of(data, options.limits)
            except (OSError, UnreadableImageError):
                return Unreadable(Reason.CHANGED, "it could be read before, and cannot be now")
            return hashed_or_reason(data, options)

        threads = self._options.threads
        for number, media in enumerate(in_order(hashed, used, threads=threads), 1):
            picture = used[number - 1]
            if isinstance(media, MediaHashes):
                self._media[picture.sha256] = media
            else:
                self._found.unread.append((picture.locator, media))
            self._watch.done("pictures", number, len(used))
            if self._stopped():
                break

    def _hashed(self, pictures: Iterable[Picture]) -> list[Picture]:
        return [each for each in pictures if each.sha256 in self._media]

    def compare_originals(self) -> None:
        """Count how near different pictures come."""
        hashed = [(each.group, self._media[each.sha256]) for each in self._hashed(self._found.used)]
        for algorithm in self._options.algorithms:
            least = DEFAULT.quality_of(algorithm)
            self._pairs[algorithm] = photo_pairs(hashed, algorithm, least, self._stopped)

    def copies(self, options: HashOptions, against: Sequence[Index | HashList]) -> None:
        """Make, hash and look up all altered copies, those of one picture after the other."""
        known = self._hashed(self._known)
        if not known or self._stopped():
            return
        with ExitStack() as stack:
            matchers = {
                algorithm: self._matchers(algorithm, known, against, stack)
                for algorithm in self._options.algorithms
            }
            maker = Maker(known, self._around or self._others, self._options.limits)
            tasks = [(number, each) for number in range(len(known)) for each in self._suite]
            work = partial(copy, maker=maker, options=options)
            made = in_order(work, tasks, threads=self._options.threads)
            for batch in batches(made):
                self._tell(batch, matchers)
                done = next(iter(self._tallies.values())).copies.total()
                self._watch.done("copies", done, len(tasks))
                if self._stopped():
                    break

    def _matchers(
        self,
        algorithm: str,
        known: Sequence[Picture],
        against: Sequence[Index | HashList],
        stack: ExitStack,
    ) -> dict[int, Matcher]:
        """The index of an algorithm, opened for each threshold."""
        options = self._options
        listed = [self._media[each.sha256] for each in known]
        others = [self._media[each.sha256] for each in self._hashed(self._others)]
        both = [each for media in (*listed, *others) for each in upright(media, algorithm)]
        made_up = synthetic(algorithm, options.distractors, Hash.pack(both), options.seed)
        self._synthetic = len(made_up)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="hashmatch-bench-")))
        both_kinds = (*known, *self._hashed(self._others))
        further = [self._further.get(each.sha256, ()) for each in both_kinds]
        index = make_index(
            folder, algorithm, listed, others, made_up, further=further, enrolled=options.enrolled
        )
        thresholds = options.thresholds_of(algorithm)
        self._tallies[algorithm] = Tally(
            algorithm,
            thresholds,
            codes_of([upright(each, algorithm) for each in (*listed, *others)]),
            DEFAULT.quality_of(algorithm),
        )
        return {
            bits: stack.enter_context(Matcher([index, *against], profile=fixed(algorithm, bits)))
            for bits in thresholds
        }

    def _tell(self, batch: "Sequence[Made]", matchers: Mapping[str, Mapping[int, Matcher]]) -> None:
        """Count a batch of copies."""
        good = [each for each in batch if isinstance(each.media, MediaHashes)]
        for each in batch:
            wrong = isinstance(each.media, Unreadable)
            self._faults += wrong and each.media.reason is Reason.INTERNAL_ERROR
        for algorithm, tally in self._tallies.items():
            for each in batch:
                tally.add(each.transform.id, each.number, each.media)
            for threshold, matcher in matchers[algorithm].items():
                found = matcher.match_many([each.media for each in good])  # type: ignore[misc]
                for each, matches in zip(good, found, strict=True):
                    tally.matched(threshold, each.transform.id, each.number, matches)

    def result(self) -> dict[str, Any]:
        """All that was measured."""
        options = self._options
        return {
            "bench": "recall",
            "version": 1,
            "interrupted": self._interrupted,
            "machine": machine(),
            "versions": versions(),
            "settings": {
                "seed": options.seed,
                "half": options.half.value,
                "split_seed": SPLIT_SEED,
                "tiers": list(options.tiers),
                "enrolled": options.enrolled,
                "algorithms": list(options.algorithms),
            },
            "pictures": {
                "used": len(self._found.used),
                "known": len(self._hashed(self._known)),
                "around": len(self._around),
                "others": len(self._hashed(self._others)),
                "synthetic": self._synthetic,
                "against": [str(each) for each in options.against],
                "left_out": self._found.left_out,
                "same": len(self._found.same),
                "unread": len(self._found.unread),
            },
            "unread": [
                {"picture": locator, "reason": why.reason.value}
                for locator, why in self._found.unread
            ],
            "faults": self._faults
            + sum(why.reason is Reason.INTERNAL_ERROR for _, why in self._found.unread),
            "results": [self._of(algorithm) for algorithm in self._pairs],
        }

    def _of(self, algorithm: str) -> dict[str, Any]:
        """What was measured of one algorithm."""
        counts, good = self._pairs[algorithm]
        found: dict[str, Any] = {
            "algorithm": algorithm,
            "thresholds": list(self._options.thresholds_of(algorithm)),
            "photos": {
                "pictures": good,
                "pairs": counts.pairs,
                "nearest": counts.nearest,
                "rule": counts.rule(),
                "rule_wide": counts.rule(1e-5),
                "within": {str(bits): pairs for bits, pairs in counts.steps().items()},
                "histogram": counts.at.tolist(),
            },
        }
        tally = self._tallies.get(algorithm)
        if tally is None or not tally.copies:
            return found
        wrong = [
            {"transform": name, "picture": self._known[number].locator, "list": listed,
             "entry": entry, "distance": distance}
            for name, number, listed, entry, distance in tally.examples
        ]  # fmt: skip
        return found | {
            "groups": tally.groups(self._suite),
            "transforms": tally.shares(self._suite),
            "wrong": {
                str(bits): {"copies": tally.wrong[bits], "matches": tally.matches[bits]}
                for bits in tally.thresholds
            },
            "wrong_matches": wrong,
            "impostors": {
                "pairs": tally.impostors.pairs,
                "nearest": tally.impostors.nearest,
                "histogram": tally.impostors.at.tolist(),
            },
            "genuine": {"missed": tally.missed, "histogram": tally.genuine.at.tolist()},
            "curve": curve(tally.genuine, tally.missed, tally.impostors, algorithm),
        }
