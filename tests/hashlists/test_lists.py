import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.base import Rejected, read_list
from hashmatch.hashlists.csv import CsvFormat
from hashmatch.hashlists.plain import PlainFormat
from hashmatch.model import Entry, Hash

PDQ = "f8" * 32


def written(folder: Path, text: str | bytes, name: str = "known.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_csv_keeps_what_the_publisher_said(tmp_path: Path) -> None:
    text = f"id,MD5,PDQ,Category,Quality\nx1,{'A' * 32},{PDQ},VIC_US/1,88\n,,{PDQ.upper()},,\n"
    path = written(tmp_path, text)
    known = read_list(path)
    assert (known.name, known.format, known.rejected) == ("known", "csv", ())
    assert known.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    first, second = known.entries
    assert (first.id, first.category, first.quality) == ("x1", "VIC_US/1", 88)
    assert first.digests.md5 == "a" * 32
    assert first.hashes == second.hashes == (Hash.fromhex("pdq", PDQ),)
    assert (second.id, second.quality) == ("3", None)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_with_any_delimiter_and_a_byte_order_mark(tmp_path: Path, delimiter: str) -> None:
    text = f"\ufeffsha-256{delimiter}phash-64\r\n{'0' * 64}{delimiter}{'1' * 16}\r\n"
    (entry,) = read_list(written(tmp_path, text)).entries
    assert entry.digests.sha256 == "0" * 64
    assert entry.hashes == (Hash.fromhex("phash-64", "1" * 16),)


def test_rows_that_cannot_be_understood_are_set_aside_with_number_and_reason(
    tmp_path: Path,
) -> None:
    rows = ["pdq,quality", f"{PDQ},50", "f8f8,50", f"{PDQ},101", ",7", '"x', f"{PDQ},", f"{PDQ}"]
    known = read_list(written(tmp_path, "\n".join(rows)))
    assert [entry.id for entry in known.entries] == ["2", "7", "8"]
    assert [rejected.line for rejected in known.rejected] == [3, 4, 5, 6]
    assert all(rejected.reason for rejected in known.rejected)
    assert "f8f8" not in known.rejected[0].reason


def test_a_32_digit_pdq_is_one_rejected_row_and_no_more(tmp_path: Path) -> None:
    known = read_list(written(tmp_path, f"pdq\n{PDQ}\n{'0' * 32}\n{PDQ}\n"))
    assert len(known.entries) == 2
    assert [rejected.line for rejected in known.rejected] == [3]


def test_plain_lists_mix_kinds(tmp_path: Path) -> None:
    lines = ["# ours", "", "0" * 32, "1" * 40, f"pdq:{PDQ}", f"SHA256:{'2' * 64}", "nothex", "abcd"]
    known = read_list(written(tmp_path, "\n".join(lines), "ours.txt"))
    assert known.format == "plain"
    md5, sha1, pdq, sha256 = known.entries
    assert (md5.digests.md5, sha1.digests.sha1) == ("0" * 32, "1" * 40)
    assert pdq.hashes == (Hash.fromhex("pdq", PDQ),)
    assert sha256.digests.sha256 == "2" * 64
    assert [rejected.line for rejected in known.rejected] == [7, 8]


def test_of_64_bare_digits_both_readings_are_kept() -> None:
    (entry,) = PlainFormat().read(PDQ)
    assert isinstance(entry, Entry)
    assert entry.digests.sha256 == PDQ
    assert entry.hashes == (Hash.fromhex("pdq", PDQ),)


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n", b"name,age\nx,3\n", b"pdq\n\n", b"pdq\nzz\n"]
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ListFormatError, match="known"):
        read_list(written(tmp_path, content))


def test_a_missing_list_is_named() -> None:
    with pytest.raises(ListFormatError, match="nowhere"):
        read_list("nowhere.csv")


@pytest.mark.parametrize("form", [CsvFormat(), PlainFormat()])
@given(text=st.text())
def test_any_text_gives_rows_and_nothing_else(form: CsvFormat | PlainFormat, text: str) -> None:
    form.detect(text)
    for row in form.read(text):
        assert isinstance(row, Entry | Rejected)
        if isinstance(row, Entry):
            assert row.hashes or list(row.digests.items())
