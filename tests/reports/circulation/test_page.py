"""The page of circulation: harmless, small, equal to its JSON, silent about what is hidden."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hashmatch.model import Item, ScanResult
from hashmatch.model.event import Event, EventKind, Role
from hashmatch.model.identifier import Identifier
from hashmatch.model.moment import Moment
from hashmatch.reports.circulation.writing import write_circulation
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.circulation import circulation
from hashmatch.tracing.reported import Circulation
from hashmatch.tracing.updating import update
from tests.support.case_records import HOSTILE
from tests.support.html_pages import harmless
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests, match
from tests.tracing.test_links import allow_unknown, imported, picture, scan
from tests.tracing.test_origin import again, record, taken

WHEN = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        yield opened


def written(found: Circulation) -> str:
    out = io.StringIO()
    write_circulation(found, out, examiner="A. Meier", note="one\ntwo", at=WHEN)
    return out.getvalue()


class Tables(HTMLParser):
    """The text of each cell, by table."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self._inside = False
        self._around = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = str(dict(attrs).get("class", ""))
        if tag == "div":
            self._around = found
        elif tag == "table":
            self.tables.append((found or self._around, []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][1][-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.tables[-1][1][-1][-1] += data

    def of(self, class_: str) -> list[list[str]]:
        """All rows of tables of a class."""
        return [row for name, rows in self.tables if class_ in name.split() for row in rows]


def filled(database: Database) -> None:
    """Entries, clusters, accounts and events on open exhibits, and on those of a pointer."""
    for at, case in enumerate("1234"):
        found = [(10 * n + at, picture(n), n if n < 6 else None) for n in range(at, at + 6)]
        scan(database, case, "phone", found)
        told = Event(
            kind=EventKind.UPLOAD,
            role=Role.VICTIM if at == 3 else Role.UPLOADER,
            digests=digests(10 * at + at),
            identifiers=(Identifier.of("account", "user 7", "Kik"),),
            moment=Moment.of(f"2026-04-1{at}", kind="uploaded"),
        )
        imported(database, case, f"tip {case}", told)
    allow_unknown(database, "1")
    said = [Said("access", "pointer"), Said("contact", "K 12")]
    database.record_statements(Topic.CASE, said, by="A", case="4")
    database.record_statements(Topic.LINK, [Said("verdict", "same", "entry:vic/entry-2")], by="A")
    database.record_handling("case:2", "TLP:AMBER", by="A")
    update(database)


def test_every_figure_is_that_of_the_json(database: Database) -> None:
    filled(database)
    found = circulation(database)
    html = written(found)
    page, tables = harmless(html), Tables(html)
    told = found.to_dict()
    rows = [row for row in tables.of("linked") if len(row) == 3 and row[0] != "What it is"]
    assert len(rows) == len(told["links"]) > 5
    shown = {each["key"]: each for each in told["links"]}
    for what, rare, where in rows:
        (link,) = [each for key, each in shown.items() if what.startswith(key)]
        assert rare.startswith(f"in {link['exhibits']} of {link['of']} exhibits")
        assert rare.endswith(f"{link['cases']} case{'s' if link['cases'] > 1 else ''}")
        assert ("verdict: same" in what) == (link["verdict"] == "same")
        assert ("TLP:AMBER" in what) == ("TLP:AMBER" in link["handling"])
        for each in link["occurrences"]:
            place = f"case {each['case']}, {each['exhibit']}{each['role']}, {each['count']} × ["
            assert place.replace("None", "") in where or f"case {each['case']}: ask K 12" in where
    check_matrix(tables, told["matrix"])
    scope = told["scope"]
    assert f"{scope['exhibits']} exhibits of {scope['cases']} cases" in page.text
    assert f"with {scope['items']} files and {scope['events']} events" in page.text
    assert f"{found.linking} things are on more than one exhibit" in page.text
    figures = dict(row[:2] for row in tables.of("figure") if row[0] in told["figures"][0]["rules"])
    assert figures == {
        name: "–" if told["figures"][0]["total"][name] is None else f"{count:,}"
        for name, count in found.figures[0].total.figures().items()
    }
    covered = [row for row in tables.of("covered") if row[0].startswith("case ")]
    assert [[row[0].removesuffix("TLP:AMBER"), *row[1:4]] for row in covered] == [
        [f"case {each['case']}, {each['exhibit']}", *(f"{each[x]}" for x in COUNTED)]
        for each in told["coverage"]
    ]
    for drawn in told["drawn"]:
        assert sum(span["count"] for span in drawn["spans"]) or "undated" in page.text


COUNTED = ("items", "events", "clustered")


def check_matrix(tables: Tables, told: dict[str, list[dict[str, int]]]) -> None:
    _, *rows = tables.of("beside")
    cells = {
        (at, other): int(words)
        for at, row in enumerate(rows)
        for other, words in enumerate(row[1:])
        if words
    }
    pairs = {(each["row"], each["column"]): each["counts"] for each in told["cells"]}
    sums = {pair: sum(counts.values()) for pair, counts in pairs.items()}  # type: ignore[attr-defined]  # a mapping
    assert cells == sums | {(b, a): count for (a, b), count in sums.items()}
    assert len(rows) == len(told["sources"]) > 3


def test_a_mark_is_drawn_for_each_time_and_case(database: Database) -> None:
    """Colours, shapes and labels tell cases apart, and what is wide is a bar."""
    for case, stated in (("1", "2026-04-17T10:20:30Z"), ("2", "2026-04-19T10:20:30")):
        source = replace(SOURCE, label="phone", path=f"/evidence/{case}")
        with database.run(case=case, source=source, configuration=CONFIGURATION) as run:
            item = Item("a.jpg", 9, digests=digests(int(case)), media=picture(1))
            run.record([ScanResult(item, (match(5),))], times={"a.jpg": {"modified": stated}})
            run.finish()
    html = written(circulation(database))
    harmless(html)
    lanes = re.findall(r'<svg class="lane" role="img" aria-label="times on.*?</svg>', html)
    exact, wide = lanes
    assert "2026-04-17 10&#58;20&#58;30 UTC" in exact
    assert re.search(r'<use href="#sign0" class="k0" x="[0-9.]+%"', exact)
    assert re.search(r'<rect class="bar k1" x="[0-9.]+%" y="7" width="[0-9.]+%"', wide)
    assert "between 2026-04-18 20&#58;20&#58;30 and 2026-04-19 22&#58;20&#58;30 UTC" in wide
    assert "By first modified&#58; " in html.replace("<bdi>", "").replace("</bdi>", "")


def test_hostile_names_are_text(database: Database) -> None:
    for at, name in enumerate(HOSTILE):
        source = replace(SOURCE, label=name, path=f"/evidence/{at}")
        with database.run(case=f"case {name}", source=source, configuration=CONFIGURATION) as run:
            item = Item(name, 9, digests=digests(at), media=picture(1))
            known = [match(1), replace(match(2), entry_id=name, list_name=HOSTILE[0])]
            times = {name: {name: "2026-04-17T10:20:30Z", "modified": name}}
            run.record([ScanResult(item, tuple(known))], times=times)
            run.finish()
        said = [Said("access", "pointer"), Said("contact", name)]
        if at == 1:
            database.record_statements(Topic.CASE, said, by="A", case=f"case {name}")
        told = Event(
            kind=EventKind.UPLOAD,
            role=Role.UPLOADER,
            identifiers=(Identifier.of("account", "x", "<b>service"),),
            digests=digests(at),
        )
        imported(database, f"case {name}", f"tip {at}", told)
    database.record_handling("list:vic", "<script>only</script> K 12", by="A")
    found = circulation(database)
    assert len(found.drawn) >= 2
    html = written(found)
    page = harmless(html)
    assert "<script>only</script> K 12" in page.text
    for name in (HOSTILE[0], HOSTILE[2], HOSTILE[9]):
        assert name in page.text
    assert "U+202E" in page.text
    assert '<bdi class="key">entry&#58;vic/entry-1</bdi>' in html
    # Words of evidence stand in elements that keep their direction apart, and in no attribute.
    assert not re.search(r'="[^"]*(?:שלום|alert|bold)', html)
    for each in re.finditer("שלום", html):
        assert html.rfind("<bdi", 0, each.start()) > html.rfind("</bdi", 0, each.start())
    harmless(written(circulation(database, viewer=f"case {HOSTILE[2]}", protected=True)))


def test_hidden_cases_are_nowhere_and_pointers_say_whom_to_ask(database: Database) -> None:
    filled(database)
    before = written(circulation(database))
    scan(database, "SECRET-9", "SECRET-card", [(n, picture(n), n) for n in range(9)])
    told = Event(kind=EventKind.UPLOAD, role=Role.UPLOADER, digests=digests(1))
    imported(database, "SECRET-9", "SECRET-tip", told)
    said = [Said("access", "hidden"), Said("contact", "SECRET-K")]
    database.record_statements(Topic.CASE, said, by="A", case="SECRET-9")
    database.record_handling("case:SECRET-9", "SECRET-mark", by="A")
    after = written(circulation(database))
    assert "SECRET" not in after
    chain = re.compile(r"[\d,]+ rows of the audit chain; its head is [0-9a-f]{64}")
    assert chain.sub("", after) == chain.sub("", before)
    assert "case <bdi>4</bdi>&#58; ask <bdi>K 12</bdi>" in after
    assert "case <bdi>4</bdi>, " not in after
    assert "user 7" not in written(circulation(database, viewer="4")).partition("tip 4")[2]
    assert "tip 4" in written(circulation(database, viewer="4", protected=True))


def test_copies_are_a_tree_with_the_parents_and_confidences_of_the_json(
    database: Database,
) -> None:
    first = taken()
    small = again(first, 0.5, quality=70)
    record(database, "phone", first, again(first, quality=85), matches=(match(5),))
    record(database, "card", small, again(small, quality=60), case="2", matches=(match(5),))
    for at, quality in enumerate((61, 72, 83)):
        data = again(first, 0.6, quality=quality)
        record(database, f"stick {at}", data, case="3", matches=(match(6),))
    found = circulation(database)
    html = written(found)
    harmless(html)
    assert len(found.lineages) == 2
    told = [one for each in found.lineages for one in each.descents if one.told and one.parent]
    assert told
    sections = re.findall(r'<section class="thing">.*?</section>', html, re.DOTALL)
    for each in found.lineages:
        (drawn,) = [x for x in sections if each.link.replace(":", "&#58;") in x and "Copy" in x]
        text = re.sub("<[^>]*>", "", drawn)
        assert f"{each.compared} copies compared" in text
        assert ("Likely nearest to the source" in text) == each.told
        for copy in each.copies:
            assert text.count(f"Copy {copy.number}") == 1
        for descent in each.descents:
            made = f"Copy {descent.child} likely made from copy {descent.parent} (confidence "
            assert (made in text) == (descent.told and descent.parent is not None)
            if descent.told and descent.parent is not None:
                # A copy stands in the list below its parent.
                above = drawn.index(f"Copy {descent.parent}<")
                assert above < drawn.index(f"Copy {descent.child}<")
        # All parents are drawn: no copy stands apart from its own.
        assert "Made from copies that are not drawn here" not in text
        assert ("cannot be told" in text) == (
            not each.told or not all(one.told for one in each.descents)
        )


def test_an_empty_record_makes_a_page(database: Database) -> None:
    page = harmless(written(circulation(database)))
    assert "0 exhibits of 0 cases" in page.text
    assert "Nothing links them." in page.text
