import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashmatch.reports.base import CaseReader, Report, Writing
from hashmatch.reports.json import JsonLinesReport, JsonReport
from hashmatch.sightings.verdict import Problem, Verdict
from tests.support.case_records import (
    HOSTILE,
    STILL,
    VIDEO,
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

WRITING = Writing("0.4.0", "2026-03-03T08:00:00Z")
ANY = st.one_of(st.text(st.characters(exclude_categories=())), st.sampled_from(HOSTILE))


def written(report: Report, database: CaseReader) -> str:
    out = io.StringIO()
    assert not report.write(database, "2026-0417", out, writing=WRITING)
    text = out.getvalue()
    assert text.isascii()
    assert all(c.isprintable() or c == "\n" for c in text)
    return text


def test_the_document_holds_the_whole_record() -> None:
    database = example()
    found = json.loads(written(JsonReport(), database))
    assert list(found) == [*("report", "case", "sightings", "unreadable", "incomplete", "totals")]
    assert found["report"]["written"] == WRITING.at
    assert found["report"]["redacted"] is False
    assert found["case"]["audit_head"] == database.record.audit_head
    assert found["case"]["runs"][0]["profile"]["thresholds"] == {"pdq": 31}
    assert found["case"]["lists"][0]["sha256"] == list(database.record.lists[0].sha256)
    assert [each["sighting"] for each in found["sightings"]] == [each.id for each in database.seen]
    assert found["totals"]["sightings"] == len(database.seen)
    assert sum(found["totals"]["standings"].values()) == len(database.seen)
    assert [each["reason"] for each in found["unreadable"]] == [
        *("damaged", "too-many-pixels", "io-error", "out-of-memory")
    ]
    assert [each["fraction"] for each in found["incomplete"]] == [0.97]
    first, seen = found["sightings"][0], database.seen[0]
    assert first["viewed_by_human"] is False
    assert "viewings" not in first
    assert first["item"]["path"] == seen.item.locator
    assert first["item"]["sha256"] == seen.item.digests.sha256
    assert first["match"]["distance"] == seen.match.distance
    findings = {each["sighting"]: each["finding"] for each in found["sightings"]}
    assert all(findings[number] <= each for each, number in findings.items())
    assert found["report"]["verification"] is None
    totals = found["totals"]
    assert totals["matches"] == totals["standings"]["match"]
    assert 0 < totals["files"] <= totals["findings"] <= totals["matches"]


def test_the_cover_and_the_entry_are_in_the_document() -> None:
    writing = replace(
        WRITING, examiner="A", agency="B", note="C", verdict=Verdict(5, "ab" * 32, (Problem("x"),))
    )
    how = match(entry_hash="pdq:" + "5a" * 32, entry_digests=digests(1), details={"k": [1]})
    out = io.StringIO()
    file = item(locator="a.txt", flags=("cmyk",))
    JsonReport().write(holding([sighting(3, file, how)]), "2026-0417", out, writing=writing)
    found = json.loads(out.getvalue())
    about = found["report"]
    assert (about["examiner"], about["agency"], about["note"]) == ("A", "B", "C")
    assert about["verification"]["passed"] is False
    assert about["verification"]["problems"][0]["what"] == "x"
    assert about["warnings"][0].startswith("Verification of the record FAILED")
    (seen,) = found["sightings"]
    assert seen["match"]["entry_hash"] == "pdq:" + "5a" * 32
    assert seen["match"]["entry_digests"]["sha1"] == digests(1).sha1
    assert seen["match"]["details"] == {"k": [1]}
    assert seen["item"]["flags"] == ["cmyk"]
    assert seen["item"]["other_name"] == "the name ends in .txt, the content is jpeg"
    assert seen["finding"] == 3


def test_segments_are_all_there_with_their_times_in_seconds() -> None:
    how = match(**VIDEO, segments=(segment(1), segment(2, **STILL)))
    document = json.loads(written(JsonReport(), holding([sighting(1, clip(damaged=2), how)])))
    (found,) = document["sightings"]
    first, second = found["match"]["segments"]
    assert first == {
        "start": 61.4,
        "end": 91.15,
        "known_start": 57.0,
        "known_end": 87.4,
        "offset": -4.4,
        "speed": 1.02,
        "grade": "strong",
        "frames": 30,
        "pictures": 24,
        "distance": 11.25,
        "coverage": 0.21,
        "known_coverage": 0.17,
        "orientation": "upright",
        "part": "content",
        "times_estimated": False,
    }
    assert (second["grade"], second["speed"], second["pictures"]) == ("still", None, 1)
    assert found["match"]["kind"] == "video"
    item = found["item"]
    assert (item["duration"], item["codec"], item["sampling"]) == (421.3, "h264", "query")
    assert (item["frames"], item["damaged"], item["hash"]) == (12_640, 2, None)
    assert document["case"]["sources"][0]["videos"] == 1
    assert document["totals"]["lists"][0]["video"] == 1


def test_lines_hold_what_the_document_holds() -> None:
    database = example()
    document = json.loads(written(JsonReport(), database))
    lines = [json.loads(each) for each in written(JsonLinesReport(), database).splitlines()]
    assert [each["record"] for each in lines[:2]] == ["report", "case"]
    assert lines[-1]["record"] == "totals"
    for key, kind in (
        ("sightings", "sighting"),
        ("unreadable", "unreadable"),
        ("incomplete", "incomplete"),
    ):
        found = [each for each in lines if each["record"] == kind]
        assert found == [{"record": kind, **each} for each in document[key]]


@pytest.mark.parametrize("report", [JsonReport(), JsonLinesReport()])
def test_an_empty_case_is_still_json(report: Report) -> None:
    text = written(report, InMemory(case(runs=[])))
    for each in text.splitlines() if report.suffix == ".jsonl" else [text]:
        json.loads(each)


@settings(max_examples=60)
@given(ANY, ANY, ANY)
def test_names_come_back_exactly(locator: str, entry: str, detail: str) -> None:
    seen = [sighting(1, item(locator=locator, detail=detail), match(entry_id=entry))]
    (found,) = json.loads(written(JsonReport(), holding(seen)))["sightings"]
    assert found["item"]["path"] == locator
    assert found["item"]["detail"] == (detail or None)
    assert found["match"]["entry_id"] == entry
