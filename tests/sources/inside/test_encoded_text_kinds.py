"""Files in the texts of programs: pages, JSON, property lists, contact cards."""

import base64
import json
import plistlib
import textwrap

import pytest

from hashmatch.model.locator import Member
from hashmatch.sources.inside import text_runs
from hashmatch.sources.inside.encoded_text import EncodedText
from tests.support.archives import MADE
from tests.support.inner_members import contents, endure, members, picture

KINDS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")


def _coded(kind: str) -> str:
    return base64.b64encode(picture(kind)).decode()


def test_addresses_in_a_page_have_the_kind_that_they_say() -> None:
    page = "".join(
        f"<img src='data:image/{kind.lower()};charset=x;base64,{_coded(kind)}'> text "
        for kind in KINDS
    )
    page += f"<style>a {{ background: url(data:;base64,{_coded('PNG')}) }}</style>"
    names = [*(kind.lower() for kind in KINDS), ""]
    expected = [Member("base64", number, name) for number, name in enumerate(names)]
    pictures = [*(picture(kind) for kind in KINDS), picture("PNG")]
    assert members(EncodedText(), page.encode()) == list(zip(expected, pictures, strict=True))


@pytest.mark.parametrize("kind", [*KINDS[:4], "AVIF"])
def test_pictures_in_json_without_and_with_escapes(kind: str) -> None:
    plain = json.dumps({"a": _coded(kind), "b": "no"})
    wrapped = json.dumps({"a": "\n".join(textwrap.wrap(_coded(kind), 76)), "b": "no"})
    for text in (plain, plain.replace("/", "\\/"), wrapped):
        assert contents(EncodedText(), text.encode()) == {picture(kind)}


@pytest.mark.parametrize(
    "kind", ["zip deflated", "tar.gz", "tar.bz2", "tar.xz", "7z solid", "rar5"]
)
def test_archives_in_json(kind: str) -> None:
    made = MADE[kind]()
    for coded in (base64.b64encode(made), base64.urlsafe_b64encode(made)):
        text = json.dumps({"a": coded.decode(), "b": "no"})
        assert contents(EncodedText(), text.encode()) == {made}


def test_a_file_as_shells_encode_it() -> None:
    lines = "\n".join(textwrap.wrap(_coded("BMP"), 60))
    assert contents(EncodedText(), f"begin-base64 644 a b\n{lines}\n====\n".encode()) == {
        picture("BMP")
    }


def test_other_alphabets_and_percent_signs() -> None:
    safe = base64.urlsafe_b64encode(picture("JPEG")).decode()
    quoted = _coded("PNG").replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    text = f'{{"a": "{safe}", "b": "data:image/png;base64,{quoted}"}}'
    assert contents(EncodedText(), text.encode()) == {picture("JPEG"), picture("PNG")}


def test_property_lists_and_contact_cards() -> None:
    assert contents(EncodedText(), plistlib.dumps({"a": [picture("JPEG"), picture("PNG")]})) == {
        picture("JPEG"),
        picture("PNG"),
    }
    folded = "\r\n ".join(textwrap.wrap(_coded("JPEG"), 74))
    cards = (
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nPHOTO;ENCODING=b;TYPE=JPEG:{folded}\r\nEND:VCARD\r\n",
        f"BEGIN:VCARD\r\nPHOTO;JPEG;ENCODING=BASE64:\r\n {folded}\r\n\r\nEND:VCARD\r\n",
        f"BEGIN:VCARD\r\nVERSION:4.0\r\nPHOTO:data:image/jpeg;base64,{folded}\r\nEND:VCARD\r\n",
        f"dn: cn=a\njpegPhoto:: {folded}\ncn: a\n".replace("\r", ""),
    )
    for card in cards:
        assert contents(EncodedText(), card.encode()) == {picture("JPEG")}


def test_what_follows_a_folded_photo_is_none_of_it() -> None:
    # Its last line is as long as the others and has no sign of the end.
    held = picture("JPEG")[: 54 * (len(picture("JPEG")) // 54)]
    folded = "\r\n ".join(textwrap.wrap(base64.b64encode(held).decode(), 72))
    card = f"BEGIN:VCARD\r\nPHOTO;JPEG;ENCODING=BASE64:\r\n {folded}\r\nEND:VCARD\r\n"
    assert contents(EncodedText(), card.encode()) == {held}


def test_lines_of_one_length_belong_together() -> None:
    text = "\n".join(textwrap.wrap(_coded("JPEG"), 76))
    assert contents(EncodedText(), f"photo:\n{text}\n\nnext".encode()) == {picture("JPEG")}


@pytest.mark.parametrize("shift", [*range(0, 40, 3)])
def test_beginnings_across_pieces(shift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_runs, "PIECE", 1 << 12)
    space = " " * ((1 << 12) - shift)
    text = f'{space}"data:image/png;base64,{_coded("PNG")}" "{_coded("JPEG")}"'
    assert contents(EncodedText(), text.encode()) == {picture("PNG"), picture("JPEG")}


def test_damaged_text_raises_nothing() -> None:
    page = f"<img src='data:image/png;base64,{_coded('PNG')}'>" * 3
    assert endure(EncodedText(), {"page": page.encode()}, 200) > 100
