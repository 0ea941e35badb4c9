"""Our own format: JSON Lines that hold everything that an entry can."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row, Withdrawn, as_text
from hashmatch.hashlists.jsonfields import first_char
from hashmatch.hashlists.jsontext import LONGEST_ROW
from hashmatch.model import Digests, Entry, Hash, KnownHash
from hashmatch.model.digests import DIGESTS
from hashmatch.model.patch import PatchPlace

VERSION = 1

_MARK = "hashmatch-list"
_NO_TEXT = "\ufffd"
_HEX = re.compile(r"[0-9a-f]*")
_HEADER = frozenset((_MARK, "name", "version", "owner", "details"))
_ENTRY: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("id", "category", "scheme", *DIGESTS), (str,)),
    "number": (int,),
    "known_good": (bool,),
    "hashes": (list,),
    "details": (dict,),
}
_HASH: dict[str, tuple[type, ...]] = {
    "hash": (str,),
    "quality": (int,),
    "part": (str,),
    "time": (int, float),
    "place": (list,),
}


class JsonLinesFormat:
    """A header, then one entry per line, or `{"withdrawn": id}` for one that was taken back.

    Entries with the same id all stand, so that any list can be written and read again exactly;
    a withdrawal takes back those that stand above it. Files are ASCII. A key that version 1
    does not know spoils its line: nothing that somebody said is passed over.
    """

    title = "hashmatch's own JSON Lines"
    keyed = False
    carries_patches = True

    def detect(self, head: bytes) -> bool:
        """Whether the first line is our header."""
        text = as_text(head)
        first = text.lstrip().partition("\n")[0]
        return first_char(text) == "{" and f'"{_MARK}"' in first

    def read(self, file: ListFile) -> Iterator[Row]:
        """The header, then one row per line.

        Raises:
            ListFormatError: the header cannot be read, or is of a later version.
        """
        header = True
        for number, line in file.lines(LONGEST_ROW):
            if not line.strip():
                continue
            if header:
                yield _about(line)
                header = False
                continue
            try:
                yield _row(_object(line), number)
            except HashFormatError as error:
                yield Quarantined(number, str(error))

    def write(self, entries: Iterable[Entry], about: About, out: TextIO) -> Counter[str]:
        """Write all that entries say; nothing is ever lost."""
        header: dict[str, Any] = {_MARK: VERSION, "name": about.name, "version": about.version}
        header |= {"owner": about.owner, "details": dict(about.details)}
        out.write(json.dumps(header) + "\n")
        out.writelines(json.dumps(_written(entry)) + "\n" for entry in entries)
        return Counter()


def _object(line: str) -> dict[str, Any]:
    if _NO_TEXT in line:
        msg = "the line is too long, or holds bytes that are no text"
        raise HashFormatError(msg)
    try:
        value = json.loads(line, object_pairs_hook=_unrepeated)
    except (ValueError, RecursionError):
        msg = "the line cannot be parsed as JSON"
        raise HashFormatError(msg) from None
    if not isinstance(value, dict):
        msg = "the line is no object"
        raise HashFormatError(msg)
    return value


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "an object has a key twice"
        raise ValueError(msg)
    return found


def _about(line: str) -> About:
    try:
        header = _object(line)
    except HashFormatError:
        header = {}
    version = header.get(_MARK)
    if version != VERSION or isinstance(version, bool):
        msg = f"the header is not that of a hashmatch list of version {VERSION}"
        raise ListFormatError(msg)
    name, own_version, owner = (header.get(key, "") for key in ("name", "version", "owner"))
    details = header.get("details", {})
    if (
        header.keys() - _HEADER
        or not all(isinstance(text, str) for text in (name, own_version, owner))
        or not isinstance(details, dict)
    ):
        msg = "the header of the list has an unknown key"
        raise ListFormatError(msg)
    return About(name, own_version, owner, details)


def _row(line: dict[str, Any], number: int) -> Row:
    if line.keys() == {"withdrawn"}:
        if not isinstance(line["withdrawn"], str):
            msg = "withdrawn is not the text of an id"
            raise HashFormatError(msg)
        return Withdrawn(line["withdrawn"], number)
    _check(line, _ENTRY)
    if "id" not in line:
        msg = "the row has no id"
        raise HashFormatError(msg)
    given = line.get("number", number)
    if not 0 <= given < 1 << 32:
        msg = "number is out of range"
        raise HashFormatError(msg)
    return Entry(
        id=line["id"],
        number=given,
        digests=Digests(**{name: line[name] for name in DIGESTS if name in line}),
        hashes=tuple(_known(each) for each in line.get("hashes", [])),
        category=line.get("category", ""),
        scheme=line.get("scheme", ""),
        known_good=line.get("known_good", False),
        details=line.get("details", {}),
    )


def _check(row: Mapping[str, Any], types: Mapping[str, tuple[type, ...]]) -> None:
    for key, value in row.items():
        if type(value) not in types.get(key, ()):
            msg = f"{key} is of the wrong type" if key in types else "a key is unknown"
            raise HashFormatError(msg)


def _known(value: object) -> KnownHash:
    if not isinstance(value, dict) or "hash" not in value:
        msg = "a hash is an object with the key hash"
        raise HashFormatError(msg)
    _check(value, _HASH)
    algorithm, _, digits = value["hash"].partition(":")
    if not _HEX.fullmatch(digits):
        msg = "a hash is written algorithm:hex"
        raise HashFormatError(msg)
    digits = digits.zfill(len(digits) + len(digits) % 2)
    return KnownHash(
        Hash(algorithm, bytes.fromhex(digits)),
        value.get("quality"),
        value.get("part", ""),
        value.get("time"),
        _place(value["place"]) if "place" in value else None,
    )


def _place(numbers: list[object]) -> PatchPlace:
    if len(numbers) != len(PatchPlace._fields) or any(type(each) is not int for each in numbers):
        msg = "the place of a patch is six whole numbers"
        raise HashFormatError(msg)
    return PatchPlace(*numbers)  # type: ignore[arg-type] # they are numbers


def _written(entry: Entry) -> dict[str, Any]:
    line: dict[str, Any] = {"id": entry.id, "number": entry.number, **dict(entry.digests.items())}
    if entry.hashes:
        line["hashes"] = [_hash(known) for known in entry.hashes]
    for key in ("category", "scheme", "known_good", "details"):
        if value := getattr(entry, key):
            line[key] = dict(value) if key == "details" else value
    return line


def _hash(known: KnownHash) -> dict[str, Any]:
    found: dict[str, Any] = {"hash": str(known.hash)}
    if known.quality is not None:
        found["quality"] = known.quality
    if known.part:
        found["part"] = known.part
    if known.time is not None:
        found["time"] = known.time
    if known.place is not None:
        found["place"] = list(known.place)
    return found
