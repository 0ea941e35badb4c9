"""What every report is, and what it reads from."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TextIO, runtime_checkable

from hashmatch.model import ItemStatus
from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord
from hashmatch.sightings.verdict import Verdict


class CaseReader(Protocol):
    """Whatever gives back what is on record of a case."""

    def case(self, name: str, /) -> CaseRecord:
        """The case with its runs, sources and lists."""
        ...

    def sightings(self, case: str, /) -> Iterator[SightingRecord]:
        """Every sighting of the case, in an order that is the same every time."""
        ...

    def items(
        self, case: str, /, *, status: ItemStatus, in_part: bool = False
    ) -> Iterator[ItemRecord]:
        """Every item of the case with this status, in an order that is the same every time.

        Args:
            case: its name.
            status: of the items.
            in_part: whether to leave out items that were read completely: all without a reason.
        """
        ...


@runtime_checkable
class Verifiable(Protocol):
    """A case reader that can prove that it gives back what was recorded."""

    def snapshot(self) -> AbstractContextManager[None]:
        """A block in which all that is read is of one moment."""
        ...

    def verify(self) -> Verdict:
        """Whether all that is on record is as it was recorded."""
        ...


@dataclass(frozen=True, slots=True)
class Writing:
    """What a report says of itself.

    Attributes:
        tool: version of hashmatch that writes it.
        at: when, UTC, ISO 8601.
        redacted: whether folder and file names were replaced before it sees them.
        examiner: who hands it out; empty where nobody said.
        agency: for which the examiner works.
        note: what they wish to say on its cover.
        verdict: whether the record was as it was recorded when this was written; None where that
            was not checked.
    """

    tool: str
    at: str
    redacted: bool = False
    examiner: str = ""
    agency: str = ""
    note: str = ""
    verdict: Verdict | None = None


class ReportFiles(Protocol):
    """The files of a report: one, and further ones beside it, all written whole or not at all."""

    def open(self, part: str = "") -> TextIO:
        """A file to write to: the main one, or the further one of this name."""
        ...

    def name(self, part: str = "") -> str:
        """How the file is called, for links from the others."""
        ...


@runtime_checkable
class PagedReport(Protocol):
    """A report that is cut into several files where it would be too large to be opened."""

    def write_pages(
        self, database: CaseReader, case: str, files: ReportFiles, *, writing: Writing
    ) -> Counter[str]:
        """Write the report, and give what it could not carry, in words."""
        ...


class Report(Protocol):
    """A kind of report.

    Attributes:
        suffix: what the name of its file ends in.
        is_stream: whether it goes to standard output where no file is named.

    One that is no text has `is_binary` and writes to the `buffer` of the stream.
    """

    suffix: str
    is_stream: bool

    def write(
        self, database: CaseReader, case: str, out: TextIO, *, writing: Writing
    ) -> Counter[str]:
        """Write the report, piece by piece, and give what it could not carry, in words."""
        ...
