"""Updates of a large list write what they hold, and leave the large part as it is."""

from dataclasses import replace
from pathlib import Path

from hashmatch.hashlists.reading import HashList
from hashmatch.index.index import Index
from hashmatch.index.merging import MOST_PARTS
from hashmatch.model import Digests, Entry


def _entry(number: int, of: str = "first") -> Entry:
    return Entry(f"id-{number}", number, digests=Digests(md5=f"{number:032x}"), category=of)


def _updated(folder: Path, numbers: range, of: str) -> None:
    with Index.edit(folder) as index:
        index.update(replace(HashList.of("lab", [_entry(n, of) for n in numbers]), sha256=of))


def test_small_updates_leave_the_large_part_as_it_is(tmp_path: Path) -> None:
    expected = {n: _entry(n) for n in range(1, 1001)}
    with Index.edit(tmp_path) as index:
        index.put(HashList.of("lab", expected.values()))
    (large,) = Index(tmp_path).generation.lists[0].parts
    for update in range(1, 40):
        numbers = range(20 * update, 20 * update + 5)
        _updated(tmp_path, numbers, f"update {update}")
        expected |= {n: _entry(n, f"update {update}") for n in numbers}
    opened = Index(tmp_path)
    assert opened.generation.lists[0].parts[0] == large
    assert len(opened["lab"].parts) <= MOST_PARTS
    assert {int(e.id[3:]): e for e in opened["lab"].entries()} == expected
    assert len(opened["lab"]) == opened["lab"].count("md5") == len(expected)


def test_a_large_part_that_is_mostly_taken_back_is_written_anew(tmp_path: Path) -> None:
    with Index.edit(tmp_path) as index:
        index.put(HashList.of("lab", [_entry(n) for n in range(1, 1001)]))
        index.withdraw("lab", [f"id-{n}" for n in range(1, 900)])
    for update in range(1, MOST_PARTS + 1):
        _updated(tmp_path, range(900 + update, 901 + update), f"news {update}")
    (part,) = Index(tmp_path)["lab"].parts
    assert len(part) == len(part.segment.table) == 101
