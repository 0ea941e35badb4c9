"""One report in each of its forms gives the events that somebody wrote down by hand."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hashmatch.errors import IntakeError
from hashmatch.intake import Unit, units
from hashmatch.model.event import Event, EventKind, QuarantinedRow, Role
from tests.support import cybertips

IP, NET = "ip:203.0.113.9", "ip:2001:db8::1"
REPORTED = {
    "account:example chat/12345",
    "screen-name:example chat/jojo",
    "phone:+12025550100",
    "email:jo@example.net",
    "imei:49015420323751",
}
EXPECTED = [
    ("other", "unknown", set()),
    ("named", "reporter", {"email:trust@example.org"}),
    ("named", "holder", REPORTED),
    ("login", "holder", {IP} | REPORTED),
    ("named", "associated", {"account:other/9"}),
    ("named", "recipient", {"account:example chat/666"}),
    ("named", "victim", {"account:example chat/777"}),
    ("upload", "victim", {NET, "account:example chat/777"}),
    ("upload", "uploader", {IP} | REPORTED),
]


def events(unit: Unit) -> list[Event]:
    found = list(unit.records())
    assert not [each for each in found if isinstance(each, QuarantinedRow)]
    return [each for each in found if isinstance(each, Event)]


def told(found: list[Event]) -> list[tuple[str, str, set[str]]]:
    return [(e.kind.value, e.role.value, set(map(str, e.identifiers))) for e in found]


def by_key(given: tuple[str, str, set[str]]) -> tuple[str, str, list[str]]:
    return given[0], given[1], sorted(given[2])


def folder(place: Path) -> Path:
    place = place / "return"
    place.mkdir()
    for name, text in cybertips.as_api().items():
        (place / name).write_text(text, encoding="utf-8")
    return place


def archive(place: Path) -> Path:
    with zipfile.ZipFile(place / "x", "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in cybertips.as_api().items():
            file.writestr(f"a/{name}", text)
    return place / "x"


def one(place: Path) -> Path:
    (place / "one").write_text(cybertips.as_one_document(), encoding="utf-16")
    return place / "one"


def portal(place: Path) -> Path:
    (place / "p").write_text(cybertips.as_portal(), encoding="utf-8-sig")
    return place / "p"


FORMS = [folder, archive, one, portal]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_the_same(form: Callable[[Path], Path], tmp_path: Path) -> None:
    (unit,) = units(form(tmp_path), zone="Asia/Tokyo")
    found = events(unit)
    assert sorted(told(found), key=by_key) == sorted(EXPECTED, key=by_key)
    assert unit.header.report == "4564654"
    assert unit.header.service == "example chat"
    upload = found[-1]
    assert (upload.name, upload.digests.md5) == ("a.jpg", cybertips.MD5)
    assert upload.moment
    assert upload.moment.earliest.isoformat() == "2026-03-01T09:59:30+00:00"
    login = next(each for each in found if each.kind is EventKind.LOGIN)
    assert (login.port, login.proxy, login.is_attributable) == (50000, False, True)
    assert found[0].moment
    assert found[0].moment.earliest.isoformat() == "2026-03-01T10:00:00+00:00"


@pytest.mark.parametrize("first", FORMS)
@pytest.mark.parametrize("second", FORMS)
def test_the_same_tip_in_two_forms_has_equal_keys(
    first: Callable[[Path], Path], second: Callable[[Path], Path], tmp_path: Path
) -> None:
    places = tmp_path / "1", tmp_path / "2"
    for place in places:
        place.mkdir()
    (one_unit,), (other,) = units(first(places[0])), units(second(places[1]))
    mine, theirs = events(one_unit), events(other)
    for each in mine:
        same = [event for event in theirs if set(event.keys) & set(each.keys)]
        assert [told([event])[0][:2] for event in same] == [told([each])[0][:2]]


def test_what_is_said_of_a_file_is_kept(tmp_path: Path) -> None:
    (unit,) = units(folder(tmp_path))
    fields = events(unit)[-1].fields
    assert fields["fileViewedByEsp"] == "true"
    assert fields["industryClassification"] == "A1"
    assert fields["EXIF:Make"] == "Acme"
    assert [str(each) for each in events(unit)[-1].hashes] == [f"pdq:{'0f' * 32}"]
    assert [name for name, text in fields.items() if text == "AQIDBA=="]
    assert events(unit)[0].fields["incidentSummary/reportAnnotations/sextortion"] == "present"


def test_a_copy_that_the_provider_changed_is_no_upload(tmp_path: Path) -> None:
    sent = "0" * 32
    place = folder(tmp_path)
    (place / "5").write_text(cybertips.UPLOADED.replace(cybertips.MD5, sent), encoding="utf-8")
    (unit,) = units(place)
    found = events(unit)[-2:]
    assert [(e.kind.value, e.digests.md5) for e in found] == [
        ("upload", cybertips.MD5),
        ("stored", sent),
    ]


def test_an_answer_names_a_file_that_has_no_details(tmp_path: Path) -> None:
    place = folder(tmp_path)
    (place / "2").unlink()
    (unit,) = units(place)
    upload = events(unit)[-1]
    assert upload.digests.md5 == cybertips.MD5
    assert upload.role is Role.UPLOADER


def test_a_compromised_account_did_not_act(tmp_path: Path) -> None:
    text = cybertips.as_one_document().replace(
        "<screenName>", "<compromisedAccount>true</compromisedAccount><screenName>"
    )
    (tmp_path / "a").write_text(text, encoding="utf-8")
    (unit,) = units(tmp_path / "a")
    assert {e.role for e in events(unit) if "account:example chat/12345" in told([e])[0][2]} == {
        Role.COMPROMISED
    }


def test_a_victims_account_that_is_also_the_reported_one_is_nobodys_deed(tmp_path: Path) -> None:
    text = cybertips.as_one_document().replace(">777<", ">12345<")
    (tmp_path / "a").write_text(text, encoding="utf-8")
    (unit,) = units(tmp_path / "a")
    shared = [e for e in events(unit) if "account:example chat/12345" in told([e])[0][2]]
    assert {e.role for e in shared} == {Role.VICTIM, Role.UNKNOWN}
    assert any("role is left open: 3" in note for note in unit.notes)


def test_several_reported_people_name_no_uploader(tmp_path: Path) -> None:
    whole = json.loads(cybertips.as_portal())
    people = whole["reportedInformation"]["reportedPeople"]["reportedPersons"]
    people.append({"espUserId": "4711", "espService": "Example Chat"})
    (tmp_path / "a").write_text(json.dumps(whole), encoding="utf-8")
    (unit,) = units(tmp_path / "a")
    upload = events(unit)[-1]
    assert told([upload]) == [("upload", "uploader", {IP})]
    assert any("nobody is named as uploader" in note for note in unit.notes)


def test_a_time_that_is_none_costs_the_time_alone(tmp_path: Path) -> None:
    text = cybertips.DETAILS.replace("2026-03-01T09:59:30Z", "yesterday")
    place = folder(tmp_path)
    (place / "2").write_text(text, encoding="utf-8")
    (unit,) = units(place)
    upload = events(unit)[-1]
    assert upload.moment is None
    assert [text for text in upload.fields.values() if text == "yesterday"]
    assert "times that are none, kept as words: 2" in unit.notes


def test_a_folder_of_two_reports_gives_two_units(tmp_path: Path) -> None:
    for number in ("4564654", "4564655"):
        place = tmp_path / number
        place.mkdir()
        for name, text in cybertips.as_api().items():
            (place / name).write_text(text.replace("4564654", number), encoding="utf-8")
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    found = list(units(tmp_path))
    assert [each.header.report for each in found] == ["4564654", "4564655"]
    assert all(len(events(each)) == len(EXPECTED) for each in found)
    assert "files that are no report and no table, left out: 1" in found[0].notes


def test_two_reports_in_one_file_are_two_units(tmp_path: Path) -> None:
    second = cybertips.as_one_document().partition("?>")[2].replace("4564654", "1")
    first = cybertips.as_one_document().partition("?>")[2]
    (tmp_path / "a").write_text(f"<reports>{first}{second}</reports>", encoding="utf-8")
    found = list(units(tmp_path / "a"))
    assert [each.header.report for each in found] == ["4564654", "1"]
    assert found[0].header.sha256 != found[1].header.sha256


def test_the_number_is_found_where_only_one_fits(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(cybertips.REPORT, encoding="utf-8")
    (unit,) = units(tmp_path)
    assert unit.header.report == ""
    assert "no document tells the number of the report" in unit.notes
    keys = {key.partition("/")[2][:10] for each in events(unit) for key in each.keys}
    assert keys == {"unnumbered"}


def test_a_number_that_two_reports_could_have_is_given_to_neither(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(cybertips.REPORT, encoding="utf-8")
    (tmp_path / "b").write_text(cybertips.REPORT.replace(">12345<", ">1<"), encoding="utf-8")
    (tmp_path / "c").write_text(cybertips.DETAILS, encoding="utf-8")
    assert [each.header.report for each in units(tmp_path)] == ["4564654", "", ""]


BOMB = """<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<report><incidentSummary>&b;</incidentSummary></report>"""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BOMB, "document type"),
        ("<!DOCTYPE report><report><incidentSummary/></report>", "document type"),
        ("<report/>", "empty report"),
        ("<report><incidentSummary>", "not well-formed in line 1"),
        (f"<report>{'<victim>' * 100}", "more than 64 deep"),
        ('{"reportId": 1, "reportedInformation": ' + "[" * 100_000, "more than 64 deep"),
        (f"<report><incidentSummary {'x' * (2 << 20)}", "more than 1,048,576 bytes"),
    ],
)
def test_what_cannot_be_understood_is_refused(text: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(text, encoding="utf-8")
    with pytest.raises(IntakeError, match=why):
        list(units(tmp_path / "a"))


def test_a_text_of_a_hundred_megabytes_is_quarantined_with_its_size(tmp_path: Path) -> None:
    with (tmp_path / "a").open("w", encoding="utf-8") as file:
        file.write("<report><additionalInfo>")
        for _ in range(100):
            file.write("x" * 1_000_000)
        rest = cybertips.REPORT.partition("<report")[2].partition(">")[2]
        file.write(f"</additionalInfo>{rest}")
    (unit,) = units(tmp_path / "a")
    found = list(unit.records())
    (row,) = [each for each in found if isinstance(each, QuarantinedRow)]
    assert row.where == "report/additionalInfo"
    assert "100,000,000 characters" in row.reason
    assert len(found) == len(EXPECTED)


def test_control_characters_are_replaced_and_counted(tmp_path: Path) -> None:
    text = cybertips.as_one_document().replace("jojo", "jo\x00\x1f&#x1;&#0;jo")
    (tmp_path / "a").write_text(text, encoding="utf-8")
    (unit,) = units(tmp_path / "a")
    assert len(events(unit)) == len(EXPECTED)
    assert "a: 4 characters that no text has were replaced by U+FFFD" in unit.notes


def test_elements_of_other_versions_are_kept_and_noted(tmp_path: Path) -> None:
    text = cybertips.as_one_document()
    text = text.replace("<screenName>", "<accountMood>x</accountMood><screenName>")
    text = text.replace(
        "<fileViewedByEsp>", "<newFlag a='1'><deep>y</deep></newFlag><fileViewedByEsp>"
    )
    (tmp_path / "a").write_text(text.replace("<victim>", "<witness>z</witness><victim>"))
    (unit,) = units(tmp_path / "a")
    found = events(unit)
    assert len(found) == len(EXPECTED)
    assert found[0].fields["witness"] == "z"
    assert found[2].fields["accountMood"] == "x"
    assert found[-1].fields["newFlag/deep"] == "y"
    assert {"elements accountMood that are not in the documentation, kept: 1"} <= set(unit.notes)
    assert sum("not in the documentation" in note for note in unit.notes) == 4


def test_a_file_in_a_victims_section_is_nobodys_upload(tmp_path: Path) -> None:
    inside = cybertips.DETAILS
    text = cybertips.REPORT.replace("</victimPerson>", f"</victimPerson><a>{inside}</a>")
    (tmp_path / "a").write_text(text, encoding="utf-8")
    (unit,) = units(tmp_path / "a")
    uploads = [each for each in events(unit) if each.name]
    assert told(uploads) == [("upload", "victim", {IP})]


def test_what_is_no_element_but_text_is_kept(tmp_path: Path) -> None:
    whole = json.loads(cybertips.as_portal())
    whole["reportedInformation"]["childVictims"] = "two, aged 9 and 11"
    (tmp_path / "a").write_text(json.dumps(whole), encoding="utf-8")
    (unit,) = units(tmp_path / "a")
    (victim,) = [each for each in events(unit) if each.role is Role.VICTIM]
    assert "two, aged 9 and 11" in victim.fields.values()


def test_places_name_the_file_where_there_are_several(tmp_path: Path) -> None:
    (unit,) = units(folder(tmp_path))
    assert [each.where for each in events(unit)][-2:] == [
        "3: report/victim/ipCaptureEvent",
        "2: fileDetails",
    ]


def test_two_victims_are_no_repetition_of_each_other(tmp_path: Path) -> None:
    for name, account in (("a", "777"), ("b", "778")):
        text = cybertips.as_one_document().replace(">777<", f">{account}<")
        (tmp_path / name).write_text(text, encoding="utf-8")
    one_unit, other = (next(units(tmp_path / name)) for name in ("a", "b"))
    named = [
        next(e for e in events(unit) if e.role is Role.VICTIM and e.kind is EventKind.NAMED)
        for unit in (one_unit, other)
    ]
    assert not {*named[0].keys} & {*named[1].keys}


def test_a_folder_of_archives_is_opened(tmp_path: Path) -> None:
    for number in ("4564654", "4564655"):
        with zipfile.ZipFile(tmp_path / f"{number}.zip", "w") as file:
            for name, text in cybertips.as_api().items():
                file.writestr(name, text.replace("4564654", number))
    found = list(units(tmp_path))
    assert [each.header.report for each in found] == ["4564654", "4564655"]
    assert [len(events(each)) for each in found] == [len(EXPECTED)] * 2
