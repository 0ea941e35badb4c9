"""Bodies of mail, decoded piece by piece: base64, quoted-printable, uuencode, yEnc."""

import binascii
import quopri
import string
from collections.abc import Callable
from typing import BinaryIO, Final

from hashmatch.sources.inside.base import PIECE, Budget
from hashmatch.sources.inside.streams import Stream

_ALPHABET: Final = (string.ascii_letters + string.digits + "+/=").encode()
_OTHERS: Final = bytes(set(range(256)) - set(_ALPHABET))
_LONGEST: Final = 1 << 20


def body(held: BinaryIO, encoding: str, budget: Budget) -> BinaryIO:
    """The bytes that a body encodes.

    Args:
        held: the body.
        encoding: as `Content-Transfer-Encoding` says, in small letters.
        budget: to be told of bytes.
    """
    if encoding == "base64":
        return Base64(held, budget).as_file()
    if encoding == "quoted-printable":
        return _Lines(held, budget, _quoted).as_file()
    if encoding in ("x-uuencode", "x-uue", "uuencode"):
        return uuencoded(held, budget)
    return held


def uuencoded(held: BinaryIO, budget: Budget) -> BinaryIO:
    """The file of which the lines follow: from `begin` to `end`."""
    return _Lines(held, budget, _Uu()).as_file()


def yencoded(held: BinaryIO, budget: Budget) -> BinaryIO:
    """The file of which the lines follow: from `=ybegin` to `=yend`."""
    return _Lines(held, budget, _Yenc()).as_file()


class _Decoded(Stream):
    """What pieces of text decode to."""

    def __init__(self, held: BinaryIO, budget: Budget) -> None:
        self._held, self._budget = held, budget
        self._ready = b""
        self._ended = False

    def piece(self, size: int) -> bytes:
        """The next bytes."""
        while not self._ready and not self._ended:
            data = self._held.read(PIECE)
            self._ended = not data
            self._ready = self._decoded(data)
            self._budget.bytes(len(self._ready))
        given, self._ready = self._ready[:size], self._ready[size:]
        return given

    def _decoded(self, data: bytes) -> bytes:
        raise NotImplementedError


class Base64(_Decoded):
    """What base64 encodes, whatever lies between its characters."""

    def __init__(self, held: BinaryIO, budget: Budget) -> None:
        """Decode what a file holds."""
        super().__init__(held, budget)
        self._rest = b""

    def _decoded(self, data: bytes) -> bytes:
        text = self._rest + data.translate(None, _OTHERS)
        # What follows padding begins anew.
        *ended, text = text.split(b"=")
        made = [_plain(run) for run in ended if run]
        whole = len(text) if not data else len(text) // 4 * 4
        made.append(_plain(text[:whole]))
        self._rest = text[whole:]
        return b"".join(made)


def _plain(run: bytes) -> bytes:
    """Bytes of characters without padding; a single one at the end encodes nothing."""
    run = run[: len(run) - 1] if len(run) % 4 == 1 else run
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4))


class _Lines(_Decoded):
    """What lines decode to."""

    def __init__(self, held: BinaryIO, budget: Budget, decode: Callable[[bytes], bytes]) -> None:
        super().__init__(held, budget)
        self._decode = decode
        self._rest = b""

    def _decoded(self, data: bytes) -> bytes:
        text = self._rest + data
        end = text.rfind(b"\n") + 1
        if not data or (not end and len(text) > _LONGEST):
            end = len(text)
        self._rest = text[end:]
        made = self._decode(text[:end])
        # Behind the end of a file, other files may follow in the same text.
        self._ended = self._ended or getattr(self._decode, "ended", False)
        return made


def _quoted(text: bytes) -> bytes:
    return quopri.decodestring(text)


class _Uu:
    """Lines between `begin` and `end`."""

    def __init__(self) -> None:
        self._begun = self.ended = False

    def __call__(self, text: bytes) -> bytes:
        made = []
        for line in text.splitlines():
            if self._begun and line.strip() in (b"end", b"`", b""):
                self.ended = self.ended or line.strip() == b"end"
            elif self._begun and not self.ended:
                made.append(_uu_line(line))
            self._begun = self._begun or line.startswith(b"begin ")
        return b"".join(made)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some programs write more characters than a line's length says.
        wanted = ((line[0] - 32 & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:wanted])
        except binascii.Error:
            return b""


class _Yenc:
    """Lines between `=ybegin` and `=yend`."""

    def __init__(self) -> None:
        self.ended = False

    def __call__(self, text: bytes) -> bytes:
        made = []
        for line in text.split(b"\n"):
            self.ended = self.ended or line.startswith(b"=yend")
            if not self.ended and not line.startswith((b"=ybegin", b"=ypart")):
                first, *escaped = line.removesuffix(b"\r").split(b"=")
                made.append(first.translate(_YENC))
                made += [
                    each[:1].translate(_ESCAPED) + each[1:].translate(_YENC) for each in escaped
                ]
        return b"".join(made)


_YENC: Final = bytes((each - 42) % 256 for each in range(256))
_ESCAPED: Final = bytes((each - 64 - 42) % 256 for each in range(256))
