"""A scan: every file of a source is hashed, matched and accounted for."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, takewhile
from time import monotonic
from typing import TypeAlias

from hashmatch import registry
from hashmatch.errors import Reason
from hashmatch.hashing import HashOptions, hash_item
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.inorder import in_order
from hashmatch.known.index import Index
from hashmatch.limits import Limits
from hashmatch.matching import Matcher
from hashmatch.model import Item, ScanResult, ScanSummary
from hashmatch.profiles import DEFAULT, Profile
from hashmatch.sources.base import Found, Source

Against: TypeAlias = (
    "Matcher | Index | HashList | str | os.PathLike[str]"
    " | Sequence[Index | HashList | str | os.PathLike[str]]"
)
"""What is known: a matcher, or indexes, hash lists or paths of either, one or several."""

_BATCH = 64
_SECONDS = 0.5
"""The longest that a read item waits for others to be matched with."""

_SKIPPED = frozenset(
    {Reason.EMPTY, Reason.NOT_A_PICTURE, Reason.SYMBOLIC_LINK, Reason.SPECIAL_FILE}
)


def matcher_for(against: Against, *, profile: Profile = DEFAULT) -> Matcher:
    """A matcher of these hash lists.

    Raises:
        ListFormatError: a list cannot be read.
        DamagedIndexError: an index cannot be opened.
    """
    if isinstance(against, Matcher):
        return against
    several = [against] if isinstance(against, Index | HashList | str | os.PathLike) else against
    known = [
        each if isinstance(each, Index | HashList) else _opened(os.fspath(each)) for each in several
    ]
    if len(known) == 1 and isinstance(known[0], Index):
        return Matcher(known[0], profile=profile)
    lists = (each.lists if isinstance(each, Index) else [each] for each in known)
    return Matcher(chain.from_iterable(lists), profile=profile)


def _opened(path: str) -> Index | HashList:
    return Index(path) if Index.at(path) else read_list(path)


def iter_scan(
    evidence: str | os.PathLike[str] | Source,
    *,
    against: Against,
    profile: Profile = DEFAULT,
    limits: Limits | None = None,
    threads: int | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[ScanResult]:
    """Every file of the evidence with its matches, in the order of the evidence.

    Args:
        evidence: a folder, a file, or any source.
        against: what is known.
        profile: thresholds and minimum qualities.
        limits: of bytes, pixels and frames per file.
        threads: files at a time; as many as cores by default.
        stop: asked before each file; once it says so, no further file is read, and what was
            read is still matched and given.

    Raises:
        SourceError: the evidence cannot be opened.
        ListFormatError: a hash list cannot be read.
    """
    matcher = matcher_for(against, profile=profile)
    if isinstance(evidence, str | os.PathLike):
        source: Source = registry.find("sources", "folder")(evidence)
    else:
        source = evidence
    options = HashOptions(
        algorithms=matcher.algorithms or tuple(profile.thresholds),
        orientations=True,
        variants=True,
        limits=limits or Limits(),
    )
    wanted = takewhile(lambda _: not stop(), source)
    read = in_order(partial(_read, options=options), wanted, threads=threads)
    return _results(read, matcher)


def _results(items: Iterable[Item], matcher: Matcher) -> Iterator[ScanResult]:
    batch: list[Item] = []
    since = monotonic()
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH or monotonic() - since > _SECONDS:
            yield from map(ScanResult, batch, matcher.match_many(batch))
            batch, since = [], monotonic()
    yield from map(ScanResult, batch, matcher.match_many(batch))


def _read(found: Found, options: HashOptions) -> Item:
    if found.problem is not None:
        return Item(found.locator, unreadable=found.problem)
    return hash_item(found.path, options, locator=found.locator)


class Tally:
    """Counts the results of a scan as they come."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    def add(self, result: ScanResult) -> None:
        """Count one result."""
        item, counts = result.item, self._counts
        counts["items"] += 1
        counts["bytes"] += item.size or 0
        raised = sum(match.raised for match in result.matches)
        counts["matches"] += raised
        counts["matched"] += bool(raised)
        counts["known_good"] += any(match.known_good for match in result.matches)
        if item.image is not None:
            counts["hashed"] += 1
            counts["incomplete"] += not item.image.complete
        elif item.unreadable is not None:
            kind = "skipped" if item.unreadable.reason in _SKIPPED else "unreadable"
            counts[kind] += 1
            self._reasons[item.unreadable.reason.value] += 1

    @property
    def summary(self) -> ScanSummary:
        """What was counted so far."""
        return ScanSummary(**self._counts, reasons=dict(sorted(self._reasons.items())))


def scan(
    evidence: str | os.PathLike[str] | Source,
    *,
    against: Against,
    profile: Profile = DEFAULT,
    limits: Limits | None = None,
    threads: int | None = None,
    on_result: Callable[[ScanResult], object] | None = None,
) -> ScanSummary:
    """A whole scan: its summary, every result handed to `on_result` on the way.

    Arguments and errors are those of `iter_scan`.
    """
    results = iter_scan(evidence, against=against, profile=profile, limits=limits, threads=threads)
    return tally(results, on_result=on_result)


def tally(
    results: Iterable[ScanResult], *, on_result: Callable[[ScanResult], object] | None = None
) -> ScanSummary:
    """The summary of these results, each handed to `on_result` on the way."""
    counted = Tally()
    for result in results:
        counted.add(result)
        if on_result is not None:
            on_result(result)
    return counted.summary
