"""How fast all neighbours of a hash are found, beside FAISS on the same hashes, in one run."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hashmatch.bench.codes import asked, synthetic
from hashmatch.bench.listing import make_index
from hashmatch.bench.machine import machine, resident, versions
from hashmatch.bench.recall import Watch
from hashmatch.errors import SourceError
from hashmatch.index.index import Index
from hashmatch.index.segment import Segment
from hashmatch.search import contenders

if TYPE_CHECKING:
    from numpy.typing import NDArray

OURS: Final = "hashmatch"
BATCHES: Final = (1, 100, 10_000)
_ALGORITHM: Final = "pdq"
_PLANTED: Final = 1000
"""Queries of which one has a neighbour."""

_FEW: Final = np.empty((0, 32), np.uint8)


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """What to measure.

    Attributes:
        threshold: of the searches, in bits.
        rounds: in which all take turns; the median counts.
        seconds: of processor time that one engine takes for one size of batch in one round, about:
            of a slow one fewer queries are measured.
        sample: queries that are compared with brute force.
        seed: of made-up hashes and queries.
    """

    threshold: int = 31
    rounds: int = 5
    seconds: float = 1.0
    sample: int = 40
    seed: int = 0


@dataclass(slots=True, eq=False)
class _Engine:
    """One that holds the hashes.

    Attributes:
        pairs: pairs of query and code within the threshold.
        search: the same, as the engine itself gives them.
        facts: what was measured of it.
    """

    pairs: "Callable[[NDArray[np.uint8]], set[tuple[int, int]]]"
    search: "Callable[[NDArray[np.uint8]], object]"
    facts: dict[str, Any] = field(default_factory=dict)


def measure_index(
    index: Path | None,
    codes: int = 0,
    options: IndexOptions | None = None,
    *,
    like: "NDArray[np.uint8]" = _FEW,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """Time, memory and exactness of searches, as JSON; what was measured where it was stopped.

    Args:
        index: the user's own; None measures one of made-up hashes, which is written to a temporary
            folder, as are the indexes of FAISS.
        codes: how many hashes are made up.
        options: what to measure.
        like: real hashes whose correlations made-up ones have.
        watch: who looks on.

    Raises:
        SourceError: the index holds no PDQ hash.
        DamagedIndexError: it cannot be opened.
    """
    options, watch = options or IndexOptions(), watch or Watch()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="hashmatch-bench-")))
        facts: dict[str, Any] = {}
        if index is None:
            made = synthetic(_ALGORITHM, codes, like, options.seed)
            began = time.process_time()
            index = make_index(folder, _ALGORITHM, [], [], made)
            facts["build_s"] = round(time.process_time() - began, 3)
        known = _codes(index)
        if not len(known):
            msg = f"nothing to measure: {index} holds no PDQ hash"
            raise SourceError(msg)
        run = _Run(options, watch, known, like)
        run.open_ours(index, facts, stack)
        run.open_contenders(folder)
        run.check()
        run.measure()
        return run.result(index if codes == 0 else None)


def _segments(index: Index) -> Iterator[Segment]:
    for known in index.lists:
        for part in known.parts:
            if _ALGORITHM in part.segment.algorithms:
                yield part.segment


def _codes(path: Path) -> "NDArray[np.uint8]":
    """The distinct PDQ hashes of an index, in the order of its segments."""
    with Index(path) as index:
        parts = [np.array(each.codes(_ALGORITHM)) for each in _segments(index)]
    return np.concatenate([_FEW, *parts])


class _Run:
    """One measurement."""

    def __init__(
        self,
        options: IndexOptions,
        watch: Watch,
        codes: "NDArray[np.uint8]",
        like: "NDArray[np.uint8]",
    ) -> None:
        self._options, self._watch, self._codes = options, watch, codes
        seed = options.seed + 1
        step = max(1, len(codes) // 4096)
        near = like if len(like) else codes[::step]
        misses = synthetic(_ALGORITHM, BATCHES[-1] * 2, near, seed)
        self._queries = asked(codes, misses, options.threshold, seed)
        self._engines: dict[str, _Engine] = {}
        self._interrupted = False

    def open_ours(self, path: Path, facts: dict[str, Any], stack: ExitStack) -> None:
        """Open the index as every command does."""
        _compile()
        facts |= self._opened(OURS, path)
        index = stack.enter_context(Index(path))
        segments = list(_segments(index))
        threshold = self._options.threshold
        began = time.process_time()
        for each in segments:
            each.prove()
        facts["proof_ms"] = round(1e3 * (time.process_time() - began), 3)
        starts = np.cumsum([0, *(len(each.codes(_ALGORITHM)) for each in segments)])

        def search(queries: "NDArray[np.uint8]") -> object:
            return [each.near(_ALGORITHM, queries, threshold) for each in segments]

        def pairs(queries: "NDArray[np.uint8]") -> set[tuple[int, int]]:
            found: set[tuple[int, int]] = set()
            for start, each in zip(starts.tolist(), segments, strict=False):
                near = each.index(_ALGORITHM).search(queries, threshold)
                rows = (near.rows + start).tolist()
                found |= set(zip(near.queries.tolist(), rows, strict=True))
            return found

        size = sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
        facts["file_mb"] = round(size / 1e6, 1)
        self._engines[OURS] = _Engine(pairs, search, facts)

    def open_contenders(self, folder: Path) -> None:
        """Build, save and open the indexes of FAISS, each from its file."""
        threshold = self._options.threshold
        for number, kind in enumerate(contenders.KINDS):
            if self._stopped():
                return
            path = folder / f"{number}.faiss"
            began = time.process_time()
            contenders.write(kind, self._codes, threshold, path)
            facts: dict[str, Any] = {"build_s": round(time.process_time() - began, 3)}
            facts |= self._opened(kind, path)
            opened = contenders.Contender(path)
            facts["file_mb"] = round(path.stat().st_size / 1e6, 1)
            path.unlink()
            self._engines[kind] = _Engine(
                lambda queries, each=opened: each.search(queries, threshold),  # type: ignore[misc]
                lambda queries, each=opened: each.raw(queries, threshold),  # type: ignore[misc]
                facts,
            )

    def _opened(self, name: str, path: Path) -> dict[str, float]:
        """How long it takes to open it in another process, and how much memory that takes there."""
        given = name, str(path), self._queries[:_PLANTED], self._options.threshold
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(_open, *given).result()

    def check(self) -> None:
        """Compare what each finds with brute force in NumPy: one at a time, and all at once."""
        planted = self._queries[::_PLANTED]
        few = max(1, self._options.sample - len(planted))
        some = np.concatenate((planted, self._queries[1 : 1 + few]))
        truth = self._truth(some)
        for engine in self._engines.values():
            alone = {
                (number, row)
                for number in range(len(some))
                for _, row in engine.pairs(some[number : number + 1])
            }
            together = engine.pairs(some)
            engine.facts["missed"] = len(truth - alone) + len(truth - together)
            engine.facts["spurious"] = len(alone - truth) + len(together - truth)
            engine.facts["compared"] = 2 * len(some) * len(self._codes)

    def _truth(self, queries: "NDArray[np.uint8]") -> set[tuple[int, int]]:
        words = self._codes.view(np.uint64)
        found: set[tuple[int, int]] = set()
        for number, query in enumerate(np.ascontiguousarray(queries).view(np.uint64)):
            apart = np.bitwise_count(words ^ query).sum(axis=1, dtype=np.uint16)
            rows = np.flatnonzero(apart <= self._options.threshold)
            found |= {(number, row) for row in rows.tolist()}
        return found

    def measure(self) -> None:
        """Time every engine in turns, for each size of batch."""
        once = {
            name: _spent(each.search, self._queries[1:3]) / 2
            for name, each in self._engines.items()
        }
        times: dict[tuple[str, int], list[float]] = {}
        total = len(BATCHES) * self._options.rounds
        for turn in range(self._options.rounds):
            for at, batch in enumerate(BATCHES):
                if self._stopped():
                    break
                for name, engine in self._engines.items():
                    most = max(2, int(self._options.seconds / max(once[name], 1e-7)))
                    spent = self._per_query(engine, batch, most, turn)
                    times.setdefault((name, batch), []).append(1e6 * spent)
                self._watch.done("measurements", turn * len(BATCHES) + at + 1, total)
        for (name, batch), values in times.items():
            self._engines[name].facts[f"us_{batch}"] = round(statistics.median(values), 3)

    def _per_query(self, engine: _Engine, batch: int, most: int, turn: int) -> float:
        """Seconds of processor time for one query."""
        first = turn * 101
        if batch == 1:
            some = self._queries[first : first + min(most, 1000)]
            spent = sum(_spent(engine.search, some[at : at + 1]) for at in range(len(some)))
            return spent / len(some)
        some = self._queries[first : first + min(batch, most)]
        repeats = max(1, min(20, most // max(1, len(some)))) if batch < BATCHES[-1] else 1
        return sum(_spent(engine.search, some) for _ in range(repeats)) / repeats / len(some)

    def _stopped(self) -> bool:
        self._interrupted = self._interrupted or self._watch.stop()
        return self._interrupted

    def result(self, index: Path | None) -> dict[str, Any]:
        """All that was measured."""
        return {
            "bench": "index",
            "version": 1,
            "interrupted": self._interrupted,
            "machine": machine(),
            "versions": versions(),
            "settings": {
                "index": None if index is None else str(index),
                "codes": len(self._codes),
                "threshold": self._options.threshold,
                "rounds": self._options.rounds,
                "seed": self._options.seed,
            },
            "engines": {name: each.facts for name, each in self._engines.items()},
        }


def _open(name: str, path: str, queries: "NDArray[np.uint8]", threshold: int) -> dict[str, float]:
    """Open an index in this new process, and search in it.

    Args:
        name: ours, or a kind of FAISS's.
        path: of the folder or file.
        queries: the first is searched with at once, all for the memory.
        threshold: in bits.
    """
    search: Callable[[NDArray[np.uint8]], object]
    if name == OURS:
        _compile()
    else:
        contenders.load()
    memory, began = resident(), time.process_time()
    if name == OURS:
        segments = list(_segments(Index(path)))

        def search(some: "NDArray[np.uint8]") -> object:
            return [each.near(_ALGORITHM, some, threshold) for each in segments]
    else:
        opened = contenders.Contender(Path(path))

        def search(some: "NDArray[np.uint8]") -> object:
            return opened.raw(some, threshold)

    search(queries[:1])
    spent = time.process_time() - began
    search(queries)
    return {
        "open_ms": round(1e3 * spent, 3),
        "resident_mb": round((resident() - memory) / 1e6, 1),
    }


def _compile() -> None:
    """Have the search compiled, or read from its cache, which happens once in a process."""
    with TemporaryDirectory(prefix="hashmatch-bench-") as folder:
        made = synthetic(_ALGORITHM, 20_000, _FEW, 0)
        with Index(make_index(Path(folder), _ALGORITHM, [], [], made)) as index:
            for segment in _segments(index):
                for queries in (made[:1], made[:200]):
                    segment.near(_ALGORITHM, queries, 31)


def _spent(call: "Callable[[NDArray[np.uint8]], object]", queries: "NDArray[np.uint8]") -> float:
    began = time.process_time()
    call(queries)
    return time.process_time() - began


def index_lines(result: Mapping[str, Any]) -> Iterator[str]:
    """What was measured, in lines."""
    settings, engines = result["settings"], result["engines"]
    yield f"{settings['codes']:,} hashes, within {settings['threshold']} bits; processor time"
    heads = [f"{batch:,}" for batch in BATCHES]
    yield (
        f"{'µs a query, in batches of':28}{''.join(f'{head:>20}' for head in heads)}"
        f"{'opening':>11}{'memory':>10}{'file':>10}{'build':>9}  wrong"
    )
    own = engines[OURS]
    for name, facts in engines.items():
        yield f"{name:28}{_cells(facts, own)}{_rest(facts)}"
    compared = own["compared"]
    yield f"each compared with brute force: {compared:,} pairs"


def _cells(facts: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    cells = []
    for batch in BATCHES:
        value, ours = facts.get(f"us_{batch}"), own.get(f"us_{batch}")
        told = "not measured" if value is None else f"{value:,.1f} ({value / (ours or 1):,.1f} ×)"
        cells.append(f"{told:>20}")
    return "".join(cells)


def _rest(facts: Mapping[str, Any]) -> str:
    build = f"{facts['build_s']:.1f} s" if "build_s" in facts else "–"
    return (
        f"{facts['open_ms']:>8,.1f} ms{facts['resident_mb']:>7,.0f} MB{facts['file_mb']:>7,.0f} MB"
        f"{build:>9}  {facts['missed']} missed, {facts['spurious']} spurious"
    )


def all_exact(result: Mapping[str, Any], names: Sequence[str] = (OURS,)) -> bool:
    """Whether these found what brute force found."""
    facts = [result["engines"][name] for name in names]
    return not any(each["missed"] or each["spurious"] for each in facts)
