"""Whether the evidence of a scan on record is still what it was when it was scanned.

Another card at the same path, or files that were changed since: what is on record of a file that
is not the same any more must not stand for the one that is there now.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from hashmatch.errors import ResumeError
from hashmatch.model import Locator
from hashmatch.sightings import erasures, places
from hashmatch.sightings.opening import opened_before
from hashmatch.sightings.store import Store
from hashmatch.wording import number_of

_NAMED: Final = 20
"""Differences that a refusal names; it counts all."""

_ENOUGH: Final = 1000
"""Differences after which it is clear that the files are others."""

_COMPARED: Final = ("created", "modified", "changed")
"""Times that reading a file leaves as they are."""


class FileState(NamedTuple):
    """A file as its source gives it now.

    Attributes:
        locator: where it lies; of a plain file its path will do.
        size: in bytes; None where nobody knows it.
        times: by kind, as on record.
    """

    locator: Locator | str
    size: int | None
    times: Mapping[str, str]


class Comparison(NamedTuple):
    """What a source gives now, against what is on record of a scan.

    Attributes:
        files: in the source, as far as it was walked.
        different: files on record that have another size or time now.
        missing: files on record that are not there.
        added: files that are not on record.
        whole: whether all was compared; false where there were enough differences before.
        named: the first differences: what differs, what it was, what it is.
    """

    files: int
    different: int
    missing: int
    added: int
    whole: bool
    named: tuple[tuple[str, str, str], ...]


def check_unchanged(store: Store, scan: int, files: Iterable[FileState]) -> int:
    """See that every file on record is in the source still, with the size and times that it had.

    Args:
        store: the database.
        scan: the scan that is resumed.
        files: every file of the source.

    Returns:
        How many files the source has.

    Raises:
        ResumeError: some differ; the message names them and says what differs.
    """
    found = compared(store, scan, files)
    if different := found.different + found.missing:
        files_that = "file that is" if different == 1 else "files that are"
        msg = (
            f"{different:,} {files_that} on record differ{'s' if different == 1 else ''} from what "
            "lies there now, so the scan cannot be resumed: is this the exhibit that was scanned? "
            "Attach that one, or scan this one again (--rescan):"
        )
        raise ResumeError(msg, found.named)
    return found.files


def other_evidence(
    store: Store, scan: int, files: Iterable[FileState], *, label: str
) -> ResumeError | None:
    """The error that says that a scan on record is not of what lies there now; None if it is.

    The walk ends where it has found a thousand differences.

    Args:
        store: the database.
        scan: a scan that is done.
        files: every file of the source.
        label: of the exhibit.
    """
    # What was erased by order of a court is not on record, and may lie there all the same.
    gone = erasures.of_scan(store, scan)
    found = compared(store, scan, files, added_too=True, enough=_ENOUGH + gone)
    counts = (
        (found.different, "differ"),
        (found.missing, "no longer there"),
        (max(0, found.added - gone), "not on record"),
    )
    told = [f"{count:,} {words}" for count, words in counts if count]
    if not told:
        return None
    least = "" if found.whole else "at least "
    msg = (
        f"a scan of exhibit {label!r} is on record, to its end, but the files that lie there now "
        f"are not those that were scanned: {least}{', '.join(told)}. Nothing was scanned. Another "
        "exhibit needs its own label (--exhibit LABEL); if this is the same exhibit and it "
        "has changed, scan it anew (--rescan):"
    )
    return ResumeError(msg, found.named)


def compared(
    store: Store,
    scan: int,
    files: Iterable[FileState],
    *,
    added_too: bool = False,
    enough: int | None = None,
) -> Comparison:
    """Sizes and times of every file against those on record; no file is read.

    Args:
        store: the database.
        scan: whose files are on record.
        files: every file of the source.
        added_too: whether a file that is not on record is a difference.
        enough: differences after which the walk ends.
    """
    count, different, missing, added = 0, 0, 0, 0
    named = list[tuple[str, str, str]]()
    seen = bytearray()
    first = store.one("SELECT coalesce(min(id), 0) FROM items WHERE scan_id = ?", (scan,))
    opening = opened_before(store, scan)
    for file in files:
        count += 1
        number = places.number_of(store, scan, places.located(file.locator))
        if number is not None:
            ((size, times),) = store.execute(_ITEM, (number,))
            at = number - first
            seen.extend(bytes(max(0, at + 1 - len(seen))))
            seen[at] = 1
            differing = list(_differing(file, size, json.loads(times)))
            different += bool(differing)
        elif (opened := opening.pop(str(places.located(file.locator)), None)) is not None:
            differing = list(_differing(file, *opened))
            different += bool(differing)
        else:
            added += 1
            differing = [(str(file.locator), "not on record", "there")] if added_too else []
        named += differing[: max(0, _NAMED - len(named))]
        if enough is not None and different + (added if added_too else 0) >= enough:
            return Comparison(count, different, missing, added, whole=False, named=tuple(named))
    for number, locator in places.from_source(store, scan):
        if not (number - first < len(seen) and seen[number - first]):
            missing += 1
            if len(named) < _NAMED:
                named.append((locator, "on record", "not there"))
    for locator in opening:
        if places.number_of(store, scan, Locator.parse(locator)) is None:
            missing += 1
            named += [(locator, "members on record", "not there")][: max(0, _NAMED - len(named))]
    return Comparison(count, different, missing, added, whole=True, named=tuple(named))


_ITEM: Final = """
    SELECT size, (SELECT json_group_object(kind, at) FROM times WHERE item_id = items.id)
    FROM items WHERE id = ?
"""


def _differing(
    file: FileState, size: int | None, times: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    if size is not None and file.size is not None and size != file.size:
        yield f"{file.locator}: size", number_of(size, "byte"), number_of(file.size, "byte")
    for kind in _COMPARED:
        was, now = times.get(kind), file.times.get(kind)
        if was and now and was != now:
            yield f"{file.locator}: {kind}", was, now
