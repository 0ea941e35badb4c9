from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.base import LONGEST_LINE, ListFile
from hashmatch.hashlists.batches import Batch
from hashmatch.hashlists.plain import PlainFormat
from hashmatch.model import Entry, Hash
from tests.support.list_files import list_file, listed, numbers, rows

PDQ = "f8" * 32


def test_lists_mix_kinds() -> None:
    lines = ["# ours", "", "0" * 32, "1" * 40, f"pdq:{PDQ}", f"SHA256:{'2' * 64}", "nothex", "abcd"]
    known = listed("\n".join(lines), "ours.txt", format="plain")
    md5, sha1, pdq, sha256 = known.entries
    assert (known.name, md5.digests.md5, sha1.digests.sha1) == ("ours", "0" * 32, "1" * 40)
    assert pdq.hashes[0].hash == Hash.fromhex("pdq", PDQ)
    assert sha256.digests.sha256 == "2" * 64
    assert [each.number for each in known.quarantined] == [7, 8]


def test_of_64_bare_digits_both_readings_are_kept() -> None:
    (entry,) = rows("plain", PDQ.upper())
    assert isinstance(entry, Entry)
    assert entry.digests.sha256 == PDQ
    assert [known.hash for known in entry.hashes] == [Hash.fromhex("pdq", PDQ)]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (PDQ.upper(), True),
        (f"  {PDQ}\t", True),
        (f"{PDQ}\r", True),
        (f"{PDQ} # seen twice", True),
        (f"PDQ:{PDQ}", True),
        (f"photodna:{'ab' * 144}", True),
        (f"{PDQ}#glued", False),
        (f"{PDQ},88", False),
        (f"{PDQ} {PDQ}", False),
        (PDQ[:-1], False),
        (f"{PDQ}0", False),
        (f"pdq:{'0' * 32}", False),
        (f"sha256:{'0' * 40}", False),
        (f"mdr5:{'0' * 32}", False),
        ("\0" * 64, False),
        ("g" * 64, False),
        ("\uff11" * 64, False),
        ("é" * 32, False),
        ("-" + "0" * 31, False),
    ],
)
def test_every_line_is_an_entry_or_quarantined(line: str, kept: bool) -> None:  # noqa: FBT001
    good = "\n".join([PDQ] * 3)
    entries, quarantined = numbers(rows("plain", f"{good}\n{line}\n{good}\n"))
    assert (entries, quarantined) == ([1, 2, 3, *([4] * kept), 5, 6, 7], [4] * (not kept))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_encodings_and_ends_of_lines(encoding: str, ending: str) -> None:
    known = listed(ending.join([PDQ, "0" * 32, PDQ]).encode(encoding))
    assert (len(known.entries), known.quarantined) == (3, ())


def test_a_broken_first_line_does_not_hide_the_list() -> None:
    known = listed(f"oops\n{PDQ}\n{PDQ}\n")
    assert (len(known.entries), [row.number for row in known.quarantined]) == (2, [1])


def test_a_long_second_line_does_not_hide_the_list() -> None:
    assert len(listed(f"{PDQ}\n{'x' * 70_000}\n{PDQ}\n").entries) == 2


def test_runs_of_like_lines_come_in_batches() -> None:
    lines = [PDQ] * 9000 + ["0" * 32] * 9000
    with list_file("\n".join(lines)) as path:
        found = list(PlainFormat().read_bulk(ListFile(path)))
    assert sum(len(row) for row in found if isinstance(row, Batch)) > 17_000


@given(
    seed=st.integers(0, 1000),
    names=st.lists(st.sampled_from(["", "md5:", "PDQ:", "phash-64:"]), min_size=1, max_size=3),
    ending=st.sampled_from(["\n", "\r\n"]),
    dirt=st.lists(st.tuples(st.integers(0, 20_000), st.binary(max_size=3)), max_size=3),
)
def test_in_bulk_or_by_line_the_rows_are_the_same(
    seed: int, names: list[str], ending: str, dirt: list[tuple[int, bytes]]
) -> None:
    random = Random(seed)
    sizes = {"": 32, "md5:": 16, "PDQ:": 32, "phash-64:": 8}
    lines = []
    for name in names:
        lines += [name + random.randbytes(sizes[name]).hex() for _ in range(100)]
    data = bytearray(ending.join(lines).encode())
    for place, junk in dirt:
        at = place % len(data)
        data[at : at + 1] = junk
    rows("plain", bytes(data))


@given(st.binary(max_size=300))
def test_any_bytes_give_the_same_rows_in_bulk(data: bytes) -> None:
    rows("plain", data)


def test_a_line_of_megabytes_is_quarantined_once() -> None:
    found = rows("plain", f"{PDQ}\n" + "a" * (3 * LONGEST_LINE) + f"\n{PDQ}\n")
    assert numbers(found) == ([1, 3], [2])


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n", b"name,age\nx,3\n", b"pdq\n\n", b"a b\n"])
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(ListFormatError, match="known"):
        listed(content)


def test_reasons_hold_no_value() -> None:
    (row,) = listed(f"{PDQ}\n{PDQ}\nf8f8f8f8f8f8f8f8\n").quarantined
    assert "f8f8" not in row.reason


def test_what_a_value_of_a_family_is_depends_on_its_digits() -> None:
    hexadecimal, bits = "phash:" + "f8" * 32, "phash:" + "01101001" * 8
    rows("plain", "\n".join([hexadecimal, bits] * 4))


def test_bits_that_do_not_fill_their_bytes_are_checked_in_bulk_too() -> None:
    good, bad = "colorhash-42:" + "03" + "0" * 9, "colorhash-42:" + "f" * 11
    assert numbers(rows("plain", f"{good}\n{good}\n{bad}")) == ([1, 2], [3])


def test_lines_of_few_kinds_come_in_batches_in_any_order() -> None:
    kinds = ["0" * 32, "1" * 40, PDQ, f"pdq:{PDQ}", f"sha256:{PDQ}", "dhash-64:" + "0f" * 8]
    lines = [kinds[number * 5 % 6] for number in range(3000)]
    with list_file("\n".join([*lines, ""])) as path:
        found = list(PlainFormat().read_bulk(ListFile(path)))
    assert [len(row) for row in found if isinstance(row, Batch)] == [3000]
    rows("plain", "\n".join(lines))
