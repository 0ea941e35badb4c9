"""A case without its folder and file names.

Redaction happens to the records, before any report sees them: no report can forget it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import PurePosixPath, PureWindowsPath

from hashmatch.faults import is_fault
from hashmatch.reports.base import CaseReader, Status
from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord, SourceRecord

WITHHELD = "(withheld)"

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")
_SEPARATOR = re.compile(r"[/\\]")
_KEY = 12
"""Bytes that stand for a folder in memory; a path can have hundreds of thousands."""


class Redacted:
    """A case reader that withholds names of folders and files.

    A folder becomes a number in the order of appearance, so that two items in one folder can be
    seen to share it, and a number leads nobody back to the name, as a digest of it would. A file
    becomes its number in the database, by which the lab finds it, with its extension.
    """

    def __init__(self, database: CaseReader) -> None:
        self._database = database
        self._folders: dict[bytes, int] = {}

    def case(self, name: str, /) -> CaseRecord:
        """The case; command lines and where sources lay are withheld."""
        case = self._database.case(name)
        return replace(
            case,
            runs=tuple(replace(run, command=WITHHELD) for run in case.runs),
            sources=tuple(map(_source, case.sources)),
        )

    def sightings(self, case: str, /) -> Iterator[SightingRecord]:
        """Every sighting, its item redacted."""
        for sighting in self._database.sightings(case):
            yield replace(sighting, item=self._item(sighting.item))

    def items(self, case: str, /, *, status: Status) -> Iterator[ItemRecord]:
        """Every item, redacted."""
        return map(self._item, self._database.items(case, status=status))

    def _item(self, item: ItemRecord) -> ItemRecord:
        *above, _ = _SEPARATOR.split(item.locator)
        path = f"{item.source}\0{item.locator[: sum(len(part) + 1 for part in above)]}"
        key = blake2b(path.encode("utf-8", "surrogatepass"), digest_size=_KEY).digest()
        folder = self._folders.setdefault(key, len(self._folders) + 1)
        extension = _EXTENSION.search(item.locator)
        name = f"item-{item.id}{extension[0] if extension else ''}"
        # What a system says of an error can name the file.
        detail = item.detail if is_fault(item.detail) else ""
        return replace(item, locator=f"folder-{folder}/{name}", detail=detail)


def _source(source: SourceRecord) -> SourceRecord:
    """A label stays if the lab gave it, and goes if it was made of the path."""
    made = {PurePosixPath(source.path).name, PureWindowsPath(source.path).name, source.path}
    own = source.label not in made and not _SEPARATOR.search(source.label)
    label = source.label if own else f"source-{source.id}"
    return replace(source, label=label, path=WITHHELD, identity={})
