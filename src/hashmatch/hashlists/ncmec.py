"""NCMEC's hash-sharing API, version 2: its XML as it is saved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row, Withdrawn, as_text
from hashmatch.hashlists.values import carried, digest, hash_of
from hashmatch.model import Digests, Entry, Json, KnownHash
from hashmatch.model.digests import DIGESTS

_NAMESPACE = re.compile(r"https?://hashsharing\.ncmec\.org/hashsharing/v\d+")
_START = re.compile(r"<(?:\w+:)?queryResult\b")
_RECORDS = {"image": "image", "video": "video", "deletedImage": "image", "deletedVideo": "video"}
_AROUND = (["images"], ["videos"])
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


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the API.

    Attributes:
        rows: what its records say.
        count: of its records.
        following: the address of the next page, below the server's; empty on the last one.
    """

    rows: list[Row]
    count: int
    following: str


def read_answer(content: bytes, number: int = 0) -> Answer:
    """One whole answer of the API.

    Args:
        content: the XML.
        number: of the last record before it.

    Raises:
        ListFormatError: it is no whole answer of the API, or could define entities.
    """
    reader = _Reader(number)
    for end in range(0, len(content) + _CHUNK, _CHUNK):
        reader.feed(content[end : end + _CHUNK], end + _CHUNK)
        if reader.broken:
            raise ListFormatError(reader.broken)
    return Answer(reader.rows, reader.number - number, reader.following)


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

    @property
    def says_something(self) -> bool:
        return bool(self.attributes or self.children or self.text)

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

    def __init__(self, number: int = 0) -> None:
        self.rows: list[Row] = []
        self.number = number
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

    @property
    def following(self) -> str:
        """The address of the next page; empty if there is none."""
        return "".join(self._next).strip()

    def about(self) -> About:
        """What the answer says of itself; its version is the latest time in it."""
        times = [
            str(group["maxTimestamp"])
            for group in self._groups.values()
            if isinstance(group, dict) and "maxTimestamp" in group
        ]
        details = dict(self._groups)
        if self.following:
            details["next"] = self.following
        return About(version=max(times, default=""), owner="NCMEC", details=details)

    def _refuse(self, *_: object) -> None:
        self.refused = True
        msg = "a document type"
        raise _BrokenError(msg)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        attributes = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if not self._path and name != "queryResult":
            msg = "the document is not an answer of the API"
            raise _BrokenError(msg)
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            msg = f"elements lie more than {_DEEPEST} deep"
            raise _BrokenError(msg)
        if self._open or name in _RECORDS or self._path[-2:-1] in _AROUND:
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
    if record.name not in _RECORDS:
        yield Quarantined(number, "the record is neither of an image nor of a video")
    elif member is None or not member.attributes.get("id") or not own:
        yield Quarantined(number, "the record lacks its id, or its member's")
    elif record.name.startswith("deleted"):
        yield Withdrawn(f"{member.attributes['id']}/{own}", number)
    else:
        yield from _entry(record, member, number)


def _entry(record: _Element, member: _Element, number: int) -> Iterator[Row]:
    """The entry, if any value of it can be used, and what of it cannot."""
    found = _Fingerprints(record)
    yield from (Quarantined(number, problem) for problem in found.problems)
    if not found.digests and not found.hashes:
        if not found.problems:
            yield Quarantined(number, "the record has neither a digest nor a hash")
        return
    details: dict[str, Json] = {
        "type": _RECORDS[record.name],
        "member": member.text,
        "timestamp": record.value("timestamp"),
        "links": found.links,
    }
    others = [each for each in record.children if each.name not in _KNOWN and each.says_something]
    for name in dict.fromkeys(each.name for each in others):
        details[name] = [each.json() for each in others if each.name == name]
    yield Entry(
        id=f"{member.attributes['id']}/{record.value('id')}",
        number=number,
        digests=Digests(**found.digests),
        hashes=tuple(found.hashes),
        category=record.value("classification"),
        scheme="NCMEC",
        details={name: value for name, value in details.items() if value},
    )


class _Fingerprints:
    """The digests, hashes and links of one record; a broken one costs itself only."""

    def __init__(self, record: _Element) -> None:
        self.digests: dict[str, str] = {}
        self.hashes: list[KnownHash] = []
        self.links: dict[str, Json] = {}
        self.problems: list[str] = []
        for around in record.children:
            for each in around.children if around.name == "fingerprints" else ():
                try:
                    self._take(each)
                except HashFormatError as error:
                    self.problems.append(str(error))

    def _take(self, element: _Element) -> None:
        """Take a fingerprint.

        Raises:
            HashFormatError: it cannot be read, or says otherwise than one before it.
        """
        if "href" in element.attributes:
            self.links[element.name] = element.json()
        elif element.text:
            name, text = carried(element.name), element.text
            if name not in DIGESTS:
                self.hashes.append(KnownHash(hash_of(name, text)))
            elif self.digests.setdefault(name, digest(name, text)) != digest(name, text):
                msg = f"the record has two {name} digests: the first is kept"
                raise HashFormatError(msg)
