"""Matchers and indexes pickle by path, and another process finds the same or is told."""

import copy
import csv
import multiprocessing
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.errors import DamagedIndexError, HashmatchError, KnownChangedError
from hashmatch.index.proofs import Proofs
from hashmatch.matching.matcher import Matcher as ValueMatcher
from hashmatch.model import Hash
from tests.support.known_lists import entry, hash_list

WANTED = [entry(number).hashes[0].hash for number in (1, 2, 77)]
WANTED.append(Hash("pdq", bytes([WANTED[0].value[0] ^ 7]) + WANTED[0].value[1:]))


def matched(matcher: hm.Matcher) -> list[tuple[hm.Match, ...]]:
    """Run in the other process."""
    return matcher.match_many(WANTED)


def ids(index: hm.Index) -> list[str]:
    """Run in the other process."""
    return [each.id for known in index.lists for each in known.entries()]


def elsewhere(function: Callable[..., object], given: object) -> object:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, (given,))


def made(folder: Path, *numbers: int, name: str = "lab") -> Path:
    with hm.Index.edit(folder) as index:
        index.put(hash_list([entry(each) for each in numbers], name=name))
    return folder


def csv_file(path: Path, *numbers: int) -> Path:
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "pdq"])
        out.writerows([entry(each).id, entry(each).hashes[0].hash.hex] for each in numbers)
    return path


def test_another_process_finds_the_same(tmp_path: Path) -> None:
    index = hm.Index(made(tmp_path / "one", 1, 2, 3))
    matcher = hm.Matcher(index, profile="wide")
    there = matched(matcher)
    assert [len(each) for each in there] == [1, 1, 0, 1]
    assert elsewhere(matched, matcher) == there
    assert elsewhere(ids, index) == ["entry-1", "entry-2", "entry-3"]


def _kinds(folder: Path) -> dict[str, hm.Matcher]:
    one, two = hm.Index(made(folder / "one", 1)), made(folder / "two", 2, name="other")
    file = csv_file(folder / "file.csv", 1, 2)
    memory = hash_list([entry(1), entry(2)])
    return {
        "path of an index": hm.Matcher(folder / "one"),
        "indexes": hm.Matcher([one, two]),
        "list of an index": hm.Matcher(one["lab"]),
        "file": hm.Matcher(file),
        "values": hm.Matcher(memory),
        "generator": hm.Matcher(each for each in (memory, file, str(two))),
        "proven": hm.Matcher(one, proofs=Proofs()),
        "own profile": hm.Matcher(memory, profile=hm.Profile("mine", {"pdq": 2})),
    }


def test_every_kind_of_known_comes_back(tmp_path: Path) -> None:
    for kind, matcher in _kinds(tmp_path).items():
        again = pickle.loads(pickle.dumps(matcher))  # noqa: S301 (our own)
        assert type(again) is hm.Matcher
        assert matched(again) == matched(matcher), kind
        assert again.profile == matcher.profile
        assert again.proves == matcher.proves
        assert [known.name for known in again.lists] == [known.name for known in matcher.lists]
        twice = pickle.loads(pickle.dumps(again))  # noqa: S301 (our own)
        assert matched(twice) == matched(matcher), kind
        assert matched(copy.deepcopy(matcher)) == matched(matcher), kind


def test_a_matcher_of_values_alone_stays_one() -> None:
    matcher = ValueMatcher(hash_list([entry(1)]))
    again = pickle.loads(pickle.dumps(matcher))  # noqa: S301 (our own)
    assert type(again) is ValueMatcher
    assert again.match_many(WANTED) == matcher.match_many(WANTED)


def test_a_large_list_in_a_file_is_pickled_as_its_path(tmp_path: Path) -> None:
    few, many = (csv_file(tmp_path / f"{n}.csv", *range(1, n)) for n in (3, 300))
    sizes = [len(pickle.dumps(hm.Matcher(each))) for each in (few, many)]
    assert sizes[1] - sizes[0] < 50


def test_the_very_generation_comes_back_until_it_is_tidied_away(tmp_path: Path) -> None:
    index = hm.Index(made(tmp_path / "one", 1))
    old = [pickle.dumps(each) for each in (index, hm.Matcher(index), index["lab"])]
    for count in (2, 3):
        made(tmp_path / "one", *range(1, count + 1))
        again, matcher, known = (pickle.loads(each) for each in old)  # noqa: S301 (our own)
        assert ids(again) == [each.id for each in known.entries()] == ["entry-1"]
        assert (again.generation.number, len(matcher.lists[0])) == (1, 1)
    made(tmp_path / "one", 1, 2, 3, 4)
    for each in old:
        with pytest.raises(KnownChangedError, match=r"generation 1 of .* tidied away.* is 4\."):
            pickle.loads(each)  # noqa: S301 (our own)
    assert index.refresh()
    assert len(ids(pickle.loads(pickle.dumps(index)))) == 4  # noqa: S301
    assert issubclass(KnownChangedError, HashmatchError)


def test_another_index_with_the_same_number_is_an_error(tmp_path: Path) -> None:
    old = pickle.dumps(hm.Index(made(tmp_path / "one", 1)))
    (tmp_path / "one").rename(tmp_path / "away")
    with pytest.raises(DamagedIndexError):
        pickle.loads(old)  # noqa: S301 (our own)
    made(tmp_path / "one", 1, 2)
    with pytest.raises(KnownChangedError, match="other content in that generation"):
        pickle.loads(old)  # noqa: S301 (our own)


def test_a_changed_file_is_an_error(tmp_path: Path) -> None:
    file = csv_file(tmp_path / "file.csv", 1)
    old = pickle.dumps(hm.Matcher(file))
    csv_file(file, 1, 2)
    with pytest.raises(KnownChangedError, match="make the matcher again"):
        pickle.loads(old)  # noqa: S301 (our own)


def test_a_relative_path_still_leads_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path / "one", 1)
    csv_file(tmp_path / "file.csv", 1)
    monkeypatch.chdir(tmp_path)
    kept = [pickle.dumps(hm.Matcher(each)) for each in ("one", "file.csv")]
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    for each in kept:
        assert len(matched(pickle.loads(each))[0]) == 1  # noqa: S301 (our own)


def test_two_lists_by_one_name_keep_what_tells_them_apart(tmp_path: Path) -> None:
    files = []
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        files.append(csv_file(tmp_path / str(number) / "lab.csv", number))
    matcher = hm.Matcher(files)
    again = pickle.loads(pickle.dumps(matcher))  # noqa: S301 (our own)
    names = [each.name for each in again.lists]
    assert names == [each.name for each in matcher.lists]
    assert len(set(names)) == 2
    assert matched(again) == matched(matcher)
