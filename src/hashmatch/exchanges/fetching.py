"""News of an exchange into an index: what is in force and how far it reaches are one commit."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from hashmatch import registry
from hashmatch.errors import ExchangeError, IndexBusyError
from hashmatch.exchanges.base import Checkpoint, Exchange, Page
from hashmatch.exchanges.http import StoppedError
from hashmatch.exchanges.settings import read_settings
from hashmatch.hashlists.base import Quarantined, Withdrawn
from hashmatch.hashlists.building import TableBuilder
from hashmatch.hashlists.reading import HashList
from hashmatch.index import generation as generations
from hashmatch.index.index import Index
from hashmatch.model import Entry, Json

if TYPE_CHECKING:
    from os import PathLike

    from hashmatch.index.generation import ListSource

ROWS = 50_000
SECONDS = 300.0
"""What was fetched becomes live after so many rows, or so long: a kill loses no more."""

_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch did, so far or in all.

    Attributes:
        list: name of the hash list.
        pages: pages that came.
        entries: entries on them, new or changed.
        withdrawn: entries that the exchange took back.
        quarantined: records, or values in them, that could not be understood.
        reasons: how many of those per reason.
        missing: entries that were live before all was fetched again, and did not come again.
        whole: whether everything that the exchange has was fetched at least once.
        interrupted: whether the user stopped it.
        refetch_reason: why all was fetched again; empty if it was not.
    """

    list: str
    pages: int = 0
    entries: int = 0
    withdrawn: int = 0
    quarantined: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    missing: int = 0
    whole: bool = False
    interrupted: bool = False
    refetch_reason: str = ""


def open_exchange(
    exchange: str,
    *,
    credentials: Path | None = None,
    url: str = "",
    group: str = "",
    stop: Callable[[], bool] = lambda: False,
) -> Exchange:
    """An exchange, with the account that the environment or a credentials file names.

    Args:
        exchange: its name: `ncmec`, `stopncii`, `tat` or `threatexchange`.
        credentials: a TOML file that nobody else may read.
        url: instead of the exchange's own address.
        group: which collection, where the exchange numbers them.
        stop: asked while a server has us wait; whether to give up.

    Raises:
        ExchangeError: a setting is missing, or the extra is not installed.
        UnknownNameError: there is no such exchange.
    """
    make = registry.find("exchanges", exchange)
    settings = read_settings(exchange, path=credentials, given={"url": url, "group": group})
    opened: Exchange = make(settings, stop=stop)
    return opened


def fetch_into(
    index: "str | PathLike[str]",
    name: str,
    *,
    exchange: Exchange,
    since: float = 0,
    restart: bool = False,
    stop: Callable[[], bool] = lambda: False,
    on_page: Callable[[Fetched], object] | None = None,
) -> Fetched:
    """Update a hash list in an index from an exchange.

    Entries and the checkpoint that they reach are committed together, so a fetch that ends at any
    moment is continued there and omits nothing. The index is free for other writers while pages are
    on their way. If everything must be fetched again, the present entries stay live until all have
    come; those that did not come again are withdrawn then.

    Args:
        index: folder of the index; made if it is not there.
        name: of the hash list.
        exchange: to fetch from.
        since: for a list that is not there yet: only changes since this time, in seconds since
            1970.
        restart: fetch all again.
        stop: asked after every page; whether to commit and return.
        on_page: called after every page.

    Raises:
        ExchangeError: the exchange cannot be reached, refuses, or cannot be understood; the pages
            before it are live. Or the list comes from another exchange.
        IndexBusyError: another process is writing the index, or this very list.
    """
    fetch = _Fetch(Path(index), name, exchange, since=since, restart=restart)
    try:
        for page in exchange.pages(fetch.checkpoint):
            fetch.take(page)
            if on_page is not None:
                on_page(fetch.fetched)
            if stop():
                return fetch.interrupted()
            if fetch.is_due():
                fetch.apply()
    except StoppedError:
        return fetch.interrupted()
    except ExchangeError:
        fetch.apply()
        raise
    return fetch.done()


