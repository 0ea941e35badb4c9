"""Times as intervals: how exactly a source states one, and what can be said of their order.

A time without a zone may be that of any place on Earth: zones lie between 12 hours behind UTC and
14 hours ahead of it, so that the interval is 26 hours wide. Where the zone of a device is known
(an exhibit states it), the same words give a narrower one. Two times are ordered only where their
intervals do not meet.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import ClassVar, Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hashmatch.errors import Choice
from hashmatch.model.plain import PlainValue, Shape

_AHEAD: Final = timedelta(hours=14)
_BEHIND: Final = timedelta(hours=12)
_TICK: Final = timedelta(microseconds=1)

_STATED: Final = re.compile(
    r"(?P<year>\d{4})[-:/.](?P<month>\d\d?)(?:[-:/.](?P<day>\d\d?)"
    r"(?:[T _]+(?P<hour>\d\d?)[:.](?P<minute>\d\d)"
    r"(?:[:.](?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_DAY: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,19}(?:\.\d{1,9})?", re.ASCII)
_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)?", re.ASCII)

_LEAST: Final = 10**8
"""Smaller counts are years, days or none at all: in seconds they would lie before March 1973."""

_UNITS: Final = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3), (0, 1))
"""The size from which a count since 1970 is one of nanoseconds, microseconds, milliseconds."""


class Order(Choice):
    """What can be said of two times."""

    BEFORE = "before"
    AFTER = "after"
    UNDECIDED = "cannot be ordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(PlainValue):
    """A time as its source states it.

    Attributes:
        earliest: the first instant that it can be, UTC.
        latest: the last one, UTC; both belong to the interval.
        kind: what happened then, as `uploaded`, `captured`, `modified`, `in-name`.
        stated: the words of the source.
        zone: the zone or offset that the interval was reckoned with; empty where none is known.

    Raises:
        ValueError: it ends before it begins, or an instant has no zone.
    """

    json_shape: ClassVar = Shape(null=("zone",))

    earliest: datetime
    latest: datetime
    kind: str
    stated: str = ""
    zone: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no interval."""
        for name in ("earliest", "latest"):
            instant: datetime = getattr(self, name)
            if instant.tzinfo is None:
                msg = f"{name} has no zone"
                raise ValueError(msg)
            object.__setattr__(self, name, instant.astimezone(UTC))
        if self.latest < self.earliest:
            msg = "a time ends before it begins"
            raise ValueError(msg)

    @classmethod
    def of(cls, stated: str, *, kind: str, zone: str = "", step: float = 0) -> Self:
        """The time that words or a number state.

        Args:
            stated: ISO 8601 or alike (`2026-04-17`, `2026:04:17 10:20:30`, with or without an
                offset), or a count of seconds, milliseconds, microseconds or nanoseconds since
                1970, UTC.
            kind: what happened then.
            zone: of words without an offset, where it is known: `Europe/Berlin`, `+02:00`, `UTC`.
            step: seconds in which the source counts; 2 on FAT. By default as the words are exact.

        Raises:
            ValueError: they state no time, or the zone is none.
        """
        words = stated.strip()
        if day := _DAY.fullmatch(words):
            at = cls.of("-".join(day.groups()), kind=kind, zone=zone, step=step)
            return replace(at, stated=words)
        if _NUMBER.fullmatch(words):
            return cls._counted(words, kind=kind, step=step)
        found = _STATED.fullmatch(words)
        if found is None:
            msg = f"{words[:60]!r} is no date or time in a form that is known"
            raise ValueError(msg)
        try:
            local, width = _reckoned(found)
            width = max(width, timedelta(seconds=step) - _TICK)
            named = found["zone"] or zone
            earliest, latest = _bounds(local, local + width, named)
            return cls(earliest=earliest, latest=latest, kind=kind, stated=words, zone=named)
        except OverflowError:
            msg = f"{words[:60]!r} is a time that no calendar here reaches"
            raise ValueError(msg) from None

    @classmethod
    def _counted(cls, words: str, *, kind: str, step: float) -> Self:
        count = float(words)
        if abs(count) < _LEAST:
            msg = f"{words} is no count of time since 1970: it is too small for one"
            raise ValueError(msg)
        per_second = next(each for least, each in _UNITS if abs(count) >= least)
        try:
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=count / per_second)
            exact = timedelta(seconds=1 / per_second if "." not in words else 0)
            latest = at + max(exact - _TICK, timedelta(seconds=step) - _TICK, timedelta())
        except OverflowError:
            msg = f"{words} is a time that no calendar here reaches"
            raise ValueError(msg) from None
        return cls(earliest=at, latest=latest, kind=kind, stated=words, zone="UTC")

    def order(self, other: "Moment") -> Order:
        """Whether it is before or after another one, where the intervals say so."""
        if self.latest < other.earliest:
            return Order.BEFORE
        return Order.AFTER if other.latest < self.earliest else Order.UNDECIDED


def offset_of(zone: str) -> tzinfo:
    """The zone of a name or an offset.

    Raises:
        ValueError: there is none of this name.
    """
    if zone.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    if found := _OFFSET.fullmatch(zone):
        sign, hours, minutes = found.groups()
        away = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if int(minutes or 0) < 60 and away <= _AHEAD:  # noqa: PLR2004 (minutes of an hour)
            return timezone(-away if sign == "-" else away)
    else:
        try:
            return ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    msg = f"{zone[:60]!r} is no time zone: use a name as Europe/Berlin, or an offset as +02:00"
    raise ValueError(msg)


def _reckoned(found: re.Match[str]) -> tuple[datetime, timedelta]:
    """The first instant on the clock of the source, and how wide the words leave it open."""
    year, month = int(found["year"]), int(found["month"])
    if found["day"] is None:
        first = datetime(year, month, 1)  # noqa: DTZ001 (a clock whose zone is not known)
        ahead = datetime(year + month // 12, month % 12 + 1, 1)  # noqa: DTZ001 (as above)
        return first, ahead - first - _TICK
    day = datetime(year, month, int(found["day"]))  # noqa: DTZ001 (as above)
    if found["hour"] is None:
        return day, timedelta(days=1) - _TICK
    at = day.replace(hour=int(found["hour"]), minute=int(found["minute"]))
    if found["second"] is None:
        return at, timedelta(minutes=1) - _TICK
    # A leap second is the last of its minute.
    at = at.replace(second=min(int(found["second"]), 59))
    part = found["part"]
    if part is None:
        return at, timedelta(seconds=1) - _TICK
    at = at.replace(microsecond=int(part[:6].ljust(6, "0")))
    return at, max(timedelta(microseconds=10 ** max(6 - len(part), 0)) - _TICK, timedelta())


def _bounds(first: datetime, last: datetime, zone: str) -> tuple[datetime, datetime]:
    """The interval in UTC of two instants on a clock."""
    if not zone:
        return first.replace(tzinfo=UTC) - _AHEAD, last.replace(tzinfo=UTC) + _BEHIND
    there = offset_of(zone)
    # When clocks are set back an hour comes twice: it may be either.
    folds = (0,) if isinstance(there, timezone) else (0, 1)
    both = [each.replace(tzinfo=there, fold=fold) for each in (first, last) for fold in folds]
    instants = [each.astimezone(UTC) for each in both]
    return min(instants), max(instants)
