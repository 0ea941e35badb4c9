"""Pictures and objects of RTF documents."""

import io
import textwrap

import pytest

from hashmatch.model.locator import Member
from hashmatch.sources.inside import rtf
from hashmatch.sources.inside.base import Inner
from hashmatch.sources.inside.rtf import Rtf
from tests.support.inner_members import SimpleBudget, contents, endure, members, picture


def document() -> bytes:
    lines = "\r\n".join(textwrap.wrap(picture("JPEG").hex(), 128))
    dib = picture("BMP")[14:].hex()
    return (
        b"{\\rtf1\\ansi{\\fonttbl\\f0 x;} text {\\*\\shppict{\\pict{\\*\\picprop\\shplid1{\\sp"
        b"{\\sn a}{\\sv 1}}}\\picscalex100\\jpegblip\\picw5{\\*\\blipuid 0123456789abcdef}"
        + lines.encode()
        + b"}}{\\pict\\pngblip\\bin%d " % len(picture("PNG"))
        + picture("PNG")
        + b"}{\\pict\\dibitmap0 "
        + dib.encode()
        + b"}{\\object\\objemb{\\*\\objdata 010500000200000008000000"
        + (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)).hex().encode()
        + b"}}}"
    )


def test_pictures_and_objects_of_a_document() -> None:
    assert members(Rtf(), document()) == [
        (Member("rtf", 0, "jpg"), picture("JPEG")),
        (Member("rtf", 1, "png"), picture("PNG")),
        (Member("rtf", 2, "bmp"), picture("BMP")),
        (Member("rtf", 3, "object"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)),
    ]
    found = Rtf()(io.BytesIO(document()), SimpleBudget())
    assert [each.is_made for each in found if isinstance(each, Inner)] == [
        False,
        False,
        True,
        False,
    ]


def test_damaged_documents_raise_nothing() -> None:
    assert endure(Rtf(), {"rtf": document()}, 200) > 300


@pytest.mark.parametrize("shift", range(0, 40, 3))
def test_pictures_across_pieces(shift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtf, "_PIECE", 1 << 12)
    data = b" " * ((1 << 12) - shift) + b"{\\pict\\pngblip " + picture("PNG").hex().encode() + b"}"
    assert contents(Rtf(), data) == {picture("PNG")}
