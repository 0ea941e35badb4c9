"""What md5deep, sha1deep and sha256deep print with sizes, times or commas."""

import re
from collections.abc import Iterator

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import ListFile, Quarantined, Row, most_lines
from hashmatch.hashlists.values import readings
from hashmatch.model import Entry, Json, KnownHash

_DIGEST = r"([0-9a-fA-F]{32,64})"
_TIME = r"(\d{4}(?::\d\d){5})"
_SPACED = re.compile(rf"(?:(\d{{1,20}})  ?)?{_DIGEST}(?: {_TIME})?  ?\*?(.*)", re.ASCII)
_COMMAS = re.compile(rf"(?:(\d{{1,20}}), ?)?{_DIGEST}(?:,{_TIME})?,(.*)", re.ASCII)
_CELLS = re.compile(r"(?:\d+|[0-9a-fA-F]{32,64})(?:,.*)?", re.ASCII)


class Md5deepFormat:
    """`-z` (the size first), `-t` (the time behind the digest) and `-c` (commas), in any mixture.

    Without these options it prints as `md5sum` does. Size, time and name of the file stay in the
    details. Names are not quoted, also between commas: a name may hold some. 64 digits are read
    both as SHA-256 and as PDQ, as in a plain list.
    """

    title = "md5deep -z, -t or -c"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether most of the first lines are a digest and a name with one of these."""
        return most_lines(head, _is_row)

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per line; `#` at its start makes a comment."""
        texts = (each for _, line in file.lines() for each in line.split("\0"))
        for number, each in enumerate(texts, 1):
            text = each.strip()
            if text and not text.startswith("#"):
                yield _row(text, number)


def _is_row(line: str) -> bool:
    """Whether a line has a size, a time or a comma, and is no row of a table without header."""
    if found := _COMMAS.fullmatch(line):
        return bool(found[4]) and not _CELLS.fullmatch(found[4])
    spaced = _SPACED.fullmatch(line)
    return bool(spaced and (spaced[1] or spaced[3]))


def _row(line: str, number: int) -> Row:
    found = _COMMAS.fullmatch(line) or _SPACED.fullmatch(line)
    if found is None:
        return Quarantined(number, "the line is not a size, a digest and the name of a file")
    size, value, time, name = found.groups()
    if "," in line and re.fullmatch(r"[0-9a-fA-F]{32,64}(?:,.*)?", name):
        return Quarantined(number, "the line has two digests: name the columns in a first line")
    try:
        digests, hashes = readings(value)
    except HashFormatError as error:
        return Quarantined(number, str(error))
    details: dict[str, Json] = {"size": int(size)} if size else {}
    details |= {"time": time} if time else {}
    details |= {"filename": name} if name else {}
    return Entry(
        str(number), number, digests=digests, hashes=tuple(map(KnownHash, hashes)), details=details
    )
