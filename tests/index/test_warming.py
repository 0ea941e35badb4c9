"""An index that was read before the first search: from then on no search reads the disk."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashmatch.cli.app import app
from hashmatch.errors import ClosedIndexError, DamagedIndexError
from hashmatch.index import reading
from hashmatch.index.held import HeldFile
from hashmatch.index.index import Index
from hashmatch.matching.matcher import Matcher
from hashmatch.native.library import version
from tests.support import crafted_indexes as crafted
from tests.support.known_lists import entry, hash_list


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index that counts as large: opening it proves nothing."""
    monkeypatch.setattr(reading, "SMALL_FILE", 0)
    folder = tmp_path / "index"
    crafted.make(folder)
    return folder


@contextmanager
def counted_reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The files that are read in the block."""
    seen: list[Path] = []
    load = HeldFile.load

    def counting(file: HeldFile, start: int, stop: int) -> None:
        seen.append(file.path)
        load(file, start, stop)

    with monkeypatch.context() as patch:
        patch.setattr(HeldFile, "load", counting)
        yield seen


def _found(matcher: Matcher) -> list[list[str]]:
    return [
        [match.entry_id for match in matcher.match(value)]
        for each in crafted.entries()
        for value in (each.digests, each.hashes[0].hash)
    ]


def test_nothing_is_read_after_warming(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cold, warmed = Index(index), Index(index)
    told: list[tuple[int, int]] = []
    size = warmed.warm(lambda read, of: told.append((read, of)))
    assert size == sum(path.stat().st_size for path in index.glob("entries-*.hma"))
    assert told == sorted(told)
    assert told[-1] == (size, size)
    with counted_reads(monkeypatch) as reads:
        after = _found(Matcher(warmed))
        assert not reads
        assert _found(Matcher(cold)) == after, "the same is found"
        assert reads, "an index that is cold reads"


def test_a_newer_generation_is_read_before_searches_go_on_to_it(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Index(index)
    opened.warm()
    matcher = Matcher(opened)
    before = matcher.lists
    with Index.edit(index) as writer:
        writer.put(hash_list([entry(1)], name="news"))
    during: list[bool] = []
    load = HeldFile.load

    def watched(file: HeldFile, start: int, stop: int) -> None:
        during.append(matcher.lists is before)
        load(file, start, stop)

    monkeypatch.setattr(HeldFile, "load", watched)
    assert matcher.refresh()
    assert during, "the new file was read"
    assert all(during), "until it was, searches were answered from the generation before"
    during.clear()
    assert [each.entry_id for each in matcher.match(entry(1).hashes[0].hash)] == ["entry-1"]
    assert not during


def test_a_damaged_generation_takes_the_place_of_none(index: Path) -> None:
    opened = Index(index)
    opened.warm()
    number = opened.generation.number
    before = {path.name for path in index.iterdir()}
    with Index.edit(index) as writer:
        writer.put(hash_list([entry(1)], name="news"))
    (new,) = (path for path in index.glob("entries-*.hma") if path.name not in before)
    data = bytearray(new.read_bytes())
    data[-1] ^= 1  # of the last array
    new.write_bytes(data)
    with pytest.raises(DamagedIndexError, match="damaged"):
        opened.refresh()
    assert opened.generation.number == number
    assert _found(Matcher(opened)) == _found(Matcher(opened))


def test_an_index_that_was_closed_is_not_warmed(index: Path) -> None:
    opened = Index(index)
    opened.close()
    with pytest.raises(ClosedIndexError):
        opened.warm()


def test_the_command_reads_indexes_and_says_what_is_damaged(index: Path) -> None:
    size = sum(path.stat().st_size for path in index.glob("entries-*.hma"))
    done = CliRunner().invoke(app, ["index", "warm", "--index", str(index), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"kernels": version(), "indexes": {str(index): size}}
    for path in index.glob("entries-*.hma"):
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
    assert isinstance(
        CliRunner().invoke(app, ["index", "warm", "--index", str(index)]).exception,
        DamagedIndexError,
    )
