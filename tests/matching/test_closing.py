"""Indexes and matchers hold files open until they are closed; nothing is searched afterwards."""

import gc
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.errors import ClosedIndexError, DamagedIndexError
from hashmatch.index.proofs import Proofs
from tests.support.known_lists import entry, hash_list

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what is open")
WANTED = entry(1).hashes[0].hash


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with hm.Index.edit(tmp_path / "index") as index:
        index.put(hash_list([entry(1), entry(2)]))
        index.put(hash_list([entry(3)], name="other"))
        index.withdraw("lab", ["entry-2"])
    return tmp_path / "index"


def held(folder: Path) -> list[str]:
    """The files of this folder that this process has open."""
    links = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            links.append(str(each.readlink()))
    return sorted(each for each in links if each.startswith(str(folder)))


@linux_only
def test_files_are_open_within_the_block_alone(folder: Path) -> None:
    gc.collect()  # what the writer read
    before = held(folder)
    with hm.Index(folder) as index:
        assert len(held(folder)) == len(before) + 4
    assert held(folder) == before
    index.close()
    with hm.Matcher(folder) as matcher:
        assert matcher.match(WANTED)
        assert len(held(folder)) == len(before) + 4
    assert held(folder) == before
    matcher.close()
    with hm.Matcher([folder, hash_list([entry(9)], name="memory")]):
        assert len(held(folder)) == len(before) + 4
    assert held(folder) == before


def test_nothing_is_searched_after_the_end(folder: Path) -> None:
    with hm.Index(folder) as index:
        matcher = hm.Matcher(index)
        assert matcher.match(WANTED)
    for use in (lambda: matcher.match(WANTED), index.refresh, index.__enter__):
        with pytest.raises(ClosedIndexError, match="open it again"):
            use()
    assert [known.name for known in index.lists] == ["lab", "other"]


def test_another_file_in_the_place_of_a_closed_one_is_not_read(folder: Path) -> None:
    index = hm.Index(folder)
    matcher = hm.Matcher(index)
    index.close()
    with (folder.parent / "new").open("wb"), pytest.raises(ClosedIndexError):
        matcher.match(WANTED)


def test_an_index_that_was_given_is_closed_by_whoever_opened_it(folder: Path) -> None:
    with hm.Index(folder) as index:
        with hm.Matcher(index) as matcher:
            pass
        assert matcher.match(WANTED)


def test_a_matcher_of_files_proves_and_confirms_as_one_of_values(folder: Path) -> None:
    matcher = hm.Matcher(folder, proofs=Proofs())
    assert matcher.match(WANTED)
    assert all(part.segment.is_proven for known in matcher.lists for part in known.parts)
    file = next(folder.glob("entries-*"))
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(DamagedIndexError, match="was changed while it was in use"):
        matcher.match(WANTED)
