"""The report that people read: one self-contained page without scripts or pictures."""

from collections import Counter
from typing import TextIO

from hashmatch.reports import pages
from hashmatch.reports.base import CaseReader, ReportFiles, Writing
from hashmatch.reports.case_page import Page
from hashmatch.reports.findings import Findings


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
            page = Page(database, database.case(case), writing, findings)
            out.writelines(f"{piece}\n" for piece in page.pieces())
            page.check()
        return Counter()

    def write_pages(
        self, database: CaseReader, case: str, files: ReportFiles, *, writing: Writing
    ) -> Counter[str]:
        """Write one page, or several that a browser opens where one would be too large.

        Raises:
            ReportError: the database changed meanwhile; the pages would contradict each other.
        """
        with Findings() as findings:
            page = Page(database, database.case(case), writing, findings)
            if page.fits(pages.LARGEST):
                files.open().writelines(f"{piece}\n" for piece in page.pieces())
            else:
                pages.write_pages(page, files)
            page.check()
        return Counter()
