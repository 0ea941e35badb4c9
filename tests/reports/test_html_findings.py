"""The HTML report: findings, covers, and what is said of the record."""

import io
import re
from dataclasses import replace

from hashmatch.model import Digests, Json, RunStatus
from hashmatch.reports.html import HtmlReport
from hashmatch.sightings.verdict import Problem, Verdict
from tests.support.case_records import (
    EXACT,
    InMemory,
    case,
    digests,
    holding,
    item,
    match,
    run,
    sighting,
)
from tests.support.html_pages import WRITING, harmless, written


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
