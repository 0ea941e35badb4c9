"""A report for people in several pages, each small enough for a browser, that lead to one another.

The page that was named has the cover, the contents, the numbers and what was searched; pages beside
it have the findings in brief, in full, and the items. All are still static: no script, no picture.
"""

import os
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from string import ascii_letters, digits
from typing import Final, NamedTuple, TextIO

from hashmatch.markup import Markup, tag
from hashmatch.reports.base import ReportFiles
from hashmatch.reports.case_page import ABOUT_INDEX, INDEXED, ITEMS, PARTS, Chunk, Page
from hashmatch.reports.frame import section
from hashmatch.reports.statement import numbering
from hashmatch.reports.text import utc
from hashmatch.reports.totals import Standing

LARGEST: Final = 4_000_000
"""Bytes of a page, beyond which it is cut; with what stands around its tables it has less than
five million. Browsers take a second or two to lay that out."""

_TABLE: Final = 400_000
"""Characters of one table, about: pages are cut between tables."""


_INDEXES: Final = {Standing.MATCH: "findings", Standing.PROBABLE: "probable-findings"}
"""What the pages of the findings in brief are called."""


_UNRESERVED: Final = frozenset(f"{ascii_letters}{digits}-._~")


class _Part(NamedTuple):
    """A page of a section.

    Attributes:
        address: of the page, for links.
        first: place of its first row in the section, from 0.
        rows: how many it has.
    """

    address: str
    first: int
    rows: int


def write_pages(page: Page, files: ReportFiles) -> None:
    """Write the report of a case to several pages.

    Args:
        page: all that is in it.
        files: to write to.
    """
    main = files.open()
    pages = _Pages(page, files)
    for standing, (title, about) in PARTS.items():
        pages.section(standing.value, title, about, page.in_full(standing, title, most=_TABLE))
    for standing, title in INDEXED.items():
        find = pages.finder(standing.value)
        found = page.index(standing, find, most=_TABLE)
        pages.section(_INDEXES[standing], title, ABOUT_INDEX, found)
    for name, (title, _) in ITEMS.items():
        pages.section(name, title, "", page.items(name, most=_TABLE))
    _put(main, page.opening())
    _put(main, pages.contents())
    _put(main, (tag("p", words, class_="soft") for words in numbering(page.case)))
    _put(main, page.closing())


class _Pages:
    """The further pages."""

    def __init__(self, page: Page, files: ReportFiles) -> None:
        self._page, self._files = page, files
        self._main = _address(files.name())
        self.parts: dict[str, list[_Part]] = {}

    def section(self, name: str, title: str, about: str, tables: Iterable[Chunk]) -> None:
        """Write a section to as many pages as it takes; to none if it is empty."""
        parts: list[_Part] = []
        out: TextIO | None = None
        size = first = 0
        for table in tables:
            length = len(table.text.encode("utf-8", "surrogatepass"))
            if out is None or size + length > LARGEST:
                part = f"{name}-{len(parts) + 1}"
                if out is not None:
                    self._end(out, parts, _address(self._files.name(part)))
                out, size = self._files.open(part), 0
                parts.append(_Part(_address(self._files.name(part)), first, 0))
                self._begin(out, parts, title, about)
                if _begins_with_copy(table.text):
                    said = "The first copies are of the last file on the previous page."
                    _put(out, [tag("p", said, class_="soft")])
            _put(out, [table.text])
            size += length
            first += table.rows
            parts[-1] = parts[-1]._replace(rows=parts[-1].rows + table.rows)
        if out is not None:
            self._end(out, parts, "")
        self.parts[name] = parts

    def finder(self, name: str) -> Callable[[int], str]:
        """What gives the address of the page that has the row of a place in a section."""
        parts = self.parts[name]
        firsts = [each.first for each in parts]
        return lambda place: parts[bisect_right(firsts, place) - 1].address

    def _begin(self, out: TextIO, parts: Sequence[_Part], title: str, about: str) -> None:
        page, number = self._page, len(parts)
        _put(out, page.begin(f"Case {page.case.name}: {title}, page {number}"))
        _put(out, [self._links(parts, "")])
        _put(out, [section("part", f"{title}, page {number}")])
        written = f"Written {utc(page.writing.at)} UTC, with the other pages of this report."
        _put(out, (tag("p", words, class_="soft") for words in (about, written) if words))

    def _end(self, out: TextIO, parts: Sequence[_Part], following: str) -> None:
        _put(out, [self._links(parts, following)])
        _put(out, self._page.end("End of the page."))

    def _links(self, parts: Sequence[_Part], following: str) -> Markup:
        before = parts[-2].address if len(parts) > 1 else ""
        ways = (("Contents", self._main), ("Previous page", before), ("Next page", following))
        links = [tag("a", name, href=address) for name, address in ways if address]
        return tag("nav", *links, class_="ways", aria_label="Pages")

    def contents(self) -> Iterator[Markup]:
        """Links to all pages, and to the sections of the main one."""
        entries = []
        for anchor, title, count in self._page.contents():
            parts = [*self.parts.get(anchor, ()), *self.parts.get(f"probable-{anchor}", ())]
            number = tag("span", f"{count:,}" if isinstance(count, int) else count)
            if anchor not in self.parts:
                entries.append(tag("li", tag("a", title, href=f"#{anchor}"), number))
            elif not parts:
                entries.append(tag("li", tag("b", title), number))
            else:
                links = tag("div", *map(_page_link, parts), class_="pages")
                link = tag("a", title, href=parts[0].address)
                entries.append(tag("li", link, number, links))
        count = sum(map(len, self.parts.values()))
        yield tag("nav", tag("ul", *entries, class_="contents"), aria_label="Contents")
        words = (
            f"This report has {count + 1:,} pages, in files beside this one: keep them together."
        )
        yield tag("p", words, class_="soft")


def _address(name: str) -> str:
    """The name of a file as a link beside it has it."""
    return "".join(
        chr(byte) if chr(byte) in _UNRESERVED else f"%{byte:02X}" for byte in os.fsencode(name)
    )


def _begins_with_copy(table: Markup) -> bool:
    """Whether the first row of a table of findings is a copy, whose file is in an earlier one."""
    at = table.find("<tbody")
    return at >= 0 and 'class="copy"' in table[at : table.find(">", at)]


def _page_link(part: _Part) -> Markup:
    rows = f"{part.first + 1:,} to {part.first + part.rows:,}"
    return tag("a", rows, href=part.address)


def _put(out: TextIO, pieces: Iterable[Markup]) -> None:
    out.writelines(f"{piece}\n" for piece in pieces)
