"""Each engine gives the same table, whatever is killed, and names the files that attack."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm
from hashmatch.distributed.parts import Parts
from hashmatch.distributed.running import begin, local
from hashmatch.errors import WorkerError
from hashmatch.tables.columns import ColumnError
from tests.support.batches import (
    DEEDS,
    SHORT,
    Deadly,
    HostileBatch,
    attacks,
    digest_of,
    index_of,
    pictures,
    rows_in,
)

pytest.importorskip("pyarrow")
pytest.importorskip("ray", reason="engines are not installed: pip install --group engines")
COUNT = 24
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return attacks(pictures(tmp_path_factory.mktemp("engines") / "photos", COUNT), 4 << 20)


@pytest.fixture(scope="module")
def index(folder: Path) -> Path:
    return index_of(folder.parent / "index", folder / "0000.jpg")


@pytest.fixture(scope="module")
def wanted(folder: Path, index: Path) -> str:
    """The digest of the table that the local engine writes."""
    with HostileBatch(hm.Index(index), worker_limits=SHORT, workers=2) as match:
        list(begin(str(folder), str(folder.parent / "local"), match, rows=6).run(local))
    rows = rows_in(folder.parent / "local")
    check(rows)
    return digest_of(rows)


def check(rows: list[dict[str, Any]]) -> None:
    """Every file is there once, and those that attack say what they did."""
    told = {Path(each["uri"]).name: each["reason"] for each in rows}
    assert len(rows) == len(told) == COUNT + len(DEEDS) + 1
    assert {name: why for name, why in told.items() if why} == {**DEEDS, "huge": "not-a-picture"}
    assert sum(bool(each["matches"]) for each in rows) == COUNT // 4


def listed(folder: Path) -> list[dict[str, Any]]:
    uris = sorted(map(str, folder.iterdir()))
    return [{"uri": uris[at : at + 6]} for at in range(0, len(uris), 6)]


def rows_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(found, each, strict=True)) for each in zip(*found.values(), strict=True)]


def test_a_pool_of_processes(folder: Path, index: Path, wanted: str) -> None:
    with (
        HostileBatch(hm.Index(index), worker_limits=SHORT, roots=[folder]) as match,
        ProcessPoolExecutor(2, get_context("spawn")) as pool,
    ):
        rows = [row for found in pool.map(match, listed(folder)) for row in rows_of(found)]
    check(rows)
    assert wanted


@pytest.fixture(scope="module")
def cluster() -> Any:
    pytest.importorskip("ray")
    from hashmatch.distributed import ray_engine

    with pytest.MonkeyPatch.context() as patch:
        # Workers of Ray import the deeds of these tests.
        patch.setenv("PYTHONPATH", str(ROOT))
        ray = ray_engine.needed()
        assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
        ray_engine._started(ray, 1.8)
        yield ray_engine
        ray.shutdown()


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_ray(cluster: Any, folder: Path, index: Path, wanted: str, tmp_path: Path) -> None:
    with HostileBatch(hm.Index(index), worker_limits=SHORT) as match:
        out = tmp_path / "out"
        job = begin(str(folder), str(out), match, rows=6)
        job.parts = Deadly(match, job.parts.place, job.parts.job)
        list(job.run(cluster.RayEngine(2)))
        assert out.with_suffix(".once").exists(), "an actor was killed"
        assert not job.interrupted
        assert digest_of(rows_in(out)) == wanted
        (out / "part-00000002.parquet").unlink()
        out.with_suffix(".always").touch()
        job = begin(str(folder), str(out), match)
        job.parts = Deadly(match, job.parts.place, job.parts.job)
        with pytest.raises(WorkerError, match=r"5 actors of Ray died over part-00000002\.parquet"):
            list(job.run(cluster.RayEngine(1)))
        (out / "part-00000003.parquet").unlink()
        out.with_suffix(".error").touch()
        job = begin(str(folder), str(out), match)
        job.parts, job.to_do = Deadly(match, job.parts.place, job.parts.job), job.to_do[1:]
        with pytest.raises(ColumnError, match="of ours"):
            list(job.run(cluster.RayEngine(1)))
        job.parts = Parts(match, job.parts.place, job.parts.job)
        with pytest.raises(WorkerError, match="Ray would wait for ever"):
            list(job.run(cluster.RayEngine(10_000)))


@pytest.mark.filterwarnings("ignore")
def test_ray_data(cluster: Any, folder: Path, index: Path, wanted: str) -> None:
    data = pytest.importorskip("ray.data")
    opened = hm.Index(index)
    with opened.lease():
        rows = data.from_items([{"uri": each} for part in listed(folder) for each in part["uri"]])
        found = rows.map_batches(
            HostileBatch,
            fn_constructor_args=(opened,),
            fn_constructor_kwargs={"worker_limits": SHORT},
            batch_size=8,
            batch_format="pyarrow",
            compute=data.ActorPoolStrategy(size=1),
            num_cpus=0.9,
        ).take_all()
    check(found)
    assert wanted


@pytest.mark.filterwarnings("ignore")
def test_dask(folder: Path, index: Path, wanted: str) -> None:
    dask = pytest.importorskip("dask.distributed")
    with (
        HostileBatch(hm.Index(index), worker_limits=SHORT, roots=[folder]) as match,
        dask.Client(
            n_workers=2, threads_per_worker=1, memory_limit=0, dashboard_address=None
        ) as client,
    ):
        futures = client.map(match, listed(folder), pure=False)
        pids = client.run(os.getpid)
        rows: list[dict[str, Any]] = []
        for done in dask.as_completed(futures):
            if not rows:
                os.kill(next(iter(pids.values())), getattr(signal, "SIGKILL", signal.SIGTERM))
            rows += rows_of(done.result())
    check(rows)
    assert wanted
