"""Values of an answer that nobody trusts, each of the type and in the range that ours have.

Each raises `ProtocolError` for every other value.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NoReturn, TypeVar

from hashmatch.scanning.messages import ProtocolError

T = TypeVar("T")

_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}").fullmatch
_WORDS: Final = 4096
"""Words that are remembered as such: the same few hundred come again and again."""
_KEYS: Final = (int, str)


def list_in(value: object, *lengths: int) -> list[Any]:
    """The list that a value is, of one of these lengths, if any are given."""
    if type(value) is not list or (lengths and len(value) not in lengths):
        refuse()
    return value


def one_of(table: Mapping[Any, T], value: object) -> T:
    """What a value stands for in a table."""
    if type(value) not in _KEYS or value not in table:
        refuse()
    return table[value]


def integer_in(value: object, most: int) -> int:
    """A whole number from 0 on, to `most`."""
    if type(value) is not int or not 0 <= value <= most:
        refuse()
    return value


def real_in(value: object, most: float, *, least: float = 0.0) -> float:
    """A number from `least` to `most`."""
    # No NaN lies between two numbers.
    if type(value) not in (int, float) or not least <= value <= most:  # type: ignore[operator]
        refuse()
    return value  # type: ignore[return-value]


def word_in(value: object) -> str:
    """A word: ASCII letters, digits, dots, hyphens and low lines, 40 at most."""
    if type(value) is not str or not _is_word(value):
        refuse()
    return value


@lru_cache(_WORDS)
def _is_word(value: str) -> bool:
    return _WORD(value) is not None


def text_in(value: object) -> str:
    """Text of any kind."""
    if not isinstance(value, str):
        refuse()
    return value


def refuse() -> NoReturn:
    """Raise the error.

    Raises:
        ProtocolError: always.
    """
    msg = "not an item: it has an invalid value"
    raise ProtocolError(msg) from None
