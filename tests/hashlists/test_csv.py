import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.base import About
from hashmatch.hashlists.csv import CsvFormat
from hashmatch.hashlists.reading import read_list
from hashmatch.model import Digests, Entry, Hash, KnownHash
from tests.support.list_files import list_file, listed, numbers, rows, written

MD5, SHA1, SHA256, PDQ = "ab" * 16, "cd" * 20, "ef" * 32, "f8" * 32


def test_what_the_publisher_said_is_kept() -> None:
    text = f"id,MD5,PDQ,Category,Quality,Note\nx1,{'A' * 32},{PDQ},1,88,a \n,,{PDQ.upper()},,,\n"
    known = listed(text, "known.csv")
    assert (known.name, known.format, known.quarantined) == ("known", "csv", ())
    assert known.sha256 == hashlib.sha256(text.encode()).hexdigest()
    first, second = known.entries
    assert (first.id, first.category, first.hashes[0].quality) == ("x1", "1", 88)
    assert (first.digests.md5, first.details) == ("a" * 32, {"Note": "a "})
    assert first.hashes[0].hash == second.hashes[0].hash == Hash.fromhex("pdq", PDQ)
    assert (second.id, second.hashes[0].quality) == ("3", None)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_and_a_byte_order_mark(delimiter: str) -> None:
    text = f"\ufeffsha-256{delimiter}phash-64\r\n{'0' * 64}{delimiter}{'1' * 16}\r\n"
    (entry,) = listed(text).entries
    assert entry.digests.sha256 == "0" * 64
    assert entry.hashes[0].hash == Hash.fromhex("phash-64", "1" * 16)


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (f"1,{MD5.upper()},{PDQ},88,no", True),
        (f"1,{MD5}", True),
        (f"1,{MD5},,,,,,", True),
        (f'1,"{MD5}", "{PDQ}" ,88,', True),
        (f"1,{MD5},NULL,NaN,N/A", True),
        (f"1,{MD5},{PDQ},88.0,TRUE", True),
        (f"1,{MD5},{PDQ}@7 {PDQ}@@1.5,,", True),
        (f'1,{MD5},,,,"a ""b"""', True),
        (f'1,{MD5},,,,5" disk', True),
        ("1,,,,", False),
        (f"1,{MD5[1:]},,,", False),
        (f"1,{MD5},{'0' * 32},,", False),
        (f"1,{MD5},{PDQ}zz,,", False),
        (f"1,{MD5},{PDQ},101,", False),
        (f"1,{MD5},{PDQ},high,", False),
        (f"1,{MD5},{PDQ},88,maybe", False),
        (f"1,{MD5},{PDQ},88,no,,,more", False),
        (f'1,"{MD5},,,', False),
        (f'1,"{MD5}"x,,,', False),
        (f"1,1.23E+31,{PDQ},,", False),
        (f"1,{MD5},{PDQ}@7@8@9@a,,", False),
        (f"1,\ufffd{MD5[1:]},,,", False),
        (f"1,{MD5[:-1]}\0,,,", False),
        (f"# 1,x{MD5},,,", False),
        ("a" * (1 << 20), False),
    ],
)
def test_every_row_is_an_entry_or_quarantined(row: str, kept: bool) -> None:  # noqa: FBT001
    good = f"0,{MD5},,,,,"
    text = f"id,md5,pdq,quality,known good,note,\n{good}\n\n{row}\n{good}\n"
    found = rows("csv", text)
    assert numbers(found) == ([2, *([4] * kept), 5], [4] * (not kept))


def test_a_comment_may_run_over_lines() -> None:
    known = listed(f'md5,note\n{MD5},"one\ntwo\n\nfour"\n{MD5},b\n')
    assert [(each.number, each.details["note"]) for each in known.entries] == [
        (2, "one\ntwo\n\nfour"),
        (6, "b"),
    ]


def test_a_stray_quote_does_not_swallow_rows_unseen() -> None:
    text = f'md5,note\n{MD5},"oops\n{MD5},b\n{MD5},"\n{MD5},d\n'
    assert numbers(rows("csv", text)) == ([5], [2, 3, 4])


