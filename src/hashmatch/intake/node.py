"""Elements of a report, whether it was XML or JSON: names, attributes, text, children.

What a document says is bounded here: texts are cut to `LONGEST_TEXT` characters and the rest is
counted, and characters that no text has (control characters, halves of a pair) become U+FFFD.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

LONGEST_TEXT: Final = 1 << 16
"""Characters of one text that are kept."""

MOST_TEXT: Final = 1 << 26
"""Characters of one document that are kept."""

MOST_ELEMENTS: Final = 1_000_000
"""Elements of one document; reports with thousands of log-ins have some ten thousand."""

DEEPEST: Final = 64
"""Levels of one document; reports have eight."""

_NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class BrokenError(Exception):
    """A document cannot be read; the message says why, without what it holds."""


def replaced(text: str) -> tuple[str, int]:
    """The text without characters that no text has, and how many there were."""
    if text.isascii() and text.isprintable():
        return text, 0
    return _NO_TEXT.subn("\ufffd", text)


@dataclass(slots=True)
class Node:
    """An element.

    Attributes:
        name: as the source writes it, without a namespace.
        attributes: by their names, likewise.
        text: of the element itself, at most `LONGEST_TEXT` characters, without spaces around.
        children: in their order.
        length: characters that the text has in the source.
    """

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: "list[Node]" = field(default_factory=list)
    length: int = 0

    @property
    def key(self) -> str:
        """Its name, by which senders' spellings are compared."""
        return self.name.casefold()

    @property
    def value(self) -> str:
        """Its text, or that of its child `value`, as JSON writes a text that has attributes."""
        return self.text or next((each.text for each in self.children if each.key == "value"), "")

    def attribute(self, *names: str) -> str:
        """The attribute or the text of the child of one of these names; empty where none is."""
        for key, text in self.attributes.items():
            if key.casefold() in names and text:
                return text
        return self.said(*names)

    def said(self, *names: str) -> str:
        """The text of the first child of one of these names that has one; empty where none is."""
        return next((each.value for each in self.children if each.key in names and each.value), "")

    def all(self, *names: str) -> "Iterator[Node]":
        """The children of these names."""
        return (each for each in self.children if each.key in names)

    def places(self, path: str) -> "Iterator[tuple[str, Node]]":
        """The children with their paths: `report/victim[2]`, where there are several of a name."""
        yield from places(self.children, path)


def places(nodes: Iterable[Node], path: str) -> Iterator[tuple[str, Node]]:
    """Elements with their paths below `path`."""
    siblings = list(nodes)
    counts: dict[str, int] = {}
    for each in siblings:
        counts[each.key] = counts.get(each.key, 0) + 1
    at: dict[str, int] = {}
    for each in siblings:
        at[each.key] = at.get(each.key, 0) + 1
        number = f"[{at[each.key]}]" if counts[each.key] > 1 else ""
        yield f"{path}/{each.name}{number}".lstrip("/"), each


def fingerprint(nodes: Iterable[Node]) -> str:
    """The same for elements that say the same, in whatever order they stand."""
    said = sorted(json.dumps(_plain(each), sort_keys=True) for each in nodes)
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]


def _plain(node: Node) -> list[object]:
    return [node.key, node.attributes, node.text, [_plain(each) for each in node.children]]
