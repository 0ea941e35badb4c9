"""Text out of files, made fit for the record: printable, bounded, and nothing that says nothing."""

from collections.abc import MutableMapping
from typing import Final

LONGEST: Final = 1024
"""Characters of a value."""
MOST: Final = 64
"""Values of a file."""
_UNSHOWN: Final = "\N{REPLACEMENT CHARACTER}"
_BLANK: Final = frozenset(f"0 :-./{_UNSHOWN}")
"""What alone says that a value is not known: EXIF has blanks, many programs have zeros."""


def add(found: MutableMapping[str, str], name: str, value: bytes | str) -> None:
    """Add a value to those of a file, if it says something and there is none of the name yet."""
    if name in found or len(found) >= MOST:
        return
    text = (value if isinstance(value, str) else _decoded(value)).strip()[:LONGEST]
    if not text.isprintable():
        text = "".join(each if each.isprintable() else _UNSHOWN for each in text)
    if not _BLANK.issuperset(text):
        found[name] = text


def _decoded(value: bytes) -> str:
    value = value.split(b"\0", 1)[0]
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
