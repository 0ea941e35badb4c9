"""The report that people read: one self-contained page without scripts or pictures."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from importlib.resources import files
from itertools import islice
from typing import Final, TextIO, TypeVar

from hashmatch.errors import ReportError
from hashmatch.reports import overview
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.markup import Markup, foreign, joined, tag
from hashmatch.reports.rows import incomplete_row, sighting_row, unreadable_row
from hashmatch.reports.statement import statements, warnings
from hashmatch.reports.text import utc
from hashmatch.reports.totals import Standing, Totals
from hashmatch.sightings.records import CaseRecord

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
        "Beyond the threshold, within the profile's wider one: leads, to be weighed apart.",
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


_UNREADABLE: Final = "Unreadable items"
_INCOMPLETE: Final = "Items decoded in part"
_SIGHTING_COLUMNS: Final = (
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
        yield _section("provenance", "Provenance")
        yield overview.lists(case.lists)
        yield overview.runs(case.runs)
        yield overview.audit(case)
        for standing, (title, about) in _PARTS.items():
            yield from self._sightings(standing, title, about)
        yield from self._unreadable()
        yield from self._incomplete()
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
        lines.append(("unreadable", _UNREADABLE, self._count("unreadable")))
        lines.append(("incomplete", _INCOMPLETE, self._count("incomplete")))
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
        yield _section(standing.value, title, expected)
        yield tag("p", about, class_="soft")
        found = (
            sighting
            for sighting in self._database.sightings(self._case.name)
            if expected and Standing.of(sighting.match) is standing
        )
        count = yield from self._tables(found, sighting_row, title, _SIGHTING_COLUMNS)
        if count != expected:
            msg = "the database changed while the report was written: write it again"
            raise ReportError(msg)

    def _unreadable(self) -> Iterator[Markup]:
        title, count = _UNREADABLE, self._count("unreadable")
        yield _section("unreadable", title, count)
        items = self._database.items(self._case.name, status="unreadable")
        yield from self._tables(items, unreadable_row, title, _ITEM_COLUMNS)

    def _incomplete(self) -> Iterator[Markup]:
        title, count = _INCOMPLETE, self._count("incomplete")
        yield _section("incomplete", title, count)
        hashed = self._database.items(self._case.name, status="hashed")
        items = (item for item in hashed if count and item.reason)
        yield from self._tables(items, incomplete_row, title, _ITEM_COLUMNS)

    def _tables(
        self,
        records: Iterable[T],
        row: Callable[[T, Mapping[int, str]], Markup],
        title: str,
        columns: tuple[str, ...],
    ) -> Generator[Markup, None, int]:
        """Tables of some hundred rows each, or "None."; returns how many rows there were."""
        # Printing repeats the head on every page: it names the case, should pages be parted.
        running = tag("th", f"Case {self._case.name}: {title}", colspan=len(columns))
        names = joined(*(tag("th", name, scope="col") for name in columns))
        head = tag("thead", tag("tr", running, class_="case"), tag("tr", names))
        widths = tag("colgroup", *(Markup(f"<col class=c{i}>") for i in range(len(columns))))
        rest, count = iter(records), 0
        while rows := [row(record, self._exhibits) for record in islice(rest, _CHUNK)]:
            caption = tag("caption", f"{title}, {count + 1:,} to {count + len(rows):,}")
            count += len(rows)
            class_ = f"records of{len(columns)}"
            yield Markup(f'<div class="chunk wide"><table class="{class_}">')
            yield joined(caption, widths, head)
            yield from rows
            yield Markup("</table></div>")
        if not count:
            yield tag("p", "None.")
        return count


def _section(anchor: str, title: str, count: int | None = None) -> Markup:
    number = "" if count is None else tag("span", f"{count:,}", class_="count")
    return tag("h2", title, " ", number, id=anchor)
