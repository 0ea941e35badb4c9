"""What a parser of one kind of container gives: its members, always in the same order."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol, TypeAlias, runtime_checkable

from hashmatch.errors import Reason
from hashmatch.model import AllocationState, PlaceConfidence, Unreadable
from hashmatch.model.locator import Step

PIECE = 1 << 16
"""Bytes that are read at a time."""


@dataclass(frozen=True, slots=True)
class Inner:
    """A member of a container, not yet read.

    Attributes:
        step: from the container to it.
        size: of its bytes, as the container says; None where it does not say. Never trusted.
        times: as the container says, by kind, ISO 8601; with `Z` only where they are known to be
            UTC.
        problem: why its bytes cannot be read; None where they can.
        open: gives its bytes, to be read once from the beginning, until the next member is asked
            for; None where there is a problem. What is wrong with them is raised as
            `UnreadableError` while they are read.
        is_made: whether it has no file of its own: its bytes are made of pixels that the container
            holds, and their digests say nothing.
        given: SHA-256 of contents that its container gave before and that lie in its bytes too: a
            search through them leaves these out.
        before: steps from the container that come before the last one, as the volume of a disk.
        state: whether its bytes belong to a file; None where the steps say it.
        confidence: how sure it is that the bytes are its own; None where the steps say it.
        runs: where they lie on a medium: offset and length of each piece.
        original_name: what it was called where it came from, as another member says; empty where
            none does.
        remark: what is to be said of it if nothing is found in it.
        has: of a member that lists files, whether there is one with a path below its folder; None
            of all others.
        beside: opens the file beside it that has its name without an ending; None where its
            container is asked.
    """

    step: Step
    size: int | None = None
    times: Mapping[str, str] = field(default_factory=dict)
    problem: Unreadable | None = None
    open: Callable[[], BinaryIO] | None = None
    is_made: bool = False
    given: frozenset[str] = frozenset()
    before: tuple[Step, ...] = ()
    state: AllocationState | None = None
    confidence: PlaceConfidence | None = None
    runs: tuple[tuple[int, int], ...] = ()
    original_name: str = ""
    remark: Unreadable | None = None
    has: Callable[[str], bool] | None = None
    beside: Callable[[str], BinaryIO | None] | None = None


@dataclass(slots=True)
class SearchState:
    """How far the searches of a large file are that is searched part by part.

    Attributes:
        carved: behind the last picture that was found at any place.
        text: behind the last file that was found encoded in text, in characters.
        number: of files that were found encoded in text.
    """

    carved: int = 0
    text: int = 0
    number: int = 0


class Budget(Protocol):
    """How much may be read of a container with all that lies in it; shared by its parsers."""

    def member(self) -> None:
        """Count a member.

        Raises:
            LimitError: there are more than are read.
        """
        ...

    def bytes(self, count: int) -> None:
        """Count bytes that were decompressed or otherwise made.

        Raises:
            LimitError: there are more than are read, in all or for the bytes of the container.
        """
        ...

    def check(self) -> None:
        """Look at the clock: to be called by whoever reads long without a member or bytes.

        Raises:
            LimitError: it took too long.
        """
        ...


class LimitError(Exception):
    """A limit was met: what was read of the container counts, the rest is not read."""

    def __init__(self, reason: Reason, detail: str) -> None:
        """Keep the reason."""
        super().__init__(detail)
        self.why = Unreadable(reason, detail)


class Parser(Protocol):
    """Reads the members of containers of some kinds."""

    kinds: tuple[str, ...]
    """Names of the kinds, as `hashmatch.containers` has them."""
    modules: tuple[str, ...]
    """What must be imported before a process is locked down: codecs too (`encodings.cp437`)."""
    extra: str
    """The extra that its library is in; empty where it needs none."""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> "Iterator[Inner | Unreadable]":
        """The members, in the order of the container; what is wrong with it as a whole in between.

        What is broken is told (`Unreadable`) and read on behind, as far as that can be done: a cut
        archive gives the members before the cut, and says that it is cut.

        Args:
            file: seekable, at any place; nothing else may be opened.
            budget: to be told of members and bytes.
            passwords: to be tried on what is encrypted.

        Raises:
            LimitError: of the budget, passed on.
            OSError: the file cannot be read.
        """
        ...


Beside: TypeAlias = Callable[[], BinaryIO | None]
"""Opens the file that belongs to a container and lies beside it, seekable; None where there is
none. It raises `OSError` or `UnreadableError` where that cannot be read."""


def nothing_beside() -> None:
    """Opens nothing."""


@runtime_checkable
class PairParser(Protocol):
    """Reads containers together with the file beside them that has their name without an ending.

    Attributes:
        ending: of the name of the container: the other file has none.
    """

    ending: str

    def __call__(
        self,
        file: BinaryIO,
        budget: Budget,
        passwords: tuple[str, ...] = (),
        *,
        beside: Beside = nothing_beside,
    ) -> "Iterator[Inner | Unreadable]":
        """The arguments of `Parser`.

        Args:
            file: the container.
            budget: as for `Parser`.
            passwords: as for `Parser`.
            beside: opens the other file.
        """
        ...
