"""What Meta's `pdq-photo-hasher` prints: PDQ hashes of pictures, without a header."""

import re
from collections.abc import Iterator

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import ListFile, Quarantined, Row, most_lines
from hashmatch.hashlists.values import quality
from hashmatch.model import Entry, Hash, Json, KnownHash

_HEX = r"[0-9a-f]{64}"
_SHORT = re.compile(rf"({_HEX}) ?, ?(-?\d{{1,20}})(?:,(.*))?", re.IGNORECASE | re.ASCII)
_ACROSS = re.compile(rf"({_HEX})((?:,{_HEX}){{7}}),(-?\d{{1,20}}),(.*)", re.IGNORECASE | re.ASCII)
_DETAILED = re.compile(
    rf"hash=({_HEX})((?:,[a-z]\w{{0,20}}=[^,]*)*?)(?:,filename=(.*))?", re.IGNORECASE | re.ASCII
)
_TURNS = ("rot90", "rot180", "rot270", "flipx", "flipy", "flipp", "flipm")
_SECONDS = re.compile(r"[\d.e+-]{1,30}", re.IGNORECASE | re.ASCII)
_ZEROS = bytes(32)


class PdqHasherFormat:
    """`hash,quality,filename`, also without the name, with `--details` or `--pdqdih-across`.

    The name of the file and all else stay in the details. Of the eight turned and mirrored hashes
    of `--pdqdih-across` the first is matched: pictures are looked up in all eight ways anyway.
    For a picture that it could not read the tool prints zeros and any number as quality: such
    rows are quarantined.
    """

    title = "Meta's pdq-photo-hasher"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether most of the first lines are a PDQ hash with a quality."""
        return most_lines(head, _is_row)

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per line; `#` at its start makes a comment."""
        for number, line in file.lines():
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            try:
                yield _entry(text, number)
            except HashFormatError as error:
                yield Quarantined(number, str(error))


def _is_row(line: str) -> bool:
    """Whether a line is of this tool; a number in place of a name is a time of vPDQ's."""
    if found := _SHORT.fullmatch(line):
        return found[3] is None or not _SECONDS.fullmatch(found[3].strip())
    return bool(_ACROSS.fullmatch(line) or _DETAILED.fullmatch(line))


def _entry(line: str, number: int) -> Entry:
    details: dict[str, Json] = {}
    if found := _SHORT.fullmatch(line):
        digits, rating, name = found.groups()
    elif found := _ACROSS.fullmatch(line):
        digits, turned, rating, name = found.groups()
        details |= zip(_TURNS, turned[1:].split(","), strict=True)
    elif found := _DETAILED.fullmatch(line):
        digits, more, name = found.groups()
        said = dict(each.split("=", 1) for each in more.split(",")[1:])
        rating = said.pop("quality", "")
        details |= said
    else:
        msg = "the line is not a PDQ hash, a quality and a name"
        raise HashFormatError(msg)
    value = Hash.fromhex("pdq", digits)
    if value.value == _ZEROS and rating != "0":
        msg = "the hash is zero, as the tool prints it for a picture that it could not read"
        raise HashFormatError(msg)
    if name:
        details["filename"] = name
    known = KnownHash(value, quality(rating) if rating else None)
    return Entry(str(number), number, hashes=(known,), details=details)
