"""The page is small whatever is on record, and what does not fit is counted."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hashmatch.model.identifier import Grade
from hashmatch.model.moment import Moment
from hashmatch.sightings.database import Database
from hashmatch.tracing.circulation import circulation
from hashmatch.tracing.lanes import Lane, Span
from hashmatch.tracing.lineage import Candidate, Copy, Descent, Reason
from hashmatch.tracing.marks import Mark
from hashmatch.tracing.ordering import Rank, SourceOrder
from hashmatch.tracing.reported import Drawn, Lineage, LinkCount, SideBySide
from hashmatch.tracing.source_matrix import Cell, MatrixSource
from hashmatch.tracing.values import CoveredSource, Link, LinkKind, Occurrence
from tests.reports.circulation.test_page import Tables, written

MOST = 5_000_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        yield opened


LONG = "<" * 300
DAY = timedelta(days=1)


def test_the_largest_page_has_five_megabytes(database: Database) -> None:
    """Every bound reached at once, with long names of which each character is escaped."""
    empty = circulation(database)
    marks = ("TLP:AMBER", LONG)
    at = Occurrence(
        case=LONG,
        exhibit=LONG,
        role="holder",
        accounts=(LONG,) * 10,
        count=9,
        rows={"sightings": (10**9,) * 5, "events": (10**9,) * 5},
        handling=marks,
    )
    links = tuple(
        Link(
            kind=kind,
            key=f"{number}{LONG}",
            occurrences=(at,) * 20,
            exhibits=2000,
            of=5000,
            grade=Grade.STRONG,
            handling=marks,
        )
        for kind in LinkKind
        for number in range(60)
    )
    source = MatrixSource(case=LONG, exhibit=LONG, group=1, linked=9, links=9, handling=marks)
    cells = tuple(
        Cell(
            row=a,
            column=b,
            counts={"entry": 10**6},
            kind=LinkKind.ENTRY,
            key=LONG,
            grade=Grade.STRONG,
            exhibits=2,
        )
        for a in range(96)
        for b in range(a + 1, 96)
    )
    covered = CoveredSource(
        case=LONG,
        exhibit=LONG,
        lists={f"{n}{LONG}": 9 for n in range(20)},
        gaps=(LONG,) * 9,
        handling=marks,
    )
    found = replace(
        empty,
        counts=tuple(LinkCount(kind=kind, links=10**6, shown=60) for kind in LinkKind),
        links=links,
        matrix=SideBySide(sources=(source,) * 96, cells=cells, links=10**6, left_out=9),
        drawn=tuple(drawn(link.key) for link in links[:16]),
        lineages=tuple(copied(link.key, at) for link in links[:8]),
        coverage=(covered,) * 60,
        handling=marks,
    )
    html = written(found)
    assert len(html.encode()) < MOST
    # What does not fit is counted: of each table rows and others are all.
    shown = [len(rows) - 1 for name, rows in Tables(html).tables if name == "linked"]
    more = re.findall(r"([\d,]+) more links not shown here", html)
    sums = [a + int(b.replace(",", "")) for a, b in zip(shown, more, strict=True)]
    assert sums == [2 * 10**6, 10**6, 3 * 10**6]
    assert 0 < min(shown) < 60
    assert "for their long names" in html


def copied(key: str, at: Occurrence) -> Lineage:
    """As many copies as can be, in as many places."""
    reasons = (Reason(name="size", words=LONG, weight=1.0),) * 9
    numbers = range(1, 17)
    return Lineage(
        link=key,
        copies=tuple(
            Copy(
                number=n,
                sha256="ab" * 32,
                size=9,
                width=9,
                height=9,
                format=LONG,
                codec=LONG,
                encoder=LONG,
                occurrences=tuple(replace(at, exhibit=f"{one}{LONG}") for one in range(20)),
            )
            for n in numbers
        ),
        told=True,
        candidates=tuple(Candidate(copy=n, confidence=0.5, reasons=reasons) for n in numbers),
        descents=tuple(
            Descent(child=n, parent=n - 1 or None, confidence=0.5, told=True, reasons=reasons)
            for n in numbers
        ),
        siblings=(),
        compared=100,
        left_out=9,
        elsewhere=(replace(at, exhibit=""),) * 3,
    )


def drawn(key: str) -> Drawn:
    """As many lines and marks as can be, half of them wide."""
    kinds = [f"kind {n}{LONG}" for n in range(12)]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [
        Moment(earliest=start + n * DAY, latest=start + (n + n % 2 * 40) * DAY, kind=kinds[n % 12])
        for n in range(400)
    ]
    spans = tuple(
        Span(kind=each, first=moments[0], last=moments[-1], count=10**6) for each in kinds
    )
    lanes = tuple(
        Lane(
            case=f"{n}", exhibit=LONG, spans=spans, undated=9, undated_rows={"items": (10**9,) * 5}
        )
        for n in range(12)
    )
    marks = tuple(
        Mark(
            case=f"{n % 12}",
            exhibit=LONG,
            role="holder",
            what="file",
            table="items",
            row=n,
            time=each,
        )
        for n, each in enumerate(moments)
    )
    ranks = tuple(Rank(case=LONG, exhibit=LONG, before=0, after=0, undecided=9) for _ in range(12))
    orders = tuple(SourceOrder(kind=each, groups=(ranks,) * 12) for each in kinds)
    return Drawn(
        link=key, lanes=lanes, lanes_left_out=0, spans=spans, orders=orders, marks=marks, times=400
    )
