"""What every exchange is: news about known files, page after page."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from hashmatch.hashlists.base import Row
from hashmatch.model import Json

Checkpoint: TypeAlias = Mapping[str, Json]
"""How far a fetch came: a small JSON value without credentials."""

PAGE_LIFE = 12 * 3600
"""Seconds for which the address of a next page is used again: NCMEC's figure; no other exchange
names one, and the start of the range, which is kept beside it, never gets old."""


@dataclass(frozen=True, slots=True)
class Page:
    """Part of an exchange's news.

    Attributes:
        rows: entries, withdrawals, and records that could not be understood.
        checkpoint: from where to go on once the rows are safe.
    """

    rows: Sequence[Row]
    checkpoint: Checkpoint


class Exchange(Protocol):
    """One collection of one exchange, as an account may read it.

    Attributes:
        title: what people call it.
        origin: which collection, in words that hold no credentials and stay the same.
        stale_after: seconds after which withdrawals may be missing from the news, so that all
            must be fetched again; None if never.
    """

    title: str
    origin: str

    @property
    def stale_after(self) -> float | None:
        """See above; read, never set."""
        ...

    def start(self, since: float) -> Checkpoint:
        """The checkpoint before all news since a time, in seconds since 1970; 0 for all."""
        ...

    def pages(self, checkpoint: Checkpoint) -> Iterator[Page]:
        """All news since a checkpoint.

        Going on from the checkpoint of any page gives all that was not on pages up to it; a
        record may come again, but none is left out. The last page's checkpoint is one from
        which a later fetch finds all that is new by then.

        Raises:
            ExchangeError: it cannot be reached, refuses, or cannot be understood.
        """
        ...


def page_checkpoint(following: str, end: Checkpoint, **kept: Json) -> Checkpoint:
    """The checkpoint to continue from after a page.

    Args:
        following: the address of the next page; empty after the last one.
        end: what to go on with after the last one.
        kept: what stays the same until then.
    """
    return {**kept, "next": following, "at": int(time.time())} if following else end


def resume_token(checkpoint: Checkpoint) -> str:
    """The address of the next page that a checkpoint holds; empty if none, or if it is too old."""
    at = checkpoint.get("at")
    fresh = isinstance(at, int | float) and 0 <= time.time() - at < PAGE_LIFE
    return str(checkpoint["next"]) if fresh and checkpoint.get("next") else ""
