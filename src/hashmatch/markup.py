"""HTML from values: one door through which all text goes."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from hashmatch.visible import all_visible, code_point, is_visible

_ENTITIES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", ":": "&#58;"}
)
"""The colon too: whoever searches the page for `data:` or `http:` finds no text of evidence."""


_HARMLESS: Final = re.compile("[ !#-%(-9;=?-~]*").fullmatch
"""Text that is its own HTML: visible ASCII characters without those in `_ENTITIES`."""


class Markup(str):
    """Text that is HTML already. Only this module makes it of anything else."""

    __slots__ = ()


def shown(value: object) -> Markup:
    """The value as HTML that shows it and does nothing else.

    What is no visible character becomes a box with its code point: control characters,
    changes of direction, bytes that are no text.
    """
    return value if isinstance(value, Markup) else Markup(_escaped(str(value)))


@lru_cache(maxsize=4096)
def _escaped(text: str) -> str:
    """The HTML of a text. The same few words are on most rows of a page."""
    if _HARMLESS(text):
        return text
    if all_visible(text):
        return text.translate(_ENTITIES)
    return "".join(
        c.translate(_ENTITIES) if is_visible(c) else f"<b class=u>{code_point(c)}</b>" for c in text
    )


def _one(value: object) -> str:
    """The HTML of a value."""
    return value if type(value) is Markup else _escaped(str(value))


def _inner(values: Sequence[object]) -> str:
    """The HTML of values, one after the other."""
    return "".join([v if type(v) is Markup else _escaped(str(v)) for v in values])


def joined(*children: object) -> Markup:
    """Values one after the other."""
    return Markup(_inner(children))


def definitions(pairs: Iterable[tuple[object, object]]) -> Markup:
    """Terms, each with its definition behind it."""
    return Markup("".join([f"<dt>{_one(a)}</dt><dd>{_one(b)}</dd>" for a, b in pairs]))


def tag(name: str, *children: object, **attributes: str | int) -> Markup:
    """An element; `class_` and the like lose their underscore, inner ones become hyphens.

    >>> tag("p", "a < b", tag("b", 1), class_="note")
    '<p class="note">a &lt; b<b>1</b></p>'
    """
    head = name
    for key, value in attributes.items():
        head += _attribute(key, value)
    return Markup(f"<{head}>{_inner(children)}</{name}>")


def element(name: str, **attributes: str | int) -> Callable[..., Markup]:
    """What makes elements of one kind, as `tag` does: their attributes are written once.

    >>> element("b", class_="note")("a < b", 1)
    '<b class="note">a &lt; b1</b>'
    """
    head = f"<{name}{''.join(_attribute(*each) for each in attributes.items())}>"
    tail = f"</{name}>"

    def made(*children: object) -> Markup:
        if len(children) != 1:
            return Markup(f"{head}{_inner(children)}{tail}")
        # Most hold a single text.
        (child,) = children
        return Markup(f"{head}{child if type(child) is Markup else _escaped(str(child))}{tail}")

    return made


@lru_cache(maxsize=1024)
def _attribute(key: str, value: str | int) -> str:
    return f' {key.rstrip("_").replace("_", "-")}="{str(value).translate(_ENTITIES)}"'


def foreign(text: str, **attributes: str) -> Markup:
    """Text from evidence or from a publisher, whose direction stays its own."""
    return tag("bdi", text, **attributes) if attributes else _FOREIGN(text)


_FOREIGN: Final = element("bdi")
