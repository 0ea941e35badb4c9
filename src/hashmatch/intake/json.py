"""JSON documents, read into the same elements as XML."""

import json
from typing import BinaryIO, Final, TypeAlias

from hashmatch.intake.node import (
    DEEPEST,
    LONGEST_TEXT,
    MOST_ELEMENTS,
    BrokenError,
    Node,
    replaced,
)
from hashmatch.intake.xml import encoding_of

MOST_BYTES: Final = 1 << 26
"""Bytes of a document, which is held as a whole."""

Pairs: TypeAlias = "list[tuple[str, Value]]"
Value: TypeAlias = "_Object | list[Value] | str | bool | None"


class _Object:
    """An object as its keys stand there, with those that are repeated."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs


def looks_like_json(head: bytes) -> bool:
    """Whether a file that starts with these bytes is an object or an array of JSON."""
    text = head.decode(encoding_of(head), "replace").lstrip("\ufeff").lstrip()
    return text[:1] in {"{", "["}


def read_json(file: BinaryIO) -> tuple[Node, list[str]]:
    """The root of a document, which has no name, and notes of what was mended in it.

    Raises:
        BrokenError: it is no JSON, or larger than any report.
    """
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        msg = f"it has more than {MOST_BYTES:,} bytes"
        raise BrokenError(msg)
    text = data.decode(encoding_of(data), "replace").lstrip("\ufeff")
    try:
        value: Value = _DECODER.decode(text)
    except RecursionError:
        msg = f"its values lie more than {DEEPEST} deep"
        raise BrokenError(msg) from None
    except json.JSONDecodeError as error:
        msg = f"the JSON cannot be parsed in line {error.lineno}"
        raise BrokenError(msg) from None
    building = _Building()
    root = Node("")
    building.add(root, value, 0)
    if isinstance(value, list):
        root = Node("", children=root.children)
    else:
        root = root.children[0] if root.children else root
    return root, building.notes()


_DECODER: Final = json.JSONDecoder(
    strict=False,
    object_pairs_hook=_Object,
    parse_int=str,
    parse_float=str,
    parse_constant=lambda _: None,
)


class _Building:
    """Elements of JSON values."""

    def __init__(self) -> None:
        self._elements = 0
        self._mended = 0

    def notes(self) -> list[str]:
        """What was mended."""
        if not self._mended:
            return []
        return [f"{self._mended:,} characters that no text has were replaced by U+FFFD"]

    def add(self, parent: Node, value: Value, depth: int, name: str = "") -> None:
        """Add what a value says below an element: several of one name where it is an array."""
        if value is None:
            return
        if isinstance(value, list):
            for each in value:
                self._go_on(depth)
                self.add(parent, each, depth + 1, name)
            return
        self._go_on(depth)
        node = Node(self._clean(name))
        if isinstance(value, _Object):
            for key, each in value.pairs:
                self.add(node, each, depth + 1, key)
            if _is_around_itself(node):
                parent.children += node.children
                return
        else:
            text = value if isinstance(value, str) else str(value).lower()
            stripped = self._clean(text).strip()
            node.text, node.length = stripped[:LONGEST_TEXT], len(stripped)
        parent.children.append(node)

    def _go_on(self, depth: int) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            msg = f"it has more than {MOST_ELEMENTS:,} values"
            raise BrokenError(msg)
        if depth > DEEPEST:
            msg = f"its values lie more than {DEEPEST} deep"
            raise BrokenError(msg)

    def _clean(self, text: str) -> str:
        found, count = replaced(text)
        self._mended += count
        return found


def _is_around_itself(node: Node) -> bool:
    """Whether it is only a list of its own name, as `{"emails": {"emails": […]}}`."""
    return bool(node.name and node.children) and all(e.key == node.key for e in node.children)
