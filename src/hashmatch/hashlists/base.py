"""What every format of hash lists is, and the rows that it gives."""

import codecs
import io
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO, TypeAlias, runtime_checkable

from hashmatch.errors import ListFormatError
from hashmatch.files.regular import buffered, open_regular
from hashmatch.hashlists.batches import Batch
from hashmatch.model import Entry, Json
from hashmatch.model.confidence import Confidence
from hashmatch.model.plain import PlainValue

if TYPE_CHECKING:
    from hashmatch.hashlists.expanding import Packed

HEAD = 1 << 16
"""Bytes that a format sees to recognise a file."""

LONGEST_LINE = 1 << 20
"""Bytes; longer lines are cut, so that no file takes more memory than this."""

_CUT = "\ufffd"
_ENDS = ("\n", "\r")
_BLOCK = 1 << 20
_LINES_TO_KNOW = 50

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True, repr=False)
class Quarantined(PlainValue):
    """A row that could not be understood, set aside: never guessed, never dropped unseen.

    Attributes:
        number: of its line, or of its record where the format has no lines, from 1.
        reason: what is wrong with it, for a person; holds no value of the row.
    """

    number: int
    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class Withdrawn(PlainValue):
    """The publisher took an entry back.

    Attributes:
        id: of the entry.
        number: of the line or record that says so, from 1.
    """

    id: str
    number: int


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of the list as a whole; empty where it says nothing.

    Attributes:
        name: of the list.
        version: of the list, or the date that stands for it.
        owner: who publishes it.
        details: all else, verbatim, as JSON values.
    """

    name: str = ""
    version: str = ""
    owner: str = ""
    details: Mapping[str, Json] = field(default_factory=dict)


Row: TypeAlias = Entry | Quarantined | Withdrawn | About


class ListFile:
    """A file of a publisher, to be read as often as a format needs to.

    Attributes:
        path: where it lies.
        columns: for formats with named columns: our name of a column to the file's own.
        packed: how the list lies compressed in the file; None if it does not.
    """

    def __init__(
        self,
        path: Path,
        columns: Mapping[str, str] | None = None,
        *,
        packed: "Packed | None" = None,
    ) -> None:
        """Name a file; see the attributes."""
        self.path = path
        self.columns = dict(columns or {})
        self.packed = packed
        self._opened: io.BufferedReader | None = None

    def __str__(self) -> str:
        return f"{self.packed.member} in {self.path}" if self.packed else str(self.path)

    @property
    def name(self) -> str:
        """The name of the list's own file, inside of what it is compressed in."""
        return self.packed.member if self.packed else self.path.name

    def open(self) -> io.BufferedReader:
        """The bytes of the list, from the first one.

        Raises:
            ListFormatError: the file cannot be opened or expanded.
        """
        given = self.as_given()
        return self.packed.open(given) if self.packed else given

    def as_given(self) -> io.BufferedReader:
        """The bytes of the file as it was handed out, compressed or not.

        Raises:
            ListFormatError: the file cannot be opened, or is a pipe, a device or a socket.
        """
        if self.path.is_dir():
            msg = f"{self.path} is a folder, not a hash list or an index"
            raise ListFormatError(msg)
        try:
            self._opened = buffered(open_regular(self.path))
        except OSError as error:
            msg = f"cannot read the hash list {self.path}: {error.strerror or error}"
            raise ListFormatError(msg) from None
        return self._opened

    def share(self) -> float:
        """Which share of the file was read since it was last opened, 0–1."""
        if self._opened is None or self._opened.closed:
            return 1.0
        size = os.fstat(self._opened.fileno()).st_size
        return self._opened.tell() / size if size else 1.0

    def head(self) -> bytes:
        """The first bytes, at most `HEAD`."""
        with self.open() as file:
            return file.read(HEAD)

    def lines(self, longest: int = LONGEST_LINE) -> Iterator[tuple[int, str]]:
        """Every line with its number, from 1, without its end.

        Lines end in LF, CRLF or CR, mixed too. A byte-order mark says how the file is encoded, or
        zero bytes between its first characters do; UTF-8 otherwise. Bytes that are no text,
        and the place where a line of more than `longest` characters was cut, read as U+FFFD.
        """
        with self.open() as file:
            size, encoding = encoding_of(file.read(4))
            file.seek(size)
            with io.TextIOWrapper(file, encoding, "replace", newline="") as text:
                number = 0
                while line := text.readline(longest):
                    number += 1
                    if not line.endswith(_ENDS) and len(line) == longest:
                        line += _CUT
                        while (rest := text.readline(longest)) and not rest.endswith(_ENDS):
                            pass
                    yield number, line.rstrip("\r\n")

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """The lines in UTF-8, thousands at a time, each block with its first line's number.

        Every line ends in a line feed. Lines longer than `LONGEST_LINE` are cut as by `lines`.
        """
        head = self.head()
        size, encoding = encoding_of(head)
        with self.open() as file:
            if encoding != "utf-8" or (b"\r" in head and b"\n" not in head):
                yield from self._encoded()
                return
            file.seek(size)
            number, rest = 1, b""
            while block := file.read(_BLOCK):
                block = rest + block
                end = block.rfind(b"\n") + 1
                if not end and len(block) >= LONGEST_LINE:
                    # A long line, or many that end in CR: both are read as `lines` reads them.
                    yield from self._encoded(number)
                    return
                if end:
                    lines = _with_line_feeds(block[:end])
                    yield number, lines
                    number += lines.count(b"\n")
                rest = block[end:]
            if rest:
                yield number, _with_line_feeds(rest + b"\n")

    def _encoded(self, first: int = 1) -> Iterator[tuple[int, bytes]]:
        """The lines from this one on in blocks as by `blocks`, from any encoding."""
        block = bytearray()
        for number, line in islice(self.lines(), first - 1, None):
            block += f"{line}\n".encode()
            if len(block) >= _BLOCK:
                yield first, bytes(block)
                first, block = number + 1, bytearray()
        if block:
            yield first, bytes(block)


