"""What was seen of a thing in one exhibit: rows, files, and the first and last times by kind."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Final

from hashmatch.model.moment import Moment
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.tracing import times

if TYPE_CHECKING:
    from hashmatch.tracing.ordering import Place
    from hashmatch.tracing.rows import Proof

_ROWS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(PlainValue):
    """The first and the last time of one kind.

    Attributes:
        kind: of the times.
        first: the interval in which the earliest of them lies.
        last: that of the latest; both None where no words state a time.
        count: how many times there are.
        unclear: how many of them have words that state none: they are in neither interval.
    """

    kind: str
    first: Moment | None
    last: Moment | None
    count: int
    unclear: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane(PlainValue):
    """What was seen of a thing in one exhibit.

    Attributes:
        case: the lab's own number.
        exhibit: of the case; empty where the case is a pointer, of which nothing else is told.
        contact: whom to ask; of cases that are pointers.
        roles: in which somebody had it there.
        counts: how many rows prove it, by table.
        files: how many different files these are of.
        spans: by kind of time.
        undated: how many of the rows have no time.
        undated_rows: of these the first five of each table.
        zone: of the clock of the device, as it was stated; empty where nobody did.
        acquired: when the exhibit was acquired, as it was stated.
        scanned: from the start of the first run of its scan to the end of the last one.
        handling: how far it may be passed on: the mark of case, exhibit and imports.
    """

    json_shape: ClassVar = Shape(null=("exhibit", "contact", "zone"))

    case: str
    exhibit: str
    contact: str = ""
    roles: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
    spans: tuple[Span, ...] = ()
    undated: int = 0
    undated_rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    zone: str = ""
    acquired: Moment | None = None
    scanned: Moment | None = None
    handling: tuple[str, ...] = ()

    @property
    def place(self) -> "Place":
        """The case and the exhibit."""
        return self.case, self.exhibit


@dataclass(slots=True)
class Times:
    """The times of one kind, as far as they were read."""

    count: int = 0
    unclear: int = 0
    first: Moment | None = None
    last: Moment | None = None

    def add(self, time: Moment) -> None:
        """Another one: the earliest of several lies between their least bounds."""
        self.count += 1
        if not times.is_clear(time):
            self.unclear += 1
            return
        if self.first is None or self.last is None:
            self.first = self.last = Moment(
                earliest=time.earliest, latest=time.latest, kind=time.kind
            )
            return
        if time.earliest < self.first.earliest or time.latest < self.first.latest:
            self.first = replace(
                self.first,
                earliest=min(self.first.earliest, time.earliest),
                latest=min(self.first.latest, time.latest),
            )
        if time.earliest > self.last.earliest or time.latest > self.last.latest:
            self.last = replace(
                self.last,
                earliest=max(self.last.earliest, time.earliest),
                latest=max(self.last.latest, time.latest),
            )


def spans(of_kinds: Mapping[str, Times]) -> tuple[Span, ...]:
    """The first and last times of each kind."""
    return tuple(
        Span(kind=kind, first=seen.first, last=seen.last, count=seen.count, unclear=seen.unclear)
        for kind, seen in sorted(of_kinds.items())
    )


@dataclass(slots=True)
class SeenThere:
    """What was seen in one exhibit, as far as it was read."""

    roles: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    files: set[int] = field(default_factory=set)
    times: dict[str, Times] = field(default_factory=dict)
    undated: int = 0
    undated_rows: dict[str, list[int]] = field(default_factory=dict)

    def add(self, proof: "Proof", told: Sequence[Moment]) -> None:
        """Another row, with its times."""
        self.roles.add(proof.role)
        self.counts[proof.table] += 1
        if proof.item:
            self.files.add(proof.item)
        for time in told:
            self.times.setdefault(time.kind, Times()).add(time)
        if not told:
            self.undated += 1
            rows = self.undated_rows.setdefault(proof.table, [])
            if len(rows) < _ROWS:
                rows.append(proof.row)
