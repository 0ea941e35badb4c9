"""What all verbs print with: nothing that a file name holds can steer the terminal."""

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hashmatch.model import Match


def printable(text: str) -> str:
    """The text with everything escaped that is no visible character."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )


def line(text: str = "") -> None:
    """One line on standard output; a character that it cannot show is escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding))  # noqa: T201 (its job)


def note(text: str) -> None:
    """One line on standard error."""
    print(printable(text), file=sys.stderr)  # noqa: T201 (its job)


def json_line(value: Mapping[str, Any]) -> None:
    """One JSON object on one line, in ASCII: bytes of names that are no text stay as escapes."""
    print(json.dumps(value, ensure_ascii=True))  # noqa: T201 (its job)


def match_line(match: "Match") -> str:
    """A match in a few words: how near, list and entry, category."""
    if match.kind == "exact":
        near = "equal bytes"
    else:
        near = f"{match.algorithm} {match.distance} of {match.threshold}"
    word = "MATCH" if match.band == "match" else "PROBABLE"
    if not match.raised:
        word = "known good" if match.known_good else "suppressed"
    category = f"{match.scheme}/{match.category}" if match.scheme else match.category
    return (
        f"{word:6} {near:14}  {printable(match.list)} / {printable(match.entry)}  "
        f"{printable(category) or 'no category'}"
    )


def size_in_words(count: float) -> str:
    """A number of bytes, readable."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:  # noqa: PLR2004 (a thousand)
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
