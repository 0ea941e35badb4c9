import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashmatch.errors import ReportError
from hashmatch.model import Digests, ItemStatus, Json, MatchKind, RunStatus
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.html import POLICY, HtmlReport
from hashmatch.sightings.records import CaseRecord
from hashmatch.sightings.verdict import Problem, Verdict
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
    digests,
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

WRITING = Writing("0.4.0", "2026-03-03T08:00:00Z")
TEXT = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.sampled_from(HOSTILE),
    st.text("<>&\"'/=:;-!`\\ \n\t\0\x1b\u202e\u2066\udcff\u2028scriptimgdata"),
)
ELEMENTS = frozenset(
    (
        *("html", "head", "meta", "title", "style", "body", "main", "section", "nav"),
        *("h1", "h2", "h3", "p", "div", "ul", "li", "a", "dl", "dt", "dd"),
        *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
        *("small", "strong", "span", "bdi", "b", "code", "svg", "rect", "line", "text", "polygon"),
    )
)
ATTRIBUTES = frozenset(
    (
        *("lang", "charset", "http-equiv", "content", "name", "id", "class", "href", "role"),
        *(
            "aria-label",
            "scope",
            "colspan",
            "rowspan",
            "data-column",
            "dir",
            "viewbox",
            "width",
            "height",
        ),
        *("x", "y", "x1", "y1", "x2", "y2", "text-anchor", "points"),
    )
)
VOID = frozenset(("meta", "col"))


