"""The report that people read: one self-contained page without scripts or pictures."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, TextIO, TypeVar

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

T = TypeVar("T")

_CHUNK = 500
"""Rows of one table: a browser lays out a page of many short tables without stalling."""

_PARTS: Final = {
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


_INDEXED: Final = {Standing.MATCH: "Matches", Standing.PROBABLE: "Probable matches"}
"""What the index lists, and what it calls it."""

_COPIES_SHOWN: Final = 5
"""Copies that the index names of one finding; all are under the finding in full."""

_UNREADABLE: Final = "Unreadable items"
_INCOMPLETE: Final = "Items decoded in part"
_INDEX_COLUMNS: Final = ("No.", "File", "List, category, entry", "How near")
_FINDING_COLUMNS: Final = (
    "No.",
    "File · known entry · how near",
    "Times, UTC",
    "Digests and hash of the file",
)
_ITEM_COLUMNS: Final = ("Item", "File", "Reason")


class HtmlReport:
    """A page for people: it prints well, and an examiner can hand it on as it is."""

    suffix = ".html"
    is_stream = False

    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        """Write the page piece by piece: no more than one table is in memory.

        Raises:
            ReportError: the database changed meanwhile; the page would contradict itself.
        """
        with Findings() as findings:
            page = _Page(database, database.case(case), writing, findings)
            out.writelines(f"{piece}\n" for piece in page.pieces())
            page.check()
        return Counter()


class _Page:
    """One page in the making."""

    def __init__(
        self, database: CaseReader, case: CaseRecord, writing: Writing, findings: Findings
    ) -> None:
        self._database = database
        self._case = case
        self._writing = writing
        self._exhibits = {source.id: source.label for source in case.sources}
        self._totals = Totals()
        self._findings = findings
        for sighting in database.sightings(case.name):
            self._totals.add(sighting)
            self._add(sighting)

    def _add(self, sighting: SightingRecord) -> None:
        exhibits = self._exhibits
        self._findings.add(
            sighting,
            lambda: (rows.brief_cells(sighting, exhibits), rows.finding_rows(sighting, exhibits)),
            lambda: (
                rows.brief_copy(sighting.item, exhibits),
                rows.copy_rows(sighting, exhibits),
            ),
        )

    def check(self) -> None:
        """Nothing, if all that was read is of one state of the database.

        Raises:
            ReportError: something was recorded meanwhile.
        """
        now = self._database.case(self._case.name)
        if (now.audit_rows, now.audit_head) != (self._case.audit_rows, self._case.audit_head):
            msg = "the database changed while the report was written; write the report again"
            raise ReportError(msg)

    def pieces(self) -> Iterator[Markup]:
        """The page from its first line to its last."""
        case, totals = self._case, self._totals
        yield from self._opening()
        yield from self._index()
        for standing, (title, about) in _PARTS.items():
            yield from self._in_full(standing, title, about)
        yield from self._unreadable()
        yield from self._incomplete()
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
        yield provenance.verification(case, self._writing.verdict)
        yield section("glossary", "Words used in this report")
        yield glossary()
        yield tag("p", f"End of the report on case {case.name}.", class_="end")
        if case.handling:
            yield tag("p", foreign(in_words(case.handling)), class_="handling below")
        yield Markup("</main></body></html>")

    def _opening(self) -> Iterator[Markup]:
        case, writing, totals = self._case, self._writing, self._totals
        yield opening(f"Case {case.name}: hash matches")
        if case.handling:
            yield tag("p", foreign(in_words(case.handling)), class_="handling above")
        yield tag("p", "Report of hash matches", class_="kicker")
        yield tag("h1", "Case ", foreign(case.name))
        yield self._cover()
        for warning in warnings(case, writing.verdict):
            yield tag("p", warning, class_="warning", role="note")
        yield tag("p", self._findings.counts().in_words, class_="headline")
        yield overview.figures(case, totals)
        said = statements(writing, viewed=totals.viewed)
        yield tag("section", *(tag("p", each) for each in said), class_="statement")
        yield self._contents()

    def _cover(self) -> Markup:
        """Whose report it is, on what."""
        writing, labels = self._writing, self._exhibits.values()
        name = "Exhibit" if len(labels) == 1 else "Exhibits"
        told: dict[str, object] = {
            name: joined(*(tag("div", foreign(label)) for label in labels)) if labels else "none",
            "Examiner": foreign(writing.examiner),
            "Agency": foreign(writing.agency),
            "Note": joined(*(tag("div", foreign(line)) for line in writing.note.splitlines())),
            "Handling": foreign(in_words(self._case.handling)),
            "Written": f"{utc(writing.at)} UTC by hashmatch {writing.tool}",
            "Record verified": tag(
                "span",
                verified(writing.verdict),
                class_="" if writing.verdict and writing.verdict.passed else "failed",
            ),
        }
        asked = {"Examiner": writing.examiner, "Agency": writing.agency, "Note": writing.note}
        asked["Handling"] = in_words(self._case.handling)
        return provenance.facts(
            {name: value for name, value in told.items() if asked.get(name, "yes")}
        )

    def _contents(self) -> Markup:
        counts = {standing: self._findings.counts(standing) for standing in _PARTS}
        lines: list[tuple[str, str, int | str]] = [
            ("findings", "Findings", sum(counts[each].findings for each in _INDEXED))
        ]
        lines += [
            (standing.value, title, counts[standing].matches)
            for standing, (title, _) in _PARTS.items()
        ]
        lines += [
            ("unreadable", _UNREADABLE, self._count("unreadable")),
            ("incomplete", _INCOMPLETE, self._count("incomplete")),
            ("summary", "Numbers", ""),
            ("evidence", "Evidence", len(self._case.sources)),
            ("provenance", "How it was searched", ""),
            ("glossary", "Words used in this report", ""),
        ]
        entries = (
            tag(
                "li",
                tag("a", name, href=f"#{anchor}"),
                tag("span", f"{count:,}" if isinstance(count, int) else count),
            )
            for anchor, name, count in lines
        )
        return tag("nav", tag("ul", *entries, class_="contents"), aria_label="Contents")

    def _count(self, name: str) -> int:
        return sum(getattr(source, name) for source in self._case.sources)

    def _index(self) -> Iterator[Markup]:
        """Every finding in a line or two."""
        counts = {standing: self._findings.counts(standing) for standing in _INDEXED}
        yield section("findings", "Findings", sum(each.findings for each in counts.values()))
        yield tag(
            "p",
            "One line for each file that matched an entry: by category, the nearest first. Files "
            "that are byte for byte the same are one finding.",
            class_="soft",
        )
        for standing, title in _INDEXED.items():
            if standing is not Standing.MATCH and not counts[standing].findings:
                continue
            yield tag("h3", f"{title}: {_found(counts[standing])}")
            listed = (
                rows.index_row(
                    finding.number,
                    finding.text,
                    [(copy.number, copy.text) for copy in copies],
                    finding.copies - len(copies),
                )
                for finding, copies in self._findings.briefly(standing, _COPIES_SHOWN)
            )
            yield from self._tables(listed, _as_it_is, title, _INDEX_COLUMNS, class_="index")
        for words in numbering(self._case):
            yield tag("p", words, class_="soft")

    def _in_full(self, standing: Standing, title: str, about: str) -> Iterator[Markup]:
        yield section(standing.value, title, self._findings.counts(standing).matches)
        yield tag("p", about, class_="soft")
        found = (Markup(each.text) for each in self._findings.in_full(standing))
        yield from self._tables(found, _as_it_is, title, _FINDING_COLUMNS)

    def _unreadable(self) -> Iterator[Markup]:
        title, count = _UNREADABLE, self._count("unreadable")
        yield section("unreadable", title, count)
        items = self._database.items(self._case.name, status=ItemStatus.UNREADABLE)
        yield from self._tables(items, rows.unreadable_row, title, _ITEM_COLUMNS)

    def _incomplete(self) -> Iterator[Markup]:
        title, count = _INCOMPLETE, self._count("incomplete")
        yield section("incomplete", title, count)
        hashed = self._database.items(self._case.name, status=ItemStatus.HASHED)
        items = (item for item in hashed if count and item.reason)
        yield from self._tables(items, rows.incomplete_row, title, _ITEM_COLUMNS)

    def _tables(
        self,
        records: Iterable[T],
        row: Callable[[T, Mapping[int, str]], Markup],
        title: str,
        columns: tuple[str, ...],
        *,
        class_: str = "",
    ) -> Iterator[Markup]:
        """Tables of some hundred rows each, or "None."."""
        # Printing repeats the head on every page: it names the case, should pages be parted.
        marked = f" · {in_words(self._case.handling)}" if self._case.handling else ""
        running = tag("th", f"Case {self._case.name}: {title}{marked}", colspan=len(columns))
        names = joined(*(tag("th", name, scope="col") for name in columns))
        head = tag("thead", tag("tr", running, class_="case"), tag("tr", names))
        widths = tag("colgroup", *(Markup(f"<col class=c{i}>") for i in range(len(columns))))
        rest, count = iter(records), 0
        while rows_ := [row(record, self._exhibits) for record in islice(rest, _CHUNK)]:
            caption = tag("caption", f"{title}, {count + 1:,} to {count + len(rows_):,}")
            count += len(rows_)
            kind = class_ or f"of{len(columns)}"
            yield Markup(f'<div class="chunk"><table class="records {kind}">')
            yield joined(caption, widths, head)
            yield from rows_
            yield Markup("</table></div>")
        if not count:
            yield tag("p", "None.")


def _found(counts: Counts) -> str:
    return counts.in_words if counts.matches else "none"


def _as_it_is(row: Markup, _: Mapping[int, str]) -> Markup:
    return row
