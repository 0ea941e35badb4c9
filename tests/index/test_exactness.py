"""What an index finds is what brute force finds, whatever was done to it before."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hashmatch.hashlists.base import Withdrawn
from hashmatch.hashlists.reading import HashList
from hashmatch.hashlists.table import EntryTable
from hashmatch.index.drafting import drafted
from hashmatch.index.index import Index
from hashmatch.index.segment import Segment
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Entry, Hash, KnownHash
from hashmatch.profiles import Profile
from hashmatch.search.ranges import SMALL

_THRESHOLD = 31
_IDS = st.integers(0, 12)
_VALUES = st.integers(0, 6)
_ENTRIES = st.lists(st.tuples(_IDS, _VALUES), max_size=6, unique_by=lambda pair: pair[0])


def _code(value: int) -> Hash:
    """Codes of which some are within the threshold of each other, and some are equal."""
    code = bytearray(np.random.default_rng(value // 3).bytes(32))
    code[0] ^= (0, 0x0F, 0xFF)[value % 3]
    return Hash("pdq", bytes(code))


def _list(pairs: list[tuple[int, int]], gone: list[int], stamp: int) -> HashList:
    entries = [Entry(f"e{each}", hashes=(KnownHash(_code(value)),)) for each, value in pairs]
    withdrawn = tuple(Withdrawn(f"e{each}", 1) for each in gone)
    made = HashList.of("known", entries)
    return HashList(
        "known", "csv", sha256=f"{stamp:064x}", entries=made.entries, withdrawn=withdrawn
    )


class Lab(RuleBasedStateMachine):
    """An index that is changed at random, beside a dictionary that is changed the same way."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.model: dict[str, Hash] = {}
        self.stamp = 0
        self._commit(lambda index: index.put(_list([(0, 0)], [], 0)))
        self.model["e0"] = _code(0)
        self.matcher = Matcher(Index(self.folder), profile=Profile("p", {"pdq": _THRESHOLD}))

    def _commit(self, change: object) -> None:
        with Index.edit(self.folder) as index:
            change(index)  # type: ignore[operator]

    @rule(pairs=_ENTRIES.filter(bool))
    def replace(self, pairs: list[tuple[int, int]]) -> None:
        self.stamp += 1
        self._commit(lambda index: index.put(_list(pairs, [], self.stamp)))
        self.model = {f"e{each}": _code(value) for each, value in pairs}

    @rule(pairs=_ENTRIES, gone=st.lists(_IDS, max_size=4))
    def update(self, pairs: list[tuple[int, int]], gone: list[int]) -> None:
        self.stamp += 1
        gone = [each for each in gone if each not in {number for number, _ in pairs}]
        self._commit(lambda index: index.update(_list(pairs, gone, self.stamp)))
        for each in gone:
            self.model.pop(f"e{each}", None)
        self.model |= {f"e{each}": _code(value) for each, value in pairs}

    @rule(gone=st.lists(_IDS, max_size=4))
    def withdraw(self, gone: list[int]) -> None:
        self._commit(lambda index: index.withdraw("known", [f"e{each}" for each in gone]))
        for each in gone:
            self.model.pop(f"e{each}", None)

    @rule()
    def compact(self) -> None:
        self._commit(lambda index: index.compact("known"))

    @invariant()
    def finds_what_brute_force_finds(self) -> None:
        if not hasattr(self, "matcher"):
            return
        self.matcher.refresh()
        for value in range(7):
            asked = _code(value)
            found = {match.entry_id: match.distance for match in self.matcher.match(asked)}
            assert found == {
                name: asked - known
                for name, known in self.model.items()
                if asked - known <= _THRESHOLD
            }

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


TestLab = Lab.TestCase
TestLab.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)


def _table(codes: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]") -> EntryTable:
    rows = np.arange(len(codes), dtype=np.uint32)
    return EntryTable(
        {
            "number": rows + np.uint32(1),
            "class": np.zeros(len(codes), np.uint32),
            "pdq.rows": rows,
            "pdq.quality": np.full(len(codes), 90, np.uint8),
            "pdq.codes": codes,
        },
        {"classes": [["", "", False]], "algorithms": ["pdq"], "parts": [""]},
    )


@pytest.fixture(scope="module")
def codes() -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """Enough for multi-index hashing, a tenth of them equal or near to others."""
    random = np.random.default_rng(4)
    found = random.integers(0, 256, (SMALL + 3000, 32), np.uint8)
    for row in range(0, len(found), 10):
        found[row] = found[random.integers(len(found))]
        found[row, : row % 5] ^= random.integers(0, 256, row % 5, np.uint8)
    return found


@pytest.mark.parametrize("layout", ["inline", "compact"])
@pytest.mark.parametrize("batch", [1, 700])
def test_a_large_index_on_disk_finds_what_brute_force_finds(
    codes: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]",
    tmp_path: Path,
    layout: str,
    batch: int,
) -> None:
    made = HashList("known", "csv", sha256="0" * 64, entries=_table(codes))
    drafted(made, layout=layout).write(tmp_path / "a.hma")  # type: ignore[arg-type]
    segment = Segment.open(tmp_path / "a.hma")
    random = np.random.default_rng(5)
    queries = codes[random.choice(len(codes), 700, replace=False)].copy()
    queries[:, 7] ^= random.integers(0, 256, 700, np.uint8)
    queries[::2, 20] ^= random.integers(0, 256, 350, np.uint8)
    for threshold in (0, 8, 31):
        found: set[tuple[int, int, int]] = set()
        for start in range(0, len(queries) if batch > 1 else 60, batch):
            near = segment.near("pdq", queries[start : start + batch], threshold)
            columns = (near.queries + start, near.rows, near.distances)
            found |= set(zip(*(column.tolist() for column in columns), strict=True))
        expected = set()
        for number, query in enumerate(queries if batch > 1 else queries[:60]):
            distances = np.bitwise_count(codes ^ query).sum(axis=1)
            near_rows = np.flatnonzero(distances <= threshold)
            expected |= {(number, int(row), int(distances[row])) for row in near_rows}
        assert found == expected
        assert not threshold or expected


def test_damage_in_the_tables_is_an_error_and_never_a_miss(
    codes: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]", tmp_path: Path
) -> None:
    from hashmatch.errors import DamagedIndexError

    path = tmp_path / "a.hma"
    drafted(HashList("known", "csv", sha256="0" * 64, entries=_table(codes))).write(path)
    whole = path.read_bytes()
    query = codes[1234:1235].copy()
    query[0, 3] ^= 0xFF
    expected = Segment.open(path).near("pdq", query, 31).rows.tolist()
    assert 1234 in expected
    raised = 0
    for at in range(4096, len(whole), len(whole) // 60):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :])
        try:
            assert Segment.open(path).near("pdq", query, 31).rows.tolist() == expected
        except DamagedIndexError:
            raised += 1
    assert raised > 5
