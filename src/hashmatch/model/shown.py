"""Values in a few words, as a session or a notebook shows them: short, and no full hash value."""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import MISSING, Field, fields
from enum import Enum
from typing import Any, Final

LONGEST: Final = 60
"""Characters of a text that are shown: its last ones, where names of files differ."""
_MOST: Final = 240
"""Characters of a value's fields."""
_HEX = re.compile(r"(?<=:)[0-9A-Fa-f]{9,}|[0-9A-Fa-f]{17,}")


def brief(value: object) -> str:
    """The value in a few words; what it holds is counted."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str):
        return clipped(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value):,} bytes"
    if isinstance(value, Mapping | Sequence | AbstractSet):
        return _several(value)
    return clipped(str(value))


def clipped(text: str) -> str:
    """Its end, where it is long; of a hash value the first digits."""
    short = _HEX.sub(lambda found: f"{found[0][:8]}…", text[-(LONGEST << 4) :])
    return short if len(short) <= LONGEST else f"…{short[-LONGEST:]}"


def told(value: Any) -> Iterator[tuple[str, object]]:  # noqa: ANN401 (any dataclass)
    """Name and value of every field that is not as it is by default."""
    for each in fields(value):
        held = getattr(value, each.name)
        if each.repr and held != _default(each):
            yield each.name, held


def in_short(value: Any) -> str:  # noqa: ANN401 (any dataclass)
    """One line in ASCII, but for what stands for something left out."""
    parts = [f"{name}={_quoted(held)}" for name, held in told(value)]
    line = ", ".join(parts)
    if len(line) > _MOST:
        line = f"{line[:_MOST]}…"
    return f"<{' '.join(filter(None, (type(value).__name__, line)))}>"


def _quoted(value: object) -> str:
    # Names of evidence may hold anything.
    if isinstance(value, str) and not isinstance(value, Enum):
        return ascii(clipped(value)).replace("\\u2026", "…")
    return ascii(brief(value))[1:-1].replace("\\u2026", "…")


def _several(value: Mapping[Any, object] | Sequence[object] | AbstractSet[object]) -> str:
    simple = bool | int | float | str | Enum
    if isinstance(value, Mapping):
        if all(isinstance(each, simple) for each in value.values()) and len(value) <= LONGEST:
            listed = ", ".join(f"{clipped(str(k))}: {brief(v)}" for k, v in value.items())
            if len(listed) <= LONGEST:
                return f"{{{listed}}}"
    elif all(isinstance(each, simple) for each in value) and len(value) <= LONGEST:
        listed = ", ".join(map(brief, value))
        if len(listed) <= LONGEST:
            return f"({listed})"
    return f"({len(value):,} values)"


def _default(each: "Field[Any]") -> object:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return each.default
