"""Of several scans of one source every sighting counts once, and none is hidden in silence."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape
from io import StringIO
from pathlib import Path

import pytest

from hashmatch.errors import Reason
from hashmatch.model import Digests, ScanResult, Unreadable
from hashmatch.profiles import STRICT
from hashmatch.reports.statement import earlier_files, numbering, warnings
from hashmatch.reports.writing import write_report
from hashmatch.sightings.database import Database
from hashmatch.sightings.scan_config import RunConfig
from tests.support.sighting_values import (
    CONFIGURATION,
    LIST,
    SOURCE,
    digests,
    match,
    picture,
    result,
)


def seen(number: int, *, bytes_of: int | None = None) -> ScanResult:
    """A file of this number that meets the entry of this number."""
    item = result(1).item
    of = number if bytes_of is None else bytes_of
    item = replace(item, locator=f"DCIM/{number}.jpg", digests=digests(of), media=picture(of))
    return ScanResult(item, (match(number, list_name="vic"),))


def met_nothing(results: Sequence[ScanResult]) -> list[ScanResult]:
    return [ScanResult(each.item) for each in results]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        yield opened


def scan(
    database: Database,
    results: Sequence[ScanResult],
    configuration: RunConfig = CONFIGURATION,
    *,
    end: bool = True,
) -> None:
    with database.run(case="1", source=SOURCE, configuration=configuration, rescan=True) as run:
        run.record(results)
        if end:
            run.finish()


def numbers(database: Database) -> list[int]:
    return sorted(each.match.number for each in database.sightings("1"))


ALL = [seen(number) for number in range(20)]


def figures(database: Database) -> list[tuple[int, int, int, int]]:
    """Of each scan: sightings, superseded, repeated, counted; they add up to what is shown."""
    earlier = database.case("1").earlier
    assert sum(each.counted for each in earlier) == len(numbers(database))
    return [(each.sightings, each.superseded, each.repeated, each.counted) for each in earlier]


def test_a_scan_of_the_same_files_by_as_wide_a_search_speaks_for_the_earlier(
    database: Database,
) -> None:
    scan(database, ALL)
    scan(database, [*ALL[:5], *met_nothing(ALL[5:])])
    assert numbers(database) == list(range(5))
    assert figures(database) == [(20, 20, 0, 0), (5, 0, 0, 5)]
    case = database.case("1")
    assert any("20 superseded by the scan of run 2" in each for each in numbering(case))
    assert not warnings(case)


def test_another_card_under_the_same_label_hides_nothing(database: Database) -> None:
    scan(database, ALL)
    other = [seen(number, bytes_of=1000 + number) for number in range(15, 30)]
    scan(database, met_nothing(other))
    assert numbers(database) == list(range(20))
    assert figures(database) == [(20, 0, 0, 20)]
    assert any(
        "20 sightings of exhibit 7 by list vic" in each for each in warnings(database.case("1"))
    )


@pytest.mark.parametrize(
    "narrower",
    [
        replace(CONFIGURATION, lists=(replace(LIST, entries=999),)),
        replace(CONFIGURATION, lists=(replace(LIST, entries=0, sha256=("0" * 64,)),)),
        replace(CONFIGURATION, lists=(replace(LIST, name="other"),)),
        replace(CONFIGURATION, lists=(replace(LIST, entries=5000, sha256=("1" * 64,)),)),
        replace(CONFIGURATION, profile=replace(CONFIGURATION.profile, minimum_quality=99)),
        replace(CONFIGURATION, profile=replace(CONFIGURATION.profile, minimum_fraction=0.99)),
        replace(CONFIGURATION, options={**CONFIGURATION.options, "algorithms": []}),
        replace(CONFIGURATION, lists=(replace(LIST, policy={"thresholds": {"pdq": 19}}),)),
        replace(CONFIGURATION, profile=STRICT, lists=(replace(LIST, policy={}),)),
    ],
)
def test_a_narrower_search_hides_nothing_unless_it_is_told_to(
    database: Database, narrower: RunConfig
) -> None:
    wide = replace(CONFIGURATION, lists=(replace(LIST, policy={"thresholds": {"pdq": 31}}),))
    scan(database, ALL, wide if narrower.lists[0].policy != LIST.policy else CONFIGURATION)
    scan(database, [*ALL[:4], *met_nothing(ALL[4:])], narrower)
    assert numbers(database) == list(range(20))
    scan(database, [*ALL[:4], *met_nothing(ALL[4:])], replace(narrower, replaces=True))
    assert numbers(database) == list(range(4))


def test_another_list_of_the_same_name_speaks_for_what_it_finds_again(database: Database) -> None:
    scan(database, ALL)
    new = replace(LIST, entries=5000, sha256=("1" * 64,))
    scan(
        database,
        [*ALL[:4], *met_nothing(ALL[4:])],
        replace(CONFIGURATION, lists=(new,)),
    )
    assert figures(database) == [(20, 4, 0, 16), (4, 0, 0, 4)]
    assert numbers(database) == list(range(20))


def test_a_scan_speaks_for_no_file_that_it_did_not_decode(database: Database) -> None:
    scan(database, ALL)
    left_out = [
        replace(each.item, media=None, unreadable=Unreadable(reason))
        for each, reason in zip(ALL, [Reason.EXCLUDED, Reason.TIMED_OUT] * 10, strict=True)
    ]
    scan(database, [*map(ScanResult, left_out)])
    assert numbers(database) == list(range(20))
    assert figures(database) == [(20, 0, 0, 20)]


def test_a_scan_speaks_for_no_file_that_it_decoded_less_far(database: Database) -> None:
    scan(database, ALL[:2])
    media = [each.item.media for each in ALL[:2]]
    cut = [
        replace(each.item, media=replace(one, reason=Reason.TIMED_OUT, fraction=0.5))
        for each, one in zip(ALL[:2], media, strict=True)
        if one is not None
    ]
    scan(database, [*map(ScanResult, cut)])
    assert numbers(database) == [0, 1]


def test_an_unfinished_scan_never_counts_twice(database: Database) -> None:
    scan(database, ALL)
    new = [seen(number) for number in range(18, 24)]
    scan(database, new, end=False)
    assert numbers(database) == list(range(24))
    assert figures(database) == [(20, 0, 0, 20), (6, 0, 2, 4)]


def test_what_a_later_scan_lost_and_an_unfinished_one_finds_again_counts(
    database: Database,
) -> None:
    scan(database, ALL)
    scan(database, met_nothing(ALL))
    scan(database, ALL[:3], end=False)
    assert numbers(database) == [0, 1, 2]
    assert figures(database) == [(20, 20, 0, 0), (3, 0, 0, 3)]


def test_changed_bytes_at_the_same_place_are_another_file(database: Database) -> None:
    scan(database, ALL[:2])
    scan(database, met_nothing([seen(0, bytes_of=77), ALL[1]]))
    assert numbers(database) == [0]


def test_every_scan_can_be_asked_for(database: Database) -> None:
    scan(database, ALL)
    scan(database, ALL)
    assert numbers(database) == list(range(20))
    assert len(list(database.sightings("1", every_scan=True))) == 40
    assert Digests() not in {each.item.digests for each in database.sightings("1")}


def test_figures_of_one_scan_and_matches_of_another_are_explained(database: Database) -> None:
    """Two cards under one label: every statement has both numbers, and a file counts once."""
    scan(database, ALL)
    scan(database, [seen(number, bytes_of=100 + number) for number in range(3)])
    (source,) = database.case("1").sources
    assert (source.matched, source.matched_earlier) == (3, 20)
    (words,) = earlier_files(database.case("1"))
    assert "one scan (run 2), with 3 that matched. 20 more files" in words
    assert words in warnings(database.case("1"))
    out = StringIO()
    write_report(database, "1", format="html", out=out)
    page = unescape(out.getvalue())
    assert "<dt>files with either</dt><dd>23</dd>" in page
    assert words in page
    for form in ("csv", "json", "vics"):
        out = StringIO()
        write_report(database, "1", format=form, out=out)
        assert words in out.getvalue().replace('\\"', '"'), form


def test_a_file_that_two_scans_show_counts_once(database: Database) -> None:
    scan(database, ALL)
    other = replace(CONFIGURATION, lists=(replace(LIST, name="ncmec"),))
    twice = [replace(each, matches=(match(5, list_name="ncmec"),)) for each in ALL[:4]]
    scan(database, [*twice, *met_nothing(ALL[4:])], other)
    (source,) = database.case("1").sources
    assert (source.matched, source.matched_earlier) == (4, 16)
