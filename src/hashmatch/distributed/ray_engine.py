"""Parts done by actors of Ray; the one place that knows it."""

import logging
import math
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from hashmatch.distributed.parts import Parts, name_of
from hashmatch.distributed.sourcing import Slice
from hashmatch.distributed.uris import without_addresses
from hashmatch.errors import HashmatchError, MissingExtraError, WorkerError
from hashmatch.wording import to_install

_SHARE: Final = 0.9
"""CPUs of an actor for each of its workers: less than one, or nothing is left for anything else."""
_DEATHS: Final = 5
"""Actors that die over one part before the job ends."""
_PATIENCE: Final = 0.5
"""Seconds between two questions whether to stop."""
_STORE: Final = 256 << 20
"""Bytes of the store of objects of a Ray that is started here: nothing but counts lies in it."""


class Actor:
    """Does parts, in an actor; one that stands is not done again after the death of another."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def do(self, piece: dict[str, Any]) -> dict[str, Any]:
        """What the part of these rows says of itself."""
        wanted = Slice(**piece)
        return self._parts.standing(wanted) or self._parts.do(wanted)


def needed() -> Any:  # noqa: ANN401 (a module)
    """The package ray, which is told to send nothing anywhere.

    Raises:
        MissingExtraError: it is not installed.
    """
    # Before it is imported: it counts its users otherwise, and looks for a newer version.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError:
        msg = f"--engine ray takes Ray, which is not installed: {to_install('ray')}"
        raise MissingExtraError(msg) from None
    return ray


@dataclass(frozen=True, slots=True)
class RayEngine:
    """Actors, each with one locked-down worker.

    Where `RAY_ADDRESS` names a cluster, it is used; else Ray is started on this machine, without
    a dashboard, and ended behind the job.

    Attributes:
        actors: how many.
    """

    actors: int

    def __call__(
        self,
        parts: Parts,
        slices: list[Slice],
        stop: Callable[[], bool],
        on_rows: Callable[[int], object],
    ) -> Iterator[dict[str, Any]]:
        """What each part says of itself, as it is done.

        Raises:
            WorkerError: Ray cannot be started, has too few processors, or gave up.
            HashmatchError: what an actor raised.
        """
        ray = needed()
        ours = _started(ray, self.actors * _SHARE)
        try:
            pool = _Pool(ray, parts, min(self.actors, len(slices)))
            for about in pool.done(deque(slices), stop):
                on_rows(about["rows"])
                yield about
        finally:
            if ours:
                ray.shutdown()


class _Pool:
    """Actors, each with one part at a time; one that dies is replaced."""

    def __init__(self, ray: Any, parts: Parts, count: int) -> None:  # noqa: ANN401 (a module)
        # Ray itself would start an actor again for ever, over a part that kills each of them.
        self._actor = ray.remote(num_cpus=_SHARE, max_restarts=0, max_task_retries=0)(Actor)
        self._ray, self._parts = ray, ray.put(parts)
        self._idle = [self._actor.remote(self._parts) for _ in range(count)]
        self._running: dict[Any, tuple[Any, Slice]] = {}
        self._deaths: Counter[int] = Counter()

    def done(self, waiting: deque[Slice], stop: Callable[[], bool]) -> Iterator[dict[str, Any]]:
        """What each part says of itself, as it is done.

        Raises:
            WorkerError: a part has ended several actors.
            HashmatchError: what an actor raised.
        """
        while self._running or (waiting and not stop()):
            while self._idle and waiting and not stop():
                actor, piece = self._idle.pop(), waiting.popleft()
                self._running[actor.do.remote(asdict(piece))] = actor, piece
            ready, _ = self._ray.wait([*self._running], timeout=_PATIENCE)
            for each in ready:
                actor, piece = self._running.pop(each)
                try:
                    yield self._ray.get(each)
                    self._idle.append(actor)
                except self._ray.exceptions.RayTaskError as error:
                    raise _ours(error) from None
                except self._ray.exceptions.RayError as error:
                    self._replace(piece, error)
                    waiting.appendleft(piece)

    def _replace(self, piece: Slice, error: Exception) -> None:
        """Another actor instead of one that died over a part.

        Raises:
            WorkerError: it is not the first one.
        """
        self._deaths[piece.number] += 1
        if self._deaths[piece.number] >= _DEATHS:
            msg = (
                f"{_DEATHS} actors of Ray died over {name_of(piece.number)} ({piece.rows:,} rows): "
                f"{without_addresses(str(error))}. Parts that are written stand"
            )
            raise WorkerError(msg)
        self._idle.append(self._actor.remote(self._parts))


def _ours(error: Any) -> HashmatchError:  # noqa: ANN401 (of Ray)
    """The error of ours that an actor raised, or that one failed."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, HashmatchError):
            return cause
        cause = getattr(cause, "cause", None) or cause.__cause__
    return WorkerError(f"an actor failed: {type(getattr(error, 'cause', error)).__name__}")


def _started(ray: Any, cpus: float) -> bool:  # noqa: ANN401 (a module)
    """Start or join Ray; whether it is to be ended.

    Raises:
        WorkerError: it cannot be started, or has not enough processors for the actors.
    """
    ours = not ray.is_initialized()
    if ours:
        own = (
            {}
            if os.environ.get("RAY_ADDRESS")
            else {
                "num_cpus": max(os.cpu_count() or 1, math.ceil(cpus)),
                "object_store_memory": _STORE,
                "include_dashboard": False,
            }
        )
        try:
            ray.init(log_to_driver=False, logging_level=logging.ERROR, **own)
        except Exception as error:  # noqa: BLE001 (whatever Ray raises)
            msg = f"Ray cannot be started or reached: {type(error).__name__}: {error}"
            raise WorkerError(msg) from None
    there = float(ray.cluster_resources().get("CPU", 0))
    if there < cpus:
        if ours:
            ray.shutdown()
        msg = (
            f"Ray has {there:g} processors, and the actors take {cpus:g}: give fewer --workers, or "
            "add machines to the cluster. Ray would wait for ever"
        )
        raise WorkerError(msg)
    return ours
