"""Documents, mail, databases and caches of a tree of evidence, with pictures of their own."""

import base64
import binascii
import json
import lzma
import mailbox
import plistlib
import sqlite3
import struct
import tempfile
import textwrap
import zlib
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

import pikepdf

from tests.support.archives import zipped
from tests.support.disk_volumes import disk, volume
from tests.support.evidence_archives import PASSWORD, named
from tests.support.ole_files import blip, message, ole
from tests.support.pdf_files import Writer, add_jpeg

Pictures = Sequence[bytes]


def pdf(pictures: Pictures, user: str | None = None) -> bytes:
    """Two pictures on pages, as they are, and one attached; encrypted where a user is given."""
    writer = Writer()
    for data in pictures[:2]:
        writer.page(add_jpeg(writer, data))
    writer.document.attachments["attached.jpg"] = pictures[2]
    if user is not None:
        return writer.bytes(encryption=pikepdf.Encryption(owner="owner", user=user))
    return writer.bytes()


def presentation(pictures: Pictures) -> bytes:
    """Pictures in records of their own, one after another."""
    shown = b"".join(blip(0xF01D, 0x46A, data) for data in pictures)
    return ole({"PowerPoint Document": b"x" * 99, "Pictures": shown})


def workbook(pictures: Pictures) -> bytes:
    """A drawing in pieces of at most 8,224 bytes."""
    shown = b"".join(blip(0xF01D, 0x46A, data) for data in pictures)
    records = struct.pack("<HH", 0x809, 16) + bytes(16)
    for at in range(0, len(shown), 8224):
        piece = shown[at : at + 8224]
        records += struct.pack("<HH", 0x3C if at else 0xEB, len(piece)) + piece
    return ole({"Workbook": records + struct.pack("<HH", 0x0A, 0)})


def word(pictures: Pictures) -> bytes:
    """Pictures among other bytes of a stream."""
    noise = Random(1)
    return ole(
        {
            "WordDocument": b"\xec\xa5" + bytes(5000),
            "Data": b"".join(noise.randbytes(68) + data for data in pictures),
        }
    )


def outlook(pictures: Pictures) -> bytes:
    """Attachments of a message and of one in it."""
    first, second, third = pictures
    inner = message({"same.jpg": third})
    return ole(message({"same.jpg": first, "ünï.jpg": second}, inner))


def thumbs(pictures: Pictures) -> bytes:
    """A Thumbs.db."""
    catalog = struct.pack("<HHIII", 16, 7, len(pictures), 96, 96)
    tree: dict[str, bytes] = {}
    for number, data in enumerate(pictures, 1):
        text = f"{number}.jpg".encode("utf-16-le") + bytes(2)
        catalog += struct.pack("<IIQ", len(text) + 20, number, 132_000_000_000_000_000)
        catalog += text + bytes(4)
        tree[str(number)[::-1]] = struct.pack("<III", 12, 1, len(data)) + data
    return ole({"Catalog": catalog, **tree})


def rtf(pictures: Pictures) -> bytes:
    """Pictures in hexadecimal digits, and one in bytes."""
    first, second, third = pictures
    lines = "\r\n".join(textwrap.wrap(first.hex(), 128)).encode()
    return (
        b"{\\rtf1\\ansi text {\\pict\\jpegblip\\picw5 " + lines + b"}{\\pict\\jpegblip\\bin"
        b"%d "
        % len(second)
        + second
        + b"}{\\*\\shppict{\\pict\\jpegblip "
        + third.hex().encode()
        + b"}}}"
    )


def mail(pictures: Pictures) -> EmailMessage:
    """A message with attachments; two have one name."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@example.org", "b@example.org", "pictures"
    made.set_content("text\nFrom now on: 12:30\n")
    for name, data in zip(("a.jpg", "ünï 日本.jpg", "a.jpg"), pictures, strict=False):
        made.add_attachment(data, "image", "jpeg", filename=name)
    return made


def forwarded(pictures: Pictures) -> bytes:
    """A message in a message in a message."""
    made = mail(pictures[:1])
    for data in pictures[1:]:
        outer = mail([data])
        outer.add_attachment(made)
        made = outer
    return made.as_bytes()


def mbox(pictures: Pictures) -> bytes:
    """A mailbox of a message for each picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Inbox"
        box = mailbox.mbox(path)
        for data in pictures:
            box.add(mail([data]))
        box.close()
        return path.read_bytes()


