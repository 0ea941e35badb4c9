"""Documents of reports, found in files."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from hashmatch.errors import IntakeError
from hashmatch.intake.cybertip import vocabulary as words
from hashmatch.intake.json import looks_like_json, read_json
from hashmatch.intake.members import Member
from hashmatch.intake.node import BrokenError, Node
from hashmatch.intake.xml import encoding_of, looks_like_xml, read_xml

XML: Final = "cybertipline-xml"
JSON: Final = "cybertipline-json"

_MARKS: Final = re.compile(
    r"\b(?:fileDetails|incidentSummary|personOrUserReported|report(?:Done)?Response"
    r"|reportedInformation|uploadedFiles)\b",
    re.IGNORECASE,
)
_ROOT: Final = re.compile(r"\s*(?:<\?xml[^>]*>)?\s*<(?:[\w.-]+:)?report\s*/?>")
_AROUND: Final = 4
"""Levels of elements that may lie around documents."""


@dataclass(slots=True)
class Document:
    """One document.

    Attributes:
        member: the file that it lies in.
        node: its element.
        form: `cybertipline-xml` or `cybertipline-json`.
        report: number of the report that it says it is of; empty where it says none.
        notes: what was mended in its file.
    """

    member: Member
    node: Node
    form: str
    report: str
    notes: list[str]

    @property
    def is_report(self) -> bool:
        """Whether it is the report itself, not one of its files or an answer."""
        return self.node.key not in words.FILES | words.RESPONSES


def is_of_a_report(head: bytes) -> bool:
    """Whether a file that starts with these bytes is a document of a report."""
    if not (looks_like_xml(head) or looks_like_json(head)):
        return False
    text = head.decode(encoding_of(head), "replace").lstrip("\ufeff")
    return bool(_MARKS.search(text) or _ROOT.match(text))


def read_documents(member: Member) -> list[Document]:
    """The documents in a file.

    Raises:
        IntakeError: it cannot be read, or holds none.
    """
    form = XML if looks_like_xml(member.head()) else JSON
    read: Callable[..., tuple[Node, list[str]]] = read_xml if form == XML else read_json
    try:
        with member.open() as stream:
            root, notes = read(stream)
    except BrokenError as error:
        msg = (
            f"{member.shown} cannot be read as a report: {error}. Nothing was imported: "
            "ask the sender for the report again, or take this file out"
        )
        raise IntakeError(msg) from None
    nodes = list(_found(root, _AROUND))
    if not nodes:
        msg = f"{member.shown} is an empty report, or none: it has no section of a report"
        raise IntakeError(msg)
    return [Document(member, each, form, each.said(words.REPORT_ID), notes) for each in nodes]


def _found(node: Node, levels: int) -> Iterator[Node]:
    """Documents in an element: itself, or those below it."""
    below = {each.key for each in node.children}
    if node.key in words.FILES | words.RESPONSES and node.children:
        yield node
    elif node.key in words.REPORT | {""} and below & words.OF_A_REPORT and not below & words.REPORT:
        yield node if node.name else Node("report", node.attributes, node.text, node.children)
    elif levels:
        for each in node.children:
            yield from _found(each, levels - 1)
