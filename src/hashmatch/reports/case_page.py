"""All that is on the page of a case for people, part by part."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from hashmatch.errors import ReportError
from hashmatch.markup import Markup, foreign, joined, tag
from hashmatch.model import ItemStatus
from hashmatch.model.handling import in_words
from hashmatch.reports import media, overview, provenance, rows
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.findings import Counts, Findings
from hashmatch.reports.frame import opening, section
from hashmatch.reports.glossary import glossary
from hashmatch.reports.statement import numbering, statements, verified, warnings
from hashmatch.reports.text import utc
from hashmatch.reports.totals import Standing, Totals
from hashmatch.sightings.records import CaseRecord, SightingRecord

_CHUNK = 500
"""Rows of one table: a browser lays out a page of many short tables without stalling."""

PARTS: Final = {
    Standing.MATCH: (
        "Matches in full",
        "Within the threshold, or with equal bytes: each with its file, its entry and its copies.",
    ),
    Standing.PROBABLE: (
        "Probable matches in full",
        "Beyond the threshold, but within the profile's wider one: leads, to weigh separately.",
    ),
    Standing.KNOWN_GOOD: (
        "Known good",
        "Files that a list says are harmless. They are counted and labelled, not reported.",
    ),
    Standing.SUPPRESSED: (
        "Suppressed",
        "Perceptual matches of files whose bytes are known to be harmless. They are not reported.",
    ),
    Standing.COLLISION: (
        "Digests that collide",
        "One digest is equal to the entry's, another is not: the bytes differ. Not reported.",
    ),
}


INDEXED: Final = {Standing.MATCH: "Matches", Standing.PROBABLE: "Probable matches"}
"""What the index lists, and what it calls it."""

_COPIES_SHOWN: Final = 5
"""Copies that the index names of one finding; all are under the finding in full."""

ITEMS: Final = {
    "unreadable": ("Unreadable items", ItemStatus.UNREADABLE),
    "incomplete": ("Items decoded in part", ItemStatus.HASHED),
}
"""Lists of items: what the record calls them, their title and their status."""

ABOUT_INDEX: Final = (
    "One line for each file that matched an entry: by category, the nearest first. Files that are "
    "byte for byte the same are one finding."
)
_MARKUP: Final = 600
"""Bytes around the texts of a finding or copy, at most."""
_ITEMS_AT_ONCE: Final = 400_000
"""Characters of rows of items that are made at a time to see how large they are."""
_ANY: Final = sys.maxsize
_INDEX_COLUMNS: Final = ("No.", "File", "List, category, entry", "How near")
_FINDING_COLUMNS: Final = (
    "No.",
    "File · known entry · how near",
    "Times, UTC",
    "Digests and hash of the file",
)
_ITEM_COLUMNS: Final = ("Item", "File", "Reason")


class Chunk(NamedTuple):
    """A table of the page.

    Attributes:
        rows: findings, copies or items in it.
        text: the table.
    """

    rows: int
    text: Markup


class Page:
    """All that is on the page of a case, part by part.

    Attributes:
        case: that it is of.
        writing: what the report says of itself.
        findings: of the case.
    """

    def __init__(
        self, database: CaseReader, case: CaseRecord, writing: Writing, findings: Findings
    ) -> None:
        self._database = database
        self.case = case
        self.writing = writing
        self._exhibits = {source.id: source.label for source in case.sources}
        self._totals = Totals()
        self.findings = findings
        for sighting in database.sightings(case.name):
            self._totals.add(sighting)
            self._add(sighting)

    def _add(self, sighting: SightingRecord) -> None:
        exhibits = self._exhibits
        self.findings.add(
            sighting,
            lambda: rows.finding_texts(sighting, exhibits),
            lambda: rows.copy_texts(sighting, exhibits),
        )

    def check(self) -> None:
        """Nothing, if all that was read is of one state of the database.

        Raises:
            ReportError: something was recorded meanwhile.
        """
        now = self._database.case(self.case.name)
        if (now.audit_rows, now.audit_head) != (self.case.audit_rows, self.case.audit_head):
            msg = "the database changed while the report was written; write the report again"
            raise ReportError(msg)

    def fits(self, most: int) -> bool:
        """Whether the whole page takes so many bytes at most; in doubt it does not."""
        found = sum(self.findings.counts(standing).matches for standing in PARTS)
        size = self.findings.size() + _MARKUP * found
        # Every character of a name may be one that is shown as a box: only the rows tell.
        tables = (table for name in ITEMS for table in self.items(name, most=_ITEMS_AT_ONCE))
        while size <= most:
            table = next(tables, None)
            if table is None:
                return True
            size += len(table.text.encode("utf-8", "surrogatepass"))
        return False

    def pieces(self) -> Iterator[Markup]:
        """The page from its first line to its last."""
        yield from self.opening()
        yield self._contents()
        yield from self._index()
        for standing, (title, about) in PARTS.items():
            yield section(standing.value, title, self.findings.counts(standing).matches)
            yield tag("p", about, class_="soft")
            yield from _or_none(self.in_full(standing, title))
        for name, (title, _) in ITEMS.items():
            yield section(name, title, self.count(name))
            yield from _or_none(self.items(name))
        yield from self.closing()

    def closing(self) -> Iterator[Markup]:
        """What stands behind the findings and items."""
        case, totals = self.case, self._totals
        yield section("summary", "Numbers")
        yield overview.by_list(totals)
        yield overview.distances(totals)
        yield section("evidence", "Evidence")
        yield overview.evidence(case.sources, totals)
        if found := media.tables(case.sources):
            yield Markup(found)
        yield section("provenance", "How it was searched")
        yield provenance.lists(case.lists)
        yield provenance.runs(case.runs, self._exhibits)
        if case.rematches:
            yield provenance.rematches(case.rematches)
        yield provenance.verification(case, self.writing.verdict)
        yield section("glossary", "Words used in this report")
        yield glossary()
        yield from self.end(f"End of the report on case {case.name}.")

    def begin(self, title: str) -> Iterator[Markup]:
        """What each page of the report begins with."""
        yield opening(title)
        if self.case.handling:
            yield tag("p", foreign(in_words(self.case.handling)), class_="handling above")
        yield tag("p", "Report of hash matches", class_="kicker")
        yield tag("h1", "Case ", foreign(self.case.name))

    def end(self, words: str) -> Iterator[Markup]:
        """What each page of the report ends with."""
        yield tag("p", words, class_="end")
        if self.case.handling:
            yield tag("p", foreign(in_words(self.case.handling)), class_="handling below")
        yield Markup("</main></body></html>")

    def opening(self) -> Iterator[Markup]:
        """What stands before the contents."""
        case, writing, totals = self.case, self.writing, self._totals
        yield from self.begin(f"Case {case.name}: hash matches")
        yield self._cover()
        for warning in warnings(case, writing.verdict):
            yield tag("p", warning, class_="warning", role="note")
        yield tag("p", self.findings.counts().in_words, class_="headline")
        yield overview.figures(case, totals)
        said = statements(writing, viewed=totals.viewed)
        yield tag("section", *(tag("p", each) for each in said), class_="statement")

    def _cover(self) -> Markup:
        """Whose report it is, on what."""
        writing, labels = self.writing, self._exhibits.values()
        name = "Exhibit" if len(labels) == 1 else "Exhibits"
        told: dict[str, object] = {
            name: joined(*(tag("div", foreign(label)) for label in labels)) if labels else "none",
            "Examiner": foreign(writing.examiner),
            "Agency": foreign(writing.agency),
            "Note": joined(*(tag("div", foreign(line)) for line in writing.note.splitlines())),
            "Handling": foreign(in_words(self.case.handling)),
            "Written": f"{utc(writing.at)} UTC by hashmatch {writing.tool}",
            "Record verified": tag(
                "span",
                verified(writing.verdict),
                class_="" if writing.verdict and writing.verdict.passed else "failed",
            ),
        }
        asked = {"Examiner": writing.examiner, "Agency": writing.agency, "Note": writing.note}
        asked["Handling"] = in_words(self.case.handling)
        return provenance.facts(
            {name: value for name, value in told.items() if asked.get(name, "yes")}
        )

    def contents(self) -> list[tuple[str, str, int | str]]:
        """The parts of the report: anchor, title, and how much is in each."""
        counts = {standing: self.findings.counts(standing) for standing in PARTS}
        return [
            ("findings", "Findings", sum(counts[each].findings for each in INDEXED)),
            *(
                (standing.value, title, counts[standing].matches)
                for standing, (title, _) in PARTS.items()
            ),
            *((name, title, self.count(name)) for name, (title, _) in ITEMS.items()),
            ("summary", "Numbers", ""),
            ("evidence", "Evidence", len(self.case.sources)),
            ("provenance", "How it was searched", ""),
            ("glossary", "Words used in this report", ""),
        ]

    def _contents(self) -> Markup:
        entries = (
            tag(
                "li",
                tag("a", name, href=f"#{anchor}"),
                tag("span", f"{count:,}" if isinstance(count, int) else count),
            )
            for anchor, name, count in self.contents()
        )
        return tag("nav", tag("ul", *entries, class_="contents"), aria_label="Contents")

    def count(self, name: str) -> int:
        """How many of these `ITEMS` there are."""
        return sum(getattr(source, name) for source in self.case.sources)

    def _index(self) -> Iterator[Markup]:
        """Every finding in a line or two."""
        counts = {standing: self.findings.counts(standing) for standing in INDEXED}
        yield section("findings", "Findings", sum(each.findings for each in counts.values()))
        yield tag("p", ABOUT_INDEX, class_="soft")
        for standing, title in INDEXED.items():
            if standing is not Standing.MATCH and not counts[standing].findings:
                continue
            yield tag("h3", f"{title}: {_found(counts[standing])}")
            yield from _or_none(self.index(standing))
        for words in numbering(self.case):
            yield tag("p", words, class_="soft")

    def index(
        self, standing: Standing, pages: Callable[[int], str] = lambda _: "", *, most: int = _ANY
    ) -> Iterator[Chunk]:
        """Every finding of a standing in a line or two.

        Args:
            standing: whose.
            pages: gives the address of the page that has the finding or copy of this place in
                `in_full`; this one by default.
            most: bytes of one table, about.
        """

        def lines() -> Iterator[Markup]:
            place = 0
            for finding, copies in self.findings.briefly(standing, _COPIES_SHOWN):
                named = [(copy.number, copy.text) for copy in copies]
                addresses = [pages(place + each) for each in range(1 + len(copies))]
                more = finding.copies - len(copies)
                yield rows.index_row(finding.number, finding.text, named, more, addresses)
                place += 1 + finding.copies

        return self._tables(lines(), INDEXED[standing], _INDEX_COLUMNS, most, class_="index")

    def in_full(self, standing: Standing, title: str, *, most: int = _ANY) -> Iterator[Chunk]:
        """All that is known of the findings of a standing, and of their copies."""
        found = (Markup(each.text) for each in self.findings.in_full(standing))
        return self._tables(found, title, _FINDING_COLUMNS, most)

    def items(self, name: str, *, most: int = _ANY) -> Iterator[Chunk]:
        """Items of a kind of `ITEMS`, and why each is there."""
        title, status = ITEMS[name]
        if not self.count(name):
            return iter(())
        read = self._database.items(self.case.name, status=status, in_part=True)
        if status is ItemStatus.UNREADABLE:
            told = (rows.unreadable_row(item, self._exhibits) for item in read)
        else:
            told = (rows.incomplete_row(item, self._exhibits) for item in read)
        return self._tables(told, title, _ITEM_COLUMNS, most)

    def _tables(
        self,
        records: Iterable[Markup],
        title: str,
        columns: tuple[str, ...],
        most: int,
        *,
        class_: str = "",
    ) -> Iterator[Chunk]:
        """Tables of some hundred rows each."""
        # Printing repeats the head on every page: it names the case, should pages be parted.
        marked = f" · {in_words(self.case.handling)}" if self.case.handling else ""
        running = tag("th", f"Case {self.case.name}: {title}{marked}", colspan=len(columns))
        names = joined(*(tag("th", name, scope="col") for name in columns))
        head = tag("thead", tag("tr", running, class_="case"), tag("tr", names))
        widths = tag("colgroup", *(Markup(f"<col class=c{i}>") for i in range(len(columns))))
        kind, count = class_ or f"of{len(columns)}", 0
        for few in _grouped(records, most):
            caption = tag("caption", f"{title}, {count + 1:,} to {count + len(few):,}")
            count += len(few)
            begin = f'<div class="chunk"><table class="records {kind}">'
            lines = [begin, joined(caption, widths, head), *few, "</table></div>"]
            yield Chunk(len(few), Markup("\n".join(lines)))


def _grouped(records: Iterable[Markup], most: int) -> Iterator[list[Markup]]:
    """Rows, some hundred at a time, or fewer as soon as they have so many characters."""
    few: list[Markup] = []
    size = 0
    for record in records:
        few.append(record)
        size += len(record)
        if len(few) == _CHUNK or size >= most:
            yield few
            few, size = [], 0
    if few:
        yield few


def _or_none(chunks: Iterable[Chunk]) -> Iterator[Markup]:
    """Tables, or "None."."""
    count = 0
    for chunk in chunks:
        count += chunk.rows
        yield chunk.text
    if not count:
        yield tag("p", "None.")


def _found(counts: Counts) -> str:
    return counts.in_words if counts.matches else "none"
