"""The entries of an index, beside the publisher's file that it names."""

from pathlib import Path

import pytest

from hashmatch.errors import DamagedIndexError, SourceError
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.index import generation
from hashmatch.index.drafting import drafted
from hashmatch.index.entries import entries_sha256
from hashmatch.index.index import Index
from hashmatch.index.sources import compare_source
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Digests
from tests.support import crafted_indexes as crafted


def _file(folder: Path, name: str, numbers: range, *, column: str = "md5") -> Path:
    path = folder / name
    rows = "".join(f"id-{n},{n:032x},{'f' * 60}{n:04x}\n" for n in numbers)
    path.write_text(f"id,{column},pdq\n{rows}")
    return path


def test_what_was_imported_is_what_the_file_says(tmp_path: Path) -> None:
    folder, path = tmp_path / "index", _file(tmp_path, "lab.csv", range(1, 50))
    with Index.edit(folder) as index:
        index.put(read_list(path), file=path.name)
    (same,) = compare_source(Index(folder), path)
    assert same.passed
    assert (same.entries, same.same, same.recorded) == (49, 49, same.found)
    assert Index(folder)["lab"].sources[0].entries_sha256 == same.found
    with pytest.raises(SourceError, match="came from"):
        compare_source(Index(folder), _file(tmp_path, "other.csv", range(60, 70)))


def test_the_digest_is_the_same_in_memory_on_disk_and_compacted(tmp_path: Path) -> None:
    crafted.make(tmp_path)
    index = Index(tmp_path)
    expected = entries_sha256(drafted(HashList.of("lab", crafted.entries())).segment().table)
    assert (
        index.generation.lists[0].parts[0].entries_sha256 == index["lab"].sources[0].entries_sha256
    )
    assert index["lab"].sources[0].entries_sha256 == expected
    changed = [*crafted.entries()]
    changed[9], changed[10] = changed[10], changed[9]
    assert entries_sha256(HashList.of("lab", changed).entries) != expected


def test_named_columns_are_kept_to_read_the_file_again(tmp_path: Path) -> None:
    folder, path = tmp_path / "index", _file(tmp_path, "lab.csv", range(1, 9), column="fingerprint")
    with Index.edit(folder) as index:
        index.put(read_list(path, columns={"md5": "fingerprint"}))
    (same,) = compare_source(Index(folder), path)
    assert same.passed
    assert same.same == 8


def test_withdrawals_and_updates_on_record_are_accounted_for(tmp_path: Path) -> None:
    folder, path = tmp_path / "index", _file(tmp_path, "lab.csv", range(1, 50))
    news = _file(tmp_path, "news.csv", range(5, 8))
    news.write_text(news.read_text().replace("0" * 28, "a" * 28))
    with Index.edit(folder) as index:
        index.put(read_list(path))
        index.withdraw("lab", ["id-3", "id-4"])
        index.update(read_list(news, name="lab"))
    (before,) = compare_source(Index(folder), path)
    assert (before.passed, before.same, before.withdrawn) == (True, 49, 5)
    with Index.edit(folder) as index:
        index.compact("lab")
    (after,) = compare_source(Index(folder), path)
    assert (after.passed, after.same, after.replaced, after.missing) == (True, 44, 5, 0)
    (new,) = compare_source(Index(folder), news)
    assert (new.passed, new.same) == (True, 3)


@pytest.mark.parametrize("claims", ["the old digest", "a digest of its own", "an older version"])
def test_entries_that_somebody_took_out_are_missed(tmp_path: Path, claims: str) -> None:
    """The attacker writes all checksums, keeps the publisher's name, and drops one entry."""
    folder, path = tmp_path / "index", _file(tmp_path, "lab.csv", range(1, 50))
    with Index.edit(folder) as index:
        index.put(read_list(path), file=path.name)
    genuine = Index(folder)["lab"].sources[0]
    whole = read_list(path)
    fewer = HashList.of("lab", [each for each in whole.entries if each.id != "id-7"])
    draft = drafted(HashList("lab", "csv", sha256=genuine.sha256, entries=fewer.entries))
    part = crafted.part_of(folder)
    digest = draft.write(part)
    forged = entries_sha256(draft.table)

    def change(value: crafted.Meta) -> None:
        (listed,) = value["lists"]
        listed["parts"][0].update(sha256=digest, entries=48)
        if claims == "a digest of its own":
            listed["parts"][0]["entries_sha256"] = forged
            listed["sources"][0].update(entries_sha256=forged, entries=48)
        elif claims == "an older version":
            value["version"] = 1
            del listed["parts"][0]["entries_sha256"], listed["sources"][0]["entries_sha256"]

    crafted.with_generation(change)(folder)
    if claims == "the old digest":
        with pytest.raises(DamagedIndexError, match="not those that were imported"):
            Index(folder)
        return
    matcher = Matcher(Index(folder))
    assert not matcher.match(Digests(md5=f"{7:032x}"))
    (found,) = compare_source(matcher.index or Index(folder), path)
    assert (found.passed, found.missing, found.foreign) == (False, 1, 0)
    assert matcher.lists[0].sources[0].sha256 == genuine.sha256
    # What goes on record is not what a genuine import of the file gives.
    assert matcher.lists[0].sources[0].entries_sha256 != genuine.entries_sha256


def test_version_1_is_still_read(tmp_path: Path) -> None:
    crafted.make(tmp_path)

    def older(value: crafted.Meta) -> None:
        value["version"] = 1
        for listed in value["lists"]:
            for each in (*listed["parts"], *listed["sources"]):
                del each["entries_sha256"]
        del value["withdrawn"]["entries_sha256"]

    crafted.with_generation(older)(tmp_path)
    assert len(Index(tmp_path)["lab"]) == 58
    with Index.edit(tmp_path) as index:
        index.compact("lab")
    assert (
        generation.read(tmp_path, generation.numbers(tmp_path)[-1]).lists[0].parts[0].entries_sha256
    )
