import random
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hashmatch.errors import (
    DamagedIndexError,
    IndexBusyError,
    IndexVersionError,
    SourceError,
    UnknownNameError,
)
from hashmatch.index import generation, writer
from hashmatch.index.index import Index
from hashmatch.index.verify import verify
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Digests, Entry, Hash, KnownHash
from hashmatch.profiles import Policy
from tests.support import unix
from tests.support.known_lists import entry, hash_list
from tests.support.places import environment


def _found(matcher: Matcher, each: Entry) -> list[str]:
    return [match.entry_id for match in matcher.match(each.hashes[0].hash)]


def test_a_list_is_found_again_with_all_it_said(tmp_path: Path) -> None:
    entries = [entry(n, details={"Series": "x", "n": n}) for n in range(1, 50)]
    with Index.edit(tmp_path) as index:
        assert index.put(hash_list(entries), file="lab.csv")
    opened = Index(tmp_path)
    assert [*opened["lab"].parts[0].segment.table] == entries
    source = opened["lab"].sources[0]
    assert (source.file, source.form, source.entries) == ("lab.csv", "csv", 49)
    with pytest.raises(UnknownNameError, match="lab"):
        opened["other"]


def test_a_newer_version_takes_effect_at_the_next_refresh(tmp_path: Path) -> None:
    with Index.edit(tmp_path) as index:
        index.put(hash_list([entry(1), entry(2)]))
        index.put(hash_list([entry(9)], name="other"))
    matcher = Matcher(Index(tmp_path))
    kept = matcher.lists[1].parts[0].segment
    with Index.edit(tmp_path) as index:
        index.put(hash_list([entry(2), entry(3)]))
    assert [_found(matcher, entry(n)) for n in (1, 2, 3)] == [["entry-1"], ["entry-2"], []]
    assert matcher.refresh()
    assert [_found(matcher, entry(n)) for n in (1, 2, 3)] == [[], ["entry-2"], ["entry-3"]]
    assert matcher.lists[1].parts[0].segment is kept, "other lists are neither rebuilt nor reopened"
    assert not matcher.refresh()


def test_news_add_change_and_take_back_entries(tmp_path: Path) -> None:
    with Index.edit(tmp_path) as index:
        index.put(hash_list([entry(n) for n in range(1, 6)]))
    with Index.edit(tmp_path) as index:
        changed = entry(70, id="entry-2")
        news = hash_list([changed, entry(6)], withdrawn=["entry-3", "never-there"])
        assert index.update(news) == (2, 2)
    matcher = Matcher(Index(tmp_path))
    assert [_found(matcher, entry(n)) for n in (1, 2, 3, 6)] == [["entry-1"], [], [], ["entry-6"]]
    assert _found(matcher, changed) == ["entry-2"]
    assert not matcher.match(entry(3).digests)
    assert len(matcher.lists[0]) == 5
    assert len(matcher.lists[0].sources) == 2


def test_withdrawn_entries_stop_matching_and_stay_on_record(tmp_path: Path) -> None:
    with Index.edit(tmp_path) as index:
        index.put(hash_list([entry(n) for n in range(1, 6)]))
    with Index.edit(tmp_path) as index:
        assert index.withdraw("lab", ["entry-2", "entry-4", "nobody"]) == 2
    with Index.edit(tmp_path) as index:
        assert index.withdraw("lab", ["entry-2", "entry-5"]) == 1
    opened = Index(tmp_path)
    found = [_found(Matcher(opened), entry(n)) for n in range(1, 6)]
    assert found == [["entry-1"], [], ["entry-3"], [], []]
    history = [(e.generation, e.action, e.withdrawn) for e in opened.generation.history]
    assert history == [(1, "import", 0), (2, "withdraw", 2), (3, "withdraw", 1)]


