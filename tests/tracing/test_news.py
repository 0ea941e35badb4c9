"""News: what came on record and had been seen in other exhibits before."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.model import Item, ScanResult
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.news import news, seen_before
from hashmatch.tracing.updating import update
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests, match
from tests.tracing.test_links import allow_unknown, picture, scan


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        yield opened


def test_news_are_what_others_had_before(database: Database) -> None:
    first = scan(database, "1", "phone", [(1, picture(1), 5), (2, picture(2), 6)])
    scan(database, "1", "phone 2", [(1, picture(1), 7)])
    scan(database, "2", "card", [(3, picture(3), 5), (4, picture(4), 8)])
    found = news(database, first)
    assert [each.key for each in found] == ["entry:vic/entry-5"]
    assert [each.place for each in found[0].before] == [("1", "phone")]
    assert [each.place for each in found[0].now] == [("2", "card")]
    assert seen_before(1, {"1"}, "known file") == "1 known file was seen before, in case 1"
    assert seen_before(2, "0123456", "item") == (
        "2 items were seen before, in cases 0, 1, 2, 3, 4 and 2 others"
    )
    assert not seen_before(0, (), "item")
    assert news(database, 99) == []


def test_clusters_are_news_where_they_make_links(database: Database) -> None:
    """Once for each thing: of what a list knows, the entry."""
    first = scan(database, "1", "phone", [(1, picture(1), 5), (2, picture(2), None)])
    scan(database, "2", "card", [(3, picture(2, 9), None), (4, picture(1, 3), 5)])
    update(database)
    assert [each.key for each in news(database, first)] == ["entry:vic/entry-5"]
    allow_unknown(database, "2")
    entry, cluster = news(database, first)
    assert (entry.key, cluster.key) == ("entry:vic/entry-5", "cluster:2")
    assert [each.place for each in cluster.before] == [("1", "phone")]
    assert [each.place for each in cluster.now] == [("2", "card")]
    assert not news(database, first, viewer="3")[1:]
    second = scan(database, "3", "pc", [(5, picture(2, 4), None), (6, picture(1, 30), None)])
    update(database)
    (late,) = news(database, second - 1)
    assert {each.place for each in late.before} == {("1", "phone"), ("2", "card")}
    assert [each.key for each in news(database, first, until=first + 1)][1:] == ["cluster:2"]
    assert not news(database, second)
    database.record_statements(Topic.LINK, [Said("verdict", "explained", "cluster:2")], by="A")
    assert not news(database, second - 1)


def test_a_known_picture_is_news_where_only_its_cluster_leads(database: Database) -> None:
    first = scan(database, "1", "phone", [(1, picture(1), 5)])
    scan(database, "2", "card", [(2, picture(1, 9), None)])
    update(database)
    assert [each.key for each in news(database, first)] == ["cluster:1"]


def test_entries_of_flat_cards_are_no_news(database: Database) -> None:
    for case in ("1", "2"):
        source = replace(SOURCE, label=case, path=f"/evidence/{case}")
        with database.run(case=case, source=source, configuration=CONFIGURATION) as run:
            found = (replace(match(5), details={"flat-card": True}), match(6))
            item = Item(f"/evidence/{case}/1.jpg", 9, digests=digests(1), media=picture(1))
            run.record([ScanResult(item, found)])
            run.finish()
    assert [each.key for each in news(database, 1)] == ["entry:vic/entry-6"]
