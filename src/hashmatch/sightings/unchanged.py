"""Whether the evidence of a scan that is resumed is what it was when the scan was interrupted.

Another card at the same path, or files that were changed since: what is on record of a file that
is not the same any more must not stand for the one that is there now.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from hashmatch.errors import ResumeError
from hashmatch.sightings.encoding import from_text, to_text
from hashmatch.sightings.store import Store

_NAMED: Final = 20
"""Differences that a refusal names; it counts all."""

_COMPARED: Final = ("created", "modified", "changed")
"""Times that reading a file leaves as they are."""

_PAGE: Final = 4096


class FileState(NamedTuple):
    """A file as its source gives it now.

    Attributes:
        locator: on record.
        size: in bytes; None where nobody knows it.
        times: by kind, as on record.
    """

    locator: str
    size: int | None
    times: Mapping[str, str]


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
    count, named, different = 0, list[tuple[str, str, str]](), 0
    seen = bytearray()
    first = store.one("SELECT coalesce(min(id), 0) FROM items WHERE scan_id = ?", (scan,))
    for file in files:
        count += 1
        found = store.execute(_ITEM, (scan, to_text(file.locator)))
        if not found:
            continue
        ((number, size, times),) = found
        at = number - first
        seen.extend(bytes(max(0, at + 1 - len(seen))))
        seen[at] = 1
        differing = list(_differing(file, size, json.loads(times)))
        different += bool(differing)
        named += differing[: max(0, _NAMED - len(named))]
    for number, locator in _items(store, scan):
        if not (number - first < len(seen) and seen[number - first]):
            different += 1
            if len(named) < _NAMED:
                named.append((from_text(locator), "on record", "not there"))
    if different:
        files_that = "file that is" if different == 1 else "files that are"
        msg = (
            f"{different:,} {files_that} on record differ{'s' if different == 1 else ''} from what "
            "lies there now, so the scan cannot be resumed: is this the exhibit that was scanned? "
            "Attach that one, or scan this one anew (--rescan):"
        )
        raise ResumeError(msg, tuple(named))
    return count


_ITEM: Final = """
    SELECT id, size, (SELECT json_group_object(kind, at) FROM times WHERE item_id = items.id)
    FROM items WHERE scan_id = ? AND locator = ?
"""


def _differing(
    file: FileState, size: int | None, times: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    if size is not None and file.size is not None and size != file.size:
        yield f"{file.locator}: size", f"{size:,} bytes", f"{file.size:,} bytes"
    for kind in _COMPARED:
        was, now = times.get(kind), file.times.get(kind)
        if was and now and was != now:
            yield f"{file.locator}: {kind}", was, now


def _items(store: Store, scan: int) -> Iterator[tuple[int, str]]:
    """Ids and locators of the items of a scan, page by page: the log can be emptied between."""
    last = 0
    while page := store.execute(
        "SELECT id, locator FROM items WHERE id > ? AND scan_id = ? ORDER BY id LIMIT ?",
        (last, scan, _PAGE),
    ):
        yield from page
        last = page[-1][0]
