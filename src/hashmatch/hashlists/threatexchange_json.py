"""ThreatExchange: descriptors and updates of its Graph API, as JSON."""

import re
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
from hashmatch.hashlists.values import truth
from hashmatch.model import Entry

_KEYS = (
    *("id", "type", "indicator", "raw_indicator", "status"),
    *("should_delete", "tags", "owner", "descriptors"),
)
_SPELLING = {key: key for key in _KEYS}
_TAKEN = ("id", "indicator", "raw_indicator", "status", "should_delete")
_OPINIONS = ("status", "owner", "raw_indicator", "applications_with_opinions")
_KINDS = {
    "HASH_MD5": "md5",
    "HASH_VIDEO_MD5": "md5",
    "HASH_SHA1": "sha1",
    "HASH_SHA256": "sha256",
    "HASH_PDQ": "pdq",
    "HASH_TMK": "tmk-pdqf",
    "HASH_PHOTODNA": "photodna",
}
_TYPE = re.compile(r'"type"\s*:\s*"HASH_', re.IGNORECASE)
_INDICATOR = re.compile(r'"(?:raw_)?indicator"\s*:', re.IGNORECASE)


class ThreatExchangeFormat:
    """Descriptors, or threat updates with descriptors in them, of ThreatExchange.

    One object, an array, an answer of the Graph API with `data`, or one a line. The status is
    kept as the category, of the scheme `ThreatExchange`; `NON_MALICIOUS` means known-good.
    """

    title = "ThreatExchange descriptors, JSON"
    keyed = True

    def detect(self, head: bytes) -> bool:
        """Whether an indicator is of a hash type."""
        text = as_text(head)
        named = bool(_INDICATOR.search(text) and _TYPE.search(text))
        return named and first_char(text) in ("{", "[")

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per descriptor or update, one withdrawal per deleted one."""
        answer = has_key(as_text(file.head()), "data")
        yield from parse_rows(file, ("data",) if answer else (), row_of)


def row_of(record: dict[str, Any], number: int) -> Row:
    """What a descriptor or an update says; it replaces all that was said of its id before.

    Raises:
        HashFormatError: it cannot be understood.
    """
    record = normalize_keys(record, _SPELLING)
    name = text_of(record, "id")
    if not name:
        msg = "the descriptor has no id"
        raise HashFormatError(msg)
    if truth(record.get("should_delete")) or _has_lost_all_opinions(record):
        return Withdrawn(name, number)
    digests, hashes = parse_fingerprint(*_indicator(record))
    status = _status(record)
    details = without_empty(record, _TAKEN)
    if "tags" in details:
        details["tags"] = _tags(details["tags"])
    return Entry(
        name,
        number,
        digests=digests,
        hashes=hashes,
        category=status,
        scheme="ThreatExchange" if status else "",
        known_good=status == "NON_MALICIOUS",
        details=details,
    )


def _has_lost_all_opinions(record: dict[str, Any]) -> bool:
    """Whether it is an update without descriptors: the indicator is gone, whatever it says.

    https://github.com/facebook/ThreatExchange/issues/834. A descriptor by itself, and an update
    that tells the status or whose opinions there are without descriptors, hold an opinion.
    """
    update = "should_delete" in record or "descriptors" in record
    return update and not _descriptors(record) and not any(map(record.get, _OPINIONS))


def _descriptors(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The descriptors in an update; none in a descriptor."""
    value = record.get("descriptors") or {}
    value = value.get("data") or [] if isinstance(value, dict) else value
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        msg = "the descriptors of the record are no list of objects"
        raise HashFormatError(msg)
    return value


def _indicator(record: dict[str, Any]) -> tuple[str, str]:
    """The algorithm and the text of its hash."""
    indicator = record.get("indicator")
    if isinstance(indicator, dict):
        record = {"type": indicator.get("type"), **record, "indicator": indicator.get("indicator")}
    raw, text = text_of(record, "raw_indicator"), text_of(record, "indicator")
    if raw and text and raw.lower() != text.lower():
        msg = "the descriptor names two different indicators"
        raise HashFormatError(msg)
    kind = _KINDS.get(text_of(record, "type").upper())
    if kind is None:
        msg = "the indicator's type is not a known type of hash"
        raise HashFormatError(msg)
    return kind, raw or text


def _status(record: dict[str, Any]) -> str:
    """What the owner says; of an update, what all owners of its descriptors say, if they agree."""
    stated = {text_of(record, "status").upper()}
    if inner := _descriptors(record):
        stated = {text_of(each, "status").upper() for each in inner}
    return stated.pop() if len(stated) == 1 else ""


def _tags(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    """Their texts, in either of the forms that the API gives them."""
    tags = _data(value)
    if tags and all(isinstance(tag, dict) and "text" in tag for tag in tags):
        return [tag["text"] for tag in tags]
    return value


def _data(value: object) -> list[Any]:
    """The elements of the Graph API's `{"data": […]}`."""
    if isinstance(value, dict):
        value = value.get("data")
    return value if isinstance(value, list) else []
