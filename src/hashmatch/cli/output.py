"""What all verbs print with: nothing that a file name holds can steer the terminal."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hashmatch import visible
from hashmatch.model import Band, MatchKind
from hashmatch.reports import text as texts

if TYPE_CHECKING:
    from hashmatch.model import Match

printable = visible.printable
duration = texts.clock


def line(text: str = "") -> None:
    """One line on standard output; a character that it cannot show is escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    with standard_output():
        print(text.encode(encoding, "backslashreplace").decode(encoding))  # noqa: T201 (its job)


def note(text: str) -> None:
    """One line on standard error."""
    print(printable(text), file=sys.stderr)  # noqa: T201 (its job)


def note_error(error: Exception) -> None:
    """An error on standard error, with the line breaks of its message."""
    text = str(error)
    if type(error).__module__ == "builtins" and isinstance(error, OSError) and error.strerror:
        # People need the words of a system error, not its number.
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    for each in f"error: {text}".split("\n"):
        note(each)


@contextmanager
def standard_output() -> Iterator[None]:
    """A block that writes to standard output.

    Raises:
        OutputError: it cannot be written, as on a full disk.
    """
    from hashmatch.errors import HashmatchError
    from hashmatch.files.whole import cannot_write

    try:
        yield
    except (BrokenPipeError, HashmatchError):
        raise
    except OSError as error:
        _give_up_output()
        what = "standard output"
        raise cannot_write(what, error) from None


def flush_output() -> None:
    """Hand on all that was printed; a reader that has gone is no error.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        with standard_output():
            sys.stdout.flush()
    except BrokenPipeError:
        _give_up_output()


def _give_up_output() -> None:
    """Let what cannot be written go, or the interpreter complains about it once more at its end."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (until the end)


def json_line(value: Mapping[str, Any]) -> None:
    """One JSON object on one line, in ASCII: bytes of names that are no text stay as escapes."""
    with standard_output():
        print(json.dumps(value, ensure_ascii=True))  # noqa: T201 (its job)


def match_line(match: "Match") -> str:
    """A match in a few words: how near, list and entry, category."""
    if match.kind in (MatchKind.EXACT, MatchKind.COLLISION):
        sure = match.algorithm == "sha256"
        near = "equal bytes" if sure else f"equal {texts.NAMES[match.algorithm]}"
    else:
        near = f"{match.algorithm} {match.distance} of {match.threshold}"
    word = "MATCH" if match.band is Band.MATCH else "PROBABLE"
    if not match.reportable:
        word = "known good" if match.known_good else "suppressed"
        word = "collision" if match.kind is MatchKind.COLLISION else word
    category = texts.category_of(match)
    return (
        f"{word:6} {near:14}  {printable(match.list_name)} / {printable(match.entry_id)}  "
        f"{printable(category) or 'no category'}"
    )


def size_in_words(count: float) -> str:
    """A number of bytes, readable.

    >>> size_in_words(0), size_in_words(1), size_in_words(1500)
    ('0 bytes', '1 byte', '1.5 kB')
    """
    if count == 1:
        return "1 byte"
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:  # noqa: PLR2004 (a thousand)
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
