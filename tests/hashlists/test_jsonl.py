import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.base import About, Quarantined, Row, Withdrawn
from hashmatch.hashlists.jsonl import JsonLinesFormat
from hashmatch.hashlists.reading import read_list
from hashmatch.model import Digests, Entry, Hash, KnownHash
from tests.support.json_list_seeds import MD5, PDQ, SEEDS, InMemory

FORMAT = JsonLinesFormat()
HEADER = '{"hashmatch-list": 1}\n'


def read(data: str | bytes) -> list[Row]:
    raw = data if isinstance(data, bytes) else data.encode()
    assert FORMAT.detect(raw)
    return list(FORMAT.read(InMemory(raw)))


def test_a_list_gives_all_that_it_says() -> None:
    assert read(SEEDS["jsonl/list"]) == [
        About("n", "3", "o", {"a": 1}),
        Entry(
            "x",
            9,
            digests=Digests(md5=MD5.lower()),
            hashes=(KnownHash(Hash.fromhex("pdq", PDQ), 88, "centre", 1.5),),
            category="A",
            known_good=True,
            details={"b": [None]},
        ),
        Withdrawn("y", 3),
    ]


TEXT = st.text(st.characters() | st.sampled_from("\udc80\udcff\n\u2028\x00"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
DETAILS = st.dictionaries(TEXT, JSON, max_size=3)
HASHES = st.one_of(
    st.builds(Hash, st.just("pdq"), st.binary(min_size=32, max_size=32)),
    st.builds(Hash, st.sampled_from(("photodna", "odd-kind")), st.binary()),
    st.builds(Hash, st.just("colorhash-42"), st.just(b"\x03" + bytes(5))),
    st.builds(Hash, st.just("x-5"), st.just(b"\x1f")),
)
KNOWN = st.builds(
    KnownHash,
    HASHES,
    st.none() | st.integers(0, 100),
    TEXT,
    st.none() | st.floats(allow_nan=False),
)


def hexes(size: int) -> st.SearchStrategy[str | None]:
    return st.none() | st.binary(min_size=size, max_size=size).map(bytes.hex)


ENTRIES = st.builds(
    Entry,
    TEXT,
    st.integers(0, 2**32 - 1),
    digests=st.builds(Digests, md5=hexes(16), sha1=hexes(20), sha256=hexes(32)),
    hashes=st.lists(KNOWN, max_size=3).map(tuple),
    category=TEXT,
    scheme=TEXT,
    known_good=st.booleans(),
    details=DETAILS,
)


@given(st.builds(About, TEXT, TEXT, TEXT, DETAILS), st.lists(ENTRIES, max_size=4))
def test_every_list_comes_back_exactly(about: About, entries: list[Entry]) -> None:
    out = io.StringIO()
    assert not FORMAT.write(iter(entries), about, out)
    assert out.getvalue().isascii()
    assert read(out.getvalue()) == [about, *entries]


def test_zeros_are_not_left_out() -> None:
    known = KnownHash(Hash.fromhex("pdq", PDQ), 0, "", 0.0)
    out = io.StringIO()
    FORMAT.write([Entry("0", 0, hashes=(known,), details={"a": 0})], About(), out)
    (entry,) = read(out.getvalue())[1:]
    assert isinstance(entry, Entry)
    assert (entry.hashes, entry.number, entry.details) == ((known,), 0, {"a": 0})


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "null",
        '{"id": 7}',
        json.dumps({"md5": "a" * 32}),
        '{"id": "a", "md5": "A"}',
        json.dumps({"id": "a", "md5": MD5}),
        '{"id": "a", "unknown": 1}',
        '{"id": "a", "id": "a"}',
        '{"id": "a", "number": -1}',
        '{"id": "a", "number": 4294967296}',
        '{"id": "a", "number": true}',
        '{"id": "a", "known_good": "true"}',
        '{"id": "a", "hashes": {}}',
        '{"id": "a", "hashes": ["pdq:f8"]}',
        '{"id": "a", "hashes": [{"hash": "pdq:f8"}]}',
        '{"id": "a", "hashes": [{"hash": "photodna:0 0 "}]}',
        '{"id": "a", "hashes": [{"hash": "photodna:00", "quality": 101}]}',
        '{"id": "a", "hashes": [{"hash": "photodna:00", "quality": 1.5}]}',
        '{"id": "a", "hashes": [{"hash": "photodna:00", "more": 1}]}',
        '{"id": "a", "hashes": [{"quality": 1}]}',
        '{"withdrawn": 7}',
        '{"withdrawn": "a", "id": "a"}',
        "[" * 5000,
        '{"id": "\xff"}',
    ],
)
def test_a_broken_line_is_set_aside_alone(line: str) -> None:
    rows = read((HEADER + line + '\n\n{"id": "b"}').encode("latin-1"))
    assert [type(row) for row in rows] == [About, Quarantined, Entry]
    assert isinstance(rows[1], Quarantined)
    assert rows[1].number == 2


@pytest.mark.parametrize(
    "header",
    [
        '{"hashmatch-list": 2}',
        '{"hashmatch-list": true}',
        '{"hashmatch-list": 1, "more": 1}',
        '{"hashmatch-list": 1, "name": 1}',
        '{"hashmatch-list": 1, "details": []}',
        '{"hashmatch-list": 1',
    ],
)
def test_a_header_that_cannot_be_understood_is_refused(header: str) -> None:
    with pytest.raises(ListFormatError):
        read(header + '\n{"id": "a"}')


def test_withdrawals_take_back_what_stands_above_and_repeated_ids_stand(tmp_path: Path) -> None:
    path = tmp_path / "ours.jsonl"
    md5 = f'"md5": "{"a" * 32}"'
    rows = [f'{{"id": "{name}", "number": {n}, {md5}}}' for n, name in enumerate("abab")]
    lines = [*rows[:3], '{"withdrawn": "b"}', rows[3], '{"withdrawn": "c"}']
    path.write_text(HEADER + "\n".join(lines))
    known = read_list(path)
    assert [(entry.id, entry.number) for entry in known.entries] == [("a", 0), ("a", 2), ("b", 3)]
    assert [each.id for each in known.withdrawn] == ["c"]
    assert known.format == "jsonl"


def test_a_long_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "video.jsonl"
    known = [{"hash": f"pdq:{PDQ}", "time": float(time)} for time in range(20_000)]
    path.write_text(HEADER + json.dumps({"id": "v", "hashes": known}))
    assert read_list(path).entries.count("pdq") == 20_000
