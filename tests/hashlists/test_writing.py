"""A hash list, or entries alone, written to a file."""

from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.hashlists.base import About


def entries() -> list[hm.Entry]:
    return [hm.Entry(id=str(n), digests=hm.Digests(md5=f"{n:032x}")) for n in range(3)]


def test_a_hash_list_is_written_with_what_it_says_of_itself(tmp_path: Path) -> None:
    known = hm.HashList(
        "mine", version="7", owner="LAB", entries=hm.HashList.of("", entries()).entries
    )
    assert not hm.write_list(known, str(tmp_path / "a.jsonl"), format="jsonl")
    again = hm.read_list(tmp_path / "a.jsonl")
    assert (again.name, again.version, again.owner) == ("mine", "7", "LAB")
    assert list(again.entries) == list(known.entries)
    hm.write_list(known, tmp_path / "b.jsonl", format="jsonl", about=About("other"))
    assert hm.read_list(tmp_path / "b.jsonl").name == "other"


def test_entries_alone_say_nothing_of_a_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hm.write_list(entries(), tmp_path / "a.csv", format="csv")
    assert [each.id for each in hm.read_list(tmp_path / "a.csv").entries] == ["0", "1", "2"]
    hm.write_list(iter(entries()), format="csv")
    assert capsys.readouterr().out.encode() == (tmp_path / "a.csv").read_bytes().replace(b"\r", b"")
