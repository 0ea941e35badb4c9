from pathlib import Path

import numpy as np
import pytest

from hashmatch.bench.codes import realistic, synthetic, uniform
from hashmatch.bench.index import (
    BATCHES,
    OURS,
    IndexOptions,
    all_exact,
    index_lines,
    measure_index,
)
from hashmatch.bench.listing import make_index
from hashmatch.bench.recall import Watch
from hashmatch.errors import SourceError
from hashmatch.hashlists.reading import HashList
from hashmatch.index.index import Index
from hashmatch.model import Digests, Entry
from hashmatch.search import contenders
from hashmatch.search.flat import FlatIndex

QUICK = IndexOptions(rounds=1, seconds=0.01, sample=24)


def test_an_index_of_the_user_is_measured_and_stays_as_it_is(tmp_path: Path) -> None:
    codes = uniform(3000, 32, 1)
    path = make_index(tmp_path, "pdq", [], [], np.concatenate((codes, codes[:50])))
    before = {each: each.read_bytes() for each in path.rglob("*") if each.is_file()}
    result = measure_index(path, options=QUICK)
    assert {each: each.read_bytes() for each in path.rglob("*") if each.is_file()} == before
    assert result["settings"]["codes"] == 3000
    assert set(result["engines"]) == {OURS, *contenders.KINDS}
    for facts in result["engines"].values():
        assert (facts["missed"], facts["spurious"]) == (0, 0)
        assert facts["compared"] == 2 * 24 * 3000
        assert all(facts[f"us_{batch}"] > 0 for batch in BATCHES)
    assert all_exact(result)
    assert not all_exact({"engines": {OURS: {"missed": 1, "spurious": 0}}})
    lines = list(index_lines(result))
    assert any(each.startswith(OURS) and "0 missed, 0 spurious" in each for each in lines)


def test_a_wrong_search_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_index(tmp_path, "pdq", [], [], uniform(3000, 32, 1))
    real = contenders.Contender.search
    monkeypatch.setattr(
        contenders.Contender, "search", lambda self, queries, _: real(self, queries, 0)
    )
    engines = measure_index(path, options=QUICK)["engines"]
    assert engines[OURS]["missed"] == 0
    assert engines[contenders.FLAT]["missed"] > 10


def test_made_up_hashes_and_a_stop() -> None:
    answers = iter(range(3))
    watch = Watch(stop=lambda: next(answers, None) is None)
    result = measure_index(None, 2000, QUICK, watch=watch)
    assert result["interrupted"]
    ours = result["engines"][OURS]
    assert "us_1" in ours
    assert f"us_{BATCHES[-1]}" not in ours
    assert "not measured" in "\n".join(index_lines(result))


def test_an_index_without_pdq_hashes_is_refused(tmp_path: Path) -> None:
    with Index.edit(tmp_path / "index") as writer:
        entry = Entry("1", digests=Digests(md5="0" * 32))
        writer.put(HashList.of("digests", [entry]))
    with pytest.raises(SourceError, match="no PDQ hash"):
        measure_index(tmp_path / "index", options=QUICK)


@pytest.mark.parametrize("kind", contenders.KINDS)
@pytest.mark.parametrize("threshold", [0, 15, 31, 38])
def test_contenders_find_what_brute_force_finds(kind: str, threshold: int, tmp_path: Path) -> None:
    codes, flips = uniform(500, 32, 2), np.zeros((500, 256), np.uint8)
    random = np.random.default_rng(3)
    for row in range(500):
        flips[row, random.permutation(256)[: random.integers(0, 60)]] = 1
    queries = codes ^ np.packbits(flips, axis=1)
    contenders.write(kind, codes, threshold, tmp_path / "saved")
    found = contenders.Contender(tmp_path / "saved").search(queries, threshold)
    truth = FlatIndex(codes).search(queries, threshold)
    assert found == set(zip(truth.queries.tolist(), truth.rows.tolist(), strict=True))
    assert len(found) == (flips.sum(axis=1) <= threshold).sum()


def test_made_up_hashes_are_like_real_ones() -> None:
    random = np.random.default_rng(4)
    shared = random.standard_normal((1000, 1)) * 0.8
    numbers = random.standard_normal((1000, 256)) + shared * np.where(np.arange(256) < 128, 1, -1)
    middle = np.median(numbers, axis=1, keepdims=True)
    real = np.packbits(numbers > middle, axis=1)
    made = synthetic("pdq", 5000, real, 5)
    assert (np.unpackbits(made, axis=1).sum(axis=1) == 128).all()
    assert np.array_equal(made, realistic(5000, real, 5))
    assert not np.array_equal(made, synthetic("pdq", 5000, real, 6))

    def correlation(codes: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> float:
        bits = np.unpackbits(codes, axis=1)
        found = np.asarray(np.corrcoef(bits[:, :128].T))
        return float(found[np.triu_indices(128, 1)].mean())

    assert correlation(made) == pytest.approx(correlation(real), abs=0.05)
    assert correlation(synthetic("pdq", 5000, real[:10], 5)) == pytest.approx(0, abs=0.01)
    odd = synthetic("colorhash-42", 300, real[:0], 1)
    assert odd.shape == (300, 6)
    assert odd[:, 0].max() == 3
