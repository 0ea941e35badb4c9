"""A table for Timesketch: every time of every sighting and event is a row of its own."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from hashmatch.exports.facts import Facts, is_exact
from hashmatch.exports.occurrences import COLUMNS, rows
from hashmatch.exports.tables import write_rows
from hashmatch.model.moment import Moment
from hashmatch.tracing.times import is_clear

_NEEDED: Final = ("message", "datetime", "timestamp", "timestamp_desc")
_OF_TIME: Final = ("time_kind", "latest", "stated", "zone")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNCLEAR: Final = "times whose words state none"
_UNDATED: Final = "events without a time"


class TimesketchExport:
    """`message`, `datetime` (UTC, microseconds) and `timestamp_desc`, and what it is of.

    A time that is an interval stands at its beginning; `latest` is its end.
    """

    suffix = ".timesketch.csv"
    of_links = False

    def write(self, facts: Facts, out: BinaryIO, /) -> Counter[str]:
        """Write the rows as they come."""
        lost: Counter[str] = Counter()
        columns = (*_NEEDED, *_OF_TIME, *COLUMNS)
        # Its importer reads the first line as it is.
        write_rows(out, columns, _rows(facts, lost), mark=False)
        return lost


def _rows(facts: Facts, lost: Counter[str]) -> Iterator[dict[str, Any]]:
    for row, of in rows(facts):
        found = list(of.times)
        if row["record"] == "sighting":
            at = datetime.fromisoformat(row["recorded"])
            found.append(Moment(earliest=at, latest=at, kind="recorded"))
        elif not found:
            lost[_UNDATED] += 1
        for time in found:
            if is_clear(time):
                yield row | _timed(row, time)
            else:
                lost[_UNCLEAR] += 1


def _timed(row: dict[str, Any], time: Moment) -> dict[str, Any]:
    what = row["entry"] and f"entry {row['list']}/{row['entry']}"
    name = row["name"] or row["path"]
    told = [f"{row['case']} / {row['exhibit']}", row.get("event", "file"), name]
    message = ": ".join(filter(None, (*map(str, told), what, time.kind)))
    return {
        "message": message,
        "datetime": time.earliest.astimezone(UTC).isoformat(timespec="microseconds"),
        "timestamp": (time.earliest - _EPOCH) // _MICROSECOND,
        "timestamp_desc": f"{time.kind}{'' if is_exact(time) else ' (earliest)'}",
        "time_kind": time.kind,
        "latest": time.latest.astimezone(UTC).isoformat(timespec="microseconds"),
        "stated": time.stated,
        "zone": time.zone,
    }


_MICROSECOND: Final = datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC) - _EPOCH
