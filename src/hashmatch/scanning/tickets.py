"""Tasks on their way to workers and back."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Generic, TypeVar, cast

from hashmatch.model import Unreadable
from hashmatch.scanning.job import NOTHING_SPECIAL, Impression

T = TypeVar("T")
R = TypeVar("R")

_COPIES_OF_A_NAME: Final = 4
"""The path, the locator, the place below the root, and what is sent."""


class Stage(Enum):
    """How a task is tried."""

    FIRST = auto()
    """With others, by any worker."""
    AGAIN = auto()
    """Alone, by a fresh worker: the one before died over it."""
    SALVAGE = auto()
    """Only what is safe, alone, by a fresh worker: no other file can have a say in it."""
    CHECK = auto()
    """Once more, by a worker that does nothing else: the answer is compared."""


@dataclass(slots=True, eq=False)
class Ticket(Generic[T, R]):
    """One task on its way.

    Attributes:
        first: what this one is a check of.
        seconds: on the clock, that the answer took.
        impression: what the answer looks like.
    """

    number: int
    task: T
    payload: bytes = b""
    size: int = 0
    stage: Stage = Stage.FIRST
    why: Unreadable | None = None
    result: R | None = None
    first: "Ticket[T, R] | None" = None
    seconds: float = 0.0
    impression: Impression = NOTHING_SPECIAL

    @property
    def named_bytes(self) -> int:
        """Bytes of memory that its task takes, about: names of nested folders count."""
        return len(self.payload) * _COPIES_OF_A_NAME

    def taken(self) -> R:
        """The result of a task that is done."""
        return cast("R", self.result)
