"""A report as a whole: one walk through its documents, in whatever order they say things."""

from collections.abc import Iterator, Sequence
from typing import Final

from hashmatch.intake import values
from hashmatch.intake.cybertip import vocabulary as words
from hashmatch.intake.cybertip.events import Telling, numbered
from hashmatch.intake.cybertip.people import (
    Capture,
    PersonReader,
    Surroundings,
    keep_texts,
    part_of,
    read_capture,
)
from hashmatch.intake.cybertip.uploads import Upload, read_upload
from hashmatch.intake.node import Node, fingerprint
from hashmatch.intake.noting import Fields
from hashmatch.model.event import Event, EventKind, Role
from hashmatch.model.moment import Moment

_KNOWN_LEAVES: Final = frozenset(
    {words.REPORT_ID, "incidentdatetime", "responsecode", "responsedescription"}
)


class Report:
    """What the documents of one report say together.

    Args:
        number: of the report; empty where none of them tells it.
        documents: the report itself, details of files, and answers that carry their numbers;
            each with the file that it lies in, where they lie in several.
        around: where notes go; its zone is that of times without one.
    """

    def __init__(
        self, number: str, documents: Sequence[tuple[str, Node]], around: Surroundings
    ) -> None:
        nodes = [node for _, node in documents]
        self._around = around
        self._base = f"cybertip/{number or f'unnumbered-{fingerprint(nodes)}'}"
        self._uploads: list[Upload] = []
        self._others: list[Capture] = []
        self._fields = Fields(around.notes)
        self._incident: Moment | None = None
        self._reader = PersonReader(around)
        self._root = ""
        around.service = around.service or _service(nodes)
        for file, each in documents:
            if each.key not in words.RESPONSES:
                self._root = f"{file}: {each.name}" if file else each.name
                self._walk(each, self._root)
        for file, each in documents:
            if each.key in words.RESPONSES:
                self._answer(each, f"{file}: {each.name}" if file else each.name)

    @property
    def service(self) -> str:
        """The service that it is of, in lower case; empty where it names none."""
        return self._around.service.strip().casefold()

    def events(self) -> list[Event]:
        """All events, with keys that no two of them share."""
        telling = Telling(self._base, self._reader.people, self._uploads, self._around)
        return list(numbered([*self._summary(), *telling.events(), *self._of_nobody()]))

    def _summary(self) -> Iterator[Event]:
        if self._fields or self._incident:
            yield Event(
                kind=EventKind.OTHER,
                where="report",
                service=self._around.service,
                moment=self._incident,
                keys=(f"{self._base}/incident",),
                fields=self._fields,
            )

    def _of_nobody(self) -> Iterator[Event]:
        """Captures that lie in no section of anybody: nobody is said to have had a part in them."""
        for each in self._others:
            at = each.moment.earliest.strftime("%Y-%m-%dT%H:%M:%SZ") if each.moment else "-"
            what = "/".join(one.value for one in each.what)
            yield Event(
                kind=each.kind,
                role=Role.UNKNOWN,
                where=each.path,
                identifiers=each.what,
                service=self._around.service,
                moment=each.moment,
                port=each.port,
                proxy=each.proxy,
                keys=(f"{self._base}/incident/{each.kind.value}/{at}/{what}",),
                fields=each.fields,
            )

    def _walk(self, node: Node, path: str) -> None:
        key = node.key
        if key in words.FILES:
            self._file(node, path, None)
        elif key in words.SECTIONS:
            self._reader.read(node, path)
            self._files_within(node, path, part_of(node, None))
        elif key in words.CAPTURES:
            self._others.append(read_capture(node, path, self._around.service, self._around))
        elif key == "incidentdatetime" and self._incident is None:
            self._incident = self._moment(node, path)
        elif node.children:
            alone = Node(node.name, node.attributes, node.text, [], node.length)
            if node.attributes or node.text:
                keep_texts(self._fields, alone, path, self._root, self._around)
            for place, child in node.places(path):
                self._walk(child, place)
        elif key not in _KNOWN_LEAVES:
            keep_texts(self._fields, node, path, self._root, self._around)

    def _files_within(self, node: Node, path: str, role: Role) -> None:
        """Files in a section of somebody: where they are a victim's, nobody is their uploader."""
        for place, child in node.places(path):
            if child.key in words.FILES:
                self._file(child, place, role)
            else:
                inner = part_of(child, role) if child.key in words.SECTIONS else role
                self._files_within(child, place, inner)

    def _file(self, node: Node, path: str, inherited: Role | None) -> None:
        if not node.children:
            keep_texts(self._fields, node, path, self._root, self._around)
            return
        self._uploads.append(read_upload(node, path, self._around, inherited))

    def _moment(self, node: Node, path: str) -> Moment | None:
        found = values.moment(node.value, kind="incident", zone=self._around.zone)
        if found is None and node.value:
            self._around.notes.count("times that are none, kept as words")
            keep_texts(self._fields, node, path, self._root, self._around)
        return found

    def _answer(self, node: Node, path: str) -> None:
        """What an answer of the reporting service adds: the number and the MD5 of a file."""
        if node.said("responsecode") not in {"", "0"}:
            self._around.notes.count("answers of the reporting service that say of an error")
            return
        known = {each.id for each in self._uploads if each.id}
        md5 = values.digest("md5", node.said(*words.RECEIVED_MD5)) or ""
        number = node.said(*words.FILE_ID)
        for upload in self._uploads:
            if number and upload.id == number and not upload.received:
                upload.received = md5
        if number and number not in known and md5:
            self._uploads.append(
                Upload(path=path, fields=Fields(self._around.notes), id=number, received=md5)
            )
        listed = [one.text for each in node.all("files") for one in each.children if one.text]
        missing = len([each for each in listed if each not in known])
        self._around.notes.count("files that the report names and nothing is told of", missing)


def _service(documents: Sequence[Node]) -> str:
    """The service that a report is of, by the first field that names one."""
    for name in (words.SERVICE, *words.SERVICE_ELSE):
        for each in documents:
            if found := _first(each, name):
                return found
    return ""


def _first(node: Node, name: str) -> str:
    if node.key == name and node.value:
        return node.value
    if words.SECTIONS.get(node.key) in {Role.VICTIM, Role.RECIPIENT, Role.ASSOCIATED}:
        return ""
    return next((found for each in node.children if (found := _first(each, name))), "")
