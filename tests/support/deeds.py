"""A job for workers whose tasks do whatever hostile files make decoders do."""

import contextlib
import errno
import hashlib
import json
import os
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hashmatch.errors import Reason
from hashmatch.model import Digests, Hash, Item, Unreadable
from hashmatch.scanning import landlock, messages, wire, worker
from hashmatch.scanning.decoding import HashFiles
from hashmatch.scanning.job import NOTHING_SPECIAL, Impression
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.sandbox import Entered, Sandbox
from hashmatch.sources.base import Found
from hashmatch.sources.inside.address import Address
from tests.support.misdeeds import DEEDS, deserve

if TYPE_CHECKING:
    from hashmatch.hashing.items import HashOptions


@dataclass(frozen=True)
class Task:
    """A deed by name, with its arguments."""

    deed: str = "echo"
    arguments: tuple[Any, ...] = ()
    size: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of a task."""

    task: Task
    value: Any = None
    why: Unreadable | None = None
    salvaged: str | None = None


_performed: list[str] = []


@dataclass(frozen=True)
class Deeds:
    """Does what each task names. A deed `local` needs no worker."""

    warm: str = ""

    def local(self, task: Task) -> Outcome | None:
        return Outcome(task, "local") if task.deed == "local" else None

    def name(self, task: Task) -> str:
        return str(task.arguments)

    def payload(self, task: Task) -> object:
        return (task.deed, task.arguments)

    def loaded(self, task: Task) -> None:
        return None

    def fit_for(self, task: Task) -> None:
        return None

    def size(self, task: Task) -> int:
        return task.size

    def is_large(self, answer: bytes) -> bool:
        return len(answer) > 100_000

    def result(self, task: Task, answer: bytes) -> Outcome:
        try:
            return Outcome(task, json.loads(answer))
        except ValueError:
            raise messages.ProtocolError from None

    def failed(self, task: Task, why: Unreadable, salvaged: bytes | None) -> Outcome:
        return Outcome(task, None, why, None if salvaged is None else salvaged.decode())

    def impression(self, task: Task, result: object) -> Impression:
        return Impression(1.0) if task.deed == "doubtful" else NOTHING_SPECIAL

    def agree(self, first: object, second: object) -> bool:
        return first == second

    def warm_up(self) -> None:
        if self.warm == "raise":
            msg = "no such decoder"
            raise ImportError(msg)
        if self.warm == "die":
            os._exit(7)
        if self.warm == "decoders":
            HashFiles().warm_up()

    def perform(self, payload: Any, on_progress: Callable[[float], object]) -> bytes:
        deed, arguments = payload
        _performed.append(deed)
        if deed == "alive":
            return json.dumps(say_alive(on_progress, *arguments)).encode()
        return json.dumps(DEEDS[deed](*arguments)).encode()

    def salvage(self, payload: Any) -> bytes:
        deed, _ = payload
        if deed == "kill_even_salvage":
            os._exit(1)
        behind = f" behind {len(_performed)} others" if _performed else ""
        return f"salvaged {deed}{behind}".encode()


@dataclass(frozen=True)
class Refusing(Deeds):
    """Says of all tasks but a worker's first one that it cannot do them."""

    refuses: str = ""

    def perform(self, payload: Any, on_progress: Callable[[float], object]) -> bytes:
        if _performed:
            deserve(self.refuses)
        return Deeds.perform(self, payload, on_progress)


def outcomes(
    tasks: Iterable[Task],
    *,
    job: Any = None,
    workers: int | None = 1,
    limits: WorkerLimits | None = None,
    sandbox: Sandbox | None = None,
    checks: bool = False,
    on_progress: Callable[[Task, float], object] = lambda _task, _reached: None,
    **more: Any,
) -> Generator[Outcome]:
    """The outcomes as they come."""
    # Each worker imports this file, and needs nothing of its parent's half.
    from hashmatch.scanning.pool import WorkerPool, in_workers

    processes = WorkerPool(
        count=workers, limits=limits or WorkerLimits(), sandbox=sandbox or Sandbox(), **more
    )
    results = in_workers(job or Deeds(), tasks, processes, checks=checks, on_progress=on_progress)
    return _outcomes(results)


def _outcomes(results: Generator[tuple[Task, Outcome] | None]) -> Generator[Outcome]:
    with contextlib.closing(results):
        for each in results:
            if each is not None:
                yield each[1]


def items_of(
    files: Iterable[Found],
    options: "HashOptions | None" = None,
    *,
    readable: Iterable[str] | None = None,
    **more: Any,
) -> list[Item]:
    """The items of these files, in their order."""
    # As in `outcomes`.
    from hashmatch.hashing.items import HashOptions
    from hashmatch.scanning.reading import read_items

    sandbox = Sandbox(None if readable is None else tuple(readable))
    given = list(files)
    read = dict.fromkeys((each.locator for each in given), Item(""))
    for each in read_items(given, options or HashOptions(), **{"sandbox": sandbox, **more}):
        if each is not None:
            found, item = each
            assert item.locator == found.locator
            assert not read[item.locator].locator, "no file has two items"
            read[item.locator] = item
    return list(read.values())


