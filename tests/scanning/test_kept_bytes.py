"""What is kept of the bytes that were sent with tasks, so that checks need not load them again."""

from statistics import mean
from typing import Any

import pytest

from hashmatch.scanning.checks import Checks
from hashmatch.scanning.job import NOTHING_SPECIAL, Impression
from hashmatch.scanning.plausibility import UNHASHED
from tests.support.answers import FILES, taken, ticket


def loaded(count: int, impression: Impression = NOTHING_SPECIAL, size: int = 1) -> list[Any]:
    """Answers to tasks whose bytes were sent with them."""
    made = [ticket(number, impression=impression) for number in range(count)]
    for each in made:
        each.loaded = bytes(size)
    return made


@pytest.mark.parametrize(
    "impression",
    [NOTHING_SPECIAL, Impression(kind=UNHASHED), Impression(likeness=("pdq", b"0"))],
)
def test_checks_need_no_member_of_an_archive_from_its_beginning_again(
    impression: Impression,
) -> None:
    checks: Checks[int, bool] = Checks()
    for each in loaded(FILES, impression):
        checks.hold("worker", each, 0.0)
    checks.close("worker")
    drawn = taken(checks)
    assert len(drawn) >= 20
    assert not any(each.costly for each in drawn)
    assert all(each.kept for each in drawn)


def test_what_is_doubted_is_checked_itself_with_the_bytes_that_were_sent() -> None:
    checks: Checks[int, bool] = Checks()
    answers = loaded(FILES)
    answers[500].impression = Impression(doubt=1.0)
    for each in answers:
        checks.hold("worker", each, 0.0)
    checks.close("worker")
    (check,) = [each for each in taken(checks) if each.first is answers[500]]
    assert check.kept


def test_what_is_kept_is_drawn_from_all_answers_alike() -> None:
    """Whoever takes a worker over cannot foretell of which task the bytes are kept."""
    kept = []
    for _ in range(20):
        checks: Checks[int, bool] = Checks()
        answers = loaded(FILES)
        for each in answers:
            checks.hold("worker", each, 0.0)
        found = [each.number for each in answers if each.kept]
        assert len(found) == 128
        kept += found
    assert abs(mean(kept) - FILES / 2) < 30


def test_little_is_kept_of_large_members_and_nothing_once_it_was_given() -> None:
    checks: Checks[int, bool] = Checks()
    answers = loaded(60, size=1 << 20)
    for each in answers:
        checks.hold("worker", each, 0.0)
    assert sum(len(each.kept) for each in answers) == 16 << 20
    assert 16 << 20 <= checks.held_bytes < 17 << 20
    checks.close("worker")
    drawn = taken(checks)
    held = sum(len(each.kept) for each in answers)
    assert held == sum(len(each.kept) for each in drawn)
    assert held <= checks.held_bytes < held + (1 << 20)
    for each in drawn:
        checks.agreed(each)
    assert checks.held_bytes == 0
    assert not any(each.kept for each in answers)
