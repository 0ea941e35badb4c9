"""Index files that are overwritten or cut while they are searched: an error, never a miss."""

import hashlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hashmatch.errors import DamagedIndexError
from hashmatch.index import reading
from hashmatch.index.index import Index
from hashmatch.matching.matcher import Matcher
from hashmatch.scanning.engine import iter_scan
from tests.support import crafted_indexes as crafted
from tests.support.known_lists import entry, hash_list

_SEARCHER = """
import sys
import numpy as np
from hashmatch.errors import DamagedIndexError
from hashmatch.index import reading
from hashmatch.index.index import Index
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Hash
reading.SMALL_FILE = 0
rows = np.random.default_rng(3).integers(0, 256, (20_050, 32), np.uint8)
try:
    matcher = Matcher(Index(sys.argv[1]))
    print("ready", flush=True)
    for start in range(0, 10**9, 7):
        queries = [Hash("pdq", rows[(start + each) % len(rows)].tobytes()) for each in range(3)]
        queries[1] = Hash("pdq", bytes([queries[1].value[0] ^ 3]) + queries[1].value[1:])
        for found in matcher.match_many(queries):
            if len(found) != 1:
                sys.exit(1)
        if start == 700:
            matcher.prove()
except DamagedIndexError:
    sys.exit(5)
"""


def _cut(path: Path, chance: random.Random) -> None:
    os.truncate(path, chance.randrange(path.stat().st_size))


def _overwrite(path: Path, chance: random.Random) -> None:
    with path.open("r+b") as file:
        file.seek(chance.randrange(path.stat().st_size))
        file.write(bytes(chance.randrange(1, 1 << 20)))


def _replace_all(path: Path, chance: random.Random) -> None:
    size = path.stat().st_size
    path.write_bytes(chance.randbytes(size))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large") / "index"
    crafted.make_large(folder)
    return folder


@pytest.mark.parametrize("seed", range(9))
def test_a_file_that_is_changed_under_a_search_ends_it(large: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = crafted.part_of(large)
    whole = path.read_bytes()
    process = subprocess.Popen(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", _SEARCHER, str(large)], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0, 0.5))
        (_cut, _overwrite, _replace_all)[seed % 3](path, chance)
        assert process.wait(120) == 5
    finally:
        process.kill()
        process.communicate()
        path.write_bytes(whole)


@pytest.mark.parametrize("large_file", [True, False])
@pytest.mark.parametrize("kind", ["entries", "withdrawn", "generation"])
@pytest.mark.parametrize("change", [_cut, _overwrite, _replace_all])
def test_every_file_is_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: object, kind: str, *, large_file: bool
) -> None:
    if large_file:
        monkeypatch.setattr(reading, "SMALL_FILE", 0)
    crafted.make(tmp_path)
    matcher = Matcher(Index(tmp_path))
    query = crafted.entries()[7].digests
    expected = matcher.match(query)
    assert expected
    path = (
        crafted.generation_of(tmp_path) if kind == "generation" else crafted.part_of(tmp_path, kind)
    )
    time.sleep(0.02)  # the clock of a file system may be as coarse
    change(path, random.Random(1))  # type: ignore[operator]
    with pytest.raises(DamagedIndexError, match=r"changed|cut|damaged"):
        matcher.match(query)


def test_the_same_bytes_again_other_names_and_other_rights_are_no_change(tmp_path: Path) -> None:
    crafted.make(tmp_path)
    matcher = Matcher(Index(tmp_path))
    query = crafted.entries()[7].digests
    expected = matcher.match(query)
    path = crafted.part_of(tmp_path)
    time.sleep(0.02)
    path.write_bytes(path.read_bytes())
    path.chmod(0o640)
    assert matcher.match(query) == expected
    os.link(path, tmp_path / "other")
    path.unlink()
    assert matcher.match(query) == expected


def test_a_search_goes_on_in_the_generation_that_others_tidied_away(tmp_path: Path) -> None:
    with Index.edit(tmp_path) as index:
        index.put(hash_list([entry(1)]))
    matcher = Matcher(Index(tmp_path))
    for number in range(2, 9):
        with Index.edit(tmp_path) as index:
            index.put(hash_list([entry(number)]))
    assert not any(path.exists() for path in (file.path for file in matcher.files))
    assert [match.entry_id for match in matcher.match(entry(1).digests)] == ["entry-1"]


@pytest.mark.parametrize("change", [_cut, _replace_all])
def test_a_scan_ends_with_an_error(tmp_path: Path, change: object) -> None:
    evidence, folder = tmp_path / "evidence", tmp_path / "index"
    evidence.mkdir()
    for number in range(200):
        (evidence / f"{number}.txt").write_text(str(number))
    crafted.make(folder)
    results = iter_scan(evidence, against=folder, workers=0)
    next(results)
    time.sleep(0.02)
    change(crafted.part_of(folder), random.Random(2))  # type: ignore[operator]
    with pytest.raises(DamagedIndexError):
        list(results)


def test_a_scan_does_not_end_before_a_large_index_is_proven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SMALL_FILE", 0)
    (tmp_path / "evidence").write_text("no picture")
    folder = tmp_path / "index"
    crafted.make(folder)
    assert len(list(iter_scan(tmp_path / "evidence", against=folder, workers=0))) == 1
    # Nothing that this scan reads of the index is wrong: only the proof finds it.
    crafted.with_array("photodna.bytes", lambda array: array ^ 1)(folder)
    with pytest.raises(DamagedIndexError, match="not those that were imported"):
        list(iter_scan(tmp_path / "evidence", against=folder, workers=0))


def test_what_binds_a_result_to_the_files_is_given_for_the_record(tmp_path: Path) -> None:
    crafted.make(tmp_path)
    facts = Matcher(Index(tmp_path)).index_facts
    on_disk = {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (
            crafted.generation_of(tmp_path),
            crafted.part_of(tmp_path),
            crafted.part_of(tmp_path, "withdrawn"),
        )
    }
    assert facts["files"] == on_disk
    source = Index(tmp_path)["lab"].sources[0]
    first = {"file": "a" * 64, "entries": source.entries_sha256}
    assert facts["lists"]["lab"][0] == first  # type: ignore[index,call-overload]
    assert Matcher(hash_list([entry(1)])).index_facts == {}