def test_a_quote_that_nobody_closes_spoils_its_own_line() -> None:
    text = f'md5,note\n{MD5},"oops\n' + f"{MD5},b\n" * 2000
    assert numbers(rows("csv", text)) == (list(range(3, 2003)), [2])


def test_text_that_is_no_utf8_costs_no_hash() -> None:
    (entry,) = listed(b"md5,category\n" + MD5.encode() + b",K\xf6rper\n").entries
    assert (entry.digests.md5, entry.category) == (MD5, "K\ufffdrper")


def test_comments_and_excels_hint_before_the_header() -> None:
    (entry,) = listed(f"# made by hand\n\nsep=;\nmd5;note\n{MD5};a,b,c,d\n").entries
    assert entry.details == {"note": "a,b,c,d"}


def test_unnamed_and_doubled_columns_of_others_are_kept() -> None:
    (entry,) = listed(f"md5,note,note,\n{MD5},a,b,c\n").entries
    assert entry.details == {"note": "a", "note (3)": "b", "column 4": "c"}


@pytest.mark.parametrize("line", ['{"md5"|"sha1"}', "[md5, sha1]", "md5: sha1", "<md5>,<sha1>"])
def test_other_languages_have_no_header(line: str) -> None:
    assert not CsvFormat().detect(f"{line}\n{MD5}\n".encode())


def test_two_columns_of_one_digest_are_refused() -> None:
    with pytest.raises(ListFormatError, match="both md5"):
        listed(f"md5,MD5\n{MD5},{MD5}\n")


def test_a_column_of_dates_called_time_is_kept() -> None:
    (entry,) = listed(f"pdq,Time\n{PDQ},2024-01-01\n").entries
    assert (entry.hashes[0].time, entry.details) == (None, {"Time": "2024-01-01"})


def test_columns_are_mapped() -> None:
    text = f"ref;HASH;MD5;klass\n7;{PDQ};junk;A\n"
    with list_file(text) as path:
        mapped = {"pdq": "hash", "category": "klass", "id": "ref"}
        with pytest.raises(ListFormatError, match="no column 'x'; it has: ref, HASH, MD5, klass"):
            read_list(path, columns={**mapped, "sha1": "x"})
        with pytest.raises(ListFormatError, match="'mdr5'; there is:\n  md5\n"):
            read_list(path, columns={"mdr5": "HASH"})
        (entry,) = read_list(path, columns={**mapped, "part": "MD5"}).entries
    assert (entry.id, entry.category, entry.hashes[0].part) == ("7", "A", "junk")
    assert entry.hashes[0].hash == Hash.fromhex("pdq", PDQ)


def test_a_mapped_column_replaces_one_that_is_called_like_ours() -> None:
    with list_file(f"HASH,MD5\n{MD5},of the thumbnail\n") as path:
        (entry,) = read_list(path, columns={"md5": "HASH"}).entries
    assert (entry.digests.md5, entry.details) == (MD5, {"MD5": "of the thumbnail"})


@pytest.mark.parametrize("depth", [60, 930, 5000])
def test_json_that_lies_very_deep_stays_a_text(depth: int) -> None:
    deep = f'{{"a":{"[" * depth}{"]" * depth}}}'
    (entry,) = listed(f"md5;details\n{MD5};{deep}\n").entries
    assert entry.details == {"details": deep}


def test_opaque_hashes_in_hex_and_base64() -> None:
    one, two = listed(f"photodna\n{'00' * 144}\n{'A' * 191}=\n").entries
    assert one.hashes[0].hash == Hash("photodna", bytes(144))
    assert two.hashes[0].hash == Hash("photodna", bytes(143))


def test_parts_and_times_speak_for_their_row() -> None:
    (entry,) = listed(f"pdq,part,time,quality\n{PDQ} {PDQ}@1,left half,1.5,9\n").entries
    assert [(each.quality, each.part, each.time) for each in entry.hashes] == [
        (9, "left half", 1.5),
        (1, "left half", 1.5),
    ]