def test_a_list_of_which_all_was_withdrawn_is_tidied_up_and_read_again(tmp_path: Path) -> None:
    known = hash_list([entry(1), entry(2)])
    with Index.edit(tmp_path) as index:
        index.put(known)
    with Index.edit(tmp_path) as index:
        index.withdraw("lab", ["entry-1", "entry-2"])
        index.compact("lab")
    opened = Index(tmp_path)
    assert len(opened["lab"]) == 0
    assert [part.segment.files for part in opened["lab"].parts] == [(known.sha256,)]
    assert all(check.passed for check in verify(opened, thresholds={"pdq": 31}))


def test_ids_that_are_line_numbers_can_be_withdrawn(tmp_path: Path) -> None:
    entries = [entry(n, id=str(n)) for n in range(1, 12)] + [entry(12, id="3"), entry(13, id="03")]
    with Index.edit(tmp_path) as index:
        index.put(hash_list(entries))
        assert index.withdraw("lab", ["3", "11"]) == 3
    standing = Matcher(Index(tmp_path))
    gone = [e.number for e in entries if not _found(standing, e)]
    assert gone == [3, 11, 12]


def test_compacting_keeps_what_stands_and_where_it_came_from(tmp_path: Path) -> None:
    first = hash_list([entry(n) for n in range(1, 6)])
    news = hash_list([entry(6)], withdrawn=["entry-1"])
    with Index.edit(tmp_path) as index:
        index.put(first)
        index.update(news)
    before = Matcher(Index(tmp_path))
    expected = [before.match(entry(n).hashes[0].hash) for n in range(1, 7)]
    with Index.edit(tmp_path) as index:
        index.compact("lab")
    opened = Index(tmp_path)
    assert len(opened["lab"].parts) == 1
    assert len(opened["lab"].parts[0].segment.table) == 5
    assert [Matcher(opened).match(entry(n).hashes[0].hash) for n in range(1, 7)] == expected
    assert expected[5][0].list_sha256 == news.sha256 != expected[4][0].list_sha256


def test_many_small_updates_do_not_pile_up(tmp_path: Path) -> None:
    for number in range(1, 30):
        with Index.edit(tmp_path) as index:
            index.update(hash_list([entry(number)], withdrawn=[f"entry-{number - 5}"]))
    opened = Index(tmp_path)
    assert len(opened["lab"].parts) <= 8
    standing = [n for n in range(1, 30) if _found(Matcher(opened), entry(n))]
    assert standing == list(range(25, 30))
    names = {path.name for path in tmp_path.iterdir()}
    kept = generation.numbers(tmp_path)
    assert len(kept) == writer.KEPT
    needed = {generation.path_of(tmp_path, n).name for n in kept}
    needed |= {file for n in kept for file in generation.read(tmp_path, n).files}
    assert names == needed | {"lock"}


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        with Index.edit(tmp_path) as index:
            index.put(hash_list([entry(1)]))
    assert generation.numbers(tmp_path) == [1]


def test_removing_a_list_and_treating_it_otherwise_are_on_record(tmp_path: Path) -> None:
    with Index.edit(tmp_path) as index:
        index.put(hash_list([entry(1)]))
        index.put(hash_list([entry(2)], name="other"))
    with Index.edit(tmp_path) as index:
        index.set_policy(
            "lab", Policy(known_good=True, categories={"TEST/1": Policy(known_good=False)})
        )
        index.remove("other")
        with pytest.raises(UnknownNameError):
            index.remove("other")
    opened = Index(tmp_path)
    assert opened["lab"].policy == Policy(
        known_good=True, categories={"TEST/1": Policy(known_good=False)}
    )
    assert [e.action for e in opened.generation.history][2:] == ["policy", "remove"]


