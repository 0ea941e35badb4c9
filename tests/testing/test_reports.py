"""Every report passes the check, and broken ones do not."""

from collections import Counter
from itertools import count
from typing import TextIO

import pytest

from hashmatch import registry
from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.csv import CsvReport
from hashmatch.reports.html import HtmlReport
from hashmatch.testing import check_report
from tests.support.case_records import example

CASE = "2026-0417"


@pytest.mark.parametrize("name", registry.built_in("reports"))
def test_ours_pass(name: str) -> None:
    check_report(registry.load("reports", name), example(), CASE)


class Picturing(HtmlReport):
    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        out.write('<img src="a.jpg">')
        return super().write(database, case, out, writing=writing)


class Changing(CsvReport):
    numbers = count()

    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        out.write(f"{next(self.numbers)}\n")
        return super().write(database, case, out, writing=writing)


class Silent(CsvReport):
    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        out.write(f"{case} {writing.tool} {database is not None}\n")
        return Counter()


@pytest.mark.parametrize("broken", [Picturing, Changing, Silent])
def test_a_broken_report_is_refused(broken: type[HtmlReport | CsvReport]) -> None:
    with pytest.raises(AssertionError):
        check_report(broken(), example(), CASE)
