"""Rows of JSON documents of any size: one broken row costs itself, not those after it.

Incremental parsers as ijson end at the first error in a file; Python's own parser, let loose at the
start of every row, is as fast and can start again at the next one.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hashmatch.hashlists.base import ListFile, Quarantined
from hashmatch.hashlists.jsontext import CHUNK, LONGEST_ROW, TextAhead
from hashmatch.hashlists.jsonvalues import TEXT, BrokenError, decode, too_deep
from hashmatch.model import Json

_PATIENCE = 3
"""Times that the text of a file may be searched for the ends of broken rows: rows nested without
end would have it searched once for each."""

_MOST_FIELDS = 1000
_LONGEST_FIELDS = 1 << 20
"""Fields of an object around the rows, and characters of all of them: more is left out, counted."""

_LONGEST_KEY = 200
"""Characters of a key by which the rows after a broken one are found."""

_LONGEST_LITERAL = 16

_SPACE = re.compile(r"\s*")
_TEXT = re.compile(TEXT, re.DOTALL)
_BRACE, _BRACKET = (re.compile(f"{TEXT}|{marks}", re.DOTALL) for marks in (r'["{}]', r'["\[\]]'))
_ROW_END = re.compile(r"[,\]}\n]")
_TRAILING_COMMA = re.compile(rf"({TEXT})|,(?=\s*[}}\]])", re.DOTALL)
_FIRST_KEY = re.compile(r'\{\s*"([^"\\]*)"')
_STRAY = re.compile(r"\}[\s}]*,?\s*\{")

CANNOT_BE_PARSED = "the row cannot be parsed as JSON"
TOO_DEEP = "the row is nested too deeply"
CUT_OFF = "the file ends in the middle: what may have followed is missing"
TOO_DAMAGED = "the file is too damaged to be read on: what may have followed is missing"


@dataclass(frozen=True, slots=True)
class OuterFields:
    """The fields of an object around the rows, once all of them were read.

    Attributes:
        path: the keys that lead to it, in lower case.
        fields: all but those that lead to rows.
    """

    path: tuple[str, ...]
    fields: Mapping[str, Json]


class Closed:
    """An array of rows ends here."""


Found: TypeAlias = tuple[int, Any] | OuterFields | Closed | Quarantined
"""A row with its number, from 1, and its JSON value; or what else is found on the way."""


class _EndedError(Exception):
    """The file ends where more must follow."""


class _TooDamagedError(_EndedError):
    """The file is so damaged that reading on would take too long."""


def rows(file: ListFile, *path: str) -> Iterator[Found]:
    """What a file holds at this path of keys, in lower case.

    Arrays on the way are walked through; a file may hold several documents, as JSON Lines do.
    The elements of an array at the path are rows, of any JSON type; so is a lone object there.
    Keys on the way are compared without case. Byte-order marks, control characters in texts,
    trailing commas, NaN and keys repeated with the same value are read as they were meant.
    """
    return _Walk(file, path).found()


class _Walk(TextAhead):
    """One pass through a file."""

    def __init__(self, file: ListFile, path: tuple[str, ...]) -> None:
        super().__init__(file)
        self._path = path
        self._number = 0
        self._keys: list[str] = []
        self._searched = 0

    def found(self) -> Iterator[Found]:
        with self._file:
            try:
                while self._next():
                    yield from self._value(())
            except _EndedError as error:
                why = TOO_DAMAGED if isinstance(error, _TooDamagedError) else CUT_OFF
                yield Quarantined(max(self._number, 1), why)

    def _value(self, path: tuple[str, ...]) -> Iterator[Found]:
        """The value that starts here: around rows, with rows, or a row itself."""
        mark = self._next()
        if mark == "[":
            yield from self._array(path)
        elif mark == "{" and path != self._path:
            yield from self._object(path)
        else:
            yield self._row()

    def _array(self, path: tuple[str, ...]) -> Iterator[Found]:
        self._pos += 1
        at_rows = path == self._path
        while (mark := self._next()) != "]":
            if not mark:
                raise _EndedError
            if mark == "}":
                if not _STRAY.match(self._text, self._pos):
                    yield Quarantined(max(self._number, 1), "the array of rows is not closed")
                    return
                yield Quarantined(max(self._number, 1), "a bracket too many after the row")
                self._pos += 1
            elif at_rows or mark != "{":
                yield self._row()
            else:
                yield from self._object(path)
        self._pos += 1
        if at_rows:
            yield Closed()

    def _object(self, path: tuple[str, ...]) -> Iterator[Found]:
        """An object around rows: the fields in it that are not on the way."""
        self._pos += 1
        fields, length, left_out = dict[str, Json](), 0, 0
        try:
            while (mark := self._next()) != "}":
                key = self._key(mark)
                below = (*path, key.lower())
                if below == self._path[: len(below)]:
                    yield from self._value(below)
                    continue
                start = self._seen - len(self._text) + self._pos
                value = self._whole()
                length += len(key) + self._seen - len(self._text) + self._pos - start
                if len(fields) < _MOST_FIELDS and length <= _LONGEST_FIELDS:
                    fields[key] = value
                else:
                    left_out += 1
            self._pos += 1
            if left_out:
                why = f"{left_out:,} fields around the rows are too many or too long: left out"
                yield Quarantined(max(self._number, 1), why)
        except BrokenError:
            yield Quarantined(max(self._number, 1), "what stands around the rows cannot be parsed")
            yield OuterFields(path, fields)
            yield from self._recover(path)
        except _EndedError:
            yield OuterFields(path, fields)
            raise
        else:
            yield OuterFields(path, fields)

    def _recover(self, path: tuple[str, ...]) -> Iterator[Found]:
        """Find rows that still can be recognised after damage to what is around them."""
        key = self._path[len(path)]
        array = re.compile(rf'"{re.escape(key)}"\s*:\s*(?=[\[{{])', re.IGNORECASE)
        while True:
            ahead = array.search(self._text, self._pos)
            row = self._candidate(self._pos) if self._keys else None
            if row is not None and (ahead is None or row < ahead.start()):
                self._pos = row
                yield self._row()
            elif ahead is not None:
                self._pos = ahead.end()
                yield from self._value((*path, key))
            elif not self._drop():
                return

    def _key(self, mark: str) -> str:
        if mark != '"':
            raise BrokenError if mark else _EndedError
        key = self._whole()
        if self._next(_SPACE) != ":":
            raise BrokenError
        self._pos += 1
        self._next(_SPACE)
        return str(key)

    def _whole(self) -> Any:  # noqa: ANN401 (any JSON value)
        """The value that starts here, which is no row."""
        while True:
            try:
                value, end = decode(self._text, self._pos)
            except (RecursionError, ValueError, BrokenError) as error:
                if self._ends_too_early(error) and self._grow():
                    continue
                if self._all_read and not self._text[self._pos :].strip():
                    raise _EndedError from None
                end = self._end() or self._pos
                value = self._mended(end)
                if value is None:
                    raise BrokenError from None
                self._pos = end
                return value
            else:
                if end < len(self._text) or not self._more():
                    if too_deep(self._text, self._pos, end):
                        raise BrokenError
                    self._pos = end
                    return value

    def _row(self) -> Found:
        """The row that starts here."""
        self._number += 1
        while True:
            text, start = self._text, self._pos
            try:
                value, end = decode(text, start)
            except (RecursionError, ValueError, BrokenError) as error:
                if self._ends_too_early(error) and self._grow():
                    continue
                found = self._broken(error)
                self._forget()
                return found
            if end == len(text) and text[end - 1] not in '}]"' and self._more():
                continue
            self._pos = end
            if self._dirty and self._no_text.search(text, start, end):
                return Quarantined(self._number, "the row holds bytes that are no text")
            if too_deep(text, start, end):
                return Quarantined(self._number, TOO_DEEP)
            if type(value) is dict:
                self._keys = _short(list(value)[:2])
            return self._number, value

    def _broken(self, error: Exception) -> Found:
        """Step over a row that cannot be parsed, or mend it."""
        if isinstance(error, RecursionError):
            return self._past_the_deep()
        reason = _why(error)
        if not self._keys and (first := _FIRST_KEY.match(self._text, self._pos)):
            self._keys = _short([first[1]])
        while True:
            end = self._end()
            row = self._candidate(self._pos + 1, end)
            if end is not None and row is None:
                value = self._mended(end) if isinstance(error, json.JSONDecodeError) else None
                self._pos = end
                return Quarantined(self._number, reason) if value is None else (self._number, value)
            if row is not None:
                self._pos = row
                return Quarantined(self._number, reason)
            if not self._grow():
                break
        if self._all_read:
            self._pos = len(self._text)
            raise _EndedError
        while row is None and self._drop():
            row = self._candidate(self._pos)
        self._pos = len(self._text) if row is None else row
        return Quarantined(self._number, f"the row is longer than {LONGEST_ROW} characters")

    def _past_the_deep(self) -> Quarantined:
        """Step over a row that is nested beyond all bounds: nothing in it can be told for a row."""
        while (end := self._end()) is None:
            if not self._grow():
                raise _TooDamagedError
        self._pos = end
        return Quarantined(self._number, TOO_DEEP)

    def _mended(self, end: int) -> Any:  # noqa: ANN401 (any JSON value)
        """The row without trailing commas; None if that was not what it suffered from."""
        row = _TRAILING_COMMA.sub(lambda found: found[1] or "", self._text[self._pos : end])
        try:
            value, end = decode(row)
        except (RecursionError, ValueError, BrokenError):
            return None
        whole = end == len(row) and not too_deep(row, 0, end)
        return value if whole and not self._no_text.search(row) else None

    def _end(self) -> int | None:
        """The end of the broken value that starts here, by its brackets; None if not in sight."""
        first_char = self._text[self._pos : self._pos + 1]
        if first_char == '"':
            text = _TEXT.match(self._text, self._pos)
            return text.end() if text else None
        if first_char not in ("{", "["):
            found = _ROW_END.search(self._text, self._pos + 1)
            return found.start() if found else len(self._text) if self._all_read else None
        end = self._closed(first_char)
        self._searched += (end or len(self._text)) - self._pos
        if self._searched > _PATIENCE * (self._seen + CHUNK):
            raise _TooDamagedError
        return end

    def _closed(self, first_char: str) -> int | None:
        """The position where the bracket that opens here is closed."""
        depth = 0
        for token in (_BRACE if first_char == "{" else _BRACKET).finditer(self._text, self._pos):
            mark = token[0]
            if mark == '"':
                return None
            if len(mark) == 1:
                depth += 1 if mark == first_char else -1
                if not depth:
                    return token.end()
        return None

    def _candidate(self, start: int, end: int | None = None) -> int | None:
        """The position where the next row starts, before `end`; None if none is in sight.

        What is nested in a broken row must not pass for a row: a row starts with the same two
        keys as the last good one, or, before there was one, with the first key of the broken.
        """
        if not self._keys:
            return None
        key = re.escape(json.dumps(self._keys[0], ensure_ascii=False))
        stop = len(self._text) if end is None else end
        for found in re.compile(rf"\{{\s*{key}\s*:").finditer(self._text, start, stop):
            try:
                value, _ = decode(self._text, found.start())
            except (RecursionError, ValueError, BrokenError) as error:
                more = self._ends_too_early(error) and not self._all_read
                return None if more else found.start()
            if list(value)[: len(self._keys)] == self._keys:
                return found.start()
        return None

    def _ends_too_early(self, error: Exception) -> bool:
        """Whether more text may make the value whole."""
        return isinstance(error, json.JSONDecodeError) and (
            error.msg.startswith("Unterminated string")
            or error.pos >= len(self._text) - _LONGEST_LITERAL
        )


def _short(keys: list[str]) -> list[str]:
    """Keys by which rows can be found; none if one of them is too long to be searched for."""
    return keys if all(len(key) <= _LONGEST_KEY for key in keys) else []


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, BrokenError) else CANNOT_BE_PARSED
