"""Several indexes behind one matcher: by list, or by shards of the rows of one."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from hashmatch.cli.app import app
from hashmatch.errors import DamagedIndexError
from hashmatch.hashlists.reading import HashList
from hashmatch.index import reading
from hashmatch.index.index import Index
from hashmatch.matching.known import versions
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Entry, Hash, Tier
from tests.support import crafted_indexes as crafted
from tests.support.known_lists import entry, hash_list

SHARDS = 3


def _list(entries: list[Entry], name: str = "lab") -> HashList:
    """Entries of one publisher's file: all shards of it name that file."""
    return HashList(name, "csv", sha256="a" * 64, entries=HashList.of(name, entries).entries)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """One index of all entries, then its shards, of equally many each."""
    entries = crafted.entries(60)
    parts = [entries, *(entries[at::SHARDS] for at in range(SHARDS))]
    made = [tmp_path / f"index-{number}" for number in range(len(parts))]
    for folder, part in zip(made, parts, strict=True):
        with Index.edit(folder) as writer:
            writer.put(_list(part))
    return made


def _asked() -> list[Hash]:
    """Hashes near known ones, at the threshold and behind it, and others."""
    random = np.random.default_rng(3)
    found = [Hash("pdq", random.bytes(32))]
    for each in crafted.entries(60):
        for bits in (0, 31, 32):
            value = bytearray(each.hashes[bits % 2].hash.value)
            for bit in random.choice(256, bits, replace=False).tolist():
                value[bit // 8] ^= 1 << bit % 8
            found.append(Hash("pdq", bytes(value)))
    return found


def _told(matcher: Matcher) -> list[set[tuple[object, ...]]]:
    digests = [each.digests for each in crafted.entries(60)]
    return [
        {(match.entry_id, match.number, match.kind, match.distance, match.band) for match in each}
        for each in matcher.match_many([*_asked(), *digests])
    ]


def test_shards_find_what_one_index_finds(folders: list[Path]) -> None:
    one, shards = Matcher(folders[0]), Matcher(folders[1:])
    assert _told(shards) == _told(one)
    assert sum(map(len, _told(one))) > 60
    assert shards.radius(Tier.REGIONS, 8) == one.radius(Tier.REGIONS, 8), "by the sum of hashes"
    assert [len(each) for each in shards.lists] == [20, 20, 20]
    assert {*versions(shards.lists)} == {"lab"}
    assert shards.index_facts["generations"] == {str(each): 1 for each in folders[1:]}
    assert len(shards.index_facts["files"]) == 2 * SHARDS  # type: ignore[arg-type]


def test_the_same_entries_twice_count_once(folders: list[Path]) -> None:
    twice = Matcher([folders[1], folders[2], folders[1]])
    assert len(twice.lists) == 2
    assert not versions(Matcher([folders[1], folders[1]]).lists)


def test_each_index_is_refreshed_and_a_damaged_one_changes_nothing(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SMALL_FILE", 0)
    matcher = Matcher(folders[1:])
    before = matcher.lists
    assert not matcher.refresh()
    with Index.edit(folders[1]) as writer:
        writer.put(hash_list([entry(1)], name="news"))
    with Index.edit(folders[3]) as writer:
        writer.put(hash_list([entry(2)], name="more"))
    newest = folders[3] / "generation-0000000002.json"
    data = newest.read_bytes()
    newest.write_bytes(data[:-1])
    with pytest.raises(DamagedIndexError, match="index-3"):
        matcher.refresh()
    assert matcher.lists is before
    assert not matcher.match(entry(1).hashes[0].hash)
    newest.write_bytes(data)
    assert matcher.refresh(), "what was read before is in force now too"
    assert [each.entry_id for each in matcher.match(entry(1).hashes[0].hash)] == ["entry-1"]
    assert [each.entry_id for each in matcher.match(entry(2).hashes[0].hash)] == ["entry-2"]
    assert not matcher.refresh()
    again = pickle.loads(pickle.dumps(matcher))  # noqa: S301 (our own)
    assert again.index_facts["generations"] == matcher.index_facts["generations"]
    assert [each.entry_id for each in again.match(entry(2).hashes[0].hash)] == ["entry-2"]


def test_a_damaged_index_among_several_is_an_error(folders: list[Path]) -> None:
    for path in folders[2].glob("entries-*.hma"):
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedIndexError, match="index-2"):
        Matcher(folders[1:])


def test_the_command_line_names_versions_that_differ(folders: list[Path]) -> None:
    known = [word for each in folders[1:] for word in ("--against", str(each))]
    value = str(crafted.entries(60)[1].hashes[0].hash)
    found = CliRunner().invoke(app, ["lookup", value, *known])
    assert found.exit_code == 0, found.output
    assert "entry-2" in found.stdout
    assert "list lab is known 3 times, with other entries each" in found.stderr
