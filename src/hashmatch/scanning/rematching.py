"""What is on record, matched again with other lists or another profile; no evidence is read.

A rematch finds what a scan from nothing with the same lists would find, as far as hashes and
digests are on record. What is not on record is named and counted: hashes of other algorithms,
codes of slight cuts, of framing hypotheses and of patches, frames of videos that these lists
ask for.
"""

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

import numpy as np

from hashmatch import registry
from hashmatch.errors import DamagedDatabaseError
from hashmatch.matching.matcher import Matcher
from hashmatch.matching.sieve import Sieve
from hashmatch.model import ItemStatus, Json, Match, MediaHashes, Sampling, Tier
from hashmatch.scanning.binding import run_config
from hashmatch.scanning.engine import check_matchable
from hashmatch.search.loaded import kernels
from hashmatch.sightings.database import Database
from hashmatch.sightings.rematch_records import Matched
from hashmatch.sightings.rematching import ItemOnRecord, PlainHashes, Rematch, ScanOnRecord
from hashmatch.wording import number_of

_TIERS: Final = (Tier.WHOLE.value, Tier.REGIONS.value)
"""What is on record, and so is matched."""

_TOGETHER: Final = 512
"""Items that may match, and are matched together."""


@dataclass(frozen=True, slots=True)
class Found:
    """Matches of one item.

    Attributes:
        scan: that recorded the item.
        item: its number.
        locator: where it lies.
        matches: all of them, whether they are on record already or not.
        new: those that were not.
    """

    scan: ScanOnRecord
    item: int
    locator: str
    matches: tuple[Match, ...]
    new: tuple[Match, ...]


@dataclass(slots=True)
class Rematched:
    """What a rematch did.

    Attributes:
        id: of the rematch on record; 0 where nothing was put on record.
        items: that were matched.
        scans: that were matched to their end, with what became of their items.
        new: sightings that were not on record.
        matches: reportable ones, whether they were on record or not.
        matched: items with one.
        lacking: what of each scan is not on record and these lists ask for.
        skipped: scans that were not matched, with the reason.
        interrupted: whether it was stopped before its end.
    """

    id: int = 0
    items: int = 0
    scans: list[tuple[ScanOnRecord, Matched]] = field(default_factory=list)
    new: int = 0
    matches: int = 0
    matched: int = 0
    lacking: dict[int, tuple[str, ...]] = field(default_factory=dict)
    skipped: list[tuple[ScanOnRecord, str]] = field(default_factory=list)
    interrupted: bool = False

    @property
    def total(self) -> Matched:
        """What became of all items together."""
        total = Matched()
        for _, each in self.scans:
            total = add(total, each)
        return total


REPLACED: Final = "a later scan replaces it"
ERASED: Final = "sightings were erased by order of a court, and would be recorded again"
MATCHED: Final = "matched before with the same lists and profile, and nothing was recorded since"


