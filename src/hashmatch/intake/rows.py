"""Rows of tables: CSV and alike, JSON Lines, JSON documents, logs of Zeek and Squid, lists."""

import csv
import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from hashmatch.errors import IntakeError
from hashmatch.intake.json import MOST_BYTES
from hashmatch.intake.lines import LONGEST_LINE, TooLong, lines_of
from hashmatch.intake.members import Member
from hashmatch.intake.noting import Notes
from hashmatch.intake.xml import encoding_of

Row: TypeAlias = dict[str, str]
Found: TypeAlias = tuple[str, Row | str]
"""Where a row stands, and what it holds by column; or why it is not understood."""

_MOST_LINES: Final = 1000
"""Lines of one row: a quote that is not closed by then never will be."""

_MOST_COLUMNS: Final = 1000
_PREAMBLE: Final = 20
"""Lines in which a header is looked for; tools write titles above it."""
_DELIMITERS: Final = ",\t;|"
_SEPARATOR: Final = re.compile(r'"?sep=([,;\t|])"?', re.IGNORECASE)
_DEEPEST: Final = 32

_UNPARSED: Final = "a quote in the row is misplaced or not closed, or a cell is too long"
_TOO_WIDE: Final = "the row has more cells than the header"
_SHORT: Final = "rows with fewer cells than the header, read as far as they go"
_REPEATED: Final = "header rows in the middle of the table, passed over"
_NO_JSON: Final = "the line cannot be parsed as JSON"


@dataclass(frozen=True, slots=True)
class Table:
    """How a table is written.

    Attributes:
        dialect: `delimited`, `zeek`, `jsonl`, `json`, `squid` or `list`.
        columns: names of its columns; those of JSON are seen in each row.
        delimiter: what stands between cells.
        number: of the line of the header.
    """

    dialect: str
    columns: tuple[str, ...]
    delimiter: str = ""
    number: int = 0


Fits: TypeAlias = Callable[[Sequence[str]], bool]


def look_at(member: Member, fits: Fits, rows: str = "") -> Table | None:
    """How a file is written, if it is a table whose columns fit; None otherwise.

    Args:
        member: the file.
        fits: whether a table of these columns is one that can be mapped.
        rows: keys that lead to the rows of a JSON document.
    """
    head = member.head()
    text = head.decode(encoding_of(head), "replace").lstrip("\ufeff")
    if head[:4096].count(0) * 4 > len(head[:4096]) and encoding_of(head) == "utf-8":
        return None
    lines = re.split(r"\r\n|\n|\r", text)[:_PREAMBLE]
    start = text.lstrip()[:1]
    if start in {"{", "["} and start:
        return _json(text, member, fits, rows)
    if text.startswith(("#separator", "#fields")):
        return _zeek(lines, fits)
    return _delimited(lines, fits) or _headless(lines, fits)


def _json(text: str, member: Member, fits: Fits, rows: str) -> Table | None:
    lines = text.lstrip().split("\n")
    values = [_parsed(line) for line in (lines[:-1] or lines)[:_PREAMBLE] if line.strip()]
    if not rows and values and all(isinstance(each, dict) for each in values):
        columns = tuple(dict.fromkeys(name for each in values for name in flattened(each)))
        return Table("jsonl", columns) if fits(columns) else None
    for _, row in _document(member, rows):
        if isinstance(row, dict):
            return Table("json", tuple(row)) if fits(tuple(row)) else None
    return None


def _zeek(lines: Sequence[str], fits: Fits) -> Table | None:
    delimiter = "\t"
    for number, line in enumerate(lines, 1):
        if line.startswith("#separator "):
            delimiter = _unescaped(line.partition(" ")[2].strip()) or "\t"
        if line.startswith("#fields"):
            columns = tuple(line.split(delimiter)[1:])
            return Table("zeek", columns, delimiter, number) if fits(columns) else None
    return None


