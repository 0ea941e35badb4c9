import csv
import io
import re
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashmatch.model import Alignment, Grade, Match, Similarity
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.csv import COLUMNS, PATHS, CsvReport, _of_sighting, cell
from hashmatch.sightings.records import ItemRecord, SightingRecord
from tests.support.case_records import (
    HOSTILE,
    VIDEO,
    VIEWING,
    clip,
    example,
    holding,
    item,
    match,
    run,
    segment,
    sighting,
)
from tests.support.case_records import case as made
from tests.support.member_records import inside

WRITING = Writing("0.4.0", "2026-03-03T08:00:00Z")
ANY = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.sampled_from(HOSTILE),
    st.text("=+-@\t\r\n;,\"' \uff1d\uff0b1A("),
)


OF_PLACE = (
    *("parent_item", "parent_md5", "parent_offset"),
    *(f"place_{name}" for name in ("parent", "steps", "state", "confidence", "runs", "weight")),
)


def written(database: CaseReader) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    assert not CsvReport().write(database, "2026-0417", out, writing=WRITING)
    text = out.getvalue()
    assert text.startswith("\ufeff")
    text.encode("utf-8")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


def harmless(text: str) -> None:
    assert not text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b"))
    assert text.isprintable()
    assert not text.lstrip(' "').startswith(("=", "+", "-", "@"))
    for part in re.split(";", text)[1:]:
        assert not part.lstrip(' "').startswith(("=", "+", "-", "@"))


def test_every_sighting_and_item_has_its_row_and_every_column_its_value() -> None:
    database = example()
    rows = written(database)
    kinds = [row["record"] for row in rows]
    assert kinds.count("sighting") == len(database.seen)
    assert kinds.count("unreadable") == 4
    assert kinds.count("incomplete") == 1
    assert set(kinds) == {"sighting", "unreadable", "incomplete", "about"}
    empty = {name for name in COLUMNS if not any(row[name] for row in rows)}
    unsaid = {"created", "other_times", "viewed_at", "viewed_by", "viewed_why", "original_name"}
    unsaid |= {"hypothesis", "inliers", "scale", "turn", "overlap", "retroactive_rematch"}
    assert empty == {*unsaid, *OF_PLACE}
    for row, seen in zip(rows, database.seen, strict=False):
        assert int(row["sighting"]) == seen.id
        assert row["sha256"] == seen.item.digests.sha256
        assert int(row["distance"]) == seen.match.distance
        assert row["viewed_by_human"] == "false"


def test_the_surest_segment_has_columns_behind_those_that_were_there_before() -> None:
    assert COLUMNS[:3] == ("record", "case", "sighting")
    assert COLUMNS[COLUMNS.index("detail") + 1] == "frames"
    how = match(**VIDEO, segments=(segment(1), segment(2, grade=Grade.PROBABLE)))
    video, picture = written(
        holding([sighting(1, clip(damaged=0), how), sighting(2, item(2), match())])
    )[:2]
    told = list(video.items())[COLUMNS.index("detail") + 1 :]
    assert dict(told) == {
        "frames": "12640",
        "duration": "421.3",
        "codec": "h264",
        "sampling": "query",
        "damaged_packets": "0",
        "segments": "2",
        "segment_start": "61.4",
        "segment_end": "91.15",
        "segment_known_start": "57.0",
        "segment_known_end": "87.4",
        "segment_grade": "strong",
        "segment_speed": "1.02",
        "segment_frames": "30",
        "segment_pictures": "24",
        "segment_distance": "11.25",
        "segment_coverage": "0.21",
        "segment_known_coverage": "0.17",
        "segment_orientation": "upright",
        "segment_part": "content",
        "segment_times_estimated": "false",
        "finding": "1",
        **dict.fromkeys(("entry_hash", "entry_md5", "entry_sha1", "entry_sha256"), ""),
        **dict.fromkeys(("entry_details", "flags", "other_name"), ""),
        **dict.fromkeys(("viewed_at", "viewed_by", "viewed_why", *OF_PLACE, "original_name"), ""),
        "tier": "whole",
        "outline": "[]",
        "hypothesis": "",
        "tried": "0",
        **dict.fromkeys(("inliers", "scale", "turn", "overlap", "retroactive_rematch"), ""),
    }
    assert (video["kind"], video["distance"], video["hash"]) == ("video", "11", "")
    always = {"finding", "tier", "outline", "tried"}
    assert not any(picture[name] for name, _ in told if name not in always)


