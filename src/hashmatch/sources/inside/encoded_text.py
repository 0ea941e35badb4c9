"""Pictures, films and containers that are encoded in text, in files of any kind.

base64, as in pages and contact cards; data: addresses with percent signs; hexadecimal digits, as in
dumps of databases; uuencode and yEnc, as in postings to news groups.
"""

import binascii
import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside import base64_text
from hashmatch.sources.inside.base import Budget, Inner, SearchState
from hashmatch.sources.inside.later import later
from hashmatch.sources.inside.mail_bodies import uuencoded, yencoded
from hashmatch.sources.inside.searching import Search
from hashmatch.sources.inside.streams import window
from hashmatch.sources.inside.text_runs import OVERLAP, PIECE, pieces, runs
from hashmatch.sources.inside.view import View
from hashmatch.sources.inside.wide_text import narrowed

_UU: Final = re.compile(rb"(?<![^\n])begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n[!-M][ -`]{4,}\r?\n")
_YENC: Final = re.compile(rb"(?<![^\n])=ybegin [^\r\n]{0,200}?name=([^\r\n]{1,255})\r?\n")
_LINES: Final = (("uu", b"begin ", _UU), ("yenc", b"=ybegin ", _YENC))
"""Words in steps, what the first line of a file begins with, and the line."""
_DECODERS: Final = {"uu": uuencoded, "yenc": yencoded}
"""Decoders by word: they find the end of the file."""

_ADDRESS: Final = re.compile(
    rb"data:(?:image|video)/([\w.+-]{1,40})(?:;[\w.+-]+=[^;,\"'\s]{0,100}){0,4},\Z", re.IGNORECASE
)
_PERCENT_MARK: Final = re.compile(
    rb"%89PNG|%FF%D8%FF|GIF8|RIFF|BM|II(?:\*|%2A)|(?:%00){3}", re.IGNORECASE
)
_PERCENT_RUN: Final = re.compile(rb"[!#-&*-;=?-~]*")
_PERCENT: Final = re.compile(rb"%([0-9A-Fa-f]{2})")

_HEX: Final = re.compile(
    rb"(?:\\{0,4}x|0x)?(?=(ffd8ff|89504e470d0a1a0a|47494638(?:37|39)61|52494646[0-9a-f]{8}57454250"
    rb"|000000[0-9a-f]{2}66747970))",
    re.IGNORECASE,
)
_HEX_RUN: Final = re.compile(rb"[0-9A-Fa-f\s]*")
_SHORTEST_HEX: Final = 200
"""Digits of a picture, at least: fewer are a digest that begins like one."""

Found = tuple[int, Callable[[], BinaryIO] | None]


class EncodedText(Search):
    """Gives the files that are encoded in a text, in their order.

    Those are pictures, files that have a name, and whatever an address says that it is base64.
    """

    kinds: tuple[str, ...] = ("contact card with a photo",)
    modules: tuple[str, ...] = ("numpy",)

    def between(
        self, file: BinaryIO, budget: Budget, state: SearchState, part: tuple[int, int]
    ) -> Iterator[Inner | Unreadable]:
        """The files that begin in a part: whole mebibytes, but for the end of the text."""
        text = narrowed(file)
        view = View(text)
        width = 1 if text is file else 2
        begin, end = (min(each // width, view.size) for each in part)
        for place, word, name in _beginnings(text, (begin, end), budget):
            if place < state.text:
                continue
            stop, opens = _extent(text, view, place, word, budget)
            if opens is None:
                continue
            state.text = stop
            budget.member()
            step = Member(word, state.number, name)
            state.number += 1
            yield Inner(step, open=later(opens))


def _beginnings(
    file: BinaryIO, part: tuple[int, int], budget: Budget
) -> Iterator[tuple[int, str, str]]:
    """The places where encoded files begin, the kinds of encoding, and names or kinds of files."""
    for data, begin, end, offset in pieces(file, *part, budget):
        found = {}
        for place in runs(data, begin, end):
            if (one := _in_run(data, place)) is not None:
                found[one[0]] = one[1:]
        for word, mark, line in _LINES:
            place = data.find(mark, begin, end + len(mark) - 1)
            while place >= 0:
                if first := line.match(data, place):
                    found[place] = word, first.group(1).decode("utf-8", "surrogateescape")
                place = data.find(mark, place + 1, end + len(mark) - 1)
        for place in sorted(found):
            yield offset + place, *found[place]


def _in_run(data: bytes, place: int) -> tuple[int, str, str] | None:
    """The place, encoding and kind of a file that is encoded in a run of letters and digits."""
    if digits := _HEX.match(data, place):
        return digits.end(), "hex", ""
    if (coded := base64_text.beginning(data, place)) is not None:
        return coded[0], "base64", coded[1]
    if data[place - 1 : place] == b"," and _PERCENT_MARK.match(data, place):
        address = _ADDRESS.search(data, max(0, place - OVERLAP // 2), place)
        if address:
            return place, "percent", address.group(1).decode().lower()
    return None


def _extent(file: BinaryIO, view: View, start: int, word: str, budget: Budget) -> Found:
    """The end of an encoded file, and a function that opens it; None if it is too short."""
    if word == "base64":
        return base64_text.extent(file, view, start, budget)
    if word in _DECODERS:
        return start + 1, lambda: _DECODERS[word](window(file, start, view.size - start), budget)
    place, run = start, _HEX_RUN if word == "hex" else _PERCENT_RUN
    while piece := view.at(place, PIECE):
        budget.check()
        found = run.match(piece)
        length = found.end() if found else 0
        place += length
        if length < len(piece):
            break
    if word == "hex" and place - start < _SHORTEST_HEX:
        return place, None
    return place, partial(_decoded, file, start, place, word, budget)


def _decoded(file: BinaryIO, start: int, end: int, word: str, budget: Budget) -> BinaryIO:
    if end - start > base64_text.LARGEST:
        raise UnreadableError(Reason.TOO_MANY_BYTES, f"a picture of {end - start:,} characters")
    file.seek(start)
    text = file.read(end - start)
    budget.bytes(len(text))
    if word == "hex":
        digits = b"".join(text.split())
        return io.BytesIO(binascii.unhexlify(digits[: len(digits) // 2 * 2]))
    return io.BytesIO(_PERCENT.sub(lambda found: binascii.unhexlify(found.group(1)), text))
