"""Entries taken over from another table are those that are put in one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.hashlists.building import TableBuilder
from hashmatch.hashlists.table import EntryTable
from hashmatch.model import Digests, Entry, Hash, KnownHash
from hashmatch.model.patch import PatchPlace

PARTS = ("", "centre", "left half")
HASHES = st.one_of(
    st.builds(
        KnownHash,
        st.sampled_from([Hash("pdq", bytes(range(n, n + 32))) for n in range(3)]),
        st.sampled_from([None, 0, 88]),
        st.sampled_from(PARTS),
        st.sampled_from([None, 0.0, 12.5]),
    ),
    st.builds(KnownHash, st.sampled_from([Hash("phash-64", bytes([n] * 8)) for n in range(2)])),
    st.builds(
        KnownHash,
        st.sampled_from([Hash("photodna", bytes([n] * n)) for n in (1, 5, 144)]),
        part=st.sampled_from(PARTS),
    ),
    st.just(KnownHash(Hash("patch-256", bytes(32)), place=PatchPlace(1, 2, 3, 4, 5, 6))),
)
ENTRIES = st.builds(
    Entry,
    st.sampled_from(["7", "a", "é\u2028", "x" * 9, ""]),
    st.integers(1, 9),
    digests=st.sampled_from([Digests(), Digests(md5="ab" * 16), Digests(sha1="cd" * 20)]),
    hashes=st.lists(HASHES, max_size=4).map(tuple),
    category=st.sampled_from(["", "1", "2"]),
    known_good=st.booleans(),
    details=st.sampled_from([{}, {"a": "ü"}, {"b": [1, None, {"c": 0.5}]}]),
)


def built(entries: list[Entry]) -> EntryTable:
    builder = TableBuilder()
    for entry in entries:
        builder.add(entry)
    return builder.finish()


def same(found: EntryTable, expected: EntryTable) -> None:
    assert found.meta == expected.meta
    assert found.arrays.keys() == expected.arrays.keys()
    for name, array in expected.arrays.items():
        assert found.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(found.arrays[name], array, name)


@given(st.lists(st.lists(st.tuples(ENTRIES, st.booleans()), max_size=12), min_size=1, max_size=3))
def test_tables_are_joined_as_their_entries_would_be(
    tables: list[list[tuple[Entry, bool]]],
) -> None:
    builder = TableBuilder()
    kept: list[Entry] = []
    for rows in tables:
        table = built([entry for entry, _ in rows])
        builder.add_table(table, np.flatnonzero([stays for _, stays in rows]))
        kept += [entry for entry, (_, stays) in zip(table, rows, strict=True) if stays]
    same(builder.finish(), built(kept))


@given(
    st.lists(st.text("ab0é", max_size=11), min_size=1, max_size=30),
    st.lists(st.text("ab0é", max_size=11), max_size=5),
)
def test_rows_of_ids(ids: list[str], others: list[str]) -> None:
    table = built([Entry(each, number) for number, each in enumerate(ids, 1)])
    wanted = {*ids[::3], *others, "2"}
    expected = [row for row, entry in enumerate(table) if entry.id in wanted]
    assert table.rows_of(wanted).tolist() == expected
    assert table.rows_of([]).tolist() == []
