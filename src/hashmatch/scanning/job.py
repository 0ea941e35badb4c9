"""What workers are given to do."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar, runtime_checkable

from hashmatch.model import Unreadable

T_contra = TypeVar("T_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Impression:
    """How an answer looks to somebody who does not trust the worker.

    Attributes:
        doubt: the probability with which it should be checked for itself, 0-1.
        kind: what many answers from a worker that hides files would have in common.
        likeness: what answers to different tasks seldom share.
        excuse: whether it blames what may be otherwise the next time, as a lack of time: another
            worker need not say the same, so that nothing else tells it from a lie.
        bytes: of memory that it takes, about; an answer may be packed.
    """

    doubt: float = 0.0
    kind: str = ""
    likeness: Hashable | None = None
    excuse: bool = False
    bytes: int = 0


NOTHING_SPECIAL: Final = Impression()


class Job(Protocol[T_contra, R_co]):
    """One kind of work on many tasks: half of it runs in the parent, half in a worker.

    The job is pickled to the workers. What a worker answers is bytes, which `result` must not
    trust: the worker has parsed hostile data.
    """

    def local(self, task: T_contra) -> R_co | None:
        """The result of a task that no worker is needed for; None for all others."""
        ...

    def name(self, task: T_contra) -> str:
        """What a person calls the task, as the locator of its file."""
        ...

    def payload(self, task: T_contra) -> object:
        """What a worker needs to know of the task; it is pickled."""
        ...

    def loaded(self, task: T_contra) -> object | None:
        """The payload with the bytes to be read, which are given away once.

        None where there are none: then `payload` is what the worker gets, as where the bytes were
        let go of meanwhile.
        """
        ...

    def fit_for(self, task: T_contra) -> "Job[T_contra, R_co] | None":
        """The job that does what this task needs by its `payload`; None where this one does.

        All workers are replaced by such that do it.
        """
        ...

    def size(self, task: T_contra) -> int:
        """How many bytes will be read, as far as that is known."""
        ...

    def is_large(self, answer: bytes) -> bool:
        """Whether it may take more than some hundredths of a second to read an answer."""
        ...

    def result(self, task: T_contra, answer: bytes) -> R_co:
        """The result in the worker's answer.

        Raises:
            ProtocolError: the answer is not one that `perform` gives.
        """
        ...

    def failed(self, task: T_contra, why: Unreadable, salvaged: bytes | None) -> R_co:
        """The result of a task that cost a worker its life.

        Args:
            task: the task.
            why: the reason.
            salvaged: the answer of `salvage`, not to be trusted; None where that failed too.

        Raises:
            ProtocolError: what was salvaged is not what `salvage` gives.
        """
        ...

    def impression(self, task: T_contra, result: object) -> Impression:
        """What the result looks like to somebody who does not trust the worker."""
        ...

    def agree(self, first: object, second: object) -> bool:
        """Whether two results of one task are what two workers give that nobody took over."""
        ...

    def warm_up(self) -> None:
        """Load all that `perform` may need; called in a worker before it is locked down."""
        ...

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        """The answer for one task; called in a worker.

        Args:
            payload: of the task.
            on_progress: to be called now and then by what takes long, with how far it is.
        """
        ...

    def salvage(self, payload: object) -> bytes:
        """What can be said of a task that ends the process in `perform`; called in a worker."""
        ...


@runtime_checkable
class Streaming(Protocol[T_contra, R_co]):
    """A job whose answers come in parts, as long as they may be: parts, and then the answer.

    Parts of a task that cost a worker its life are kept; the next attempt gives them again.
    """

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        """The parts, and last the answer; called in a worker instead of `perform` and `salvage`.

        Args:
            payload: of the task.
            on_progress: as for `perform`.
            safe: whether only what is safe is to be done, as `salvage` does.
        """
        ...

    def part(self, task: T_contra, content: bytes) -> tuple[str, R_co]:
        """What tells a part from all others of its task, and the result in it.

        Raises:
            ProtocolError: it is none that `stream` gives.
        """
        ...


class SimpleJob:
    """What is the same in the jobs of workers that decode no picture.

    Nothing is sent ahead, one job does all tasks, answers are small, and no answer is checked by
    another worker.
    """

    __slots__ = ()

    def loaded(self, task: object) -> None:
        """Nothing is sent."""

    def fit_for(self, task: object) -> None:
        """It does all."""

    def is_large(self, answer: bytes) -> bool:  # noqa: ARG002 (what is large comes in parts)
        """All are small."""
        return False

    def impression(self, task: object, result: object) -> Impression:  # noqa: ARG002 (not compared)
        """No answer is checked by another worker."""
        return NOTHING_SPECIAL

    def agree(self, first: object, second: object) -> bool:
        """Whether they are equal."""
        return first == second

    def salvage(self, payload: object) -> bytes:  # noqa: ARG002 (there is nothing to save)
        """Nothing: what ends a worker twice cannot be read."""
        return b""


class StreamingJob(SimpleJob, ABC):
    """The same for jobs whose answers come in parts."""

    __slots__ = ()

    @abstractmethod
    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        """The parts, and last the answer, as `Streaming` says."""

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        """The answer alone."""
        *_, answer = self.stream(payload, on_progress, safe=False)
        return answer

    def salvage(self, payload: object) -> bytes:
        """The answer alone, without parsers that are not written in Python."""
        *_, answer = self.stream(payload, lambda _: None, safe=True)
        return answer