def rematch(
    database: Database,
    matcher: Matcher,
    *,
    case: str = "",
    exhibit: str = "",
    command: str = "",
    record: bool = True,
    despite_erasure: bool = False,
    stop: Callable[[], bool] = lambda: False,
    on_begin: Callable[[int], object] = lambda _: None,
    on_found: Callable[[Found], object] = lambda _: None,
    on_items: Callable[[int], object] = lambda _: None,
) -> Rematched:
    """Match everything on record, and put on record what is not yet.

    A sighting that is new is *retroactive*, and says so. What was recorded stays, whenever this is
    stopped or killed; started again it goes on, and records nothing twice.

    Args:
        database: open for writing, or for reading if nothing is to be recorded.
        matcher: what is known.
        case: whose items are matched; all by default.
        exhibit: of these, those of exhibits of this label.
        command: the command line; for the record.
        record: whether what is found goes on record.
        despite_erasure: whether scans are matched of which sightings were erased by order of a
            court.
        stop: asked after each page of items.
        on_begin: told how many items there are.
        on_found: told of each item that matches.
        on_items: told how many items were matched so far.

    Raises:
        NothingToMatchError: nothing that is known can match.
        DamagedIndexError: an index is damaged, or was changed in place.
        DamagedDatabaseError: what is on record is not as it was recorded.
        DatabaseError: it cannot be read or written.
    """
    check_matchable(matcher)
    matcher.prove()
    _prove(database)
    configuration = run_config(matcher, command=command)
    facts: dict[str, Json] = {"tiers": list(_TIERS), "indexes": matcher.index_facts}
    if loaded := kernels():
        facts["search"] = dict(loaded)
    one = database.rematch(configuration, facts)
    done, chosen = Rematched(), []
    for scan in one.scans(case=case, exhibit=exhibit):
        why = _why_not(scan, despite_erasure=despite_erasure)
        if why:
            done.skipped.append((scan, why))
        else:
            chosen.append(scan)
    on_begin(sum(scan.items for scan in chosen))
    if chosen and record:
        one.begin()
        done.id = one.id
    work = _Work(one, matcher, done, on_found, record=record)
    for scan in chosen:
        if not work.match(scan, stop, on_items):
            done.interrupted = True
            break
    matcher.confirm()
    return done


def _prove(database: Database) -> None:
    """Nothing, if all that is on record is as it was recorded: nothing else is worth matching.

    Raises:
        DamagedDatabaseError: it is not.
    """
    verdict = database.verify()
    if not verdict.passed:
        found = number_of(len(verdict.problems), "problem")
        how = f"hashmatch audit verify --db {shlex.quote(str(database.path))}"
        msg = f"nothing was matched, as verification of the record failed, with {found}: {how}"
        raise DamagedDatabaseError(msg)


def _why_not(scan: ScanOnRecord, *, despite_erasure: bool) -> str:
    if scan.replaced:
        return REPLACED
    if scan.erased and not despite_erasure:
        return ERASED
    return "" if scan.before is None else MATCHED


class _Work:
    """The work of one rematch."""

    def __init__(
        self,
        one: Rematch,
        matcher: Matcher,
        done: Rematched,
        on_found: Callable[[Found], object],
        *,
        record: bool,
    ) -> None:
        self._one = one
        self._matcher = matcher
        self._done = done
        self._on_found = on_found
        self._record = record
        self._sieve = Sieve(matcher.lists, matcher.profile)

    def match(
        self, scan: ScanOnRecord, stop: Callable[[], bool], on_items: Callable[[int], object]
    ) -> bool:
        """Match all items of a scan; whether it was not stopped."""
        total, new, seen, before = Matched(), 0, 0, self._done.matches
        for page in self._one.pages(scan.id):
            if stop():
                return False
            found = [(item, matches) for item, matches in self._matched(page) if matches]
            added, again = self._one.record(found, write=self._record)
            new += sum(map(len, added))
            total = add(total, again)
            for (item, matches), fresh in zip(found, added, strict=True):
                self._tell(scan, item, matches, fresh)
            total = add(total, _counted(page))
            seen += len(page)
            self._done.items += len(page)
            on_items(self._done.items)
        total = replace(
            total,
            without=_without(scan, self._matcher, total.hashed),
            reportable=self._done.matches - before,
        )
        lacking = self._done.lacking[scan.id] = lacking_of(scan, self._matcher)
        if self._record:
            ended = replace(scan, items=seen)
            self._one.finish(ended, sightings=new, matched=total, lacking=lacking)
        self._done.new += new
        self._done.scans.append((scan, total))
        return True

    def _tell(
        self,
        scan: ScanOnRecord,
        item: ItemOnRecord,
        matches: Sequence[Match],
        new: Sequence[Match],
    ) -> None:
        self._done.matches += sum(match.reportable for match in matches)
        self._done.matched += any(match.reportable for match in matches)
        where = self._one.locator(item.id)
        self._on_found(Found(scan, item.id, where, tuple(matches), tuple(new)))

    def _matched(
        self, page: Sequence[ItemOnRecord]
    ) -> Iterator[tuple[ItemOnRecord, Sequence[Match]]]:
        """The matches of the items that may have any; copies of the same bytes once."""
        alike: dict[tuple[object, ...], list[ItemOnRecord]] = {}
        for item in self._passing(page):
            alike.setdefault((item.picture, item.size, *item.digests), []).append(item)
        groups = list(alike.values())
        for start in range(0, len(groups), _TOGETHER):
            several = groups[start : start + _TOGETHER]
            subjects = [each[0].item(self._media(each[0])) for each in several]
            for items, matches in zip(several, self._matcher.match_many(subjects), strict=True):
                yield from ((item, matches) for item in items)

    def _media(self, item: ItemOnRecord) -> MediaHashes | None:
        return None if item.picture is None else self._one.media(item.picture)

    def _passing(self, page: Sequence[ItemOnRecord]) -> Iterator[ItemOnRecord]:
        """The items that something known may match; of videos and of pages with parts, all."""
        pictures = {item.picture for item in page if item.picture is not None}
        hashes, passing = self._one.hashes(pictures)
        for algorithm in self._matcher.algorithms:
            if algorithm in hashes:
                passing |= self._near(algorithm, hashes[algorithm])
        for item in page:
            if item.picture in passing or self._sieve.has_digest(item.named_digests):
                yield item

    def _near(self, algorithm: str, plain: PlainHashes) -> set[int]:
        """The pictures of which a hash may match."""
        codes = np.frombuffer(plain.codes, np.uint8).reshape(len(plain.pictures), -1)
        near = self._sieve.near(algorithm, codes, np.array(plain.upright, np.bool_))
        return set(np.array(plain.pictures, np.int64)[near].tolist())


