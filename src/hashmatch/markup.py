"""HTML from values: one door through which all text goes."""

import re
from functools import lru_cache
from typing import Final

from hashmatch.visible import all_visible, code_point, is_visible

_ENTITIES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", ":": "&#58;"}
)
"""The colon too: whoever searches the page for `data:` or `http:` finds no text of evidence."""


_SPECIAL: Final = re.compile("[&<>\"':]").search


class Markup(str):
    """Text that is HTML already. Only this module makes it of anything else."""

    __slots__ = ()


def shown(value: object) -> Markup:
    """The value as HTML that shows it and does nothing else.

    What is no visible character becomes a box with its code point: control characters,
    changes of direction, bytes that are no text.
    """
    if isinstance(value, Markup):
        return value
    text = str(value)
    if all_visible(text):
        return Markup(_entities(text))
    return Markup(
        "".join(
            c.translate(_ENTITIES) if is_visible(c) else f"<b class=u>{code_point(c)}</b>"
            for c in text
        )
    )


def _entities(text: str) -> str:
    return text.translate(_ENTITIES) if _SPECIAL(text) else text


def joined(*children: object) -> Markup:
    """Values one after the other."""
    return Markup("".join(map(shown, children)))


def tag(name: str, *children: object, **attributes: str | int) -> Markup:
    """An element; `class_` and the like lose their underscore, inner ones become hyphens.

    >>> tag("p", "a < b", tag("b", 1), class_="note")
    '<p class="note">a &lt; b<b>1</b></p>'
    """
    head = name
    for key, value in attributes.items():
        head += _attribute(key, value)
    inner = [each if isinstance(each, Markup) else shown(each) for each in children]
    return Markup(f"<{head}>{''.join(inner)}</{name}>")


@lru_cache(maxsize=1024)
def _attribute(key: str, value: str | int) -> str:
    return f' {key.rstrip("_").replace("_", "-")}="{_entities(str(value))}"'


def foreign(text: str, **attributes: str) -> Markup:
    """Text from evidence or from a publisher, whose direction stays its own."""
    return tag("bdi", text, **attributes)