class Page(HTMLParser):
    """A page taken apart, checked on the way."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.metas: list[dict[str, str | None]] = []
        self.text = ""
        self.paths: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert tag in ELEMENTS, tag
        assert found.keys() <= ATTRIBUTES, found
        if tag not in VOID:
            self.open.append(tag)
        if tag == "meta":
            self.metas.append(found)
        if "id" in found:
            self.ids.append(str(found["id"]))
        if "href" in found:
            self.links.append(str(found["href"]))
        if found.get("class") == "path":
            self.paths.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.text += data
        if "bdi" in self.open and self.paths:
            self.paths[-1] += data


def written(database: CaseReader, name: str = "2026-0417") -> str:
    out = io.StringIO()
    lost = HtmlReport().write(database, name, out, writing=WRITING)
    assert not lost
    return out.getvalue()


def harmless(html: str) -> Page:
    """The page, after everything that must hold for every page."""
    lower = html.lower()
    for forbidden in (
        "<img",
        "<script",
        "data:",
        "javascript:",
        "http:",
        "https:",
        "url(",
        "@import",
    ):
        assert forbidden not in lower.replace("content-security-policy", ""), forbidden
    raw = {c for c in html if not (c.isprintable() or c == "\n")}
    assert not raw
    html.encode("utf-8")
    page = Page(html)
    assert len(set(page.ids)) == len(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert {"http-equiv": "Content-Security-Policy", "content": POLICY} in page.metas
    return page


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
        "hashes of a quality below 50 of 100 are kept and not matched",
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
        *("meets the known picture's centre", "quality 97, entry 100"),
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


def rows_of_index(html: str) -> list[str]:
    """The text of each row of the first index table."""
    body = html.split('class="records index"', 1)[1].split("</table>", 1)[0]
    return [
        re.sub(r"<[^>]*>", " ", row) for row in re.findall(r"<tr><th scope=.row.>.*?</tr>", body)
    ]


def test_findings_come_first_by_category_and_the_nearest_first() -> None:
    hows = [
        match(category="10", distance=3),
        match(category="2", distance=9),
        match(category="2", **EXACT),
        match(category="2", distance=1, algorithm="phash-64", threshold=4),
        match(category="", distance=0),
        match(category="2", distance=8),
    ]
    seen = [sighting(i, item(i, f"{i}.jpg"), how) for i, how in enumerate(hows, 1)]
    index = rows_of_index(written(holding(seen)))
    assert [row.split()[0] for row in index] == ["3", "4", "6", "2", "1", "5"]
    assert "equal bytes (SHA-256)" in index[0]
    assert "differs in 1 of 64 bits; 4 allowed" in index[1]
    assert "differs in 8 of 256 bits; 31 allowed" in index[2]
    assert index[2].split()[4:6] == ["VIC-US", "VIC_US/2"]


def test_byte_identical_copies_are_one_finding() -> None:
    same = {"digests": item().digests}
    seen = [
        sighting(1, item(1, "a/1.jpg", **same), match()),
        sighting(2, item(2, "a/2.jpg"), match()),
        *(sighting(n, item(n, f"b/{n}.jpg", **same), match()) for n in range(3, 12)),
        # The same bytes met another entry, which is another finding.
        sighting(12, item(1, "a/1.jpg", **same), match(entry_id="7")),
        # Without digests nobody knows whether files are the same.
        *(sighting(n, item(n, f"c/{n}", digests=Digests()), match()) for n in (13, 14)),
    ]
    html = written(holding(seen))
    page = harmless(html)
    assert "14 matches, 4 different files, 2 known entries" in page.text
    index = rows_of_index(html)
    assert [row.split()[0] for row in index] == ["1", "2", "12", "13", "14"]
    assert "9 byte-identical copies" in index[0]
    assert all(f"b/{n}.jpg" in index[0] for n in range(3, 8))
    assert "b/8.jpg" not in index[0]
    assert "4 more under the finding" in index[0]
    ids = [each for each in page.ids if re.fullmatch(r"s\d+", each)]
    assert ids == [f"s{n}" for n in (1, *range(3, 12), 2, 12, 13, 14)]
    assert page.text.count("b/11.jpg") == 1


def test_the_entry_says_which_hash_it_has_and_what_its_publisher_says() -> None:
    details: dict[str, Json] = {"Series": "<b>x", "Tags": ["a", {"b": 1}], "Victim": True}
    how = match(entry_hash="pdq:" + "5a" * 32, entry_digests=digests("known"), details=details)
    text = harmless(written(holding([sighting(1, item(), how)]))).text
    for said in (
        *("5a" * 32, digests("known").md5, digests("known").sha1, digests("known").sha256),
        *("Series<b>x", 'Tags["a", {"b": 1}]', "Victimtrue", "line or record 18"),
    ):
        assert str(said) in text, said


def test_the_cover_says_whose_report_it_is() -> None:
    out = io.StringIO()
    writing = replace(
        WRITING,
        examiner="A. <i>Meier",
        agency="LKA \u202e4",
        note="one\ntwo",
        verdict=Verdict(12, "ab" * 32, ()),
    )
    HtmlReport().write(holding([sighting(1, item(), match())]), "2026-0417", out, writing=writing)
    text = harmless(out.getvalue()).text
    cover = text[: text.index("1 match, 1 different file, 1 known entry")]
    for said in ("ExhibitA-7", "ExaminerA. <i>Meier", "AgencyLKA U+202E4", "Noteonetwo"):
        assert said in cover, said
    assert "passed when this report was written: every row on record" in cover
    assert "12 audit rows with the head " + "ab" * 32 in cover


def test_a_record_that_was_altered_is_said_loudly() -> None:
    out = io.StringIO()
    problems = (Problem("was altered", "sightings", 7, 3), Problem("was removed", "items", 9, 3))
    writing = replace(WRITING, verdict=Verdict(12, "ab" * 32, problems))
    HtmlReport().write(holding([sighting(1, item(), match())]), "2026-0417", out, writing=writing)
    page = harmless(out.getvalue())
    assert page.text.count("FAILED when this report was written: 2 problems") == 3
    assert "sightings 7: was altered (audit row 3)" in page.text
    assert "items 9: was removed (audit row 3)" in page.text
    assert "passed" not in page.text


def test_numbers_are_explained_after_a_rescan() -> None:
    runs = [
        run(id=1, source=1, scan=1, status=RunStatus.INTERRUPTED),
        run(id=2, source=1, scan=1),
        run(id=3, source=1, scan=2),
    ]
    text = harmless(written(InMemory(case(runs=runs)))).text
    assert "A number that is missing belongs to another case, or to an earlier scan" in text
    assert "A-7 was scanned 2 times (the scans ended with the runs 2, 3)" in text
    assert "was scanned" not in harmless(written(InMemory(case()))).text


def test_flags_and_names_that_lie_are_shown() -> None:
    files = [
        item(1, "a/notes.txt", flags=("cmyk", "oriented")),
        item(2, "a/b.PNG", flags=("never-heard-of",)),
        item(3, "a/cache.dat", flags=("inside-zip-archive",)),
    ]
    text = harmless(written(holding(sighting(each.id, each, match()) for each in files))).text
    assert text.count("the name ends in .txt, the content is jpeg") == 2
    assert text.count("the name ends in .PNG, the content is jpeg") == 2
    assert "CMYK colours, as for print · turned as its orientation tag says" in text
    assert "never-heard-of" in text
    assert "found in a ZIP archive" in text or "found in a zip archive" in text
    assert "ends in .dat" not in text


def test_times_of_a_copy_stand_in_the_column_of_times() -> None:
    file = item()
    copy = replace(file, id=2, locator="DCIM/copy.jpg")
    html = written(holding([sighting(1, file, match()), sighting(2, copy, match())], [file, copy]))
    (rows,) = re.findall(r'<tbody id="s2" class="copy">(.*?)</tbody>', html, re.DOTALL)
    columns = re.findall(r'<th scope="col">([^<]+)', html[: html.index('id="s2"')])[-4:]
    first, second = rows.split("</tr>")[:2]
    assert 'colspan="3"' in first
    cells = re.findall(r"<td[^>]*>(.*?)</td>", second)
    assert len(cells) == 3
    assert columns[2] == "Times, UTC"
    assert "modified" in cells[1]
    assert "modified" not in cells[2]
