import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hashmatch.hashlists.reading import read_list
from hashmatch.hashlists.vics import VicsFormat
from hashmatch.model import Entry
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.vics import VicsReport
from hashmatch.sightings.records import SightingRecord
from tests.support.case_records import (
    EXACT,
    HOSTILE,
    PROBABLE,
    VIDEO,
    VIEWING,
    InMemory,
    case,
    clip,
    digests,
    example,
    holding,
    item,
    match,
    segment,
    sighting,
)
from tests.support.json_list_seeds import InMemory as ListInMemory

WRITING = Writing("0.4.0", "2026-03-03T08:00:00Z")
ANY = st.one_of(st.text(st.characters(exclude_categories=())), st.sampled_from(HOSTILE))


def written(database: CaseReader) -> tuple[str, Counter[str]]:
    out = io.StringIO()
    lost = VicsReport().write(database, "2026-0417", out, writing=WRITING)
    text = out.getvalue()
    assert text.isascii()
    return text, lost


def parsed(database: CaseReader) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written(database)[0])
    return found


def media(*seen: SightingRecord) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed(holding(seen))["value"][0]["Media"]
    return found


def test_who_viewed_a_file_is_in_its_comments() -> None:
    seen = [sighting(number, item(), match(), viewings=(VIEWING,)) for number in (1, 2)]
    (found,) = media(*seen)
    told = f"viewed {VIEWING.at} by {VIEWING.by}: {VIEWING.why}"
    assert found["Comments"].count(told) == 1


def read(text: str) -> list[Entry]:
    """The entries as our own reader of hash sets understands them."""
    data = text.encode()
    assert VicsFormat().detect(data[: 1 << 16])
    rows = list(VicsFormat().read(ListInMemory(data)))
    assert {type(row).__name__ for row in rows} <= {"Entry", "About"}
    return [row for row in rows if isinstance(row, Entry)]


def test_keys_come_in_the_order_that_readers_need() -> None:
    found = parsed(example())
    assert list(found) == ["@odata.context", "value"]
    assert found["@odata.context"].endswith("/2.0.xml/US/$metadata#Cases")
    (made,) = found["value"]
    assert list(made) == [
        *("CaseID", "CaseNumber", "ContactName", "ContactEmail", "ContactPhone", "ContactTitle"),
        *("ContactOrganization", "SeizureDate", "SourceApplicationName"),
        *("SourceApplicationVersion", "TotalMediaFiles", "TotalPrecategorized"),
        *("CaseMetadata", "Media"),
    ]
    assert made["CaseNumber"] == "2026-0417"
    assert made["TotalMediaFiles"] == sum(len(each["MediaFiles"]) for each in made["Media"])
    assert made["TotalPrecategorized"] == sum(
        each["Category"] is not None for each in made["Media"]
    )
    said = {each["PropertyName"]: each["PropertyValue"] for each in made["CaseMetadata"]}
    assert "9f" * 32 in said["AuditChain"]
    keys = list(made["Media"][0])
    assert keys[:4] == ["MediaID", "Category", "MD5", "SHA1"]
    assert keys.index("AlternativeHashes") > keys.index("MediaSize")


def test_every_raised_content_comes_back_through_the_reader() -> None:
    database = example()
    text, lost = written(database)
    raised = [each for each in database.seen if each.match.reportable]
    by_content = {each.item.digests.sha256: each for each in reversed(raised)}
    entries = read(text)
    assert {entry.digests.sha256 for entry in entries} == set(by_content)
    for entry in entries:
        seen = by_content[entry.digests.sha256]
        assert entry.digests == seen.item.digests
        hashes = [(str(known.hash), known.quality) for known in entry.hashes]
        expected = [(seen.item.hash, seen.item.quality)]
        assert hashes == ([] if seen.item.is_video else expected)
        assert entry.details["MediaSize"] == seen.item.size
        kind = "video/mp4" if seen.item.is_video else "image/jpeg"
        assert entry.details["MimeType"] == kind
        assert entry.scheme == "VIC_US"
        assert entry.category in ("", "1", "2")
    assert sum(lost.values()) == len(database.seen) - len(raised)


def test_the_file_is_recognised_as_a_hash_set(tmp_path: Path) -> None:
    path = tmp_path / "case.vics.json"
    path.write_text(written(example())[0], encoding="utf-8")
    known = read_list(path)
    assert known.format == "vics"
    assert not known.quarantined