@dataclass(frozen=True, slots=True)
class _State:
    """What of a list's newest source says how far its fetches came; stored as its details.

    Attributes:
        exchange: title of the exchange.
        origin: which collection of it.
        round: which reading of the whole the list is in; a restart begins another one.
        whole: whether a round was ever read to its end, or is not meant to be.
        checkpoint: the exchange's own.
    """

    exchange: str
    origin: str
    round: str
    whole: bool
    checkpoint: Checkpoint

    def details(self) -> dict[str, Json]:
        return {
            "exchange": self.exchange,
            "origin": self.origin,
            "round": self.round,
            "whole": self.whole,
            "checkpoint": self.checkpoint,
        }


def _round(source: "ListSource") -> str:
    """The round that entries came in; empty for entries of a file."""
    return str(source.details.get("round", ""))


def _newest(sources: "tuple[ListSource, ...]") -> "tuple[_State, float] | None":
    """How far the fetches of a list came and when; None if it never was fetched."""
    for source in reversed(sources):
        if _round(source):
            details = source.details
            state = _State(**{each: details[each] for each in _State.__slots__})  # type: ignore[arg-type]
            return state, datetime.fromisoformat(source.at).timestamp()
    return None


class _Fetch:
    """One fetch, and what it has in hand."""

    def __init__(
        self, index: Path, name: str, exchange: Exchange, *, since: float, restart: bool
    ) -> None:
        self._index, self._name, self._exchange = index, name, exchange
        before = _newest(_sources(index, name))
        self._committed = before[0] if before else None
        self._at = before[1] if before else 0.0
        why = self._anew(restart=restart, since=since)
        if self._committed is None or why:
            start = exchange.start(since)
            # A part was asked for: there is no end at which the rest could be found missing.
            self._state = _State(exchange.title, exchange.origin, uuid4().hex, bool(since), start)
        else:
            self._state = self._committed
        self.fetched = Fetched(name, refetch_reason=why)
        self._reasons: Counter[str] = Counter()
        self._reset()

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint to continue from."""
        return self._state.checkpoint

    def take(self, page: Page) -> None:
        """Take the rows of a page: of each id the last word counts."""
        entries = withdrawn = 0
        for row in page.rows:
            if isinstance(row, Quarantined):
                self._quarantined.append(row)
                self._reasons[row.reason] += 1
            elif isinstance(row, Entry | Withdrawn):
                self._rows.pop(row.id, None)
                self._rows[row.id] = row
                entries += isinstance(row, Entry)
                withdrawn += isinstance(row, Withdrawn)
        self._state = replace(self._state, checkpoint=page.checkpoint)
        done = self.fetched
        self.fetched = replace(
            done,
            pages=done.pages + 1,
            entries=done.entries + entries,
            withdrawn=done.withdrawn + withdrawn,
            quarantined=self._reasons.total(),
            reasons=dict(self._reasons),
        )

    def is_due(self) -> bool:
        """Whether what is in hand should be put in force."""
        count = len(self._rows) + len(self._quarantined)
        return count >= ROWS or time.monotonic() - self._since >= SECONDS

    def interrupted(self) -> Fetched:
        """Put in force what is in hand, as the user asked to stop."""
        self.apply()
        return replace(self.fetched, whole=self._state.whole, interrupted=True)

    def done(self) -> Fetched:
        """Put in force what is in hand; if a round is complete, take back what it did not bring."""
        stale = frozenset[str]()
        if not self._state.whole:
            self._state = replace(self._state, whole=True)
            stale = self._stale()
        self.apply(stale)
        return replace(self.fetched, whole=True)

    def apply(self, stale: frozenset[str] = frozenset()) -> None:
        """Commit the rows in hand and the checkpoint that they reach, both or neither."""
        if not self._is_news():
            return
        hash_list = self._hash_list()
        with Index.edit(self._index) as writer:
            found = _newest(writer.sources(self._name))
            if (found[0] if found else None) != self._committed:
                msg = f"another process fetched {self._name} meanwhile: run this again"
                raise IndexBusyError(msg)
            if stale:
                missing = writer.withdraw(self._name, stale - self._rows.keys())
                self.fetched = replace(self.fetched, missing=missing)
            writer.update(hash_list, file=self._state.origin)
        self._committed, self._at = self._state, time.time()
        self._reset()

    def _reset(self) -> None:
        self._rows: dict[str, Entry | Withdrawn] = {}
        self._quarantined: list[Quarantined] = []
        self._since = time.monotonic()

    def _is_news(self) -> bool:
        """Whether to commit: what only moves the checkpoint is worth one generation a day."""
        if self._rows or self._quarantined:
            return True
        before, now = self._committed, self._state
        if before is None or (before.round, before.whole) != (now.round, now.whole):
            return before is not None or bool(self.fetched.pages)
        return before != now and time.time() - self._at > _DAY

    def _anew(self, *, restart: bool, since: float) -> str:
        """Why all must be fetched again; empty if the fetch can go on.

        Raises:
            ExchangeError: the list comes from elsewhere, or is there already.
        """
        before, wanted = self._committed, (self._exchange.title, self._exchange.origin)
        if before is None:
            return ""
        if (before.exchange, before.origin) != wanted:
            msg = (
                f"the hash list {self._name} comes from {before.exchange}, {before.origin}: "
                "give this one another name"
            )
            raise ExchangeError(msg)
        if restart:
            return "asked for"
        if since:
            msg = (
                f"the hash list {self._name} was fetched before, and the fetch continues there; "
                "restart it to begin at another time"
            )
            raise ExchangeError(msg)
        limit = self._exchange.stale_after
        if limit is not None and time.time() - self._at > limit:
            return f"the last fetch was more than {limit / _DAY:.0f} days ago"
        return ""

    def _stale(self) -> frozenset[str]:
        """The ids of entries that came in a round before this one, and not again."""
        if self._committed is None:
            return frozenset()
        known = next(each for each in Index(self._index).lists if each.name == self._name)
        now = self._state.round
        before = {each.sha256 for each in known.sources if _round(each) not in ("", now)}
        before -= {each.sha256 for each in known.sources if _round(each) == now}
        if not before:
            return frozenset()
        ids = set()
        for part in known.parts:
            gone = set(part.withdrawn.tolist())
            for row in range(len(part.segment.table)):
                if row not in gone and part.segment.source_of(row) in before:
                    ids.add(part.segment.table[row].id)
        return frozenset(ids)

    def _hash_list(self) -> HashList:
        builder, withdrawn = TableBuilder(), []
        for row in self._rows.values():
            if isinstance(row, Entry):
                builder.add(row)
            else:
                withdrawn.append(row)
        details = self._state.details()
        # There is no file to take the SHA-256 of: that of the checkpoint and the ids, with the
        # time, names this part of the list as surely.
        at = datetime.now(UTC).isoformat()
        told = json.dumps([details, at, list(self._rows)]).encode()
        return HashList(
            self._name,
            format=self._state.exchange,
            sha256=hashlib.sha256(told).hexdigest(),
            version=at,
            owner=self._state.exchange,
            entries=builder.finish(),
            quarantined=tuple(self._quarantined),
            withdrawn=tuple(withdrawn),
            details=details,
        )


def _sources(index: Path, name: str) -> "tuple[ListSource, ...]":
    """The sources of a list's entries; empty if there is no such list, or no index."""
    if not Index.at(index):
        return ()
    # Not through Index, which opens everything that can be searched.
    newest = generations.read(index, generations.numbers(index)[-1])
    return next((each.sources for each in newest.lists if each.name == name), ())
