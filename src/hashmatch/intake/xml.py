"""XML of any encoding and order, read into elements, within bounds.

`defusedxml` refuses documents that declare a type, so that no entity is ever expanded and nothing
is fetched. The text is decoded here: what a document says of its own encoding is wrong in many that
circulate, and characters that XML forbids would end it.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from hashmatch.intake.node import (
    DEEPEST,
    LONGEST_TEXT,
    MOST_ELEMENTS,
    MOST_TEXT,
    BrokenError,
    Node,
    replaced,
)

_CHUNK: Final = 1 << 16
_LONGEST_TAG: Final = 1 << 20
_DECLARED: Final = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_BY_DIGITS: Final = r"0*(?:[0-8]|1[124-9]|2\d|3[01])"
_BY_HEX_DIGITS: Final = r"x0*(?:[0-8bcef]|1[\da-f]|d[89a-f][\da-f]{2}|fff[ef])"
_FORBIDDEN: Final = re.compile(f"&#(?:{_BY_DIGITS}|{_BY_HEX_DIGITS});", re.IGNORECASE)
_CHARSETS: Final = re.compile(r"utf-8|ascii|iso8859|cp\d|koi8|gb|big5|euc|shift_jis|mac")
"""Encodings in which `<` is the byte that it is in ASCII."""
_REFERENCE: Final = 16
"""Characters of the longest reference that is looked for."""
_TEXT: Final = re.compile(r"\s*<(?:\?xml|!--|!DOCTYPE|[A-Za-z_][\w.:-]*[\s/>])")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(head: bytes) -> str:
    """How a text that starts with these bytes is encoded, by its mark or its zero bytes."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if head[1:2] == head[3:4] == b"\0" and head[:1] != b"\0":
        return "utf-16-le"
    if head[:1] == head[2:3] == b"\0" and head[1:2] not in {b"", b"\0"}:
        return "utf-16-be"
    return "utf-8"


def looks_like_xml(head: bytes) -> bool:
    """Whether a file that starts with these bytes is XML."""
    return bool(_TEXT.match(head.decode(encoding_of(head), "replace").lstrip("\ufeff")))


def read_xml(file: BinaryIO) -> tuple[Node, list[str]]:
    """The root of a document, and notes of what was mended in it.

    Raises:
        BrokenError: it is not well-formed, declares a type, or is larger than any report.
    """
    target = _Target()
    parser = DefusedXMLParser(target=target, encoding="utf-8", forbid_dtd=True)
    fed = 0
    try:
        for text in target.cleaned(_decoded(file)):
            data = text.encode()
            fed += len(data)
            parser.feed(data)
            if fed - parser.parser.CurrentByteIndex > _LONGEST_TAG:
                msg = f"a tag or a comment has more than {_LONGEST_TAG:,} bytes"
                raise BrokenError(msg)
        parser.close()
    except DefusedXmlException:
        msg = "it declares a document type, which could define entities without end"
        raise BrokenError(msg) from None
    except ParseError as error:
        line, _ = error.position
        msg = f"the XML is not well-formed in line {line}"
        raise BrokenError(msg) from None
    if target.root is None:
        msg = "it holds no element"
        raise BrokenError(msg)
    return target.root, target.notes()


def _decoded(file: BinaryIO) -> Iterator[str]:
    chunk = file.read(_CHUNK)
    encoding = encoding_of(chunk)
    if encoding == "utf-8" and (said := _DECLARED.match(chunk)):
        named = said[1].decode()
        try:
            known = codecs.lookup(named)
        except LookupError:
            msg = "it is written in an encoding that is not known"
            raise BrokenError(msg) from None
        # Text that was made as UTF-16 and written as UTF-8 still says that it is UTF-16.
        if _CHARSETS.match(known.name):
            encoding = known.name
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while chunk:
        yield decoder.decode(chunk)
        chunk = file.read(_CHUNK)
    yield decoder.decode(b"", final=True)


class _Target:
    """Builds elements; the parser calls it."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._elements = 0
        self._kept = 0
        self._mended = 0

    def cleaned(self, texts: Iterator[str]) -> Iterator[str]:
        """The text without characters, and references to some, that XML forbids."""
        rest = ""
        for text in texts:
            whole = rest + text
            cut = whole.rfind("&", max(len(whole) - _REFERENCE, 0))
            cut = len(whole) if cut < 0 or ";" in whole[cut:] else cut
            rest = whole[cut:]
            yield self._clean(whole[:cut])
        yield self._clean(rest)

    def _clean(self, text: str) -> str:
        found, characters = replaced(text)
        found, references = _FORBIDDEN.subn("\ufffd", found)
        self._mended += characters + references
        return found

    def notes(self) -> list[str]:
        """What was mended."""
        if not self._mended:
            return []
        return [f"{self._mended:,} characters that no text has were replaced by U+FFFD"]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            msg = f"it has more than {MOST_ELEMENTS:,} elements"
            raise BrokenError(msg)
        if len(self._open) >= DEEPEST:
            msg = f"its elements lie more than {DEEPEST} deep"
            raise BrokenError(msg)
        named = {key.rpartition("}")[2]: text.strip() for key, text in attributes.items()}
        node = Node(tag.rpartition("}")[2], named)
        self._keep(sum(map(len, named.values())) + len(node.name))
        if self._open:
            self._open[-1].children.append(node)
        elif self.root is None:
            self.root = node
        self._open.append(node)
        self._texts.append([])

    def _keep(self, characters: int) -> None:
        self._kept += characters
        if self._kept > MOST_TEXT:
            msg = f"it has more than {MOST_TEXT:,} characters of text"
            raise BrokenError(msg)

    def data(self, text: str) -> None:
        """Text of the element that is open."""
        if not self._open:
            return
        node = self._open[-1]
        room = LONGEST_TEXT - node.length
        node.length += len(text)
        if room > 0:
            self._texts[-1].append(text[:room])
            self._keep(min(len(text), room))

    def end(self, _tag: str) -> None:
        """An element ends; one that is null is as if it were not there."""
        node = self._open.pop()
        node.text = "".join(self._texts.pop()).strip()
        if node.length <= LONGEST_TEXT:
            node.length = len(node.text)
        if node.attributes.pop("nil", "").casefold() in {"true", "1"} and self._open:
            self._open[-1].children.pop()

    def close(self) -> None:
        """The document ends."""
