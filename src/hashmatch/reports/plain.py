"""Records as plain dictionaries, where what is printed is more than the value itself."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hashmatch.model import Digests, Hash, Item, Match, MediaHashes, ScanResult
from hashmatch.model.plain import PlainValue, blank, plain
from hashmatch.reports import flags

if TYPE_CHECKING:
    from hashmatch.coverage import ListCoverage
    from hashmatch.index.reading import KnownList
    from hashmatch.sightings.records import ItemRecord, SightingRecord


def to_json(value: object, *, every: bool | None = None) -> dict[str, Any]:
    """A value as a dictionary that JSON can hold: what `--json` prints of it, as its `to_dict()`.

    Args:
        value: any value of hashmatch, as an `Item`, a `ScanResult`, a `Match` or an `Entry`.
        every: of an `Item`, `MediaHashes` or a `ScanResult`: give every hash; otherwise only those
            of whole upright pictures as they are shown, and none of a video's frames. None is
            what `--json` does: every hash but of a `ScanResult`.

    Raises:
        TypeError: the value is none of these.
    """
    if every is not None and isinstance(value, Item | MediaHashes | ScanResult):
        return value.to_dict(every=every)
    if isinstance(value, PlainValue):
        return value.to_dict()
    msg = f"only values of hashmatch have a form in JSON, not {type(value).__name__}"
    raise TypeError(msg)


def of_known_list(known: "KnownList", coverage: "ListCoverage | None" = None) -> dict[str, Any]:
    """A hash list: where it came from, how it is treated, what is in it, what of it can match."""
    return {
        "list": known.name,
        "entries": len(known),
        "known_good_entries": known.known_good_entries,
        "policy": plain(known.policy),
        "handling": known.handling or None,
        "sources": plain(known.sources),
        "counts": known.counts,
        **({"coverage": plain(coverage)} if coverage else {}),
    }


def of_value(
    text: str,
    digests: Digests,
    hashes: Sequence[Hash],
    matches: Sequence[Match],
    problem: str = "",
    *,
    unsearched: str = "",
) -> dict[str, Any]:
    """One value that was looked up, with the keys of a file.

    Args:
        text: as it was given.
        digests: that it may be.
        hashes: that it may be.
        matches: of any of them.
        problem: why it was not understood; empty if it was.
        unsearched: why it can match nothing that is known; empty if it can.
    """
    unreadable = None
    if problem or unsearched:
        reason = "not-understood" if problem else "not-searchable"
        unreadable = {"reason": reason, "detail": problem or unsearched}
    return {
        **blank(Item),
        "record": "value",
        "value": text,
        **digests.to_dict(),
        "hashes": [each.to_dict() for each in hashes],
        "unreadable": unreadable,
        "matches": plain(matches),
    }


def of_recorded(item: "ItemRecord", exhibits: Mapping[int, str]) -> dict[str, Any]:
    """An item on record; `exhibits` has the labels of sources by their id."""
    found = item.to_dict()
    source, digests = found.pop("source"), found.pop("digests")
    if item.place is None:
        del found["place"], found["parent"], found["parent_md5"], found["parent_offset"]
    if not item.original_name:
        del found["original_name"]
    return {
        **found,
        "exhibit": exhibits.get(source, f"source {source}"),
        **{name: text for name, text in digests.items() if text is not None},
        "other_name": flags.other_name(item) or None,
    }


def of_sighting(sighting: "SightingRecord", exhibits: Mapping[int, str]) -> dict[str, Any]:
    """A sighting on record, with its item and its match."""
    found = {**sighting.to_dict(), "item": of_recorded(sighting.item, exhibits)}
    if not sighting.viewings:
        del found["viewings"]
    if sighting.rematch is None:
        del found["retroactive_rematch"]
    return found
