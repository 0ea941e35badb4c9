"""Tasks on their way to workers and back."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, TypeVar, cast

from hashmatch.model import Unreadable

T = TypeVar("T")
R = TypeVar("R")


class Stage(Enum):
    """How a task is tried."""

    FIRST = auto()
    """With others, by any worker."""
    AGAIN = auto()
    """Alone, by a fresh worker: the one before died over it."""
    SALVAGE = auto()
    """Only what is safe."""


@dataclass(slots=True, eq=False)
class Ticket(Generic[T, R]):
    """One task on its way."""

    number: int
    task: T
    payload: bytes = b""
    size: int = 0
    stage: Stage = Stage.FIRST
    why: Unreadable | None = None
    result: R | None = None

    def taken(self) -> R:
        """The result of a task that is done."""
        return cast("R", self.result)
