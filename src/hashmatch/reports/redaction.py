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
from hashmatch.model.locator import Locator, Step
from hashmatch.reports import placing
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
    becomes its number in the database, by which the lab finds it, with its extension. Of what lies
    in other items that holds for every step of its locator; containers are numbered like folders.
    """

    def __init__(self, database: CaseReader) -> None:
        self._database = database
        self._folders: dict[bytes, int] = {}
        self._files: dict[bytes, int] = {}

    def case(self, name: str, /) -> CaseRecord:
        """The case; command lines and where sources lay are withheld."""
        case = self._database.case(name)
        return replace(
            case,
            runs=tuple(map(_run, case.runs)),
            rematches=tuple(
                replace(each, command=WITHHELD, facts=_details(each.facts))
                for each in case.rematches
            ),
            sources=tuple(map(self._source, case.sources)),
        )

    def sightings(self, case: str, /) -> Iterator[SightingRecord]:
        """Every sighting, its item redacted."""
        for sighting in self._database.sightings(case):
            match = replace(sighting.match, details=_details(sighting.match.details))
            viewings = tuple(map(_viewing, sighting.viewings))
            yield replace(sighting, item=self._item(sighting.item), match=match, viewings=viewings)

    def items(
        self, case: str, /, *, status: ItemStatus, in_part: bool = False
    ) -> Iterator[ItemRecord]:
        """Every item, redacted."""
        return map(self._item, self._database.items(case, status=status, in_part=in_part))

    def _item(self, item: ItemRecord) -> ItemRecord:
        # What a system says of an error can name the file.
        detail = item.detail if is_fault(item.detail) else ""
        if item.original_name:
            extension = _EXTENSION.search(item.original_name)
            item = replace(item, original_name=f"{WITHHELD}{extension[0] if extension else ''}")
        if item.place is None:
            named = self._named(item.source, "", item.locator, f"item-{item.id}")
            return replace(item, locator=named, detail=detail)
        locator = self._located(item.source, item.place.locator, f"item-{item.id}")
        place = replace(item.place, locator=locator)
        return replace(item, locator=str(locator), place=place, detail=detail)

    def _located(self, source: int, locator: Locator, last: str = "") -> Locator:
        """The same steps without names, whatever they are of.

        Args:
            source: number of the exhibit.
            locator: where something lies.
            last: the name of its last step; one by number where empty, as of containers.
        """
        steps: list[Step] = []
        around = ""
        for number, step in enumerate(locator.steps, 1):
            if name := placing.name_of(step):
                own = last if number == locator.depth + 1 else ""
                own = own or f"file-{self._number(self._files, source, around, name)}"
                steps.append(placing.renamed(step, self._named(source, around, name, own)))
            else:
                steps.append(step)
            around += f"{step}!"
        return Locator(tuple(steps))

    def _named(self, source: int, around: str, path: str, name: str) -> str:
        """A path with a number for its folder and another name, with the extension it had."""
        *above, _ = _SEPARATOR.split(path)
        folder = path[: sum(len(part) + 1 for part in above)]
        number = self._number(self._folders, source, around, folder)
        extension = _EXTENSION.search(path)
        return f"folder-{number}/{name}{extension[0] if extension else ''}"

    @staticmethod
    def _number(seen: dict[bytes, int], source: int, around: str, path: str) -> int:
        """The number of a path in an exhibit, or in what is around it there."""
        text = f"{source}\0{around}\0{path}".encode("utf-8", "surrogatepass")
        key = blake2b(text, digest_size=_KEY).digest()
        return seen.setdefault(key, len(seen) + 1)

    def _source(self, source: SourceRecord) -> SourceRecord:
        """A label stays if the lab gave it, and goes if it was made of the path."""
        made = {PurePosixPath(source.path).name, PureWindowsPath(source.path).name, source.path}
        own = source.label not in made and not _SEPARATOR.search(source.label)
        return replace(
            source,
            label=source.label if own else f"source-{source.id}",
            path=WITHHELD,
            identity={},
            volumes=tuple(
                replace(
                    each,
                    locator=self._located(source.id, each.locator),
                    reason=str(_without_paths(each.reason)),
                )
                for each in source.volumes
            ),
            unread_ranges=tuple(
                replace(
                    each,
                    locator=self._located(source.id, each.locator),
                    reason=str(_without_paths(each.reason)),
                )
                for each in source.unread_ranges
            ),
        )


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
