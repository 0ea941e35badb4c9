"""What tests of parsers of containers share: pictures, a simple budget, members read to the end."""

import io
from collections.abc import Mapping
from functools import cache

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Step
from hashmatch.sources.inside.base import Inner, LimitError, Parser
from tests.support.mutations import mutant
from tests.support.photos import photo

_PIECE = 1 << 16


class SimpleBudget:
    """So many members and bytes, and no more."""

    def __init__(self, members: int = 10_000, size: int = 1 << 28) -> None:
        self.members, self.size = members, size

    def member(self) -> None:
        self.members -= 1
        if self.members < 0:
            raise LimitError(Reason.TOO_MUCH, "members")

    def bytes(self, count: int) -> None:
        self.size -= count
        if self.size < 0:
            raise LimitError(Reason.TOO_MUCH, "bytes")

    def check(self) -> None:
        pass


@cache
def picture(kind: str, size: int = 64, name: str = "astronaut") -> bytes:
    """A photo as a file of this kind."""
    out = io.BytesIO()
    photo(name).resize((size, size)).save(out, kind)
    return out.getvalue()


def read(inner: Inner) -> bytes | Unreadable:
    """The bytes of a member, or why there are none."""
    if inner.problem or not inner.open:
        assert inner.problem
        assert not inner.open
        return inner.problem
    pieces = []
    with inner.open() as file:
        try:
            while piece := file.read(_PIECE):
                pieces.append(piece)
        except UnreadableError as error:
            return Unreadable(error.reason, error.detail)
    return b"".join(pieces)


def members(
    parser: Parser, data: bytes, passwords: tuple[str, ...] = ()
) -> list[tuple[Step | None, bytes | Unreadable]]:
    """Steps and bytes of all members; problems of the whole have no step."""
    found: list[tuple[Step | None, bytes | Unreadable]] = []
    for each in parser(io.BytesIO(data), SimpleBudget(), passwords):
        step = None if isinstance(each, Unreadable) else each.step
        found.append((step, each if isinstance(each, Unreadable) else read(each)))
    steps = [step for step, _ in found if step]
    assert len(set(steps)) == len(steps)
    return found


def contents(parser: Parser, data: bytes) -> set[bytes]:
    """The bytes of all members that could be read."""
    return {each for _, each in members(parser, data) if isinstance(each, bytes)}


def endure(parser: Parser, seeds: Mapping[str, bytes], count: int = 100) -> int:
    """Read mutants of these files; only limits and what cannot be read are raised."""
    read_members = 0
    for seed in seeds:
        for number in range(count):
            data = mutant(seed, number, seeds).data
            budget = SimpleBudget(size=1 << 26)
            try:
                for each in parser(io.BytesIO(data), budget):
                    if isinstance(each, Inner):
                        read(each)
                        read_members += 1
            except (LimitError, OSError, UnreadableError):
                pass
    return read_members