def _counted(page: Sequence[ItemOnRecord]) -> Matched:
    """What items were matched by."""
    hashed = sum(item.picture is not None for item in page)
    by_digests = sum(item.picture is None and any(item.digests) for item in page)
    unreadable = [item for item in page if item.status == ItemStatus.UNREADABLE]
    return Matched(
        hashed=hashed,
        digests_only=by_digests,
        unreadable=len(unreadable),
        unmatched=sum(not any(item.digests) for item in unreadable),
    )


def _without(scan: ScanOnRecord, matcher: Matcher, hashed: int) -> dict[str, int]:
    """The algorithms that lists have, and that a scan computed no hashes of."""
    on_record = scan.options.get("algorithms", ())
    computed = registry.names("hashers")
    return {
        name: hashed
        for name in matcher.algorithms
        if hashed and name in computed and name not in on_record
    }


def lacking_of(scan: ScanOnRecord, matcher: Matcher) -> tuple[str, ...]:
    """What of a scan is not on record, although it computed it or these lists ask for it."""
    found = []
    tiers = scan.options.get("tiers", ())
    lost = [name for name in tiers if name not in _TIERS]
    if Tier.REGIONS.value in tiers:
        lost.insert(0, "slight cuts and turns")
    if lost:
        found.append(f"codes of {' and '.join(lost)} are on no record: only a scan computes them")
    sampling = str(scan.options.get("sampling", Sampling.QUERY))
    if matcher.sampling is Sampling.ADAPTIVE and sampling != Sampling.ADAPTIVE:
        found.append(
            f"frames of videos were chosen as {sampling}: a list of videos by few frames asks for "
            f"{Sampling.ADAPTIVE.value}, and copies that were hashed between them are not found"
        )
    return tuple(found)


def add(one: Matched, two: Matched) -> Matched:
    """Both together."""
    sums: dict[str, Any] = {
        each.name: getattr(one, each.name) + getattr(two, each.name)
        for each in fields(Matched)
        if each.name != "without"
    }
    return Matched(**sums, without={**Counter(one.without) + Counter(two.without)})