def path_in(payload: object) -> str:
    """The path of the file that a worker is given."""
    handle, _ = cast("tuple[Address | str, object]", payload)
    return str(handle.file if isinstance(handle, Address) else handle)


@dataclass(frozen=True, slots=True)
class Crashing(HashFiles):
    """A decoder that some bytes crash."""

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        path = path_in(payload)
        if Path(path).read_bytes().startswith(b"crash"):
            os.abort()
        return HashFiles.perform(self, payload, on_progress)


_taken_over: list[bool] = []


@dataclass(frozen=True, slots=True)
class CrashingStreams(HashFiles):
    """A decoder that some bytes crash, of any source."""

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        handle, _ = cast("tuple[object, object]", payload)
        with self.opener.open(handle) as file:
            if file.read(5) == b"crash":
                os.abort()
        return HashFiles.perform(self, payload, on_progress)


@dataclass(frozen=True, slots=True)
class Hostile(HashFiles):
    """Decoders that some bytes crash, hold up, or have take all memory."""

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        handle, _ = cast("tuple[object, object]", payload)
        with self.opener.open(handle) as file:
            deed = file.read(8).strip()
        if deed == b"crash":
            os.abort()
        if deed == b"hang":
            while True:
                pass
        if deed == b"sleep":
            time.sleep(1000)
        if deed == b"memory":
            bytearray(1 << 40)
        if deed == b"fault":
            msg = "text of the upload"
            raise TypeError(msg)
        return HashFiles.perform(self, payload, on_progress)


@dataclass(frozen=True, slots=True)
class Unloadable(HashFiles):
    """Decoders that cannot be loaded."""

    def warm_up(self) -> None:
        msg = "no such decoder"
        raise ImportError(msg)


@dataclass(frozen=True, slots=True)
class TakenOver(HashFiles):
    """A decoder that obeys its file: one of them says to tell false hashes of all that follow."""

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        path = path_in(payload)
        answer = HashFiles.perform(self, payload, on_progress)
        if Path(path).name.startswith("exploit"):
            _taken_over.append(True)
        elif _taken_over:
            item = wire.decode(answer, locator="")
            assert item.media is not None
            readings = tuple(
                replace(each, hash=Hash("pdq", bytes(32))) for each in item.media.readings
            )
            forged = Digests(md5="0" * 32, sha1="0" * 40, sha256="0" * 64)
            image = replace(item.media, readings=readings)
            return wire.encode(replace(item, size=1, digests=forged, media=image))
        return answer


@dataclass(frozen=True, slots=True)
class Excusing(HashFiles):
    """A decoder that obeys its file, and blames chance for all that follow it.

    Attributes:
        reason: that it gives.
        hashes: whether it gives false hashes with it.
    """

    reason: Reason = Reason.OUT_OF_MEMORY
    hashes: bool = False

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        path = path_in(payload)
        answer = HashFiles.perform(self, payload, on_progress)
        if Path(path).name.startswith("exploit"):
            _taken_over.append(True)
        elif _taken_over and self.hashes:
            item = wire.decode(answer, locator="")
            assert item.media is not None
            false = [hashlib.sha256(f"{path} {n}".encode()) for n in range(1000)]
            readings = tuple(
                replace(each, hash=Hash("pdq", sha256.digest()))
                for each, sha256 in zip(item.media.readings, false, strict=False)
            )
            image = replace(item.media, readings=readings, reason=self.reason)
            return wire.encode(replace(item, media=image))
        elif _taken_over:
            return wire.encode(Item("", unreadable=Unreadable(self.reason)))
        return answer


@dataclass(frozen=True, slots=True)
class CrashingBehind(HashFiles):
    """Decoders that are crashed by what lies behind a picture, or by later frames of it."""

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        path = path_in(payload)
        if "crash" in Path(path).name:
            os.abort()
        if "memory" in Path(path).name:
            raise MemoryError
        return HashFiles.perform(self, payload, on_progress)


@dataclass(frozen=True, slots=True)
class Faulty(HashFiles):
    """A fault of ours in every worker."""

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        msg = "text of the evidence"
        raise TypeError(msg)


@dataclass(frozen=True, slots=True)
class Alone(Sandbox):
    """Landlock without the rest."""

    def enter(self, limits: WorkerLimits, parent: int | None = None) -> Entered:
        landlock.restrict(self.readable, landlock.version())
        return Entered()


@dataclass(frozen=True, slots=True)
class Forbidden(Sandbox):
    """As in a container that does not let its processes use Landlock."""

    def enter(self, limits: WorkerLimits, parent: int | None = None) -> Entered:
        def refused() -> int:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        landlock.offered = refused
        return Sandbox.enter(self, limits, parent)


def say_alive(on_progress: Callable[[float], object], times: int) -> str:
    """Says so many times that it works, and how often it has said so."""
    vars(worker)["_SILENCE"] = 0.0
    for number in range(1, times + 1):
        on_progress(number)
        time.sleep(0.02)
    return "alive"