def test_a_threshold_without_hashes_is_refused_and_an_older_one_is_kept(tmp_path: Path) -> None:
    other = Entry("a", hashes=(KnownHash(Hash("phash-64", b"12345678")),))
    with Index.edit(tmp_path) as index:
        index.put(hash_list([other]))
        with pytest.raises(UnknownNameError, match=r"no pdq hashes: .* there is:\s+phash-64"):
            index.set_policy("lab", Policy(thresholds={"pdq": 8}))
        before = Policy(thresholds={"phash-64": 4})
        index.set_policy("lab", before)
        # A newer version of the list has no such hashes any more.
        index.put(hash_list([Entry("b", digests=Digests(md5="0" * 32))]))
        index.set_policy("lab", before.merged(Policy(known_good=True)))
    assert Index(tmp_path)["lab"].policy == Policy(True, {"phash-64": 4})  # noqa: FBT003


def test_an_error_in_the_block_changes_nothing(tmp_path: Path) -> None:
    with Index.edit(tmp_path) as index:
        index.put(hash_list([entry(1)]))
    with pytest.raises(UnknownNameError), Index.edit(tmp_path) as index:  # noqa: PT012 (the block is what is tested)
        index.put(hash_list([entry(2)]))
        index.remove("nothing")
    assert [e.id for e in Index(tmp_path)["lab"].parts[0].segment.table] == ["entry-1"]


def test_two_writers_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_SECONDS", 0.1)
    with Index.edit(tmp_path) as index:
        index.put(hash_list([entry(1)]))
        with pytest.raises(IndexBusyError, match="another"), Index.edit(tmp_path):
            pass