def _with_line_feeds(block: bytes) -> bytes:
    """Lines that end in LF alone, if any of them ends in CR alone."""
    if b"\r" not in block or block.count(b"\r") == block.count(b"\r\n"):
        return block
    return block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def as_text(head: bytes) -> str:
    """The first bytes of a file as text, decoded as by `ListFile.lines`, with LF as line ends."""
    size, encoding = encoding_of(head)
    text = head[size:].decode(encoding, "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def most_lines(
    head: bytes, fits: Callable[[str], object], *, comments: tuple[str, ...] = ("#",)
) -> bool:
    """Whether the first lines of a file, but for empty ones and comments, mostly fit.

    One broken line at the top must not hide what the file is.
    """
    lines = as_text(head).split("\n")
    if len(head) >= HEAD and len(lines) > 1:
        lines.pop()
    told = [text for line in lines if (text := line.strip()) and not text.startswith(comments)]
    return 2 * sum(bool(fits(text)) for text in told[:_LINES_TO_KNOW]) > len(told[:_LINES_TO_KNOW])


def encoding_of(head: bytes) -> tuple[int, str]:
    """How many bytes the byte-order mark takes, and how the text after it is encoded.

    Without a mark, two printable ASCII characters with zero bytes between them are UTF-16.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return len(mark), encoding
    for encoding, zeros, letters in (
        ("utf-16-le", head[1:4:2], head[0:4:2]),
        ("utf-16-be", head[0:4:2], head[1:4:2]),
    ):
        if zeros == b"\0\0" and letters.decode("ascii", "replace").isprintable():
            return 0, encoding
    return 0, "utf-8"


class ListFormat(Protocol):
    """One file format of hash lists.

    Attributes:
        title: what people call it, for messages and help.
        keyed: whether rows are news about entries: a later row replaces an earlier one of the
            same id, and a withdrawal removes it. Otherwise rows of one id all stand.
    """

    title: str
    keyed: bool

    def detect(self, head: bytes) -> bool | Confidence:
        """How sure it is that a file that starts with these bytes, at most `HEAD`, is its own."""
        ...

    def read(self, file: ListFile) -> Iterator[Row]:
        """The rows of a file, as it is read: each understood, or quarantined.

        Raises:
            ListFormatError: the file as a whole cannot be understood.
        """
        ...


@runtime_checkable
class BulkReader(Protocol):
    """A format that can also be read many rows at a time."""

    def read_bulk(self, file: ListFile) -> Iterator[Row | Batch]:
        """The rows that `read` gives, in their order, with runs of like entries in batches."""
        ...


@runtime_checkable
class ListWriter(Protocol):
    """A format that can also be written."""

    def write(self, entries: Iterable[Entry], about: About, out: TextIO) -> Counter[str]:
        """Write a file of this format, streaming.

        Returns:
            What the format could not carry, in words, and how often: empty if all went in.
        """
        ...
