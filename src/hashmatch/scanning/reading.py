"""Files of evidence to items, each read in a sandboxed worker."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from hashmatch.hashing import HashOptions, digest_item, hash_item, warm_up
from hashmatch.model import Item, Unreadable
from hashmatch.scanning import wire
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.pool import in_workers
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.sources.base import Found


@dataclass(frozen=True, slots=True)
class HashFiles:
    """The job of a scan: `hash_item` of every file found.

    A file that ends its worker still gets its size and digests, which no decoder is needed for:
    nobody escapes a list of digests by a file that crashes a decoder.
    """

    options: HashOptions = field(default_factory=HashOptions)

    def local(self, task: Found) -> Item | None:
        """An item for what is not to be read."""
        return None if task.problem is None else Item(task.locator, unreadable=task.problem)

    def payload(self, task: Found) -> object:
        """The path."""
        return task.path

    def size(self, task: Found) -> int:
        """As the file system says."""
        return task.size

    def result(self, task: Found, answer: bytes) -> Item:
        """The item that the worker read."""
        item = wire.decode(answer, locator=task.locator)
        if (item.image is None) == (item.unreadable is None):
            msg = "an item is hashed or says why not"
            raise ValueError(msg)
        return item

    def failed(self, task: Found, why: Unreadable, salvaged: bytes | None) -> Item:
        """An item with the reason, and with its digests where these could be had."""
        if salvaged is None:
            return Item(task.locator, unreadable=why)
        read = wire.decode(salvaged, locator=task.locator)
        return Item(task.locator, read.size, read.digests, unreadable=why)

    def warm_up(self) -> None:
        """Import every decoder and hasher, and run them once."""
        warm_up(self.options)

    def perform(self, payload: object) -> bytes:
        """The item, encoded."""
        return wire.encode(hash_item(str(payload), self.options))

    def salvage(self, payload: object) -> bytes:
        """Size and digests, encoded."""
        return wire.encode(digest_item(str(payload)))


def read_items(
    found: Iterable[Found],
    options: HashOptions,
    *,
    readable: Iterable[str] | None = None,
    workers: int | None = None,
    limits: WorkerLimits | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_notice: Callable[[str], object] = lambda _: None,
) -> Iterator[Item]:
    """One item per file found, in their order.

    Args:
        found: what a source found; read as needed.
        options: what to hash and how.
        readable: folders and files that workers may read, as the source's `roots`; None for all.
        workers: processes; as many as cores by default; 0 reads in this process, with no limits
            and no sandbox.
        limits: of a worker and of each item.
        stop: asked before each file; once it says so, only what was handed out is finished.
        on_notice: told once of each thing that this system cannot do to lock workers down.

    Raises:
        WorkerError: workers cannot be started.
    """
    return in_workers(
        HashFiles(options),
        found,
        workers=workers,
        limits=limits or WorkerLimits(),
        sandbox=Sandbox(None if readable is None else tuple(readable)),
        stop=stop,
        on_notice=on_notice,
    )
