"""Documents brought together by what they say: each report is a unit of its own.

The report that a provider writes has no number. The number is in the details of its files and in
the answers that it got, which lie in the same file, in the same folder, or at least beside nothing
else that it could belong to.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hashmatch.intake.cybertip import vocabulary as words
from hashmatch.intake.cybertip.documents import JSON, XML, Document
from hashmatch.intake.cybertip.people import Surroundings
from hashmatch.intake.cybertip.report import Report
from hashmatch.intake.cybertip.unknown import count_unknown
from hashmatch.intake.members import sha256_of
from hashmatch.intake.node import Node, fingerprint
from hashmatch.intake.noting import Notes
from hashmatch.intake.unit import Record, Unit
from hashmatch.model.event import ImportedUnit


@dataclass(slots=True)
class Group:
    """Documents of one report.

    Attributes:
        form: how they are written.
        number: of the report; empty where none is told.
        documents: in the order of their files.
        notes: why some of them are here.
    """

    form: str
    number: str
    documents: list[Document] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def has_report(self) -> bool:
        """Whether the report itself is among them."""
        return any(each.is_report for each in self.documents)


def report_units(name: str, documents: Sequence[Document], zone: str) -> Iterator[Unit]:
    """One unit for each report.

    Args:
        name: of what is imported.
        documents: of one or more reports.
        zone: of times without one.
    """
    groups = _grouped(documents)
    shared = _in_several(groups)
    for place, each in enumerate(groups):
        files = list({id(one.member): one.member for one in each.documents}.values())
        sha256 = sha256_of(files)
        if shared.intersection(map(id, files)):
            sha256 = hashlib.sha256(f"{sha256}\0{each.number or place}".encode()).hexdigest()
        nodes = _distinct(each, several=len(files) > 1)
        header = ImportedUnit(
            name=name if len(groups) == 1 else f"{name}/{files[0].shown}",
            format=each.form,
            sha256=sha256,
            service=Report(each.number, nodes, _around(each, zone, Notes())).service,
            report=each.number,
        )
        mended = [f"{one.member.shown}: {note}" for one in each.documents for note in one.notes]
        notes = [*each.notes, *dict.fromkeys(mended)]
        yield Unit(header, _Reading(each, nodes, zone), notes)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the records of one report."""

    group: Group
    nodes: list[tuple[str, Node]]
    zone: str

    def __call__(self, notes: Notes) -> Iterator[Record]:
        around = _around(self.group, self.zone, notes)
        report = Report(self.group.number, self.nodes, around)
        yield from report.events()
        if self.group.form == XML:
            count_unknown((node for _, node in self.nodes), notes)
        yield from around.quarantined


def _around(group: Group, zone: str, notes: Notes) -> Surroundings:
    """All times of the portal are UTC; those of others may have any zone."""
    return Surroundings(zone="UTC" if group.form == JSON else zone, notes=notes)


def _distinct(group: Group, *, several: bool) -> list[tuple[str, Node]]:
    """The elements of a report, each once: folders hold the same document several times.

    Each has the name of its file beside it, where there are several.
    """
    found: dict[str, tuple[str, Node]] = {}
    for each in group.documents:
        same = fingerprint([each.node])
        if same in found:
            group.notes.append(f"{each.member.shown} says the same as another file: counted once")
        found.setdefault(same, (each.member.shown if several else "", each.node))
    return list(found.values())


def _in_several(groups: Sequence[Group]) -> set[int]:
    """Files that hold documents of several reports."""
    seen: set[int] = set()
    found: set[int] = set()
    for each in groups:
        files = {id(one.member) for one in each.documents}
        found |= seen & files
        seen |= files
    return found


def _grouped(documents: Sequence[Document]) -> list[Group]:
    groups: dict[tuple[str, str], Group] = {}
    for each in documents:
        if each.report:
            key = each.form, each.report
            groups.setdefault(key, Group(*key)).documents.append(each)
    found = list(groups.values())
    loose = [each for each in documents if not each.report]
    reports = [each for each in loose if each.is_report]
    for each in reports:
        open_ones = [group for group in found if group.number and not group.has_report]
        home = _home(each, open_ones, reports)
        if home is None:
            note = "no document tells the number of the report"
            found.append(Group(each.form, "", [each], [note]))
        else:
            home.documents.insert(0, each)
    for each in loose:
        if not each.is_report:
            home = _by_file(each, found) or _home(each, found, [each])
            if home is None:
                note = "no document tells the number of the report"
                found.append(home := Group(each.form, "", [], [note]))
            home.documents.append(each)
    return found


def _home(document: Document, groups: Iterable[Group], rivals: Sequence[Document]) -> Group | None:
    """The only group that a document can belong to: in its file, in its folder, or at all."""
    fitting = [each for each in groups if each.form == document.form]
    for scope in (_file_of, _folder_of, _everywhere):
        here = scope(document)
        near = [each for each in fitting if here in map(scope, each.documents)]
        if near:
            others = [each for each in rivals if scope(each) == here]
            return near[0] if len(near) == len(others) == 1 else None
    return None


def _file_of(document: Document) -> str:
    return document.member.name


def _folder_of(document: Document) -> str:
    return document.member.folder


def _everywhere(_document: Document) -> str:
    return ""


def _by_file(document: Document, groups: Iterable[Group]) -> Group | None:
    """The group that speaks of the same file, by its number or MD5."""
    said = _marks(document.node)
    found = [
        each
        for each in groups
        if any(said & _marks(one.node) for one in each.documents if not one.is_report)
    ]
    return found[0] if len(found) == 1 else None


def _marks(node: Node) -> set[str]:
    names = (*words.FILE_ID, *words.RECEIVED_MD5, *words.ORIGINAL_HASHES)
    return {each.value.casefold() for each in node.all(*names) if each.value}
