"""Whatever is imported, there is a record, a reason, or an `IntakeError`: nothing else escapes."""

import io
import json
import random
import struct
import zipfile
from pathlib import Path

import pytest

from hashmatch.errors import IntakeError
from hashmatch.intake import units
from hashmatch.model.event import Event, QuarantinedRow
from tests.support import cybertips
from tests.support.ready_tables import EXAMPLES

ROUNDS = 300


def read(path: Path, format: str = "") -> int:
    """Records of everything in a path; 0 where it is refused."""
    try:
        count = 0
        for unit in units(path, format=format):
            for record in unit.records():
                assert isinstance(record, Event | QuarantinedRow)
                json.dumps(record.to_dict()).encode()
                count += 1
            assert all(note.isprintable() and len(note) < 1000 for note in unit.notes)
    except IntakeError:
        return 0
    return count


def seeds() -> list[bytes]:
    whole = [*cybertips.as_api().values(), cybertips.as_one_document(), cybertips.as_portal()]
    texts = [each.encode() for each in whole]
    return [*texts, texts[-2].decode().encode("utf-16"), *(e.data for e in EXAMPLES.values())]


SPLICES = (
    *(b"\0", b"\xff\xfe", b"\x80", b"<", b">", b"&#x0;", b'"', b"'", b"\r", b"\n", b"]]>", b"\t"),
    *(b"<!DOCTYPE a>", b"<?xml encoding='idna'?>", b"<victim>", b"</victim>", b"{", b"}", b"["),
    *(b"9" * 400, b"1e999999", b"\\ud800", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"null", b"%s"),
    *(b"#fields\tts", b"#separator \\x", b"sep=;", b"0", b"-1", b"99999999999999999999"),
)


def mutated(random_one: random.Random, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(random_one.choice((1, 2, 4, 8))):
        at = random_one.randrange(len(found) + 1)
        match random_one.randrange(5):
            case 0:
                found[at:at] = random_one.choice(SPLICES)
            case 1:
                del found[at : at + random_one.randrange(1, 60)]
            case 2:
                found[at : at + 1] = bytes([random_one.randrange(256)])
            case 3:
                start = random_one.randrange(len(found) + 1)
                found[at:at] = found[start : start + random_one.randrange(200)]
            case _:
                end = found[at:].partition(b">" if b">" in data else b"\t")[0]
                found[at : at + len(end)] = random_one.choice(SPLICES)
    return bytes(found)


@pytest.mark.parametrize("seed", range(2))
def test_mutated_documents_are_read_or_refused(seed: int, tmp_path: Path) -> None:
    random_one = random.Random(seed)
    given = seeds()
    whole = 0
    for _ in range(ROUNDS):
        data = mutated(random_one, random_one.choice(given))
        (tmp_path / "a").write_bytes(data)
        whole += read(tmp_path / "a", random_one.choice(("", "", "", "login-log"))) > 0
    assert whole > ROUNDS // 10


def archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in cybertips.as_api().items():
            file.writestr(name, text)
        file.writestr("table", EXAMPLES["aleapp-sms"].data)
    return held.getvalue()


def test_mutated_archives_are_read_or_refused(tmp_path: Path) -> None:
    random_one, data = random.Random(1), archive()
    for _ in range(ROUNDS):
        (tmp_path / "a").write_bytes(mutated(random_one, data))
        read(tmp_path / "a")


def test_a_folder_holds_what_it_likes(tmp_path: Path) -> None:
    (tmp_path / "report").write_text(cybertips.as_one_document(), encoding="utf-8")
    (tmp_path / "table").write_bytes(EXAMPLES["aleapp-sms"].data)
    (tmp_path / "empty").touch()
    (tmp_path / "web").write_text("<!doctype html><html><body>x")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "link").symlink_to(tmp_path / "report")
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "numbers").write_text("[1, 2, 3]")
    (tmp_path / b"\xff".decode("utf-8", "surrogateescape")).write_bytes(bytes(1000))
    found = list(units(tmp_path))
    assert [each.header.format for each in found] == ["cybertipline-xml", "aleapp-sms"]
    for each in found:
        assert "symbolic links, not followed: 2" in each.notes
        assert "files that are no report and no table, left out: 4" in each.notes


def test_a_broken_document_stops_the_whole_folder(tmp_path: Path) -> None:
    for name, text in cybertips.as_api().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "2").write_text(cybertips.DETAILS[:-20], encoding="utf-8")
    reading = units(tmp_path)
    with pytest.raises(IntakeError, match="2 cannot be read as a report"):
        next(reading)


def test_a_member_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    text = cybertips.as_one_document()
    filled = text.replace("<report ", f"<!--{' ' * (70 << 20)}--><report ", 1)
    with zipfile.ZipFile(tmp_path / "a", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", filled)
    with pytest.raises(IntakeError, match="more than 200 times"):
        list(units(tmp_path / "a"))


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a", "w") as file:
        file.writestr(link, b"/etc/passwd")
        file.writestr("b", EXAMPLES["aleapp-sms"].data)
    (unit,) = units(tmp_path / "a")
    assert unit.notes == ["symbolic links, not followed: 1"]


def test_an_encrypted_archive_says_what_to_do(tmp_path: Path) -> None:
    data = bytearray(archive())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<H", data, at + 8, 1)
        at = data.find(b"PK\x01\x02", at + 1)
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(IntakeError, match="is encrypted: expand it with its password"):
        list(units(tmp_path / "a"))


def test_a_column_of_quotes_costs_no_more_than_its_size(tmp_path: Path) -> None:
    header = EXAMPLES["login-log"].data.splitlines()[0]
    rows = b"\n".join([b'2026-03-01,"a,b'] * 20_000)
    (tmp_path / "a").write_bytes(header + b"\n" + rows)
    assert read(tmp_path / "a") == 20_000


def test_a_spreadsheet_says_what_to_do(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(IntakeError, match="save its tables as CSV"):
        list(units(tmp_path / "a.xlsx"))
    (tmp_path / "b").write_bytes(EXAMPLES["aleapp-sms"].data)
    (unit,) = units(tmp_path)
    assert unit.notes == ["Office documents, left out: save their tables as CSV: 1"]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    data = EXAMPLES["login-log"].data
    (tmp_path / "a").write_bytes(data)
    (unit,) = units(tmp_path / "a")
    assert len(list(unit.records())) == 1
    reading = unit.records()
    assert next(reading)
    with (tmp_path / "a").open("ab") as file:
        file.write(data)
    with pytest.raises(IntakeError, match="changed while it was read"):
        list(reading)
    with pytest.raises(IntakeError, match="changed while it was read"):
        list(unit.records())


def test_names_that_are_no_text_can_be_stored(tmp_path: Path) -> None:
    place = tmp_path / b"\xff\x1b".decode("utf-8", "surrogateescape")
    place.write_bytes(EXAMPLES["aleapp-sms"].data)
    (unit,) = units(place)
    assert unit.header.name == r"\udcff\x1b"
    (inside,) = units(tmp_path)
    assert inside.header.name == r"\udcff\x1b"
