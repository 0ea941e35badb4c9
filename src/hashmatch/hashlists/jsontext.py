"""The text of a JSON document of any size, decoded and held only as far as it is needed."""

import codecs
import re
from typing import Final

from hashmatch.hashlists.base import ListFile, encoding_of

LONGEST_ROW: Final = 1 << 24
"""Characters; a longer row is quarantined, so that no file takes more memory than this."""

CHUNK: Final = 1 << 20
"""Bytes that are read at least at a time."""

_LOOK_BACK: Final = 4096
_MOST_BEHIND: Final = 1 << 16
_GAP: Final = re.compile(r"[\s,\x00\x1a\x1e\ufeff]*")
_NO_TEXT, _NO_TEXT_IN_UTF16 = re.compile("[\udc80-\udcff]"), re.compile("\ufffd")


class TextAhead:
    """The part of a file's text that is looked at, and the place in it that was come to."""

    def __init__(self, file: ListFile) -> None:
        self._file = file.open()
        size, encoding = encoding_of(self._file.read(4))
        self._file.seek(size)
        utf8 = encoding == "utf-8"
        errors = "surrogateescape" if utf8 else "replace"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._no_text = _NO_TEXT if utf8 else _NO_TEXT_IN_UTF16
        self._text = ""
        self._pos = 0
        self._all_read = False
        self._dirty = False
        self._seen = 0

    def _next(self, gap: re.Pattern[str] = _GAP) -> str:
        """The character that the next value starts with; empty at the end of the file."""
        while True:
            self._pos = gap.match(self._text, self._pos).end()  # type: ignore[union-attr]
            if self._pos < len(self._text):
                return self._text[self._pos]
            if not self._more():
                return ""

    def _grow(self) -> bool:
        """Read on in a value, unless it is too long or the file ends."""
        return len(self._text) - self._pos <= LONGEST_ROW and self._more()

    def _drop(self) -> bool:
        """Read on past text in which nothing was found."""
        self._pos = max(self._pos, len(self._text) - _LOOK_BACK)
        if self._more():
            return True
        self._pos = len(self._text)
        return False

    def _more(self) -> bool:
        """Read on: at least as much again as is kept, so that no text is parsed often."""
        if self._all_read:
            return False
        kept = self._text[self._pos :]
        raw = self._file.read(max(CHUNK, len(kept)))
        self._all_read = not raw
        fresh = self._decoder.decode(raw, not raw)
        self._seen += len(fresh)
        self._text, self._pos = kept + fresh, 0
        self._dirty = not self._text.isascii() and bool(self._no_text.search(self._text))
        return bool(fresh) or self._more()

    def _forget(self) -> None:
        """Drop text that was read: to report an error, the parser counts lines from its start."""
        if self._pos > _MOST_BEHIND:
            self._text, self._pos = self._text[self._pos :], 0
