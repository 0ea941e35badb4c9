"""Files of the old program `compress`: codes of 9 to 16 bits, without a mark of the end."""

from typing import Final

_CLEAR: Final = 256
_HEADER: Final = 3
_FIRST_WIDTH, _MOST_WIDTH = 9, 16


class Unlzw:
    """Expands one, with the interface of other decompressors."""

    def __init__(self) -> None:
        """Begin before its header."""
        self._fed = b""
        self._made = bytearray()
        self._most = 0
        self._is_block = False
        self._codes: list[int] = []
        self._clear()
        self.eof = False
        self.unused_data = b""

    @property
    def needs_input(self) -> bool:
        """Whether it gives no more until it is fed."""
        least = self._width if self._most else _HEADER
        return not self._made and not self._codes and len(self._fed) < least

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """What this and what it was fed with before expand to, at most so many bytes.

        Raises:
            ValueError: it is damaged.
        """
        is_last = not data and self.needs_input
        self._fed += data
        if not self._most and len(self._fed) >= _HEADER:
            self._most, self._is_block = self._fed[2] & 31, bool(self._fed[2] & 128)
            self._fed = self._fed[_HEADER:]
            if not _FIRST_WIDTH <= self._most <= _MOST_WIDTH:
                msg = "invalid width of codes"
                raise ValueError(msg)
        try:
            while self._most and len(self._made) < max_length and self._more(is_last=is_last):
                pass
        except ValueError:
            # What was before is given first: the next call comes to the same place.
            if not self._made:
                raise
        given = bytes(self._made[:max_length])
        del self._made[:max_length]
        return given

    def _more(self, *, is_last: bool) -> bool:
        """Expand the next code; whether there was one."""
        if not self._codes:
            size = min(self._width, len(self._fed)) if is_last else self._width
            group, count = self._fed[:size], size * 8 // self._width
            if len(group) < size or not count:
                return False
            self._fed = self._fed[size:]
            bits, mask = int.from_bytes(group, "little"), (1 << self._width) - 1
            codes = [bits >> each * self._width & mask for each in range(count)]
            self._codes = codes[::-1]
        self._take(self._codes[-1])
        del self._codes[-1:]
        return True

    def _clear(self) -> None:
        self._words = [bytes([each]) for each in range(256)]
        self._before = b""
        self._width = _FIRST_WIDTH

    def _take(self, code: int) -> None:
        if self._is_block and code == _CLEAR:
            self._clear()
            self._words.append(b"")
            self._codes = []
            return
        if self._is_block and len(self._words) == _CLEAR:
            self._words.append(b"")
        if code < len(self._words):
            word = self._words[code]
        elif code == len(self._words) and self._before:
            word = self._before + self._before[:1]
        else:
            msg = "an undefined code"
            raise ValueError(msg)
        self._made += word
        if self._before and len(self._words) < 1 << self._most:
            self._words.append(self._before + word[:1])
            if len(self._words) == 1 << self._width and self._width < self._most:
                self._width += 1
                self._codes = []
        self._before = word
