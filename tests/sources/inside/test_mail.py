import binascii
import email.policy
import mailbox
import struct
from email.message import EmailMessage
from pathlib import Path

import pytest

from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.mail import Mail
from hashmatch.sources.inside.tnef import Tnef
from tests.support.inner_members import contents, endure, members, picture

KINDS = ("JPEG", "PNG", "GIF")


def message(names: tuple[str, ...] = ("a.jpg", "ünï 日本.png", "a.jpg")) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "pictures"
    mail.set_content("text\nFrom now on: 12:30\n\nbegin a day\n")
    for name, kind in zip(names, KINDS, strict=False):
        mail.add_attachment(picture(kind), "image", kind.lower(), filename=name)
    return mail


def _named(data: bytes) -> list[tuple[str, bytes | Unreadable]]:
    found = members(Mail(), data)
    assert [step.number for step, _ in found if isinstance(step, Member)] == [*range(len(found))]
    return [(step.name, each) for step, each in found if isinstance(step, Member)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_attachments_have_their_names(end: str) -> None:
    data = message().as_bytes(policy=email.policy.default.clone(linesep=end))
    (_, text), *found = _named(data)
    assert isinstance(text, bytes)
    assert b"From now on" in text
    names = ("a.jpg", "ünï 日本.png", "a.jpg")
    assert found == [(name, picture(kind)) for name, kind in zip(names, KINDS, strict=True)]


def test_mail_in_mail_is_read_part_by_part() -> None:
    outer = message(("a.jpg",))
    middle = message(("b.png",))
    middle.add_attachment(message(("c.jpg", "d.png")))
    outer.add_attachment(middle)
    found = [(name, data) for name, data in _named(outer.as_bytes()) if name]
    jpeg, png = picture("JPEG"), picture("PNG")
    assert found == [("a.jpg", jpeg), ("b.png", jpeg), ("c.jpg", jpeg), ("d.png", png)]


def test_every_message_of_a_mailbox_is_read(tmp_path: Path) -> None:
    path = tmp_path / "Inbox"
    box = mailbox.mbox(path)
    for number in range(20):
        box.add(message((f"{number}.jpg",)))
    box.close()
    names = [name for name, _ in _named(path.read_bytes()) if name]
    assert names == [f"{number}.jpg" for number in range(20)]


def test_mail_of_apple_ends_where_its_length_says() -> None:
    held = message(("a.jpg",)).as_bytes()
    data = f"{len(held)}\n".encode() + held + b"<?xml version='1.0'?><plist></plist>"
    assert _named(data)[1:] == [("a.jpg", picture("JPEG"))]


def test_parts_of_a_saved_page_have_their_addresses() -> None:
    binary = picture("JPEG")
    data = (
        b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        b'\ttype="text/html";\r\n\tboundary="----x"\r\n\r\n------x\r\n'
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        b"Content-Location: https://example.org/\r\n\r\n<p>a=3Db=\r\nc\r\n------x\r\n"
        b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: binary\r\n"
        b"Content-Location: https://example.org/a.jpg\r\n\r\n" + binary + b"\r\n------x--\r\n"
    )
    assert _named(data) == [
        ("https://example.org/", b"<p>a=bc"),
        ("https://example.org/a.jpg", binary),
    ]


@pytest.mark.parametrize("charset", ["utf-8", "shift_jis", "koi8-r", "x-unknown", None])
def test_charsets_of_names(charset: str | None) -> None:
    name = {"shift_jis": "写真.jpg", "koi8-r": "фото.jpg"}.get(charset or "", "bün.jpg")
    codec = charset if charset not in (None, "x-unknown") else "utf-8"
    raw = name.encode(codec or "utf-8")
    field = raw
    if charset:
        field = b"=?" + charset.encode() + b"?B?" + binascii.b2a_base64(raw, newline=False) + b"?="
    data = (
        b'Subject: x\nContent-Type: image/jpeg;\n name="' + field + b'"\n'
        b"Content-Transfer-Encoding: BASE64\n\n" + binascii.b2a_base64(picture("JPEG"))
    )
    assert _named(data) == [(name, picture("JPEG"))]


def test_base64_with_other_characters_between() -> None:
    text = binascii.b2a_base64(picture("JPEG"), newline=False)
    broken = b" \t\n".join(text[at : at + 7] for at in range(0, len(text), 7))
    data = b"Subject: x\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n" + broken
    assert contents(Mail(), data) == {picture("JPEG")}


def test_a_message_that_is_cut_gives_what_is_there() -> None:
    data = message().as_bytes()
    at = data.index(b"image/gif")
    assert {picture("JPEG"), picture("PNG")} < contents(Mail(), data[: at + 2000])


def test_damaged_mail_raises_nothing() -> None:
    outer = message()
    outer.add_attachment(message())
    assert endure(Mail(), {"mail": outer.as_bytes()}, 200) > 400


def tnef() -> bytes:
    def attribute(kind: int, data: bytes) -> bytes:
        return (
            struct.pack("<BHHI", 2, kind, 6, len(data))
            + data
            + struct.pack("<H", sum(data) % 65536)
        )

    def name(text: str) -> bytes:
        raw = text.encode("utf-16-le") + bytes(2)
        head = struct.pack("<IHHIHHI", 2, 3, 0xE20, 7, 0x1F, 0x3707, 1)
        return head + struct.pack("<I", len(raw)) + raw + bytes(-len(raw) % 4)

    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(0x9002, bytes(14))
        + attribute(0x8010, b"SHORT~1.JPG\0")
        + attribute(0x800F, picture("JPEG"))
        + attribute(0x9005, name("länger name.jpg"))
        + attribute(0x9002, bytes(14))
        + attribute(0x8010, b"b.png\0")
        + attribute(0x800F, picture("PNG"))
    )


def test_attachments_in_one_file() -> None:
    assert members(Tnef(), tnef()) == [
        (Member("tnef", 0, "länger name.jpg"), picture("JPEG")),
        (Member("tnef", 1, "b.png"), picture("PNG")),
    ]
    (_, first), *_, (_, last) = members(Tnef(), tnef()[:-99])
    assert first == picture("JPEG")
    assert isinstance(last, Unreadable)


def test_damaged_attachments_raise_nothing() -> None:
    assert endure(Tnef(), {"tnef": tnef()}, 200) > 100
