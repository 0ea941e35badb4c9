import io
import struct
import zlib

import pytest

from tests.support.inner_members import SimpleBudget, contents, endure, members, picture

pytest.importorskip("olefile")

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member, Range
from hashmatch.sources.inside.base import Inner
from hashmatch.sources.inside.ole import Ole
from hashmatch.sources.inside.outlook import unpacked_rtf
from tests.support.ole_files import blip, blips, message, ole, thumbs, workbook


def _named(data: bytes) -> dict[str, bytes | Unreadable]:
    found = members(Ole(), data)
    assert [step.number for step, _ in found if isinstance(step, Member)] == [*range(len(found))]
    return {step.name: each for step, each in found if isinstance(step, Member)}


def test_streams_small_and_large_are_given_with_their_paths() -> None:
    data = ole(
        {"Data": {"a b": picture("JPEG"), "ü": picture("GIF", 24)}, "1": picture("BMP", 200)}
    )
    assert _named(data) == {
        "1": picture("BMP", 200),
        "Data/a b": picture("JPEG"),
        "Data/ü": picture("GIF", 24),
    }


def test_pictures_of_a_presentation_are_cut_out_of_their_records() -> None:
    metafile = b"EMF" * 99
    packed = zlib.compress(metafile)
    header = struct.pack("<I", len(metafile)) + bytes(28) + b"\0\xfe"
    drawn = blip(0xF01A, 0x3D4, header + packed, 16)
    found = _named(ole({"PowerPoint Document": b"x" * 99, "Pictures": blips() + drawn}))
    shown = [data for name, data in found.items() if name.startswith("Pictures/")]
    assert shown == [picture("JPEG"), picture("PNG"), picture("BMP"), metafile]


def test_pictures_of_a_workbook_are_put_together_from_pieces() -> None:
    assert len(blips()) > 2 * 8224
    found = contents(Ole(), ole({"Workbook": workbook()}))
    assert {picture("JPEG"), picture("PNG"), picture("BMP")} <= found


def test_only_bitmaps_are_made() -> None:
    file = io.BytesIO(ole({"Pictures": blips()}))
    made = [each.is_made for each in Ole()(file, SimpleBudget()) if isinstance(each, Inner)]
    assert made == [False, False, True]


def test_thumbnails_have_the_names_and_times_of_their_files() -> None:
    found = _named(thumbs())
    assert found["ä photo.jpg"] == picture("JPEG")
    assert found["b.jpg"] == picture("JPEG", 48)
    file = io.BytesIO(thumbs())
    times = [each.times for each in Ole()(file, SimpleBudget()) if isinstance(each, Inner)]
    assert {"modified": "2019-04-17T18:40:00.000000Z"} in times


def test_attachments_of_a_message_and_of_messages_in_it_have_their_names() -> None:
    inner = message({"deep.png": picture("PNG")})
    data = ole(message({"a.jpg": picture("JPEG"), "a.gif": picture("GIF")}, inner))
    assert _named(data) == {
        "a.jpg": picture("JPEG"),
        "a.gif": picture("GIF"),
        "forwarded/deep.png": picture("PNG"),
    }


def test_the_text_of_a_message_is_decompressed() -> None:
    # The two examples of the format's description, [MS-OXRTFCP] 4.
    first = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232"
        "0af32068656c090020627705b06c647d0a800fa0"
    )
    text = b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpacked_rtf(first, SimpleBudget()) == text
    second = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert unpacked_rtf(second, SimpleBudget()) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    data = ole(message({}, further={"__substg1.0_10090102": first}))
    assert _named(data) == {"__substg1.0_10090102": text}


def test_encrypted_documents_say_so() -> None:
    found = members(Ole(), ole({"EncryptedPackage": bytes(99), "EncryptionInfo": bytes(99)}))
    assert (None, Unreadable(Reason.ENCRYPTED, "encrypted Office document")) in found


def test_a_document_without_a_directory_is_searched() -> None:
    data = bytearray(ole({"Pictures": blips()}))
    data[48:52] = b"\xff\xff\xff\x7f"
    found = members(Ole(), bytes(data))
    assert {type(step) for step, _ in found} == {type(None), Range}
    assert picture("JPEG") in [each for _, each in found]


def test_damaged_documents_raise_nothing() -> None:
    seeds = {
        "records": ole({"Pictures": blips(), "Workbook": workbook()}),
        "thumbs": thumbs(),
        "message": ole(message({"a.jpg": picture("JPEG")}, message({"b": picture("PNG")}))),
    }
    assert endure(Ole(), seeds, 100) > 100
