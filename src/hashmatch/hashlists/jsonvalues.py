"""Single JSON values, read as they were meant."""

import json
import math
import re
from typing import Any

DEEPEST = 64
"""Levels of nesting in a row; real rows have three."""

MOST_KEYS = 100_000
"""Keys of one object; those of real rows are some dozens."""

TEXT = r'"(?:[^"\\]++|\\.)*+"'
_NESTING = re.compile(rf"{TEXT}|[{{}}\[\]]", re.DOTALL)


class BrokenError(Exception):
    """A value cannot be parsed; the message says why."""


def _agreed(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, in which a key may be repeated as long as it says the same."""
    if len(pairs) > MOST_KEYS:
        msg = f"an object has more than {MOST_KEYS:,} keys"
        raise BrokenError(msg)
    found = dict(pairs)
    if len(found) != len(pairs) and any(found[key] != value for key, value in pairs):
        msg = "an object has a key twice, with different values"
        raise BrokenError(msg)
    return found


def _finite(text: str) -> float | str:
    value = float(text)
    return value if math.isfinite(value) else text


decode = json.JSONDecoder(
    strict=False, object_pairs_hook=_agreed, parse_constant=str, parse_float=_finite
).raw_decode


def too_deep(text: str, start: int, end: int) -> bool:
    """Whether a value is nested deeper than what reads it later can follow."""
    if text.count("[", start, end) + text.count("{", start, end) <= DEEPEST:
        return False
    depth = deepest = 0
    for token in _NESTING.finditer(text, start, end):
        if token[0] in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in "}]":
            depth -= 1
    return deepest > DEEPEST
