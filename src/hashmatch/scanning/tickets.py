"""Tasks on their way to workers and back."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Generic, TypeVar, cast

from hashmatch.model import Unreadable
from hashmatch.scanning.job import NOTHING_SPECIAL, Impression
from hashmatch.scanning.messages import ProtocolError
from hashmatch.scanning.seen import Seen

T = TypeVar("T")
R = TypeVar("R")

_COPIES_OF_A_NAME: Final = 4
"""The path, the locator, the place below the root, and what is sent."""


class Stage(Enum):
    """How a task is tried."""

    FIRST = auto()
    """Together with others, by any worker."""
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
        loaded: the payload, where another one than `payload` was made, until it is answered: a
            worker may end before it came to it, and to load it again may take long.
        kept: the same, for a check.
        costly: whether a check has to do without it.
        is_doubted: whether the answer is checked because of what it looks like.
        parts: of the answer that were given, by what tells them apart; None before the first.
        repeated: likewise, what an attempt that is not the first gave so far.
        is_part: whether the result is a part, and the task goes on.
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
    loaded: bytes = b""
    kept: bytes = b""
    costly: bool = False
    is_doubted: bool = False
    parts: Seen | None = None
    repeated: Seen | None = None
    is_part: bool = False

    @property
    def named_bytes(self) -> int:
        """Bytes of memory that its task takes, about: names of nested folders count."""
        return len(self.payload) * _COPIES_OF_A_NAME

    def order_payload(self) -> bytes:
        """What the worker gets that tries it now."""
        self.repeated = None
        return self.loaded or self.kept or self.payload

    def answered(self, *, keeps: bool = False) -> None:
        """Let go of what was loaded, unless it is kept for a check."""
        if self.loaded:
            self.kept, self.costly = self.loaded if keeps else b"", not keeps
            self.loaded = b""

    def forget(self) -> None:
        """Let go of what was kept."""
        if self.kept:
            self.kept, self.costly = b"", True

    def is_new(self, key: str) -> bool:
        """Whether a part was not given by an earlier attempt.

        Raises:
            ProtocolError: this attempt gave it before.
        """
        self.parts = self.parts or Seen()
        is_new = self.parts.add(key)
        if self.stage is Stage.FIRST:
            if not is_new:
                raise ProtocolError
            return True
        self.repeated = self.repeated or Seen()
        if not self.repeated.add(key):
            raise ProtocolError
        return is_new

    def taken(self) -> R:
        """The result of a task that is done."""
        return cast("R", self.result)
