"""A report of circulation shows what the questions of `trace` answer, bounded and counted."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from hashmatch.model.identifier import Grade
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.circulation import circulation
from hashmatch.tracing.coverage import coverage
from hashmatch.tracing.links import Question, links
from hashmatch.tracing.origin import origin
from hashmatch.tracing.reported import MATERIAL, Circulation, Limits
from hashmatch.tracing.source_matrix import matrix
from hashmatch.tracing.statistics import statistics
from hashmatch.tracing.timeline import timeline
from hashmatch.tracing.updating import update
from hashmatch.tracing.values import LinkKind
from tests.tracing.test_links import picture, scan
from tests.tracing.test_links_truth import CASES, made


def check_links(found: Circulation, database: Database, asked: Question, most: int) -> None:
    every = [*links(database, asked)]
    linking = [each for each in every if not each.why_not]
    of_kind = Counter(each.kind for each in linking)
    assert {each.kind: each.links for each in found.counts} == {
        kind: of_kind[kind] for kind in LinkKind
    }
    assert found.linking == len(linking)
    for count in found.counts:
        own = [each for each in linking if each.kind is count.kind]
        assert found.of_kinds({count.kind}) == tuple(own[:most])
        assert (count.shown, count.left_out) == (len(own[:most]), len(own[most:]))
        assert count.known == sum(each.known for each in own)
        assert count.fewest == min((each.exhibits for each in own), default=0)
    places = {at.place for each in linking for at in each.occurrences if at.exhibit}
    assert found.linked_exhibits == len(places)
    assert found.linked_cases == len({case for each in linking for case in each.cases})
    assert sum(found.no_links.values()) == len(every) - len(linking)


def check_lineages(found: Circulation, database: Database, *, viewer: str, protected: bool) -> None:
    material = [each for each in found.links if each.kind in MATERIAL]
    several = []
    for link in material:
        told = origin(database, link.key, viewer=viewer, protected=protected)
        if len(told.copies) > 1:
            several.append(link.key)
    assert [each.link for each in found.lineages] == several
    for each in found.lineages:
        told = origin(database, each.link, viewer=viewer, protected=protected)
        assert (each.copies, each.candidates) == (told.copies, told.candidates)
        assert (each.descents, each.siblings) == (told.descents, told.siblings)
        assert (each.told, each.elsewhere, each.handling) == (
            told.told,
            told.elsewhere,
            told.handling,
        )


@pytest.mark.parametrize("seed", range(2))
def test_a_report_holds_what_the_single_questions_answer(tmp_path: Path, seed: int) -> None:
    with Database.open(tmp_path / "db") as database:
        world = made(database, random.Random(seed))
        update(database)
        hidden = {case for case, access in world.access.items() if access == "hidden"}
        pointers = {case for case, access in world.access.items() if access == "pointer"}
        exhibits = {each.case for each in database.exhibit_records()}
        for viewer, protected in (("", False), (CASES[1], False), ("", True)):
            limits = Limits(links=3, drawn=4, coverage=5, sources=6)
            found = circulation(database, viewer=viewer, protected=protected, limits=limits)
            asked = Question(case=viewer, every=True, protected=protected)
            check_links(found, database, asked, limits.links)
            covered = [*coverage(database, viewer)]
            assert len(found.coverage) == 5
            assert found.coverage_left_out == len(covered) - 5
            assert all(each in covered for each in found.coverage)
            assert found.scope.items == sum(each.items for each in covered)
            assert found.scope.cases == len(exhibits - (hidden - {viewer}))
            unshown = [
                each for each in database.exhibit_records() if each.case in pointers - {viewer}
            ]
            assert found.scope.unshown == len(unshown)
            beside = matrix(database, Question(case=viewer, protected=protected), most=6)
            assert found.matrix.sources == beside.sources
            assert found.matrix.cells == tuple(beside.cells)
            for drawn in found.drawn:
                shown = timeline(database, drawn.link, viewer=viewer, protected=protected)
                assert (drawn.lanes, drawn.spans) == (shown.lanes, shown.spans)
                assert drawn.marks == tuple(shown.marks)
            strong = [
                each
                for each in links(database, asked)
                if not each.why_not and each.grade is Grade.STRONG
            ]
            assert len(found.drawn) == min(len(found.links), 4)
            assert len(found.drawn) + sum(found.undrawn.values()) == len(strong)
            for each in found.figures:
                alone = statistics(database, each.by, viewer=viewer, protected=protected)
                assert each == alone
            check_lineages(found, database, viewer=viewer, protected=protected)
            text = json.dumps(found.to_dict())
            assert not [case for case in hidden - {viewer} if f'"{case}"' in text]


def test_what_is_too_large_to_draw_is_counted_with_the_reason(tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        for case in "12345":
            found = [(10 * at + int(case), picture(at), at) for at in range(3)]
            scan(database, case, "phone", [*found, *[(100, picture(50), 50)] * 3])
        few = Limits(links=9, drawn=2, marks=1000, lanes=3, sightings=9)
        shown = circulation(database, limits=few)
        assert [each.link for each in shown.drawn] == ["entry:vic/entry-0", "entry:vic/entry-1"]
        assert shown.undrawn == {"there are too many": 2}
        assert [each.lanes_left_out for each in shown.drawn] == [2, 2]
        shown = circulation(database, limits=Limits(sightings=9))
        assert shown.undrawn == {"more than 9 sightings and events": 1}
        shown = circulation(database, limits=Limits(marks=14))
        assert [(each.times, len(each.marks)) for each in shown.drawn] == [(5, 5)] * 3 + [(15, 0)]


def test_a_case_that_is_hidden_changes_nothing(tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        for case in "12":
            scan(database, case, "phone", [(int(case), picture(1), 1)])
        before = circulation(database)
        scan(database, "SECRET-9", "SECRET-card", [(9, picture(1), 1), (8, picture(2), 2)])
        said = [Said("access", "hidden"), Said("contact", "SECRET-K")]
        database.record_statements(Topic.CASE, said, by="A", case="SECRET-9")
        after = circulation(database).to_dict()
        told = before.to_dict()
        # Of the whole record, not of what is shown: that the chain grew is no secret.
        for chain in ("audit_rows", "audit_head"):
            del after[chain], told[chain]
        assert after == told
        assert "SECRET" in json.dumps(circulation(database, viewer="SECRET-9").to_dict())
