"""What a verification of the record found."""

from dataclasses import asdict, dataclass
from typing import Any, Final

MOST: Final = 100
"""Problems after which the search ends, and remarks that are kept."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something on record that is not as it was recorded, or that a reader must know.

    Attributes:
        what: in words.
        table: where it is; `audit` for the chain itself, empty for the file.
        row: id in the table, where it is one row.
        seq: the audit row that tells, where there is one.
    """

    what: str
    table: str = ""
    row: int | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found.

    Attributes:
        rows: of the audit chain.
        head: SHA-256 of the last of them.
        problems: in the order of the chain, at most `MOST`; empty if all is well.
        remarks: what is no problem by itself, and what a reader must know: a clock that was set
            back, signatures that nobody checked; at most `MOST`.
        readable: whether the tables are those of hashmatch; if not, their rows were not read.
    """

    rows: int
    head: str
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...] = ()
    readable: bool = True

    @property
    def passed(self) -> bool:
        """Whether all is as it was recorded."""
        return not self.problems

    def plain(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        return {
            "passed": self.passed,
            "rows": self.rows,
            "head": self.head,
            "problems": [asdict(each) for each in self.problems],
            "remarks": [asdict(each) for each in self.remarks],
        }