def saved_page(pictures: Pictures) -> bytes:
    """A page with its pictures, as browsers save it in one file."""
    parts = b"".join(
        b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Location: https://example.org/%d.jpg\r\n\r\n"
        % number
        + base64.encodebytes(data).replace(b"\n", b"\r\n")
        + b"\r\n------x\r\n"
        for number, data in enumerate(pictures)
    )
    return (
        b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        b'\tboundary="----x"\r\n\r\n------x\r\n' + parts[:-2] + b"--\r\n"
    )


def uuencoded(pictures: Pictures) -> bytes:
    """Files in the text of a message."""
    data = b"Subject: x\nFrom: a\nTo: b\nDate: x\n\nHello\n"
    for number, held in enumerate(pictures):
        data += b"begin 644 %d.jpg\n" % number
        data += b"".join(binascii.b2a_uu(held[at : at + 45]) for at in range(0, len(held), 45))
        data += b"`\nend\n"
    return data


def posting(pictures: Pictures) -> bytes:
    """Files in a message to a news group, as yEnc."""
    return b"From: a\r\nSubject: x\r\nNewsgroups: b.c\r\n\r\n" + b"".join(
        yenc(data, f"{number}.jpg") for number, data in enumerate(pictures)
    )


def yenc(data: bytes, name: str, line: int = 128) -> bytes:
    """As the draft of the format says: 42 is added, and what a line cannot hold is escaped."""
    out, width = (
        bytearray(b"=ybegin line=%d size=%d name=%s\r\n" % (line, len(data), name.encode())),
        0,
    )
    for each in data:
        value = (each + 42) % 256
        made = bytes([value]) if value not in b"\0\n\r=" else bytes([61, (value + 64) % 256])
        out += made
        width += len(made)
        if width >= line:
            out += b"\r\n"
            width = 0
    return bytes(out) + b"\r\n=yend size=%d\r\n" % len(data)


def flash(pictures: Pictures, mark: bytes = b"CWS") -> bytes:
    """A compressed Flash film that shows pictures."""
    body = b"\x08\x80\0\x0c\1\0"
    for number, data in enumerate(pictures):
        # A long tag of a JPEG picture (21), its length, its number.
        body += struct.pack("<HIH", 21 << 6 | 63, len(data) + 2, number) + data
    body += b"\0\0"
    head = mark + b"\x0d" + struct.pack("<I", 8 + len(body))
    if mark == b"CWS":
        return head + zlib.compress(body)
    packed = lzma.compress(body, lzma.FORMAT_ALONE)
    return head + struct.pack("<I", len(packed) - 13) + packed[:5] + packed[13:]


def tnef(pictures: Pictures) -> bytes:
    """Attachments in one file, as Outlook sends them."""

    def attribute(kind: int, data: bytes) -> bytes:
        head = struct.pack("<BHHI", 2, kind, 6, len(data))
        return head + data + struct.pack("<H", sum(data) % 65536)

    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(
        attribute(0x9002, bytes(14))
        + attribute(0x8010, b"%d.jpg\0" % number)
        + attribute(0x800F, data)
        for number, data in enumerate(pictures)
    )


def database(pictures: Pictures) -> bytes:
    """Values in rows, some on pages of their own."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA page_size = 1024")
    connection.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, thumbnail BLOB)")
    for data in pictures:
        connection.execute("INSERT INTO messages (thumbnail) VALUES (?)", (data,))
        connection.execute("INSERT INTO messages (thumbnail) VALUES (?)", (b"none" * 99,))
    made = bytes(connection.serialize())
    connection.close()
    return made


def thumbcache(pictures: Pictures) -> bytes:
    """As Windows 10 writes it."""
    out = b"CMMM" + struct.pack("<IIIII", 32, 4, 24, 0, 3)
    for number, data in enumerate(pictures):
        name = f"{number:016x}".encode("utf-16-le")
        head = b"CMMM" + struct.pack("<IQ", 56 + len(name) + 2 + len(data), number)
        head += struct.pack("<III", len(name), 2, len(data)) + struct.pack("<II", 96, 96)
        out += head + bytes(20) + name + b"\0\0" + data
    return out


def chromium(picture: bytes) -> bytes:
    """An entry's file of the simple cache."""
    key, headers = b"https://example.org/a.jpg", b"HTTP/1.1 200 OK\0" * 9

    def mark(flags: int, size: int) -> bytes:
        return struct.pack("<QIIII", 0xF4FA6F45970D41D8, flags, 0, size, 0)

    head = struct.pack("<QIIII", 0xFCFB6D1BA7725C30, 5, len(key), 0, 0)
    body = picture + mark(1, len(picture)) + headers + bytes(32)
    return head + key + body + mark(3, len(headers))


