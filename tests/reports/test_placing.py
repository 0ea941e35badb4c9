"""Where an item lies, in words and in parts, and in every report."""

import io
import json
import re
from dataclasses import replace
from html import unescape

import pytest

from hashmatch import registry
from hashmatch.model import AllocationState, Place, PlaceConfidence
from hashmatch.model.locator import File, FileObject, Locator, Member, Page, Range, Step, Volume
from hashmatch.reports import media, placing
from hashmatch.reports.base import Writing
from hashmatch.sightings.records import ItemRecord
from tests.support.case_records import InMemory, case, holding, item, match, sighting
from tests.support.case_records import source as made_source
from tests.support.member_records import inside
from tests.support.sighting_values import UNREAD, VOLUME

WRITING = Writing("0.4.0", "2026-03-03T08:00:00Z")
PARTLY = replace(VOLUME, kind="ntfs", reason="a folder is damaged")


def written(database: InMemory, form: str) -> str:
    out = io.StringIO()
    registry.load("reports", form).write(database, "2026-0417", out, writing=WRITING)
    text = out.getvalue()
    return unescape(re.sub(r"<[^>]+>", "", text)) if form == "html" else text


def at(path: str, *steps: Step) -> ItemRecord:
    place = Place(locator=Locator((File(path), *steps)))
    return item(1, str(place.locator), place=place)


ZIP = Member("zip", 3, "holiday/1!.jpg")


@pytest.mark.parametrize(
    ("found", "folder", "name"),
    [
        (item(1, "DCIM/a.zip!zip:3:b.jpg"), "DCIM", "a.zip!zip:3:b.jpg"),
        (item(1, "C:\\x\\1.jpg"), "C:\\x", "1.jpg"),
        (item(1, "1.jpg"), "", "1.jpg"),
        (at("in/a.zip!zip:3:b.jpg"), "in", "a.zip!zip:3:b.jpg"),
        (at("DCIM/a!.zip", ZIP), "DCIM/a%21.zip!zip:3:holiday", "1!.jpg"),
        (at("a.zip", Member("zip", 0, "1.jpg")), "a.zip!zip:0:", "1.jpg"),
        (at("a.zip", Member("zip", 0, "x\\1.jpg")), "a.zip!zip:0:x", "1.jpg"),
        (at("a.gz", Member("gz", 0)), "a.gz", "gz:0:"),
        (at("a.zip", Member("zip", 0, "x/")), "a.zip", "zip:0:x/"),
        (at("b.pdf", Page(3, 0)), "b.pdf", "page:3:0"),
        (at("a.zip", ZIP, Range(5, 6)), "a.zip!zip:3:holiday/1%21.jpg", "range:5+6"),
        (
            at("7.E01", Volume("gpt", 2, 512), FileObject("ntfs", 5, 128, 1, "/Users/a.jpg")),
            "7.E01!gpt:2@512!ntfs:5-128-1:/Users",
            "a.jpg",
        ),
    ],
)
def test_a_locator_is_parted_at_its_steps(found: ItemRecord, folder: str, name: str) -> None:
    assert placing.folder_and_name(found) == (folder, name)


def test_a_plain_file_has_nothing_to_tell() -> None:
    assert placing.in_words(item()) == []
    assert placing.in_words(at("a!zip:0:x")) == []


def test_a_deleted_member_is_told_in_words() -> None:
    assert placing.in_words(inside()) == [
        "member 3 of a container (zip)",
        "deleted",
        "read as if it lay in one piece: bytes may be of others",
        "in item 3",
        "at byte 1,048,576 of the medium, in 2 pieces",
    ]


def test_every_state_and_confidence_that_is_not_the_usual_one_has_words() -> None:
    where = Locator((File("a"), Range(0, 1)))
    for state in AllocationState:
        told = placing.in_words(item(place=Place(locator=where, state=state)))
        assert len(told) == 1 + (state is not AllocationState.ALLOCATED)
    for confidence in PlaceConfidence:
        told = placing.in_words(item(place=Place(locator=where, confidence=confidence)))
        assert len(told) == 1 + (confidence is not PlaceConfidence.CERTAIN)


def test_every_report_shows_what_an_item_lies_in() -> None:
    database = holding([sighting(1, inside(), match())])
    for form in ("json", "jsonl", "csv", "html"):
        text = written(database, form)
        assert "DCIM/a%21b.zip!zip:3:holiday/IMG_0007.jpg" in text, form
        assert "deleted" in text, form
    (found,) = json.loads(written(database, "json"))["sightings"]
    assert found["item"]["parent"] == 3
    assert found["item"]["place"]["parent"] == "DCIM/a!b.zip"
    assert [each["step"] for each in found["item"]["place"]["steps"]] == ["file", "member"]
    assert "in item 3" in written(database, "html")


def test_a_file_for_project_vic_names_member_and_container() -> None:
    found = [inside(), replace(inside(8), place=at("a.zip", ZIP).place), item(9)]
    seen = [sighting(each.id, each, match()) for each in found]
    media_of = json.loads(written(holding(seen), "vics"))["value"][0]["Media"]
    copies = [each for one in media_of for each in one["MediaFiles"]]
    assert [(each["FilePath"], each["FileName"], each["Unallocated"]) for each in copies] == [
        ("DCIM/a%21b.zip!zip:3:holiday", "IMG_0007.jpg", True),
        ("a.zip!zip:3:holiday", "1!.jpg", False),
        ("DCIM/100", "IMG_0001.jpg", False),
    ]
    assert [each["Deleted"] for each in copies] == [True, False, False]
    assert [each.get("ParentFileName") for each in copies] == ["a!b.zip", "a.zip", None]
    assert [each.get("ParentFilePath") for each in copies] == ["DCIM", "", None]
    told = {each["PropertyName"]: each["PropertyValue"] for each in media_of[0]["Exifs"]}
    assert told["Place"].startswith("member 3 of a container (zip); deleted; read as if")


# Media


def disk(**changed: object) -> InMemory:
    found = made_source(members=5, volumes=(VOLUME, PARTLY), unread_ranges=(UNREAD,))
    return InMemory(case(replace(found, **changed)))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "html", "vics"])
def test_what_of_a_medium_was_not_read_is_a_warning_of_every_report(form: str) -> None:
    text = written(disk(), form)
    assert "Of the volumes of A-7, 2 were not read, or not as a whole (2,147,483,648 bytes)" in text
    assert "512 bytes of A-7 could not be read, in 1 range." in text


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "html"])
def test_volumes_and_ranges_are_listed_with_the_reasons(form: str) -> None:
    text = written(disk(), form)
    for words in ("disk.E01!gpt:2@1048576", "bitlocker", "it is locked, and no key was given"):
        assert words in text
    assert "checksum of a chunk" in text


def test_many_ranges_are_counted_on_the_page_and_listed_in_json() -> None:
    ranges = tuple(replace(UNREAD, offset=4096 * each) for each in range(media._SHOWN + 7))
    database = disk(unread_ranges=ranges)
    assert "7 more are in the JSON report" in written(database, "html")
    (source,) = json.loads(written(database, "json"))["case"]["sources"]
    assert len(source["unread_ranges"]) == len(ranges)
    assert source["members"] == 5


def test_a_folder_says_nothing_of_volumes() -> None:
    database = InMemory(case(made_source()))
    for form in ("json", "csv", "html", "vics"):
        text = written(database, form)
        for word in ("olumes", "unread_ranges", "lie in others", "members"):
            assert word not in text, form
