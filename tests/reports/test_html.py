import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashmatch.errors import ReportError
from hashmatch.model import ItemStatus, MatchKind, RunStatus
from hashmatch.sightings.records import CaseRecord
from hashmatch.visible import code_point, escaped
from tests.support.case_records import (
    EXACT,
    HOSTILE,
    PROBABLE,
    STILL,
    VIDEO,
    VIEWING,
    InMemory,
    case,
    clip,
    example,
    holding,
    item,
    lists,
    match,
    run,
    segment,
    sighting,
    source,
)
from tests.support.html_pages import harmless, written

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.sampled_from(HOSTILE),
    st.text("<>&\"'/=:;-!`\\ \n\t\0\x1b\u202e\u2066\udcff\u2028scriptimgdata"),
)


def test_the_page_has_all_its_parts_in_order() -> None:
    page = harmless(written(example()))
    headings = [id_ for id_ in page.ids if not re.fullmatch(r"s\d+", id_)]
    assert headings == [
        *("findings", "match", "probable", "known-good", "suppressed", "collision"),
        *("unreadable", "incomplete", "summary", "evidence", "provenance", "glossary"),
    ]
    sightings = [id_ for id_ in page.ids if re.fullmatch(r"s\d+", id_)]
    assert sorted(int(id_[1:]) for id_ in sightings) == list(range(1, len(sightings) + 1))


def test_the_page_says_what_a_reader_must_know() -> None:
    text = harmless(written(example())).text
    for said in (
        "comparison of hashes by a program",
        "No person is on record as having viewed",
        "Nothing in this report judges whether a file is unlawful",
        "Categories are those of the publisher",
        "All times are UTC",
        "hashmatch 0.4.0",
        "forensic-03",
        "hashmatch scan /evidence/A-7",
        "simplejpeg 1.8.2",
        "9f" * 32,
        "5d" * 32,
        *(digest for each in lists() for digest in each.sha256),
        "pdq up to 31 of 256 bits",
        "pdq up to 46 of 256 bits",
        "hashes with a quality below 50 of 100 are kept, but not matched",
        "not checked when this report was written",
        "VIC_US/5: known good",
        "too-many-pixels",
        "900,000,000 pixels are more than the limit",
        "97% decoded",
    ):
        assert said in text, said


def test_each_sighting_shows_all_of_it() -> None:
    file = item(locator="DCIM/a.jpg", times={"modified": "2024-07-19T18:02:11.5+02:00"})
    how = match(inverted=True, part="centre", frame=2)
    text = harmless(written(holding([sighting(77, file, how)]))).text
    assert file.digests.sha1
    for said in (
        *("77", "DCIM/a.jpg", "A-7", "2,483,112 bytes", "jpeg 4032 × 3024"),
        *(
            "VIC-US",
            "184467",
            "VIC_US/1",
            "Differs in 12 of 256 bits; 31 allowed",
            "negative",
            "frame 2",
        ),
        *("matches the known picture's centre", "quality 97, entry 100"),
        *("2024-07-19 16:02:11", "2026-03-02 09:14:07"),
        *(digest for _, digest in file.digests.items()),
        file.hash.removeprefix("pdq:"),
    ):
        assert said in text, said


def test_a_sighting_of_a_video_shows_where_in_time_they_meet() -> None:
    still = segment(start=83.44, end=83.44, known_start=0, known_end=0, **STILL)
    file = clip(damaged=12)
    seen = [
        sighting(1, file, match(**VIDEO, segments=(segment(), still))),
        sighting(2, file, match(**EXACT)),
    ]
    html = written(holding(seen))
    text = harmless(html).text
    for said in (
        *("mov 1920 × 1080 · 0:07:01.3 · h264 · 12,640 frames", "12 packets damaged"),
        *(
            "Frames differ in 11 of 256 bits on average; 31 allowed",
            "video: 2 segments",
            "0:01:01.4 – 0:01:31.2",
        ),
        *("0:00:57.0 – 0:01:27.4", "inside borders", "frame at 0:01:23.4"),
    ):
        assert said in text, said
    assert html.count('class="timelines"') == html.count('class="segments"') == 1
    assert html.count("<polygon ") == 2
    assert "Of the 1 hashed, 1 is a video or an animated picture;" in text


def test_what_is_raised_comes_first_and_the_rest_apart() -> None:
    hows = [
        match(known_good=True, **EXACT),
        match(suppressed=True),
        match(**PROBABLE),
        match(),
        match(kind=MatchKind.COLLISION, algorithm="md5", distance=0, threshold=0, suppressed=True),
    ]
    seen = [sighting(i, item(i, f"{i}.jpg"), how) for i, how in enumerate(hows, 1)]
    page = harmless(written(holding(seen)))
    ids = page.ids
    assert ids[ids.index("match") :][:10] == [
        *("match", "s4", "probable", "s3", "known-good", "s1", "suppressed", "s2"),
        *("collision", "s5"),
    ]
    assert "Equal MD5, other digests differ: other bytes" in page.text


