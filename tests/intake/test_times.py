"""Counts since an epoch and patterns give the instants that others reckoned."""

import pytest

from hashmatch.intake.times import TimeColumn


@pytest.mark.parametrize(
    ("format", "text", "expected"),
    [
        ("unix-s", "1776421230", "2026-04-17T10:20:30"),
        ("unix-ms", "1776421230123", "2026-04-17T10:20:30.123000"),
        ("unix-us", "1776421230123456", "2026-04-17T10:20:30.123456"),
        ("unix-ns", "1776421230123456789", "2026-04-17T10:20:30.123456"),
        ("unix", "1776421230.5", "2026-04-17T10:20:30.500000"),
        ("apple", "798114030", "2026-04-17T10:20:30"),
        ("apple", "798114030.25", "2026-04-17T10:20:30.250000"),
        ("apple-ns", "798114030123456789", "2026-04-17T10:20:30.123456"),
        ("webkit", "13420894830123456", "2026-04-17T10:20:30.123456"),
        ("filetime", "134208948301234567", "2026-04-17T10:20:30.123456"),
        ("%d/%m/%Y %H:%M:%S(UTC%z)", "17/04/2026 12:20:30(UTC+2)", "2026-04-17T10:20:30"),
        ("%d/%m/%Y %H:%M:%S(UTC%z)", "17/04/2026 15:50:30(UTC+5:30)", "2026-04-17T10:20:30"),
        ("%m/%d/%Y %I:%M:%S %p", "04/17/2026 10:20:30 AM", "2026-04-17T10:20:30"),
        ("%d.%m.%Y", "17.04.2026", "2026-04-17T00:00:00"),
    ],
)
def test_golden_instants(format: str, text: str, expected: str) -> None:
    found = TimeColumn(column="x", zone="UTC", format=format).moment(text)
    assert found
    assert found.earliest.isoformat() == f"{expected}+00:00"
    assert found.stated == text


@pytest.mark.parametrize(
    ("format", "text"),
    [
        *(("apple", "0"), ("apple", "-1"), ("webkit", "x"), ("unix-s", ""), ("unix-ms", "9" * 19)),
        *(("%d/%m/%Y", "04/17/2026"), ("%Y", "99999"), ("unix", "12"), ("filetime", "1e9")),
    ],
)
def test_what_is_no_time(format: str, text: str) -> None:
    assert TimeColumn(column="x", format=format).moment(text) is None


def test_a_pattern_is_as_wide_as_its_last_part() -> None:
    day = TimeColumn(column="x", zone="UTC", format="%d.%m.%Y").moment("17.04.2026")
    minute = TimeColumn(column="x", zone="UTC", format="%d.%m.%Y %H:%M").moment("17.04.2026 10:20")
    assert day
    assert minute
    assert day.latest.isoformat() == "2026-04-17T23:59:59.999999+00:00"
    assert minute.latest.isoformat() == "2026-04-17T10:20:59.999999+00:00"