@pytest.mark.parametrize("suffix", [".json", ".hma"])
def test_damage_is_an_error_and_never_a_missed_match(tmp_path: Path, suffix: str) -> None:
    entries = [entry(n, details={"n": n}) for n in range(1, 60)]
    with Index.edit(tmp_path) as index:
        index.put(hash_list(entries))
    path = next(each for each in tmp_path.iterdir() if each.suffix == suffix)
    whole = path.read_bytes()
    expected = [_matches(tmp_path, each) for each in entries[::7]]
    for at in range(0, len(whole), max(1, len(whole) // 150)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        try:
            found = [_matches(tmp_path, each) for each in entries[::7]]
        except (DamagedIndexError, IndexVersionError):
            continue
        assert found == expected
    path.unlink()
    with pytest.raises(DamagedIndexError):
        Index(tmp_path)


def _matches(folder: Path, each: Entry) -> object:
    matcher = Matcher(Index(folder))
    return matcher.match(each.hashes[0].hash), matcher.match(each.digests)


def test_verify_names_what_is_damaged(tmp_path: Path) -> None:
    with Index.edit(tmp_path) as index:
        index.put(hash_list([entry(n) for n in range(1, 60)]))
        index.put(hash_list([entry(n) for n in range(60, 70)], name="other"))
        index.withdraw("other", ["entry-61"])
    opened = Index(tmp_path)
    assert {c.what for c in verify(opened, thresholds={"pdq": 31})} == {"bytes", "md5", "pdq"}
    for path in tmp_path.glob("*.hma"):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        wrong = [c for c in verify(opened, thresholds={"pdq": 31}) if not c.passed]
        assert [check.file for check in wrong] == [path.name]
        path.write_bytes(whole)


def test_an_index_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with Index.edit(tmp_path) as index:
        index.put(hash_list([entry(1)]))
    path = generation.path_of(tmp_path, 1)
    data = path.read_bytes().rpartition(b"\n")[0].replace(b'"version": 2', b'"version": 9', 1)
    path.write_bytes(data + b"\n" + generation._checksum(data))
    with pytest.raises(IndexVersionError, match="newer"):
        Index(tmp_path)


def test_no_index_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(DamagedIndexError, match="lists import"):
        Index(tmp_path)
    with pytest.raises(DamagedIndexError, match="cannot be opened"):
        Index(tmp_path / "nowhere")


def test_files_of_an_index_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with Index.edit(folder) as index:
        index.put(hash_list([entry(1)]))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


_WRITER = """
import sys
from pathlib import Path
from tests.support.known_lists import entry, hash_list
from hashmatch.index.index import Index
from hashmatch.index.verify import verify
number = int(sys.argv[2])
print("ready", flush=True)
while True:
    number += 1
    with Index.edit(sys.argv[1]) as index:
        index.put(hash_list([entry(n) for n in range(number, number + 300)]))
        index.update(hash_list([entry(number)], name="news", withdrawn=[f"entry-{number - 3}"]))
    print("committed", flush=True)
"""


def test_a_killed_writer_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    """Six kills at random moments; `benchmarks/kills.py` does more, of all changes."""
    chance = random.Random(5)
    folder, number = tmp_path / "index", 0
    for turn in range(6):
        process = subprocess.Popen(  # noqa: S603 (our own interpreter)
            [sys.executable, "-c", _WRITER, str(folder), str(number)],
            env=environment(),
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        # Ready, and behind some commits: a slow machine is not killed before the first.
        for _ in range(1 + turn % 3):
            process.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.1))
        process.send_signal(unix.signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if not Index.at(folder):
            continue
        opened = Index(folder)
        table = opened["lab"].parts[0].segment.table
        first = table[0].number
        assert [e.number for e in table] == list(range(first, first + 300))
        assert first >= number
        number = first
        assert all(check.passed for check in verify(opened, thresholds={"pdq": 31}))
        matcher = Matcher(opened)
        assert "entry-" + str(first) in _found(matcher, entry(first))
    assert number > 0
    with Index.edit(folder) as index:
        index.put(hash_list([entry(1)], name="after"))
    leftovers = [path.name for path in folder.iterdir() if path.name.startswith(".")]
    assert leftovers == []


def test_entries_that_count_as_harmless_are_counted(tmp_path: Path) -> None:
    entries = [
        *(entry(n, known_good=True, category="0") for n in range(1, 4)),
        *(entry(n) for n in range(4, 9)),
        entry(9, known_good=True, category="5"),
    ]
    with Index.edit(tmp_path) as index:
        index.put(hash_list(entries))
    assert Index(tmp_path)["lab"].known_good_entries == 4
    with Index.edit(tmp_path) as index:
        index.withdraw("lab", ["entry-2", "entry-5"])
    assert Index(tmp_path)["lab"].known_good_entries == 3
    for policy, count in (
        (Policy(known_good=True), 7),
        (Policy(known_good=False), 0),
        (Policy(categories={"TEST/0": Policy(known_good=False)}), 1),
        (Policy(categories={"1": Policy(known_good=True)}), 7),
        (Policy(known_good=True, categories={"5": Policy(known_good=False)}), 6),
    ):
        with Index.edit(tmp_path) as index:
            index.set_policy("lab", policy)
        opened = Index(tmp_path)["lab"]
        assert opened.known_good_entries == count
        ruled = [policy.of(each.scheme, each.category).known_good for each in opened.entries()]
        said = [
            each.known_good if own is None else own
            for each, own in zip(opened.entries(), ruled, strict=True)
        ]
        assert sum(said) == count


@pytest.mark.parametrize("name", ["IMG_0001.jpg", "notes", ".hidden", "lock.txt", "generation-1"])
def test_no_index_is_made_in_a_folder_that_holds_something_else(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"evidence")
    with (
        pytest.raises(SourceError, match="neither an empty folder nor an index"),
        Index.edit(tmp_path),
    ):
        pass
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_no_index_is_made_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"md5")
    with pytest.raises(SourceError, match="Not a directory"), Index.edit(tmp_path / "list.csv"):
        pass


def test_what_a_killed_import_left_does_not_hinder_the_next(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    (tmp_path / f"entries-{'0' * 32}.hma").write_bytes(b"half")
    (tmp_path / f".generation-0000000001.json.{'0' * 32}").write_bytes(b"half")
    with Index.edit(tmp_path) as index:
        index.put(hash_list([entry(1)]))
    assert [known.name for known in Index(tmp_path).lists] == ["lab"]
