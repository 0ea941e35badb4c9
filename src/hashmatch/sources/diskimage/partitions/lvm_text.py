"""The text that describes a volume group of LVM2."""

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

Value: TypeAlias = "str | int | list[str | int] | dict[str, Value]"

_TOKEN: Final = re.compile(r'#[^\n]*|"((?:[^"\\]|\\.)*)"|([{}=\[\],])|([^\s{}=\[\],"#]+)')
_DEEPEST: Final = 16
_LONGEST_NUMBER: Final = 19


class TextError(ValueError):
    """A text that describes no volume group."""


def parse(text: str) -> dict[str, Value]:
    """What the text says: sections are dictionaries, arrays are lists.

    Raises:
        TextError: it is damaged.

    >>> parse('vg0 { id = "x" seqno = 3 status = ["READ", 1] }')
    {'vg0': {'id': 'x', 'seqno': 3, 'status': ['READ', 1]}}
    """
    return _section(_tokens(text), 0)


def _tokens(text: str) -> Iterator[tuple[str, str | int]]:
    """Words: a mark, or nothing and the value."""
    for match in _TOKEN.finditer(text):
        literal, mark, word = match.groups()
        if mark:
            yield mark, mark
        elif literal is not None:
            yield "", literal
        elif word is not None:
            is_number = word.isascii() and word.isdecimal() and len(word) <= _LONGEST_NUMBER
            yield "", int(word) if is_number else word


def _section(tokens: Iterator[tuple[str, str | int]], depth: int) -> dict[str, Value]:
    if depth > _DEEPEST:
        msg = "sections are nested too deep"
        raise TextError(msg)
    found: dict[str, Value] = {}
    for mark, name in tokens:
        if mark == "}" and depth:
            return found
        kind, _ = next(tokens, ("", ""))
        if mark or kind not in ("{", "="):
            msg = "a name without a value"
            raise TextError(msg)
        found[str(name)] = _section(tokens, depth + 1) if kind == "{" else _value(tokens)
    if depth:
        msg = "a section without an end"
        raise TextError(msg)
    return found


def _value(tokens: Iterator[tuple[str, str | int]]) -> Value:
    mark, value = next(tokens, ("end", ""))
    if not mark:
        return value
    if mark != "[":
        msg = "a value of no kind"
        raise TextError(msg)
    values: list[str | int] = []
    for mark, value in tokens:
        if mark == "]":
            return values
        if not mark:
            values.append(value)
    msg = "an array without an end"
    raise TextError(msg)
