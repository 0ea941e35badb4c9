"""HTML from values: one door through which all text goes."""

from typing import Final

from hashmatch.visible import code_point, is_visible

_ENTITIES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", ":": "&#58;"}
)
"""The colon too: whoever searches the page for `data:` or `http:` finds no text of evidence."""


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
    if text.isascii() and text.isprintable():
        return Markup(text.translate(_ENTITIES))
    return Markup(
        "".join(
            c.translate(_ENTITIES) if is_visible(c) else f"<b class=u>{code_point(c)}</b>"
            for c in text
        )
    )


def joined(*children: object) -> Markup:
    """Values one after the other."""
    return Markup("".join(map(shown, children)))


def tag(name: str, *children: object, **attributes: str | int) -> Markup:
    """An element; `class_` and the like lose their underscore, inner ones become hyphens.

    >>> tag("p", "a < b", tag("b", 1), class_="note")
    '<p class="note">a &lt; b<b>1</b></p>'
    """
    head = name + "".join(
        f' {key.rstrip("_").replace("_", "-")}="{str(value).translate(_ENTITIES)}"'
        for key, value in attributes.items()
    )
    return Markup(f"<{head}>{''.join(map(shown, children))}</{name}>")


def foreign(text: str, **attributes: str) -> Markup:
    """Text from evidence or from a publisher, whose direction stays its own."""
    return tag("bdi", text, **attributes)