def firefox(picture: bytes) -> bytes:
    """An entry's file of a cache."""
    key = b":https://example.org/a.jpg"
    chunks = -(-len(picture) // (1 << 18))
    facts = struct.pack(">8I", 2, 1, 0, 0, 0, 0, len(key), 0)
    head = picture + bytes(4 + 2 * chunks) + facts + key
    return head + b"\0a\0b\0" + struct.pack(">I", len(picture))


def page(pictures: Pictures) -> bytes:
    """A page whose pictures stand in its addresses."""
    coded = [base64.b64encode(data).decode() for data in pictures]
    shown = "".join(f"<img src='data:image/jpeg;base64,{each}'> text " for each in coded)
    return f"<!DOCTYPE html><html>{shown}</html>".encode()


def cards(pictures: Pictures) -> bytes:
    """Contact cards with photos."""
    return b"".join(
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nPHOTO;ENCODING=b;TYPE=JPEG:"
        + "\r\n ".join(textwrap.wrap(base64.b64encode(data).decode(), 74)).encode()
        + b"\r\nEND:VCARD\r\n"
        for data in pictures
    )


def blocks(pictures: Pictures) -> bytes:
    """Pictures one after another among other bytes, at any place."""
    noise = Random(2)
    return b"cache" + b"".join(noise.randbytes(1001) + data for data in pictures) + bytes(77)


DOCUMENTS: Final[Mapping[str, Callable[[Pictures], bytes]]] = MappingProxyType(
    {
        "PDF": pdf,
        "PDF with an empty password": lambda each: pdf(each, ""),
        "PDF with a password": lambda each: pdf(each, PASSWORD),
        "Word document (OLE)": word,
        "workbook (OLE)": workbook,
        "presentation (OLE)": presentation,
        "Outlook message": outlook,
        "Thumbs.db": thumbs,
        "RTF": rtf,
        "mail": lambda each: mail(each).as_bytes(),
        "forwarded mail": forwarded,
        "mbox": mbox,
        "saved page": saved_page,
        "mail with uuencoded files": uuencoded,
        "TNEF": tnef,
        "SQLite": database,
        "thumbcache": thumbcache,
        "posting with yEnc": posting,
        "HTML with data addresses": page,
        "HTML in UTF-16": lambda each: page(each).decode().encode("utf-16"),
        "HTML with percent signs": lambda each: b"".join(
            b"<img src='data:image/jpeg,%s'>" % quote(data).encode() for data in each
        ),
        "SVG": lambda each: (
            b"<svg xmlns='http://www.w3.org/2000/svg'>" + page(each)[21:-7] + b"</svg>"
        ),
        "dump with hexadecimal digits": lambda each: b"".join(
            b"INSERT INTO t VALUES (%d, X'%s');\n" % (len(data), data.hex().encode())
            for data in each
        ),
        "zip archive in JSON": lambda each: json.dumps(
            {"f": base64.b64encode(zipped(list(zip("abc", each, strict=True)))).decode()}
        ).encode(),
        "HFS+ volume": lambda each: volume("hfsplus", dict(named(each))),
        "disk of two volumes": lambda each: disk(
            [volume("hfsplus", dict(named(each[:1]))), volume("hfsplus", dict(named(each[1:])))],
            [0xAF, 0xAF],
        ),
        "Flash film": flash,
        "Flash film (LZMA)": lambda each: flash(each, b"ZWS"),
        "property list": lambda each: plistlib.dumps({"photos": list(each)}),
        "binary property list": lambda each: plistlib.dumps(
            {"photos": list(each)}, fmt=plistlib.FMT_BINARY
        ),
        "contact cards": cards,
        "unknown blocks": blocks,
    }
)
"""What makes each of three pictures."""
ENTRIES: Final[Mapping[str, Callable[[bytes], bytes]]] = MappingProxyType(
    {"Chromium cache": chromium, "Firefox cache": firefox}
)
"""What makes a file of one picture each."""
