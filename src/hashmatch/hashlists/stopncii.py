"""StopNCII: the records of its hash exchange, as JSON."""

from collections.abc import Iterator
from typing import Any

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import ListFile, Row, Withdrawn, as_text
from hashmatch.hashlists.jsonfields import (
    first_char,
    has_key,
    normalize_keys,
    parse_fingerprint,
    parse_rows,
    text_of,
    without_empty,
)
from hashmatch.model import Entry

_KEYS = (
    *("lastModtimestamp", "signalType", "hashValue", "hashStatus"),
    *("caseNumbers", "CSPFeedbacks"),
)
_SPELLING = {key.lower(): key for key in _KEYS}
_KINDS = {"imagepdq": "pdq", "videomd5": "md5", "videotmk": "tmk-pdqf"}
_STANDING, _GONE = ("received", "active"), ("withdrawn", "deleted")


class StopNciiFormat:
    """Answers of StopNCII's FetchHashes, one or several after another, or their records alone.

    Records have no id of their own: the hash is it, and a later record of the same hash replaces
    an earlier one.
    """

    title = "StopNCII hash records, JSON"
    keyed = True

    def detect(self, head: bytes) -> bool:
        """Whether it names `hashRecords`, or `signalType` and `hashStatus`."""
        text = as_text(head)
        lower = text.lower()
        record = '"signaltype"' in lower and '"hashstatus"' in lower
        return first_char(text) in ("{", "[") and (has_key(text, "hashrecords") or record)

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per record that stands, one withdrawal per record that was taken back."""
        answer = has_key(as_text(file.head()), "hashrecords")
        yield from parse_rows(file, ("hashrecords",) if answer else (), row_of)


def row_of(record: dict[str, Any], number: int) -> Row:
    """What one record says; it replaces all that was said of its hash before.

    Raises:
        HashFormatError: it cannot be understood.
    """
    record = normalize_keys(record, _SPELLING)
    kind = _KINDS.get(text_of(record, "signalType").lower())
    if kind is None:
        msg = "the signal is neither an image's PDQ nor a video's MD5 or TMK"
        raise HashFormatError(msg)
    text = text_of(record, "hashValue")
    digests, hashes = parse_fingerprint(kind, text)
    name = str(hashes[0].hash) if hashes else f"md5:{digests.md5}"
    stated = text_of(record, "hashStatus")
    status = stated.lower()
    if status in _GONE:
        return Withdrawn(name, number)
    if status not in _STANDING:
        msg = "the status is none of Received, Active, Withdrawn and Deleted"
        raise HashFormatError(msg)
    details = without_empty(record, ("hashValue",))
    return Entry(
        name,
        number,
        digests=digests,
        hashes=hashes,
        category=stated,
        scheme="StopNCII",
        details=details,
    )