def test_copies_of_one_content_are_files_of_one_media() -> None:
    copies = [item(i, f"folder {i}/copy{i}.jpg", digests=digests("same")) for i in (1, 2, 3)]
    seen = [sighting(i, copy, match(**EXACT)) for i, copy in enumerate(copies, 1)]
    seen.insert(1, sighting(9, item(9, "else.jpg"), match()))
    seen.append(sighting(10, copies[0], match(list_name="B", **EXACT)))
    same, other = media(*seen)
    assert [(f["FilePath"], f["FileName"]) for f in same["MediaFiles"]] == [
        (f"folder {i}", f"copy{i}.jpg") for i in (1, 2, 3)
    ]
    file = same["MediaFiles"][0]
    assert file["MD5"] == same["MD5"] == str(copies[0].digests.md5).upper()
    assert file["Written"] == "2024-07-19T16:02:11.5Z"
    assert file["SourceID"] == "A-7"
    assert file["Unallocated"] is False
    assert other["MediaFiles"][0]["FileName"] == "else.jpg"
    assert [same["MediaID"], other["MediaID"]] == [1, 2]


def test_a_category_comes_only_from_a_list_of_that_scheme() -> None:
    file = item()
    (other,) = media(sighting(1, file, match(list_name="N", category="A1", scheme="NCMEC")))
    assert other["Category"] is None
    assert "N/184467 NCMEC/A1 (match, pdq 12 of 31)" in other["Comments"]
    both = [match(category="2"), match(list_name="N", category="A1", scheme="NCMEC", **EXACT)]
    (found,) = media(*(sighting(i, file, how) for i, how in enumerate(both, 1)))
    assert found["Category"] == 2
    assert found["PrecategorizationSource"] == "VIC-US"
    assert found["IsPrecategorized"] is True


def test_the_nearest_entry_gives_the_category() -> None:
    file = item()
    hows = [match(category="2", distance=3), match(category="1", distance=2)]
    (found,) = media(*(sighting(i, file, how) for i, how in enumerate(hows, 1)))
    assert found["Category"] == 1
    exact = match(category="3", **EXACT)
    (found,) = media(*(sighting(i, file, how) for i, how in enumerate([*hows, exact], 1)))
    assert found["Category"] == 3


def test_entries_that_disagree_give_no_category() -> None:
    hows = [match(category="1"), match(category="2")]
    database = holding(sighting(i, item(), how) for i, how in enumerate(hows, 1))
    text, lost = written(database)
    (entry,) = read(text)
    assert entry.category == ""
    assert "categories on which the nearest entries disagree: named in the comments" in lost


def test_what_is_only_probable_has_no_category() -> None:
    (found,) = media(sighting(1, item(), match(**PROBABLE)))
    assert found["Category"] is None
    assert found["IsPrecategorized"] is False


def test_a_video_is_a_media_whose_comment_says_where_in_time_it_meets() -> None:
    how = match(**VIDEO, segments=tuple(segment(number) for number in range(1, 9)))
    database = holding([sighting(1, clip(), how)])
    (found,) = media(*database.seen)
    assert found["MimeType"] == "video/mp4"
    assert found["Category"] == 1
    assert [each["HashName"] for each in found["AlternativeHashes"]] == ["SHA256"]
    assert found["Exifs"] == [
        {"PropertyName": "Duration", "PropertyValue": "0:07:01.3"},
        {"PropertyName": "Codec", "PropertyValue": "h264"},
    ]
    begins = (
        "hashmatch; VIC-US/184467 VIC_US/1 (video match, pdq 11 of 31, 0:01:01.4 – 0:01:31.2 is"
    )
    assert found["Comments"].startswith(begins)
    assert found["Comments"].endswith("strong, 3 more segments)")
    (entry,) = read(written(database)[0])
    assert entry.hashes == ()
    assert entry.details["Exifs"] == found["Exifs"]


def test_the_region_is_that_of_most_sightings() -> None:
    schemes = ["VIC_UK", "VIC_US", "VIC_US", "NCMEC", "NCMEC", "NCMEC"]
    seen = [
        sighting(i, item(i, f"{i}.jpg"), match(scheme=scheme))
        for i, scheme in enumerate(schemes, 1)
    ]
    found = parsed(holding(seen))
    assert "/US/" in found["@odata.context"]
    assert [each["Category"] for each in found["value"][0]["Media"]] == [
        None,
        1,
        1,
        None,
        None,
        None,
    ]
    none = parsed(holding([sighting(1, item(), match(scheme="NCMEC"))]))
    assert "/Default/" in none["@odata.context"]


def test_a_case_keeps_its_id() -> None:
    ids = [parsed(InMemory(case()))["value"][0]["CaseID"] for _ in range(2)]
    assert ids[0] == ids[1]


@settings(max_examples=60)
@given(ANY, ANY, ANY)
def test_no_name_breaks_the_file(locator: str, label: str, entry: str) -> None:
    database = holding([sighting(1, item(locator=locator), match(entry_id=entry, list_name=label))])
    sources = tuple(replace(each, label=label) for each in database.record.sources)
    database.record = replace(database.record, sources=sources)
    text, _ = written(database)
    for found in (json.loads(text)["value"][0], *json.loads(text)["value"][0]["Media"]):
        for value in json.dumps(found, ensure_ascii=False).encode("utf-8").decode():
            assert value.isprintable()
    (entry_read,) = read(text)
    assert entry_read.digests == database.seen[0].item.digests
