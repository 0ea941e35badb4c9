"""NCMEC's hash-sharing API, version 2: its XML as it is saved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row, Withdrawn, as_text
from hashmatch.hashlists.values import DIGESTS, OPAQUE, algorithm_id, digest, hash_of
from hashmatch.model import Digests, Entry, Json, KnownHash, bits_of

_NAMESPACE = re.compile(r"https?://hashsharing\.ncmec\.org/hashsharing/v\d+")
_START = re.compile(r"<(?:\w+:)?queryResult\b")
_RECORDS = {"image": "image", "video": "video", "deletedImage": "image", "deletedVideo": "video"}
_KNOWN = frozenset(("member", "id", "timestamp", "classification", "fingerprints"))
_CHUNK = 1 << 16
_DEEPEST = 32
_MOST_ELEMENTS = 20_000
_LONGEST_TEXT = 4 << 20
_LONGEST_TAG = 4 << 20


class NcmecFormat:
    """Images and videos with their fingerprints, classification and members' feedback.

    The id of an entry is `member/id`. `deletedImage` and `deletedVideo` withdraw entries. A
    fingerprint that cannot be read is quarantined, and the entry stands with its others.
    Fingerprints that are only links, feedback and all else stay in the details.
    """

    title = "NCMEC hash sharing (XML)"
    keyed = True

    def detect(self, head: bytes) -> bool:
        """Whether the document starts as an answer of the API."""
        text = as_text(head)
        return bool(_START.search(text) and _NAMESPACE.search(text))

    def read(self, file: ListFile) -> Iterator[Row]:
        """Rows by record; numbers count records, as the file need not have lines.

        If the XML breaks, what came before stands, and one row says where it broke.

        Raises:
            ListFormatError: the document has a document type: it could define entities.
        """
        reader = _Reader()
        with file.open() as stream:
            fed = 0
            while not reader.broken:
                chunk = stream.read(_CHUNK)
                fed += len(chunk)
                reader.feed(chunk, fed)
                yield from reader.rows
                reader.rows.clear()
                if not chunk:
                    break
        if reader.refused:
            msg = f"{file.path} has a document type, which could define entities: refused"
            raise ListFormatError(msg)
        if reader.broken:
            yield Quarantined(reader.number + 1, reader.broken)
        yield reader.about()


@dataclass(slots=True)
class _Element:
    """An element of a record, and what is in it."""

    name: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)
    children: list["_Element"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts).strip()

    def child(self, name: str) -> "_Element | None":
        return next((each for each in self.children if each.name == name), None)

    def value(self, name: str) -> str:
        found = self.child(name)
        return found.text if found else ""

    def json(self) -> Json:
        """All of it: a text, or an object of attributes, text and children by name."""
        if not self.children and not self.attributes:
            return self.text
        said: dict[str, Json] = dict(self.attributes)
        if self.text:
            said["text"] = self.text
        groups: dict[str, list[Json]] = {}
        for each in self.children:
            groups.setdefault(each.name, []).append(each.json())
        return {**said, **{n: v[0] if len(v) == 1 else v for n, v in groups.items()}}


class _BrokenError(Exception):
    """The document does something that no list does."""


class _Reader:
    """Rows out of XML that comes in chunks; holds one record at a time.

    Documents with a document type are refused, so that no entity is ever expanded.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.number = 0
        self.broken = ""
        self.refused = False
        self._open: list[_Element] = []
        self._path: list[str] = []
        self._elements = 0
        self._size = 0
        self._groups: dict[str, Json] = {}
        self._next: list[str] = []
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        self._parser = parser

    def feed(self, chunk: bytes, fed: int) -> None:
        """Take a chunk, the empty one at the end; `fed` counts all bytes so far."""
        try:
            self._parser.Parse(chunk, not chunk)
            if fed - self._parser.CurrentByteIndex > _LONGEST_TAG:
                self.broken = f"a tag of more than {_LONGEST_TAG} bytes"
        except expat.ExpatError as error:
            why = expat.errors.messages[error.code]
            self.broken = f"the XML breaks in line {error.lineno}: {why}"
        except _BrokenError as error:
            self.broken = f"line {self._parser.CurrentLineNumber}: {error}"
        except (ValueError, LookupError):
            self.broken = "the XML is written in an unknown encoding"

    def about(self) -> About:
        """What the answer says of itself; its version is the latest time in it."""
        times = [
            str(group["maxTimestamp"])
            for group in self._groups.values()
            if isinstance(group, dict) and "maxTimestamp" in group
        ]
        details = dict(self._groups)
        if self._next:
            details["next"] = "".join(self._next).strip()
        return About(version=max(times, default=""), owner="NCMEC", details=details)

    def _refuse(self, *_: object) -> None:
        self.refused = True
        msg = "a document type"
        raise _BrokenError(msg)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        attributes = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            msg = f"elements lie more than {_DEEPEST} deep"
            raise _BrokenError(msg)
        if self._open or name in _RECORDS:
            self._elements += 1
            self._count(sum(map(len, attributes.values())))
            element = _Element(name, attributes)
            if self._open:
                self._open[-1].children.append(element)
            self._open.append(element)
        elif name in ("images", "videos"):
            self._groups[name] = dict(attributes)

    def _count(self, characters: int) -> None:
        self._size += characters
        if self._elements > _MOST_ELEMENTS or self._size > _LONGEST_TEXT:
            msg = "a record is larger than any that NCMEC gives"
            raise _BrokenError(msg)

    def _text(self, text: str) -> None:
        if self._open:
            self._count(len(text))
            self._open[-1].texts.append(text)
        elif self._path[-2:] == ["paging", "next"]:
            self._next.append(text[:_CHUNK])

    def _end(self, _: str) -> None:
        self._path.pop()
        if not self._open:
            return
        element = self._open.pop()
        if not self._open:
            self.number += 1
            self._elements = self._size = 0
            self.rows += _rows(element, self.number)


