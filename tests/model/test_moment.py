"""Times are as wide as their words leave them open, and ordered only where they cannot meet."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.model.moment import Moment, Order
from hashmatch.model.plain import plain

TICK = timedelta(microseconds=1)


def of(stated: str, zone: str = "", step: float = 0) -> tuple[str, str]:
    at = Moment.of(stated, kind="uploaded", zone=zone, step=step)
    return at.earliest.isoformat()[:-6], (at.latest + TICK).isoformat()[:-6]


@pytest.mark.parametrize(
    ("stated", "zone", "first", "behind"),
    [
        # An instant with its zone is as wide as its last digit.
        ("2026-04-17T10:20:30Z", "", "2026-04-17T10:20:30", "2026-04-17T10:20:31"),
        ("2026-04-17 10:20:30 UTC", "", "2026-04-17T10:20:30", "2026-04-17T10:20:31"),
        ("2026-04-17T10:20:30+02:00", "", "2026-04-17T08:20:30", "2026-04-17T08:20:31"),
        ("2026-04-17T10:20:30-0530", "", "2026-04-17T15:50:30", "2026-04-17T15:50:31"),
        ("2026-04-17T10:20:30+02", "", "2026-04-17T08:20:30", "2026-04-17T08:20:31"),
        ("2026-04-17T10:20:30.5Z", "", "2026-04-17T10:20:30.500000", "2026-04-17T10:20:30.600000"),
        ("2026-04-17 10:20Z", "", "2026-04-17T10:20:00", "2026-04-17T10:21:00"),
        # The words' own zone counts before the one that is given.
        ("2026-04-17T10:20:30Z", "Europe/Berlin", "2026-04-17T10:20:30", "2026-04-17T10:20:31"),
        ("2026:04:17 10:20:30", "Europe/Berlin", "2026-04-17T08:20:30", "2026-04-17T08:20:31"),
        ("2026-04-17", "UTC", "2026-04-17T00:00:00", "2026-04-18T00:00:00"),
        ("20260417", "+01:00", "2026-04-16T23:00:00", "2026-04-17T23:00:00"),
        ("2026-12", "UTC", "2026-12-01T00:00:00", "2027-01-01T00:00:00"),
        ("2028-02", "UTC", "2028-02-01T00:00:00", "2028-03-01T00:00:00"),
        # Without a zone it may be any: from 14 hours ahead of UTC to 12 behind it.
        ("2026-04-17 10:20:30", "", "2026-04-16T20:20:30", "2026-04-17T22:20:31"),
        ("2026-04-17", "", "2026-04-16T10:00:00", "2026-04-18T12:00:00"),
        # An hour that comes twice when clocks are set back may be either.
        ("2026-10-25 02:30:00", "Europe/Berlin", "2026-10-25T00:30:00", "2026-10-25T01:30:01"),
        # A leap second is the last of its minute.
        ("2016-12-31T23:59:60Z", "", "2016-12-31T23:59:59", "2017-01-01T00:00:00"),
        # Counts since 1970 tell their unit by their size.
        ("1776421230", "", "2026-04-17T10:20:30", "2026-04-17T10:20:31"),
        ("1776421230123", "", "2026-04-17T10:20:30.123000", "2026-04-17T10:20:30.124000"),
        ("1776421230123456", "", "2026-04-17T10:20:30.123456", "2026-04-17T10:20:30.123457"),
        ("1776421230000000000", "", "2026-04-17T10:20:30", "2026-04-17T10:20:30.000001"),
        ("1776421230.25", "", "2026-04-17T10:20:30.250000", "2026-04-17T10:20:30.250001"),
    ],
)
def test_words_and_counts(stated: str, zone: str, first: str, behind: str) -> None:
    assert of(stated, zone) == (first, behind)


def test_a_clock_that_counts_in_steps_is_as_wide_as_one() -> None:
    assert of("2026-04-17 10:20:30", "UTC", 2) == ("2026-04-17T10:20:30", "2026-04-17T10:20:32")


@pytest.mark.parametrize(
    "stated",
    [
        *("", "yesterday", "2026-13-01", "2026-04-31", "2026-04-17T25:00:00Z", "17/04/2026"),
        *("0000-01-01", "0001-01-01", "9999-12-31", "9" * 20, "0", "-1", "2026", "18991231"),
        *("2026-04-17T10:20:30+15:00", "2026-04-17T10:20:30+02:60", "\u0662026-04-17"),
    ],
)
def test_what_states_no_time(stated: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each has its own words)
        Moment.of(stated, kind="uploaded")


def test_a_zone_that_is_none_is_refused() -> None:
    for zone in ("Mars/Olympus", "../etc/passwd", "America", "+2", "\0"):
        with pytest.raises(ValueError, match="is no time zone"):
            Moment.of("2026-04-17 10:20", kind="uploaded", zone=zone)


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 (a clock)
    st.integers(-12 * 60, 14 * 60),
)
def test_instants_are_those_of_the_standard_library(clock: datetime, minutes: int) -> None:
    stated = clock.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat()
    at = Moment.of(stated, kind="uploaded")
    assert at.earliest == datetime.fromisoformat(stated).replace(microsecond=clock.microsecond)
    assert at.stated == stated
    # Somebody who does not know the zone cannot be wrong.
    unknown = Moment.of(clock.isoformat(), kind="uploaded")
    assert unknown.earliest <= at.earliest <= at.latest <= unknown.latest


_INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3), timezones=st.just(UTC))  # noqa: DTZ001 (made aware)


@given(st.lists(_INSTANTS, min_size=4, max_size=4))
def test_order_is_said_only_where_no_instant_speaks_against_it(some: list[datetime]) -> None:
    a, b = (Moment(earliest=min(two), latest=max(two), kind="seen") for two in (some[:2], some[2:]))
    opposite = {Order.BEFORE: Order.AFTER, Order.AFTER: Order.BEFORE}
    assert b.order(a) is opposite.get(a.order(b), Order.UNDECIDED)
    meet = a.earliest <= b.latest and b.earliest <= a.latest
    assert (a.order(b) is Order.UNDECIDED) == meet
    if a.order(b) is Order.BEFORE:
        assert a.latest < b.earliest


def test_an_interval_has_zones_and_a_direction() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="ends before it begins"):
        Moment(earliest=now, latest=now - TICK, kind="seen")
    with pytest.raises(ValueError, match="has no zone"):
        Moment(earliest=now.replace(tzinfo=None), latest=now, kind="seen")
    there = now.astimezone(timezone(timedelta(hours=3)))
    assert Moment(earliest=there, latest=there, kind="seen").earliest.tzinfo is UTC


def test_a_moment_has_a_form_in_json() -> None:
    at = Moment.of("2026-04-17T10:20:30Z", kind="uploaded")
    assert json.loads(json.dumps(plain(at))) == {
        "earliest": "2026-04-17T10:20:30+00:00",
        "latest": "2026-04-17T10:20:30.999999+00:00",
        "kind": "uploaded",
        "stated": "2026-04-17T10:20:30Z",
        "zone": "Z",
    }
