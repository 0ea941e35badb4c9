"""Times as tables hold them: words, patterns, and counts since an epoch."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hashmatch.intake import values
from hashmatch.model.moment import Moment, offset_of

_EPOCHS: Final = {
    "unix": (datetime(1970, 1, 1, tzinfo=UTC), 0),
    "unix-s": (datetime(1970, 1, 1, tzinfo=UTC), 1),
    "unix-ms": (datetime(1970, 1, 1, tzinfo=UTC), 10**3),
    "unix-us": (datetime(1970, 1, 1, tzinfo=UTC), 10**6),
    "unix-ns": (datetime(1970, 1, 1, tzinfo=UTC), 10**9),
    "apple": (datetime(2001, 1, 1, tzinfo=UTC), 1),
    "apple-ns": (datetime(2001, 1, 1, tzinfo=UTC), 10**9),
    "webkit": (datetime(1601, 1, 1, tzinfo=UTC), 10**6),
    "filetime": (datetime(1601, 1, 1, tzinfo=UTC), 10**7),
}
"""The instant from which each counts, and how often a second; `unix` tells that by its size."""

_COUNT: Final = re.compile(r"\d{1,19}(?:\.\d{1,12})?", re.ASCII)
_OFFSET: Final = re.compile(r"(?<=UTC)([+-])(\d{1,2})(?::?(\d\d))?(?!\d)", re.ASCII)
_PARTS: Final = (("%f", "microseconds"), ("%S", "seconds"), ("%M", "minutes"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeColumn:
    """A column that holds times.

    Attributes:
        column: its name.
        kind: what happened then.
        zone: of words without one.
        format: of an epoch, as `unix-ms`, or a pattern as `%d/%m/%Y %H:%M:%S`; empty for ISO 8601
            and alike.

    Raises:
        ValueError: the zone or the format is none.
    """

    column: str
    kind: str = "stated"
    zone: str = ""
    format: str = ""

    def __post_init__(self) -> None:
        """Refuse what no time can be read with."""
        if self.zone:
            offset_of(self.zone)
        if self.format and "%" not in self.format and self.format not in _EPOCHS:
            names = ", ".join(_EPOCHS)
            msg = f"the format of a time is {names}, or a pattern as %d/%m/%Y, not {self.format!r}"
            raise ValueError(msg)

    def moment(self, text: str, zone: str = "") -> Moment | None:
        """The time that a text states; None where it states none.

        Args:
            text: of the table.
            zone: of words without one, where the column has none.
        """
        named = self.zone or zone
        if "%" in self.format:
            return self._by_pattern(text, named)
        if self.format:
            return self._counted(text)
        return values.moment(text, kind=self.kind, zone=named)

    def _counted(self, text: str) -> Moment | None:
        # Zero stands for "never" in every table that counts.
        if not _COUNT.fullmatch(text) or not float(text):
            return None
        since, per_second = _EPOCHS[self.format]
        if not per_second:
            return values.moment(text, kind=self.kind)
        whole, _, part = text.partition(".")
        try:
            microseconds = int(whole) * 10**6 // per_second
            at = since + timedelta(microseconds=microseconds)
            if part:
                at += timedelta(microseconds=int(float(f"0.{part}") * 10**6 / per_second))
                width = timedelta()
            else:
                width = timedelta(microseconds=max(10**6 // per_second, 1) - 1)
            return Moment(earliest=at, latest=at + width, kind=self.kind, stated=text, zone="UTC")
        except (OverflowError, ValueError):
            return None

    def _by_pattern(self, text: str, zone: str) -> Moment | None:
        try:
            clock = _OFFSET.sub(_in_digits, text)
            at = datetime.strptime(clock, self.format)  # noqa: DTZ007 (the zone may be unknown)
        except (ValueError, re.error, OverflowError):
            return None
        if at.tzinfo is not None:
            zone = at.strftime("%z")
        words = self.format.replace("%T", "%M%S").replace("%X", "%S").replace("%c", "%S")
        exact = next((name for mark, name in _PARTS if mark in words.replace("%R", "%M")), "")
        at = at.replace(tzinfo=None)
        clock = at.isoformat(sep=" ", timespec=exact) if exact else at.date().isoformat()
        found = values.moment(clock, kind=self.kind, zone=zone)
        return values.as_stated(found, text) if found else None


def _in_digits(found: re.Match[str]) -> str:
    """An offset as patterns read it: `UTC+2` and `UTC+5:30` are written shorter than they do."""
    return f"{found[1]}{int(found[2]):02}{found[3] or '00'}"
