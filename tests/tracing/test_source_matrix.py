"""Matrices are made of the links that are found, pair by pair."""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.links import Question, links
from hashmatch.tracing.source_matrix import Matrix, matrix
from hashmatch.tracing.values import Link, LinkKind
from tests.tracing.test_links import picture, scan
from tests.tracing.test_links_truth import CASES, Place, made


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        yield opened


def pairs(found: Matrix) -> dict[tuple[Place, Place], tuple[dict[str, int], str]]:
    places = [(each.case, each.exhibit) for each in found.sources]
    told = {}
    for each in found.cells:
        assert each.row < each.column
        one, other = sorted((places[each.row], places[each.column]))
        told[one, other] = (dict(each.counts), each.key)
    return told


def expected(found: list[Link]) -> dict[tuple[Place, Place], tuple[dict[str, int], str]]:
    counts: dict[tuple[Place, Place], Counter[str]] = {}
    rarest: dict[tuple[Place, Place], str] = {}
    for link in found:
        places = {each.place for each in link.occurrences if each.exhibit}
        for pair in combinations(sorted(places), 2):
            counts.setdefault(pair, Counter())[link.kind.value] += 1
            rarest.setdefault(pair, link.key)
    return {pair: (dict(counts[pair]), rarest[pair]) for pair in counts}


def groups(told: dict[tuple[Place, Place], tuple[dict[str, int], str]]) -> set[frozenset[Place]]:
    """What is linked by whatever many steps, joined pair by pair."""
    found: list[set[Place]] = []
    for pair in told:
        touched = [each for each in found if each & {*pair}]
        found = [each for each in found if not each & {*pair}]
        found.append(set(pair).union(*touched))
    return {frozenset(each) for each in found}


@pytest.mark.parametrize("seed", range(2))
def test_cells_are_the_links_of_each_pair(database: Database, seed: int) -> None:
    world = made(database, random.Random(seed))
    for viewer in ("", *CASES[:2]):
        for asked in (Question(case=viewer), Question(case=viewer, every=True, protected=True)):
            found = matrix(database, asked)
            every = [*links(database, asked)]
            truth = expected(every)
            assert pairs(found) == truth
            together: dict[int, set[Place]] = {}
            for each in found.sources:
                together.setdefault(each.group, set()).add((each.case, each.exhibit))
            assert {frozenset(each) for each in together.values()} == groups(truth)
            # Those of a group stand beside each other.
            assert [*together] == [*range(1, len(together) + 1)]
            assert sorted(numbers := [each.group for each in found.sources]) == numbers
            for place in found.sources:
                own = [pair for pair in truth if (place.case, place.exhibit) in pair]
                assert place.linked == len(own)
            shown = {each.case for each in found.sources}
            allowed = {x for x in CASES if x == viewer or world.access.get(x, "open") == "open"}
            assert shown <= allowed
            pointed = {at.case for link in every for at in link.occurrences if not at.exhibit}
            assert {each.case for each in found.pointers} == pointed
            exhibits = [each.exhibits for each in found.cells if each.kind is LinkKind.ENTRY]
            assert exhibits == sorted(exhibits) or asked.every


def test_groups_with_rare_links_stand_together(database: Database) -> None:
    """Two groups of four, each with entries of their own, and one that all have."""
    for at in range(8):
        group = at % 2
        own = [(10 * at + number, picture(10 * at + number), 5 + group) for number in range(3)]
        scan(database, f"{at % 3}", f"disk {at}", [*own, (999, picture(999), 1)])
    found = matrix(database)
    order = [int(each.exhibit[-1]) % 2 for each in found.sources]
    assert order in ([0] * 4 + [1] * 4, [1] * 4 + [0] * 4)
    assert {each.group for each in found.sources} == {1}
    by_pair = {(x.row, x.column): x for x in found.cells}
    assert len(by_pair) == 28
    assert {by_pair[0, 1].exhibits, by_pair[0, 7].exhibits} == {4, 8}
    assert [each.exhibits for each in found.cells] == [4] * 12 + [8] * 16
    assert (found.cells[0].links, found.of, found.links) == (2, 8, 3)


def test_what_is_left_out_is_named(database: Database) -> None:
    for at in range(4):
        entries = [5] if at > 1 else [5, 6]
        scan(database, "1", f"disk {at}", [(at, picture(at), entry) for entry in entries])
    found = matrix(database, most=2)
    assert [each.exhibit for each in found.sources] == ["disk 0", "disk 1"]
    assert found.left_out == (("1", "disk 2"), ("1", "disk 3"))
    assert [each.key for each in found.cells] == ["entry:vic/entry-6"]
    database.record_statements(Topic.CASE, [Said("access", "hidden")], by="A", case="1")
    hidden = matrix(database)
    assert (hidden.sources, len(hidden.cells), hidden.of, hidden.left_out) == ((), 0, 0, ())