def test_counters_add_up_on_the_page() -> None:
    text = harmless(written(example())).text
    flat = re.sub(r"\s+", " ", text)
    assert "items in the evidence573,088=pictures and videos hashed109,224+unreadable4" in flat
    assert "Of the 109,224 hashed, 3 are videos or animated pictures; 1 could be" in flat


def test_what_does_not_add_up_is_said() -> None:
    wrong = source(items=3, hashed=1, unreadable=1)
    text = harmless(written(InMemory(case(wrong)))).text
    assert "The items of A-7 do not add up" in text


@pytest.mark.parametrize("status", ["running", "interrupted", "failed"])
def test_a_scan_that_did_not_end_is_said(status: str) -> None:
    stopped = run(status=status, ended="", source=1, position=1_204, expected=5_300)
    text = harmless(written(InMemory(case(runs=[stopped])))).text
    said = {"interrupted": "was interrupted", "failed": "failed", "running": "has not ended"}
    assert f"Run 1 {said[status]}" in text
    assert "after 1,204 of 5,300 files: the rest of A-7 was not searched." in text
    assert "not on record" in text


def test_a_scan_that_was_interrupted_behind_its_last_file_left_none_out() -> None:
    stopped = run(status="interrupted", ended="", source=1, position=770, expected=770)
    text = harmless(written(InMemory(case(runs=[stopped])))).text
    assert "after all 770 files of A-7 had been searched" in text
    assert "of A-7 was not searched" not in text


def test_an_interrupted_run_that_was_resumed_to_its_end_is_no_warning() -> None:
    runs = [run(status=RunStatus.INTERRUPTED), run(id=2, resumed=1)]
    text = harmless(written(InMemory(case(runs=runs)))).text
    assert "Run 1 was interrupted" not in text
    assert "went on with run 1" in text


def test_an_empty_case_is_a_page_too() -> None:
    text = harmless(written(InMemory(case(runs=[])))).text
    assert "No scan of this case is on record." in text
    assert "There are no sightings." in text
    assert text.count("None.") == 8


def test_viewing_is_said_where_it_is_on_record() -> None:
    seen = [sighting(1, item(), match(), viewings=(VIEWING,))]
    text = harmless(written(holding(seen))).text
    assert "having viewed 1 of the sightings" in text
    assert "No person" not in text
    for words in ("2026-11-28 10:00:00", VIEWING.by, VIEWING.why):
        assert words in text


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_and_do_nothing(name: str) -> None:
    page = harmless(written(holding([sighting(1, item(locator=name), match())])))
    assert page.paths
    # Shortened in the index, whole under the finding.
    assert len(page.paths) == 2
    assert page.paths[1].startswith(escaped(name, code_point))


def test_changes_of_direction_and_bytes_are_made_visible() -> None:
    file = item(locator="a\u202eb\udcffc\nd\u3164e")
    text = harmless(written(holding([sighting(1, file, match())]))).text
    assert "aU+202Ebbyte FFcU+000AdU+3164e" in text


def test_a_locator_of_a_thousand_folders_is_shortened_and_says_so() -> None:
    file = item(locator="/".join(["d" * 255] * 1000) + "/end.jpg")
    html = written(holding([sighting(1, file, match())]))
    assert len(html) < 40_000
    assert "254,807 characters left out" in harmless(html).text
    assert "/end.jpg" in html


@settings(max_examples=120)
@given(st.lists(TEXT, min_size=25, max_size=25))
def test_no_text_in_any_field_breaks_out(texts: list[str]) -> None:
    take = iter(texts)
    file = item(
        locator=next(take),
        times={next(take): next(take)},
        format=next(take),
        reason=next(take),
        detail=next(take),
        codec=next(take),
        duration=9.5,
    )
    how = match(
        segments=(segment(part=next(take)),),
        list_name=next(take),
        entry_id=next(take),
        category=next(take),
        scheme=next(take),
        part=next(take),
        details={next(take): next(take)},
        entry_hash=next(take),
    )
    broken = replace(file, id=2, status=ItemStatus.UNREADABLE)
    seen = [sighting(1, file, how, at=next(take))]
    started = run(
        command=next(take),
        host=next(take),
        libraries={next(take): "1"},
        profile={"name": next(take)},
    )
    where = source(label=next(take), path=next(take), identity={"a": next(take)})
    where = replace(where, items=2, hashed=1, unreadable=1, incomplete=1)
    name = next(take)
    record = case(where, name=name, runs=[started])
    harmless(written(InMemory(record, seen, [file, broken]), name))


def test_a_database_that_changes_meanwhile_gives_no_page() -> None:
    class Growing(InMemory):
        def case(self, name: str, /) -> CaseRecord:
            self.record = replace(self.record, audit_rows=self.record.audit_rows + 1)
            return super().case(name)

    with pytest.raises(ReportError, match="changed while"):
        written(Growing(case()))
