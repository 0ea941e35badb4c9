"""Files of evidence to items, each read in a sandboxed worker."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from hashmatch.errors import Reason
from hashmatch.hashing import HashOptions, digest_item, first_picture, hash_item, warm_up
from hashmatch.model import Item, Unreadable
from hashmatch.scanning import wire
from hashmatch.scanning.frames import NonsenseError
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.pool import in_workers
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.scanning.task import Task


@dataclass(frozen=True, slots=True)
class HashFiles:
    """The job of a scan: `hash_item` of every file found.

    A file that ends its worker still gets its size and digests, which no decoder is needed for:
    nobody escapes a list of digests by a file that crashes a decoder. Nor does a picture lose its
    own hashes to what else its file holds: a clip behind it, later frames of an animation.
    """

    options: HashOptions = field(default_factory=HashOptions)

    def local(self, task: Task) -> Item | None:
        """An item for what is not to be read."""
        found = task.found
        if task.same_file:
            return Item(found.locator)
        return None if found.problem is None else Item(found.locator, unreadable=found.problem)

    def payload(self, task: Task) -> object:
        """The path, and what of it need not be decoded."""
        return task.found.path, task.known, task.digests_only

    def size(self, task: Task) -> int:
        """As the file system says."""
        return task.found.size

    def result(self, task: Task, answer: bytes) -> Item:
        """The item that the worker read."""
        item = wire.decode(answer, locator=task.found.locator)
        outcomes = (item.image is not None) + (item.unreadable is not None)
        copy = task.digests_only or item.digests.sha256 in task.known
        in_part = item.image is not None and item.fault is not None
        if outcomes != 1 and not in_part and not (copy and not outcomes and item.digests.sha256):
            msg = "an item is hashed, says why not, or is a copy"
            raise NonsenseError(msg)
        return item

    def failed(self, task: Task, why: Unreadable, salvaged: bytes | None) -> Item:
        """An item with the reason, and with its digests where these could be had."""
        locator = task.found.locator
        if salvaged is None:
            return Item(locator, unreadable=why)
        read = wire.decode(salvaged, locator=locator)
        if read.image is None:
            return Item(locator, read.size, read.digests, unreadable=why)
        flags = (*read.image.flags, "unread-part")
        image = replace(read.image, flags=flags, reason=read.image.reason or why.reason)
        fault = why if why.reason is Reason.INTERNAL_ERROR else None
        return Item(locator, read.size, read.digests, image, fault)

    def warm_up(self) -> None:
        """Import every decoder and hasher, and run them once."""
        warm_up(self.options)

    def perform(self, payload: object, alive: Callable[[float], object]) -> bytes:
        """The item, encoded."""
        path, known, digests_only = cast("tuple[str, frozenset[str], bool]", payload)
        if digests_only:
            return wire.encode(digest_item(path))
        return wire.encode(hash_item(path, self.options, known=known, alive=alive))

    def salvage(self, payload: object, keep: Callable[[bytes], object]) -> bytes:
        """Size and digests, encoded; with the first picture of a file that holds more than it."""
        path, _, digests_only = cast("tuple[str, frozenset[str], bool]", payload)
        digested = wire.encode(digest_item(path))
        keep(digested)
        alone = None if digests_only else first_picture(path, self.options)
        return digested if alone is None else wire.encode(alone)


def read_items(
    tasks: Iterable[Task],
    options: HashOptions,
    *,
    readable: Iterable[str] | None = None,
    workers: int | None = None,
    limits: WorkerLimits | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_notice: Callable[[str], object] = lambda _: None,
    on_sign: Callable[[str, float], object] = lambda _locator, _reached: None,
    on_sandbox: Callable[[Mapping[str, Any]], object] = lambda _: None,
    unsandboxed: bool = False,
) -> Iterator[Item]:
    """One item per task, in their order; copies have neither hashes nor a reason.

    Args:
        tasks: files of a source; read as needed.
        options: what to hash and how.
        readable: folders and files that workers may read, as the source's `roots`; None for all.
        workers: processes; as many as cores by default; 0 reads in this process, with no limits
            and no sandbox.
        limits: of a worker and of each item.
        stop: asked before each file; once it says so, only what was handed out is finished.
        on_notice: told once of each thing that this system cannot do to lock workers down.
        on_sign: told now and then of long videos: where each lies, and how many seconds of it
            were read.
        on_sandbox: told of what workers gave up, as plain names and values.
        unsandboxed: whether to go on where the system refuses to lock workers down.

    Raises:
        SandboxError: the system refuses to lock workers down.
        WorkerError: workers cannot be started.
    """
    return in_workers(
        HashFiles(options),
        tasks,
        workers=workers,
        limits=limits or WorkerLimits(),
        sandbox=Sandbox(None if readable is None else tuple(readable), unsandboxed),
        stop=stop,
        on_notice=on_notice,
        on_sign=lambda task, reached: on_sign(task.found.locator, reached),
        on_sandbox=on_sandbox,
    )
