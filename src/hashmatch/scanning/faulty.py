"""Batches that a fault of hashmatch would lose: matched and recorded item by item instead.

An item that cannot be matched or recorded because of such a fault is on record as an
`internal-error` with its digests; all others of its batch keep what was found.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hashmatch.errors import ContradictionError, HashmatchError, Reason
from hashmatch.faults import fault_of, internal_error
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Digests, Item, ScanResult, Unreadable
from hashmatch.sources.base import Found

if TYPE_CHECKING:
    from hashmatch.sightings.recording import Run

_NOT_OURS = (HashmatchError, OSError)
"""A damaged index, a full disk: the scan ends, and says which."""


_FALSE = Unreadable(
    Reason.INTERNAL_ERROR,
    "another content of this case has its SHA-256, with another size or other digests: the digests "
    "of one of the two were reported falsely; scan both files again",
)


def matched(matcher: Matcher, items: Sequence[Item]) -> list[ScanResult]:
    """The items with their matches.

    Raises:
        DamagedIndexError: an index is damaged.
    """
    try:
        return [*map(ScanResult, items, matcher.match_many(items))]
    except _NOT_OURS:
        raise
    except Exception as error:  # noqa: BLE001 (told of the item that is concerned)
        if len(items) > 1:
            return [result for item in items for result in matched(matcher, [item])]
        return [_unmatched(matcher, item, error) for item in items]


def _unmatched(matcher: Matcher, item: Item, error: Exception) -> ScanResult:
    """An item whose hashes cannot be matched, with what its digests match."""
    if isinstance(error, MemoryError):
        why = Unreadable(Reason.OUT_OF_MEMORY, "not enough memory to match it")
    else:
        why = Unreadable(Reason.INTERNAL_ERROR, fault_of(error))
    left = replace(item, media=None, unreadable=why)
    try:
        (matches,) = matcher.match_many([left])
    except _NOT_OURS:
        raise
    except Exception:  # noqa: BLE001 (the first fault is on record)
        matches = ()
    return ScanResult(left, matches)


def put_on_record(
    run: "Run", files: Sequence[Found], results: Sequence[ScanResult]
) -> list[ScanResult]:
    """The results of these files, as they are on record now.

    On record a file has the locator that is the same wherever its source is mounted.

    Raises:
        DatabaseError: they cannot be put on record.
        InternalError: not even without what the fault concerns.
    """
    names = [found.recorded for found in files]
    recorded = [
        ScanResult(result.item.at(name, result.item.place or found.place), result.matches)
        for name, found, result in zip(names, files, results, strict=True)
    ]
    whole = {name for name, found in zip(names, files, strict=True) if found.container is None}
    outer = {each.recorded: each for found in files if (each := found.container) is not None}
    # Who records has it loaded; others never come here.
    from hashmatch.sightings.unchanged import FileState

    run.note_opening(
        FileState(each.where, each.size, each.times)
        for name, each in outer.items()
        if name not in whole
    )
    try:
        # Before the image itself: a scan that is killed in between reads and tells it again.
        for found in files:
            if found.medium:
                run.record_medium(found.medium)
        run.record(
            recorded, times={name: each.times for name, each in zip(names, files, strict=True)}
        )
    except ContradictionError:
        if len(results) > 1:
            return _one_by_one(run, files, results)
        # Digests of one of the two are false: they are of no use, and end no scan.
        (result,) = results
        item = replace(result.item, size=None, digests=Digests(), media=None, unreadable=_FALSE)
        return put_on_record(run, files, [ScanResult(item, ())])
    except _NOT_OURS:
        raise
    except Exception as error:
        if len(results) > 1:
            return _one_by_one(run, files, results)
        (result,) = results
        why = Unreadable(Reason.INTERNAL_ERROR, fault_of(error))
        if result.item.unreadable == why:
            raise internal_error(error) from error
        item = replace(result.item, media=None, unreadable=why)
        return put_on_record(run, files, [ScanResult(item, result.matches)])
    return list(results)


def _one_by_one(
    run: "Run", files: Sequence[Found], results: Sequence[ScanResult]
) -> list[ScanResult]:
    pairs = zip(files, results, strict=True)
    return [done for found, each in pairs for done in put_on_record(run, [found], [each])]
