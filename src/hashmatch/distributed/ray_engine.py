"""Parts done by actors of Ray Data; the one place that knows Ray."""

import json
import logging
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from hashmatch.distributed.parts import Parts
from hashmatch.distributed.sourcing import Slice
from hashmatch.errors import HashmatchError, MissingExtraError, WorkerError
from hashmatch.wording import to_install

_SHARE: Final = 0.9
"""CPUs of an actor for each of its workers: less than one, or nothing is left for anything else."""
_RESTARTS: Final = 5
"""How often an actor is started again. By default Ray does so for ever."""
_STORE: Final = 256 << 20
"""Bytes of the store of objects of a Ray that is started here: nothing but counts lies in it."""
_BLOCKS: Final = 4096


class Actor:
    """Does parts, in an actor; one that stands is not done again where Ray repeats a block."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Parts of a batch, and what they say of themselves, as JSON."""
        pieces = [json.loads(each) for each in batch["slice"]]
        told = []
        for each in pieces:
            piece = Slice(**each)
            told.append(json.dumps(self._parts.standing(piece) or self._parts.do(piece)))
        return {"about": told}


def needed() -> Any:  # noqa: ANN401 (a module)
    """The package ray, which is told to send nothing anywhere.

    Raises:
        MissingExtraError: it is not installed.
    """
    # Before it is imported: it counts its users otherwise, and looks for a newer version.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
        import ray.data
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
            for row in self._dataset(ray, parts, slices).iter_rows():
                about: dict[str, Any] = json.loads(row["about"])
                on_rows(about["rows"])
                yield about
                if stop():
                    return
        except ray.exceptions.RayTaskError as error:
            raise _ours(error) from None
        except ray.exceptions.RayError as error:
            msg = f"Ray gave up: {type(error).__name__}; parts that are written stand"
            raise WorkerError(msg) from None
        finally:
            if ours:
                ray.shutdown()

    def _dataset(self, ray: Any, parts: Parts, slices: list[Slice]) -> Any:  # noqa: ANN401
        """The parts as rows, done by actors."""
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        rows = [{"slice": json.dumps(asdict(each))} for each in slices]
        data = ray.data.from_items(rows, override_num_blocks=min(len(rows), _BLOCKS))
        return data.map_batches(
            Actor,
            fn_constructor_args=(parts,),
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=min(self.actors, len(rows))),
            num_cpus=_SHARE,
            ray_remote_args_fn=_restarts,
        )


def _restarts() -> dict[str, Any]:
    """How often an actor is started again, and a task done again."""
    return {"max_restarts": _RESTARTS, "max_task_retries": _RESTARTS}


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
