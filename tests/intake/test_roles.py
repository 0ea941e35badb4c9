"""The part that somebody had comes from the section, whatever its form: a law for all reports."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from hashmatch.intake import units
from hashmatch.model.event import Event
from hashmatch.model.identifier import IdentifierKind
from tests.support.many_cybertips import SECTIONS, Tip, tips


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("roles") / "tip"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tip=tips())
def test_nobody_gets_the_part_of_another_section(tip: Tip, place: Path) -> None:
    place.write_text(tip.text, encoding="utf-8")
    (unit,) = units(place)
    events = [each for each in unit.records() if isinstance(each, Event)]
    told = set()
    for event in events:
        for one in event.identifiers:
            found = {IdentifierKind.ACCOUNT: tip.accounts, IdentifierKind.IP: tip.addresses}
            section = found[one.kind][one.value]
            assert event.role.value in SECTIONS[section], (event, section)
            told.add(one.value)
    assert told == {*tip.accounts, *tip.addresses}
    keys = [key for each in events for key in each.keys]
    assert len(keys) == len(set(keys))


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tip=tips())
def test_a_report_read_again_is_the_same(tip: Tip, place: Path) -> None:
    place.write_text(tip.text, encoding="utf-8")
    (unit,) = units(place)
    first, notes = list(unit.records()), list(unit.notes)
    assert list(unit.records()) == first
    assert unit.notes == notes