def test_two_values_of_one_digest_in_a_row_are_quarantined() -> None:
    text = f"md5,hashes\n{MD5},md5:{'0' * 32}\n{MD5},md5:{MD5}\n"
    assert numbers(rows("csv", text)) == ([3], [2])


def test_what_a_writer_cannot_carry_is_counted() -> None:
    many = tuple(KnownHash(Hash("pdq", n.to_bytes(32)), 50, time=n / 8) for n in range(9000))
    entries = [
        Entry(" x\ny ", 1, digests=Digests(md5=MD5)),
        Entry("2", 2),
        Entry("v", 3, digests=Digests(md5=MD5), hashes=many, details={"a": 1}),
        Entry("d", 4, digests=Digests(md5=MD5), details={"a": "b" * 300_000}),
        Entry(
            "t", 5, digests=Digests(md5=MD5), hashes=(KnownHash(Hash("tmk-pdqf", bytes(400_000))),)
        ),
    ]
    text, lost = written("csv", entries, About(name="n"))
    assert len(lost) == sum(lost.values()) == 6
    back = listed(text)
    assert back.quarantined == ()
    assert sum(len(each.hashes) for each in back.entries if each.id == "v") == 9000
    assert [each.digests.md5 for each in back.entries if each.id == "v"][:2] == [MD5, None]


_names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=9)
_names |= st.sampled_from(["a b", "x,y;z|", '"', '""', "#", "=1+1", "NULL", "a@b:c"])
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=9),
    lambda some: (
        st.lists(some, max_size=2) | st.dictionaries(st.text(max_size=3), some, max_size=2)
    ),
    max_leaves=4,
)
_known = st.builds(
    KnownHash,
    st.one_of(
        st.binary(min_size=32, max_size=32).map(lambda value: Hash("pdq", value)),
        st.binary(min_size=8, max_size=8).map(lambda value: Hash("phash-64", value)),
        st.binary(min_size=1, max_size=5).map(lambda value: Hash("photodna", value)),
        st.binary(min_size=1, max_size=5).map(lambda value: Hash("ours", value)),
    ),
    st.none() | st.integers(0, 100),
    _names,
    st.none() | st.integers(0, 99_999).map(lambda number: number / 8),
)
_digests = st.builds(
    Digests,
    md5=st.none() | st.just(MD5),
    sha1=st.none() | st.just(SHA1),
    sha256=st.none() | st.just(SHA256),
)
_entries = st.builds(
    Entry,
    _names.filter(bool),
    digests=_digests,
    hashes=st.lists(_known, max_size=3).map(tuple),
    category=_names,
    scheme=_names,
    known_good=st.booleans(),
    details=st.dictionaries(st.text(max_size=5), _json, max_size=3),
).filter(lambda entry: bool(entry.hashes or list(entry.digests.items())))


def _content(entry: Entry) -> tuple[object, ...]:
    hashes = sorted(entry.hashes, key=str)
    classed = entry.category, entry.scheme, entry.known_good
    values = [each.hash for each in hashes]
    return entry.id, entry.digests, sorted(map(str, values)), hashes, *classed, entry.details


@given(st.lists(_entries, min_size=1, max_size=4))
def test_what_is_written_reads_as_it_was(entries: list[Entry]) -> None:
    text, lost = written("csv", entries)
    assert lost == {}
    found = rows("csv", text)
    assert [_content(row) for row in found if isinstance(row, Entry)] == [
        _content(entry) for entry in entries
    ]


@given(st.text(max_size=300), st.sampled_from(["md5,note\n", "md5;pdq;quality\n", ""]))
def test_any_text_gives_rows_and_nothing_else(text: str, header: str) -> None:
    try:
        found = rows("csv", header + text)
    except ListFormatError:
        return
    assert all(row.hashes or list(row.digests.items()) for row in found if isinstance(row, Entry))
