"""Rows of a CSV list read at once are those that are read one by one."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.hashlists.base import ListFile, Quarantined
from hashmatch.hashlists.batches import Batch, codes_of, in_some
from hashmatch.hashlists.csv import CsvFormat
from hashmatch.model import Entry
from tests.support.list_files import list_file, numbers, rows

MD5, SHA1, PDQ = "ab" * 16, "cd" * 20, "f8" * 32

CELLS = {
    "md5": [MD5, MD5.upper(), "", "NULL", f" {MD5}", f"0x{MD5[2:]}", MD5[1:], f"{MD5[:30]}  "],
    "pdq": [PDQ, "", f"pdq:{PDQ}", f"{PDQ}@7", f"{PDQ} {PDQ}", "zz" * 32],
    "quality": ["80", "100", "", "88.0", "101", " 7 "],
    "phash-64": ["0f" * 8, "", "0f" * 7],
    "id": ["a", "", " é ", "3"],
    "category": ["1", "", "A", " x "],
    "known_good": ["true", "", "no", "maybe"],
    "note": ["", "a", "  ", "ü", "\u2028"],
    "sha1": [SHA1, "", "N/A"],
    "details": ["", '{"a": 1}', '{"note": [2]}', "no JSON", "[1]", " "],
    "hashes": ["", f"pdq:{PDQ}", " "],
    "part": ["", "centre"],
    "time": ["", "1.5", "2024-01-01"],
}
ODD_QUOTES = ['"', ' "a"', '"a" ', '"a"b', '"a\nb"', f'"{MD5}\n"', 'a"b', '"a', '" ""a"""']


def quoted(cell: str, odd: float, random: Random) -> str:
    """A cell as a writer quotes it, or one whose quotes are odd."""
    if random.random() < odd / 5:
        return random.choice(ODD_QUOTES)
    inner = cell.replace('"', '""')
    return f'"{inner}"' if "," in cell or '"' in cell or random.random() < 0.3 else cell


@given(
    names=st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=6, unique=True),
    seed=st.integers(0, 10_000),
    odd=st.sampled_from([0.0, 0.01, 0.3]),
    ending=st.sampled_from(["\n", "\r\n"]),
    quotes=st.booleans(),
)
def test_in_bulk_or_one_by_one(
    names: list[str], seed: int, odd: float, ending: str, *, quotes: bool
) -> None:
    random = Random(seed)
    lines = [",".join(["md5", *(name for name in names if name != "md5")])]
    order = lines[0].split(",")
    for _ in range(100):
        cells = [
            CELLS[name][0] if random.random() >= odd else random.choice(CELLS[name])
            for name in order
        ]
        if random.random() < odd / 3:
            cells = cells[:-1] if random.random() < 0.5 else [*cells, "", "x"]
        if quotes:
            cells = [quoted(cell, odd, random) for cell in cells]
        lines.append(",".join(cells))
    if random.random() < odd:
        lines[random.randrange(1, 100)] += ',"quoted"'
    rows("csv", ending.join(lines))


def batches(text: str) -> list[int]:
    with list_file(text) as path:
        found = list(CsvFormat().read_bulk(ListFile(path)))
    return [len(each) for each in found if isinstance(each, Batch)]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("md5", MD5),
        ("md5,category,scheme", f"{MD5},2,VIC_US"),
        ("pdq,quality,md5", f"{PDQ},90,"),
        ("id;sha1;pdq;name", f"x;{SHA1};{PDQ};a name"),
        ("sha1\tknown good", f"{SHA1}\ttrue"),
        ("md5,name", f'{MD5},"a ""b"", c"'),
        ('"id","md5"', f'"x","{MD5}"'),
        ("id,md5,pdq,hashes,details", f'x,{MD5},NULL,,"{{""a"": 1}}"'),
        ("md5,time,part", f"{MD5},,"),
    ],
)
def test_plain_rows_come_in_batches(header: str, row: str) -> None:
    assert batches("\n".join([header, *[row] * 500, ""])) == [500]