def _unescaped(text: str) -> str:
    return re.sub(r"\\x([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), text)


def _delimited(lines: Sequence[str], fits: Fits) -> Table | None:
    delimiters = _DELIMITERS
    for number, line in enumerate(lines, 1):
        if said := _SEPARATOR.fullmatch(line.strip()):
            delimiters = said[1]
            continue
        for delimiter in delimiters:
            cells = _cells(line, delimiter)
            if cells and len(cells) <= _MOST_COLUMNS and fits(cells):
                return Table("delimited", _distinct(cells), delimiter, number)
    return None


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        found = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []
    return [each.strip() for each in found]


def _distinct(columns: Sequence[str]) -> tuple[str, ...]:
    """Names of columns, of which those that come again get a number."""
    seen: dict[str, int] = {}
    found = []
    for each in columns:
        key = each.casefold()
        seen[key] = seen.get(key, 0) + 1
        found.append(each if seen[key] == 1 else f"{each}[{seen[key]}]")
    return tuple(found)


_SQUID: Final = re.compile(r"\d{9,10}\.\d{3}\s+-?\d+ \S+ [A-Z_]+(?:/|\s)\d* -?\d+ [A-Z_]+ \S+ ")
_SQUID_COLUMNS: Final = (
    *("time", "elapsed", "client", "result", "bytes", "method", "url", "user"),
    *("peer", "type"),
)
_LISTED: Final = re.compile(
    r"\\?([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})(?:[ \t]+\*?(.*))?"
)
_LIST_COLUMNS: Final = ("hash", "name")
_LIST_HEADER: Final = re.compile(r"md5|sha-?1|sha-?256|hash", re.IGNORECASE)
"""A first line that is no digest."""


def _headless(lines: Sequence[str], fits: Fits) -> Table | None:
    """Tables without a header, by the form of their first lines."""
    filled = [each.strip() for each in lines if each.strip() and not each.startswith(("#", ";"))]
    filled = filled[1:] if filled[:1] and _LIST_HEADER.fullmatch(filled[0]) else filled
    filled = filled[:-1] if len(filled) > 1 else filled  # the last one may be cut
    if filled and all(map(_SQUID.match, filled)) and fits(_SQUID_COLUMNS):
        return Table("squid", _SQUID_COLUMNS)
    if filled and all(map(_LISTED.fullmatch, filled)) and fits(_LIST_COLUMNS):
        return Table("list", _LIST_COLUMNS)
    return None


def rows_of(member: Member, table: Table, notes: Notes, rows: str = "") -> Iterator[Found]:
    """All rows, with where they stand; or why one is not understood."""
    if table.dialect == "json":
        yield from _document(member, rows)
        return
    lines = lines_of(member, notes)
    if table.dialect == "delimited":
        yield from _delimited_rows(lines, table, notes)
        return
    read = {"zeek": _zeek_row, "jsonl": _jsonl_row, "squid": _squid_row, "list": _list_row}
    for number, line in lines:
        where = f"line {number:,}"
        if isinstance(line, TooLong):
            yield where, line.reason
        elif line.strip("\x00 \t\ufeff") and (row := read[table.dialect](line, table)) is not None:
            yield where, row


def _zeek_row(line: str, table: Table) -> Row | str | None:
    if line.startswith("#"):
        return None
    cells = line.split(table.delimiter)
    if len(cells) != len(table.columns):
        return "the row has more or fewer cells than the header"
    return {name: _unescaped(cell) for name, cell in zip(table.columns, cells, strict=True)}


def _squid_row(line: str, table: Table) -> Row | str | None:
    cells = line.split()
    if len(cells) < len(table.columns):
        return "the line is none of a proxy's log"
    return dict(zip(table.columns, cells, strict=False))


def _list_row(line: str, _table: Table) -> Row | str | None:
    text = line.strip().lstrip("\ufeff")
    if text.startswith(("#", ";")) or _LIST_HEADER.fullmatch(text):
        return None
    found = _LISTED.fullmatch(text)
    if found is None:
        return "the line is no digest"
    return {"hash": found[1], "name": found[2] or ""}


def _jsonl_row(line: str, _table: Table) -> Row | str | None:
    value = _parsed(line.strip().lstrip("\ufeff"))
    if not isinstance(value, dict):
        return _NO_JSON
    return flattened(value)


def _parsed(text: str) -> Any:  # noqa: ANN401 (any JSON value)
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def flattened(value: Any, path: str = "", depth: int = 0) -> Row:  # noqa: ANN401 (any JSON value)
    """The texts in a JSON value by their paths: `user.id`, `files.0.md5`."""
    if value is None or depth > _DEEPEST:
        return {}
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        found: Row = {}
        for key, each in pairs:
            if len(found) > _MOST_COLUMNS:
                break
            found |= flattened(each, f"{path}.{key}" if path else str(key), depth + 1)
        return found
    return {path: value if isinstance(value, str) else str(value).lower()}


def _document(member: Member, rows: str) -> Iterator[Found]:
    """The rows of a JSON document, which is held as a whole."""
    with member.open() as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        msg = f"{member.shown} has more than {MOST_BYTES:,} bytes: write its rows as JSON Lines"
        raise IntakeError(msg)
    value = _parsed(data.decode(encoding_of(data), "replace").lstrip("\ufeff"))
    for key in rows.split(".") if rows else ():
        value = value.get(key) if isinstance(value, dict) else None
    for number, each in enumerate(value if isinstance(value, list) else [value], 1):
        row = flattened(each) if isinstance(each, dict) else _NO_JSON
        yield f"{rows or 'row'}[{number:,}]", row


def _delimited_rows(
    lines: Iterator[tuple[int, str | TooLong]], table: Table, notes: Notes
) -> Iterator[Found]:
    waiting: deque[tuple[int, str | TooLong]] = deque()
    header = [each.casefold() for each in table.columns]
    while each := (waiting.popleft() if waiting else next(lines, None)):
        number, line = each
        if number <= table.number:
            continue
        where = f"line {number:,}"
        if isinstance(line, TooLong):
            yield where, line.reason
            continue
        if not line.strip("\x00 \t"):
            continue
        cells: list[str] | None = line.split(table.delimiter)
        if '"' in line:
            cells = _quoted(line, waiting, lines, table.delimiter)
        if cells is None:
            yield where, _UNPARSED
        elif [cell.strip().casefold() for cell in cells] == header:
            notes.count(_REPEATED)
        elif len(cells) > len(header) and any(map(str.strip, cells[len(header) :])):
            yield where, _TOO_WIDE
        else:
            notes.count(_SHORT, len(cells) < len(header))
            yield where, dict(zip(table.columns, cells, strict=False))


def _quoted(
    line: str,
    waiting: deque[tuple[int, str | TooLong]],
    lines: Iterator[tuple[int, str | TooLong]],
    delimiter: str,
) -> list[str] | None:
    """The cells of the row that starts at this line; None if its quotes make no sense.

    Lines that were read on for a quote that nobody closed wait to be read as rows of their own.
    """
    taken: list[tuple[int, str | TooLong]] = []

    def following() -> Iterator[str]:
        yield f"{line}\n"
        size = len(line)
        while len(taken) < _MOST_LINES and size < LONGEST_LINE:
            each = waiting.popleft() if waiting else next(lines, None)
            if each is None:
                return
            taken.append(each)
            if isinstance(each[1], TooLong):
                return
            size += len(each[1])
            yield f"{each[1]}\n"

    try:
        return next(csv.reader(following(), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        waiting.extendleft(reversed(taken))
        return None
