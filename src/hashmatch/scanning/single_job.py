"""The job of a worker that reads a single picture: first its digests, then its hashes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from sys import meta_path
from typing import Final, TypeAlias, cast

from hashmatch.model import Item, Unreadable
from hashmatch.scanning.decoding import HashFiles
from hashmatch.scanning.digested import Digested, DigestFiles
from hashmatch.scanning.job import SimpleJob
from hashmatch.scanning.task import Task
from hashmatch.sources.base import Found

LIGHT: Final = frozenset({"jpeg", "png", "webp"})
"""Formats for which little is loaded."""
Answer: TypeAlias = Digested | Item | None
"""None for a picture that is to be read by workers that load everything."""
_MORE_IS_NEEDED: Final = b""


@dataclass(frozen=True, slots=True)
class ReadPicture(SimpleJob):
    """A job of two tasks: the digests of a file, and its hashes.

    The second is given only when the first is answered: no decoder has run before digests are
    known. A decoder may need a module that was not loaded, as for a clip behind a picture, and its
    error may go unnoticed. So imports are watched: if there was one, there is no answer.

    Attributes:
        digest: computes digests.
        decode: decodes.
        kind: the format, one of `LIGHT`.
    """

    digest: DigestFiles
    decode: HashFiles
    kind: str

    def local(self, task: Found | Task) -> None:
        """A worker is needed for both."""

    def name(self, task: Found | Task) -> str:
        """The locator."""
        return (task if isinstance(task, Found) else task.digested.found).locator

    def payload(self, task: Found | Task) -> object:
        """Whether hashes are asked for, and what that job sends."""
        if isinstance(task, Found):
            return False, self.digest.payload(task)
        return True, self.decode.payload(task)

    def size(self, task: Found | Task) -> int:
        """Bytes of the file."""
        return self.digest.size(task) if isinstance(task, Found) else self.decode.size(task)

    def result(self, task: Found | Task, answer: bytes) -> Answer:
        """The file with its digests, or its item."""
        if isinstance(task, Found):
            return self.digest.result(task, answer)
        return None if answer == _MORE_IS_NEEDED else self.decode.result(task, answer)

    def failed(self, task: Found | Task, why: Unreadable, salvaged: bytes | None) -> Answer:  # noqa: ARG002 (all do it again)
        """None."""
        return None

    def warm_up(self) -> None:
        """Load what digests and pictures of this format need."""
        from hashmatch.hashing.items import warm_up_for

        self.digest.warm_up()
        warm_up_for(self.kind, self.decode.options)

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        """Digests or hashes, encoded; nothing where a module is missing."""
        decodes, task = cast("tuple[bool, object]", payload)
        if not decodes:
            return self.digest.perform(task, on_progress)
        with watched_imports() as asked:
            answer = self.decode.perform(task, on_progress)
        return _MORE_IS_NEEDED if asked else answer


class _Watch:
    """Finds no module, and notes which were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        del path, target
        self.asked.append(name)
        return None


@contextmanager
def watched_imports() -> Iterator[list[str]]:
    """The names of all modules that were not loaded and are asked for meanwhile."""
    watch = _Watch()
    meta_path.insert(0, watch)
    try:
        yield watch.asked
    finally:
        meta_path.remove(watch)
