"""Files of a batch, read and hashed by workers that live on from batch to batch."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final

from hashmatch.distributed import stores
from hashmatch.distributed.uris import local_path
from hashmatch.errors import MissingExtraError, Reason, SourceError, UnreadableError
from hashmatch.files.digesting import Digester
from hashmatch.hashing.options import HashOptions
from hashmatch.model import Item, Unreadable
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.uploads import Workers, digested_file
from hashmatch.sources.access import open_evidence
from hashmatch.sources.base import Found

_REQUESTS: Final = 8
"""Files of a store that are requested at a time, for each worker."""
_MOST_REQUESTS: Final = 64
_BLOCK: Final = 8 << 20
_FEW: Final = 8
"""Files of a batch: if no single one of so many can be read, the store is at fault."""


class Readers:
    """Workers, and threads that fetch what lies in stores."""

    def __init__(
        self,
        options: HashOptions,
        *,
        workers: int,
        roots: Sequence[str],
        limits: WorkerLimits | None,
        max_bytes: int,
        unsandboxed: bool,
    ) -> None:
        """Prepare; workers are started one by one when there is work."""
        self._most = max_bytes
        self._workers = Workers(
            options,
            workers=workers,
            roots=roots,
            limits=limits,
            max_bytes=max_bytes,
            unsandboxed=unsandboxed,
        )
        self._workers.__enter__()
        threads = min(_MOST_REQUESTS, _REQUESTS * self._workers.workers)
        self._threads = ThreadPoolExecutor(threads, "hashmatch-requests")

    def close(self) -> None:
        """End them at once."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._workers.close(wait=False)

    @property
    def notices(self) -> tuple[str, ...]:
        """What this system cannot do to lock workers down."""
        return self._workers.notices

    def items(self, read: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Item]:
        """The item of each row, in their order.

        Args:
            read: the column that says what is read.
            rows: of a batch.

        Raises:
            SourceError: not one of them can be fetched.
            MissingExtraError: what reads all of them is not installed.
            WorkerError: workers cannot be started.
        """
        begun = [self._begun(read, row) for row in rows]
        refused: list[SourceError] = []
        extras: list[MissingExtraError] = []
        done = []
        for each in begun:
            try:
                item = each.result()
                done.append(item.result() if isinstance(item, Future) else item)
            except SourceError as error:
                missing = isinstance(error, stores.MissingError)
                if not missing:
                    refused.append(error)
                why = Unreadable(Reason.MISSING if missing else Reason.IO_ERROR, str(error)[:300])
                done.append(Item("", unreadable=why))
            except MissingExtraError as error:
                extras.append(error)
                why = Unreadable(Reason.IO_ERROR, str(error)[:300])
                done.append(Item("", unreadable=why))
        if extras and len(extras) == len(rows):
            raise extras[0]
        if len(refused) == len(rows) >= _FEW:
            msg = f"none of {len(rows):,} files can be read. The first: {refused[0]}"
            raise type(refused[0])(msg)
        for item, row in zip(done, rows, strict=True):
            yield replace(item, locator=_uri_in(row, read))

    def _begun(self, read: str, row: Mapping[str, Any]) -> "Future[Any]":
        """One row on its way: the future of an item, or of what gives one."""
        if row.get("listed_reason"):
            return _known(_listed(row))
        given = row[read]
        if read == "bytes":
            if not isinstance(given, bytes | bytearray | memoryview):
                return _known(_nothing("the column `bytes` holds no bytes"))
            return self._workers.submit(given)
        if not given or not isinstance(given, str | bytes | os.PathLike):
            return _known(_nothing(f"the column `{read}` names no file"))
        named = os.fsdecode(given)
        path = named if read == "path" else local_path(named)
        if path is not None:
            return self._local(path)
        return self._threads.submit(self._fetched, named, row.get("listed_size"))

    def _local(self, path: str) -> "Future[Item]":
        begun = self._workers.submit(path)
        if begun.done() and begun.exception() is None:
            why = (item := begun.result()).unreadable
            if why is not None and why.reason is Reason.TOO_MANY_BYTES and item.size is None:
                return _known(_large(path, why))
        return begun

    def _fetched(self, uri: str, size: int | None) -> "Future[Item] | Item":
        """What a store has, handed to a worker; of what is too large, size and digests."""
        data = stores.read(uri, size, self._most)
        if data is not None:
            return self._workers.submit(data)
        digester = Digester()
        for block in stores.blocks(uri, _BLOCK):
            digester.update(block)
        why = Unreadable(Reason.TOO_MANY_BYTES, f"more than {self._most:,} bytes")
        return Item("", digester.size, digests=digester.value(), unreadable=why)


def _uri_in(row: Mapping[str, Any], read: str) -> str:
    named = row.get("uri") or (row.get(read) if read == "path" else "") or ""
    return os.fsdecode(named) if isinstance(named, str | bytes | os.PathLike) else str(named)


def _listed(row: Mapping[str, Any]) -> Item:
    """A file that is not to be read, as its listing says."""
    try:
        reason = Reason(row["listed_reason"])
    except ValueError:
        return _nothing("the column `listed_reason`, which is one of listings, holds no reason")
    return Item("", unreadable=Unreadable(reason, row.get("listed_detail") or ""))


def _known(item: Item) -> "Future[Item]":
    done: Future[Item] = Future()
    done.set_result(item)
    return done


def _nothing(why: str) -> Item:
    return Item("", unreadable=Unreadable(Reason.IO_ERROR, why))


def _large(path: str, why: Unreadable) -> Item:
    """A file that no worker may open by itself, with its digests."""
    try:
        with open_evidence(path) as file:
            digested = digested_file(file, Found(path, path))
    except UnreadableError as error:
        return Item(path, unreadable=Unreadable(error.reason, error.detail))
    except OSError as error:
        return Item(path, unreadable=Unreadable(Reason.IO_ERROR, error.strerror or ""))
    return Item(path, digested.size, digests=digested.digests, unreadable=why)
