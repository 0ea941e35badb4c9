"""Graphs as networkx and a reader of CSV open them."""

import csv
from pathlib import Path

import pytest

from hashmatch.model.event import Event, EventKind, ImportedUnit, Role
from hashmatch.model.identifier import Identifier
from hashmatch.sightings.database import Database
from hashmatch.tracing.links import Links, Question, links
from tests.support.exported import HIDDEN, UPLOADER, exported, recorded


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("recorded") / "db")


@pytest.fixture(scope="module")
def found(record: Path) -> Links:
    with Database.open(record, read_only=True) as database:
        return links(database, Question())


def test_networkx_reads_what_links_show(record: Path, found: Links) -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.read_graphml(exported(record, "graphml"))
    kinds = [kind for _, kind in graph.nodes(data="kind")]
    assert kinds.count("entry") == sum(each.kind == "entry" for each in found) == 6
    assert kinds.count("identifier") == 1
    places = {each.place for link in found for each in link.occurrences}
    assert kinds.count("exhibit") == len({place for place in places if place[1]})
    assert kinds.count("case") == len({case for case, _ in places})
    by_kind = [kind for *_, kind in graph.edges(data="kind")]
    shown = [each for link in found for each in link.occurrences]
    assert by_kind.count("seen-on") == sum(bool(each.exhibit) for each in shown)
    assert by_kind.count("known-to") == sum(not each.exhibit for each in shown)
    assert by_kind.count("seen-with") == sum(len(each.accounts) for each in shown)
    assert graph.graph["handling"] == "TLP:AMBER; own words"
    entry = graph.nodes["entry:vic/entry-1"]
    assert (entry["known"], entry["exhibits"]) == (True, 4)


def test_tables_of_nodes_and_edges_agree(record: Path) -> None:
    tables = []
    for format in ("nodes-csv", "edges-csv"):
        with exported(record, format).open(newline="", encoding="utf-8-sig") as file:
            tables.append([*csv.DictReader(file)])
    nodes, edges = tables
    names = {each["id"] for each in nodes}
    assert len(names) == len(nodes)
    assert {each["source"] for each in edges} | {each["target"] for each in edges} <= names
    assert all(each["handling"] for each in nodes if each["kind"] == "entry")
    # A spreadsheet runs no cell.
    (account,) = [each for each in nodes if each["kind"] == "account" and "=" in each["label"]]
    assert account["label"] == f"kik/{UPLOADER.removeprefix('=')}" or "=" in account["label"]
    assert not any(value[:1] in "=+-@" for each in nodes for value in each.values() if value)


def test_a_case_sees_its_own_links_alone(record: Path) -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.read_graphml(exported(record, "graphml", case="2"))
    cases = {
        label
        for _, told in graph.nodes(data=True)
        if told["kind"] == "case"
        for label in [told["label"]]
    }
    assert "2" in cases
    assert HIDDEN not in cases


def test_what_links_and_where_it_links_have_different_names(tmp_path: Path) -> None:
    """An account on two exhibits is one node; labels and numbers of cases may hold slashes."""
    places = (("1", "a/b"), ("1/a", "b"))
    with Database.open(tmp_path / "db") as database:
        for number, (case, exhibit) in enumerate(places):
            account = Identifier.of("account", "4711", "example.org")
            event = Event(kind=EventKind.UPLOAD, role=Role.UPLOADER, identifiers=(account,))
            unit = ImportedUnit(name=f"{number}.csv", format="csv", sha256=f"{number:064x}")
            database.record_import(unit, [event], case=case, exhibit=exhibit)
    tables = []
    for format in ("nodes-csv", "edges-csv"):
        with exported(tmp_path / "db", format).open(newline="", encoding="utf-8-sig") as file:
            tables.append([*csv.DictReader(file)])
    nodes, edges = tables
    assert sorted(each["kind"] for each in nodes) == [
        *("case", "case", "exhibit", "exhibit", "identifier")
    ]
    assert len({each["id"] for each in nodes}) == 5
    assert {each["source"] for each in edges} | {each["target"] for each in edges} == {
        each["id"] for each in nodes
    }