def test_who_viewed_a_file_when_and_why_has_columns() -> None:
    second = replace(VIEWING, by="=cmd|'/c calc'!A1")
    row = written(holding([sighting(1, item(), match(), viewings=(VIEWING, second))]))[0]
    assert row["viewed_by_human"] == "true"
    assert row["viewed_at"] == f"{VIEWING.at}; {VIEWING.at}"
    assert row["viewed_by"] == f"{VIEWING.by};' {second.by}"
    assert row["viewed_why"] == f"{VIEWING.why}; {VIEWING.why}"


def test_where_a_member_lies_has_columns() -> None:
    row = written(holding([sighting(1, inside(), match())]))[0]
    assert row["path"] == "DCIM/a%21b.zip!zip:3:holiday/IMG_0007.jpg"
    assert {name: row[name] for name in OF_PLACE} == {
        "parent_item": "3",
        "parent_md5": "",
        "parent_offset": "",
        "place_parent": "DCIM/a!b.zip",
        "place_steps": '[{"step": "file", "path": "DCIM/a!b.zip"}, {"step": "member", '
        '"container": "zip", "number": 3, "name": "holiday/IMG_0007.jpg"}]',
        "place_state": "deleted",
        "place_confidence": "contiguous-assumed",
        "place_runs": "[[1048576, 4096], [1073741824, 512]]",
        "place_weight": "4608",
    }


def test_provenance_comes_after_the_table() -> None:
    about = {row["reason"]: row["detail"] for row in written(example()) if row["record"] == "about"}
    assert "9f" * 32 in about["audit"]
    assert "2026-03-03" in about["written"]
    assert "run 1" in about


def test_times_of_other_kinds_are_kept() -> None:
    file = item(times={"created": "2024-01-01T00:00:00Z", "exif": "=1+1"})
    row = written(holding([sighting(1, file, match())]))[0]
    assert row["created"] == "2024-01-01T00:00:00Z"
    assert row["other_times"] == "exif==1+1"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(name: str) -> None:
    row = written(holding([sighting(1, item(locator=name), match())]))[0]
    harmless(row["path"])


def test_formulas_get_an_apostrophe() -> None:
    assert cell("=cmd|'/c calc'!A1.jpg") == "'=cmd|'/c calc'!A1.jpg"
    assert cell("a;=1+1") == "a;'=1+1"
    assert cell("  @x") == "'  @x"
    assert cell("a-b=c.jpg") == "a-b=c.jpg"
    assert cell(value=False) == "false"
    assert cell(None) == ""
    assert cell(12) == "12"
    assert len(cell("a" * 300_000)) < 32_767


@settings(max_examples=200)
@given(ANY)
def test_no_cell_is_a_formula(text: str) -> None:
    harmless(cell(text))


@settings(max_examples=40)
@given(st.lists(ANY, min_size=8, max_size=8))
def test_no_text_in_any_field_is_a_formula(texts: list[str]) -> None:
    take = iter(texts)
    file = item(locator=next(take), detail=next(take), times={next(take): next(take)})
    how = match(list_name=next(take), entry_id=next(take), category=next(take))
    database = holding([sighting(1, file, how)])
    database.record = made(runs=[run(command=next(take))])
    for row in written(database):
        assert None not in row
        for text in row.values():
            harmless(text)


@pytest.mark.parametrize(
    ("kind", "place", "without"),
    [
        # That of the item, and the share of it that could be decoded, are in its own columns.
        # Those of patches are beside those of the match.
        (Match, "match.", {"fraction", "similarity"}),
        (Similarity, "match.", set[str]()),
        (Alignment, "match.segments.0.", set[str]()),
        # The exhibit stands for the source; digests have a column each.
        (ItemRecord, "item.", {"source", "digests"}),
        (SightingRecord, "", set[str]()),
    ],
)
def test_every_field_has_a_column_or_is_named_here(
    kind: Any, place: str, without: set[str]
) -> None:
    shown = {path.removeprefix(place).split(".")[0] for _, path in PATHS if path.startswith(place)}
    names = {each.name: kind.json_shape.names.get(each.name, each.name) for each in fields(kind)}
    assert {field for field, name in names.items() if name not in shown} == without


def test_every_path_leads_somewhere() -> None:
    how = match(**VIDEO, segments=(segment(1),), details={"a": 1})
    film = replace(clip(), place=inside().place, original_name="CameraRollDomain/a.mov")
    whole = _of_sighting(sighting(1, film, how, viewings=(VIEWING,), rematch=3), {})
    for column, path in PATHS:
        if column in {"record", "case", "finding"}:
            continue
        found: Any = whole
        for step in path.split("."):
            if isinstance(found, list):
                found = found[0]
            if not step.isdigit():
                assert step in found or path.startswith("item.times"), column
                found = found.get(step)
