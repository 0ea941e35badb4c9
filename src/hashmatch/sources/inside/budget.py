"""How much is read of one file of the evidence with all that lies in it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Final

from hashmatch.errors import Reason, check_type
from hashmatch.sources.inside.base import LimitError
from hashmatch.sources.inside.image_selection import ImageSelection

_PER_BYTE: Final = 8
"""Bytes that each byte of a large file may expand to, however few are read of small ones."""


@dataclass(frozen=True, slots=True)
class InsideLimits:
    """Bounds of what is read inside one file of the evidence.

    Attributes:
        max_members: in all, with those of containers inside; folders count.
        max_bytes: that are expanded in all; of a file of more than an eighth of them, eight times
            its own size: a large archive of a telephone is read whole.
        max_ratio: of the bytes expanded to those of the file, beyond `free_bytes`.
        free_bytes: that are expanded whatever the ratio.
        max_member_bytes: of one member that is held in memory; of a larger one that cannot be read
            where it lies, digests are computed and nothing else.
        max_seconds: on the clock, without the time in which others work on what was found.
        max_depth: of containers in each other; see `parsers.depth_of`.
        images: which parts of disk images are read.
        verify_images: whether the digests that a disk image keeps of its whole medium are compared
            with its bytes, for which it is read once more.

    >>> InsideLimits(max_depth=2).max_depth
    2
    """

    max_members: int = 1_000_000
    max_bytes: int = 64 << 30
    max_ratio: int = 1000
    free_bytes: int = 64 << 20
    max_member_bytes: int = 512 << 20
    max_seconds: float = 3600.0
    max_depth: int = 5
    images: ImageSelection = field(default_factory=ImageSelection)
    verify_images: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no bound.

        Raises:
            TypeError, ValueError: one is no number, or negative, or a switch is no bool.
        """
        check_type(self.images, ImageSelection, "images is an ImageSelection")
        check_type(self.verify_images, bool, "verify_images is True or False")
        for each in fields(self):
            if each.name in ("images", "verify_images"):
                continue
            value = getattr(self, each.name)
            check_type(value, (int, float), f"{each.name} is a number")
            if not value >= 0:
                msg = f"{each.name} is 0 or more, not {value}"
                raise ValueError(msg)


class Spending:
    """The budget of one file of the evidence.

    Attributes:
        limits: that it keeps.
        members: counted so far.
        expanded: bytes made so far.
    """

    def __init__(
        self,
        limits: InsideLimits,
        size: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to count.

        Args:
            limits: to keep.
            size: of the file, in bytes.
            clock: in seconds.
        """
        self.limits = limits
        self.members = self.expanded = 0
        self._most = min(
            max(limits.max_bytes, size * _PER_BYTE),
            limits.free_bytes + size * limits.max_ratio,
        )
        self._clock = clock
        self._end = clock() + limits.max_seconds

    def member(self) -> None:
        """Count a member.

        Raises:
            LimitError: there are more than are read, or it took too long.
        """
        self.members += 1
        if self.members > self.limits.max_members:
            detail = f"more than {self.limits.max_members:,} members"
            raise LimitError(Reason.TOO_MUCH, detail)
        self.check()

    def bytes(self, count: int) -> None:
        """Count bytes that were made.

        Raises:
            LimitError: there are more than are read, or it took too long.
        """
        self.expanded += count
        if self.expanded > self._most:
            detail = f"it expands to more than {self._most:,} bytes"
            raise LimitError(Reason.TOO_MUCH, detail)
        self.check()

    def check(self) -> None:
        """Look at the clock.

        Raises:
            LimitError: it took too long.
        """
        if self._clock() > self._end:
            detail = f"it takes longer than {self.limits.max_seconds:g} seconds to read"
            raise LimitError(Reason.TOO_MUCH, detail)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While others work on what was found: that time does not count."""
        begin = self._clock()
        try:
            yield
        finally:
            self._end += self._clock() - begin