def test_rows_without_one_of_the_values_come_in_batches() -> None:
    lines = ["md5,pdq,quality"]
    for number in range(600):
        digest = f"{number:032x}" if number % 3 else ""
        lines.append(f"{digest},{'' if number % 3 == 1 else f'{number:064x}'},{number % 101}")
    text = "\n".join([*lines, ""])
    assert batches(text) == [600]
    assert len(numbers(rows("csv", text))[0]) == 600


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("hash,md5", f"pdq:{PDQ},{MD5}"),
        ("phash", "0f" * 8),
        ("md5,time", f"{MD5},3"),
        ("md5,photodna", f"{MD5},AAAA"),
        ("md5,colorhash-42", f"{MD5},03{'0' * 9}"),
    ],
)
def test_columns_that_may_hold_anything_are_read_one_by_one(header: str, row: str) -> None:
    text = "\n".join([header, *[row] * 50])
    assert batches(text) == []
    assert len(numbers(rows("csv", text))[0]) == 50


def test_one_bad_row_is_quarantined_and_costs_no_other() -> None:
    lines = ["md5,pdq", *[f"{MD5},{PDQ}"] * 1000]
    lines[700] = f"{MD5},{PDQ[1:]}x"
    found = rows("csv", "\n".join(lines))
    assert [row.number for row in found if isinstance(row, Quarantined)] == [701]
    assert len(found) == 1000


def test_details_are_those_of_the_columns_and_of_the_cell() -> None:
    (found,) = rows(
        "csv", f'md5,series,tag,details\n{MD5},a,"b ""c""","{{""tag"": 2, ""x"": ""ü""}}"\n'
    )
    assert isinstance(found, Entry)
    assert found.details == {"series": "a", "tag": 2, "x": "ü"}


def test_a_line_of_more_than_a_mebibyte_that_has_fewer_characters_is_whole() -> None:
    note = "ü" * 600_000
    (found,) = rows("csv", f"md5,note\n{MD5},{note}\n")
    assert isinstance(found, Entry)
    assert found.details == {"note": note}


@pytest.mark.parametrize("cell", ["x", '"x"'])
def test_rows_that_end_in_cr_behind_a_header_that_ends_in_lf_are_all_there(cell: str) -> None:
    found = rows("csv", "md5,note\n" + "\r".join([f"{MD5},{cell}"] * 60_000))
    assert numbers(found) == ([*range(2, 60_002)], [])


def test_rows_behind_a_line_of_more_than_a_mebibyte_are_all_there() -> None:
    found = rows("csv", f"md5,note\n{MD5},a\n{'x' * (1 << 21)}\r{MD5},b\r\n{MD5},c\n")
    assert numbers(found) == ([2, 4, 5], [3])


def test_a_quality_of_no_hash_is_checked_too() -> None:
    found = rows("csv", f"md5,quality\n{MD5},100\n{MD5},101\n{MD5},\n")
    assert numbers(found) == ([2, 4], [3])


def test_a_quote_behind_many_blocks_is_read_as_one() -> None:
    lines = ["md5,note", *[f"{MD5},x"] * 60_000]
    lines[50_000] = f'{MD5},"two\nlines"'
    found = rows("csv", "\n".join(lines))
    assert len(found) == 60_000
    assert numbers(found)[0][-1] == 60_002


def test_spaces_are_no_hex_digits() -> None:
    assert codes_of(["ab  cd", "abcdef"], 6) is None
    assert codes_of(["ab cd ", " abcde"], 6) is None
    assert codes_of(["abcdef", "ABCDEF"], 6) is not None
    assert codes_of(["abcd", "abcdefab"], 6) is None
    assert codes_of(["\u0661\u0662\u0663\u0664"], 4) is None


def test_empty_cells_are_rows_without_a_value() -> None:
    column = in_some(["", "ff00", "", "00ff"], 4)
    assert column is not None
    assert column.rows is not None
    assert column.rows.tolist() == [1, 3]
    assert column.codes.tolist() == [[255, 0], [0, 255]]
