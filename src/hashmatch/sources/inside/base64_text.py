"""Base64 in text: its beginning, its end, and the bytes that it encodes.

data: addresses in pages, style sheets and JSON; photos of contact cards. What begins like a
picture, a film or a container is found without an address before it too, as in property lists and
exports of chats.
"""

import io
import re
from collections.abc import Callable
from functools import partial
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.inside.base import Budget
from hashmatch.sources.inside.mail_bodies import Base64
from hashmatch.sources.inside.streams import window
from hashmatch.sources.inside.text_runs import OVERLAP, PIECE
from hashmatch.sources.inside.view import View

LARGEST: Final = 1 << 29
"""Characters that are held in memory, at most."""

_SMALLEST: Final = 35
"""Characters that encode the smallest picture."""

_NEAR: Final = 64
"""Characters of a run among which base64 begins, as behind the name of a field."""
_ADDRESS: Final = re.compile(
    rb"data:(?:[a-z]+\\?/([\w.+-]+))?(?:;[\w.+-]+=[^;,\"'\s]{0,100}){0,4};base64,\s*\Z",
    re.IGNORECASE,
)
_SHELL: Final = re.compile(rb"()begin-base64 [0-7]{3,4} [^\r\n]{1,255}\r?\n\Z")
_BARE: Final = re.compile(
    rb"(?:(?<![\w+/-])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f][0-9A-Fa-f]))(?:"
    rb"(?P<jpeg>(?:[/_]|%2[Ff])9j\\?(?:[/_]|%2[Ff]))|(?P<png>iVBORw0KGgo)|(?P<gif>R0lGOD[dl]h)"
    rb"|(?P<webp>UklGR[\w+/\\-]{6,12}XRUJQ)|(?P<mp4>AAAA[\w+/-]{2}Z0eX)|(?P<tiff>SUkqA|TU0AK)"
    rb"|(?P<webm>GkXfo)|(?P<zip>UEsDB)|(?P<gz>H4sI[A-H][\w+/\\-]{12})|(?P<bz2>QlpoOTFBWSZTW)"
    rb"|(?P<xz>(?:[/_]|%2[Ff])Td6WFoA)|(?P<sevenzip>N3q8ryccA)|(?P<rar>UmFyIRoH)"
    rb"|(?P<pdf>JVBERi0x)|(?P<ole>0M8R4KGxG)|(?P<sqlite>U1FMaXRlIGZvcm1hdCAz))"
)
"""The beginnings of base64 of pictures, films and containers."""
_CHARACTERS: Final = re.compile(rb"(?:[\w+/-]+|\\/|\\[nr]|%2[BbFf]|%0[AaDd])*")
_NEWLINE: Final = re.compile(rb"\r?\n([ \t]*)(?=[A-Za-z0-9+/])")
_WRAPPED: Final = 40
"""Characters of the shortest line after which another line may go on."""
_ESCAPES: Final = (
    *((b"\\n", b""), (b"\\r", b""), (b"\\/", b"/"), (b"%2B", b"+"), (b"%2F", b"/")),
    *((b"%2b", b"+"), (b"%2f", b"/"), (b"%0A", b""), (b"%0D", b""), (b"%0a", b""), (b"%0d", b"")),
)
_OTHER_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")


def beginning(data: bytes, place: int) -> tuple[int, str] | None:
    """The place where base64 begins in a run of letters, and its kind; None where none begins.

    Args:
        data: with what lies before and behind the run.
        place: where the run begins.
    """
    if data.find(b"64", max(0, place - OVERLAP // 2), place) >= 0:
        before = data[max(0, place - OVERLAP // 2) : place]
        start = max(0, before.rfind(b"data:"))
        said = _ADDRESS.search(before, start) or _SHELL.search(before)
        if said:
            return place, (said.group(1) or b"").decode().lower()
    found = _BARE.search(data, place, place + 2 * _NEAR)
    if found is None or found.start() > place + _NEAR:
        return None
    return found.start(), str(found.lastgroup)


def extent(
    file: BinaryIO, view: View, start: int, budget: Budget
) -> tuple[int, Callable[[], BinaryIO] | None]:
    """The end of base64, and a function that opens what it encodes; None if it is too short."""
    end, is_escaped = _end(view, start, budget)
    if end - start < _SMALLEST:
        return end, None
    return end, partial(_opened, file, start, end, budget, is_escaped=is_escaped)


def _opened(file: BinaryIO, start: int, end: int, budget: Budget, *, is_escaped: bool) -> BinaryIO:
    held = window(file, start, end - start)
    if is_escaped:
        if end - start > LARGEST:
            raise UnreadableError(Reason.TOO_MANY_BYTES, f"base64 of {end - start:,} characters")
        text = held.read()
        budget.bytes(len(text))
        for escape, plain in _ESCAPES:
            text = text.replace(escape, plain)
        held = io.BytesIO(text.translate(_OTHER_ALPHABET))
    return Base64(held, budget).as_file()


def _end(view: View, start: int, budget: Budget) -> tuple[int, bool]:
    """The end of base64, and whether some of its characters are written in another way."""
    place, line, longest, is_escaped, is_folded = start, start, 0, False, None
    while piece := view.at(place, PIECE):
        budget.check()
        match = _CHARACTERS.match(piece)
        length = match.end() if match else 0
        run = piece[:length]
        is_escaped = is_escaped or any(each in run for each in (b"\\", b"%", b"-", b"_"))
        place += length
        if length == len(piece):
            continue
        newline = _NEWLINE.match(piece, length)
        if not newline:
            return place, is_escaped
        folded = bool(newline.group(1))
        is_full = place - line >= max(_WRAPPED, longest)
        if is_folded not in (None, folded) or not (folded or is_full):
            return place, is_escaped
        is_folded = folded
        longest = max(longest, 0 if line == start else place - line)
        place += newline.end() - length
        line = place
    return min(place, view.size), is_escaped
