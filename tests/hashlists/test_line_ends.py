"""Encodings and line ends, as editors, systems and transfers leave them."""

import pytest

from tests.support.list_files import listed, numbers, rows
from tests.support.text_list_seeds import MD5, MD5_B, PDQ, SHA1

LINES = [MD5, MD5_B, SHA1, f"pdq:{PDQ}"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_line_end_is_one(end: str, last: bool) -> None:  # noqa: FBT001
    text = end.join(LINES) + end * last
    assert numbers(rows("plain", text)) == ([1, 2, 3, 4], [])
    sums = end.join(f"{each}  a.jpg" for each in LINES[:3]) + end * last
    assert [entry.details["filename"] for entry in listed(sums).entries] == ["a.jpg"] * 3
    table = end.join(("md5,Notes", f"{MD5},x", f"{MD5_B},y")) + end * last
    assert numbers(rows("csv", table)) == ([2, 3], [])


def test_mixed_line_ends_hide_no_line() -> None:
    text = f"{MD5}\n{MD5_B}\r{SHA1}\r\n{MD5}\r\r{MD5_B}"
    assert numbers(rows("plain", text)) == ([1, 2, 3, 4, 6], [])
    found = listed(f"{MD5}  a\r{MD5_B}  b\n{MD5}  c\n").entries
    assert [entry.digests.md5 for entry in found] == [MD5, MD5_B, MD5]


def test_long_files_of_carriage_returns_are_read_whole() -> None:
    count = 5000
    text = "".join(f"{n:032x}\r" for n in range(count))
    found = rows("plain", text)
    assert numbers(found) == ([*range(1, count + 1)], [])


def test_a_single_line_is_a_list() -> None:
    for text in (MD5, f"{MD5}\n", f"\ufeff{MD5}", f"{MD5}  a.jpg", f"pdq:{PDQ}"):
        assert len(listed(text).entries) == 1


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
def test_encodings(encoding: str) -> None:
    known = listed(f"md5;Name\r\n{MD5};grün.jpg\r\n{MD5_B};b.jpg\r\n".encode(encoding))
    assert [entry.digests.md5 for entry in known.entries] == [MD5, MD5_B]
    named = "gr\ufffdn.jpg" if encoding == "cp1252" else "grün.jpg"
    assert known.entries[0].details == {"Name": named}


def test_big_endian_with_a_mark() -> None:
    data = f"\ufeffmd5\n{MD5}\n"
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        assert len(listed(data.encode(encoding)).entries) == 1
