"""Answers of workers that check and hold them, as tickets."""

from typing import Any

from hashmatch.scanning.checks import Checks
from hashmatch.scanning.job import NOTHING_SPECIAL, Impression
from hashmatch.scanning.tickets import Ticket

FILES = 1000
"""That a worker answers in the time for which its answers are held."""


def ticket(number: int, *, lie: bool = False, impression: Impression = NOTHING_SPECIAL) -> Any:
    return Ticket(number, number, result=not lie, impression=impression)


def taken(checks: Checks[Any, bool]) -> list[Ticket[Any, bool]]:
    """All checks that wait."""
    found = [check for group in checks.waiting for check in group.checks]
    checks.waiting.clear()
    return found
