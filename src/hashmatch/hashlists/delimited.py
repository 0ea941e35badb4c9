"""Rows of cells with a header: what all formats with delimiters share."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.hashlists.base import LONGEST_LINE, ListFile, Quarantined

_DELIMITERS = ",;\t|"
MOST_LINES = 1000
"""Lines of one row: a quote that is not closed by then never will be."""

_MOST_COLUMNS = 1000
_SEPARATOR = re.compile(r"sep=([,;\t|])", re.IGNORECASE)
_HASH_INSIDE = re.compile(r"[0-9a-fA-F]{16}|[0-9a-zA-Z+/]{80}")
_OPENING = re.compile(r' *"')
_QUOTED = re.compile(r'[^"]*+(?:""[^"]*+)*+')
_EMPTY = frozenset(("null", "none", "n/a", "nan", "-", "\\n"))

Numbered = tuple[int, str]


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """The first row.

    Attributes:
        columns: their names as the file writes them, without spaces around.
        delimiter: what stands between cells.
        number: of its line, from 1.
    """

    columns: tuple[str, ...]
    delimiter: str
    number: int


@dataclass(frozen=True, slots=True)
class Record:
    """A row after the header.

    Attributes:
        number: of its first line, from 1.
        cells: as the file writes them.
    """

    number: int
    cells: list[str]


def find_header(
    lines: Iterable[str], fits: Callable[[list[str]], bool], delimiters: str = _DELIMITERS
) -> HeaderRow | None:
    """The header, if the first line is one; empty lines and comments before it are passed over.

    A line `sep=;`, which Excel reads, says what stands between cells.

    Args:
        lines: of the file, from the first.
        fits: whether these names are those of a header.
        delimiters: what may stand between cells.
    """
    for number, line in enumerate(lines, 1):
        text = line.strip("\r")
        if said := _SEPARATOR.fullmatch(text.strip()):
            delimiters = said[1]
        elif text.strip() and not text.lstrip().startswith("#"):
            for delimiter in sorted(delimiters, key=text.count, reverse=True):
                cells = [cell.strip() for cell in _parsed(text, delimiter)]
                if len(cells) <= _MOST_COLUMNS and fits(cells):
                    return HeaderRow(tuple(cells), delimiter, number)
            return None
    return None


def _parsed(line: str, delimiter: str) -> list[str]:
    try:
        return _cells(line, iter(()), delimiter)
    except HashFormatError:
        return []


def read_records(file: ListFile, header: HeaderRow) -> Iterator[Record | Quarantined]:
    """All rows after the header; a row is quarantined if its quotes make no sense.

    A quoted cell may hold line breaks. A quote that nobody closes spoils its own line only. If a
    cell that runs over lines holds something like a hash, it is a comment that quotes one, or a
    stray quote has swallowed rows; nobody can tell, and all its lines are quarantined.
    """
    lines = Lines(file, header.number)
    while lines.some(1):
        yield from next_records(lines, header.delimiter)


class Lines(Iterator[Numbered]):
    """The lines behind a header, read thousands at a time or one by one.

    Attributes:
        number: of the line that comes next, from 1.
    """

    def __init__(self, file: ListFile, header: int) -> None:
        """Read a file whose header is on this line."""
        self._blocks = file.blocks()
        self._lines: list[str] = []
        self._at = 0
        self.number = 1
        while self.number <= header and self.some(header + 1 - self.number):
            self.skip(len(self.some(header + 1 - self.number)))

    def some(self, most: int) -> list[str]:
        """The next lines, without their ends; none at the end. They are not taken by that."""
        if self._at == len(self._lines):
            self._load()
        return self._lines[self._at : self._at + most]

    def skip(self, count: int) -> None:
        """Take so many lines of those that `some` gave."""
        self._at += count
        self.number += count

    def put_back(self, count: int) -> None:
        """Let the lines that were taken last, `MOST_LINES` at most, come once more."""
        self.skip(-count)

    def __next__(self) -> Numbered:
        found = self.some(1)
        if not found:
            raise StopIteration
        self.skip(1)
        return self.number - 1, found[0]

    def _load(self) -> None:
        _, block = next(self._blocks, (0, b""))
        plain = block.replace(b"\r\n", b"\n") if b"\r" in block else block
        lines = plain.decode("utf-8", "replace").split("\n")[:-1]
        kept = self._lines[-MOST_LINES:]
        self._lines, self._at = kept + lines, len(kept)


def next_records(lines: Lines, delimiter: str) -> Iterator[Record | Quarantined]:
    """What the next line is: a row, which may go on over further lines; nothing if it is empty."""
    number, line = next(lines)
    if len(line) >= LONGEST_LINE:
        yield Quarantined(number, "the line is longer than a mebibyte")
    elif '"' in line:
        yield from _quoted((number, line), lines, delimiter)
    elif line.strip():
        yield Record(number, line.split(delimiter))


def has_spaced_quote(text: str, delimiter: str) -> bool:
    """Whether spaces stand before a quote that opens a cell, in these lines."""
    if ' "' not in text:
        return False
    return bool(re.search(rf'(?:^|{re.escape(delimiter)}) +"', text, re.MULTILINE))


def _quoted(first: Numbered, lines: Lines, delimiter: str) -> Iterator[Record | Quarantined]:
    """The row that starts at this line and holds quotes."""
    taken: list[Numbered] = []
    try:
        cells = _cells(first[1], _following(len(first[1]), lines, taken), delimiter)
    except HashFormatError as error:
        lines.put_back(len(taken))
        yield Quarantined(first[0], str(error))
        return
    if any(_HASH_INSIDE.search(cell, cell.find("\n")) for cell in cells if "\n" in cell):
        why = "a quoted cell over several lines holds a hash, or has swallowed rows"
        yield from (Quarantined(number, why) for number, _ in (first, *taken))
        return
    yield Record(first[0], cells)


def _following(size: int, lines: Lines, taken: list[Numbered]) -> Iterator[str]:
    """The next lines as far as they are asked for; they are noted as taken."""
    while len(taken) < MOST_LINES and size < LONGEST_LINE:
        each = next(lines, None)
        if each is None:
            return
        taken.append(each)
        size += len(each[1])
        yield each[1]


def _cells(line: str, following: Iterator[str], delimiter: str) -> list[str]:
    """The cells of a row, in quotes or not.

    Unlike the csv module's, cells may be as long as a line, as those that hold a whole video are.

    Raises:
        HashFormatError: a quote makes no sense.
    """
    cells: list[str] = []
    at = 0
    while True:
        if opened := _OPENING.match(line, at):
            text, line, at = _inside(line, opened.end(), following)
            end = len(line) - len(line[at:].lstrip(" "))
            if end < len(line) and line[end] != delimiter:
                msg = "a quote in the row is misplaced"
                raise HashFormatError(msg)
        else:
            end = line.find(delimiter, at)
            end = len(line) if end < 0 else end
            text = line[at:end]
        cells.append(text)
        if end >= len(line):
            return cells
        at = end + 1


def _inside(line: str, at: int, following: Iterator[str]) -> tuple[str, str, int]:
    """What a quoted cell holds, the line on which it ends, and where."""
    texts: list[str] = []
    while True:
        part = _QUOTED.match(line, at)
        texts.append(part[0] if part else "")
        at += len(texts[-1])
        if at < len(line):
            return "\n".join(texts).replace('""', '"'), line, at + 1
        more = next(following, None)
        if more is None:
            msg = "a quote in the row is not closed"
            raise HashFormatError(msg)
        line, at = more, 0


def check_width(cells: list[str], columns: int) -> None:
    """Nothing, if no cell with anything in it lies beyond the last column.

    Raises:
        HashFormatError: one does: cells have moved, and none can be trusted.
    """
    if len(cells) > columns and any(cell.strip() for cell in cells[columns:]):
        msg = "the row has more cells than the header"
        raise HashFormatError(msg)


def content(cell: str) -> str:
    """What a cell holds, without spaces around; nothing where it says so, as `NULL` or `N/A`."""
    text = cell.strip()
    return "" if text.lower() in _EMPTY else text


def require(header: HeaderRow | None, file: ListFile, title: str) -> HeaderRow:
    """The header.

    Raises:
        ListFormatError: there is none.
    """
    if header is None:
        msg = f"{file.path} has no header of a list in the format {title}"
        raise ListFormatError(msg)
    return header
