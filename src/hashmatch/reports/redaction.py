"""A case without its folder and file names.

Redaction happens to the records, before any report sees them: no report can forget it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import PurePosixPath, PureWindowsPath

from hashmatch.faults import is_fault
from hashmatch.model import ItemStatus, Json
from hashmatch.reports.base import CaseReader
from hashmatch.sightings.records import (
    CaseRecord,
    ItemRecord,
    RunRecord,
    SightingRecord,
    SourceRecord,
    Viewing,
)
from hashmatch.sightings.verdict import Problem, Verdict

WITHHELD = "(withheld)"

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")
_SEPARATOR = re.compile(r"[/\\]")
_FILE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}(?![A-Za-z0-9])")
"""The extension of a file's name, wherever it stands."""
_NAMING = re.compile(r"(?i)file|path|folder|director|\Aname\Z")
"""Names of details that name files."""
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
            runs=tuple(map(_run, case.runs)),
            sources=tuple(map(_source, case.sources)),
        )

    def sightings(self, case: str, /) -> Iterator[SightingRecord]:
        """Every sighting, its item redacted."""
        for sighting in self._database.sightings(case):
            match = replace(sighting.match, details=_details(sighting.match.details))
            viewings = tuple(map(_viewing, sighting.viewings))
            yield replace(sighting, item=self._item(sighting.item), match=match, viewings=viewings)

    def items(self, case: str, /, *, status: ItemStatus) -> Iterator[ItemRecord]:
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


def _viewing(viewing: Viewing) -> Viewing:
    by, why = (_without_paths(each) for each in (viewing.by, viewing.why))
    return replace(viewing, by=str(by), why=str(why))


def _run(run: RunRecord) -> RunRecord:
    told = {name: tuple(map(_details, facts)) for name, facts in run.environment.items()}
    return replace(run, command=WITHHELD, environment=told)


def _details(details: Mapping[str, Json]) -> dict[str, Json]:
    """What a publisher says of an entry, without names of files and folders, of whatever case."""
    return {
        name: WITHHELD if _NAMING.search(name) else _without_paths(value)
        for name, value in details.items()
    }


def _without_paths(value: Json) -> Json:
    if isinstance(value, str):
        return WITHHELD if _SEPARATOR.search(value) or _FILE.search(value) else value
    if isinstance(value, Mapping):
        return _details(value)
    if isinstance(value, Sequence):
        return [_without_paths(each) for each in value]
    return value


def without_paths(verdict: Verdict) -> Verdict:
    """The same without what a system says of the database's file, which names it."""
    return replace(
        verdict,
        problems=tuple(map(_of_problem, verdict.problems)),
        remarks=tuple(map(_of_problem, verdict.remarks)),
    )


def _of_problem(problem: Problem) -> Problem:
    if problem.table or problem.seq is not None:
        return problem
    return replace(problem, what=_damage(problem.what))


def _damage(what: str) -> str:
    return "the file is damaged" if _SEPARATOR.search(what) else what


def _source(source: SourceRecord) -> SourceRecord:
    """A label stays if the lab gave it, and goes if it was made of the path."""
    made = {PurePosixPath(source.path).name, PureWindowsPath(source.path).name, source.path}
    own = source.label not in made and not _SEPARATOR.search(source.label)
    label = source.label if own else f"source-{source.id}"
    return replace(source, label=label, path=WITHHELD, identity={})
