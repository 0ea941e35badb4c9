"""The report that people read: one self-contained page without scripts or pictures."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from itertools import islice
from typing import Final, TextIO, TypeVar

from hashmatch.errors import ReportError
from hashmatch.reports import overview
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.markup import Markup, foreign, joined, tag
from hashmatch.reports.rows import incomplete_row, sighting_row, sightings_head, unreadable_row
from hashmatch.reports.statement import statements, warnings
from hashmatch.reports.text import utc
from hashmatch.reports.totals import Standing, Totals
from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord

T = TypeVar("T")

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"

_CHUNK = 500
"""Rows of one table: a browser lays out a page of many short tables without stalling."""

_PARTS: Final = {
    Standing.MATCH: (
        "Matches",
        "Sightings within the threshold of the profile, or of equal bytes.",
    ),
    Standing.PROBABLE: (
        "Probable matches",
        "Sightings beyond the threshold, within the wider one of the profile: leads, to be "
        "weighed apart from matches.",
    ),
    Standing.KNOWN_GOOD: (
        "Known good",
        "Files that a list says are harmless. They are counted and labelled, never raised.",
    ),
    Standing.SUPPRESSED: (
        "Suppressed",
        "Perceptual matches of files whose very bytes are known to be harmless. Not raised.",
    ),
}


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
        page = _Page(database, database.case(case), writing)
        out.writelines(f"{piece}\n" for piece in page.pieces())
        return Counter()


class _Page:
    """One page in the making."""

    def __init__(self, database: CaseReader, case: CaseRecord, writing: Writing) -> None:
        self._database = database
        self._case = case
        self._writing = writing
        self._exhibits = {source.id: source.label for source in case.sources}
        self._totals = Totals.of(database.sightings(case.name))

    def pieces(self) -> Iterator[Markup]:
        """The page from its first line to its last."""
        case, totals = self._case, self._totals
        yield from self._opening()
        yield _section("summary", "Summary")
        yield overview.figures(case, totals)
        yield overview.by_list(totals)
        yield overview.distances(totals)
        yield _section("evidence", "Evidence")
        yield overview.evidence(case.sources, totals)
        yield overview.identities(case.sources)
        yield _section("provenance", "Provenance")
        yield overview.lists(case.lists)
        yield overview.runs(case.runs)
        yield overview.audit(case)
        for standing, (title, about) in _PARTS.items():
            yield from self._sightings(standing, title, about)
        yield from self._items("unreadable", "Unreadable items", self._unreadable())
        yield from self._items("incomplete", "Items decoded in part", self._incomplete())
        yield joined(
            tag("p", f"End of the report on case {case.name}.", class_="end"),
            Markup("</main></body></html>"),
        )

    def _opening(self) -> Iterator[Markup]:
        case, writing = self._case, self._writing
        style = files("hashmatch.reports").joinpath("page.css").read_text(encoding="utf-8")
        yield Markup('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">')
        yield Markup(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">')
        yield Markup('<meta name="viewport" content="width=device-width">')
        yield Markup('<meta name="color-scheme" content="light">')
        yield tag("title", f"Case {case.name}: hash matches")
        yield Markup(f"<style>\n{style}</style></head><body><main>")
        yield tag("p", "Report of hash matches", class_="kicker")
        yield tag("h1", "Case ", foreign(case.name))
        written = f"Written {utc(writing.at)} UTC by hashmatch {writing.tool}"
        yield tag("p", written, class_="soft")
        for warning in warnings(case):
            yield tag("p", warning, class_="warning", role="note")
        said = statements(writing, viewed=self._totals.viewed)
        yield tag("section", *(tag("p", each) for each in said), class_="statement")
        yield self._contents()

    def _contents(self) -> Markup:
        lines: list[tuple[str, str, int | str]] = [
            ("summary", "Summary", ""),
            ("evidence", "Evidence", len(self._case.sources)),
            ("provenance", "Provenance", ""),
        ]
        lines += [
            (standing.value, title, self._totals.standings[standing])
            for standing, (title, _) in _PARTS.items()
        ]
        lines.append(("unreadable", "Unreadable items", self._count("unreadable")))
        lines.append(("incomplete", "Items decoded in part", self._count("incomplete")))
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

    def _sightings(self, standing: Standing, title: str, about: str) -> Iterator[Markup]:
        expected = self._totals.standings[standing]
        yield _section(standing.value, f"{title} ({expected:,})")
        yield tag("p", about, class_="soft")
        if not expected:
            yield tag("p", "None.")
            return
        found = (
            sighting
            for sighting in self._database.sightings(self._case.name)
            if Standing.of(sighting.match) is standing
        )

        def row(sighting: SightingRecord) -> Markup:
            return sighting_row(sighting, self._exhibits)

        head = sightings_head(self._case.name, title)
        count = yield from _tables(found, row, title, head, class_="sightings")
        if count != expected:
            msg = "the database changed while the report was written: write it again"
            raise ReportError(msg)

    def _unreadable(self) -> Iterator[Markup]:
        items = self._database.items(self._case.name, status="unreadable")
        columns = ("No.", "File", "Reason")
        return self._rows(items, unreadable_row, columns, "Unreadable items")

    def _incomplete(self) -> Iterator[Markup]:
        hashed = self._database.items(self._case.name, status="hashed")
        items = (item for item in hashed if item.reason)
        columns = ("No.", "File", "Decoded", "Reason")
        return self._rows(items, incomplete_row, columns, "Items decoded in part")

    def _items(self, anchor: str, title: str, rows: Iterator[Markup]) -> Iterator[Markup]:
        count = self._count(anchor)
        yield _section(anchor, f"{title} ({count:,})")
        if count:
            yield from rows
        else:
            yield tag("p", "None.")

    def _rows(
        self,
        items: Iterable[ItemRecord],
        row: Callable[[ItemRecord, dict[int, str]], Markup],
        columns: tuple[str, ...],
        caption: str,
    ) -> Iterator[Markup]:
        running = tag("th", f"Case {self._case.name}: {caption}", colspan=len(columns))
        names = joined(
            *(tag("th", name, scope="col", class_=f"c{i}") for i, name in enumerate(columns, 1))
        )
        head = tag("thead", tag("tr", running, class_="case"), tag("tr", names))
        yield from _tables(
            items, lambda item: row(item, self._exhibits), caption, head, class_="items"
        )


def _section(anchor: str, title: str) -> Markup:
    return tag("h2", title, id=anchor)


def _tables(
    values: Iterable[T], row: Callable[[T], Markup], name: str, head: Markup, *, class_: str
) -> Iterator[Markup]:
    """Tables of some hundred rows each; returns how many rows there were."""
    rest, start = iter(values), 0
    while rows := [row(value) for value in islice(rest, _CHUNK)]:
        end = start + len(rows)
        caption = tag("caption", f"{name} {start + 1:,} to {end:,}")
        yield Markup(f'<div class="chunk wide"><table class="{class_}">')
        yield joined(caption, head)
        yield from rows
        yield Markup("</table></div>")
        start = end
    return start
