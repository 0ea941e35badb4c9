"""A pool of locked-down workers that hashes single files as they come, for services."""

import asyncio
import os
import pickle
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from itertools import count
from threading import Condition, Thread
from time import monotonic
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, TypeAlias

from hashmatch.decoding.inputs import check_source
from hashmatch.errors import Reason, UnreadableError, WorkerError, check_type
from hashmatch.files.digesting import Digester, check_holes, stored_bytes
from hashmatch.hashing.items import HashOptions
from hashmatch.model import Item, MediaHashes, Unreadable
from hashmatch.scanning.decoding import HashFiles
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.dispatch import Dispatcher
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.scanning.slots import Slots
from hashmatch.scanning.task import Task
from hashmatch.scanning.tickets import Ticket
from hashmatch.sources.access import lies_in, open_evidence, stamp_of
from hashmatch.sources.base import Found
from hashmatch.sources.held import Held, stamp_of_held
from hashmatch.sources.opener import Opener

Upload: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""A path, the bytes of a file, or a binary file object, which is read from its start."""

_DEFAULTS: Final = HashOptions()
_HEAD: Final = 64
_QUEUE: Final = 4
"""Uploads for each worker that are begun or wait to be."""
_MOST: Final = 256 << 20
"""Bytes of an upload that goes to a worker through memory, in which it lies several times."""
_PATIENCE: Final = 0.5
"""Seconds between two looks whether the workers are well."""


class _Uploads(Opener):
    """Opens bytes as they are, and paths as files."""

    def open(self, handle: object) -> BinaryIO:
        """The upload."""
        return Held(handle) if isinstance(handle, bytes) else open_evidence(str(handle))


class Workers:
    """Worker processes, each locked down, that hash uploads: files of strangers, as they come.

    Any number of threads and coroutines may call it at a time. What comes out is what `hash_item`
    gives, bit by bit: of a picture the hashes of `hash_image`, of a video those of `hash_video`. An
    upload that crashes its worker, hangs or takes too much memory affects only itself: its result
    is `unreadable` with the reason, and its worker is replaced. Sizes and digests are computed in
    this process, without any decoder.

    At most `queue` uploads are in progress or waiting; a further call waits until one is done.

    Unlike those of a scan, answers are not held until some were checked by another worker, which
    takes seconds: an upload that takes over its worker could hide what that worker reads behind it.

    >>> with Workers(workers=1) as pool:
    ...     pool.hash(b"no picture").reason
    <Reason.NOT_A_PICTURE: 'not-a-picture'>
    """

    def __init__(
        self,
        options: HashOptions = _DEFAULTS,
        *,
        workers: int | None = None,
        queue: int | None = None,
        roots: Iterable[str | os.PathLike[str]] = (),
        limits: WorkerLimits | None = None,
        max_bytes: int = _MOST,
        unsandboxed: bool = False,
    ) -> None:
        """Say what is hashed and how; workers are started when the block begins.

        Args:
            options: as for `hash_item`; `Matcher.hash_options` has those that known hashes need.
            workers: processes; as many as cores by default. Each is started when there is work.
            queue: uploads that are begun or wait, at most; four for each worker by default.
            roots: folders whose files workers may open by themselves; a path elsewhere is read in
                this process and handed over. Needed for large videos alone.
            limits: of a worker and of each upload.
            max_bytes: of one upload that is handed over through memory; a larger one is
                `too-many-bytes`.
            unsandboxed: whether to go on where the system refuses to lock workers down.

        Raises:
            TypeError, ValueError: an argument is of another type, or out of range.
        """
        check_type(options, HashOptions, "what is hashed and how is said by HashOptions")
        self.workers = (os.cpu_count() or 1) if workers is None else workers
        self.queue = _QUEUE * self.workers if queue is None else queue
        if self.workers < 1 or self.queue < 1:
            msg = "workers and queue are at least 1"
            raise ValueError(msg)
        self._roots = tuple(os.path.realpath(each) for each in roots)
        self._most = max_bytes
        self._job = HashFiles(options, _Uploads())
        self._dispatcher: Dispatcher[Task, Item] = Dispatcher(
            self._job,
            self.workers,
            limits or WorkerLimits(),
            Sandbox(self._roots, unsandboxed),
            Condition(),
            batches_each=1,
        )
        self._slots = Slots(self.queue)
        self._numbers = count()
        self._changed = Condition()
        self._futures: dict[int, Future[Item]] = {}
        self._collector: Thread | None = None
        self._closed: Exception | None = None
        self._ended = False

    def __repr__(self) -> str:
        state = "new" if self._collector is None else "closed" if self._closed else "open"
        return f"<Workers: {self.workers} processes, queue of {self.queue}, {state}>"

    def __enter__(self) -> Self:
        """Take uploads from now on.

        Raises:
            WorkerError: it was used before.
        """
        if self._collector is not None:
            msg = "a pool of workers is used once: make another one"
            raise WorkerError(msg)
        self._dispatcher.__enter__()
        self._collector = Thread(target=self._collect, name="hashmatch-uploads", daemon=True)
        self._collector.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the workers: once all uploads are hashed, or at once after an error."""
        self.close(wait=error is None)

    def close(self, *, wait: bool = True) -> None:
        """End the workers; uploads that come now are refused.

        Args:
            wait: whether to hash first what is begun or waits; else it raises `WorkerError`.
        """
        with self._changed:
            if self._collector is None:
                self._collector = Thread()
            self._closed = self._closed or WorkerError("the workers were closed")
            self._slots.refuse_all(self._closed)
            try:
                while wait and self._futures:
                    self._changed.wait(_PATIENCE)
            finally:
                self._fail(self._closed)
        if self._collector.is_alive():
            self._ended = True
            self._dispatcher.__exit__(None, None, None)
            self._collector.join()

    def hash(self, source: Upload, *, timeout: float | None = None) -> MediaHashes | Unreadable:
        """The hashes of one upload, or why there are none.

        Args:
            source: a path, bytes, or a binary file object.
            timeout: seconds to wait, for a place in the queue too; without end by default, as
                workers have limits of their own.

        Raises:
            TimeoutError: it took longer; the upload is still hashed, and its result is dropped.
            TypeError: not something that a file can be read from.
            WorkerError: the pool is closed, or workers cannot be started.
            SandboxError: the system refuses to lock workers down.
        """
        return _told(self.item(source, timeout=timeout))

    def item(self, source: Upload, *, timeout: float | None = None) -> Item:
        """One upload with size, digests and hashes, ready for `Matcher.match`.

        Args:
            source: as for `hash`.
            timeout: as for `hash`.

        Raises:
            TimeoutError, TypeError, WorkerError: as `hash`.
        """
        until = None if timeout is None else monotonic() + timeout
        done = self.submit(source, timeout=timeout)
        return done.result(None if until is None else max(0.0, until - monotonic()))

    def submit(self, source: Upload, *, timeout: float | None = None) -> "Future[Item]":
        """One upload on its way to a worker, once there is a place in the queue.

        Sizes and digests are computed before it returns. What becomes of it is in the future: many
        can be under way, and each is done when it is done.

        Args:
            source: as for `hash`.
            timeout: seconds to wait for a place in the queue.

        Raises:
            TimeoutError, TypeError, WorkerError: as `hash`.
        """
        check_source(source)
        place = self._ask()
        try:
            place.result(timeout)
        except BaseException:
            if not _failed(place):
                self._slots.leave(place)
            raise
        return self._begun(source)

    async def hash_async(self, source: Upload) -> MediaHashes | Unreadable:
        """The same as `hash`, to be awaited: the loop is not blocked; `asyncio.timeout` ends it.

        Raises:
            TypeError, WorkerError: as `hash`.
        """
        return _told(await self.item_async(source))

    async def item_async(self, source: Upload) -> Item:
        """The same as `item`, to be awaited: the loop is not blocked; `asyncio.timeout` ends it.

        Raises:
            TypeError, WorkerError: as `item`.
        """
        check_source(source)
        place = self._ask()
        try:
            await asyncio.wrap_future(place)
        except BaseException:
            if not _failed(place):
                self._slots.leave(place)
            raise
        # Reading and digesting it takes time.
        done = await asyncio.to_thread(self._begun, source)
        return await asyncio.wrap_future(done)

    def _ask(self) -> "Future[None]":
        """A place in the queue, once there is one."""
        if self._collector is None:
            msg = "workers are started by `with`: with Workers() as pool"
            raise WorkerError(msg)
        with self._changed:
            if self._closed is not None:
                raise self._closed
            return self._slots.ask()

    def _begun(self, source: Upload) -> "Future[Item]":
        """An upload that has a place, on its way to a worker."""
        done: Future[Item] = Future()
        try:
            task, payload = self._prepared(source)
        except BaseException as error:
            self._slots.give_back()
            if isinstance(error, UnreadableError | OSError | ValueError):
                done.set_result(Item(_name(source), unreadable=_why(error)))
                return done
            raise
        number = next(self._numbers)
        with self._changed:
            if self._closed is not None:
                self._slots.give_back()
                raise self._closed
            self._futures[number] = done
        ticket: Ticket[Task, Item] = Ticket(number, task, payload, self._job.size(task))
        self._dispatcher.submit(ticket)
        return done

    def _prepared(self, source: Upload) -> tuple[Task, bytes]:
        """The task, without the bytes of the upload, and what a worker is sent."""
        name = _name(source)
        if isinstance(source, str | os.PathLike):
            with open_evidence(source) as file:
                if any(lies_in(source, root) for root in self._roots):
                    path = os.path.realpath(source)
                    digested = digested_file(file, Found(path, name))
                    return Task(digested), pickle.dumps((path, digested.stamp))
                data = self._read(file)
        elif isinstance(source, bytes | bytearray | memoryview):
            data = bytes(source)
        else:
            if source.seekable():
                source.seek(0)
            data = self._read(source)
        if len(data) > self._most:
            raise UnreadableError(Reason.TOO_MANY_BYTES, f"more than {self._most:,} bytes")
        digester = Digester()
        digester.update(data)
        size, stamp = len(data), stamp_of_held(len(data))
        found = Found("", name, size=size)
        digested = Digested(found, size, digester.value(), stamp, size, data[:_HEAD])
        return Task(digested), pickle.dumps((data, stamp))

    def _read(self, file: BinaryIO) -> bytes:
        data: object = file.read(self._most + 1)
        if not isinstance(data, bytes):
            msg = "expected a file opened in binary mode"
            raise TypeError(msg)
        return data

    def _collect(self) -> None:
        """Hand out what workers answered, until they are ended."""
        outbox = self._dispatcher.outbox
        try:
            while not self._ended:
                outbox.wait(_PATIENCE)
                self._hand_out(outbox.take_done())
        except Exception as error:  # noqa: BLE001 (raised again by who waits)
            with self._changed:
                self._closed = error
                self._slots.refuse_all(error)
                self._fail(error)

    def _hand_out(self, tickets: Iterable[Ticket[Task, Item]]) -> None:
        for ticket in tickets:
            with self._changed:
                done = self._futures.pop(ticket.number, None)
                self._changed.notify_all()
            self._slots.give_back()
            if done is not None:
                # Who waited may have given up.
                with suppress(InvalidStateError):
                    done.set_result(ticket.taken())

    def _fail(self, error: Exception) -> None:
        """Nothing that is begun will be done."""
        for done in self._futures.values():
            with suppress(InvalidStateError):
                done.set_exception(error)
        self._futures.clear()

    @property
    def notices(self) -> tuple[str, ...]:
        """What this system cannot do to lock workers down, as far as one was started."""
        states: list[Mapping[str, Any]] = self._dispatcher.outbox.states()
        told = (str(notice) for state in states for notice in state.get("notices", ()))
        return tuple(dict.fromkeys(told))


def _failed(place: "Future[None]") -> bool:
    """Whether a place was refused, so that there is nothing to give back."""
    return place.done() and not place.cancelled() and place.exception() is not None


def _told(item: Item) -> MediaHashes | Unreadable:
    if item.media is not None:
        return item.media
    return item.unreadable or Unreadable(Reason.NOT_A_PICTURE)


def _name(source: Upload) -> str:
    return os.fspath(source) if isinstance(source, str | os.PathLike) else ""


def _why(error: Exception) -> Unreadable:
    if isinstance(error, UnreadableError):
        return Unreadable(error.reason, error.detail)
    return Unreadable(Reason.IO_ERROR, getattr(error, "strerror", None) or str(error))


def digested_file(file: BinaryIO, found: Found) -> Digested:
    """A file that a worker opens itself, digested here."""
    stamp = stamp_of(file)
    check_holes(file)
    head = file.read(_HEAD)
    file.seek(0)
    digester = Digester()
    digester.update_to(0 if stamp is None else stamp.size, file)
    return Digested(found, digester.size, digester.value(), stamp, stored_bytes(file), head)
