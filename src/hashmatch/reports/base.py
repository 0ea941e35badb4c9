"""What every report is, and what it reads from."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TextIO

from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord

Status = Literal["hashed", "unreadable", "skipped"]


class CaseReader(Protocol):
    """Whatever gives back what is on record of a case."""

    def case(self, name: str, /) -> CaseRecord:
        """The case with its runs, sources and lists."""
        ...

    def sightings(self, case: str, /) -> Iterator[SightingRecord]:
        """Every sighting of the case, in an order that is the same every time."""
        ...

    def items(self, case: str, /, *, status: Status) -> Iterator[ItemRecord]:
        """Every item of the case with this status, in an order that is the same every time."""
        ...


@dataclass(frozen=True, slots=True)
class Writing:
    """What a report says of itself.

    Attributes:
        tool: version of hashmatch that writes it.
        at: when, UTC, ISO 8601.
        redacted: whether folder and file names were replaced before it sees them.
    """

    tool: str
    at: str
    redacted: bool = False


class Report(Protocol):
    """A kind of report.

    Attributes:
        suffix: what the name of its file ends in.
        is_stream: whether it goes to standard output where no file is named.
    """

    suffix: str
    is_stream: bool

    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        """Write the report, piece by piece, and give what it could not carry, in words."""
        ...
