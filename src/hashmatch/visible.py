"""Text of unknown origin, with everything visible that a reader would not see."""

from collections.abc import Callable

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Characters that Unicode calls letters, marks or symbols, and that show nothing."""


def is_visible(character: str) -> bool:
    """Whether a reader sees it, and sees it where it stands."""
    return character.isprintable() and character not in _BLANK


def all_visible(text: str) -> bool:
    """Whether a reader sees every character of a text."""
    return text.isprintable() and (text.isascii() or _BLANK.isdisjoint(text))


def escaped(text: str, escape: Callable[[str], str]) -> str:
    """The text with everything replaced that is no visible character."""
    if all_visible(text):
        return text
    return "".join(c if is_visible(c) else escape(c) for c in text)


def printable(text: str) -> str:
    r"""The text with everything written as its Python escape that is no visible character.

    >>> printable("holiday\u202egpj.exe")
    'holiday\\u202egpj.exe'
    """
    return escaped(text, lambda c: c.encode("unicode_escape", "surrogatepass").decode())


def code_point(character: str) -> str:
    r"""How Unicode names it; a byte of a name that is no text by its value.

    >>> code_point("\u202e"), code_point("\udcff")
    ('U+202E', 'byte FF')
    """
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:  # noqa: PLR2004 (PEP 383)
        return f"byte {number - 0xDC00:02X}"
    return f"U+{number:04X}"
