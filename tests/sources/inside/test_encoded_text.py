import binascii
import textwrap
from urllib.parse import quote_from_bytes

import pytest

from hashmatch.model.locator import Member
from hashmatch.sources.inside import text_runs
from hashmatch.sources.inside.encoded_text import EncodedText
from tests.support.evidence_documents import yenc
from tests.support.inner_members import contents, endure, members, picture

KINDS = ("JPEG", "PNG", "GIF", "WEBP")


def _uu(kind: str, name: str = "a b.jpg") -> bytes:
    held = picture(kind)
    lines = [binascii.b2a_uu(held[at : at + 45]) for at in range(0, len(held), 45)]
    return f"begin 644 {name}\n".encode() + b"".join(lines) + b"`\nend\n"


def test_files_in_text_have_their_names() -> None:
    text = b"Hello\n" + _uu("JPEG") + b"bye\n" + yenc(picture("PNG"), "c.png") + _uu("GIF", "d")
    assert members(EncodedText(), text) == [
        (Member("uu", 0, "a b.jpg"), picture("JPEG")),
        (Member("yenc", 1, "c.png"), picture("PNG")),
        (Member("uu", 2, "d"), picture("GIF")),
    ]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_end_in_both_ways(end: bytes) -> None:
    assert contents(EncodedText(), _uu("JPEG").replace(b"\n", end)) == {picture("JPEG")}


@pytest.mark.parametrize("kind", KINDS)
def test_addresses_with_percent_signs(kind: str) -> None:
    for quoted in (quote_from_bytes(picture(kind)), quote_from_bytes(picture(kind), safe="")):
        page = f"url('data:image/{kind.lower()};charset=x,{quoted}') 'data:text/plain,%89PNG'"
        assert members(EncodedText(), page.encode()) == [
            (Member("percent", 0, kind.lower()), picture(kind))
        ]


@pytest.mark.parametrize("kind", [*KINDS, "AVIF"])
def test_hexadecimal_digits_of_dumps(kind: str) -> None:
    digits = picture(kind).hex()
    wrapped = "\n".join(textwrap.wrap(digits, 70))
    texts = (f"X'{digits}'", f"0x{digits.upper()},", f'"\\\\x{digits}"', f"a\n{wrapped}\n--")
    for text in texts:
        assert contents(EncodedText(), text.encode()) == {picture(kind)}, text[:20]


def test_digests_and_words_are_no_pictures() -> None:
    lists = "".join(f"ffd8ffe0{number:056x}\n\n-" for number in range(99))
    words = "begin 644 is how it begins\nbegin 12\nI begin 644 x\nM\n=ybegin\ndata:image/png,no"
    assert members(EncodedText(), (lists + words).encode()) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_text_of_two_bytes_a_character(encoding: str) -> None:
    coded = binascii.b2a_base64(picture("JPEG"), newline=False).decode()
    page = f"<p>{'x' * 80}ж</p><img src='data:image/jpeg;base64,{coded}'>"
    assert contents(EncodedText(), page.encode(encoding)) == {picture("JPEG")}
    dump = f"{'-' * 80}X'{picture('PNG').hex()}'"
    assert contents(EncodedText(), dump.encode(encoding)) == {picture("PNG")}


@pytest.mark.parametrize("shift", [*range(0, 40, 3)])
def test_beginnings_across_pieces(shift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_runs, "PIECE", 1 << 12)
    space = b" " * ((1 << 12) - shift - 1) + b"\n"
    for text in (_uu("JPEG"), picture("JPEG").hex().encode(), yenc(picture("JPEG"), "a")):
        assert contents(EncodedText(), space + text) == {picture("JPEG")}


def test_damaged_text_raises_nothing() -> None:
    seeds = {
        "uu": _uu("JPEG"),
        "yenc": yenc(picture("JPEG"), "a"),
        "hex": picture("PNG").hex().encode() * 2,
        "percent": b"data:image/gif," + quote_from_bytes(picture("GIF")).encode(),
    }
    assert endure(EncodedText(), seeds, 100) > 100
