"""Tables become events as their map says."""

import csv
import io
from pathlib import Path

import pytest

from hashmatch.errors import IntakeError
from hashmatch.intake import Mapping, Unit, units
from hashmatch.model.event import Event, QuarantinedRow

WHATSAPP = [
    *("Timestamp", "Direction", "Sender Name", "Chat Name", "Message", "Attachment File"),
    *("From ID", "Receiver", "To ID", "Thumb", "Starred?"),
]
ROWS = [
    [
        *("2026-03-01 10:00:00", "Incoming", "Jo", "Jo and me", "look", "IMG-20260301-WA0001.jpg"),
        *("4915112345678@s.whatsapp.net", "", "", "", ""),
    ],
    [
        *("2026-03-01 10:01:00", "Outgoing", "", "Jo and me", 'he said "no",\nthen', ""),
        *("", "Jo", "4915112345678@s.whatsapp.net", "", "No"),
    ],
]


def table(delimiter: str = "\t", encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([WHATSAPP, *ROWS])
    return text.getvalue().encode(encoding)


def only(place: Path, data: bytes, mapping: Mapping | None = None) -> Unit:
    (place / "t").write_bytes(data)
    (unit,) = units(place / "t", mapping=mapping)
    return unit


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_table_of_messages(delimiter: str, encoding: str, tmp_path: Path) -> None:
    unit = only(tmp_path, table(delimiter, encoding))
    assert (unit.header.format, unit.header.service) == ("ileapp-whatsapp-messages", "whatsapp")
    first, second = unit.records()
    assert isinstance(first, Event)
    assert isinstance(second, Event)
    assert (first.kind, first.role, first.where) == ("sending", "uploader", "line 2")
    assert [*map(str, first.identifiers)] == ["phone:+4915112345678", "screen-name:whatsapp/Jo"]
    assert first.counterparts == ()
    assert (first.name, first.thread) == ("IMG-20260301-WA0001.jpg", "Jo and me")
    assert first.moment
    assert first.moment.earliest.isoformat() == "2026-03-01T10:00:00+00:00"
    assert first.fields == {"Direction": "Incoming", "Message": "look"}
    assert second.identifiers == ()
    assert [*map(str, second.counterparts)] == ["phone:+4915112345678"]
    assert second.fields["Message"] == 'he said "no",\nthen'
    assert unit.notes == []


def test_a_value_without_its_ending_is_kept_as_it_is(tmp_path: Path) -> None:
    data = table().replace(b"4915112345678@s.whatsapp.net", b"4915112345678")
    unit = only(tmp_path, data)
    first, _ = unit.records()
    assert isinstance(first, Event)
    assert [*map(str, first.identifiers)] == ["screen-name:whatsapp/Jo"]
    assert first.fields["From ID"] == "4915112345678"


LOG = b"""
[constants]
kind = "seen"
role = "holder"
service = "Example P2P"
[columns]
name = "File"
hash = "Hash"
port = "Port"
[time]
column = "When"
format = "unix-ms"
[[identifiers]]
column = "Address"
kind = "ip"
[[identifiers]]
column = "Client"
kind = "device"
"""
HEADER = "When,Address,Port,Client,File,Hash\n"
MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def log() -> Mapping:
    return Mapping.parse(LOG, "log", "log.toml")


def records(place: Path, rows: str | bytes) -> tuple[list[Event], list[QuarantinedRow], list[str]]:
    data = rows if isinstance(rows, bytes) else rows.encode()
    unit = only(place, HEADER.encode() + data, log())
    found = list(unit.records())
    events = [each for each in found if isinstance(each, Event)]
    return events, [each for each in found if isinstance(each, QuarantinedRow)], unit.notes


def test_a_log_by_a_map_of_ones_own(tmp_path: Path) -> None:
    rows = f"1772359170123,203.0.113.9,6881,abc,a.jpg,{MD5}\n"
    (event,), quarantined, notes = records(tmp_path, rows)
    assert (quarantined, notes) == ([], [])
    assert event.moment
    assert event.moment.earliest.isoformat() == "2026-03-01T09:59:30.123000+00:00"
    assert (event.port, event.name, event.digests.md5) == (6881, "a.jpg", MD5)
    assert [*map(str, event.identifiers)] == ["ip:203.0.113.9", "device:example p2p/abc"]


def test_what_is_not_understood_is_quarantined_or_kept_as_words(tmp_path: Path) -> None:
    rows = [
        f"x,203.0.113.999,99999,,a,{MD5}",
        f"1,203.0.113.9,1,,b,{MD5[:-1]}",
        f"1,203.0.113.9,1,,c\0,{MD5}",
        f"1,203.0.113.9,1,,d,{MD5},more",
        f'1,203.0.113.9,1,,"e"e,{MD5}',
        f'1,203.0.113.9,1,,"f,{MD5}',
        f"1,203.0.113.9,1,,g,{MD5}",
        "1,203.0.113.9",
        "",
        HEADER.strip(),
        "1," + "y" * (2 << 20),
    ]
    events, quarantined, notes = records(tmp_path, "\n".join(rows))
    assert [each.where for each in events] == ["line 2", "line 8", "line 9"]
    assert events[0].fields == {"When": "x", "Address": "203.0.113.999", "Port": "99999"}
    assert [(each.where, each.reason) for each in quarantined] == [
        ("line 3", "column 'Hash' holds no digest"),
        ("line 4", "the row holds zero bytes"),
        ("line 5", "the row has more cells than the header"),
        ("line 6", "a quote in the row is misplaced or not closed, or a cell is too long"),
        ("line 7", "a quote in the row is misplaced or not closed, or a cell is too long"),
        ("line 12", "the line has 2,097,154 bytes: at most 1,048,576 are read"),
    ]
    assert sorted(notes) == [
        "header rows in the middle of the table, passed over: 1",
        "identifiers that are none of their kind, kept as words: 1",
        "ports that are none, kept as words: 1",
        "rows with fewer cells than the header, read as far as they go: 1",
        "times that are none, kept as words: 1",
    ]


def test_windows_text_is_read_as_such_and_counted(tmp_path: Path) -> None:
    rows = "1772359170123,203.0.113.9,1,,Grüße.jpg,\n".encode("cp1252")
    (event,), _, notes = records(tmp_path, rows)
    assert event.name == "Grüße.jpg"
    assert notes == ["lines that are no UTF-8, read as Windows-1252: 1"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[constants]\nkind = 'seen'", "names no column"),
        ("[columns]\nname = 'a'", "does not say the kind"),
        ("[constants]\nkind = 'sean'\n[columns]\nname = 'a'", "event kind is upload"),
        ("[constants]\nkind = 'seen'\n[columns]\nnam = 'a'", "'nam' in columns is not known"),
        ("nonsense", "is no map"),
        ("{", "is no map"),
        ("[constants]\nkind='seen'\n[time]\ncolumn='a'\nzone='Mars'", "no time zone"),
        ("[constants]\nkind='seen'\n[time]\ncolumn='a'\nformat='x'", "the format of a time is"),
        ("[constants]\nkind='seen'\n[[identifiers]]\ncolumn='a'\nkind='x'", "identifier kind is"),
        ("constants = 3", "constants is no table"),
        ("identifiers = 3", "identifiers is no list of tables"),
    ],
)
def test_a_map_that_is_none_says_why(text: str, why: str) -> None:
    with pytest.raises(IntakeError, match=why):
        Mapping.parse(text.encode(), "m", "m.toml")


def test_a_table_without_the_columns_of_the_map_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("a,b\n1,2\n")
    with pytest.raises(IntakeError, match="'File'"):
        list(units(tmp_path / "t", mapping=log()))
    with pytest.raises(IntakeError, match="--map"):
        list(units(tmp_path / "t"))


def test_the_map_of_the_documentation_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/imports.md").read_text(encoding="utf-8")
    text = page.partition("```toml\n")[2].partition("```")[0]
    found = Mapping.parse(text.encode(), "page", "page")
    assert found.counterparts[0].when == {"Direction": ("outgoing",)}
    assert found.choices["kind"].values["signup"] == "registration"
