"""How values are written so that they come back exactly, and how rows are digested."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, overload

_QUOTE = '"'


def to_text(value: str) -> str:
    r"""The value as text that every program can read, and that leads back to it.

    SQLite's text is UTF-8, but names on evidence need not be. What cannot be stored as it is, is
    stored in quotes with escapes; what begins with a quote is too, so that the two never meet.

    >>> to_text("DCIM/plain.jpg"), to_text("caf\udce9.jpg")
    ('DCIM/plain.jpg', '"caf\\udce9.jpg"')
    """
    if not value.startswith(_QUOTE) and "\0" not in value:
        if value.isascii():
            return value
        try:
            value.encode()
        except UnicodeEncodeError:
            pass
        else:
            return value
    return f"{_QUOTE}{value.encode('unicode_escape').decode('ascii')}{_QUOTE}"


def from_text(value: str) -> str:
    """The value that `to_text` wrote."""
    if value.startswith(_QUOTE):
        return value[1:-1].encode("ascii").decode("unicode_escape")
    return value


@overload
def real(value: float) -> float: ...
@overload
def real(value: float | None) -> float | None: ...
def real(value: float | None) -> float | None:
    """The number as SQLite gives it back from a column of real numbers.

    It keeps no sign of zero, and whole numbers become real ones: their JSON is another.
    """
    return None if value is None else float(value) + 0.0


def canonical(value: Any) -> str:  # noqa: ANN401 (whatever JSON can hold, bytes as hex)
    """The one way to write a value as JSON: ASCII, keys sorted, no spaces, bytes as hex."""
    return _ENCODE(value)


def canonical_details(value: Any) -> str:  # noqa: ANN401 (as above)
    """The same for what a publisher said, in which numbers may be none: they become their words."""
    try:
        return canonical(value)
    except ValueError:
        return canonical(json.loads(json.dumps(value), parse_constant=str))


def digest(value: Any) -> bytes:  # noqa: ANN401 (as above)
    """The SHA-256 of the canonical JSON of a value."""
    return hashlib.sha256(_ENCODE(value).encode("ascii")).digest()


def digests(values: Sequence[Any]) -> list[bytes]:
    """The digest of each of many values: they are written together, which is much faster."""
    text = _ENCODE([part for value in values for part in (value, _NUL)])
    texts = f"{text[1:-1]},".encode("ascii").split(_BETWEEN)
    if len(texts) != len(values) + 1:
        return [digest(value) for value in values]
    return [hashlib.sha256(each).digest() for each in texts[:-1]]


_NUL = "\0"
_BETWEEN = b',"\\u0000",'
"""What parts two values. In the text of a value there is no quote behind a comma, as quotes are
escaped. No text that is recorded is a NUL (`to_text`): one would show by the number of parts."""

_ENCODE = json.JSONEncoder(
    ensure_ascii=True,
    sort_keys=True,
    separators=(",", ":"),
    allow_nan=False,
    # No value of ours holds itself.
    check_circular=False,
    default=bytes.hex,
).encode
