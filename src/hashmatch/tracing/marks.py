"""The marks of a timeline: times of sightings and events, each with its kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, overload

from hashmatch.model.moment import Moment
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.tracing.rows import COUNTERPART, Proof

if TYPE_CHECKING:
    from hashmatch.tracing.lanes import Lane

_WHAT: Final = {"sightings": "file", "items": "file", "statements": "statement"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(PlainValue):
    """One time of one sighting or event; of one that has several times there are several marks.

    Attributes:
        case: the lab's own number.
        exhibit: of the case.
        role: the part of the one who had it there.
        what: `file`, what happened (`upload`, `login` and so on), or `statement`.
        table: of the row that proves it.
        row: its number.
        entry: of a hash list, as `entry:vic/123`; of exhibits, on which several are seen.
        account: of the one whom the role of an event belongs to.
        time: when, with its kind; None where no time is told.
        handling: how far it may be passed on: the mark of case, exhibit and imports.
    """

    json_shape: ClassVar = Shape(first={"record": "mark"}, null=("entry", "account"))

    case: str
    exhibit: str
    role: str
    what: str
    table: str
    row: int
    entry: str = ""
    account: str = ""
    time: Moment | None = None
    handling: tuple[str, ...] = ()


class Dated(NamedTuple):
    """A time, and the number of the row that it is of."""

    time: Moment | None
    proof: int


class Marks(Sequence[Mark]):
    """The marks of a timeline: by time; at the end those whose words state none, then undated ones.

    Each value is made when it is read: something that lies everywhere has hundreds of thousands.
    """

    def __init__(
        self,
        dated: Sequence[Dated],
        found: Sequence[Proof],
        lanes: "Mapping[int, Lane]",
        told: Mapping[int, tuple[str, str]],
    ) -> None:
        """Hold what was found; `timeline` makes it.

        Args:
            dated: times in their order.
            found: the rows.
            lanes: by the number of the exhibit.
            told: what happened, and the account, by the number of an event.
        """
        self._dated = dated
        self._found = found
        self._lanes = lanes
        self._told = told

    def __len__(self) -> int:
        return len(self._dated)

    @overload
    def __getitem__(self, at: int, /) -> Mark: ...
    @overload
    def __getitem__(self, at: slice, /) -> "Marks": ...
    def __getitem__(self, at: int | slice, /) -> "Mark | Marks":
        if isinstance(at, slice):
            return Marks(self._dated[at], self._found, self._lanes, self._told)
        time, number = self._dated[at]
        proof = self._found[number]
        lane = self._lanes[proof.source]
        what, account = _WHAT.get(proof.table, ""), ""
        if proof.table == "events":
            what, account = self._told[proof.row]
        return Mark(
            case=lane.case,
            exhibit=lane.exhibit,
            role=proof.role,
            what=what,
            table=proof.table,
            row=proof.row,
            entry="" if proof.entry is None else f"entry:{'/'.join(proof.entry)}",
            account="" if proof.role == COUNTERPART else account,
            time=time,
            handling=lane.handling,
        )