def _rows(record: _Element, number: int) -> Iterator[Row]:
    """What a record says: an entry, a withdrawal, and what in it could not be read."""
    member, own = record.child("member"), record.value("id")
    if member is None or not member.attributes.get("id") or not own:
        yield Quarantined(number, "the record lacks its id, or its member's")
        return
    key = f"{member.attributes['id']}/{own}"
    if record.name.startswith("deleted"):
        yield Withdrawn(key, number)
        return
    digests: dict[str, str] = {}
    hashes: list[KnownHash] = []
    links: dict[str, Json] = {}
    for print_ in (
        each for e in record.children if e.name == "fingerprints" for each in e.children
    ):
        if "href" in print_.attributes:
            links[print_.name] = print_.json()
            continue
        try:
            _read(print_, digests, hashes)
        except HashFormatError as error:
            yield Quarantined(number, f"a fingerprint of the record: {error}")
    if not digests and not hashes:
        yield Quarantined(number, "the record has neither a digest nor a hash that can be read")
        return
    details: dict[str, Json] = {
        "type": _RECORDS[record.name],
        "member": member.text,
        "timestamp": record.value("timestamp"),
        "links": links,
    }
    others = [each for each in record.children if each.name not in _KNOWN]
    for name in dict.fromkeys(each.name for each in others):
        details[name] = [each.json() for each in others if each.name == name]
    yield Entry(
        id=key,
        number=number,
        digests=Digests(**digests),
        hashes=tuple(hashes),
        category=record.value("classification"),
        scheme="NCMEC",
        details={name: value for name, value in details.items() if value},
    )


def _read(element: _Element, digests: dict[str, str], hashes: list[KnownHash]) -> None:
    """Take a fingerprint.

    Raises:
        HashFormatError: it cannot be read, or says otherwise than one before it.
    """
    name, text = algorithm_id(element.name), element.text
    if name in DIGESTS:
        value = digest(name, text)
        if digests.setdefault(name, value) != value:
            msg = f"a second {name}, other than the first"
            raise HashFormatError(msg)
    elif bits_of(name) is None and name not in OPAQUE:
        msg = "of a kind that hashmatch does not know"
        raise HashFormatError(msg)
    else:
        hashes.append(KnownHash(hash_of(name, text)))
